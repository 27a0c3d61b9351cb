"""The tables of what went wrong, and who can do what about it."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbwire.status import (
    HRESULTS,
    LOCK_TEXTS,
    MESSAGE_SET_CODES,
    SEVERITY_RANGES,
    STATUS_CODES,
    Action,
    explain_hresult,
    explain_message_set,
    explain_status,
    severity_of,
)


@pytest.mark.parametrize(
    ("code", "severity"),
    [(0, "Info"), (1, "Info"), (499, "Info"), (500, "Warn"), (999, "Warn"), (1000, "Error"), (3120, "Error"),
     (-1, "Error"), (9099, "Error"), (9199, "Error"), (99999, "Error")],
)  # fmt: skip
def test_severity_follows_from_the_range(code: int, severity: str) -> None:
    assert severity_of(code) == severity


def test_ranges_follow_each_other_without_a_gap() -> None:
    assert SEVERITY_RANGES[0][0] == 0
    for (_, last, *_), (first, *_) in pairwise(SEVERITY_RANGES):
        assert first == last + 1


@pytest.mark.parametrize(
    "table", [STATUS_CODES, MESSAGE_SET_CODES, HRESULTS], ids=["status", "message set", "HRESULT"]
)
def test_every_meaning_is_a_sentence(table: dict[object, object]) -> None:
    for code, explanation in table.items():
        assert explanation.code == str(code)  # type: ignore[attr-defined]
        assert explanation.meaning.endswith(".")  # type: ignore[attr-defined]
        assert explanation.meaning[0].isupper()  # type: ignore[attr-defined]


def test_a_finished_request_needs_nobody() -> None:
    for code, explanation in STATUS_CODES.items():
        if severity_of(code) == "Error":
            assert explanation.action is not Action.NOTHING


@pytest.mark.parametrize("code", [3170, 3175, 3176, 3180])
@pytest.mark.parametrize("text", LOCK_TEXTS)
def test_a_record_that_somebody_has_open_is_tried_again(code: int, text: str) -> None:
    explanation = explain_status(code, message=f"The customer is {text.upper()} now.")
    assert explanation.action in {Action.RETRY, Action.RETRY_FRESH}


def test_the_mixed_bag_is_read_by_its_message() -> None:
    assert explain_status(3180, message="The credit limit is exceeded.").action is Action.ASK_USER
    assert explain_status(3180, message="The list could not be locked.").action is Action.RETRY


@pytest.mark.parametrize(
    ("code", "action"),
    [(42, Action.NOTHING), (999, Action.NOTHING), (2345, Action.SETUP), (9150, Action.SETUP), (3099, Action.ASK_USER),
     (4711, Action.ASK_USER)],
)  # fmt: skip
def test_an_unlisted_code_is_judged_by_its_range(code: int, action: Action) -> None:
    explanation = explain_status(code)
    assert (explanation.code, explanation.action, explanation.confirmed) == (str(code), action, False)


def test_no_code_of_error_recovery_but_success_allows_sending_again() -> None:
    """Anything else proves nothing: the file is read back first."""
    for code in (None, 600, 9001, 9002, 9005, 4711):
        assert explain_message_set(code).action is Action.READ_BACK
    assert explain_message_set(0).action is Action.NOTHING


@pytest.mark.parametrize("written", ["0x80040418", "0X80040418", " 0x80040418 ", "80040418"])
def test_hresults_are_found_in_any_case(written: str) -> None:
    assert explain_hresult(written) == HRESULTS["0x80040418"]
    assert explain_hresult("0x8004040a") == HRESULTS["0x8004040A"]


def test_an_unknown_hresult_is_tried_again() -> None:
    assert explain_hresult("0x8000FFFF").action is Action.RETRY
    assert explain_hresult("").action is Action.RETRY


@given(st.integers(), st.text(), st.text())
def test_explaining_never_fails(code: int, message: str, hresult: str) -> None:
    assert explain_status(code, message=message).meaning
    assert explain_message_set(code).meaning
    assert explain_hresult(hresult).meaning
