"""The screens as a WSGI application over the company file that is open.

It listens on this computer, so every page in any tab could send it forms: a change is taken only from a page of this
very address, and only under the names that the server was started with (a rebound DNS name is not among them).
"""

import sqlite3
from collections.abc import Callable, Iterable
from http import HTTPStatus
from pathlib import Path
from threading import RLock
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from qbsim.company import Company, CompanyError
from qbsim.screens import customer_changes, customers, faults, files, income, invoices, lists, parts, payments, wire
from qbsim.screens.web import PageRefused, Reply, Routes, Visit, find_view
from qbsim.wiretext import without_controls

FAMILIES: tuple[Routes, ...] = tuple(
    family.ROUTES for family in (customers, customer_changes, income, invoices, payments, lists, wire, faults, files)
)

_POLICY = {
    "default-src": "'none'",
    "style-src": "'self'",
    "img-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
SECURITY_HEADERS = [
    ("Content-Security-Policy", "; ".join(f"{what} {where}" for what, where in _POLICY.items())),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Referrer-Policy", "same-origin"),
    ("Cache-Control", "no-store"),
]

_FILES = {"style.css": "text/css; charset=utf-8", "favicon.svg": "image/svg+xml"}
_MAX_BODY = 256 * 1024  # an invoice of fifty lines with long descriptions
_MISSING = {500, 3120}  # what QuickBooks answers when a record is not there


class Screens:
    """A WSGI application. Requests are answered one at a time: the company file has one connection."""

    def __init__(self, company: Company, *, hosts: Iterable[str] = ("localhost", "127.0.0.1", "[::1]")) -> None:
        self.home = company
        self.company = company
        self.hosts = frozenset(hosts)
        self._lock = RLock()

    def close(self) -> None:
        """Close what was opened here; the first company file belongs to whoever gave it."""
        self._open(self.home.path)

    def _follow_switch(self) -> None:
        """Show the file that a switch names, as the Web Connector meets it; ours where it is gone."""
        try:
            self._open(files.open_path(self.home))
        except CompanyError:
            self._open(self.home.path)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        with self._lock:
            try:
                self._follow_switch()
                reply = self._answer(environ)
            except sqlite3.Error as error:
                reply = _unreadable(error)
        headers = [("Content-Type", reply.content_type), ("Content-Length", str(len(reply.body))), *SECURITY_HEADERS]
        if reply.location is not None:
            headers.append(("Location", reply.location))
        start_response(f"{reply.status.value} {reply.status.phrase}", headers)
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else reply.body]

    def _answer(self, environ: dict[str, Any]) -> Reply:
        visit = self._visit(environ, form={})
        try:
            self._check_sender(environ)
            if file := _FILES.get(visit.path[1:]):
                return Reply(Path(__file__).with_name(visit.path[1:]).read_bytes(), content_type=file)
            view, places = find_view(FAMILIES, method=visit.method, path=visit.path)
            visit = self._visit(environ, form=_form(environ) if visit.is_post else {})
            with self.company.lock:
                return view(visit, **places)
        except PageRefused as refused:
            return parts.message(visit, refused.status, str(refused))
        except CompanyError as error:
            status = HTTPStatus.NOT_FOUND if error.code in _MISSING else HTTPStatus.CONFLICT
            return parts.refused(visit, status, error)

    def _visit(self, environ: dict[str, Any], *, form: dict[str, str]) -> Visit:
        method = environ["REQUEST_METHOD"]
        path = environ.get("PATH_INFO", "/").encode("latin-1").decode("utf-8", "replace")
        return Visit(
            company=self.company,
            home=self.home,
            open_file=self._open,
            method="GET" if method == "HEAD" else method,
            path=path.rstrip("/") or "/",
            query=_pairs(environ.get("QUERY_STRING", "")),
            form=form,
        )

    def _check_sender(self, environ: dict[str, Any]) -> None:
        host = environ.get("HTTP_HOST", "")
        if host.rsplit(":", 1)[0] not in self.hosts and host not in self.hosts:
            raise PageRefused(HTTPStatus.MISDIRECTED_REQUEST, f"This server does not go by the name {host}.")
        if environ["REQUEST_METHOD"] != "POST":
            return
        # Browsers name the origin of every form; a program that is no browser has to name it too.
        origin = environ.get("HTTP_ORIGIN") or environ.get("HTTP_REFERER") or ""
        if urlsplit(origin).netloc != host:
            raise PageRefused(HTTPStatus.FORBIDDEN, "This form was sent from another site. Nothing was changed.")

    def _open(self, path: Path) -> None:
        """Let another company file be the open one. CompanyError when it is none; then nothing changes."""
        if path.absolute() == self.company.path.absolute():
            return
        is_home = path.absolute() == self.home.path.absolute()
        opened = self.home if is_home else Company.open(path, clock=self.home.clock)
        former, self.company = self.company, opened
        if former is not self.home:
            former.close()


def _unreadable(error: sqlite3.Error) -> Reply:
    """Say what is wrong without a look into the file: another program may keep it, or it is damaged."""
    text = f"The company file cannot be read or written now: {error}. Try again; if it stays so, restore a backup.\n"
    return Reply(text.encode(), HTTPStatus.SERVICE_UNAVAILABLE, content_type="text/plain; charset=utf-8")


def _form(environ: dict[str, Any]) -> dict[str, str]:
    length = environ.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > _MAX_BODY:
        raise PageRefused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "This form is too big.")
    return _pairs(environ["wsgi.input"].read(int(length)).decode("utf-8", "replace"))


def _pairs(text: str) -> dict[str, str]:
    return {name: without_controls(value) for name, value in parse_qsl(text, keep_blank_values=True)}
