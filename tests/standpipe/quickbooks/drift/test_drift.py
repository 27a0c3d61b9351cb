"""Drift through the whole exchange: changed in QuickBooks, found after a refresh, accepted or left field by field."""

from __future__ import annotations

import random
from typing import Any

import pytest

from qbsim.company import address
from standpipe.accounts.actions import edit_account
from standpipe.accounts.models import Account
from standpipe.activity.models import Activity
from standpipe.buildings.actions import archive_building, edit_building
from standpipe.buildings.models import Building
from standpipe.contacts.models import Contact, Place
from standpipe.core.addresses import Address
from standpipe.core.errors import UserError
from standpipe.quickbooks.drift.actions import accept, catch_up, compare_again, leave
from standpipe.quickbooks.drift.comparing import lines_of
from standpipe.quickbooks.drift.models import Answer, Compared, Standing
from standpipe.quickbooks.drift.queries import DriftFilter, drift_counts, drifted, standings_of
from standpipe.quickbooks.exchange.models import Exchange
from standpipe.quickbooks.importing.actions import undo_import
from standpipe.quickbooks.importing.models import ImportBatch
from standpipe.quickbooks.linking.actions import link_customer
from standpipe.quickbooks.lists.models import Customer

OLD, NEW = address("12 Elm St", city="Boise", state="ID"), address("80 Oak St", city="Boise", state="ID")


def add_school(books) -> Any:
    return books.company.add_customer(
        "Elm School", company_name="Elm School", bill_address=OLD, contact="Jane Doe", email="jane@elm.example",
        phone="208-555-0101",
    )  # fmt: skip


def open_fields(books, record) -> list[str]:
    return [one.label for one in books.looked(record).differences if one.is_open]


def test_nothing_is_said_of_what_is_as_it_was(books) -> None:
    school = add_school(books)
    books.refresh()
    [building] = books.imported(school.list_id)
    books.refresh(full=True)
    assert books.standing(building) is None
    assert not Compared.objects.exists()


def test_what_changed_in_quickbooks_is_found_after_a_refresh_and_changes_nothing_here(books) -> None:
    school = add_school(books)
    books.refresh()
    [building] = books.imported(school.list_id)
    books.company.edit_customer(school.list_id, company_name="Elm Academy", bill_address=NEW, phone="208-555-0199")
    books.refresh()
    building.refresh_from_db()
    assert building.name == "Elm School"
    assert open_fields(books, building) == [
        "Name", "Billing address", "Physical address", "Jane Doe: phone", "Jane Doe: address",
    ]  # fmt: skip
    one = books.looked(building).difference("billing_address")
    assert [lines_of(value)[0] for value in (one.then, one.now, one.here)] == ["12 Elm St", "80 Oak St", "12 Elm St"]
    standing = books.standing(building)
    assert standing.is_open
    assert (standing.name, standing.contacts) == ("quickbooks", "quickbooks")


def test_accepting_touches_only_that_field_and_is_told(books) -> None:
    school = add_school(books)
    books.refresh()
    [building] = books.imported(school.list_id)
    books.company.edit_customer(school.list_id, company_name="Elm Academy", bill_address=NEW)
    books.refresh()
    building.refresh_from_db()
    sent = Exchange.objects.count()
    accept(books.link_of(building), fields=["name"], by=books.world.bob)
    after = Building.objects.get()
    assert after.name == "Elm Academy"
    assert (after.billing_address, after.physical_address) == (building.billing_address, building.physical_address)
    assert "Name" not in open_fields(books, after)
    assert "Billing address" in open_fields(books, after)
    verbs = list(Activity.objects.filter(actor_name="Bob").values_list("verb", flat=True))
    assert sorted(verbs) == ["building.edited", "drift.accepted"]
    assert Exchange.objects.count() == sent
    assert books.company.customer(school.list_id).company_name == "Elm Academy"


def test_what_is_left_is_not_asked_again_until_quickbooks_changes_again(books) -> None:
    school = add_school(books)
    books.refresh()
    [account] = books.imported(school.list_id, target="accounts")
    books.company.edit_customer(school.list_id, company_name="Elm Academy")
    books.refresh()
    leave(books.link_of(account), fields=["name"], by=books.world.bob)
    assert Account.objects.get().name == "Elm School"
    assert open_fields(books, account) == []
    books.company.edit_customer(school.list_id, phone="208-555-0100")
    books.refresh(full=True)
    assert open_fields(books, account) == []
    assert books.standing(account).name == "left"
    books.company.edit_customer(school.list_id, company_name="Elm Institute")
    books.refresh()
    assert open_fields(books, account) == ["Name"]
    books.company.edit_customer(school.list_id, company_name="Elm School")  # as it always was here
    books.refresh()
    assert open_fields(books, account) == []


def test_a_left_value_can_be_accepted_later(books) -> None:
    school = add_school(books)
    books.refresh()
    [account] = books.imported(school.list_id, target="accounts")
    books.company.edit_customer(school.list_id, company_name="Elm Academy")
    books.refresh()
    leave(books.link_of(account), by=books.world.bob)
    accept(books.link_of(account), fields=["name"], by=books.world.bob)
    assert Account.objects.get().name == "Elm Academy"
    assert books.standing(account) is None


def test_an_edit_here_that_says_the_same_settles_it(books) -> None:
    school = add_school(books)
    books.refresh()
    [account] = books.imported(school.list_id, target="accounts")
    books.company.edit_customer(school.list_id, company_name="Elm Academy")
    books.refresh()
    assert books.standing(account).is_open
    edit_account(account, by=books.world.bob, name="Elm Academy")
    catch_up(books.connection)
    assert books.standing(account) is None


def test_what_was_changed_only_here_is_listed_apart(books) -> None:
    school = add_school(books)
    books.refresh()
    [building] = books.imported(school.list_id)
    edit_building(building, by=books.world.bob, name="Our Elm")
    catch_up(books.connection)
    rows = standings_of(books.world.organization)
    assert drift_counts(rows)["here"] == 1
    assert drift_counts(rows)["quickbooks"] == 0
    assert [row.link.building for row in drifted(rows, DriftFilter(changed="here"))] == [building]
    assert not drifted(rows, DriftFilter()).exists()


def test_people_come_change_and_go_by_the_contacts_own_actions(books) -> None:
    school = add_school(books)
    books.refresh()
    [building] = books.imported(school.list_id)
    link = books.link_of(building)
    books.company.edit_customer(school.list_id, email="jane@new.example", alt_contact="Bob Ash")
    books.refresh()
    assert open_fields(books, building) == ["Jane Doe: e-mail", "Contact Bob Ash"]
    accept(link, by=books.world.bob)
    assert {(c.name, c.email) for c in Contact.objects.all()} == {("Jane Doe", "jane@new.example"), ("Bob Ash", "")}
    assert {tuple(place.roles) for place in Place.objects.all()} == {("billing",)}
    assert open_fields(books, building) == []
    books.company.edit_customer(school.list_id, alt_contact=None, phone="208-555-0177")
    books.refresh()
    assert open_fields(books, building) == ["Jane Doe: phone", "Contact Bob Ash"]
    accept(link, by=books.world.bob)
    assert [place.contact.name for place in Place.objects.select_related("contact")] == ["Jane Doe"]
    assert Contact.objects.get(name="Jane Doe").phone == "208-555-0177"
    assert Contact.objects.filter(name="Bob Ash").exists()  # taken away from the building, not from the world
    assert open_fields(books, building) == []


def test_a_linked_record_is_asked_about_what_quickbooks_changed_since(books) -> None:
    school = add_school(books)
    books.refresh()
    account = Account.objects.create(organization=books.world.organization, name="Elms", name_key="elms")
    link = link_customer(account, connection=books.connection, list_id=school.list_id, by=books.world.alice)
    assert open_fields(books, account) == []
    books.company.edit_customer(school.list_id, company_name="Elm Academy")
    books.refresh()
    assert open_fields(books, account) == ["Name"]
    accept(link, fields=["name"], by=books.world.alice)
    assert Account.objects.get().name == "Elm Academy"


def test_other_asked_elements_are_compared_once_and_say_nothing(books) -> None:
    """Another hash of the same words is no change: what the first version of this page would have shown."""
    school = add_school(books)
    books.refresh()
    [building] = books.imported(school.list_id)
    Customer.objects.update(content_hash="another reading")
    compare_again(books.connection, [books.link_of(building).pk])
    assert not Standing.objects.exists()
    assert Compared.objects.get().content_hash == "another reading"


def test_what_changed_meanwhile_is_refused(books) -> None:
    school = add_school(books)
    books.refresh()
    [account] = books.imported(school.list_id, target="accounts")
    link = books.link_of(account)
    books.company.edit_customer(school.list_id, company_name="Elm Academy")
    books.refresh()
    seen = {"name": "Elm Academy"}
    books.company.edit_customer(school.list_id, company_name="Elm Institute")
    books.refresh()
    with pytest.raises(UserError) as refused:
        accept(link, fields=["name"], seen=seen, by=books.world.bob)
    assert refused.value.code == "changed_meanwhile"
    for name, code in (("billing_address", "changed_meanwhile"), ("balance", "invalid_field")):
        with pytest.raises(UserError) as refused:
            accept(link, fields=[name], by=books.world.bob)
        assert refused.value.code == code
    assert Account.objects.get().name == "Elm School"


def test_an_archived_record_is_not_asked_about_and_cannot_be_changed(books) -> None:
    school = add_school(books)
    books.refresh()
    [building] = books.imported(school.list_id)
    books.company.edit_customer(school.list_id, company_name="Elm Academy")
    books.refresh()
    archive_building(building, by=books.world.bob)
    catch_up(books.connection)
    assert not standings_of(books.world.organization).exists()
    with pytest.raises(UserError) as refused:
        accept(books.link_of(building), by=books.world.bob)
    assert refused.value.code == "archived"


def test_an_undone_import_takes_what_was_known_of_its_links_along(books) -> None:
    school = add_school(books)
    books.refresh()
    [building] = books.imported(school.list_id)
    books.company.edit_customer(school.list_id, company_name="Elm Academy")
    books.refresh()
    leave(books.link_of(building), by=books.world.bob)
    undo_import(ImportBatch.objects.get(), by=books.world.bob)
    assert not Building.objects.exists()
    assert not Standing.objects.exists() | Answer.objects.exists() | Compared.objects.exists()


SAID = ['O\'Brien "&" Sons <b>', "École Élan", "x" * 41, "Elm\u00a0School", "Academy", None]  # what QuickBooks holds
OURS = ["مدرسة الدردار", "Elm 🏫 School", 'O\'Brien "&" Sons <b>', "Academy"]


@pytest.mark.parametrize("seed", range(3))
def test_random_changes_on_both_sides_and_random_decisions(books, seed: int) -> None:
    """Accepting makes exactly the chosen fields QuickBooks', all others stay byte for byte; idea 6."""
    chance = random.Random(seed)
    schools = [add_school_named(books, number) for number in range(4)]
    books.refresh()
    buildings = books.imported(*(school.list_id for school in schools))
    for _ in range(3):
        for school in schools:
            books.company.edit_customer(school.list_id, **random_said(chance))
        for building in buildings:
            building.refresh_from_db()
            if chance.random() < 0.4:
                edit_building(building, by=books.world.bob, **random_edit(chance))
        books.refresh(full=chance.random() < 0.5)
        for building in buildings:
            decide_at_random(books, building, chance)


def add_school_named(books, number: int) -> Any:
    return books.company.add_customer(
        f"School {number}", bill_address=OLD, contact=f"Person {number}", email=f"p{number}@x.example"
    )


def random_said(chance: random.Random) -> dict[str, Any]:
    said = {
        "company_name": chance.choice(SAID),
        "bill_address": chance.choice([OLD, NEW]),
        "ship_address": chance.choice([None, OLD, NEW]),
        "phone": chance.choice([None, "208-555-0101", "208-555-0102"]),
        "alt_contact": chance.choice([None, "Bob Ash"]),
    }
    return {name: said[name] for name in chance.sample(sorted(said), 2)}


def random_edit(chance: random.Random) -> dict[str, Any]:
    return chance.choice([{"name": chance.choice(OURS)}, {"billing_address": Address(lines=("Ours",))}])


def decide_at_random(books, building: Building, chance: random.Random) -> None:
    building.refresh_from_db()
    before = books.looked(building)
    waiting = [one for one in before.differences if one.is_open]
    assert bool(waiting) is bool((standing := books.standing(building)) and standing.is_open)
    if not waiting:
        return
    chosen = chance.sample(waiting, chance.randint(1, len(waiting)))
    fields = [one.field for one in chosen]
    act = chance.choice([accept, leave])
    act(books.link_of(building), fields=fields, by=books.world.bob)
    building.refresh_from_db()
    after = {one.field: one for one in books.looked(building).differences}
    for one in before.differences:
        if one.field not in fields:
            assert one.field not in after or after[one.field].here == one.here, one.field
        elif act is accept:
            assert one.field not in after or lines_of(after[one.field].here) == lines_of(one.now), one.field
        else:
            assert after[one.field].here == one.here
            assert after[one.field].kind == "left"
    assert not {one.field for one in after.values() if one.is_open} & set(fields)
