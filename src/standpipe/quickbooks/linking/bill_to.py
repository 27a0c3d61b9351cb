"""Whom an invoice goes to in QuickBooks, and the sentence that says so. Pure; the rule is design 3.6.

An account's link holds for its invoices. For a building: one of building and account linked, that one; both, and the
building's customer is a job under the account's customer, the job (its balance counts in the customer's too); both
with unrelated customers: nobody until a person picks.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tie:
    """The customer or job that a record is linked to; ``above``: ListIDs of the customers that it is a job of."""

    list_id: str
    full_name: str
    above: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class BillTo:
    """``tie`` is ``None`` where nobody is billed: nothing is linked, or a person has to pick."""

    tie: Tie | None
    why: str  # a key of WHY


WHY = {
    "own": "It is linked to this customer.",
    "account": "Its account is linked to this customer.",
    "same": "It and its account are linked to this customer.",
    "job": "It is linked to a job of its account’s customer; what the job owes counts there too.",
    "undecided": "It and its account are linked to customers that have nothing to do with each other.",
    "not_linked": "Neither it nor its account is linked.",
}


def bill_to(*, building: Tie | None, account: Tie | None) -> BillTo:
    """Where an invoice of a building goes; an account's own is ``bill_to(building=None, account=…)``."""
    if building is None:
        return BillTo(account, "account" if account else "not_linked")
    if account is None:
        return BillTo(building, "own")
    if building.list_id == account.list_id:
        return BillTo(account, "same")
    if account.list_id in building.above:
        return BillTo(building, "job")
    return BillTo(None, "undecided")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """What one customer and its jobs become: an account, and buildings with where each one's invoices go."""

    account: str  # the path of its customer
    is_new: bool  # the account is made, or it is here already
    buildings: Sequence[BillTo]


def sentence(trees: Sequence[Tree]) -> str:
    """What will happen: ``1 account, 6 buildings; invoices of these 6 will go to their own jobs under “Elm”``."""
    new = sum(tree.is_new for tree in trees)
    here = sum(not tree.is_new and bool(tree.buildings) for tree in trees)
    bills = [bill for tree in trees for bill in tree.buildings]
    parts = [_count(new, "account")] if new or not here else []
    if here:
        parts.append(f"{_count(here, 'account')} that {'is' if here == 1 else 'are'} here")
    parts.append(_count(len(bills), "building"))
    return f"{', '.join(parts)}{_where(trees, bills)}."


def _where(trees: Sequence[Tree], bills: Sequence[BillTo]) -> str:
    if not bills:
        return ""
    these = "this one" if len(bills) == 1 else f"these {len(bills):,}"
    ties = {bill.tie.list_id: bill.tie for bill in bills if bill.tie}
    undecided = sum(bill.tie is None for bill in bills)
    if undecided:
        return f"; {undecided:,} of {these} need somebody to say where invoices go"
    if len(ties) == 1:
        return f"; invoices of {these} will go to “{next(iter(ties.values())).full_name}”"
    if all(bill.why == "job" for bill in bills):
        names = [tree.account for tree in trees if tree.buildings]
        under = f"under “{names[0]}”" if len(names) == 1 else "under these customers"
        return f"; invoices of {these} will go to their own jobs {under}"
    return f"; invoices of {these} will go to the customers and jobs that they are linked to"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
