"""Answers ListDeletedQuery: what vanished in the last 90 days. No iterator, no MaxReturned."""

from lxml import etree

from qbsim.answering import Asked, Status
from qbsim.messages.deleted import LIST_DELETED_RET
from qbsim.wiretext import parse_datetime
from qbsim.writing import RetWriter


def answer(asked: Asked, rs: etree._Element) -> Status:
    company = asked.company
    since = _moment(asked, "FromDeletedDate")
    until = _moment(asked, "ToDeletedDate", end=True)
    if since is not None and until is not None and since > until:
        return Status(3030)
    found = [
        deleted
        for kind in dict.fromkeys(asked.texts("ListDelType"))
        for deleted in company.deleted(kind, since=since)
        if until is None or deleted.time_deleted <= until
    ]
    meta_data = asked.element.get("metaData", "NoMetaData")
    if meta_data != "MetaDataOnly":
        writer = RetWriter("ListDeletedRet", LIST_DELETED_RET, version=asked.version, only=asked.only)
        for deleted in found:
            values = {
                "ListDelType": deleted.kind,
                "ListID": deleted.list_id,
                "TimeCreated": company.time_text(deleted.time_created),
                "TimeDeleted": company.time_text(deleted.time_deleted),
                "FullName": deleted.full_name,
            }
            writer.append(rs, values)
    counts = {} if meta_data == "NoMetaData" else {"retCount": str(len(found))}
    return Status(0 if found else 1, attributes=counts)


def _moment(asked: Asked, element: str, *, end: bool = False) -> int | None:
    text = asked.text(f"DeletedDateRangeFilter/{element}")
    return None if text is None else parse_datetime(text, zone=asked.company.zone, end=end)


HANDLERS = {"ListDeletedQueryRq": answer}
