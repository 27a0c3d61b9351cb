"""Import: what is created, what is skipped or held back, once and whole, whatever happens."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core import mail
from django.db import connection as database
from django.db import connections
from django.test.utils import CaptureQueriesContext

from standpipe.accounts.models import Account
from standpipe.activity.models import Activity
from standpipe.buildings.models import Building
from standpipe.contacts.models import Contact, Place
from standpipe.core.addresses import Address
from standpipe.core.errors import UserError
from standpipe.quickbooks.importing import actions
from standpipe.quickbooks.importing.actions import (
    continue_import,
    import_anyway,
    import_customers,
    link_instead,
    preview_import,
    undo_import,
)
from standpipe.quickbooks.importing.batch_queries import batch_json
from standpipe.quickbooks.importing.models import ImportBatch, ImportRecord
from standpipe.quickbooks.linking import actions as linking
from standpipe.quickbooks.linking.actions import link_customer
from standpipe.quickbooks.linking.models import Link
from standpipe.quickbooks.lists.models import Customer
from support.quickbooks_worlds import make_connection, make_customer, make_customers, mark_list_whole
from support.worlds import OAK_STREET, make_account, make_building, make_contact, make_member, make_organization

pytestmark = pytest.mark.django_db

ELM = Address(lines=("Elm School", "12 Elm St"), city="Hartford", state="CT", postal_code="06103")


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


def outcomes(batch: ImportBatch) -> dict[str, str]:
    return {record.full_name: record.outcome for record in batch.records.all()}


def counts(batch: ImportBatch) -> Counter[str]:
    return Counter(batch.records.values_list("outcome", flat=True))


def reasons(batch: ImportBatch) -> dict[str, str]:
    return {record.full_name: record.reason["text"] for record in batch.records.exclude(reason=None)}


# What is created


def test_the_same_customer_can_be_an_account_here_and_a_building_there(books, alice) -> None:
    """Requirement 11: it is up to you."""
    elsewhere = make_connection(make_organization("Birch Alarm"))
    mark_list_whole(elsewhere)
    for connection in (books, elsewhere):
        make_customer(connection, name="Elm", list_id="80000001-1", company_name="Elm School", bill=ELM)
    import_customers(books, target="accounts", list_ids=["80000001-1"], by=alice)
    import_customers(elsewhere, target="buildings", list_ids=["80000001-1"], by=None)
    account, building = Account.objects.get(), Building.objects.get()
    assert (account.name, account.organization) == ("Elm School", books.organization)
    assert (building.name, building.organization) == ("Elm School", elsewhere.organization)


def test_an_account_brings_no_contacts_and_no_physical_address(books, alice) -> None:
    """Requirements 23 and 24."""
    make_customer(books, name="Elm", bill=ELM, ship=OAK_STREET, contact="Jane Doe", email="jane@elm.example")
    import_customers(books, target="accounts", by=alice)
    assert Account.objects.get().billing_address == ELM
    assert not Contact.objects.exists()
    assert not Building.objects.exists()


def test_contacts_of_a_building_stand_there_with_the_role_billing(books, alice) -> None:
    """Requirements 29 and 30."""
    make_customer(
        books,
        name="Elm",
        bill=ELM,
        contact="Jane Doe",
        email="jane@elm.example",
        fields=(("Mobile", "860-555-0101"),),
    )
    import_customers(books, target="buildings", by=alice)
    place = Place.objects.get()
    assert place.building == Building.objects.get()
    assert place.roles == ["billing"]
    jane = place.contact
    assert (jane.name, jane.email, jane.cell_phone, jane.address) == (
        "Jane Doe",
        "jane@elm.example",
        "860-555-0101",
        ELM,
    )


def test_a_customer_with_no_usable_person_brings_no_contact(books, alice) -> None:
    """Requirement 31."""
    make_customer(books, name="Elm", contact=" ", fields=(("Fax", "860-555-0105"),))
    import_customers(books, target="buildings", by=alice)
    assert Building.objects.count() == 1
    assert not Contact.objects.exists()


@pytest.mark.parametrize("target", ["accounts", "buildings"])
def test_jobs_of_every_depth_can_be_imported(books, alice, target: str) -> None:
    """Requirement 3."""
    parent = None
    for depth in range(4):
        parent = make_customer(books, name=f"Level {depth}", parent=parent)
    import_customers(books, target=target, by=alice)
    model = Account if target == "accounts" else Building
    assert sorted(record.name for record in model.objects.all()) == ["Level 0", "Level 1", "Level 2", "Level 3"]
    assert Link.objects.get(full_name="Level 0:Level 1:Level 2:Level 3").origin == "imported"


def test_a_link_keeps_what_quickbooks_said(books, alice) -> None:
    customer = make_customer(books, name="Elm", company_name="Elm School", bill=ELM, email="jane@elm.example")
    batch = import_customers(books, target="buildings", by=alice)
    link = Link.objects.get()
    assert (link.list_id, link.origin, link.linked_by, link.import_batch_id) == (
        customer.list_id,
        "imported",
        alice,
        batch.id,
    )
    assert link.quickbooks_values["details"] == customer.details
    assert link.quickbooks_values["company_name"] == "Elm School"


def test_nobody_is_emailed_or_invited(books, alice) -> None:
    """Requirement 67."""
    make_customer(books, contact="Jane Doe", email="jane@elm.example")
    import_customers(books, target="buildings", by=alice)
    assert mail.outbox == []


def test_each_record_and_the_batch_are_told(books, alice) -> None:
    make_customer(books, name="Elm", contact="Jane Doe", email="jane@elm.example")
    batch = import_customers(books, target="buildings", by=alice)
    told = Activity.objects.filter(batch_id=batch.id)
    assert Counter(told.values_list("verb", flat=True)) == {
        "customers.imported": 1,
        "building.imported": 1,
        "contact.imported": 1,
    }
    assert set(told.values_list("actor_name", flat=True)) == {"Alice"}


# One person of one tree


def test_the_same_person_of_one_tree_is_one_contact_with_several_places(books, alice) -> None:
    elm = make_customer(books, name="Elm", contact="Jane Doe", email="jane@elm.example")
    make_customer(books, name="Gym", parent=elm, contact="JANE DOE", email="Jane@elm.example")
    make_customer(books, name="Oak", contact="Jane Doe", email="jane@elm.example")
    import_customers(books, target="buildings", by=alice)
    places = sorted(
        sorted(contact.places.values_list("building__name", flat=True)) for contact in Contact.objects.all()
    )
    assert places == [["Elm", "Gym"], ["Oak"]]


def test_a_later_import_finds_the_person_of_an_earlier_one_by_the_tree(books, alice) -> None:
    elm = make_customer(books, name="Elm", contact="Jane Doe", phone="860-555-0100")
    import_customers(books, target="buildings", by=alice)
    make_customer(books, name="Gym", parent=elm, contact="Jane Doe", phone="(860) 555-0100", email="")
    make_customer(books, name="Hall", parent=elm, contact="Jane Doe", phone="860-555-0100")
    make_customer(books, name="Oak", contact="Jane Doe", phone="860-555-0100")
    import_customers(books, target="buildings", by=alice)
    jane = Contact.objects.earliest("created_at")
    assert {"Elm", "Hall"} <= set(jane.places.values_list("building__name", flat=True))
    assert "Oak" not in jane.places.values_list("building__name", flat=True)


def test_a_person_without_email_and_phone_is_not_recognised(books, alice) -> None:
    elm = make_customer(books, name="Elm", contact="Jane Doe")
    make_customer(books, name="Gym", parent=elm, contact="Jane Doe")
    import_customers(books, target="buildings", by=alice)
    assert Contact.objects.count() == 2


def test_no_email_is_lost_when_people_are_recognised(books, alice) -> None:
    elm = make_customer(books, name="Elm", contact="Jane Doe", phone="860-555-0100")
    make_customer(books, name="Gym", parent=elm, contact="Jane Doe", phone="860-555-0100", email="jane@elm.example")
    import_customers(books, target="buildings", by=alice)
    assert Contact.objects.get().email == "jane@elm.example"
    make_customer(books, name="Hall", parent=elm, contact="Jane Doe", phone="860-555-0100", email="jd@elm.example")
    import_customers(books, target="buildings", by=alice)
    assert set(Contact.objects.values_list("email", flat=True)) == {"jane@elm.example", "jd@elm.example"}


# What is not created


@pytest.mark.parametrize("target", ["accounts", "buildings"])
def test_nobody_is_imported_twice_as_the_same_type(books, alice, target: str) -> None:
    """Requirements 17 and 19."""
    customer = make_customer(books, name="Elm")
    import_customers(books, target=target, list_ids=[customer.list_id], by=alice)
    again = import_customers(books, target=target, list_ids=[customer.list_id], by=alice)
    assert outcomes(again) == {"Elm": "skipped"}
    assert "imported already" in reasons(again)["Elm"]
    assert Link.objects.count() == 1


def test_an_account_can_be_imported_as_a_building_too(books, alice) -> None:
    customer = make_customer(books, name="Elm")
    import_customers(books, target="accounts", by=alice)
    assert outcomes(import_customers(books, target="buildings", list_ids=[customer.list_id], by=alice)) == {
        "Elm": "created"
    }


def test_a_customer_that_is_linked_to_a_building_is_not_imported_as_one(books, alice, organization) -> None:
    customer = make_customer(books, name="Elm")
    link_customer(make_building(organization), connection=books, list_id=customer.list_id, by=alice)
    batch = import_customers(books, target="buildings", list_ids=[customer.list_id], by=alice)
    assert reasons(batch) == {"Elm": "It is linked already: building “Elm School”."}
    assert Building.objects.count() == 1


def test_gone_and_unknown_customers_are_named_and_skipped(books, alice) -> None:
    gone = make_customer(books, name="Gone", gone=True)
    batch = import_customers(books, target="accounts", list_ids=[gone.list_id, "FFFFFFFF-1"], by=alice)
    assert sorted(record.reason["code"] for record in batch.records.all()) == ["gone", "unknown"]


def test_named_customers_are_taken_active_or_not(books, alice) -> None:
    customer = make_customer(books, name="Elm", is_active=False)
    batch = import_customers(books, target="accounts", list_ids=[customer.list_id], by=alice)
    assert outcomes(batch) == {"Elm": "created"}


def test_all_that_match_leaves_out_what_nobody_wants_by_accident(books, alice, organization) -> None:
    """Requirement 49, design 3.8: inactive, gone, closed and not-awarded jobs; under Buildings also accounts."""
    elm = make_customer(books, name="Elm")
    make_customer(books, name="Old", is_active=False)
    make_customer(books, name="Gone", gone=True)
    make_customer(books, name="Closed", parent=elm, job_status="Closed")
    make_customer(books, name="Lost", parent=elm, job_status="NotAwarded")
    make_customer(books, name="Gym", parent=elm, job_status="InProgress")
    link_customer(make_account(organization), connection=books, list_id=elm.list_id, by=alice)
    batch = import_customers(books, target="buildings", filters={"active": None}, by=alice)
    assert outcomes(batch) == {"Elm:Gym": "created"}


def test_nothing_can_be_imported_before_the_company_file_is_confirmed_and_the_list_is_whole(
    organization, alice
) -> None:
    """Requirements 1 and 16."""
    for connection, code in (
        (make_connection(organization, confirmed=False), "not_connected"),
        (make_connection(organization, confirmed=False, read=True), "company_not_confirmed"),
        (make_connection(organization), "list_never_arrived"),
    ):
        customer = make_customer(connection)
        with pytest.raises(UserError) as refused:
            import_customers(connection, target="accounts", list_ids=[customer.list_id], by=alice)
        assert refused.value.code == code
    assert not Account.objects.exists()


def test_nothing_selected_is_said(books, alice) -> None:
    """Requirement 18."""
    with pytest.raises(UserError, match="Select at least one"):
        import_customers(books, target="accounts", list_ids=[], by=alice)
    assert not ImportBatch.objects.exists()


# Look-alikes


@pytest.mark.parametrize("likeness", [{"name": "ELM  SCHOOL!"}, {"name": "Pupils", "physical_address": ELM}])
def test_what_looks_like_a_record_here_is_held_back(books, alice, organization, likeness) -> None:
    make_customer(books, name="Elm", company_name="Elm School", bill=ELM)
    here = make_building(organization, **likeness)
    batch = import_customers(books, target="buildings", by=alice)
    record = batch.records.get()
    assert record.outcome == "held"
    assert record.reason["id"] == str(here.id)
    assert record.reason["text"].startswith(f"Looks like {here.name}")
    assert Building.objects.count() == 1


def test_linked_archived_and_other_records_hold_nothing_back(books, alice, organization) -> None:
    other = make_customer(books, name="Other")
    link_customer(make_account(organization, name="Elm"), connection=books, list_id=other.list_id, by=alice)
    make_building(organization, name="Elm")
    make_account(make_organization("Birch Alarm"), name="Elm")
    elm = make_customer(books, name="Elm")
    batch = import_customers(books, target="accounts", filters={"search": "elm"}, by=alice)
    assert outcomes(batch) == {elm.full_name: "created"}


def test_link_instead_links_and_creates_nothing(books, alice, organization) -> None:
    customer = make_customer(books, name="Elm School")
    here = make_building(organization)
    batch = import_customers(books, target="buildings", by=alice)
    link = link_instead(batch, list_id=customer.list_id, by=alice)
    assert (link.building, link.origin) == (here, "linked")
    assert link_instead(batch, list_id=customer.list_id, by=alice) == link
    assert reasons(batch) == {"Elm School": "Linked to Elm School instead."}
    assert Building.objects.get() == here


def test_import_anyway_creates_inside_the_same_batch(books, alice, organization) -> None:
    customer = make_customer(books, name="Elm School")
    make_building(organization)
    batch = import_customers(books, target="buildings", by=alice)
    import_anyway(batch, list_ids=[customer.list_id], by=alice)
    import_anyway(batch, list_ids=[customer.list_id], by=alice)
    assert outcomes(batch) == {"Elm School": "created"}
    assert Building.objects.count() == 2
    assert undo_import(batch, by=alice).removed == 1


# Once and whole


def test_a_double_click_finds_the_batch_of_the_first(books, alice) -> None:
    """Requirement 19."""
    make_customer(books, name="Elm")
    first = import_customers(books, target="accounts", by=alice, request_key="press-1", filters={})
    second = import_customers(
        books, target="accounts", by=alice, request_key="press-1", list_ids=[make_customer(books).list_id]
    )
    assert second == first
    assert Account.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_people_at_once_make_one_record_each(organization, alice) -> None:
    """Requirement 19."""
    books = make_connection(organization)
    make_customers(books, count=30)
    bob = make_member(organization, name="Bob")
    together = threading.Barrier(2)

    def press(person) -> str:
        try:
            together.wait()
            import_customers(books, target="buildings", by=person, filters={})
        except UserError as nothing_left:
            return nothing_left.code
        finally:
            connections.close_all()
        return "imported"

    with ThreadPoolExecutor(2) as pool:
        assert "imported" in set(pool.map(press, (alice, bob)))
    assert Building.objects.count() == 30
    assert Link.objects.count() == 30
    assert Contact.objects.count() == 30
    assert not ImportRecord.objects.filter(outcome="waiting").exists()


def test_a_broken_customer_is_named_and_the_others_arrive(books, alice) -> None:
    """Requirement 20."""
    good = make_customer(books, name="Elm")
    broken = make_customer(books, name="Broken")
    Customer.objects.filter(pk=broken.pk).update(details={"people": [{"name": 7}]})
    nameless = make_customer(books, name="Nameless")
    Customer.objects.filter(pk=nameless.pk).update(name="  ")
    batch = import_customers(
        books, target="buildings", list_ids=[c.list_id for c in (good, broken, nameless)], by=alice
    )
    assert outcomes(batch) == {"Elm": "created", "Broken": "failed", "Nameless": "failed"}
    told = {record.full_name: record.reason for record in batch.records.filter(outcome="failed")}
    assert "KeyError" in told["Broken"]["cause"]
    assert "neither a company name nor a customer name" in told["Nameless"]["text"]


def test_what_the_database_refuses_is_found_by_halves(books, alice, monkeypatch) -> None:
    """Requirement 20: one row that cannot be stored does not take its chunk with it."""
    customers = make_customers(books, count=9)
    monkeypatch.setattr(linking, "snapshot", lambda customer: {"bad": object()} if customer == customers[4] else {})
    with pytest.raises(TypeError):
        import_customers(books, target="accounts", by=alice, filters={})
    monkeypatch.setattr(linking, "snapshot", lambda customer: {} if customer != customers[4] else int("no number"))
    (batch,) = ImportBatch.objects.all()
    continue_import(batch)
    assert counts(batch) == {"created": 8, "failed": 1}
    assert Account.objects.count() == Link.objects.count() == 8


def test_an_interrupted_batch_holds_whole_records_and_goes_on(books, alice, monkeypatch) -> None:
    monkeypatch.setattr(actions, "CHUNK", 4)
    make_customers(books, count=10)
    batch = import_customers(books, target="buildings", by=alice, filters={}, seconds=0)
    assert counts(batch) == {"created": 4, "waiting": 6}
    assert Building.objects.count() == Link.objects.count() == Contact.objects.count() == 4
    assert batch_json(batch)["waiting"] == 6
    assert continue_import(batch) is True
    assert continue_import(batch) is True
    assert Building.objects.count() == 10


def test_undo_of_an_interrupted_batch_ends_it(books, alice, monkeypatch) -> None:
    monkeypatch.setattr(actions, "CHUNK", 4)
    make_customers(books, count=10)
    batch = import_customers(books, target="buildings", by=alice, filters={}, seconds=0)
    assert undo_import(batch, by=alice).removed == 4
    continue_import(batch)
    assert not Building.objects.exists()
    assert counts(batch) == {"created": 4, "skipped": 6}


def test_the_number_of_queries_grows_with_bulk_statements_not_with_customers(books, alice) -> None:
    """Linear, and far from a query a customer: SQLite takes 999 values in one INSERT, so rows come in dozens."""
    make_customers(books, count=400)
    with CaptureQueriesContext(database) as few:
        import_customers(books, target="buildings", by=alice, list_ids=some_ids(books, 0, 100))
    with CaptureQueriesContext(database) as many:
        import_customers(books, target="buildings", by=alice, list_ids=some_ids(books, 100, 400))
    assert len(few) < 40
    assert len(many) < 3 * len(few)


def some_ids(books, start: int, end: int) -> list[str]:
    return list(Customer.objects.filter(connection=books).order_by("id").values_list("list_id", flat=True)[start:end])


# Preview


def test_the_preview_creates_nothing_and_says_where_each_value_comes_from(books) -> None:
    """Requirement 44: the preview offers the job name too."""
    elm = make_customer(books, name="Elm", company_name="Elm Estates", bill=ELM)
    gym = make_customer(books, name="Gym", parent=elm, company_name="Elm Estates", ship=ELM, contact="Jane Doe")
    preview = preview_import(books, target="buildings", list_ids=[gym.list_id], naming="job_name")
    (entry,) = preview["records"]
    assert entry["record"]["name"] == "Gym"
    assert entry["sources"]["name"] == "job name, as you chose"
    assert entry["sources"]["physical_address"] == "Ship To"
    assert entry["record"]["contacts"][0]["places"] == [{"building_id": None, "roles": ["billing"]}]
    assert "same_as_parent" in {note["code"] for note in entry["doubts"]}
    assert not Building.objects.exists()
    assert not ImportBatch.objects.exists()


def test_the_preview_names_what_would_be_skipped(books, alice) -> None:
    customer = make_customer(books, name="Elm")
    import_customers(books, target="accounts", by=alice)
    preview = preview_import(books, target="accounts", list_ids=[customer.list_id])
    assert preview["records"] == []
    assert preview["skipped"][0]["code"] == "already_imported"


# Undo


def test_undo_removes_what_nobody_touched_and_keeps_the_rest_with_the_reason(books, alice, organization) -> None:
    from standpipe.accounts.actions import archive_account, edit_account
    from standpipe.buildings.actions import set_account
    from standpipe.quickbooks.linking.actions import unlink

    for name in ("Untouched", "Edited", "Archived", "Used", "Unlinked"):
        make_customer(books, name=name)
    batch = import_customers(books, target="accounts", by=alice)
    accounts = {account.name: account for account in Account.objects.select_related("organization")}
    edit_account(accounts["Edited"], by=alice, name="Edited by hand")
    archive_account(accounts["Archived"], by=alice)
    set_account([make_building(organization)], account=accounts["Used"], by=alice)
    unlink(accounts["Unlinked"], by=alice)
    result = undo_import(batch, by=alice)
    assert result.removed == 1
    kept = {entry["id"]: entry["reason"] for entry in result.kept}
    assert {name: kept.get(str(account.id)) for name, account in accounts.items()} == {
        "Untouched": None,
        "Edited": "It has been edited since.",
        "Archived": "It has been archived since.",
        "Used": "It is used: it has buildings.",
        "Unlinked": "Its QuickBooks link has been changed since.",
    }
    assert not Account.objects.filter(name="Untouched").exists()
    assert undo_import(batch, by=alice) == result
    assert Activity.objects.filter(verb="import.undone").count() == 1


def test_an_added_or_edited_contact_keeps_its_building(books, alice, organization) -> None:
    from standpipe.contacts.actions import edit_contact

    for name in ("Added", "Edited", "Left"):
        make_customer(books, name=name, contact=f"Jane of {name}", email=f"{name}@elm.example")
    batch = import_customers(books, target="buildings", by=alice)
    buildings = {building.name: building for building in Building.objects.all()}
    make_contact(organization, name="Kim", at=buildings["Added"], by=alice)
    edit_contact(Contact.objects.select_related("organization").get(name="Jane of Edited"), by=alice, phone="1234567")
    result = undo_import(batch, by=alice)
    assert sorted(entry["reason"] for entry in result.kept) == [
        "Its contact Jane of Edited has been edited since.",
        "Its contacts have been changed since.",
    ]
    assert set(Contact.objects.values_list("name", flat=True)) == {"Jane of Added", "Jane of Edited", "Kim"}


def test_a_contact_that_is_shared_with_a_kept_building_stays(books, alice) -> None:
    from standpipe.buildings.actions import edit_building

    elm = make_customer(books, name="Elm", contact="Jane Doe", email="jane@elm.example")
    make_customer(books, name="Gym", parent=elm, contact="Jane Doe", email="jane@elm.example")
    batch = import_customers(books, target="buildings", by=alice)
    gym = Building.objects.select_related("organization").get(name="Gym")
    edit_building(gym, by=alice, name="Gymnasium")
    undo_import(batch, by=alice)
    assert [place.building for place in Contact.objects.get().places.all()] == [gym]


def test_a_contact_of_an_earlier_import_survives_the_undo_of_a_later_one(books, alice) -> None:
    elm = make_customer(books, name="Elm", contact="Jane Doe", email="jane@elm.example")
    import_customers(books, target="buildings", by=alice)
    make_customer(books, name="Gym", parent=elm, contact="Jane Doe", email="jane@elm.example")
    batch = import_customers(books, target="buildings", by=alice)
    assert undo_import(batch, by=alice).removed == 1
    assert Contact.objects.get().places.get().building.name == "Elm"


def test_after_undo_the_customer_is_available_again(books, alice) -> None:
    customer = make_customer(books, name="Elm")
    undo_import(import_customers(books, target="accounts", by=alice), by=alice)
    assert not Link.objects.exists()
    assert outcomes(import_customers(books, target="accounts", list_ids=[customer.list_id], by=alice)) == {
        "Elm": "created"
    }
