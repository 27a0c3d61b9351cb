"""The smaller lists: queries and answers (qbXML reference 13.0, one page per list)."""

from qbsim.declarations import (
    Particle,
    Request,
    aggregate,
    amount,
    boolean,
    enum,
    integer,
    percent,
    ref,
    string,
)
from qbsim.messages.parts import (
    CURRENCY_FILTER,
    DATA_EXT,
    INCLUDE_RET_ELEMENT,
    LIST_HEADER,
    METADATA,
    OWNER_IDS,
    list_query,
)

ACCOUNT_TYPES = (
    "AccountsPayable AccountsReceivable Bank CostOfGoodsSold CreditCard Equity Expense FixedAsset Income "
    "LongTermLiability NonPosting OtherAsset OtherCurrentAsset OtherCurrentLiability OtherExpense OtherIncome"
)
SPECIAL_ACCOUNT_TYPES = (
    "AccountsPayable AccountsReceivable CondenseItemAdjustmentExpenses CostOfGoodsSold DirectDepositLiabilities "
    "Estimates ExchangeGainLoss InventoryAssets ItemReceiptAccount OpeningBalanceEquity PayrollExpenses "
    "PayrollLiabilities PettyCash PurchaseOrders ReconciliationDifferences RetainedEarnings SalesOrders "
    "SalesTaxPayable UncategorizedExpenses UncategorizedIncome UndepositedFunds"
)
PAYMENT_METHOD_TYPES = (
    "AmericanExpress Cash Check DebitCard Discover ECheck GiftCard MasterCard Other OtherCreditCard Visa"
)
TEMPLATE_TYPES = "BuildAssembly CreditMemo Estimate Invoice PurchaseOrder SalesOrder SalesReceipt"


def _tree(max_name: int = 31, max_full_name: int = 159) -> tuple[Particle, ...]:
    return (
        *LIST_HEADER,
        string("Name", max_name, "?"),
        string("FullName", max_full_name, "?"),
        boolean("IsActive", "?"),
        ref("ParentRef"),
        integer("Sublevel", "?"),
    )


def _flat(max_name: int = 31) -> tuple[Particle, ...]:
    return (*LIST_HEADER, string("Name", max_name, "?"), boolean("IsActive", "?"))


LIST_RETS: dict[str, tuple[Particle, ...]] = {
    "CustomerType": _tree(),
    "Class": _tree(),
    "StandardTerms": (
        *_flat(),
        integer("StdDueDays", "?"),
        integer("StdDiscountDays", "?"),
        percent("DiscountPct", "?"),
    ),
    "DateDrivenTerms": (
        *_flat(),
        integer("DayOfMonthDue", "?", lowest=1, highest=31),
        integer("DueNextMonthDays", "?"),
        integer("DiscountDayOfMonth", "?", lowest=1, highest=31),
        percent("DiscountPct", "?"),
    ),
    "PaymentMethod": (*_flat(), enum("PaymentMethodType", PAYMENT_METHOD_TYPES, "?", since="7.0")),
    "SalesTaxCode": (*_flat(3), boolean("IsTaxable", "?"), string("Desc", 31, "?")),
    "Template": (*_flat(), enum("TemplateType", TEMPLATE_TYPES, "?")),
    "Account": (
        *_tree(),
        enum("AccountType", ACCOUNT_TYPES, "?"),
        enum("SpecialAccountType", SPECIAL_ACCOUNT_TYPES, "?", since="2.1"),
        string("AccountNumber", 7, "?"),
        string("BankNumber", 25, "?"),
        string("Desc", 200, "?"),
        amount("Balance", "?"),
        amount("TotalBalance", "?"),
        aggregate(
            "TaxLineInfoRet",
            integer("TaxLineID"),
            string("TaxLineName", 256, "?"),
            many="?",
            since="2.1",
        ),
        enum("CashFlowClassification", "None Operating Investing Financing NotApplicable", "?", since="2.1"),
        ref("CurrencyRef", 64, since="8.0"),
        aggregate("DataExtRet", *DATA_EXT, many="*"),
    ),
}

# Lists that records refer to, without messages of their own here: what the screens and the filling may say of them.
QUIET_LISTS: dict[str, tuple[Particle, ...]] = {
    "JobType": _tree(),
    "SalesRep": (*_flat(5), string("RepName", 41, "?")),
    "PriceLevel": (*_flat(), percent("PriceLevelFixedPercentage", "?")),
    "Currency": (*_flat(64), string("CurrencyCode", 3, "?")),
    "ShipMethod": _flat(15),
    "CustomerMsg": _flat(101),
    "Vendor": (*_flat(41), string("CompanyName", 41, "?"), string("Phone", 21, "?"), string("Email", 1023, "?")),
    "Employee": (*_flat(41), string("FirstName", 25, "?"), string("LastName", 25, "?")),
    "OtherName": (*_flat(41), string("CompanyName", 41, "?")),
}

QUERIES = (
    list_query("CustomerTypeQuery"),
    list_query("StandardTermsQuery"),
    list_query("DateDrivenTermsQuery"),
    list_query("TermsQuery"),
    list_query(
        "AccountQuery",
        enum("AccountType", ACCOUNT_TYPES, "*"),
        CURRENCY_FILTER,
        then=(INCLUDE_RET_ELEMENT, *OWNER_IDS),
    ),
    list_query("PaymentMethodQuery", enum("PaymentMethodType", PAYMENT_METHOD_TYPES, "*", since="7.0")),
    list_query("SalesTaxCodeQuery"),
    list_query("ClassQuery"),
    Request("TemplateQuery", (INCLUDE_RET_ELEMENT,), (METADATA,), since=(3, 0)),
)

REQUESTS = {f"{request.tag}Rq": request for request in QUERIES}
