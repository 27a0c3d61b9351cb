"""Sales tax codes: whether a line, or a customer, is taxed.  Source: qbXML 13.0 reference, SalesTaxCode, US edition.

How much is taxed is said by a sales tax item or group: qbwire.messages.item.
"""

from dataclasses import dataclass
from typing import Annotated

from qbwire.codec import Tag, message
from qbwire.messages.query import PlainListQuery
from qbwire.messages.ref import ListHead


@message("SalesTaxCodeQueryRq")
@dataclass(frozen=True, slots=True, kw_only=True)
class SalesTaxCodeQuery(PlainListQuery):
    """Asks for sales tax codes; answered with 3250 where sales tax is off."""


@message("SalesTaxCodeRet")
@dataclass(frozen=True, slots=True, kw_only=True)
class SalesTaxCode(ListHead):
    name: Annotated[str, Tag("Name", 3)] = ""  # mostly Tax and Non
    is_active: Annotated[bool | None, Tag("IsActive")] = None
    is_taxable: Annotated[bool | None, Tag("IsTaxable")] = None
    description: Annotated[str | None, Tag("Desc", 31)] = None
