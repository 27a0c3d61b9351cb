"""The public page that every QWC file points to."""

import pytest
from django.urls import reverse

from standpipe.quickbooks.connections import qwc
from standpipe.quickbooks.connections.steps import FAILURES
from support.pages import text_of


def test_help_answers_everybody(client, db):
    """QBWC1003, QBWC1004: otherwise the Web Connector does not add the file."""
    assert client.get(qwc.HELP_PATH).status_code == 200
    assert client.head(qwc.HELP_PATH).status_code == 200


def test_addresses_in_the_file_are_those_of_the_pages():
    assert reverse("quickbooks-help") == qwc.HELP_PATH
    assert reverse("qbwc") == qwc.SOAP_PATH


@pytest.mark.django_db
def test_help_is_a_help(client):
    said = text_of(client.get(qwc.HELP_PATH))
    assert "It never changes or deletes a customer in QuickBooks" in said
    assert "Whom to ask" in said
    for failure in FAILURES:
        for code in failure.codes:
            assert code in said
        assert failure.repair in said
