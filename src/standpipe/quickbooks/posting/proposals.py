"""What the settings page proposes where nothing is chosen yet, from what QuickBooks' lists hold.

A proposal is shown as one and stored when a person saves the page.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from standpipe.core.text import name_key
from standpipe.invoices.numbering import MAX_PREFIX, numbering_of
from standpipe.payments.models import Method
from standpipe.quickbooks.connections.models import Connection
from standpipe.quickbooks.lists.models import ListEntry, ListKind
from standpipe.quickbooks.lists.numbers import LONGEST, highest_of, main_series
from standpipe.quickbooks.lists.short_lists import entries, entry, preferences

from .setting_checks import CHOICES, SOLD, chosen
from .settings import PostingSettings, settings_of

Lists = Mapping[ListKind, Sequence[ListEntry]]

# What a method is mostly called, best first; names are compared as ``name_key`` makes them.
_NAMES: Mapping[str, tuple[str, ...]] = {
    Method.CHECK: ("check",),
    Method.CASH: ("cash",),
    Method.ACH_ECHECK: ("e check", "echeck", "ach echeck", "ach", "eft", "ach payment", "electronic payment"),
    Method.CREDIT_CARD: ("credit card", "visa", "mastercard", "master card", "american express", "discover"),
}
# PaymentMethodType (qbXML 13 reference), where no name fits.
_TYPES: Mapping[str, tuple[str, ...]] = {
    Method.CHECK: ("Check",),
    Method.CASH: ("Cash",),
    Method.ACH_ECHECK: ("ECheck",),
    Method.CREDIT_CARD: ("Visa", "MasterCard", "AmericanExpress", "Discover", "OtherCreditCard", "DebitCard"),
}


def propose(settings: PostingSettings, *, lists: Lists, said: Mapping[str, Any]) -> dict[str, str]:
    """A ListID for each field of ``CHOICES`` that is empty and has a likely choice. ``said``: the preferences."""
    proposed = {}
    for field in CHOICES:
        if not chosen(settings, field) and (list_id := _likely(field, lists=lists, said=said)):
            proposed[field] = list_id
    return proposed


def _likely(field: str, *, lists: Lists, said: Mapping[str, Any]) -> str:
    if field.startswith("methods."):
        _, method, part = field.split(".")
        return _method(method, lists) if part == "payment_method" else _undeposited(lists)
    if field in _CODES:
        return _code(field, lists, said=said)
    return _only_item(lists) if field == "default_item" else ""


def _method(method: str, lists: Lists) -> str:
    known = lists[ListKind.PAYMENT_METHODS]
    by_name = {name_key(one.name): one.list_id for one in reversed(known)}
    by_type = {one.said.get("PaymentMethodType"): one.list_id for one in reversed(known)}
    named = (by_name[name] for name in _NAMES[method] if name in by_name)
    typed = (by_type[type_] for type_ in _TYPES[method] if type_ in by_type)
    return next(named, "") or next(typed, "")


def _undeposited(lists: Lists) -> str:
    """QuickBooks knows this account by a mark; its name may begin with an asterisk, or be another."""
    found = (
        one.list_id
        for one in lists[ListKind.ACCOUNTS]
        if one.said.get("SpecialAccountType") == "UndepositedFunds"
        or name_key(one.name.lstrip("*")) == "undeposited funds"
    )
    return next(found, "")


_CODES = {
    "taxable_code": ("DefaultTaxableSalesTaxCodeRef", "tax", True),
    "nontaxable_code": ("DefaultNonTaxableSalesTaxCodeRef", "non", False),
}


def _code(field: str, lists: Lists, *, said: Mapping[str, Any]) -> str:
    """The company's own default, else the code that every US file begins with."""
    tag, name, is_taxable = _CODES[field]
    fitting = [
        code
        for code in lists[ListKind.SALES_TAX_CODES]
        if (code.said.get("IsTaxable") in ("true", "1")) is is_taxable
    ]
    default = said.get("SalesTaxPreferences", {}).get(tag, {}).get("ListID", "")
    known = {code.list_id for code in fitting}
    named = (code.list_id for code in fitting if name_key(code.name) == name)
    return default if default in known else next(named, "")


def _only_item(lists: Lists) -> str:
    """The default item is a decision, unless there is but one to choose."""
    sold = [one.list_id for one in lists[ListKind.ITEMS] if one.type in SOLD]
    return sold[0] if len(sold) == 1 else ""


def proposals_of(connection: Connection) -> dict[str, str]:
    """The proposals for one company file as it stands: one query a list."""
    kinds = dict.fromkeys(choice.kind for choice in CHOICES.values())
    lists = {kind: list(entries(connection, kind)) for kind in kinds}
    return propose(settings_of(connection), lists=lists, said=preferences(connection))


# --- numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberProposal:
    """``highest``: the one seen in QuickBooks, "" where none was; ``prefix`` and ``next_number``: above it."""

    highest: str
    prefix: str
    next_number: int


def number_proposal(connection: Connection) -> NumberProposal | None:
    """The number after the highest that QuickBooks has: of our prefix, else of its main series.

    ``None`` where no invoice number of QuickBooks is known, or the series is full.
    """
    known = entry(connection, ListKind.INVOICE_NUMBERS, "")
    seen = {prefix: (highest, count) for prefix, (highest, count) in known.said["series"].items()} if known else {}
    main = main_series(seen)
    if main is None:
        return None
    numbering = numbering_of(connection.organization)
    prefix, highest = main.prefix, main.highest
    if numbering.pk is not None and (own := highest_of(seen, prefix=numbering.prefix)):
        prefix, highest = numbering.prefix, own
    elif numbering.pk is not None:
        prefix, highest = numbering.prefix, 0
    if len(prefix) > MAX_PREFIX or len(f"{prefix}{highest + 1}") > LONGEST:
        return None
    return NumberProposal(
        highest=f"{prefix}{highest}" if highest else "",
        prefix=prefix,
        next_number=max(highest + 1, numbering.next_number if numbering.pk is not None else 1),
    )
