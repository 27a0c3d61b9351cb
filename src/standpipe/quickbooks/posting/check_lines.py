"""What a checklist consists of. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """The button that puts a line right. ``url`` is a page, or with ``method`` "post" what the button does."""

    label: str
    url: str
    method: Literal["get", "post"] = "get"
    fields: tuple[tuple[str, str], ...] = ()  # sent along with a POST
    permission: str = "send_and_record"  # who sees it

    def to_json(self) -> dict[str, str]:
        return {"label": self.label, "url": self.url, "method": self.method}


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckLine:
    """One thing that has to be so. ``ok`` ``None``: it is under way, and nobody has to do anything."""

    key: str
    ok: bool | None
    text: str
    repairs: tuple[Repair, ...] = ()

    @property
    def repair(self) -> Repair | None:
        """The one that comes first."""
        return self.repairs[0] if self.repairs else None

    def to_json(self) -> dict[str, Any]:
        repairs = [repair.to_json() for repair in self.repairs]
        return {"key": self.key, "ok": self.ok, "text": self.text, "repair": repairs[0] if repairs else None} | (
            {"more_repairs": repairs[1:]} if repairs[1:] else {}
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Checklist:
    """Why an invoice is not in QuickBooks, or that it is: every line, and the first that is not so as the answer."""

    lines: tuple[CheckLine, ...]

    @property
    def first(self) -> CheckLine:
        """The true first cause: what does not hold, else what is under way, else where it is."""
        return first_of(self.lines)

    @property
    def sentence(self) -> str:
        return self.first.text

    @property
    def is_ready(self) -> bool:
        """Everything holds that can be known beforehand; at most the press of the button is missing."""
        return all(line.ok is not False or line.key == ASKED for line in self.lines)

    def to_json(self) -> list[dict[str, Any]]:
        return [line.to_json() for line in self.lines]


ASKED = "asked"  # the line of the button "Send to QBD"
IS_THERE = frozenset({"posted", "already"})  # the first line of what is in QuickBooks
SAID_ABOVE = frozenset({ASKED, "refused", "total", "changed_here"})  # lines that the page shows at full length anyway


def first_of(lines: Sequence[CheckLine]) -> CheckLine:
    for ok in (False, None):
        for line in lines:
            if line.ok is ok:
                return line
    return lines[0]
