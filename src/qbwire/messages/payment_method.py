"""How a payment is made.  Source: qbXML 13.0 reference, PaymentMethod."""

from dataclasses import dataclass
from typing import Annotated, Literal, get_args

from qbwire.codec import Attr, Tag, message, words
from qbwire.messages.query import LIST_BY_FILTER, ListQuery, MetaData
from qbwire.messages.ref import ListHead

PaymentMethodKind = Literal[
    "AmericanExpress", "Cash", "Check", "DebitCard", "Discover", "ECheck", "GiftCard", "MasterCard", "Other",
    "OtherCreditCard", "Visa",
]  # fmt: skip


@message("PaymentMethodQueryRq")
@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentMethodQuery(ListQuery):
    kinds: Annotated[tuple[PaymentMethodKind, ...], Tag("PaymentMethodType"), LIST_BY_FILTER] = ()
    include_ret_element: Annotated[tuple[str, ...], Tag("IncludeRetElement", 50)] = ()
    metadata: Annotated[MetaData | None, Attr("metaData")] = None


@message("PaymentMethodRet")
@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentMethod(ListHead):
    name: Annotated[str, Tag("Name", 31)] = ""
    is_active: Annotated[bool | None, Tag("IsActive")] = None
    kind: Annotated[str | None, Tag("PaymentMethodType", words(*get_args(PaymentMethodKind)))] = None
