"""Why is this invoice not in QuickBooks? One list and one sentence, true in every state (idea 7).

``gate`` holds what has to be so before it may leave, ``on_its_way`` what comes after; here they are put together.
"""

from collections.abc import Iterable
from uuid import UUID

from standpipe.invoices.models import Invoice

from .check_lines import ASKED, CheckLine, Checklist, Repair
from .facts import Facts, facts_of
from .gate import gate
from .models import Document
from .on_its_way import not_asked, way

__all__ = [
    "ASKED",
    "CheckLine",
    "Checklist",
    "Repair",
    "checklist_of",
    "checklists_of",
    "hindrance_in",
    "hindrance_of",
]

# A choice about the past does not stop what somebody has sent since.
_NOT_AT_CLAIM = frozenset({"left_out"})


def checklist_of(invoice: Invoice) -> Checklist:
    return checklists_of([invoice])[invoice.pk]


def checklists_of(invoices: Iterable[Invoice]) -> dict[UUID, Checklist]:
    """By invoice, in a fixed number of queries. All of one organization."""
    return {key: checklist_from(facts) for key, facts in facts_of(invoices).items()}


def checklist_from(facts: Facts) -> Checklist:
    """The lines in the order in which people repair them."""
    document = facts.document
    if document is None:
        lines = gate(facts)
        is_ready = all(line.ok is not False for line in lines)
        return Checklist(lines=(*lines, not_asked(facts)) if is_ready else tuple(lines))
    lines = way(facts, document)
    if document.state == Document.State.WAITING:
        return Checklist(lines=(*_still_in_the_way(facts), *lines))
    if document.state == Document.State.NEEDS_YOU:
        return Checklist(lines=(*lines, *_still_in_the_way(facts)))
    return Checklist(lines=tuple(lines))


def _still_in_the_way(facts: Facts) -> list[CheckLine]:
    return [line for line in gate(facts) if line.key not in _NOT_AT_CLAIM]


def hindrance_in(facts: Facts) -> CheckLine | None:
    """The first thing for which an invoice that waits may not leave now; ``None``: it may.

    Asked when its turn has come: a link may have ended since, an item may be gone.
    """
    lines = checklist_from(facts).lines
    return next((line for line in lines if line.ok is False and line.key in GATE_KEYS), None)


def hindrance_of(document: Document) -> CheckLine | None:
    """The same of one document."""
    return hindrance_in(facts_of([document.invoice])[document.invoice.pk]) if document.invoice else None


GATE_KEYS = frozenset(
    {
        "archived",
        "connected",
        "linked",
        "connection",
        "edition",
        "customer",
        "currency",
        "lists",
        "items",
        "terms",
        "tax",
        "number",
        "texts",
        "amounts",
        "dates",
        "moved",
    }
)
