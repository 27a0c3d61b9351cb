"""Addresses as QuickBooks has them: up to five free lines, then city, state, postal code, country, note.

No line is called a street that is not known to be one: Addr1 is very often a name (crik-it and farriersmanager
help pages; recorded responses of consolibyte/quickbooks-php).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

MAX_LINES = 5  # qbXML 13 reference: Addr1..Addr5


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """One address. Absent, empty and blank are the same: ``""`` and ``()``."""

    lines: tuple[str, ...] = ()
    city: str = ""
    state: str = ""
    postal_code: str = ""
    country: str = ""
    note: str = ""

    @property
    def is_blank(self) -> bool:
        return not (self.lines or self.city or self.state or self.postal_code or self.country)

    @property
    def city_line(self) -> str:
        """``Springfield, IL 62701``; without stray commas or blanks where a part is missing."""
        region = " ".join(part for part in (self.state, self.postal_code) if part)
        return ", ".join(part for part in (self.city, region) if part)

    @property
    def printed_lines(self) -> tuple[str, ...]:
        """The address as it would stand on an envelope, without blank lines."""
        return tuple(line for line in (*self.lines, self.city_line, self.country) if line)

    def to_json(self) -> dict[str, Any]:
        """The shape of the API and of the database: every key present, ``lines`` a list."""
        return {
            "lines": list(self.lines),
            "city": self.city,
            "state": self.state,
            "postal_code": self.postal_code,
            "country": self.country,
            "note": self.note,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any] | None) -> Self:
        """Reads ``to_json``'s shape; missing keys, ``None`` and blank lines are nothing."""
        if not value:
            return cls()
        lines = tuple(line.strip() for line in value.get("lines") or () if line and line.strip())
        rest = {key: (value.get(key) or "").strip() for key in ("city", "state", "postal_code", "country", "note")}
        return cls(lines=lines, **rest)


NO_ADDRESS = Address()
