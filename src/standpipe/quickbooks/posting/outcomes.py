"""What QuickBooks made of the requests of one message set. Pure.

Severity decides, then the code. A record that came back proves that the document is in the company file; so does
ErrorRecovery, which comes where QuickBooks saved and could not return what it saved (qbXML reference, since 11.0).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from qbwire.messages import AppliedTxn, Response, ResponseSet
from qbwire.status import Action, explain_status

ADDS = {"InvoiceAdd": "Invoice", "ReceivePaymentAdd": "ReceivePayment"}

# In ``Document.said`` of an invoice: the total that QuickBooks computed when it was posted.
COMPUTED = "computed_total"


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """One invoice or payment as it stands in the company file, as far as QuickBooks said it."""

    kind: Literal["Invoice", "ReceivePayment"]
    txn_id: str
    edit_sequence: str = ""
    number: str = ""
    marker: str = ""  # ExternalGUID in lower case without braces, "": QuickBooks did not say one
    time_created: str = ""
    said: Mapping[str, Any] = field(default_factory=dict)  # shape of ``Document.said``
    applied: tuple[AppliedTxn, ...] = ()  # of a payment

    @property
    def total(self) -> Decimal | None:
        return decimal_of(self.said.get("total") or self.said.get("total_amount"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one request.

    "posted": it is there. "saved": it is there, and QuickBooks did not say under which ID. "again": QuickBooks did
    not take it now, and may take it later (a lock). "refused": a person has to act. "unknown": nothing is told.
    """

    how: Literal["posted", "saved", "again", "refused", "unknown"]
    posted: Posted | None = None
    code: str = ""
    text: str = ""  # QuickBooks' own words


UNKNOWN = Outcome(how="unknown")


def outcomes_of(answer: ResponseSet, *, count: int) -> dict[int, Outcome]:
    """By place in the set, from 1. What is not answered is unknown."""
    return {place: _outcome(_response(answer, place, count=count)) for place in range(1, count + 1)}


def request_id(place: int) -> str:
    """RequestID of an Add. It stays when the set goes out again: the bytes are the same."""
    return f"p{place}"


def _response(answer: ResponseSet, place: int, *, count: int) -> Response | None:
    found = answer.by_request_id(request_id(place))
    if found is None and len(answer.responses) == count:  # answers come in the order of the requests
        in_order = answer.responses[place - 1]
        found = None if in_order.request_id else in_order
    return found if found is not None and found.kind in ADDS else None


def _outcome(response: Response | None) -> Outcome:
    if response is None:
        return UNKNOWN
    posted, status = _posted(response), response.status
    if posted is not None:
        remark = {"code": str(status.code), "text": status.message} if status.code else {}
        return Outcome(how="posted", posted=posted, **remark)
    if not status.is_error:
        return Outcome(how="saved", code=str(status.code), text=status.message)  # 510, below qbXML 11
    explained = explain_status(status.code, message=status.message)
    again = explained.action in (Action.RETRY, Action.RETRY_FRESH)
    return Outcome(how="again" if again else "refused", code=str(status.code), text=status.message)


def _posted(response: Response) -> Posted | None:
    if (recovered := response.error_recovery) is not None and recovered.txn_id:
        return Posted(
            kind=_kind(response),
            txn_id=recovered.txn_id,
            edit_sequence=recovered.edit_sequence or "",
            marker=plain_guid(recovered.external_guid),
        )
    return next(iter(found_in(response)), None) if not response.status.is_error else None


def _kind(response: Response) -> Literal["Invoice", "ReceivePayment"]:
    return "Invoice" if response.kind.startswith("Invoice") else "ReceivePayment"


# --- records, read as texts: a value that cannot be understood must not hide a document that is there


def found_in(response: Response) -> list[Posted]:
    """The invoices or payments in an answer, those without a TxnID left out."""
    kind = _kind(response)
    return [_read(record.texts(), kind=kind) for record in response.records if record.text_of("TxnID")]


def _read(texts: Mapping[str, Any], *, kind: Literal["Invoice", "ReceivePayment"]) -> Posted:
    said = _said_of_invoice(texts) if kind == "Invoice" else _said_of_payment(texts)
    return Posted(
        kind=kind,
        txn_id=texts["TxnID"],
        edit_sequence=texts.get("EditSequence", ""),
        number=texts.get("RefNumber", ""),
        marker=plain_guid(texts.get("ExternalGUID")),
        time_created=texts.get("TimeCreated", ""),
        said=said,
        applied=tuple(_applied(one) for one in texts.get("AppliedToTxnRet", ()) if one.get("TxnID")),
    )


def _applied(texts: Mapping[str, Any]) -> AppliedTxn:
    return AppliedTxn(
        txn_id=texts["TxnID"],
        balance_remaining=decimal_of(texts.get("BalanceRemaining")),
        amount=decimal_of(texts.get("Amount")),
    )


def plain_guid(text: str | None) -> str:
    """A GUID to compare with: QuickBooks returns it in capitals, within braces."""
    return (text or "").strip().strip("{}").lower()


def decimal_of(text: object) -> Decimal | None:
    try:
        return None if text in (None, "") else Decimal(str(text))
    except InvalidOperation:
        return None


def _said_of_invoice(texts: Mapping[str, Any]) -> dict[str, Any]:
    subtotal, tax = decimal_of(texts.get("Subtotal")), decimal_of(texts.get("SalesTaxTotal"))
    return _shared(texts) | {
        "subtotal": texts.get("Subtotal"),
        "sales_tax_total": texts.get("SalesTaxTotal"),
        "total": None if subtotal is None else str(subtotal + (tax or 0)),
        "applied_amount": texts.get("AppliedAmount"),
        "balance_remaining": texts.get("BalanceRemaining"),
        "is_paid": texts.get("IsPaid") == "true",
        "due_date": texts.get("DueDate"),
        "terms": _name(texts, "TermsRef"),
    }


def _said_of_payment(texts: Mapping[str, Any]) -> dict[str, Any]:
    applied: Iterable[Mapping[str, Any]] = texts.get("AppliedToTxnRet", ())
    return _shared(texts) | {
        "total_amount": texts.get("TotalAmount"),
        "payment_method": _name(texts, "PaymentMethodRef"),
        "applied": [{"txn_id": one.get("TxnID"), "amount": one.get("Amount")} for one in applied],
    }


def _shared(texts: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "customer_list_id": texts.get("CustomerRef", {}).get("ListID", ""),
        "customer_name": _name(texts, "CustomerRef"),
        "date": texts.get("TxnDate"),
        "ref_number": texts.get("RefNumber", ""),
        "memo": texts.get("Memo", ""),
        "has_marker": bool(texts.get("ExternalGUID")),
    }


def _name(texts: Mapping[str, Any], tag: str) -> str:
    return str(texts.get(tag, {}).get("FullName", ""))
