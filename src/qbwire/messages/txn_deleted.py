"""Voiding and deleting transactions, and what was deleted.

Source: qbXML 13.0 reference, TxnVoid, TxnDel and TxnDeleted; Intuit, "Modify, delete, and void". Voiding keeps the
document with zero amounts, deleting removes it. Payments cannot be voided. QuickBooks remembers deletions for about
90 days (Conductor's documentation of deleted objects).
"""

from dataclasses import dataclass
from typing import Annotated, Literal, get_args

from qbwire.codec import Attr, Tag, message, words
from qbwire.messages.list_deleted import DeletedDateRange
from qbwire.messages.query import MetaData
from qbwire.scalars import DATETIME, ID

VoidableKind = Literal[
    "ARRefundCreditCard", "Bill", "BillPaymentCheck", "BillPaymentCreditCard", "Charge", "Check", "CreditCardCharge",
    "CreditCardCredit", "CreditMemo", "Deposit", "InventoryAdjustment", "Invoice", "ItemReceipt", "JournalEntry",
    "SalesReceipt", "VendorCredit",
]  # fmt: skip
DeletableKind = Literal[
    "ARRefundCreditCard", "Bill", "BillPaymentCheck", "BillPaymentCreditCard", "BuildAssembly", "Charge", "Check",
    "CreditCardCharge", "CreditCardCredit", "CreditMemo", "Deposit", "Estimate", "InventoryAdjustment", "Invoice",
    "ItemReceipt", "JournalEntry", "PurchaseOrder", "ReceivePayment", "SalesOrder", "SalesReceipt",
    "SalesTaxPaymentCheck", "TimeTracking", "TransferInventory", "VehicleMileage", "VendorCredit",
]  # fmt: skip


@message("TxnVoidRq")
@dataclass(frozen=True, slots=True, kw_only=True)
class TxnVoid:
    kind: Annotated[VoidableKind, Tag("TxnVoidType")]
    txn_id: Annotated[str, Tag("TxnID", ID)]


@message("TxnVoidRs")
@dataclass(frozen=True, slots=True, kw_only=True)
class TxnVoidDone:
    """The answer to TxnVoid: the response itself is the record."""

    kind: Annotated[str | None, Tag("TxnVoidType", words(*get_args(VoidableKind)))] = None
    txn_id: Annotated[str | None, Tag("TxnID", ID)] = None
    time_created: Annotated[str | None, Tag("TimeCreated", DATETIME)] = None
    time_modified: Annotated[str | None, Tag("TimeModified", DATETIME)] = None
    ref_number: Annotated[str | None, Tag("RefNumber")] = None


@message("TxnDelRq")
@dataclass(frozen=True, slots=True, kw_only=True)
class TxnDel:
    kind: Annotated[DeletableKind, Tag("TxnDelType")]
    txn_id: Annotated[str, Tag("TxnID", ID)]


@message("TxnDelRs")
@dataclass(frozen=True, slots=True, kw_only=True)
class TxnDelDone:
    """The answer to TxnDel: the response itself is the record."""

    kind: Annotated[str | None, Tag("TxnDelType", words(*get_args(DeletableKind)))] = None
    txn_id: Annotated[str | None, Tag("TxnID", ID)] = None
    time_deleted: Annotated[str | None, Tag("TimeDeleted", DATETIME)] = None
    ref_number: Annotated[str | None, Tag("RefNumber")] = None


@message("TxnDeletedQueryRq")
@dataclass(frozen=True, slots=True, kw_only=True)
class TxnDeletedQuery:
    metadata: Annotated[MetaData | None, Attr("metaData")] = None
    kinds: Annotated[tuple[DeletableKind, ...], Tag("TxnDelType")]
    deleted: Annotated[DeletedDateRange | None, Tag("DeletedDateRangeFilter")] = None
    include_ret_element: Annotated[tuple[str, ...], Tag("IncludeRetElement", 50)] = ()


@message("TxnDeletedRet")
@dataclass(frozen=True, slots=True, kw_only=True)
class TxnDeleted:
    kind: Annotated[str | None, Tag("TxnDelType", words(*get_args(DeletableKind)))] = None
    txn_id: Annotated[str, Tag("TxnID", ID)]
    time_created: Annotated[str | None, Tag("TimeCreated", DATETIME)] = None
    time_deleted: Annotated[str | None, Tag("TimeDeleted", DATETIME)] = None
    ref_number: Annotated[str | None, Tag("RefNumber")] = None
