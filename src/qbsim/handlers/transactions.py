"""Does TxnVoid and TxnDel, and answers TxnDeletedQuery: what vanished in the last 90 days."""

from typing import Any

from lxml import etree

from qbsim.answering import Asked, Status
from qbsim.company import Company
from qbsim.messages.transactions import TXN_DEL_RS, TXN_DELETED_RET, TXN_VOID_RS
from qbsim.refusals import refused
from qbsim.transactions import invoices, ledger, payments
from qbsim.wiretext import parse_datetime
from qbsim.writing import RetWriter, write_values


def void(asked: Asked, rs: etree._Element) -> Status:
    kind, txn_id = asked.text("TxnVoidType"), asked.text("TxnID") or ""
    if kind != invoices.KIND:
        raise refused(3120, value=txn_id)  # these books hold no others that can be voided
    invoice = asked.company.invoices.void(txn_id)
    values = {
        "TxnVoidType": kind,
        "TxnID": invoice.txn_id,
        "TimeCreated": invoice.time_created,
        "TimeModified": invoice.time_modified,
        "RefNumber": invoice.ref_number or None,
    }
    write_values(rs, TXN_VOID_RS, values, version=asked.version)
    return Status()


def delete(asked: Asked, rs: etree._Element) -> Status:
    kind, txn_id = asked.text("TxnDelType"), asked.text("TxnID") or ""
    deletions = {invoices.KIND: asked.company.invoices.delete, payments.KIND: asked.company.payments.delete}
    if kind not in deletions:
        raise refused(3120, value=txn_id)
    values = _values(asked.company, deletions[kind](txn_id))
    write_values(rs, TXN_DEL_RS, values, version=asked.version)
    return Status()


def deleted(asked: Asked, rs: etree._Element) -> Status:
    company = asked.company
    since, until = _moment(asked, "FromDeletedDate"), _moment(asked, "ToDeletedDate", end=True)
    if since is not None and until is not None and since > until:
        return Status(3030)
    found = [
        each
        for kind in dict.fromkeys(asked.texts("TxnDelType"))
        for each in ledger.deleted(company, kind, since=since)
        if until is None or each.time_deleted <= until
    ]
    meta_data = asked.element.get("metaData", "NoMetaData")
    if meta_data != "MetaDataOnly":
        writer = RetWriter("TxnDeletedRet", TXN_DELETED_RET, version=asked.version, only=asked.only)
        for each in found:
            writer.append(rs, _values(company, each))
    counts = {} if meta_data == "NoMetaData" else {"retCount": str(len(found))}
    return Status(0 if found else 1, attributes=counts)


def _values(company: Company, gone: ledger.DeletedTransaction) -> dict[str, Any]:
    return {
        "TxnDelType": gone.kind,
        "TxnID": gone.txn_id,
        "TimeCreated": company.time_text(gone.time_created),
        "TimeDeleted": company.time_text(gone.time_deleted),
        "RefNumber": gone.ref_number or None,
    }


def _moment(asked: Asked, element: str, *, end: bool = False) -> int | None:
    text = asked.text(f"DeletedDateRangeFilter/{element}")
    return None if text is None else parse_datetime(text, zone=asked.company.zone, end=end)


HANDLERS = {"TxnVoidRq": void, "TxnDelRq": delete, "TxnDeletedQueryRq": deleted}
