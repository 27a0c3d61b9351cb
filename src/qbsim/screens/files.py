"""Which company file is open: what it is, the others beside it, and opening one of them.

Opening another file is what a person does at the QuickBooks computer. The switch stands in the file that the Web
Connector was started with, as the fault `other-company-file`, so that a running connector meets the other file too.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from pathlib import Path

from qbsim.company import DEVIATIONS, Company, CompanyError
from qbsim.screens.markup import Child, Element, h
from qbsim.screens.parts import Field, ask, badge, facts, field, group, page, press, refusal, submit, table, tools
from qbsim.screens.web import Reply, Routes, Visit, see, url
from qbsim.storage import APPLICATION_ID
from qbsim.wiretext import parse_date, unstorable

ROUTES = Routes()

SWITCH = "other-company-file"
MAX_CUSTOMERS = 2000  # a person waits while they are made; more by `qbsim company create`

SETTINGS = (
    Field("name", "Company name", 59, required=True),
    Field("closing_date", "Books closed to", kind="date", hint="Invoices and payments up to that day are refused."),
    Field("classes", "Class tracking", choices=(("", "Off"), ("1", "On"))),
    Field("currencies", "Several currencies", choices=(("", "Off"), ("1", "On"))),
    Field(
        "dst-offset",
        "Times in summer",
        choices=(("1", "With the offset of winter"), ("", "With their own offset")),
        hint="Recorded answers have the offset of winter all year.",
    ),
    Field(
        "mail-delivery",
        "Delivery by Mail",
        choices=(("1", "On"), ("", "Off")),
        hint="Real files hold it, the published schema does not. Off, whoever has it gets None.",
    ),
    Field("mode", "Opened", choices=(("MultiUser", "By several users"), ("SingleUser", "By a single user"))),
)

_CLOSING_DATE = "AccountingPreferences.ClosingDate"
_SWITCHES = {
    "classes": "AccountingPreferences.IsUsingClassTracking",
    "currencies": "MultiCurrencyPreferences.IsMultiCurrencyOn",
}


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
    on = (switch.fault for switch in home.faults.list() if switch.fault.name == SWITCH)
    fault = next(on, None)
    return Path(fault.parameter) if fault is not None and fault.parameter else home.path


@ROUTES.get("/file")
def company_file(visit: Visit) -> Reply:
    return page(
        visit,
        "Company file",
        h("h1", "Company file"),
        facts(_about(visit.company)),
        h("h2", "Settings"),
        _settings_form(settings_of(visit.company)),
        h("h2", "Company files in this folder"),
        table("Company files in this folder", ["File", "State", "Open"], _rows(visit)),
        h(
            "p",
            "A running Web Connector meets the file that is open here at its next update, "
            "as if somebody had opened it in QuickBooks.",
        ),
        tools(press("Back up", "/file/back-up")),
        h("h2", "New company file"),
        _new_form({"new_name": "", "customers": "25"}),
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
        *stamps,
    ]


def settings_of(company: Company) -> dict[str, str]:
    """Return what the form of the settings shows."""
    closing_date = company.preferences().get("AccountingPreferences", {}).get("ClosingDate")
    switches = {name: "1" if company.is_on(path) else "" for name, path in _SWITCHES.items()}
    deviations = {name: "1" if name in company.deviations else "" for name in DEVIATIONS}
    mode = str(company.host().get("QBFileMode", ""))
    return {"name": company.name, "closing_date": closing_date or "", "mode": mode, **switches, **deviations}


def _settings_form(form: Mapping[str, str]) -> Element:
    fields = (field(each, form) for each in SETTINGS)
    return h(
        "form",
        group("Of this company", *fields),
        submit("Save", None),
        method="post",
        action="/file/settings",
        class_="sheet",
    )


@ROUTES.post("/file/settings")
def change_settings(visit: Visit) -> Reply:
    before = settings_of(visit.company)
    form = before | dict(visit.form)
    changed = {name for name in before if form[name].strip() != before[name]}
    try:
        _change(visit.company, form, changed)
    except CompanyError as error:
        content = (h("h1", "Settings"), refusal(error), _settings_form(form))
        return page(visit, "Settings", *content, section="file", status=HTTPStatus.CONFLICT)
    return see("/file", told="saved" if changed else "same")


def _change(company: Company, form: Mapping[str, str], changed: set[str]) -> None:
    name, closing_date, mode = (form[each].strip() for each in ("name", "closing_date", "mode"))
    if not name or len(name) > 59 or unstorable(name):
        raise CompanyError("A company needs a name of up to 59 characters that QuickBooks can hold.")
    if closing_date and parse_date(closing_date) is None:
        raise CompanyError(f"Books closed to: {closing_date} is no date.")
    if mode not in dict(SETTINGS[-1].choices or ()):
        raise CompanyError(f"Opened: {mode} is none of the ways.")
    with company.transaction():
        if "name" in changed:
            company.rename(name)
        if "closing_date" in changed:
            company.set_preference(_CLOSING_DATE, closing_date or None)
        if "mode" in changed:
            company.set_host("QBFileMode", mode)
        for each in changed & _SWITCHES.keys():
            company.set_preference(_SWITCHES[each], form[each] == "1")
        if changed & DEVIATIONS.keys():
            company.set_deviations([each for each in DEVIATIONS if form[each] == "1"])


def _rows(visit: Visit) -> list[list[Child]]:
    rows: list[list[Child]] = []
    for path in company_files(visit.home.path.absolute().parent):
        here = path == visit.company.path.absolute()
        home = path == visit.home.path.absolute()
        state = badge("open", tone="good") if here else h("span", "closed", class_="soft")
        name = h("span", f" {path.name}", class_="unseen")
        buttons = tools(
            press("Open", "/file/open", file=path.name, unseen=f" {path.name}"),
            h("a", "Restore from it", name, href=url("/file/restore", file=path.name), class_="button"),
        )
        standing = h("span", state, " Web Connector's own" if home else None)
        rows.append([h("code", path.name), standing, "" if here else buttons])
    return rows


def _new_form(form: Mapping[str, str]) -> Element:
    return h(
        "form",
        field(Field("new_name", "Name of the new company", 59, required=True), form),
        field(Field("customers", "Customers to begin with", 4, "number", hint=f"Up to {MAX_CUSTOMERS}."), form),
        submit("Make and open", None),
        method="post",
        action="/file/new",
    )


@ROUTES.post("/file/open")
def open_file(visit: Visit) -> Reply:
    _switch(visit, _beside(visit, visit.form.get("file", "")))
    return see("/file", told="opened")


def _beside(visit: Visit, name: str) -> Path:
    """Return a company file of this folder by its name; nothing else can be named."""
    path = next((each for each in company_files(visit.home.path.absolute().parent) if each.name == name), None)
    if path is None:
        raise CompanyError(f"There is no company file {name} in this folder.")
    return path


@ROUTES.post("/file/back-up")
def back_up(visit: Visit) -> Reply:
    now = datetime.fromtimestamp(visit.company.clock(), visit.company.zone)
    path = visit.company.path.absolute()
    visit.company.back_up(path.with_name(f"{path.stem} backup {now:%Y-%m-%d %H.%M.%S}{path.suffix}"))
    return see("/file", told="backed-up")


@ROUTES.form("/file/restore")
def restore(visit: Visit) -> Reply:
    source = _beside(visit, visit.query.get("file", ""))
    error = None
    if visit.is_post:
        try:
            visit.company.restore(source)
            return see("/file", told="restored")
        except CompanyError as refused:
            error = refused
    return ask(
        visit,
        title=f"Restore from {source.name}?",
        text=f"All of {visit.company.path.name} goes back to what is in {source.name}. What came later is gone, and "
        "services meet records that they have seen newer. The wire log and the faults stay.",
        button="Restore",
        back="/file",
        error=error,
        section="file",
    )


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
    name, customers = form.get("new_name", "").strip(), form.get("customers", "").strip() or "0"
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
