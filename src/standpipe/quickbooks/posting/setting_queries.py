"""The QuickBooks Desktop settings as programs see them."""

from typing import Any

from standpipe.invoices.numbering import numbering_of
from standpipe.quickbooks.connections.models import Connection

from .proposals import number_proposal, proposals_of
from .setting_checks import lists_are_here, problems_of_settings
from .settings import settings_of


def posting_json(connection: Connection) -> dict[str, Any]:
    """What is chosen, what of it does not hold, and what would be proposed. Problems and proposals need the lists."""
    has_lists = lists_are_here(connection)
    problems = problems_of_settings(connection) if has_lists else []
    return {
        **settings_of(connection).to_json(),
        "problems": [{"field": one.field, "wrong": one.wrong, "text": one.text} for one in problems],
        "proposals": proposals_of(connection) if has_lists else {},
    }


def numbering_json(connection: Connection) -> dict[str, Any]:
    """Of the organization; ``proposed``: above the highest that QuickBooks has, null where none is known."""
    numbering, proposal = numbering_of(connection.organization), number_proposal(connection)
    return {
        "prefix": numbering.prefix,
        "next_number": numbering.next_number,
        "highest_in_quickbooks": proposal.highest or None if proposal else None,
        "proposed": f"{proposal.prefix}{proposal.next_number}" if proposal else None,
    }
