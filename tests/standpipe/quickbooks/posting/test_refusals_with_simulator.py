"""Every status code and HRESULT of the reference is provoked in the simulator and answered by its own sentence.

Issue: "Must hold"; pain 13, idea 8. Over the wire and through the real pages.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.utils.html import escape

from qbsim.company import Company
from qbsim.texts import STATUSES
from qbwire.status import HRESULTS, STATUS_CODES, Action, explain_status, severity_of
from standpipe.quickbooks.explain import explain
from standpipe.quickbooks.failures import HRESULT, MESSAGE_SET, STATUS
from standpipe.quickbooks.posting.models import Document
from standpipe.quickbooks.posting.repairing import try_again
from support import acceptance
from support.posting_office import Office, make_books, make_office
from support.quickbooks_worlds import connect

pytestmark = pytest.mark.django_db(transaction=True)  # as in service, and quicker on PostgreSQL

# Each of the table, so that none is added without being seen here; one of macros, and one that nobody knows.
CODES = [code for code in (*STATUS_CODES, 9100, 4711) if severity_of(code) != "Info"]
POSTING = "tests/standpipe/quickbooks/exchange/test_posting_with_simulator.py"
# What needs no sentence on a page: it went well (the look for its number before it was posted has found nothing: 1),
# or the same visit looks further by itself.
ELSEWHERE = {
    "0": f"{POSTING}::test_an_invoice_arrives_and_its_payment_follows",
    "1": f"{POSTING}::test_an_invoice_arrives_and_its_payment_follows",
    "set-0": f"{POSTING}::test_every_invoice_is_there_once_whatever_happens",
    "set-600": f"{POSTING}::test_every_invoice_is_there_once_whatever_happens",
    "set-9001": "tests/standpipe/quickbooks/exchange/test_post.py::test_an_answer_that_does_not_tell_proves_nothing",
    "set-9002": f"{POSTING}::test_every_invoice_is_there_once_whatever_happens",
    "set-9004": "tests/standpipe/quickbooks/exchange/test_post.py::test_an_answer_that_does_not_tell_proves_nothing",
    "set-9005": f"{POSTING}::test_every_invoice_is_there_once_whatever_happens",
}
PLACES = {"value": "Pump test", "field": "Memo", "kind": "Item", "reason": "Nobody knows why."}


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    with make_books(tmp_path / "company.qbsim") as company:
        yield company


@pytest.fixture
def office(company: Company) -> Office:
    return make_office(company, lambda connection: connect(connection, company).update())


def words_of(code: int) -> str:
    """As QuickBooks says it, where that is known."""
    return STATUSES[code].text.format(**PLACES) if code in STATUSES else f"Something about {code}."


def test_no_code_is_without_a_test_that_provokes_it() -> None:
    """HRESULTs: all of them stop a visit below, and the one that a visit outlives is shown on an invoice."""
    provoked = {str(code) for code in CODES} | set(HRESULTS) | set(ELSEWHERE)
    assert {*STATUS, *MESSAGE_SET, *HRESULT} - provoked == set()
    assert [test for test in ELSEWHERE.values() if not acceptance.exists(test)] == []


def test_every_status_code_has_its_own_sentence_on_the_page_of_the_invoice(
    office: Office, company: Company, client: Any
) -> None:
    client.force_login(office.alice)
    wishes = [office.write_plain(item="Inspection", rate=Decimal(45 + number)) for number, _ in enumerate(CODES)]
    ordered = "|".join(f"{code}:{words_of(code)}" for code in CODES)
    connect(office.connection, company, faults=[f"answers-with:{ordered}"]).update()
    headings: dict[str, int] = {}
    for wish, code in zip(wishes, CODES, strict=True):
        document = Document.objects.get(invoice=wish.invoice, ended_at=None)
        assert document.problem is not None, code
        page = page_of(client, office, wish.invoice.pk)
        explained = explain(str(code), words_of(code))
        for text in (explained.title, explained.cause, explained.consequence, explained.who.words, words_of(code)):
            assert escape(text) in page, (code, text)
        assert headings.setdefault(explained.title, code) == code
        assert document.state == state_after(code), code
    posted = sum(severity_of(code) != "Error" for code in CODES)
    assert company.invoices.count() == posted


def state_after(code: int) -> str:
    if severity_of(code) != "Error":
        return Document.State.POSTED
    action = explain_status(code, message=words_of(code)).action
    again = action in (Action.RETRY, Action.RETRY_FRESH)
    return Document.State.WAITING if again else Document.State.NEEDS_YOU


def page_of(client: Any, office: Office, invoice_id: object) -> str:
    answer = client.get(f"/o/{office.organization.slug}/invoices/{invoice_id}/")
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_every_hresult_has_its_own_sentence_on_the_page_of_the_connection(
    office: Office, company: Company, client: Any
) -> None:
    client.force_login(office.alice)
    office.write_plain(item="Inspection", rate=Decimal(45))
    address = f"/o/{office.organization.slug}/quickbooks/{office.connection.pk}/"
    headings: dict[str, str] = {}
    for code in HRESULTS:
        connect(office.connection, company, faults=[f"connection-error:{code}"]).update()
        page = client.get(address).content.decode()
        explained = explain(code)
        assert escape(explained.title) in page, code
        assert escape(explained.cause) in page, code
        assert headings.setdefault(explained.title, code) == code
    assert company.invoices.count() == 0
    connect(office.connection, company).update()
    assert company.invoices.count() == 1
    assert escape(explained.title) not in client.get(address).content.decode()


def test_a_letter_that_cannot_be_read_is_the_matter_of_the_one_invoice_that_is_at_fault(
    office: Office, company: Company, client: Any
) -> None:
    """Requirement 56: 0x80040400 refuses a whole document and does not say which part of it was meant."""
    client.force_login(office.alice)
    wishes = [office.write_plain(item="Inspection", rate=Decimal(rate)) for rate in (45, 46, 47)]
    connect(office.connection, company, faults=["cannot-read:<Rate>46<"]).update()
    documents = {wish.invoice.pk: Document.objects.get(invoice=wish.invoice, ended_at=None) for wish in wishes}
    assert [documents[wish.invoice.pk].state for wish in wishes] == ["posted", "needs_you", "posted"]
    explained = explain("0x80040400")
    page = page_of(client, office, wishes[1].invoice.pk)
    for text in (
        explained.title,
        explained.cause,
        explained.consequence,
        explained.who.words,
        "QuickBooks gave no words, only the code <code>0x80040400</code>.",
    ):
        assert text in page or escape(text) in page, text
    assert escape(explained.title) not in page_of(client, office, wishes[0].invoice.pk)
    try_again(documents[wishes[1].invoice.pk], by=office.alice)
    connect(office.connection, company).update()
    assert sorted(invoice.total_cents for invoice in company.invoices.all()) == [4500, 4600, 4700]
