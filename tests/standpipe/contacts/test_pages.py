import pytest

from standpipe.activity.models import Activity
from standpipe.contacts.actions import PlaceAt, new_contact
from standpipe.contacts.models import Contact, Place
from standpipe.contacts.queries import contacts_at
from standpipe.ui import registry
from support.pages import at, client_of, elements, query_count, text_of
from support.worlds import make_account, make_building, make_contact, make_world

pytestmark = pytest.mark.django_db


def test_the_list_shows_how_to_reach_them_and_where_they_stand():
    world = make_world()
    account = make_account(world.organization)
    make_contact(
        world.organization, email="jane@example.com", cell_phone="860 555 0101", at=account, roles=("billing",)
    )
    text = text_of(client_of(world.vera).get(at(world.organization, "contacts/")))
    for words in ("1 contact", "Jane Doe", "jane@example.com", "860 555 0101 cell", "Alder Group Billing"):
        assert words in text


def test_the_list_filters_by_role_and_searches_phones():
    world = make_world()
    account = make_account(world.organization)
    make_contact(world.organization, name="Jane", phone="(860) 634-1602", at=account, roles=("billing", "owner"))
    make_contact(world.organization, name="Joe", phone="203 555 0101", at=account, roles=("report",))
    client, url = client_of(world.otto), at(world.organization, "contacts/")

    def names(**query: str) -> list[str]:
        return [row.text_content().strip() for row in elements(client.get(url, query), "//tbody/tr/th")]

    assert names() == names(role="king") == ["Jane", "Joe"]
    assert names(role="owner") == ["Jane"]
    assert names(role="report") == ["Joe"]
    assert names(search="860.634.1602") == ["Jane"]


def test_the_list_costs_the_same_queries_for_one_row_and_for_fifty():
    world = make_world()
    client, url = client_of(world.otto), at(world.organization, "contacts/")
    account, building = make_account(world.organization), make_building(world.organization)
    places = [PlaceAt(account=account, roles=["billing"]), PlaceAt(building=building)]
    make_contact(world.organization, places=places)
    one = query_count(client, url)
    for number in range(49):
        make_contact(world.organization, name=f"Jane {number}", places=places)
    assert query_count(client, url) == one
    with registry.emptied():
        assert query_count(client, url) == 6  # session, person, membership, count, rows, places


def test_add_at_an_account_with_roles_then_edit():
    world = make_world()
    account = make_account(world.organization)
    client = client_of(world.otto)
    added = client.post(
        at(world.organization, f"contacts/add/?account={account.id}"),
        {
            "name": "Jane Doe",
            "email": "jane@example.com",
            "cell_phone": "860 555 0101",
            "address_line1": "12 Elm St",
            "roles": ["billing", "owner"],
        },
        follow=True,
    )
    contact = Contact.objects.get()
    assert "“Jane Doe” is added." in text_of(added)
    assert added.redirect_chain == [(at(world.organization, f"accounts/{account.id}/"), 302)]
    assert Place.objects.get().roles == ["billing", "owner"]
    assert contact.address.printed_lines == ("12 Elm St",)

    url = at(world.organization, f"contacts/{contact.id}/edit/")
    refused = client.post(url, {"name": "Jane Doe", "email": "jane at example"})
    assert "“jane at example” is not an e-mail address." in text_of(refused)
    saved = client.post(url, {"name": "Jane Roe", "email": "jane@example.com; office@example.com"}, follow=True)
    assert "“Jane Roe” is saved." in text_of(saved)
    assert [a.get("href") for a in elements(saved, "//*[@id='reach']//a")] == [
        "mailto:jane@example.com",
        "mailto:office@example.com",
    ]
    assert Place.objects.get().roles == ["billing", "owner"]


def test_add_without_a_place_leads_to_adding_one():
    world = make_world()
    client = client_of(world.otto)
    added = client.post(at(world.organization, "contacts/add/"), {"name": "Jane Doe"}, follow=True)
    assert "Nowhere yet." in text_of(added)
    assert elements(added, "//a[contains(@href, '/places/')]")


def test_a_contact_gets_places_changes_roles_and_leaves():
    """Requirement 65 on the pages."""
    world = make_world()
    account, building = make_account(world.organization), make_building(world.organization)
    contact = make_contact(world.organization)
    client, here = client_of(world.otto), at(world.organization, f"contacts/{contact.id}/")
    offered = [e.get("value") for e in elements(client.get(f"{here}places/"), "//input[@name='place']")]
    assert offered == [f"account:{account.id.hex}", f"building:{building.id.hex}"]
    assert "Choose an account or a building." in text_of(client.post(f"{here}places/", {"roles": ["billing"]}))
    client.post(f"{here}places/", {"place": offered[0], "roles": ["billing"]})
    done = client.post(f"{here}places/", {"place": offered[1], "roles": ["report"]}, follow=True)
    assert "Jane Doe now stands at “Elm School”." in text_of(done)
    assert not elements(client.get(f"{here}places/"), "//input[@name='place']")

    place = Place.objects.get(building=building)
    form = client.get(f"{here}places/{place.id}/")
    assert [e.get("value") for e in elements(form, "//input[@name='roles'][@checked]")] == ["report"]
    client.post(f"{here}places/{place.id}/", {"roles": ["scheduling", "owner"]})
    place.refresh_from_db()
    assert place.roles == ["scheduling", "owner"]

    account_place = Place.objects.get(account=account)
    asked = text_of(client.get(f"{here}places/{account_place.id}/remove/"))
    assert "Remove Jane Doe from Alder Group?" in asked
    assert "no longer hold at its buildings" in asked
    gone = client.post(f"{here}places/{account_place.id}/remove/", follow=True)
    assert "Jane Doe no longer stands at “Alder Group”." in text_of(gone)
    assert [p.id for p in contact.places.all()] == [place.id]
    assert client.get(f"{here}places/{account_place.id}/").status_code == 404


def test_somebody_who_is_here_already_is_chosen_at_a_building():
    world = make_world()
    building = make_building(world.organization)
    jane = make_contact(world.organization, name="Jane")
    make_contact(world.organization, name="Joe", at=building)
    client, url = client_of(world.otto), at(world.organization, f"buildings/{building.id}/contacts/")
    assert [e.get("value") for e in elements(client.get(url), "//input[@name='contact']")] == [str(jane.id)]
    assert "Choose a contact." in text_of(client.post(url, {}))
    done = client.post(url, {"contact": str(jane.id), "roles": ["billing"]}, follow=True)
    assert "Jane now stands at “Elm School”." in text_of(done)
    assert [here.contact.name for here in contacts_at(building)] == ["Jane", "Joe"]
    theirs = make_contact(world.elsewhere)
    assert client.post(url, {"contact": str(theirs.id)}).status_code == 404


def test_archive_then_bring_back():
    world = make_world()
    account = make_account(world.organization)
    contact = make_contact(world.organization, at=account)
    client, here = client_of(world.otto), at(world.organization, f"contacts/{contact.id}/")
    assert "Nobody is e-mailed." in text_of(client.get(f"{here}archive/"))
    assert "is archived." in text_of(client.post(f"{here}archive/", follow=True))
    assert "Jane Doe" not in text_of(client.get(at(world.organization, f"accounts/{account.id}/")))
    assert "is back." in text_of(client.post(f"{here}restore/", follow=True))
    verbs = Activity.objects.filter(subject_id=str(contact.id)).order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["contact.created", "contact.archived", "contact.restored"]


def test_a_borrowed_name_and_an_unreadable_email_say_so():
    world = make_world()
    contact = new_contact(world.organization, name="Elm School", name_is_borrowed=True, email="call the office")
    contact.save(force_insert=True)
    text = text_of(client_of(world.vera).get(at(world.organization, f"contacts/{contact.id}/")))
    assert "Name unknown" in text
    assert "call the office not an e-mail address" in text


def test_an_email_cannot_become_another_kind_of_link():
    world = make_world()
    contact = make_contact(world.organization, name="<b>Jane</b>", email="Eve <eve@example.com>")
    page = client_of(world.vera).get(at(world.organization, f"contacts/{contact.id}/"))
    assert [a.get("href") for a in elements(page, "//*[@id='reach']//a")] == ["mailto:eve@example.com"]
    assert b"<b>Jane" not in page.content


def test_a_viewer_sees_everything_and_changes_nothing():
    world = make_world()
    contact = make_contact(world.organization, at=make_building(world.organization), roles=("billing",))
    place = contact.places.get()
    vera, here = client_of(world.vera), at(world.organization, f"contacts/{contact.id}/")
    page = vera.get(here)
    assert not elements(page, "//main//button | //main//a[contains(@class, 'btn')] | //main//*[@class='row-actions']")
    paths = ("edit/", "archive/", "restore/", "places/", f"places/{place.id}/", f"places/{place.id}/remove/")
    for path in paths:
        assert vera.get(f"{here}{path}").status_code == 403, path
        assert vera.post(f"{here}{path}").status_code == 403, path
    assert vera.get(at(world.organization, "contacts/add/")).status_code == 403


def test_other_organizations_find_nothing():
    world = make_world()
    account = make_account(world.organization)
    contact = make_contact(world.organization, at=account)
    place = contact.places.get()
    charlie = client_of(world.charlie)
    mine = make_contact(world.elsewhere)
    paths = ("", "edit/", "archive/", "restore/", "places/", f"places/{place.id}/", f"places/{place.id}/remove/")
    for path in paths:
        for organization in (world.organization, world.elsewhere):
            url = at(organization, f"contacts/{contact.id}/{path}")
            assert charlie.get(url).status_code in {404, 405}, url
            assert charlie.post(url).status_code in {404, 405}, url
    assert charlie.get(at(world.elsewhere, f"contacts/{mine.id}/places/{place.id}/")).status_code == 404
    assert charlie.get(at(world.elsewhere, f"contacts/add/?account={account.id}")).status_code == 404
    stolen = {"place": f"account:{account.id.hex}", "roles": ["billing"]}
    assert charlie.post(at(world.elsewhere, f"contacts/{mine.id}/places/"), stolen).status_code == 404
    assert contacts_at(account)[0].contact == contact
