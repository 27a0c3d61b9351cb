"""Entries of the short lists: what is kept of a record, and how a whole list takes the place of the old one."""

import pytest
from django.utils import timezone

from standpipe.quickbooks.connections.models import Task
from standpipe.quickbooks.lists import entry_stage
from standpipe.quickbooks.lists.actions import cancel_refresh, request_lists
from standpipe.quickbooks.lists.entry_reading import elements, kept
from standpipe.quickbooks.lists.models import ListEntry, ListKind, ShortList, StagedEntry
from standpipe.quickbooks.lists.reading import UnkeepableRecord
from standpipe.quickbooks.lists.short_lists import OLD_AFTER, are_fresh, entries, entry, state_of_list
from support.catalogue_worlds import make_service, whole
from support.quickbooks_worlds import make_connection
from support.worlds import make_organization

PUMP = {"ListID": "1", "EditSequence": "7", "Name": "Pump", "FullName": "Inspection:Pump", "IsActive": "true"}


def row(**texts):
    return kept(ListKind.ITEMS, PUMP | texts, type_="ItemService")


def test_what_changes_all_day_is_not_kept_and_makes_no_difference():
    busy = row(QuantityOnHand="5", AverageCost="1.00", EditSequence="8", TimeModified="2026-01-01T00:00:00")
    assert busy["content_hash"] == row()["content_hash"]
    assert busy["said"] == {}
    both = row(SalesAndPurchase={"SalesPrice": "9", "PurchaseCost": "4"})
    assert both["said"] == {"SalesAndPurchase": {"SalesPrice": "9"}}
    assert both["content_hash"] != busy["content_hash"]


def test_an_entry_is_found_by_path_and_description_and_stands_after_what_it_is_under():
    made = row(SalesOrPurchase={"Desc": "Flow test"})
    assert "flow" in made["search_text"]
    assert made["sort_key"] == "inspection\x1fpump"


@pytest.mark.parametrize("texts", [{"ListID": ""}, {"Name": ""}, {"IsActive": "maybe"}, {"FullName": "x" * 256}])
def test_a_record_that_cannot_be_kept_says_why(texts):
    with pytest.raises(UnkeepableRecord, match=r"\w"):
        row(**texts)


def test_only_what_is_kept_is_asked_for():
    assert "TaxRate" in elements(ListKind.ITEMS, version="13.0")
    assert "SpecialItemType" not in elements(ListKind.ITEMS, version="5.0")
    assert elements(ListKind.PREFERENCES, version="13.0") == ()


@pytest.fixture
def connection(db):
    return make_connection(make_organization())


@pytest.fixture
def task(connection) -> Task:
    return request_lists(connection, by=None)


def apply(task, *, broken=(), keep_unseen=False):
    return entry_stage.apply(task, kind=ListKind.ITEMS, broken=broken, keep_unseen=keep_unseen, now=timezone.now())


def test_new_changed_and_gone_are_counted_and_the_stage_is_empty_again(connection, task):
    gone, stays = make_service(connection, "Gone"), make_service(connection, "Stays", list_id="2")
    same = {name: getattr(stays, name) for name in entry_stage.COLUMNS}
    entry_stage.stage(task, [row(), row(), same])  # an entry that comes twice is one

    applied = apply(task)

    assert (applied.new, applied.changed, applied.gone, applied.count) == (1, 0, 1, 2)
    assert entry(connection, ListKind.ITEMS, gone.list_id).gone_at is not None
    assert not StagedEntry.objects.exists()
    entry_stage.stage(task, [row(IsActive="false"), same])
    assert apply(task).changed == 1
    assert list(entries(connection, ListKind.ITEMS).values_list("full_name", flat=True)) == ["Stays"]


def test_what_was_gone_comes_back(connection, task):
    make_service(connection, "Pump", list_id="1", gone=True)
    entry_stage.stage(task, [row()])
    assert apply(task).new == 1
    assert ListEntry.objects.get().gone_at is None


def test_a_broken_record_stays_as_it_was_and_an_unnamed_one_spares_all(connection, task):
    make_service(connection, "One", list_id="1")
    make_service(connection, "Two", list_id="2")
    broken = [{"list_id": "1", "name": "One", "reason": "no"}]
    assert apply(task, broken=broken).gone == 1
    assert state_of_list(connection, ListKind.ITEMS).broken == broken
    assert apply(task, keep_unseen=True).gone == 0


def test_a_refused_list_counts_as_asked_for_and_keeps_what_it_had(connection, task):
    make_service(connection, "One")
    entry_stage.refuse(task, kind=ListKind.ITEMS, code="3250", text="off", now=timezone.now())
    assert entries(connection, ListKind.ITEMS).count() == 1
    assert state_of_list(connection, ListKind.ITEMS).refusal == {"code": "3250", "text": "off"}


def test_lists_are_fresh_for_a_day(connection):
    assert not are_fresh(connection)
    whole(connection)
    assert are_fresh(connection)
    ShortList.objects.filter(kind=ListKind.TERMS).update(asked_at=timezone.now() - OLD_AFTER * 2)
    assert not are_fresh(connection)


def test_a_second_press_finds_the_first_and_a_cancelled_one_leaves_nothing_behind(connection, task):
    assert request_lists(connection, by=None, full=True) == task
    entry_stage.stage(task, [row()])
    cancel_refresh(task, by=None)
    assert not StagedEntry.objects.exists()
    assert Task.objects.get().state == Task.State.CANCELLED
