"""The steps as the set-up page shows them: what to do, what is ticked, what may go wrong."""

from dataclasses import dataclass

from standpipe.core.errors import UserError

from .health import evidence_of, refusal_title
from .models import Connection
from .steps import STEPS, Evidence, Failure, Step, failure_of, failures_at

NOTHING_NEW = 204  # htmx leaves the page as it is


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownStep:
    number: int
    step: Step
    is_done: bool
    failures: tuple[Failure, ...]
    refusal: UserError | None = None  # why the QWC file is not handed out


def shown_steps(connection: Connection, *, address_refusal: UserError | None) -> tuple[ShownStep, ...]:
    found = evidence_of(connection)
    return tuple(
        ShownStep(
            number=number,
            step=step,
            is_done=step.evidence in found,
            failures=failures_at(step.key),
            refusal=address_refusal if step.evidence is Evidence.DOWNLOADED else None,
        )
        for number, step in enumerate(STEPS, start=1)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """The one line above the steps. ``version`` is another text whenever it or a tick has changed."""

    version: str
    text: str
    is_finished: bool  # nothing more will tick itself
    is_wrong: bool  # the Web Connector called, and something has to be put right there


def progress_of(connection: Connection) -> Progress:
    found = evidence_of(connection)
    hitch = _hitch(connection, found=found)
    return Progress(
        version=".".join([*sorted(found), *([hitch[0]] if hitch else [])]) or "none",
        text=hitch[1] if hitch else _text(connection, found=found),
        is_finished=Evidence.FILE_READ in found and hitch is None,
        is_wrong=hitch is not None,
    )


def _hitch(connection: Connection, *, found: frozenset[Evidence]) -> tuple[str, str] | None:
    """What the Web Connector's last visit met with, as (code, words); ``None`` when nothing is in the way."""
    if connection.wrong_password_at is not None and Evidence.CONTACT not in found:
        return (
            "wrong",
            "The Web Connector called with a wrong password. Paste the one from this page, or make a new one.",
        )
    if Evidence.CONTACT not in found:
        return None
    if connection.refused_file is not None:
        return "refused", f"The Web Connector called, but: {refusal_title(connection.refused_file)}. {_REFUSED}"
    if connection.trouble is not None:
        code = str(connection.trouble.get("code", ""))
        known = failure_of(code)
        return (
            code,
            f"The Web Connector called, but: {connection.trouble['text']} {known.repair if known else ''}".strip(),
        )
    return None


_REFUSED = (
    "Open the company file that this connection is for, and press Update Selected. If it is the right one, "
    "say so in Standpipe, on the page of the connection."
)


def _text(connection: Connection, *, found: frozenset[Evidence]) -> str:
    if Evidence.FILE_READ in found:
        return f"It works. The company file “{connection.file_company_name}” was read."
    if Evidence.CONTACT in found:
        return (
            "The Web Connector has called. The company file has not been read yet: press Update Selected once more."
        )
    if connection.first_seen_at is not None:
        return "Now waiting for the Web Connector to call with the new password. The old one has stopped."
    if Evidence.DOWNLOADED in found:
        return "The QWC file was downloaded. Now waiting for the first call of the Web Connector."
    return "Begin with the first step. What is done gets a tick by itself."
