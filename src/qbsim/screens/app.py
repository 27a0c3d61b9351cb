"""The screens as a WSGI application over one open company file."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from lxml import etree

from qbsim.company import Company, CompanyError, Customer
from qbsim.screens import pages
from qbsim.screens.forms import changes, form_of, form_of_new
from qbsim.screens.markup import Child, document
from qbsim.wiretext import without_controls

_STYLE = Path(__file__).with_name("style.css")
_MAX_BODY = 64 * 1024  # a form is a few kilobytes
_MISSING = 3120

SECURITY_HEADERS = [
    (
        "Content-Security-Policy",
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Cache-Control", "no-store"),
]


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    path: list[str]
    query: dict[str, str]
    form: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reply:
    body: bytes = b""
    status: HTTPStatus = HTTPStatus.OK
    content_type: str = "text/html; charset=utf-8"
    location: str | None = None


class _Refused(Exception):
    def __init__(self, status: HTTPStatus, text: str) -> None:
        self.status = status
        super().__init__(text)


class Screens:
    """A WSGI application. Requests are answered one at a time: the company file has one connection."""

    def __init__(self, company: Company, *, hosts: Iterable[str] = ("localhost", "127.0.0.1", "[::1]")) -> None:
        self.company = company
        self.hosts = frozenset(hosts)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        try:
            self._check_origin(environ)
            with self.company.lock:
                reply = self._answer(_read(environ))
        except _Refused as refused:
            reply = self._message(refused.status, str(refused))
        except CompanyError as error:
            status = HTTPStatus.NOT_FOUND if error.code == _MISSING else HTTPStatus.CONFLICT
            reply = self._message(status, str(error))
        headers = [("Content-Type", reply.content_type), ("Content-Length", str(len(reply.body))), *SECURITY_HEADERS]
        if reply.location is not None:
            headers.append(("Location", reply.location))
        start_response(f"{reply.status.value} {reply.status.phrase}", headers)
        return [reply.body]

    def _check_origin(self, environ: dict[str, Any]) -> None:
        """Only pages of this server may change anything, and only under the names that it was started with."""
        host = environ.get("HTTP_HOST", "")
        if host.rsplit(":", 1)[0] not in self.hosts and host not in self.hosts:
            raise _Refused(HTTPStatus.MISDIRECTED_REQUEST, f"This server does not go by the name {host}.")
        origin = environ.get("HTTP_ORIGIN")
        if environ["REQUEST_METHOD"] == "POST" and origin is not None and urlsplit(origin).netloc != host:
            raise _Refused(HTTPStatus.FORBIDDEN, "This form was sent from another site.")

    def _answer(self, request: Request) -> Reply:
        match request.method, request.path:
            case "GET", []:
                return self._page(pages.center(self.company, pages.View(request.query)))
            case "GET", ["style.css"]:
                return Reply(_STYLE.read_bytes(), content_type="text/css; charset=utf-8")
            case _, ["customers", "new"]:
                return self._add(request)
            case method, ["customers", list_id, *action] if (method, *action) in _ABOUT_CUSTOMERS:
                return _ABOUT_CUSTOMERS[method, *action](self, request, self.company.customer(list_id))
        raise _Refused(HTTPStatus.NOT_FOUND, "There is no such page.")

    # -- pages -----------------------------------------------------------------------------------------------

    def record(self, request: Request, customer: Customer) -> Reply:
        told = request.query.get("told")
        view = pages.View(request.query)
        content = pages.record(self.company, customer, told=_TOLD.get(told or ""))
        title, current = customer.full_name, customer.list_id
        return self._page(pages.center(self.company, view, *content, title=title, current=current))

    def _add(self, request: Request) -> Reply:
        parent_id = request.query.get("parent")
        parent = self.company.customer(parent_id) if parent_id else None
        before = form_of_new(parent)
        form = {**before, **request.form}
        error = None
        if request.method == "POST":
            try:
                # What the form showed was filled in from the customer already; what was emptied stays empty.
                made = self.company.add_customer(form["name"], parent=parent_id, **changes(form, before=before))
                return _see(made, "added")
            except CompanyError as refused:
                error = str(refused)
        title = f"New job for {parent.full_name}" if parent else "New customer"
        action = f"/customers/new?parent={quote(parent_id)}" if parent_id else "/customers/new"
        back = pages.record_path(parent_id) if parent_id else "/"
        content = pages.edit_form(form, title=title, action=action, back=back, error=error)
        return self._form(content, title=title, error=error)

    def edit(self, request: Request, customer: Customer) -> Reply:
        before = form_of(customer)
        form = {**before, **request.form}
        error = None
        if request.method == "POST":
            try:
                changed = changes(form, before=before)
                if form["name"] != before["name"]:
                    changed["name"] = form["name"]
                if changed:
                    self.company.edit_customer(customer.list_id, **changed)
                return _see(customer, "saved" if changed else "same")
            except CompanyError as refused:
                error = str(refused)
        title = f"Edit {customer.full_name}"
        action, back = pages.record_path(customer.list_id, "edit"), pages.record_path(customer.list_id)
        content = pages.edit_form(form, title=title, action=action, back=back, error=error)
        return self._form(content, title=title, error=error)

    def set_active(self, request: Request, customer: Customer) -> Reply:
        active = request.form.get("active") == "1"
        self.company.set_active(customer.list_id, active=active)
        return _see(customer, "active" if active else "inactive")

    def delete(self, request: Request, customer: Customer) -> Reply:
        error = None
        if request.method == "POST":
            try:
                self.company.delete_customer(customer.list_id)
                return Reply(status=HTTPStatus.SEE_OTHER, location="/")
            except CompanyError as refused:
                error = str(refused)
        content = pages.delete_form(customer, error=error)
        return self._form(content, title=f"Delete {customer.full_name}", error=error)

    def merge(self, request: Request, customer: Customer) -> Reply:
        to, error = request.form.get("to", ""), None
        if request.method == "POST":
            target = self.company.find(to.strip())
            try:
                if target is not None:
                    return _see(self.company.merge_customers(customer.list_id, to=target.list_id), "merged")
                error = f"There is no customer or job with the full name {to}."
            except CompanyError as refused:
                error = str(refused)
        content = pages.merge_form(customer, to=to, error=error)
        return self._form(content, title=f"Merge {customer.full_name}", error=error)

    # -- replies ---------------------------------------------------------------------------------------------

    def _page(self, root: etree._Element, *, status: HTTPStatus = HTTPStatus.OK) -> Reply:
        return Reply(document(root), status)

    def _form(self, content: list[Child], *, title: str, error: str | None) -> Reply:
        status = HTTPStatus.OK if error is None else HTTPStatus.CONFLICT
        return self._page(pages.center(self.company, pages.View({}), *content, title=title), status=status)

    def _message(self, status: HTTPStatus, text: str) -> Reply:
        content = pages.message(status.phrase.capitalize(), text)
        return self._page(pages.center(self.company, pages.View({}), *content, title=status.phrase), status=status)


_ABOUT_CUSTOMERS: dict[tuple[str, ...], Callable[[Screens, Request, Customer], Reply]] = {
    ("GET",): Screens.record,
    ("GET", "edit"): Screens.edit,
    ("POST", "edit"): Screens.edit,
    ("POST", "active"): Screens.set_active,
    ("GET", "delete"): Screens.delete,
    ("POST", "delete"): Screens.delete,
    ("GET", "merge"): Screens.merge,
    ("POST", "merge"): Screens.merge,
}

_TOLD = {
    "added": "Added.",
    "saved": "Saved.",
    "same": "Nothing was changed.",
    "active": "Active again.",
    "inactive": "Inactive now, with all its jobs.",
    "merged": "Merged. The other one is gone.",
}


def _see(customer: Customer, told: str) -> Reply:
    return Reply(status=HTTPStatus.SEE_OTHER, location=f"{pages.record_path(customer.list_id)}?told={told}")


def _read(environ: dict[str, Any]) -> Request:
    method = "GET" if environ["REQUEST_METHOD"] == "HEAD" else environ["REQUEST_METHOD"]
    path = environ.get("PATH_INFO", "/").encode("latin-1").decode("utf-8", "replace")
    form: dict[str, str] = {}
    if method == "POST":
        length = environ.get("CONTENT_LENGTH") or "0"
        if not length.isdecimal() or int(length) > _MAX_BODY:
            raise _Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "This form is too big.")
        form = _pairs(environ["wsgi.input"].read(int(length)).decode("utf-8", "replace"))
    return Request(method, [part for part in path.split("/") if part], _pairs(environ.get("QUERY_STRING", "")), form)


def _pairs(text: str) -> dict[str, str]:
    return {name: without_controls(value) for name, value in parse_qsl(text, keep_blank_values=True)}
