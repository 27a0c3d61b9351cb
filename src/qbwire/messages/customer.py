"""Customers and jobs.  Source: qbXML 13.0 reference, Customer, US edition.

Elements that only other editions have are left out: Suffix, PrintAs, Pager, SalesTaxCountry, IsStatementWithParent,
DeliveryMethod, TaxRegistrationNumber.

A job is a customer with a parent: Sublevel 1 or more, its full name the parent's, a colon, its own name. Real records
may hold no more than name, status and balances (consolibyte/quickbooks-php, issue 92).
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated

from qbwire.codec import Attr, Tag, message, words
from qbwire.messages.address import Address, AddressBlock, ShipToAddress
from qbwire.messages.query import (
    LIST_BY_FILTER,
    ClassFilter,
    Comparison,
    CurrencyFilter,
    Iterator,
    ListQuery,
    MetaData,
)
from qbwire.messages.ref import DataExt, LabelledValue, ListHead, Ref
from qbwire.scalars import DATETIME, GUID, ID, integer

JOB_STATES = words("Awarded", "Closed", "InProgress", "None", "NotAwarded", "Pending")
DELIVERY_METHODS = words("None", "Email", "Fax")  # Mail is met too: jsgoupil/quickbooks-sync, tests


@dataclass(frozen=True, slots=True, kw_only=True)
class TotalBalanceFilter:
    operator: Annotated[Comparison, Tag("Operator")]
    amount: Annotated[Decimal, Tag("Amount")]


@message("CustomerQueryRq")
@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerQuery(ListQuery):
    """Asks for customers and jobs; with `iterator` in pages of `max_returned`, within one Web Connector session."""

    total_balance_filter: Annotated[TotalBalanceFilter | None, Tag("TotalBalanceFilter"), LIST_BY_FILTER] = None
    currency_filter: Annotated[CurrencyFilter | None, Tag("CurrencyFilter"), LIST_BY_FILTER] = None
    class_filter: Annotated[ClassFilter | None, Tag("ClassFilter"), LIST_BY_FILTER] = None
    include_ret_element: Annotated[tuple[str, ...], Tag("IncludeRetElement", 50)] = ()  # top-level ones only
    owner_ids: Annotated[tuple[str, ...], Tag("OwnerID", GUID)] = ()  # without it no data extension comes
    metadata: Annotated[MetaData | None, Attr("metaData")] = None
    iterator: Annotated[Iterator | None, Attr("iterator")] = None
    iterator_id: Annotated[str | None, Attr("iteratorID")] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """One more person of a customer, with an ID of its own."""

    list_id: Annotated[str | None, Tag("ListID", ID)] = None
    time_created: Annotated[str | None, Tag("TimeCreated", DATETIME, required=True)] = None
    time_modified: Annotated[str | None, Tag("TimeModified", DATETIME, required=True)] = None
    edit_sequence: Annotated[str | None, Tag("EditSequence", 16)] = None
    contact: Annotated[str | None, Tag("Contact", 41)] = None
    salutation: Annotated[str | None, Tag("Salutation", 15)] = None
    first_name: Annotated[str | None, Tag("FirstName", 25, required=True)] = None
    middle_name: Annotated[str | None, Tag("MiddleName", 5)] = None
    last_name: Annotated[str | None, Tag("LastName", 25)] = None
    job_title: Annotated[str | None, Tag("JobTitle", 41)] = None
    labelled_values: Annotated[tuple[LabelledValue, ...], Tag("AdditionalContactRef", most=5)] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditCard:
    """Personal data, masked or withheld without permission; Standpipe never asks for it."""

    number: Annotated[str | None, Tag("CreditCardNumber", 25)] = None
    expiration_month: Annotated[int | None, Tag("ExpirationMonth", integer(least=1, most=12))] = None
    expiration_year: Annotated[int | None, Tag("ExpirationYear")] = None
    name_on_card: Annotated[str | None, Tag("NameOnCard", 41)] = None
    address: Annotated[str | None, Tag("CreditCardAddress", 41)] = None
    postal_code: Annotated[str | None, Tag("CreditCardPostalCode", 41)] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    note_id: Annotated[int | None, Tag("NoteID", required=True)] = None
    written_on: Annotated[date | None, Tag("Date", required=True)] = None
    text: Annotated[str, Tag("Note", 4095, required=True)] = ""


@message("CustomerRet")
@dataclass(frozen=True, slots=True, kw_only=True)
class Customer(ListHead):
    """A customer or job. None is what was not asked for as well as what is blank in QuickBooks."""

    name: Annotated[str, Tag("Name", 41)] = ""  # one level of the path
    full_name: Annotated[str, Tag("FullName", 209)] = ""  # the path, levels joined by colons
    is_active: Annotated[bool | None, Tag("IsActive")] = None
    class_ref: Annotated[Ref | None, Tag("ClassRef", 159)] = None
    parent: Annotated[Ref | None, Tag("ParentRef")] = None
    sublevel: Annotated[int | None, Tag("Sublevel")] = None  # 0: a customer, more: a job
    company_name: Annotated[str | None, Tag("CompanyName", 41)] = None
    salutation: Annotated[str | None, Tag("Salutation", 15)] = None
    first_name: Annotated[str | None, Tag("FirstName", 25)] = None
    middle_name: Annotated[str | None, Tag("MiddleName", 5)] = None
    last_name: Annotated[str | None, Tag("LastName", 25)] = None
    job_title: Annotated[str | None, Tag("JobTitle", 41)] = None
    bill_address: Annotated[Address | None, Tag("BillAddress")] = None
    bill_address_block: Annotated[AddressBlock | None, Tag("BillAddressBlock")] = None
    ship_address: Annotated[Address | None, Tag("ShipAddress")] = None
    ship_address_block: Annotated[AddressBlock | None, Tag("ShipAddressBlock")] = None
    ship_to_addresses: Annotated[tuple[ShipToAddress, ...], Tag("ShipToAddress", most=50)] = ()
    phone: Annotated[str | None, Tag("Phone", 21)] = None
    mobile: Annotated[str | None, Tag("Mobile", 21)] = None  # desktop files may not fill it; read where it comes
    alt_phone: Annotated[str | None, Tag("AltPhone", 21)] = None
    fax: Annotated[str | None, Tag("Fax", 21)] = None
    email: Annotated[str | None, Tag("Email", 1023)] = None  # may hold several addresses
    cc: Annotated[str | None, Tag("Cc", 1023)] = None
    contact: Annotated[str | None, Tag("Contact", 41)] = None
    alt_contact: Annotated[str | None, Tag("AltContact", 41)] = None
    labelled_values: Annotated[tuple[LabelledValue, ...], Tag("AdditionalContactRef", most=8)] = ()
    contacts: Annotated[tuple[Contact, ...], Tag("ContactsRet")] = ()
    customer_type: Annotated[Ref | None, Tag("CustomerTypeRef", 159)] = None
    terms: Annotated[Ref | None, Tag("TermsRef", 31)] = None
    sales_rep: Annotated[Ref | None, Tag("SalesRepRef", 5)] = None  # its full name is the initials
    balance: Annotated[Decimal | None, Tag("Balance")] = None  # its own; negative is a credit
    total_balance: Annotated[Decimal | None, Tag("TotalBalance")] = None  # with its jobs
    sales_tax_code: Annotated[Ref | None, Tag("SalesTaxCodeRef", 3)] = None
    item_sales_tax: Annotated[Ref | None, Tag("ItemSalesTaxRef", 31)] = None
    resale_number: Annotated[str | None, Tag("ResaleNumber", 15)] = None
    account_number: Annotated[str | None, Tag("AccountNumber", 99)] = None
    credit_limit: Annotated[Decimal | None, Tag("CreditLimit")] = None
    preferred_payment_method: Annotated[Ref | None, Tag("PreferredPaymentMethodRef", 31)] = None
    credit_card: Annotated[CreditCard | None, Tag("CreditCardInfo")] = None
    job_status: Annotated[str | None, Tag("JobStatus", JOB_STATES)] = None  # on customers too, mostly None
    job_started_on: Annotated[date | None, Tag("JobStartDate")] = None
    job_projected_end_on: Annotated[date | None, Tag("JobProjectedEndDate")] = None
    job_ended_on: Annotated[date | None, Tag("JobEndDate")] = None
    job_description: Annotated[str | None, Tag("JobDesc", 99)] = None
    job_type: Annotated[Ref | None, Tag("JobTypeRef", 159)] = None
    notes: Annotated[str | None, Tag("Notes", 4095)] = None  # the first note
    additional_notes: Annotated[tuple[Note, ...], Tag("AdditionalNotesRet")] = ()
    preferred_delivery_method: Annotated[str | None, Tag("PreferredDeliveryMethod", DELIVERY_METHODS)] = None
    price_level: Annotated[Ref | None, Tag("PriceLevelRef", 31)] = None
    external_guid: Annotated[str | None, Tag("ExternalGUID", GUID)] = None
    currency: Annotated[Ref | None, Tag("CurrencyRef", 64)] = None
    data_exts: Annotated[tuple[DataExt, ...], Tag("DataExtRet")] = ()
