"""Private data of applications and the company's custom fields: what the qbXML reference calls data extensions."""

import sqlite3
from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from qbsim.checking import value_fault
from qbsim.declarations import Element, Kind
from qbsim.refusals import refused
from qbsim.wiretext import unstorable

if TYPE_CHECKING:
    from qbsim.company import Company


MAX_BYTES = 4096  # for each object and owner (Intuit, data extensions page)
CUSTOM_FIELDS = "0"  # the owner that is nobody: what people see as custom fields

# What a value must look like by its type; the types of numbers and times are named like those of elements.
_TEXTS = {"STR255TYPE": 255, "STR1024TYPE": 1024}


@dataclass(frozen=True, slots=True)
class Definition:
    """A name that an owner may store values under."""

    owner_id: str
    name: str
    type_: str = "STR255TYPE"
    objects: tuple[str, ...] = ()  # kinds like Customer or Invoice; empty: any
    number: int = 0


class PrivateData:
    """Values by owner, object and name. The owner "0" owns the custom fields; no object means the company itself."""

    def __init__(self, company: "Company") -> None:
        self._company = company
        self._db: sqlite3.Connection = company.db

    def of(self, owner_id: str, *, object_id: str | None) -> dict[str, str]:
        rows = self._db.execute(
            "SELECT name, value FROM data_ext WHERE owner_id = ? AND object_id = ? ORDER BY name",
            (owner_id, object_id or ""),
        )
        return {row["name"]: row["value"] for row in rows}

    def set(
        self, owner_id: str, name: str, value: str | None, *, object_id: str | None, type_: str = "STR255TYPE"
    ) -> None:
        """Store one value; None removes it."""
        key = (owner_id.upper(), object_id or "", name)
        with self._company.transaction():
            self._db.execute("DELETE FROM data_ext WHERE owner_id = ? AND object_id = ? AND name = ?", key)
            if value is not None:
                self._db.execute("INSERT INTO data_ext VALUES (?, ?, ?, ?, ?)", (*key, type_, value))

    def store(self, owner_id: str, name: str, value: str, *, object_id: str, kind: str) -> Definition:
        """Store what a program sends for an object of that kind, and return what it is stored under."""
        definition = self.defined(owner_id, name, kind=kind)
        _check_type(definition, value)
        self._check_room(definition, value, object_id=object_id)
        self.set(definition.owner_id, definition.name, value, object_id=object_id, type_=definition.type_)
        return definition

    def _check_room(self, definition: Definition, value: str, *, object_id: str) -> None:
        if definition.owner_id == CUSTOM_FIELDS:
            return
        others = self.of(definition.owner_id, object_id=object_id) | {definition.name: value}
        if sum(len(each) for each in others.values()) > MAX_BYTES:
            reason = f"An object holds {MAX_BYTES} bytes of private data."
            raise refused(3090, value=definition.name, field="DataExtValue", reason=reason)

    def rets(self, owner_ids: Collection[str], *, object_id: str | None) -> list[dict[str, str]]:
        """Return DataExtRet values for those owners, OwnerID in upper case as QuickBooks does."""
        if not owner_ids:
            return []
        places = ", ".join("?" * len(owner_ids))
        rows = self._db.execute(
            f"SELECT owner_id, name, type, value FROM data_ext WHERE object_id = ? AND owner_id IN ({places})"  # noqa: S608 -- only question marks
            " ORDER BY owner_id, name",
            (object_id or "", *owner_ids),
        )
        return [
            {
                "OwnerID": row["owner_id"],
                "DataExtName": row["name"],
                "DataExtType": row["type"],
                "DataExtValue": row["value"],
            }
            for row in rows
        ]

    def stamps(self) -> list[tuple[str, str]]:
        """Return (OwnerID, FileID) of every Web Connector application that was added to the file."""
        rows = self._db.execute(
            "SELECT owner_id, value FROM data_ext WHERE object_id = '' AND name = 'FileID' ORDER BY owner_id"
        )
        return [(row["owner_id"], row["value"]) for row in rows]

    # -- definitions ---------------------------------------------------------------------------------------------

    def define(self, definition: Definition) -> Definition:
        """Remember a definition and give it its number."""
        with self._company.transaction():
            known = self._company.fact("data_ext_definitions", [])
            numbered = replace(definition, number=len(known) + 1)
            self._company.set_fact("data_ext_definitions", [*known, asdict(numbered)])
            return numbered

    def definition(self, owner_id: str, name: str) -> Definition | None:
        """Return what is defined under a name, whatever the case; a name that has values already counts."""
        for known in self._company.fact("data_ext_definitions", []):
            if (known["owner_id"].upper(), known["name"].lower()) == (owner_id.upper(), name.lower()):
                return Definition(**known | {"objects": tuple(known["objects"])})
        row = self._db.execute(
            "SELECT owner_id, name, type FROM data_ext WHERE owner_id = ? AND name = ? COLLATE NOCASE LIMIT 1",
            (owner_id, name),
        ).fetchone()
        return None if row is None else Definition(row["owner_id"], row["name"], row["type"])

    def defined(self, owner_id: str, name: str, *, kind: str) -> Definition:
        """Return what is defined for that kind of object. 3121 for an unknown owner, 3140 for a name."""
        if owner_id != CUSTOM_FIELDS and not self.knows(owner_id):
            raise refused(3121, value=owner_id)
        found = self.definition(owner_id, name)
        if found is None or (found.objects and kind not in found.objects):
            raise refused(3140, kind="data extension", value=name, field=kind)
        return found

    def knows(self, owner_id: str) -> bool:
        """Whether an owner ever defined or stored anything."""
        defined = any(
            each["owner_id"].upper() == owner_id.upper() for each in self._company.fact("data_ext_definitions", [])
        )
        stored = self._db.execute("SELECT 1 FROM data_ext WHERE owner_id = ? LIMIT 1", (owner_id,)).fetchone()
        return defined or stored is not None


def _check_type(definition: Definition, value: str) -> None:
    """Raise what a value earns that is not of its type, too long, or cannot be stored."""
    length = _TEXTS.get(definition.type_)
    kind = Kind.STRING if length else Kind(definition.type_)
    fault = value_fault(value, Element("DataExtValue", kind, max_length=length))
    if fault is not None:
        raise refused(fault.code, value=fault.value, field=fault.field)
    if unstorable(value) is not None:
        raise refused(3080, value=value, field="DataExtValue")
