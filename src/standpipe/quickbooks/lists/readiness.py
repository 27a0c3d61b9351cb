"""What to put in order in QuickBooks before importing: what is missing or doubtful, customer by customer. Pure.

The help article advises to update profiles first, because they are copied once. One pass over the list finds it all:
what a customer lacks, and what several have in common that should have it alone.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from standpipe.core.emails import split_emails
from standpipe.core.phones import phone_key
from standpipe.core.text import is_blank, name_key

OVER_JOBS = ("Closed", "NotAwarded")  # qbXML 13 reference, JobStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing to look for. ``advice`` says what to do about it in QuickBooks."""

    code: str
    title: str
    advice: str


CHECKS = (
    Check(code="no_company_name", title="No company name", advice="It will bear its customer or job name."),
    Check(code="no_billing_address", title="No billing address", advice="Accounts and buildings come without one."),
    Check(
        code="no_street",
        title="No line that reads like a street",
        advice="The address has no line that begins with a number or a P.O. box.",
    ),
    Check(
        code="line_like_name",
        title="Address line that looks like a name",
        advice="A line repeats the name, the company or the contact. It is kept as a line of the address.",
    ),
    Check(code="no_email", title="No e-mail", advice="Its contact comes without an e-mail address."),
    Check(
        code="several_emails",
        title="Several e-mails in one field",
        advice="Each makes a contact of its own. Put the others into the contact list.",
    ),
    Check(code="odd_email", title="E-mail that is none", advice="The text in the e-mail field is not an address."),
    Check(code="no_phone", title="No phone", advice="Its contact comes without a phone number."),
    Check(
        code="same_name",
        title="Name that another customer has",
        advice="Customers whose names differ in case, signs or blanks at most. Merge them, or tell them apart.",
    ),
    Check(code="same_phone", title="Phone that another customer has", advice="Perhaps the same customer twice."),
    Check(
        code="same_address",
        title="Billing address that another customer has",
        advice="Perhaps the same customer twice, or jobs that stand as customers.",
    ),
    Check(
        code="job_without_address",
        title="Job without an address of its own",
        advice="It has its customer’s, or none. A building needs the place where the work is: fill in Ship To.",
    ),
    Check(
        code="active_below_inactive",
        title="Active job of an inactive customer",
        advice="It is listed, and its customer is not.",
    ),
    Check(code="over_but_active", title="Closed job that is still active", advice="Make it inactive, if it is over."),
)
TITLES = {check.code: check.title for check in CHECKS}


@dataclass(frozen=True, slots=True)
class Row:
    """A customer or job as far as the report looks at it."""

    list_id: str
    parent_list_id: str
    name: str
    company_name: str
    job_status: str
    is_active: bool
    name_key: str
    billing_key: str
    physical_key: str
    details: Mapping[str, Any]  # as ``Details.to_json`` has it


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """``found``: ListID to the codes of what there is to look at, as ``CHECKS`` has them; the rest is in order."""

    found: Mapping[str, tuple[str, ...]]
    counts: Mapping[str, int]
    total: int

    def having(self, code: str) -> list[str]:
        """The ListIDs with this finding; with any, where ``code`` is ``""``."""
        return [list_id for list_id, codes in self.found.items() if not code or code in codes]


def report_on(rows: Iterable[Row]) -> Report:
    """Looks at the active ones. Inactive ones count only as what active jobs stand below."""
    rows = list(rows)
    known = {row.list_id: row for row in rows}
    looked = [row for row in rows if row.is_active]
    common = _Common(looked)
    found = {}
    for row in looked:
        codes = tuple(_codes(row, above=known.get(row.parent_list_id), common=common))
        if codes:
            found[row.list_id] = codes
    counts = Counter(code for codes in found.values() for code in codes)
    return Report(found=found, counts=counts, total=len(looked))


class _Common:
    """What several customers have. Jobs do not count: they have their customer's."""

    def __init__(self, rows: Sequence[Row]) -> None:
        customers = [row for row in rows if not row.parent_list_id]
        self.names = _shared(row.name_key for row in customers)
        self.addresses = _shared(row.billing_key for row in customers)
        self.phones = _shared(phone_key(row.details.get("phone", "")) for row in customers)


def _shared(values: Iterable[str]) -> set[str]:
    counts = Counter(values)
    return {value for value, count in counts.items() if value and count > 1}


def _codes(row: Row, *, above: Row | None, common: _Common) -> Iterable[str]:
    judged = {
        **_own(row),
        **({} if row.parent_list_id else _shared_with_others(row, common)),
        **(_below(row, above) if row.parent_list_id else {}),
    }
    return (check.code for check in CHECKS if judged.get(check.code))


# Most are one plain address; only the others need a closer look.
_ONE_EMAIL = re.compile(r"[A-Za-z0-9_.+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,4}[A-Za-z]{2,20}")


def _own(row: Row) -> dict[str, bool]:
    said = row.details
    email = said.get("email", "")
    emails = split_emails(email) if email and not _ONE_EMAIL.fullmatch(email) else None
    has_address = bool(said.get("bill") or said.get("bill_block"))
    return {
        "no_company_name": is_blank(row.company_name),
        "no_billing_address": not has_address,
        "no_street": has_address and not row.billing_key,
        "line_like_name": has_address and _has_name_line(row),
        "no_email": not email if emails is None else not (emails.mailboxes or emails.rest),
        "several_emails": emails is not None and len(emails.mailboxes) > 1,
        "odd_email": emails is not None and bool(emails.rest),
        "no_phone": is_blank(said.get("phone", "")),
    }


def _has_name_line(row: Row) -> bool:
    said = row.details
    person = f"{said.get('first_name', '')} {said.get('last_name', '')}"
    names = (row.name, row.company_name, said.get("contact", ""), person)
    keys = {name_key(name) for name in names} - {""}
    lines = said["bill"]["lines"] if said.get("bill") else said.get("bill_block", ())
    return any(name_key(line) in keys for line in lines)


def _shared_with_others(row: Row, common: _Common) -> dict[str, bool]:
    return {
        "same_name": row.name_key in common.names,
        "same_phone": phone_key(row.details.get("phone", "")) in common.phones,
        "same_address": row.billing_key in common.addresses,
    }


def _below(row: Row, above: Row | None) -> dict[str, bool]:
    own = bool(row.physical_key) and (above is None or row.physical_key != above.physical_key)
    return {
        "job_without_address": not own,
        "active_below_inactive": above is not None and not above.is_active,
        "over_but_active": row.job_status in OVER_JOBS,
    }


# --- as a file for a spreadsheet

_ACTS = ("=", "+", "-", "@", "\t", "\r", "\n")  # what a spreadsheet takes for a formula (OWASP, CSV injection)


def safe_cell(text: str) -> str:
    """``text`` as a cell that no spreadsheet runs: an apostrophe before what it would."""
    return f"'{text}" if text.startswith(_ACTS) or text.lstrip().startswith(_ACTS) else text


HEAD: tuple[tuple[str, Callable[[Any], str]], ...] = (
    ("Customer or job", lambda one: one.full_name),
    ("Kind", lambda one: "Job" if one.is_job else "Customer"),
    ("Company name", lambda one: one.company_name),
    ("Phone", lambda one: one.details.get("phone", "")),
    ("E-mail", lambda one: one.details.get("email", "")),
)


def csv_rows(customers: Iterable[Any], report: Report) -> Iterable[list[str]]:
    """The heading, then a line a customer: who it is, how much there is to look at, and a mark for each check."""
    yield [*(title for title, _ in HEAD), "To look at", *(check.title for check in CHECKS), "QuickBooks ListID"]
    for one in customers:
        codes = report.found[one.list_id]
        marks = ["x" if check.code in codes else "" for check in CHECKS]
        yield [*(safe_cell(read(one)) for _, read in HEAD), str(len(codes)), *marks, safe_cell(one.list_id)]
