"""The steps as the set-up page shows them: what to do, what is ticked, what may go wrong."""

from dataclasses import dataclass

from standpipe.core.errors import UserError

from .health import evidence_of
from .models import Connection
from .steps import STEPS, Evidence, Failure, Step, failures_at

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
    wrong = connection.wrong_password_at is not None and Evidence.CONTACT not in found
    refused = connection.refused_file is not None
    finished = Evidence.FILE_READ in found and not refused
    return Progress(
        version=".".join([*sorted(found), *(["wrong"] if wrong else []), *(["refused"] if refused else [])])
        or "none",
        text=_text(connection, found=found, wrong=wrong, refused=refused),
        is_finished=finished,
        is_wrong=wrong or refused,
    )


def _text(connection: Connection, *, found: frozenset[Evidence], wrong: bool, refused: bool) -> str:
    if refused:
        return (
            "The Web Connector called, but another company file was open. Open the right one, then Update Selected."
        )
    if wrong:
        return "The Web Connector called with a wrong password. Paste the one from this page, or make a new one."
    if Evidence.FILE_READ in found:
        return f"It works. The company file “{connection.file_company_name}” was read."
    if Evidence.CONTACT in found:
        return (
            "The Web Connector has called. The company file has not been read yet: press Update Selected once more."
        )
    if Evidence.DOWNLOADED in found:
        return "The QWC file was downloaded. Now waiting for the first call of the Web Connector."
    return "Begin with the first step. What is done gets a tick by itself."
