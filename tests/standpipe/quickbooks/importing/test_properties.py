"""For random worlds: the preview is the result, and undo leaves the database as it was."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from standpipe.accounts.actions import edit_account
from standpipe.accounts.models import Account
from standpipe.buildings.actions import edit_building
from standpipe.buildings.models import Building
from standpipe.contacts.models import Place
from standpipe.contacts.queries import contact_json
from standpipe.core.addresses import Address
from standpipe.quickbooks.importing.actions import import_customers, preview_import, sentence_of, undo_import
from standpipe.quickbooks.importing.batch_queries import sentence_of_batch
from standpipe.quickbooks.importing.drafts import decide, draft_import, import_draft
from standpipe.quickbooks.importing.models import ImportBatch
from standpipe.quickbooks.importing.queries import Filters, matching_all
from standpipe.quickbooks.linking.actions import link_customer
from standpipe.quickbooks.linking.models import Link
from standpipe.quickbooks.lists.details import Person, ShipTo
from standpipe.quickbooks.lists.models import Customer
from support.quickbooks_worlds import make_connection, make_customer, mark_list_whole
from support.records import NOUNS, everything
from support.worlds import make_account, make_building, make_contact, make_organization

pytestmark = pytest.mark.django_db

NAMES = ["Elm School", "ELM  SCHOOL", "Oak & Sons", "Oak and Sons", "Ash", "Überlänge 🧯", "x" * 41]
texts = st.sampled_from(["", " ", "12 Elm St", "80 Oak Street", "Attn: Jane", "\u200b", "a\tb", "Häuser & Söhne"])
addresses = st.builds(
    Address,
    lines=st.lists(texts, max_size=5).map(tuple),
    city=st.sampled_from(["", "Hartford"]),
    postal_code=st.sampled_from(["", "06103"]),
)
people = st.sampled_from(["", "Jane Doe", "JANE DOE", "Joe Roe"])
emails = st.sampled_from(
    ["", "jane@elm.example", "Jane@Elm.example; ap@elm.example", "Joe <joe@elm.example>", "none"]
)
phones = st.sampled_from(["", "860-555-0100", "(860) 555-0100", "860-555-0101"])
fields = st.lists(st.tuples(st.sampled_from(["Mobile", "Main Email", "Fax"]), phones | emails), max_size=2).map(tuple)
said = st.fixed_dictionaries(
    {
        "company_name": st.sampled_from(["", " ", *NAMES]),
        "bill": addresses,
        "ship": addresses,
        "contact": people,
        "alt_contact": people,
        "email": emails,
        "phone": phones,
        "fields": fields,
        "people": st.lists(st.builds(Person, name=people, fields=fields), max_size=2).map(tuple),
        "ship_to": st.lists(
            st.builds(ShipTo, name=st.just("Yard"), address=addresses, is_default=st.booleans()), max_size=2
        ).map(tuple),
        "job_status": st.sampled_from(["None", "Closed"]),
        "is_active": st.booleans(),
    }
)
customers = st.lists(st.tuples(st.booleans(), said), min_size=1, max_size=7)  # whether it is a job of the one before
here = st.lists(st.tuples(st.sampled_from(NAMES), st.booleans()), max_size=3)  # a building's name; linked or not
targets = st.sampled_from(["accounts", "buildings", "both"])
namings = st.sampled_from([None, "company_name", "job_name", "company_and_job_name"])
many = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)


@contextmanager
def world(customers: list[Any], here: list[Any]) -> Iterator[Any]:
    """A connection with its copied list and what was here before; gone when the block ends."""
    with transaction.atomic():
        organization = make_organization()
        books = make_connection(organization)
        above = None
        for number, (is_job, values) in enumerate(customers):
            row = make_customer(books, name=f"C{number}", parent=above if is_job else None, **values)
            above = row if above is None or not is_job else above
        mark_list_whole(books)
        for number, (name, is_linked) in enumerate(here):
            building = make_building(organization, name=name)
            make_account(organization, name=name)
            make_contact(organization, name="Jane Doe", email="jane@elm.example", at=building)
            if is_linked and number < len(customers):
                list_id = Customer.objects.filter(connection=books).order_by("id")[number].list_id
                link_customer(building, connection=books, list_id=list_id, by=None)
        yield books
        transaction.set_rollback(True)


@many
@given(customers=customers, here=here, target=targets, naming=namings, by_filter=st.booleans())
def test_import_and_undo_leave_the_database_as_it_was(customers, here, target, naming, by_filter) -> None:
    with world(customers, here) as books:
        before = everything()
        batch = _import(books, target=target, naming=naming, by_filter=by_filter)
        if batch is None:
            return
        created = batch.records.filter(outcome="created").count()
        assert Link.objects.filter(import_batch_id=batch.id).count() == created
        result = undo_import(batch, by=None)
        assert (result.removed, result.kept) == (created, [])
        assert everything() == before


@many
@given(customers=customers, here=here, target=targets, naming=namings)
def test_the_preview_is_the_result_field_by_field(customers, here, target, naming) -> None:
    with world(customers, here) as books:
        wanted = list(Customer.objects.filter(connection=books).values_list("list_id", flat=True))
        before = everything()
        preview = preview_import(books, target=target, list_ids=wanted, naming=naming)
        assert everything() == before
        batch = import_customers(
            books, target=target, list_ids=wanted, naming=naming, include_look_alikes=True, by=None
        )
        made = {record.list_id: record for record in batch.records.filter(outcome="created")}
        assert {entry["list_id"] for entry in preview["records"]} == made.keys()
        for entry in preview["records"]:
            key = made[entry["list_id"]].created_id
            assert entry["record"] == _as_previewed(key, target=f"{entry['type']}s", preview=entry)
        skipped = {(entry["list_id"], entry["code"]) for entry in preview["skipped"]}
        assert skipped == {
            (record.list_id, record.reason["code"]) for record in batch.records.exclude(outcome="created")
        }


@many
@given(customers=customers, here=here, target=targets)
def test_a_second_import_after_a_refresh_creates_nothing(customers, here, target) -> None:
    """Requirements 17 and 19."""
    with world(customers, here) as books:
        wanted = list(Customer.objects.filter(connection=books).values_list("list_id", flat=True))
        import_customers(books, target=target, list_ids=wanted, include_look_alikes=True, by=None)
        # As a refresh leaves it after somebody has renamed everybody in QuickBooks: identity is the ListID.
        Customer.objects.filter(connection=books).update(
            company_name="Renamed", name_key="renamed", edit_sequence="9"
        )
        after = everything()
        again = import_customers(books, target=target, list_ids=wanted, include_look_alikes=True, by=None)
        assert not again.records.filter(outcome="created").exists()
        assert everything() == after


@many
@given(customers=customers, here=here, target=targets, naming=namings, decided=st.data())
def test_a_kept_preview_names_every_record_that_comes_and_no_other(customers, here, target, naming, decided) -> None:
    """With whatever a person decides in between; the sentence of an import in one go holds too."""
    with world(customers, here) as books:
        before = everything()
        wanted = list(Customer.objects.filter(connection=books).values_list("list_id", flat=True))
        draft = draft_import(books, target=target, list_ids=wanted, naming=naming, by=None)
        for row in draft.records.filter(outcome__in=("created", "held")).order_by("id"):
            choices = ["", "", "leave", "create"]
            if row.outcome == "held" and row.previewed["looks_like"]:
                choices.append("link")
            if act := decided.draw(st.sampled_from(choices)):
                decide(draft, list_id=row.list_id, act=act)
        said = _told(draft)
        sentence = sentence_of(books, [row.previewed for row in draft.records.order_by("id")])
        previewed = {row.list_id: row.previewed for row in draft.records.all()}
        assert everything() == before
        batch = import_draft(draft, by=None)
        assert _told(batch) == said
        for row in batch.records.filter(outcome="created"):
            entry = previewed[row.list_id]
            assert entry["record"] == _as_previewed(row.created_id, target=f"{row.created_type}s", preview=entry)
        if target == "both":
            assert sentence_of_batch(batch) == sentence
        undo_import(batch, by=None)
        assert everything(*NOUNS) == {key: before[key] for key in (model.__name__ for model in NOUNS)}
        assert not Link.objects.filter(import_batch_id=batch.pk, ended_at=None).exists()


@many
@given(customers=customers, here=here, target=targets, touched=st.sets(st.integers(0, 9), max_size=3))
def test_undo_removes_exactly_what_nobody_touched(customers, here, target, touched) -> None:
    with world(customers, here) as books:
        wanted = list(Customer.objects.filter(connection=books).values_list("list_id", flat=True))
        batch = import_customers(books, target=target, list_ids=wanted, include_look_alikes=True, by=None)
        made = list(batch.records.filter(outcome="created").order_by("id"))
        mine = [row for number, row in enumerate(made) if number in touched]
        kept = set()
        for row in mine:
            if row.created_type == "account":
                edit_account(Account.objects.get(pk=row.created_id), by=None, name="Mine")
            else:
                building = Building.objects.get(pk=row.created_id)
                edit_building(building, by=None, name="Mine")
                kept |= {building.account_id} - {None}  # it stands there
            kept.add(row.created_id)
        result = undo_import(batch, by=None)
        assert {one["id"] for one in result.kept} == {str(key) for key in kept}
        assert result.removed == len(made) - len(kept)


def _told(batch: ImportBatch) -> dict[str, str]:
    return dict(batch.records.values_list("list_id", "outcome"))


def _import(books: Any, *, target: str, naming: str | None, by_filter: bool) -> ImportBatch | None:
    if by_filter:
        filters: Filters = {"active": None}
        if not matching_all(books, target="accounts" if target == "both" else target, filters=filters).exists():
            return None
        return import_customers(books, target=target, naming=naming, filters=filters, by=None)
    wanted = list(Customer.objects.filter(connection=books).values_list("list_id", flat=True))
    return import_customers(books, target=target, naming=naming, list_ids=wanted, include_look_alikes=True, by=None)


def _as_previewed(record_id: Any, *, target: str, preview: dict[str, Any]) -> dict[str, Any]:
    """What was made, in the shape of the preview: ids that the preview could not know left out."""
    if target == "accounts":
        account = Account.objects.get(pk=record_id)
        return {"id": None, "name": account.name, "billing_address": account.billing_address.to_json()}
    building = Building.objects.get(pk=record_id)
    contacts = []
    places = Place.objects.filter(building=building).select_related("contact").order_by("id")
    for place, shown in zip(places, preview["record"]["contacts"], strict=True):
        contact = contact_json(place.contact)
        contacts.append(
            {key: contact[key] for key in ("name", "email", "phone", "cell_phone", "address")}
            | {
                "id": shown["id"] and contact["id"],
                "name_is_borrowed": place.contact.name_is_borrowed,
                "places": [{"building_id": None, "roles": place.roles}],
            }
        )
    return {
        "id": None,
        "name": building.name,
        "billing_address": building.billing_address.to_json(),
        "physical_address": building.physical_address.to_json(),
        "account_id": preview["record"]["account_id"] and str(building.account_id),
        "contacts": contacts,
    }
