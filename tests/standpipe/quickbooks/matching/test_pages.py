"""The review as people see it: side by side, without JavaScript too, with whatever names there are."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.test import Client
from django.urls import reverse

from standpipe.accounts.actions import edit_account
from standpipe.quickbooks.linking.actions import link_customer
from standpipe.quickbooks.linking.models import Link
from standpipe.quickbooks.linking.queries import live_link
from standpipe.quickbooks.matching.comparing import compare
from standpipe.quickbooks.matching.models import Rejection, Suggestion
from standpipe.quickbooks.matching.queries import suggestions_of
from support.pages import client_of, elements, text_of
from support.quickbooks_worlds import make_connection, make_customer, mark_list_whole
from support.worlds import ELM_STREET, OAK_STREET, World, make_account, make_building, make_contact, make_world

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def books(world):
    connection = make_connection(world.organization)
    mark_list_whole(connection)
    return connection


@pytest.fixture
def alice(world) -> Client:
    return client_of(world.alice)


def at(world: World, page: str, *args: object) -> str:
    return reverse(f"quickbooks:{page}", args=[world.organization.slug, *args])


def decide_url(world: World, suggestion: Suggestion, target: str = "accounts") -> str:
    return at(world, "decide-suggestion", target, suggestion.pk)


def matched(world, books, name: str = "Elm School"):
    account = make_account(world.organization, name=name)
    make_customer(books, name=name[:41])
    return account


def only(books) -> Suggestion:
    return suggestions_of(books, target="accounts").get()


def test_both_sides_stand_beside_each_other_and_differences_are_told_in_words(alice, world, books) -> None:
    elm = make_account(world.organization, name="Elm Street School", billing_address=ELM_STREET)
    make_contact(world.organization, name="Jane Doe", at=elm, phone="217-555-0101", email="jane@elm.example")
    make_customer(books, name="Elm St. School", bill=ELM_STREET, phone="(217) 555-0101", email="office@elm.example")
    compare(books, target="accounts")
    page = alice.get(at(world, "suggestions", "accounts"))
    (pair,) = elements(page, "//article")
    rows = {row.xpath("string(th)"): row for row in pair.xpath(".//tbody/tr")}
    states = {label: row.xpath("string(td[2]/span[2])") for label, row in rows.items()}
    assert states == {
        "Name": "written differently",
        "Billing address": "same",
        "Phone": "same",
        "E-mail": "different",
        "Contact": "only on one side",
    }
    assert rows["E-mail"].xpath(".//mark/text()") == ["jane@elm.example", "office@elm.example"]
    assert not rows["Name"].xpath(".//mark"), "written differently is not different"
    assert "same address, same phone, same name" in text_of(page)


def test_the_company_above_the_street_is_no_difference(alice, world, books) -> None:
    """Pain 4: QuickBooks very often prints it there."""
    make_account(world.organization, name="Elm School", billing_address=ELM_STREET)
    printed = replace(ELM_STREET, lines=("Elm School Inc", *ELM_STREET.lines))
    make_customer(books, name="Elm School", company_name="Elm School Inc", bill=printed)
    compare(books, target="accounts")
    page = alice.get(at(world, "suggestions", "accounts"))
    (said,) = elements(page, "//article//tr[th='Billing address']/td[2]/span[2]")
    assert said.text == "written differently"
    assert not elements(page, "//article//tr[th='Billing address']//mark")


def test_without_javascript_every_button_loads_the_page_again_with_its_undo_on_top(alice, world, books) -> None:
    account = matched(world, books)
    suggestion = only(books)
    page = alice.post(decide_url(world, suggestion), {"act": "link"}, follow=True)
    assert live_link(account)
    assert "Linked: Elm School to Elm School" in text_of(page)
    page = alice.post(decide_url(world, suggestion), {"act": "undo"}, follow=True)
    assert live_link(account) is None
    page = alice.post(decide_url(world, suggestion), {"act": "reject"}, follow=True)
    assert "Not the same: Elm School and Elm School" in text_of(page)
    assert "1 said not to be the same" in text_of(page)
    said = alice.get(at(world, "rejected-suggestions", "accounts"))
    assert "Elm School" in text_of(said)
    alice.post(at(world, "rejected-suggestions", "accounts"), {"rejection": Rejection.objects.get().pk})
    assert not Rejection.objects.exists()


def test_a_fragment_answers_with_the_pair_alone(alice, world, books) -> None:
    matched(world, books)
    answer = alice.post(decide_url(world, only(books)), {"act": "link"}, headers=HTMX)
    assert answer.content.decode().strip().startswith("<article")
    assert 'data-pair="accepted"' in answer.content.decode()


def test_the_second_reviewer_is_told_where_the_pair_stands(alice, world, books) -> None:
    """Issue 4, bad input."""
    account = matched(world, books)
    suggestion = only(books)
    rival = make_customer(books, name="Quite Another")
    link_customer(account, connection=books, list_id=rival.list_id, by=world.bob)
    told = alice.post(decide_url(world, suggestion), {"act": "link"}, headers=HTMX)
    assert "Bob linked “Elm School” to Quite Another meanwhile" in text_of(told)
    assert 'role="alert"' in told.content.decode()
    assert live_link(account).list_id == rival.list_id
    page = alice.post(decide_url(world, suggestion), {"act": "link"}, follow=True)
    assert "Bob linked “Elm School” to Quite Another meanwhile" in text_of(page)


def test_the_line_is_the_persons_and_the_number_is_confirmed_once(alice, world, books) -> None:
    for number in range(3):
        matched(world, books, f"Birch {number} Works")
    make_account(world.organization, name="Oak Mill", billing_address=ELM_STREET)
    make_customer(books, name="Oak Mill", bill=OAK_STREET)
    compare(books, target="accounts")
    page = alice.get(at(world, "suggestions", "accounts"), {"line": "90"})
    assert "Link all 3 at 90 and above" in text_of(page)
    assert not elements(
        alice.get(at(world, "suggestions", "accounts"), {"line": "99"}), "//a[contains(., 'Link all')]"
    )
    (to,) = elements(page, "//a[contains(., 'Link all')]/@href")
    asked = alice.get(at(world, "accept-suggestions", "accounts") + to if to.startswith("?") else to)
    assert "Link 3 accounts?" in text_of(asked)
    form = {field.get("name"): field.get("value") for field in elements(asked, "//main//input[@type='hidden']")}
    form.pop("csrfmiddlewaretoken", None)
    assert form["expected"] == "3"
    done = alice.post(at(world, "accept-suggestions", "accounts"), form, follow=True)
    assert "3 accounts linked, at 90 and above." in text_of(done)
    assert Link.objects.filter(ended_at=None).count() == 3
    (undo,) = elements(done, "//form[contains(@action, 'acceptances')]/@action")
    assert "Undone: 3 links ended." in text_of(alice.post(undo, follow=True))
    assert not Link.objects.filter(ended_at=None).exists()
    again = alice.post(at(world, "accept-suggestions", "accounts"), form | {"expected": "4"}, follow=True)
    assert "There are 3 at 90 and above now, not 4. Look again." in text_of(again)


NAMES = ['Joe’s "Best" <b>Grill</b>', "مدرسة النور", "🍕 Pizza Napoli 🍕", "W" * 41, "O'Brien & Söhne {{ x }}"]


@pytest.mark.parametrize("name", NAMES)
def test_names_of_every_kind_are_shown_safely_and_whole(alice, world, books, name) -> None:
    """Issue 4, bad input."""
    account = matched(world, books, name)
    compare(books, target="accounts")
    page = alice.get(at(world, "suggestions", "accounts"))
    assert name in [element.text_content() for element in elements(page, "//article//h2/bdi")]
    assert not elements(page, "//article//b")
    alice.post(decide_url(world, only(books)), {"act": "link"})
    assert live_link(account).full_name == name


def test_blank_names_look_like_nothing(alice, world, books) -> None:
    make_account(world.organization, name="\N{BRAILLE PATTERN BLANK}x")
    make_customer(books, name="\N{ZERO WIDTH SPACE}")
    assert alice.get(at(world, "suggestions", "accounts")).status_code == 200
    assert not suggestions_of(books, target="accounts").exists()


@pytest.mark.parametrize("who", ["alice", "bob", "otto", "vera"])
def test_who_may_link_may_review(world, books, who) -> None:
    person = getattr(world, who)
    matched(world, books)
    may = who != "vera"
    page = client_of(person).get(at(world, "suggestions", "accounts"))
    assert page.status_code == (200 if may else 403)
    pressed = client_of(person).post(decide_url(world, only(books)), {"act": "link"})
    assert pressed.status_code == (302 if may else 403)
    assert Link.objects.exists() is may


def test_before_a_list_has_come_the_page_says_what_is_missing(alice, world) -> None:
    page = alice.get(at(world, "suggestions", "buildings"))
    assert "QuickBooks Desktop is not connected yet" in text_of(page)
    make_connection(world.organization)
    assert "Go to the connection" in text_of(alice.get(at(world, "suggestions", "buildings")))
    assert alice.get(at(world, "accept-suggestions", "buildings")).status_code == 302


def test_a_long_comparison_says_how_far_it_is_and_the_page_itself_compares_nothing(
    alice, world, books, monkeypatch
) -> None:
    monkeypatch.setattr("standpipe.quickbooks.matching.comparing.CHUNK", 1)
    monkeypatch.setattr("standpipe.quickbooks.matching.views.SECONDS", 0)
    matched(world, books)
    matched(world, books, "Birch Hall")
    here = at(world, "suggestions", "accounts")
    for _ in range(2):
        assert "0 of 2 accounts compared" in text_of(alice.get(here))
    page = alice.post(here, follow=True)
    assert "1 of 2 accounts compared" in text_of(page)
    assert elements(page, "//progress[@max='2'][@value='1']")
    while "compared with every" in text_of(page):
        page = alice.post(here, follow=True)
    assert "2 suggestions for 2 accounts" in text_of(page)


def test_people_go_on_with_what_is_there_while_it_is_compared_anew(alice, world, books, monkeypatch) -> None:
    monkeypatch.setattr("standpipe.quickbooks.matching.comparing.CHUNK", 1)
    monkeypatch.setattr("standpipe.quickbooks.matching.views.SECONDS", 0)
    here = at(world, "suggestions", "accounts")
    matched(world, books)
    birch = matched(world, books, "Birch Hall")
    assert alice.post(here, headers=HTMX).status_code == 200
    while (done := alice.post(here, headers=HTMX)).headers.get("HX-Refresh") is None:
        assert "compared with every" in text_of(done)
    edit_account(birch, by=world.bob, name="Quite Another")
    page = alice.get(here)
    assert "These suggestions are as of" in text_of(page)
    assert "2 suggestions for 2 accounts" in text_of(page)
    (form,) = elements(page, "//form[@id='comparing']")
    posted = {field.get("name"): field.get("value") for field in form.xpath(".//input[@type='hidden']")}
    (pair,) = elements(page, "//article[contains(., 'Quite Another')]//form")
    while "Show the newer suggestions" not in text_of(told := alice.post(here, posted, headers=HTMX)):
        assert "of 2 accounts compared" in text_of(told)
    assert "1 suggestion for 2 accounts" in text_of(alice.get(here))
    # The page that was open all the while still has the pair that is gone.
    pressed = {field.get("name"): field.get("value") for field in pair.xpath(".//input[@type='hidden']")}
    gone = alice.post(pair.get("action"), pressed | {"act": "link"}, headers=HTMX)
    assert gone.status_code == 200
    assert "This pair is not suggested any more" in text_of(gone)
    without_script = alice.post(pair.get("action"), pressed | {"act": "reject"}, follow=True)
    assert "This pair is not suggested any more" in text_of(without_script)
    assert not Link.objects.exists()
    assert not Rejection.objects.exists()
    assert alice.post(pair.get("action"), pressed | {"customer": "80-1"}).status_code == 404


def test_lists_and_import_lead_to_the_review_and_home_counts_what_waits(alice, world, books) -> None:
    home = reverse("organization-home", args=[world.organization.slug])
    matched(world, books)
    make_building(world.organization, name="Elm School")
    for target in ("accounts", "buildings"):
        here = at(world, "suggestions", target)
        listed = alice.get(reverse(f"{target}:list", args=[world.organization.slug]))
        assert elements(listed, f"//a[@href='{here}'][normalize-space()='Match with QuickBooks']")
        importing = alice.get(at(world, "import", target))
        assert elements(importing, f"//a[@href='{here}'][text()='Link them instead']")
    compare(books, target="accounts")
    link_customer(
        make_account(world.organization, name="Oak"),
        connection=books,
        list_id=make_customer(books, name="Oak").list_id,
        by=None,
    )
    compare(books, target="accounts")
    assert "1Suggested matches" in text_of(alice.get(home))


def test_queries_do_not_grow_with_the_pairs(alice, world, books, django_assert_max_num_queries) -> None:
    for number in range(20):
        matched(world, books, f"Birch {number} Works")
    compare(books, target="accounts")
    with django_assert_max_num_queries(32):
        alice.get(at(world, "suggestions", "accounts"))
