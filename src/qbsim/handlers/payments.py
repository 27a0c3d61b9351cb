"""Does ReceivePaymentAdd and ReceivePaymentMod, and answers ReceivePaymentQuery."""

from typing import Any

from lxml import etree

from qbsim.answering import Asked, Status
from qbsim.expanding import Expander
from qbsim.handlers.txn_query import Shown, Source, answering, append, shown_after_change
from qbsim.messages.receive_payment import PAYMENT_ADD_BODY, PAYMENT_MOD_BODY, PAYMENT_RET
from qbsim.request_values import values_of, without_empty
from qbsim.transactions import currency
from qbsim.transactions.records import Application, Payment
from qbsim.wiretext import amount_text

Values = dict[str, Any]

_APART = {"TxnID", "EditSequence", "IsAutoApply", "AppliedToTxnAdd", "AppliedToTxnMod", "CreditCardTxnInfoMod"}


def add(asked: Asked, rs: etree._Element) -> Status:
    values = values_of(asked.element[0], PAYMENT_ADD_BODY.children)
    payment = asked.company.payments.post(
        _head(values), applied=values.get("AppliedToTxnAdd", ()), by_itself=values.get("IsAutoApply") is True
    )
    append(asked, rs, (payment,), source=PAYMENTS, shown=shown_after_change(asked))
    return Status()


def modify(asked: Asked, rs: etree._Element) -> Status:
    """Change what is sent; with any AppliedToTxnMod, the payment pays those invoices and no others."""
    values = values_of(asked.element[0], PAYMENT_MOD_BODY.children)
    head = _head(values)
    if values.get("CreditCardTxnInfoMod"):
        card = values["CreditCardTxnInfoMod"]
        head["CreditCardTxnInfo"] = _masked({tag.removesuffix("Mod"): each for tag, each in card.items()})
    payment = asked.company.payments.revise(
        values["TxnID"], head, applied=values.get("AppliedToTxnMod"), edit_sequence=values["EditSequence"]
    )
    append(asked, rs, (payment,), source=PAYMENTS, shown=shown_after_change(asked))
    return Status()


def _head(values: Values) -> Values:
    head = {tag: without_empty(value) for tag, value in values.items() if tag not in _APART}
    if head.get("CreditCardTxnInfo"):
        head["CreditCardTxnInfo"] = _masked(head["CreditCardTxnInfo"])
    return head


def _masked(card: Values) -> Values:
    """Keep the last four digits of a card number, as QuickBooks shows it."""
    given = card.get("CreditCardTxnInputInfo") or {}
    number = given.get("CreditCardNumber") or ""
    return card | {"CreditCardTxnInputInfo": given | {"CreditCardNumber": "x" * (len(number) - 4) + number[-4:]}}


# -- what comes back ---------------------------------------------------------------------------------------------


def _values(asked: Asked, payment: Payment, shown: Shown, expand: Expander) -> Values:
    """Return a payment by QuickBooks' element names."""
    company = asked.company
    values = expand({**payment.details, "CustomerRef": payment.customer_id, "ARAccountRef": payment.account_id})
    if not expand.hides("CurrencyRef"):
        values |= expand({"CurrencyRef": currency.of_customer(company, payment.customer_id)})
    values |= {
        "TxnID": payment.txn_id,
        "TimeCreated": payment.time_created,
        "TimeModified": payment.time_modified,
        "EditSequence": payment.edit_sequence,
        "TxnNumber": payment.txn_number,
        "TxnDate": payment.txn_date.isoformat(),
        "RefNumber": payment.ref_number or None,
        "TotalAmount": amount_text(payment.total_cents),
        "UnusedPayment": amount_text(payment.unused_cents),
        "UnusedCredits": amount_text(company.payments.unused_of(payment.customer_id) - payment.unused_cents),
    }
    if shown.lines:
        values["AppliedToTxnRet"] = [_applied(asked, each, expand) for each in payment.applications]
    return values


def _applied(asked: Asked, applied: Application, expand: Expander) -> Values:
    invoice = asked.company.invoices.get(applied.invoice_id)
    values = {
        "TxnID": invoice.txn_id,
        "TxnType": "Invoice",
        "TxnDate": invoice.txn_date.isoformat(),
        "RefNumber": invoice.ref_number or None,
        "BalanceRemaining": amount_text(invoice.open_cents),
        "Amount": amount_text(applied.paid_cents),
    }
    if applied.discount_cents:
        values |= expand(applied.details) | {"DiscountAmount": amount_text(applied.discount_cents)}
    return values


PAYMENTS = Source(
    tag="ReceivePaymentRet",
    declared=PAYMENT_RET,
    select=lambda company, where, values, limit: company.payments.select(where, values, limit=limit),
    count=lambda company, where, values: company.payments.count(where, values),
    values=_values,
)

HANDLERS = {
    "ReceivePaymentAddRq": add,
    "ReceivePaymentModRq": modify,
    "ReceivePaymentQueryRq": answering(PAYMENTS),
}
