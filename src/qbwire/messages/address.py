"""Addresses: as typed, as printed, and the named ship-to addresses.

Source: qbXML 13.0 reference, Address aggregates. Printed lines may skip a number, and either form may be missing.
"""

from dataclasses import dataclass
from typing import Annotated

from qbwire.codec import Tag


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressBlock:
    """An address as printed; in responses only."""

    addr1: Annotated[str | None, Tag("Addr1", 41)] = None
    addr2: Annotated[str | None, Tag("Addr2", 41)] = None
    addr3: Annotated[str | None, Tag("Addr3", 41)] = None
    addr4: Annotated[str | None, Tag("Addr4", 41)] = None
    addr5: Annotated[str | None, Tag("Addr5", 41)] = None

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines that hold something, in order."""
        return tuple(line for line in (self.addr1, self.addr2, self.addr3, self.addr4, self.addr5) if line)


@dataclass(frozen=True, slots=True, kw_only=True)
class Address(AddressBlock):
    """An address as typed; nothing says which of its lines is the street."""

    city: Annotated[str | None, Tag("City", 31)] = None
    state: Annotated[str | None, Tag("State", 21)] = None
    postal_code: Annotated[str | None, Tag("PostalCode", 13)] = None
    country: Annotated[str | None, Tag("Country", 31)] = None
    note: Annotated[str | None, Tag("Note", 41)] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipToAddress:
    """One of up to fifty named ship-to addresses, of which one is the default."""

    name: Annotated[str, Tag("Name", 41, required=True)] = ""
    addr1: Annotated[str | None, Tag("Addr1", 41)] = None
    addr2: Annotated[str | None, Tag("Addr2", 41)] = None
    addr3: Annotated[str | None, Tag("Addr3", 41)] = None
    addr4: Annotated[str | None, Tag("Addr4", 41)] = None
    addr5: Annotated[str | None, Tag("Addr5", 41)] = None
    city: Annotated[str | None, Tag("City", 31)] = None
    state: Annotated[str | None, Tag("State", 21)] = None
    postal_code: Annotated[str | None, Tag("PostalCode", 13)] = None
    country: Annotated[str | None, Tag("Country", 31)] = None
    note: Annotated[str | None, Tag("Note", 41)] = None
    is_default: Annotated[bool | None, Tag("DefaultShipTo")] = None

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines that hold something, in order."""
        return tuple(line for line in (self.addr1, self.addr2, self.addr3, self.addr4, self.addr5) if line)
