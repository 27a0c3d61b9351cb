"""Random sequences of what people do in QuickBooks keep the company file consistent."""

import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from qbsim.company import CompanyError
from support.company_files import make_company

names = st.sampled_from(["Elm", "elm", "Oak", "Ash", "Émile", "ÉMILE", "Gym", "Gym 2"])
picks = st.integers(min_value=0, max_value=30)
amounts = st.integers(min_value=-5000, max_value=5000)


class CompanyFile(RuleBasedStateMachine):
    """A person adds, edits, moves, merges and deletes; QuickBooks refuses what would break the books."""

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.company, self.clock = make_company(Path(self.folder.name))
        self.known: set[str] = set()
        self.sequences: dict[str, int] = {}

    def pick(self, number: int) -> str | None:
        ids = [customer.list_id for customer in self.company.customers()]
        return ids[number % len(ids)] if ids else None

    @rule(name=names, parent=st.none() | picks, balance=amounts)
    def add(self, name: str, parent: int | None, balance: int) -> None:
        above = None if parent is None else self.pick(parent)
        self.try_(lambda: self.company.add_customer(name, parent=above, balance=f"{balance / 100:.2f}"))

    @rule(one=picks, name=names)
    def rename(self, one: int, name: str) -> None:
        list_id = self.pick(one)
        if list_id:
            self.change(list_id, lambda: self.company.edit_customer(list_id, name=name))

    @rule(one=picks, to=st.none() | picks)
    def move(self, one: int, to: int | None) -> None:
        list_id = self.pick(one)
        if list_id:
            parent = None if to is None else self.pick(to)
            self.change(list_id, lambda: self.company.edit_customer(list_id, parent=parent))

    @rule(one=picks, balance=amounts)
    def edit(self, one: int, balance: int) -> None:
        list_id = self.pick(one)
        if list_id:
            self.change(list_id, lambda: self.company.edit_customer(list_id, balance=f"{balance / 100:.2f}"))

    @rule(one=picks, active=st.booleans())
    def hide_or_show(self, one: int, active: bool) -> None:
        list_id = self.pick(one)
        if list_id:
            self.company.set_active(list_id, active=active)

    @rule(one=picks)
    def delete(self, one: int) -> None:
        list_id = self.pick(one)
        if list_id:
            self.try_(lambda: self.company.delete_customer(list_id))

    @rule(one=picks, other=picks)
    def merge(self, one: int, other: int) -> None:
        from_, to = self.pick(one), self.pick(other)
        if from_ and to:
            self.try_(lambda: self.company.merge_customers(from_, to=to))

    @rule(seconds=st.integers(min_value=0, max_value=100))
    def wait(self, seconds: int) -> None:
        self.clock.move(seconds)

    def change(self, list_id: str, action: object) -> None:
        before = int(self.company.customer(list_id).edit_sequence)
        if self.try_(action):
            assert int(self.company.customer(list_id).edit_sequence) > before

    def try_(self, action: object) -> bool:
        before = list(self.company.customers())
        try:
            action()
        except CompanyError:
            assert list(self.company.customers()) == before, "a refusal changes nothing"
            return False
        return True

    @invariant()
    def tree_is_whole(self) -> None:
        customers = {customer.list_id: customer for customer in self.company.customers()}
        for customer in customers.values():
            above = customers.get(customer.parent_id) if customer.parent_id else None
            assert (above is None) == (customer.parent_id is None), "no dangling reference"
            path = f"{above.full_name}:{customer.name}" if above else customer.name
            assert customer.full_name == path
            assert customer.sublevel == path.count(":") < 5
            assert customer.is_active <= (above is None or above.is_active)
        paths = [customer.full_name.lower() for customer in customers.values()]
        assert len(set(paths)) == len(paths)

    @invariant()
    def balances_add_up(self) -> None:
        customers = list(self.company.customers())
        for customer in customers:
            jobs = (each for each in customers if each.parent_id == customer.list_id)
            assert customer.total_cents == customer.balance_cents + sum(job.total_cents for job in jobs)

    @invariant()
    def feed_explains_every_vanished_id(self) -> None:
        there = {customer.list_id for customer in self.company.customers()}
        gone = {deleted.list_id for deleted in self.company.deleted()}
        assert self.known - there == self.known & gone
        assert not there & gone
        self.known |= there

    def teardown(self) -> None:
        if hasattr(self, "company"):
            self.company.close()
            self.folder.cleanup()


CompanyFile.TestCase.settings = settings(max_examples=50, stateful_step_count=30)
test_random_sequences_keep_the_company_file_consistent = CompanyFile.TestCase
