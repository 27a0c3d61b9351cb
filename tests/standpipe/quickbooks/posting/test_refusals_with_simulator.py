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
from standpipe.quickbooks.posting.models import Document
from support.posting_office import Office, make_books, make_office
from support.quickbooks_worlds import connect

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

# What QuickBooks says about questions alone, never about an invoice that is added.
OF_QUESTIONS = {0, 1, 500, 540, 600}
CODES = [code for code in (*STATUS_CODES, 9100, 4711) if code not in OF_QUESTIONS]
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


def test_every_status_code_has_its_own_sentence_on_the_page_of_the_invoice(
    office: Office, company: Company, client: Any
) -> None:
    client.force_login(office.alice)
    headings: dict[str, int] = {}
    for number, code in enumerate(CODES):
        wish = office.write_plain(item="Inspection", rate=Decimal(45 + number))
        connect(office.connection, company, faults=[f"answers-with:{code}:{words_of(code)}"]).update()
        document = Document.objects.get(invoice=wish.invoice, ended_at=None)
        assert document.problem is not None, code
        page = page_of(client, office, wish.invoice.pk)
        explained = explain(str(code), words_of(code))
        for text in (explained.title, explained.cause, explained.consequence, explained.who.words, words_of(code)):
            assert escape(text) in page, (code, text)
        assert headings.setdefault(explained.title, code) == code
        assert document.state == state_after(code), code
        Document.objects.filter(pk=document.pk).update(not_before=None, ended_at=document.asked_at)
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
