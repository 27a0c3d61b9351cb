"""The lists of a new company file: what a fire inspection company's books hold besides customers and transactions.

Always the same, so that examples can name them. Names of vendors and people are invented.
"""

import json
import sqlite3
from collections.abc import Iterator
from functools import cache
from typing import Any

from qbsim.list_kinds import KINDS
from qbsim.references import KINDS_OF
from qbsim.tree import path_key

MADE_AT = 1325509200  # 2012-01-02 08:00 in New York: when the books begin

Details = dict[str, Any]
Row = tuple[str, Details]  # full name and details; references are written as full names


def _account(
    full_name: str, type_: str, number: str, *, special: str | None = None, says: str | None = None, **more: Any
) -> Row:
    details = {
        "AccountType": type_,
        "SpecialAccountType": special,
        "AccountNumber": number,
        "Desc": says,
        "CashFlowClassification": _CASH_FLOW.get(type_),
        **more,
    }
    return full_name, {tag: value for tag, value in details.items() if value is not None}


_CASH_FLOW = {
    "AccountsReceivable": "Operating",
    "OtherCurrentAsset": "Operating",
    "FixedAsset": "Investing",
    "AccountsPayable": "Operating",
    "CreditCard": "Operating",
    "OtherCurrentLiability": "Operating",
    "LongTermLiability": "Financing",
    "Equity": "Financing",
}

_ACCOUNTS = (
    _account("Checking", "Bank", "1000", says="Operating account", BankNumber="000123456789", Balance="48211.07"),
    _account("Savings", "Bank", "1010", Balance="25000.00"),
    _account("Petty Cash", "Bank", "1050", special="PettyCash", Balance="180.00"),
    _account("Accounts Receivable", "AccountsReceivable", "1100", special="AccountsReceivable"),
    _account("Undeposited Funds", "OtherCurrentAsset", "1200", special="UndepositedFunds"),
    _account("Inventory Asset", "OtherCurrentAsset", "1300", special="InventoryAssets", Balance="3120.40"),
    _account("Prepaid Insurance", "OtherCurrentAsset", "1350", Balance="1800.00"),
    _account("Vehicles", "FixedAsset", "1500", Balance="61400.00"),
    _account("Vehicles:Accumulated Depreciation", "FixedAsset", "1510", Balance="-22300.00"),
    _account("Tools and Test Equipment", "FixedAsset", "1550", Balance="18940.00"),
    _account("Accounts Payable", "AccountsPayable", "2000", special="AccountsPayable", Balance="4310.22"),
    _account("Company Credit Card", "CreditCard", "2100", Balance="912.65"),
    _account("Sales Tax Payable", "OtherCurrentLiability", "2200", special="SalesTaxPayable", Balance="0.00"),
    _account("Payroll Liabilities", "OtherCurrentLiability", "2300", special="PayrollLiabilities", Balance="2766.00"),
    _account("Customer Deposits", "OtherCurrentLiability", "2400", Balance="0.00"),
    _account("Van Loan", "LongTermLiability", "2700", Balance="19450.00"),
    _account("Opening Balance Equity", "Equity", "3000", special="OpeningBalanceEquity", Balance="0.00"),
    _account("Capital Stock", "Equity", "3100", Balance="10000.00"),
    _account("Retained Earnings", "Equity", "3900", special="RetainedEarnings"),
    _account("Service Income", "Income", "4000"),
    _account("Service Income:Inspections", "Income", "4010", says="Yearly and quarterly inspections"),
    _account("Service Income:Repairs", "Income", "4020"),
    _account("Service Income:Installation", "Income", "4030"),
    _account("Service Income:Monitoring", "Income", "4040"),
    _account("Parts Sales", "Income", "4100"),
    _account("Discounts Given", "Income", "4800"),
    _account("Reimbursed Expenses", "Income", "4900"),
    _account("Uncategorized Income", "Income", "4999", special="UncategorizedIncome"),
    _account("Cost of Goods Sold", "CostOfGoodsSold", "5000", special="CostOfGoodsSold"),
    _account("Subcontractors", "CostOfGoodsSold", "5100"),
    _account("Payroll Expenses", "Expense", "6000", special="PayrollExpenses"),
    _account("Vehicle Expense", "Expense", "6100"),
    _account("Vehicle Expense:Fuel", "Expense", "6110"),
    _account("Vehicle Expense:Repairs", "Expense", "6120"),
    _account("Insurance", "Expense", "6200"),
    _account("Insurance:General Liability", "Expense", "6210"),
    _account("Licenses and Permits", "Expense", "6300"),
    _account("Rent", "Expense", "6400"),
    _account("Telephone", "Expense", "6500"),
    _account("Bad Debt", "Expense", "6800"),
    _account("Uncategorized Expenses", "Expense", "6999", special="UncategorizedExpenses"),
    _account("Interest Income", "OtherIncome", "7000"),
    _account("Interest Expense", "OtherExpense", "8000"),
    _account("Estimates", "NonPosting", "9000", special="Estimates"),
    _account("Sales Orders", "NonPosting", "9100", special="SalesOrders"),
)


def _sold(account: str, price: str | None, *, says: str, tax: str = "Non", share: str | None = None) -> Details:
    offer = {"Desc": says, "Price": price, "PricePercent": share, "AccountRef": account}
    return {
        "SalesTaxCodeRef": tax,
        "SalesOrPurchase": {tag: value for tag, value in offer.items() if value is not None},
    }


_INSPECTIONS, _REPAIRS = "Service Income:Inspections", "Service Income:Repairs"

_SERVICES = (
    ("Inspection", _sold(_INSPECTIONS, "0.00", says="Inspection")),
    ("Inspection:Fire Extinguisher", _sold(_INSPECTIONS, "9.50", says="Yearly extinguisher inspection, each")),
    ("Inspection:Sprinkler System", _sold(_INSPECTIONS, "325.00", says="Yearly sprinkler inspection, NFPA 25")),
    ("Inspection:Sprinkler Five Year", _sold(_INSPECTIONS, "780.00", says="Five-year internal inspection, NFPA 25")),
    ("Inspection:Fire Alarm", _sold(_INSPECTIONS, "410.00", says="Yearly fire alarm test, NFPA 72")),
    ("Inspection:Kitchen Hood", _sold(_INSPECTIONS, "165.00", says="Half-yearly kitchen suppression service")),
    ("Inspection:Backflow Preventer", _sold(_INSPECTIONS, "95.00", says="Backflow test with report")),
    ("Inspection:Standpipe and Hose", _sold(_INSPECTIONS, "240.00", says="Standpipe and hose inspection")),
    ("Inspection:Fire Pump", _sold(_INSPECTIONS, "520.00", says="Yearly fire pump flow test")),
    ("Inspection:Exit and Emergency Light", _sold(_INSPECTIONS, "6.25", says="Emergency light test, each")),
    ("Repair", _sold(_REPAIRS, "118.00", says="Repair, per hour")),
    ("Repair:Sprinkler", _sold(_REPAIRS, "125.00", says="Sprinkler fitter, per hour")),
    ("Repair:Fire Alarm", _sold(_REPAIRS, "132.50", says="Alarm technician, per hour")),
    ("Repair:After Hours", _sold(_REPAIRS, "187.50", says="Repair outside business hours, per hour")),
    ("Hydrostatic Test", _sold(_REPAIRS, "32.00", says="Hydrostatic test of a cylinder")),
    ("Extinguisher Recharge", _sold(_REPAIRS, "24.75", says="Recharge and new tag", tax="Tax")),
    ("Installation", _sold("Service Income:Installation", "110.00", says="Installation, per hour")),
    ("Alarm Monitoring", _sold("Service Income:Monitoring", "38.00", says="Monitoring, per month")),
    ("Halon Recharge", _sold(_REPAIRS, "310.00", says="Halon is no longer sold")),
    (
        "Subcontracted Repair",
        {
            "SalesTaxCodeRef": "Non",
            "SalesAndPurchase": {
                "SalesDesc": "Repair by a subcontractor",
                "SalesPrice": "145.00",
                "IncomeAccountRef": _REPAIRS,
                "PurchaseDesc": "Subcontracted repair",
                "PurchaseCost": "98.00",
                "ExpenseAccountRef": "Subcontractors",
                "PrefVendorRef": "Blue Heron Sprinkler Fitters",
            },
        },
    ),
)


def _stock(price: str, cost: str, on_hand: str, *, says: str, vendor: str = "Kestrel Extinguisher Works") -> Details:
    return {
        "SalesTaxCodeRef": "Tax",
        "SalesDesc": says,
        "SalesPrice": price,
        "IncomeAccountRef": "Parts Sales",
        "PurchaseDesc": says,
        "PurchaseCost": cost,
        "COGSAccountRef": "Cost of Goods Sold",
        "PrefVendorRef": vendor,
        "AssetAccountRef": "Inventory Asset",
        "QuantityOnHand": on_hand,
        "AverageCost": cost,
        "QuantityOnOrder": "0",
        "QuantityOnSalesOrder": "0",
    }


_ITEMS: dict[str, tuple[Row, ...]] = {
    "ItemService": _SERVICES,
    "ItemNonInventory": (
        ("Parts", _sold("Parts Sales", "0.00", says="Parts", tax="Tax")),
        ("Parts:Sprinkler Head 155 F", _sold("Parts Sales", "14.80", says="Sprinkler head, 155 °F", tax="Tax")),
        ("Parts:Fusible Link 450 F", _sold("Parts Sales", "11.25", says="Fusible link, 450 °F", tax="Tax")),
        ("Parts:Smoke Detector Photoelect", _sold("Parts Sales", "41.90", says="Smoke detector", tax="Tax")),
        ("Parts:Inspection Tag", _sold("Parts Sales", "0.85", says="Tag with year", tax="Tax")),
        ("Parts:Battery 12 V 7 Ah", _sold("Parts Sales", "28.40", says="Panel battery", tax="Tax")),
    ),
    "ItemOtherCharge": (
        ("Trip Charge", _sold("Service Income", "65.00", says="Trip charge")),
        ("Fuel Surcharge", _sold("Service Income", None, says="Fuel surcharge", share="3.5")),
        ("Permit Fee", _sold("Reimbursed Expenses", "85.00", says="City permit, at cost")),
        (
            "Finance Charge",
            {
                **_sold("Interest Income", None, says="Finance charge", share="1.5"),
                "SpecialItemType": "FinanceCharge",
            },
        ),
    ),
    "ItemInventory": (
        ("Extinguisher", _stock("0.00", "0.00", "0", says="Extinguisher")),
        (
            "Extinguisher:5 lb ABC",
            {**_stock("68.00", "39.50", "24", says="Extinguisher, 5 lb ABC"), "ReorderPoint": "10"},
        ),
        ("Extinguisher:10 lb ABC", _stock("104.00", "61.20", "15", says="Extinguisher, 10 lb ABC")),
        ("Extinguisher:Class K", _stock("189.00", "122.00", "4", says="Extinguisher for kitchens, class K")),
        ("Extinguisher Cabinet", _stock("74.00", "45.00", "6", says="Cabinet, recessed")),
    ),
    "ItemInventoryAssembly": (
        (
            "Cabinet with Extinguisher",
            {
                **_stock("158.00", "84.50", "2", says="Cabinet with a 5 lb extinguisher"),
                "BuildPoint": "1",
                "ItemInventoryAssemblyLine": [
                    {"ItemInventoryRef": "Extinguisher:5 lb ABC", "Quantity": "1"},
                    {"ItemInventoryRef": "Extinguisher Cabinet", "Quantity": "1"},
                ],
            },
        ),
    ),
    "ItemFixedAsset": (
        (
            "Service Van 3",
            {
                "AcquiredAs": "New",
                "PurchaseDesc": "Cargo van",
                "PurchaseDate": "2019-04-12",
                "PurchaseCost": "31250.00",
                "VendorOrPayeeName": "Bayshore Motors",
                "AssetAccountRef": "Vehicles",
                "AssetDesc": "Van with ladder rack",
            },
        ),
    ),
    "ItemSubtotal": (("Subtotal", {"ItemDesc": "Subtotal"}),),
    "ItemDiscount": (
        (
            "Contract Discount",
            {
                "ItemDesc": "Discount by contract",
                "SalesTaxCodeRef": "Tax",
                "DiscountRatePercent": "10.0",
                "AccountRef": "Discounts Given",
            },
        ),
        (
            "Courtesy Credit",
            {
                "ItemDesc": "Courtesy credit",
                "SalesTaxCodeRef": "Non",
                "DiscountRate": "25.00",
                "AccountRef": "Discounts Given",
            },
        ),
    ),
    "ItemPayment": (
        (
            "Payment on Site",
            {
                "ItemDesc": "Paid to the technician",
                "DepositToAccountRef": "Undeposited Funds",
                "PaymentMethodRef": "Check",
            },
        ),
    ),
    "ItemSalesTax": (
        ("State Tax", {"ItemDesc": "State sales tax", "TaxRate": "7.25", "TaxVendorRef": "State Tax Office"}),
        (
            "Out of State",
            {"ItemDesc": "Sale outside the state", "TaxRate": "0.0", "TaxVendorRef": "State Tax Office"},
        ),
        (
            "County Tax",
            {"ItemDesc": "County sales tax", "TaxRate": "1.125", "TaxVendorRef": "Bayshore County Treasurer"},
        ),
        ("City Tax", {"ItemDesc": "City sales tax", "TaxRate": "0.5", "TaxVendorRef": "Bayshore County Treasurer"}),
    ),
    "ItemSalesTaxGroup": (
        (
            "Bayshore",
            {"ItemDesc": "State, county and city", "ItemSalesTaxRef": ["State Tax", "County Tax", "City Tax"]},
        ),
    ),
    "ItemGroup": (
        (
            "Annual Package",
            {
                "ItemDesc": "Yearly inspection of extinguishers, sprinklers and alarm",
                "IsPrintItemsInGroup": True,
                "ItemGroupLine": [
                    {"ItemRef": "Inspection:Fire Extinguisher", "Quantity": "10"},
                    {"ItemRef": "Inspection:Sprinkler System", "Quantity": "1"},
                    {"ItemRef": "Inspection:Fire Alarm", "Quantity": "1"},
                ],
            },
        ),
    ),
}

_NONE: Details = {}

# In an order in which everything that is referred to stands before what refers to it.
LISTS: dict[str, tuple[Row, ...]] = {
    "Currency": (("US Dollar", {"CurrencyCode": "USD"}),),
    "Vendor": (
        ("State Tax Office", {"CompanyName": "State Tax Office"}),
        ("Bayshore County Treasurer", {"CompanyName": "Bayshore County Treasurer"}),
        ("Kestrel Extinguisher Works", {"CompanyName": "Kestrel Extinguisher Works", "Phone": "650-555-0121"}),
        ("Blue Heron Sprinkler Fitters", {"CompanyName": "Blue Heron Sprinkler Fitters", "Phone": "650-555-0122"}),
        ("Bayshore Motors", {"CompanyName": "Bayshore Motors"}),
    ),
    "Employee": (
        ("Arden Abbott", {"FirstName": "Arden", "LastName": "Abbott"}),
        ("Jules Barrow", {"FirstName": "Jules", "LastName": "Barrow"}),
    ),
    "OtherName": (("Bayshore Fire Marshal", {"CompanyName": "City of Bayshore"}),),
    "StandardTerms": (
        ("Due on receipt", {"StdDueDays": "0"}),
        ("Net 15", {"StdDueDays": "15"}),
        ("Net 30", {"StdDueDays": "30"}),
        ("1% 10 Net 30", {"StdDueDays": "30", "StdDiscountDays": "10", "DiscountPct": "1.00"}),
        ("Net 60", {"StdDueDays": "60"}),
    ),
    "DateDrivenTerms": (
        ("Due on the 10th", {"DayOfMonthDue": "10", "DueNextMonthDays": "5"}),
        (
            "2% 5th Net 25th",
            {"DayOfMonthDue": "25", "DueNextMonthDays": "10", "DiscountDayOfMonth": "5", "DiscountPct": "2.00"},
        ),
    ),
    "SalesTaxCode": (
        ("Tax", {"IsTaxable": True, "Desc": "Taxable sales"}),
        ("Non", {"IsTaxable": False, "Desc": "Not taxable"}),
        ("Gov", {"IsTaxable": False, "Desc": "Government"}),
    ),
    "Account": _ACCOUNTS,
    "Class": (("Inspections", _NONE), ("Repairs", _NONE), ("Repairs:After Hours", _NONE), ("Installation", _NONE)),
    "PaymentMethod": tuple(
        (name, {"PaymentMethodType": type_})
        for name, type_ in (
            ("Cash", "Cash"),
            ("Check", "Check"),
            ("Visa", "Visa"),
            ("E-Check", "ECheck"),
            ("MasterCard", "MasterCard"),
            ("American Express", "AmericanExpress"),
        )
    ),
    "CustomerType": tuple(
        (name, _NONE) for name in ("School", "Healthcare", "Restaurant", "Property Manager", "Property Manager:HOA")
    ),
    "JobType": tuple((name, _NONE) for name in ("Inspection", "Repair", "Installation")),
    "SalesRep": (("AA", {"RepName": "Arden Abbott"}), ("JB", {"RepName": "Jules Barrow"})),
    "PriceLevel": (("Contract", {"PriceLevelFixedPercentage": "-10.0"}),),
    "ShipMethod": (("Company Van", _NONE), ("UPS", _NONE)),
    "CustomerMsg": (
        ("Thank you for keeping your building safe.", _NONE),
        ("Questions about this invoice? Call our office.", _NONE),
    ),
    "Template": (
        ("Intuit Service Invoice", {"TemplateType": "Invoice"}),
        ("Inspection Invoice", {"TemplateType": "Invoice"}),
        ("Custom Credit Memo", {"TemplateType": "CreditMemo"}),
        ("Custom Estimate", {"TemplateType": "Estimate"}),
        ("Custom Sales Receipt", {"TemplateType": "SalesReceipt"}),
        ("Custom Purchase Order", {"TemplateType": "PurchaseOrder"}),
    ),
    **{
        kind: _ITEMS[kind]
        for kind in (
            "ItemService",
            "ItemNonInventory",
            "ItemOtherCharge",
            "ItemInventory",
            "ItemInventoryAssembly",
            "ItemFixedAsset",
            "ItemSubtotal",
            "ItemDiscount",
            "ItemPayment",
            "ItemSalesTax",
            "ItemSalesTaxGroup",
            "ItemGroup",
        )
    },
}

# What nobody uses any more, but keeps its name.
_INACTIVE = {("StandardTerms", "Net 60"), ("ItemService", "Halon Recharge"), ("Employee", "Jules Barrow")}


def fill(connection: sqlite3.Connection, *, next_number: int) -> int:
    """Write what is missing of the lists, complete what is there already, and return the next free number.

    The caller holds the transaction. In a new file nothing is there; in one of an older simulator, some names are.
    """
    known = {
        (row["kind"], row["path_key"]): row["list_id"]
        for row in connection.execute("SELECT kind, path_key, list_id FROM elements")
    }
    new, completed = _planned(known, next_number) if known else _of_a_new_file(next_number)
    connection.executemany("INSERT INTO elements VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", new)
    connection.executemany("UPDATE elements SET details = ? WHERE list_id = ?", completed)
    return next_number + len(new)


_Plan = tuple[list[tuple[Any, ...]], list[tuple[str, str]]]  # rows to insert; details and ListIDs to complete


@cache
def _of_a_new_file(next_number: int) -> _Plan:
    """Return the rows of a file that holds none yet: always the same, and tests make many."""
    return _planned({}, next_number)


def _planned(known: dict[tuple[str, str], str], next_number: int) -> _Plan:
    new: list[tuple[Any, ...]] = []
    completed: list[tuple[str, str]] = []
    for kind, full_name, details in _rows():
        key = path_key(full_name)
        text = json.dumps(_with_ids(details, known), ensure_ascii=False)
        if (kind, key) in known:
            completed.append((text, known[kind, key]))
            continue
        above, _, name = full_name.rpartition(":")
        known[kind, key] = f"{0x80000000 + next_number + len(new):X}-{MADE_AT}"
        new.append(
            (
                known[kind, key],
                kind,
                KINDS[kind].space,
                known[kind, path_key(above)] if above else None,
                name,
                full_name,
                key,
                full_name.count(":"),
                (kind, full_name) not in _INACTIVE,
                MADE_AT,
                MADE_AT,
                MADE_AT,
                text,
            )
        )
    return new, completed


def _rows() -> Iterator[tuple[str, str, Details]]:
    for kind, rows in LISTS.items():
        for full_name, details in rows:
            yield kind, full_name, details


def _with_ids(value: Any, known: dict[tuple[str, str], str], *, tag: str = "") -> Any:
    """Return details with every full name of a reference replaced by its ListID."""
    if isinstance(value, dict):
        return {each: _with_ids(inside, known, tag=each) for each, inside in value.items()}
    if isinstance(value, list):
        return [_with_ids(each, known, tag=tag) for each in value]
    if tag in KINDS_OF:
        return next(known[kind, path_key(value)] for kind in KINDS_OF[tag] if (kind, path_key(value)) in known)
    return value
