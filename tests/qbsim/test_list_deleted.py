"""ListDeletedQuery: the deletion feed."""

import pytest

from qbsim.company import Company
from qbsim.processor import RequestRefused
from support.company_files import Asking, StandingClock, status

CUSTOMERS = "<ListDelType>Customer</ListDelType>"


def deleted(asking: Asking, body: str = CUSTOMERS, attributes: str = "") -> object:
    return asking.ask(f"<ListDeletedQueryRq {attributes}>{body}</ListDeletedQueryRq>")[0]


@pytest.fixture
def emptied(company: Company, clock: StandingClock) -> Company:
    """One customer deleted, and an hour later one merged away."""
    first, second, third = (company.add_customer(name) for name in ("Ash School", "Elm School", "Oak Academy"))
    clock.move(60)
    company.delete_customer(first.list_id)
    clock.move(3600)
    company.merge_customers(second.list_id, to=third.list_id)
    return company


def test_deleted_and_merged_customers_are_named(emptied: Company) -> None:
    answer = deleted(Asking(emptied))
    assert status(answer) == ("0", "Info")
    assert [each.findtext("FullName") for each in answer] == ["Ash School", "Elm School"]
    assert [each.tag for each in answer[0]] == ["ListDelType", "ListID", "TimeCreated", "TimeDeleted", "FullName"]
    assert answer[0].findtext("TimeDeleted") == "2024-03-09T11:01:00-05:00"


def test_dates_belong_to_the_range(emptied: Company) -> None:
    since = "<DeletedDateRangeFilter><FromDeletedDate>2024-03-09T12:00:00</FromDeletedDate></DeletedDateRangeFilter>"
    until = "<DeletedDateRangeFilter><ToDeletedDate>2024-03-09T11:01:00</ToDeletedDate></DeletedDateRangeFilter>"
    asking = Asking(emptied)
    assert [each.findtext("FullName") for each in deleted(asking, CUSTOMERS + since)] == ["Elm School"]
    assert [each.findtext("FullName") for each in deleted(asking, CUSTOMERS + until)] == ["Ash School"]


def test_a_reversed_range_is_an_error(emptied: Company) -> None:
    body = (
        "<DeletedDateRangeFilter><FromDeletedDate>2024-03-10</FromDeletedDate>"
        "<ToDeletedDate>2024-03-09</ToDeletedDate></DeletedDateRangeFilter>"
    )
    assert status(deleted(Asking(emptied), CUSTOMERS + body)) == ("3030", "Error")


def test_after_ninety_days_quickbooks_has_forgotten(emptied: Company, clock: StandingClock) -> None:
    clock.move(90 * 86400)
    assert [each.findtext("FullName") for each in deleted(Asking(emptied))] == ["Elm School"]
    clock.move(3600)
    assert status(deleted(Asking(emptied))) == ("1", "Info")


def test_other_lists_have_their_own_feed(emptied: Company) -> None:
    assert status(deleted(Asking(emptied), "<ListDelType>Vendor</ListDelType>")) == ("1", "Info")
    assert len(deleted(Asking(emptied), f"<ListDelType>Vendor</ListDelType>{CUSTOMERS}")) == 2


def test_a_type_must_be_named_and_known(emptied: Company) -> None:
    for body in ("", "<ListDelType>customer</ListDelType>"):
        with pytest.raises(RequestRefused):
            deleted(Asking(emptied), body)


def test_counting_and_choosing_elements(emptied: Company) -> None:
    asking = Asking(emptied)
    only = deleted(asking, CUSTOMERS, 'metaData="MetaDataOnly"')
    assert (only.get("retCount"), len(only)) == ("2", 0)
    chosen = deleted(asking, f"{CUSTOMERS}<IncludeRetElement>ListID</IncludeRetElement>")
    assert [each.tag for each in chosen[0]] == ["ListID"]
