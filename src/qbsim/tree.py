"""Names that stand below one another: the rules that customers and all other lists share.

At most five levels; a path is unique whatever the case, inactive ones keep theirs; what is active does not stand
below what is not; nothing moves below itself (QuickBooks Desktop help, "Add customers and jobs", "Lists overview").
"""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

from qbsim.refusals import CompanyError, refused
from qbsim.texts import status_text
from qbsim.wiretext import unstorable

MAX_LEVELS = 5  # the top one and four below


def path_key(full_name: str) -> str:
    """Return the key that is unique whatever the case, and sorts those below right after what they are below."""
    return full_name.lower().replace(":", "\x01")


def below(key: str) -> tuple[str, str]:
    """Return the range of path keys of all that stands below, for the condition BELOW."""
    return f"{key}\x01", f"{key}\x02"


BELOW = "(path_key > ? AND path_key < ?)"


def check_name(name: str, *, max_length: int) -> str:
    """Return a name that QuickBooks would store, or raise what it would answer."""
    if not name.strip():
        raise refused(3150, field="Name")
    if len(name) > max_length:
        raise refused(3070, value=name, field="Name")
    if ":" in name or "\t" in name or "\n" in name or unstorable(name) is not None:
        raise refused(3090, value=name, field="Name", reason="The name holds a character that it may not.")
    return name


@dataclass(frozen=True, slots=True)
class Tree:
    """One table (and name space in it) whose rows stand below one another."""

    db: sqlite3.Connection
    table: str
    label: str  # how 3130 calls the list
    max_name: int
    max_full_name: int
    is_taken: Callable[[str, str | None], str | None]  # (full name, but not by this ListID) -> the name in the way
    space: str | None = None  # value of the column of that name; None: the table is one space

    def row(self, list_id: str) -> sqlite3.Row:
        """Return one row. CompanyError 3120 when there is none."""
        found = self.db.execute(f"SELECT * FROM {self.table} WHERE list_id = ?", (list_id,)).fetchone()  # noqa: S608 -- names come from code, here and below
        if found is None or (self.space is not None and found["space"] != self.space):
            raise refused(3120, value=list_id)
        row: sqlite3.Row = found
        return row

    def family(self, key: str) -> list[sqlite3.Row]:
        """Return all that stands below a path, in list order."""
        return self.db.execute(
            f"SELECT * FROM {self.table} WHERE {BELOW} AND {self._in_space} ORDER BY path_key",  # noqa: S608
            below(key),
        ).fetchall()

    def place(self, name: str, *, parent: str | None, active: bool) -> tuple[str, int]:
        """Return full name and sublevel of a new name below another element, or raise why it cannot stand there."""
        check_name(name, max_length=self.max_name)
        above = self.row(parent) if parent is not None else None
        full_name, sublevel = self._below(name, above=above, active=active)
        self._check_free(full_name, except_for=None)
        return full_name, sublevel

    def move(self, row: sqlite3.Row, *, name: str, parent: str | None) -> None:
        """Give an element another name or parent and rewrite the paths of all below it."""
        check_name(name, max_length=self.max_name)
        above = self.row(parent) if parent is not None else None
        old_key = row["path_key"]
        if above is not None and f"{above['path_key']}\x01".startswith(f"{old_key}\x01"):
            raise refused(3130, value=above["full_name"], field=self.label)
        full_name, sublevel = self._below(name, above=above, active=bool(row["is_active"]))
        self._check_free(full_name, except_for=row["list_id"])
        deeper = sublevel - row["sublevel"]
        moved = [(row["list_id"], full_name, sublevel)] + [
            (each["list_id"], full_name + each["full_name"][len(row["full_name"]) :], each["sublevel"] + deeper)
            for each in self.family(old_key)
        ]
        if any(level >= MAX_LEVELS for _, _, level in moved):
            raise refused(3130, value=full_name, field=self.label)
        too_long = next((path for _, path, _ in moved if len(path) > self.max_full_name), None)
        if too_long is not None:
            raise refused(3070, value=too_long, field="FullName")
        self.db.executemany(
            f"UPDATE {self.table} SET full_name = ?, path_key = ?, sublevel = ? WHERE list_id = ?",  # noqa: S608
            [(path, path_key(path), level, each) for each, path, level in moved],
        )
        self.db.execute(
            f"UPDATE {self.table} SET name = ?, parent_id = ? WHERE list_id = ?",  # noqa: S608
            (name, parent, row["list_id"]),
        )

    def set_active(self, list_id: str, *, active: bool, now: int) -> None:
        """Hide an element with all below it, or show it again with all that it stands under."""
        row = self.row(list_id)
        key = row["path_key"]
        if active:
            parts = key.split("\x01")
            keys = tuple("\x01".join(parts[:depth]) for depth in range(1, len(parts) + 1))
        else:
            keys = (key, *(each["path_key"] for each in self.family(key)))
        for each in keys:
            self.db.execute(
                f"UPDATE {self.table} SET is_active = ?, modified_at = max(?, modified_at),"  # noqa: S608
                " edit_sequence = max(?, edit_sequence + 1)"
                f" WHERE path_key = ? AND is_active != ? AND {self._in_space}",
                (active, now, now, each, active),
            )

    def touch(self, list_id: str, *, now: int) -> None:
        """Move EditSequence on, by a second at least, and note the time."""
        self.db.execute(
            f"UPDATE {self.table} SET modified_at = max(?, modified_at), edit_sequence = max(?, edit_sequence + 1)"  # noqa: S608
            " WHERE list_id = ?",
            (now, now, list_id),
        )

    @property
    def _in_space(self) -> str:
        return "1" if self.space is None else f"space = '{self.space}'"

    def _below(self, name: str, *, above: sqlite3.Row | None, active: bool) -> tuple[str, int]:
        if above is None:
            return name, 0
        if active and not above["is_active"]:
            raise refused(3130, value=above["full_name"], field=self.label)
        if above["sublevel"] + 1 >= MAX_LEVELS:
            text = status_text(3130, value=above["full_name"], field=self.label)
            raise CompanyError(f"{text} Only five levels are possible.", code=3130)
        full_name = f"{above['full_name']}:{name}"
        if len(full_name) > self.max_full_name:
            raise refused(3070, value=full_name, field="FullName")
        return full_name, above["sublevel"] + 1

    def _check_free(self, full_name: str, *, except_for: str | None) -> None:
        taken = self.is_taken(full_name, except_for)
        if taken is not None:
            raise refused(3100, value=taken)
