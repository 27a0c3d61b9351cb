"""Fills a new company file with customers as fire inspection companies really have them.

Every kind of record that public reports describe comes up: SHAPES lists them, and the first customers of a
file go through all of them once before chance takes over. Everything follows from the seed; names and phone
numbers are invented (555-01xx is kept free for fiction, .example for addresses).
"""

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from qbsim import filling_lists
from qbsim.customers import COPIED_TO_JOBS, MAX_LEVELS, address, labelled, path_key, printed_block, ship_to
from qbsim.filling_transactions import History
from qbsim.filling_words import (
    BUSINESSES,
    FAMILIES,
    FIRST_NAMES,
    JOBS,
    LISTS,
    PLACES,
    STREETS,
    TITLES,
    Place,
)
from qbsim.wiretext import datetime_text

FIRST_DAY = filling_lists.MADE_AT
LAST_DAY = 1671480000  # 2022-12-19: no record of the filling is younger, whatever the clock says
_CHUNK = 2000  # rows per executemany: keeps memory flat

Details = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Subject:
    """Who a customer is, before QuickBooks' fields are filled in more or less carefully."""

    number: int
    name: str
    first: str
    last: str
    place: Place
    street: str
    code: str

    @property
    def person(self) -> str:
        return f"{self.first} {self.last}"

    @property
    def mail(self) -> str:
        plain = f"{self.first}.{self.last}".lower().encode("ascii", "ignore").decode()
        return f"{plain.replace(' ', '').replace(chr(39), '')}{self.number}@mail.example"


def fill(
    connection: sqlite3.Connection,
    *,
    name: str,
    customers: int,
    jobs: int,
    seed: int,
    now: int,
    facts: Mapping[str, Any],
    transactions: bool = True,
) -> None:
    """Write facts, lists, customers, their history and a few deletions. The caller holds the transaction.

    Without transactions nobody owes anything.
    """
    random = Random(seed)  # noqa: S311 -- invented data, not secrets
    numbers = _Numbers()
    zone = ZoneInfo(str(facts["time_zone"]))
    quirk = "dst-offset" in facts["deviations"]

    def time_text(at: int) -> str:
        return datetime_text(at, zone=zone, dst_offset_quirk=quirk)

    numbers.next = filling_lists.fill(connection, next_number=numbers.next)
    lists = _list_ids(connection)
    writer = _Writer(random, numbers, lists, time_text, mail="mail-delivery" in facts["deviations"], owe=transactions)
    history = History(connection, seed=seed, time_text=time_text)
    rows = writer.rows(customers=customers, jobs=jobs)
    while chunk := list(islice(rows, _CHUNK)):
        connection.executemany("INSERT INTO customers VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", chunk)
        connection.executemany("INSERT INTO data_ext VALUES (?, ?, ?, ?, ?)", writer.take_custom_fields())
        if transactions:
            history.write(chunk)
    if customers >= len(SHAPES):
        _fill_deleted(connection, numbers, now=now)
    all_facts = {
        **facts,
        "company": _company_facts(name),
        "host": _HOST,
        "preferences": _preferences(lists),
        "next_number": numbers.next,
        "data_ext_definitions": _CUSTOM_FIELDS,
        **history.facts(),
    }
    connection.executemany(
        "INSERT INTO facts VALUES (?, ?)",
        [(fact, json.dumps(value, ensure_ascii=False)) for fact, value in all_facts.items()],
    )


# Custom fields that a person defined; the office asks for them on customers and on invoice lines.
_CUSTOM_FIELDS = [
    {"owner_id": "0", "name": name, "type_": "STR255TYPE", "objects": objects, "number": number}
    for number, (name, objects) in enumerate(
        (("Route", ["Customer", "Invoice", "ReceivePayment"]), ("Asset Tag", ["Item", "Invoice"])), start=1
    )
]


class _Numbers:
    """Hands out ListIDs in order: one running number for all lists of a file."""

    def __init__(self) -> None:
        self.next = 1

    def list_id(self, at: int) -> str:
        self.next += 1
        return f"{0x80000000 + self.next - 1:X}-{at}"


class _Writer:
    """Makes rows of the customers table, a customer followed by its jobs."""

    def __init__(
        self,
        random: Random,
        numbers: _Numbers,
        lists: Mapping[tuple[str, str], str],
        time_text: Callable[[int], str],
        *,
        mail: bool,
        owe: bool,
    ) -> None:
        self._owe = owe
        self.random = random
        self._numbers = numbers
        self._lists = lists
        self._time_text = time_text
        self._deliveries = ("None", "Email", "Mail") if mail else ("None", "Email")
        self._custom_fields: list[tuple[str, str, str, str, str]] = []
        self._names = 0

    def take_custom_fields(self) -> list[tuple[str, str, str, str, str]]:
        taken, self._custom_fields = self._custom_fields, []
        return taken

    def rows(self, *, customers: int, jobs: int) -> Iterator[tuple[Any, ...]]:
        span = LAST_DAY - FIRST_DAY
        left, owed, next_size = jobs, 0.0, 1
        for number in range(customers):
            made_at = FIRST_DAY + number * span // customers + self.random.randrange(60)
            owed += jobs / customers
            size = 0
            if number == customers - 1:
                size = left
            elif number == 0:
                size = min(left, 7)  # the first one shows jobs down to the fifth level
            elif owed >= next_size:
                size, next_size = min(left, int(owed)), self.random.choice((1, 1, 2, 3, 4, 8))
            left, owed = left - size, owed - size
            yield from self._family(number, jobs=size, made_at=made_at)

    def _family(self, number: int, *, jobs: int, made_at: int) -> Iterator[tuple[Any, ...]]:
        name, details = self._customer(number, made_at=made_at)
        active = number < len(SHAPES) or self.random.random() > 0.08
        family = [self._node(name, None, details, active=active, made_at=made_at)]
        for each in range(jobs):
            deep = number == 0 and each < MAX_LEVELS - 1
            above = self.random.choice(family) if self.random.random() < 0.35 else family[0]
            if deep:
                above = family[-1]
            if above.sublevel + 1 >= MAX_LEVELS:
                above = family[0]
            family.append(self._job(each, above, made_at=made_at + 3600 * (each + 1), must_be_active=deep))
        totals = [node.balance for node in family]
        for index in range(len(family) - 1, 0, -1):  # jobs stand behind what they belong to
            totals[family[index].parent_index] += totals[index]
        for node, total in zip(family, totals, strict=True):
            yield node.row(total)

    def _customer(self, number: int, *, made_at: int) -> tuple[str, Details]:
        subject = self._subject()
        shape = SHAPES[number] if number < len(SHAPES) else self.random.choice(COMMON_SHAPES)
        name, details = shape(self.random, subject)
        if shape is not bare:
            self._add_habits(details, subject, made_at=made_at, every=number < 3)
        details["JobStatus"] = "None"
        details["PreferredDeliveryMethod"] = (
            "Mail" if number == 2 and len(self._deliveries) > 2 else self.random.choice(self._deliveries)
        )
        return name, details

    def _subject(self) -> Subject:
        """Return the next one; names do not repeat before all combinations are used, and then bear a number."""
        number, random = self._names, self.random
        self._names += 1
        variants = len(BUSINESSES) * len(PLACES)
        round_, spot = divmod(number, variants)
        spot = spot * 1009 % variants  # 1009 is prime and no factor: visits every combination once
        place = PLACES[spot % len(PLACES)]
        template = BUSINESSES[spot // len(PLACES)]
        name = template.format(town=place.town, family=FAMILIES[spot % len(FAMILIES)])
        people_round, person = divmod(number, len(FIRST_NAMES) * len(FAMILIES))
        person = person * 601 % (len(FIRST_NAMES) * len(FAMILIES))  # the same trick
        last = FAMILIES[person % len(FAMILIES)] + (f" {people_round + 1}" if people_round else "")
        return Subject(
            number=number + 1,
            name=f"{name} {round_ + 1}" if round_ else name,
            first=FIRST_NAMES[person // len(FAMILIES)],
            last=last,
            place=place,
            street=f"{random.randint(1, 9899)} {random.choice(STREETS)}",
            code=f"{place.zip_prefix}{random.randint(10, 99)}",
        )

    def _add_habits(self, details: Details, subject: Subject, *, made_at: int, every: bool) -> None:
        """Fill in what some have and others not, each by its own chance; `every`: all of them."""
        random = self.random
        for chance, habit in HABITS:
            if every or random.random() < chance:
                details.update(habit(random, subject))
        if every or random.random() < 0.15:
            details["ContactsRet"] = self._people(subject, details, made_at=made_at)
        if random.random() < 0.7:
            details["TermsRef"] = self._pick("StandardTerms")
        if random.random() < 0.6:
            details["SalesTaxCodeRef"] = self._pick("SalesTaxCode")
            details["ItemSalesTaxRef"] = self._pick("ItemSalesTax")
        if random.random() < 0.4:
            details["CustomerTypeRef"] = self._pick("CustomerType")

    def _pick(self, kind: str) -> str:
        return self._lists[kind, self.random.choice(LISTS[kind])]

    def _people(self, subject: Subject, details: Details, *, made_at: int) -> list[Details]:
        """Return the contact list; its first person is often the main contact once more."""
        random = self.random
        people = []
        for index in range(random.randint(1, 3)):
            first, last = (
                (subject.first, subject.last) if index == 0 else (random.choice(FIRST_NAMES), random.choice(FAMILIES))
            )
            phone = details.get("Phone") if index == 0 and "Phone" in details else _phone(random, subject.place)
            people.append(
                {
                    "ListID": self._numbers.list_id(made_at),
                    "TimeCreated": self._time_text(made_at),
                    "TimeModified": self._time_text(made_at),
                    "EditSequence": str(made_at),
                    "Contact": f"{first} {last}",
                    "FirstName": first,
                    "LastName": last,
                    "JobTitle": random.choice(TITLES),
                    "AdditionalContactRef": [
                        labelled(random.choice(("Work Phone", "Mobile", "Main Phone")), str(phone)),
                        labelled("Main Email", f"{index}.{subject.mail}"),
                    ],
                }
            )
        return people

    def _job(self, number: int, above: "_Node", *, made_at: int, must_be_active: bool) -> "_Node":
        random = self.random
        name = f"{JOBS[number % len(JOBS)]}{f' {number // len(JOBS) + 1}' if number >= len(JOBS) else ''}"
        details: Details = {}
        if random.random() < 0.75:  # made by hand: QuickBooks filled in the customer's
            details |= {tag: above.details[tag] for tag in COPIED_TO_JOBS if tag in above.details}
        if random.random() < 0.5:
            site = self._site()
            details["ShipAddress"] = site
            details["ShipAddressBlock"] = printed_block(site)
        status = random.choice(("None", "None", "Pending", "Awarded", "InProgress", "Closed", "NotAwarded"))
        details["JobStatus"] = status
        details["JobTypeRef"] = self._pick("JobType")
        if status in {"Awarded", "InProgress", "Closed"}:
            details["JobStartDate"] = self._time_text(made_at)[:10]
        if status == "Closed":
            details["JobEndDate"] = self._time_text(made_at + 40 * 86400)[:10]
        details.setdefault("PreferredDeliveryMethod", "None")
        active = above.active and (must_be_active or random.random() > 0.1)
        return self._node(name, above, details, active=active, made_at=made_at)

    def _site(self) -> Details:
        random = self.random
        place = random.choice(PLACES)
        return address(
            f"{random.randint(1, 9899)} {random.choice(STREETS)}",
            city=place.town,
            state=place.state,
            postal_code=f"{place.zip_prefix}{random.randint(10, 99)}",
        )

    def _node(self, name: str, above: "_Node | None", details: Details, *, active: bool, made_at: int) -> "_Node":
        random = self.random
        if above is None:
            self._siblings = 0
        index, self._siblings = self._siblings, self._siblings + 1
        list_id = self._numbers.list_id(made_at)
        balance = random.choice((0, 0, 0, random.randint(1500, 900000), -random.randint(100, 20000)))
        if random.random() < 0.1:
            self._custom_fields.append(("0", list_id, "Route", "STR255TYPE", random.choice(("North", "South"))))
        return _Node(
            list_id=list_id,
            parent_id=above.list_id if above else None,
            parent_index=above.index if above else 0,
            index=index,
            name=name,
            full_name=f"{above.full_name}:{name}" if above else name,
            sublevel=above.sublevel + 1 if above else 0,
            active=active,
            made_at=made_at,
            changed_at=min(made_at + random.randrange(90 * 86400), LAST_DAY + 86400),
            balance=balance if self._owe else 0,
            details=details,
        )


@dataclass(frozen=True, slots=True)
class _Node:
    list_id: str
    parent_id: str | None
    parent_index: int
    index: int
    name: str
    full_name: str
    sublevel: int
    active: bool
    made_at: int
    changed_at: int
    balance: int
    details: Details

    def row(self, total: int) -> tuple[Any, ...]:
        return (
            self.list_id,
            self.parent_id,
            self.name,
            self.full_name,
            path_key(self.full_name),
            self.sublevel,
            self.active,
            self.made_at,
            self.changed_at,
            self.changed_at,
            self.balance,
            total,
            json.dumps(self.details, ensure_ascii=False),
        )


# -- the shapes: how carefully somebody filled in a customer ---------------------------------------------------


def _phone(random: Random, place: Place) -> str:
    number = f"555-01{random.randint(0, 99):02}"
    return random.choice(
        (f"({place.area_code}) {number}", f"{place.area_code}-{number}", f"{place.area_code}.{number}")
    )


def _where(subject: Subject) -> dict[str, str]:
    return {"city": subject.place.town, "state": subject.place.state, "postal_code": subject.code}


def _with_blocks(details: Details) -> Details:
    """Add the printed forms, as QuickBooks returns both."""
    for form in ("BillAddress", "ShipAddress"):
        if form in details:
            details.setdefault(f"{form}Block", printed_block(details[form]))
    return details


def _business(subject: Subject, *lines: str) -> Details:
    bill = address(*lines, **_where(subject))
    return {
        "CompanyName": subject.name[:41],
        "BillAddress": bill,
        "ShipAddress": dict(bill),
        "Contact": subject.person,
        "FirstName": subject.first,
        "LastName": subject.last,
    }


def careful(random: Random, subject: Subject) -> tuple[str, Details]:
    """The first line repeats the company, the street follows (realworld: farriersmanager, crik-it help)."""
    details = _business(subject, subject.name[:41], subject.street)
    return subject.name, _with_blocks({**details, "Phone": _phone(random, subject.place), "Email": subject.mail})


def with_contact_line(random: Random, subject: Subject) -> tuple[str, Details]:
    """Company, person, street: three lines before the town."""
    details = _business(subject, subject.name[:41], f"Attn: {subject.person}"[:41], subject.street)
    return subject.name, _with_blocks({**details, "Phone": _phone(random, subject.place)})


def person(random: Random, subject: Subject) -> tuple[str, Details]:
    """A private customer, "Last, First", without a company (quickbooks-php, docs/qbxml examples)."""
    bill = address(subject.person, subject.street, **_where(subject))
    details = {"FirstName": subject.first, "LastName": subject.last, "BillAddress": bill, "Email": subject.mail}
    return f"{subject.last}, {subject.first}", _with_blocks({**details, "Phone": _phone(random, subject.place)})


def bare(random: Random, subject: Subject) -> tuple[str, Details]:  # noqa: ARG001 -- all shapes are called alike
    """No company, no address, no phone: the smallest real record (quickbooks-php issue 92)."""
    return subject.name, {}


def named_by_mail(random: Random, subject: Subject) -> tuple[str, Details]:
    """The e-mail address stands for a name (flowlink, invoice_add_rs.xml)."""
    details = {"FirstName": subject.first, "LastName": subject.last, "Email": subject.mail}
    return subject.mail[:41], {**details, "Phone": _phone(random, subject.place)}


def coded(random: Random, subject: Subject) -> tuple[str, Details]:
    """A number in front of the name, the real name as company (quickbooks-php, docs/qbxml examples)."""
    details = _business(subject, subject.name[:41], subject.street)
    return f"{20000 + subject.number} - {subject.name}"[:41].strip(), _with_blocks(
        {**details, "Phone": _phone(random, subject.place)}
    )


def block_only(random: Random, subject: Subject) -> tuple[str, Details]:
    """Only the printed form of the address came back."""
    printed = printed_block(address(subject.name[:41], subject.street, **_where(subject)))
    return subject.name, {
        "CompanyName": subject.name[:41],
        "BillAddressBlock": printed,
        "Phone": _phone(random, subject.place),
    }


def block_with_gap(random: Random, subject: Subject) -> tuple[str, Details]:
    """The printed form leaves a number out: Addr1, Addr3, Addr4 (quickbooks-php example)."""
    town = f"{subject.place.town}, {subject.place.state} {subject.code}"[:41]
    gap = {"Addr1": subject.name[:41], "Addr3": subject.street, "Addr4": town}
    return subject.name, {
        "CompanyName": subject.name[:41],
        "BillAddressBlock": gap,
        "Phone": _phone(random, subject.place),
    }


def po_box_in_city(random: Random, subject: Subject) -> tuple[str, Details]:
    """Nothing but a P.O. box, in the field for the town (qbwc test_helper)."""
    bill = {"City": f"P.O. Box {random.randint(10, 9900)}"}
    return subject.name, _with_blocks({"CompanyName": subject.name[:41], "BillAddress": bill})


def free_lines(random: Random, subject: Subject) -> tuple[str, Details]:
    """Town, state and code typed into a line (QWCLog excerpt)."""
    town = f"{subject.place.town} {subject.place.state} {subject.code}"[:41]
    bill = address(subject.name[:41], subject.street, town)
    details = {"CompanyName": subject.name[:41], "BillAddress": bill, "Contact": subject.person}
    return subject.name, _with_blocks({**details, "Phone": _phone(random, subject.place)})


def renamed(random: Random, subject: Subject) -> tuple[str, Details]:
    """The company changed its name, the address still bears the old one (farriersmanager help)."""
    former = f"{subject.last} & Sons, Inc."[:41]
    details = _business(subject, former, subject.street)
    return subject.name, _with_blocks({**details, "Phone": _phone(random, subject.place)})


def many_sites(random: Random, subject: Subject) -> tuple[str, Details]:
    """Several named ship-to addresses, one of them the default, the bill elsewhere."""
    details = _business(subject, subject.name[:41], f"P.O. Box {random.randint(10, 9900)}")
    sites = [
        ship_to(
            f"Site {number}",
            f"{random.randint(1, 9899)} {random.choice(STREETS)}",
            default=number == 2,
            **_where(subject),
        )
        for number in range(1, 4)
    ]
    default = {tag: value for tag, value in sites[1].items() if tag not in {"Name", "DefaultShipTo"}}
    details |= {"ShipAddress": default, "ShipToAddress": sites}
    return subject.name, _with_blocks({**details, "Phone": _phone(random, subject.place)})


def default_site_only(random: Random, subject: Subject) -> tuple[str, Details]:
    """The list of ship-to addresses has a default, but no Ship To came back."""
    name, details = many_sites(random, subject)
    del details["ShipAddress"], details["ShipAddressBlock"]
    return name, details


def blank_site(random: Random, subject: Subject) -> tuple[str, Details]:
    """A Ship To that is there but says nothing."""
    name, details = careful(random, subject)
    details |= {"ShipAddress": {"Addr1": " ", "City": "", "State": ""}, "ShipAddressBlock": {"Addr1": " "}}
    return name, details


def site_without_bill(random: Random, subject: Subject) -> tuple[str, Details]:
    """Only a Ship To, no billing address."""
    name, details = careful(random, subject)
    del details["BillAddress"], details["BillAddressBlock"]
    return name, details


def blank_company(random: Random, subject: Subject) -> tuple[str, Details]:
    """The company name is a blank that somebody typed."""
    name, details = careful(random, subject)
    return name, {**details, "CompanyName": " "}


def accented(random: Random, subject: Subject) -> tuple[str, Details]:
    """Letters beyond ASCII, an ampersand and quotes, all of which travel as entities."""
    name = f"Café “{subject.last}” & Söhne"[:34] + f" {subject.number}"
    return careful(random, replace(subject, name=name))


def long_address(random: Random, subject: Subject) -> tuple[str, Details]:
    """All five lines used, with country and note."""
    bill = address(
        subject.name[:41],
        "Accounts Payable, Mail Stop 4",
        f"Attn: {subject.person}"[:41],
        subject.street,
        "Building C, Floor 2",
        country="USA",
        note="Use the loading dock",
        **_where(subject),
    )
    details = {"CompanyName": subject.name[:41], "BillAddress": bill, "ShipAddress": dict(bill)}
    return subject.name, _with_blocks({**details, "Phone": _phone(random, subject.place), "Email": subject.mail})


SHAPES = (
    careful,
    person,
    with_contact_line,
    bare,
    coded,
    block_only,
    block_with_gap,
    po_box_in_city,
    free_lines,
    renamed,
    many_sites,
    default_site_only,
    blank_site,
    site_without_bill,
    blank_company,
    accented,
    long_address,
    named_by_mail,
)
COMMON_SHAPES = (careful,) * 8 + (with_contact_line,) * 4 + (person,) * 3 + (bare,) * 2 + (many_sites,) * 2 + SHAPES


# -- habits: fields that some fill in, with their chance -------------------------------------------------------


def _several_mails(random: Random, subject: Subject) -> Details:
    return {"Email": f"{subject.mail}{random.choice((', ', '; ', ';'))}ap@{subject.number}.example"}


def _other_phone(random: Random, subject: Subject) -> Details:
    return {"AltPhone": _phone(random, subject.place)}


def _extension(random: Random, subject: Subject) -> Details:
    return {"Phone": f"{subject.place.area_code}-555-01{random.randint(0, 99):02} ext. {random.randint(1, 9)}"}


def _labelled(random: Random, subject: Subject) -> Details:
    label = random.choice(("Mobile", "Mobile", "Cell", "mobile phone"))
    return {
        "AdditionalContactRef": [
            labelled("Main Phone", _phone(random, subject.place)),
            labelled(label, _phone(random, subject.place)),
            labelled("Website", f"https://{subject.number}.example"),
        ]
    }


def _second_person(random: Random, subject: Subject) -> Details:  # noqa: ARG001 -- all habits are called alike
    return {"AltContact": f"{random.choice(FIRST_NAMES)} {random.choice(FAMILIES)}"}


def _title(random: Random, subject: Subject) -> Details:  # noqa: ARG001 -- all habits are called alike
    return {"Salutation": random.choice(("Mr.", "Ms.", "Dr.")), "JobTitle": random.choice(TITLES)}


def _notes(random: Random, subject: Subject) -> Details:
    return {"Notes": f"Gate code at the office — cell {_phone(random, subject.place)}. Ask for {subject.first}."}


def _account(random: Random, subject: Subject) -> Details:
    return {"AccountNumber": f"FP-{subject.number:06}", "CreditLimit": f"{random.randint(1, 40) * 500}.00"}


HABITS: tuple[tuple[float, Callable[[Random, Subject], Details]], ...] = (
    (0.12, _several_mails),
    (0.25, _other_phone),
    (0.06, _extension),
    (0.20, _labelled),
    (0.15, _second_person),
    (0.30, _title),
    (0.15, _notes),
    (0.40, _account),
)


# -- the rest of the books -------------------------------------------------------------------------------------


def _list_ids(connection: sqlite3.Connection) -> dict[tuple[str, str], str]:
    rows = connection.execute("SELECT kind, full_name, list_id FROM elements")
    return {(row["kind"], row["full_name"]): row["list_id"] for row in rows}


def _fill_deleted(connection: sqlite3.Connection, numbers: _Numbers, *, now: int) -> None:
    """Three customers that were deleted lately, and one so long ago that QuickBooks has forgotten it."""
    for days_ago, name in (
        (5, "Duplicate of Harbor Grill"),
        (31, "Test customer"),
        (88, "Old Mill LLC"),
        (200, "Gone"),
    ):
        connection.execute(
            "INSERT INTO deleted VALUES ('Customer', ?, ?, ?, ?)",
            (numbers.list_id(FIRST_DAY), name, FIRST_DAY, now - days_ago * 86400),
        )


_VERSIONS = "1.0 1.1 2.0 2.1 3.0 4.0 4.1 5.0 6.0 7.0 8.0 9.0 10.0 11.0 12.0 13.0"  # Pro 2014, qbwc test_helper

_HOST = {
    "ProductName": "QuickBooks Premier Contractor Edition 2014 (simulated by qbsim)",
    "MajorVersion": "24",  # product year less 1990
    "MinorVersion": "0",
    "Country": "US",
    "SupportedQBXMLVersion": _VERSIONS.split(),
    "IsAutomaticLogin": False,
    "QBFileMode": "MultiUser",
}


def _company_facts(name: str) -> dict[str, Any]:
    home = address(name[:41], "2100 Foundry Road", city="Bayshore", state="CA", postal_code="94326")
    return {
        "IsSampleCompany": False,
        "CompanyName": name,
        "LegalCompanyName": name,
        "Address": home,
        "AddressBlock": printed_block(home),
        "LegalAddress": home,
        "CompanyAddressForCustomer": home,
        "CompanyAddressBlockForCustomer": printed_block(home),
        "Phone": "650-555-0100",
        "Email": "office@meadowridge.example",
        "FirstMonthFiscalYear": "January",
        "FirstMonthIncomeTaxYear": "January",
        "TaxForm": "Form1120S",
    }


def _preferences(lists: Mapping[tuple[str, str], str]) -> dict[str, Any]:
    def reference(kind: str, full_name: str) -> dict[str, str]:
        return {"ListID": lists[kind, full_name], "FullName": full_name}

    return {
        "AccountingPreferences": {
            "IsUsingAccountNumbers": False,
            "IsRequiringAccounts": True,
            "IsUsingClassTracking": False,
            "AssignClassesTo": "None",
            "IsUsingAuditTrail": True,
            "IsAssigningJournalEntryNumbers": True,
        },
        "JobsAndEstimatesPreferences": {
            "IsUsingEstimates": True,
            "IsUsingProgressInvoicing": False,
            "IsPrintingItemsWithZeroAmounts": False,
        },
        "MultiCurrencyPreferences": {"IsMultiCurrencyOn": False},
        "PurchasesAndVendorsPreferences": {
            "IsUsingInventory": False,
            "DaysBillsAreDue": 10,
            "IsAutomaticallyUsingDiscounts": False,
        },
        "ReportsPreferences": {"AgingReportBasis": "AgeFromDueDate", "SummaryReportBasis": "Accrual"},
        "SalesAndCustomersPreferences": {
            "IsTrackingReimbursedExpensesAsIncome": False,
            "IsAutoApplyingPayments": True,
            "PriceLevels": {"IsUsingPriceLevels": True, "IsRoundingSalesPriceUp": True},
        },
        "SalesTaxPreferences": {
            "DefaultItemSalesTaxRef": reference("ItemSalesTax", "State Tax"),
            "PaySalesTax": "Quarterly",
            "DefaultTaxableSalesTaxCodeRef": reference("SalesTaxCode", "Tax"),
            "DefaultNonTaxableSalesTaxCodeRef": reference("SalesTaxCode", "Non"),
        },
        "TimeTrackingPreferences": {"FirstDayOfWeek": "Monday"},
        "CurrentAppAccessRights": {"IsAutomaticLoginAllowed": False, "IsPersonalDataAccessAllowed": False},
        "ItemsAndInventoryPreferences": {
            "EnhancedInventoryReceivingEnabled": False,
            "IsTrackingSerialOrLotNumber": "None",
            "FIFOEnabled": False,
        },
    }
