"""Answers PreferencesQuery. What is switched off may be missing altogether, as SalesTaxPreferences is."""

from typing import Any

from lxml import etree

from qbsim.answering import Asked, Status
from qbsim.company import Company
from qbsim.messages.preferences import PREFERENCES_RET
from qbsim.writing import RetWriter


def answer(asked: Asked, rs: etree._Element) -> Status:
    values = {group: _named(asked.company, settings) for group, settings in asked.company.preferences().items()}
    RetWriter("PreferencesRet", PREFERENCES_RET, version=asked.version, only=asked.only).append(rs, values)
    return Status()


def _named(company: Company, settings: dict[str, Any]) -> dict[str, Any]:
    """Return settings with every reference under the name that it bears today."""
    return {
        tag: {"ListID": value["ListID"], "FullName": company.name_of(value["ListID"])}
        if isinstance(value, dict) and "ListID" in value
        else value
        for tag, value in settings.items()
    }


HANDLERS = {"PreferencesQueryRq": answer}
