"""What the home page says of QuickBooks: steps first, then one line and what waits for a person."""

from datetime import timedelta

import pytest
from django.utils import timezone

from standpipe.ui.registry import home_counts
from support.pages import text_of
from support.quickbooks_worlds import COMPANY, make_connection
from support.worlds import make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return make_world()


@pytest.fixture
def home(client, world):
    client.force_login(world.alice)

    def read():
        return client.get(f"/o/{world.organization.slug}/")

    return read


def steps(answer):
    return {step.title: step for step in answer.context["steps"]}


def counts(answer):
    """The page shows counts once every step is done, those of other rooms too; here they are asked for at once."""
    return [count for count in home_counts(answer.wsgi_request) if count.label == "Connection problems"]


def test_first_step_is_to_connect(home):
    step = steps(home())["Connect QuickBooks Desktop"]
    assert not step.done
    assert step.url.endswith("/quickbooks/add/")


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({}, "Add Standpipe to the Web Connector"),
        ({"qwc_downloaded_at": timezone.now()}, "Now the Web Connector has to call"),
        ({"qwc_downloaded_at": timezone.now(), "first_seen_at": timezone.now()}, "no company file was read yet"),
    ],
)
def test_it_says_what_is_next(home, world, columns, words):
    connection = make_connection(world.organization, confirmed=False, **columns)
    step = steps(home())["Connect QuickBooks Desktop"]
    assert words in step.text
    assert not step.done
    assert str(connection.id) in step.url


def test_second_step_is_to_confirm_the_company_file(home, world):
    make_connection(world.organization, confirmed=False, read=True)
    shown = steps(home())
    assert shown["Connect QuickBooks Desktop"].done
    confirm = shown["Say that it is your company file"]
    assert COMPANY in confirm.text
    assert not confirm.done


def test_then_one_line_with_company_last_contact_and_next(home, world):
    make_connection(world.organization)
    said = text_of(home())
    assert COMPANY in said
    assert "last contact" in said
    assert "next expected about" in said


def test_overdue_stands_in_the_line(home, world):
    make_connection(world.organization, last_contact_at=timezone.now() - timedelta(days=1))
    assert "overdue since" in text_of(home())


def test_needs_you_counts_and_opens(home, world):
    connection = make_connection(world.organization, last_contact_at=timezone.now() - timedelta(days=1))
    (count,) = counts(home())
    assert count.number == 1
    assert str(connection.id) in count.url
    make_connection(world.organization, confirmed=False, read=True)
    (count,) = counts(home())
    assert count.number == 2
    assert count.url.endswith("/quickbooks/")


def test_another_organizations_connection_is_not_seen(home, world):
    make_connection(world.elsewhere)
    assert COMPANY not in text_of(home())


def test_a_viewer_is_not_asked_to_do_what_she_may_not(client, world):
    client.force_login(world.vera)
    home = f"/o/{world.organization.slug}/"
    step = steps(client.get(home))["Connect QuickBooks Desktop"]
    assert (step.url, step.button) == ("", "")
    assert "An owner or a bookkeeper" in step.text
    make_connection(world.organization, last_contact_at=timezone.now() - timedelta(days=1))
    shown = client.get(home)
    assert "overdue since" in text_of(shown)
    assert counts(shown) == []
