"""Invoices.  Source: qbXML 13.0 reference, Invoice, US edition; Intuit, InvoiceAdd and InvoiceMod.

Elements that only other editions have are left out: IsTaxIncluded, TaxAmount, IsTaxable, the text and the service
date of a group line, the lines of discount, sales tax and shipping that stand apart from the others. Lines take no
macro: nothing would use one.

The number (RefNumber) is not unique in QuickBooks. Sales tax is computed by QuickBooks from the sales tax item and
the codes of the lines; no amount of tax can be sent. There is no total on the wire: it is subtotal and sales tax.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from qbwire.codec import Attr, OneOf, Tag, branches, message
from qbwire.messages.address import Address, AddressBlock
from qbwire.messages.ref import DataExt, LineDataExt, Ref
from qbwire.messages.txn import TXN_BY_FILTER, LinkedTxn, SetCredit, TxnHead, TxnQuery
from qbwire.scalars import FLOAT, GUID, ID, MACRO, PERCENT, PRICE, QUANTITY

PriceRuleConflict = Literal["Zero", "BasePrice"]
NEW_LINE = "-1"  # the TxnLineID of a line that a change adds

AT_RATE, AT_PERCENT, AT_PRICE_LEVEL = branches(3)
OF_SERIAL_NUMBER, OF_LOT = branches(2)
WAS_AT_RATE, WAS_AT_PERCENT = branches(2)

# --- adding ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkToTxnLine:
    """The line of a sales order that this line takes over."""

    txn_id: Annotated[str, Tag("TxnID", ID)]
    txn_line_id: Annotated[str, Tag("TxnLineID", ID)]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewInvoiceLine:
    """A line to add: quantity and rate, or quantity and amount, or the amount alone; a text alone is a line too.

    Quantity, rate and amount together are a risk: no source says which of them wins where they disagree.
    """

    item: Annotated[Ref | None, Tag("ItemRef")] = None
    description: Annotated[str | None, Tag("Desc", 4095)] = None
    quantity: Annotated[Decimal | None, Tag("Quantity", QUANTITY)] = None
    unit_of_measure: Annotated[str | None, Tag("UnitOfMeasure", 31)] = None
    rate: Annotated[Decimal | None, Tag("Rate", PRICE), AT_RATE] = None
    rate_percent: Annotated[Decimal | None, Tag("RatePercent", PERCENT), AT_PERCENT] = None
    price_level: Annotated[Ref | None, Tag("PriceLevelRef", 31), AT_PRICE_LEVEL] = None
    class_ref: Annotated[Ref | None, Tag("ClassRef", 159)] = None
    amount: Annotated[Decimal | None, Tag("Amount")] = None
    price_rule_conflict: Annotated[PriceRuleConflict | None, Tag("OptionForPriceRuleConflict")] = None
    inventory_site: Annotated[Ref | None, Tag("InventorySiteRef", 31)] = None
    inventory_site_location: Annotated[Ref | None, Tag("InventorySiteLocationRef", 31)] = None
    serial_number: Annotated[str | None, Tag("SerialNumber", 4095), OF_SERIAL_NUMBER] = None
    lot_number: Annotated[str | None, Tag("LotNumber", 40), OF_LOT] = None
    served_on: Annotated[date | None, Tag("ServiceDate")] = None
    sales_tax_code: Annotated[Ref | None, Tag("SalesTaxCodeRef", 3)] = None
    override_account: Annotated[Ref | None, Tag("OverrideItemAccountRef", 159)] = None
    other1: Annotated[str | None, Tag("Other1", 29)] = None
    other2: Annotated[str | None, Tag("Other2", 29)] = None
    link_to: Annotated[LinkToTxnLine | None, Tag("LinkToTxn")] = None
    data_exts: Annotated[tuple[LineDataExt, ...], Tag("DataExt")] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewInvoiceLineGroup:
    """All items of a group, as QuickBooks holds them."""

    item_group: Annotated[Ref, Tag("ItemGroupRef", 31)]
    quantity: Annotated[Decimal | None, Tag("Quantity", QUANTITY)] = None
    unit_of_measure: Annotated[str | None, Tag("UnitOfMeasure", 31)] = None
    inventory_site: Annotated[Ref | None, Tag("InventorySiteRef", 31)] = None
    inventory_site_location: Annotated[Ref | None, Tag("InventorySiteLocationRef", 31)] = None
    data_exts: Annotated[tuple[LineDataExt, ...], Tag("DataExt")] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewInvoice:
    """An invoice to add. Addresses, terms, sales tax item and template that are left out come from the customer.

    Without `ref_number` QuickBooks takes the next number of its own. `external_guid` is a key of ours that can be set
    only here and is read back.
    """

    def_macro: Annotated[str | None, Attr("defMacro", MACRO)] = None
    customer: Annotated[Ref, Tag("CustomerRef", 209)]
    class_ref: Annotated[Ref | None, Tag("ClassRef", 159)] = None
    receivable_account: Annotated[Ref | None, Tag("ARAccountRef", 159)] = None
    template: Annotated[Ref | None, Tag("TemplateRef", 31)] = None
    dated_on: Annotated[date | None, Tag("TxnDate")] = None
    ref_number: Annotated[str | None, Tag("RefNumber", 11)] = None
    bill_address: Annotated[Address | None, Tag("BillAddress")] = None
    ship_address: Annotated[Address | None, Tag("ShipAddress")] = None
    is_pending: Annotated[bool | None, Tag("IsPending")] = None
    is_finance_charge: Annotated[bool | None, Tag("IsFinanceCharge")] = None
    po_number: Annotated[str | None, Tag("PONumber", 25)] = None
    terms: Annotated[Ref | None, Tag("TermsRef", 31)] = None
    due_on: Annotated[date | None, Tag("DueDate")] = None
    sales_rep: Annotated[Ref | None, Tag("SalesRepRef", 5)] = None
    fob: Annotated[str | None, Tag("FOB", 13)] = None
    shipped_on: Annotated[date | None, Tag("ShipDate")] = None
    ship_method: Annotated[Ref | None, Tag("ShipMethodRef", 15)] = None
    item_sales_tax: Annotated[Ref | None, Tag("ItemSalesTaxRef", 31)] = None
    memo: Annotated[str | None, Tag("Memo", 4095)] = None
    customer_message: Annotated[Ref | None, Tag("CustomerMsgRef", 101)] = None
    is_to_be_printed: Annotated[bool | None, Tag("IsToBePrinted")] = None
    is_to_be_emailed: Annotated[bool | None, Tag("IsToBeEmailed")] = None
    customer_sales_tax_code: Annotated[Ref | None, Tag("CustomerSalesTaxCodeRef", 3)] = None
    other: Annotated[str | None, Tag("Other", 29)] = None
    exchange_rate: Annotated[Decimal | None, Tag("ExchangeRate", FLOAT)] = None
    external_guid: Annotated[str | None, Tag("ExternalGUID", GUID)] = None
    link_to_txn_ids: Annotated[tuple[str, ...], Tag("LinkToTxnID", ID)] = ()  # sales orders, with all their lines
    credits: Annotated[tuple[SetCredit, ...], Tag("SetCredit")] = ()
    lines: Annotated[
        tuple[NewInvoiceLine | NewInvoiceLineGroup, ...], OneOf("InvoiceLineAdd", "InvoiceLineGroupAdd")
    ] = ()


@message("InvoiceAddRq")
@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceAdd:
    invoice: Annotated[NewInvoice, Tag("InvoiceAdd")]
    include_ret_element: Annotated[tuple[str, ...], Tag("IncludeRetElement", 50)] = ()


# --- changing -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedInvoiceLine:
    """A line to keep, with what changes of it; `txn_line_id` NEW_LINE adds one."""

    txn_line_id: Annotated[str, Tag("TxnLineID", ID)]
    item: Annotated[Ref | None, Tag("ItemRef")] = None
    description: Annotated[str | None, Tag("Desc", 4095)] = None
    quantity: Annotated[Decimal | None, Tag("Quantity", QUANTITY)] = None
    unit_of_measure: Annotated[str | None, Tag("UnitOfMeasure", 31)] = None
    override_unit_set: Annotated[Ref | None, Tag("OverrideUOMSetRef", 31)] = None
    rate: Annotated[Decimal | None, Tag("Rate", PRICE), AT_RATE] = None
    rate_percent: Annotated[Decimal | None, Tag("RatePercent", PERCENT), AT_PERCENT] = None
    price_level: Annotated[Ref | None, Tag("PriceLevelRef", 31), AT_PRICE_LEVEL] = None
    class_ref: Annotated[Ref | None, Tag("ClassRef", 159)] = None
    amount: Annotated[Decimal | None, Tag("Amount")] = None
    price_rule_conflict: Annotated[PriceRuleConflict | None, Tag("OptionForPriceRuleConflict")] = None
    inventory_site: Annotated[Ref | None, Tag("InventorySiteRef", 31)] = None
    inventory_site_location: Annotated[Ref | None, Tag("InventorySiteLocationRef", 31)] = None
    serial_number: Annotated[str | None, Tag("SerialNumber", 4095), OF_SERIAL_NUMBER] = None
    lot_number: Annotated[str | None, Tag("LotNumber", 40), OF_LOT] = None
    served_on: Annotated[date | None, Tag("ServiceDate")] = None
    sales_tax_code: Annotated[Ref | None, Tag("SalesTaxCodeRef", 3)] = None
    override_account: Annotated[Ref | None, Tag("OverrideItemAccountRef", 159)] = None
    other1: Annotated[str | None, Tag("Other1", 29)] = None
    other2: Annotated[str | None, Tag("Other2", 29)] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedInvoiceLineGroup:
    """A group to keep, with those of its lines that are kept."""

    txn_line_id: Annotated[str, Tag("TxnLineID", ID)]
    item_group: Annotated[Ref | None, Tag("ItemGroupRef", 31)] = None
    quantity: Annotated[Decimal | None, Tag("Quantity", QUANTITY)] = None
    unit_of_measure: Annotated[str | None, Tag("UnitOfMeasure", 31)] = None
    override_unit_set: Annotated[Ref | None, Tag("OverrideUOMSetRef", 31)] = None
    lines: Annotated[tuple[ChangedInvoiceLine, ...], Tag("InvoiceLineMod")] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedInvoice:
    """What changes of an invoice. What is None stays as it is; "" clears a text.

    No lines: they stay. Any lines: those that are not named are deleted, so name each that is kept.
    """

    txn_id: Annotated[str, Tag("TxnID", ID)]
    edit_sequence: Annotated[str, Tag("EditSequence", 16)]  # the current one, else status 3200
    customer: Annotated[Ref | None, Tag("CustomerRef", 209)] = None
    class_ref: Annotated[Ref | None, Tag("ClassRef", 159)] = None
    receivable_account: Annotated[Ref | None, Tag("ARAccountRef", 159)] = None
    template: Annotated[Ref | None, Tag("TemplateRef", 31)] = None
    dated_on: Annotated[date | None, Tag("TxnDate")] = None
    ref_number: Annotated[str | None, Tag("RefNumber", 11)] = None
    bill_address: Annotated[Address | None, Tag("BillAddress")] = None
    ship_address: Annotated[Address | None, Tag("ShipAddress")] = None
    is_pending: Annotated[bool | None, Tag("IsPending")] = None
    po_number: Annotated[str | None, Tag("PONumber", 25)] = None
    terms: Annotated[Ref | None, Tag("TermsRef", 31)] = None
    due_on: Annotated[date | None, Tag("DueDate")] = None
    sales_rep: Annotated[Ref | None, Tag("SalesRepRef", 5)] = None
    fob: Annotated[str | None, Tag("FOB", 13)] = None
    shipped_on: Annotated[date | None, Tag("ShipDate")] = None
    ship_method: Annotated[Ref | None, Tag("ShipMethodRef", 15)] = None
    item_sales_tax: Annotated[Ref | None, Tag("ItemSalesTaxRef", 31)] = None
    memo: Annotated[str | None, Tag("Memo", 4095)] = None
    customer_message: Annotated[Ref | None, Tag("CustomerMsgRef", 101)] = None
    is_to_be_printed: Annotated[bool | None, Tag("IsToBePrinted")] = None
    is_to_be_emailed: Annotated[bool | None, Tag("IsToBeEmailed")] = None
    customer_sales_tax_code: Annotated[Ref | None, Tag("CustomerSalesTaxCodeRef", 3)] = None
    other: Annotated[str | None, Tag("Other", 29)] = None
    exchange_rate: Annotated[Decimal | None, Tag("ExchangeRate", FLOAT)] = None
    credits: Annotated[tuple[SetCredit, ...], Tag("SetCredit")] = ()
    lines: Annotated[
        tuple[ChangedInvoiceLine | ChangedInvoiceLineGroup, ...], OneOf("InvoiceLineMod", "InvoiceLineGroupMod")
    ] = ()


@message("InvoiceModRq")
@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceMod:
    invoice: Annotated[ChangedInvoice, Tag("InvoiceMod")]
    include_ret_element: Annotated[tuple[str, ...], Tag("IncludeRetElement", 50)] = ()


# --- reading --------------------------------------------------------------------------------------


@message("InvoiceQueryRq")
@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceQuery(TxnQuery):
    """Asks for invoices; lines and linked transactions come only where they are asked for."""

    paid_status: Annotated[Literal["All", "PaidOnly", "NotPaidOnly"] | None, Tag("PaidStatus"), TXN_BY_FILTER] = None
    include_lines: Annotated[bool | None, Tag("IncludeLineItems")] = None
    include_linked_txns: Annotated[bool | None, Tag("IncludeLinkedTxns")] = None
    include_ret_element: Annotated[tuple[str, ...], Tag("IncludeRetElement", 50)] = ()
    owner_ids: Annotated[tuple[str, ...], Tag("OwnerID", GUID)] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceLine:
    txn_line_id: Annotated[str | None, Tag("TxnLineID", ID, required=True)] = None
    item: Annotated[Ref | None, Tag("ItemRef")] = None
    description: Annotated[str | None, Tag("Desc", 4095)] = None
    quantity: Annotated[Decimal | None, Tag("Quantity", QUANTITY)] = None
    unit_of_measure: Annotated[str | None, Tag("UnitOfMeasure", 31)] = None
    override_unit_set: Annotated[Ref | None, Tag("OverrideUOMSetRef", 31)] = None
    rate: Annotated[Decimal | None, Tag("Rate", PRICE), WAS_AT_RATE] = None
    rate_percent: Annotated[Decimal | None, Tag("RatePercent", PERCENT), WAS_AT_PERCENT] = None
    class_ref: Annotated[Ref | None, Tag("ClassRef", 159)] = None
    amount: Annotated[Decimal | None, Tag("Amount")] = None
    inventory_site: Annotated[Ref | None, Tag("InventorySiteRef", 31)] = None
    inventory_site_location: Annotated[Ref | None, Tag("InventorySiteLocationRef", 31)] = None
    serial_number: Annotated[str | None, Tag("SerialNumber", 4095), OF_SERIAL_NUMBER] = None
    lot_number: Annotated[str | None, Tag("LotNumber", 40), OF_LOT] = None
    served_on: Annotated[date | None, Tag("ServiceDate")] = None
    sales_tax_code: Annotated[Ref | None, Tag("SalesTaxCodeRef", 3)] = None
    other1: Annotated[str | None, Tag("Other1", 29)] = None
    other2: Annotated[str | None, Tag("Other2", 29)] = None
    data_exts: Annotated[tuple[DataExt, ...], Tag("DataExtRet")] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceLineGroup:
    """A group item with the lines it became; its total counts, and its lines are in it."""

    txn_line_id: Annotated[str | None, Tag("TxnLineID", ID, required=True)] = None
    item_group: Annotated[Ref | None, Tag("ItemGroupRef", 31, required=True)] = None
    description: Annotated[str | None, Tag("Desc", 4095)] = None
    quantity: Annotated[Decimal | None, Tag("Quantity", QUANTITY)] = None
    unit_of_measure: Annotated[str | None, Tag("UnitOfMeasure", 31)] = None
    override_unit_set: Annotated[Ref | None, Tag("OverrideUOMSetRef", 31)] = None
    prints_items: Annotated[bool | None, Tag("IsPrintItemsInGroup", required=True)] = None
    total_amount: Annotated[Decimal | None, Tag("TotalAmount", required=True)] = None
    lines: Annotated[tuple[InvoiceLine, ...], Tag("InvoiceLineRet")] = ()
    data_exts: Annotated[tuple[DataExt, ...], Tag("DataExtRet")] = ()


@message("InvoiceRet")
@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice(TxnHead):
    """An invoice as QuickBooks holds it. None is what was not asked for as well as what is blank in QuickBooks."""

    customer: Annotated[Ref | None, Tag("CustomerRef", 209)] = None
    class_ref: Annotated[Ref | None, Tag("ClassRef", 159)] = None
    receivable_account: Annotated[Ref | None, Tag("ARAccountRef", 159)] = None
    template: Annotated[Ref | None, Tag("TemplateRef", 31)] = None
    dated_on: Annotated[date | None, Tag("TxnDate")] = None
    ref_number: Annotated[str | None, Tag("RefNumber", 11)] = None
    bill_address: Annotated[Address | None, Tag("BillAddress")] = None
    bill_address_block: Annotated[AddressBlock | None, Tag("BillAddressBlock")] = None
    ship_address: Annotated[Address | None, Tag("ShipAddress")] = None
    ship_address_block: Annotated[AddressBlock | None, Tag("ShipAddressBlock")] = None
    is_pending: Annotated[bool | None, Tag("IsPending")] = None
    is_finance_charge: Annotated[bool | None, Tag("IsFinanceCharge")] = None
    po_number: Annotated[str | None, Tag("PONumber", 25)] = None
    terms: Annotated[Ref | None, Tag("TermsRef", 31)] = None
    due_on: Annotated[date | None, Tag("DueDate")] = None
    sales_rep: Annotated[Ref | None, Tag("SalesRepRef", 5)] = None
    fob: Annotated[str | None, Tag("FOB", 13)] = None
    shipped_on: Annotated[date | None, Tag("ShipDate")] = None
    ship_method: Annotated[Ref | None, Tag("ShipMethodRef", 15)] = None
    subtotal: Annotated[Decimal | None, Tag("Subtotal")] = None
    item_sales_tax: Annotated[Ref | None, Tag("ItemSalesTaxRef", 31)] = None
    sales_tax_percentage: Annotated[Decimal | None, Tag("SalesTaxPercentage", PERCENT)] = None
    sales_tax_total: Annotated[Decimal | None, Tag("SalesTaxTotal")] = None
    applied_amount: Annotated[Decimal | None, Tag("AppliedAmount")] = None  # zero or negative
    balance_remaining: Annotated[Decimal | None, Tag("BalanceRemaining")] = None
    currency: Annotated[Ref | None, Tag("CurrencyRef", 64)] = None
    exchange_rate: Annotated[Decimal | None, Tag("ExchangeRate", FLOAT)] = None
    balance_in_home_currency: Annotated[Decimal | None, Tag("BalanceRemainingInHomeCurrency")] = None
    memo: Annotated[str | None, Tag("Memo", 4095)] = None
    is_paid: Annotated[bool | None, Tag("IsPaid")] = None
    customer_message: Annotated[Ref | None, Tag("CustomerMsgRef", 101)] = None
    is_to_be_printed: Annotated[bool | None, Tag("IsToBePrinted")] = None
    is_to_be_emailed: Annotated[bool | None, Tag("IsToBeEmailed")] = None
    customer_sales_tax_code: Annotated[Ref | None, Tag("CustomerSalesTaxCodeRef", 3)] = None
    suggested_discount: Annotated[Decimal | None, Tag("SuggestedDiscountAmount")] = None
    suggested_discount_on: Annotated[date | None, Tag("SuggestedDiscountDate")] = None
    other: Annotated[str | None, Tag("Other", 29)] = None
    external_guid: Annotated[str | None, Tag("ExternalGUID", GUID)] = None
    linked_txns: Annotated[tuple[LinkedTxn, ...], Tag("LinkedTxn")] = ()
    lines: Annotated[tuple[InvoiceLine | InvoiceLineGroup, ...], OneOf("InvoiceLineRet", "InvoiceLineGroupRet")] = ()
    data_exts: Annotated[tuple[DataExt, ...], Tag("DataExtRet")] = ()

    @property
    def total(self) -> Decimal | None:
        """Subtotal and sales tax; None where the subtotal was not asked for. Without sales tax there is none."""
        return None if self.subtotal is None else self.subtotal + (self.sales_tax_total or 0)
