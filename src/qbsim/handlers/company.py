"""Answers CompanyQuery, with the private data of the owners that are asked for."""

from lxml import etree

from qbsim.answering import Asked, Status
from qbsim.messages.company import COMPANY_RET
from qbsim.writing import RetWriter


def answer(asked: Asked, rs: etree._Element) -> Status:
    values = asked.company.facts()
    if "file-id-missing" not in asked.faults:
        values["DataExtRet"] = asked.company.data_ext_rets(asked.texts("OwnerID"))
    RetWriter("CompanyRet", COMPANY_RET, version=asked.version, only=asked.only).append(rs, values)
    return Status()


HANDLERS = {"CompanyQueryRq": answer}
