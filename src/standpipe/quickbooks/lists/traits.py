"""What customers are filtered and counted by, as bits of one small number: an index holds it for every row. Pure."""

import re
from collections.abc import Callable, Iterable, Mapping
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


EVERY = range(2 * max(Trait))  # the numbers that customers can have


def traits_of(
    details: Mapping[str, Any],
    *,
    is_active: bool,
    parent_list_id: str,
    job_status: str,
    company_name: str,
    is_missing: Callable[[str], bool] = is_blank,
) -> int:
    """The number of a customer; ``details`` as ``Details.to_json`` has them. What prints as nothing is missing: who
    knows that no text is blank in disguise says ``not_``, which is cheaper.
    """
    found = Trait.ACTIVE.value if is_active else 0
    if parent_list_id:
        found |= _SHUT_JOB if job_status in SHUT_JOBS else _JOB
    if is_missing(company_name):
        found |= _NO_COMPANY_NAME
    if all(map(is_missing, _billing_texts(details))):
        found |= _NO_BILLING_ADDRESS
    if is_missing(details.get("phone", "")):
        found |= _NO_PHONE
    if not _holds_email(details.get("email", "")):
        found |= _NO_EMAIL
    return found


# Plain numbers: a flag costs a microsecond, and there are a million rows.
_JOB, _SHUT_JOB = Trait.JOB.value, (Trait.JOB | Trait.SHUT).value
_NO_COMPANY_NAME, _NO_BILLING_ADDRESS = Trait.NO_COMPANY_NAME.value, Trait.NO_BILLING_ADDRESS.value
_NO_PHONE, _NO_EMAIL = Trait.NO_PHONE.value, Trait.NO_EMAIL.value

# Nearly every field holds one of these, alone, among others or behind a name; the others are read with care.
_PLAIN_EMAIL = re.compile(
    r"(?:^|[\s,;])<?[a-z0-9_+-]+(\.[a-z0-9_+-]+)*@([a-z0-9]+(-[a-z0-9]+)*\.)+[a-z]{2,20}>?(?:$|[\s,;])", re.IGNORECASE
)
_PLACE = ("city", "state", "postal_code", "country")


def _billing_texts(details: Mapping[str, Any]) -> Iterable[str]:
    """One after the other: the first nearly always answers."""
    if bill := details.get("bill"):
        yield from bill["lines"]
        yield from (bill[name] for name in _PLACE if name in bill)
    yield from details.get("bill_block", ())


def _holds_email(said: str) -> bool:
    return bool(said) and (_PLAIN_EMAIL.search(said) is not None or bool(split_emails(said).mailboxes))
