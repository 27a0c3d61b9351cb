"""Answers PreferencesQuery. What is switched off may be missing altogether, as SalesTaxPreferences is."""

from lxml import etree

from qbsim.answering import Asked, Status
from qbsim.messages.preferences import PREFERENCES_RET
from qbsim.writing import append_ret


def answer(asked: Asked, rs: etree._Element) -> Status:
    values = asked.company.preferences()
    append_ret(rs, "PreferencesRet", PREFERENCES_RET, values, version=asked.version, only=asked.only)
    return Status()
