"""Data extensions: custom fields (owner 0), and private data of an application (its GUID).

Source: qbXML 13.0 reference, DataExtAdd, DataExtMod and DataExtDel; Intuit, "Data extensions". Private data may hold
4,096 bytes an object.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

from qbwire.codec import Tag, UseMacro, branches, message
from qbwire.messages.ref import Ref
from qbwire.scalars import DATETIME, GUID, ID

ListObjectKind = Literal["Account", "Customer", "Employee", "Item", "OtherName", "Vendor"]
TxnObjectKind = Literal[
    "ARRefundCreditCard", "Bill", "BillPaymentCheck", "BillPaymentCreditCard", "BuildAssembly", "Charge", "Check",
    "CreditCardCharge", "CreditCardCredit", "CreditMemo", "Deposit", "Estimate", "InventoryAdjustment", "Invoice",
    "ItemReceipt", "JournalEntry", "PurchaseOrder", "ReceivePayment", "SalesOrder", "SalesReceipt",
    "SalesTaxPaymentCheck", "VendorCredit",
]  # fmt: skip
OtherObjectKind = Literal["Company"]

ON_LIST_OBJECT, ON_TXN, ON_OTHER = branches(3, required=True)
WAS_ON_LIST_OBJECT, WAS_ON_TXN, WAS_ON_OTHER = branches(3)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDataExt:
    """A value and the object that it is put on: an entry of a list, a transaction or its line, or the company."""

    owner_id: Annotated[str, Tag("OwnerID", GUID)]
    name: Annotated[str, Tag("DataExtName", 31)]
    list_kind: Annotated[ListObjectKind | None, Tag("ListDataExtType", required=True), ON_LIST_OBJECT] = None
    list_object: Annotated[Ref | None, Tag("ListObjRef", 159, required=True), ON_LIST_OBJECT] = None
    txn_kind: Annotated[TxnObjectKind | None, Tag("TxnDataExtType", required=True), ON_TXN] = None
    txn_id: Annotated[str | UseMacro | None, Tag("TxnID", ID, required=True), ON_TXN] = None
    txn_line_id: Annotated[str | None, Tag("TxnLineID", ID), ON_TXN] = None
    other_kind: Annotated[OtherObjectKind | None, Tag("OtherDataExtType"), ON_OTHER] = None
    value: Annotated[str, Tag("DataExtValue")]


@message("DataExtAddRq")
@dataclass(frozen=True, slots=True, kw_only=True)
class DataExtAdd:
    """Puts a value where there is none yet; answered with a DataExt."""

    data_ext: Annotated[NewDataExt, Tag("DataExtAdd")]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedDataExt:
    """As NewDataExt; the transaction is one that exists."""

    owner_id: Annotated[str, Tag("OwnerID", GUID)]
    name: Annotated[str, Tag("DataExtName", 31)]
    list_kind: Annotated[ListObjectKind | None, Tag("ListDataExtType", required=True), ON_LIST_OBJECT] = None
    list_object: Annotated[Ref | None, Tag("ListObjRef", 159, required=True), ON_LIST_OBJECT] = None
    txn_kind: Annotated[TxnObjectKind | None, Tag("TxnDataExtType", required=True), ON_TXN] = None
    txn_id: Annotated[str | None, Tag("TxnID", ID, required=True), ON_TXN] = None
    txn_line_id: Annotated[str | None, Tag("TxnLineID", ID), ON_TXN] = None
    other_kind: Annotated[OtherObjectKind | None, Tag("OtherDataExtType"), ON_OTHER] = None
    value: Annotated[str, Tag("DataExtValue")]


@message("DataExtModRq")
@dataclass(frozen=True, slots=True, kw_only=True)
class DataExtMod:
    """Changes a value that is there; answered with a DataExt."""

    data_ext: Annotated[ChangedDataExt, Tag("DataExtMod")]


@dataclass(frozen=True, slots=True, kw_only=True)
class DataExtPlace:
    """Where a value stands."""

    owner_id: Annotated[str, Tag("OwnerID", GUID)]
    name: Annotated[str, Tag("DataExtName", 31)]
    list_kind: Annotated[ListObjectKind | None, Tag("ListDataExtType", required=True), ON_LIST_OBJECT] = None
    list_object: Annotated[Ref | None, Tag("ListObjRef", 159, required=True), ON_LIST_OBJECT] = None
    txn_kind: Annotated[TxnObjectKind | None, Tag("TxnDataExtType", required=True), ON_TXN] = None
    txn_id: Annotated[str | None, Tag("TxnID", ID, required=True), ON_TXN] = None
    txn_line_id: Annotated[str | None, Tag("TxnLineID", ID), ON_TXN] = None
    other_kind: Annotated[OtherObjectKind | None, Tag("OtherDataExtType"), ON_OTHER] = None


@message("DataExtDelRq")
@dataclass(frozen=True, slots=True, kw_only=True)
class DataExtDel:
    """Removes a value; answered with a DeletedDataExt."""

    data_ext: Annotated[DataExtPlace, Tag("DataExtDel")]


@message("DataExtDelRet")
@dataclass(frozen=True, slots=True, kw_only=True)
class DeletedDataExt:
    owner_id: Annotated[str | None, Tag("OwnerID", GUID, required=True)] = None
    name: Annotated[str, Tag("DataExtName", 31)]
    list_kind: Annotated[ListObjectKind | None, Tag("ListDataExtType", required=True), WAS_ON_LIST_OBJECT] = None
    list_object: Annotated[Ref | None, Tag("ListObjRef", 159, required=True), WAS_ON_LIST_OBJECT] = None
    txn_kind: Annotated[TxnObjectKind | None, Tag("TxnDataExtType", required=True), WAS_ON_TXN] = None
    txn_id: Annotated[str | None, Tag("TxnID", ID, required=True), WAS_ON_TXN] = None
    txn_line_id: Annotated[str | None, Tag("TxnLineID", ID), WAS_ON_TXN] = None
    other_kind: Annotated[OtherObjectKind | None, Tag("OtherDataExtType"), WAS_ON_OTHER] = None
    time_deleted: Annotated[str | None, Tag("TimeDeleted", DATETIME)] = None
