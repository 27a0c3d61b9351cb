"""Invoices and payments for tests of the simulator, asked for over the wire."""

from lxml import etree

from qbsim.company import Company
from support.company_files import Asking, contents, status


def ref(tag: str, name: str) -> str:
    return f"<{tag}><FullName>{name}</FullName></{tag}>"


def line(item: str | None = None, body: str = "", *, after_desc: str = "") -> str:
    """Write an InvoiceLineAdd; `body` stands behind the item, in wire order."""
    return f"<InvoiceLineAdd>{ref('ItemRef', item) if item else ''}{body}{after_desc}</InvoiceLineAdd>"


def invoice_add(lines: str = "", *, customer: str = "Elm School", head: str = "", after: str = "") -> str:
    body = f"{ref('CustomerRef', customer)}{head}{lines}"
    return f"<InvoiceAddRq><InvoiceAdd>{body}</InvoiceAdd>{after}</InvoiceAddRq>"


def invoice_mod(invoice: etree._Element, body: str, *, sequence: str | None = None) -> str:
    ids = f"<TxnID>{invoice.findtext('TxnID')}</TxnID>"
    ids += f"<EditSequence>{sequence or invoice.findtext('EditSequence')}</EditSequence>"
    return f"<InvoiceModRq><InvoiceMod>{ids}{body}</InvoiceMod></InvoiceModRq>"


def payment_add(body: str, *, customer: str = "Elm School", head: str = "") -> str:
    return (
        f"<ReceivePaymentAddRq><ReceivePaymentAdd>{ref('CustomerRef', customer)}{head}{body}"
        "</ReceivePaymentAdd></ReceivePaymentAddRq>"
    )


def applied(txn_id: str, amount: str | None, more: str = "") -> str:
    paid = f"<PaymentAmount>{amount}</PaymentAmount>" if amount else ""
    return f"<AppliedToTxnAdd><TxnID>{txn_id}</TxnID>{paid}{more}</AppliedToTxnAdd>"


def done(asking: Asking, request: str, *, version: str = "13.0") -> etree._Element:
    """Ask for something that must succeed and return the record in the answer."""
    answer = asking.ask(request, version=version)[0]
    assert status(answer) == ("0", "Info"), answer.get("statusMessage")
    return answer[0]


def refused(company: Company, request: str) -> tuple[str, str]:
    """Ask for something that must be refused with nothing changed; return the code and the message."""
    before = contents(company)
    answer = Asking(company).ask(request)[0]
    assert answer.get("statusSeverity") == "Error"
    assert len(answer) == 0
    assert contents(company) == before
    return answer.get("statusCode"), answer.get("statusMessage")


def texts(record: etree._Element, *paths: str) -> list[str | None]:
    return [record.findtext(path) for path in paths]
