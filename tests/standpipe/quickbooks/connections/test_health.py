"""State, set-up progress and problems, from one row and a clock."""

from datetime import UTC, datetime, timedelta

import pytest

from standpipe.quickbooks.connections.contact import next_contact
from standpipe.quickbooks.connections.health import ConnectionState, evidence_of, problems_of, state_of
from standpipe.quickbooks.connections.models import Connection
from standpipe.quickbooks.connections.progress import progress_of, shown_steps
from standpipe.quickbooks.connections.steps import Evidence, StepKey

NOON = datetime(2026, 3, 12, 12, tzinfo=UTC)
EARLIER = NOON - timedelta(days=2)
DOWNLOADED = {"qwc_downloaded_at": EARLIER}
SEEN = DOWNLOADED | {"password_set_at": EARLIER, "first_seen_at": NOON, "last_contact_at": NOON}
READ = SEEN | {"file_read_at": NOON, "file_company_name": "Meadow Ridge", "file_path": r"C:\Meadow.qbw"}
CONFIRMED = READ | {"confirmed_at": NOON}
MOVED = {"reason": "moved", "company_name": "Meadow Ridge", "path": r"D:\Meadow.qbw", "file_id": ""}


def codes(connection, *, now=NOON):
    contact = next_contact(connection.last_contact_at, poll_minutes=connection.poll_minutes, now=now)
    return [problem.code for problem in problems_of(connection, contact=contact)]


@pytest.mark.parametrize(
    ("columns", "state"),
    [
        ({}, ConnectionState.NOT_DOWNLOADED),
        (DOWNLOADED, ConnectionState.NEVER_SEEN),
        (SEEN, ConnectionState.SEEN),
        (READ, ConnectionState.FILE_READ),
        (CONFIRMED, ConnectionState.FILE_READ),
        # A file handed out by a program, or from a backup: what came later counts.
        ({"first_seen_at": NOON}, ConnectionState.SEEN),
        ({"file_read_at": NOON}, ConnectionState.FILE_READ),
    ],
)
def test_four_states_are_told_apart(columns, state):
    """Requirement 2."""
    assert state_of(Connection(**columns)) is state


def test_states_keep_their_names():
    assert [state.value for state in ConnectionState] == ["qwc_not_downloaded", "never_seen", "seen", "file_read"]


@pytest.mark.parametrize(
    ("columns", "evidence"),
    [
        ({}, set()),
        (DOWNLOADED, {Evidence.DOWNLOADED}),
        (SEEN, {Evidence.DOWNLOADED, Evidence.CONTACT}),
        (READ, {Evidence.DOWNLOADED, Evidence.CONTACT, Evidence.FILE_READ}),
        # A new password: nobody has called with it yet.
        (READ | {"password_set_at": NOON + timedelta(seconds=1)}, {Evidence.DOWNLOADED}),
    ],
)
def test_steps_tick_by_what_was_seen_with_the_present_password(columns, evidence):
    assert evidence_of(Connection(**columns)) == evidence


def test_the_last_step_ticks_for_nobody():
    shown = shown_steps(Connection(**CONFIRMED), address_refusal=None)
    assert [it.step.key for it in shown if not it.is_done] == [StepKey.BACK]


@pytest.mark.parametrize(
    ("columns", "words", "finished"),
    [
        ({}, "first step", False),
        (DOWNLOADED, "waiting for the first call", False),
        (SEEN, "company file has not been read yet", False),
        (READ, "“Meadow Ridge” was read", True),
        (READ | {"password_set_at": NOON + timedelta(seconds=1)}, "call with the new password", False),
        (DOWNLOADED | {"wrong_password_at": NOON}, "wrong password", False),
        (READ | {"refused_file": MOVED}, "The company file is in another place", False),
        (
            SEEN | {"trouble": {"code": "0x80040418", "text": "Not allowed yet."}},
            "as Admin, in single-user mode",
            False,
        ),
    ],
)
def test_progress_says_what_is_waited_for(columns, words, finished):
    progress = progress_of(Connection(**columns))
    assert words in progress.text
    assert progress.is_finished is finished


def test_progress_has_another_version_whenever_it_says_something_else():
    rows = [{}, DOWNLOADED, SEEN, READ, DOWNLOADED | {"wrong_password_at": NOON}, READ | {"refused_file": MOVED}]
    assert len({progress_of(Connection(**row)).version for row in rows}) == len(rows)


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({}, []),
        (DOWNLOADED, []),
        (SEEN, []),
        (READ, ["company_not_confirmed"]),
        (CONFIRMED, []),
        (CONFIRMED | {"refused_file": MOVED, "refused_at": NOON}, ["refused_file"]),
        (CONFIRMED | {"trouble": {"code": "0x80040414", "text": "A dialog is open.", "at": None}}, ["trouble"]),
        # A forgotten second computer is no problem while the right one comes through.
        (CONFIRMED | {"wrong_password_at": NOON}, []),
        (DOWNLOADED | {"wrong_password_at": NOON}, ["wrong_password"]),
        (
            CONFIRMED
            | {"password_set_at": NOON + timedelta(minutes=1), "wrong_password_at": NOON + timedelta(hours=1)},
            ["wrong_password"],
        ),
        (CONFIRMED | {"archived_at": NOON, "refused_file": MOVED}, []),
    ],
)
def test_problems_are_what_waits_for_a_person(columns, expected):
    assert codes(Connection(**columns)) == expected


def test_silence_becomes_a_problem_after_a_missed_visit_and_some_grace():
    connection = Connection(**CONFIRMED, poll_minutes=5)
    assert codes(connection, now=NOON + timedelta(minutes=14)) == []
    assert codes(connection, now=NOON + timedelta(minutes=16)) == ["overdue"]


def test_known_trouble_brings_its_repair():
    trouble = {"code": "0x80040414", "text": "A dialog is open.", "at": NOON.isoformat()}
    contact = next_contact(NOON, poll_minutes=5, now=NOON)
    (problem,) = problems_of(Connection(**CONFIRMED, trouble=trouble), contact=contact)
    assert problem.title == "A window in QuickBooks waits for an answer"
    assert "Close the window in QuickBooks" in problem.repair
    assert problem.at == NOON
