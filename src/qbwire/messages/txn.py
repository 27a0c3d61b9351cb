"""What every transaction is made of, and what transaction queries share.

Source: qbXML 13.0 reference, shared aggregates and transaction queries, US edition. TxnLineDetail, which only other
editions have, is left out.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from qbwire.codec import Attr, Tag, UseMacro, branches, words
from qbwire.messages.query import CurrencyFilter, Iterator, MetaData, TreeFilter
from qbwire.scalars import DATETIME, ID, integer

TXN_KINDS = words(
    "ARRefundCreditCard", "Bill", "BillPaymentCheck", "BillPaymentCreditCard", "BuildAssembly", "Charge", "Check",
    "CreditCardCharge", "CreditCardCredit", "CreditMemo", "Deposit", "Estimate", "InventoryAdjustment", "Invoice",
    "ItemReceipt", "JournalEntry", "LiabilityAdjustment", "Paycheck", "PayrollLiabilityCheck", "PurchaseOrder",
    "ReceivePayment", "SalesOrder", "SalesReceipt", "SalesTaxPaymentCheck", "Transfer", "VendorCredit",
    "YTDAdjustment",
)  # fmt: skip
DateMacro = Literal[
    "All", "Today", "ThisWeek", "ThisWeekToDate", "ThisMonth", "ThisMonthToDate", "ThisCalendarQuarter",
    "ThisCalendarQuarterToDate", "ThisFiscalQuarter", "ThisFiscalQuarterToDate", "ThisCalendarYear",
    "ThisCalendarYearToDate", "ThisFiscalYear", "ThisFiscalYearToDate", "Yesterday", "LastWeek", "LastWeekToDate",
    "LastMonth", "LastMonthToDate", "LastCalendarQuarter", "LastCalendarQuarterToDate", "LastFiscalQuarter",
    "LastFiscalQuarterToDate", "LastCalendarYear", "LastCalendarYearToDate", "LastFiscalYear",
    "LastFiscalYearToDate", "NextWeek", "NextFourWeeks", "NextMonth", "NextCalendarQuarter", "NextCalendarYear",
    "NextFiscalQuarter", "NextFiscalYear",
]  # fmt: skip

TXN_BY_ID, TXN_BY_NUMBER, TXN_BY_EXACT_NUMBER, TXN_BY_FILTER = branches(4)
MODIFIED_BETWEEN, DATED_BETWEEN = branches(2)
NUMBER_LIKE, NUMBER_BETWEEN = branches(2)
BY_DATES, BY_MACRO = branches(2, required=True)

# --- records --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class TxnHead:
    """The head of every transaction. IncludeRetElement hides all of it but what it names."""

    txn_id: Annotated[str, Tag("TxnID", ID)]  # opaque, case sensitive, unique within one company file
    time_created: Annotated[str | None, Tag("TimeCreated", DATETIME)] = None  # QuickBooks' own text, see scalars
    time_modified: Annotated[str | None, Tag("TimeModified", DATETIME)] = None
    edit_sequence: Annotated[str | None, Tag("EditSequence", 16)] = None
    txn_number: Annotated[int | None, Tag("TxnNumber")] = None  # QuickBooks' counter, not what people call the number


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedTxn:
    """A transaction that this one is linked to, like a payment to its invoice."""

    txn_id: Annotated[str, Tag("TxnID", ID)]
    kind: Annotated[str | None, Tag("TxnType", TXN_KINDS, required=True)] = None
    dated_on: Annotated[date | None, Tag("TxnDate", required=True)] = None
    ref_number: Annotated[str | None, Tag("RefNumber", 20)] = None
    link_kind: Annotated[str | None, Tag("LinkType", words("AMTTYPE", "QUANTYPE"))] = None  # by amount or by quantity
    amount: Annotated[Decimal | None, Tag("Amount", required=True)] = None


# --- requests -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class SetCredit:
    """Pays with a credit that the customer has."""

    credit_txn_id: Annotated[str | UseMacro, Tag("CreditTxnID", ID)]
    applied_amount: Annotated[Decimal, Tag("AppliedAmount")]
    overrides: Annotated[bool | None, Tag("Override")] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModifiedDateRange:
    """Both ends are included; a missing one is open; without an offset, wall time of the QuickBooks computer."""

    from_modified: Annotated[str | None, Tag("FromModifiedDate", DATETIME)] = None
    to_modified: Annotated[str | None, Tag("ToModifiedDate", DATETIME)] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TxnDateRange:
    """The date of the transaction: both ends are included, a missing one is open; or a period by its name."""

    from_date: Annotated[date | None, Tag("FromTxnDate"), BY_DATES] = None
    to_date: Annotated[date | None, Tag("ToTxnDate"), BY_DATES] = None
    macro: Annotated[DateMacro | None, Tag("DateMacro"), BY_MACRO] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityFilter(TreeFilter):
    """Transactions of these customers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountFilter(TreeFilter):
    """Transactions that touch these accounts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefNumberFilter:
    match: Annotated[Literal["StartsWith", "Contains", "EndsWith"], Tag("MatchCriterion")]
    ref_number: Annotated[str, Tag("RefNumber")]


@dataclass(frozen=True, slots=True, kw_only=True)
class RefNumberRange:
    """Numbers from and to, both included; a missing end is open."""

    from_ref_number: Annotated[str | None, Tag("FromRefNumber")] = None
    to_ref_number: Annotated[str | None, Tag("ToRefNumber")] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TxnQuery:
    """The start of a transaction query: by ID, by number, or by filter; with `iterator` in pages of `max_returned`.

    Numbers are not unique in QuickBooks: one number may bring several transactions.
    """

    metadata: Annotated[MetaData | None, Attr("metaData")] = None
    iterator: Annotated[Iterator | None, Attr("iterator")] = None
    iterator_id: Annotated[str | None, Attr("iteratorID")] = None
    txn_ids: Annotated[tuple[str, ...], Tag("TxnID", ID), TXN_BY_ID] = ()
    ref_numbers: Annotated[tuple[str, ...], Tag("RefNumber"), TXN_BY_NUMBER] = ()
    exact_ref_numbers: Annotated[tuple[str, ...], Tag("RefNumberCaseSensitive"), TXN_BY_EXACT_NUMBER] = ()
    max_returned: Annotated[int | None, Tag("MaxReturned", integer(least=1)), TXN_BY_FILTER] = None
    modified: Annotated[ModifiedDateRange | None, Tag("ModifiedDateRangeFilter"), TXN_BY_FILTER, MODIFIED_BETWEEN] = (
        None
    )
    dated: Annotated[TxnDateRange | None, Tag("TxnDateRangeFilter"), TXN_BY_FILTER, DATED_BETWEEN] = None
    entity_filter: Annotated[EntityFilter | None, Tag("EntityFilter"), TXN_BY_FILTER] = None
    account_filter: Annotated[AccountFilter | None, Tag("AccountFilter"), TXN_BY_FILTER] = None
    number_filter: Annotated[RefNumberFilter | None, Tag("RefNumberFilter"), TXN_BY_FILTER, NUMBER_LIKE] = None
    number_range: Annotated[RefNumberRange | None, Tag("RefNumberRangeFilter"), TXN_BY_FILTER, NUMBER_BETWEEN] = None
    currency_filter: Annotated[CurrencyFilter | None, Tag("CurrencyFilter"), TXN_BY_FILTER] = None
