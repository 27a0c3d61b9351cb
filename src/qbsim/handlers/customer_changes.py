"""Does CustomerAdd and CustomerMod.

A job that a program adds takes nothing over from its customer: only people at a screen get that (QuickBooks
Desktop help, "Add customers and jobs").
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from lxml import etree

from qbsim.answering import Asked, Status
from qbsim.company import Company
from qbsim.customers import FIELDS, MAX_PRINTED_LINES, Customer, printed_line_count
from qbsim.features import check_features, tags_in
from qbsim.handlers.customer_query import CUSTOMERS
from qbsim.handlers.list_query import append_records
from qbsim.messages.customer import CUSTOMER_ADD_FIELDS, CUSTOMER_MOD_FIELDS
from qbsim.refusals import refused
from qbsim.request_values import values_of, without_empty
from qbsim.wiretext import cents, parse_date

Values = dict[str, Any]

# How a request calls what the answer calls otherwise.
_PEOPLE, _NOTES = "ContactsRet", "AdditionalNotesRet"


def add(asked: Asked, rs: etree._Element) -> Status:
    company = asked.company
    values = values_of(asked.element[0], CUSTOMER_ADD_FIELDS)
    _check(company, values)
    name, active = values.pop("Name"), values.pop("IsActive", True)
    parent = company.customer_list.parent_id(values.pop("ParentRef", {}))
    balance = values.pop("OpenBalance", "") or "0"
    balance_on = parse_date(values.pop("OpenBalanceDate", ""))
    people, notes = values.pop("Contacts", ()), values.pop("AdditionalNotes", ())
    details = _details(company, values)
    details[_PEOPLE] = [_person(each) for each in people] or None
    details[_NOTES] = _numbered(company, [each["Note"] for each in notes]) or None
    added = company.customer_list.add_record(
        name,
        parent=parent,
        is_active=active is not False,
        details={tag: value for tag, value in details.items() if value is not None},
        balance=cents(balance),
        balance_on=balance_on,
    )
    append_records(asked, rs, (added,), source=CUSTOMERS)
    return Status()


def modify(asked: Asked, rs: etree._Element) -> Status:
    """Change what is sent: an empty element clears, an address is replaced as a whole, the rest stays."""
    company = asked.company
    values = values_of(asked.element[0], CUSTOMER_MOD_FIELDS)
    customer = company.customer(values.pop("ListID"))
    sequence = values.pop("EditSequence")
    if sequence != customer.edit_sequence:
        raise refused(3200, value=sequence)
    _check(company, values)
    changes: dict[str, Any] = {"name": values.pop("Name", None), "is_active": values.pop("IsActive", None)}
    if changes["name"] == "":
        raise refused(3190, field="Name")
    if changes["is_active"] == "":
        changes["is_active"] = None
    if "ParentRef" in values:
        changes["parent"] = company.customer_list.parent_id(values.pop("ParentRef"))
    people, notes = values.pop("ContactsMod", ()), values.pop("AdditionalNotesMod", ())
    details = _details(company, values)
    if people:
        details[_PEOPLE] = _people_changed(customer, people, now=company.now(), time_text=company.time_text)
    if notes:
        details[_NOTES] = _notes_changed(customer, notes)
    changed = company.customer_list.edit_record(customer.list_id, **changes, details=details)
    append_records(asked, rs, (changed,), source=CUSTOMERS)
    return Status()


# -- rules -------------------------------------------------------------------------------------------------------


def _check(company: Company, values: Values) -> None:
    """Refuse what is switched off, what the application may not see, and addresses that cannot be printed."""
    check_features(company, tags_in(values))
    if values.get("CreditCardInfo") and not company.is_on("CurrentAppAccessRights.IsPersonalDataAccessAllowed"):
        raise refused(3261, field="CreditCardInfo")
    addresses = [(form, values.get(form)) for form in ("BillAddress", "ShipAddress")]
    addresses += [("ShipToAddress", each) for each in values.get("ShipToAddress", ())]
    for form, fields in addresses:
        if fields and printed_line_count(fields) > MAX_PRINTED_LINES:
            raise refused(3205, field=form, reason=f"It prints on more than {MAX_PRINTED_LINES} lines.")
    if sum(each.get("DefaultShipTo") is True for each in values.get("ShipToAddress", ())) > 1:
        raise refused(3205, field="ShipToAddress", reason="Only one address can be the default.")


def _details(company: Company, values: Values) -> Values:
    """Return checked details by element name; references as ListIDs, None for what is cleared."""
    kept = {tag: without_empty(value) for tag, value in values.items()}
    return FIELDS.checked(kept, resolve=company.lists.resolver("Customer"))


def _person(sent: Values) -> Values:
    """Return one person of the contact list, with the name as QuickBooks writes it."""
    kept: Values = {tag: value for tag, value in sent.items() if value not in ("", [], {})}
    full = " ".join(kept[tag] for tag in ("FirstName", "MiddleName", "LastName") if tag in kept)
    return {**kept, "Contact": full[:41]}


def _people_changed(
    customer: Customer, sent: Iterable[Values], *, now: int, time_text: Callable[[int], str]
) -> list[Values]:
    """Return the contact list after a Mod: those with a ListID are replaced, those without are new."""
    people: list[Values] = [dict(each) for each in customer[_PEOPLE] or ()]
    known = {each["ListID"]: number for number, each in enumerate(people)}
    for each in sent:
        list_id, sequence = each.pop("ListID", ""), each.pop("EditSequence", "")
        if not list_id:
            people.append(_person(each))
            continue
        if list_id not in known:
            raise refused(3120, value=list_id)
        former = people[known[list_id]]
        if sequence != former["EditSequence"]:
            raise refused(3200, value=sequence)
        people[known[list_id]] = {
            **_person(each),
            "ListID": list_id,
            "TimeCreated": former["TimeCreated"],
            "TimeModified": time_text(now),
            "EditSequence": str(max(now, int(former["EditSequence"]) + 1)),
        }
    return people


def _numbered(company: Company, texts: Iterable[str]) -> list[Values]:
    """Return notes with their numbers and the day on which they were written."""
    day = datetime.fromtimestamp(company.now(), company.zone).date().isoformat()
    return [{"NoteID": str(number), "Date": day, "Note": text} for number, text in enumerate(texts, start=1)]


def _notes_changed(customer: Customer, sent: Iterable[Values]) -> list[Values]:
    notes: list[Values] = [dict(each) for each in customer[_NOTES] or ()]
    for each in sent:
        found = next((note for note in notes if note["NoteID"] == each["NoteID"]), None)
        if found is None:
            raise refused(3120, value=each["NoteID"])
        found["Note"] = each["Note"]
    return notes


HANDLERS = {"CustomerAddRq": add, "CustomerModRq": modify}
