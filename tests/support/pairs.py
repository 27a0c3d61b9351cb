"""Labelled pairs for the matching, read from ``tests/standpipe/quickbooks/matching/pairs/``, which say their form."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from standpipe.core.addresses import NO_ADDRESS, Address
from standpipe.core.text import name_key
from standpipe.quickbooks.lists.details import Details
from standpipe.quickbooks.matching.parties import Said, party_of_customer, party_of_record
from standpipe.quickbooks.matching.scoring import Party

FOLDER = Path(__file__).parents[1] / "standpipe" / "quickbooks" / "matching" / "pairs"


@dataclass(frozen=True)
class Side:
    name: str
    above: str  # the account of a building; the path of the customer of a job
    company: str  # QuickBooks' company name
    address: Address
    phone: str
    email: str


@dataclass(frozen=True)
class Pair:
    kind: str  # "abbreviations"
    is_same: bool
    is_building: bool
    here: Side
    there: Side

    def __str__(self) -> str:
        return f"{self.kind}: {self.here.name} | {self.there.above}:{self.there.name}"


def read_pairs(name: str) -> list[Pair]:
    return list(_pairs((FOLDER / f"{name}.txt").read_text(encoding="utf-8")))


def is_equal_by_name(pair: Pair) -> bool:
    """What rivals do: the name as it stands, but for case, blanks and punctuation."""
    theirs = (pair.there.name, pair.there.company)
    return name_key(pair.here.name) in {name_key(name) for name in theirs if name}


def _pairs(text: str) -> Iterator[Pair]:
    heading = ""
    for block in re.split(r"\n\s*\n", text):
        lines = [line for line in block.strip().splitlines() if not line.startswith("#")]
        if lines and lines[0].startswith("["):
            heading = lines.pop(0).strip("[]")
        if not lines:
            continue
        here, there = lines
        label, _, kind = heading.partition(": ")
        yield Pair(kind, label == "same", kind.startswith("buildings"), _here(here), _there(there))


def _here(line: str) -> Side:
    name, *rest = (part.strip() for part in line.split("|"))
    name, _, above = (part.strip() for part in name.partition(" < "))
    return _side(name, above, "", rest)


def _there(line: str) -> Side:
    name, *rest = (part.strip() for part in line.split("|"))
    name, _, company = name.partition("{")
    above, _, leaf = name.strip().rpartition(":")
    return _side(leaf, above, company.strip("} "), rest)


def _side(name: str, above: str, company: str, rest: list[str]) -> Side:
    address, phone, email = rest
    lines = tuple(line.strip() for line in address.split(";") if line.strip())
    return Side(name, above, company, Address(lines=lines), phone, email)


def parties(pair: Pair) -> tuple[Party, Party]:
    """Both sides as they would be compared if they stood alone."""
    here, there = pair.here, pair.there
    ours = party_of_record(
        name=here.name,
        is_account=not pair.is_building,
        billing=NO_ADDRESS if pair.is_building else here.address,
        physical=here.address if pair.is_building else NO_ADDRESS,
        account_name=here.above,
        phones=[here.phone],
        emails=[here.email],
    )
    path = [*there.above.split(":"), there.name] if there.above else [there.name]
    details = Details(bill=there.address, phone=there.phone, email=there.email)
    said = Said(name=there.name, full_name=":".join(path), company_name=there.company, details=details)
    parent = None
    if there.above:
        above = there.above.rpartition(":")[2]
        inherited = Details(phone=there.phone, email=there.email) if pair.kind == "parent and job" else Details()
        parent = Said(name=above, full_name=there.above, company_name=there.company, details=inherited)
    return ours, party_of_customer(said, parent=parent)


@dataclass(frozen=True)
class Measured:
    found: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        return self.found / (self.found + self.wrong)

    @property
    def recall(self) -> float:
        return self.found / (self.found + self.missed)


def measured(pairs: list[Pair], says_same: list[bool]) -> Measured:
    both = list(zip(pairs, says_same, strict=True))
    return Measured(
        found=sum(pair.is_same and says for pair, says in both),
        wrong=sum(says and not pair.is_same for pair, says in both),
        missed=sum(pair.is_same and not says for pair, says in both),
    )
