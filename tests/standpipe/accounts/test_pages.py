import pytest

from standpipe.accounts.actions import archive_account, edit_account
from standpipe.accounts.models import Account
from standpipe.activity.models import Activity
from standpipe.ui import registry
from support.pages import at, client_of, elements, query_count, text_of
from support.worlds import (
    ELM_STREET,
    OAK_STREET,
    make_account,
    make_building,
    make_contact,
    make_world,
)

pytestmark = pytest.mark.django_db

ADDRESS = {
    "billing_address_line1": "12 Elm St",
    "billing_address_city": "Hartford",
    "billing_address_state": "CT",
    "billing_address_postal_code": "06103",
}


def test_the_list_shows_name_address_and_buildings():
    world = make_world()
    account = make_account(world.organization, billing_address=ELM_STREET)
    make_building(world.organization, account=account)
    page = client_of(world.vera).get(at(world.organization, "accounts/"))
    text = text_of(page)
    for words in ("1 account", "Alder Group", "Elm School, 12 Elm St, Hartford, CT 06103", "1–1 of 1"):
        assert words in text
    assert elements(page, "//td[@data-label='Buildings']")[0].text_content().strip() == "1"


def test_an_empty_list_names_the_next_step_for_whoever_looks():
    world = make_world()
    url = at(world.organization, "accounts/")
    assert elements(client_of(world.otto).get(url), "//main//a[contains(@href, 'accounts/add/')]")
    vera = client_of(world.vera).get(url)
    assert "once a colleague who may edit" in text_of(vera)
    assert not elements(vera, "//main//a[contains(@href, 'accounts/add/')]")


def test_search_narrows_the_list_and_says_when_nothing_matches():
    world = make_world()
    make_account(world.organization, billing_address=ELM_STREET)
    make_account(world.organization, name="Birch Group", billing_address=OAK_STREET)
    client = client_of(world.otto)
    found = text_of(client.get(at(world.organization, "accounts/"), {"search": "springfield"}))
    assert "Birch Group" in found
    assert "Alder Group" not in found
    nothing = client.get(at(world.organization, "accounts/"), {"search": "nowhere"})
    assert "No account matches" in text_of(nothing)
    assert elements(nothing, "//input[@name='search']")[0].get("value") == "nowhere"


def test_archived_accounts_stand_under_their_own_filter():
    world = make_world()
    archive_account(make_account(world.organization), by=world.alice)
    client = client_of(world.otto)
    assert "No accounts yet" in text_of(client.get(at(world.organization, "accounts/")))
    assert "Alder Group" in text_of(client.get(at(world.organization, "accounts/"), {"archived": "yes"}))


def test_the_list_sorts_both_ways_and_pages():
    world = make_world()
    for number in range(51):
        make_account(world.organization, name=f"Account {number:02}")
    client = client_of(world.otto)
    names = "//tbody/tr/th"
    first = elements(client.get(at(world.organization, "accounts/")), names)
    assert (len(first), first[0].text_content().strip()) == (50, "Account 00")
    last = elements(client.get(at(world.organization, "accounts/"), {"sort": "-name"}), names)
    assert last[0].text_content().strip() == "Account 50"
    second = client.get(at(world.organization, "accounts/"), {"page": "2"})
    assert "51–51 of 51" in text_of(second)


def test_the_list_costs_the_same_queries_for_one_row_and_for_fifty():
    world = make_world()
    client, url = client_of(world.otto), at(world.organization, "accounts/")
    account = make_account(world.organization)
    make_building(world.organization, account=account)
    one = query_count(client, url)
    for number in range(49):
        make_building(world.organization, account=make_account(world.organization, name=f"Account {number}"))
    assert query_count(client, url) == one
    with registry.emptied():
        assert query_count(client, url) == 5  # session, person, membership, count, rows


def test_the_page_of_an_account_costs_the_same_for_one_building_and_for_twenty():
    world = make_world()
    account = make_account(world.organization)
    client, url = client_of(world.otto), at(world.organization, f"accounts/{account.id}/")

    def fill(number: int) -> None:
        building = make_building(world.organization, name=f"Building {number}", account=account)
        make_contact(world.organization, name=f"Jane {number}", at=account, roles=("billing",))
        make_contact(world.organization, name=f"Joe {number}", at=building, roles=("report",))

    fill(0)
    one = query_count(client, url)
    for number in range(1, 21):
        fill(number)
    assert query_count(client, url) == one


def test_add_edit_archive_and_bring_back():
    world = make_world()
    client = client_of(world.otto)
    added = client.post(at(world.organization, "accounts/add/"), {"name": " Alder Group ", **ADDRESS}, follow=True)
    account = Account.objects.get()
    assert "“Alder Group” is added." in text_of(added)
    assert added.redirect_chain == [(at(world.organization, f"accounts/{account.id}/"), 302)]
    assert account.billing_address.printed_lines == ("12 Elm St", "Hartford, CT 06103")

    here = at(world.organization, f"accounts/{account.id}/")
    form = client.get(f"{here}edit/")
    assert elements(form, "//input[@name='billing_address_line1']")[0].get("value") == "12 Elm St"
    seen = elements(form, "//input[@name='seen']")[0].get("value")
    saved = client.post(f"{here}edit/", {"name": "Alder Holding", "seen": seen, **ADDRESS}, follow=True)
    assert "“Alder Holding” is saved." in text_of(saved)
    assert "Otto changed this account" in text_of(saved)

    make_building(world.organization, account=account)
    asked = client.get(f"{here}archive/")
    for words in (
        "Archive Alder Holding?",
        "Its building stays in use and stays with it.",
        "bring it back at any time",
    ):
        assert words in text_of(asked)
    archived = client.post(f"{here}archive/", follow=True)
    assert "“Alder Holding” is archived." in text_of(archived)
    assert elements(archived, "//main//button[contains(., 'Bring back')]")
    assert not elements(archived, "//main//a[contains(@href, '/edit/')]")

    back = client.post(f"{here}restore/", follow=True)
    assert "“Alder Holding” is back." in text_of(back)
    verbs = Activity.objects.filter(subject_type="account").order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["account.created", "account.edited", "account.archived", "account.restored"]


def test_a_form_refuses_with_what_to_do_and_keeps_what_was_typed():
    world = make_world()
    client = client_of(world.otto)
    blank = client.post(
        at(world.organization, "accounts/add/"), {"name": "\u200b ", "billing_address_line1": "12 Elm St"}
    )
    assert "Enter a name: an account is found by its name." in text_of(blank)
    assert elements(blank, "//input[@name='billing_address_line1']")[0].get("value") == "12 Elm St"
    assert elements(blank, "//error-summary//a[@href='#id_name']")
    long = client.post(at(world.organization, "accounts/add/"), {"name": "x" * 256})
    assert "255" in text_of(long)
    nul = client.post(at(world.organization, "accounts/add/"), {"name": "Alder\x00"})
    assert nul.status_code == 200
    assert not Account.objects.exists()


def test_a_change_made_meanwhile_is_shown_before_it_is_overwritten():
    world = make_world()
    account = make_account(world.organization)
    client, url = client_of(world.otto), at(world.organization, f"accounts/{account.id}/edit/")
    seen = elements(client.get(url), "//input[@name='seen']")[0].get("value")
    edit_account(account, by=world.bob, name="Bob's Group")
    refused = client.post(url, {"name": "Otto's Group", "seen": seen})
    assert "Somebody else changed this while you were editing it." in text_of(refused)
    account.refresh_from_db()
    assert account.name == "Bob's Group"
    seen = elements(refused, "//input[@name='seen']")[0].get("value")
    client.post(url, {"name": "Otto's Group", "seen": seen})
    account.refresh_from_db()
    assert account.name == "Otto's Group"


@pytest.mark.parametrize(
    "name", ['O\'Brien & "Sons"', "<script>alert(1)</script>", "🔥🚒", "שירותי אש בע״מ", "é" * 255]
)
def test_any_name_is_shown_escaped_and_whole(name):
    world = make_world()
    account = make_account(world.organization, name=name)
    client = client_of(world.vera)
    for path in ("accounts/", f"accounts/{account.id}/"):
        page = client.get(at(world.organization, path))
        assert b"<script>alert" not in page.content
        assert elements(page, "//main//bdi[1]")[0].text_content() == name


def test_a_viewer_sees_everything_and_changes_nothing():
    world = make_world()
    account = make_account(world.organization)
    make_building(world.organization, account=account)
    make_contact(world.organization, at=account, roles=("billing",))
    vera, here = client_of(world.vera), at(world.organization, f"accounts/{account.id}/")
    page = vera.get(here)
    assert page.status_code == 200
    assert not elements(page, "//main//button | //main//a[contains(@class, 'btn')] | //main//*[@class='row-actions']")
    for path in ("edit/", "archive/", "restore/", "buildings/", "contacts/"):
        assert vera.post(f"{here}{path}").status_code == 403, path
        assert vera.get(f"{here}{path}").status_code == 403, path
    assert vera.get(at(world.organization, "accounts/add/")).status_code == 403
    account.refresh_from_db()
    assert account.archived_at is None


def test_other_organizations_find_nothing():
    world = make_world()
    account = make_account(world.organization)
    charlie = client_of(world.charlie)
    for path in ("", "edit/", "archive/", "restore/", "buildings/", "contacts/"):
        for organization in (world.organization, world.elsewhere):
            url = at(organization, f"accounts/{account.id}/{path}")
            assert charlie.get(url).status_code in {404, 405}, url
            assert charlie.post(url).status_code in {404, 405}, url
    assert charlie.get(at(world.elsewhere, "accounts/00000000-0000-0000-0000-000000000000/")).status_code == 404
    assert charlie.get(at(world.elsewhere, "accounts/no-such-id/")).status_code == 404
    assert "Alder Group" not in text_of(charlie.get(at(world.elsewhere, "accounts/"), {"search": "Alder"}))


def test_long_histories_are_shown_on_request():
    world = make_world()
    account = make_account(world.organization)
    for number in range(12):
        edit_account(account, by=world.otto, name=f"Alder {number}")
    client, url = client_of(world.vera), at(world.organization, f"accounts/{account.id}/")
    assert len(elements(client.get(url), "//*[@id='history']/ol/li")) == 10
    assert len(elements(client.get(url, {"history": "all"}), "//*[@id='history']/ol/li")) == 13
