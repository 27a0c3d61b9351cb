"""Which company file is open: what it is, the others beside it, and opening one of them.

Opening another file is what a person does at the QuickBooks computer. The switch stands in the file that the Web
Connector was started with, as the fault `other-company-file`, so that a running connector meets the other file too.
"""

import re
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path

from qbsim.company import Company, CompanyError
from qbsim.screens.markup import Child, Element, h
from qbsim.screens.parts import Field, badge, facts, field, page, press, refusal, submit, table
from qbsim.screens.web import Reply, Routes, Visit, see
from qbsim.storage import APPLICATION_ID

ROUTES = Routes()

SWITCH = "other-company-file"
MAX_CUSTOMERS = 2000  # a person waits while they are made; more by `qbsim company create`

_PREFERENCES = (
    ("AccountingPreferences.IsUsingClassTracking", "Class tracking"),
    ("MultiCurrencyPreferences.IsMultiCurrencyOn", "Several currencies"),
)


def company_files(folder: Path) -> list[Path]:
    """Return the company files of a folder by name, known by their first bytes."""
    return sorted(path for path in folder.iterdir() if path.is_file() and _is_company_file(path))


def _is_company_file(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            header = file.read(100)
    except OSError:
        return False
    return int.from_bytes(header[68:72], "big") == APPLICATION_ID


def open_path(home: Company) -> Path:
    """Return which file somebody opened, as far as a switch names one."""
    fault = home.faults.get(SWITCH)
    return Path(fault.parameter) if fault is not None and fault.parameter else home.path


@ROUTES.get("/file")
def company_file(visit: Visit) -> Reply:
    return page(
        visit,
        "Company file",
        h("h1", "Company file"),
        facts(_about(visit.company)),
        h("h2", "Company files in this folder"),
        table("Company files in this folder", ["File", "State", "Open"], _rows(visit)),
        h(
            "p",
            "A running Web Connector meets the file that is open here at its next update, "
            "as if somebody had opened it in QuickBooks.",
        ),
        h("h2", "New company file"),
        _new_form({"name": "", "customers": "25"}),
        section="file",
    )


def _about(company: Company) -> list[tuple[str, Child]]:
    jobs = company.count_customers("parent_id IS NOT NULL", ())
    stamps: list[tuple[str, Child]] = [
        ("Connected application", h("span", h("code", owner), " with FileID ", h("code", file_id)))
        for owner, file_id in company.stamps()
    ]
    return [
        ("Company", company.name),
        ("File", h("code", str(company.path.absolute()))),
        ("Customers", f"{company.count() - jobs:,}"),
        ("Jobs", f"{jobs:,}"),
        ("Time zone", str(company.zone)),
        ("Mode", str(company.host().get("QBFileMode", ""))),
        *stamps,
    ]


def _rows(visit: Visit) -> list[list[Child]]:
    rows: list[list[Child]] = []
    for path in company_files(visit.home.path.absolute().parent):
        here = path == visit.company.path.absolute()
        home = path == visit.home.path.absolute()
        state = badge("open", tone="good") if here else h("span", "closed", class_="soft")
        button = press("Open", "/file/open", file=path.name, unseen=f" {path.name}") if not here else ""
        rows.append([h("code", path.name), h("span", state, " Web Connector's own" if home else None), button])
    return rows


def _new_form(form: Mapping[str, str]) -> Element:
    return h(
        "form",
        field(Field("name", "Company name", 59, required=True), form),
        field(Field("customers", "Customers to begin with", 4, "number", hint=f"Up to {MAX_CUSTOMERS}."), form),
        submit("Make and open", "/file"),
        method="post",
        action="/file/new",
    )


@ROUTES.post("/file/open")
def open_file(visit: Visit) -> Reply:
    wanted = visit.form.get("file", "")
    path = next((each for each in company_files(visit.home.path.absolute().parent) if each.name == wanted), None)
    if path is None:
        raise CompanyError(f"There is no company file {wanted} in this folder.")
    _switch(visit, path)
    return see("/file", told="opened")


@ROUTES.post("/file/new")
def new_file(visit: Visit) -> Reply:
    try:
        path = _create(visit.home, visit.form)
    except CompanyError as error:
        content = (h("h1", "New company file"), refusal(error), _new_form(visit.form))
        return page(visit, "New company file", *content, section="file", status=HTTPStatus.CONFLICT)
    _switch(visit, path)
    return see("/file", told="opened")


def _create(home: Company, form: Mapping[str, str]) -> Path:
    name, customers = form.get("name", "").strip(), form.get("customers", "").strip() or "0"
    if not name:
        raise CompanyError("A company needs a name.")
    if not customers.isdecimal() or int(customers) > MAX_CUSTOMERS:
        raise CompanyError(f"Customers to begin with: a number up to {MAX_CUSTOMERS}.")
    stem = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "company"
    path = home.path.absolute().parent / f"{stem}.qbsim"
    Company.create(path, customers=int(customers), name=name, clock=home.clock).close()
    return path


def _switch(visit: Visit, path: Path) -> None:
    visit.open_file(path)  # refuses what cannot be opened, before anything is switched
    if path == visit.home.path.absolute():
        visit.home.faults.off(SWITCH)
    else:
        visit.home.faults.on(f"{SWITCH}:{path}")
