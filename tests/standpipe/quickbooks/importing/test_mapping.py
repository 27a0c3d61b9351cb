"""The pure mapping: which QuickBooks value becomes which field, and from where it says it comes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standpipe.core.addresses import Address
from standpipe.core.errors import UserError
from standpipe.quickbooks.importing.mapping import (
    NAMINGS,
    SourceCustomer,
    map_account,
    map_building,
)
from standpipe.quickbooks.importing.persons import contacts_of, is_same_person
from standpipe.quickbooks.lists.details import Details, Person, ShipTo

ELM = Address(lines=("Elm School", "Attn: Jane Doe", "12 Elm St"), city="Hartford", state="CT", postal_code="06103")
OAK = Address(lines=("80 Oak Street",), city="Springfield", state="IL", postal_code="62701")


def source(name: str = "Elm", *, company: str = "", parent: str = "", **said: object) -> SourceCustomer:
    return SourceCustomer(
        list_id="80000001-1",
        name=name,
        full_name=f"{parent}:{name}" if parent else name,
        company_name=company,
        parent_list_id="80000000-1" if parent else "",
        details=Details(**said),  # type: ignore[arg-type]
    )


# Names


def test_company_name_comes_first() -> None:
    """Requirements 21 and 25."""
    for mapped in (
        map_account(source("20706 - Elm", company="Elm School")),
        map_building(source("20706", company="Elm School")),
    ):
        assert mapped.name == "Elm School"
        assert mapped.sources["name"] == "company name"


@pytest.mark.parametrize("company", ["", "   ", "\t\n", "\u200b", "\u00a0"])
def test_customer_name_where_company_name_is_missing_or_blank(company: str) -> None:
    """Requirements 22 and 25."""
    for mapped in (
        map_account(source("Doe, Jane", company=company)),
        map_building(source("Doe, Jane", company=company)),
    ):
        assert mapped.name == "Doe, Jane"
        assert mapped.sources["name"] == "customer name, because company name is empty"


def test_names_are_kept_as_written() -> None:
    assert map_account(source("x", company="  ACME  Fire & Safety, Inc. ")).name == "ACME  Fire & Safety, Inc."


@pytest.mark.parametrize(
    ("naming", "name"),
    [("company_name", "Elm Estates"), ("job_name", "Gym"), ("company_and_job_name", "Elm Estates – Gym")],
)
def test_a_job_can_bear_its_own_name(naming: str, name: str) -> None:
    """Requirement 44."""
    assert map_building(source("Gym", company="Elm Estates", parent="Elm"), naming=naming).name == name


@pytest.mark.parametrize("naming", NAMINGS)
def test_the_choice_of_job_names_does_not_touch_customers(naming: str) -> None:
    assert map_building(source("20706", company="Elm Estates"), naming=naming).name == "Elm Estates"


def test_a_job_without_a_company_name_is_named_after_its_customer() -> None:
    """Seven buildings called "North Wing" would help nobody."""
    job = source("North Wing", parent="Utica Motor Lodge:Second Floor")
    mapped = map_building(job, naming="company_and_job_name")
    assert mapped.name == "Utica Motor Lodge – North Wing"
    assert "no company name" in mapped.sources["name"]
    assert map_building(job).name == "North Wing", "the article's rule stays as it is"


def test_both_names_are_not_said_twice() -> None:
    mapped = map_building(source("ELM ESTATES", company="Elm Estates", parent="E"), naming="company_and_job_name")
    assert mapped.name == "Elm Estates"


def test_nothing_is_made_of_a_customer_without_any_name() -> None:
    with pytest.raises(UserError, match="neither a company name nor a customer name"):
        map_account(source("  "))


# Addresses


def test_an_account_has_a_name_and_a_billing_address_and_nothing_else() -> None:
    """Requirements 23 and 24."""
    mapped = map_account(source(bill=ELM, ship=OAK, contact="Jane Doe", email="jane@elm.example"))
    assert mapped.billing_address == ELM
    assert mapped.physical_address is None
    assert mapped.contacts == ()
    assert set(mapped.sources) == {"name", "billing_address"}


def test_a_building_has_billing_and_physical_address() -> None:
    """Requirements 26, 27 and 46: the physical address is Ship To."""
    mapped = map_building(source(bill=ELM, ship=OAK))
    assert (mapped.billing_address, mapped.physical_address) == (ELM, OAK)
    assert mapped.sources["physical_address"] == "Ship To"


@pytest.mark.parametrize("ship", [Address(), Address(lines=("", "  ", "\t")), Address(city=" ", note="ring twice")])
def test_the_billing_address_is_physical_where_ship_to_is_missing_or_blank(ship: Address) -> None:
    """Requirement 28."""
    mapped = map_building(source(bill=ELM, ship=ship))
    assert mapped.physical_address == ELM
    assert mapped.sources["physical_address"] == "billing address, because Ship To is empty"


def test_the_default_ship_to_address_is_used_and_no_other() -> None:
    """Requirement 46."""
    named = (
        ShipTo(name="Yard", address=ELM),
        ShipTo(name="Blank", address=Address(lines=(" ",)), is_default=True),
        ShipTo(name="Warehouse", address=OAK, is_default=True),
    )
    mapped = map_building(source(bill=ELM, ship_to=named))
    assert mapped.physical_address == OAK
    assert mapped.sources["physical_address"] == "default ship-to address “Warehouse”"
    assert map_building(source(bill=OAK, ship_to=named[:1])).physical_address == OAK


def test_a_ship_address_comes_before_the_named_ones() -> None:
    named = (ShipTo(name="Warehouse", address=ELM, is_default=True),)
    assert map_building(source(bill=ELM, ship=OAK, ship_to=named)).physical_address == OAK


def test_a_ship_address_alone_is_no_billing_address() -> None:
    mapped = map_building(source(ship=OAK))
    assert mapped.billing_address.is_blank
    assert mapped.sources["billing_address"] == "empty in QuickBooks"


def test_lines_stay_as_they_are_and_are_doubted_aloud() -> None:
    """Requirement 45: line 1 is the school's name here, and it is not called a street."""
    mapped = map_building(source(company="Elm School", contact="Jane Doe", bill=ELM))
    assert mapped.billing_address.lines == ELM.lines
    assert "line_like_name" in {note.code for note in mapped.doubts}


def test_everything_in_free_lines_stays_there() -> None:
    """A transcript shows "Addr3 = Barrie ON L9J 0C3" and no city."""
    lines = ("Lakeside Diner", "4 Shore Rd", "Barrie ON L9J 0C3")
    mapped = map_account(source(bill=Address(lines=lines)))
    assert mapped.billing_address == Address(lines=lines)


def test_block_lines_are_used_where_only_the_block_exists_and_gaps_are_ignored() -> None:
    mapped = map_building(source(bill_block=("Elm School", "", "12 Elm St", " ", "Hartford, CT 06103")))
    assert mapped.billing_address.lines == ("Elm School", "12 Elm St", "Hartford, CT 06103")
    assert mapped.sources["billing_address"].startswith("billing address as printed")
    assert mapped.physical_address == mapped.billing_address


def test_fields_come_before_the_block() -> None:
    assert map_account(source(bill=OAK, bill_block=("Oak Inn", "80 Oak Street"))).billing_address == OAK


def test_a_physical_address_that_is_only_the_parents_is_flagged() -> None:
    parent = source("Estates", bill=ELM)
    codes = {note.code for note in map_building(source("Gym", parent="Estates", ship=ELM), parent=parent).doubts}
    assert "same_as_parent" in codes
    codes = {note.code for note in map_building(source("Gym", parent="Estates", ship=OAK), parent=parent).doubts}
    assert "same_as_parent" not in codes


# Contacts


def people(**said: object) -> list[tuple[str, str, str, str]]:
    found, _ = contacts_of(Details(**said), place_name="Elm School")  # type: ignore[arg-type]
    return [(person.name, person.email, person.phone, person.cell_phone) for person in found]


def test_contacts_have_name_email_cell_phone_and_the_billing_address() -> None:
    """Requirement 29."""
    mapped = map_building(
        source(bill=ELM, ship=OAK, contact="Jane Doe", email="jane@elm.example", fields=(("Mobile", "860-555-0101"),))
    )
    (jane,) = mapped.contacts
    assert (jane.name, jane.email, jane.cell_phone) == ("Jane Doe", "jane@elm.example", "860-555-0101")
    assert jane.address == ELM


def test_contact_alternate_and_contact_list_become_contacts() -> None:
    """Requirement 31."""
    listed = (
        Person(name="Sam Hill", fields=(("Main Email", "sam@elm.example"), ("Work Phone", "860-555-0103"))),
        Person(name="Kim Poe", fields=(("Cell Phone", "860-555-0104"), ("Fax", "860-555-0105"))),
    )
    assert people(contact="Jane Doe", phone="860-555-0100", alt_contact="Joe Roe", people=listed) == [
        ("Jane Doe", "", "860-555-0100", ""),
        ("Joe Roe", "", "", ""),
        ("Sam Hill", "sam@elm.example", "860-555-0103", ""),
        ("Kim Poe", "", "", "860-555-0104"),
    ]


def test_nobody_is_made_of_nothing() -> None:
    """Requirement 31: no name, no e-mail, no phone: no contact. A fax number is nobody."""
    assert people(contact=" ", email=" ", phone="\t", fields=(("Fax", "860-555-0105"),), people=(Person(),)) == []


def test_first_and_last_name_where_contact_is_empty() -> None:
    assert people(salutation="Ms.", first_name="Jane", middle_name="Q", last_name="Doe") == [("Jane Doe", "", "", "")]


def test_who_has_no_name_bears_the_buildings_and_is_flagged() -> None:
    found, _ = contacts_of(Details(phone="860-555-0100"), place_name="Elm School")
    assert [(person.name, person.name_is_borrowed) for person in found] == [("Elm School", True)]
    assert "has none in QuickBooks" in dict(found[0].sources)["name"]


def test_several_addresses_in_email_make_one_contact_each() -> None:
    assert people(contact="Jane Doe", phone="860-555-0100", email="jane@elm.example; ap@elm.example") == [
        ("Jane Doe", "jane@elm.example", "860-555-0100", ""),
        ("Elm School", "ap@elm.example", "", ""),
    ]


def test_an_address_that_names_somebody_else_goes_to_them() -> None:
    assert people(contact="Jane Doe", email="Bob Roe <bob@elm.example>, jane@elm.example") == [
        ("Jane Doe", "jane@elm.example", "", ""),
        ("Bob Roe", "bob@elm.example", "", ""),
    ]


def test_a_name_in_the_email_field_names_who_has_no_other() -> None:
    assert people(email="Jane Doe <jane@elm.example>") == [("Jane Doe", "jane@elm.example", "", "")]


def test_what_is_no_address_is_told_and_not_taken() -> None:
    found, notes = contacts_of(Details(contact="Jane Doe", email="call first"), place_name="Elm School")
    assert found[0].email == ""
    assert [note.text for note in notes] == ["Email “call first” is not taken over."]


@pytest.mark.parametrize(
    "label", ["Mobile", "mobile", "Cell", "CELL PHONE", "Mobile Phone", "Alt. Mobile", "Cellular"]
)
def test_a_cell_phone_comes_from_a_labelled_field(label: str) -> None:
    """Requirement 47."""
    assert people(contact="Jane Doe", fields=((label, "860-555-0101"),)) == [("Jane Doe", "", "", "860-555-0101")]


def test_a_plain_label_comes_before_an_adorned_one_and_both_before_the_mobile_element() -> None:
    """Requirement 47: read all three."""
    fields = (("Alt. Mobile", "860-555-0102"), ("Mobile", "860-555-0101"))
    assert people(contact="J", fields=fields, mobile="860-555-0103") == [("J", "", "", "860-555-0101")]
    assert people(contact="J", mobile="860-555-0103") == [("J", "", "", "860-555-0103")]


def test_the_main_phone_is_never_the_cell_phone_and_alt_phone_is_only_a_suggestion() -> None:
    """Requirement 47."""
    found, notes = contacts_of(
        Details(contact="Jane", phone="860-555-0100", alt_phone="860-555-0109"), place_name="Elm School"
    )
    assert (found[0].phone, found[0].cell_phone) == ("860-555-0100", "")
    assert [note.text for note in notes] == ["Alt. phone “860-555-0109” is not taken over."]


def test_a_labelled_email_is_no_cell_phone_and_a_cc_is_no_email() -> None:
    fields = (("Mobile Email", "jane@elm.example"), ("CC Email", "ap@elm.example"))
    assert people(contact="Jane", fields=fields) == [("Jane", "jane@elm.example", "", "")]


def test_the_same_person_in_contact_first_and_last_name_and_the_list_is_one() -> None:
    listed = (Person(name="jane DOE", fields=(("Email", "Jane@elm.example"), ("Mobile", "860-555-0101"))),)
    assert people(contact="Jane Doe", email="jane@elm.example", alt_contact="Jane Doe", people=listed) == [
        ("Jane Doe", "jane@elm.example", "", "860-555-0101")
    ]


def test_namesakes_with_different_addresses_are_two() -> None:
    listed = (Person(name="John Smith", fields=(("Email", "john.b@elm.example"),)),)
    assert len(people(contact="John Smith", email="john.a@elm.example", people=listed)) == 2


def test_a_second_number_of_one_person_is_told() -> None:
    listed = (Person(name="Jane", fields=(("Email", "j@elm.example"), ("Main Phone", "860-555-0177"))),)
    _, notes = contacts_of(
        Details(contact="Jane", email="j@elm.example", phone="860-555-0100", people=listed), place_name="Elm School"
    )
    assert [note.code for note in notes] == ["phone_not_taken"]


def test_a_text_too_long_for_a_phone_is_told_and_left() -> None:
    text = "ask Jim in the office, he has had three numbers since Easter: 860-555-0101"
    found, notes = contacts_of(Details(contact="Jane", fields=(("Mobile", text),)), place_name="Elm School")
    assert found[0].cell_phone == ""
    assert text in notes[0].text


def test_what_is_lacking_is_said() -> None:
    """Requirement 10."""
    codes = {note.code for note in map_building(source()).doubts}
    assert codes == {"no_company_name", "no_billing_address", "no_phone", "no_email"}
    full = source(company="Elm", bill=OAK, phone="1234567", email="a@b.example")
    assert {note.code for note in map_building(full).doubts} == set()


# Properties

texts = st.text(max_size=30)
addresses = st.builds(
    Address, lines=st.lists(texts, max_size=5).map(tuple), city=texts, state=texts, postal_code=texts, country=texts
)
emails = st.lists(st.sampled_from(["a@x.example", "b@x.example", "Bob <b@x.example>", "none", ""]), max_size=3)
labels = st.sampled_from(["Mobile", "Cell", "Main Phone", "Main Email", "Work Phone", "Fax", "Other 1"])
fields = st.lists(
    st.tuples(labels, st.sampled_from(["860-555-0101", "(860) 555 0101", "c@x.example", ""])), max_size=3
)
names = st.sampled_from(["Jane Doe", "JANE DOE", "Joe", "", " "])
details = st.builds(
    Details,
    bill=addresses,
    ship=addresses,
    bill_block=st.lists(texts, max_size=5).map(tuple),
    ship_block=st.lists(texts, max_size=5).map(tuple),
    ship_to=st.lists(st.builds(ShipTo, name=texts, address=addresses, is_default=st.booleans()), max_size=3).map(
        tuple
    ),
    contact=names,
    alt_contact=names,
    first_name=names,
    phone=st.sampled_from(["", "860-555-0100", " "]),
    email=emails.map("; ".join),
    fields=fields.map(tuple),
    people=st.lists(st.builds(Person, name=names, fields=fields.map(tuple)), max_size=3).map(tuple),
)
sources = st.builds(
    SourceCustomer,
    list_id=st.just("1"),
    name=st.text(min_size=1, max_size=41).filter(lambda name: name.isprintable() and name.strip()),
    full_name=texts,
    company_name=texts,
    parent_list_id=st.sampled_from(["", "2"]),
    details=details,
)


@given(source=sources, naming=st.sampled_from(list(NAMINGS)))
def test_every_value_has_a_source_and_nothing_blank_is_made(source: SourceCustomer, naming: str) -> None:
    mapped = map_building(source, naming=naming)
    assert mapped.name.strip()
    assert mapped.physical_address is not None
    assert not mapped.billing_address.is_blank or mapped.sources["billing_address"] == "empty in QuickBooks"
    assert mapped.physical_address.is_blank <= mapped.billing_address.is_blank
    for person in mapped.contacts:
        said = dict(person.sources)
        assert person.name.strip()
        assert person.name_is_borrowed or person.name == person.name.strip()
        assert not person.name_is_borrowed or person.email or person.phone or person.cell_phone
        for field in ("name", "email", "phone", "cell_phone"):
            assert bool(getattr(person, field)) == (field in said)
        assert person.address == mapped.billing_address


def test_two_without_a_name_but_with_one_number_are_one() -> None:
    """Both would bear the building's name: nobody could tell them apart."""
    mobile = (("Mobile", "860-555-0101"),)
    mapped = map_building(source(alt_contact="Jane Doe", fields=mobile, people=(Person(fields=mobile),)))
    assert sorted(person.name for person in mapped.contacts) == ["Elm", "Jane Doe"]


@given(source=sources)
def test_nobody_stands_twice_at_one_building(source: SourceCustomer) -> None:
    people = map_building(source).contacts
    assert not any(is_same_person(one, other) for index, one in enumerate(people) for other in people[index + 1 :])


@given(source=sources)
def test_account_and_building_agree(source: SourceCustomer) -> None:
    account, building = map_account(source), map_building(source)
    assert (account.name, account.billing_address) == (building.name, building.billing_address)
