"""The catalogue of failures: complete, no sentence twice, and sharper where QuickBooks names things."""

from collections import Counter

import pytest

from qbsim import texts
from qbwire import status
from standpipe.quickbooks.explain import Who, explain
from standpipe.quickbooks.failures import CATALOGUE, HRESULT, MESSAGE_SET, REPAIRS, STATUS


def test_every_code_that_quickbooks_answers_has_its_row() -> None:
    """Pain 13."""
    assert set(STATUS) - {"9100"} == {str(code) for code in status.STATUS_CODES}
    assert set(MESSAGE_SET) == {f"set-{code}" for code in status.MESSAGE_SET_CODES}
    assert set(HRESULT) == set(status.HRESULTS)


def test_the_simulator_answers_nothing_that_has_no_row() -> None:
    """Pain 13: the other side's own tables, which share nothing with ours."""
    assert [code for code in texts.STATUSES if not explain(str(code)).is_known] == []
    assert [code for code in texts.HRESULTS if not explain(code).is_known] == []


@pytest.mark.parametrize("part", ["title", "cause"])
def test_no_two_codes_share_a_sentence(part: str) -> None:
    said = Counter(getattr(entry, part) for entry in CATALOGUE.values())
    assert [text for text, times in said.items() if times > 1] == []


@pytest.mark.parametrize("entry", CATALOGUE.values(), ids=CATALOGUE.keys())
def test_a_row_is_written_for_people(entry) -> None:
    for text in (entry.title, entry.cause, entry.consequence):
        assert text.strip() == text
        assert text[0].isupper() or text[0] == "{"
    assert not entry.title.endswith(".")
    assert entry.cause.endswith(".")
    assert entry.consequence.endswith(".")
    assert set(entry.repairs) <= set(REPAIRS)
    assert entry.repairs or entry.who is not Who.YOU  # who has to act gets a button


def test_every_repair_is_offered_somewhere() -> None:
    offered = {key for code in (*CATALOGUE, *texts.STATUSES) for key in explain(str(code)).repairs}
    assert set(REPAIRS) == offered


def test_a_person_has_nothing_to_do_where_it_repeats_by_itself() -> None:
    """Pain 14: a dialog, a lock."""
    for code in ("0x80040414", "3175", "3176", "3170", "1010"):
        assert explain(code).who is Who.NOBODY


REFERENCES = [
    ("Item", "Pump test", "QuickBooks does not find the item “Pump test”", "choose_item"),
    ("Terms", "Net 45", "QuickBooks does not find the terms “Net 45”", "choose_terms"),
    ("Customer", "Elm:Gym", "QuickBooks does not find the customer “Elm:Gym”", "link_again"),
    ("PaymentMethod", "Wire", "QuickBooks does not find the payment method “Wire”", "choose_method"),
    ("Payment Method", "Wire", "QuickBooks does not find the payment method “Wire”", "choose_method"),
    ("Account", "Safe", "QuickBooks does not find the account “Safe”", "choose_account"),
    ("ItemSalesTax", "County", "QuickBooks does not find the sales tax item “County”", "choose_tax"),
    ("SalesTaxCode", "Gov", "QuickBooks does not find the sales tax code “Gov”", "choose_tax"),
    ("Class", "East", "QuickBooks does not find the Class “East”", "link_again"),
]


@pytest.mark.parametrize(("kind", "value", "title", "repair"), REFERENCES)
def test_3140_says_what_is_missing_and_what_repairs_it(kind: str, value: str, title: str, repair: str) -> None:
    message = texts.status_text(3140, kind=kind, value=value, field="Invoice")
    explained = explain("3140", message)
    assert explained.title == title
    assert explained.repairs[0] == repair
    assert explained.said == message


FIELDS = [
    (
        3070,
        {"value": "W-10000000042", "field": "RefNumber"},
        "The number is too long for QuickBooks",
        "choose_number",
    ),
    (3070, {"value": "x" * 5000, "field": "Memo"}, "The memo is too long for QuickBooks", "shorten_text"),
    (
        3020,
        {"value": "1066-10-14", "field": "TxnDate"},
        "QuickBooks cannot read the date “1066-10-14”",
        "change_date",
    ),
    (
        3210,
        {"value": "900.00", "field": "PaymentAmount", "reason": "It is more than is open."},
        "QuickBooks does not accept “900.00” as amount",
        "change_amount",
    ),
    (3205, {"field": "BillAddress", "reason": "Too many lines."}, None, "leave_bill_to"),
    (
        3090,
        {"value": "Elm?", "field": "Desc", "reason": "No."},
        "QuickBooks does not store “Elm?” as description",
        "shorten_text",
    ),
]


@pytest.mark.parametrize(("code", "places", "title", "repair"), FIELDS)
def test_a_field_that_is_named_decides_the_repair(code: int, places, title: str | None, repair: str) -> None:
    explained = explain(str(code), texts.status_text(code, **places))
    assert title is None or explained.title == title
    assert explained.repairs[0] == repair


SAVINGS = [
    ("The list has been modified by another user.", Who.NOBODY, "retry"),
    ("The customer is over its credit limit.", Who.YOU, "retry"),
    ("The invoice number has already been used.", Who.YOU, "choose_number"),
    ("Something nobody has heard of.", Who.YOU, "retry"),
]


@pytest.mark.parametrize(("reason", "who", "repair"), SAVINGS)
def test_3180_is_read_by_its_reason(reason: str, who: Who, repair: str) -> None:
    explained = explain("3180", texts.status_text(3180, reason=reason))
    assert (explained.who, explained.repairs[0]) == (who, repair)


def test_a_message_that_names_nothing_leaves_the_plain_heading() -> None:
    assert explain("3140", "").title == "QuickBooks does not find something that it names"
    assert explain("3070", "Zu lang.").title == "A text is too long for QuickBooks"


def test_codes_are_found_however_they_are_written() -> None:
    assert explain("0x8004040a").code == "0x8004040A"
    assert explain(" 3175 ").code == "3175"
    assert explain("9002").code == "set-9002"
    assert explain("600").code == "600"
    assert explain("9117").title == explain("9100").title


@pytest.mark.parametrize("code", ["4711", "0x80049999", "", "nonsense"])
def test_an_unknown_code_keeps_the_words_of_quickbooks(code: str) -> None:
    explained = explain(code, "Strange things happened.", kind="payment")
    assert not explained.is_known
    assert explained.said == "Strange things happened."
    assert "report" in explained.repairs
    assert "{" not in explained.consequence


@pytest.mark.parametrize("noun", ["invoice", "payment"])
def test_the_consequence_speaks_of_the_record(noun: str) -> None:
    assert explain("3120", kind=noun).consequence.startswith(f"The {noun} is not in QuickBooks")
