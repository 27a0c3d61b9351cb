"""Every address of the simulator's screens answers: no route is without a visit."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from qbsim.company import Company
from support.company_files import contents, make_company
from support.fake_service import COMPANY_QUERY
from support.screens import HOME, PlainBrowser
from support.simulator_pages import prepare_pages, route_patterns

TEXT = "/wire/<number>/<file>"  # a request or response as it was, no page


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Company]:
    company, _ = make_company(tmp_path)
    with company:
        yield company


def test_every_page_opens_and_changes_nothing(books: Company) -> None:
    addresses = prepare_pages(books)
    browser = PlainBrowser(books)
    before = contents(books)
    for pattern in sorted(route_patterns("GET") - {TEXT}):
        page = browser.get(addresses[pattern])
        assert page.xpath("count(//h1)") == 1, pattern
        ids = page.xpath("//@id")
        assert len(ids) == len(set(ids)), pattern
    assert browser.session.get(HOME + addresses[TEXT]).text == COMPANY_QUERY
    assert contents(books) == before


@pytest.mark.parametrize("pattern", sorted(route_patterns("POST")))
def test_every_form_survives_being_sent_empty(books: Company, pattern: str) -> None:
    """Done, or refused on a page that says so; and from another site it is refused whatever it is."""
    browser = PlainBrowser(books)
    address = prepare_pages(books)[pattern]
    before = contents(books)
    browser.post(address, {}, status=403, Origin="https://elsewhere.example")
    assert contents(books) == before
    answer = browser.session.post(HOME + address, headers={"Origin": HOME})
    assert answer.status_code in {200, 409}
    assert contents(books) == before or answer.history, "whoever did something is led on: reloading does it not again"
