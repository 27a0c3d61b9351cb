"""Random sequences of what people do with lists keep the company file consistent."""

import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from qbsim.company import CompanyError
from qbsim.references import dangling
from support.company_files import make_company

KINDS = ("Class", "ItemService", "Account", "StandardTerms", "Vendor")
kinds = st.sampled_from(KINDS)
names = st.sampled_from(["Elm", "elm", "Oak", "Émile", "ÉMILE", "Gym", "Inspections", "Net 15"])
picks = st.integers(min_value=0, max_value=60)


class ListsOfABook(RuleBasedStateMachine):
    """A person adds, renames, moves, hides, merges and deletes in lists, and customers refer to what is there."""

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.company, self.clock = make_company(Path(self.folder.name))
        self.known = {row["list_id"]: row["kind"] for row in self.rows("elements")}

    def rows(self, table: str) -> list[dict[str, object]]:
        return [dict(row) for row in self.company.db.execute(f"SELECT * FROM {table}")]

    def pick(self, kind: str, number: int) -> str | None:
        ids = [element.list_id for element in self.company.lists.all(kind)]
        return ids[number % len(ids)] if ids else None

    @rule(kind=kinds, name=names, parent=st.none() | picks)
    def add(self, kind: str, name: str, parent: int | None) -> None:
        above = None if parent is None else self.pick(kind, parent)
        self.try_(lambda: self.company.lists.add(kind, name, parent=above))

    @rule(name=names, terms=picks, class_=picks)
    def add_customer(self, name: str, terms: int, class_: int) -> None:
        references = {"terms": self.pick("StandardTerms", terms), "class": self.pick("Class", class_)}
        self.try_(lambda: self.company.add_customer(name, **references))

    @rule(kind=kinds, one=picks, name=names)
    def rename(self, kind: str, one: int, name: str) -> None:
        self.change(self.pick(kind, one), lambda list_id: self.company.lists.edit(list_id, name=name))

    @rule(kind=kinds, one=picks, to=st.none() | picks)
    def move(self, kind: str, one: int, to: int | None) -> None:
        parent = None if to is None else self.pick(kind, to)
        self.change(self.pick(kind, one), lambda list_id: self.company.lists.edit(list_id, parent=parent))

    @rule(kind=kinds, one=picks, active=st.booleans())
    def hide_or_show(self, kind: str, one: int, active: bool) -> None:
        list_id = self.pick(kind, one)
        if list_id:
            before = self.company.lists.get(list_id)
            after = self.company.lists.set_active(list_id, active=active)
            assert after.is_active == active
            assert (int(after.edit_sequence) > int(before.edit_sequence)) == (before.is_active != active)

    @rule(kind=kinds, one=picks)
    def delete(self, kind: str, one: int) -> None:
        list_id = self.pick(kind, one)
        if list_id:
            self.try_(lambda: self.company.lists.delete(list_id))

    @rule(kind=kinds, one=picks, other=picks)
    def merge(self, kind: str, one: int, other: int) -> None:
        from_, to = self.pick(kind, one), self.pick(kind, other)
        if from_ and to:
            self.try_(lambda: self.company.lists.merge(from_, to=to))

    @rule(seconds=st.integers(min_value=0, max_value=100))
    def wait(self, seconds: int) -> None:
        self.clock.move(seconds)

    def change(self, list_id: str | None, action: object) -> None:
        if list_id is None:
            return
        before = int(self.company.lists.get(list_id).edit_sequence)
        if self.try_(lambda: action(list_id)):
            assert int(self.company.lists.get(list_id).edit_sequence) > before

    def try_(self, action: object) -> bool:
        """Do it, or see it refused with a status code and nothing changed."""
        before = self.rows("elements"), self.rows("customers"), self.rows("deleted")
        try:
            action()
        except CompanyError as error:
            refusal = error
        else:
            return True
        assert refusal.code
        assert (self.rows("elements"), self.rows("customers"), self.rows("deleted")) == before
        return False

    @invariant()
    def holds_together(self) -> None:
        if not hasattr(self, "company"):
            return
        elements = {row["list_id"]: row for row in self.rows("elements")}
        assert dangling(self.company.db) == []
        for row in elements.values():
            above = elements.get(row["parent_id"])
            assert row["full_name"] == (f"{above['full_name']}:{row['name']}" if above else row["name"])
            assert row["sublevel"] == (above["sublevel"] + 1 if above else 0)
            assert above is None or above["kind"] == row["kind"]
            assert above is None or above["is_active"] or not row["is_active"]
        vendors = {row["path_key"] for row in elements.values() if row["space"] == "Entity"}
        assert not vendors & {row["path_key"] for row in self.rows("customers")}
        gone = {row["list_id"] for row in self.rows("deleted")}
        assert self.known.keys() - elements.keys() <= gone
        assert not gone & elements.keys()
        self.known |= {list_id: row["kind"] for list_id, row in elements.items()}

    def teardown(self) -> None:
        if hasattr(self, "company"):
            self.company.close()
            self.folder.cleanup()


TestListsOfABook = ListsOfABook.TestCase
TestListsOfABook.settings = settings(max_examples=12, stateful_step_count=25, deadline=None)
