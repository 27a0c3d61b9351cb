"""Answers PreferencesQuery. What is switched off may be missing altogether, as SalesTaxPreferences is."""

from lxml import etree

from qbsim.answering import Asked, Status
from qbsim.messages.preferences import PREFERENCES_RET
from qbsim.writing import RetWriter


def answer(asked: Asked, rs: etree._Element) -> Status:
    values = asked.company.preferences()
    RetWriter("PreferencesRet", PREFERENCES_RET, version=asked.version, only=asked.only).append(rs, values)
    return Status()


HANDLERS = {"PreferencesQueryRq": answer}
