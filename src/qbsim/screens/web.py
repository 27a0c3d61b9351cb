"""The small framework under the screens: what a page is asked, what it answers, and which address is whose.

A screen family is a module with a `ROUTES` of its own; `app.py` gathers them. Every page is made by the server and
works without scripts; what somebody looks at stands in the address.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from qbsim.company import Company


class PageRefused(Exception):
    """No page for that: the status of HTTP and a sentence for the person."""

    def __init__(self, status: HTTPStatus, text: str) -> None:
        self.status = status
        super().__init__(text)


@dataclass(frozen=True, slots=True)
class Reply:
    body: bytes = b""
    status: HTTPStatus = HTTPStatus.OK
    content_type: str = "text/html; charset=utf-8"
    location: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One request: what was asked, and the company file that is open while it is answered."""

    company: Company
    home: Company  # the file that `qbsim serve` and the Web Connector were started with; faults are kept there
    open_file: Callable[[Path], None]  # from the next visit on, that file is the open one
    method: str = "GET"
    path: str = "/"
    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_post(self) -> bool:
        return self.method == "POST"

    @property
    def told(self) -> str:
        """The key of what the page before has done; `parts.NOTICES` has the words."""
        return self.query.get("told", "")

    def today(self) -> date:
        """The day at the QuickBooks computer."""
        return datetime.fromtimestamp(self.company.clock(), self.company.zone).date()


View = Callable[..., Reply]


class Routes:
    """Which function answers which address. `<name>` in an address is one part of it, given to the function."""

    def __init__(self) -> None:
        self.entries: list[tuple[frozenset[str], re.Pattern[str], View]] = []

    def get(self, address: str) -> Callable[[View], View]:
        return self._add(address, "GET")

    def post(self, address: str) -> Callable[[View], View]:
        return self._add(address, "POST")

    def form(self, address: str) -> Callable[[View], View]:
        """For both: GET shows the form, POST does it or shows it again with the refusal."""
        return self._add(address, "GET", "POST")

    def _add(self, address: str, *methods: str) -> Callable[[View], View]:
        pattern = re.compile(re.sub(r"<(\w+)>", r"(?P<\1>[^/]+)", address))

        def register(view: View) -> View:
            self.entries.append((frozenset(methods), pattern, view))
            return view

        return register


def find_view(families: tuple[Routes, ...], *, method: str, path: str) -> tuple[View, dict[str, str]]:
    """Return who answers, and the parts of the address. PageRefused when nobody does."""
    matching = [
        (methods, view, found)
        for routes in families
        for methods, pattern, view in routes.entries
        if (found := pattern.fullmatch(path))
    ]
    # /wire/clear is more to the point than /wire/<number>.
    matching.sort(key=lambda each: len(each[2].groups()))
    for methods, view, found in matching:
        if method in methods:
            return view, found.groupdict()
    if matching:
        raise PageRefused(HTTPStatus.METHOD_NOT_ALLOWED, "This address is only for the forms of another page.")
    raise PageRefused(HTTPStatus.NOT_FOUND, "There is no such page.")


def url(path: str, **query: Any) -> str:
    """Write an address; what is None or empty is left out."""
    kept = {name: value for name, value in query.items() if value not in (None, "")}
    return f"{path}?{urlencode(kept)}" if kept else path


def part(text: str) -> str:
    """Write a ListID or TxnID so that it can stand between two slashes."""
    return quote(text, safe="")


def see(path: str, *, told: str = "", **query: Any) -> Reply:
    """Lead on after something was done, so that reloading does not do it again."""
    return Reply(status=HTTPStatus.SEE_OTHER, location=url(path, **query, told=told))
