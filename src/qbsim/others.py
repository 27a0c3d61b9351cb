"""What stands between a request and the company file: other people at their screens, rights, and QuickBooks itself.

All of it is switched on by name (faults); a company file alone has nobody else in it.
"""

from contextlib import suppress
from functools import partial

from lxml import etree

from qbsim.answering import Asked, Status
from qbsim.company import Company
from qbsim.faults import Faults
from qbsim.list_kinds import KINDS
from qbsim.refusals import CompanyError
from qbsim.texts import severity
from qbsim.wiretext import Version

_ERROR_RECOVERY_SINCE: Version = (11, 0)

# Faults that refuse whatever would change something, with the code each earns.
_REFUSALS = {"read-only-application": 3263, "no-permission": 3260, "list-busy": 3170}

# Requests that QuickBooks cannot do while somebody has open what the transaction belongs to (Intuit, TxnVoid page;
# that it holds for a Mod and for the customer as well is a reading: decisions/0018).
_NEED_LINKED = frozenset({"TxnDelRq", "TxnVoidRq", "InvoiceModRq", "ReceivePaymentModRq"})
_LINKED = (
    "SELECT customer_id FROM invoices WHERE txn_id = ?1 UNION SELECT customer_id FROM payments WHERE txn_id = ?1"
    " UNION SELECT payment_id FROM applications WHERE invoice_id = ?1"
    " UNION SELECT invoice_id FROM applications WHERE payment_id = ?1"
)


def changes(element: etree._Element) -> bool:
    """Whether a request changes the company file."""
    return not str(element.tag).endswith("QueryRq")


def hindrance(element: etree._Element, *, company: Company, faults: Faults) -> Status | None:
    """Return the status of a request that somebody or something keeps from being done, None when nothing does."""
    if not changes(element):
        return None
    for name, code in _REFUSALS.items():
        if faults.strikes(name):
            return Status(code)
    if faults.strikes("saving-fails"):
        return Status(3180, {"reason": faults.parameter("saving-fails")})
    if (status := _ordered(faults, is_error=True)) is not None:
        return status
    return _lock(element, company=company, faults=faults)


def remark(element: etree._Element, *, faults: Faults) -> Status | None:
    """Return the warning that a request which was done ends with, None when it ends well."""
    return _ordered(faults, is_error=False) if changes(element) else None


def _ordered(faults: Faults, *, is_error: bool) -> Status | None:
    """The status that somebody ordered by its number, if it is of that kind; of several it is the next one's turn."""
    if not faults.is_on("answers-with"):
        return None
    ordered = faults.parameter("answers-with").split("|")
    number, _, words = ordered[faults.seen("answers-with") % len(ordered)].partition(":")
    code = int(number)
    if (severity(code) == "Error") is not is_error or not faults.strikes("answers-with"):
        return None
    return Status(code, text=words or f"The request ended with status {code}.")


def _lock(element: etree._Element, *, company: Company, faults: Faults) -> Status | None:
    """3175 for a record that is open elsewhere, 3176 for what refers to one."""
    if not faults.is_on("record-locked"):
        return None
    held = faults.parameter("record-locked")
    names = _names_of(held, company=company)
    own = (_own_id(element) or "").lower()
    named = {(each.text or "").lower() for each in element.iter("ListID", "TxnID", "FullName")}
    if not names & (named | {own} | _linked(element, company=company)) or "record-locked" not in faults:
        return None
    return Status(3175 if own in names else 3176, {"value": held})


def _linked(element: etree._Element, *, company: Company) -> set[str]:
    """Return the IDs, in lower case, of the customer of a transaction and of what pays it or is paid by it."""
    if element.tag not in _NEED_LINKED:
        return set()
    return {str(list_or_txn_id).lower() for (list_or_txn_id,) in company.db.execute(_LINKED, (_own_id(element),))}


def meddle(element: etree._Element, *, company: Company, faults: Faults) -> None:
    """Save the record that a request is about to modify, as another user would: its EditSequence moves."""
    own = _own_id(element)
    if own is None or element.find("*/EditSequence") is None or not faults.is_on("edited-meanwhile"):
        return
    whose = faults.parameter("edited-meanwhile")
    if (not whose or own.lower() in _names_of(whose, company=company)) and faults.strikes("edited-meanwhile"):
        for save in (company.edit_customer, company.lists.edit, company.invoices.edit, company.payments.edit):
            with suppress(CompanyError):  # it is no such record; one that is gone is for the handler to tell
                save(own)
                return


def withheld(element: etree._Element, answer: etree._Element, *, asked: Asked) -> Status | None:
    """Take the record out of the answer to an Add or Mod, leaving its IDs where the version has a place for them.

    (qbXML reference 11.0, ErrorRecovery; what makes the real one do so is not known.)
    """
    is_saved = str(element.tag).endswith(("AddRq", "ModRq")) and len(answer) == 1
    if not is_saved or not asked.faults.strikes("record-withheld"):
        return None
    record = answer[0]
    found = {tag: record.findtext(tag) for tag in ("ListID", "TxnID", "TxnNumber", "EditSequence", "ExternalGUID")}
    answer[:] = []
    if asked.version >= _ERROR_RECOVERY_SINCE:
        recovery = etree.SubElement(answer, "ErrorRecovery")
        for tag, text in found.items():
            if text:
                etree.SubElement(recovery, tag).text = text
    return Status(510, {"value": found["ListID"] or found["TxnID"] or ""})


def _own_id(element: etree._Element) -> str | None:
    """Return the ID of the record that a request changes, None for one that it would make."""
    if str(element.tag).endswith("AddRq"):
        return None
    places = ("*/ListID", "*/TxnID", "ListID", "TxnID")
    return next((text for text in map(element.findtext, places) if text), None)


def _names_of(held: str, *, company: Company) -> set[str]:
    """Return all that a record may be called by in a request, in lower case."""
    names = {held}
    for find in (company.find, partial(company.lists.find, tuple(KINDS)), company.customer, company.lists.get):
        with suppress(CompanyError):
            found = find(held)
            names |= {found.list_id, found.full_name} if found else set()
    return {name.lower() for name in names}
