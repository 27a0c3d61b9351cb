"""The company of the open file.  Source: qbXML 13.0 reference, Company.

Its name is no identity, because a person can edit it. The Web Connector stamps FileID and AppLock as data extensions
of the application's OwnerID; they come only when that OwnerID is asked (QBWC Programmer's Guide, chapter 7).
"""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from qbwire.codec import Tag, message, words
from qbwire.messages.address import Address, AddressBlock
from qbwire.messages.ref import DataExt
from qbwire.scalars import GUID

MONTHS = words(
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
TAX_FORMS = words("Form1040", "Form1065", "Form1120", "Form1120S", "Form990", "Form990PF", "Form990T", "OtherOrNone")
SERVICE_STATES = words("Active", "Expired", "Never", "Pending", "Suspended", "Terminated", "Trial")


@message("CompanyQueryRq")
@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyQuery:
    include_ret_element: Annotated[tuple[str, ...], Tag("IncludeRetElement", 50)] = ()
    owner_ids: Annotated[tuple[str, ...], Tag("OwnerID", GUID)] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    name: Annotated[str, Tag("Name", 50)]
    domain: Annotated[str, Tag("Domain", 50)]
    status: Annotated[str, Tag("ServiceStatus", SERVICE_STATES)]


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscribedServices:
    services: Annotated[tuple[Service, ...], Tag("Service")] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountantCopy:
    exists: Annotated[bool, Tag("AccountantCopyExists")]
    dividing_on: Annotated[date | None, Tag("DividingDate")] = None


@message("CompanyRet")
@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    is_sample: Annotated[bool | None, Tag("IsSampleCompany")] = None
    name: Annotated[str | None, Tag("CompanyName", 59)] = None
    legal_name: Annotated[str | None, Tag("LegalCompanyName", 59)] = None
    address: Annotated[Address | None, Tag("Address")] = None
    address_block: Annotated[AddressBlock | None, Tag("AddressBlock")] = None
    legal_address: Annotated[Address | None, Tag("LegalAddress")] = None
    address_for_customer: Annotated[Address | None, Tag("CompanyAddressForCustomer")] = None
    address_block_for_customer: Annotated[AddressBlock | None, Tag("CompanyAddressBlockForCustomer")] = None
    phone: Annotated[str | None, Tag("Phone", 51)] = None
    fax: Annotated[str | None, Tag("Fax", 51)] = None
    email: Annotated[str | None, Tag("Email", 1023)] = None
    web_site: Annotated[str | None, Tag("CompanyWebSite", 128)] = None
    first_month_of_fiscal_year: Annotated[str | None, Tag("FirstMonthFiscalYear", MONTHS)] = None
    first_month_of_tax_year: Annotated[str | None, Tag("FirstMonthIncomeTaxYear", MONTHS)] = None
    company_type: Annotated[str | None, Tag("CompanyType", 255)] = None
    ein: Annotated[str | None, Tag("EIN", 20)] = None
    ssn: Annotated[str | None, Tag("SSN", 11)] = None
    tax_form: Annotated[str | None, Tag("TaxForm", TAX_FORMS)] = None
    subscribed_services: Annotated[SubscribedServices | None, Tag("SubscribedServices")] = None
    accountant_copy: Annotated[AccountantCopy | None, Tag("AccountantCopy")] = None
    data_exts: Annotated[tuple[DataExt, ...], Tag("DataExtRet")] = ()

    def data_ext(self, name: str, *, owner_id: str) -> str | None:
        """Return the private value of that owner, None if there is none or it is blank."""
        for extension in self.data_exts:
            same_owner = (extension.owner_id or "").lower() == owner_id.lower()  # QuickBooks returns it upper-cased
            if same_owner and extension.name == name:
                return extension.value.strip() or None
        return None
