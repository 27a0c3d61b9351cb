"""What locks an invoice. Rooms above say it of their own: an invoice knows nothing of where it is sent."""

from collections.abc import Callable

from standpipe.core.errors import UserError

from .models import Invoice

Guard = Callable[[Invoice], str | None]
_guards: dict[str, Guard] = {}


def add(key: str, guard: Guard) -> None:
    """``guard`` answers why the invoice must stay as it is, in a sentence with the way out; ``None``: it need not.

    It is asked inside the transaction that would change the invoice. Called once, in ``AppConfig.ready()``.
    """
    if key in _guards:
        raise ValueError(f"{key} is registered twice")
    _guards[key] = guard


def remove(key: str) -> None:
    _guards.pop(key, None)


def locked_because(invoice: Invoice) -> str:
    """The first reason, or ``""``."""
    return next((reason for guard in _guards.values() if (reason := guard(invoice))), "")


def refuse_if_locked(invoice: Invoice) -> None:
    if reason := locked_because(invoice):
        raise UserError(reason, code="locked")
