"""Forms over a record that others may be editing too: they know which version of it the person was looking at."""

from datetime import datetime
from typing import Any, Protocol, cast

from django import forms
from django.http import QueryDict

from standpipe.core.errors import UserError

from .forms import show_error


class Versioned(Protocol):
    updated_at: datetime


class EditForm(forms.Form):
    """A form with a hidden ``seen``, so that nobody overwrites unawares what somebody else has just changed."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    @property
    def seen_at(self) -> datetime | None:
        """The version that the page showed; ``None`` for a new record or a page that did not say."""
        try:
            return datetime.fromisoformat(self.cleaned_data["seen"])
        except ValueError:
            return None

    @property
    def values(self) -> dict[str, Any]:
        """The fields of the record."""
        return {name: value for name, value in self.cleaned_data.items() if name != "seen"}


def seen(record: Versioned) -> str:
    """The initial value of ``EditForm.seen``."""
    return record.updated_at.isoformat()


def show_refusal(form: EditForm, *, error: UserError, record: Versioned | None = None) -> None:
    """Puts an action's refusal on the form. After "changed_meanwhile" saving again is a decision, and goes through.

    ``record`` is the one that the action refused to change, as it is stored now.
    """
    if error.code != "changed_meanwhile" or record is None:
        show_error(form, error=error)
        return
    data = cast("QueryDict", form.data).copy()
    data["seen"] = seen(record)
    form.data = data
    form.add_error(None, "Somebody else changed this while you were editing it. Save again to keep what stands here.")
