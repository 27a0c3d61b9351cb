"""What QuickBooks answers when something did not go: status codes, message-set codes, HRESULTs, one table each.

`confirmed` tells whether a published source gives the meaning, or general knowledge of the SDK does.
Sources: Intuit's status code and QBD-errorcodes pages (ranges, 0 to 1060, 3000 to 3035); recorded answers in
qbwc/qbwc (500, 3120), hotgluexyz/qbwc-common (3100, 3130), flowlink (3140, 3231), consolibyte/quickbooks-php (3170,
3175, 3176, 3180, 3200, 3210, 3391), KaydBooks (3263); help pages of BuildOps (3070) and ayssoftware (3171); Intuit's
error recovery samples (600, 9001 to 9005); QBWC Programmer's Guide and Intuit's sample service (HRESULTs).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Literal

Severity = Literal["Info", "Warn", "Error"]


class Action(Enum):
    """Who can do what about it."""

    NOTHING = "nothing"  # done, or done as far as it goes
    RETRY = "retry"  # later, by itself
    RETRY_FRESH = "retry fresh"  # read the object again, then once more
    FIX_DATA = "fix data"  # a person corrects the record, or picks another
    ASK_USER = "ask user"  # a person does something in QuickBooks
    SETUP = "setup"  # permissions, edition, or our own code: repeating never helps
    READ_BACK = "read back"  # it may have happened: ask the company file before anything else
    RESTART_QUERY = "restart query"  # begin the list again


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What a code means. `meaning` is a sentence for people."""

    code: str
    meaning: str
    action: Action
    confirmed: bool


# --- status codes of a response -------------------------------------------------------------------

SEVERITY_RANGES: tuple[tuple[int, int, Severity, str], ...] = (
    (0, 499, "Info", "done"),
    (500, 999, "Warn", "done, with something to note"),
    (1000, 1999, "Error", "general"),
    (2000, 2999, "Error", "not supported"),
    (3000, 3099, "Error", "form of a value"),
    (3100, 9099, "Error", "everything else"),
    (9100, 9199, "Error", "macro"),
)


def severity_of(code: int) -> Severity:
    """Return the severity of a code by its range, for answers that do not state it."""
    for first, last, severity, _ in SEVERITY_RANGES:
        if first <= code <= last:
            return severity
    return "Error"


_DO = Action


def _table(rows: Iterable[tuple[int, bool, Action, str]]) -> Mapping[int, Explanation]:
    return {
        code: Explanation(code=str(code), meaning=meaning, action=action, confirmed=confirmed)
        for code, confirmed, action, meaning in rows
    }


STATUS_CODES: Mapping[int, Explanation] = _table(
    (
        (0, True, _DO.NOTHING, "Done."),
        (1, True, _DO.NOTHING, "Nothing in the company file matches."),
        (500, True, _DO.NOTHING, "Some of the objects asked for were not found; the others came."),
        (501, True, _DO.NOTHING, "An object uses something newer than the qbXML version spoken."),
        (510, True, _DO.READ_BACK, "Saved, but QuickBooks could not return the object."),
        (530, True, _DO.NOTHING, "A field is not supported in this edition and was ignored."),
        (531, True, _DO.NOTHING, "A value is not supported in this edition and was ignored."),
        (540, True, _DO.NOTHING, "The result was cut at the limit of the Online edition."),
        (550, True, _DO.RETRY, "Saved, but not its notes."),
        (560, True, _DO.NOTHING, "A field is no longer used."),
        (570, True, _DO.ASK_USER, "The transaction to link to is already closed."),
        (600, True, _DO.READ_BACK, "QuickBooks has no stored answer under this message set ID."),
        (1000, True, _DO.RETRY, "QuickBooks met an internal error: a damaged object, or a query too large."),
        (1010, True, _DO.RETRY, "QuickBooks is not available at the moment."),
        (1030, True, _DO.SETUP, "This edition or version does not support the request."),
        (1060, True, _DO.SETUP, "The request ID is invalid or longer than 50 characters."),
        (3000, True, _DO.FIX_DATA, "An object ID is malformed."),
        (3010, True, _DO.SETUP, "A yes/no value is malformed."),
        (3020, True, _DO.SETUP, "A date is malformed."),
        (3030, True, _DO.SETUP, "A date range is reversed."),
        (3031, True, _DO.SETUP, "A range of names is reversed."),
        (3035, True, _DO.SETUP, "A time interval is malformed."),
        (3040, False, _DO.SETUP, "An amount is malformed."),
        (3045, False, _DO.SETUP, "A price is malformed."),
        (3050, False, _DO.SETUP, "A percentage is malformed."),
        (3060, False, _DO.SETUP, "A quantity is malformed."),
        (3070, True, _DO.FIX_DATA, "A text is too long for its field."),
        (3080, False, _DO.FIX_DATA, "A text holds characters that QuickBooks does not take."),
        (3085, False, _DO.SETUP, "A number is malformed."),
        (3090, False, _DO.FIX_DATA, "QuickBooks cannot store a value in its field."),
        (3100, True, _DO.FIX_DATA, "The name is already in use by a customer, vendor, employee or other name."),
        (3110, False, _DO.SETUP, "A field holds a word that QuickBooks does not know."),
        (3120, True, _DO.FIX_DATA, "The object is no longer in the company file: deleted, merged, or another file."),
        (3121, False, _DO.SETUP, "The owner of the custom field is not known."),
        (3130, True, _DO.FIX_DATA, "The parent in the list is missing, inactive, or too deep."),
        (3140, True, _DO.FIX_DATA, "A name referred to (item, terms, customer) is not in the company file."),
        (3150, False, _DO.SETUP, "A required element is missing."),
        (3151, False, _DO.SETUP, "An element is not allowed here."),
        (3153, False, _DO.SETUP, "Two elements contradict each other."),
        (3160, False, _DO.ASK_USER, "The object is in use and cannot be deleted; make it inactive instead."),
        (3161, False, _DO.ASK_USER, "It lies before the closing date and cannot be deleted."),
        (3162, False, _DO.RETRY, "This is not possible in multi-user mode."),
        (3170, True, _DO.RETRY_FRESH, "Somebody else has changed the list meanwhile."),
        (3171, True, _DO.ASK_USER, "The books are closed up to this date."),
        (3172, False, _DO.RETRY_FRESH, "A related object was changed meanwhile."),
        (3173, False, _DO.RETRY_FRESH, "A related object was deleted meanwhile."),
        (3175, True, _DO.RETRY, "Somebody has the record open in QuickBooks."),
        (3176, True, _DO.RETRY, "Somebody has a related transaction open in QuickBooks."),
        (3177, False, _DO.SETUP, "The object cannot be used in this place."),
        (3180, True, _DO.ASK_USER, "QuickBooks could not save it."),  # a mixed bag: explain_status reads its message
        (3181, False, _DO.ASK_USER, "It lies before the closing date and cannot be saved."),
        (3185, False, _DO.ASK_USER, "The transaction cannot be voided."),
        (3190, False, _DO.SETUP, "The field cannot be cleared."),
        (3200, True, _DO.RETRY_FRESH, "The record has changed in QuickBooks since it was read."),
        (3205, False, _DO.ASK_USER, "An address, or the sequence of a related record, is refused."),
        (3210, True, _DO.FIX_DATA, "A value breaks a rule of QuickBooks."),
        (3220, False, _DO.SETUP, "Standpipe is not authorised for this request."),
        (3230, False, _DO.RETRY, "The request was rolled back."),
        (3231, True, _DO.RETRY, "Not processed, because an earlier request failed."),
        (3240, False, _DO.FIX_DATA, "The ID belongs to another or rebuilt company file."),
        (3250, True, _DO.ASK_USER, "The feature is switched off in QuickBooks or missing in this edition."),
        (3260, True, _DO.ASK_USER, "The QuickBooks user may not do this."),
        (3261, True, _DO.ASK_USER, "Standpipe has no permission for personal data."),
        (3262, False, _DO.ASK_USER, "The permission for this is missing."),
        (3263, True, _DO.SETUP, "Standpipe was added as read-only."),
        (3270, False, _DO.FIX_DATA, "The account to post to is missing."),
        (3280, False, _DO.FIX_DATA, "The item is of the wrong kind."),
        (3391, True, _DO.RESTART_QUERY, "The list that was being read is gone, because its session ended."),
    )
)

# Texts that mean a lock, whatever the code; in lower case (answers in quickbooks-php, BuildOps help).
LOCK_TEXTS = (
    "in use",
    "could not be locked",
    "failed to acquire the lock",
    "modified by another user",
    "unable to lock",
)
_MAY_BE_A_LOCK = {3170, 3175, 3176, 3180}


def explain_status(code: int, *, message: str = "") -> Explanation:
    """Return what a status code means; its message decides where a code is a mixed bag. Never fails."""
    found = STATUS_CODES.get(code)
    if found is None:
        return _unlisted(code)
    if code in _MAY_BE_A_LOCK and found.action is Action.ASK_USER and is_lock(message):
        return Explanation(
            code=found.code,
            meaning="Somebody has the record open in QuickBooks.",
            action=Action.RETRY,
            confirmed=found.confirmed,
        )
    return found


def is_lock(message: str) -> bool:
    """Whether QuickBooks' own words speak of a record that somebody has open."""
    lowered = message.lower()
    return any(text in lowered for text in LOCK_TEXTS)


def _unlisted(code: int) -> Explanation:
    if severity_of(code) != "Error":
        return Explanation(code=str(code), meaning="Done, with a remark.", action=Action.NOTHING, confirmed=False)
    kind = next((kind for first, last, _, kind in SEVERITY_RANGES if first <= code <= last), "everything else")
    meaning = {
        "not supported": "This edition or version does not support the request.",
        "form of a value": "QuickBooks refused the form of a value.",
        "macro": "QuickBooks refused a macro.",
    }.get(kind, "QuickBooks refused the request.")
    action = Action.SETUP if kind in {"not supported", "macro"} else Action.ASK_USER
    return Explanation(code=str(code), meaning=meaning, action=action, confirmed=False)


# --- codes of a message set (error recovery) ------------------------------------------------------

MESSAGE_SET_CODES: Mapping[int, Explanation] = _table(
    (
        (0, True, _DO.NOTHING, "The answer that belongs to this message set."),
        (600, True, _DO.READ_BACK, "Nothing is stored under this message set ID. That alone proves nothing."),
        (9001, True, _DO.READ_BACK, "The message set ID was used before for other requests."),
        (9002, True, _DO.READ_BACK, "No answer is stored under this message set ID."),
        (9004, True, _DO.SETUP, "The message set ID is too long."),
        (9005, True, _DO.READ_BACK, "Done, but QuickBooks could not store the answer."),
    )
)


def explain_message_set(code: int | None) -> Explanation:
    """Return what a messageSetStatusCode means; a missing one proves as little as an unknown one. Never fails."""
    unknown = Explanation(
        code="" if code is None else str(code),
        meaning="QuickBooks did not say what became of this message set.",
        action=Action.READ_BACK,
        confirmed=False,
    )
    return unknown if code is None else MESSAGE_SET_CODES.get(code, unknown)


# --- HRESULTs: what fails before a response exists ------------------------------------------------

HRESULTS: Mapping[str, Explanation] = {
    code: Explanation(code=code, meaning=meaning, action=action, confirmed=confirmed)
    for code, confirmed, action, meaning in (
        ("0x80040400", True, _DO.SETUP, "QuickBooks could not read the request and refused all of it."),
        ("0x80040401", True, _DO.RETRY, "The Web Connector could not reach QuickBooks."),
        ("0x80040402", True, _DO.RETRY, "QuickBooks met an unexpected error; its log qbsdklog.txt says more."),
        ("0x80040403", True, _DO.ASK_USER, "The company file cannot be opened."),
        ("0x80040406", True, _DO.ASK_USER, "The company file was not found."),
        ("0x80040408", True, _DO.ASK_USER, "QuickBooks could not be started: open it and the company file by hand."),
        ("0x8004040A", True, _DO.ASK_USER, "Another company file is open in QuickBooks."),
        ("0x8004040D", True, _DO.RETRY, "The session with QuickBooks has ended."),
        ("0x80040410", True, _DO.RETRY, "The company file is open in the other of single-user and multi-user mode."),
        ("0x80040414", True, _DO.RETRY, "A dialog is open in QuickBooks and waits for an answer."),
        ("0x80040416", True, _DO.ASK_USER, "QuickBooks is not running: open it and the company file."),
        ("0x80040417", True, _DO.ASK_USER, "No company file is open in QuickBooks."),
        (
            "0x80040418",
            True,
            _DO.ASK_USER,
            "QuickBooks' Admin has not admitted this application yet, in single-user mode.",
        ),
        ("0x8004041A", True, _DO.ASK_USER, "This application has no permission for the company file."),
        ("0x8004041D", True, _DO.ASK_USER, "QuickBooks may not be opened unattended: allow automatic login."),
        ("0x8004041F", True, _DO.SETUP, "This edition of QuickBooks is not supported."),
        ("0x80040420", True, _DO.ASK_USER, "Somebody denied this application access in QuickBooks."),
        ("0x80040422", True, _DO.RETRY, "Another application holds the company file in single-user mode."),
        ("0x80040424", True, _DO.RETRY, "QuickBooks had not finished starting."),
        ("0x80040438", True, _DO.ASK_USER, "Several QuickBooks run at once: close them all and open one."),
        ("0x80040308", True, _DO.ASK_USER, "QuickBooks' own interface cannot be reached: repair its installation."),
        ("0x80040154", True, _DO.ASK_USER, "QuickBooks' own interface is not installed: repair its installation."),
        ("0x80010105", True, _DO.ASK_USER, "QuickBooks' own interface failed: restart the computer."),
    )
}


def explain_hresult(text: str) -> Explanation:
    """Return what an HRESULT means, in any case; an unknown one is tried again, then asked about."""
    digits = text.strip().lower().removeprefix("0x").upper()
    code = f"0x{digits}" if digits else ""
    unknown = Explanation(
        code=code,
        meaning="The Web Connector reported a failure that is not known here.",
        action=Action.RETRY,
        confirmed=False,
    )
    return HRESULTS.get(code, unknown)
