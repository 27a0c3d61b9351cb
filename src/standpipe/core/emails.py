"""E-mail fields as books have them: several addresses, names around them, remarks between them.

QuickBooks keeps one free text of up to 1023 characters (qbXML 13 reference, Email) in which people write
``a@x.com; b@y.com`` or ``Jane Doe <jane@x.com>``. The text is kept; what it means is read here.
"""

import re
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

_PIECE = re.compile(r'(?:"[^"]*"|<[^<>]*>|[^,;\n"<]|["<])+')
_NAMED = re.compile(r"^(?P<name>.*?)<\s*(?:mailto:)?(?P<address>[^<>\s]+)\s*>\s*$", re.DOTALL | re.IGNORECASE)
_AROUND = " \t\r\n\"'()[]<>.:"


@dataclass(frozen=True, slots=True)
class Mailbox:
    address: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Emails:
    """``mailboxes`` in the order written, each address once; ``rest``: the pieces that hold no address."""

    mailboxes: tuple[Mailbox, ...]
    rest: tuple[str, ...] = ()


def is_email(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


def split_emails(raw: str) -> Emails:
    """Reads one e-mail field. Never fails: what is no address stands in ``rest``.

    >>> [mailbox.address for mailbox in split_emails("a@x.com; b@y.com, Cy <c@z.com>").mailboxes]
    ['a@x.com', 'b@y.com', 'c@z.com']
    """
    found: dict[str, Mailbox] = {}
    rest: list[str] = []
    for match in _PIECE.finditer(raw):
        piece = match.group().strip()
        if not piece:
            continue
        if named := _read_named(piece):
            # An unquoted "Doe, Jane <jane@x.com>" arrives in two pieces: the first is the family name.
            before = rest.pop() if rest and _is_family_name(raw, rest[-1], at=match.start()) else ""
            mailboxes = [Mailbox(named.address, ", ".join(part for part in (before, named.name) if part))]
        else:
            mailboxes = _read_bare(piece)
        for mailbox in mailboxes:
            found.setdefault(mailbox.address.casefold(), mailbox)
        if not mailboxes:
            rest.append(piece)
    return Emails(tuple(found.values()), tuple(rest))


def _read_named(piece: str) -> Mailbox | None:
    match = _NAMED.match(piece)
    if not match or not is_email(match["address"]):
        return None
    return Mailbox(match["address"], match["name"].strip(_AROUND))


def _read_bare(piece: str) -> list[Mailbox]:
    """Every address among the words of a piece: ``jane@x.com / bob@x.com (home)``."""
    words = (word.removeprefix("mailto:").strip(_AROUND) for word in re.split(r"[\s/|]+", piece))
    return [Mailbox(word) for word in words if is_email(word)]


def _is_family_name(raw: str, piece: str, *, at: int) -> bool:
    """Whether ``piece`` is one word that stands right before ``at``, with only a comma between."""
    return " " not in piece and raw[:at].rstrip().removesuffix(",").rstrip().endswith(piece)
