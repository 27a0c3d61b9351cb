"""Then, now and here: every combination is told rightly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from standpipe.core.addresses import Address
from standpipe.quickbooks.drift.comparing import Decided, Here, Kind, Said, compare, from_json, group_kinds, to_json
from standpipe.quickbooks.importing.persons import MappedContact

ELM = Address(lines=("12 Elm St",), city="Boise", state="ID", postal_code="83702")
OAK = Address(lines=("80 Oak St",), city="Boise", state="ID", postal_code="83702")
JANE = MappedContact(name="Jane Doe", email="jane@elm.example", phone="208-555-0101")


@dataclass(frozen=True)
class Person:
    """A contact that is here."""

    id: int = 1
    name: str = "Jane Doe"
    email: str = "jane@elm.example"
    phone: str = "208-555-0101"
    cell_phone: str = ""
    name_is_borrowed: bool = False
    address: Address = Address()


def building(name: str = "Elm", people: tuple[MappedContact, ...] = (), **more: Any) -> Said:
    return Said(name=name, **({"billing_address": ELM, "physical_address": ELM, "people": people} | more))


def here(name: str = "Elm", people: tuple[Person, ...] = (), **more: Any) -> Here:
    return Here(name=name, **({"billing_address": ELM, "physical_address": ELM, "people": people} | more))


def kinds(then: Said, now: Said, stands: Here, *, was_copied: bool = True, **answers: Decided) -> dict[str, Kind]:
    found = compare(then=then, now=now, here=stands, answers=answers, was_copied=was_copied)
    return {one.field.split(".")[0] + one.field[17:]: one.kind for one in found if one.kind}


@pytest.mark.parametrize(
    ("now", "stands", "kind"),
    [
        ("Elm", "Elm", Kind.SAME),
        ("Elm School", "Elm", Kind.QUICKBOOKS),
        ("Elm", "Our Elm", Kind.HERE),
        ("Elm School", "Our Elm", Kind.BOTH),
        ("Elm School", "Elm School", Kind.AGREED),
    ],
)
def test_each_combination_of_changes_on_both_sides_has_its_word(now: str, stands: str, kind: Kind) -> None:
    """Idea 6."""
    (name, *rest) = compare(then=building("Elm"), now=building(now), here=here(stands), answers={}, was_copied=True)
    assert name.kind is kind
    assert name.is_open is (kind in (Kind.QUICKBOOKS, Kind.BOTH))
    assert {one.kind for one in rest} == {Kind.SAME}


def test_a_linked_record_is_never_called_changed_here() -> None:
    """Nothing was copied when it was linked: it always said something else."""
    assert kinds(building("Elm"), building("Elm"), here("Our Elm"), was_copied=False) == {}
    assert kinds(building("Elm"), building("Elms"), here("Our Elm"), was_copied=False) == {"name": Kind.QUICKBOOKS}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Elm  School ", "Elm School"),
        ("Elm School\u200f", "Elm School"),
        ("Cafe\u0301", "Café"),
    ],
)
def test_blanks_and_what_no_eye_sees_are_no_difference(one: str, other: str) -> None:
    assert kinds(building(one), building(other), here(other)) == {}


def test_case_and_signs_are_a_difference_because_they_are_seen() -> None:
    assert kinds(building("elm school"), building("Elm School"), here("elm school")) == {"name": Kind.QUICKBOOKS}


def test_the_same_address_in_other_fields_is_no_difference() -> None:
    in_lines = Address(lines=("12 Elm St", "Boise, ID 83702"))
    assert kinds(building(), building(billing_address=in_lines), here()) == {}


def test_a_phone_written_otherwise_is_no_difference() -> None:
    again = MappedContact(name="Jane Doe", email="JANE@elm.example", phone="(208) 555-0101")
    assert kinds(building(people=(JANE,)), building(people=(again,)), here(people=(Person(),))) == {}


def test_a_persons_fields_are_told_one_by_one() -> None:
    now = MappedContact(name="Jane Doe", email="jane@new.example", phone="208-555-0199")
    found = kinds(building(people=(JANE,)), building(people=(now,)), here(people=(Person(phone="208-555-0142"),)))
    assert found == {"contacts.email": Kind.QUICKBOOKS, "contacts.phone": Kind.BOTH}


def test_a_person_who_comes_or_goes_is_told_whole() -> None:
    bob = MappedContact(name="Bob Ash", email="bob@elm.example")
    comes = compare(
        then=building(people=(JANE,)),
        now=building(people=(JANE, bob)),
        here=here(people=(Person(),)),
        answers={},
        was_copied=True,
    )
    [one] = [one for one in comes if one.kind]
    assert (one.label, one.then, one.here, one.kind) == ("Contact Bob Ash", None, None, Kind.QUICKBOOKS)
    goes = kinds(building(people=(JANE,)), building(), here(people=(Person(),)))
    assert goes == {"contacts": Kind.QUICKBOOKS}
    assert kinds(building(people=(JANE,)), building(), here()) == {"contacts": Kind.AGREED}
    assert kinds(building(people=(JANE,)), building(people=(JANE,)), here()) == {"contacts": Kind.HERE}


def test_people_of_a_linked_building_who_were_never_brought_here_are_left_out() -> None:
    now = MappedContact(name="Jane Doe", email="other@elm.example")
    assert kinds(building(people=(JANE,)), building(people=(now,)), here(), was_copied=False) == {}


def test_an_account_has_a_name_and_a_billing_address_only() -> None:
    then, now = Said(name="Elm", billing_address=ELM), Said(name="Elm", billing_address=OAK)
    found = compare(then=then, now=now, here=Here(name="Elm", billing_address=ELM), answers={}, was_copied=True)
    assert [(one.field, one.kind) for one in found] == [("name", Kind.SAME), ("billing_address", Kind.QUICKBOOKS)]
    assert group_kinds(found) == {"billing_address": Kind.QUICKBOOKS}


TEXTS = st.sampled_from(["Elm", "elm", "Oak", "", 'O\'Brien "&" Sons', "مدرسة", "🏫", "x" * 41])
ADDRESSES = st.sampled_from([ELM, OAK, Address(), Address(lines=("One", "Two", "Three"))])


@settings(max_examples=200, deadline=None)
@given(then=TEXTS, now=TEXTS, stands=TEXTS, was_copied=st.booleans())
def test_open_means_that_quickbooks_moved_and_we_say_something_else(
    then: str, now: str, stands: str, was_copied: bool
) -> None:
    [name, *_] = compare(then=building(then), now=building(now), here=here(stands), answers={}, was_copied=was_copied)
    assert name.is_open is (now not in (then, stands))
    assert (name.kind is Kind.HERE) is (was_copied and now == then and stands != then)
    assert (name.kind is Kind.BOTH) is (was_copied and now not in (then, stands) and stands != then)


@settings(max_examples=200, deadline=None)
@given(then=ADDRESSES, now=ADDRESSES, stands=ADDRESSES, later=ADDRESSES, is_left=st.booleans())
def test_what_was_decided_is_asked_again_only_when_quickbooks_says_something_else(
    then: Address, now: Address, stands: Address, later: Address, is_left: bool
) -> None:
    stands = stands if is_left else now
    answers = {"billing_address": Decided(is_left=is_left, value=now, here=stands)}

    def at(said: Address) -> Any:
        found = compare(
            then=building(billing_address=then),
            now=building(billing_address=said),
            here=here(billing_address=stands),
            answers=answers,
            was_copied=True,
        )
        return found[1]

    assert not at(now).is_open
    assert at(later).is_open is (later not in (now, stands))
    if at(later).is_open:
        assert at(later).kind is Kind.QUICKBOOKS  # what was decided is not called a change of ours


@given(value=st.one_of(TEXTS, ADDRESSES, st.none(), st.just({"name": "Jane", "email": "", "phone": ""})))
def test_values_come_back_from_the_database_as_they_went(value: Any) -> None:
    assert from_json(to_json(value)) == value
