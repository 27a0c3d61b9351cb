"""Both sides in one test: the endpoint and a simulated QuickBooks computer, joined in memory."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from qbsim.company import Company, CompanyError, address, contact, labelled, ship_to
from qbsim.connector import WsgiTransport
from standpipe.activity.models import Activity
from standpipe.quickbooks.connections.actions import archive_connection, new_password, reject_company
from standpipe.quickbooks.connections.models import Connection, Task
from standpipe.quickbooks.exchange import refresh_customers
from standpipe.quickbooks.exchange.models import Exchange, Session
from standpipe.quickbooks.lists.actions import request_lists, request_refresh
from standpipe.quickbooks.lists.details import Details
from standpipe.quickbooks.lists.models import Customer, CustomerList, ListEntry, SeenCustomer, StagedCustomer
from standpipe.quickbooks.lists.queries import customers_of, list_state
from support.quickbooks_worlds import connect, differences, make_connection, product
from support.worlds import make_organization

pytestmark = pytest.mark.django_db


class Clock:
    """The QuickBooks computer's. Every reading is a second later."""

    def __init__(self) -> None:
        self.seconds = 1_772_000_000.0

    def __call__(self) -> float:
        self.seconds += 1
        return self.seconds

    def advance(self, **span: float) -> None:
        self.seconds += timedelta(**span).total_seconds()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def company(tmp_path: Path, clock: Clock) -> Iterator[Company]:
    with Company.create(tmp_path / "company.qbsim", customers=40, jobs=15, clock=clock) as company:
        clock.advance(days=1)
        yield company


@pytest.fixture
def connection() -> Connection:
    return make_connection(make_organization(), confirmed=False)


def refresh(
    connection: Connection, company: Company, *, full: bool = False, faults: tuple[str, ...] = (), **more: Any
):
    """One refresh in one visit; the outcome of the Web Connector."""
    task = request_refresh(connection, by=None, full=full)
    outcome = connect(connection, company, faults=faults, **more).update()
    task.refresh_from_db()
    return outcome, task


def small_pages(monkeypatch: pytest.MonkeyPatch, size: int = 10) -> None:
    monkeypatch.setattr(refresh_customers, "PAGE_SIZE", size)


def trips(outcome: Any) -> int:
    return outcome.calls.count("sendRequestXML")


def test_every_customer_and_job_arrives_as_it_is(connection, company):
    """Requirements 3, 14."""
    outcome, task = refresh(connection, company)
    assert (outcome.outcome, outcome.status) == ("done", f"OK: {company.count()} customers and jobs read")
    assert differences(connection, company) == []
    assert task.state == "done"
    assert task.counts["new"] == task.counts["list"] == company.count()
    state = list_state(connection)
    assert (state.kind, state.count, state.open_task) == ("whole", company.count(), None)
    assert not StagedCustomer.objects.exists()
    assert not SeenCustomer.objects.exists()
    assert {row.sublevel for row in Customer.objects.all()} >= {0, 1, 2, 3}


def test_what_is_kept_of_a_customer(connection, company):
    company.add_customer(
        "Élan & Søn",
        company_name="Élan “Søn” GmbH",
        bill_address=address("Élan & Søn", "12 Elm St", city="Boise", state="ID", postal_code="83702"),
        ship_to_address=[ship_to("Gym", "1 Gym Way", city="Nampa", default=True)],
        phone="208-555-0100",
        email="a@example.com; b@example.com",
        contact="Ann Ash",
        additional_contact_ref=[labelled("Mobile", "208-555-0199")],
        contacts_ret=[contact("Ben", last_name="Birch", phones=[labelled("Mobile", "208-555-0198")])],
        account_number="A-17",
    )
    refresh(connection, company)
    row = customers_of(connection, search="élan").get()
    details = Details.from_json(row.details)
    assert (row.name, row.company_name, row.display_name) == ("Élan & Søn", "Élan “Søn” GmbH", "Élan “Søn” GmbH")
    assert details.bill.lines == ("Élan & Søn", "12 Elm St")
    assert details.bill.city == "Boise"
    assert [(one.name, one.is_default, one.address.lines) for one in details.ship_to] == [
        ("Gym", True, ("1 Gym Way",))
    ]
    assert (details.phone, details.email, details.contact) == (
        "208-555-0100",
        "a@example.com; b@example.com",
        "Ann Ash",
    )
    assert details.fields == (("Mobile", "208-555-0199"),)
    assert [(person.name, person.fields) for person in details.people] == [
        ("Ben Birch", (("Mobile", "208-555-0198"),))
    ]
    assert details.account_number == "A-17"
    assert row.billing_key == "12 elm st|83702"
    for words in ("elan", "a-17", "gym way", "2085550100", "12 elm"):
        assert customers_of(connection, search=words).filter(pk=row.pk).exists(), words


def test_a_large_list_comes_in_pages(connection, company, monkeypatch):
    small_pages(monkeypatch)
    outcome, _ = refresh(connection, company)
    assert trips(outcome) == -(-company.count() // 10)
    percentages = [value for name, value in outcome.answers if name == "receiveResponseXML"]
    assert percentages == sorted(percentages)
    assert percentages[-1] == 100
    assert max(percentages[:-1]) < 100
    assert differences(connection, company) == []


def test_a_refresh_of_changes_with_none_there_is_one_round_trip_and_rewrites_nothing(connection, company):
    refresh(connection, company)
    before = list(Customer.objects.order_by("pk").values())
    outcome, task = refresh(connection, company)
    assert trips(outcome) == 1
    assert outcome.status == f"OK: nothing has changed; {company.count()} customers and jobs in the list"
    assert "<FromModifiedDate>" in outcome.requests[0]
    assert list(Customer.objects.order_by("pk").values()) == before
    assert task.counts | {"seen": 0, "expected": 0} == {
        "seen": 0, "expected": 0, "new": 0, "changed": 0, "gone": 0, "broken": 0, "list": company.count(),
    }  # fmt: skip
    latest = Activity.objects.filter(verb="customer_list.refreshed").latest("id")
    assert latest.after == {"customers_and_jobs": company.count()}, "the history tells no noughts"


def test_a_full_refresh_with_nothing_changed_rewrites_nothing(connection, company):
    refresh(connection, company)
    before = list(Customer.objects.order_by("pk").values())
    _, task = refresh(connection, company, full=True)
    assert (task.counts["new"], task.counts["changed"], task.counts["gone"]) == (0, 0, 0)
    assert list(Customer.objects.order_by("pk").values()) == before


def test_changes_arrive(connection, company, clock):
    """Requirement 14: after a refresh a customer added in QuickBooks appears."""
    refresh(connection, company)
    clock.advance(days=3)
    added = company.add_customer("Brand new customer", phone="208-555-0101")
    first = next(iter(company.customers()))
    company.edit_customer(first.list_id, phone="208-555-0102")
    company.set_active(first.list_id, active=False)
    outcome, task = refresh(connection, company)
    assert trips(outcome) == 1
    assert task.counts["new"] == 1
    assert task.counts["changed"] >= 1
    assert differences(connection, company) == []
    assert customers_of(connection, active=True).filter(list_id=added.list_id).exists()
    assert customers_of(connection, active=False).filter(list_id=first.list_id).exists()


def test_a_rename_is_followed_below_although_quickbooks_leaves_the_jobs_alone(connection, company, clock):
    parent = company.add_customer("Elm District")
    school = company.add_customer("Elm School", parent=parent.list_id)
    company.add_customer("Gym", parent=school.list_id)
    clock.advance(hours=3)
    company.add_customer("Holds the mark")
    refresh(connection, company)
    clock.advance(days=3)
    company.edit_customer(parent.list_id, name="Oak District")
    _, task = refresh(connection, company)
    assert task.counts["changed"] == 1  # only the customer itself came
    gym = customers_of(connection, search="Oak Gym").get()
    assert gym.full_name == "Oak District:Elm School:Gym"
    assert gym.sort_key == "oak district\x1felm school\x1fgym"
    assert differences(connection, company) == []
    assert [row.full_name for row in customers_of(connection, search="Oak District")] == [
        "Oak District", "Oak District:Elm School", "Oak District:Elm School:Gym",
    ]  # fmt: skip


def test_a_move_changes_path_and_level_below(connection, company, clock):
    one = company.add_customer("Ash Group")
    other = company.add_customer("Birch Group")
    hall = company.add_customer("Hall", parent=one.list_id)
    company.add_customer("Stage", parent=hall.list_id)
    refresh(connection, company)
    clock.advance(days=3)
    company.edit_customer(hall.list_id, parent=other.list_id)
    refresh(connection, company)
    assert differences(connection, company) == []
    clock.advance(days=3)
    company.edit_customer(hall.list_id, parent=None)
    refresh(connection, company)
    assert customers_of(connection, search="Stage").get().sublevel == 1
    assert differences(connection, company) == []


def childless(company: Company, count: int) -> list[Any]:
    """Customers that nothing hangs on."""
    return [company.add_customer(f"Nothing hangs on {number}") for number in range(count)]


@pytest.mark.parametrize("full", [False, True], ids=["changes", "full"])
def test_deleted_and_merged_customers_are_marked_and_kept(connection, company, clock, full):
    """Design 3.8: links may point to them."""
    deleted, merged, survivor = childless(company, 3)
    refresh(connection, company)
    clock.advance(days=3)
    company.delete_customer(deleted.list_id)
    company.merge_customers(merged.list_id, to=survivor.list_id)
    _, task = refresh(connection, company, full=full)
    assert task.counts["gone"] == 2
    for one in (deleted, merged):
        row = Customer.objects.get(list_id=one.list_id)
        assert row.gone_at
        assert row.gone_because == "deleted"
    assert differences(connection, company) == []
    assert list_state(connection).count == company.count()
    assert {row.list_id for row in customers_of(connection, active=None, gone=True)} == {
        deleted.list_id, merged.list_id,
    }  # fmt: skip


def test_what_the_feed_does_not_tell_any_more_is_missing(connection, company, clock):
    """The deletion feed reaches back about 90 days."""
    (deleted,) = childless(company, 1)
    refresh(connection, company)
    company.delete_customer(deleted.list_id)
    clock.advance(days=200)
    CustomerList.objects.update(full_at=timezone.now() - timedelta(days=31))
    refresh(connection, company)
    assert Customer.objects.get(list_id=deleted.list_id).gone_because == "missing"


def test_after_thirty_days_every_list_id_is_read_again(connection, company, clock):
    refresh(connection, company)
    CustomerList.objects.update(full_at=timezone.now() - timedelta(days=31))
    outcome, _ = refresh(connection, company)
    assert "<FromModifiedDate>" not in outcome.requests[0]
    assert timezone.now() - CustomerList.objects.get().full_at < timedelta(minutes=1)


def test_what_comes_back_is_gone_no_more(connection, company, clock):
    refresh(connection, company)
    one = Customer.objects.order_by("pk").first()
    Customer.objects.filter(pk=one.pk).update(gone_at=timezone.now(), gone_because="missing")
    _, task = refresh(connection, company, full=True)
    assert task.counts["new"] == 1
    one.refresh_from_db()
    assert (one.gone_at, one.gone_because) == (None, "")


def test_an_older_copy_of_the_file_reads_the_whole_list(connection, company, clock, tmp_path):
    """A restored backup keeps all its IDs and the FileID; its greatest TimeModified has gone back."""
    refresh(connection, company)
    backup = tmp_path / "backup.qbsim"
    backup.write_bytes(company.path.read_bytes())
    clock.advance(days=3)
    company.add_customer("After the backup")
    refresh(connection, company)
    assert customers_of(connection, search="After the backup").exists()
    company.close()
    company.path.write_bytes(backup.read_bytes())
    with Company.open(company.path, clock=clock) as restored:
        outcome, _ = refresh(connection, restored)
        assert "<FromModifiedDate>" not in outcome.requests[-1]
        assert differences(connection, restored) == []
    assert Customer.objects.get(name="After the backup").gone_because == "missing"


def test_daylight_saving_loses_nothing(connection, tmp_path):
    """In summer QuickBooks writes the right wall time and winter's offset; the clock goes back an hour in autumn."""
    clock = Clock()
    clock.seconds = 1_793_500_000.0  # 31 October 2026, a day before the change
    with Company.create(tmp_path / "dst.qbsim", customers=5, clock=clock, time_zone="America/New_York") as company:
        clock.advance(hours=6)
        company.add_customer("Before")
        refresh(connection, company)
        for hour in range(30):
            clock.advance(hours=1)
            company.add_customer(f"Hour {hour}")
            refresh(connection, company)
            assert differences(connection, company) == []


def test_of_a_company_file_that_is_not_ours_nothing_stays(connection, company, tmp_path):
    """Design 3.9: in a copy of the right file, the same ListIDs may be of other customers."""
    request_lists(connection, by=None)
    refresh(connection, company)
    assert ListEntry.objects.filter(connection=connection).exists()
    reject_company(connection, by=None)
    assert not Customer.objects.filter(connection=connection).exists()
    assert not ListEntry.objects.filter(connection=connection).exists()
    with Company.create(tmp_path / "ours.qbsim", customers=3) as ours:
        refresh(connection, ours)
        assert differences(connection, ours) == []


def in_mid_visit(act, *, nth):
    """The connection between the two ends of a visit; ``act`` is done before its ``nth`` call arrives."""
    calls = iter(range(1, 100))

    def before_the_nth(environ, start_response):
        if next(calls) == nth:
            act(Connection.objects.get(), by=None)
        return product(environ, start_response)

    return WsgiTransport(before_the_nth)


@pytest.mark.parametrize("nth", range(6, 10))
def test_a_visit_that_reads_a_file_that_is_not_ours_ends(connection, company, monkeypatch, nth):
    """Whatever call of it comes next."""
    small_pages(monkeypatch)
    _, task = refresh(connection, company, transport=in_mid_visit(reject_company, nth=nth))
    assert task.state == Task.State.CANCELLED
    assert Session.objects.get().closed_because == "rejected"
    for rows in (Customer, StagedCustomer, CustomerList):
        assert not rows.objects.exists()


@pytest.mark.parametrize(("act", "because"), [(new_password, "password"), (archive_connection, "archived")])
def test_an_old_password_and_an_archived_connection_stop_in_mid_visit(connection, company, act, because):
    _, task = refresh(connection, company, transport=in_mid_visit(act, nth=6))
    assert task.state == Task.State.RUNNING
    assert Session.objects.get().closed_because == because
    assert not Customer.objects.exists()


# --- what goes wrong


@pytest.mark.parametrize("how", ["no-list-id", "no-name", "bad-values"])
def test_a_broken_record_is_named_and_the_others_arrive(connection, company, how):
    outcome, task = refresh(connection, company, faults=(f"broken-record:{how}",))
    assert outcome.outcome == "done"
    assert outcome.status.endswith("; 1 could not be read")
    assert task.counts["broken"] == 1
    assert customers_of(connection, active=None).count() == company.count() - 1
    (broken,) = list_state(connection).broken
    assert broken["reason"]
    assert broken["name"] or broken["list_id"]


@pytest.mark.parametrize("how", ["no-list-id", "no-name", "bad-values"])
def test_a_record_that_breaks_later_keeps_its_old_row(connection, company, how):
    refresh(connection, company)
    _, task = refresh(connection, company, full=True, faults=(f"broken-record:{how}",))
    assert (task.counts["gone"], task.counts["broken"]) == (0, 1)
    assert differences(connection, company) == []
    refresh(connection, company, full=True)
    assert list_state(connection).broken == []


def test_a_broken_record_stays_named_until_it_is_read(connection, company, clock):
    refresh(connection, company, faults=("broken-record:no-name",))
    clock.advance(days=3)
    company.add_customer("Something else")
    refresh(connection, company)
    (broken,) = list_state(connection).broken
    company.edit_customer(broken["list_id"], phone="208-555-0109")
    refresh(connection, company)
    assert list_state(connection).broken == []
    assert differences(connection, company) == []


def test_a_lost_iterator_is_started_again(connection, company, monkeypatch):
    small_pages(monkeypatch, 20)
    outcome, _ = refresh(connection, company, faults=("iterator-lost:1",))
    assert outcome.outcome == "done"
    assert differences(connection, company) == []


@pytest.mark.parametrize("fault", ["truncated-answer:2", "garbage-answer:1", "wrong-encoding:1"])
def test_a_damaged_page_is_rejected_and_the_next_visit_finishes(connection, company, monkeypatch, fault):
    small_pages(monkeypatch, 20)
    outcome, task = refresh(connection, company, faults=(fault,))
    assert outcome.outcome in ("refused", "failed")
    assert task.state == "running"
    assert list_state(connection).kind == "arriving"
    assert not Customer.objects.exists()
    assert connect(connection, company).update().outcome == "done"
    assert differences(connection, company) == []


def test_an_answer_delivered_twice_and_a_request_asked_twice_change_nothing(connection, company, monkeypatch):
    small_pages(monkeypatch, 20)
    outcome, _ = refresh(connection, company, faults=("answer-twice:1", "repeat-send-request:2"))
    assert outcome.outcome == "done"
    assert differences(connection, company) == []


@pytest.mark.parametrize("fault", ["other-company-file", "file-id-missing"])
def test_another_company_file_is_neither_read_nor_written(connection, company, fault, clock, tmp_path):
    refresh(connection, company)
    before = list(Customer.objects.order_by("pk").values())
    if fault == "file-id-missing":
        company.rename("Beta LLC")
    outcome, task = refresh(connection, company, faults=(fault,))
    assert outcome.outcome == "refused"
    assert outcome.requests == []
    assert task.state == "waiting"
    assert list(Customer.objects.order_by("pk").values()) == before
    connection.refresh_from_db()
    assert connection.refused_file["reason"] in ("other_file", "unstamped")


@pytest.mark.parametrize(
    "faults",
    [
        ("connection-error:0x80040408",),
        ("dialog-open",),
        ("connection-error:0x80040408", "close-after-connection-error"),
        ("rpc-style",),
    ],
    ids="+".join,
)
def test_both_readings_of_what_is_uncertain_end_well(connection, company, faults):
    """closeConnection may or may not follow done, SOAP may be document or RPC style."""
    connect(connection, company).add()
    refresh(connection, company, faults=faults)
    assert connect(connection, company).update().outcome in ("done", "none")
    assert differences(connection, company) == []


def test_busy_is_kept_by_the_other_computer_with_and_without_closing(connection, company):
    request_refresh(connection, by=None)
    first = connect(connection, company, faults=("die-at-call:4",))
    assert first.update().outcome == "died"
    for faults in ((), ("close-after-busy",)):
        outcome = connect(connection, company, faults=faults).update()
        assert outcome.outcome == "busy"
        assert 0 < outcome.postpone_seconds <= 300
    Session.objects.update(last_call_at=timezone.now() - timedelta(seconds=301))
    assert connect(connection, company).update().outcome == "done"
    assert differences(connection, company) == []


@pytest.mark.parametrize("call", range(1, 13))
def test_a_web_connector_that_dies_at_any_call_leaves_the_old_list_whole(
    connection, company, clock, monkeypatch, call
):
    """Requirement 16."""
    small_pages(monkeypatch, 20)
    refresh(connection, company)
    shown = list(Customer.objects.order_by("pk").values())
    clock.advance(days=3)
    for number in range(30):
        company.add_customer(f"Added {number}")
    _, task = refresh(connection, company, full=True, faults=(f"die-at-call:{call}",))
    if task.state != "done":
        assert list(Customer.objects.order_by("pk").values()) == shown
        assert list_state(connection).kind == "whole"
        Session.objects.update(last_call_at=timezone.now() - timedelta(seconds=301))
        assert connect(connection, company).update().outcome == "done"
    assert differences(connection, company) == []


def test_random_edits_and_refreshes_keep_the_copy_true(connection, company, clock, monkeypatch):
    small_pages(monkeypatch, 15)
    dice = random.Random(7)
    refresh(connection, company)
    for round_number in range(12):
        clock.advance(hours=dice.choice((0.1, 2, 30)))
        for _ in range(dice.randint(0, 8)):
            edit_at_random(company, dice)
        outcome, _ = refresh(connection, company, full=dice.random() < 0.2)
        assert outcome.outcome == "done"
        assert differences(connection, company) == [], f"round {round_number}"


def edit_at_random(company: Company, dice: random.Random) -> None:
    one = dice.choice(list(company.customers()))
    match dice.randrange(6):
        case 0:
            company.add_customer(f"New {dice.random()}", parent=one.list_id if one.sublevel < 3 else None)
        case 1:
            company.edit_customer(one.list_id, name=f"Name {dice.random()}")
        case 2:
            company.edit_customer(one.list_id, phone=f"208-555-{dice.randrange(10_000):04}")
        case 3:
            company.set_active(one.list_id, active=dice.random() < 0.5)
        case 4:
            with suppress(CompanyError):  # it has jobs or transactions
                company.delete_customer(one.list_id)
        case 5:
            others = [other for other in company.customers() if other.sublevel == 0 and other.list_id != one.list_id]
            if one.sublevel == 1:
                company.edit_customer(one.list_id, parent=dice.choice(others).list_id)


# --- what it costs


def test_the_queries_of_a_page_do_not_grow_with_it(connection, company, monkeypatch):
    from django.db import connection as database
    from django.test.utils import CaptureQueriesContext

    def queries(size: int) -> int:
        small_pages(monkeypatch, size)
        task = request_refresh(connection, by=None, full=True)
        simulated = connect(connection, company)
        with CaptureQueriesContext(
            database,
        ) as captured:
            assert simulated.update().outcome == "done"
        pages = Exchange.objects.filter(task=task).count()
        return round(len(captured) / pages)

    refresh(connection, company)
    few, many = queries(5), queries(20)
    assert many <= few + 12  # what begins and ends a session spreads over fewer pages
    assert few <= 25
    assert Task.objects.filter(state="done").count() == 3
