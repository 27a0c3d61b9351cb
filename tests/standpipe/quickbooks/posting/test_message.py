"""What QuickBooks will hold of an invoice's texts."""

from hypothesis import given
from hypothesis import strategies as st

from standpipe.core.addresses import Address
from standpipe.quickbooks.posting.message import Draft, Texts, fitted, memo_of, texts_of

ELM = Address(lines=("Elm School", "12 Elm St"), city="Hartford", state="CT", postal_code="06103")


def sent(**texts: object) -> Texts:
    return texts_of(Draft(**texts))  # type: ignore[arg-type]


def test_plain_texts_go_as_they_are() -> None:
    texts = sent(number="1042", memo="Yearly", descriptions=("Riser room",))
    assert (texts.number, texts.memo, texts.descriptions) == ("1042", "Yearly", ("Riser room",))
    assert texts.changes == texts.problems == ()


def test_the_memo_names_the_building_once() -> None:
    assert memo_of("", building_name="Elm School") == "Elm School"
    assert memo_of("Yearly inspection", building_name="Elm School") == "Yearly inspection – Elm School"
    assert memo_of("Inspection of ELM SCHOOL", building_name="Elm School") == "Inspection of ELM SCHOOL"
    assert memo_of("Yearly", building_name="") == "Yearly"


def test_ship_to_is_the_name_of_the_building_and_its_physical_address() -> None:
    texts = sent(building_name="Gym", physical_address=ELM)
    assert texts.ship_to is not None
    assert texts.ship_to.printed_lines == ("Gym", "Elm School", "12 Elm St", "Hartford, CT 06103")
    assert texts.changes == ()


def test_a_name_that_stands_in_the_address_already_stands_there_once() -> None:
    texts = sent(building_name="ELM school", physical_address=ELM)
    assert texts.ship_to is not None
    assert texts.ship_to.lines == ("Elm School", "12 Elm St")


def test_an_invoice_for_an_account_has_no_ship_to_and_bill_to_only_if_asked_for() -> None:
    assert sent().ship_to is None
    assert sent().bill_to is None
    ours = sent(bill_to_name="Alder Group", bill_to=ELM).bill_to
    assert ours is not None
    assert ours.lines == ("Alder Group", "Elm School", "12 Elm St")


def test_an_address_that_is_too_long_is_fitted_and_said() -> None:
    long = Address(lines=("A" * 60, "Second", "Third", "Fourth"), city="Hartford", country="Canada")
    texts = sent(building_name="Gym", physical_address=long)
    assert texts.ship_to is not None
    assert len(texts.ship_to.printed_lines) <= 5
    assert [change.field for change in texts.changes] == ["Ship To"]


def test_letters_that_quickbooks_does_not_have_are_replaced_and_said() -> None:
    texts = sent(memo="Kőszeg – 10″ pipe", number="№7")
    assert (texts.memo, texts.number) == ('Koszeg – 10" pipe', "No7")
    assert [(change.field, change.sent) for change in texts.changes] == [
        ("Number", "No7"),
        ("Memo", 'Koszeg – 10" pipe'),
    ]


def test_a_text_that_cannot_be_stored_says_where_it_stands() -> None:
    """Requirement 50: checked before sending, not after."""
    texts = sent(building_name="東京", physical_address=ELM, descriptions=("ok", "漢"), number="1" * 12)
    assert [(problem.field, problem.where) for problem in texts.problems] == [
        ("Number", "invoice"),
        ("Ship To", "building"),
        ("Description of line 2", "invoice"),
    ]
    assert "12 characters; QuickBooks holds 11" in texts.problems[0].text


def test_the_home_country_is_not_printed_and_another_one_is() -> None:
    assert fitted(Address(lines=("1 Elm St",), country="USA"), name="Gym").country == ""
    assert fitted(Address(lines=("1 Elm St",), country="Canada"), name="Gym").printed_lines[-1] == "Canada"


@given(
    name=st.text(st.characters(codec="cp1252", categories=("L", "N", "Zs")), min_size=1, max_size=90),
    lines=st.lists(st.text(st.characters(codec="cp1252", categories=("L", "N", "Zs")), max_size=90), max_size=5),
    city=st.sampled_from(["", "Hartford", "H" * 40]),
    country=st.sampled_from(["", "USA", "Canada"]),
)
def test_every_address_fits(name: str, lines: list[str], city: str, country: str) -> None:
    address = Address.from_json({"lines": lines, "city": city, "country": country})
    texts = sent(building_name=name.strip() or "Gym", physical_address=address)
    assert texts.ship_to is not None
    assert len(texts.ship_to.printed_lines) <= 5
    assert all(len(line) <= 41 for line in texts.ship_to.lines)
    assert len(texts.ship_to.city) <= 31
