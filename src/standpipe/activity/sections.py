"""The card "History" on the pages of accounts, buildings, contacts, and whatever stands above."""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest

from standpipe.ui.registry import add_section

from .queries import activity_of
from .words import told

SHOWN = 10  # what a person scans without scrolling; the rest is one press away
ALL = "all"


def register() -> None:
    for page in ("account", "building", "contact"):
        add_history(page)


def add_history(page: str) -> None:
    """For pages of higher rooms too; ``page`` is what the trail calls the subject."""
    add_section(
        page, key="history", title="History", order=90, template="activity/history.html", context=_history(page)
    )


def _history(subject_type: str) -> Callable[[HttpRequest, Any], Mapping[str, Any]]:
    def context(request: HttpRequest, record: Any) -> Mapping[str, Any]:
        rows = activity_of(record.organization, subject_type=subject_type, subject_id=record.id)
        wanted = list(rows if request.GET.get("history") == ALL else rows[: SHOWN + 1])
        has_more = request.GET.get("history") != ALL and len(wanted) > SHOWN
        return {"history": [told(row) for row in (wanted[:SHOWN] if has_more else wanted)], "has_more": has_more}

    return context
