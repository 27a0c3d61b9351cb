"""What the messages of every kind of transaction share, and void, delete and the deletion feed.

(qbXML reference 13.0: Invoice, ReceivePayment, TxnVoid, TxnDel, TxnDeleted.)
"""

from qbsim.declarations import (
    Element,
    Kind,
    Particle,
    Request,
    aggregate,
    amount,
    boolean,
    day,
    enum,
    identifier,
    integer,
    moment,
    one_of,
    string,
)
from qbsim.messages.parts import INCLUDE_RET_ELEMENT, METADATA

TXN_TYPES = (
    "ARRefundCreditCard Bill BillPaymentCheck BillPaymentCreditCard BuildAssembly Charge Check CreditCardCharge "
    "CreditCardCredit CreditMemo Deposit Estimate InventoryAdjustment Invoice ItemReceipt JournalEntry "
    "LiabilityAdjustment Paycheck PayrollLiabilityCheck PurchaseOrder ReceivePayment SalesOrder SalesReceipt "
    "SalesTaxPaymentCheck Transfer VendorCredit YTDAdjustment"
)
TXN_VOID_TYPES = (
    "ARRefundCreditCard Bill BillPaymentCheck BillPaymentCreditCard Charge Check CreditCardCharge CreditCardCredit "
    "CreditMemo Deposit InventoryAdjustment Invoice ItemReceipt JournalEntry SalesReceipt VendorCredit"
)
TXN_DEL_TYPES = (
    "ARRefundCreditCard Bill BillPaymentCheck BillPaymentCreditCard BuildAssembly Charge Check CreditCardCharge "
    "CreditCardCredit CreditMemo Deposit Estimate InventoryAdjustment Invoice ItemReceipt JournalEntry PurchaseOrder "
    "ReceivePayment SalesOrder SalesReceipt SalesTaxPaymentCheck TimeTracking TransferInventory VehicleMileage "
    "VendorCredit"
)
DATE_MACROS = (
    "All Today ThisWeek ThisWeekToDate ThisMonth ThisMonthToDate ThisCalendarQuarter ThisCalendarQuarterToDate "
    "ThisFiscalQuarter ThisFiscalQuarterToDate ThisCalendarYear ThisCalendarYearToDate ThisFiscalYear "
    "ThisFiscalYearToDate Yesterday LastWeek LastWeekToDate LastMonth LastMonthToDate LastCalendarQuarter "
    "LastCalendarQuarterToDate LastFiscalQuarter LastFiscalQuarterToDate LastCalendarYear LastCalendarYearToDate "
    "LastFiscalYear LastFiscalYearToDate NextWeek NextFourWeeks NextMonth NextCalendarQuarter NextCalendarYear "
    "NextFiscalQuarter NextFiscalYear"
)

TXN_HEADER = (
    identifier("TxnID", "?"),
    moment("TimeCreated", "?"),
    moment("TimeModified", "?"),
    string("EditSequence", 16, "?"),
    integer("TxnNumber", "?"),
)

LINKED_TXN = (
    identifier("TxnID"),
    enum("TxnType", TXN_TYPES),
    day("TxnDate"),
    string("RefNumber", 20, "?"),
    enum("LinkType", "AMTTYPE QUANTYPE", "?", since="3.0"),
    amount("Amount"),
)

# Takes a credit of the customer: an unused part of an earlier payment. The macro may name a transaction of the
# same document.
SET_CREDIT_PARTS = (
    Element("CreditTxnID", Kind.ID, max_length=36, macro="useMacro"),
    amount("AppliedAmount"),
    boolean("Override", "?", since="10.0"),
)


def who(tag: str, max_length: int | None = None) -> Element:
    """Declare a filter by list elements, with or without what stands below them."""
    return aggregate(
        tag,
        one_of(
            identifier("ListID", "+"),
            string("FullName", max_length, "+"),
            identifier("ListIDWithChildren"),
            string("FullNameWithChildren"),
        ),
        many="?",
    )


def txn_filter(*further: Particle) -> Element | Particle:
    """Declare how transactions are asked for: by ID, by number, or by the filters that all kinds have."""
    return one_of(
        identifier("TxnID", "+"),
        string("RefNumber", None, "+"),
        string("RefNumberCaseSensitive", None, "+", since="4.0"),
        (
            integer("MaxReturned", "?", lowest=1),
            one_of(
                aggregate(
                    "ModifiedDateRangeFilter",
                    moment("FromModifiedDate", "?"),
                    moment("ToModifiedDate", "?"),
                ),
                aggregate(
                    "TxnDateRangeFilter",
                    one_of(
                        (day("FromTxnDate", "?"), day("ToTxnDate", "?")),
                        enum("DateMacro", DATE_MACROS),
                    ),
                ),
                many="?",
            ),
            who("EntityFilter"),
            who("AccountFilter"),
            one_of(
                aggregate(
                    "RefNumberFilter",
                    enum("MatchCriterion", "StartsWith Contains EndsWith"),
                    string("RefNumber"),
                ),
                aggregate(
                    "RefNumberRangeFilter",
                    string("FromRefNumber", None, "?"),
                    string("ToRefNumber", None, "?"),
                ),
                many="?",
            ),
            aggregate(
                "CurrencyFilter",
                one_of(identifier("ListID", "+"), string("FullName", 64, "+")),
                many="?",
                since="8.0",
            ),
            *further,
        ),
        many="?",
    )


TXN_VOID = Request("TxnVoid", (enum("TxnVoidType", TXN_VOID_TYPES), identifier("TxnID")), since=(1, 1))

TXN_VOID_RS = (
    enum("TxnVoidType", TXN_VOID_TYPES, "?"),
    identifier("TxnID", "?"),
    moment("TimeCreated", "?"),
    moment("TimeModified", "?"),
    string("RefNumber", None, "?"),
)

TXN_DEL = Request("TxnDel", (enum("TxnDelType", TXN_DEL_TYPES), identifier("TxnID")), since=(1, 1))

TXN_DEL_RS = (
    enum("TxnDelType", TXN_DEL_TYPES, "?"),
    identifier("TxnID", "?"),
    moment("TimeDeleted", "?"),
    string("RefNumber", None, "?"),
)

TXN_DELETED_QUERY = Request(
    "TxnDeletedQuery",
    (
        enum("TxnDelType", TXN_DEL_TYPES, "+"),
        aggregate(
            "DeletedDateRangeFilter",
            moment("FromDeletedDate", "?"),
            moment("ToDeletedDate", "?"),
            many="?",
        ),
        INCLUDE_RET_ELEMENT,
    ),
    (METADATA,),
    since=(2, 0),
)

TXN_DELETED_RET = (
    enum("TxnDelType", TXN_DEL_TYPES, "?"),
    identifier("TxnID", "?"),
    moment("TimeCreated", "?"),
    moment("TimeDeleted", "?"),
    string("RefNumber", None, "?"),
)

REQUESTS = {"TxnVoidRq": TXN_VOID, "TxnDelRq": TXN_DEL, "TxnDeletedQueryRq": TXN_DELETED_QUERY}
