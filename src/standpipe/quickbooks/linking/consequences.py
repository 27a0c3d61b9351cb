"""What the end of a link stops. Rooms above say it of their own: linking knows no invoice."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from standpipe.organizations.models import Person

from .models import Link


@dataclass(frozen=True, slots=True, kw_only=True)
class Consequence:
    """One thing that happens, or stays, when a link ends. ``text`` is a clause: "2 waiting invoices will stop"."""

    text: str
    stops: bool = False  # something that waits will not go any more


Source = Callable[[Link], Sequence[Consequence]]
Follow = Callable[[Link, Person | None], None]
Narrow = Callable[[Sequence[Link]], Sequence[Link]]
_sources: dict[str, Source] = {}
_follows: dict[str, tuple[Follow, Narrow]] = {}


def add(key: str, source: Source, *, follow: Follow | None = None, narrow: Narrow = lambda links: links) -> None:
    """``source`` is asked for each link that somebody is about to end. Called once, in ``AppConfig.ready()``.

    ``follow`` does what ``source`` said: with a link that has just ended, in the transaction that ended it.
    ``narrow``: of many that end together, those of which anything may follow.
    """
    if key in _sources:
        raise ValueError(f"{key} is registered twice")
    _sources[key] = source
    if follow is not None:
        _follows[key] = follow, narrow


def remove(key: str) -> None:
    _sources.pop(key, None)
    _follows.pop(key, None)


def follow_end(link: Link, *, by: Person | None) -> None:
    """To be called by whoever ends a link, in the same transaction and after what takes its place is stored."""
    follow_ends([link], by=by)


def follow_ends(links: Sequence[Link], *, by: Person | None) -> None:
    """The same for many."""
    for follow, narrow in _follows.values():
        for link in narrow(links):
            follow(link, by)


def consequences_of(link: Link) -> list[Consequence]:
    """Everything, what stops last, because that is what is remembered."""
    found = [one for source in _sources.values() for one in source(link)]
    return sorted(found, key=lambda one: one.stops)


def in_words(link: Link) -> str:
    """In one sentence: "12 invoices already sent stay in QuickBooks; 2 waiting will stop."."""
    clauses = [one.text for one in consequences_of(link)]
    if not clauses:
        return "Nothing was sent through it, and nothing waits to be sent."
    sentence = "; ".join(clauses)
    return f"{sentence[0].upper()}{sentence[1:]}."
