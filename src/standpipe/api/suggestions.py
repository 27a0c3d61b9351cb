"""``/connections/{id}/suggestions``: what is here already and looks like a customer or job of QuickBooks."""

import time
from collections.abc import Sequence
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Status

from standpipe.organizations.permissions import Permission
from standpipe.quickbooks.connections.models import Connection
from standpipe.quickbooks.connections.queries import find_connection, import_hindrance
from standpipe.quickbooks.linking.queries import quickbooks_json
from standpipe.quickbooks.lists.details import Details
from standpipe.quickbooks.matching.actions import accept, accept_all, reject, take_back_rejection, undo_acceptance
from standpipe.quickbooks.matching.actions import find_acceptance as acceptance_of
from standpipe.quickbooks.matching.comparing import compare, is_up_to_date, stored
from standpipe.quickbooks.matching.gathering import NOUNS
from standpipe.quickbooks.matching.models import Comparison, Suggestion
from standpipe.quickbooks.matching.parties import Said, party_of_customer, party_of_record
from standpipe.quickbooks.matching.queries import find_suggestion, pair_json, pairs_of, suggestions_of
from standpipe.quickbooks.matching.scoring import SUGGESTED_LINE, score

from .auth import caller
from .pages import Limit, PageOf, page_of
from .schemas import AcceptAllIn, CustomerSideIn, PairsIn, RecordSideIn

router = Router(tags=["Suggestions"])
Target = Annotated[
    Literal["accounts", "buildings"] | None, Query(alias="for", description="Both, unless one is named.")
]
Line = Annotated[int, Query(ge=0, le=100, description="Only those with this score or a higher one.")]
SECONDS = 4  # of comparing in one answer


class SuggestionsPage(PageOf):
    complete: bool
    progress: dict[str, Any]  # of accounts and buildings


@router.get(
    "/connections/{connection_id}/suggestions", response=SuggestionsPage, summary="What looks alike, likeliest first"
)
def list_suggestions(
    request: HttpRequest,
    connection_id: str,
    target: Target = None,
    line: Line = 0,
    cursor: str | None = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Accounts or buildings without a link, each with the one customer or job that it most likely is.

    ``score`` is 0 to 100, ``suggested`` says that it is at the suggested line or above, ``reasons`` say why in words.
    What was accepted, rejected or linked otherwise is left out. Where the list, a record or a contact has changed
    since, a first page compares for some seconds and answers what there is: ``complete`` false says that it is not
    done, ``progress`` how far it is, ``as_of`` what the items are of. Ask again to go on. A further page
    compares nothing.
    """
    connection = _connection(request, connection_id)
    targets = [target] if target else list(NOUNS)
    found = {one: stored(connection, target=one) for one in targets} if cursor else _compared(connection, targets)
    comparisons = {comparison.pk: one for one, comparison in found.items()}
    one, *others = (
        suggestions_of(connection, target=one, line=line, comparison=comparison) for one, comparison in found.items()
    )
    rows = one | others[0] if others else one

    def as_json(found: Sequence[Suggestion]) -> list[dict[str, Any]]:
        shown = {}
        for key, one in comparisons.items():
            of_target = [suggestion for suggestion in found if suggestion.comparison_id == key]
            for pair in pairs_of(of_target, connection=connection, target=one):
                shown[pair.suggestion.pk] = pair_json(pair, target=one)
        return [shown[suggestion.pk] for suggestion in found if suggestion.pk in shown]

    page = page_of(rows, order=("place", "id"), limit=limit, cursor=cursor, as_json=as_json)
    return page | {
        "complete": all(map(is_up_to_date, found.values())),
        "progress": {one: _progress(comparison) for one, comparison in found.items()},
    }


def _compared(connection: Connection, targets: Sequence[str]) -> dict[str, Comparison]:
    """As far as the time goes: the second only once the first is done."""
    ends_at = time.monotonic() + SECONDS
    found: dict[str, Comparison] = {}
    for one in targets:
        left = max(ends_at - time.monotonic(), 0)
        if left or not found:
            found[one] = compare(connection, target=one, seconds=left)
        else:
            found[one] = stored(connection, target=one)
    return found


def _progress(comparison: Comparison) -> dict[str, Any]:
    return {
        "compared": comparison.compared,
        "total": comparison.total,
        "as_of": comparison.as_of.isoformat() if comparison.as_of else None,
    }


@router.post(
    "/connections/{connection_id}/suggestions/accept-all",
    response=dict[str, Any],
    summary="Link all at the line and above",
)
def accept_all_suggestions(request: HttpRequest, connection_id: str, payload: AcceptAllIn) -> dict[str, Any]:
    """One act, which ``POST /acceptances/{id}/undo`` takes back as one.

    With ``expected``: 409 at another number. With ``as_of`` from the suggestions' ``progress``: 409 where they are of
    a newer comparison.
    """
    membership = caller(request, Permission.IMPORT_AND_LINK)
    connection = find_connection(membership.organization, connection_id)
    acceptance = accept_all(
        connection,
        target=payload.for_,
        line=payload.line,
        by=membership.person,
        expected=payload.expected,
        as_of=payload.as_of,
    )
    return {"id": str(acceptance.pk), "for": payload.for_, "line": payload.line, "linked": len(acceptance.link_ids)}


@router.get(
    "/connections/{connection_id}/suggestions/{suggestion_id}", response=dict[str, Any], summary="One of them"
)
def get_suggestion(request: HttpRequest, connection_id: str, suggestion_id: str) -> dict[str, Any]:
    return _json(find_suggestion(find_connection(caller(request).organization, connection_id), suggestion_id))


@router.post(
    "/connections/{connection_id}/suggestions/{suggestion_id}/accept",
    response=dict[str, Any],
    summary="They are the same: link them",
)
def accept_suggestion(request: HttpRequest, connection_id: str, suggestion_id: str) -> dict[str, Any]:
    """Safe to repeat. 409 ``changed_meanwhile`` where somebody has linked one of the two otherwise."""
    membership = caller(request, Permission.IMPORT_AND_LINK)
    suggestion = find_suggestion(_connection(request, connection_id), suggestion_id)
    link = accept(suggestion, by=membership.person)
    return _json(suggestion) | {"quickbooks": quickbooks_json(link)}


@router.post(
    "/connections/{connection_id}/suggestions/{suggestion_id}/reject",
    response=dict[str, Any],
    summary="They are not the same; remembered",
)
def reject_suggestion(request: HttpRequest, connection_id: str, suggestion_id: str) -> dict[str, Any]:
    """Safe to repeat. 409 ``changed_meanwhile`` where they have been linked meanwhile."""
    membership = caller(request, Permission.IMPORT_AND_LINK)
    suggestion = find_suggestion(_connection(request, connection_id), suggestion_id)
    reject(suggestion, by=membership.person)
    return _json(suggestion)


@router.post(
    "/connections/{connection_id}/suggestions/{suggestion_id}/take-back",
    response=dict[str, Any],
    summary="Take a rejection back",
)
def take_back(request: HttpRequest, connection_id: str, suggestion_id: str) -> dict[str, Any]:
    """Safe to repeat. A link is taken back by DELETE of the record's ``quickbooks-link``."""
    membership = caller(request, Permission.IMPORT_AND_LINK)
    suggestion = find_suggestion(_connection(request, connection_id), suggestion_id)
    take_back_rejection(suggestion, by=membership.person)
    return _json(suggestion)


@router.post("/acceptances/{acceptance_id}/undo", response=dict[str, Any], summary='Undo one "link all"')
def undo_accept_all(request: HttpRequest, acceptance_id: str) -> dict[str, Any]:
    """Ends those links that are still as it made them. Safe to repeat."""
    membership = caller(request, Permission.IMPORT_AND_LINK)
    acceptance = acceptance_of(membership.organization, acceptance_id)
    return {"id": str(acceptance.pk), "ended": undo_acceptance(acceptance, by=membership.person)}


@router.post("/match-scores", response={200: dict[str, Any]}, summary="How alike are these? Stores nothing")
def score_pairs(request: HttpRequest, payload: PairsIn) -> Status[dict[str, Any]]:
    """Pairs of a record as you have it and a customer as QuickBooks has it; each answered with score and reasons."""
    caller(request)
    items = []
    for pair in payload.pairs:
        scored = score(_here(pair.record), _there(pair.customer))
        items.append({"score": scored.score, "suggested": scored.is_suggested, "reasons": list(scored.reasons)})
    return Status(200, {"line": SUGGESTED_LINE, "items": items})


def _here(record: RecordSideIn) -> Any:
    return party_of_record(
        name=record.name,
        is_account=record.type == "account",
        billing=record.billing_address.to_address(),
        physical=record.physical_address.to_address(),
        account_name=record.account_name,
        phones=[record.phone],
        emails=[record.email],
        people=[record.contact] if record.contact else [],
    )


def _there(customer: CustomerSideIn) -> Any:
    details = Details(
        bill=customer.billing_address.to_address(),
        ship=customer.physical_address.to_address(),
        phone=customer.phone,
        email=customer.email,
        contact=customer.contact,
    )
    path = customer.full_name or customer.name
    said = Said(name=path.rpartition(":")[2], full_name=path, company_name=customer.company_name, details=details)
    above = path.rpartition(":")[0]
    parent = Said(name=above.rpartition(":")[2], full_name=above) if above else None
    return party_of_customer(said, parent=parent)


def _connection(request: HttpRequest, connection_id: str) -> Connection:
    connection = find_connection(caller(request).organization, connection_id)
    if hindrance := import_hindrance(connection):
        raise hindrance
    return connection


def _json(suggestion: Suggestion) -> dict[str, Any]:
    comparison = suggestion.comparison
    pairs = pairs_of([suggestion], connection=comparison.connection, target=comparison.target)
    if not pairs:
        raise Suggestion.DoesNotExist
    return pair_json(pairs[0], target=comparison.target)
