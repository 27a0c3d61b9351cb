"""The pages around an import: the question, the preview, decisions, progress of an undo, billing together."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from standpipe.accounts.models import Account
from standpipe.buildings.models import Building
from standpipe.quickbooks.importing import drafts, undo
from standpipe.quickbooks.importing.actions import import_customers, undo_import
from standpipe.quickbooks.importing.drafts import draft_import
from standpipe.quickbooks.importing.models import ImportBatch
from standpipe.quickbooks.linking.actions import link_customer
from support.pages import query_count
from support.quickbooks_worlds import make_connection, make_customer, make_customers, mark_list_whole
from support.worlds import ELM_STREET, World, make_account, make_building, make_world

from .test_pages import import_url, press, text_of, url_of

pytestmark = pytest.mark.django_db


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
    client = Client()
    client.force_login(world.alice, backend="django.contrib.auth.backends.ModelBackend")
    return client


def preview(client: Client, world: World, target: str = "buildings", **data) -> str:
    """Presses Preview; the address of the page."""
    answer = client.post(import_url(world, target), {"act": "preview", **data})
    assert answer.status_code == 302, text_of(answer)
    return answer.url


def test_up_to_twenty_five_are_imported_without_a_question(alice, world, books) -> None:
    """Design 3.11: the preview is never in the way."""
    customers = make_customers(books, count=26)
    answer = press(alice, import_url(world), pick=[customer.list_id for customer in customers[:25]])
    assert answer.url == url_of(world, "batch", ImportBatch.objects.get().id)
    assert Account.objects.count() == 25


def test_more_ask_one_question_and_its_button_is_the_import(alice, world, books) -> None:
    customers = make_customers(books, count=26)
    answer = press(alice, import_url(world), pick=[customer.list_id for customer in customers])
    page = text_of(alice.get(answer.url))
    assert "Create 26 accounts?" in page
    assert not Account.objects.exists()
    assert alice.post(f"{answer.url}import/").url == url_of(world, "batch", ImportBatch.objects.get().id)
    assert Account.objects.count() == 26


def test_one_look_alike_asks_too_and_leads_to_the_review(alice, world, books) -> None:
    make_building(world.organization, name="Elm")
    chosen = [make_customer(books, name=name).list_id for name in ("Elm", "Oak")]
    answer = press(alice, import_url(world, "buildings"), pick=chosen)
    page = text_of(alice.get(answer.url))
    assert "Create 1 building?" in page
    assert "1 looks like one you have, and is not created before you decide. Review the 1" in page
    review = text_of(alice.get(f"{answer.url}?show=held"))
    assert "Looks like Elm (same name)." in review
    alice.post(f"{answer.url}decide/", {"list_id": chosen[0], "act": "link", "query": "show=held"})
    assert "Create 1 building?" in text_of(alice.get(answer.url))
    alice.post(f"{answer.url}import/")
    assert Building.objects.count() == 2
    batch = text_of(alice.get(url_of(world, "batch", ImportBatch.objects.get().id)))
    assert "Created 1 Linked 1" in batch
    assert "Skipped" not in batch


def test_every_value_is_shown_with_where_it_came_from(alice, world, books) -> None:
    """Idea 4, and requirement 10."""
    elm = make_customer(books, name="Elm", bill=ELM_STREET, contact="Jane Doe", email="jane@elm.example")
    gym = make_customer(books, name="Gym", parent=elm, bill=ELM_STREET)
    page = text_of(alice.get(preview(alice, world, pick=[elm.list_id, gym.list_id])))
    assert "Name Elm customer name, because company name is empty" in page
    assert "Physical address" in page
    assert "billing address, because Ship To is empty" in page
    assert "Contact Jane Doe jane@elm.example name: Contact; e-mail: Email; address: billing address" in page
    assert "The physical address is the same as that of Elm." in page
    assert "No e-mail" in page


def test_names_that_could_be_markup_are_only_text(alice, world, books) -> None:
    name = "<script>alert(1)</script>"
    make_building(world.organization, name=name)
    customer = make_customer(books, name=name)
    where = preview(alice, world, pick=customer.list_id)
    for address in (where, f"{where}choose/?list_id={customer.list_id}"):
        assert name not in alice.get(address).content.decode()
        assert name in text_of_escaped(alice.get(address))


def text_of_escaped(response) -> str:
    from html import unescape

    return unescape(response.content.decode())


def test_the_way_back_keeps_what_was_ticked(alice, world, books) -> None:
    customer = make_customer(books, name="Elm")
    page = alice.get(preview(alice, world, pick=customer.list_id)).content.decode()
    assert f'name="elsewhere" value="{customer.list_id}"' in page


def test_an_account_is_chosen_for_a_tree(alice, world, books) -> None:
    elm = make_customer(books, name="Elm")
    make_customer(books, name="Gym", parent=elm)
    district = make_account(world.organization, name="School District")
    where = preview(alice, world, "accounts", pick=elm.list_id, with_jobs="yes")
    page = alice.get(where)
    assert "1 account, 1 building; invoices of this one will go to “Elm:Gym”." in text_of(page)
    assert "Use an account you have" in text_of(page)
    chooser = f"{where}choose/?list_id={elm.list_id}"
    assert "School District" in text_of(alice.get(f"{chooser}&search=district"))
    assert "Choose an account." in text_of(alice.post(chooser))
    alice.post(chooser, {"record": str(district.id)})
    alice.post(f"{where}import/")
    assert Building.objects.get().account == district


def test_a_preview_that_was_imported_leads_to_its_import(alice, world, books) -> None:
    where = preview(alice, world, pick=make_customer(books, name="Elm").list_id)
    alice.post(f"{where}import/")
    again = alice.post(f"{where}import/")
    assert again.url == alice.get(where).url == url_of(world, "batch", ImportBatch.objects.get().id)
    assert Building.objects.count() == 1


def test_the_question_about_names_comes_before_the_preview_too(alice, world, books) -> None:
    elm = make_customer(books, name="Elm", company_name="District")
    jobs = [make_customer(books, name=name, parent=elm, company_name="District").list_id for name in ("Gym", "Hall")]
    asked = alice.post(import_url(world, "buildings"), {"act": "preview", "pick": jobs})
    assert "What shall the buildings be called?" in text_of(asked)
    assert 'name="act" value="preview"' in asked.content.decode()
    where = preview(alice, world, pick=jobs, naming="company_name")
    assert text_of(alice.get(where)).count("Bears the same name as another one of its customer.") == 2


def test_pages_of_a_preview_cost_the_same_for_few_and_many(alice, world, books) -> None:
    make_customers(books, count=24)
    few = draft_import(books, target="buildings", filters={"search": "company 1"}, by=world.alice)
    many = draft_import(books, target="buildings", filters={}, by=world.alice)
    counts = [
        query_count(alice, reverse("quickbooks:preview", args=[world.organization.slug, one.id]))
        for one in (few, many)
    ]
    assert counts[0] == counts[1] <= 16


def test_an_undo_of_many_shows_how_far_it_is_and_goes_on(alice, world, books, monkeypatch) -> None:
    monkeypatch.setattr(undo, "CHUNK", 2)
    make_customers(books, count=5)
    batch = import_customers(books, target="accounts", by=world.alice, filters={})
    undo_import(batch, by=world.alice, seconds=0)
    where = url_of(world, "batch", batch.id)
    page = alice.get(where)
    assert '<progress value="2" max="5">' in page.content.decode()
    assert "2 of 5." in text_of(page)
    assert "Being undone" in text_of(alice.get(url_of(world, "imports")))
    alice.post(url_of(world, "continue-import", batch.id))
    page = text_of(alice.get(where))
    assert "5 removed" in page
    assert "Created" not in page
    assert not Account.objects.exists()


def test_the_second_building_of_a_customer_gets_the_offer(alice, world, books) -> None:
    """Requirement 61."""
    customer = make_customer(books, name="Elm")
    make_account(world.organization, name="ELM")
    for name in ("North", "South"):
        building = make_building(world.organization, name=name)
        link_customer(building, connection=books, list_id=customer.list_id, by=world.alice)
    page = text_of(alice.get(reverse("buildings:detail", args=[world.organization.slug, building.id])))
    assert "Elm is linked to 2 buildings: North , South" in page
    assert "Make it an account and bill both there" in page
    where = url_of(world, "bill-together", building.id)
    page = text_of(alice.get(where))
    assert "1 account, 2 buildings; invoices of these 2 will go to “Elm”." in page
    assert "It looks like an account that is here" in page
    alice.post(where, {"account": "new"})
    assert set(Building.objects.values_list("account__name", flat=True)) == {"Elm"}
    assert alice.get(where).status_code == 302


def test_a_long_preview_shows_how_far_it_is_and_ends_with_the_question(alice, world, books, monkeypatch) -> None:
    monkeypatch.setattr(drafts, "CHUNK", 10)
    make_customers(books, count=30)
    draft = draft_import(books, target="accounts", filters={}, by=world.alice, seconds=0)
    where = url_of(world, "preview", draft.id)
    page = alice.get(where)
    assert '<progress value="10" max="30">' in page.content.decode()
    assert "Import from QuickBooks Desktop</button>" not in page.content.decode()
    answer = alice.post(f"{where}go-on/", headers={"HX-Request": "true"})
    assert answer["HX-Redirect"] == where
    assert "Create 30 accounts?" in text_of(alice.get(where))
