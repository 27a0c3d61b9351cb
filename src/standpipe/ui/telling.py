"""What became of a person's action, at the head of the next page."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib import messages
from django.http import HttpRequest

from standpipe.core.errors import UserError


@contextmanager
def told(request: HttpRequest, *, done: str) -> Iterator[None]:
    """``done``, or why the action inside was refused."""
    try:
        yield
    except UserError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
