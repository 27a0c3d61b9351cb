"""Suggestions: made once, decided by people, remembered; nothing is linked unasked and nobody is overruled."""

from __future__ import annotations

import pytest

from standpipe.accounts.actions import archive_account, edit_account
from standpipe.activity.models import Activity
from standpipe.buildings.models import Building
from standpipe.core.errors import UserError
from standpipe.quickbooks.connections.models import Task
from standpipe.quickbooks.importing.actions import import_customers
from standpipe.quickbooks.linking.actions import link_customer, undo_link, unlink
from standpipe.quickbooks.linking.models import Link
from standpipe.quickbooks.linking.queries import live_link
from standpipe.quickbooks.lists import stage
from standpipe.quickbooks.lists.models import CustomerList
from standpipe.quickbooks.lists.reading import kept, seed_of, with_derived
from standpipe.quickbooks.matching.actions import accept, accept_all, reject, take_back_rejection, undo_acceptance
from standpipe.quickbooks.matching.comparing import compare, is_up_to_date, stored
from standpipe.quickbooks.matching.models import Rejection
from standpipe.quickbooks.matching.queries import find_suggestion, look_alikes_of, pairs_of, suggestions_of
from support.quickbooks_worlds import make_connection, make_customer, mark_list_whole
from support.worlds import ELM_STREET, OAK_STREET, make_account, make_building, make_contact, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return make_world()


@pytest.fixture
def books(world):
    connection = make_connection(world.organization)
    mark_list_whole(connection)
    return connection


def open_pairs(books, target="accounts", line=0) -> list[tuple[str, str]]:
    found = list(suggestions_of(books, target=target, line=line))
    return [(pair.record.name, pair.customer.full_name) for pair in pairs_of(found, connection=books, target=target)]


def only(books, target="accounts"):
    (one,) = suggestions_of(books, target=target)
    return find_suggestion(books, one.pk)


def test_the_likeliest_come_first_with_their_reasons(world, books) -> None:
    """Idea 3."""
    elm = make_account(world.organization, name="Elm School", billing_address=ELM_STREET)
    make_account(world.organization, name="Oak Mill Deli", billing_address=OAK_STREET)
    make_contact(world.organization, name="Office", at=elm, phone="(217) 555-0101")
    make_customer(books, name="Oak Mill Delicatessen")
    make_customer(books, name="Elm Sch.", bill=ELM_STREET, phone="217-555-0101")
    first, second = suggestions_of(books, target="accounts")
    assert first.record_id == elm.pk
    assert first.reasons == ["same address", "same phone", "same name"]
    assert first.score == 100 > second.score
    assert not Link.objects.exists(), "a suggestion is no link"


def test_a_job_goes_to_its_building_and_its_customer_to_the_account(world, books) -> None:
    """Pain 3: never the job to the account, though it bears the customer's name, address and phone."""
    account = make_account(world.organization, name="Harmon Properties", billing_address=ELM_STREET)
    make_building(world.organization, name="Lot 4", account=account, physical_address=OAK_STREET)
    said = {"company_name": "Harmon Properties LLC", "bill": ELM_STREET, "phone": "918-555-0120"}
    parent = make_customer(books, name="Harmon Properties", **said)
    make_customer(books, name="Lot 4", parent=parent, ship=OAK_STREET, **said)
    assert open_pairs(books) == [("Harmon Properties", "Harmon Properties")]
    assert open_pairs(books, "buildings") == [("Lot 4", "Harmon Properties:Lot 4")]
    link_customer(account, connection=books, list_id=parent.list_id, by=world.alice)
    assert open_pairs(books) == [], "and not the job now that the customer is taken"


def test_who_is_as_likely_as_another_is_left_to_a_person(world, books) -> None:
    make_account(world.organization, name="Elm School", billing_address=ELM_STREET)
    for _ in range(2):
        make_customer(books, name="Elm School", bill=ELM_STREET)
    assert open_pairs(books, line=80) == []
    assert "another customer is as likely" in only(books).reasons


def test_linked_archived_gone_inactive_and_foreign_ones_are_never_suggested(world, books) -> None:
    linked, archived = (make_account(world.organization, name=name) for name in ("Birch Works", "Cedar Works"))
    make_account(world.organization, name="Dogwood Works")
    make_account(world.elsewhere, name="Elder Works")
    birch = make_customer(books, name="Birch Works")
    for name, fields in {"Cedar": {}, "Dogwood": {"gone": True}, "Elder": {}, "Fir": {"is_active": False}}.items():
        make_customer(books, name=f"{name} Works", **fields)
    make_account(world.organization, name="Fir Works")
    link_customer(linked, connection=books, list_id=birch.list_id, by=None)
    archive_account(archived, by=None)
    assert open_pairs(books, line=80) == []


def test_nothing_is_compared_twice_and_every_change_is_seen(world, books, django_assert_max_num_queries) -> None:
    elm = make_account(world.organization, name="Elm School")
    make_customer(books, name="Oak School")
    make_customer(books, name="Elm School")
    first = compare(books, target="accounts")
    with django_assert_max_num_queries(12):
        assert compare(books, target="accounts").started_at == first.started_at
    edit_account(elm, by=world.alice, name="Oak School")
    assert open_pairs(books) == [("Oak School", "Oak School")]
    make_customer(books, name="Oak School Annex")
    mark_list_whole(books)
    assert compare(books, target="accounts").started_at > first.started_at


def test_what_was_found_stays_until_the_next_comparison_is_at_its_end(world, books, monkeypatch) -> None:
    monkeypatch.setattr("standpipe.quickbooks.matching.comparing.CHUNK", 1)
    elm, birch = (make_account(world.organization, name=name) for name in ("Elm School", "Birch Hall"))
    for name in ("Elm School", "Birch Hall", "Oak Mill"):
        make_customer(books, name=name)
    first = compare(books, target="accounts")
    of_elm, of_birch = (stored(books, target="accounts").suggestions.get(record_id=one.pk) for one in (elm, birch))
    accept(of_birch, by=world.alice)
    edit_account(elm, by=world.bob, name="Oak Mill")
    make_account(world.organization, name="Unlike Everything")
    begun = compare(books, target="accounts", seconds=0)
    assert (begun.finished_at, begun.as_of) == (None, first.as_of)
    assert list(suggestions_of(books, target="accounts", comparison=begun)) == [of_elm]
    edit_account(elm, by=world.bob, billing_address=ELM_STREET)
    assert compare(books, target="accounts", seconds=0).started_at == begun.started_at, "edits never begin it anew"
    assert open_pairs(books) == [("Oak Mill", "Oak Mill")]
    assert is_up_to_date(stored(books, target="accounts"))
    assert find_suggestion(books, of_birch.pk) == of_birch, "what is linked can be undone where it was done"
    undo_link(live_link(birch), by=world.alice)
    assert sorted(open_pairs(books)) == [("Birch Hall", "Birch Hall"), ("Oak Mill", "Oak Mill")]


def test_a_refresh_that_brought_nothing_leaves_all_up_to_date(world, books) -> None:
    make_account(world.organization, name="Elm School")
    make_customer(books, name="Elm School")
    compare(books, target="accounts")
    task = Task.objects.create(connection=books, kind="refresh_customers", state=Task.State.RUNNING)
    mark = stage.Mark(time_modified="", pass_seconds=0, origin={})
    before = books.customer_list.refreshed_at
    applied = stage.apply(task, is_full=False, keep_unseen=False, mark=mark, broken=())
    assert (applied.new, applied.changed, applied.gone) == (0, 0, 0)
    assert CustomerList.objects.get(connection=books).refreshed_at > before
    assert is_up_to_date(stored(books, target="accounts"))
    said = {"ListID": "80000099-1", "Name": "Oak Mill", "TimeModified": "2026-01-02T03:04:05-05:00"}
    stage.stage_rows(task, [with_derived(kept(said, seed=seed_of(("ListID",))))])
    stage.apply(task, is_full=False, keep_unseen=False, mark=mark, broken=())
    assert not is_up_to_date(stored(books, target="accounts"))


def test_a_comparison_goes_on_where_it_stopped(world, books, monkeypatch) -> None:
    monkeypatch.setattr("standpipe.quickbooks.matching.comparing.CHUNK", 2)
    for number in range(5):
        make_account(world.organization, name=f"Birch {number} Works")
        make_customer(books, name=f"Birch {number} Works")
    begun = compare(books, target="accounts", seconds=0)
    assert (begun.compared, begun.total, begun.finished_at) == (2, 5, None)
    while (begun := compare(books, target="accounts", seconds=0)).finished_at is None:
        pass
    assert len(open_pairs(books, line=80)) == 5


def test_accepting_links_and_can_be_repeated_and_undone(world, books) -> None:
    elm = make_account(world.organization, name="Elm School")
    customer = make_customer(books, name="Elm School")
    suggestion = only(books)
    link = accept(suggestion, by=world.alice)
    assert accept(suggestion, by=world.bob) == link
    assert (live_link(elm).list_id, link.origin, link.how) == (customer.list_id, "linked", "match")
    assert open_pairs(books) == []
    assert Activity.objects.filter(verb="customer.linked", subject_id=str(elm.pk)).count() == 1
    undo_link(link, by=world.alice)
    assert open_pairs(books) == [("Elm School", "Elm School")]


def test_a_rejected_pair_is_remembered_until_it_is_taken_back(world, books) -> None:
    elm = make_account(world.organization, name="Elm School")
    make_customer(books, name="Elm School")
    suggestion = only(books)
    reject(suggestion, by=world.alice)
    reject(suggestion, by=world.bob)
    assert Rejection.objects.get().rejected_by == world.alice
    assert open_pairs(books) == []
    edit_account(elm, by=world.alice, name="Elm Schools")
    assert open_pairs(books) == [], "a new comparison finds them again, and remembers"
    suggestion = find_suggestion(books, suggestion.pk)
    take_back_rejection(suggestion, by=world.bob)
    assert open_pairs(books) == [("Elm Schools", "Elm School")]
    told = Activity.objects.filter(subject_id=str(elm.pk), verb__startswith="match.").order_by("pk")
    assert [row.verb for row in told] == ["match.rejected", "match.rejection_undone"]


def test_the_second_of_two_reviewers_is_told(world, books) -> None:
    """Issue 4, bad input: the record went to another customer, or the customer to another record."""
    elm, other = (make_account(world.organization, name=name) for name in ("Elm School", "Birch Hall"))
    customer, rival = make_customer(books, name="Elm School"), make_customer(books, name="Quite Another")
    suggestion = only(books)
    link_customer(elm, connection=books, list_id=rival.list_id, by=world.bob)
    with pytest.raises(UserError, match="Bob linked “Elm School” to Quite Another meanwhile") as told:
        accept(suggestion, by=world.alice)
    assert told.value.code == "changed_meanwhile"
    assert live_link(elm).list_id == rival.list_id
    unlink(elm, by=world.bob)
    link_customer(other, connection=books, list_id=customer.list_id, by=world.bob)
    with pytest.raises(UserError, match="Bob linked Elm School to “Birch Hall” meanwhile"):
        accept(suggestion, by=world.alice)
    assert live_link(elm) is None


def test_a_building_is_not_given_a_customer_that_another_got_meanwhile(world, books) -> None:
    make_building(world.organization, name="Elm School", physical_address=ELM_STREET)
    customer = make_customer(books, name="Elm School", bill=ELM_STREET)
    suggestion = only(books, "buildings")
    other = make_building(world.organization, name="Birch Hall")
    link_customer(other, connection=books, list_id=customer.list_id, by=world.bob)
    with pytest.raises(UserError, match="Bob linked Elm School to “Birch Hall” meanwhile"):
        accept(suggestion, by=world.alice)


def test_one_accepts_what_the_other_rejected_and_is_told(world, books) -> None:
    make_account(world.organization, name="Elm School")
    make_customer(books, name="Elm School")
    suggestion = only(books)
    reject(suggestion, by=world.bob)
    with pytest.raises(UserError, match="Bob said that “Elm School” and Elm School are not the same"):
        accept(suggestion, by=world.alice)
    take_back_rejection(suggestion, by=world.alice)
    accept(suggestion, by=world.alice)
    with pytest.raises(UserError, match="You linked"):
        reject(suggestion, by=world.alice)


def test_all_above_the_line_are_linked_as_one_and_undone_as_one(world, books) -> None:
    accounts = [make_account(world.organization, name=f"Birch {number} Works") for number in range(4)]
    for number in range(4):
        make_customer(books, name=f"Birch {number} Works")
    with pytest.raises(UserError, match="have not been compared yet"):
        accept_all(books, target="accounts", line=80, by=world.alice)
    compare(books, target="accounts")
    with pytest.raises(UserError, match="There are 4 at 80 and above now, not 5"):
        accept_all(books, target="accounts", line=80, by=world.alice, expected=5)
    seen = stored(books, target="accounts").as_of.isoformat()
    make_customer(books, name="Nobody here")
    mark_list_whole(books)
    compare(books, target="accounts")
    with pytest.raises(UserError, match="compared anew since you were asked"):
        accept_all(books, target="accounts", line=80, by=world.alice, expected=4, as_of=seen)
    assert not Link.objects.exists()
    seen = stored(books, target="accounts").as_of.isoformat()
    acceptance = accept_all(books, target="accounts", line=80, by=world.alice, expected=4, as_of=seen)
    assert [live_link(account).full_name for account in accounts] == [account.name for account in accounts]
    assert all(link.said_hash and link.quickbooks_values for link in Link.objects.all()), "drift needs them"
    assert Activity.objects.filter(verb="customer.linked", batch_id=acceptance.pk).count() == 4
    unlink(accounts[0], by=world.bob)
    assert undo_acceptance(acceptance, by=world.alice) == 3
    assert undo_acceptance(acceptance, by=world.alice) == 0
    assert not Link.objects.filter(ended_at=None).exists()
    assert len(open_pairs(books, line=80)) == 4


# Before an import


def test_a_customer_tells_whom_it_looks_like_before_it_is_imported(world, books) -> None:
    """Pain 1: before anything is created."""
    elm = make_building(world.organization, name="Elm Street School", physical_address=ELM_STREET)
    make_building(world.organization, name="Another Place")
    alike = make_customer(books, name="Elm St. School", bill=OAK_STREET)
    other = make_customer(books, name="Birch Hall")
    found = look_alikes_of(books, target="buildings", list_ids=[alike.list_id, other.list_id])
    assert list(found) == [alike.list_id]
    (match,) = found[alike.list_id]
    assert (match.record_id, match.name, match.type) == (elm.pk, "Elm Street School", "building")
    assert match.reasons[0] == "same name"
    link_customer(elm, connection=books, list_id=other.list_id, by=None)
    assert look_alikes_of(books, target="buildings", list_ids=[alike.list_id]) == {}


def test_what_looks_alike_is_read_once_for_all_chunks_of_an_import(
    world, books, django_assert_max_num_queries
) -> None:
    for number in range(30):
        make_building(world.organization, name=f"Birch {number} Works")
    wanted = [make_customer(books, name=f"Birch {number} Works").list_id for number in range(20)]
    look_alikes_of(books, target="buildings", list_ids=wanted[:10])
    with django_assert_max_num_queries(6):
        assert len(look_alikes_of(books, target="buildings", list_ids=wanted[10:])) == 10
    assert Building.objects.count() == 30


def test_an_import_holds_back_what_is_only_written_differently(world, books) -> None:
    """Pain 1: a rival would create it, because the name is not exactly equal."""
    elm = make_account(world.organization, name="Saint Mark Lutheran Church", billing_address=ELM_STREET)
    customer = make_customer(books, name="St. Mark Lutheran Ch", bill=ELM_STREET)
    fresh = make_customer(books, name="Birch Hall")
    batch = import_customers(books, target="accounts", list_ids=[customer.list_id, fresh.list_id], by=world.alice)
    outcomes = dict(batch.records.values_list("list_id", "outcome"))
    assert outcomes == {customer.list_id: "held", fresh.list_id: "created"}
    reason = batch.records.get(outcome="held").reason
    assert (reason["id"], reason["because"]) == (str(elm.pk), "same address")
