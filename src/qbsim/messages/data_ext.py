"""Custom fields and private data of records: DataExtDefAdd, DataExtAdd, DataExtMod, DataExtDel.

(qbXML reference 13.0, DataExt.)
"""

from qbsim.declarations import (
    Choice,
    Element,
    Kind,
    Request,
    aggregate,
    boolean,
    enum,
    guid,
    identifier,
    integer,
    moment,
    one_of,
    ref,
    string,
)
from qbsim.messages.parts import INCLUDE_RET_ELEMENT

DATA_EXT_TYPES = "AMTTYPE DATETIMETYPE INTTYPE PERCENTTYPE PRICETYPE QUANTYPE STR1024TYPE STR255TYPE"
LIST_TYPES = "Account Customer Employee Item OtherName Vendor"
TXN_TYPES = (
    "ARRefundCreditCard Bill BillPaymentCheck BillPaymentCreditCard BuildAssembly Charge Check CreditCardCharge "
    "CreditCardCredit CreditMemo Deposit Estimate InventoryAdjustment Invoice ItemReceipt JournalEntry PurchaseOrder "
    "ReceivePayment SalesOrder SalesReceipt SalesTaxPaymentCheck VendorCredit"
)
ASSIGNABLE = f"{LIST_TYPES} {TXN_TYPES} Company"

DEF_PARTS = (
    guid("OwnerID"),
    string("DataExtName", 31),
    enum("DataExtType", DATA_EXT_TYPES),
    enum("AssignToObject", ASSIGNABLE, "*"),
    boolean("DataExtListRequire", "?", since="12.0"),
    boolean("DataExtTxnRequire", "?", since="12.0"),
    string("DataExtFormatString", None, "?", since="12.0"),
)
DATA_EXT_DEF_ADD = Request(
    "DataExtDefAdd", (aggregate("DataExtDefAdd", *DEF_PARTS), INCLUDE_RET_ELEMENT), since=(2, 0)
)


def _where(macro: str = "") -> Choice:
    """Declare which object the value belongs to: one of a list, a transaction or its line, or the company."""
    return one_of(
        (enum("ListDataExtType", LIST_TYPES), ref("ListObjRef", 159, "")),
        (
            enum("TxnDataExtType", TXN_TYPES),
            Element("TxnID", Kind.ID, max_length=36, macro=macro),
            identifier("TxnLineID", "?", since="3.0"),
        ),
        enum("OtherDataExtType", "Company"),
    )


_NAMED = (guid("OwnerID"), string("DataExtName", 31))
_VALUE = string("DataExtValue")

DATA_EXT_ADD = Request("DataExtAdd", (aggregate("DataExtAdd", *_NAMED, _where("useMacro"), _VALUE),), since=(2, 0))
DATA_EXT_MOD = Request("DataExtMod", (aggregate("DataExtMod", *_NAMED, _where(), _VALUE),), since=(2, 0))
DATA_EXT_DEL = Request("DataExtDel", (aggregate("DataExtDel", *_NAMED, _where()),), since=(2, 0))

DATA_EXT_DEL_RET = (
    *_NAMED,
    one_of(*_where().branches, many="?"),
    moment("TimeDeleted", "?"),
)

DATA_EXT_DEF_RET = (
    guid("OwnerID", "?"),
    integer("DataExtID"),
    string("DataExtName", 31, "?"),
    enum("DataExtType", DATA_EXT_TYPES, "?"),
    enum("AssignToObject", ASSIGNABLE, "*"),
    boolean("DataExtListRequire"),
    boolean("DataExtTxnRequire"),
    string("DataExtFormatString"),
)

REQUESTS = {
    "DataExtDefAddRq": DATA_EXT_DEF_ADD,
    "DataExtAddRq": DATA_EXT_ADD,
    "DataExtModRq": DATA_EXT_MOD,
    "DataExtDelRq": DATA_EXT_DEL,
}
