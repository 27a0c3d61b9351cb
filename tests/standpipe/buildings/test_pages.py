import pytest

from standpipe.accounts.actions import archive_account
from standpipe.activity.models import Activity
from standpipe.buildings.actions import archive_building, edit_building
from standpipe.buildings.models import Building
from standpipe.buildings.queries import buildings_at
from standpipe.ui import registry
from support.pages import at, client_of, elements, query_count, text_of
from support.worlds import ELM_STREET, OAK_STREET, make_account, make_building, make_contact, make_world

pytestmark = pytest.mark.django_db


def test_the_list_shows_name_address_and_account():
    world = make_world()
    account = make_account(world.organization)
    make_building(world.organization, physical_address=ELM_STREET, account=account)
    text = text_of(client_of(world.vera).get(at(world.organization, "buildings/")))
    for words in ("1 building", "Elm School", "12 Elm St, Hartford, CT 06103", "Alder Group"):
        assert words in text


def test_the_list_filters_by_account():
    world = make_world()
    account = make_account(world.organization)
    make_building(world.organization, name="Inside", account=account)
    make_building(world.organization, name="Alone")
    client, url = client_of(world.otto), at(world.organization, "buildings/")

    def names(**query: str) -> list[str]:
        return [row.text_content().strip() for row in elements(client.get(url, query), "//tbody/tr/th")]

    assert names() == ["Alone", "Inside"]
    assert names(account="none") == ["Alone"]
    assert names(account=str(account.id)) == ["Inside"]
    theirs = make_account(world.elsewhere)
    assert names(account=str(theirs.id)) == names(account="nonsense") == ["Alone", "Inside"]
    assert names(sort="-name") == ["Inside", "Alone"]


def test_the_list_costs_the_same_queries_for_one_row_and_for_fifty():
    world = make_world()
    client, url = client_of(world.otto), at(world.organization, "buildings/")
    make_building(world.organization, account=make_account(world.organization))
    one = query_count(client, url)
    for number in range(49):
        account = make_account(world.organization, name=f"Account {number}")
        make_building(world.organization, name=f"Building {number}", account=account)
    assert query_count(client, url) == one
    with registry.emptied():
        assert query_count(client, url) == 5  # session, person, membership, count, rows


def test_the_page_of_a_building_shows_where_it_is_whose_it_is_and_who_stands_there():
    """Requirement 66 on the page: what comes through the account is shown, and is not removed here."""
    world = make_world()
    account = make_account(world.organization)
    building = make_building(
        world.organization, physical_address=ELM_STREET, billing_address=OAK_STREET, account=account
    )
    make_contact(world.organization, name="Jane", at=account, roles=("billing",))
    make_contact(world.organization, name="Joe", at=building, roles=("report",))
    page = client_of(world.otto).get(at(world.organization, f"buildings/{building.id}/"))
    assert "12 Elm St" in elements(page, "//*[@id='physical-address']")[0].text_content()
    assert "80 Oak Street" in elements(page, "//*[@id='billing-address']")[0].text_content()
    assert "Alder Group" in elements(page, "//*[@id='account']")[0].text_content()
    jane, joe = elements(page, "//*[@id='contacts']//li")
    assert "Through the account Alder Group" in " ".join(jane.text_content().split())
    assert "Billing" in jane.text_content()
    assert not jane.xpath(".//*[@class='row-actions']")
    assert "Report" in joe.text_content()
    assert "Remove" in joe.xpath(".//*[@class='row-actions']")[0].text_content()


def test_the_page_of_a_building_costs_the_same_for_one_contact_and_for_twenty():
    world = make_world()
    account = make_account(world.organization)
    building = make_building(world.organization, account=account)
    client, url = client_of(world.otto), at(world.organization, f"buildings/{building.id}/")
    make_contact(world.organization, at=account, roles=("billing",))
    one = query_count(client, url)
    for number in range(20):
        make_contact(world.organization, name=f"Joe {number}", at=building, roles=("report",))
    assert query_count(client, url) == one


def test_add_with_bills_to_the_physical_address_then_edit():
    world = make_world()
    account = make_account(world.organization)
    client = client_of(world.otto)
    added = client.post(
        at(world.organization, f"buildings/add/?account={account.id}"),
        {
            "name": "Elm School",
            "physical_address_line1": "12 Elm St",
            "physical_address_city": "Hartford",
            "bills_go_there": "on",
            "billing_address_line1": "what stood there before",
        },
        follow=True,
    )
    building = Building.objects.get()
    assert "“Elm School” is added." in text_of(added)
    assert building.account == account
    assert building.billing_address == building.physical_address
    assert building.billing_address.printed_lines == ("12 Elm St", "Hartford")

    form = client.get(at(world.organization, f"buildings/{building.id}/edit/"))
    assert elements(form, "//input[@name='bills_go_there']")[0].get("checked") is not None
    saved = client.post(
        at(world.organization, f"buildings/{building.id}/edit/"),
        {"name": "Elm School", "physical_address_line1": "12 Elm St", "billing_address_line1": "PO Box 7"},
        follow=True,
    )
    building.refresh_from_db()
    assert building.account == account
    assert building.billing_address.printed_lines == ("PO Box 7",)
    assert "Otto changed this building" in text_of(saved)


def test_archive_then_bring_back():
    world = make_world()
    building = make_building(world.organization, account=make_account(world.organization))
    client, here = client_of(world.otto), at(world.organization, f"buildings/{building.id}/")
    assert "It stays with the account Alder Group." in text_of(client.get(f"{here}archive/"))
    assert "“Elm School” is archived." in text_of(client.post(f"{here}archive/", follow=True))
    assert "Elm School" in text_of(client.get(at(world.organization, "buildings/"), {"archived": "yes"}))
    assert "“Elm School” is back." in text_of(client.post(f"{here}restore/", follow=True))
    verbs = Activity.objects.filter(subject_id=str(building.id)).order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["building.created", "building.archived", "building.restored"]


def test_an_archived_building_is_not_edited_from_a_page_that_was_open():
    world = make_world()
    building = make_building(world.organization)
    archive_building(building, by=world.alice)
    refused = client_of(world.otto).post(
        at(world.organization, f"buildings/{building.id}/edit/"), {"name": "Elm School West"}
    )
    assert "“Elm School” is archived. Bring it back before changing it." in text_of(refused)


def test_a_building_changes_its_account_from_its_own_page():
    """Requirement 12, from the building's side."""
    world = make_world()
    alder, birch = make_account(world.organization), make_account(world.organization, name="Birch Group")
    building = make_building(world.organization)
    client, url = client_of(world.otto), at(world.organization, f"buildings/{building.id}/account/")
    choices = client.get(url, {"search": "birch"})
    assert [e.get("value") for e in elements(choices, "//input[@name='account']")] == [str(birch.id), "none"]
    assert "now belongs to Alder Group" in text_of(client.post(url, {"account": str(alder.id)}, follow=True))
    building.refresh_from_db()
    assert building.account == alder
    assert "Choose an account" in text_of(client.post(url, {}))
    assert "now belongs to no account" in text_of(client.post(url, {"account": "none"}, follow=True))
    building.refresh_from_db()
    assert building.account is None


def test_only_our_own_accounts_in_use_can_be_chosen():
    world = make_world()
    theirs, archived = make_account(world.elsewhere), make_account(world.organization)
    archive_account(archived, by=world.alice)
    building = make_building(world.organization)
    client, url = client_of(world.otto), at(world.organization, f"buildings/{building.id}/account/")
    assert client.post(url, {"account": str(theirs.id)}).status_code == 404
    assert client.post(url, {"account": "nonsense"}).status_code == 404
    assert "“Alder Group” is archived." in text_of(client.post(url, {"account": str(archived.id)}))
    building.refresh_from_db()
    assert building.account is None


def test_many_buildings_are_added_from_the_accounts_page():
    """Requirement 12, from the account's side: pre-existing buildings, many at once."""
    world = make_world()
    alder, birch = make_account(world.organization), make_account(world.organization, name="Birch Group")
    elm, oak, pine = (make_building(world.organization, name=name) for name in ("Elm", "Oak", "Pine"))
    edit_building(pine, by=world.alice, account=birch)
    client, url = client_of(world.otto), at(world.organization, f"accounts/{alder.id}/buildings/")

    def offered(**query: str) -> list[str]:
        return [e.get("value") for e in elements(client.get(url, query), "//input[@name='building']")]

    assert offered() == [str(elm.id), str(oak.id)]
    assert offered(search="oak") == [str(oak.id)]
    assert offered(whose="all") == [str(elm.id), str(oak.id), str(pine.id)]
    assert "Tick at least one building." in text_of(client.post(url, {}))
    done = client.post(url, {"building": [str(elm.id), str(pine.id)]}, follow=True)
    assert "2 buildings are now with Alder Group." in text_of(done)
    assert list(buildings_at(alder)) == [elm, pine]
    assert elements(client.get(url), "//a[contains(@href, 'buildings/detach')]") == []


def test_all_that_match_are_added_across_pages():
    world = make_world()
    alder = make_account(world.organization)
    for number in range(60):
        make_building(world.organization, name=f"Elm {number:02}")
    make_building(world.organization, name="Oak")
    client = client_of(world.otto)
    url = at(world.organization, f"accounts/{alder.id}/buildings/?search=elm")
    page = client.get(url)
    assert "Select all 60 buildings that match" in text_of(page)
    assert elements(page, "//list-selection")[0].get("data-total") == "60"
    client.post(url, {"everything": "yes"})
    assert buildings_at(alder).count() == 60


def test_foreign_and_unknown_buildings_are_not_added():
    world = make_world()
    alder, theirs = make_account(world.organization), make_building(world.elsewhere)
    elm = make_building(world.organization)
    client, url = client_of(world.otto), at(world.organization, f"accounts/{alder.id}/buildings/")
    for bad in (str(theirs.id), "nonsense"):
        assert client.post(url, {"building": [str(elm.id), bad]}).status_code == 404
    assert not buildings_at(alder).exists()


def test_a_building_is_detached_after_asking():
    world = make_world()
    alder = make_account(world.organization)
    building = make_building(world.organization, account=alder)
    client, url = client_of(world.otto), at(world.organization, f"buildings/{building.id}/detach/")
    asked = text_of(client.get(url))
    assert "Detach Elm School from Alder Group?" in asked
    assert "Contacts of Alder Group no longer stand at it." in asked
    done = client.post(url, follow=True)
    assert "now belongs to no account" in text_of(done)
    assert done.redirect_chain == [(at(world.organization, f"accounts/{alder.id}/"), 302)]
    assert client.get(url).status_code == 302
    assert not buildings_at(alder).exists()


def test_a_viewer_sees_everything_and_changes_nothing():
    world = make_world()
    building = make_building(world.organization, account=make_account(world.organization))
    make_contact(world.organization, at=building, roles=("billing",))
    vera, here = client_of(world.vera), at(world.organization, f"buildings/{building.id}/")
    page = vera.get(here)
    assert not elements(page, "//main//button | //main//a[contains(@class, 'btn')] | //main//*[@class='row-actions']")
    for path in ("edit/", "archive/", "restore/", "account/", "detach/", "contacts/"):
        assert vera.get(f"{here}{path}").status_code == 403, path
        assert vera.post(f"{here}{path}").status_code == 403, path


def test_other_organizations_find_nothing():
    world = make_world()
    building = make_building(world.organization)
    charlie = client_of(world.charlie)
    for path in ("", "edit/", "archive/", "restore/", "account/", "detach/", "contacts/"):
        for organization in (world.organization, world.elsewhere):
            url = at(organization, f"buildings/{building.id}/{path}")
            assert charlie.get(url).status_code in {404, 405}, url
            assert charlie.post(url).status_code in {404, 405}, url
    account = make_account(world.organization)
    assert charlie.get(at(world.elsewhere, f"buildings/add/?account={account.id}")).status_code == 200
    charlie.post(at(world.elsewhere, f"buildings/add/?account={account.id}"), {"name": "Mine"})
    assert Building.objects.get(name="Mine").account is None
