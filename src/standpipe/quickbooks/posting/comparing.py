"""Which of the transactions in the company file is the document that was sent. Pure.

The marker decides wherever QuickBooks gives markers back. Where it does not, number and total do, together with
customer and date; several that fit are for a person to tell apart.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from .outcomes import Posted, decimal_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """One document that may be in the company file."""

    key: str  # the document's id
    kind: Literal["Invoice", "ReceivePayment"]
    marker: str  # in lower case, without braces
    earlier_markers: frozenset[str] = frozenset()  # that it may bear, too: of documents of the same thing before
    number: str  # "": QuickBooks gave it one; of a payment: its reference
    customer_list_id: str
    dated_on: date
    total: Decimal
    pays: str = ""  # TxnID of the invoice, of a payment


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Is it ``found[0]`` ("there"), one of ``found``, nobody knows which ("several"), or none ("absent")."""

    how: Literal["there", "several", "absent"]
    found: tuple[Posted, ...] = ()


ABSENT = Verdict(how="absent")


def compare(
    sought: Sought, found: Sequence[Posted], *, markers_come_back: bool, taken: Collection[str] = ()
) -> Verdict:
    """``taken``: TxnIDs that are known to be other documents; ``markers_come_back``: this file returns markers."""
    same_kind = [one for one in found if one.kind == sought.kind]
    free = [one for one in same_kind if one.txn_id not in taken]
    # Its own marker wins, whatever another document was told to be: judged absent, it would go twice.
    marked = [one for one in same_kind if one.marker == sought.marker] or [
        one for one in free if one.marker in sought.earlier_markers
    ]
    if marked:
        return Verdict(how="there" if len(marked) == 1 else "several", found=tuple(marked))
    if markers_come_back:
        return ABSENT
    alike = [one for one in free if not one.marker and _fits(sought, one)]
    if not alike:
        return ABSENT
    return Verdict(how="there" if len(alike) == 1 else "several", found=tuple(alike))


def looks_like(sought: Sought, one: Posted) -> bool:
    """Whether a person may have entered it again: the same number, or the same customer, date and total."""
    if sought.kind == "Invoice" and sought.number and one.number.casefold() == sought.number.casefold():
        return True
    said = one.said
    same = said.get("customer_list_id") == sought.customer_list_id and said.get("date") == sought.dated_on.isoformat()
    return same and one.total == sought.total


def _fits(sought: Sought, one: Posted) -> bool:
    if one.total != sought.total or not _same_number(sought, one):
        return False
    if sought.number and sought.kind == "Invoice":
        return True
    said = one.said
    same = said.get("customer_list_id") == sought.customer_list_id and said.get("date") == sought.dated_on.isoformat()
    return same and _pays(sought, said.get("applied"))


def _same_number(sought: Sought, one: Posted) -> bool:
    """Numbers compare without case; one that we left to QuickBooks may be any."""
    if not sought.number:
        return sought.kind == "Invoice" or not one.number
    return one.number.casefold() == sought.number.casefold()


def _pays(sought: Sought, applied: Any) -> bool:
    if not sought.pays or not applied:
        return True
    return any(one["txn_id"] == sought.pays and decimal_of(one["amount"]) is not None for one in applied)
