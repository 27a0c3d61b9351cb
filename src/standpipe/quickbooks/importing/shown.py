"""A previewed record as a page shows it: each value in words, with where it came from."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from standpipe.core.addresses import Address

from .models import ImportRecord
from .previews import FIELDS, Told

PARTS = {"name": "name", "email": "e-mail", "phone": "phone", "cell_phone": "cell phone", "address": "address"}


@dataclass(frozen=True, slots=True)
class Value:
    """One field: what it will say, line by line, and from where."""

    label: str
    lines: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One customer or job of a preview."""

    row: ImportRecord
    values: list[Value]
    doubts: list[str]
    left_over: list[str]
    like: dict[str, str] | None  # the record here that it looks like

    @property
    def reason(self) -> dict[str, Any]:
        return self.row.reason or {}

    @property
    def is_account_of_tree(self) -> bool:
        return self.row.created_type == "account" and bool(self.row.top)

    @property
    def can_be_decided(self) -> bool:
        return "record" in (self.row.previewed or {})


def shown(row: ImportRecord) -> Shown:
    told = row.previewed or {}
    return Shown(
        row=row,
        values=list(_values(told)) if "record" in told else [],
        doubts=[note["text"] for note in told.get("doubts", ())],
        left_over=[note["text"] for note in told.get("left_over", ())],
        like=told.get("looks_like"),
    )


def changes_in_words(reason: dict[str, Any]) -> list[dict[str, str]]:
    """Of a record that is held because it has changed since the preview: label, was and now."""
    return [
        {
            "label": FIELDS.get(change["field"], "Outcome"),
            "was": _in_words(change["was"]),
            "now": _in_words(change["now"]),
        }
        for change in reason.get("changes", ())
    ]


def _values(told: Told) -> Iterable[Value]:
    record, sources = told["record"], told["sources"]
    yield Value("Name", (record["name"],), sources.get("name", ""))
    for key in ("billing_address", "physical_address"):
        if key in record:
            yield Value(FIELDS[key], _address_lines(record[key]), sources.get(key, ""))
    if "account" in told:
        yield Value("Account", (told["account"]["name"],), sources.get("account_id", ""))
    for index, person in enumerate(record.get("contacts", ())):
        yield Value("Contact", _person_lines(person), _person_source(sources, index))


def _person_lines(person: dict[str, Any]) -> tuple[str, ...]:
    cell = f"{person['cell_phone']} (cell phone)" if person["cell_phone"] else ""
    return tuple(text for text in (person["name"], person["email"], person["phone"], cell) if text)


def _person_source(sources: dict[str, str], index: int) -> str:
    if whole := sources.get(f"contacts.{index}"):
        return whole
    found = [(label, sources.get(f"contacts.{index}.{key}")) for key, label in PARTS.items()]
    return "; ".join(f"{label}: {words}" for label, words in found if words)


def _address_lines(value: dict[str, Any]) -> tuple[str, ...]:
    return tuple(Address.from_json(value).printed_lines)


def _in_words(value: Any) -> str:
    if not value:
        return "nothing"
    if isinstance(value, list):
        return "; ".join(", ".join(_person_lines(person)) for person in value)
    if isinstance(value, dict):
        return ", ".join(_address_lines(value)) or "nothing"
    return str(value)
