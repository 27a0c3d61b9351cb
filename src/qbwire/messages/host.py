"""QuickBooks itself: product, versions, file mode.  Source: qbXML 13.0 reference, Host."""

from dataclasses import dataclass
from typing import Annotated

from qbwire.codec import Tag, message, words


@dataclass(frozen=True, slots=True, kw_only=True)
class IncludeListMetaData:
    include_max_capacity: Annotated[bool, Tag("IncludeMaxCapacity")]


@message("HostQueryRq")
@dataclass(frozen=True, slots=True, kw_only=True)
class HostQuery:
    include_list_metadata: Annotated[IncludeListMetaData | None, Tag("IncludeListMetaData")] = None
    include_ret_element: Annotated[tuple[str, ...], Tag("IncludeRetElement", 50)] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """How many entries a list can hold in this edition."""

    max_capacity: Annotated[int, Tag("MaxCapacity")]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListMetaData:
    account: Annotated[Capacity | None, Tag("AccountMetaData", required=True)] = None
    billing_rate: Annotated[Capacity | None, Tag("BillingRateMetaData", required=True)] = None
    class_: Annotated[Capacity | None, Tag("ClassMetaData", required=True)] = None
    customer_message: Annotated[Capacity | None, Tag("CustomerMsgMetaData", required=True)] = None
    customer_type: Annotated[Capacity | None, Tag("CustomerTypeMetaData", required=True)] = None
    entity: Annotated[Capacity | None, Tag("EntityMetaData", required=True)] = None
    item: Annotated[Capacity | None, Tag("ItemMetaData", required=True)] = None
    job_type: Annotated[Capacity | None, Tag("JobTypeMetaData", required=True)] = None
    payment_method: Annotated[Capacity | None, Tag("PaymentMethodMetaData", required=True)] = None
    payroll_item: Annotated[Capacity | None, Tag("PayrollItemMetaData", required=True)] = None
    price_level: Annotated[Capacity | None, Tag("PriceLevelMetaData", required=True)] = None
    sales_rep: Annotated[Capacity | None, Tag("SalesRepMetaData", required=True)] = None
    sales_tax_code: Annotated[Capacity | None, Tag("SalesTaxCodeMetaData", required=True)] = None
    ship_method: Annotated[Capacity | None, Tag("ShipMethodMetaData", required=True)] = None
    template: Annotated[Capacity | None, Tag("TemplateMetaData", required=True)] = None
    terms: Annotated[Capacity | None, Tag("TermsMetaData", required=True)] = None
    to_do: Annotated[Capacity | None, Tag("ToDoMetaData", required=True)] = None
    vehicle: Annotated[Capacity | None, Tag("VehicleMetaData", required=True)] = None
    vendor_type: Annotated[Capacity | None, Tag("VendorTypeMetaData", required=True)] = None


@message("HostRet")
@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    product_name: Annotated[str | None, Tag("ProductName", 255)] = None
    major_version: Annotated[str | None, Tag("MajorVersion", 5)] = None  # product year less 1990: 34 is 2024
    minor_version: Annotated[str | None, Tag("MinorVersion", 5)] = None
    country: Annotated[str | None, Tag("Country", 2)] = None
    supported_versions: Annotated[tuple[str, ...], Tag("SupportedQBXMLVersion", 10)] = ()  # ascending
    is_automatic_login: Annotated[bool | None, Tag("IsAutomaticLogin")] = None
    file_mode: Annotated[str | None, Tag("QBFileMode", words("MultiUser", "SingleUser"))] = None
    list_metadata: Annotated[ListMetaData | None, Tag("ListMetaData")] = None
