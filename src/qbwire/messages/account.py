"""The chart of accounts.  Source: qbXML 13.0 reference, Account, US edition.

Elements that only other editions have are left out: DetailAccountType, IsTaxAccount, LastCheckNumber,
SalesTaxCodeRef.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Literal, get_args

from qbwire.codec import Attr, Tag, message, words
from qbwire.messages.query import LIST_BY_FILTER, CurrencyFilter, ListQuery, MetaData
from qbwire.messages.ref import DataExt, ListHead, Ref
from qbwire.scalars import GUID

AccountKind = Literal[
    "AccountsPayable", "AccountsReceivable", "Bank", "CostOfGoodsSold", "CreditCard", "Equity", "Expense",
    "FixedAsset", "Income", "LongTermLiability", "NonPosting", "OtherAsset", "OtherCurrentAsset",
    "OtherCurrentLiability", "OtherExpense", "OtherIncome",
]  # fmt: skip
SPECIAL_ACCOUNTS = words(
    "AccountsPayable", "AccountsReceivable", "CondenseItemAdjustmentExpenses", "CostOfGoodsSold",
    "DirectDepositLiabilities", "Estimates", "ExchangeGainLoss", "InventoryAssets", "ItemReceiptAccount",
    "OpeningBalanceEquity", "PayrollExpenses", "PayrollLiabilities", "PettyCash", "PurchaseOrders",
    "ReconciliationDifferences", "RetainedEarnings", "SalesOrders", "SalesTaxPayable", "UncategorizedExpenses",
    "UncategorizedIncome", "UndepositedFunds",
)  # fmt: skip
CASH_FLOWS = words("None", "Operating", "Investing", "Financing", "NotApplicable")


@message("AccountQueryRq")
@dataclass(frozen=True, slots=True, kw_only=True)
class AccountQuery(ListQuery):
    """Asks for accounts, all at once: this query has no iterator."""

    kinds: Annotated[tuple[AccountKind, ...], Tag("AccountType"), LIST_BY_FILTER] = ()
    currency_filter: Annotated[CurrencyFilter | None, Tag("CurrencyFilter"), LIST_BY_FILTER] = None
    include_ret_element: Annotated[tuple[str, ...], Tag("IncludeRetElement", 50)] = ()
    owner_ids: Annotated[tuple[str, ...], Tag("OwnerID", GUID)] = ()
    metadata: Annotated[MetaData | None, Attr("metaData")] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxLine:
    """The line of the tax form that the account is reported on."""

    tax_line_id: Annotated[int | None, Tag("TaxLineID", required=True)] = None
    name: Annotated[str | None, Tag("TaxLineName", 256)] = None


@message("AccountRet")
@dataclass(frozen=True, slots=True, kw_only=True)
class Account(ListHead):
    name: Annotated[str, Tag("Name", 31)] = ""
    full_name: Annotated[str, Tag("FullName", 159)] = ""
    is_active: Annotated[bool | None, Tag("IsActive")] = None
    parent: Annotated[Ref | None, Tag("ParentRef")] = None
    sublevel: Annotated[int | None, Tag("Sublevel")] = None
    kind: Annotated[str | None, Tag("AccountType", words(*get_args(AccountKind)))] = None
    special_kind: Annotated[str | None, Tag("SpecialAccountType", SPECIAL_ACCOUNTS)] = None  # UndepositedFunds, …
    account_number: Annotated[str | None, Tag("AccountNumber", 7)] = None
    bank_number: Annotated[str | None, Tag("BankNumber", 25)] = None
    description: Annotated[str | None, Tag("Desc", 200)] = None
    balance: Annotated[Decimal | None, Tag("Balance")] = None
    total_balance: Annotated[Decimal | None, Tag("TotalBalance")] = None  # with the accounts under it
    tax_line: Annotated[TaxLine | None, Tag("TaxLineInfoRet")] = None
    cash_flow: Annotated[str | None, Tag("CashFlowClassification", CASH_FLOWS)] = None
    currency: Annotated[Ref | None, Tag("CurrencyRef", 64)] = None
    data_exts: Annotated[tuple[DataExt, ...], Tag("DataExtRet")] = ()
