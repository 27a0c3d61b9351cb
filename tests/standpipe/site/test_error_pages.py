"""Pages for what went wrong: in the product's look, saying what to do, telling nothing."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path
from django.views import defaults

from standpipe.site.urls import urlpatterns as site_urls
from support.worlds import make_world

SECRET = "the-inner-cause"


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError(SECRET)


def unreadable(request: HttpRequest) -> HttpResponse:
    return defaults.bad_request(request, ValueError(SECRET))


urlpatterns = [path("broken/", broken), path("unreadable/", unreadable), *site_urls]


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [("/broken/", 500, "Something went wrong here"), ("/unreadable/", 400, "could not be read")],
)
@override_settings(ROOT_URLCONF=__name__)
def test_it_needs_no_database_and_tells_no_cause(address: str, status: int, words: str) -> None:
    answer = Client(raise_request_exception=False).get(address)
    assert answer.status_code == status
    assert words in answer.content.decode()
    assert SECRET not in answer.content.decode()
    assert "ui/theme.css" in answer.content.decode()


def test_an_unknown_address_is_not_found() -> None:
    answer = Client().get("/nowhere/")
    assert answer.status_code == 404
    assert "There is nothing here" in answer.content.decode()


@pytest.mark.django_db
def test_a_form_without_its_token_changes_nothing_and_says_what_to_do() -> None:
    client = Client(enforce_csrf_checks=True)
    world = make_world()
    client.force_login(world.alice)
    answer = client.post(f"/o/{world.organization.slug}/settings/tokens/", {"name": "Stolen"})
    assert answer.status_code == 403
    assert "Nothing was changed" in answer.content.decode()
    assert not world.organization.api_tokens.exists()
