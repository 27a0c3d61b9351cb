"""authenticate: who is it, is there work, is nobody else at it."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection as database
from django.utils import timezone

from standpipe.quickbooks.exchange import login
from standpipe.quickbooks.exchange.actions import release_session
from standpipe.quickbooks.exchange.doorman import FREE, LONGEST_SECONDS, delay_after, note_wrong_password
from standpipe.quickbooks.exchange.models import Exchange, Session
from standpipe.quickbooks.lists.actions import OPEN, request_refresh
from support.quickbooks_worlds import PASSWORD, make_connection
from support.soap import Visit, answer, call, customer_ret
from support.worlds import make_organization


def test_nothing_to_do_costs_one_write_and_leaves_no_session(connection, django_assert_num_queries, client):
    with django_assert_num_queries(1):
        ticket, verdict = call("authenticate", connection.username, PASSWORD)

    assert verdict == "none"
    assert not Session.objects.exists()
    connection.refresh_from_db()
    assert timezone.now() - connection.last_contact_at < timedelta(seconds=10)
    with django_assert_num_queries(0):  # closing is nothing to the database either
        assert call("closeConnection", ticket) == "Nothing to do."


def test_versions_touch_no_database(db, django_assert_num_queries):
    """A failing first call is tolerated by the Web Connector, a slow one is not worth it."""
    with django_assert_num_queries(0):
        assert call("serverVersion") == "0.1.0"
        assert call("clientVersion", "2.3.0.215") == ""


def test_a_task_is_work(connection):
    request_refresh(connection, by=None)
    visit = Visit(connection)
    assert visit.verdict == ""
    assert Session.objects.get().ticket == visit.ticket


def test_a_company_file_that_was_never_read_is_work(db):
    assert Visit(make_connection(make_organization(), confirmed=False)).verdict == ""


@pytest.mark.parametrize(
    "written",
    [PASSWORD, PASSWORD.replace("-", ""), PASSWORD.replace("-", " "), f"  {PASSWORD} ", PASSWORD.upper()],
    ids=["as shown", "without dashes", "with spaces", "with blanks around", "in capitals"],
)
def test_the_password_counts_however_it_was_typed(connection, written):
    assert Visit(connection, password=written).verdict == "none"


@pytest.mark.parametrize("password", ["", "7kq3m", PASSWORD[:-1], PASSWORD + "x"])
def test_a_wrong_password_is_nvu_and_said_on_the_connection(connection, password):
    visit = Visit(connection, password=password, address="203.0.113.9")
    assert (visit.verdict, len(visit.login)) == ("nvu", 2)
    assert visit.ticket
    connection.refresh_from_db()
    assert connection.wrong_password_from == "203.0.113.9"
    assert timezone.now() - connection.wrong_password_at < timedelta(seconds=10)
    assert visit.close() == "Not signed in: the user name or the password is wrong."


def test_a_connection_without_password_lets_nobody_in(connection):
    connection.password_hash = ""
    connection.save()
    assert Visit(connection, password="").verdict == "nvu"


def test_an_unknown_user_name_is_nvu_and_written_nowhere(connection):
    ticket, verdict = call("authenticate", "nobody", PASSWORD)
    assert (bool(ticket), verdict) == (True, "nvu")
    connection.refresh_from_db()
    assert connection.wrong_password_at is None


def test_an_archived_connection_is_nvu(connection):
    connection.archived_at = timezone.now()
    connection.save()
    request = Visit(connection)
    assert request.verdict == "nvu"


def test_many_wrong_passwords_wait_a_bounded_moment_and_the_right_one_never(connection):
    cache.clear()
    waited: list[float] = []
    for _ in range(20):
        note_wrong_password("203.0.113.7", pause=waited.append)
    assert len(waited) == 20 - FREE
    assert waited == sorted(waited)
    assert waited[-1] == LONGEST_SECONDS
    note_wrong_password("203.0.113.8", pause=waited.append)  # another address starts anew
    assert len(waited) == 20 - FREE
    assert Visit(connection, address="203.0.113.7").verdict == "none"  # a forgotten second computer locks nobody out
    cache.clear()


def test_wrong_passwords_are_counted_across_processes():
    """A server has several workers, and the next wrong password may come to any of them (decision 26)."""
    program = (
        "import django; django.setup()\n"
        "from standpipe.quickbooks.exchange.doorman import note_wrong_password\n"
        "print(note_wrong_password('203.0.113.9'))"
    )
    cache.clear()
    assert note_wrong_password("203.0.113.9") == 1
    done = subprocess.run(
        [sys.executable, "-c", program], env=_like_ours(), capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "2"
    assert note_wrong_password("203.0.113.9") == 3
    cache.clear()


def _like_ours() -> dict[str, str]:
    own = {"DJANGO_SETTINGS_MODULE": "standpipe.site.settings", "STANDPIPE_DATA_DIR": str(settings.DATA_DIR)}
    return {**os.environ, **own, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


def test_delays_grow_and_stay_small():
    delays = [delay_after(count) for count in range(200)]
    assert delays == sorted(delays)
    assert delays[FREE] == 0
    assert max(delays) == LONGEST_SECONDS


# --- one live session per connection (design 3.10)


def test_a_second_login_hears_busy_with_the_seconds_left(connection):
    request_refresh(connection, by=None)
    first, second = Visit(connection), Visit(connection)
    assert second.verdict == "busy"
    assert 290 <= int(second.login[2]) <= 300
    assert first.ask()
    assert second.close() == "Busy with another session of this company file."
    assert second.last_error() == "Busy with another session of this company file."
    assert first.give(answer(1, customer_ret("80000001-1", "Elm"))) == 100


def test_a_session_of_a_clock_that_was_a_day_ahead_keeps_nobody_out(connection):
    request_refresh(connection, by=None)
    Visit(connection)
    Session.objects.update(last_call_at=timezone.now() + timedelta(days=1))
    assert Visit(connection).verdict == ""


def test_a_silent_session_is_taken_over(connection):
    request_refresh(connection, by=None)
    first = Visit(connection)
    first.ask()
    Session.objects.update(last_call_at=timezone.now() - timedelta(seconds=301))
    second = Visit(connection)
    assert second.verdict == ""
    assert second.ticket != first.ticket
    old = Session.objects.get(ticket=first.ticket)
    assert (old.closed_because, old.state) == ("replaced", "replaced")
    assert second.ask()
    assert first.ask() == ""
    assert "took over" in first.last_error()
    assert "took over" in first.close()


def test_a_call_keeps_the_session_alive(connection):
    request_refresh(connection, by=None)
    first = Visit(connection)
    Session.objects.update(last_call_at=timezone.now() - timedelta(seconds=299))
    first.ask()
    Session.objects.update(opened_at=timezone.now() - timedelta(seconds=1000))
    assert Visit(connection).verdict == "busy"


def test_release_ends_the_live_session_at_once(connection):
    request_refresh(connection, by=None)
    first = Visit(connection)
    first.ask()
    assert release_session(connection, by=None)
    assert not release_session(connection, by=None)
    assert Visit(connection).verdict == ""
    assert Session.objects.get(ticket=first.ticket).closed_because == "released"


def test_a_finished_session_blocks_nobody_even_if_it_is_never_closed(connection):
    """The Web Connector may die between 100 and closeConnection."""
    request_refresh(connection, by=None)
    first = Visit(connection)
    first.ask()
    assert first.give(answer(1)) == 100
    request_refresh(connection, by=None)
    assert Visit(connection).verdict == ""
    assert first.close().startswith("OK")


def test_tickets_are_random_and_reach_only_their_own_connection(connection):
    """Equal tickets once sent one client's invoices into another's file (quickbooks-php 307 and 319)."""
    other = make_connection(make_organization("Birch Alarm"))
    request_refresh(connection, by=None)
    request_refresh(other, by=None)
    mine, theirs = Visit(connection), Visit(other)
    assert mine.ticket != theirs.ticket
    assert min(len(mine.ticket), len(theirs.ticket)) >= 32
    mine.ask()
    theirs.ask()
    assert mine.give(answer(1, customer_ret("80000001-1", "Elm"))) == 100
    assert connection.customers.count() == 1
    assert other.customers.count() == 0


def test_old_sessions_that_only_read_are_forgotten_after_thirty_days(connection):
    request_refresh(connection, by=None)
    first = Visit(connection)
    first.ask()
    first.give(answer(1))
    Session.objects.update(closed_at=timezone.now() - timedelta(days=31))
    request_refresh(connection, by=None)
    second = Visit(connection)
    assert [session.ticket for session in Session.objects.all()] == [second.ticket]


def test_of_old_sessions_those_that_wrote_are_kept_whole(connection):
    """Design 10: what changed the company file is kept for ever, with what was read in the same visit."""
    long_ago = timezone.now() - timedelta(days=31)
    told = {}
    for name, (sets, closed_at) in {
        "read": (["", ""], long_ago),
        "read and wrote": (["", "set-1", ""], long_ago),
        "said nothing": ([], long_ago),
        "read lately": ([""], timezone.now()),
    }.items():
        told[name] = Session.objects.create(
            connection=connection, ticket=f"session-{name}", state="closed", closed_at=closed_at
        )
        for number, set_id in enumerate(sets, start=1):
            Exchange.objects.create(session=told[name], number=number, request=b"", set_id=set_id)
    other = Session.objects.create(
        connection=make_connection(make_organization()), ticket="session-other", state="closed", closed_at=long_ago
    )
    request_refresh(connection, by=None)
    now = Visit(connection)
    kept = set(Session.objects.values_list("ticket", flat=True))
    assert kept == {told["read and wrote"].ticket, told["read lately"].ticket, other.ticket, now.ticket}
    assert Exchange.objects.filter(session=told["read and wrote"]).count() == 3


def test_an_idle_login_does_not_walk_over_what_was_posted(connection):
    """The index of open documents answers it, however many there are. (PostgreSQL walks over any small table.)"""
    explain = "EXPLAIN QUERY PLAN" if database.vendor == "sqlite" else "EXPLAIN"
    with database.cursor() as cursor:
        cursor.execute(f"{explain} {login._NOTE_IDLE}", [None, connection.username, "", None, *OPEN, None])
        plan = " ".join(str(row[-1]) for row in cursor.fetchall())
    assert "document_open" in plan or database.vendor != "sqlite"
