"""The content security policy, and what a browser is asked to keep."""

import re
from contextlib import closing

import pytest
from django.test import Client

from support.worlds import World, make_world

STRICT = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.mark.parametrize("page", ["/sign-in/", "/o/{slug}/", "/o/{slug}/accounts/", "/nowhere/"])
def test_every_page_has_the_strict_policy(client: Client, world: World, page: str) -> None:
    client.force_login(world.alice)
    answer = client.get(page.format(slug=world.organization.slug))
    directives = (part.strip().partition(" ") for part in answer["Content-Security-Policy"].split(";"))
    assert {name: value for name, _, value in directives} == STRICT
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"


def test_htmx_is_told_to_keep_to_it(client: Client, world: World) -> None:
    page = client.get("/sign-in/").content.decode()
    assert '"includeIndicatorStyles": false' in page
    assert '"allowEval": false' in page
    assert '"historyCacheSize": 0' in page  # customers' data do not stay in the browser


def test_scripts_and_styles_come_from_here_and_are_there(client: Client, world: World) -> None:
    client.force_login(world.alice)
    page = client.get(f"/o/{world.organization.slug}/").content.decode()
    wanted = re.findall(r'(?:src|href)="(/static/[^"]+)"', page)
    assert len(wanted) >= 5
    for address in wanted:
        with closing(client.get(address)) as answer:
            assert answer.status_code == 200, address


def test_the_look_is_the_persons_choice_and_else_the_systems(client: Client) -> None:
    assert "data-theme" not in client.get("/sign-in/").content.decode()
    answer = client.post("/theme/", {"theme": "dark", "next": "/sign-in/?next=/password/"})
    assert answer["Location"] == "/sign-in/?next=/password/"
    assert '<html lang="en" data-theme="dark">' in client.get("/sign-in/").content.decode()
    client.post("/theme/", {"theme": ""})
    assert "data-theme" not in client.get("/sign-in/").content.decode()


def test_a_forged_choice_of_look_does_nothing(client: Client) -> None:
    client.cookies["theme"] = '"><script>'
    assert "data-theme" not in client.get("/sign-in/").content.decode()
    for elsewhere in ("https://evil.example/", "1e400", ""):
        assert client.post("/theme/", {"theme": "dark", "next": elsewhere})["Location"] == "/"
    assert client.get("/theme/").status_code == 405
