"""Items: the queries, the twelve kinds of answer, and ItemServiceAdd (qbXML reference 13.0, Item)."""

from qbsim.declarations import (
    Particle,
    Request,
    aggregate,
    amount,
    boolean,
    day,
    enum,
    guid,
    integer,
    one_of,
    percent,
    price,
    quantity,
    ref,
    string,
)
from qbsim.messages.parts import (
    CLASS_FILTER,
    DATA_EXT,
    INCLUDE_RET_ELEMENT,
    ITERATOR,
    LIST_HEADER,
    METADATA,
    OWNER_IDS,
    list_query,
)

_BAR_CODE = string("BarCodeValue", 50, "?", since="12.0")
_CLASS = ref("ClassRef", 159, since="12.0")
_GUID = guid("ExternalGUID", "?", since="8.0")
_DATA_EXT = aggregate("DataExtRet", *DATA_EXT, many="*")
_UNITS = ref("UnitOfMeasureSetRef", 31, since="7.0")
_DESCRIPTION = string("ItemDesc", 4095, "?")
_SPECIAL = enum(
    "SpecialItemType", "FinanceCharge ReimbursableExpenseGroup ReimbursableExpenseSubtotal", "?", since="6.0"
)

_FLAT = (*LIST_HEADER, string("Name", 31, "?"), _BAR_CODE, boolean("IsActive", "?"))
_TREE = (
    *LIST_HEADER,
    string("Name", 31, "?"),
    string("FullName", 159, "?"),
    _BAR_CODE,
    boolean("IsActive", "?"),
    _CLASS,
    ref("ParentRef"),
    integer("Sublevel", "?"),
)

_SOLD_OR_BOUGHT = aggregate(
    "SalesOrPurchase",
    string("Desc", 4095, "?"),
    one_of(price("Price"), percent("PricePercent"), many="?"),
    ref("AccountRef", 159),
)
_SOLD_AND_BOUGHT = aggregate(
    "SalesAndPurchase",
    string("SalesDesc", 4095, "?"),
    price("SalesPrice", "?"),
    ref("IncomeAccountRef", 159),
    string("PurchaseDesc", 4095, "?"),
    price("PurchaseCost", "?"),
    ref("ExpenseAccountRef", 159),
    ref("PrefVendorRef", 41),
)

_STOCK = (
    string("SalesDesc", 4095, "?"),
    price("SalesPrice", "?"),
    ref("IncomeAccountRef", 159),
    string("PurchaseDesc", 4095, "?"),
    price("PurchaseCost", "?"),
    ref("COGSAccountRef", 159),
    ref("PrefVendorRef", 41),
    ref("AssetAccountRef", 159),
)
_ON_HAND = (
    quantity("Max", "?", since="13.0"),
    quantity("QuantityOnHand", "?"),
    price("AverageCost", "?"),
    quantity("QuantityOnOrder", "?"),
    quantity("QuantityOnSalesOrder", "?"),
    _GUID,
)

ITEM_RETS: dict[str, tuple[Particle, ...]] = {
    "ItemService": (
        *_TREE,
        _UNITS,
        ref("SalesTaxCodeRef", 3),
        one_of(_SOLD_OR_BOUGHT, _SOLD_AND_BOUGHT, many="?"),
        _GUID,
        _DATA_EXT,
    ),
    "ItemNonInventory": (
        *_TREE,
        string("ManufacturerPartNumber", 31, "?", since="7.0"),
        _UNITS,
        ref("SalesTaxCodeRef", 3),
        one_of(_SOLD_OR_BOUGHT, _SOLD_AND_BOUGHT, many="?"),
        _GUID,
        _DATA_EXT,
    ),
    "ItemOtherCharge": (
        *_TREE,
        ref("SalesTaxCodeRef", 3),
        one_of(_SOLD_OR_BOUGHT, _SOLD_AND_BOUGHT, many="?"),
        _SPECIAL,
        _GUID,
        _DATA_EXT,
    ),
    "ItemInventory": (
        *_TREE,
        string("ManufacturerPartNumber", 31, "?", since="7.0"),
        _UNITS,
        ref("SalesTaxCodeRef", 3),
        *_STOCK,
        quantity("ReorderPoint", "?"),
        *_ON_HAND,
        _DATA_EXT,
    ),
    "ItemInventoryAssembly": (
        *_TREE,
        string("ManufacturerPartNumber", 31, "?", since="12.0"),
        _UNITS,
        ref("SalesTaxCodeRef", 3),
        *_STOCK,
        quantity("BuildPoint", "?"),
        *_ON_HAND,
        aggregate("ItemInventoryAssemblyLine", ref("ItemInventoryRef", 159, ""), quantity("Quantity", "?"), many="*"),
        _DATA_EXT,
    ),
    "ItemFixedAsset": (
        *_FLAT,
        _CLASS,
        enum("AcquiredAs", "New Old", "?"),
        string("PurchaseDesc", 50, "?"),
        day("PurchaseDate", "?"),
        price("PurchaseCost", "?"),
        string("VendorOrPayeeName", 50, "?"),
        ref("AssetAccountRef", 159),
        aggregate(
            "FixedAssetSalesInfo",
            string("SalesDesc", 50),
            day("SalesDate"),
            price("SalesPrice", "?"),
            price("SalesExpense", "?"),
            many="?",
        ),
        string("AssetDesc", 50, "?"),
        string("Location", 50, "?"),
        string("PONumber", 30, "?"),
        string("SerialNumber", 30, "?"),
        day("WarrantyExpDate", "?"),
        string("Notes", 4095, "?"),
        string("AssetNumber", 10, "?"),
        amount("CostBasis", "?"),
        amount("YearEndAccumulatedDepreciation", "?"),
        amount("YearEndBookValue", "?"),
        _GUID,
        _DATA_EXT,
    ),
    "ItemSubtotal": (*_FLAT, string("ItemDesc", None, "?"), _SPECIAL, _GUID, _DATA_EXT),
    "ItemDiscount": (
        *_TREE,
        _DESCRIPTION,
        ref("SalesTaxCodeRef", 3),
        one_of(price("DiscountRate"), percent("DiscountRatePercent"), many="?"),
        ref("AccountRef", 159),
        _GUID,
        _DATA_EXT,
    ),
    "ItemPayment": (
        *_FLAT,
        _CLASS,
        _DESCRIPTION,
        ref("DepositToAccountRef", 159),
        ref("PaymentMethodRef", 31),
        _GUID,
        _DATA_EXT,
    ),
    "ItemSalesTax": (
        *_FLAT,
        _CLASS,
        _DESCRIPTION,
        percent("TaxRate", "?"),
        ref("TaxVendorRef", 41),
        _GUID,
        _DATA_EXT,
    ),
    "ItemSalesTaxGroup": (*_FLAT, _DESCRIPTION, _GUID, ref("ItemSalesTaxRef", 31, "*"), _DATA_EXT),
    "ItemGroup": (
        *_FLAT,
        _DESCRIPTION,
        _UNITS,
        boolean("IsPrintItemsInGroup", "?"),
        _SPECIAL,
        _GUID,
        aggregate(
            "ItemGroupLine",
            ref("ItemRef"),
            quantity("Quantity", "?"),
            string("UnitOfMeasure", 31, "?", since="7.0"),
            many="*",
        ),
        _DATA_EXT,
    ),
}

ITEM_QUERY = list_query("ItemQuery", then=(INCLUDE_RET_ELEMENT, *OWNER_IDS), attributes=(METADATA, *ITERATOR))
ONE_KIND_QUERIES = tuple(
    list_query(
        f"{kind}Query",
        *((CLASS_FILTER,) if _CLASS in declared else ()),
        then=(INCLUDE_RET_ELEMENT, *OWNER_IDS),
        attributes=(METADATA, *ITERATOR),
    )
    for kind, declared in ITEM_RETS.items()
)

ITEM_SERVICE_ADD_FIELDS = (
    string("Name", 31),
    aggregate(
        "BarCode",
        string("BarCodeValue", 50, "?"),
        boolean("AssignEvenIfUsed", "?"),
        boolean("AllowOverride", "?"),
        many="?",
        since="12.0",
    ),
    boolean("IsActive", "?"),
    _CLASS,
    ref("ParentRef"),
    _UNITS,
    ref("SalesTaxCodeRef", 3),
    one_of(_SOLD_OR_BOUGHT, _SOLD_AND_BOUGHT),
    _GUID,
)
ITEM_SERVICE_ADD = Request(
    "ItemServiceAdd", (aggregate("ItemServiceAdd", *ITEM_SERVICE_ADD_FIELDS), INCLUDE_RET_ELEMENT)
)

REQUESTS = {f"{request.tag}Rq": request for request in (ITEM_QUERY, *ONE_KIND_QUERIES, ITEM_SERVICE_ADD)}
