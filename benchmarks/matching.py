"""20,000 records against 20,000 customers: what is compared, found and told, on one core, without a database.

Names, addresses and phones are invented by a fixed seed; each record is its customer with a slip in the name, another
spelling of the street, and a phone every other time. Run as a program of its own, so that its memory is its own:
``python -m benchmarks.matching 20000`` prints seconds, megabytes and the share of records that found their customer.
"""

import json
import random
import resource
import sys
import time
from collections.abc import Iterator

from standpipe.core.addresses import NO_ADDRESS, Address
from standpipe.quickbooks.lists.details import Details
from standpipe.quickbooks.matching.blocking import Index, best_of
from standpipe.quickbooks.matching.parties import Said, marked, party_of_customer, party_of_record
from standpipe.quickbooks.matching.scoring import Party

NAMES = """
Alder Birch Cedar Dogwood Elm Fir Ginkgo Hawthorn Ironwood Juniper Larch Maple Oak Pine Quince Redwood Spruce Tamarack
Willow Yew Harmon Keller Sorensen Petrov Garza Nguyen Okafor Lindqvist Marchetti Delgado Whitfield Castellano Thornton
Abbott Bauer Cole Drake Ellis Foster Grant Hobbs Irwin Jarvis Kent Lowell Mercer Nash
Valley Ridge Creek Hill Park Point View Springs Harbor Lake Meadow Grove Field Brook Bend Glen Summit
Robert James Mary Linda Susan Thomas Paul Carol
Main Oak Elm Maple Washington Lake Hill Walnut Spring Church Mill River Park Highland Jackson Lincoln
"""
*_OWNERS, _PLACES, _PEOPLE, _STREETS = (line.split() for line in NAMES.strip().splitlines())
OWNERS, PLACES, PEOPLE, STREETS = [name for line in _OWNERS for name in line], _PLACES, _PEOPLE, _STREETS
KINDS = (
    "School", "Apartments", "Dental Group", "Electric Company", "Plumbing & Heating", "Church", "Medical Center",
    "Properties LLC", "Construction Inc", "Restaurant", "Auto Repair", "Bank", "Insurance Agency", "Manufacturing Co",
    "Hotel", "Storage", "Pharmacy", "Foods",
)  # fmt: skip
TOWNS = 100


def main() -> None:
    number = int(sys.argv[1])
    chance = random.Random(4)  # noqa: S311  # the same data each time
    rows = list(_rows(number, chance))
    order = chance.sample(range(number), number)
    began = time.process_time()
    customers = marked([_customer(row) for row in rows])
    records = marked([_record(rows[at], chance, has_phone=at % 2 == 0) for at in order])
    index = Index(customers)
    found = 0
    for at, record in zip(order, records, strict=True):
        best = best_of(record, customers, index)
        found += bool(best) and best[0][0] == at
    seconds = time.process_time() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "megabytes": peak, "found": found / number}))


def _rows(number: int, chance: random.Random) -> Iterator[tuple[str, str, int, str]]:
    """Name, street, town, phone."""
    for at in range(number):
        name = f"{chance.choice(OWNERS)} {chance.choice(PLACES)} {chance.choice(KINDS)}"
        if chance.random() < 0.2:
            name = f"{chance.choice(OWNERS)}, {chance.choice(PEOPLE)}"
        street = f"{chance.randrange(1, 9999)} {chance.choice(STREETS)} Street"
        yield name, street, chance.randrange(TOWNS), f"419555{at % 10_000:04}"


def _address(street: str, town: int) -> Address:
    return Address(lines=(street,), city=f"Town{town}", state="OH", postal_code=str(43_000 + town))


def _customer(row: tuple[str, str, int, str]) -> Party:
    name, street, town, phone = row
    return party_of_customer(Said(name=name, details=Details(bill=_address(street, town), phone=phone)))


def _record(row: tuple[str, str, int, str], chance: random.Random, *, has_phone: bool) -> Party:
    name, street, town, phone = row
    at = chance.randrange(1, len(name) - 2)
    slipped = name[:at] + name[at + 1] + name[at] + name[at + 2 :] if chance.random() < 0.3 else name
    return party_of_record(
        name=slipped,
        is_account=True,
        billing=_address(street.replace("Street", "St."), town),
        physical=NO_ADDRESS,
        phones=[phone] if has_phone else [],
    )


if __name__ == "__main__":
    main()
