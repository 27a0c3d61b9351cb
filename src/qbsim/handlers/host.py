"""Answers HostQuery."""

from lxml import etree

from qbsim.answering import Asked, Status
from qbsim.messages.host import HOST_RET, LISTS_WITH_CAPACITY
from qbsim.writing import RetWriter

MAX_CAPACITY = 14500  # what editions below Enterprise hold per list (Intuit, "Maximum number of list entries")


def answer(asked: Asked, rs: etree._Element) -> Status:
    values = asked.company.host()
    if asked.text("IncludeListMetaData/IncludeMaxCapacity") in {"true", "1"}:
        values["ListMetaData"] = {f"{name}MetaData": {"MaxCapacity": MAX_CAPACITY} for name in LISTS_WITH_CAPACITY}
    RetWriter("HostRet", HOST_RET, version=asked.version, only=asked.only).append(rs, values)
    return Status()


HANDLERS = {"HostQueryRq": answer}
