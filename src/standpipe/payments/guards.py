"""What keeps a payment from being changed or taken back. Rooms above say it of their own: payments know no outbox."""

from collections.abc import Callable

from standpipe.core.errors import UserError

from .models import Payment

Guard = Callable[[Payment], str | None]
_guards: dict[str, Guard] = {}


def add(key: str, guard: Guard) -> None:
    """``guard`` says why a payment cannot be changed now, or ``None``. Called once, in ``AppConfig.ready()``."""
    if key in _guards:
        raise ValueError(f"{key} is registered twice")
    _guards[key] = guard


def remove(key: str) -> None:
    _guards.pop(key, None)


def why_locked(payment: Payment) -> str | None:
    return next((text for guard in _guards.values() if (text := guard(payment))), None)


def refuse_if_locked(payment: Payment) -> None:
    if text := why_locked(payment):
        raise UserError(text, code="locked")
