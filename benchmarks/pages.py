"""Pages of a large organization, and how long a signed-in person waits for each."""

import re
import time
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.cookiejar import CookieJar
from urllib.parse import urlencode

from support.server import Organization

WARM_UP = 5
REQUESTS = 60
FIRST_NUMBER = 10  # of two digits, so that each is found about as often
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_FIELDS = re.compile(r'<input[^>]*name="([^"]+)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    key: str
    title: str
    path: str  # below the organization's; with ids of ``large.fill``, and {number}: another one in each round
    is_exchange: bool = False  # asked for as htmx does: the list alone is exchanged, by a form


PAGES = (
    Page(key="home", title="home", path="/"),
    Page(key="accounts", title="accounts", path="/accounts/"),
    Page(key="buildings", title="buildings", path="/buildings/"),
    Page(key="buildings-deep", title="buildings, in the middle", path="/buildings/?page=200"),
    Page(key="buildings-search", title="buildings, a search", path="/buildings/?search=cedar+{number}"),
    Page(key="import", title="import page", path="/buildings/import/"),
    Page(key="import-accounts", title="import page of accounts", path="/accounts/import/"),
    Page(key="import-deep", title="import page, in the middle", path="/buildings/import/?page=800", is_exchange=True),
    Page(key="import-jobs", title="import page, jobs only", path="/buildings/import/?kind=job", is_exchange=True),
    Page(
        key="import-imported",
        title="import page, imported",
        path="/buildings/import/?status=imported",
        is_exchange=True,
    ),
    Page(
        key="import-lacking",
        title="import page, without e-mail",
        path="/buildings/import/?lacks=no_email",
        is_exchange=True,
    ),
    Page(
        key="import-everything",
        title="import page, every status, inactive too",
        path="/buildings/import/?status=all&active=all",
        is_exchange=True,
    ),
    Page(
        key="import-names",
        title="import page, by name, Z first",
        path="/buildings/import/?sort=-name",
        is_exchange=True,
    ),
    Page(
        key="import-search",
        title="import page, a search that finds few",
        path="/buildings/import/?search=elm+7{number}",
        is_exchange=True,
    ),
    Page(
        key="import-search-many",
        title="import page, a search that finds many",
        path="/buildings/import/?search=hotel+{number}",
        is_exchange=True,
    ),
    Page(key="link", title="choosing a customer", path="/buildings/{building}/quickbooks/link/"),
    Page(
        key="link-search",
        title="choosing, typed: finds few",
        path="/buildings/{building}/quickbooks/link/?search=fir+7{number}",
    ),
    Page(
        key="link-search-many",
        title="choosing, typed: finds many",
        path="/buildings/{building}/quickbooks/link/?search=inn+{number}",
    ),
    Page(key="changed", title="what has changed", path="/quickbooks/changed/"),
    Page(key="health", title="link health", path="/quickbooks/link-health/"),
    Page(key="suggestions", title="match suggestions", path="/buildings/suggestions/"),
)


class Browser:
    """Signed in as the organization's owner; keeps cookies, runs nothing."""

    def __init__(self, base_url: str, organization: Organization) -> None:
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        self._base = f"{base_url}/o/{organization.slug}"
        with self._opener.open(self._base + "/") as answer:
            page, url = answer.read().decode(), answer.url
        token = _TOKEN.search(page)
        assert token, page
        said = {"username": organization.email, "password": organization.password, "next": "/"}
        form = dict.fromkeys(_FIELDS.findall(page), "") | {"csrfmiddlewaretoken": token[1]} | said
        request = urllib.request.Request(url, data=urlencode(form).encode(), headers={"Referer": url})
        with self._opener.open(request) as answer:
            assert organization.slug in answer.url, answer.url
            token = _TOKEN.search(answer.read().decode())  # another one since the sign-in
        assert token, organization.slug
        self._token = token[1]

    def ask(self, page: Page, ids: Mapping[str, str], number: int) -> None:
        """``ids`` and ``number``: what stands in the page's address."""
        path = page.path.format(**ids, number=number)
        self.exchange(path) if page.is_exchange else self.open(path)

    def open(self, path: str) -> None:
        with self._opener.open(self._base + path, timeout=60) as answer:
            assert answer.url == self._base + path, answer.url
            answer.read()

    def exchange(self, path: str) -> None:
        """What stands in the address is sent as the form of the page, whose list alone will be exchanged."""
        address, _, fields = path.partition("?")
        said = f"{fields}&{urlencode({'csrfmiddlewaretoken': self._token})}".encode()
        request = urllib.request.Request(self._base + address, data=said, headers={"HX-Request": "true"})
        with self._opener.open(request, timeout=60) as answer:
            assert 'id="list"' in answer.read().decode(), path


def fetch(url: str) -> None:
    with urllib.request.urlopen(url, timeout=60) as answer:
        answer.read()


def timed(requests: Mapping[str, Callable[[int], object]]) -> dict[str, list[float]]:
    """Milliseconds of each request, one after the other in rounds, so that a busy minute is everybody's; the first
    rounds do not count. A request is given a number that it was not given before.
    """
    taken: dict[str, list[float]] = {key: [] for key in requests}
    for number in range(WARM_UP + REQUESTS):
        for key, request in requests.items():
            start = time.perf_counter()
            request(FIRST_NUMBER + number)
            if number >= WARM_UP:
                taken[key].append(1000 * (time.perf_counter() - start))
    return taken


def percentile(taken: list[float]) -> float:
    """The 95th: all but one of twenty are faster."""
    return sorted(taken)[int(0.95 * len(taken))]
