"""Wire text and Python values, and what QuickBooks can hold."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbwire.errors import UnstorableText, UserError
from qbwire.scalars import (
    AMOUNT,
    BOOL,
    DATE,
    DATETIME,
    FLOAT,
    GUID,
    INT,
    PERCENT,
    PRICE,
    QUANTITY,
    Scalar,
    Storable,
    fits_quickbooks,
    integer,
    legal_text,
    storable_text,
)

# --- the basic types ------------------------------------------------------------------------------

READ: list[tuple[Scalar, str, Any]] = [
    (BOOL, "true", True),
    (BOOL, "0", False),
    (BOOL, " FALSE ", False),
    (INT, " -12 ", -12),
    (AMOUNT, "100", Decimal(100)),
    (AMOUNT, "-55.00", Decimal("-55.00")),
    (AMOUNT, "+0.5", Decimal("0.5")),
    (PRICE, "1.23456", Decimal("1.23456")),
    (QUANTITY, "2.", Decimal(2)),
    (PERCENT, "7.75", Decimal("7.75")),
    (FLOAT, "1.0875", Decimal("1.0875")),
    (DATE, "2024-02-29", date(2024, 2, 29)),
]


@pytest.mark.parametrize(("scalar", "text", "value"), READ)
def test_texts_are_read(scalar: Scalar, text: str, value: Any) -> None:
    read = scalar.read(text)
    assert read == value
    assert type(read) is scalar.python


@pytest.mark.parametrize(
    ("scalar", "text"),
    [
        (BOOL, "yes"),
        (BOOL, "2"),
        (INT, "1.0"),
        (INT, "1_000"),
        (INT, "٣"),
        (INT, "9" * 19),
        (AMOUNT, "$5.00"),
        (AMOUNT, "1,000.00"),
        (AMOUNT, "1e5"),
        (AMOUNT, "NaN"),
        (AMOUNT, "Infinity"),
        (AMOUNT, "."),
        (AMOUNT, "1_0"),
        (DATE, "2023-02-29"),
        (DATE, "20240101"),
        (DATE, "2024-W01-1"),
        (DATE, "1/2/2024"),
    ],
)
def test_texts_of_another_form_are_refused(scalar: Scalar, text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        scalar.read(text)


@pytest.mark.parametrize(
    ("scalar", "value", "text"),
    [
        (BOOL, True, "true"),
        (BOOL, False, "false"),
        (INT, 0, "0"),
        (AMOUNT, Decimal(100), "100.00"),
        (AMOUNT, Decimal("-0.5"), "-0.50"),
        (AMOUNT, Decimal("-0.00"), "0.00"),
        (AMOUNT, Decimal("1E+3"), "1000.00"),
        (PRICE, Decimal("80.00"), "80"),
        (PRICE, Decimal("1.23450"), "1.2345"),
        (QUANTITY, Decimal("2.5"), "2.5"),
        (QUANTITY, Decimal("1E+2"), "100"),
        (FLOAT, Decimal("1.08"), "1.08"),
        (DATE, date(1970, 1, 1), "1970-01-01"),
        (GUID, "0", "0"),
        (DATETIME, "2024-03-31", "2024-03-31"),
        (DATETIME, "2024-03-31T17:05:00", "2024-03-31T17:05:00"),
    ],
)
def test_values_are_written(scalar: Scalar, value: Any, text: str) -> None:
    assert scalar.write(value) == text


@pytest.mark.parametrize(
    ("scalar", "value"),
    [
        (AMOUNT, Decimal("0.005")),  # never rounded
        (AMOUNT, Decimal("1E+13")),
        (AMOUNT, Decimal("NaN")),
        (PRICE, Decimal("0.000001")),
        (PRICE, Decimal("1E+10")),
        (FLOAT, Decimal("Infinity")),
        (DATE, date(1969, 12, 31)),
        (DATE, date(2038, 1, 20)),
        (GUID, "{1}"),
        (GUID, "11111111-2222-4333-8444-555555555555"),
        (DATETIME, "2024-03-31T17:05:00Z"),
        (DATETIME, "2024-03-31T17:05:00.5"),
        (DATETIME, "2024-03-31 17:05:00"),
        (integer(least=1), 0),
        (integer(least=1, most=12), 13),
    ],
)
def test_values_that_a_form_cannot_hold_are_refused(scalar: Scalar, value: Any) -> None:
    with pytest.raises(ValueError, match=r".+"):
        scalar.write(value)


@pytest.mark.parametrize(("scalar", "places", "digits"), [(AMOUNT, 2, 13), (PRICE, 5, 10), (QUANTITY, 5, 10)])
@given(data=st.data())
def test_every_number_survives(scalar: Scalar, places: int, digits: int, data: st.DataObject) -> None:
    most = 10**digits - 1
    value = data.draw(st.decimals(-most, most, places=places))
    assert scalar.read(scalar.write(value)) == value


# --- what QuickBooks can hold ---------------------------------------------------------------------

KEPT = ["Elm School", "Zoë & Söhne – “5 €” … ™", "O’Neil", "straße", "¼ ½ ×"]


@pytest.mark.parametrize("text", KEPT)
def test_what_windows_1252_holds_is_kept(text: str) -> None:
    """Requirement 50."""
    assert storable_text(text, field="Name") == Storable(text=text)


@pytest.mark.parametrize(
    ("text", "written", "changes"),
    [
        ("Łódź", "Lódz", ("“Ł” became “L”", "“ź” became “z”")),
        ("Dvořák", "Dvorák", ("“ř” became “r”",)),
        ("№ 5 ﬁne", "No 5 fine", ("“№” became “No”", "“ﬁ” became “fi”")),
        ("a−b‐c", "a-b-c", ("“−” became “-”", "“‐” became “-”")),
        ("5′ 6″", "5' 6\"", ("“′” became “'”", '“″” became “"”')),
        ("thin\u2009space", "thin space", ("“\u2009” became “ ”",)),
        ("e\u0301te\u0301", "été", ()),  # the same text, composed
        ("a\u200bb\ufeff", "ab", ("invisible characters were removed",)),
        ("a\x00b\x0bc\x9f", "abc", ("control characters were removed",)),
        ("ąą", "aa", ("“ą” became “a”",)),
    ],
)
def test_what_has_a_look_alike_is_replaced_and_reported(text: str, written: str, changes: tuple[str, ...]) -> None:
    """Requirement 50."""
    assert storable_text(text, field="Name") == Storable(text=written, changes=changes)


@pytest.mark.parametrize("text", ["漢字", "Привет", "ok 😀", "שלום", "ελ"])
def test_what_has_none_is_refused_with_the_field_named(text: str) -> None:
    """Requirement 50."""
    with pytest.raises(UnstorableText, match="Company name holds") as caught:
        storable_text(text, field="Company name")
    assert caught.value.field == "Company name"
    assert caught.value.repair


@pytest.mark.parametrize("text", ["a\tb", "a\nb", "a\r\nb"])
def test_names_are_one_line(text: str) -> None:
    with pytest.raises(UnstorableText, match="Name holds a tab or a line break"):
        storable_text(text, field="Name")
    assert storable_text(text, field="Memo", one_line=False).text == text


def test_text_that_is_too_long_says_by_how_much() -> None:
    """Requirement 50: check before sending, not after. The length counts after what look-alikes make of it."""
    assert storable_text("№" * 20, field="Name", limit=40).text == "No" * 20
    with pytest.raises(UnstorableText, match="Name has 42 characters; QuickBooks holds 41") as caught:
        storable_text("№" * 21, field="Name", limit=41)
    assert caught.value.repair == "Shorten it by 1."


@given(st.text())
def test_what_comes_out_fits_and_comes_out_again_unchanged(text: str) -> None:
    try:
        storable = storable_text(text, field="Memo", one_line=False)
    except UserError:
        return
    assert fits_quickbooks(storable.text)
    assert storable_text(storable.text, field="Memo", one_line=False) == Storable(text=storable.text)


@given(st.text())
def test_legal_text_can_stand_in_xml(text: str) -> None:
    from lxml import etree

    element = etree.Element("x")
    element.text = legal_text(text)
    assert etree.fromstring(etree.tostring(element)) is not None
