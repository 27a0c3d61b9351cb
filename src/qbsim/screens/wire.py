"""The log of what came over the wire: each request of a service, and beside it what QuickBooks answered."""

import re
from collections.abc import Iterator
from http import HTTPStatus

from lxml import etree

from qbsim.screens.markup import Child, Element, h
from qbsim.screens.parts import (
    Column,
    Columns,
    Field,
    ask,
    badge,
    check,
    facts,
    field,
    nothing_here,
    page,
    pager,
    table,
    tool,
    tools,
)
from qbsim.screens.web import PageRefused, Reply, Routes, Visit, see, url
from qbsim.texts import HRESULTS, severity
from qbsim.wire_log import MAX_CHARACTERS, MAX_ENTRIES, Exchange

ROUTES = Routes()

PAGE = 50  # rows at a time
SHOWN_CHARACTERS = 200_000  # of one text on a page; the whole is a download away

_ASKED = re.compile(r"<(\w+)Rq\b")
_MARK = re.compile(r"(</?[A-Za-z?!][^>]*>)")
_BAD_STATUS = re.compile(r'statusSeverity="(?:Warn|Error)"')


# -- the list --------------------------------------------------------------------------------------------------


@ROUTES.get("/wire")
def log(visit: Visit) -> Reply:
    query = {key: visit.query.get(key, "").strip() for key in ("q", "errors", "session")}
    after = visit.query.get("after", "")
    before = int(after) if after.isdecimal() else None
    found: list[Exchange] = []
    for exchange in visit.company.wire_log.entries(before=before):
        if _matches(exchange, **query):
            found.append(exchange)
        if len(found) > PAGE:
            break
    following = str(found[PAGE - 1].number) if len(found) > PAGE else None
    rows = [_row(visit, exchange) for exchange in found[:PAGE]]
    columns: Columns = [
        "No.",
        "Time",
        Column("Messages", "wide"),
        "Status",
        Column("Took", "number"),
        Column("Answer", "number"),
    ]
    empty = (
        "Nothing matches."
        if any(query.values()) or before
        else "Nothing has come over the wire yet. What a service asks through qbsim connect will stand here."
    )
    return page(
        visit,
        "Wire log",
        h("h1", "Wire log"),
        h(
            "p",
            f"What services asked of this company file, and what QuickBooks answered: the last {MAX_ENTRIES}.",
        ),
        _search(query),
        table("Requests, newest first", columns, rows) if rows else nothing_here(empty),
        pager("/wire", query, after=after, following=following),
        tools(tool("Look again", url("/wire", **query)), tool("Empty the log", "/wire/clear") if rows else None),
        section="wire",
        wide=True,
    )


def _search(query: dict[str, str]) -> Element:
    return h(
        "form",
        field(Field("q", "Message, status or text", kind="search"), query),
        check("errors", "Only errors and warnings", on=bool(query["errors"])),
        h("input", type="hidden", name="session", value=query["session"]) if query["session"] else None,
        h("button", "Search"),
        h("a", "All sessions", href="/wire") if query["session"] else None,
        action="/wire",
        role="search",
        class_="filters",
    )


def _matches(exchange: Exchange, *, q: str, errors: str, session: str) -> bool:
    if session and exchange.session != session:
        return False
    if errors and not is_bad(exchange):
        return False
    if not q:
        return True
    wanted = q.lower()
    told = (*exchange.statuses, exchange.hresult, exchange.application, exchange.reason)
    return any(wanted in text.lower() for text in (*told, exchange.request, exchange.response))


def is_bad(exchange: Exchange) -> bool:
    """Whether QuickBooks refused any of it."""
    return bool(exchange.hresult) or any(severity(_code(status)) != "Info" for status in exchange.statuses)


def _code(status: str) -> int:
    code = status.rpartition(" ")[2]
    return int(code) if code.isdecimal() else 0


def _row(visit: Visit, exchange: Exchange) -> list[Child]:
    at = exchange.at.astimezone(visit.company.zone)
    answered = [status.rpartition(" ")[0] for status in exchange.statuses]
    messages = _shortened(answered or [name for name in _ASKED.findall(exchange.request) if name != "QBXMLMsgs"])
    return [
        h("a", f"{exchange.number}", href=f"/wire/{exchange.number}"),
        h("time", at.strftime("%m/%d %H:%M:%S"), datetime=exchange.at.isoformat(), class_="nowrap"),
        messages or "–",
        h("span", *_badges(exchange)),
        f"{exchange.milliseconds:,.0f} ms",
        _size(exchange.response_length),
    ]


def _shortened(names: list[str]) -> str:
    """Write each message once, in order, with how often it came."""
    counted: dict[str, int] = {}
    for name in names:
        counted[name] = counted.get(name, 0) + 1
    return ", ".join(name if count == 1 else f"{count} × {name}" for name, count in counted.items())


def _badges(exchange: Exchange) -> Iterator[Child]:
    if exchange.hresult:
        yield badge(exchange.hresult, tone="bad")
        return
    for code in dict.fromkeys(map(_code, exchange.statuses)):
        yield badge(str(code), tone={"Info": "good", "Warn": "warn"}.get(severity(code), "bad"))
        yield " "


def _size(characters: int) -> str:
    return f"{characters:,} B" if characters < 10_000 else f"{characters / 1000:,.0f} KB"


# -- one exchange ----------------------------------------------------------------------------------------------


@ROUTES.get("/wire/<number>")
def exchange(visit: Visit, number: str) -> Reply:
    one = _get(visit, number)
    at = one.at.astimezone(visit.company.zone)
    newer, older = visit.company.wire_log.get(one.number + 1), visit.company.wire_log.get(one.number - 1)
    about: list[tuple[str, Child]] = [
        ("Time", at.strftime("%m/%d/%Y %H:%M:%S")),
        ("Application", one.application or "–"),
        ("Session", h("a", one.session, href=url("/wire", session=one.session)) if one.session else "–"),
        ("Took", f"{one.milliseconds:,.1f} ms"),
        ("Status", h("span", *(_badges(one)), ", ".join(one.statuses))),
    ]
    if one.reason:
        about.append(("Why (QuickBooks does not say)", one.reason))
    return page(
        visit,
        f"Request {one.number}",
        h("h1", f"Request {one.number}"),
        tools(
            tool("Newer", f"/wire/{newer.number}") if newer else None,
            tool("Older", f"/wire/{older.number}") if older else None,
            tool("To the log", "/wire"),
        ),
        facts(about),
        h(
            "div",
            _text(one, "request", one.request, one.request_length),
            _text(one, "response", one.response, one.response_length) if not one.hresult else _thrown(one),
            class_="sides",
        ),
        section="wire",
        wide=True,
    )


def _get(visit: Visit, number: str) -> Exchange:
    found = visit.company.wire_log.get(int(number)) if number.isdecimal() and len(number) < 16 else None
    if found is None:
        raise PageRefused(HTTPStatus.NOT_FOUND, f"The log has no request {number} any more.")
    return found


def _thrown(one: Exchange) -> Element:
    return h(
        "section",
        h("h2", "Response"),
        h("div", h("strong", one.hresult), h("p", HRESULTS.get(one.hresult, "")), class_="error"),
        h("p", "QuickBooks threw this to the Web Connector, which hands it to the service as hresult and message."),
    )


def _text(one: Exchange, side: str, text: str, length: int) -> Element:
    pretty = pretty_xml(text)
    cut = len(pretty) > SHOWN_CHARACTERS
    title = side.capitalize()
    return h(
        "section",
        h("h2", title, " ", h("small", f"{_size(length)}", class_="soft")),
        h("p", f"Its first {_size(SHOWN_CHARACTERS)}.", class_="soft") if cut or length > MAX_CHARACTERS else None,
        h("pre", h("code", *_marked(pretty[:SHOWN_CHARACTERS])), tabindex="0", role="region", aria_label=title),
        h("p", h("a", f"Download the {side} as it was", href=f"/wire/{one.number}/{side}.xml", download=True)),
    )


def pretty_xml(text: str) -> str:
    """Indent a document; what is no XML stays as it came."""
    try:
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_blank_text=True)
        root = etree.fromstring(text.encode("utf-8", "surrogatepass"), parser)
    except (etree.XMLSyntaxError, ValueError):
        return text
    return etree.tostring(root.getroottree(), pretty_print=True, encoding="unicode")


def _marked(text: str) -> Iterator[Child]:
    """Let tags be told from what they hold, and refusals from the rest."""
    for piece in _MARK.split(text):
        if not _MARK.fullmatch(piece):
            yield piece
        elif _BAD_STATUS.search(piece):
            yield h("mark", piece)
        else:
            yield h("span", piece, class_="tag")


@ROUTES.get("/wire/<number>/<file>")
def download(visit: Visit, number: str, file: str) -> Reply:
    one = _get(visit, number)
    texts = {"request.xml": one.request, "response.xml": one.response}
    if file not in texts:
        raise PageRefused(HTTPStatus.NOT_FOUND, "There is no such page.")
    return Reply(texts[file].encode("utf-8", "replace"), content_type="text/plain; charset=utf-8")


@ROUTES.form("/wire/clear")
def clear(visit: Visit) -> Reply:
    if visit.is_post:
        visit.company.wire_log.clear()
        return see("/wire", told="emptied")
    count = visit.company.wire_log.count()
    return ask(
        visit,
        title="Empty the log?",
        text=f"{count} requests with their answers are forgotten. The company file stays as it is.",
        button="Empty the log",
        back="/wire",
        error=None,
        section="wire",
    )
