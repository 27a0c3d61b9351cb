"""Does InvoiceAdd and InvoiceMod, and answers InvoiceQuery."""

from collections.abc import Iterable
from typing import Any

from lxml import etree

from qbsim.answering import Asked, Status
from qbsim.declarations import Particle, elements
from qbsim.expanding import Expander
from qbsim.handlers.txn_query import Part, Shown, Source, answering, append, shown_after_change
from qbsim.messages.invoice import INVOICE_ADD_BODY, INVOICE_MOD_BODY, INVOICE_RET
from qbsim.refusals import refused
from qbsim.request_values import values_of, without_empty
from qbsim.transactions import currency, paying
from qbsim.transactions.invoices import printed
from qbsim.transactions.records import Invoice, InvoiceLine
from qbsim.wiretext import amount_text
from qbsim.writing import Mixed

Values = dict[str, Any]

_LINES = ("InvoiceLineAdd", "InvoiceLineGroupAdd", "InvoiceLineMod", "InvoiceLineGroupMod")
_LINE_RETS = ("InvoiceLineRet", "InvoiceLineGroupRet")
_APART = {"TxnID", "EditSequence", "SetCredit", "LinkToTxnID", *_LINES}

# An invoice is paid when nothing is open; a pending one is not (qbXML reference 13.0, PaidStatus).
_PAID = {"All": "1", "PaidOnly": "open_cents = 0 AND NOT is_pending", "NotPaidOnly": "open_cents > 0 OR is_pending"}


def add(asked: Asked, rs: etree._Element) -> Status:
    body = asked.element[0]
    values = values_of(body, INVOICE_ADD_BODY.children)
    lines = _lines(body, INVOICE_ADD_BODY.children)
    for order in (
        *values.get("LinkToTxnID", ()),
        *(each["LinkToTxn"]["TxnID"] for each in lines if "LinkToTxn" in each),
    ):
        raise refused(3120, value=order)  # these books hold no sales orders
    invoice = asked.company.invoices.post(
        _head(values), lines=[{"TxnLineID": "-1", **each} for each in lines], set_credits=values.get("SetCredit", ())
    )
    append(asked, rs, (invoice,), source=INVOICES, shown=shown_after_change(asked))
    return Status()


def modify(asked: Asked, rs: etree._Element) -> Status:
    """Change what is sent; with any line element, the lines that are not named are gone."""
    body = asked.element[0]
    values = values_of(body, INVOICE_MOD_BODY.children)
    invoice = asked.company.invoices.revise(
        values["TxnID"],
        _head(values),
        lines=_lines(body, INVOICE_MOD_BODY.children) or None,
        set_credits=values.get("SetCredit", ()),
        edit_sequence=values["EditSequence"],
    )
    append(asked, rs, (invoice,), source=INVOICES, shown=shown_after_change(asked))
    return Status()


def _head(values: Values) -> Values:
    """Return what is said about the invoice itself; None stands for what was sent empty."""
    return {tag: without_empty(value) for tag, value in values.items() if tag not in _APART}


def _lines(body: etree._Element, declared: tuple[Particle, ...]) -> list[Values]:
    """Return the lines in the order they stand, whatever their kinds."""
    inside = {element.tag: element.children for element in elements(declared)}
    lines = []
    for child in body.iterchildren(*_LINES):
        values = values_of(child, inside[str(child.tag)])
        parts = values.pop("InvoiceLineMod", None)
        line: Values = {tag: without_empty(value) for tag, value in values.items()}
        if parts is not None:
            line["lines"] = [{tag: without_empty(value) for tag, value in part.items()} for part in parts]
        lines.append(line)
    return lines


# -- what comes back ---------------------------------------------------------------------------------------------


def _values(asked: Asked, invoice: Invoice, shown: Shown, expand: Expander) -> Values:
    """Return an invoice by QuickBooks' element names."""
    company = asked.company
    values = expand({**invoice.details, "CustomerRef": invoice.customer_id, "ARAccountRef": invoice.account_id})
    if not expand.hides("CurrencyRef"):
        values |= expand({"CurrencyRef": currency.of_customer(company, invoice.customer_id)})
    values |= {
        "TxnID": invoice.txn_id,
        "TimeCreated": invoice.time_created,
        "TimeModified": invoice.time_modified,
        "EditSequence": invoice.edit_sequence,
        "TxnNumber": invoice.txn_number,
        "TxnDate": invoice.txn_date.isoformat(),
        "RefNumber": invoice.ref_number or None,
        "BillAddressBlock": printed(invoice, "BillAddress"),
        "ShipAddressBlock": printed(invoice, "ShipAddress"),
        "IsPending": invoice.is_pending,
        "DueDate": invoice.due_date.isoformat(),
        "Subtotal": amount_text(invoice.subtotal_cents),
        "AppliedAmount": amount_text(-invoice.applied_cents),
        "BalanceRemaining": amount_text(invoice.open_cents),
        "IsPaid": invoice.is_paid,
    }
    if "ItemSalesTaxRef" in values:
        values["SalesTaxTotal"] = amount_text(invoice.tax_cents)
    else:
        values.pop("SalesTaxPercentage", None)
    discount = None if invoice.is_paid else company.invoices.discount_until(invoice)
    if discount is not None:
        values["SuggestedDiscountDate"] = discount[0].isoformat()
        values["SuggestedDiscountAmount"] = amount_text(discount[1])
    if shown.links:
        values["LinkedTxn"] = _links(asked, invoice)
    if shown.lines:
        lines = Mixed((_LINE_RETS[line.is_group], _line(asked, line, expand, shown)) for line in invoice.lines)
        values |= dict.fromkeys(_LINE_RETS, lines)
    return values


def _line(asked: Asked, line: InvoiceLine, expand: Expander, shown: Shown) -> Values:
    values = expand(line.details) | {"TxnLineID": line.line_id}
    if line.is_group:
        values["TotalAmount"] = amount_text(line.amount_cents or 0)
        values["InvoiceLineRet"] = [_line(asked, part, expand, shown) for part in line.parts]
    if "RatePercent" in values:
        values.pop("Rate", None)
    if shown.owner_ids:
        values["DataExtRet"] = asked.company.data_ext_rets(shown.owner_ids, list_id=line.line_id)
    return values


def _links(asked: Asked, invoice: Invoice) -> list[Values]:
    """Return the payments of an invoice; what they take off is negative (quickbooks-php, Callbacks/SQL)."""
    links = []
    for applied in paying.of_invoice(asked.company, invoice.txn_id):
        payment = asked.company.payments.get(applied.payment_id)
        links.append(
            {
                "TxnID": payment.txn_id,
                "TxnType": "ReceivePayment",
                "TxnDate": payment.txn_date.isoformat(),
                "RefNumber": payment.ref_number or None,
                "LinkType": "AMTTYPE",
                "Amount": amount_text(-applied.total_cents),
            }
        )
    return links


def _with_paid_status(asked: Asked) -> Iterable[Part]:
    yield _PAID[asked.text("PaidStatus") or "All"], ()


INVOICES = Source(
    tag="InvoiceRet",
    declared=INVOICE_RET,
    select=lambda company, where, values, limit: company.invoices.select(where, values, limit=limit),
    count=lambda company, where, values: company.invoices.count(where, values),
    values=_values,
    filters=(_with_paid_status,),
)

HANDLERS = {"InvoiceAddRq": add, "InvoiceModRq": modify, "InvoiceQueryRq": answering(INVOICES)}
