"""A database that somebody put back by hand."""

from __future__ import annotations

import pytest
from django.core.management import call_command

from standpipe.quickbooks.posting.actions import queue_invoice
from support.ready_books import make_books


@pytest.mark.django_db
def test_what_waits_is_looked_for_before_it_is_sent(capsys: pytest.CaptureFixture[str]) -> None:
    books = make_books()
    document = queue_invoice(books.invoice(), by=None)
    assert not document.is_unsure
    call_command("look_before_sending")
    document.refresh_from_db()
    assert document.is_unsure
    assert "looked for in QuickBooks" in capsys.readouterr().out
