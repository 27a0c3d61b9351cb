"""Random sequences of what people do in QuickBooks keep the company file consistent."""

import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from qbsim.company import CompanyError
from qbsim.references import dangling
from qbsim.transactions.invoices import line
from support.company_files import contents, make_company

names = st.sampled_from(["Elm", "elm", "Oak", "Ash", "Émile", "ÉMILE", "Gym", "Gym 2"])
picks = st.integers(min_value=0, max_value=30)
amounts = st.integers(min_value=-5000, max_value=5000)
shares = st.integers(min_value=0, max_value=7000)
ITEMS = ["Repair", "Extinguisher Recharge", "Contract Discount", "Subtotal", "Trip Charge", "Oven", "Hood"]
items = st.lists(st.sampled_from(ITEMS), max_size=4)


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
            before = self.company.customer(list_id)
            after = self.company.set_active(list_id, active=active)
            assert after.is_active == active
            assert (int(after.edit_sequence) > int(before.edit_sequence)) == (before.is_active != active)

    @rule(one=picks)
    def delete(self, one: int) -> None:
        list_id = self.pick(one)
        if list_id:
            self.try_(lambda: self.company.delete_customer(list_id))
            self.nothing_dangles()

    @rule(one=picks, other=picks)
    def merge(self, one: int, other: int) -> None:
        from_, to = self.pick(one), self.pick(other)
        if from_ and to:
            self.try_(lambda: self.company.merge_customers(from_, to=to))
            self.nothing_dangles()

    @rule(seconds=st.integers(min_value=0, max_value=100))
    def wait(self, seconds: int) -> None:
        self.clock.move(seconds)

    def change(self, list_id: str, action: object) -> None:
        before = int(self.company.customer(list_id).edit_sequence)
        if self.try_(action):
            assert int(self.company.customer(list_id).edit_sequence) > before

    def try_(self, action: object) -> bool:
        before = contents(self.company)
        try:
            action()
        except CompanyError:
            assert contents(self.company) == before, "a refusal changes nothing"
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

    def nothing_dangles(self) -> None:
        """Reads all references there are, so only where something vanished, and at the end."""
        assert dangling(self.company.db) == []

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
            self.nothing_dangles()
            self.company.close()
            self.folder.cleanup()


class Books(CompanyFile):
    """The same people invoice and take payments, and change both and the items that they sell."""

    @initialize()
    def begin(self) -> None:
        super().begin()
        self.known_transactions: set[str] = set()
        elm = self.company.add_customer("Elm")
        gym = self.company.add_customer("Gym", parent=elm.list_id)
        for customer in (elm, gym):
            self.company.invoices.add(customer.list_id, lines=[line("Trip Charge")])

    def one_of(self, records: list, number: int) -> str | None:
        return records[number % len(records)].txn_id if records else None

    def touching(self, room: object, txn_id: str, action: object) -> None:
        """Do something with a transaction; unless it is refused, its EditSequence moves."""
        before = int(room.get(txn_id).edit_sequence)
        if self.try_(action):
            assert int(room.get(txn_id).edit_sequence) > before

    # -- items ---------------------------------------------------------------------------------------------------

    @rule(name=st.sampled_from(["Oven", "Hood"]), price=shares)
    def add_item(self, name: str, price: int) -> None:
        sold = {"Price": f"{price / 100:.2f}", "AccountRef": "Service Income"}
        self.try_(lambda: self.company.lists.add("ItemService", name, sales_tax_code="Tax", sales_or_purchase=sold))

    @rule(name=st.sampled_from(["Oven", "Hood"]))
    def delete_item(self, name: str) -> None:
        found = self.company.lists.find("ItemService", name)
        if found:
            self.try_(lambda: self.company.lists.delete(found.list_id))
            self.nothing_dangles()

    @rule()
    def merge_items(self) -> None:
        oven, hood = (self.company.lists.find("ItemService", name) for name in ("Oven", "Hood"))
        if oven and hood:
            self.try_(lambda: self.company.lists.merge(oven.list_id, to=hood.list_id))
            self.nothing_dangles()

    # -- invoices ------------------------------------------------------------------------------------------------

    @rule(customer=picks, sold=items, quantity=st.integers(1, 9), pending=st.booleans())
    def invoice(self, customer: int, sold: list[str], quantity: int, pending: bool) -> None:
        list_id = self.pick(customer)
        if list_id:
            lines = [line(item, **({} if item == "Subtotal" else {"quantity": quantity})) for item in sold]
            self.try_(lambda: self.company.invoices.add(list_id, lines=lines, is_pending=pending))

    @rule(one=picks, kept=st.lists(st.booleans(), max_size=4), more=items, pending=st.booleans())
    def edit_invoice(self, one: int, kept: list[bool], more: list[str], pending: bool) -> None:
        room = self.company.invoices
        txn_id = self.one_of(room.all(), one)
        if txn_id:
            there = zip(room.get(txn_id).lines, kept, strict=False)
            lines = [line(line_id=each.line_id) for each, stays in there if stays] + [line(item) for item in more]
            self.touching(room, txn_id, lambda: room.edit(txn_id, lines=lines, is_pending=pending))

    @rule(one=picks, to=picks)
    def give_invoice_to_another(self, one: int, to: int) -> None:
        room = self.company.invoices
        txn_id, list_id = self.one_of(room.all(), one), self.pick(to)
        if txn_id and list_id:
            self.touching(room, txn_id, lambda: room.edit(txn_id, customer=list_id))

    @rule(one=picks)
    def void_invoice(self, one: int) -> None:
        room = self.company.invoices
        txn_id = self.one_of(room.all(), one)
        if txn_id:
            self.touching(room, txn_id, lambda: room.void(txn_id))

    @rule(one=picks)
    def delete_invoice(self, one: int) -> None:
        txn_id = self.one_of(self.company.invoices.all(), one)
        if txn_id:
            self.try_(lambda: self.company.invoices.delete(txn_id))

    # -- payments ------------------------------------------------------------------------------------------------

    @rule(customer=picks, amount=shares)
    def take_payment(self, customer: int, amount: int) -> None:
        list_id = self.pick(customer)
        if list_id:
            self.try_(lambda: self.company.payments.add(list_id, f"{amount / 100:.2f}"))

    @rule(customer=picks, amount=shares, one=picks, share=shares)
    def take_payment_for(self, customer: int, amount: int, one: int, share: int) -> None:
        list_id, invoice = self.pick(customer), self.one_of(self.company.invoices.all(), one)
        if list_id and invoice:
            pays = {invoice: f"{share / 100:.2f}"}
            self.try_(lambda: self.company.payments.add(list_id, f"{amount / 100:.2f}", pays=pays))

    @rule(one=picks, amount=shares, invoices=st.lists(picks, max_size=2), share=shares)
    def edit_payment(self, one: int, amount: int, invoices: list[int], share: int) -> None:
        room = self.company.payments
        txn_id = self.one_of(room.all(), one)
        paid = [self.one_of(self.company.invoices.all(), each) for each in invoices]
        if txn_id and all(paid):
            pays = dict.fromkeys(paid, f"{share / 100:.2f}")
            self.touching(room, txn_id, lambda: room.edit(txn_id, amount=f"{amount / 100:.2f}", pays=pays))

    @rule(one=picks)
    def delete_payment(self, one: int) -> None:
        txn_id = self.one_of(self.company.payments.all(), one)
        if txn_id:
            self.try_(lambda: self.company.payments.delete(txn_id))

    # -- what always holds ---------------------------------------------------------------------------------------

    @invariant()
    def balances_are_what_is_open(self) -> None:
        invoices, payments = self.company.invoices.all(), self.company.payments.all()
        for customer in self.company.customers():
            owed = sum(
                each.open_cents for each in invoices if each.customer_id == customer.list_id and not each.is_pending
            )
            unused = sum(each.unused_cents for each in payments if each.customer_id == customer.list_id)
            assert customer.balance_cents == owed - unused

    @invariant()
    def what_is_applied_is_applied_on_both_sides(self) -> None:
        applied = [each for payment in self.company.payments.all() for each in payment.applications]
        for invoice in self.company.invoices.all():
            on_it = [each.total_cents for each in applied if each.invoice_id == invoice.txn_id]
            assert sum(on_it) == invoice.applied_cents
            assert invoice.applied_cents + invoice.open_cents == invoice.total_cents >= 0
            assert not (on_it and invoice.is_pending)
        for payment in self.company.payments.all():
            assert payment.total_cents - payment.unused_cents == sum(each.paid_cents for each in payment.applications)
            assert payment.unused_cents >= 0

    @invariant()
    def lines_add_up(self) -> None:
        for invoice in self.company.invoices.all():
            lines = (each.amount_cents or 0 for each in invoice.lines if not each.details.get("IsSubtotal"))
            assert sum(lines) == invoice.subtotal_cents

    @invariant()
    def feed_explains_every_vanished_transaction(self) -> None:
        rooms = (self.company.invoices, self.company.payments)
        there = {each.txn_id for room in rooms for each in room.all()}
        gone = {each.txn_id for room in rooms for each in room.deleted()}
        assert self.known_transactions - there == self.known_transactions & gone
        assert not there & gone
        self.known_transactions |= there


Books.TestCase.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)
test_random_sequences_keep_the_company_file_consistent = Books.TestCase
