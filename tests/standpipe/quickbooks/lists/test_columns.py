"""From a record to a row: what is kept, what is derived, what cannot be kept."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbwire.messages import Record, decode_response_set
from standpipe.core.addresses import Address
from standpipe.core.emails import split_emails
from standpipe.quickbooks.lists.columns import COLUMNS, derived
from standpipe.quickbooks.lists.details import Details, ShipTo
from standpipe.quickbooks.lists.reading import ELEMENTS, UnkeepableRecord, elements, kept, seed_of, with_derived
from standpipe.quickbooks.lists.traits import Trait, traits_of
from support.soap import answer, customer_ret

SEED = seed_of(("ListID",))


def record(name: str = "Elm School", **said: str) -> Record:
    (found,) = decode_response_set(answer(1, customer_ret("80000001-1", name, **said))).responses[0].records
    return found


def row_of(name: str = "Elm School", **said: str) -> dict[str, Any]:
    return with_derived(kept(record(name, **said).texts(), seed=SEED))


def test_a_row_fills_every_column():
    assert set(row_of()) == set(COLUMNS)


def test_the_smallest_record_is_kept():
    """Many customers have no more than a name (qbphp issue 92)."""
    row = row_of()
    assert (row["name"], row["full_name"], row["display_name"]) == ("Elm School",) * 3
    assert (row["company_name"], row["parent_list_id"], row["currency"], row["details"]) == ("", "", "", "{}")
    assert (row["is_active"], row["sublevel"]) == (True, 0)


@pytest.mark.parametrize(("company", "shown"), [("ACME", "ACME"), ("", "Elm School"), ("   ", "Elm School")])
def test_a_blank_company_name_counts_as_missing(company, shown):
    """Requirements 21, 22."""
    assert row_of(CompanyName=company)["display_name"] == shown


def test_a_job_names_its_parent():
    parent = "<ListID>80000002-1</ListID><FullName>Elm</FullName>"
    row = row_of("Gym", FullName="Elm:Gym", ParentRef=parent)
    assert (row["parent_list_id"], row["full_name"], row["sort_key"]) == ("80000002-1", "Elm:Gym", "elm\x1fgym")


def test_lines_stay_as_they_are_and_gaps_are_left_out():
    """Requirement 45; a block may skip a number (qbphp example)."""
    row = row_of(
        BillAddress="<Addr1>ACME, Inc.</Addr1><Addr2>Jane Doe</Addr2><Addr4>12 Elm St</Addr4><City>Boise</City>",
        BillAddressBlock="<Addr1>ACME, Inc.</Addr1><Addr3>12 Elm St</Addr3>",
    )
    details = Details.from_json(_json(row))
    assert details.bill == Address(lines=("ACME, Inc.", "Jane Doe", "12 Elm St"), city="Boise")
    assert details.bill_block == ()  # the fields say it all
    assert row["billing_key"] == row["physical_key"] == "12 elm st|boise"


def test_a_printed_block_is_kept_where_the_fields_print_as_nothing():
    unseen = "<Addr1>\N{ZERO WIDTH SPACE}</Addr1>"
    row = row_of(
        BillAddress=unseen, BillAddressBlock="<Addr1>12 Elm St</Addr1>", ShipAddressBlock="<Addr1>7 Oak</Addr1>"
    )
    details = Details.from_json(_json(row))
    assert (details.bill_block, details.ship_block) == (("12 Elm St",), ("7 Oak",))
    assert row["billing_key"] == "12 elm st|"


def _json(row: dict[str, Any]) -> Any:
    import json

    return json.loads(row["details"])


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"IsActive": "perhaps"}, "IsActive"),
        ({"Sublevel": "one"}, "Sublevel"),
        ({"Sublevel": "-1"}, "Sublevel"),
        ({"CompanyName": "x" * 42}, "company name"),
    ],
)
def test_what_cannot_be_kept_says_why(said, reason):
    texts = record().texts() | said
    with pytest.raises(UnkeepableRecord, match=reason):
        kept(texts, seed=SEED)


@pytest.mark.parametrize("missing", ["ListID", "Name", "TimeModified"])
def test_without_identity_name_or_time_it_cannot_be_kept(missing):
    texts = {tag: text for tag, text in record().texts().items() if tag != missing}
    with pytest.raises(UnkeepableRecord):
        kept(texts, seed=SEED)


def test_the_hash_sees_every_kept_value_and_neither_sequence_nor_time():
    base = kept(record().texts(), seed=SEED).row["content_hash"]
    moved = record().texts() | {"EditSequence": "1800000000", "TimeModified": "2026-04-01T00:00:00-05:00"}
    assert kept(moved, seed=SEED).row["content_hash"] == base
    for tag in ("Name", "CompanyName", "Phone", "JobStatus", "AccountNumber", "Email"):
        assert kept(record().texts() | {tag: "other"}, seed=SEED).row["content_hash"] != base, tag
    assert kept(record().texts(), seed=seed_of(("ListID", "Name"))).row["content_hash"] != base


def test_the_elements_asked_for_are_those_of_the_design_and_fit_the_version():
    assert len(ELEMENTS) == 33  # and Mobile, which may come (requirement 47)
    newest = elements(version="13.0")
    assert {"ListID", "TimeModified", "EditSequence", "ShipToAddress", "ContactsRet", "CurrencyRef"} <= set(newest)
    assert not {"Balance", "TotalBalance", "Notes", "CreditCardInfo"} & set(newest)
    assert set(elements(version="6.0")) < set(newest)
    assert "ContactsRet" not in elements(version="11.0")


texts = st.text(alphabet="aB1 .&'éß‍\u200b \N{ZERO WIDTH SPACE}-,#", max_size=12).map(str.strip)
lines = st.lists(texts.filter(bool), max_size=4).map(tuple)
addresses = st.builds(Address, lines=lines, city=texts, state=texts, postal_code=texts, country=texts, note=texts)
everything = st.builds(
    Details,
    bill=addresses,
    bill_block=lines,
    ship=addresses,
    ship_block=lines,
    ship_to=st.lists(st.builds(ShipTo, name=texts, address=addresses, is_default=st.booleans()), max_size=3).map(
        tuple
    ),
    phone=texts,
    alt_phone=texts,
    email=texts,
    contact=texts,
    account_number=texts,
)


@given(details=everything, name=texts.filter(bool), company_name=texts)
def test_the_short_way_derives_what_the_long_one_does(details, name, company_name):
    """``with_derived`` takes a short way for most records; it must not be another rule."""
    said = kept(record().texts(), seed=SEED)
    row = said.row | {"name": name, "full_name": name, "company_name": company_name}
    short = with_derived(type(said)(row, details.to_json()))
    long = derived(name=name, full_name=name, company_name=company_name, details=details)
    assert {column: short[column] for column in long} == long


@given(details=everything, company_name=texts)
def test_the_short_way_finds_the_same_traits(details, company_name):
    """Filters and counts ask for them (``traits_of`` is the long way)."""
    said = kept(record().texts(), seed=SEED)
    row = said.row | {"company_name": company_name}
    state = {name: row[name] for name in ("is_active", "parent_list_id", "job_status", "company_name")}
    assert with_derived(type(said)(row, details.to_json()))["traits"] == traits_of(details.to_json(), **state)


EMAILS = (
    "a@x.com", "a@x.com; b@y.com", "Jane <a@x.com>", "Jane Doe,a@x.com", "mailto:a@x.com", "call first", "a@", "a@x",
    "x<a@x.com>y", "a@x.com/b@y.com", "(a@x.com)", '"a@x.com"', "a@x..com", "a..b@x.com", "a@-x.com", "<a@x.com",
)  # fmt: skip


@pytest.mark.parametrize("said", EMAILS)
def test_an_email_is_found_where_people_would_be_written_to(said):
    """The pattern for plain ones must not be another rule than ``split_emails``."""
    row = with_derived(kept({**record().texts(), "Email": said}, seed=SEED))
    assert bool(row["traits"] & Trait.NO_EMAIL) is not bool(split_emails(said).mailboxes)
