"""What has changed in QuickBooks since, what became of linked customers, and what a person decides about both."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from standpipe.core.errors import UserError
from standpipe.organizations.access import MemberRequest, in_organization
from standpipe.organizations.models import Person
from standpipe.organizations.permissions import Permission
from standpipe.quickbooks.connections.models import Connection
from standpipe.quickbooks.connections.queries import connections_of, find_connection
from standpipe.quickbooks.linking import consequences
from standpipe.quickbooks.linking.actions import unlink
from standpipe.quickbooks.linking.models import Link
from standpipe.quickbooks.linking.queries import find_link
from standpipe.ui.links import org_url

from .actions import accept, catch_up_all, keep, leave, relink
from .comparing import GROUPS, LABELS, to_json
from .health import WORDS, State
from .looking import Looked
from .models import Standing
from .queries import DriftFilter, ailing, all_counts, as_ailing, drifted, health_counts, looked_at, standings_of
from .sections import CARD

RECORDS_SHOWN = 20  # each with a table of its own
MOST_AT_ONCE = 200  # records in one press: each is an edit with its row in the trail
TABS = (
    ("quickbooks", "To decide"),
    ("left", "Left as it is"),
    ("here", "Changed only here"),
    ("all", "All differences"),
)
TAB_KEYS = {key for key, _ in TABS} | {"both"}
FIELDS = {**LABELS, "contacts": "Contacts"}
NOT_WHOLE = "The form was not sent whole. Look again."


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The filters in the address."""

    drift: DriftFilter
    connection: Connection | None

    @classmethod
    def of(cls, request: MemberRequest, values: QueryDict) -> "Asked":
        field, shown = values.get("field", ""), values.get("changed", "")
        drift = DriftFilter(
            changed=shown if shown in TAB_KEYS else "quickbooks",
            field=field if field in GROUPS else "",
            noun=values.get("noun", ""),
        )
        key = values.get("connection", "")
        return cls(drift=drift, connection=find_connection(request.organization, key) if key else None)

    def rows(self, request: MemberRequest) -> "QuerySet[Standing]":
        return standings_of(request.organization, connection=self.connection)


@in_organization()
@require_safe
def changed(request: MemberRequest) -> HttpResponse:
    """Linked records about which QuickBooks, or somebody here, says something else than when they were linked."""
    catch_up_all(request.organization)
    asked = Asked.of(request, request.GET)
    rows = asked.rows(request)
    counts, unwell = all_counts(rows)
    known = None if asked.drift.field or asked.drift.noun else counts[asked.drift.changed]
    page = _page(request, drifted(rows, asked.drift), count=known)
    entries = [
        {"looked": looked, "differences": [one for one in looked.telling if asked.drift.shows(one)]}
        for looked in looked_at(list(page.object_list))
    ]
    context = {
        "page": page,
        "entries": entries,
        "asked": asked.drift,
        "connection": asked.connection,
        "connections": list(connections_of(request.organization)),
        "tabs": [(value, label, counts.get(value)) for value, label in TABS],
        "fields": [(value, label, counts[f"field_{value}"]) for value, label in FIELDS.items()],
        "is_narrowed": bool(asked.drift.field or asked.drift.noun or asked.connection),
        "unwell": sum(count for state, count in unwell.items() if state != "kept"),
    }
    return render(request, "quickbooks/drift/changed.html", context)


@in_organization(Permission.IMPORT_AND_LINK)
@require_POST
def decide(request: MemberRequest, link_id: UUID) -> HttpResponse:
    """Accepts or leaves one field, or all that are open, of one record."""
    link = find_link(request.organization, link_id)
    field, act = request.POST.get("field", ""), request.POST.get("act", "")
    act_on = accept if act == "accept" else leave
    try:
        seen = _seen(request.POST.get("seen", ""), field=field)
        done = act_on(link, fields=[field] if field else None, seen=seen, by=request.person)
    except UserError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _told(link, act=act, number=len(done)))
    return redirect(_back(request, link))


def _seen(sent: str, *, field: str) -> dict[str, object]:
    """What QuickBooks said on the page, by field. Of one field its value is sent, of a record each open one's."""
    try:
        value = json.loads(sent)
    except ValueError as broken:
        raise UserError(NOT_WHOLE, code="invalid_form") from broken
    if field:
        return {field: value}
    if not isinstance(value, dict):
        raise UserError(NOT_WHOLE, code="invalid_form")
    return value


def _told(link: Link, *, act: str, number: int) -> str:
    record = link.account or link.building
    name = record.name if record else ""
    what = "1 value" if number == 1 else f"{number} values"
    if act == "accept":
        return f"“{name}”: {what} taken over from QuickBooks. QuickBooks was not changed."
    return f"“{name}”: {what} left as they are here." if number != 1 else f"“{name}”: left as it is here."


@in_organization(Permission.IMPORT_AND_LINK)
def decide_all(request: MemberRequest) -> HttpResponse:
    """Accepts or leaves everything that the filters list; asks once, with the number.

    The answer says what it was asked about: where that is another number, or other values, by now, nothing is done.
    Of many the first ones are decided, and the question comes again for the rest.
    """
    catch_up_all(request.organization)
    asked = Asked.of(request, request.GET)  # the question posts to its own address
    act = "accept" if request.GET.get("act") == "accept" else "leave"
    rows = drifted(asked.rows(request), DriftFilter(field=asked.drift.field, noun=asked.drift.noun))
    back = f"{org_url(request, 'quickbooks:changed')}?{_query(asked)}"
    number, chosen = rows.count(), _open_of(rows, asked=asked)
    if request.method == "POST":
        refused = _not_as_asked(request, number=number, chosen=chosen)
        if not refused:
            done, refused = _decide_many(chosen, act=act, by=request.person)
            words = "taken over from QuickBooks" if act == "accept" else "left as they are here"
            left = rows.count()
            rest = f" {left:,} to go." if left and number > MOST_AT_ONCE else ""
            messages.success(request, f"{done:,} {'record' if done == 1 else 'records'} {words}.{rest}")
            back = request.get_full_path() if rest and done else back
        for text in refused[:5]:
            messages.error(request, text)
        return redirect(back)
    what = FIELDS[asked.drift.field].lower() if asked.drift.field else "everything that QuickBooks has changed"
    records = "1 record" if number == 1 else f"{number:,} records"
    lines = [
        f"{'Takes over' if act == 'accept' else 'Leaves as it is here'}: {what}, of {records}.",
        "QuickBooks is not changed. Each edit stands in the history of its record."
        if act == "accept"
        else "You are not asked again until QuickBooks says something else.",
    ]
    now = records
    if number > MOST_AT_ONCE:
        now = f"the first {MOST_AT_ONCE}"
        lines.append(f"{MOST_AT_ONCE} at a time: you are asked again for the rest, until there is none.")
    context = {
        "title": f"{'Accept' if act == 'accept' else 'Leave'} for {records}?",
        "lines": lines,
        "submit": f"{'Accept' if act == 'accept' else 'Leave'} for {now}",
        "cancel_url": back,
        "kept": [("expected", number), ("seen", _digest(chosen))],
    }
    return render(request, "ui/confirm.html", context)


_Chosen = Sequence[tuple[Looked, Mapping[str, object]]]  # records, each with what QuickBooks says by field


def _open_of(rows: "QuerySet[Standing]", *, asked: Asked) -> _Chosen:
    """What one press decides: the first records, each with its open fields that the filters show."""
    return [
        (
            looked,
            {
                one.field: to_json(one.now)
                for one in looked.differences
                if one.is_open and asked.drift.field in ("", one.group)
            },
        )
        for looked in looked_at(list(rows[:MOST_AT_ONCE]))
    ]


def _digest(chosen: _Chosen) -> str:
    said = json.dumps([(str(looked.link.pk), seen) for looked, seen in chosen], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()


def _not_as_asked(request: MemberRequest, *, number: int, chosen: _Chosen) -> list[str]:
    """Why the answer is to another question than would be asked now; empty: it is to the same."""
    expected = request.POST.get("expected", "")
    if not expected.isdecimal():
        return [NOT_WHOLE]
    if int(expected) != number:
        return [
            f"You were asked about {int(expected):,}, and by now it is {number:,}. Nothing was changed. Look again."
        ]
    if request.POST.get("seen") != _digest(chosen):
        return ["QuickBooks says something else by now. Nothing was changed. Look again."]
    return []


def _decide_many(chosen: _Chosen, *, act: str, by: Person) -> tuple[int, list[str]]:
    done, refused = 0, []
    for looked, seen in chosen:
        try:
            (accept if act == "accept" else leave)(looked.link, fields=list(seen), seen=seen, by=by)
        except UserError as refusal:
            refused.append(f"“{looked.record.name}”: {refusal}")
        else:
            done += 1
    return done, refused


def _query(asked: Asked) -> str:
    query = QueryDict(mutable=True)
    for key, value in (("field", asked.drift.field), ("noun", asked.drift.noun)):
        if value:
            query[key] = value
    if asked.connection:
        query["connection"] = str(asked.connection.pk)
    return query.urlencode()


# Health


@in_organization()
@require_safe
def health(request: MemberRequest) -> HttpResponse:
    """Links whose customer is gone, moved or inactive, explained, with what repairs them."""
    catch_up_all(request.organization)
    state = request.GET.get("state", "")
    rows = standings_of(request.organization)
    counts = health_counts(rows)
    found = ailing(rows, state=state, kept=state == "kept")
    page = _page(request, found)
    context = {
        "page": page,
        "entries": [as_ailing(row) for row in page.object_list],
        "state": state,
        "total": sum(count for value, count in counts.items() if value != "kept"),
        "states": [(value.value, WORDS[value], counts[value]) for value in State if counts[value]],
        "kept": counts["kept"],
    }
    return render(request, "quickbooks/drift/health.html", context)


@in_organization(Permission.IMPORT_AND_LINK)
def repair(request: MemberRequest, link_id: UUID) -> HttpResponse:
    """Relinks, unlinks or keeps, as was pressed. Only unlinking asks once more, with what it stops."""
    link = find_link(request.organization, link_id)
    record = link.account or link.building
    assert record is not None  # link_is_to_one_thing  # noqa: S101
    act = request.POST.get("act", "")
    if request.method != "POST" or (act == "unlink" and not request.POST.get("sure")):
        if link.ended_at is None:
            return _ask_about_unlinking(request, link, name=record.name)
        messages.error(request, f"The link of “{record.name}” to {link.full_name} has ended since. Look again.")
        return redirect(_back(request, link, page="quickbooks:link-health"))
    try:
        if act == "relink":
            made = relink(link, list_id=request.POST.get("list_id", ""), by=request.person)
            messages.success(request, f"“{record.name}” is linked to {made.full_name} now.")
        elif act == "unlink":
            unlink(record, by=request.person, seen=str(link.pk))
            messages.success(request, f"“{record.name}” is no longer linked to {link.full_name}.")
        else:
            keep(link, by=request.person)
            messages.success(request, f"The link of “{record.name}” is kept as it is.")
    except UserError as refusal:
        messages.error(request, str(refusal))
    return redirect(_back(request, link, page="quickbooks:link-health"))


def _ask_about_unlinking(request: MemberRequest, link: Link, *, name: str) -> HttpResponse:
    context = {
        "link": link,
        "name": name,
        "back": request.POST.get("back", ""),
        "query": request.POST.get("query", ""),
        "stops": consequences.in_words(link),
        "cancel_url": _back(request, link, page="quickbooks:link-health"),
    }
    return render(request, "quickbooks/drift/unlink.html", context)


def _back(request: MemberRequest, link: Link, *, page: str = "quickbooks:changed") -> str:
    """The list with its filters, or the page of the record."""
    if request.POST.get("back") == "record":
        target, key = ("accounts", link.account_id) if link.account_id else ("buildings", link.building_id)
        return f"{org_url(request, f'{target}:detail', key)}#{CARD}"
    query = QueryDict(request.POST.get("query", "")[:1000])
    return f"{org_url(request, page)}{'?' if query else ''}{query.urlencode()}"


def _page(request: HttpRequest, rows: "QuerySet[Standing]", *, count: int | None = None) -> Page[Standing]:
    """``count``: how many there are, where that is known already."""
    paginator = Paginator(rows, RECORDS_SHOWN)
    if count is not None:
        paginator.count = count
    page = paginator.get_page(request.GET.get("page"))
    page.object_list = list(page.object_list)
    return page
