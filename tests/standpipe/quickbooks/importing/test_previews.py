"""Previews that are kept, decisions on them, what changes in between, imports in one go, and undo in pieces."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.db import connections

from standpipe.accounts.actions import archive_account, edit_account
from standpipe.accounts.models import Account
from standpipe.activity.models import Activity
from standpipe.buildings.actions import edit_building
from standpipe.buildings.models import Building
from standpipe.contacts.models import Contact
from standpipe.core.addresses import Address
from standpipe.core.errors import UserError
from standpipe.quickbooks.importing import actions, drafts, queries, undo
from standpipe.quickbooks.importing.actions import import_anyway, import_customers, link_instead, undo_import
from standpipe.quickbooks.importing.batch_queries import batches_of, find_batch, sentence_of_batch, state_counts
from standpipe.quickbooks.importing.drafts import decide, draft_import, import_draft, work_out
from standpipe.quickbooks.importing.finishing import finish_all, unfinished
from standpipe.quickbooks.importing.models import ImportBatch
from standpipe.quickbooks.importing.together import bill_together, like_of, offer_of
from standpipe.quickbooks.importing.undo import continue_undo
from standpipe.quickbooks.linking.actions import link_customer
from standpipe.quickbooks.linking.models import Link
from standpipe.quickbooks.linking.queries import live_link
from standpipe.quickbooks.lists.models import Customer
from standpipe.quickbooks.matching.models import Rejection
from support.quickbooks_worlds import make_connection, make_customer, make_customers, mark_list_whole
from support.records import everything
from support.worlds import ELM_STREET, OAK_STREET, make_account, make_building, make_member, make_organization

pytestmark = pytest.mark.django_db


@pytest.fixture
def organization():
    return make_organization()


@pytest.fixture
def alice(organization):
    return make_member(organization)


@pytest.fixture
def books(organization):
    connection = make_connection(organization)
    mark_list_whole(connection)
    return connection


@pytest.fixture
def school(books) -> list[Customer]:
    """A customer and two jobs."""
    elm = make_customer(books, name="Elm", bill=ELM_STREET)
    return [elm, *(make_customer(books, name=name, parent=elm, bill=ELM_STREET) for name in ("Gym", "Library"))]


def outcomes(batch: ImportBatch) -> dict[str, str]:
    return {row.full_name: row.outcome for row in batch.records.all()}


def ids(customers: list[Customer]) -> list[str]:
    return [customer.list_id for customer in customers]


# What is kept of a preview


def test_a_preview_is_no_import_until_somebody_presses(books, school, alice) -> None:
    before = everything()
    draft = draft_import(books, target="both", list_ids=ids(school[:1]), by=alice)
    assert everything() == before
    assert not batches_of(books.organization).exists()
    with pytest.raises(ImportBatch.DoesNotExist):
        find_batch(books.organization, draft.id)
    assert not Activity.objects.filter(verb="customers.imported").exists()
    assert not unfinished().exists()
    assert outcomes(draft) == {"Elm": "created", "Elm:Gym": "created", "Elm:Library": "created"}
    import_draft(draft, by=alice)
    import_draft(ImportBatch.objects.get(), by=alice)  # a double click
    assert batches_of(books.organization).get() == draft
    assert (Account.objects.count(), Building.objects.count()) == (1, 2)
    assert Activity.objects.filter(verb="customers.imported").count() == 1


def test_a_customer_and_its_jobs_come_in_one_go_and_the_sentence_holds(books, school, alice) -> None:
    """Pain 3."""
    said = "1 account, 2 buildings; invoices of these 2 will go to their own jobs under “Elm”."
    assert actions.preview_import(books, target="both", list_ids=ids(school[1:]))["sentence"] == said
    batch = import_customers(
        books, target="both", list_ids=ids(school[1:]), by=alice
    )  # the jobs bring their customer
    assert sentence_of_batch(batch) == said
    account = Account.objects.get()
    assert {building.account for building in Building.objects.all()} == {account}
    assert live_link(account).list_id == school[0].list_id
    assert undo_import(batch, by=alice).removed == 3
    assert not Account.objects.exists()


def test_jobs_come_to_the_account_that_their_customer_is_already(books, school, alice) -> None:
    district = make_account(books.organization, name="School District")
    link_customer(district, connection=books, list_id=school[0].list_id, by=alice)
    preview = actions.preview_import(books, target="both", list_ids=ids(school))
    assert preview["sentence"].startswith("1 account that is here, 2 buildings; ")
    assert {one["record"]["account_id"] for one in preview["records"]} == {str(district.id)}
    import_customers(books, target="both", list_ids=ids(school), by=alice)
    assert {building.account for building in Building.objects.all()} == {district}


def test_a_customer_is_attached_to_an_account_that_was_chosen(books, school, alice) -> None:
    district = make_account(books.organization, name="School District")
    draft = draft_import(books, target="both", list_ids=ids(school), by=alice)
    decide(draft, list_id=school[0].list_id, act="link", use_id=district.id)
    assert outcomes(draft)["Elm"] == "linked"
    batch = import_draft(draft, by=alice)
    assert live_link(district).origin == "linked"
    assert {building.account for building in Building.objects.all()} == {district}
    before = state_counts([batch])[batch.pk]
    assert (before["created"], before["linked"]) == (2, 1)
    undo_import(batch, by=alice)
    assert live_link(district) is None
    assert Account.objects.get() == district
    after = state_counts([batch])[batch.pk]
    assert (after["removed"], after["unlinked"], after["created"]) == (2, 1, 0)


def test_buildings_wait_for_the_decision_about_their_account(books, school, alice) -> None:
    like = make_account(books.organization, name="ELM")
    batch = import_draft(draft_import(books, target="both", list_ids=ids(school), by=alice), by=alice)
    assert outcomes(batch) == {"Elm": "held", "Elm:Gym": "held", "Elm:Library": "held"}
    link_instead(batch, list_id=school[0].list_id, by=alice)
    assert outcomes(batch) == {"Elm": "linked", "Elm:Gym": "created", "Elm:Library": "created"}
    assert {building.account for building in Building.objects.all()} == {like}


def test_what_is_held_goes_on_with_another_account_too(books, school, alice) -> None:
    make_account(books.organization, name="ELM")
    batch = import_customers(books, target="both", filters={}, by=alice)
    import_anyway(batch, list_ids=[school[0].list_id], by=alice)
    assert set(outcomes(batch).values()) == {"created"}
    assert Building.objects.filter(account__name="Elm").count() == 2


def test_jobs_of_a_customer_that_is_left_out_stand_alone(books, school, alice) -> None:
    draft = draft_import(books, target="both", list_ids=ids(school), by=alice)
    decide(draft, list_id=school[0].list_id, act="leave")
    import_draft(draft, by=alice)
    assert not Account.objects.exists()
    assert list(Building.objects.values_list("account", flat=True)) == [None, None]


def test_look_alikes_are_decided_on_beforehand(books, alice) -> None:
    """Ideas 3 and 4: link it, make another, leave it out."""
    customers = [make_customer(books, name=name) for name in ("Ash", "Birch", "Cedar", "Dogwood")]
    here = {name: make_building(books.organization, name=name) for name in ("ASH", "Birch", "CEDAR", "dogwood")}
    draft = draft_import(books, target="buildings", list_ids=ids(customers), by=alice)
    assert set(outcomes(draft).values()) == {"held"}
    for customer, act in zip(customers, ("link", "create", "leave"), strict=False):
        decide(draft, list_id=customer.list_id, act=act)
    decided = {"Ash": "linked", "Birch": "created", "Cedar": "skipped", "Dogwood": "held"}
    assert outcomes(draft) == decided
    batch = import_draft(draft, by=alice)
    assert outcomes(batch) == decided
    assert live_link(here["ASH"]).list_id == customers[0].list_id
    assert Building.objects.filter(name_key="birch").count() == 2


def test_two_customers_do_not_take_one_record_from_each_other(books, alice) -> None:
    here = make_building(books.organization, name="Elm")
    customers = [make_customer(books, name=name) for name in ("Elm", "ELM")]
    draft = draft_import(books, target="buildings", list_ids=ids(customers), by=alice)
    decide(draft, list_id=None, act="link")
    assert sorted(outcomes(draft).values()) == ["held", "linked"]
    import_draft(draft, by=alice)
    assert Link.objects.filter(building=here, ended_at=None).count() == Link.objects.count() == 1


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_one_after_the_other_they_are_told_which_of_them_gets_the_record(books, alice, order) -> None:
    """Whoever is decided first: the import takes them in the order of the preview, and holds the other back."""
    make_building(books.organization, name="Elm")
    customers = [make_customer(books, name=name) for name in ("Elm", "ELM")]
    draft = draft_import(books, target="buildings", list_ids=ids(customers), by=alice)
    for at in order:
        decide(draft, list_id=customers[at].list_id, act="link")
    assert outcomes(draft) == {"Elm": "linked", "ELM": "held"}
    assert draft.records.get(outcome="held").reason["code"] == "choice_taken"
    decide(draft, list_id=customers[0].list_id, act="")
    assert outcomes(draft) == {"Elm": "held", "ELM": "linked"}
    decide(draft, list_id=customers[0].list_id, act="link")
    assert outcomes(import_draft(draft, by=alice)) == {"Elm": "linked", "ELM": "held"}


def test_of_two_that_were_said_to_be_different_nothing_is_asked_again(books, alice) -> None:
    here = make_building(books.organization, name="Elm")
    customer = make_customer(books, name="Elm")
    pair = Rejection(connection=books, organization=books.organization, target="buildings", rejected_by=alice)
    pair.suggestion_id, pair.record_id, pair.list_id = uuid4(), here.id, customer.list_id
    pair.save()
    draft = draft_import(books, target="buildings", list_ids=[customer.list_id], by=alice)
    assert outcomes(draft) == {"Elm": "created"}
    pair.delete()
    draft = draft_import(books, target="buildings", list_ids=[customer.list_id], by=alice)
    assert outcomes(draft) == {"Elm": "held"}


def test_a_decision_can_be_taken_back(books, alice) -> None:
    customer = make_customer(books, name="Elm")
    draft = draft_import(books, target="buildings", list_ids=[customer.list_id], by=alice)
    decide(draft, list_id=customer.list_id, act="leave")
    assert outcomes(draft) == {"Elm": "skipped"}
    decide(draft, list_id=customer.list_id, act="")
    assert outcomes(draft) == {"Elm": "created"}
    import_draft(draft, by=alice)
    with pytest.raises(UserError, match="has been imported"):
        decide(draft, list_id=customer.list_id, act="leave")


# A list, or a world, that changes in between


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("name", {"company_name": "Elm Trust"}),
        ("billing_address", {"details": {"bill": OAK_STREET.to_json()}}),
        ("contacts", {"details": {"contact": "Jane", "email": "jane@elm.example"}}),
    ],
)
def test_what_changed_since_the_preview_is_shown_and_the_person_decides(books, alice, field, change) -> None:
    customer = make_customer(books, name="Elm")
    same = make_customer(books, name="Oak")
    draft = draft_import(books, target="buildings", list_ids=[customer.list_id, same.list_id], by=alice)
    Customer.objects.filter(pk=customer.pk).update(**change)
    batch = import_draft(draft, by=alice)
    assert outcomes(batch) == {"Elm": "held", "Oak": "created"}
    reason = batch.records.get(outcome="held").reason
    assert reason["code"] == "changed_since_preview"
    assert field in {one["field"] for one in reason["changes"]}
    assert Building.objects.get().name == "Oak"
    import_anyway(batch, list_ids=[customer.list_id], by=alice)
    assert set(outcomes(batch).values()) == {"created"}


def test_what_is_shown_as_the_difference_is_what_comes_or_it_is_shown_again(books, alice) -> None:
    customer = make_customer(books, name="Elm")
    draft = draft_import(books, target="accounts", list_ids=[customer.list_id], by=alice)
    for name in ("First", "Second"):
        Customer.objects.filter(pk=customer.pk).update(company_name=name)
        batch = import_draft(draft, by=alice)
        import_anyway(batch, by=alice) if name == "Second" else None
        assert outcomes(batch) == {"Elm": "held"}
    assert batch.records.get().reason["changes"] == [{"field": "name", "was": "First", "now": "Second"}]
    import_anyway(batch, by=alice)
    assert Account.objects.get().name == "Second"


def test_what_was_left_out_in_the_preview_is_not_made_because_it_has_become_free(books, alice) -> None:
    customer = make_customer(books, name="Elm")
    first = import_customers(books, target="accounts", list_ids=[customer.list_id], by=alice)
    draft = draft_import(books, target="accounts", list_ids=[customer.list_id], by=alice)
    assert outcomes(draft) == {"Elm": "skipped"}
    undo_import(first, by=alice)
    batch = import_draft(draft, by=alice)
    assert outcomes(batch) == {"Elm": "held"}
    assert not Account.objects.exists()


@pytest.mark.parametrize("target", ["accounts", "both"])
def test_what_was_left_to_decide_is_not_made_because_it_looks_like_nothing_any_more(books, alice, target) -> None:
    """A colleague links the look-alike to another customer before the press."""
    customer, other = make_customer(books, name="Elm"), make_customer(books, name="Oak")
    job = make_customer(books, name="Gym", parent=customer)
    here = make_account(books.organization, name="Elm")
    wanted = ids([customer, job] if target == "both" else [customer])
    draft = draft_import(books, target=target, list_ids=wanted, by=alice)
    assert set(outcomes(draft).values()) == {"held"}
    link_customer(here, connection=books, list_id=other.list_id, by=None)
    batch = import_draft(draft, by=alice)
    assert set(outcomes(batch).values()) == {"held"}
    assert list(Account.objects.all()) == [here]
    assert not Building.objects.exists()
    reason = batch.records.get(list_id=customer.list_id).reason
    assert reason["code"] == "changed_since_preview"
    assert reason["changes"] == [
        {"field": "outcome", "was": "Looks like Elm (same name).", "now": "It would be created."}
    ]
    import_anyway(batch, by=alice)
    assert set(outcomes(batch).values()) == {"created"}


def test_what_was_decided_in_the_preview_is_made_although_the_look_alike_is_linked_by_then(books, alice) -> None:
    customer, other = make_customer(books, name="Elm"), make_customer(books, name="Oak")
    here = make_account(books.organization, name="Elm")
    draft = draft_import(books, target="accounts", list_ids=[customer.list_id], by=alice)
    decide(draft, list_id=customer.list_id, act="create")
    link_customer(here, connection=books, list_id=other.list_id, by=None)
    assert outcomes(import_draft(draft, by=alice)) == {"Elm": "created"}


def test_a_colleague_was_quicker(books, alice) -> None:
    customer = make_customer(books, name="Elm")
    draft = draft_import(books, target="accounts", list_ids=[customer.list_id], by=alice)
    import_customers(books, target="accounts", list_ids=[customer.list_id], by=None)
    batch = import_draft(draft, by=alice)
    assert outcomes(batch) == {"Elm": "skipped"}
    assert "already" in batch.records.get().reason["text"]


def test_a_record_that_was_chosen_and_is_gone_by_then_is_asked_about_again(books, alice) -> None:
    customer = make_customer(books, name="Elm")
    here = make_account(books.organization, name="Elm")
    draft = draft_import(books, target="accounts", list_ids=[customer.list_id], by=alice)
    decide(draft, list_id=customer.list_id, act="link")
    archive_account(here, by=alice)
    batch = import_draft(draft, by=alice)
    assert batch.records.get().reason["code"] == "choice_gone"


# Thousands, and interruptions


def test_a_long_preview_goes_on_where_it_stopped_and_never_inside_a_tree(books, alice, monkeypatch) -> None:
    monkeypatch.setattr(drafts, "CHUNK", 2)
    make_customers(books, count=3, jobs_each=2)
    draft = draft_import(books, target="buildings", filters={}, by=alice, seconds=0)
    waiting = draft.records.filter(outcome="waiting").count()
    assert 0 < waiting < 9
    assert waiting % 3 == 0
    assert work_out(draft)
    assert not draft.records.filter(outcome="waiting").exists()


def test_a_decision_about_all_goes_on_where_it_stopped(books, alice, monkeypatch) -> None:
    monkeypatch.setattr(drafts, "CHUNK", 2)
    customers = make_customers(books, count=5)
    for customer in customers:
        make_account(books.organization, name=customer.name)
    draft = draft_import(books, target="accounts", list_ids=ids(customers), by=alice)
    assert set(outcomes(draft).values()) == {"held"}
    decide(draft, list_id=None, act="create", seconds=0)
    assert sorted(outcomes(draft).values()) == ["created", "created", "waiting", "waiting", "waiting"]
    assert work_out(draft)
    assert set(outcomes(draft).values()) == {"created"}


def test_what_is_imported_anyway_goes_in_pieces(books, alice, monkeypatch) -> None:
    monkeypatch.setattr(queries, "CHUNK", 2)
    customers = make_customers(books, count=3)
    for customer in customers:
        make_account(books.organization, name=customer.name)
    batch = import_customers(books, target="accounts", list_ids=ids(customers), by=alice)
    assert not import_anyway(batch, by=alice, seconds=0)
    assert sorted(outcomes(batch).values()) == ["created", "created", "held"]
    assert import_anyway(batch, by=alice, seconds=0)
    assert set(outcomes(batch).values()) == {"created"}


def test_an_undo_goes_in_pieces_and_is_told_once(books, alice, monkeypatch) -> None:
    monkeypatch.setattr(undo, "CHUNK", 2)
    before = everything()
    make_customers(books, count=3, jobs_each=1)
    batch = import_customers(books, target="both", filters={}, by=alice)
    undo_import(batch, by=alice, seconds=0)
    assert Building.objects.count() == 1  # buildings go before the accounts that they stand at
    assert Account.objects.count() == 3
    assert list(unfinished()) == [batch]
    assert finish_all() == 1
    assert continue_undo(batch)
    assert everything() == before
    assert Activity.objects.filter(verb="import.undone").count() == 1
    assert not unfinished().exists()


def test_an_interrupted_import_is_finished_at_the_next_start(books, alice, monkeypatch) -> None:
    monkeypatch.setattr(actions, "CHUNK", 2)
    make_customers(books, count=5)
    batch = import_customers(books, target="buildings", filters={}, by=alice, seconds=0)
    assert Building.objects.count() == Link.objects.count() == 2
    assert finish_all() == 1
    assert outcomes(batch).keys() == set(Customer.objects.values_list("full_name", flat=True))
    assert Building.objects.count() == Link.objects.count() == 5


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", ["import", "undo"])
def test_two_at_once_do_the_same_thing_once(organization, alice, what) -> None:
    """Two presses on one preview, and two undos, in two threads."""
    books = make_connection(organization)
    customers = make_customers(books, count=8, jobs_each=2)
    draft = draft_import(books, target="both", list_ids=ids(customers), by=alice)
    if what == "undo":
        import_draft(draft, by=alice)
    together = threading.Barrier(2)

    def press(_: int) -> None:
        mine = ImportBatch.objects.get(pk=draft.pk)
        together.wait()
        try:
            import_draft(mine, by=alice) if what == "import" else undo_import(mine, by=alice)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(press, range(2)))
    found = (Account.objects.count(), Building.objects.count(), Contact.objects.count(), Link.objects.count())
    assert found == ((8, 16, 8, 24) if what == "import" else (0, 0, 0, 0))
    states = state_counts([draft])[draft.pk]
    assert states == {"created" if what == "import" else "removed": 24}


# Undo


def test_undo_keeps_an_account_whose_building_was_worked_on(books, school, alice) -> None:
    batch = import_customers(books, target="both", list_ids=ids(school), by=alice)
    edit_building(Building.objects.get(name="Gym"), by=alice, name="Gymnasium")
    result = undo_import(batch, by=alice)
    assert result.removed == 1
    assert {one["reason"] for one in result.kept} == {"It has been edited since.", "It is used: it has buildings."}
    assert list(Building.objects.values_list("name", flat=True)) == ["Gymnasium"]


def test_undo_leaves_a_link_that_somebody_has_changed(books, alice) -> None:
    customer, other = make_customer(books, name="Elm"), make_customer(books, name="Oak")
    here = make_account(books.organization, name="Elm")
    batch = import_customers(books, target="accounts", list_ids=[customer.list_id], by=alice)
    draft = draft_import(books, target="accounts", list_ids=[customer.list_id], by=alice)
    assert outcomes(batch) == outcomes(draft) == {"Elm": "held"}
    link_instead(batch, list_id=customer.list_id, by=alice)
    link_customer(here, connection=books, list_id=other.list_id, by=alice)
    undo_import(batch, by=alice)
    assert batch.records.get().undo_outcome == "kept"
    assert live_link(here).list_id == other.list_id


# One customer, several buildings


def test_a_customer_of_two_buildings_can_become_their_account(books, alice) -> None:
    """Requirement 61."""
    customer = make_customer(books, name="Elm", bill=ELM_STREET)
    north, south = (make_building(books.organization, name=name) for name in ("North", "South"))
    link_customer(north, connection=books, list_id=customer.list_id, by=alice)
    assert offer_of(north) is None
    link_customer(south, connection=books, list_id=customer.list_id, by=alice)
    offer = offer_of(south)
    assert offer.sentence == "1 account, 2 buildings; invoices of these 2 will go to “Elm”."
    account = bill_together(south, by=alice)
    assert {one.account for one in Building.objects.all()} == {account}
    assert live_link(account).list_id == live_link(north).list_id == customer.list_id
    assert offer_of(Building.objects.get(name="North")) is None


def test_the_offer_on_the_page_of_a_building_compares_with_no_account(
    books, alice, django_assert_num_queries
) -> None:
    customer = make_customer(books, name="Elm")
    north, south = (make_building(books.organization, name=name) for name in ("North", "South"))
    for building in (north, south):
        link_customer(building, connection=books, list_id=customer.list_id, by=alice)
    with django_assert_num_queries(3):  # its link, the buildings of its customer, their account
        assert offer_of(south)


def test_their_account_may_be_one_that_is_here(books, alice) -> None:
    customer = make_customer(books, name="Elm")
    here = make_account(books.organization, name="ELM")
    for name in ("North", "South"):
        link_customer(
            make_building(books.organization, name=name), connection=books, list_id=customer.list_id, by=alice
        )
    building = Building.objects.get(name="North")
    assert like_of(offer_of(building)) == here
    assert bill_together(building, by=alice, use_like=True) == here
    assert live_link(here).list_id == customer.list_id
    edit_account(here, by=alice, billing_address=Address())


# Names


@pytest.mark.parametrize(
    "name",
    ["O’Neil \"Quoted\" & 'Sons' <script>", "מגדל השלום", "Fire 🔥🧯 House", "x" * 41, "a\u202eb", "Zoë—Ångström"],
)
def test_odd_names_are_stored_whole_and_previewed_whole(books, alice, name) -> None:
    customer = make_customer(books, name=name)
    draft = draft_import(books, target="both", list_ids=[customer.list_id], by=alice)
    assert draft.records.get().previewed["record"]["name"] == name
    import_draft(draft, by=alice)
    assert Account.objects.get().name == name


def test_a_name_of_blanks_only_is_told_and_makes_nothing(books, alice) -> None:
    customer = make_customer(books, name="Elm")
    Customer.objects.filter(pk=customer.pk).update(name=" \u200b ")
    draft = draft_import(books, target="accounts", list_ids=[customer.list_id], by=alice)
    assert outcomes(draft) == {"Elm": "failed"}
    import_draft(draft, by=alice)
    assert not Account.objects.exists()
