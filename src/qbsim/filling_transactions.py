"""The history of a new company file: invoices over the years, some open, some partly paid, most of them paid.

What is open adds up to the balances that the customers were made with. Everything follows from the seed. The lines
are counted once, in a menu of what a fire inspection company sells, so that a hundred thousand customers take
seconds.
"""

import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import count as running
from random import Random
from typing import Any

from qbsim.transactions import dating, opening
from qbsim.transactions.arithmetic import share
from qbsim.transactions.ledger import FIRST_NUMBER, stored, stored_lines
from qbsim.transactions.lines import Values, count
from qbsim.transactions.selling import selling
from qbsim.wiretext import amount_text

LAST_DAY = 1672200000  # 2022-12-28: nothing in the history is younger
_DAY = 86400

# What was sold together: item and quantity. Prices and words are those of the items.
_SALES: tuple[tuple[tuple[str, str], ...], ...] = (
    (("Inspection:Fire Extinguisher", "6"),),
    (("Inspection:Fire Extinguisher", "24"), ("Extinguisher Recharge", "3")),
    (("Inspection:Sprinkler System", "1"),),
    (("Inspection:Sprinkler System", "1"), ("Inspection:Backflow Preventer", "2")),
    (("Inspection:Fire Alarm", "1"), ("Parts:Battery 12 V 7 Ah", "2")),
    (("Inspection:Kitchen Hood", "1"), ("Parts:Fusible Link 450 F", "4")),
    (("Inspection:Exit and Emergency Light", "35"),),
    (("Inspection:Fire Pump", "1"), ("Trip Charge", "1")),
    (("Repair:Sprinkler", "2.5"), ("Parts:Sprinkler Head 155 F", "6"), ("Trip Charge", "1")),
    (("Repair:Fire Alarm", "1.75"), ("Parts:Smoke Detector Photoelect", "3")),
    (("Repair:After Hours", "3"), ("Trip Charge", "1")),
    (("Extinguisher:5 lb ABC", "4"), ("Extinguisher Cabinet", "2")),
    (("Extinguisher:10 lb ABC", "2"), ("Contract Discount", "")),
    (("Alarm Monitoring", "12"),),
    (("Inspection:Standpipe and Hose", "2"), ("Hydrostatic Test", "8")),
)
_AGREED_ABOVE = 60000  # cents: what is open beyond that was invoiced as agreed, the rest from the menu
_AS_AGREED = ("Inspection:Sprinkler Five Year", "Repair:Sprinkler", "Installation", "Repair:Fire Alarm")
_MEMOS = ("", "", "", "Yearly inspection", "Work order closed", "Called by the manager")


@dataclass(frozen=True, slots=True)
class _Sale:
    """Lines that are counted already, without TxnLineIDs."""

    lines: tuple[Values, ...]
    subtotal: int
    taxable: int


@dataclass(slots=True)
class _Bill:
    """An invoice to be written, with what was paid of it."""

    customer_id: str
    details: Values
    sale: _Sale
    tax: int
    at: int
    paid: int = 0
    over: int = 0  # paid more than that, and never used
    paid_at: int = 0

    @property
    def total(self) -> int:
        return self.sale.subtotal + self.tax


@dataclass(slots=True)
class _Rows:
    invoices: list[tuple[Any, ...]] = field(default_factory=list)
    payments: list[tuple[Any, ...]] = field(default_factory=list)
    applications: list[tuple[Any, ...]] = field(default_factory=list)


_INSERTS = {
    "invoices": "INSERT INTO invoices (txn_id, txn_number, customer_id, account_id, txn_date, due_date, ref_number,"
    " is_pending, created_at, modified_at, edit_sequence, subtotal_cents, tax_cents, applied_cents, details, lines)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?, ?)",
    "payments": "INSERT INTO payments (txn_id, txn_number, customer_id, account_id, txn_date, ref_number, created_at,"
    " modified_at, edit_sequence, total_cents, applied_cents, details) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    "applications": "INSERT INTO applications (payment_id, invoice_id, paid_cents) VALUES (?, ?, ?)",
}


class History:
    """Writes the transactions of customers, as many at a time as they come."""

    def __init__(self, connection: sqlite3.Connection, *, seed: int, time_text: Callable[[int], str]) -> None:
        self._db = connection
        self._random = Random(seed * 7919)  # noqa: S311 -- invented data, not secrets
        self._time_text = time_text
        self._ids, self._numbers = running(1), running(1)
        self._invoice_number = int(FIRST_NUMBER) - 1
        self._lists = _ListIds(connection)
        self._menu = [self._lists.sale(items) for items in _SALES]

    def write(self, customers: Iterable[Sequence[Any]]) -> None:
        """Write the history of customers given as rows of their table; the rows must be there already."""
        bills = [bill for row in customers for bill in self._bills(row)]
        rows = _Rows()
        for bill in sorted(bills, key=lambda each: each.at):
            self._write_bill(rows, bill)
        for table, sql in _INSERTS.items():
            self._db.executemany(sql, getattr(rows, table))

    def facts(self) -> dict[str, Any]:
        """Return where the numbers stand, for the file's facts."""
        return {
            "next_txn_id": next(self._ids),
            "next_txn_number": next(self._numbers),
            "last_invoice_number": str(self._invoice_number),
        }

    # -- what was invoiced and paid --------------------------------------------------------------------------------

    def _bills(self, row: Sequence[Any]) -> Iterable[_Bill]:
        list_id, made_at, balance = row[0], row[7], row[10]
        random = self._random
        paid = random.randint(1, 2) if random.random() < 0.25 else 0
        if not balance and not paid:
            return
        head, rates = self._lists.head(json.loads(row[12]))
        for over in (*(0,) * paid, *((-balance,) if balance < 0 else ())):
            yield self._settled(self._bill(list_id, head, made_at, rates), over=over)
        left = balance
        while left > 0:
            bill = self._bill(list_id, head, made_at, rates)
            if left > _AGREED_ABOVE:
                part = left - random.randrange(_AGREED_ABOVE)
                bill.sale, bill.tax = self._lists.as_agreed(random.choice(_AS_AGREED), part), 0
            part = min(left, bill.total)
            left -= part
            yield self._open(bill, part=part)

    def _bill(self, list_id: str, head: Values, made_at: int, rates: Sequence[Decimal]) -> _Bill:
        """Invoice something from the menu, some time after the customer came."""
        sale = self._random.choice(self._menu)
        tax = sum(share(sale.taxable, rate) for rate in rates) if sale.taxable else 0
        at = made_at + self._random.randrange(max(LAST_DAY - 40 * _DAY - made_at, _DAY))
        details = {**head, "Memo": self._random.choice(_MEMOS)}
        return _Bill(list_id, details, sale, tax, min(at, LAST_DAY - 2 * _DAY))

    def _settled(self, bill: _Bill, *, over: int) -> _Bill:
        """Let an invoice be paid, with more than was due if `over` is not 0."""
        bill.paid, bill.over = bill.total, over
        bill.paid_at = min(bill.at + self._random.randrange(2, 60) * _DAY, LAST_DAY)
        return bill

    def _open(self, bill: _Bill, *, part: int) -> _Bill:
        """Let just `part` of an invoice be open; the rest was paid."""
        bill.paid = bill.total - part
        bill.paid_at = min(bill.at + self._random.randrange(2, 40) * _DAY, LAST_DAY)
        return bill

    # -- rows ------------------------------------------------------------------------------------------------------

    def _txn_id(self, at: int) -> str:
        return f"{next(self._ids):X}-{at}"

    def _write_bill(self, rows: _Rows, bill: _Bill) -> None:
        self._invoice_number += 1
        txn_id = self._txn_id(bill.at)
        lines = [{"TxnLineID": self._txn_id(bill.at), **line} for line in bill.sale.lines]
        on = self._time_text(bill.at)[:10]
        kind, terms = self._lists.terms.get(bill.details.get("TermsRef") or "", (None, {}))
        changed_at = bill.paid_at if bill.paid else bill.at
        due = dating.due_on(kind, terms, on=date.fromisoformat(on)).isoformat()
        rows.invoices.append(
            (
                txn_id,
                next(self._numbers),
                bill.customer_id,
                self._lists.receivables,
                on,
                due,
                str(self._invoice_number),
                bill.at,
                changed_at,
                changed_at,
                bill.sale.subtotal,
                bill.tax,
                bill.paid,
                stored(bill.details),
                stored_lines(lines),
            )
        )
        if bill.paid or bill.over:
            payment_id = self._write_payment(rows, bill)
            if bill.paid:
                rows.applications.append((payment_id, txn_id, bill.paid))

    def _write_payment(self, rows: _Rows, bill: _Bill) -> str:
        payment_id, at = self._txn_id(bill.paid_at), bill.paid_at
        method, number = self._random.choice((("Check", True), ("Check", True), ("Visa", False), ("E-Check", False)))
        rows.payments.append(
            (
                payment_id,
                next(self._numbers),
                bill.customer_id,
                self._lists.receivables,
                self._time_text(at)[:10],
                str(self._random.randint(1000, 9899)) if number else "",
                at,
                at,
                at,
                bill.paid + bill.over,
                bill.paid,
                self._lists.payment_details(method),
            )
        )
        return payment_id


class _ListIds:
    """What the lists of the file say, read once."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        rows = connection.execute("SELECT list_id, kind, full_name, details FROM elements").fetchall()
        self._elements = {row["list_id"]: (row["kind"], json.loads(row["details"])) for row in rows}
        self._ids = {(row["kind"], row["full_name"]): row["list_id"] for row in rows}
        self._items = {row["full_name"]: row["list_id"] for row in rows if row["kind"].startswith("Item")}
        self.receivables = self._ids["Account", "Accounts Receivable"]
        self.terms = {each: found for each, found in self._elements.items() if found[0] in dating.TERMS_KINDS}
        self._taxable = {
            each: details.get("IsTaxable") is True
            for each, (kind, details) in self._elements.items()
            if kind == "SalesTaxCode"
        }
        self._template = self._ids["Template", "Inspection Invoice"]
        self._state_tax, self._tax_code = self._ids["ItemSalesTax", "State Tax"], self._ids["SalesTaxCode", "Tax"]

    def sale(self, items: Iterable[tuple[str, str]]) -> _Sale:
        """Count what was sold together, by the rules of invoices."""
        return self._counted([self._line(name, Quantity=quantity) for name, quantity in items])

    def as_agreed(self, item: str, cents: int) -> _Sale:
        """Make one line for an amount that was agreed on."""
        amount = amount_text(cents)
        line = self._line(item, Amount=amount) | {"Rate": amount}
        return _Sale((line,), cents, 0)

    def _line(self, name: str, **given: str) -> Values:
        list_id = self._items[name]
        kind, details = self._elements[list_id]
        says = selling(kind, details)
        if says is None:
            raise ValueError(f"{name} cannot stand on an invoice")
        line = {"ItemRef": list_id, "kind": kind, "Desc": says.desc, "SalesTaxCodeRef": says.tax_code_id}
        priced = {"Rate": says.price, "RatePercent": says.percent} if "Amount" not in given else {}
        line |= {tag: f"{number:f}" for tag, number in priced.items() if number is not None}
        return {tag: value for tag, value in (line | given).items() if value}

    def _counted(self, lines: list[Values]) -> _Sale:
        done = count(lines, is_taxable=self._taxable)
        amounts = [(each.cents or 0, each.is_taxable) for each in done]
        subtotal, taxable = sum(cents for cents, _ in amounts), sum(cents for cents, is_taxed in amounts if is_taxed)
        return _Sale(tuple(lines), subtotal, taxable)

    def head(self, customer: Mapping[str, Any]) -> tuple[Values, list[Decimal]]:
        """Return what an invoice takes over from its customer, and the rates of its tax (none: not taxed)."""
        code = customer.get("SalesTaxCodeRef") or self._tax_code
        tax = customer.get("ItemSalesTaxRef") or self._state_tax
        rates = self._rates(tax)
        head = {
            "TemplateRef": self._template,
            "IsFinanceCharge": False,
            "IsToBePrinted": False,
            "IsToBeEmailed": False,
            **{tag: customer[tag] for tag in ("BillAddress", "ShipAddress", "TermsRef") if tag in customer},
            "ItemSalesTaxRef": tax,
            "CustomerSalesTaxCodeRef": code,
            "SalesTaxPercentage": f"{sum(rates, Decimal(0)):f}",
        }
        return head, rates if self._taxable[code] else []

    def _rates(self, tax_id: str) -> list[Decimal]:
        parts = self._elements[tax_id][1].get("ItemSalesTaxRef") or [tax_id]
        return [Decimal(self._elements[each][1].get("TaxRate") or 0) for each in parts]

    def payment_details(self, method: str) -> str:
        deposit = self._ids["Account", "Undeposited Funds"]
        return stored({"PaymentMethodRef": self._ids["PaymentMethod", method], "DepositToAccountRef": deposit})


def open_balances(connection: sqlite3.Connection, *, time_text: Callable[[int], str]) -> None:
    """Give the customers of an older file, who only had balances, the opening invoices and credits behind them."""
    ids, numbers = running(1), running(1)
    account = _ListIds(connection).receivables
    rows, memo = _Rows(), stored({"Memo": opening.WORDS})
    for list_id, cents, at in connection.execute(
        "SELECT list_id, balance_cents, created_at FROM customers WHERE balance_cents ORDER BY created_at, list_id"
    ).fetchall():
        txn_id, on = f"{next(ids):X}-{at}", time_text(at)[:10]
        common = (txn_id, next(numbers), list_id, account, on)
        if cents > 0:
            lines = stored_lines([opening.line(f"{next(ids):X}-{at}", cents)])
            rows.invoices.append((*common, on, "", at, at, at, cents, 0, 0, memo, lines))
        else:
            rows.payments.append((*common, "", at, at, at, -cents, 0, memo))
    connection.executemany(_INSERTS["invoices"], rows.invoices)
    connection.executemany(_INSERTS["payments"], rows.payments)
    connection.executemany(
        "INSERT INTO facts VALUES (?, ?)",
        [("next_txn_id", json.dumps(next(ids))), ("next_txn_number", json.dumps(next(numbers)))],
    )
