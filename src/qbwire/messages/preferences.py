"""Which features a company file has switched on.  Source: qbXML 13.0 reference, Preferences.

A feature that is off is absent from answers and refused in requests with 3250: classes, sales tax, currencies.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated

from qbwire.codec import Tag, message, words
from qbwire.messages.ref import Ref
from qbwire.scalars import PERCENT


@message("PreferencesQueryRq")
@dataclass(frozen=True, slots=True, kw_only=True)
class PreferencesQuery:
    include_ret_element: Annotated[tuple[str, ...], Tag("IncludeRetElement", 50)] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountingPreferences:
    uses_account_numbers: Annotated[bool, Tag("IsUsingAccountNumbers")]
    requires_accounts: Annotated[bool, Tag("IsRequiringAccounts")]
    uses_class_tracking: Annotated[bool, Tag("IsUsingClassTracking")]
    assigns_classes_to: Annotated[str | None, Tag("AssignClassesTo", words("None", "Accounts", "Items", "Names"))] = (
        None
    )
    uses_audit_trail: Annotated[bool, Tag("IsUsingAuditTrail")]
    assigns_journal_entry_numbers: Annotated[bool, Tag("IsAssigningJournalEntryNumbers")]
    closed_on: Annotated[date | None, Tag("ClosingDate")] = None  # books are closed up to and including this day


@dataclass(frozen=True, slots=True, kw_only=True)
class FinanceChargePreferences:
    annual_interest_rate: Annotated[Decimal | None, Tag("AnnualInterestRate", PERCENT)] = None
    minimum_charge: Annotated[Decimal | None, Tag("MinFinanceCharge")] = None
    grace_period_days: Annotated[int, Tag("GracePeriod")]
    account: Annotated[Ref | None, Tag("FinanceChargeAccountRef", 159)] = None
    assesses_overdue_charges: Annotated[bool, Tag("IsAssessingForOverdueCharges")]
    calculates_from: Annotated[str, Tag("CalculateChargesFrom", words("DueDate", "InvoiceOrBilledDate"))]
    is_marked_to_be_printed: Annotated[bool, Tag("IsMarkedToBePrinted")]


@dataclass(frozen=True, slots=True, kw_only=True)
class JobsAndEstimatesPreferences:
    uses_estimates: Annotated[bool, Tag("IsUsingEstimates")]
    uses_progress_invoicing: Annotated[bool, Tag("IsUsingProgressInvoicing")]
    prints_items_with_zero_amounts: Annotated[bool, Tag("IsPrintingItemsWithZeroAmounts")]


@dataclass(frozen=True, slots=True, kw_only=True)
class MultiCurrencyPreferences:
    is_on: Annotated[bool | None, Tag("IsMultiCurrencyOn")] = None
    home_currency: Annotated[Ref | None, Tag("HomeCurrencyRef", 64)] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MultiLocationInventoryPreferences:
    is_available: Annotated[bool | None, Tag("IsMultiLocationInventoryAvailable")] = None
    is_enabled: Annotated[bool | None, Tag("IsMultiLocationInventoryEnabled")] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchasesAndVendorsPreferences:
    uses_inventory: Annotated[bool, Tag("IsUsingInventory")]
    bills_due_after_days: Annotated[int, Tag("DaysBillsAreDue")]
    uses_discounts_automatically: Annotated[bool, Tag("IsAutomaticallyUsingDiscounts")]
    default_discount_account: Annotated[Ref | None, Tag("DefaultDiscountAccountRef", 159)] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportsPreferences:
    aging_basis: Annotated[str, Tag("AgingReportBasis", words("AgeFromDueDate", "AgeFromTransactionDate"))]
    summary_basis: Annotated[str, Tag("SummaryReportBasis", words("Accrual", "Cash"))]


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceLevelPreferences:
    uses_price_levels: Annotated[bool, Tag("IsUsingPriceLevels")]
    rounds_sales_price_up: Annotated[bool | None, Tag("IsRoundingSalesPriceUp")] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SalesAndCustomersPreferences:
    default_ship_method: Annotated[Ref | None, Tag("DefaultShipMethodRef", 15)] = None
    default_fob: Annotated[str | None, Tag("DefaultFOB", 13)] = None
    default_markup: Annotated[Decimal | None, Tag("DefaultMarkup", PERCENT)] = None
    tracks_reimbursed_expenses_as_income: Annotated[bool, Tag("IsTrackingReimbursedExpensesAsIncome")]
    applies_payments_automatically: Annotated[bool, Tag("IsAutoApplyingPayments")]
    price_levels: Annotated[PriceLevelPreferences | None, Tag("PriceLevels")] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SalesTaxPreferences:
    """Absent where sales tax is off."""

    default_item_sales_tax: Annotated[Ref, Tag("DefaultItemSalesTaxRef", 31)]
    is_paid: Annotated[str, Tag("PaySalesTax", words("Monthly", "Quarterly", "Annually"))]
    default_taxable_code: Annotated[Ref, Tag("DefaultTaxableSalesTaxCodeRef", 3)]
    default_non_taxable_code: Annotated[Ref, Tag("DefaultNonTaxableSalesTaxCodeRef", 3)]
    uses_vendor_tax_code: Annotated[bool | None, Tag("IsUsingVendorTaxCode")] = None
    uses_customer_tax_code: Annotated[bool | None, Tag("IsUsingCustomerTaxCode")] = None
    amounts_include_tax: Annotated[bool | None, Tag("IsUsingAmountsIncludeTax")] = None


WEEKDAYS = words("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeTrackingPreferences:
    first_day_of_week: Annotated[str, Tag("FirstDayOfWeek", WEEKDAYS)]


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrentAppAccessRights:
    """What the company file's administrator granted to this application."""

    allows_automatic_login: Annotated[bool, Tag("IsAutomaticLoginAllowed")]
    automatic_login_user_name: Annotated[str | None, Tag("AutomaticLoginUserName", 29)] = None
    allows_personal_data: Annotated[bool, Tag("IsPersonalDataAccessAllowed")]


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemsAndInventoryPreferences:
    enhanced_receiving: Annotated[bool | None, Tag("EnhancedInventoryReceivingEnabled")] = None
    tracks_serial_or_lot_number: Annotated[
        str | None, Tag("IsTrackingSerialOrLotNumber", words("None", "SerialNumber", "LotNumber"))
    ] = None
    tracks_on_sales: Annotated[bool | None, Tag("isTrackingOnSalesTransactionsEnabled")] = None
    tracks_on_purchases: Annotated[bool | None, Tag("isTrackingOnPurchaseTransactionsEnabled")] = None
    tracks_on_adjustments: Annotated[bool | None, Tag("isTrackingOnInventoryAdjustmentEnabled")] = None
    tracks_on_build_assemblies: Annotated[bool | None, Tag("isTrackingOnBuildAssemblyEnabled")] = None
    uses_fifo: Annotated[bool | None, Tag("FIFOEnabled")] = None
    fifo_effective_on: Annotated[date | None, Tag("FIFOEffectiveDate")] = None
    uses_row_shelf_bin: Annotated[bool | None, Tag("IsRSBEnabled")] = None
    uses_barcodes: Annotated[bool | None, Tag("IsBarcodeEnabled")] = None


@message("PreferencesRet")
@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    accounting: Annotated[AccountingPreferences | None, Tag("AccountingPreferences")] = None
    finance_charge: Annotated[FinanceChargePreferences | None, Tag("FinanceChargePreferences")] = None
    jobs_and_estimates: Annotated[JobsAndEstimatesPreferences | None, Tag("JobsAndEstimatesPreferences")] = None
    multi_currency: Annotated[MultiCurrencyPreferences | None, Tag("MultiCurrencyPreferences")] = None
    multi_location_inventory: Annotated[
        MultiLocationInventoryPreferences | None, Tag("MultiLocationInventoryPreferences")
    ] = None
    purchases_and_vendors: Annotated[PurchasesAndVendorsPreferences | None, Tag("PurchasesAndVendorsPreferences")] = (
        None
    )
    reports: Annotated[ReportsPreferences | None, Tag("ReportsPreferences")] = None
    sales_and_customers: Annotated[SalesAndCustomersPreferences | None, Tag("SalesAndCustomersPreferences")] = None
    sales_tax: Annotated[SalesTaxPreferences | None, Tag("SalesTaxPreferences")] = None
    time_tracking: Annotated[TimeTrackingPreferences | None, Tag("TimeTrackingPreferences")] = None
    access_rights: Annotated[CurrentAppAccessRights | None, Tag("CurrentAppAccessRights")] = None
    items_and_inventory: Annotated[ItemsAndInventoryPreferences | None, Tag("ItemsAndInventoryPreferences")] = None
