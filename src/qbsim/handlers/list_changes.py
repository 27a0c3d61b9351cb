"""Does ListDel and ListMerge. Both need the company file in single-user mode (Intuit, merge page)."""

from lxml import etree

from qbsim.answering import Asked, Status
from qbsim.company import Company
from qbsim.customers import Customer
from qbsim.lists import ListElement
from qbsim.messages.list_changes import LIST_DEL_RS, LIST_MERGE_RS
from qbsim.refusals import CompanyError, refused
from qbsim.writing import write_values


def delete(asked: Asked, rs: etree._Element) -> Status:
    """Delete what nothing refers to. An ID that belongs to another list is not found."""
    company = asked.company
    _check_mode(company)
    kind, list_id = asked.text("ListDelType") or "", asked.text("ListID") or ""
    found = _record(company, kind, list_id)
    if isinstance(found, Customer):
        company.delete_customer(list_id)
    else:
        company.lists.delete(list_id)
    values = {
        "ListDelType": kind,
        "ListID": list_id,
        "TimeDeleted": company.time_text(company.now()),
        "FullName": found.full_name,
    }
    write_values(rs, LIST_DEL_RS, values, version=asked.version)
    return Status()


def merge(asked: Asked, rs: etree._Element) -> Status:
    """Merge one element into another of its kind, both as fresh as the program believes."""
    company = asked.company
    _check_mode(company)
    kind = asked.text("ListMergeType") or ""
    source = _fresh(asked, kind, "MergeFrom")
    target = _fresh(asked, kind, "MergeTo")
    if isinstance(source, Customer) and isinstance(target, Customer):
        _check_sites(source, target, ok=asked.text("SameShipAddrOk") in {"true", "1"})
        merged: Customer | ListElement = company.merge_customers(source.list_id, to=target.list_id)
    else:
        merged = company.lists.merge(source.list_id, to=target.list_id)
    values = {
        "ListMergeType": kind,
        "MergedFrom": {
            "ListID": source.list_id,
            "TimeDeleted": company.time_text(company.now()),
            "FullName": source.full_name,
        },
        "MergedTo": {
            "ListID": merged.list_id,
            "TimeCreated": merged.time_created,
            "TimeModified": merged.time_modified,
            "EditSequence": merged.edit_sequence,
            "FullName": merged.full_name,
        },
    }
    write_values(rs, LIST_MERGE_RS, values, version=asked.version)
    return Status()


def _check_mode(company: Company) -> None:
    if company.host()["QBFileMode"] != "SingleUser":
        raise refused(3162)


def _record(company: Company, kind: str, list_id: str) -> Customer | ListElement:
    """Return the element of that kind with that ListID. CompanyError 3120 when it is none."""
    if kind == "Customer":
        return company.customer(list_id)
    found = company.lists.get(list_id)
    if found.kind != kind:
        raise refused(3120, value=list_id)
    return found


def _fresh(asked: Asked, kind: str, element: str) -> Customer | ListElement:
    found = _record(asked.company, kind, asked.text(f"{element}/ListID") or "")
    sequence = asked.text(f"{element}/EditSequence") or ""
    if sequence != found.edit_sequence:
        raise refused(3200, value=sequence)
    return found


def _check_sites(source: Customer, target: Customer, *, ok: bool) -> None:
    """Two ship-to addresses of one name are only merged when the program says so (SameShipAddrOk)."""
    names = [{each["Name"].lower() for each in customer["ShipToAddress"] or ()} for customer in (source, target)]
    if names[0] & names[1] and not ok:
        raise CompanyError("Both customers have a ship-to address of the same name.", code=0)


HANDLERS = {"ListDelRq": delete, "ListMergeRq": merge}
