"""PreferencesQuery: which features the books use (qbXML reference 13.0, Preferences)."""

from qbsim.declarations import Request, aggregate, amount, boolean, day, enum, integer, percent, ref, string
from qbsim.messages.parts import INCLUDE_RET_ELEMENT

PREFERENCES_QUERY = Request("PreferencesQuery", (INCLUDE_RET_ELEMENT,), since=(1, 1))

PREFERENCES_RET = (
    aggregate(
        "AccountingPreferences",
        boolean("IsUsingAccountNumbers"),
        boolean("IsRequiringAccounts"),
        boolean("IsUsingClassTracking"),
        enum("AssignClassesTo", "None Accounts Items Names", "?", since="12.0"),
        boolean("IsUsingAuditTrail"),
        boolean("IsAssigningJournalEntryNumbers"),
        day("ClosingDate", "?"),
        many="?",
    ),
    aggregate(
        "FinanceChargePreferences",
        percent("AnnualInterestRate", "?"),
        amount("MinFinanceCharge", "?"),
        integer("GracePeriod"),
        ref("FinanceChargeAccountRef", 159),
        boolean("IsAssessingForOverdueCharges"),
        enum("CalculateChargesFrom", "DueDate InvoiceOrBilledDate"),
        boolean("IsMarkedToBePrinted"),
        many="?",
    ),
    aggregate(
        "JobsAndEstimatesPreferences",
        boolean("IsUsingEstimates"),
        boolean("IsUsingProgressInvoicing"),
        boolean("IsPrintingItemsWithZeroAmounts"),
        many="?",
    ),
    aggregate(
        "MultiCurrencyPreferences",
        boolean("IsMultiCurrencyOn", "?"),
        ref("HomeCurrencyRef", 64),
        many="?",
        since="8.0",
    ),
    aggregate(
        "MultiLocationInventoryPreferences",
        boolean("IsMultiLocationInventoryAvailable", "?"),
        boolean("IsMultiLocationInventoryEnabled", "?"),
        many="?",
        since="10.0",
    ),
    aggregate(
        "PurchasesAndVendorsPreferences",
        boolean("IsUsingInventory"),
        integer("DaysBillsAreDue"),
        boolean("IsAutomaticallyUsingDiscounts"),
        ref("DefaultDiscountAccountRef", 159),
        many="?",
    ),
    aggregate(
        "ReportsPreferences",
        enum("AgingReportBasis", "AgeFromDueDate AgeFromTransactionDate"),
        enum("SummaryReportBasis", "Accrual Cash"),
        many="?",
    ),
    aggregate(
        "SalesAndCustomersPreferences",
        ref("DefaultShipMethodRef", 15),
        string("DefaultFOB", 13, "?"),
        percent("DefaultMarkup", "?"),
        boolean("IsTrackingReimbursedExpensesAsIncome"),
        boolean("IsAutoApplyingPayments"),
        aggregate(
            "PriceLevels",
            boolean("IsUsingPriceLevels"),
            boolean("IsRoundingSalesPriceUp", "?"),
            many="?",
            since="4.0",
        ),
        many="?",
    ),
    aggregate(
        "SalesTaxPreferences",
        ref("DefaultItemSalesTaxRef", 31, ""),
        enum("PaySalesTax", "Monthly Quarterly Annually"),
        ref("DefaultTaxableSalesTaxCodeRef", 3, ""),
        ref("DefaultNonTaxableSalesTaxCodeRef", 3, ""),
        boolean("IsUsingVendorTaxCode", "?"),
        boolean("IsUsingCustomerTaxCode", "?"),
        boolean("IsUsingAmountsIncludeTax", "?"),
        many="?",
    ),
    aggregate(
        "TimeTrackingPreferences",
        enum("FirstDayOfWeek", "Monday Tuesday Wednesday Thursday Friday Saturday Sunday"),
        many="?",
    ),
    aggregate(
        "CurrentAppAccessRights",
        boolean("IsAutomaticLoginAllowed"),
        string("AutomaticLoginUserName", 29, "?"),
        boolean("IsPersonalDataAccessAllowed"),
        many="?",
    ),
    aggregate(
        "ItemsAndInventoryPreferences",
        boolean("EnhancedInventoryReceivingEnabled", "?"),
        enum("IsTrackingSerialOrLotNumber", "None SerialNumber LotNumber", "?"),
        boolean("isTrackingOnSalesTransactionsEnabled", "?"),
        boolean("isTrackingOnPurchaseTransactionsEnabled", "?"),
        boolean("isTrackingOnInventoryAdjustmentEnabled", "?"),
        boolean("isTrackingOnBuildAssemblyEnabled", "?"),
        boolean("FIFOEnabled", "?"),
        day("FIFOEffectiveDate", "?"),
        boolean("IsRSBEnabled", "?", since="12.0"),
        boolean("IsBarcodeEnabled", "?", since="12.0"),
        many="?",
        since="11.0",
    ),
)

REQUESTS = {f"{request.tag}Rq": request for request in (PREFERENCES_QUERY,)}
