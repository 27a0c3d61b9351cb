"""What a failure means: asked with a code and QuickBooks' own message, answered from the rows of ``failures``. Pure.

The message sharpens the answer: it names the item that is missing, or the field whose text is too long, and with it
the repair that comes first. A code without a row keeps QuickBooks' words in sight and is said to be unknown.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from qbwire.status import is_lock, severity_of

from .failures import CATALOGUE, MESSAGE_SET, OWN, POSTED, REFUSED, REPAIRS, REPEATS, VISIT, Entry, Who

__all__ = ["REPAIRS", "Explained", "Who", "entry_of", "explain", "read_message"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """What a person reads of a failure. ``said``: QuickBooks' own words, as they came, or where the finding is ours
    (``is_ours``) what it found.
    """

    code: str
    title: str
    cause: str
    consequence: str
    who: Who
    repairs: tuple[str, ...]
    said: str = ""
    is_ours: bool = False
    is_known: bool = True


# --- codes whose message decides ------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What QuickBooks' message names, as far as it does."""

    kind: str = ""  # of a reference: "Item"
    value: str = ""
    field: str = ""  # in words
    tag: str = ""  # the same as QuickBooks writes it
    reason: str = ""  # behind "QuickBooks error message:"


# Messages as recorded in quickbooks-php, qbwc-common and the BuildOps help pages; one wording serves several codes.
_WORDINGS = tuple(
    re.compile(pattern, re.IGNORECASE | re.DOTALL)
    for pattern in (
        r'invalid reference to QuickBooks (?P<kind>[^"]+?) "(?P<value>.*?)" in the (?P<tag>[^.]+)',
        r'the "(?P<tag>[^"]+)" field has an invalid value "(?P<value>.*?)"',
        r'storing "(?P<value>.*?)" in the "(?P<tag>[^"]+)" field',
        r'"(?P<value>[^"]*)" in the field "(?P<tag>[^"]+)"',
        r'item "(?P<value>[^"]*)" is of a kind that "(?P<tag>[^"]+)"',
        r'(?:element|address|feature)s?:? "(?P<tag>[^"]+)"',
        r'the "(?P<tag>[^"]+)" feature',
        r'(?:object|name|ID|account|parent)s?:?,? "(?P<value>[^"]*)"',
    )
)
_REASON = re.compile(r"QuickBooks error message:\s*(?P<reason>.+)$", re.IGNORECASE | re.DOTALL)

# QuickBooks' names of fields, in the words of our pages.
_FIELD_WORDS = {
    "RefNumber": "number",
    "Memo": "memo",
    "Desc": "description",
    "TxnDate": "date",
    "DueDate": "due date",
    "Quantity": "quantity",
    "Rate": "rate",
    "Amount": "amount",
    "TotalAmount": "amount",
    "PaymentAmount": "amount",
    "CustomerRef": "customer",
    "ItemRef": "item",
    "ItemGroupRef": "item group",
    "TermsRef": "terms",
    "BillAddress": "billing address",
    "ShipAddress": "address of the building",
    "PaymentMethodRef": "payment method",
    "DepositToAccountRef": "deposit account",
    "TxnID": "invoice",
    "SalesTax": "Sales Tax",
    "MultiCurrency": "Multiple Currencies",
}


# The same on the page of a payment.
_WORDS_OF_PAYMENTS = {"RefNumber": "reference number", "Memo": "note"}


def read_message(message: str) -> Named:
    """What a message of QuickBooks names; empty where it is worded in no known way."""
    found = next(filter(None, (wording.search(message) for wording in _WORDINGS)), None)
    reason = _REASON.search(message)
    said = {name: text or "" for name, text in found.groupdict().items()} if found else {}
    tag = said.get("tag", "").strip()
    return Named(
        kind=said.get("kind", "").strip(),
        value=said.get("value", "").strip(),
        tag=tag,
        field=_FIELD_WORDS.get(tag, tag),
        reason=reason["reason"].strip() if reason else "",
    )


# 3140 and 3120 name a list; each list has its own repair (kinds as QuickBooks writes them, with and without space).
_REFERENCES: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    "item": (
        "item",
        "The item is not in QuickBooks' list, was renamed or deleted there, or is inactive.",
        ("choose_item", "choose_default_item", "refresh_lists"),
    ),
    "customer": (
        "customer",
        "The customer or job is not in QuickBooks' list, was deleted or merged there, or is inactive.",
        ("link_again", "refresh_lists"),
    ),
    "terms": (
        "terms",
        "The terms are not in QuickBooks' list, were renamed there, or are inactive.",
        ("choose_terms", "refresh_lists"),
    ),
    "paymentmethod": (
        "payment method",
        "QuickBooks has no such payment method any more; choose the one that stands for it in the settings.",
        ("choose_method", "refresh_lists"),
    ),
    "account": (
        "account",
        "The account is not in QuickBooks' list of accounts, or is inactive.",
        ("choose_account", "refresh_lists"),
    ),
    "itemsalestax": (
        "sales tax item",
        "QuickBooks has no such tax item or tax group any more.",
        ("choose_tax", "refresh_lists"),
    ),
    "salestaxcode": (
        "sales tax code",
        "QuickBooks has no such tax code any more; the settings say which codes are used for taxed lines and others.",
        ("choose_tax", "open_settings", "refresh_lists"),
    ),
}

# 3070, 3080, 3090, 3205 and 3210 name a field; it decides which repair comes first.
_FIELD_REPAIRS: Mapping[str, tuple[str, ...]] = {
    "RefNumber": ("choose_number",),
    "TxnDate": ("change_date",),
    "DueDate": ("change_date",),
    "TotalAmount": ("change_amount", "read_again"),
    "PaymentAmount": ("change_amount", "read_again"),
    "Amount": ("change_amount",),
    "CustomerRef": ("link_again",),
    "BillAddress": ("leave_bill_to",),
    "Memo": ("shorten_text",),
    "Desc": ("shorten_text",),
}
_ABOUT_A_FIELD = frozenset({"3020", "3040", "3070", "3080", "3090", "3205", "3210"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Saving:
    """One of the many reasons that 3180 comes with (quickbooks-php, Callbacks; ayssoftware help)."""

    words: tuple[str, ...]
    title: str
    cause: str
    repairs: tuple[str, ...]


_SAVINGS = (
    Saving(
        words=("credit limit",),
        title="The customer would go over its credit limit",
        cause="QuickBooks stops other programs at the credit limit. Raise it in QuickBooks, or wait for a payment.",
        repairs=("retry",),
    ),
    Saving(
        words=("duplicate", "already been used", "already exists"),
        title="QuickBooks takes it for a duplicate",
        cause="QuickBooks is set to warn about numbers that were used before.",
        repairs=("choose_number", "already_there"),
    ),
    Saving(
        words=("closing date", "closed period"),
        title="It falls into a closed period",
        cause="QuickBooks could not save it, because the books are closed for its date.",
        repairs=("change_date", "retry"),
    ),
    Saving(
        words=("multiple currenc", "currency"),
        title="The currencies do not agree",
        cause="Customer and accounts are kept in different currencies in QuickBooks.",
        repairs=("link_again", "open_settings"),
    ),
)


# --- the question ---------------------------------------------------------------------------------


def explain(
    code: str, message: str = "", *, kind: str = "invoice", names: Mapping[str, str] = MappingProxyType({})
) -> Explained:
    """What a person reads of this failure of an invoice or a payment. Never fails.

    ``message`` is QuickBooks' own text, as it came. ``kind`` is the record's noun: "invoice" or "payment". ``names``
    are those of IDs that the message may mention: nobody knows an item by its ListID.
    """
    entry = entry_of(code)
    if entry is None:
        return _unknown(code, message, noun=kind)
    named = read_message(message)
    named = replace(named, value=names.get(named.value, named.value))
    if kind == "payment":
        named = replace(named, field=_WORDS_OF_PAYMENTS.get(named.tag, named.field))
    explained = Explained(
        code=entry.code,
        title=_title(entry, named),
        cause=entry.cause,
        consequence=entry.consequence.format(noun=kind),
        who=entry.who,
        repairs=entry.repairs,
        said=message,
        is_ours=entry.code in OWN,
    )
    return _by_message(explained, named, message=message, noun=kind)


def entry_of(code: str) -> Entry | None:
    """The row of a code, in any case of letters; the codes of a message set also without "set-"."""
    text = code.strip()
    if text.isdecimal() and int(text) in _MACROS:
        return CATALOGUE["9100"]
    return CATALOGUE.get(text) or _FOLDED.get(text.casefold()) or MESSAGE_SET.get(f"set-{text}")


_FOLDED = {code.casefold(): entry for code, entry in CATALOGUE.items()}
_MACROS = range(9100, 9200)  # Intuit, QBD-errorcodes page: one range, one meaning


def _title(entry: Entry, named: Named) -> str:
    """The heading that names things, if the message fills all its places."""
    places = {"kind": _kind_words(named.kind), "value": named.value, "field": named.field}
    needed = re.findall(r"{(\w+)}", entry.named)
    return entry.named.format(**places) if needed and all(places[name] for name in needed) else entry.title


def _kind_words(kind: str) -> str:
    known = _REFERENCES.get(_folded_kind(kind))
    return known[0] if known else kind


def _folded_kind(kind: str) -> str:
    return kind.replace(" ", "").casefold()


def _by_message(explained: Explained, named: Named, *, message: str, noun: str) -> Explained:
    """The same, made sharper by what the message says."""
    if explained.code == "3140" and (known := _REFERENCES.get(_folded_kind(named.kind))):
        return replace(explained, cause=known[1], repairs=(*known[2], "retry"))
    if explained.code == "3180":
        return _saving(explained, message=message, noun=noun)
    if explained.code in _ABOUT_A_FIELD and (first := _FIELD_REPAIRS.get(named.tag)):
        return replace(explained, repairs=tuple(dict.fromkeys((*first, *_fitting(explained.repairs)))))
    return explained


def _fitting(repairs: tuple[str, ...]) -> tuple[str, ...]:
    """Without the repair of another field: the field is known now."""
    return tuple(key for key in repairs if key not in {"shorten_text", "change_amount", "leave_bill_to"})


def _saving(explained: Explained, *, message: str, noun: str) -> Explained:
    if is_lock(message):
        return replace(
            explained,
            title="Somebody is working on the same record",
            cause="QuickBooks could not save, because another user has the record open or has just changed it.",
            consequence=REPEATS.format(noun=noun),
            who=Who.NOBODY,
            repairs=("retry",),
        )
    lowered = message.casefold()
    for saving in _SAVINGS:
        if any(word in lowered for word in saving.words):
            return replace(explained, title=saving.title, cause=saving.cause, repairs=saving.repairs)
    return explained


def _unknown(code: str, message: str, *, noun: str) -> Explained:
    """A failure that is in no list: QuickBooks' own words, and what to send to support."""
    shown = code.strip() or "without a number"
    is_visit = shown.casefold().startswith("0x")
    is_remark = shown.isdecimal() and severity_of(int(shown)) != "Error"
    consequence = VISIT if is_visit else POSTED if is_remark else REFUSED
    said = "Its own words stand below." if message.strip() else "QuickBooks gave no reason."
    return Explained(
        code=shown,
        title=f"QuickBooks answered {shown}",
        cause=f"This answer is not in Standpipe's catalogue. {said}",
        consequence=consequence.format(noun=noun),
        who=Who.YOU,
        repairs=("report",) if is_remark else ("retry", "edit", "report"),
        said=message,
        is_known=False,
    )
