"""The page "Import from QuickBooks Desktop", the refresh on it, and the page of each import."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from standpipe.accounts.actions import archive_account
from standpipe.accounts.models import Account
from standpipe.buildings.models import Building
from standpipe.core.addresses import Address
from standpipe.quickbooks.connections.models import Connection, Task
from standpipe.quickbooks.exchange.models import Session
from standpipe.quickbooks.importing import actions
from standpipe.quickbooks.importing.actions import import_customers, undo_import
from standpipe.quickbooks.importing.models import ImportBatch
from standpipe.quickbooks.importing.queries import importable
from standpipe.quickbooks.linking.actions import link_customer
from standpipe.quickbooks.linking.models import Link
from standpipe.quickbooks.lists.models import CustomerList
from support.quickbooks_worlds import make_connection, make_customer, make_customers, mark_list_whole
from support.worlds import World, make_account, make_building, make_world

pytestmark = pytest.mark.django_db

BUTTON = "Import from QuickBooks Desktop"
REFRESH = "Refresh from QuickBooks Desktop"
TARGETS = ("accounts", "buildings")


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


def import_url(world: World, target: str = "accounts") -> str:
    return reverse("quickbooks:import", args=[world.organization.slug, target])


def url_of(world: World, name: str, *args) -> str:
    return reverse(f"quickbooks:{name}", args=[world.organization.slug, *args])


def text_of(response) -> str:
    """The words of a page, on one line."""
    assert response.status_code == 200, response.status_code
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def press(client: Client, url: str, **data):
    return client.post(url, {"act": "import", "request_key": "key", **data})


# Ways in


@pytest.mark.parametrize("target", TARGETS)
def test_the_button_is_at_the_head_of_both_lists_and_decides_the_type(alice, world, books, target) -> None:
    """Requirement 13."""
    customer = make_customer(books, name="Elm")
    page = alice.get(reverse(f"{target}:list", args=[world.organization.slug])).content.decode()
    assert f'href="{import_url(world, target)}"' in page
    assert BUTTON in page
    press(alice, import_url(world, target), pick=customer.list_id)
    model = Account if target == "accounts" else Building
    assert model.objects.get().name == "Elm"


def test_without_a_connection_the_page_says_so_and_links_to_the_step_before(alice, world) -> None:
    """Requirement 1: never an empty list that looks like "no customers"."""
    response = alice.get(import_url(world))
    assert "QuickBooks Desktop is not connected yet" in text_of(response)
    assert url_of(world, "connections") in response.content.decode()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "The QWC file has not been downloaded yet"),
        ({"qwc_downloaded_at": True}, "The Web Connector has not called yet"),
        ({"qwc_downloaded_at": True, "first_seen_at": True}, "No company file has been read yet"),
        (
            {"qwc_downloaded_at": True, "first_seen_at": True, "file_read_at": True, "file_company_name": "Elm Inc."},
            "Is this your company file?",
        ),
    ],
)
def test_each_state_before_the_first_import_says_what_comes_next(alice, world, fields, words) -> None:
    """Requirement 2."""
    now = timezone.now()
    connection = make_connection(
        world.organization,
        confirmed=False,
        **{key: now if value is True else value for key, value in fields.items()},
    )
    response = alice.get(import_url(world))
    assert words in text_of(response)
    assert (
        reverse("quickbooks:connection", args=[world.organization.slug, connection.id]) in response.content.decode()
    )


def test_a_list_that_never_came_offers_the_refresh_and_one_that_arrives_cannot_be_imported_from(alice, world) -> None:
    """Requirement 16."""
    connection = make_connection(world.organization)
    customer = make_customer(connection, name="Half a list")
    assert "has not arrived yet" in text_of(alice.get(import_url(world)))
    Task.objects.create(connection=connection, kind="refresh_customers", state="running", counts={"seen": 20})
    page = text_of(alice.get(import_url(world)))
    assert "is arriving" in page
    assert "Half a list" not in page
    assert "is arriving" in text_of(press(alice, import_url(world), pick=customer.list_id))
    assert not Account.objects.exists()


@pytest.mark.parametrize("target", TARGETS)
def test_linking_is_offered_to_who_has_them_already(alice, world, books, target) -> None:
    """Requirement 7."""
    page = alice.get(import_url(world, target))
    assert "Already have them here? Link them instead" in text_of(page)
    assert (
        f'href="{reverse(f"{target}:list", args=[world.organization.slug])}?quickbooks=none"' in page.content.decode()
    )


def test_the_advice_stands_above_the_list_with_what_is_missing(alice, world, books) -> None:
    """Requirements 9, 10 and 40."""
    make_customer(books, name="Bare")
    make_customer(
        books, name="Full", company_name="Full", bill=Address(lines=("1 St",)), phone="1", email="a@b.example"
    )
    page = text_of(alice.get(import_url(world)))
    advice, bare = page.index("Put customer profiles right in QuickBooks first."), page.index("Customer · Bare")
    assert advice < bare
    assert "1 has no company name , 1 has no billing address , 1 has no phone and 1 has no e-mail" in page
    assert "changes made in QuickBooks after the import do not change the account here" in page
    narrowed = text_of(alice.get(import_url(world), {"lacks": "no_email"}))
    assert "Customer · Bare" in narrowed
    assert "Customer · Full" not in narrowed
    searched = text_of(alice.get(import_url(world), {"search": "full"}))
    assert "Of those available, 1 has no company name" in searched, "the links lead to all of them"


def test_each_row_says_what_it_lacks_so_that_the_bar_can_add_it_up(alice, world, books) -> None:
    """Requirement 10: which of the selected."""
    make_customer(books, name="Bare")
    make_customer(books, name="Phoned", company_name="Phoned", bill=Address(lines=("1 St",)), phone="1")
    page = alice.get(import_url(world)).content.decode()
    lacks = re.findall(r'aria-label="Select (\w+)"', page), re.findall(r'data-lacks="([^"]*)"', page)
    assert dict(zip(*lacks, strict=True)) == {
        "Bare": "no_company_name no_billing_address no_phone no_email",
        "Phoned": "no_email",
    }
    assert "<selected-lacks" in page


@pytest.mark.parametrize("person", ["vera", "charlie"])
def test_who_may_not_import_cannot_open_the_page(world, books, person) -> None:
    client = Client()
    client.force_login(getattr(world, person), backend="django.contrib.auth.backends.ModelBackend")
    expected = 403 if person == "vera" else 404
    assert client.get(import_url(world)).status_code == expected
    assert press(client, import_url(world), everything="yes").status_code == expected
    assert not ImportBatch.objects.exists()


# The list


def statuses(books: Connection, target: str) -> dict[str, str]:
    return {row.full_name: row.status for row in importable(books, target=target, active=None)}


def test_linked_customers_are_shown_as_such_with_where_to(alice, world, books) -> None:
    """Requirement 17."""
    elm, oak = make_customer(books, name="Elm"), make_customer(books, name="Oak")
    make_customer(books, name="Ash")
    make_customer(books, name="Gone", gone=True)
    import_customers(books, target="accounts", list_ids=[elm.list_id], by=world.alice)
    link_customer(
        make_account(world.organization, name="Alder"), connection=books, list_id=oak.list_id, by=world.alice
    )
    assert statuses(books, "accounts") == {"Elm": "imported", "Oak": "linked", "Ash": "available", "Gone": "deleted"}
    assert statuses(books, "buildings")["Elm"] == "available"
    page = text_of(alice.get(import_url(world), {"status": "all", "active": "all"}))
    assert "Linked Alder" in page
    archive_account(Account.objects.get(name="Elm"), by=world.alice)
    kept = text_of(alice.get(import_url(world), {"status": "imported"}))
    assert "Imported Elm (archived)" in kept, "who wonders where it is finds it"
    assert "Not in QuickBooks any more" in page
    assert page.count("Select all 1 that match") == 0


def test_the_list_opens_on_available_and_active(alice, world, books) -> None:
    """Requirements 17 and 49."""
    elm = make_customer(books, name="Elm")
    make_customer(books, name="Asleep", is_active=False)
    import_customers(books, target="accounts", list_ids=[elm.list_id], by=world.alice)
    make_customer(books, name="Oak")
    page = text_of(alice.get(import_url(world)))
    assert "Customer · Oak" in page
    assert "Customer · Elm" not in page
    assert "Customer · Asleep" not in page
    assert "Customer · Asleep" in text_of(alice.get(import_url(world), {"active": "inactive"}))


def test_an_account_is_marked_under_buildings(alice, world, books) -> None:
    elm = make_customer(books, name="Elm")
    import_customers(books, target="accounts", list_ids=[elm.list_id], by=world.alice)
    assert "Is the account Elm" in text_of(alice.get(import_url(world, "buildings")))


@pytest.mark.parametrize("search", ["elm est", "LLC", "12 elm", "jane@elm", "(860) 555-0100", "Gym"])
def test_search_looks_through_path_company_address_email_and_phone(books, search) -> None:
    make_customers(books, count=3)
    elm = make_customer(books, name="Elm Estates")
    gym = make_customer(
        books,
        name="Gym",
        parent=elm,
        company_name="Estates LLC",
        bill=Address(lines=("12 Elm St",)),
        email="jane@elm.example",
        phone="(860) 555-0100",
    )
    assert gym in importable(books, target="accounts", search=search)
    assert importable(books, target="accounts", search=search).count() <= 2


@pytest.mark.parametrize(
    "search", ['Café "Singh"', "café ‘singh’ & söhne", "singh and sohne", "O’Brien’s", "o'brien's", "Gym - O'Brien"]
)
def test_search_minds_no_other_quotes_and_dashes(books, search) -> None:
    """A name is found as a keyboard types it, and as a word processor writes it."""
    make_customers(books, count=3)
    cafe = make_customer(books, name="Café “Singh” & Söhne")
    make_customer(books, name="Gym – O'Brien's", parent=cafe)
    assert importable(books, target="accounts", search=search).exists()
    assert importable(books, target="accounts", search=search).count() <= 2


def test_the_list_takes_a_fixed_number_of_queries(alice, world, books, django_assert_max_num_queries) -> None:
    make_customers(books, count=120)
    import_customers(books, target="buildings", filters={"search": "company 1"}, by=world.alice)
    alice.get(import_url(world))
    with django_assert_max_num_queries(20):
        alice.get(import_url(world, "buildings"), {"status": "all"})


# Picking and pressing


def test_nothing_selected_is_said_and_nothing_happens(alice, world, books) -> None:
    """Requirement 18, without JavaScript."""
    make_customer(books, name="Elm")
    assert "Select at least one customer or job." in text_of(press(alice, import_url(world)))
    assert not ImportBatch.objects.exists()


def test_the_button_of_the_bar_needs_a_selection_and_repeats_the_number(alice, world, books) -> None:
    """Requirement 18."""
    customer = make_customer(books, name="Elm")
    page = alice.post(import_url(world), {"pick": customer.list_id}).content.decode()
    bar = page[page.index('class="action-bar"') :]
    assert "1 selected" in bar
    assert re.search(r"<button[^>]*data-needs-selection[^>]*>.*?" + BUTTON, bar, re.DOTALL)
    assert f'value="{customer.list_id}" data-select checked' in page


def test_a_browser_that_comes_back_ticks_nothing_by_itself(alice, world, books) -> None:
    """It would tick by position, and what was imported is not in the list any more: another customer stands there."""
    make_customer(books, name="Elm")
    form = re.search(r'<form[^>]*id="import-form"[^>]*>', alice.get(import_url(world)).content.decode())
    assert form is not None
    assert 'autocomplete="off"' in form[0]


def test_one_and_many_can_be_picked(alice, world, books) -> None:
    """Requirement 18."""
    customers = make_customers(books, count=5)
    press(alice, import_url(world), pick=[customers[0].list_id, customers[3].list_id])
    assert sorted(Account.objects.values_list("name", flat=True)) == ["Company 0", "Company 3"]


def test_what_is_picked_survives_other_pages_and_searches_without_javascript(alice, world, books) -> None:
    customers = make_customers(books, count=60)
    by_path = sorted(customers, key=lambda customer: customer.sort_key)
    first, last = by_path[0], by_path[-1]
    page = alice.post(import_url(world), {"pick": first.list_id, "page": "2"}).content.decode()
    assert f'name="elsewhere" value="{first.list_id}"' in page
    assert "1 selected" in page
    page = alice.post(
        import_url(world), {"elsewhere": first.list_id, "pick": last.list_id, "page": "1"}
    ).content.decode()
    assert f'name="elsewhere" value="{last.list_id}"' in page
    assert f'value="{first.list_id}" data-select checked' in page
    press(alice, import_url(world), elsewhere=last.list_id, pick=first.list_id)
    assert Account.objects.count() == 2


def test_select_all_that_match_sends_the_filter_and_leaves_out_what_it_should(alice, world, books) -> None:
    make_customers(books, count=70)
    elm = make_customer(books, name="Elm")
    make_customer(books, name="Elm asleep", is_active=False)
    make_customer(books, name="Shut", parent=elm, job_status="Closed")
    assert "Select all 71 that match" in text_of(alice.get(import_url(world)))
    elms = text_of(alice.get(import_url(world), {"search": "elm"}))
    assert "2 customers and jobs. “Select all” leaves out 1: closed and not-awarded jobs." in elms
    assert "Select all 1 that match" in elms
    assert "leaves out" not in text_of(alice.get(import_url(world), {"search": "company"}))
    asked = press(alice, import_url(world), everything="yes", search="company")
    assert "Create 70 accounts?" in text_of(alice.get(asked.url))
    assert not Account.objects.exists()
    alice.post(f"{asked.url}import/")
    assert Account.objects.count() == 70
    press(alice, import_url(world), everything="yes", request_key="other")
    assert sorted(Account.objects.exclude(name__startswith="Company").values_list("name", flat=True)) == ["Elm"]


def test_another_filter_forgets_all_that_matched_before(alice, world, books) -> None:
    make_customers(books, count=3)
    page = alice.post(import_url(world), {"everything": "yes", "search": "company"}).content.decode()
    assert "data-select-everything checked" not in page
    page = alice.post(import_url(world), {"everything": "yes", "search": "company", "page": "1"}).content.decode()
    assert "data-select-everything checked" in page


def test_a_reload_or_a_double_click_shows_the_same_import(alice, world, books) -> None:
    """Requirement 19."""
    customer = make_customer(books, name="Elm")
    first = press(alice, import_url(world), pick=customer.list_id)
    second = press(alice, import_url(world), pick=customer.list_id)
    assert first.url == second.url
    assert Account.objects.count() == ImportBatch.objects.count() == 1


def test_another_selection_on_a_page_that_was_gone_back_to_is_another_import(alice, world, books) -> None:
    first, second = make_customer(books, name="Elm"), make_customer(books, name="Oak")
    for customer in (first, second):
        press(alice, import_url(world), pick=customer.list_id)
    assert ImportBatch.objects.count() == Account.objects.count() == 2


def test_with_htmx_the_address_follows_the_list(alice, world, books) -> None:
    make_customer(books, name="Elm")
    response = alice.post(import_url(world), {"search": "elm", "kind": "customer"}, headers={"HX-Request": "true"})
    assert response["HX-Replace-Url"] == f"{import_url(world)}?search=elm&kind=customer"


# The question about names


@pytest.fixture
def estates(books) -> list[str]:
    elm = make_customer(books, name="Elm", company_name="Elm Estates")
    jobs = [make_customer(books, name=name, parent=elm, company_name="Elm Estates") for name in ("Gym", "Hall")]
    return [customer.list_id for customer in (elm, *jobs)]


def test_jobs_that_would_share_a_name_are_asked_about_with_nothing_preselected(alice, world, estates) -> None:
    """Requirement 44, design 3.1."""
    response = press(alice, import_url(world, "buildings"), pick=estates)
    page = text_of(response)
    assert "3 would be called Elm Estates : Elm , Elm:Gym , Elm:Hall" in page
    assert "checked" not in response.content.decode()
    for words in ("Company name for example", "Job name for example", "Company name – job name for example"):
        assert words in page
    assert not ImportBatch.objects.exists()
    assert "for example Elm Estates – Gym" in page
    asked = press(alice, import_url(world, "buildings"), elsewhere=",".join(estates), naming_asked="yes")
    assert "Choose one of the three." in text_of(asked)


@pytest.mark.parametrize(
    ("naming", "names"),
    [
        ("company_name", ["Elm Estates", "Elm Estates", "Elm Estates"]),
        ("job_name", ["Elm Estates", "Gym", "Hall"]),
        ("company_and_job_name", ["Elm Estates", "Elm Estates – Gym", "Elm Estates – Hall"]),
    ],
)
def test_the_answer_names_the_jobs(alice, world, estates, naming, names) -> None:
    press(alice, import_url(world, "buildings"), elsewhere=",".join(estates), naming=naming)
    assert sorted(Building.objects.values_list("name", flat=True)) == names


def test_nobody_is_asked_where_no_names_are_shared(alice, world, books, estates) -> None:
    """Design 3.11: nothing compulsory stands between; one job alone shares its name with nobody."""
    press(alice, import_url(world, "buildings"), pick=estates[1])
    assert Building.objects.get().name == "Elm Estates"


# The refresh


def test_refresh_is_queued_once_and_says_what_is_waited_for(alice, world, books) -> None:
    """Requirements 14 and 15."""
    url = url_of(world, "refresh", "accounts")
    assert REFRESH in text_of(alice.get(import_url(world)))
    for _ in range(2):
        alice.post(url, {"connection": str(books.id)})
    task = Task.objects.get()
    page = text_of(alice.get(import_url(world)))
    assert "Waiting for the Web Connector, usually within 5 minutes, next about" in page
    assert "You can leave this page. In a hurry: press Update Selected at the QuickBooks computer." in page
    assert "List from" in page
    Task.objects.filter(pk=task.pk).update(state="running", progress=40, counts={"seen": 1200, "expected": 3000})
    page = alice.get(import_url(world))
    assert "Reading customers and jobs from QuickBooks: 1,200 of about 3,000." in text_of(page)
    assert '<progress value="40" max="100">' in page.content.decode()
    done = {"new": 3, "changed": 2, "gone": 1, "seen": 6}
    Task.objects.filter(pk=task.pk).update(state="done", finished_at=timezone.now(), counts=done)
    assert "3 new, 2 changed, 1 not there any more" in text_of(alice.get(import_url(world)))


def test_the_old_list_stays_usable_while_a_refresh_runs(alice, world, books) -> None:
    """Requirement 16."""
    customer = make_customer(books, name="Elm")
    Task.objects.create(connection=books, kind="refresh_customers", state="running")
    assert "Customer · Elm" in text_of(alice.get(import_url(world)))
    press(alice, import_url(world), pick=customer.list_id)
    assert Account.objects.count() == 1


def test_an_overdue_connector_is_said_and_the_wait_can_be_ended(alice, world, books) -> None:
    long_ago = timezone.now() - timedelta(hours=3)
    Connection.objects.filter(pk=books.pk).update(last_contact_at=long_ago)
    alice.post(
        reverse("quickbooks:refresh", args=[world.organization.slug, "accounts"]), {"connection": str(books.id)}
    )
    assert "was expected" in text_of(alice.get(import_url(world)))
    alice.post(
        reverse("quickbooks:cancel-refresh", args=[world.organization.slug, "accounts"]),
        {"connection": str(books.id)},
    )
    assert Task.objects.get().state == "cancelled"
    assert "The list is as it was." in text_of(alice.get(import_url(world)))


def test_what_stands_in_the_way_of_a_refresh_is_said_where_it_is_waited_for(alice, world, books) -> None:
    Connection.objects.filter(pk=books.pk).update(
        refused_file={"reason": "other_file", "company_name": "Other", "path": "C:\\other.qbw"},
        refused_at=timezone.now(),
    )
    assert "Another company file was open" not in text_of(alice.get(import_url(world))), "nothing is waited for"
    Task.objects.create(connection=books, kind="refresh_customers")
    page = alice.get(import_url(world))
    assert "Another company file was open. Nothing was read from it" in text_of(page)
    assert f'href="{url_of(world, "connection", books.id)}">See what to do' in page.content.decode()


def test_a_visit_that_fell_silent_in_the_middle_is_said(alice, world, books) -> None:
    Task.objects.create(connection=books, kind="refresh_customers", state="running")
    visit = Session.objects.create(connection=books, ticket="t", state="receiving")
    assert "Nothing has come since" not in text_of(alice.get(import_url(world)))
    Session.objects.filter(pk=visit.pk).update(last_call_at=timezone.now() - timedelta(minutes=2))
    assert "the refresh begins again by itself" in text_of(alice.get(import_url(world)))


def test_the_fragment_stops_asking_when_the_refresh_is_over_and_the_list_follows(alice, world, books) -> None:
    url = url_of(world, "import-state", "accounts")
    task = Task.objects.create(connection=books, kind="refresh_customers")
    waiting = alice.get(url, {"connection": str(books.id), "list": "whole"})
    assert 'hx-trigger="every 2s"' in waiting.content.decode()
    assert "HX-Trigger" not in waiting
    Task.objects.filter(pk=task.pk).update(state="done", finished_at=timezone.now())
    over = alice.get(url, {"connection": str(books.id), "list": "whole"})
    assert "every 2s" not in over.content.decode()
    assert over["HX-Trigger"] == "customers-changed"
    assert alice.get(url, {"connection": str(books.id), "list": "arriving"})["HX-Refresh"] == "true"


def test_a_failed_refresh_and_broken_records_are_said(alice, world, books) -> None:
    Task.objects.create(
        connection=books,
        kind="refresh_customers",
        state="failed",
        finished_at=timezone.now(),
        error={"code": "x", "text": "QuickBooks was closed."},
    )
    CustomerList.objects.update(broken=[{"list_id": "8-1", "name": "Broken & Co", "reason": "no FullName"}])
    page = text_of(alice.get(import_url(world)))
    assert "QuickBooks was closed. The list is still the one from before." in page
    assert "Broken & Co : no FullName" in page


def test_another_organizations_connection_is_not_found(alice, world) -> None:
    foreign = make_connection(world.elsewhere)
    for name in ("refresh", "cancel-refresh"):
        url = url_of(world, name, "accounts")
        assert alice.post(url, {"connection": str(foreign.id)}).status_code == 404
    assert alice.get(import_url(world), {"connection": str(foreign.id)}).status_code == 404
    assert press(alice, import_url(world), connection=str(foreign.id), everything="yes").status_code == 404


# The page of an import


def batch_url(world: World, batch: ImportBatch, name: str = "batch") -> str:
    return reverse(f"quickbooks:{name}", args=[world.organization.slug, batch.id])


def test_the_result_names_each_customer_and_says_that_nobody_was_told(alice, world, books) -> None:
    """Requirement 20."""
    make_building(world.organization, name="Oak Inn")
    for name in ("Elm", "Oak Inn"):
        make_customer(books, name=name)
    done = import_customers(books, target="buildings", by=world.alice)
    page = text_of(alice.get(batch_url(world, done)))
    assert "Nobody was e-mailed; QuickBooks was not changed." in page
    assert "Elm Created Elm" in page
    assert "Oak Inn Held back Looks like Oak Inn (same name). Oak Inn Link instead Import anyway" in page
    for words in ("Undo this import", "Attach to an account", "View them"):
        assert words in page


def test_look_alikes_are_decided_with_one_click(alice, world, books) -> None:
    here = make_building(world.organization, name="Oak Inn")
    oak = make_customer(books, name="Oak Inn")
    elm = make_customer(books, name="Elm School")
    make_building(world.organization, name="Elm School")
    batch = import_customers(books, target="buildings", by=world.alice)
    alice.post(batch_url(world, batch, "held"), {"act": "link", "list_id": oak.list_id})
    alice.post(batch_url(world, batch, "held"), {"act": "import", "list_id": elm.list_id})
    assert Link.objects.get(building=here).list_id == oak.list_id
    assert Building.objects.filter(name="Elm School").count() == 2


def test_two_that_look_like_one_do_not_take_it_from_each_other(alice, world, books) -> None:
    here = make_building(world.organization, name="Oak Inn")
    oak = make_customer(books, name="Oak Inn")
    annex = make_customer(books, name="Annex", parent=oak, company_name="Oak Inn")
    batch = import_customers(books, target="buildings", by=world.alice)
    first = alice.post(batch_url(world, batch, "held"), {"act": "link", "list_id": oak.list_id}, follow=True)
    assert first.redirect_chain[-1][0].endswith("?outcome=held"), "the other one is still to be decided"
    second = alice.post(batch_url(world, batch, "held"), {"act": "link", "list_id": annex.list_id}, follow=True)
    assert "“Oak Inn” is linked to Oak Inn already." in text_of(second)
    assert Link.objects.get(building=here, ended_at=None).list_id == oak.list_id


def test_view_them_opens_the_list_of_just_these(alice, world, books) -> None:
    make_account(world.organization, name="Other")
    make_customer(books, name="Elm")
    batch = import_customers(books, target="accounts", by=world.alice)
    listed = text_of(alice.get(reverse("accounts:list", args=[world.organization.slug]), {"import": str(batch.id)}))
    assert "1 account" in listed
    assert "Other" not in listed


def test_imported_buildings_can_be_attached_to_an_account_together(alice, world, books) -> None:
    """Requirement 12."""
    account = make_account(world.organization)
    make_customers(books, count=3)
    batch = import_customers(books, target="buildings", by=world.alice)
    assert "Choose an account." in text_of(alice.post(batch_url(world, batch, "attach-import"), {}))
    alice.post(batch_url(world, batch, "attach-import"), {"account": str(account.id)})
    assert set(Building.objects.values_list("account", flat=True)) == {account.id}


def test_an_imported_account_takes_buildings_that_were_here_and_buildings_that_came(alice, world, books) -> None:
    """Requirement 12."""
    here = make_building(world.organization, name="Ours")
    make_customer(books, name="Elm")
    import_customers(books, target="accounts", by=world.alice)
    make_customer(books, name="Gym")
    import_customers(books, target="buildings", filters={"search": "gym"}, by=world.alice)
    account, came = Account.objects.get(), Building.objects.get(name="Gym")
    url = reverse("buildings:add-to-account", args=[world.organization.slug, account.id])
    alice.post(url, {"building": [str(here.id), str(came.id)]})
    assert set(account.buildings.values_list("name", flat=True)) == {"Ours", "Gym"}


def test_undo_asks_once_and_lists_what_stays(alice, world, books) -> None:
    from standpipe.accounts.actions import edit_account

    for name in ("Elm", "Oak"):
        make_customer(books, name=name)
    batch = import_customers(books, target="accounts", by=world.alice)
    edit_account(Account.objects.select_related("organization").get(name="Oak"), by=world.alice, name="Oak House")
    assert "2 accounts came with it." in text_of(alice.get(batch_url(world, batch, "undo-import")))
    assert Account.objects.count() == 2
    alice.post(batch_url(world, batch, "undo-import"))
    page = text_of(alice.get(batch_url(world, batch)))
    assert "1 removed, 1 stayed" in page
    assert "Stayed: It has been edited since." in page
    assert "Undo this import" not in page


def test_an_interrupted_import_says_so_and_goes_on(alice, world, books, monkeypatch) -> None:
    monkeypatch.setattr(actions, "CHUNK", 2)
    make_customers(books, count=5)
    batch = import_customers(books, target="accounts", by=world.alice, filters={}, seconds=0)
    page = alice.get(batch_url(world, batch))
    assert "3 still wait" in text_of(page)
    assert '<progress value="2" max="5">' in page.content.decode()
    alice.post(batch_url(world, batch, "continue-import"))
    assert Account.objects.count() == 5
    assert "still wait" not in text_of(alice.get(batch_url(world, batch)))


def test_the_list_of_imports(alice, world, books) -> None:
    make_customer(books, name="Elm")
    batch = import_customers(books, target="accounts", by=world.alice)
    undo_import(batch, by=world.alice)
    assert "Accounts Alice Undone 1 removed" in text_of(alice.get(url_of(world, "imports")))


@pytest.mark.parametrize("name", ["batch", "continue-import", "held", "undo-import", "attach-import"])
def test_another_organizations_import_is_not_found(world, books, name) -> None:
    make_customer(books)
    batch = import_customers(books, target="accounts", by=world.alice)
    charlie = Client()
    charlie.force_login(world.charlie, backend="django.contrib.auth.backends.ModelBackend")
    url = reverse(f"quickbooks:{name}", args=[world.elsewhere.slug, batch.id])
    assert charlie.post(url).status_code in (404, 405)
    assert charlie.get(url).status_code in (404, 405)
    assert Account.objects.count() == 1


def test_the_home_step_is_done_once_anything_is_tied(alice, world, books) -> None:
    """Requirement 4."""
    home = reverse("organization-home", args=[world.organization.slug])
    assert "Import or link customers" in text_of(alice.get(home))
    make_customer(books, name="Elm")
    import_customers(books, target="accounts", by=world.alice)
    page = text_of(alice.get(home))
    assert "Changed in QuickBooks" in page
