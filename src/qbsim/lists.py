"""Every list of a company but its customers: terms, items of all kinds, accounts, classes, tax codes and the rest."""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qbsim.fields import Resolve
from qbsim.list_kinds import KINDS, MERGEABLE, ListKind
from qbsim.references import KINDS_OF, is_used, list_word, move_uses
from qbsim.refusals import refused
from qbsim.tree import Tree, path_key

if TYPE_CHECKING:
    from qbsim.company import Company

_UNCHANGED: Any = object()


@dataclass(frozen=True, slots=True)
class ListElement:
    """One element as the company file holds it. `details` is keyed by QuickBooks' names, references are ListIDs."""

    list_id: str
    kind: str
    name: str
    full_name: str
    parent_id: str | None
    sublevel: int
    is_active: bool
    edit_sequence: str
    time_created: str  # QuickBooks' text
    time_modified: str
    details: dict[str, Any]

    def __getitem__(self, tag: str) -> Any:
        """Return the value of an element like `terms["StdDueDays"]`, None when it has none."""
        return self.details.get(tag)


class Lists:
    """The lists of one company. Each change is one transaction and moves the element's EditSequence."""

    def __init__(self, company: "Company") -> None:
        self._company = company
        self._db = company.db

    # -- reading ---------------------------------------------------------------------------------------------

    def get(self, list_id: str) -> ListElement:
        """Return one element. CompanyError 3120 when no such element exists any more."""
        found = self._get(list_id)
        if found is None:
            raise refused(3120, value=list_id)
        return found

    def find(self, kinds: str | tuple[str, ...], full_name: str) -> ListElement | None:
        """Return the element of one of those kinds with that path, whatever the case, or None."""
        wanted = (kinds,) if isinstance(kinds, str) else kinds
        return next(self.select(wanted, "path_key = ?", (path_key(full_name),)), None)

    def all(self, *kinds: str, active_only: bool = False) -> list[ListElement]:
        """Return the elements of those kinds in list order: each right before those below it."""
        return list(self.select(kinds, "is_active" if active_only else "1", ()))

    def select(
        self, kinds: tuple[str, ...], where: str, values: tuple[object, ...], *, limit: int | None = None
    ) -> Iterator[ListElement]:
        """Walk those of some kinds for which an SQL condition over the elements table holds, in list order."""
        places = ", ".join("?" * len(kinds))
        rows = self._db.execute(
            f"SELECT * FROM elements WHERE kind IN ({places}) AND ({where}) ORDER BY path_key LIMIT ?",  # noqa: S608 -- conditions come from code
            (*kinds, *values, -1 if limit is None else limit),
        ).fetchall()
        return map(self._element, rows)

    def count(self, kinds: tuple[str, ...], where: str = "1", values: tuple[object, ...] = ()) -> int:
        places = ", ".join("?" * len(kinds))
        sql = f"SELECT count(*) FROM elements WHERE kind IN ({places}) AND ({where})"  # noqa: S608 -- as above
        return int(self._db.execute(sql, (*kinds, *values)).fetchone()[0])

    def below(self, list_id: str) -> list[ListElement]:
        """Return the elements right below one."""
        return list(self.select(tuple(KINDS), "parent_id = ?", (list_id,)))

    def family(self, list_id: str) -> list[str]:
        """Return the ListIDs of an element and of all below it."""
        row = self._tree(KINDS[self.get(list_id).kind]).row(list_id)
        return [list_id, *(each["list_id"] for each in self._tree(KINDS[row["kind"]]).family(row["path_key"]))]

    def resolve(self, tag: str, ref: Mapping[str, str], *, field: str) -> ListElement:
        """Return what a reference such as TermsRef names: the ListID decides, else the FullName.

        CompanyError 3140 when there is no such element of a kind that `tag` may name; `field` says in what.
        """
        list_id, full_name = ref.get("ListID"), ref.get("FullName")
        kinds = KINDS_OF[tag]
        found = self._get(list_id) if list_id else self.find(kinds, full_name or "")
        if found is None or found.kind not in kinds:
            raise refused(3140, kind=list_word(tag), value=list_id or full_name or "", field=field)
        return found

    def list_id(self, tag: str, value: str | Mapping[str, str], *, field: str) -> str:
        """Return the ListID of what a reference names by its ListID, its full name, or both by element name."""
        if isinstance(value, Mapping):
            return self.resolve(tag, value, field=field).list_id
        found = self._get(value)
        if found is not None and found.kind in KINDS_OF[tag]:
            return value
        return self.resolve(tag, {"FullName": value}, field=field).list_id

    def parent_id(self, kind: str, ref: Mapping[str, str]) -> str | None:
        """Return the ListID of what a ParentRef names; None for an empty one, 3130 when there is no such element."""
        list_id, full_name = ref.get("ListID"), ref.get("FullName")
        if not list_id and not full_name:
            return None
        found = self._get(list_id) if list_id else self.find(kind, full_name or "")
        if found is None or found.kind != kind:
            raise refused(3130, value=list_id or full_name, field=KINDS[kind].space)
        return found.list_id

    # -- changing --------------------------------------------------------------------------------------------

    def add(
        self, kind: str, name: str, *, parent: str | None = None, is_active: bool = True, **fields: Any
    ) -> ListElement:
        """Add an element, below `parent` (a ListID) where the list has levels; `fields` in snake_case."""
        details = KINDS[kind].fields.details(fields, resolve=self.resolver(kind))
        return self.add_record(kind, name, parent=parent, is_active=is_active, details=details)

    def add_record(
        self, kind: str, name: str, *, parent: str | None, is_active: bool, details: Mapping[str, Any]
    ) -> ListElement:
        """Add an element with details that are checked already."""
        with self._company.transaction():
            self._check_parent(kind, parent)
            full_name, sublevel = self._tree(KINDS[kind]).place(name, parent=parent, active=is_active)
            now = self._company.now()
            list_id = self._company.new_list_id(now)
            self._db.execute(
                "INSERT INTO elements VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    list_id,
                    kind,
                    KINDS[kind].space,
                    parent,
                    name,
                    full_name,
                    path_key(full_name),
                    sublevel,
                    is_active,
                    now,
                    now,
                    now,
                    _json(details),
                ),
            )
            return self.get(list_id)

    def edit(
        self, list_id: str, *, name: str | None = None, parent: str | None = _UNCHANGED, **fields: Any
    ) -> ListElement:
        """Change what is named and nothing else; None clears a field. `parent=None` moves to the top."""
        with self._company.transaction():
            element = self.get(list_id)
            kind = KINDS[element.kind]
            if name is not None or parent is not _UNCHANGED:
                parent_id = element.parent_id if parent is _UNCHANGED else parent
                self._check_parent(element.kind, parent_id)
                tree = self._tree(kind)
                tree.move(tree.row(list_id), name=name if name is not None else element.name, parent=parent_id)
            details = element.details | kind.fields.details(fields, resolve=self.resolver(element.kind))
            self._db.execute("UPDATE elements SET details = ? WHERE list_id = ?", (_json(details), list_id))
            self._tree(kind).touch(list_id, now=self._company.now())
            return self.get(list_id)

    def set_active(self, list_id: str, *, active: bool) -> ListElement:
        """Hide an element with all below it, or show it again with all that it stands under."""
        with self._company.transaction():
            tree = self._tree(KINDS[self.get(list_id).kind])
            tree.set_active(list_id, active=active, now=self._company.now())
            return self.get(list_id)

    def delete(self, list_id: str) -> ListElement:
        """Remove an element that nothing refers to; it enters the deletion feed. CompanyError 3160 otherwise."""
        with self._company.transaction():
            element = self.get(list_id)
            if "SpecialAccountType" in element.details:
                raise refused(3160, value=list_id, reason="QuickBooks itself needs this account.")
            if self.below(list_id):
                raise refused(3160, value=list_id, reason="Other elements stand below it.")
            if is_used(self._db, list_id):
                raise refused(3160, value=list_id, reason="It is in use.")
            self._remove(element)
            return element

    def merge(self, list_id: str, *, to: str) -> ListElement:
        """Merge one element into another of its kind: all that referred to it refers to the other. No way back."""
        with self._company.transaction():
            source, target = self.get(list_id), self.get(to)
            if source.kind != target.kind or source.kind not in MERGEABLE or to in self.family(list_id):
                raise refused(3177, value=list_id)
            if "SpecialAccountType" in source.details or source["AccountType"] != target["AccountType"]:
                raise refused(3177, value=list_id)
            tree = self._tree(KINDS[source.kind])
            for child in self.below(list_id):
                tree.move(tree.row(child.list_id), name=child.name, parent=to)
                tree.touch(child.list_id, now=self._company.now())
            move_uses(self._db, list_id, to=to)
            self._remove(source)
            tree.touch(to, now=self._company.now())
            return self.get(to)

    # -- inside ----------------------------------------------------------------------------------------------

    def resolver(self, field: str) -> Resolve:
        """Return the function that turns what a field of `field` refers to into a ListID."""
        return lambda tag, value: self.list_id(tag, value, field=field)

    def _get(self, list_id: str) -> ListElement | None:
        row = self._db.execute("SELECT * FROM elements WHERE list_id = ?", (list_id,)).fetchone()
        return None if row is None else self._element(row)

    def _check_parent(self, kind: str, parent: str | None) -> None:
        """An element stands below one of its own kind, where its list has levels at all."""
        if parent is None:
            return
        above = self._get(parent)
        if above is None or above.kind != kind or not KINDS[kind].has_levels:
            raise refused(3130, value=parent if above is None else above.full_name, field=KINDS[kind].space)

    def _tree(self, kind: ListKind) -> Tree:
        return Tree(
            self._db,
            "elements",
            kind.space,
            kind.max_name,
            kind.max_full_name,
            lambda full_name, except_for: self._company.name_taken(kind.space, full_name, except_for=except_for),
            space=kind.space,
        )

    def _remove(self, element: ListElement) -> None:
        created_at = self._db.execute(
            "SELECT created_at FROM elements WHERE list_id = ?", (element.list_id,)
        ).fetchone()[0]
        self._db.execute("DELETE FROM elements WHERE list_id = ?", (element.list_id,))
        self._db.execute("DELETE FROM data_ext WHERE object_id = ?", (element.list_id,))
        self._company.note_deleted(element.kind, element.list_id, full_name=element.full_name, created_at=created_at)

    def _element(self, row: sqlite3.Row) -> ListElement:
        return ListElement(
            list_id=row["list_id"],
            kind=row["kind"],
            name=row["name"],
            full_name=row["full_name"],
            parent_id=row["parent_id"],
            sublevel=row["sublevel"],
            is_active=bool(row["is_active"]),
            edit_sequence=str(row["edit_sequence"]),
            time_created=self._company.time_text(row["created_at"]),
            time_modified=self._company.time_text(row["modified_at"]),
            details=json.loads(row["details"]),
        )


def _json(details: Mapping[str, Any]) -> str:
    return json.dumps({tag: value for tag, value in details.items() if value is not None}, ensure_ascii=False)
