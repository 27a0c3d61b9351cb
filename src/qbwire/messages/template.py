"""Forms that transactions are printed on.  Source: qbXML 13.0 reference, Template."""

from dataclasses import dataclass
from typing import Annotated

from qbwire.codec import Attr, Tag, message, words
from qbwire.messages.query import MetaData
from qbwire.messages.ref import ListHead

TEMPLATE_KINDS = words(
    "BuildAssembly", "CreditMemo", "Estimate", "Invoice", "PurchaseOrder", "SalesOrder", "SalesReceipt"
)


@message("TemplateQueryRq")
@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateQuery:
    """Asks for every template; there is no filter."""

    include_ret_element: Annotated[tuple[str, ...], Tag("IncludeRetElement", 50)] = ()
    metadata: Annotated[MetaData | None, Attr("metaData")] = None


@message("TemplateRet")
@dataclass(frozen=True, slots=True, kw_only=True)
class Template(ListHead):
    name: Annotated[str, Tag("Name", 31)] = ""
    is_active: Annotated[bool | None, Tag("IsActive")] = None
    kind: Annotated[str | None, Tag("TemplateType", TEMPLATE_KINDS)] = None
