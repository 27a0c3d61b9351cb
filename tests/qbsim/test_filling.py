"""A new company file holds customers of every kind that public reports describe."""

from collections import Counter
from pathlib import Path

import pytest

from qbsim.company import Company, Customer
from qbsim.filling import SHAPES


@pytest.fixture(scope="module")
def customers(tmp_path_factory: pytest.TempPathFactory) -> list[Customer]:
    with Company.create(tmp_path_factory.mktemp("filled") / "Books.qbw", customers=250) as company:
        return list(company.customers())


VARIETY = {
    "no company name, address or phone": lambda c: not {"CompanyName", "BillAddress", "Phone"} & c.details.keys(),
    "a person as 'Last, First'": lambda c: ", " in c.name and c["CompanyName"] is None and c["FirstName"],
    "an e-mail address as name": lambda c: "@" in c.name,
    "a number before the name": lambda c: c.name[:5].isdecimal() and c.company_name,
    "a blank company name": lambda c: c.company_name is not None and not c.company_name.strip(),
    "the company in the first line": lambda c: c.bill_address and c.bill_address.get("Addr1") == c.company_name,
    "a former company in the first line": lambda c: (
        c.company_name and c.bill_address and "& Sons" in c.bill_address.get("Addr1", "")
    ),
    "only the printed address": lambda c: c["BillAddressBlock"] and not c.bill_address,
    "a gap in the printed address": lambda c: (
        c["BillAddressBlock"] and "Addr2" not in c["BillAddressBlock"] and "Addr3" in c["BillAddressBlock"]
    ),
    "only a town, holding a P.O. box": lambda c: c.bill_address and list(c.bill_address) == ["City"],
    "no town, state or code": lambda c: c.bill_address and "City" not in c.bill_address,
    "five lines with a note": lambda c: c.bill_address and {"Addr5", "Note"} <= c.bill_address.keys(),
    "several ship-to addresses with a default": lambda c: (
        any(site["DefaultShipTo"] for site in c["ShipToAddress"] or ()) and len(c["ShipToAddress"]) > 1
    ),
    "a default site but no Ship To": lambda c: c["ShipToAddress"] and not c.ship_address,
    "a blank Ship To": lambda c: c.ship_address and not "".join(c.ship_address.values()).strip(),
    "a Ship To without billing address": lambda c: c.ship_address and not c.bill_address and not c.is_job,
    "several e-mail addresses": lambda c: c.email and c.email.count("@") > 1,
    "a labelled mobile": lambda c: any(each["ContactName"] == "Mobile" for each in c["AdditionalContactRef"] or ()),
    "another phone": lambda c: c.alt_phone,
    "an extension": lambda c: c.phone and "ext." in c.phone,
    "a contact list": lambda c: c["ContactsRet"],
    "a second contact": lambda c: c["AltContact"],
    "letters beyond ASCII": lambda c: not c.full_name.isascii(),
    "an ampersand": lambda c: "&" in c.name,
    "a quote": lambda c: "'" in c.name or '"' in c.name or "“" in c.name,
    "an inactive one": lambda c: not c.is_active,
    "a job at the fifth level": lambda c: c.sublevel == 4,
    "a closed job": lambda c: c.job_status == "Closed" and c["JobEndDate"],
    "a job not awarded": lambda c: c.job_status == "NotAwarded",
    "delivery by mail": lambda c: c["PreferredDeliveryMethod"] == "Mail",
    "a credit": lambda c: c.balance_cents < 0,
    "a balance": lambda c: c.balance_cents > 0,
    "terms": lambda c: c["TermsRef"],
    "a tax code": lambda c: c["SalesTaxCodeRef"],
}


@pytest.mark.parametrize("kind", VARIETY)
def test_every_kind_of_customer_comes_up(customers: list[Customer], kind: str) -> None:
    assert any(map(VARIETY[kind], customers))


def test_most_jobs_are_filled_in_from_their_customer(customers: list[Customer]) -> None:
    """Requirement 44: several jobs under one customer bear its company name."""
    by_id = {customer.list_id: customer for customer in customers}
    alike = Counter(
        job.company_name == by_id[job.parent_id].company_name
        for job in customers
        if job.parent_id and by_id[job.parent_id].company_name
    )
    assert alike[True] > alike[False] > 0


def test_numbers_of_customers_and_jobs_are_those_asked_for(tmp_path: Path) -> None:
    for customers, jobs in ((0, 0), (1, 0), (1, 9), (40, 0), (40, 100)):
        path = tmp_path / f"{customers}-{jobs}.qbw"
        with Company.create(path, customers=customers, jobs=jobs) as company:
            found = Counter(customer.is_job for customer in company.customers())
            assert (found[False], found[True]) == (customers, jobs)


def test_the_same_seed_makes_the_same_customers(tmp_path: Path) -> None:
    def made(name: str, seed: int) -> list[Customer]:
        with Company.create(tmp_path / name, customers=40, seed=seed) as company:
            return list(company.customers())

    assert made("a", 7) == made("b", 7)
    assert made("c", 7) != made("d", 8)


def test_all_shapes_come_up_even_in_a_small_file(tmp_path: Path) -> None:
    with Company.create(tmp_path / "a", customers=len(SHAPES), jobs=4) as company:
        assert max(customer.sublevel for customer in company.customers()) == 4
        assert any(customer["PreferredDeliveryMethod"] == "Mail" for customer in company.customers())


def test_names_stay_unique_when_the_words_run_out(tmp_path: Path) -> None:
    with Company.create(tmp_path / "a", customers=9000, jobs=0) as company:
        assert company.count() == 9000
