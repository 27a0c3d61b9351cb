"""How good the suggestions are: precision and recall on labelled pairs, one by one and all in one list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from standpipe.core.addresses import Address
from standpipe.quickbooks.lists.details import Details
from standpipe.quickbooks.matching.comparing import compare
from standpipe.quickbooks.matching.parties import Said, party_of_customer, party_of_record
from standpipe.quickbooks.matching.queries import suggestions_of
from standpipe.quickbooks.matching.reading import read_address
from standpipe.quickbooks.matching.scoring import SUGGESTED_LINE, score
from support.pairs import Pair, is_equal_by_name, measured, parties, read_pairs
from support.quickbooks_worlds import make_connection, make_customer, mark_list_whole
from support.worlds import make_account, make_building, make_contact, make_world

# The issue asks for 0.98 and 0.8; what is left above them is the margin for names that nobody has thought of.
PRECISION, RECALL = 0.985, 0.9


@pytest.mark.parametrize("name", ["tuned", "unseen", "later"])
def test_suggested_pairs_are_right_and_nearly_all_are_found(name) -> None:
    """Ideas 3; pain 1."""
    pairs = read_pairs(name)
    found = measured(pairs, [score(*parties(pair)).is_suggested for pair in pairs])
    assert found.precision >= PRECISION
    assert found.recall >= RECALL
    by_name = measured(pairs, [is_equal_by_name(pair) for pair in pairs])
    assert found.recall > 2 * by_name.recall
    assert found.precision > by_name.precision


def test_what_one_office_looks_after_is_never_taken_for_the_same() -> None:
    """Its address, phone and e-mail are all the same; only the names tell them apart."""
    pairs = [pair for pair in read_pairs("tuned") if pair.kind == "one manager, one office"]
    assert len(pairs) == 6
    assert [str(pair) for pair in pairs if score(*parties(pair)).is_suggested] == []


def test_a_third_of_the_pairs_are_look_alikes_that_must_not_match() -> None:
    pairs = [*read_pairs("tuned"), *read_pairs("unseen")]
    assert len(pairs) >= 300
    assert sum(not pair.is_same for pair in pairs) >= len(pairs) / 3


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["tuned", "unseen", "later"])
@pytest.mark.parametrize("target", ["accounts", "buildings"])
def test_all_pairs_in_one_list_find_their_own(name, target) -> None:
    """Everything at once, as in a company file: what is suggested and is not a pair is wrong, whoever's it is."""
    organization = make_world().organization
    books = make_connection(organization)
    pairs = _that_stand_apart(pair for pair in read_pairs(name) if pair.is_building == (target == "buildings"))
    made = [(_make_record(organization, pair).pk, _make_customer(books, pair), pair.is_same) for pair in pairs]
    mark_list_whole(books)
    right = {(record, customer.list_id) for record, customer, is_same in made if is_same}
    # An account that must not match a job does match that job's customer.
    right |= {(record, customer.parent_list_id) for record, customer, is_same in made if not is_same}
    compare(books, target=target)
    suggested = {(one.record_id, one.list_id) for one in suggestions_of(books, target=target, line=SUGGESTED_LINE)}
    assert len(suggested & right) / len(suggested) >= PRECISION
    assert len(suggested & right) / sum(is_same for _, _, is_same in made) >= 0.85


def _that_stand_apart(pairs: Iterable[Pair]) -> list[Pair]:
    """The sets use some names twice, for a pair and for a look-alike: one list holds each only once."""
    taken: set[str] = set()
    found = []
    for pair in sorted(pairs, key=lambda pair: not pair.is_same):
        names = {f"{side.above}:{side.name}".casefold() for side in (pair.here, pair.there)}
        places = {line.casefold() for side in (pair.here, pair.there) for line in side.address.lines}
        if pair.is_same or not (names | places) & taken:
            found.append(pair)
        taken |= names | {place for place in places if place[:1].isdigit()}
    return found


def _make_record(organization, pair: Pair):
    if pair.is_building:
        account = make_account(organization, name=pair.here.above) if pair.here.above else None
        record = make_building(organization, name=pair.here.name, physical_address=pair.here.address, account=account)
    else:
        record = make_account(organization, name=pair.here.name, billing_address=pair.here.address)
    if pair.here.phone or pair.here.email:
        make_contact(organization, name="Office", phone=pair.here.phone, email=pair.here.email, at=record)
    return record


def _make_customer(books, pair: Pair):
    parent = None
    for name in filter(None, pair.there.above.split(":")):
        parent = make_customer(books, name=name, parent=parent)
    said = Details(bill=pair.there.address, phone=pair.there.phone, email=pair.there.email)
    return make_customer(
        books,
        name=pair.there.name,
        parent=parent,
        company_name=pair.there.company,
        bill=said.bill,
        phone=said.phone,
        email=said.email,
    )


# What holds for whatever names and addresses there are

names = st.one_of(
    st.text(max_size=41),
    st.lists(st.sampled_from(["Elm", "St.", "School", "#4", "North", "&", "Inc", "Smith", "Jr", "dba", "2nd"])).map(
        " ".join
    ),
)
lines = st.one_of(
    st.text(max_size=41), st.sampled_from(["12 Elm St #4", "PO Box 9", "Akron, OH 44304", "Hauptstr. 12"])
)
addresses = st.builds(Address, lines=st.lists(lines, max_size=5).map(tuple), city=st.text(max_size=8))


@settings(max_examples=150, deadline=None)
@given(name=names, other=names, address=addresses, elsewhere=addresses)
def test_whatever_stands_there_is_read_and_a_score_is_a_score(name, other, address, elsewhere) -> None:
    here = party_of_record(name=name, is_account=True, billing=address, physical=elsewhere)
    scored = score(here, party_of_customer(Said(name=other, details=Details(bill=elsewhere, ship=address))))
    assert 0 <= scored.score <= 100
    assert scored == score(here, party_of_customer(Said(name=other, details=Details(bill=elsewhere, ship=address))))
    shouted = tuple(line.upper() if line.isascii() else line for line in address.lines)
    assert read_address(address) == read_address(replace(address, lines=shouted))


@pytest.mark.parametrize("pair", [pair for pair in read_pairs("tuned") if pair.is_same], ids=str)
def test_more_of_the_same_never_makes_it_less_likely(pair) -> None:
    """An equal phone and e-mail on top of whatever else there is."""
    here, there = parties(pair)
    more = {"phones": ("4195550199",), "emails": ("jane@books.example",), "people": ("Jane Quimby",)}
    assert score(replace(here, **more), replace(there, **more)).odds >= score(here, there).odds
