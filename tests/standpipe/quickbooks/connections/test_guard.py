"""Which company file is open: the table of design 3.9, row by row and in all combinations."""

from __future__ import annotations

from itertools import product
from uuid import UUID

import pytest

from standpipe.quickbooks.connections.guard import KnownFile, SeenFile, Verdict, judge, same_path

OURS = UUID("66666666-7777-4888-8999-aaaaaaaaaaaa")
STAMPS = {
    "ours": "{66666666-7777-4888-8999-AAAAAAAAAAAA}",
    "other": "{11111111-2222-4333-8444-555555555555}",
    "missing": "",
}
NAME, PATH = "Acme", r"C:\Books\Acme.QBW"


def verdict(*, was_read: bool, stamp: str, same_name: bool = True, same_path: bool = True) -> Verdict:
    known = KnownFile(
        file_id=OURS, was_read=was_read, company_name=NAME if was_read else "", path=PATH if was_read else ""
    )
    seen = SeenFile(
        file_id=STAMPS[stamp],
        company_name=NAME if same_name else "Beta",
        path=PATH if same_path else r"D:\Copies\Acme.QBW",
    )
    return judge(known, seen)


EXPECTED = {
    # file read before, stamp: {(same name, same path): verdict}
    (False, "ours"): dict.fromkeys(product((True, False), repeat=2), Verdict.BIND),
    (False, "missing"): dict.fromkeys(product((True, False), repeat=2), Verdict.BIND),
    (False, "other"): dict.fromkeys(product((True, False), repeat=2), Verdict.OTHER_FILE),
    (True, "other"): dict.fromkeys(product((True, False), repeat=2), Verdict.OTHER_FILE),
    (True, "ours"): {
        (True, True): Verdict.GO,
        (False, True): Verdict.GO,  # somebody edited the company's name
        (True, False): Verdict.MOVED,
        (False, False): Verdict.MOVED,
    },
    (True, "missing"): {
        (True, True): Verdict.GO,
        (False, True): Verdict.UNSTAMPED,
        (True, False): Verdict.UNSTAMPED,
        (False, False): Verdict.UNSTAMPED,
    },
}


@pytest.mark.parametrize(("was_read", "stamp"), EXPECTED)
def test_every_combination_has_its_verdict(was_read, stamp):
    for (same_name, has_path), expected in EXPECTED[was_read, stamp].items():
        assert verdict(was_read=was_read, stamp=stamp, same_name=same_name, same_path=has_path) is expected


def test_only_two_verdicts_let_a_session_through():
    assert {one for one in Verdict if not one.is_refusal} == {Verdict.BIND, Verdict.GO}


@pytest.mark.parametrize("said", ["not a GUID", "0", "{66666666-7777-4888-8999}"])
def test_a_stamp_that_is_no_file_id_is_not_ours(said):
    known = KnownFile(file_id=OURS, was_read=True, company_name=NAME, path=PATH)
    assert judge(known, SeenFile(file_id=said, company_name=NAME, path=PATH)) is Verdict.OTHER_FILE


@pytest.mark.parametrize("written", [str(OURS), f"{{{OURS}}}", str(OURS).upper(), f" {{{OURS}}} "])
def test_a_stamp_counts_however_it_is_written(written):
    known = KnownFile(file_id=OURS, was_read=True, company_name=NAME, path=PATH)
    assert judge(known, SeenFile(file_id=written, company_name=NAME, path=PATH)) is Verdict.GO


@pytest.mark.parametrize(("company_name", "path"), [("", PATH), (NAME, ""), (" ", PATH), ("", "")])
@pytest.mark.parametrize("was_read", [True, False])
def test_an_unstamped_file_without_name_or_path_is_nobodys(company_name, path, was_read):
    known = KnownFile(file_id=OURS, was_read=was_read, company_name=company_name, path=path)
    assert judge(known, SeenFile(file_id="", company_name=company_name, path=path)) is Verdict.UNSTAMPED


def test_windows_paths_are_the_same_in_any_case_and_with_any_slash():
    assert same_path(r"C:\Books\ACME.qbw", "c:/books/Acme.QBW ")
    assert not same_path(r"C:\Books\Acme.qbw", r"\\server\Books\Acme.qbw")
