"""The two tables that set-up page, link page and help page read."""

import re

import pytest

from standpipe.quickbooks.connections.steps import FAILURES, STEPS, Evidence, StepKey, failure_of, failures_at


def test_steps_stand_in_the_order_of_doing():
    assert [step.key for step in STEPS] == list(StepKey)


def test_every_kind_of_evidence_ticks_a_step():
    assert {step.evidence for step in STEPS} == {*Evidence, None}


@pytest.mark.parametrize(
    ("key", "words"),
    [
        (StepKey.OPEN_FILE, "Admin, in single-user mode"),
        (StepKey.ADD, "Authorize New Web Service"),
        (StepKey.CERTIFICATE, "Yes, always; allow access even if QuickBooks is not running"),
        (StepKey.RUN, "Update Selected"),
        (StepKey.RUN, "Auto-Run"),
        (StepKey.BACK, "Multi-user Mode"),
    ],
)
def test_steps_use_the_words_on_the_screen_there(key, words):
    step = next(step for step in STEPS if step.key == key)
    assert words in " ".join((step.title, *step.lines))


@pytest.mark.parametrize(
    ("code", "key"),
    [
        ("QBWC1039", StepKey.ADD),
        ("QBWC1040", StepKey.PASSWORD),
        ("QBWC1048", StepKey.ADD),
        ("0x80040418", StepKey.CERTIFICATE),
    ],
)
def test_known_failures_stand_under_their_step(code, key):
    assert any(code in failure.codes for failure in failures_at(key))


def test_every_number_is_explained_once_with_what_to_do():
    codes = [code for failure in FAILURES for code in failure.codes]
    assert len(codes) == len(set(codes))
    assert all(re.fullmatch(r"QBWC\d{4}|0x[0-9A-F]{8}", code) for code in codes)
    for failure in FAILURES:
        assert failure.meaning.endswith(".")
        assert failure.repair.endswith(".")


def test_a_number_is_found_in_any_case_and_an_unknown_one_is_not():
    assert failure_of("0X8004040a") is failure_of("0x8004040A") is not None
    assert failure_of(" qbwc1040 ") is not None
    assert failure_of("0x80049999") is None
    assert failure_of("") is None
