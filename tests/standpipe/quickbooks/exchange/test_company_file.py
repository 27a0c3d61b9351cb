"""The company file guard on the first call of a session: nothing leaves before it has judged (design 3.9)."""

from __future__ import annotations

import pytest

from qbwire.soap import SendRequestXML
from standpipe.quickbooks.connections.actions import accept_moved_file
from standpipe.quickbooks.connections.models import Connection, Task
from standpipe.quickbooks.exchange.company_file import read_company_file, spoken_version
from standpipe.quickbooks.exchange.models import Exchange, Session
from standpipe.quickbooks.lists.actions import request_refresh
from standpipe.quickbooks.lists.models import Customer
from support.quickbooks_worlds import COMPANY, PATH, make_connection
from support.soap import Visit, answer, customer_ret, hcp
from support.worlds import make_organization

OTHER = "{11111111-2222-4333-8444-555555555555}"


@pytest.fixture
def waiting(connection) -> Connection:
    request_refresh(connection, by=None)
    return connection


def assert_refused(visit: Visit, *, reason: str, **ask: str) -> str:
    """No request leaves, the reason is told, the task waits."""
    assert visit.ask(**ask) == ""
    told = visit.last_error()
    assert visit.ask(said="") == ""  # the session is over, nothing leaves later either
    assert visit.close() == told
    assert not Exchange.objects.exists()
    assert not Customer.objects.exists()
    assert Task.objects.get().state == "waiting"
    visit.connection.refresh_from_db()
    assert visit.connection.refused_file["reason"] == reason
    assert visit.connection.refused_at
    assert Session.objects.get(ticket=visit.ticket).closed_because == "refused"
    return told


def test_another_company_file_gets_nothing_and_both_are_named(waiting):
    told = assert_refused(
        Visit(waiting), reason="other_file", said=hcp(file_id=OTHER, company="Beta LLC"), path=r"C:\Books\Beta.qbw"
    )
    assert "Beta LLC" in told
    assert COMPANY in told
    assert waiting.refused_file == {
        "reason": "other_file", "company_name": "Beta LLC", "path": r"C:\Books\Beta.qbw", "file_id": OTHER,
    }  # fmt: skip
    assert (waiting.file_company_name, waiting.file_path) == (COMPANY, PATH)


def test_the_right_file_clears_the_refusal(waiting):
    assert_refused(Visit(waiting), reason="other_file", said=hcp(file_id=OTHER))
    visit = Visit(waiting)
    assert visit.verdict == ""  # a task waits, and only a session can tell that the right file is open again
    assert visit.ask()
    assert visit.give(answer(1, customer_ret("80000001-1", "Elm"))) == 100
    waiting.refresh_from_db()
    assert (waiting.refused_file, waiting.refused_at) == (None, None)


def test_a_refused_file_is_left_alone_until_something_waits(connection):
    connection.refused_file = {"reason": "moved", "company_name": COMPANY, "path": "D:", "file_id": ""}
    connection.save()
    assert Visit(connection).verdict == "none"


def test_a_moved_file_waits_for_a_person_and_then_goes_on(waiting):
    moved = r"D:\New computer\Meadow Ridge.qbw"
    told = assert_refused(Visit(waiting), reason="moved", path=moved)
    assert moved in told
    assert PATH in told
    accept_moved_file(waiting, by=None)
    visit = Visit(waiting)
    assert visit.ask(path=moved)
    waiting.refresh_from_db()
    assert waiting.file_path == moved


def test_a_file_without_stamp_passes_only_by_name_and_path(waiting):
    assert_refused(Visit(waiting), reason="unstamped", said=hcp(file_id="", company="Beta LLC"))
    assert Visit(waiting).ask(said=hcp(file_id="")) != ""


def test_the_first_contact_may_bind_without_a_stamp(db):
    connection = make_connection(make_organization(), confirmed=False)
    assert Visit(connection).ask(said=hcp(file_id="")) != ""
    connection.refresh_from_db()
    assert connection.file_read_at
    assert not connection.file_stamped
    assert (connection.file_company_name, connection.file_path) == (COMPANY, PATH)


def test_the_first_contact_with_another_applications_file_binds_nothing(db):
    connection = make_connection(make_organization(), confirmed=False)
    assert Visit(connection).ask(said=hcp(file_id=OTHER)) == ""
    connection.refresh_from_db()
    assert connection.file_read_at is None
    assert Visit(connection).verdict == ""  # it still has to be read


def test_a_new_name_of_the_company_is_taken_over(waiting):
    assert Visit(waiting).ask(said=hcp(waiting, company="Meadow Ridge, Inc."))
    waiting.refresh_from_db()
    assert waiting.file_company_name == "Meadow Ridge, Inc."


@pytest.mark.parametrize(
    "said",
    ["", " ", "no XML", hcp(file_id="")[:300], "<QBXML><QBXMLMsgsRs></QBXMLMsgsRs></QBXML>"],
    ids=["missing", "blank", "text", "cut", "without a company"],
)
def test_a_first_call_that_does_not_name_the_file_reads_nothing(waiting, said):
    visit = Visit(waiting)
    assert visit.ask(said=said) == ""
    assert "Nothing was read" in visit.last_error()
    waiting.refresh_from_db()
    assert waiting.trouble["code"] == "file_unreadable"
    assert not Exchange.objects.exists()


@pytest.mark.parametrize(
    ("called", "supported", "spoken"),
    [
        ("13.0", ("1.0", "13.0"), "13.0"),
        ("17.0", ("13.0", "17.0"), "13.0"),
        ("12.0", ("12.0",), "12.0"),
        ("13.0", ("1.0", "12.0"), "12.0"),
        ("6.0", (), "6.0"),
    ],
)
def test_the_lower_version_is_spoken(waiting, called, supported, spoken):
    request = Visit(waiting).ask(said=hcp(waiting, versions=supported), version=called)
    assert f'<?qbxml version="{spoken}"?>' in request
    for element, since in (("ContactsRet", 12), ("ShipToAddress", 12), ("CurrencyRef", 8), ("BillAddressBlock", 6)):
        is_asked = f"<IncludeRetElement>{element}</IncludeRetElement>" in request
        assert is_asked == (float(spoken) >= since)


def test_a_quickbooks_that_is_too_old_is_told_so(waiting):
    visit = Visit(waiting)
    assert visit.ask(said=hcp(waiting, versions=("1.0", "4.0")), version="4.0") == ""
    assert "too old" in visit.last_error()
    assert "4.0" in visit.last_error()
    waiting.refresh_from_db()
    assert waiting.trouble["code"] == "quickbooks_too_old"


def test_a_file_of_another_country_is_read_and_its_country_kept(waiting):
    """Files that are not US are listed, only not sent to (design 10)."""
    visit = Visit(waiting)
    assert visit.ask(country="CA")
    assert visit.give(answer(1, customer_ret("80000001-1", "Elm"))) == 100
    waiting.refresh_from_db()
    assert waiting.file_country == "CA"


def test_what_is_said_is_cut_to_its_column(waiting):
    assert Visit(waiting).ask(said=hcp(waiting, company="x" * 400, computer="y" * 400), path=PATH)
    waiting.refresh_from_db()
    assert len(waiting.file_company_name) == 255


def test_nothing_said_of_versions_is_version_zero():
    assert spoken_version((0, 0)) is None
    call = SendRequestXML(ticket="t", hcp_response=hcp(file_id="", versions=()), company_file_name=PATH, country="US")
    assert read_company_file(call).highest == (0, 0)
