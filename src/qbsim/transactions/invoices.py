"""The invoices of a company: adding, changing, voiding and deleting them, and reading them again.

Somebody who calls from Python gives fields in snake_case (`terms="Net 30"`), the wire values by QuickBooks' names;
both go through `post` and `revise`. Each change is one transaction, moves the EditSequence and the balances.
"""

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from qbsim.customers import Customer, printed_block, printed_line_count
from qbsim.features import check_features, switched_off, tags_in
from qbsim.fields import Fields
from qbsim.messages.invoice import GROUP_ADD, INVOICE_ADD_BODY, LINE_ADD
from qbsim.refusals import refused
from qbsim.transactions import arithmetic, dating, ledger, opening, paying, records
from qbsim.transactions.lines import NEW_LINE, LineMaker, Values, count, flat
from qbsim.transactions.records import Invoice
from qbsim.wiretext import amount_text

if TYPE_CHECKING:
    from qbsim.company import Company

KIND = "Invoice"

# In columns of their own, or said once only.
_APART = frozenset({"CustomerRef", "ARAccountRef", "TxnDate", "DueDate", "RefNumber", "IsPending"})
_NOT_FIELDS = frozenset({"SetCredit", "LinkToTxnID", "InvoiceLineAdd", "InvoiceLineGroupAdd"})
HEAD = Fields(INVOICE_ADD_BODY.children, kept_apart=_NOT_FIELDS)
_LINE = Fields(LINE_ADD.children, kept_apart=frozenset({"LinkToTxn"}))
_GROUP = Fields(GROUP_ADD.children, kept_apart=frozenset())

# What an invoice takes over from its customer when nobody says otherwise, under the invoice's name for it.
FROM_CUSTOMER = {
    "BillAddress": "BillAddress",
    "ShipAddress": "ShipAddress",
    "TermsRef": "TermsRef",
    "SalesRepRef": "SalesRepRef",
    "ItemSalesTaxRef": "ItemSalesTaxRef",
    "CustomerSalesTaxCodeRef": "SalesTaxCodeRef",
}
_ABOUT_TAX = ("ItemSalesTaxRef", "CustomerSalesTaxCodeRef")

# What a Mod cannot clear (Intuit, InvoiceMod page).
_NOT_CLEARED = ("CustomerRef", "ARAccountRef", "TemplateRef")

MAX_PRINTED_LINES = 5  # of an address; longer ones are refused (zed-systems help)
VOIDED = "VOID: "  # stands before the memo of a voided invoice


def _as_it_is(_tag: str, value: str) -> str:
    return value


def line(item: str | None = None, **fields: Any) -> Values:
    """Write one line for `add` or `edit`: `line("Annual inspection", quantity=2, rate="80.00", desc=…)`.

    `item` is a ListID or full name; without one the line is only words. In `edit`, `line_id=` names a line to keep.
    """
    return {"kind": "line", "item": item, **fields}


def group(item: str, **fields: Any) -> Values:
    """Write one line that opens into the items of a group."""
    return {"kind": "group", "item_group": item, **fields}


@dataclass(slots=True)
class _Draft:
    """An invoice before it is counted and written."""

    customer: Customer
    account_id: str
    on: date
    due: date
    ref_number: str
    is_pending: bool
    details: Values
    lines: list[Values] = field(default_factory=list)


class Invoices:
    """The invoices of one company."""

    def __init__(self, company: "Company") -> None:
        self._company = company
        self._db = company.db

    # -- reading -------------------------------------------------------------------------------------------------

    def get(self, txn_id: str) -> Invoice:
        """Return one invoice. CompanyError 3120 when no such transaction exists any more."""
        return self._invoice(ledger.row_of(self._company, "invoices", txn_id))

    def all(self, *, customer: str | None = None, with_jobs: bool = False, open_only: bool = False) -> list[Invoice]:
        """Return invoices, the newest first: of all customers, of one (a ListID), or of one and the jobs below."""
        conditions, values = ["1"], []
        if customer is not None:
            ids = paying.family(self._company, customer) if with_jobs else [customer]
            conditions.append(f"customer_id IN ({', '.join('?' * len(ids))})")
            values += ids
        if open_only:
            conditions.append(paying.OPEN)
        return list(self.select(" AND ".join(conditions), tuple(values), order="txn_date DESC, txn_number DESC"))

    def select(
        self, where: str, values: tuple[object, ...], *, order: str = "txn_number", limit: int | None = None
    ) -> Iterator[Invoice]:
        """Walk those for which an SQL condition over the invoices table holds."""
        rows = self._db.execute(
            f"SELECT * FROM invoices WHERE {where} ORDER BY {order} LIMIT ?",  # noqa: S608 -- conditions come from code
            (*values, -1 if limit is None else limit),
        )
        return map(self._invoice, rows.fetchall())

    def count(self, where: str = "1", values: tuple[object, ...] = ()) -> int:
        return int(self._db.execute(f"SELECT count(*) FROM invoices WHERE {where}", values).fetchone()[0])  # noqa: S608

    def balance_of(self, list_id: str) -> int:
        """Return what is open of one customer itself, in cents, jobs left out: invoices less unused payments."""
        return self._company.customer(list_id).balance_cents

    def next_number(self) -> str:
        """Return the number that the next invoice gets by itself."""
        return ledger.number_after(str(self._company.fact("last_invoice_number", "1000")))

    def discount_until(self, invoice: Invoice) -> tuple[date, int] | None:
        """Return the last day for paying early and the cents it saves, None when the terms grant nothing."""
        kind, details = self._terms(invoice.details)
        found = dating.discount_until(kind, details, on=invoice.txn_date)
        return None if found is None else (found[0], arithmetic.share(invoice.total_cents, found[1]))

    # -- changing, called from Python ------------------------------------------------------------------------------

    def add(self, customer: str, *, lines: Sequence[Values] = (), **fields: Any) -> Invoice:
        """Add an invoice for a customer (ListID or full name); `lines` are made by `line` and `group`.

        Fields are InvoiceAdd's in snake_case: `txn_date ref_number terms due_date po_number memo bill_address …`.
        """
        values = self._named(fields) | {"CustomerRef": customer}
        return self.post(values, lines=[self._named_line(each) for each in lines])

    def edit(self, txn_id: str, *, lines: Sequence[Values] | None = None, **fields: Any) -> Invoice:
        """Change what is named; None clears. `lines` replaces all lines: those with `line_id=` stay as they are."""
        named = None if lines is None else [self._named_line(each) for each in lines]
        return self.revise(txn_id, self._named(fields), lines=named)

    # -- changing, called from the wire ----------------------------------------------------------------------------

    def post(
        self, values: Mapping[str, Any], *, lines: Sequence[Values], set_credits: Sequence[Values] = ()
    ) -> Invoice:
        """Add an invoice from values by QuickBooks' names; references as ledger.Ref says."""
        company = self._company
        with company.transaction():
            given = self._checked({tag: value for tag, value in values.items() if value not in (None, "")})
            customer = company.customer(given["CustomerRef"])
            on = _day(given.get("TxnDate")) or ledger.today(company)
            ledger.check_open(company, on, doing="add")
            details = self._with_defaults(given, customer)
            draft = _Draft(
                customer=customer,
                account_id=given.get("ARAccountRef") or opening.receivables(self._company),
                on=on,
                due=_day(given.get("DueDate")) or dating.due_on(*self._terms(details), on=on),
                ref_number=given.get("RefNumber") or self.next_number(),
                is_pending=given.get("IsPending") is True,
                details=details,
            )
            draft.lines = self._maker(draft).make(self._resolved_lines(lines))
            return self._insert(draft, set_credits)

    def revise(
        self,
        txn_id: str,
        values: Mapping[str, Any],
        *,
        lines: Sequence[Values] | None = None,
        set_credits: Sequence[Values] = (),
        edit_sequence: str | None = None,
    ) -> Invoice:
        """Change an invoice: what is not there stays, None or "" clears. Lines None: untouched."""
        company = self._company
        with company.transaction():
            row = ledger.row_of(company, "invoices", txn_id)
            ledger.check_edit_sequence(row, edit_sequence)
            cleared = next((tag for tag in _NOT_CLEARED if tag in values and values[tag] in (None, "")), None)
            if cleared is not None:
                raise refused(3190, field=cleared)
            given = self._checked(values)
            draft = self._changed(row, given)
            for day in (date.fromisoformat(row["txn_date"]), draft.on):
                ledger.check_open(company, day, doing="mod")
            if row["applied_cents"] and draft.customer.list_id != row["customer_id"]:
                raise refused(3210, field="CustomerRef", value=draft.customer.full_name, reason="It has payments.")
            if lines is not None:
                draft.lines = self._maker(draft).revise(draft.lines, self._resolved_lines(lines))
            self._update(row, draft, set_credits)
            return self.get(txn_id)

    def void(self, txn_id: str) -> Invoice:
        """Keep an invoice with all its amounts at zero. CompanyError 3185 while something is applied to it."""
        company = self._company
        with company.transaction():
            row = ledger.row_of(company, "invoices", txn_id)
            ledger.check_open(company, date.fromisoformat(row["txn_date"]), doing="void")
            if row["applied_cents"]:
                raise refused(3185, value=txn_id, reason="A payment is applied to it.")
            details, lines = json.loads(row["details"]), json.loads(row["lines"])
            for each in flat(lines):
                _zero(each)
            if not (details.get("Memo") or "").startswith(VOIDED):
                memo = f"{VOIDED}{details.get('Memo') or ''}".strip()
                details["Memo"] = memo[: HEAD.elements["Memo"].max_length]
            nothing = {"subtotal_cents": 0, "tax_cents": 0}
            texts = {"details": ledger.stored(details), "lines": ledger.stored_lines(lines)}
            ledger.update(company, "invoices", txn_id, nothing | texts)
            ledger.touch(company, "invoices", txn_id)
            ledger.post_balance(company, row["customer_id"])
            return self.get(txn_id)

    def delete(self, txn_id: str) -> ledger.DeletedTransaction:
        """Take an invoice out of the books. CompanyError 3160 while something is applied to it."""
        company = self._company
        with company.transaction():
            row = ledger.row_of(company, "invoices", txn_id)
            ledger.check_open(company, date.fromisoformat(row["txn_date"]), doing="delete")
            if row["applied_cents"]:
                raise refused(3160, value=txn_id, reason="A payment is applied to it.")
            self._forget(_line_ids(json.loads(row["lines"])))
            deleted = ledger.remove(company, KIND, "invoices", row)
            ledger.post_balance(company, row["customer_id"])
            return deleted

    def deleted(self, *, since: int | None = None) -> list[ledger.DeletedTransaction]:
        """Return the invoices deleted in the last 90 days, oldest first; `since` is Unix seconds."""
        return ledger.deleted(self._company, KIND, since=since)

    # -- inside: from what is asked to a draft -----------------------------------------------------------------------

    def _named(self, fields: Mapping[str, Any]) -> Values:
        return HEAD.details(fields, resolve=_as_it_is)

    def _named_line(self, asked: Values) -> Values:
        fields = {tag: value for tag, value in asked.items() if tag not in {"kind", "line_id"} and value is not None}
        named = (_GROUP if asked["kind"] == "group" else _LINE).details(fields, resolve=_as_it_is)
        return named | {"TxnLineID": asked.get("line_id") or NEW_LINE}

    def _checked(self, values: Mapping[str, Any]) -> Values:
        check_features(self._company, tags_in(values))
        for form in ("BillAddress", "ShipAddress"):
            if printed_line_count(values.get(form) or {}) > MAX_PRINTED_LINES:
                raise refused(3205, field=form, reason=f"It prints on more than {MAX_PRINTED_LINES} lines.")
        return HEAD.checked(ledger.resolved(self._company, values, of=KIND), resolve=_as_it_is)

    def _resolved_lines(self, lines: Sequence[Values]) -> list[Values]:
        check_features(self._company, tags_in(list(lines)))
        resolved = [ledger.resolved(self._company, each, of=KIND) for each in lines]
        for each in resolved:
            for inside in (each, *each.get("lines", ())):
                known = {tag: value for tag, value in inside.items() if tag in _LINE.elements}
                inside.update(_LINE.checked(known, resolve=_as_it_is))
        return resolved

    def _with_defaults(self, given: Values, customer: Customer) -> Values:
        """Return the details of a new invoice: as given, else as its customer's, else as the preferences say."""
        details = {
            "TemplateRef": self._template(),
            "IsFinanceCharge": False,
            "IsToBePrinted": True,
            "IsToBeEmailed": customer["PreferredDeliveryMethod"] == "Email",
            **{tag: customer[theirs] for tag, theirs in FROM_CUSTOMER.items()},
            **{tag: value for tag, value in given.items() if tag not in _APART},
        }
        tax = self._company.preferences().get("SalesTaxPreferences")
        if tax is None:
            return {tag: value for tag, value in details.items() if tag not in _ABOUT_TAX}
        details["ItemSalesTaxRef"] = details["ItemSalesTaxRef"] or tax["DefaultItemSalesTaxRef"]["ListID"]
        details["CustomerSalesTaxCodeRef"] = (
            details["CustomerSalesTaxCodeRef"] or tax["DefaultTaxableSalesTaxCodeRef"]["ListID"]
        )
        return details

    def _changed(self, row: sqlite3.Row, given: Values) -> _Draft:
        details = json.loads(row["details"])
        details |= {tag: value for tag, value in given.items() if tag not in _APART}
        for form in ("BillAddress", "ShipAddress"):
            if form in given:
                details.pop(f"{form}Block", None)
        on = _day(given.get("TxnDate")) or date.fromisoformat(row["txn_date"])
        due = _day(given.get("DueDate")) or date.fromisoformat(row["due_date"])
        if "DueDate" not in given and given.keys() & {"TermsRef", "TxnDate"}:
            due = dating.due_on(*self._terms(details), on=on)
        return _Draft(
            customer=self._company.customer(given.get("CustomerRef") or row["customer_id"]),
            account_id=given.get("ARAccountRef") or row["account_id"],
            on=on,
            due=due,
            ref_number=row["ref_number"] if "RefNumber" not in given else given["RefNumber"] or "",
            is_pending=given.get("IsPending", bool(row["is_pending"])) is True,
            details=details,
            lines=json.loads(row["lines"]),
        )

    def _maker(self, draft: _Draft) -> LineMaker:
        level_id = draft.customer["PriceLevelRef"]
        percent = None
        if level_id and "PriceLevelRef" not in switched_off(self._company):
            percent = Decimal(str(self._company.lists.get(level_id)["PriceLevelFixedPercentage"] or 0))
        return LineMaker(self._company, price_level=percent)

    def _terms(self, details: Mapping[str, Any]) -> tuple[str | None, Mapping[str, Any]]:
        terms_id = details.get("TermsRef")
        if not terms_id:
            return None, {}
        terms = self._company.lists.get(terms_id)
        return terms.kind, terms.details

    def _template(self) -> str | None:
        """Return the first active template for invoices, as QuickBooks prints on when nobody chose another."""
        found = next(self._company.lists.select(("Template",), _FOR_INVOICES, ()), None)
        return None if found is None else found.list_id

    # -- inside: counting and writing --------------------------------------------------------------------------------

    def _count(self, draft: _Draft) -> arithmetic.Totals:
        """Count the lines of a draft and its tax; the percentage is kept with the details."""
        counted = count(draft.lines, is_taxable=self._taxable_codes())
        rates = self._tax_rates(draft)
        if draft.details.get("ItemSalesTaxRef"):
            draft.details["SalesTaxPercentage"] = f"{sum(rates, Decimal(0)):f}"
        totals = arithmetic.add_up(counted, tax_rates=rates if self._is_taxed(draft) else ())
        for cents in (totals.subtotal, totals.tax, totals.total):
            ledger.check_amount(cents, field="Amount")
        if totals.total < 0:
            reason = "The total of an invoice cannot be less than zero."
            raise refused(3180, kind=KIND, reason=reason)
        return totals

    def _taxable_codes(self) -> dict[str, bool]:
        return {code.list_id: code["IsTaxable"] is True for code in self._company.lists.all("SalesTaxCode")}

    def _is_taxed(self, draft: _Draft) -> bool:
        code = draft.details.get("CustomerSalesTaxCodeRef") or ""
        return self._taxable_codes().get(code, False)

    def _tax_rates(self, draft: _Draft) -> list[Decimal]:
        """Return the percentage of each tax item that applies: one, or those of a group."""
        tax_id = draft.details.get("ItemSalesTaxRef")
        if not tax_id:
            return []
        tax = self._company.lists.get(tax_id)
        parts = [self._company.lists.get(each) for each in tax["ItemSalesTaxRef"] or ()] or [tax]
        return [Decimal(str(part["TaxRate"] or 0)) for part in parts]

    def _insert(self, draft: _Draft, set_credits: Sequence[Values]) -> Invoice:
        company = self._company
        totals = self._count(draft)
        now = company.now()
        txn_id = ledger.new_txn_id(company, now)
        self._number_lines(draft.lines, now)
        ledger.insert(
            company,
            "invoices",
            {
                "txn_id": txn_id,
                "txn_number": ledger.new_txn_number(company),
                "created_at": now,
                "modified_at": now,
                "edit_sequence": now,
                **self._columns(draft, totals),
            },
        )
        self._after(txn_id, draft, set_credits)
        return self.get(txn_id)

    def _update(self, row: sqlite3.Row, draft: _Draft, set_credits: Sequence[Values]) -> None:
        totals = self._count(draft)
        if totals.total < row["applied_cents"] or (draft.is_pending and row["applied_cents"]):
            applied = amount_text(row["applied_cents"])
            raise refused(
                3210, field="Amount", value=amount_text(totals.total), reason=f"{applied} is applied to the invoice."
            )
        self._number_lines(draft.lines, self._company.now())
        self._forget(_line_ids(json.loads(row["lines"])) - _line_ids(draft.lines))
        ledger.update(self._company, "invoices", row["txn_id"], self._columns(draft, totals))
        ledger.touch(self._company, "invoices", row["txn_id"])
        self._after(row["txn_id"], draft, set_credits)
        if draft.customer.list_id != row["customer_id"]:
            ledger.post_balance(self._company, row["customer_id"])

    def _columns(self, draft: _Draft, totals: arithmetic.Totals) -> Values:
        return {
            "customer_id": draft.customer.list_id,
            "account_id": draft.account_id,
            "txn_date": draft.on.isoformat(),
            "due_date": draft.due.isoformat(),
            "ref_number": draft.ref_number,
            "is_pending": draft.is_pending,
            "subtotal_cents": totals.subtotal,
            "tax_cents": totals.tax,
            "details": ledger.stored(draft.details),
            "lines": ledger.stored_lines(draft.lines),
        }

    def _after(self, txn_id: str, draft: _Draft, set_credits: Sequence[Values]) -> None:
        """Let the numbers run on, credits be taken and balances follow."""
        if ledger.number_after(draft.ref_number):
            self._company.set_fact("last_invoice_number", draft.ref_number)
        paying.take(self._company, txn_id, set_credits)
        ledger.post_balance(self._company, draft.customer.list_id)

    def _number_lines(self, lines: Sequence[Values], now: int) -> None:
        """Give TxnLineIDs to new lines, groups and what is inside them, and store their custom fields under those."""
        for each in lines:
            if each["TxnLineID"] == NEW_LINE:
                each["TxnLineID"] = ledger.new_txn_id(self._company, now)
            for ext in each.pop("DataExt", ()):
                owner_id, name, value = (ext.get(tag) or "" for tag in ("OwnerID", "DataExtName", "DataExtValue"))
                self._company.private_data.store(owner_id, name, value, object_id=each["TxnLineID"], kind=KIND)
            self._number_lines(each.get("lines", ()), now)

    def _forget(self, line_ids: set[str]) -> None:
        """Drop the custom fields of lines that are gone."""
        self._db.executemany("DELETE FROM data_ext WHERE object_id = ?", [(each,) for each in line_ids])

    def _invoice(self, row: sqlite3.Row) -> Invoice:
        return records.invoice(row, time_text=self._company.time_text)


_FOR_INVOICES = "is_active AND json_extract(details, '$.TemplateType') = 'Invoice'"


def printed(invoice: Invoice, form: str) -> dict[str, str] | None:
    """Return BillAddress or ShipAddress of an invoice as it is printed, None when it has none."""
    fields = invoice[form]
    return invoice[f"{form}Block"] or (printed_block(fields) if fields else None)


def _line_ids(lines: Sequence[Values]) -> set[str]:
    return {each["TxnLineID"] for line in lines for each in (line, *line.get("lines", ()))}


def _zero(line: Values) -> None:
    """Take the amounts out of a line, as voiding does."""
    for tag, nothing in (("Quantity", "0"), ("Rate", "0.00"), ("RatePercent", "0"), ("Amount", "0.00")):
        if tag in line:
            line[tag] = nothing


def _day(text: Any) -> date | None:
    return date.fromisoformat(str(text)) if text not in (None, "") else None
