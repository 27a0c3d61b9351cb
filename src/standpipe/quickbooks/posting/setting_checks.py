"""Whether the QuickBooks Desktop settings hold: each choice against the copied lists, and what is wrong in words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from standpipe.payments.models import Method
from standpipe.quickbooks.connections.models import Connection
from standpipe.quickbooks.lists.models import ListEntry, ListKind
from standpipe.quickbooks.lists.short_lists import entries_by_id, entries_by_kind, has_arrived, uses_sales_tax

from .settings import PostingSettings, settings_of

Wrong = Literal["missing", "unknown", "gone", "inactive", "wrong_type"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What may be chosen in one field: entries of one list, of these types."""

    kind: ListKind
    noun: str  # in a sentence: "the default item"
    types: tuple[str, ...] = ()  # wire names of items; (): any
    account_types: tuple[str, ...] = ()  # AccountType; (): any
    type_words: str = ""  # after "has to be"
    is_taxable: bool | None = None  # of sales tax codes


# Lines may carry more kinds (qbXML 13 reference, InvoiceAdd); these stand on their own, with a price or without.
SOLD = ("ItemService", "ItemNonInventory", "ItemOtherCharge", "ItemInventory", "ItemInventoryAssembly")
SOLD_WORDS = "a service, an inventory or non-inventory part, or an other charge"
# QuickBooks takes payments into these alone (qbXML 13 reference, ReceivePaymentAdd; its own window offers no others).
DEPOSIT_TYPES = ("Bank", "OtherCurrentAsset")

CHOICES: Mapping[str, Choice] = {
    "default_item": Choice(kind=ListKind.ITEMS, noun="default item", types=SOLD, type_words=SOLD_WORDS),
    "tax_line_item": Choice(
        kind=ListKind.ITEMS,
        noun="item for the tax line",
        types=("ItemOtherCharge", "ItemService", "ItemNonInventory"),
        type_words="an other charge, a service or a non-inventory part",
    ),
    "taxable_code": Choice(kind=ListKind.SALES_TAX_CODES, noun="code for taxable lines", is_taxable=True),
    "nontaxable_code": Choice(kind=ListKind.SALES_TAX_CODES, noun="code for lines without tax", is_taxable=False),
    **{
        f"methods.{method.value}.payment_method": Choice(
            kind=ListKind.PAYMENT_METHODS, noun=f"payment method for {method.label}"
        )
        for method in Method
    },
    **{
        f"methods.{method.value}.deposit_account": Choice(
            kind=ListKind.ACCOUNTS,
            noun=f"deposit account for {method.label}",
            account_types=DEPOSIT_TYPES,
            type_words="a bank account or an other current asset, such as Undeposited Funds",
        )
        for method in Method
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingProblem:
    """What is wrong with one choice. ``field``: a key of ``CHOICES``; a "missing" one may not be needed at all."""

    field: str
    wrong: Wrong
    text: str


def chosen(settings: PostingSettings, field: str) -> str:
    """The ListID that is chosen in a field of ``CHOICES``."""
    if not field.startswith("methods."):
        return str(getattr(settings, field))
    _, method, part = field.split(".")
    return str(getattr(settings.method(method), part))


def with_chosen(settings: PostingSettings, field: str, list_id: str) -> PostingSettings:
    """The same settings with another choice in one field."""
    if not field.startswith("methods."):
        choice: dict[str, Any] = {field: list_id}
        return replace(settings, **choice)
    _, method, part = field.split(".")
    return settings.with_method(method, **{part: list_id})


def problems_of_settings(connection: Connection) -> list[SettingProblem]:
    """Everything that does not hold, in the order of the page. Two queries."""
    settings = settings_of(connection)
    found = _found(connection, settings)
    needed = set(_needed(settings, has_sales_tax=uses_sales_tax(connection)))
    return [
        problem
        for field in CHOICES
        if (problem := judge(field, chosen(settings, field), found=found, is_needed=field in needed)) is not None
    ]


def problem_with(connection: Connection, field: str) -> SettingProblem | None:
    """What is wrong with one choice; nothing chosen is a problem here."""
    list_id = chosen(settings_of(connection), field)
    found = entries_by_id(connection, CHOICES[field].kind, [list_id])
    return judge(field, list_id, found={CHOICES[field].kind: found}, is_needed=True)


def judge(
    field: str, list_id: str, *, found: Mapping[ListKind, Mapping[str, ListEntry]], is_needed: bool
) -> SettingProblem | None:
    """One choice against the entries that were found of its list."""
    choice = CHOICES[field]
    if not list_id:
        text = f"No {choice.noun} is chosen yet."
        return SettingProblem(field=field, wrong="missing", text=text) if is_needed else None
    entry = found[choice.kind].get(list_id)
    if entry is None:
        text = f"The {choice.noun} is not in QuickBooks’ list. Choose another one."
        return SettingProblem(field=field, wrong="unknown", text=text)
    for wrong, text in _faults(entry, choice):
        return SettingProblem(field=field, wrong=wrong, text=text)
    return None


def _faults(entry: ListEntry, choice: Choice) -> Iterator[tuple[Wrong, str]]:
    name = f"“{entry.full_name}”"
    if entry.gone_at is not None:
        yield "gone", f"{name} was deleted or merged in QuickBooks. Choose another {choice.noun}."
    if not entry.is_active:
        yield (
            "inactive",
            f"{name} is inactive in QuickBooks. Make it active there and refresh, or choose another one.",
        )
    if choice.types and entry.type not in choice.types:
        yield "wrong_type", f"{name} cannot be used here: the {choice.noun} has to be {choice.type_words}."
    if choice.account_types and entry.said.get("AccountType") not in choice.account_types:
        yield "wrong_type", f"{name} cannot be used here: the {choice.noun} has to be {choice.type_words}."
    if choice.is_taxable is not None and (entry.said.get("IsTaxable") == "true") != choice.is_taxable:
        yield "wrong_type", f"{name} is {'not ' if choice.is_taxable else ''}taxable in QuickBooks."


def _needed(settings: PostingSettings, *, has_sales_tax: bool) -> Iterator[str]:
    """Fields that posting cannot do without. A deposit account is not among them: QuickBooks has one of its own."""
    yield "default_item"
    if settings.tax_as == "line":
        yield "tax_line_item"
    elif has_sales_tax:
        yield "taxable_code"
    if has_sales_tax:  # a line without a code gets the item's own, and QuickBooks may tax it
        yield "nontaxable_code"
    yield from (f"methods.{method.value}.payment_method" for method in Method)


def _found(connection: Connection, settings: PostingSettings) -> dict[ListKind, dict[str, ListEntry]]:
    wanted: dict[ListKind, list[str]] = {}
    for field, choice in CHOICES.items():
        wanted.setdefault(choice.kind, []).append(chosen(settings, field))
    return entries_by_kind(connection, wanted)


def lists_are_here(connection: Connection) -> bool:
    """Whether there is anything to choose from yet."""
    return has_arrived(connection, ListKind.ITEMS)
