"""Writes to payments: each one transaction and one row of the trail; nothing remote.

The invoice is locked first, always, and what is paid of it is summed again in the same transaction: two people cannot
pay one balance twice.
"""

from datetime import date as Date  # noqa: N812  # "date" is the payment's, as on the page
from datetime import datetime
from decimal import Decimal
from typing import Any, TypedDict, Unpack
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from standpipe.activity.actions import record
from standpipe.core.changes import differing
from standpipe.core.errors import UserError
from standpipe.core.limits import MONEY_PLACES, checked_number, many_lines, one_line
from standpipe.core.money import ZERO, money_text
from standpipe.core.text import search_text
from standpipe.invoices.actions import FIRST_DATE, LAST_DATE, set_paid
from standpipe.invoices.models import Invoice
from standpipe.organizations.models import Organization, Person

from .followers import follow_up
from .guards import refuse_if_locked
from .models import Method, Payment


class PaymentFields(TypedDict, total=False):
    amount: Decimal
    method: str
    reference_number: str
    date: Date
    notes: str


class FieldsElsewhere(PaymentFields, total=False):
    method_name: str


def record_payment(
    invoice: Invoice,
    *,
    by: Person | None,
    method: str,
    amount: Decimal | None = None,
    reference_number: str = "",
    date: Date | None = None,
    notes: str = "",
    seen_due: Decimal | None = None,
) -> Payment:
    """Money received for ``invoice``; without an amount, all that is due; without a date, today.

    ``seen_due`` is the balance that the person was looking at: another one by now refuses with "changed_meanwhile",
    so that a form sent twice counts once. More than is due is refused ("overpaid"), nothing due too ("nothing_due").
    """
    values: PaymentFields = {
        "method": method,
        "reference_number": reference_number,
        "date": today_of(invoice.organization) if date is None else date,
        "notes": notes,
    }
    with transaction.atomic():
        locked = _locked(invoice.pk)
        due = locked.total - _sum_of(locked)
        if seen_due is not None and seen_due != due:
            raise UserError(
                f"What is due has changed since you opened this page: it is {money_text(due)} now. "
                "If this is one more payment, record it again.",
                code="changed_meanwhile",
            )
        _refuse_where_nothing_is_due(locked, due=due)
        values["amount"] = due if amount is None else amount
        checked = _checked(values)
        _refuse_overpayment(checked["amount"], due=due)
        payment = Payment(organization_id=locked.organization_id, invoice=locked, recorded_by=by)
        _fill(payment, checked)
        payment.save(force_insert=True)
        _set_paid(locked)
        _tell("payment.recorded", payment=payment, by=by, after=_told(checked))
        follow_up(payment)
    invoice.paid = locked.paid
    return payment


def edit_payment(
    payment: Payment, *, by: Person | None, seen_at: datetime | None = None, **changes: Unpack[PaymentFields]
) -> Payment:
    """Changes what is named; nothing is written where nothing differs.

    ``seen_at`` is the ``updated_at`` that the person was looking at: a later one refuses with "changed_meanwhile".
    """
    checked = _checked(changes)
    with transaction.atomic():
        invoice = _locked(payment.invoice_id)
        _reload(payment)
        _refuse_from_elsewhere(payment)
        if payment.archived_at is not None:
            raise UserError(
                "This payment was taken back. Bring it back before changing it.", code="archived", field="payment"
            )
        changed = differing(payment, checked)
        if not changed:
            return payment
        refuse_if_locked(payment)
        if seen_at is not None and payment.updated_at != seen_at:
            raise UserError(
                "Somebody else changed this payment while you were editing it. Compare, then save again.",
                code="changed_meanwhile",
            )
        if changed.get("amount", ZERO) > payment.amount:
            _refuse_overpayment(changed["amount"], due=invoice.total - _sum_of(invoice) + payment.amount)
        before = _told({field: getattr(payment, field) for field in changed})
        _fill(payment, changed)
        payment.save()
        _set_paid(invoice)
        _tell("payment.edited", payment=payment, by=by, before=before, after=_told(changed))
        follow_up(payment)
    return payment


def take_back_payment(payment: Payment, *, by: Person | None) -> Payment:
    """It does not count any more; its row stays. Safe to repeat."""
    return _set_archived(payment, timezone.now(), by=by)


def restore_payment(payment: Payment, *, by: Person | None) -> Payment:
    """It counts again, if so much is still due. Safe to repeat."""
    return _set_archived(payment, None, by=by)


# Entered in QuickBooks: facts, so nothing of them is refused for what is due here.


def keep_payment_from_quickbooks(invoice: Invoice, **said: Unpack[FieldsElsewhere]) -> Payment:
    """A payment of ``invoice`` that somebody entered there; it lowers the balance here too."""
    with transaction.atomic():
        locked = _locked(invoice.pk)
        payment = Payment(organization_id=locked.organization_id, invoice=locked, source=Payment.Source.QUICKBOOKS)
        _fill(payment, said)
        payment.save(force_insert=True)
        _set_paid(locked)
        _tell("payment.arrived", payment=payment, by=None, after=_told(said))
    invoice.paid = locked.paid
    return payment


def change_as_in_quickbooks(payment: Payment, **said: Unpack[FieldsElsewhere]) -> Payment:
    """As it was changed there. Nothing is written where nothing differs; a payment that was dropped counts again."""
    with transaction.atomic():
        invoice = _locked(payment.invoice_id)
        _reload(payment)
        changed = differing(payment, said)
        if not changed and payment.archived_at is None:
            return payment
        before = _told({field: getattr(payment, field) for field in changed})
        _fill(payment, changed)
        payment.archived_at = None
        payment.save()
        _set_paid(invoice)
        _tell("payment.changed_there", payment=payment, by=None, before=before, after=_told(changed))
    return payment


def drop_from_quickbooks(payment: Payment, *, by: Person | None = None, verb: str = "payment.gone_there") -> Payment:
    """It is no longer in QuickBooks, or turned out to be one that stands here already: it counts no more."""
    with transaction.atomic():
        invoice = _locked(payment.invoice_id)
        _reload(payment)
        if payment.archived_at is None:
            payment.archived_at = payment.updated_at = timezone.now()
            payment.save(update_fields=["archived_at", "updated_at"])
            _set_paid(invoice)
            _tell(verb, payment=payment, by=by)
    return payment


def today_of(organization: Organization) -> Date:
    """The organization's own date (design 10)."""
    return timezone.localdate(timezone=ZoneInfo(organization.time_zone))


def _locked(invoice_id: Any) -> Invoice:
    return Invoice.objects.select_related("organization").select_for_update(of=("self",)).get(pk=invoice_id)


def _reload(payment: Payment) -> None:
    payment.refresh_from_db(from_queryset=Payment.objects.select_for_update())


def _sum_of(invoice: Invoice) -> Decimal:
    counted = Payment.objects.filter(invoice=invoice, archived_at=None).aggregate(paid=Sum("amount"))
    return counted["paid"] or ZERO


def _set_paid(invoice: Invoice) -> None:
    set_paid(invoice, paid=_sum_of(invoice))


def _set_archived(payment: Payment, archived_at: datetime | None, *, by: Person | None) -> Payment:
    with transaction.atomic():
        invoice = _locked(payment.invoice_id)
        _reload(payment)
        was, becomes = payment.archived_at is not None, archived_at is not None
        if was == becomes:
            return payment
        _refuse_from_elsewhere(payment)
        refuse_if_locked(payment)
        if not becomes:
            due = invoice.total - _sum_of(invoice)
            _refuse_where_nothing_is_due(invoice, due=due)
            _refuse_overpayment(payment.amount, due=due)
        payment.archived_at, payment.updated_at = archived_at, timezone.now()
        payment.save(update_fields=["archived_at", "updated_at"])
        _set_paid(invoice)
        verb = "payment.taken_back" if becomes else "payment.restored"
        _tell(verb, payment=payment, by=by, before={"archived": was}, after={"archived": becomes})
        follow_up(payment)
    return payment


def _refuse_from_elsewhere(payment: Payment) -> None:
    if payment.source == Payment.Source.QUICKBOOKS:
        raise UserError(
            "This payment was entered in QuickBooks. Change it there; it follows here by itself.",
            code="from_quickbooks",
        )


def _refuse_where_nothing_is_due(invoice: Invoice, *, due: Decimal) -> None:
    if invoice.archived_at is not None:
        raise UserError("This invoice is archived. Bring it back before recording a payment.", code="archived")
    if due <= 0:
        raise UserError("Nothing is due on this invoice, so there is nothing to record.", code="nothing_due")


def _refuse_overpayment(amount: Decimal, *, due: Decimal) -> None:
    if amount > due:
        raise UserError(
            f"This is {money_text(amount - due)} more than is due. Record {money_text(due)} here, and the rest on "
            "another invoice; or raise the total of this one first.",
            code="overpaid",
            field="amount",
        )


def _checked(changes: PaymentFields) -> dict[str, Any]:
    """``changes`` as they are kept. Raises :class:`UserError` naming the field."""
    checked: dict[str, Any] = {}
    if "amount" in changes:
        amount = checked_number(changes["amount"], field="amount", words="amount", places=MONEY_PLACES)
        if amount <= 0:
            raise UserError("Enter an amount above zero.", code="invalid_amount", field="amount")
        checked["amount"] = amount
    if "method" in changes:
        if changes["method"] not in Method.values:
            raise UserError("Choose how it was paid.", code="invalid_method", field="method")
        checked["method"] = changes["method"]
    if "reference_number" in changes:
        checked["reference_number"] = one_line(changes["reference_number"], field="reference_number")
    if "date" in changes:
        if not FIRST_DATE <= changes["date"] <= LAST_DATE:
            raise UserError(
                f"Enter a date from {FIRST_DATE.year} to {LAST_DATE.year - 1}.", code="invalid_date", field="date"
            )
        checked["date"] = changes["date"]
    if "notes" in changes:
        checked["notes"] = many_lines(changes["notes"], field="notes")
    return checked


def _fill(payment: Payment, values: Any) -> None:
    for field, value in values.items():
        setattr(payment, field, value)
    payment.updated_at = timezone.now()
    paid_by = [payment.get_method_display(), payment.method_name]
    payment.search_text = search_text(
        [payment.reference_number, f"{payment.amount:.2f}", money_text(payment.amount), *paid_by, payment.notes]
    )


def _told(values: Any) -> dict[str, Any]:
    """Fields as the trail keeps them: in words, and only those that say something."""
    told = dict(values)
    if "amount" in told:
        told["amount"] = money_text(told["amount"])
    if "date" in told:
        told["date"] = told["date"].isoformat()
    if told.get("method"):
        told["method"] = Method(told["method"]).label
    return {field: value for field, value in told.items() if value not in ("", None)}


def _tell(verb: str, *, payment: Payment, by: Person | None, **what: Any) -> None:
    record(
        verb,
        organization=payment.invoice.organization,
        by=by,
        subject_type="payment",
        subject_id=payment.id,
        subject_name=f"{money_text(payment.amount)} on {payment.invoice.label.replace('I', 'i', 1)}",
        **what,
    )
