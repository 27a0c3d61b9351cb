"""Answers CustomerQuery: by ListID, by path, or by filter, at once or page by page.

Pages go by list order (a customer, then its jobs) from the last record given, so a list that changes
meanwhile shows gaps and repeats, as the real one does.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from lxml import etree

from qbsim.answering import Asked, QueryIterator, Status
from qbsim.customers import REFERENCES, Customer, path_key, printed_block
from qbsim.messages.customer import CUSTOMER_RET
from qbsim.wiretext import amount_text, cents, parse_datetime
from qbsim.writing import RetWriter

_ACTIVE = {"ActiveOnly": "is_active", "InactiveOnly": "NOT is_active", "All": "1"}

_NAME_MATCHES = {
    "StartsWith": "substr(fold(name), 1, length(?1)) = ?1",
    "Contains": "instr(fold(name), ?1) > 0",
    "EndsWith": "substr(fold(name), -length(?1)) = ?1",
}

_OPERATORS = {
    "LessThan": "<",
    "LessThanEqual": "<=",
    "Equal": "=",
    "GreaterThan": ">",
    "GreaterThanEqual": ">=",
}

# Filters that only work when the books use the feature; without it QuickBooks answers 3250.
_FEATURES = {
    "CurrencyFilter": ("MultiCurrencyPreferences.IsMultiCurrencyOn", "multicurrency"),
    "ClassFilter": ("AccountingPreferences.IsUsingClassTracking", "class tracking"),
}


class _Unanswerable(Exception):
    def __init__(self, status: Status) -> None:
        self.status = status


@dataclass(frozen=True, slots=True)
class _Shown:
    """Which part of each record comes back."""

    only: tuple[str, ...]
    owner_ids: tuple[str, ...]


def answer(asked: Asked, rs: etree._Element) -> Status:
    step = asked.element.get("iterator")
    try:
        if step == "Start":
            status = _start(asked, rs)
        elif step is not None:
            status = _go_on(asked, rs, stop=step == "Stop")
        elif asked.texts("ListID") or asked.texts("FullName"):
            status = _look_up(asked, rs)
        else:
            status = _filter(asked, rs)
    except _Unanswerable as unanswerable:
        return unanswerable.status
    asked.faults.damage_first(rs)
    return status


# -- the ways to ask -------------------------------------------------------------------------------------------


def _look_up(asked: Asked, rs: etree._Element) -> Status:
    """Give those with the named IDs or paths, active or not, in the order asked; 500 names the first missing."""
    missing: list[str] = []
    found: list[Customer] = []
    for list_id in asked.texts("ListID"):
        match = list(asked.company.select_customers("list_id = ?", (list_id,)))
        found += match
        missing += [] if match else [list_id]
    for full_name in asked.texts("FullName"):
        customer = asked.company.find(full_name)
        found += [customer] if customer else []
        missing += [] if customer else [full_name]
    if missing and asked.texts("ListID") and "missing-id-3120" in asked.faults:
        return Status(3120, {"value": missing[0]})
    attributes = _append(asked, rs, found, count=len(found))
    return Status(500, {"value": missing[0]}, attributes) if missing else Status(0, {}, attributes)


def _filter(asked: Asked, rs: etree._Element) -> Status:
    """Give what passes the filters; MaxReturned merely cuts."""
    where, values = _condition(asked)
    count = asked.company.count_customers(where, values)
    page = asked.company.select_customers(where, values, limit=_page_size(asked))
    attributes = _append(asked, rs, page, count=count)
    return Status(0 if count else 1, {}, attributes)


def _start(asked: Asked, rs: etree._Element) -> Status:
    if asked.texts("ListID") or asked.texts("FullName"):
        return Status(3153, {"field": "iterator", "value": "ListID" if asked.texts("ListID") else "FullName"})
    page_size = _page_size(asked)
    if page_size is None and "huge-page" not in asked.faults:
        return Status(3150, {"field": "MaxReturned"})
    where, values = _condition(asked)
    if not asked.company.count_customers(where, values):
        return Status(1)
    iterator = QueryIterator(where, values, asked.only, asked.texts("OwnerID"), page_size or 0)
    return _page(asked, rs, iterator, iterator_id=asked.iterators.keep(iterator))


def _go_on(asked: Asked, rs: etree._Element, *, stop: bool) -> Status:
    """Give the next page of an iterator of this session; filters that are repeated do not count."""
    if not stop and asked.faults.strikes("iterator-lost"):
        asked.iterators.clear()
    iterator_id = asked.element.get("iteratorID") or ""
    iterator = asked.iterators.get(iterator_id)
    if iterator is None:
        return Status(3391, {"value": iterator_id})
    if stop:
        del asked.iterators[iterator_id]
        return Status()
    iterator.page_size = _page_size(asked) or iterator.page_size
    return _page(asked, rs, iterator, iterator_id=iterator_id)


def _page(asked: Asked, rs: etree._Element, iterator: QueryIterator, *, iterator_id: str) -> Status:
    where, values = f"({iterator.where}) AND path_key > ?", (*iterator.values, iterator.after)
    count = asked.company.count_customers(where, values)
    size = None if "huge-page" in asked.faults else iterator.page_size
    page = list(asked.company.select_customers(where, values, limit=size))
    shown = _Shown(iterator.only, iterator.owner_ids)
    attributes = _append(asked, rs, page, count=count, shown=shown)
    remaining = count - len(page)
    if page:
        iterator.after = path_key(page[-1].full_name)
    if not remaining:
        del asked.iterators[iterator_id]
    attributes |= {"iteratorRemainingCount": str(remaining), "iteratorID": iterator_id}
    return Status(0, {}, attributes)


# -- filters ---------------------------------------------------------------------------------------------------


def _page_size(asked: Asked) -> int | None:
    text = asked.text("MaxReturned")
    return None if text is None or "huge-page" in asked.faults else int(text)


def _condition(asked: Asked) -> tuple[str, tuple[object, ...]]:
    """Return the filters as an SQL condition; the default is active customers only."""
    for element, (preference, feature) in _FEATURES.items():
        if asked.element.find(element) is not None and not asked.company.is_on(preference):
            raise _Unanswerable(Status(3250, {"field": feature}))
    parts = [
        (_ACTIVE[asked.text("ActiveStatus") or "ActiveOnly"], ()),
        *_modified(asked),
        *_named(asked),
        *_balanced(asked),
        *_in_currency(asked),
        *_of_class(asked),
    ]
    where = " AND ".join(f"({condition})" for condition, _ in parts)
    return where, tuple(value for _, values in parts for value in values)


_Part = tuple[str, tuple[object, ...]]


def _modified(asked: Asked) -> Iterable[_Part]:
    """Both ends belong to the range."""
    zone = asked.company.zone
    since_text, until_text = asked.text("FromModifiedDate"), asked.text("ToModifiedDate")
    since = parse_datetime(since_text, zone=zone) if since_text else None
    until = parse_datetime(until_text, zone=zone, end=True) if until_text else None
    if since is not None and until is not None and since > until:
        raise _Unanswerable(Status(3030))
    if since is not None:
        yield "modified_at >= ?", (since,)
    if until is not None:
        yield "modified_at <= ?", (until,)


def _named(asked: Asked) -> Iterable[_Part]:
    """Both kinds look at the Name, one level of the path, whatever the case."""
    criterion = asked.text("NameFilter/MatchCriterion")
    if criterion is not None:
        wanted = (asked.text("NameFilter/Name") or "").lower()
        condition = _NAME_MATCHES[criterion]
        yield condition.replace("?1", "?"), (wanted,) * condition.count("?1")
    first, last = asked.text("NameRangeFilter/FromName"), asked.text("NameRangeFilter/ToName")
    if first is not None and last is not None and first.lower() > last.lower():
        raise _Unanswerable(Status(3031))
    if first is not None:
        yield "fold(name) >= ?", (first.lower(),)
    if last is not None:
        yield "fold(name) <= ?", (last.lower(),)


def _balanced(asked: Asked) -> Iterable[_Part]:
    operator = asked.text("TotalBalanceFilter/Operator")
    if operator is not None:
        yield f"total_cents {_OPERATORS[operator]} ?", (cents(asked.text("TotalBalanceFilter/Amount") or "0"),)


def _in_currency(asked: Asked) -> Iterable[_Part]:
    yield from _referring(asked, "CurrencyFilter", "CurrencyRef")


def _of_class(asked: Asked) -> Iterable[_Part]:
    yield from _referring(asked, "ClassFilter", "ClassRef")


def _referring(asked: Asked, filter_: str, reference: str) -> Iterable[_Part]:
    element = asked.element.find(filter_)
    if element is None:
        return
    kind = REFERENCES[reference]
    wanted = [_list_id(asked, kind, child) for child in element]
    if element[0].tag.endswith("WithChildren"):
        wanted = [each for parent in wanted for each in asked.company.with_children(kind, parent)]
    places = ", ".join("?" * len(wanted))
    yield f"json_extract(details, '$.{reference}') IN ({places})", tuple(wanted)


def _list_id(asked: Asked, kind: str, child: etree._Element) -> str:
    text = child.text or ""
    found = asked.company.list_id_of(kind, text) if child.tag.startswith("FullName") else text
    if found is None:
        raise _Unanswerable(Status(3140, {"kind": kind, "value": text, "field": "CustomerQuery"}))
    return found


# -- what comes back -------------------------------------------------------------------------------------------


def _append(
    asked: Asked, rs: etree._Element, customers: Iterable[Customer], *, count: int, shown: _Shown | None = None
) -> dict[str, str]:
    """Append the records unless only their number is wanted, and return the attributes about them."""
    shown = shown or _Shown(asked.only, asked.texts("OwnerID"))
    meta_data = asked.element.get("metaData", "NoMetaData")
    if meta_data != "MetaDataOnly":
        writer = RetWriter("CustomerRet", CUSTOMER_RET, version=asked.version, only=shown.only)
        for customer in customers:
            values = _values(asked, customer, owner_ids=shown.owner_ids)
            writer.append(rs, values)
    return {} if meta_data == "NoMetaData" else {"retCount": str(count)}


def _values(asked: Asked, customer: Customer, *, owner_ids: tuple[str, ...]) -> dict[str, Any]:
    """Return a record by QuickBooks' element names: references with their names, addresses also as printed."""
    values: dict[str, Any] = {
        **customer.details,
        "ListID": customer.list_id,
        "TimeCreated": customer.time_created,
        "TimeModified": customer.time_modified,
        "EditSequence": customer.edit_sequence,
        "Name": customer.name,
        "FullName": customer.full_name,
        "IsActive": customer.is_active,
        "Sublevel": customer.sublevel,
        "Balance": amount_text(customer.balance_cents),
        "TotalBalance": amount_text(customer.total_cents),
    }
    if customer.parent_id is not None:
        values["ParentRef"] = {
            "ListID": customer.parent_id,
            "FullName": customer.full_name.rpartition(":")[0],
        }
    for tag in REFERENCES:
        if tag in values:
            values[tag] = {"ListID": values[tag], "FullName": asked.company.reference_name(values[tag])}
    for form in ("BillAddress", "ShipAddress"):
        if form in values and f"{form}Block" not in values:
            values[f"{form}Block"] = printed_block(values[form])
    if owner_ids:
        values["DataExtRet"] = asked.company.data_ext_rets(owner_ids, list_id=customer.list_id)
    return values
