"""What QuickBooks said of a customer beyond its columns, as it is kept in ``Customer.details``.

Plain data: no rule about which address or which phone counts stands here (that is ``importing.mapping``).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from standpipe.core.addresses import Address

PATH_SEPARATOR = ":"  # of FullName (qbXML 13 reference, CustomerRet)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipTo:
    """A named ship-to address; at most fifty (qbXML 13 reference, ShipToAddress)."""

    name: str
    address: Address
    is_default: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """An additional person of the customer's contact list (qbXML 12.0+, ContactsRet)."""

    list_id: str = ""
    name: str = ""  # Contact, else salutation-less first, middle and last name
    fields: tuple[tuple[str, str], ...] = ()  # labelled values: ("Mobile", "860-555-0101")


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """Every text as QuickBooks gave it, ``""`` where it gave none; blocks are the address as printed."""

    bill: Address = Address()
    bill_block: tuple[str, ...] = ()
    ship: Address = Address()
    ship_block: tuple[str, ...] = ()
    ship_to: tuple[ShipTo, ...] = ()
    salutation: str = ""
    first_name: str = ""
    middle_name: str = ""
    last_name: str = ""
    contact: str = ""
    alt_contact: str = ""
    phone: str = ""
    alt_phone: str = ""
    mobile: str = ""  # a plain Mobile element, which desktop files may not fill
    email: str = ""
    fields: tuple[tuple[str, str], ...] = ()  # AdditionalContactRef: label and value, at most eight
    people: tuple[Person, ...] = ()
    terms: str = ""
    tax_code: str = ""
    tax_item: str = ""
    account_number: str = ""
    job_end_on: str = ""

    def to_json(self) -> dict[str, Any]:
        """Only what is there, so that a row of a thin customer is thin."""
        texts = {name: value for name in _TEXTS if (value := getattr(self, name))}
        blocks = {name: list(value) for name in ("bill_block", "ship_block") if (value := getattr(self, name))}
        addresses = {n: a.to_json() for n in ("bill", "ship") if not (a := getattr(self, n)).is_blank or a.note}
        lists: dict[str, Any] = {}
        if self.ship_to:
            lists["ship_to"] = [
                {"name": s.name, "address": s.address.to_json(), "is_default": s.is_default} for s in self.ship_to
            ]
        if self.fields:
            lists["fields"] = [list(pair) for pair in self.fields]
        if self.people:
            lists["people"] = [
                {"list_id": p.list_id, "name": p.name, "fields": [list(pair) for pair in p.fields]}
                for p in self.people
            ]
        return addresses | blocks | texts | lists

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        return cls(
            bill=Address.from_json(value.get("bill")),
            ship=Address.from_json(value.get("ship")),
            bill_block=tuple(value.get("bill_block", ())),
            ship_block=tuple(value.get("ship_block", ())),
            ship_to=tuple(
                ShipTo(name=s["name"], address=Address.from_json(s["address"]), is_default=s["is_default"])
                for s in value.get("ship_to", ())
            ),
            fields=_pairs(value.get("fields", ())),
            people=tuple(
                Person(list_id=p["list_id"], name=p["name"], fields=_pairs(p["fields"]))
                for p in value.get("people", ())
            ),
            **{name: value.get(name, "") for name in _TEXTS},
        )


_TEXTS = (
    "salutation", "first_name", "middle_name", "last_name", "contact", "alt_contact", "phone", "alt_phone", "mobile",
    "email", "terms", "tax_code", "tax_item", "account_number", "job_end_on",
)  # fmt: skip


def _pairs(value: Any) -> tuple[tuple[str, str], ...]:
    return tuple((label, text) for label, text in value)
