"""What customers are filtered and counted by, as bits of one small number: an index holds it for every row. Pure."""

import re
from collections.abc import Iterable, Mapping
from enum import IntFlag
from typing import Any

from standpipe.core.emails import split_emails
from standpipe.core.text import is_blank

SHUT_JOBS = ("Closed", "NotAwarded")  # qbXML 13 reference, JobStatus


class Trait(IntFlag):
    ACTIVE = 1
    JOB = 2
    SHUT = 4  # a job that is closed or was not awarded
    NO_COMPANY_NAME = 8
    NO_BILLING_ADDRESS = 16
    NO_PHONE = 32
    NO_EMAIL = 64


def traits_of(
    details: Mapping[str, Any], *, is_active: bool, parent_list_id: str, job_status: str, company_name: str
) -> int:
    """The number of a customer; ``details`` as ``Details.to_json`` has them. What prints as nothing is missing."""
    found = Trait.ACTIVE.value if is_active else 0
    if parent_list_id:
        found |= _SHUT_JOB if job_status in SHUT_JOBS else _JOB
    if is_blank(company_name):
        found |= _NO_COMPANY_NAME
    if not _holds_ink(_billing_texts(details)):
        found |= _NO_BILLING_ADDRESS
    if is_blank(details.get("phone", "")):
        found |= _NO_PHONE
    if not _holds_email(details.get("email", "")):
        found |= _NO_EMAIL
    return found


# Plain numbers: a flag costs a microsecond, and there are a million rows.
_JOB, _SHUT_JOB = Trait.JOB.value, (Trait.JOB | Trait.SHUT).value
_NO_COMPANY_NAME, _NO_BILLING_ADDRESS = Trait.NO_COMPANY_NAME.value, Trait.NO_BILLING_ADDRESS.value
_NO_PHONE, _NO_EMAIL = Trait.NO_PHONE.value, Trait.NO_EMAIL.value

# Nearly every address is one of these; the others are read with care.
_PLAIN_EMAIL = re.compile(r"[a-z0-9_+-]+(\.[a-z0-9_+-]+)*@([a-z0-9]+(-[a-z0-9]+)*\.)+[a-z]{2,20}", re.IGNORECASE)
_PLACE = ("city", "state", "postal_code", "country")


def _billing_texts(details: Mapping[str, Any]) -> Iterable[str]:
    if bill := details.get("bill"):
        yield from bill["lines"]
        yield from (bill.get(name, "") for name in _PLACE)
    yield from details.get("bill_block", ())


def _holds_ink(texts: Iterable[str]) -> bool:
    return any(not is_blank(text) for text in texts)


def _holds_email(said: str) -> bool:
    return bool(said) and (_PLAIN_EMAIL.fullmatch(said) is not None or bool(split_emails(said).mailboxes))
