"""Pages as a person gets them: signed in, parsed, and counted."""

from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from lxml import html

from standpipe.organizations.models import Organization, Person


def client_of(person: Person) -> Client:
    client = Client()
    client.force_login(get_user_model().objects.get(pk=person.pk), "django.contrib.auth.backends.ModelBackend")
    return client


def at(organization: Organization, path: str) -> str:
    return f"/o/{organization.slug}/{path}"


def text_of(response: Any) -> str:
    """What a reader sees of the page's main part, or of a fragment; blanks single."""
    document = html.document_fromstring(response.content.decode())
    main = document.find(".//main")
    return " ".join((document if main is None else main).text_content().split())


def elements(response: Any, selector: str) -> list[Any]:
    return html.document_fromstring(response.content.decode()).xpath(selector)


def query_count(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        response = client.get(url)
    assert response.status_code == 200
    return len(captured)
