"""Answers the queries of every list: by ListID, by path, or by filter, at once or page by page.

Pages go by list order (each element before those below it) from the last record given, so a list that changes
meanwhile shows gaps and repeats, as the real one does.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree

from qbsim.answering import Asked, QueryIterator, Status
from qbsim.company import Company
from qbsim.customers import Customer
from qbsim.declarations import Particle
from qbsim.expanding import Expander
from qbsim.features import check_features, check_query
from qbsim.lists import ListElement
from qbsim.refusals import refused
from qbsim.tree import path_key
from qbsim.wiretext import parse_datetime
from qbsim.writing import RetWriter

Record = Customer | ListElement
Part = tuple[str, tuple[object, ...]]  # an SQL condition and its values

_ACTIVE = {"ActiveOnly": "is_active", "InactiveOnly": "NOT is_active", "All": "1"}

_NAME_MATCHES = {
    "StartsWith": "substr(fold(name), 1, length(?1)) = ?1",
    "Contains": "instr(fold(name), ?1) > 0",
    "EndsWith": "substr(fold(name), -length(?1)) = ?1",
}


@dataclass(frozen=True, slots=True)
class Source:
    """A list that can be asked: where its records come from, and what is particular about it."""

    select: Callable[[Company, str, tuple[object, ...], int | None], Iterator[Record]]
    count: Callable[[Company, str, tuple[object, ...]], int]
    ret: Callable[[Record], tuple[str, tuple[Particle, ...]]]  # how a record is called and declared
    values: Callable[[Company, Any], dict[str, Any]]  # what only this list says, by element name
    filters: tuple[Callable[[Asked], Iterable[Part]], ...] = ()
    is_filtered: bool = True  # False: the whole list, active or not


@dataclass(frozen=True, slots=True)
class _Shown:
    """Which part of each record comes back."""

    only: tuple[str, ...]
    owner_ids: tuple[str, ...]


def answering(source: Source) -> Callable[[Asked, etree._Element], Status]:
    """Return the handler for queries of one list."""

    def answer(asked: Asked, rs: etree._Element) -> Status:
        return _Query(asked, rs, source).run()

    return answer


@dataclass(frozen=True, slots=True)
class _Query:
    asked: Asked
    rs: etree._Element
    source: Source

    def run(self) -> Status:
        check_query(self.asked.company, str(self.asked.element.tag))
        step = self.asked.element.get("iterator")
        if step == "Start":
            status = self._start()
        elif step is not None:
            status = self._go_on(stop=step == "Stop")
        elif self._named:
            status = self._look_up()
        else:
            status = self._filter()
        self.asked.faults.damage_first(self.rs)
        return status

    @property
    def _named(self) -> bool:
        return bool(self.asked.texts("ListID") or self.asked.texts("FullName"))

    # -- the ways to ask ---------------------------------------------------------------------------------------

    def _look_up(self) -> Status:
        """Give those with the named IDs or paths, active or not, as asked; 500 names the first missing."""
        missing: list[str] = []
        found: list[Record] = []
        wanted = [("list_id = ?", each, each) for each in self.asked.texts("ListID")]
        wanted += [("path_key = ?", path_key(each), each) for each in self.asked.texts("FullName")]
        for condition, value, name in wanted:
            match = list(self.source.select(self.asked.company, condition, (value,), None))
            found += match
            missing += [] if match else [name]
        if missing and self.asked.texts("ListID") and "missing-id-3120" in self.asked.faults:
            return Status(3120, {"value": missing[0]})
        attributes = self._append(found, count=len(found))
        return Status(500, {"value": missing[0]}, attributes) if missing else Status(0, {}, attributes)

    def _filter(self) -> Status:
        """Give what passes the filters; MaxReturned merely cuts."""
        where, values = self._condition()
        count = self.source.count(self.asked.company, where, values)
        page = self.source.select(self.asked.company, where, values, self._page_size())
        attributes = self._append(page, count=count)
        return Status(0 if count else 1, {}, attributes)

    def _start(self) -> Status:
        if self._named:
            field = "ListID" if self.asked.texts("ListID") else "FullName"
            return Status(3153, {"field": "iterator", "value": field})
        page_size = self._page_size()
        if page_size is None and "huge-page" not in self.asked.faults:
            return Status(3150, {"field": "MaxReturned"})
        where, values = self._condition()
        total = self.source.count(self.asked.company, where, values)
        if not total:
            return Status(1, {}, self._append((), count=0))
        iterator = QueryIterator(
            where,
            values,
            self.asked.only,
            self.asked.texts("OwnerID"),
            page_size or 0,
            of=str(self.asked.element.tag),
            total=total,
        )
        return self._page(iterator, iterator_id=self.asked.iterators.keep(iterator))

    def _go_on(self, *, stop: bool) -> Status:
        """Give the next page of an iterator of this session; filters that are repeated do not count."""
        if not stop and self.asked.faults.strikes("iterator-lost"):
            self.asked.iterators.clear()
        iterator_id = self.asked.element.get("iteratorID") or ""
        iterator = self.asked.iterators.get(iterator_id)
        if iterator is None or iterator.of != self.asked.element.tag:
            return Status(3391, {"value": iterator_id})
        if stop:
            del self.asked.iterators[iterator_id]
            return Status()
        iterator.page_size = self._page_size() or iterator.page_size
        return self._page(iterator, iterator_id=iterator_id)

    def _page(self, iterator: QueryIterator, *, iterator_id: str) -> Status:
        where, values = f"({iterator.where}) AND path_key > ?", (*iterator.values, iterator.after)
        count = self.source.count(self.asked.company, where, values)
        size = None if "huge-page" in self.asked.faults else iterator.page_size
        page = list(self.source.select(self.asked.company, where, values, size))
        attributes = self._append(page, count=iterator.total, shown=_Shown(iterator.only, iterator.owner_ids))
        remaining = count - len(page)
        if page:
            iterator.after = path_key(page[-1].full_name)
        if not remaining:
            del self.asked.iterators[iterator_id]
        attributes |= {"iteratorRemainingCount": str(remaining), "iteratorID": iterator_id}
        return Status(0, {}, attributes)

    # -- filters -----------------------------------------------------------------------------------------------

    def _page_size(self) -> int | None:
        text = self.asked.text("MaxReturned")
        return None if text is None or "huge-page" in self.asked.faults else int(text)

    def _condition(self) -> Part:
        """Return the filters as one SQL condition; the default is active ones only."""
        if not self.source.is_filtered:
            return "1", ()
        asked = self.asked
        check_features(asked.company, (str(child.tag) for child in asked.element))
        parts: list[Part] = [(_ACTIVE[asked.text("ActiveStatus") or "ActiveOnly"], ())]
        for filter_ in (_modified, _with_names, *self.source.filters):
            parts += filter_(asked)
        where = " AND ".join(f"({condition})" for condition, _ in parts)
        return where, tuple(value for _, values in parts for value in values)

    # -- what comes back ---------------------------------------------------------------------------------------

    def _append(self, records: Iterable[Record], *, count: int, shown: _Shown | None = None) -> dict[str, str]:
        """Append the records unless only their number is wanted, and return the attributes about them."""
        shown = shown or _Shown(self.asked.only, self.asked.texts("OwnerID"))
        meta_data = self.asked.element.get("metaData", "NoMetaData")
        if meta_data != "MetaDataOnly":
            append_records(self.asked, self.rs, records, source=self.source, shown=shown)
        return {} if meta_data == "NoMetaData" else {"retCount": str(count)}


def append_records(
    asked: Asked, rs: etree._Element, records: Iterable[Record], *, source: Source, shown: _Shown | None = None
) -> None:
    """Append records as their list says them: what the asked version knows, and of that what is asked for."""
    shown = shown or _Shown(asked.only, ())
    expand = Expander(asked.company)
    writers: dict[str, RetWriter] = {}
    for record in records:
        tag, declared = source.ret(record)
        if tag not in writers:
            writers[tag] = RetWriter(tag, declared, version=asked.version, only=shown.only)
        values = expand({**record.details, **source.values(asked.company, record)}) | _header(record)
        if shown.owner_ids:
            values["DataExtRet"] = asked.company.data_ext_rets(shown.owner_ids, list_id=record.list_id)
        writers[tag].append(rs, values)


def _header(record: Record) -> dict[str, Any]:
    """Return what every element of a list has; what a flat list does not know is not declared for it."""
    values = {
        "ListID": record.list_id,
        "TimeCreated": record.time_created,
        "TimeModified": record.time_modified,
        "EditSequence": record.edit_sequence,
        "Name": record.name,
        "FullName": record.full_name,
        "IsActive": record.is_active,
        "Sublevel": record.sublevel,
    }
    if record.parent_id is not None:
        values["ParentRef"] = {"ListID": record.parent_id, "FullName": record.full_name.rpartition(":")[0]}
    return values


# -- filters that all lists share --------------------------------------------------------------------------------


def _modified(asked: Asked) -> Iterable[Part]:
    """Both ends belong to the range."""
    zone = asked.company.zone
    since_text, until_text = asked.text("FromModifiedDate"), asked.text("ToModifiedDate")
    since = parse_datetime(since_text, zone=zone) if since_text else None
    until = parse_datetime(until_text, zone=zone, end=True) if until_text else None
    if since is not None and until is not None and since > until:
        raise refused(3030)
    if since is not None:
        yield "modified_at >= ?", (since,)
    if until is not None:
        yield "modified_at <= ?", (until,)


def _with_names(asked: Asked) -> Iterable[Part]:
    """Both kinds look at the Name, one level of the path, whatever the case."""
    criterion = asked.text("NameFilter/MatchCriterion")
    if criterion is not None:
        wanted = (asked.text("NameFilter/Name") or "").lower()
        condition = _NAME_MATCHES[criterion]
        yield condition.replace("?1", "?"), (wanted,) * condition.count("?1")
    first, last = asked.text("NameRangeFilter/FromName"), asked.text("NameRangeFilter/ToName")
    if first is not None and last is not None and first.lower() > last.lower():
        raise refused(3031)
    if first is not None:
        yield "fold(name) >= ?", (first.lower(),)
    if last is not None:
        yield "fold(name) <= ?", (last.lower(),)


def referring(asked: Asked, filter_: str, tag: str) -> Iterable[Part]:
    """Keep those whose reference `tag` names one of the elements in a filter such as ClassFilter."""
    element = asked.element.find(filter_)
    if element is None:
        return
    field = str(asked.element.tag).removesuffix("Rq")
    wanted = [_filtered_id(asked, tag, child, field=field) for child in element]
    if str(element[0].tag).endswith("WithChildren"):
        wanted = [each for parent in wanted for each in asked.company.lists.family(parent)]
    places = ", ".join("?" * len(wanted))
    yield f"json_extract(details, '$.{tag}') IN ({places})", tuple(wanted)


def _filtered_id(asked: Asked, tag: str, child: etree._Element, *, field: str) -> str:
    by = "FullName" if str(child.tag).startswith("FullName") else "ListID"
    if by == "ListID" and not str(child.tag).endswith("WithChildren"):
        return child.text or ""
    return asked.company.lists.resolve(tag, {by: child.text or ""}, field=field).list_id


def in_currency(asked: Asked) -> Iterable[Part]:
    yield from referring(asked, "CurrencyFilter", "CurrencyRef")


def of_class(asked: Asked) -> Iterable[Part]:
    yield from referring(asked, "ClassFilter", "ClassRef")
