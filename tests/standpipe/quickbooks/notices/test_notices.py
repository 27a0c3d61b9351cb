"""Issue 5.9: an e-mail to chosen people, at most one a day per cause."""

import os
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import call_command
from django.db import transaction

from standpipe.invoices.models import Invoice
from standpipe.quickbooks.connections.models import Connection
from standpipe.quickbooks.lists.actions import request_refresh
from standpipe.quickbooks.notices.actions import recipients_of, send_notices
from standpipe.quickbooks.notices.models import Notice
from standpipe.quickbooks.posting.models import Document, LastLook
from support.quickbooks_worlds import make_connection
from support.worlds import World, make_account, make_world

pytestmark = pytest.mark.django_db

MONDAY_NOON = datetime(2024, 3, 4, 17, tzinfo=UTC)  # noon in New York


@pytest.fixture(autouse=True)
def _a_mail_server(settings) -> None:
    settings.EMAIL_IS_SET_UP = True


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def connection(world: World) -> Connection:
    """Bob is told; Charlie, of another organization, was slipped in by somebody and is not."""
    notify = [str(world.bob.pk), str(world.charlie.pk), "nobody@example.com"]
    return make_connection(
        world.organization,
        last_contact_at=MONDAY_NOON,
        settings={"posting": {"notify": notify}},
        computer="OFFICE-PC",
    )


def make_refused(
    connection: Connection, *, number: str, at: datetime, code: str = "3140", text: str = ""
) -> Document:
    account = make_account(connection.organization)
    invoice = Invoice.objects.create(
        organization=connection.organization,
        account=account,
        number=number,
        date=date(2024, 3, 4),
        total=Decimal("80.00"),
    )
    return Document.objects.create(
        organization=connection.organization,
        connection=connection,
        invoice=invoice,
        state=Document.State.NEEDS_YOU,
        asked_at=at,
        problem={"code": code, "text": text, "at": at.isoformat()},
        customer_list_id="80000001-1",
        customer_name="Elm School",
    )


def test_only_chosen_people_of_the_organization_are_told(connection: Connection, world: World) -> None:
    assert recipients_of(connection) == [world.bob.email]


def test_four_working_hours_of_silence_are_told_once_a_day(connection: Connection, world: World) -> None:
    assert send_notices(now=MONDAY_NOON + timedelta(hours=3, minutes=59)) == 0
    assert send_notices(now=MONDAY_NOON + timedelta(hours=4, minutes=1)) == 1
    assert send_notices(now=MONDAY_NOON + timedelta(hours=4, minutes=2)) == 0
    (message,) = mail.outbox
    assert message.to == [world.bob.email]
    assert "silent since 04 March, 12:00" in message.subject
    assert world.organization.name in message.subject
    assert "OFFICE-PC" in message.body
    assert f"/o/{world.organization.slug}/quickbooks/" in message.body
    assert send_notices(now=MONDAY_NOON + timedelta(days=1)) == 1  # and once more the next day


def test_a_night_and_a_weekend_are_no_silence(connection: Connection) -> None:
    Connection.objects.update(last_contact_at=datetime(2024, 3, 8, 21, tzinfo=UTC))  # Friday, four in the afternoon
    assert send_notices(now=datetime(2024, 3, 10, 17, tzinfo=UTC)) == 0  # Sunday noon
    assert send_notices(now=datetime(2024, 3, 11, 13, tzinfo=UTC)) == 0  # Monday at nine
    assert send_notices(now=datetime(2024, 3, 11, 15, 1, tzinfo=UTC)) == 1  # Monday at eleven


def test_a_set_up_that_nobody_finished_is_no_silence(connection: Connection) -> None:
    Connection.objects.update(file_read_at=None)
    assert send_notices(now=MONDAY_NOON + timedelta(days=1)) == 0


def test_a_refused_invoice_is_told_with_its_cause(connection: Connection) -> None:
    text = 'There is an invalid reference to QuickBooks Item "Pump test" in the Invoice.'
    make_refused(connection, number="1042", at=MONDAY_NOON, text=text)
    assert send_notices(now=MONDAY_NOON + timedelta(minutes=1)) == 1
    (message,) = mail.outbox
    assert message.subject.startswith("Invoice 1042 is not in QuickBooks and needs you")
    assert "QuickBooks does not find the item “Pump test”" in message.body
    assert "Who can act: you." in message.body


def test_what_was_told_is_not_told_again_and_what_is_new_waits_a_day(connection: Connection) -> None:
    make_refused(connection, number="1042", at=MONDAY_NOON)
    assert send_notices(now=MONDAY_NOON + timedelta(minutes=1)) == 1
    make_refused(connection, number="1043", at=MONDAY_NOON + timedelta(minutes=2))
    make_refused(connection, number="1044", at=MONDAY_NOON + timedelta(minutes=3), code="3210")
    assert send_notices(now=MONDAY_NOON + timedelta(minutes=4)) == 0
    tomorrow = MONDAY_NOON + timedelta(days=1)
    Connection.objects.update(last_contact_at=tomorrow)
    assert send_notices(now=tomorrow) == 1
    assert mail.outbox[1].subject.startswith("2 invoices and payments are not in QuickBooks and need you")
    assert "1042" not in mail.outbox[1].body
    Connection.objects.update(last_contact_at=tomorrow + timedelta(days=1))
    assert send_notices(now=tomorrow + timedelta(days=1)) == 0


def test_another_company_file_is_told_with_both_names(connection: Connection) -> None:
    Connection.objects.update(
        refused_at=MONDAY_NOON,
        refused_file={"reason": "other_file", "company_name": "Sample", "path": r"C:\Sample.qbw", "file_id": ""},
    )
    assert send_notices(now=MONDAY_NOON) == 0, "nothing waits for the right one: the page says it, no e-mail does"
    LastLook.objects.create(connection=connection, full_at=MONDAY_NOON, looked_at=MONDAY_NOON - timedelta(hours=3))
    assert send_notices(now=MONDAY_NOON) == 0
    LastLook.objects.update(looked_at=MONDAY_NOON - timedelta(days=4))  # Thursday: a working day has passed
    with transaction.atomic():
        assert send_notices(now=MONDAY_NOON) == 1
        transaction.set_rollback(True)
    mail.outbox.clear()
    LastLook.objects.all().delete()
    request_refresh(connection, by=None)
    assert send_notices(now=MONDAY_NOON) == 1
    (message,) = mail.outbox
    assert "Sample" in message.body
    assert connection.file_company_name in message.body
    assert "nothing was written" in message.body


def test_of_several_processes_one_sends(connection: Connection, monkeypatch) -> None:
    """The row is committed first: whoever comes second finds it."""
    make_refused(connection, number="1042", at=MONDAY_NOON)
    again: list[int] = []

    class Slow(EmailBackend):
        def send_messages(self, messages):  # another process runs while the mail server is talked to
            Notice.objects.get()
            again.append(send_notices(now=MONDAY_NOON))
            return super().send_messages(messages)

    monkeypatch.setattr("standpipe.quickbooks.notices.actions.get_connection", Slow)
    assert send_notices(now=MONDAY_NOON) == 1
    assert (again, len(mail.outbox)) == ([0], 1)


def test_a_mail_server_that_is_away_is_asked_again(connection: Connection, monkeypatch) -> None:
    make_refused(connection, number="1042", at=MONDAY_NOON)

    class Away(EmailBackend):
        def open(self) -> bool:
            raise ConnectionRefusedError("Connection refused")

    with monkeypatch.context() as patched:
        patched.setattr("standpipe.quickbooks.notices.actions.get_connection", Away)
        with pytest.raises(OSError, match="refused"):
            send_notices(now=MONDAY_NOON)
    assert Notice.objects.count() == 0
    assert send_notices(now=MONDAY_NOON) == 1


def test_what_the_mail_server_does_not_take_is_said_and_told_the_next_day(
    connection: Connection, monkeypatch
) -> None:
    make_refused(connection, number="1042", at=MONDAY_NOON)

    class Unwilling(EmailBackend):
        def send_messages(self, _messages):
            raise ValueError("Mailbox unavailable")

    with monkeypatch.context() as patched:
        patched.setattr("standpipe.quickbooks.notices.actions.get_connection", Unwilling)
        assert send_notices(now=MONDAY_NOON) == 0
    notice = Notice.objects.get()
    assert (notice.sent_at, notice.error) == (None, "Mailbox unavailable")
    assert send_notices(now=MONDAY_NOON + timedelta(minutes=1)) == 0
    tomorrow = MONDAY_NOON + timedelta(days=1)
    Connection.objects.update(last_contact_at=tomorrow)
    assert send_notices(now=tomorrow) == 1
    assert "1042" in mail.outbox[0].body


def test_without_a_mail_server_nothing_is_sent_or_marked(connection: Connection, settings) -> None:
    settings.EMAIL_IS_SET_UP = False
    make_refused(connection, number="1042", at=MONDAY_NOON)
    assert send_notices(now=MONDAY_NOON) == 0
    assert Notice.objects.count() == 0


def test_the_command_sends_what_is_due(connection: Connection, capsys) -> None:
    make_refused(connection, number="1042", at=MONDAY_NOON)
    Connection.objects.update(last_contact_at=None)
    call_command("send_notices")
    assert capsys.readouterr().out == "1 sent.\n"


def test_the_process_beside_the_server_ends_with_it(connection: Connection, monkeypatch) -> None:
    """Whoever kills the server leaves nothing behind that sends."""
    make_refused(connection, number="1042", at=MONDAY_NOON)
    Connection.objects.update(last_contact_at=None)
    call_command("send_notices", every=0.01, beside=os.getpid())  # our parent is another one: it has ended
    assert len(mail.outbox) == 0
    naps: list[float] = []

    class Ended(Exception):
        pass

    def nap(seconds: float) -> None:
        naps.append(seconds)
        if len(naps) == 3:
            raise Ended

    command = "standpipe.quickbooks.notices.management.commands.send_notices"
    monkeypatch.setattr(f"{command}.time.sleep", nap)
    monkeypatch.setattr(f"{command}.close_old_connections", lambda: None)  # the test goes on with this one
    with pytest.raises(Ended):
        call_command("send_notices", every=60.0, beside=os.getppid())
    assert (naps, len(mail.outbox)) == ([60.0] * 3, 1)


@pytest.fixture
def page(client, world: World, connection: Connection) -> Callable[[], str]:
    client.force_login(world.alice)
    address = f"/o/{world.organization.slug}/quickbooks/{connection.pk}/"

    def look() -> str:
        return client.get(address).content.decode()

    return look


def test_the_page_says_who_is_told_and_that_a_mail_server_is_missing(page, settings, world: World) -> None:
    assert world.bob.email in page()
    assert "This server sends no e-mails" not in page()
    settings.EMAIL_IS_SET_UP = False
    assert "This server sends no e-mails" in page()
