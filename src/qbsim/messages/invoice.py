"""InvoiceAdd, InvoiceMod and InvoiceQuery (qbXML reference 13.0, Invoice)."""

from qbsim.declarations import (
    Particle,
    Request,
    aggregate,
    amount,
    boolean,
    day,
    enum,
    floating,
    guid,
    identifier,
    one_of,
    percent,
    price,
    quantity,
    ref,
    string,
)
from qbsim.messages.parts import ADDRESS, BLOCK, DATA_EXT, INCLUDE_RET_ELEMENT, ITERATOR, METADATA
from qbsim.messages.transactions import LINKED_TXN, SET_CREDIT_PARTS, TXN_HEADER, txn_filter

DATA_EXT_IN = aggregate(
    "DataExt", guid("OwnerID"), string("DataExtName", 31), string("DataExtValue"), many="*", since="5.0"
)
SET_CREDIT = aggregate("SetCredit", *SET_CREDIT_PARTS, many="*", since="10.0", macro="useMacro")

_RATE = (price("Rate"), percent("RatePercent"))
_RATE_OR_LEVEL = one_of(*_RATE, ref("PriceLevelRef", 31, "", since="4.0"), many="?")
_SITE = (ref("InventorySiteRef", 31, since="10.0"), ref("InventorySiteLocationRef", 31, since="12.0"))
_LOT = one_of(string("SerialNumber", 4095, "?"), string("LotNumber", 40, "?"), many="?")
_OTHERS = (string("Other1", 29, "?", since="6.0"), string("Other2", 29, "?", since="6.0"))
_UNIT = string("UnitOfMeasure", 31, "?", since="7.0")
_UNIT_SET = ref("OverrideUOMSetRef", 31, since="7.0")
_PRICE_RULE = enum("OptionForPriceRuleConflict", "Zero BasePrice", "?", since="13.0")

LINE_ADD = aggregate(
    "InvoiceLineAdd",
    ref("ItemRef"),
    string("Desc", 4095, "?"),
    quantity("Quantity", "?"),
    _UNIT,
    _RATE_OR_LEVEL,
    ref("ClassRef", 159),
    amount("Amount", "?"),
    _PRICE_RULE,
    *_SITE,
    _LOT,
    day("ServiceDate", "?"),
    ref("SalesTaxCodeRef", 3),
    ref("OverrideItemAccountRef", 159),
    *_OTHERS,
    aggregate("LinkToTxn", identifier("TxnID"), identifier("TxnLineID"), many="?", since="6.0"),
    DATA_EXT_IN,
    macro="defMacro",
)

GROUP_ADD = aggregate(
    "InvoiceLineGroupAdd",
    ref("ItemGroupRef", 31, ""),
    quantity("Quantity", "?"),
    _UNIT,
    *_SITE,
    DATA_EXT_IN,
)

_HEAD_BEFORE_PENDING: tuple[Particle, ...] = (
    ref("ClassRef", 159),
    ref("ARAccountRef", 159),
    ref("TemplateRef", 31, since="3.0"),
    day("TxnDate", "?"),
    string("RefNumber", 11, "?"),
    aggregate("BillAddress", *ADDRESS, many="?"),
    aggregate("ShipAddress", *ADDRESS, many="?"),
    boolean("IsPending", "?"),
)
_HEAD_AFTER_PENDING: tuple[Particle, ...] = (
    string("PONumber", 25, "?"),
    ref("TermsRef", 31),
    day("DueDate", "?"),
    ref("SalesRepRef", 5),
    string("FOB", 13, "?"),
    day("ShipDate", "?"),
    ref("ShipMethodRef", 15),
    ref("ItemSalesTaxRef", 31),
    string("Memo", 4095, "?"),
    ref("CustomerMsgRef", 101),
    boolean("IsToBePrinted", "?"),
    boolean("IsToBeEmailed", "?", since="6.0"),
    ref("CustomerSalesTaxCodeRef", 3),
    string("Other", 29, "?", since="6.0"),
    floating("ExchangeRate", "?", since="8.0"),
)

INVOICE_ADD_BODY = aggregate(
    "InvoiceAdd",
    ref("CustomerRef", 209, ""),
    *_HEAD_BEFORE_PENDING,
    boolean("IsFinanceCharge", "?", since="8.0"),
    *_HEAD_AFTER_PENDING,
    guid("ExternalGUID", "?", since="9.0"),
    identifier("LinkToTxnID", "*", since="6.0"),
    SET_CREDIT,
    one_of(LINE_ADD, GROUP_ADD, many="*"),
    macro="defMacro",
)
INVOICE_ADD = Request("InvoiceAdd", (INVOICE_ADD_BODY, INCLUDE_RET_ELEMENT))

_LINE_MOD_PARTS = (
    identifier("TxnLineID"),
    ref("ItemRef"),
    string("Desc", 4095, "?"),
    quantity("Quantity", "?"),
    _UNIT,
    _UNIT_SET,
    _RATE_OR_LEVEL,
    ref("ClassRef", 159),
    amount("Amount", "?"),
    _PRICE_RULE,
    *_SITE,
    _LOT,
    day("ServiceDate", "?"),
    ref("SalesTaxCodeRef", 3),
    ref("OverrideItemAccountRef", 159),
    *_OTHERS,
)
LINE_MOD = aggregate("InvoiceLineMod", *_LINE_MOD_PARTS)
GROUP_MOD = aggregate(
    "InvoiceLineGroupMod",
    identifier("TxnLineID"),
    ref("ItemGroupRef", 31),
    quantity("Quantity", "?"),
    _UNIT,
    _UNIT_SET,
    aggregate("InvoiceLineMod", *_LINE_MOD_PARTS, many="*"),
)

INVOICE_MOD_BODY = aggregate(
    "InvoiceMod",
    identifier("TxnID"),
    string("EditSequence", 16),
    ref("CustomerRef", 209),
    *_HEAD_BEFORE_PENDING,
    *_HEAD_AFTER_PENDING,
    SET_CREDIT,
    one_of(LINE_MOD, GROUP_MOD, many="*"),
)
INVOICE_MOD = Request("InvoiceMod", (INVOICE_MOD_BODY, INCLUDE_RET_ELEMENT))

INVOICE_QUERY = Request(
    "InvoiceQuery",
    (
        txn_filter(enum("PaidStatus", "All PaidOnly NotPaidOnly", "?")),
        boolean("IncludeLineItems", "?"),
        boolean("IncludeLinkedTxns", "?"),
        INCLUDE_RET_ELEMENT,
        guid("OwnerID", "*"),
    ),
    (METADATA, *ITERATOR),
)

_LINE_RET_PARTS = (
    identifier("TxnLineID"),
    ref("ItemRef"),
    string("Desc", 4095, "?"),
    quantity("Quantity", "?"),
    _UNIT,
    _UNIT_SET,
    one_of(*_RATE, many="?"),
    ref("ClassRef", 159),
    amount("Amount", "?"),
    *_SITE,
    _LOT,
    day("ServiceDate", "?"),
    ref("SalesTaxCodeRef", 3),
    *_OTHERS,
    aggregate("DataExtRet", *DATA_EXT, many="*"),
)
LINE_RET = aggregate("InvoiceLineRet", *_LINE_RET_PARTS)
GROUP_RET = aggregate(
    "InvoiceLineGroupRet",
    identifier("TxnLineID", since="2.1"),
    ref("ItemGroupRef", 31, ""),
    string("Desc", 4095, "?"),
    quantity("Quantity", "?"),
    _UNIT,
    _UNIT_SET,
    boolean("IsPrintItemsInGroup"),
    amount("TotalAmount"),
    aggregate("InvoiceLineRet", *_LINE_RET_PARTS, many="*"),
    aggregate("DataExtRet", *DATA_EXT, many="*"),
)

INVOICE_RET = (
    *TXN_HEADER,
    ref("CustomerRef", 209),
    ref("ClassRef", 159),
    ref("ARAccountRef", 159),
    ref("TemplateRef", 31, since="3.0"),
    day("TxnDate", "?"),
    string("RefNumber", 11, "?"),
    aggregate("BillAddress", *ADDRESS, many="?"),
    aggregate("BillAddressBlock", *BLOCK, many="?", since="6.0"),
    aggregate("ShipAddress", *ADDRESS, many="?"),
    aggregate("ShipAddressBlock", *BLOCK, many="?", since="6.0"),
    boolean("IsPending", "?"),
    boolean("IsFinanceCharge", "?"),
    string("PONumber", 25, "?"),
    ref("TermsRef", 31),
    day("DueDate", "?"),
    ref("SalesRepRef", 5),
    string("FOB", 13, "?"),
    day("ShipDate", "?"),
    ref("ShipMethodRef", 15),
    amount("Subtotal", "?"),
    ref("ItemSalesTaxRef", 31),
    percent("SalesTaxPercentage", "?"),
    amount("SalesTaxTotal", "?"),
    amount("AppliedAmount", "?"),
    amount("BalanceRemaining", "?"),
    ref("CurrencyRef", 64, since="8.0"),
    floating("ExchangeRate", "?", since="8.0"),
    amount("BalanceRemainingInHomeCurrency", "?", since="8.0"),
    string("Memo", 4095, "?"),
    boolean("IsPaid", "?"),
    ref("CustomerMsgRef", 101),
    boolean("IsToBePrinted", "?"),
    boolean("IsToBeEmailed", "?", since="6.0"),
    ref("CustomerSalesTaxCodeRef", 3),
    amount("SuggestedDiscountAmount", "?"),
    day("SuggestedDiscountDate", "?"),
    string("Other", 29, "?", since="6.0"),
    guid("ExternalGUID", "?", since="9.0"),
    aggregate("LinkedTxn", *LINKED_TXN, many="*"),
    one_of(LINE_RET, GROUP_RET, many="*"),
    aggregate("DataExtRet", *DATA_EXT, many="*"),
)

REQUESTS = {"InvoiceAddRq": INVOICE_ADD, "InvoiceModRq": INVOICE_MOD, "InvoiceQueryRq": INVOICE_QUERY}
