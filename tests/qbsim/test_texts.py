"""The table of status codes agrees with what the simulator says, and with what public sources confirm."""

import ast
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

import qbsim
from qbsim.checking import _VALUE_RULES
from qbsim.texts import MESSAGE_SET_STATUSES, STATUSES, severity, status_text

SOURCES = sorted(Path(qbsim.__file__).parent.rglob("*.py"))

# Codes whose number comes from general knowledge of the SDK; every other one stands in a source: Intuit's pages on
# status codes and QBD-errorcodes, the lists of amigopos and etechrecovery, and recorded answers in qbwc, qbwc-common,
# flowlink, quickbooks-php, ayssoftware, KaydBooks and interweave. Of 3070 a source has the text but not the number.
UNCONFIRMED = {
    3070,
    *(3040, 3045, 3050, 3060, 3080, 3085, 3090, 3110, 3121, 3150, 3151, 3153, 3160, 3161, 3162, 3172, 3173, 3177),
    *(3181, 3185, 3190, 3205, 3220, 3230, 3240, 3262, 3270, 3280, 9100),
}


def raised() -> Iterator[tuple[str, int, set[str] | None]]:
    """Walk every place that names a status code: where, the code, and the places of its text that it fills."""
    for path in SOURCES:
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call):
                for code in _codes(call):
                    yield f"{path.name}:{call.lineno}", code, _places(call)


def _codes(call: ast.Call) -> Iterator[int]:
    name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
    by_position = call.args[:1] if name in {"refused", "Status", "ValueFault", "status_text"} else []
    by_name = [each.value for each in call.keywords if each.arg == "code" and name == "CompanyError"]
    for argument in (*by_position, *by_name):
        for node in ast.walk(argument):
            if isinstance(node, ast.Constant) and type(node.value) is int:
                yield node.value


def _places(call: ast.Call) -> set[str] | None:
    """Return the names that a call fills; None where its text is another or the names are not to be seen."""
    name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
    keywords = {each.arg for each in call.keywords}
    if name in {"CompanyError", "ValueFault"} or None in keywords or "text" in keywords:
        return None
    if name != "Status":
        return {str(keyword) for keyword in keywords}
    if len(call.args) < 2:
        return set()
    given = call.args[1]
    return {str(ast.literal_eval(key)) for key in given.keys if key} if isinstance(given, ast.Dict) else None


def wanted(code: int) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(STATUSES[code].text) if name}


def test_every_code_that_is_raised_stands_in_the_table() -> None:
    codes = [(where, code) for where, code, _ in raised()]
    assert len(codes) > 60, "the search finds them"
    assert [each for each in codes if each[1] not in STATUSES] == []
    assert {code for code, _ in _VALUE_RULES.values()} <= set(STATUSES)


def test_every_code_of_the_table_is_raised_somewhere() -> None:
    constants = {
        node.value
        for path in SOURCES
        if path.name != "texts.py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and type(node.value) is int
    }
    assert set(STATUSES) - constants == set()


def test_every_text_gets_what_it_names() -> None:
    lacking = [(where, code, wanted(code) - places) for where, code, places in raised() if places is not None]
    assert [each for each in lacking if each[2]] == []


@pytest.mark.parametrize("code", STATUSES)
def test_every_text_can_be_said(code: int) -> None:
    places = dict.fromkeys(wanted(code), "Alder")
    said = status_text(code, **places)
    assert said
    assert "{" not in said
    assert ("Alder" in said) == bool(places)


def test_severity_goes_by_range() -> None:
    for code in (*STATUSES, *MESSAGE_SET_STATUSES):
        expected = "Info" if code < 500 else "Warn" if code < 1000 else "Error"
        assert severity(code) == expected


def test_what_no_source_confirms_is_marked() -> None:
    assert {code for code, row in STATUSES.items() if not row.confirmed} == UNCONFIRMED & set(STATUSES)


def test_codes_of_message_sets_are_those_of_the_error_recovery_page() -> None:
    assert list(MESSAGE_SET_STATUSES) == [0, 600, 9001, 9002, 9003, 9004, 9005]
