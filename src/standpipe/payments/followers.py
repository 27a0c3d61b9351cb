"""What follows from a payment that was recorded or changed, said by rooms above: payments know no outbox."""

from collections.abc import Callable

from .models import Payment

Follow = Callable[[Payment], None]
_followers: dict[str, Follow] = {}


def add(key: str, follow: Follow) -> None:
    """``follow`` runs in the action's transaction, once the payment is stored. Called in ``AppConfig.ready()``."""
    if key in _followers:
        raise ValueError(f"{key} is registered twice")
    _followers[key] = follow


def remove(key: str) -> None:
    _followers.pop(key, None)


def follow_up(payment: Payment) -> None:
    for follow in _followers.values():
        follow(payment)
