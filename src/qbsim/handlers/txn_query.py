"""Answers the queries of transactions of every kind: by TxnID, by number, or by filter, at once or page by page.

Pages go by TxnNumber, the order in which transactions were made, from the last one given.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from lxml import etree

from qbsim.answering import Asked, QueryIterator, Status
from qbsim.company import Company
from qbsim.declarations import Particle
from qbsim.expanding import Expander
from qbsim.features import check_features
from qbsim.refusals import refused
from qbsim.transactions import currency, dating, ledger, paying
from qbsim.transactions.records import Invoice, Payment
from qbsim.wiretext import parse_date, parse_datetime
from qbsim.writing import RetWriter

Record = Invoice | Payment
Part = tuple[str, tuple[object, ...]]  # an SQL condition and its values

_NUMBER_MATCHES = {
    "StartsWith": "substr(fold(ref_number), 1, length(?1)) = ?1",
    "Contains": "instr(fold(ref_number), ?1) > 0",
    "EndsWith": "substr(fold(ref_number), -length(?1)) = ?1",
}

# The three lists that a query may name, with the condition for one of them (names of the elements, qbXML reference).
_LOOK_UPS = {
    "TxnID": "txn_id = ?",
    "RefNumber": "ref_number = ? COLLATE NOCASE",
    "RefNumberCaseSensitive": "ref_number = ?",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """Which part of each transaction comes back."""

    only: tuple[str, ...] = ()
    owner_ids: tuple[str, ...] = ()
    lines: bool = True
    links: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """A kind of transaction that can be asked for."""

    tag: str
    declared: tuple[Particle, ...]
    select: Callable[[Company, str, tuple[object, ...], int | None], Iterator[Any]]
    count: Callable[[Company, str, tuple[object, ...]], int]
    values: Callable[[Asked, Any, Shown, Expander], dict[str, Any]]
    filters: tuple[Callable[[Asked], Iterable[Part]], ...] = ()


@dataclass(slots=True)
class _Pages(QueryIterator):
    """Where a paged query stands; `after` is the last TxnNumber."""

    shown: Shown = Shown()


def append(asked: Asked, rs: etree._Element, records: Iterable[Record], *, source: Source, shown: Shown) -> None:
    writer = RetWriter(source.tag, source.declared, version=asked.version, only=shown.only)
    expand = Expander(asked.company)
    for record in records:
        values = source.values(asked, record, shown, expand)
        if shown.owner_ids:
            values["DataExtRet"] = asked.company.data_ext_rets(shown.owner_ids, list_id=record.txn_id)
        if "marker-withheld" in asked.faults:
            values.pop("ExternalGUID", None)
        writer.append(rs, values)


def answering(source: Source) -> Callable[[Asked, etree._Element], Status]:
    """Return the handler for queries of one kind of transaction."""

    def answer(asked: Asked, rs: etree._Element) -> Status:
        return _Query(asked, rs, source).run()

    return answer


@dataclass(frozen=True, slots=True)
class _Query:
    asked: Asked
    rs: etree._Element
    source: Source

    def run(self) -> Status:
        step = self.asked.element.get("iterator")
        if step == "Start":
            return self._start()
        if step is not None:
            return self._go_on(stop=step == "Stop")
        return self._look_up() if self._named else self._filter()

    @property
    def _named(self) -> str | None:
        """The list that the query names, such as TxnID; None when it filters."""
        return next((tag for tag in _LOOK_UPS if self.asked.texts(tag)), None)

    def _shown(self) -> Shown:
        asked = self.asked
        return Shown(
            only=asked.only,
            owner_ids=asked.texts("OwnerID"),
            lines=asked.text("IncludeLineItems") in {"true", "1"},
            links=asked.text("IncludeLinkedTxns") in {"true", "1"},
        )

    # -- the ways to ask -----------------------------------------------------------------------------------------

    def _look_up(self) -> Status:
        """Give those with the named IDs or numbers; a number may belong to several. 500 names the first missing."""
        tag = str(self._named)
        found: list[Record] = []
        missing: list[str] = []
        for each in self.asked.texts(tag):
            match = list(self.source.select(self.asked.company, _LOOK_UPS[tag], (each,), None))
            found += match
            missing += [] if match else [each]
        if missing and tag == "TxnID" and "missing-id-3120" in self.asked.faults:
            return Status(3120, {"value": missing[0]})
        attributes = self._append(found, count=len(found), shown=self._shown())
        return Status(500, {"value": missing[0]}, attributes) if missing else Status(0, {}, attributes)

    def _filter(self) -> Status:
        """Give what passes the filters; MaxReturned merely cuts."""
        where, values = self._condition()
        count = self.source.count(self.asked.company, where, values)
        page = self.source.select(self.asked.company, where, values, self._page_size())
        attributes = self._append(page, count=count, shown=self._shown())
        return Status(0 if count else 1, {}, attributes)

    def _start(self) -> Status:
        if self._named:
            return Status(3153, {"field": "iterator", "value": self._named})
        page_size = self._page_size()
        if page_size is None and "huge-page" not in self.asked.faults:
            return Status(3150, {"field": "MaxReturned"})
        where, values = self._condition()
        total = self.source.count(self.asked.company, where, values)
        if not total:
            return Status(1, {}, self._append((), count=0, shown=self._shown()))
        of = str(self.asked.element.tag)
        pages = _Pages(where, values, (), (), page_size or 0, of=of, after="0", total=total, shown=self._shown())
        return self._page(pages, iterator_id=self.asked.iterators.keep(pages))

    def _go_on(self, *, stop: bool) -> Status:
        """Give the next page of an iterator of this session; filters that are repeated do not count."""
        if not stop and self.asked.faults.strikes("iterator-lost"):
            self.asked.iterators.clear()
        iterator_id = self.asked.element.get("iteratorID") or ""
        pages = self.asked.iterators.get(iterator_id)
        if not isinstance(pages, _Pages) or pages.of != self.asked.element.tag:
            return Status(3391, {"value": iterator_id})
        if stop:
            del self.asked.iterators[iterator_id]
            return Status()
        pages.page_size = self._page_size() or pages.page_size
        return self._page(pages, iterator_id=iterator_id)

    def _page(self, pages: _Pages, *, iterator_id: str) -> Status:
        where, values = f"({pages.where}) AND txn_number > ?", (*pages.values, int(pages.after))
        count = self.source.count(self.asked.company, where, values)
        size = None if "huge-page" in self.asked.faults else pages.page_size
        page = list(self.source.select(self.asked.company, where, values, size))
        attributes = self._append(page, count=pages.total, shown=pages.shown)
        remaining = count - len(page)
        if page:
            pages.after = str(page[-1].txn_number)
        if not remaining:
            del self.asked.iterators[iterator_id]
        attributes |= {"iteratorRemainingCount": str(remaining), "iteratorID": iterator_id}
        return Status(0, {}, attributes)

    def _append(self, records: Iterable[Record], *, count: int, shown: Shown) -> dict[str, str]:
        """Append the transactions unless only their number is wanted, and return the attributes about them."""
        meta_data = self.asked.element.get("metaData", "NoMetaData")
        if meta_data != "MetaDataOnly":
            append(self.asked, self.rs, records, source=self.source, shown=shown)
        return {} if meta_data == "NoMetaData" else {"retCount": str(count)}

    # -- filters -------------------------------------------------------------------------------------------------

    def _page_size(self) -> int | None:
        text = self.asked.text("MaxReturned")
        return None if text is None or "huge-page" in self.asked.faults else int(text)

    def _condition(self) -> Part:
        asked = self.asked
        check_features(asked.company, (str(child.tag) for child in asked.element))
        parts: list[Part] = [("1", ())]
        for filter_ in (_modified, _dated, _of_entity, _on_account, _numbered, _in_currency, *self.source.filters):
            parts += filter_(asked)
        where = " AND ".join(f"({condition})" for condition, _ in parts)
        return where, tuple(value for _, values in parts for value in values)


def _modified(asked: Asked) -> Iterable[Part]:
    """Both ends belong to the range."""
    zone, path = asked.company.zone, "ModifiedDateRangeFilter"
    since_text, until_text = asked.text(f"{path}/FromModifiedDate"), asked.text(f"{path}/ToModifiedDate")
    since = parse_datetime(since_text, zone=zone) if since_text else None
    until = parse_datetime(until_text, zone=zone, end=True) if until_text else None
    if since is not None and until is not None and since > until:
        raise refused(3030)
    if since is not None:
        yield "modified_at >= ?", (since,)
    if until is not None:
        yield "modified_at <= ?", (until,)


def _dated(asked: Asked) -> Iterable[Part]:
    """Both ends belong to the range; a macro means days counted from today on the QuickBooks computer."""
    path = "TxnDateRangeFilter"
    macro = asked.text(f"{path}/DateMacro")
    first = parse_date(asked.text(f"{path}/FromTxnDate") or "")
    last = parse_date(asked.text(f"{path}/ToTxnDate") or "")
    if macro is not None:
        first, last = dating.macro_range(
            macro, today=ledger.today(asked.company), fiscal_month=ledger.fiscal_month(asked.company)
        )
    if first is not None and last is not None and first > last:
        raise refused(3030)
    if first is not None:
        yield "txn_date >= ?", (first.isoformat(),)
    if last is not None:
        yield "txn_date <= ?", (last.isoformat(),)


def _of_entity(asked: Asked) -> Iterable[Part]:
    """Keep those of certain customers, or of one and the jobs below it."""
    element = asked.element.find("EntityFilter")
    if element is None:
        return
    field = str(asked.element.tag).removesuffix("Rq")
    wanted: list[str] = []
    for child in element:
        text, tag = child.text or "", str(child.tag)
        if tag == "ListID":
            wanted.append(text)
            continue
        by = "FullName" if tag.startswith("FullName") else "ListID"
        list_id = ledger.customer_id(asked.company, {by: text}, of=field)
        wanted += paying.family(asked.company, list_id) if tag.endswith("WithChildren") else [list_id]
    yield _among("customer_id", wanted)


def _on_account(asked: Asked) -> Iterable[Part]:
    """Keep those that are owed on certain accounts, or on one and those below it."""
    element = asked.element.find("AccountFilter")
    if element is None:
        return
    lists, field = asked.company.lists, str(asked.element.tag).removesuffix("Rq")
    wanted: list[str] = []
    for child in element:
        text, tag = child.text or "", str(child.tag)
        if tag == "ListID":
            wanted.append(text)
            continue
        by = "FullName" if tag.startswith("FullName") else "ListID"
        list_id = lists.resolve("AccountRef", {by: text}, field=field).list_id
        wanted += lists.family(list_id) if tag.endswith("WithChildren") else [list_id]
    yield _among("account_id", wanted)


def _in_currency(asked: Asked) -> Iterable[Part]:
    """Keep those of customers who are invoiced in one of certain currencies."""
    element = asked.element.find("CurrencyFilter")
    if element is None:
        return
    lists, field = asked.company.lists, str(asked.element.tag).removesuffix("Rq")
    wanted = [
        child.text or ""
        if child.tag == "ListID"
        else lists.resolve("CurrencyRef", {"FullName": child.text or ""}, field=field).list_id
        for child in element
    ]
    yield currency.WITHIN.format(places=", ".join("?" * len(wanted))), (currency.home(asked.company), *wanted)


def _among(column: str, wanted: list[str]) -> Part:
    return f"{column} IN ({', '.join('?' * len(wanted))})", tuple(wanted)


def _numbered(asked: Asked) -> Iterable[Part]:
    """Compare numbers as text, whatever the case."""
    criterion = asked.text("RefNumberFilter/MatchCriterion")
    if criterion is not None:
        wanted = (asked.text("RefNumberFilter/RefNumber") or "").lower()
        condition = _NUMBER_MATCHES[criterion]
        yield condition.replace("?1", "?"), (wanted,) * condition.count("?1")
    first, last = asked.text("RefNumberRangeFilter/FromRefNumber"), asked.text("RefNumberRangeFilter/ToRefNumber")
    if first is not None and last is not None and first.lower() > last.lower():
        raise refused(3031)
    if first is not None:
        yield "fold(ref_number) >= ?", (first.lower(),)
    if last is not None:
        yield "fold(ref_number) <= ?", (last.lower(),)


def shown_after_change(asked: Asked) -> Shown:
    """Return what the answer to an Add or Mod shows: everything with its lines, or what is asked for."""
    return replace(Shown(), only=asked.only)
