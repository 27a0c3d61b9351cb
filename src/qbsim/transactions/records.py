"""What an invoice and a received payment are, as the company file holds them. Money is in cents."""

import json
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from qbsim.wiretext import cents

TimeText = Callable[[int], str]


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """One line, or a group of items with the lines inside. `details` is keyed by QuickBooks' element names."""

    line_id: str
    details: dict[str, Any]
    parts: "tuple[InvoiceLine, ...]" = ()

    @property
    def is_group(self) -> bool:
        return "ItemGroupRef" in self.details

    @property
    def item_id(self) -> str | None:
        return self.details.get("ItemGroupRef") or self.details.get("ItemRef")

    @property
    def description(self) -> str:
        return self.details.get("Desc") or ""

    @property
    def quantity(self) -> Decimal | None:
        return _number(self.details.get("Quantity"))

    @property
    def rate(self) -> Decimal | None:
        return _number(self.details.get("Rate"))

    @property
    def percent(self) -> Decimal | None:
        """Stands in place of a rate: a percentage of the line above."""
        return _number(self.details.get("RatePercent"))

    @property
    def amount_cents(self) -> int | None:
        """None on a line of words; for a group the sum of its lines."""
        if self.is_group:
            return sum(part.amount_cents or 0 for part in self.parts if not part.details.get("IsSubtotal"))
        amount = self.details.get("Amount")
        return None if amount is None else cents(amount)

    @property
    def tax_code_id(self) -> str | None:
        return self.details.get("SalesTaxCodeRef")


@dataclass(frozen=True, slots=True)
class Invoice:
    """`details` is keyed by QuickBooks' element names; references in it are ListIDs."""

    txn_id: str
    txn_number: int
    customer_id: str
    account_id: str
    txn_date: date
    due_date: date
    ref_number: str  # "" when there is none
    is_pending: bool  # does not count in any balance yet
    edit_sequence: str
    time_created: str  # QuickBooks' text
    time_modified: str
    subtotal_cents: int
    tax_cents: int
    applied_cents: int  # payments, discounts and credits
    open_cents: int
    details: dict[str, Any]
    lines: tuple[InvoiceLine, ...]

    def __getitem__(self, tag: str) -> Any:
        """Return the value of an element like `invoice["PONumber"]`, None when it has none."""
        return self.details.get(tag)

    @property
    def total_cents(self) -> int:
        return self.subtotal_cents + self.tax_cents

    @property
    def is_paid(self) -> bool:
        return self.open_cents == 0 and not self.is_pending

    @property
    def memo(self) -> str:
        return self.details.get("Memo") or ""


@dataclass(frozen=True, slots=True)
class Application:
    """What a payment pays of one invoice."""

    payment_id: str
    invoice_id: str
    paid_cents: int
    discount_cents: int = 0
    details: dict[str, Any] = field(default_factory=dict)  # DiscountAccountRef, DiscountClassRef

    @property
    def total_cents(self) -> int:
        return self.paid_cents + self.discount_cents


@dataclass(frozen=True, slots=True)
class Payment:
    txn_id: str
    txn_number: int
    customer_id: str
    account_id: str
    txn_date: date
    ref_number: str
    edit_sequence: str
    time_created: str
    time_modified: str
    total_cents: int
    unused_cents: int
    details: dict[str, Any]
    applications: tuple[Application, ...]

    def __getitem__(self, tag: str) -> Any:
        return self.details.get(tag)

    @property
    def memo(self) -> str:
        return self.details.get("Memo") or ""


def invoice_line(values: Mapping[str, Any]) -> InvoiceLine:
    """Read one stored line."""
    details = {tag: value for tag, value in values.items() if tag not in {"TxnLineID", "lines"}}
    parts = tuple(invoice_line(part) for part in values.get("lines", ()))
    return InvoiceLine(values["TxnLineID"], details, parts)


def invoice(row: sqlite3.Row, *, time_text: TimeText) -> Invoice:
    return Invoice(
        txn_id=row["txn_id"],
        txn_number=row["txn_number"],
        customer_id=row["customer_id"],
        account_id=row["account_id"],
        txn_date=date.fromisoformat(row["txn_date"]),
        due_date=date.fromisoformat(row["due_date"]),
        ref_number=row["ref_number"],
        is_pending=bool(row["is_pending"]),
        edit_sequence=str(row["edit_sequence"]),
        time_created=time_text(row["created_at"]),
        time_modified=time_text(row["modified_at"]),
        subtotal_cents=row["subtotal_cents"],
        tax_cents=row["tax_cents"],
        applied_cents=row["applied_cents"],
        open_cents=row["open_cents"],
        details=json.loads(row["details"]),
        lines=tuple(invoice_line(line) for line in json.loads(row["lines"])),
    )


def payment(row: sqlite3.Row, *, applications: tuple[Application, ...], time_text: TimeText) -> Payment:
    return Payment(
        txn_id=row["txn_id"],
        txn_number=row["txn_number"],
        customer_id=row["customer_id"],
        account_id=row["account_id"],
        txn_date=date.fromisoformat(row["txn_date"]),
        ref_number=row["ref_number"],
        edit_sequence=str(row["edit_sequence"]),
        time_created=time_text(row["created_at"]),
        time_modified=time_text(row["modified_at"]),
        total_cents=row["total_cents"],
        unused_cents=row["unused_cents"],
        details=json.loads(row["details"]),
        applications=applications,
    )


def application(row: sqlite3.Row) -> Application:
    return Application(
        payment_id=row["payment_id"],
        invoice_id=row["invoice_id"],
        paid_cents=row["paid_cents"],
        discount_cents=row["discount_cents"],
        details=json.loads(row["details"]),
    )


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
