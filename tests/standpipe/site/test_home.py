"""The first page after sign-in: steps until all is set up, then one line and counts."""

from collections.abc import Iterator

import pytest
from django.test import Client

from standpipe.ui import registry
from support.worlds import World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_registered() -> Iterator[None]:
    with registry.emptied():
        yield


@pytest.fixture
def world() -> World:
    return make_world()


def add_step(order: int, title: str, *, done: bool) -> None:
    step = registry.HomeStep(title=title, text=f"About {title}.", done=done, url=f"/{order}/", button=f"{title} now")
    registry.add_home_step(order, key=title, step=lambda _: step)


def home(client: Client, world: World) -> str:
    client.force_login(world.alice)
    return client.get("/", follow=True).content.decode()


def test_undone_steps_say_what_is_next(client: Client, world: World) -> None:
    add_step(1, "Connect", done=True)
    add_step(2, "Import", done=False)
    add_step(3, "Send", done=False)
    page = home(client, world)
    assert "1 of 3 done" in page
    assert '<a class="btn btn-primary" href="/2/">Import now</a>' in page
    assert '<a class="btn btn-outline" href="/3/">Send now</a>' in page
    assert "Connect now" not in page
    assert page.count('aria-current="step"') == 1


def test_counts_wait_until_the_steps_are_done(client: Client, world: World) -> None:
    registry.add_home_count(
        1, key="needs-you", count=lambda _: registry.HomeCount(label="Needs you", number=3, url="/three/")
    )
    add_step(1, "Connect", done=False)
    assert "Needs you" not in home(client, world)


def test_counts_do_not_wait_for_what_may_be_done_later(client: Client, world: World) -> None:
    registry.add_home_count(
        1, key="needs-you", count=lambda _: registry.HomeCount(label="Needs you", number=3, url="/three/")
    )
    add_step(1, "Connect", done=True)
    later = registry.HomeStep(title="Send", text="", done=False, url="/2/", button="Send now", is_later=True)
    registry.add_home_step(2, key="send", step=lambda _: later)
    page = home(client, world)
    assert "Needs you" in page
    assert "Send now" in page


def test_when_all_is_done_the_counts_open_their_lists(client: Client, world: World) -> None:
    add_step(1, "Connect", done=True)
    registry.add_home_count(
        1, key="needs-you", count=lambda _: registry.HomeCount(label="Needs you", number=3, url="/three/")
    )
    page = home(client, world)
    assert "of 1 done" not in page
    assert 'href="/three/"' in page
    assert "Needs you" in page


def test_a_section_of_the_home_page_is_shown_where_it_has_something_to_say(client: Client, world: World) -> None:
    for key, values in (("line", {"title": "Connected."}), ("silent", None)):
        registry.add_section(
            "home",
            key=key,
            title=key.title(),
            order=1,
            template="ui/empty_state.html",
            context=lambda *_, values=values: values,
        )
    page = home(client, world)
    assert 'id="line"' in page
    assert "Connected." in page
    assert 'id="silent"' not in page
