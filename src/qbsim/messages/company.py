"""CompanyQuery: whose books these are, and the private data stamped into them (qbXML reference 13.0, Company)."""

from qbsim.declarations import Request, aggregate, boolean, day, enum, guid, string
from qbsim.messages.parts import ADDRESS, BLOCK, DATA_EXT, INCLUDE_RET_ELEMENT

_MONTHS = "January February March April May June July August September October November December"

COMPANY_QUERY = Request("CompanyQuery", (INCLUDE_RET_ELEMENT, guid("OwnerID", "*")))

COMPANY_RET = (
    boolean("IsSampleCompany", "?", since="3.0"),
    string("CompanyName", 59, "?"),
    string("LegalCompanyName", 59, "?"),
    aggregate("Address", *ADDRESS, many="?"),
    aggregate("AddressBlock", *BLOCK, many="?", since="6.0"),
    aggregate("LegalAddress", *ADDRESS, many="?"),
    aggregate("CompanyAddressForCustomer", *ADDRESS, many="?"),
    aggregate("CompanyAddressBlockForCustomer", *BLOCK, many="?", since="6.0"),
    string("Phone", 51, "?"),
    string("Fax", 51, "?"),
    string("Email", 1023, "?"),
    string("CompanyWebSite", 128, "?"),
    enum("FirstMonthFiscalYear", _MONTHS, "?"),
    enum("FirstMonthIncomeTaxYear", _MONTHS, "?"),
    string("CompanyType", 255, "?"),
    string("EIN", 20, "?"),
    string("SSN", 11, "?", since="2.1"),
    enum(
        "TaxForm",
        "Form1040 Form1065 Form1120 Form1120S Form990 Form990PF Form990T OtherOrNone",
        "?",
        since="2.1",
    ),
    aggregate(
        "SubscribedServices",
        aggregate(
            "Service",
            string("Name", 50),
            string("Domain", 50),
            enum("ServiceStatus", "Active Expired Never Pending Suspended Terminated Trial"),
            many="*",
        ),
        many="?",
        since="7.0",
    ),
    aggregate(
        "AccountantCopy",
        boolean("AccountantCopyExists"),
        day("DividingDate", "?"),
        many="?",
        since="8.0",
    ),
    aggregate("DataExtRet", *DATA_EXT, many="*"),
)

REQUESTS = {f"{request.tag}Rq": request for request in (COMPANY_QUERY,)}
