import pytest

from standpipe.accounts.actions import edit_account
from standpipe.activity.actions import entry
from standpipe.activity.models import Activity
from standpipe.activity.queries import activity_of, latest_activity
from standpipe.activity.words import Change, add_verbs, in_words, told
from standpipe.buildings.actions import set_account
from standpipe.contacts.actions import place_contact
from support.worlds import ELM_STREET, make_account, make_building, make_contact, make_world


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, ""),
        ("", ""),
        ([], ""),
        ({}, ""),
        ({"lines": [], "city": ""}, ""),
        (False, "no"),
        (True, "yes"),
        (0, "0"),
        ("Elm", "Elm"),
        (ELM_STREET.to_json(), "Elm School, 12 Elm St, Hartford, CT 06103"),
        ({"lines": ["1 Elm St"], "note": "Ring twice"}, "1 Elm St, (Ring twice)"),
        ({"id": "1", "name": "Alder Group"}, "Alder Group"),
        ([{"account": {"id": "1", "name": "Alder"}, "roles": ["billing", "owner"]}], "Alder (billing, owner)"),
        ([{"building": {"id": "1", "name": "Elm"}, "roles": []}], "Elm"),
        ({"list_id": "80-1", "full_name": "Elm:West"}, "list id: 80-1, full name: Elm:West"),
        (["a", "b"], "a, b"),
    ],
)
def test_values_in_words(value, words):
    assert in_words(value) == words


def test_a_row_is_told_in_words():
    row = Activity(
        verb="account.edited",
        actor_name="Otto",
        before={"name": "Elm", "billing_address": {"lines": []}, "cell_phone": "1"},
        after={"name": "Elm School", "billing_address": ELM_STREET.to_json(), "cell_phone": ""},
    )
    found = told(row)
    assert (found.who, found.what) == ("Otto", "changed this account")
    assert found.changes == (
        Change(label="Name", before="Elm", after="Elm School"),
        Change(label="Billing address", before="", after="Elm School, 12 Elm St, Hartford, CT 06103"),
        Change(label="Cell phone", before="1", after=""),
    )


def test_days_and_transactions_are_told_as_everywhere_else():
    row = Activity(
        verb="payment.edited",
        before={"date": "2026-11-03", "due_date": ""},
        after={"date": "2026-12-01", "due_date": "2026-12-31", "txn_id": "1F-2", "name": "2026-01-01"},
    )
    assert told(row).changes == (
        Change(label="Date", before="3 November 2026", after="1 December 2026"),
        Change(label="Due date", before="", after="31 December 2026"),
        Change(label="TxnID", before="", after="1F-2"),
        Change(label="Name", before="", after="2026-01-01"),
    )


def test_what_nobody_did_was_standpipe_and_unknown_verbs_still_read():
    found = told(Activity(verb="coffee_machine.refilled"))
    assert (found.who, found.what) == ("Standpipe", "coffee machine refilled")


def test_rooms_add_their_own_verbs():
    add_verbs({"test.verb": "tested this"})
    assert told(Activity(verb="test.verb")).what == "tested this"


def test_archiving_is_told_by_its_verb_alone():
    row = Activity(verb="account.archived", actor_name="Alice", before={"archived": False}, after={"archived": True})
    assert told(row).changes == ()


@pytest.mark.django_db
def test_history_is_the_records_own_latest_first():
    world = make_world()
    account, other = make_account(world.organization, by=world.alice), make_account(world.organization, name="Other")
    edit_account(account, by=world.otto, name="Alder Holding")
    edit_account(other, by=world.otto, name="Other Holding")
    rows = activity_of(world.organization, subject_type="account", subject_id=account.id)
    assert [row.verb for row in rows] == ["account.edited", "account.created"]
    assert not activity_of(world.elsewhere, subject_type="account", subject_id=account.id).exists()
    assert latest_activity(world.organization).count() == 4


@pytest.mark.django_db
def test_attached_buildings_and_places_are_told_by_name():
    world = make_world()
    account, building = make_account(world.organization), make_building(world.organization)
    contact = make_contact(world.organization)
    set_account([building], account=account, by=world.otto)
    place_contact(contact, at=building, roles=["billing"], by=world.otto)
    attached, placed = (told(row) for row in Activity.objects.order_by("-id")[:2][::-1])
    assert (attached.what, attached.changes) == (
        "changed the account",
        (Change(label="Account", before="", after="Alder Group"),),
    )
    assert placed.changes == (Change(label="Stands at", before="", after="Elm School (billing)"),)


@pytest.mark.django_db
def test_an_entry_is_not_saved():
    world = make_world()
    row = entry(
        "account.tested",
        organization=world.organization,
        by=None,
        subject_type="account",
        subject_id="1",
        subject_name="x" * 300,
    )
    assert row.pk is None
    assert len(row.subject_name) == 255
    assert not Activity.objects.filter(verb="account.tested").exists()
