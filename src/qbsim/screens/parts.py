"""What pages are made of: the frame, tables, facts, form fields, and the words for what was done or refused."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from typing import NamedTuple

from qbsim.company import CompanyError
from qbsim.screens.markup import Child, Element, document, h
from qbsim.screens.web import Reply, Visit, url
from qbsim.wiretext import amount_text, parse_date

BANNER = "Simulator. Not QuickBooks Desktop; no data leaves this computer."

# What a page says first when the one before has done something: the keys stand in the address as ?told=.
NOTICES = {
    "added": "Added.",
    "saved": "Saved.",
    "same": "Nothing was changed.",
    "active": "Active again.",
    "inactive": "Inactive now, with all below it.",
    "merged": "Merged. The other one is gone.",
    "moved": "Moved.",
    "deleted": "Deleted. Services hear of it for 90 days.",
    "voided": "Voided: all its amounts are zero.",
    "fault-on": "Switched on.",
    "fault-off": "Switched off.",
    "opened": "This company file is open now.",
    "emptied": "The log is empty.",
    "backed-up": "Backed up: the copy stands beside it.",
    "restored": "Restored: all is what it was then.",
}


class Section(NamedTuple):
    key: str
    title: str
    address: str


SECTIONS = (
    Section("customers", "Customers", "/"),
    Section("income", "Income Tracker", "/income"),
    Section("payments", "Payments", "/payments"),
    Section("lists", "Items and lists", "/lists"),
    Section("wire", "Wire log", "/wire"),
    Section("faults", "Faults", "/faults"),
    Section("file", "Company file", "/file"),
)


# -- the page --------------------------------------------------------------------------------------------------


def page(
    visit: Visit,
    title: str,
    *content: Child,
    section: str = "",
    status: HTTPStatus = HTTPStatus.OK,
    side: Child = None,
    wide: bool = False,
) -> Reply:
    """Return a whole page. `side` is a list beside the content; `wide` lets tables use all of the window."""
    main = h("main", notice(visit), *content, id="content", tabindex="-1", class_="wide" if wide else None)
    body = h("div", side, main, class_="beside") if side is not None else main
    return Reply(document(_frame(visit, title, body, section=section)), status)


def _frame(visit: Visit, title: str, body: Element, *, section: str) -> Element:
    return h(
        "html",
        h(
            "head",
            h("meta", charset="utf-8"),
            h("meta", name="viewport", content="width=device-width, initial-scale=1"),
            h("meta", name="color-scheme", content="light dark"),
            h("title", f"{title} – {visit.company.name} – qbsim"),
            h("link", rel="icon", href="/favicon.svg"),
            h("link", rel="stylesheet", href="/style.css"),
        ),
        h(
            "body",
            h("a", "Skip to content", href="#content", class_="skip"),
            h("p", BANNER, class_="banner", role="note"),
            h(
                "header",
                h("p", h("a", visit.company.name, href="/"), class_="company"),
                _file_line(visit),
                h("nav", h("ul", *(_tab(each, section) for each in SECTIONS)), aria_label="Main", class_="tabs"),
            ),
            body,
        ),
        lang="en",
    )


def _file_line(visit: Visit) -> Child:
    if visit.company is visit.home:
        return None
    return h(
        "p", "Not the file that the Web Connector was started with: ", visit.company.path.name, class_="elsewhere"
    )


def _tab(section: Section, current: str) -> Element:
    here = "page" if section.key == current else None
    return h("li", h("a", section.title, href=section.address, aria_current=here))


def message(visit: Visit, status: HTTPStatus, text: str) -> Reply:
    """Return a page that only says something, such as that there is no such page."""
    back = h("p", h("a", "Customer Center", href="/"))
    return page(visit, status.phrase, h("h1", status.phrase.capitalize()), h("p", text), back, status=status)


def refused(visit: Visit, status: HTTPStatus, error: CompanyError) -> Reply:
    """Return a page with QuickBooks' refusal, where there is no form to show it on."""
    title = "Not found" if status is HTTPStatus.NOT_FOUND else "QuickBooks refuses"
    back = h("p", h("a", "Customer Center", href="/"))
    return page(visit, title, h("h1", title), refusal(error), back, status=status)


def notice(visit: Visit) -> Child:
    words = NOTICES.get(visit.told)
    return h("p", words, class_="told", role="status") if words else None


def refusal(error: CompanyError | None) -> Child:
    """Say what QuickBooks would say: its code and its words."""
    if error is None:
        return None
    code = (
        h(
            "strong",
            f"QuickBooks error {error.code}",
        )
        if error.code
        else None
    )
    unchanged = h("p", "Nothing was changed.")
    # Focused, because nobody hears an alert that was there before the page was.
    return h("div", code, h("p", str(error)), unchanged, class_="error", role="alert", tabindex="-1", autofocus=True)


# -- pieces ----------------------------------------------------------------------------------------------------


def money(cents: int) -> str:
    """Write cents as people read them: 1,234.50."""
    sign, whole = ("-", amount_text(-cents)) if cents < 0 else ("", amount_text(cents))
    dollars, _, rest = whole.partition(".")
    return f"{sign}{int(dollars):,}.{rest}"


def day(value: date | str | None) -> str:
    """Write a date as QuickBooks' American edition does: 03/12/2024."""
    on = parse_date(value) if isinstance(value, str) else value
    return on.strftime("%m/%d/%Y") if on else ""


def facts(pairs: Iterable[tuple[str, Child]]) -> Element:
    return h("dl", *(each for label, value in pairs for each in (h("dt", label), h("dd", value))), class_="facts")


def badge(word: str, *, tone: str = "plain") -> Element:
    return h("span", word, class_=f"badge {tone}")


def heading(text: str, state: Element | None) -> Element:
    """Return the page's heading, with a badge behind it where the state needs one."""
    return h("h1", text, *(() if state is None else (" ", state)))


def tool(label: str, address: str, *, main: bool = False) -> Element:
    return h("a", label, href=address, class_="button main" if main else "button")


def press(label: str, address: str, *, unseen: str = "", **hidden: str) -> Element:
    """Return a form that is only a button. `unseen` tells it from others for those who hear the page."""
    fields = [h("input", type="hidden", name=name, value=value) for name, value in hidden.items()]
    words = h("button", label, h("span", unseen, class_="unseen") if unseen else None)
    return h("form", *fields, words, method="post", action=address)


def tools(*buttons: Child) -> Element:
    return h("div", *buttons, class_="tools")


class Column(NamedTuple):
    title: str
    kind: str = ""  # "number" is right-aligned; "wide" may break lines


Columns = list[Column | str]


def table(title: str, columns: Sequence[Column | str], rows: Sequence[Sequence[Child]]) -> Element:
    """Return a table; the first cell of a row names it. In narrow windows rows stand as blocks, each cell labelled.

    Roles are written out, because browsers forget them where a row is no longer shown as one.
    """
    kinds = [each if isinstance(each, Column) else Column(each) for each in columns]
    head = h("tr", *(h("th", each.title, scope="col", class_=each.kind or None) for each in kinds))
    for cell in head:
        cell.set("role", "columnheader")
    head.set("role", "row")
    return h(
        "div",
        h(
            "table",
            h("caption", title, class_="unseen"),
            h("thead", head, role="rowgroup"),
            h("tbody", *(_row(kinds, row) for row in rows), role="rowgroup"),
            role="table",
        ),
        class_="sideways",
        role="region",
        aria_label=title,
        tabindex="0",
    )


def _row(columns: Sequence[Column], cells: Sequence[Child]) -> Element:
    first, *others = cells
    return h(
        "tr",
        h("th", first, scope="row", role="rowheader", class_=columns[0].kind or None),
        *(
            h("td", cell, role="cell", data_label=column.title, class_=column.kind or None)
            for column, cell in zip(columns[1:], others, strict=True)
        ),
        role="row",
    )


def nothing_here(text: str, *next_steps: Child) -> Element:
    return h("div", h("p", text), *next_steps, class_="empty")


def pager(path: str, query: Mapping[str, str], *, after: str, following: str | None) -> Child:
    """Lead through a long list by where the next part begins."""
    first = h("a", "From the start", href=url(path, **query)) if after else None
    more = h("a", "Next", href=url(path, **query, after=following)) if following else None
    return h("p", first, more, class_="pager") if after or following else None


# -- forms -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Field:
    """One line of a form. `choices` make it a select; `lines` above one a text area."""

    name: str
    label: str
    max_length: int | None = None
    kind: str = "text"
    choices: Sequence[tuple[str, str]] | None = None
    lines: int = 1
    hint: str = ""
    required: bool = False


def field(each: Field, form: Mapping[str, str]) -> Element:
    hint = h("span", each.hint, id=f"{each.name}-hint", class_="hint") if each.hint else None
    return h("p", h("label", each.label, for_=each.name), control(each, form), hint, class_="field")


def control(each: Field, form: Mapping[str, str], *, label: str | None = None) -> Element:
    """Return the box alone; `label` names it where nothing else on the page does."""
    value = form.get(each.name, "")
    named = {
        "id": each.name,
        "name": each.name,
        "aria_label": label,
        "aria_describedby": f"{each.name}-hint" if each.hint else None,
        "required": "required" if each.required else None,
    }
    if each.choices is not None:
        options = (h("option", words, value=key, selected=key == value) for key, words in each.choices)
        return h("select", *options, **named)
    longest = None if each.max_length is None else str(each.max_length)
    if each.lines > 1:
        # Browsers drop the first line break inside a text area, so one stands in front of what was written.
        return h("textarea", f"\n{value}", rows=str(each.lines), maxlength=longest, **named)
    return h("input", type=each.kind, value=value, maxlength=longest, autocomplete="off", **named)


def check(name: str, label: str, *, on: bool, hint: str = "") -> Element:
    box = h("input", type="checkbox", id=name, name=name, value="1", checked=on)
    return h("p", h("label", box, " ", label), h("span", hint, class_="hint") if hint else None, class_="check")


def group(title: str, *content: Child) -> Element:
    return h("fieldset", h("legend", title), *content)


def submit(label: str, back: str | None, *others: Child) -> Element:
    """Return the buttons below a form; `back` is where "Cancel" leads, None for a form among other things."""
    cancel = h("a", "Cancel", href=back) if back else None
    return h("div", h("button", label, class_="main"), *others, cancel, class_="save")


def ask(
    visit: Visit,
    *,
    title: str,
    text: str,
    button: str,
    back: str,
    error: CompanyError | None,
    section: str,
    fields: Sequence[Child] = (),
) -> Reply:
    """Return the page that asks before something that cannot be taken back."""
    form = h("form", *fields, submit(button, back), method="post", action=url(visit.path, **visit.query))
    status = HTTPStatus.OK if error is None else HTTPStatus.CONFLICT
    return page(visit, title, h("h1", title), refusal(error), h("p", text), form, section=section, status=status)
