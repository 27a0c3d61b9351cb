"""The payments that a company received: adding, changing and deleting them, and what they pay.

As in QuickBooks a payment cannot be voided, only deleted; then what it paid is open again.
"""

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from qbsim.features import check_features, tags_in
from qbsim.fields import Fields
from qbsim.messages.receive_payment import PAYMENT_ADD_BODY
from qbsim.refusals import refused
from qbsim.transactions import ledger, opening, paying, records
from qbsim.transactions.records import Application, Payment
from qbsim.wiretext import amount_text, cents

if TYPE_CHECKING:
    from qbsim.company import Company

KIND = "ReceivePayment"

Values = dict[str, Any]

_APART = frozenset({"CustomerRef", "ARAccountRef", "TxnDate", "RefNumber", "TotalAmount"})
_NOT_FIELDS = frozenset({"IsAutoApply", "AppliedToTxnAdd"})
HEAD = Fields(PAYMENT_ADD_BODY.children, kept_apart=_NOT_FIELDS)
_NOT_CLEARED = ("CustomerRef", "ARAccountRef", "TotalAmount")


class Payments:
    """The received payments of one company."""

    def __init__(self, company: "Company") -> None:
        self._company = company
        self._db = company.db

    # -- reading -------------------------------------------------------------------------------------------------

    def get(self, txn_id: str) -> Payment:
        """Return one payment. CompanyError 3120 when no such transaction exists any more."""
        return self._payment(ledger.row_of(self._company, "payments", txn_id))

    def all(
        self, *, customer: str | None = None, with_jobs: bool = False, invoice: str | None = None
    ) -> list[Payment]:
        """Return payments, the newest first: of all customers, of one (a ListID), or those that pay an invoice."""
        conditions, values = ["1"], []
        if customer is not None:
            ids = paying.family(self._company, customer) if with_jobs else [customer]
            conditions.append(f"customer_id IN ({', '.join('?' * len(ids))})")
            values += ids
        if invoice is not None:
            conditions.append("txn_id IN (SELECT payment_id FROM applications WHERE invoice_id = ?)")
            values.append(invoice)
        return list(self.select(" AND ".join(conditions), tuple(values), order="txn_date DESC, txn_number DESC"))

    def select(
        self, where: str, values: tuple[object, ...], *, order: str = "txn_number", limit: int | None = None
    ) -> Iterator[Payment]:
        """Walk those for which an SQL condition over the payments table holds."""
        rows = self._db.execute(
            f"SELECT * FROM payments WHERE {where} ORDER BY {order} LIMIT ?",  # noqa: S608 -- conditions come from code
            (*values, -1 if limit is None else limit),
        )
        return map(self._payment, rows.fetchall())

    def count(self, where: str = "1", values: tuple[object, ...] = ()) -> int:
        return int(self._db.execute(f"SELECT count(*) FROM payments WHERE {where}", values).fetchone()[0])  # noqa: S608

    def unused_of(self, list_id: str) -> int:
        """Return the cents that a customer paid and that no invoice has used."""
        sql = "SELECT coalesce(sum(unused_cents), 0) FROM payments WHERE customer_id = ?"
        return int(self._db.execute(sql, (list_id,)).fetchone()[0])

    def deleted(self, *, since: int | None = None) -> list[ledger.DeletedTransaction]:
        """Return the payments deleted in the last 90 days, oldest first; `since` is Unix seconds."""
        return ledger.deleted(self._company, KIND, since=since)

    # -- changing, called from Python ------------------------------------------------------------------------------

    def add(self, customer: str, amount: str, *, pays: Mapping[str, str] | None = None, **fields: Any) -> Payment:
        """Add a payment of a customer (ListID or full name). `pays` says how much for which invoice (TxnID: dollars).

        Without it QuickBooks applies the payment by itself; `pays={}` leaves it unused. Fields are
        ReceivePaymentAdd's in snake_case: `txn_date ref_number payment_method memo deposit_to_account …`.
        """
        values = self._named(fields) | {"CustomerRef": customer, "TotalAmount": amount}
        applied = [{"TxnID": txn_id, "PaymentAmount": share} for txn_id, share in (pays or {}).items()]
        return self.post(values, applied=applied, by_itself=pays is None)

    def edit(self, txn_id: str, *, pays: Mapping[str, str] | None = None, **fields: Any) -> Payment:
        """Change what is named; None clears. `pays` replaces all that the payment pays, `amount` its total."""
        if "amount" in fields:
            fields["total_amount"] = fields.pop("amount")
        applied = None if pays is None else [{"TxnID": each, "PaymentAmount": share} for each, share in pays.items()]
        return self.revise(txn_id, self._named(fields), applied=applied)

    # -- changing, called from the wire ----------------------------------------------------------------------------

    def post(
        self, values: Mapping[str, Any], *, applied: Sequence[Mapping[str, Any]] = (), by_itself: bool
    ) -> Payment:
        """Add a payment from values by QuickBooks' names; `applied` are AppliedToTxnAdd's."""
        company = self._company
        with company.transaction():
            given = self._checked({tag: value for tag, value in values.items() if value not in (None, "")})
            customer = company.customer(given["CustomerRef"])
            on = _day(given.get("TxnDate")) or ledger.today(company)
            ledger.check_open(company, on, doing="add")
            total = self._total(given, applied)
            details = {
                "PaymentMethodRef": customer["PreferredPaymentMethodRef"],
                "DepositToAccountRef": self._account("UndepositedFunds"),
                **{tag: value for tag, value in given.items() if tag not in _APART},
            }
            txn_id = self._insert(given, details, on=on, total=total)
            if by_itself:
                applied = [
                    {"TxnID": invoice_id, "PaymentAmount": amount_text(share)}
                    for invoice_id, share in paying.by_itself(company, customer.list_id, total)
                ]
            self._apply(txn_id, applied)
            ledger.post_balance(company, customer.list_id)
            return self.get(txn_id)

    def revise(
        self,
        txn_id: str,
        values: Mapping[str, Any],
        *,
        applied: Sequence[Mapping[str, Any]] | None = None,
        edit_sequence: str | None = None,
    ) -> Payment:
        """Change a payment: what is not there stays, None or "" clears. `applied` names all that it is to pay."""
        company = self._company
        with company.transaction():
            row = ledger.row_of(company, "payments", txn_id)
            ledger.check_edit_sequence(row, edit_sequence)
            cleared = next((tag for tag in _NOT_CLEARED if tag in values and values[tag] in (None, "")), None)
            if cleared is not None:
                raise refused(3190, field=cleared)
            given = self._checked(values)
            on = _day(given.get("TxnDate")) or date.fromisoformat(row["txn_date"])
            for day in (date.fromisoformat(row["txn_date"]), on):
                ledger.check_open(company, day, doing="mod")
            before = {each.invoice_id: each for each in paying.of_payment(company, txn_id)}
            if applied is not None:
                paying.release(company, txn_id)
            self._update(txn_id, given, on=on)
            if applied is not None:
                self._apply(txn_id, [_as_before(each, before.get(each["TxnID"])) for each in applied])
            ledger.touch(company, "payments", txn_id)
            ledger.post_balance(company, row["customer_id"])
            ledger.post_balance(company, given.get("CustomerRef") or row["customer_id"])
            return self.get(txn_id)

    def delete(self, txn_id: str) -> ledger.DeletedTransaction:
        """Take a payment out of the books; what it paid is open again."""
        company = self._company
        with company.transaction():
            row = ledger.row_of(company, "payments", txn_id)
            ledger.check_open(company, date.fromisoformat(row["txn_date"]), doing="delete")
            paying.release(company, txn_id)
            deleted = ledger.remove(company, KIND, "payments", row)
            ledger.post_balance(company, row["customer_id"])
            return deleted

    # -- inside --------------------------------------------------------------------------------------------------

    def _named(self, fields: Mapping[str, Any]) -> Values:
        return HEAD.details(fields, resolve=_as_it_is)

    def _checked(self, values: Mapping[str, Any]) -> Values:
        check_features(self._company, tags_in(values))
        if values.get("CreditCardTxnInfo") and not self._company.is_on(_SEES_PERSONAL_DATA):
            raise refused(3261, field="CreditCardTxnInfo")
        return HEAD.checked(ledger.resolved(self._company, values, of=KIND), resolve=_as_it_is)

    def _total(self, given: Values, applied: Sequence[Mapping[str, Any]]) -> int:
        """Return what was paid: as given, else the sum of what it pays."""
        if "TotalAmount" not in given and not applied:
            raise refused(3150, field="TotalAmount")
        shares = sum(cents(each["PaymentAmount"]) for each in applied if each.get("PaymentAmount"))
        total = cents(given["TotalAmount"]) if "TotalAmount" in given else shares
        ledger.check_amount(total, field="TotalAmount")
        if total < 0:
            raise refused(3210, field="TotalAmount", value=amount_text(total), reason="It must not be negative.")
        return total

    def _insert(self, given: Values, details: Values, *, on: date, total: int) -> str:
        company, now = self._company, self._company.now()
        txn_id = ledger.new_txn_id(company, now)
        ledger.insert(
            company,
            "payments",
            {
                "txn_id": txn_id,
                "txn_number": ledger.new_txn_number(company),
                "customer_id": given["CustomerRef"],
                "account_id": given.get("ARAccountRef") or opening.receivables(self._company),
                "txn_date": on.isoformat(),
                "ref_number": given.get("RefNumber") or "",
                "created_at": now,
                "modified_at": now,
                "edit_sequence": now,
                "total_cents": total,
                "details": ledger.stored(details),
            },
        )
        return txn_id

    def _update(self, txn_id: str, given: Values, *, on: date) -> None:
        row = ledger.row_of(self._company, "payments", txn_id)
        total = cents(given["TotalAmount"]) if "TotalAmount" in given else row["total_cents"]
        customer_id = given.get("CustomerRef") or row["customer_id"]
        if total < row["applied_cents"] or total < 0:
            reason = f"{amount_text(row['applied_cents'])} of it is applied."
            raise refused(3210, field="TotalAmount", value=amount_text(total), reason=reason)
        if row["applied_cents"] and customer_id != row["customer_id"]:
            raise refused(3210, field="CustomerRef", value=customer_id, reason="The payment is applied.")
        details = json.loads(row["details"]) | {tag: value for tag, value in given.items() if tag not in _APART}
        number = row["ref_number"] if "RefNumber" not in given else given["RefNumber"] or ""
        ledger.update(
            self._company,
            "payments",
            txn_id,
            {
                "customer_id": customer_id,
                "account_id": given.get("ARAccountRef") or row["account_id"],
                "txn_date": on.isoformat(),
                "ref_number": number,
                "total_cents": total,
                "details": ledger.stored(details),
            },
        )

    def _apply(self, txn_id: str, applied: Sequence[Mapping[str, Any]]) -> None:
        check_features(self._company, tags_in(list(applied)))
        for asked in applied:
            each = ledger.resolved(self._company, asked, of=KIND)
            discount = cents(each.get("DiscountAmount") or 0)
            details = {tag: each[tag] for tag in ("DiscountAccountRef", "DiscountClassRef") if each.get(tag)}
            if discount and "DiscountAccountRef" not in details:
                raise refused(3150, field="DiscountAccountRef")
            paid = cents(each.get("PaymentAmount") or 0)
            paying.apply(self._company, Application(txn_id, each["TxnID"], paid, discount, details))
            paying.take(self._company, each["TxnID"], each.get("SetCredit") or ())

    def _account(self, special: str) -> str:
        """Return the account that QuickBooks keeps for that. CompanyError 3270 in books without it."""
        found = next(self._company.lists.select(("Account",), _SPECIAL, (special,)), None)
        if found is None:
            raise refused(3270, value=special)
        return found.list_id

    def _payment(self, row: sqlite3.Row) -> Payment:
        applications = paying.of_payment(self._company, row["txn_id"])
        return records.payment(row, applications=applications, time_text=self._company.time_text)


_SEES_PERSONAL_DATA = "CurrentAppAccessRights.IsPersonalDataAccessAllowed"
_SPECIAL = "json_extract(details, '$.SpecialAccountType') = ?"


def _as_it_is(_tag: str, value: str) -> str:
    return value


def _as_before(asked: Mapping[str, Any], before: Application | None) -> Values:
    """Complete an AppliedToTxnMod that names an invoice without amounts: those of before stay."""
    if before is None or asked.get("PaymentAmount") or asked.get("DiscountAmount"):
        return dict(asked)
    kept = {"PaymentAmount": amount_text(before.paid_cents), "DiscountAmount": amount_text(before.discount_cents)}
    return kept | before.details | dict(asked)


def _day(text: Any) -> date | None:
    return date.fromisoformat(str(text)) if text not in (None, "") else None
