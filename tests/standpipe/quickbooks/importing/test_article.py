"""The help article's two lists by the letter: from what QuickBooks says on the wire to what stands on the record."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeAlias

import pytest
from django.urls import reverse

from standpipe.accounts.models import Account
from standpipe.buildings.models import Building
from standpipe.contacts.models import Contact, Place
from standpipe.core.addresses import Address
from standpipe.quickbooks.importing.actions import import_customers
from standpipe.quickbooks.lists.actions import request_refresh
from standpipe.quickbooks.lists.models import Customer
from support.pages import client_of, elements, text_of
from support.quickbooks_worlds import make_connection
from support.soap import Visit, answer, customer_ret
from support.worlds import World, make_world

pytestmark = pytest.mark.django_db

BILL = "<Addr1>Elm School</Addr1><Addr2>Attn: Jane Doe</Addr2><Addr3>12 Elm St</Addr3><City>Hartford</City>"
SHIP = "<Addr1>80 Oak Street</Addr1><City>Springfield</City><State>IL</State><PostalCode>62701</PostalCode>"
BLANK = "<Addr1> </Addr1><Note>ring twice</Note>"
BILLED = Address(lines=("Elm School", "Attn: Jane Doe", "12 Elm St"), city="Hartford")
SHIPPED = Address(lines=("80 Oak Street",), city="Springfield", state="IL", postal_code="62701")

Import: TypeAlias = Callable[..., Any]


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def imported(world: World) -> Import:
    """One customer, as QuickBooks says it, comes over the wire and is imported; the record that it has become."""

    def imported(target: str, name: str = "20706", **elements: str) -> Any:
        connection = make_connection(world.organization)
        request_refresh(connection, by=None)
        visit = Visit(connection)
        visit.ask()
        assert visit.give(answer(1, customer_ret("80000001-1", name, **elements))) == 100
        import_customers(connection, target=target, list_ids=["80000001-1"], by=world.alice)
        return (Account if target == "accounts" else Building).objects.get()

    return imported


def label(name: str, value: str) -> str:
    return f"<ContactName>{name}</ContactName><ContactValue>{value}</ContactValue>"


@pytest.mark.parametrize("target", ["accounts", "buildings"])
def test_the_company_name_names_it(imported, target) -> None:
    """Requirements 21 and 25."""
    assert imported(target, CompanyName="Elm School &amp; Sons").name == "Elm School & Sons"


@pytest.mark.parametrize("company", [{}, {"CompanyName": ""}, {"CompanyName": "  "}, {"CompanyName": "\u200b"}])
@pytest.mark.parametrize("target", ["accounts", "buildings"])
def test_without_a_company_name_the_customer_name_does(imported, target, company) -> None:
    """Requirements 22 and 25: on the record as in the list that it was chosen from."""
    assert imported(target, "Doe, Jane", **company).name == "Doe, Jane"
    assert Customer.objects.get().display_name == "Doe, Jane"


def test_an_account_has_the_billing_address_and_nothing_else(imported, world) -> None:
    """Requirements 23 and 24."""
    account = imported(
        "accounts",
        BillAddress=BILL,
        ShipAddress=SHIP,
        Contact="Jane Doe",
        Email="jane@elm.example",
        ContactsRet="<FirstName>Sam</FirstName><LastName>Hill</LastName>",
    )
    assert account.billing_address == BILLED
    assert not Contact.objects.exists()
    assert not Building.objects.exists()
    page = client_of(world.alice).get(reverse("accounts:detail", args=[world.organization.slug, account.id]))
    for absent in ("Sam Hill", "jane@elm.example", "80 Oak Street", "Physical address"):
        assert absent not in text_of(page)


def test_a_building_has_both_addresses(imported) -> None:
    """Requirements 26 and 27."""
    building = imported("buildings", BillAddress=BILL, ShipAddress=SHIP)
    assert building.billing_address == BILLED
    assert building.physical_address == SHIPPED


@pytest.mark.parametrize("ship", [{}, {"ShipAddress": ""}, {"ShipAddress": BLANK}])
def test_a_building_without_ship_to_stands_where_it_is_billed(imported, ship) -> None:
    """Requirement 28."""
    assert imported("buildings", BillAddress=BILL, **ship).physical_address == BILLED


def test_the_default_one_of_several_ship_to_addresses_is_physical(imported) -> None:
    """Requirement 46."""
    yard = f"<Name>Yard</Name>{BILL}<DefaultShipTo>false</DefaultShipTo>"
    gate = f"<Name>Gate</Name>{SHIP}<DefaultShipTo>true</DefaultShipTo>"
    building = imported("buildings", ShipToAddress=f"{yard}</ShipToAddress><ShipToAddress>{gate}")
    assert building.physical_address == SHIPPED


def test_contacts_come_with_name_email_cell_phone_and_address_for_billing(imported, world) -> None:
    """Requirements 29, 30 and 31."""
    people = (
        f"<FirstName>Sam</FirstName><LastName>Hill</LastName>"
        f"<AdditionalContactRef>{label('Main Email', 'sam@elm.example')}</AdditionalContactRef>"
        f"<AdditionalContactRef>{label('Cell', '860-555-0104')}</AdditionalContactRef>"
    )
    building = imported(
        "buildings",
        BillAddress=BILL,
        ShipAddress=SHIP,
        Contact="Jane Doe",
        Email="jane@elm.example",
        AltContact="Joe Roe",
        AdditionalContactRef=label("Mobile", "860-555-0101"),
        ContactsRet=f"{people}</ContactsRet><ContactsRet><FirstName> </FirstName>",
    )
    found = {
        place.contact.name: (place.contact.email, place.contact.cell_phone, place.contact.address, place.roles)
        for place in Place.objects.filter(building=building)
    }
    assert found == {
        "Jane Doe": ("jane@elm.example", "860-555-0101", BILLED, ["billing"]),
        "Joe Roe": ("", "", BILLED, ["billing"]),
        "Sam Hill": ("sam@elm.example", "860-555-0104", BILLED, ["billing"]),
    }
    page = text_of(
        client_of(world.alice).get(reverse("buildings:detail", args=[world.organization.slug, building.id]))
    )
    for words in ("Jane Doe", "Joe Roe", "Sam Hill", "Billing"):
        assert words in page


@pytest.mark.parametrize(
    ("said", "cell_phone"),
    [
        ({"AdditionalContactRef": label("Mobile", "860-555-0101")}, "860-555-0101"),
        ({"AdditionalContactRef": label("cell phone", "860-555-0101")}, "860-555-0101"),
        ({"Mobile": "860-555-0103"}, "860-555-0103"),
        ({"AdditionalContactRef": label("Main Phone", "860-555-0100")}, ""),
        ({}, ""),
    ],
)
def test_a_cell_phone_is_what_says_that_it_is_one(imported, said, cell_phone) -> None:
    """Requirement 47: the main phone and the alternate phone never become one."""
    imported("buildings", Contact="Jane Doe", Phone="860-555-0100", AltPhone="860-555-0109", **said)
    jane = Contact.objects.get()
    assert (jane.phone, jane.cell_phone) == ("860-555-0100", cell_phone)


def test_lines_keep_their_words_and_order_and_none_is_called_a_street(imported, world) -> None:
    """Requirement 45: the page shows them as an envelope would; the form numbers them."""
    building = imported("buildings", BillAddress=BILL)
    assert building.billing_address.lines == ("Elm School", "Attn: Jane Doe", "12 Elm St")
    client, here = client_of(world.alice), [world.organization.slug, building.id]
    page = text_of(client.get(reverse("buildings:detail", args=here)))
    assert len(re.findall(r"Elm School\s*Attn: Jane Doe\s*12 Elm St\s*Hartford", page)) == 2
    form = client.get(reverse("buildings:edit", args=here))
    labels = [" ".join(one.text_content().split()) for one in elements(form, "//main//label")]
    assert [words for words in labels if words.startswith("Line ")] == [f"Line {n}" for n in (1, 2, 3, 4, 5)] * 2
    for words in (*labels, page):
        assert "street" not in words.lower()
