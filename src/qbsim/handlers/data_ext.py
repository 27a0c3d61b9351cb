"""Does DataExtDefAdd, DataExtAdd, DataExtMod and DataExtDel: custom fields and private data of any record.

A value belongs to an owner and a name that DataExtDefAdd (or a person, for custom fields) has defined. Private data
hold 4096 bytes for each object (Intuit, data extensions page); custom fields are short texts.
"""

from typing import Any

from lxml import etree

from qbsim.answering import Asked, Status
from qbsim.company import Company
from qbsim.messages.data_ext import DATA_EXT_DEF_RET, DATA_EXT_DEL_RET, DEF_PARTS
from qbsim.messages.parts import DATA_EXT
from qbsim.private_data import Definition
from qbsim.references import ITEM_KINDS
from qbsim.refusals import refused
from qbsim.request_values import values_of, without_empty
from qbsim.transactions import invoices, ledger, payments
from qbsim.writing import RetWriter

Values = dict[str, Any]

# The kinds of list elements behind each name that a request may use.
_LISTS = {
    "Account": ("Account",),
    "Employee": ("Employee",),
    "Item": ITEM_KINDS,
    "OtherName": ("OtherName",),
    "Vendor": ("Vendor",),
}


def define(asked: Asked, rs: etree._Element) -> Status:
    """Define a name for an owner. 3100 when the owner has that name already."""
    values = values_of(asked.element[0], DEF_PARTS)
    if asked.company.private_data.definition(values["OwnerID"], values["DataExtName"]) is not None:
        raise refused(3100, value=values["DataExtName"])
    defined = asked.company.private_data.define(
        Definition(
            owner_id=values["OwnerID"].upper(),
            name=values["DataExtName"],
            type_=values["DataExtType"],
            objects=tuple(values.get("AssignToObject", ())),
        )
    )
    answer = {
        "OwnerID": defined.owner_id,
        "DataExtID": defined.number,
        "DataExtName": defined.name,
        "DataExtType": defined.type_,
        "AssignToObject": list(defined.objects),
        "DataExtListRequire": values.get("DataExtListRequire") is True,
        "DataExtTxnRequire": values.get("DataExtTxnRequire") is True,
        "DataExtFormatString": values.get("DataExtFormatString", ""),
    }
    RetWriter("DataExtDefRet", DATA_EXT_DEF_RET, version=asked.version, only=asked.only).append(rs, answer)
    return Status()


def store(asked: Asked, rs: etree._Element) -> Status:
    """Store a value, in place of one that may be there: nothing public says that Add or Mod would mind."""
    body = asked.element[0]
    owner_id, name = body.findtext("OwnerID") or "", body.findtext("DataExtName") or ""
    value = body.findtext("DataExtValue") or ""
    kind, object_id = _object(asked.company, body)
    definition = asked.company.private_data.store(owner_id, name, value, object_id=object_id, kind=kind)
    answer = {
        "OwnerID": definition.owner_id,
        "DataExtName": definition.name,
        "DataExtType": definition.type_,
        "DataExtValue": value,
    }
    RetWriter("DataExtRet", DATA_EXT, version=asked.version).append(rs, answer)
    return Status()


def remove(asked: Asked, rs: etree._Element) -> Status:
    """Take a value away. 3120 when there is none."""
    body = asked.element[0]
    owner_id, name = body.findtext("OwnerID") or "", body.findtext("DataExtName") or ""
    kind, object_id = _object(asked.company, body)
    definition = asked.company.private_data.defined(owner_id, name, kind=kind)
    if definition.name not in asked.company.private_data.of(definition.owner_id, object_id=object_id):
        raise refused(3120, value=name)
    asked.company.private_data.set(definition.owner_id, definition.name, None, object_id=object_id)
    values = without_empty(values_of(body, DATA_EXT_DEL_RET)) | {
        "TimeDeleted": asked.company.time_text(asked.company.now())
    }
    RetWriter("DataExtDelRet", DATA_EXT_DEL_RET, version=asked.version).append(rs, values)
    return Status()


# -- rules -------------------------------------------------------------------------------------------------------


def _object(company: Company, body: etree._Element) -> tuple[str, str]:
    """Return the kind and the ID of the object that is meant; the ID is "" for the company itself."""
    kind = body.findtext("ListDataExtType") or body.findtext("TxnDataExtType") or "Company"
    if body.find("ListObjRef") is not None:
        ref = {tag: body.findtext(f"ListObjRef/{tag}") or "" for tag in ("ListID", "FullName")}
        return kind, _list_object(company, kind, ref)
    if body.find("TxnID") is not None:
        return kind, _transaction(company, kind, body.findtext("TxnID") or "", body.findtext("TxnLineID"))
    return kind, ""


def _list_object(company: Company, kind: str, ref: dict[str, str]) -> str:
    if kind == "Customer":
        return ledger.customer_id(company, ref, of="DataExt")
    found = (
        company.lists.find(_LISTS[kind], ref["FullName"]) if not ref["ListID"] else company.lists.get(ref["ListID"])
    )
    if found is None or found.kind not in _LISTS[kind]:
        raise refused(3140, kind=kind, value=ref["ListID"] or ref["FullName"], field="DataExt")
    return found.list_id


def _transaction(company: Company, kind: str, txn_id: str, line_id: str | None) -> str:
    if kind == payments.KIND and line_id is None:
        return company.payments.get(txn_id).txn_id
    if kind != invoices.KIND:
        raise refused(3120, value=txn_id)
    invoice = company.invoices.get(txn_id)
    if line_id is None:
        return txn_id
    if line_id not in {part.line_id for line in invoice.lines for part in (line, *line.parts)}:
        raise refused(3120, value=line_id)
    return line_id


HANDLERS = {
    "DataExtDefAddRq": define,
    "DataExtAddRq": store,
    "DataExtModRq": store,
    "DataExtDelRq": remove,
}
