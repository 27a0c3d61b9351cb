"""Private data of applications and the company's custom fields: what the qbXML reference calls data extensions."""

import sqlite3
from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qbsim.company import Company


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

    def knows(self, owner_id: str) -> bool:
        """Whether an owner ever defined or stored anything."""
        defined = any(
            each["owner_id"].upper() == owner_id.upper() for each in self._company.fact("data_ext_definitions", [])
        )
        stored = self._db.execute("SELECT 1 FROM data_ext WHERE owner_id = ? LIMIT 1", (owner_id,)).fetchone()
        return defined or stored is not None
