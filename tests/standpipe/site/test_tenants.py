"""Tenants never see each other: every address below ``/o/<slug>/`` is tried, also those that are added later."""

import re
from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from standpipe.contacts.models import Place
from standpipe.organizations import actions
from standpipe.organizations.models import Membership
from standpipe.organizations.permissions import Role
from standpipe.quickbooks.connections.actions import make_setup_link
from standpipe.quickbooks.connections.models import Connection, SetupLink
from standpipe.quickbooks.importing.actions import import_customers
from standpipe.quickbooks.importing.drafts import draft_import
from standpipe.quickbooks.linking.actions import link_customer
from standpipe.quickbooks.matching.actions import accept_all
from standpipe.quickbooks.matching.queries import suggestions_of
from support.invoices import make_invoice, make_item, make_sales_tax, make_terms
from support.payments import make_payment, post
from support.quickbooks_worlds import make_connection, make_customer, mark_list_whole
from support.worlds import World, make_account, make_building, make_contact, make_world

pytestmark = pytest.mark.django_db
PREFIX = "o/<slug:slug>/"


def addresses() -> Iterator[str]:
    """Every pattern below an organization, as text: ``o/<slug:slug>/accounts/<uuid:account_id>/``."""

    def walk(entries: list[URLPattern | URLResolver], *, before: str) -> Iterator[str]:
        for entry in entries:
            here = before + str(entry.pattern)
            if isinstance(entry, URLResolver):
                yield from walk(entry.url_patterns, before=here)
            else:
                yield here

    return (address for address in walk(get_resolver().url_patterns, before="") if address.startswith(PREFIX))


ADDRESSES = sorted(set(addresses()))


Values = dict[str, object]


def make_invitation(world: World, _: Values) -> object:
    actions.invite(world.organization, by=world.alice, email="new@example.com", role=Role.VIEWER)
    return world.organization.invitations.get().pk


def make_token(world: World, _: Values) -> object:
    actions.create_api_token(world.organization, person=world.alice, name="Export")
    return world.organization.api_tokens.get().pk


def make_listed_customer(world: World, values: Values) -> object:
    connection = Connection.objects.get(pk=values["connection_id"])
    return make_customer(connection, name="Elm School").list_id


def make_place(world: World, values: Values) -> object:
    account = make_account(world.organization)
    return Place.objects.create(contact_id=values["contact_id"], account=account, roles=["billing"]).pk


def make_link(world: World, values: Values) -> object:
    """Below a connection the link for the person at the QuickBooks computer, elsewhere one to a customer."""
    if "connection_id" in values:
        make_setup_link(Connection.objects.get(pk=values["connection_id"]), by=world.alice)
        return SetupLink.objects.get().pk
    connection = make_connection(world.organization)
    customer, account = make_customer(connection, name="Elm School"), make_account(world.organization)
    mark_list_whole(connection)
    return link_customer(account, connection=connection, list_id=customer.list_id, by=world.alice).pk


def make_draft(world: World, _: Values) -> object:
    connection = make_connection(world.organization)
    customer = make_customer(connection, name="Elm School")
    mark_list_whole(connection)
    return draft_import(connection, target="accounts", list_ids=[customer.list_id], by=world.alice).pk


def make_batch(world: World, _: Values) -> object:
    connection = make_connection(world.organization)
    customer = make_customer(connection, name="Elm School")
    mark_list_whole(connection)
    return import_customers(connection, target="accounts", list_ids=[customer.list_id], by=world.alice).pk


def make_suggestion(world: World, _: Values) -> object:
    connection = make_connection(world.organization)
    make_account(world.organization, name="Elm School")
    make_customer(connection, name="Elm School")
    mark_list_whole(connection)
    return suggestions_of(connection, target="accounts").get().pk


def make_acceptance(world: World, values: Values) -> object:
    make_suggestion(world, values)
    return accept_all(Connection.objects.get(), target="accounts", line=80, by=world.alice).pk


def make_document(world: World, _: Values) -> object:
    invoice = make_invoice(make_building(world.organization))
    return post(invoice, make_connection(world.organization)).pk


# What each part of an address names, made in Alder Fire, where Charlie is not; ``values`` are the parts before it.
# An address with a part of another name fails until it has its line here.
MAKERS: dict[str, Callable[[World, Values], object]] = {
    "account_id": lambda world, _: make_account(world.organization).pk,
    "building_id": lambda world, _: make_building(world.organization).pk,
    "contact_id": lambda world, _: make_contact(world.organization).pk,
    "place_id": make_place,
    "membership_id": lambda world, _: Membership.objects.get(person=world.vera).pk,
    "invitation_id": make_invitation,
    "token_id": make_token,
    "connection_id": lambda world, _: make_connection(world.organization).pk,
    "link_id": make_link,
    "list_id": make_listed_customer,
    "invoice_id": lambda world, _: make_invoice(make_account(world.organization)).pk,
    "payment_id": lambda world, _: make_payment(make_invoice(make_account(world.organization))).pk,
    "document_id": make_document,
    "batch_id": make_batch,
    "draft_id": make_draft,
    "suggestion_id": make_suggestion,
    "acceptance_id": make_acceptance,
}
# What "record_id" names depends on how the address begins.
RECORDS: dict[str, Callable[[World], object]] = {
    "<target:target>/": lambda world: make_account(world.organization).pk,
    "<catalogue:target>/": lambda world: make_item(world.organization).pk,
    "items/terms/": lambda world: make_terms(world.organization).pk,
    "items/sales-taxes/": lambda world: make_sales_tax(world.organization).pk,
    "items/": lambda world: make_item(world.organization).pk,
}
FIXED = {"target": "accounts", "catalogue": "items"}  # parts that name no record, by their kind
DUMMIES = {"uuid": uuid4(), "int": 1, "str": "x", "slug": "x"}
PART = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>")


def parts_of(address: str) -> list[str]:
    """The names of what stands in angle brackets, the slug apart."""
    return [match["name"] for match in PART.finditer(address.removeprefix(PREFIX))]


def filled(address: str, *, slug: str, values: Values) -> str:
    known = {"slug": slug, **values}
    return "/" + PART.sub(lambda match: str(known[match["name"]]), address)


def dummies(address: str) -> Values:
    found = PART.finditer(address.removeprefix(PREFIX))
    return {match["name"]: FIXED.get(match["kind"]) or DUMMIES[match["kind"] or "str"] for match in found}


def made(address: str, *, world: World) -> Values:
    values: Values = {}
    for match in PART.finditer(address.removeprefix(PREFIX)):
        part = match["name"]
        if part == "record_id":
            values[part] = record_of(address, world=world)
        else:
            values[part] = FIXED.get(match["kind"]) or MAKERS[part](world, values)
    return values


def record_of(address: str, *, world: World) -> object:
    here = address.removeprefix(PREFIX)
    return next(make(world) for beginning, make in RECORDS.items() if here.startswith(beginning))


def asked(client: Client, there: str) -> set[int]:
    """The statuses of GET and POST; 405 says only what the address is for."""
    return {client.get(there).status_code, client.post(there).status_code} - {405}


def test_there_are_addresses_to_try() -> None:
    assert len(ADDRESSES) >= 20


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_stranger_gets_nothing_below_another_organizations_name(client: Client, address: str) -> None:
    world = make_world()
    there = filled(address, slug=world.organization.slug, values=dummies(address))
    client.force_login(world.charlie)
    assert asked(client, there) == {404}


@pytest.mark.parametrize("address", ADDRESSES)
def test_nobody_signed_in_gets_nothing(client: Client, address: str) -> None:
    world = make_world()
    there = filled(address, slug=world.organization.slug, values=dummies(address))
    assert asked(client, there) == {302}
    assert client.get(there, headers={"HX-Request": "true"}).get("HX-Redirect", "/sign-in/").startswith("/sign-in/")


@pytest.mark.parametrize("address", [address for address in ADDRESSES if set(parts_of(address)) - {"target"}])
def test_another_organizations_record_is_not_found_below_ones_own_name(client: Client, address: str) -> None:
    world = make_world()
    values = made(address, world=world)
    client.force_login(world.charlie)
    assert asked(client, filled(address, slug=world.elsewhere.slug, values=values)) == {404}
    # The very record is found by its own people, so the 404 above is no slip of the test.
    client.force_login(world.alice)
    assert client.get(filled(address, slug=world.organization.slug, values=values)).status_code in {200, 302, 405}
