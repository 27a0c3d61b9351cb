"""What can go wrong on the way into the company file, one row each: what happened, why, what it means for the record,
who can act, and which buttons repair it. Read by ``explain``.

Keys are those of ``Document.problem["code"]`` and ``Connection.trouble["code"]``: a status code ("3140"), the code of
a message set ("set-9001"), an HRESULT ("0x80040414"), or a word of our own ("number_taken"). Every code of
``qbwire.status`` has a row; that table names the sources. No two rows share a sentence. Words in the places
``{noun}``, ``{kind}``, ``{value}`` and ``{field}`` come from the record and from QuickBooks' message; a heading whose
places the message does not fill is not used.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Who(StrEnum):
    """Who can do something about it."""

    YOU = "you"
    QUICKBOOKS_COMPUTER = "quickbooks_computer"
    NOBODY = "nobody"

    @property
    def words(self) -> str:
        return _WHO_WORDS[self]


_WHO_WORDS = {
    Who.YOU: "You",
    Who.QUICKBOOKS_COMPUTER: "The person at the QuickBooks computer",
    Who.NOBODY: "Nobody has to: it repeats by itself",
}

# Keys of repairs and the words on their buttons. What a button does: posting.repairs.
REPAIRS: Mapping[str, str] = MappingProxyType(
    {
        "choose_item": "Choose another item",
        "choose_default_item": "Choose the default item",
        "shorten_text": "Shorten the text",
        "choose_number": "Choose another number",
        "link_again": "Link again",
        "choose_terms": "Choose other terms",
        "choose_method": "Choose the payment method",
        "choose_account": "Choose the deposit account",
        "choose_tax": "Choose the tax item",
        "change_date": "Change the date",
        "change_amount": "Change the amount",
        "leave_bill_to": "Use the address that QuickBooks has",
        "edit": "Edit",
        "retry": "Try again now",
        "already_there": "It is already in QuickBooks",
        "not_there": "It is not in QuickBooks: send it",
        "read_again": "Read again",
        "refresh_lists": "Refresh from QuickBooks Desktop",
        "open_settings": "Open the settings",
        "open_connection": "Open the connection",
        "report": "Show what to send to support",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One row of the catalogue. ``named``: the heading where the message names what it is about."""

    code: str
    title: str
    cause: str
    consequence: str
    who: Who
    repairs: tuple[str, ...] = ()
    named: str = ""


# --- what it means for the record -----------------------------------------------------------------

REFUSED = "The {noun} is not in QuickBooks and nothing was changed there. Everything else went on."
REPEATS = "The {noun} is not in QuickBooks yet. It is sent again by itself, after a pause that grows each time."
_OURS = "The {noun} is not in QuickBooks. Sent again unchanged, it would be refused again."
POSTED = "The {noun} is in QuickBooks."
_LOOKING = (
    "Standpipe looks in the company file first. Until it knows, it sends nothing else there, and nothing twice."
)
_WAITS = "It waits for your answer and is not sent meanwhile. Everything else goes on."
_READING = "Only reading was affected: nothing in QuickBooks was changed. It is read again at the next visit."
VISIT = "The visit of the Web Connector ended. Nothing is lost: what waits is sent at a later visit."
_STANDS = "Nothing was read from the company file and nothing written to it. What waits, waits on."
_AS_IT_IS = "Nothing is changed in QuickBooks from here. The {noun} here stays as it is."

_YOU, _THERE, _NOBODY = Who.YOU, Who.QUICKBOOKS_COMPUTER, Who.NOBODY

Row = tuple[str, str, str, str, Who, tuple[str, ...]]


def _entries(rows: Iterable[Row], *, named: Mapping[str, str] | None = None) -> Mapping[str, Entry]:
    headings = named or {}
    return MappingProxyType(
        {
            code: Entry(
                code=code,
                title=title,
                cause=cause,
                consequence=consequence,
                who=who,
                repairs=repairs,
                named=headings.get(code, ""),
            )
            for code, title, cause, consequence, who, repairs in rows
        }
    )


# --- status codes of a response -------------------------------------------------------------------

_NAMED_STATUS = {
    "3000": "QuickBooks cannot read the ID “{value}”",
    "3010": "The yes/no value “{value}” is not one for QuickBooks",
    "3020": "QuickBooks cannot read the date “{value}”",
    "3040": "QuickBooks does not take the amount {value}",
    "3045": "QuickBooks does not take the price {value}",
    "3050": "QuickBooks does not take the percentage {value}",
    "3060": "QuickBooks does not take the quantity {value}",
    "3070": "The {field} is too long for QuickBooks",
    "3080": "The {field} holds characters that QuickBooks does not take",
    "3085": "QuickBooks does not take the number “{value}” as {field}",
    "3090": "QuickBooks does not store “{value}” as {field}",
    "3100": "The name “{value}” is already in use in QuickBooks",
    "3110": "QuickBooks does not know “{value}” as {field}",
    "3130": "The place of “{value}” in its list is wrong",
    "3140": "QuickBooks does not find the {kind} “{value}”",
    "3150": "QuickBooks misses the {field}",
    "3151": "QuickBooks does not take a {field} here",
    "3153": "The {field} contradicts another value",
    "3175": "“{value}” is open on somebody's screen",
    "3176": "“{value}”, which belongs to it, is open on somebody's screen",
    "3177": "“{value}” cannot be used here",
    "3190": "The {field} cannot be emptied in QuickBooks",
    "3210": "QuickBooks does not accept “{value}” as {field}",
    "3250": "“{field}” is switched off in QuickBooks",
    "3270": "“{value}” has no account to post to",
    "3280": "The item “{value}” is of the wrong kind",
}

STATUS: Mapping[str, Entry] = _entries(
    (
        ("0", "Done", "QuickBooks did what it was asked.", POSTED, _NOBODY, ()),
        ("1", "Nothing found", "Nothing in the company file matches the question.", _READING, _NOBODY, ()),
        (
            "500",
            "Some records were not found",
            "QuickBooks answered, but did not find everything that was asked for: it was deleted or merged there.",
            _READING,
            _NOBODY,
            ("read_again",),
        ),
        (
            "501",
            "QuickBooks could not show all of it",
            "The record uses something newer than the language that this QuickBooks speaks with Standpipe.",
            POSTED,
            _NOBODY,
            ("read_again",),
        ),
        (
            "510",
            "Saved, but not shown",
            "QuickBooks saved it and could not return it, so its total could not be compared.",
            _LOOKING,
            _NOBODY,
            ("read_again",),
        ),
        (
            "530",
            "A field was left out",
            "This edition of QuickBooks does not have one of the fields and ignored it.",
            POSTED,
            _NOBODY,
            ("read_again",),
        ),
        (
            "531",
            "A choice was left out",
            "This edition of QuickBooks does not know one of the choices and ignored it.",
            POSTED,
            _NOBODY,
            ("read_again",),
        ),
        (
            "540",
            "The answer was cut short",
            "QuickBooks returned as many records as its Online edition allows, and no more.",
            _READING,
            _NOBODY,
            (),
        ),
        (
            "550",
            "Saved without its notes",
            "QuickBooks saved the record but could not store the notes on it.",
            POSTED,
            _NOBODY,
            (),
        ),
        (
            "560",
            "An old field was used",
            "QuickBooks took a field that it will stop taking some day.",
            POSTED,
            _NOBODY,
            (),
        ),
        (
            "570",
            "What it should be tied to is closed",
            "The invoice, estimate or order that it refers to was already closed in QuickBooks.",
            "QuickBooks did it without the tie. Look at it there.",
            _YOU,
            ("read_again",),
        ),
        (
            "600",
            "QuickBooks does not remember",
            "QuickBooks was asked what became of an earlier request and has nothing written down about it.",
            _LOOKING,
            _NOBODY,
            (),
        ),
        (
            "1000",
            "QuickBooks met an error inside itself",
            "A record may be damaged, or the question was too large for that computer.",
            REPEATS,
            _NOBODY,
            ("retry", "report"),
        ),
        (
            "1010",
            "QuickBooks is busy",
            "QuickBooks was not available at that moment.",
            REPEATS,
            _NOBODY,
            ("retry",),
        ),
        (
            "1030",
            "This QuickBooks cannot do that",
            "The edition or the year of QuickBooks does not know this kind of request.",
            _OURS,
            _YOU,
            ("report",),
        ),
        (
            "1060",
            "QuickBooks did not take the request's own number",
            "The number that Standpipe gave its request is not one that QuickBooks accepts.",
            _OURS,
            _YOU,
            ("retry", "report"),
        ),
        (
            "3000",
            "An ID is not one that QuickBooks can read",
            "The customer, item or invoice it points to was noted with an ID that QuickBooks cannot make sense of.",
            REFUSED,
            _YOU,
            ("link_again", "edit", "report"),
        ),
        (
            "3010",
            "A yes/no value is unreadable",
            "Standpipe wrote yes or no in a way that QuickBooks does not read.",
            _OURS,
            _YOU,
            ("report",),
        ),
        (
            "3020",
            "QuickBooks cannot read a date",
            "The date does not exist, or lies outside the years that QuickBooks keeps.",
            REFUSED,
            _YOU,
            ("change_date", "report"),
        ),
        (
            "3030",
            "A span of dates runs backwards",
            "Standpipe asked QuickBooks for a span of dates whose end lies before its beginning.",
            _READING,
            _YOU,
            ("report",),
        ),
        (
            "3031",
            "A span of names runs backwards",
            "Standpipe asked QuickBooks for a span of names or numbers whose end lies before its beginning.",
            _READING,
            _YOU,
            ("report",),
        ),
        (
            "3035",
            "A span of time is unreadable",
            "Standpipe wrote a length of time in a way that QuickBooks does not read.",
            _OURS,
            _YOU,
            ("report",),
        ),
        (
            "3040",
            "QuickBooks does not take an amount",
            "An amount is too large, has more than two decimals, or makes the total negative.",
            REFUSED,
            _YOU,
            ("change_amount", "report"),
        ),
        (
            "3045",
            "QuickBooks does not take a price",
            "A rate on one of the lines is too large or has more than five decimals.",
            REFUSED,
            _YOU,
            ("change_amount", "report"),
        ),
        (
            "3050",
            "QuickBooks does not take a percentage",
            "A percentage on one of the lines is written in a way that QuickBooks does not read.",
            REFUSED,
            _YOU,
            ("change_amount", "report"),
        ),
        (
            "3060",
            "QuickBooks does not take a quantity",
            "A quantity on one of the lines is too large or has more than five decimals.",
            REFUSED,
            _YOU,
            ("change_amount", "report"),
        ),
        (
            "3070",
            "A text is too long for QuickBooks",
            "QuickBooks keeps fewer characters in this field than the text has.",
            REFUSED,
            _YOU,
            ("shorten_text",),
        ),
        (
            "3080",
            "A text holds characters that QuickBooks does not take",
            "QuickBooks keeps Western European letters, digits and ordinary punctuation only.",
            REFUSED,
            _YOU,
            ("shorten_text",),
        ),
        (
            "3085",
            "QuickBooks does not take a number",
            "A value that has to be a whole number is not one.",
            REFUSED,
            _YOU,
            ("edit", "report"),
        ),
        (
            "3090",
            "QuickBooks does not store a value in its field",
            "The value has the right form, but QuickBooks does not keep it in this field.",
            REFUSED,
            _YOU,
            ("shorten_text", "edit"),
        ),
        (
            "3100",
            "The name is already in use in QuickBooks",
            "Customers, vendors, employees and other names share one list of names in QuickBooks.",
            REFUSED,
            _YOU,
            ("link_again", "refresh_lists"),
        ),
        (
            "3110",
            "QuickBooks does not know a choice",
            "A field holds a word that is not among those that QuickBooks offers there.",
            _OURS,
            _YOU,
            ("report",),
        ),
        (
            "3120",
            "Something it points to is no longer in QuickBooks",
            "The customer, item or invoice was deleted or merged in QuickBooks, or another company file is open.",
            REFUSED,
            _YOU,
            ("link_again", "choose_item", "refresh_lists"),
        ),
        (
            "3121",
            "A custom field has no owner",
            "The program that once made a custom field is not known in this company file.",
            _OURS,
            _YOU,
            ("report",),
        ),
        (
            "3130",
            "The place in its list is wrong",
            "What it stands under in QuickBooks' list is missing or inactive.",
            REFUSED,
            _YOU,
            ("link_again", "refresh_lists"),
        ),
        (
            "3140",
            "QuickBooks does not find something that it names",
            "A customer, item, terms or another entry is missing in QuickBooks' lists, renamed, or inactive.",
            REFUSED,
            _YOU,
            ("link_again", "choose_item", "choose_terms", "refresh_lists"),
        ),
        (
            "3150",
            "A needed value is missing",
            "QuickBooks wants a value that was not sent.",
            _OURS,
            _YOU,
            ("edit", "report"),
        ),
        (
            "3151",
            "A value stands where it may not",
            "QuickBooks does not take this value in this place.",
            _OURS,
            _YOU,
            ("edit", "report"),
        ),
        (
            "3153",
            "Two values contradict each other",
            "QuickBooks takes one of the two values, not both.",
            _OURS,
            _YOU,
            ("edit", "report"),
        ),
        (
            "3160",
            "QuickBooks does not delete it",
            "It is used by other records in QuickBooks; it can only be made inactive there.",
            _AS_IT_IS,
            _THERE,
            ("read_again",),
        ),
        (
            "3161",
            "QuickBooks does not delete from a closed period",
            "It is dated before the closing date of the books, and so it stays.",
            _AS_IT_IS,
            _THERE,
            ("read_again",),
        ),
        (
            "3162",
            "Not possible while several people use the file",
            "The company file is open in multi-user mode, and this works in single-user mode only.",
            REPEATS,
            _NOBODY,
            ("retry",),
        ),
        (
            "3170",
            "Somebody was changing the same list",
            "Another user saved a change to the list at the same moment.",
            REPEATS,
            _NOBODY,
            ("retry",),
        ),
        (
            "3171",
            "The books are closed up to this date",
            "The date lies on or before the closing date that is set in QuickBooks.",
            REFUSED,
            _YOU,
            ("change_date", "retry"),
        ),
        (
            "3172",
            "A record that belongs to it was changed meanwhile",
            "Somebody saved a related record in QuickBooks at the same moment.",
            REPEATS,
            _NOBODY,
            ("retry",),
        ),
        (
            "3173",
            "A record that belongs to it was deleted meanwhile",
            "Somebody deleted a related record in QuickBooks at the same moment.",
            REPEATS,
            _NOBODY,
            ("retry", "read_again"),
        ),
        (
            "3175",
            "It is open on somebody's screen",
            "Somebody has the record open in QuickBooks. It is free again when the window is saved or closed.",
            REPEATS,
            _NOBODY,
            ("retry",),
        ),
        (
            "3176",
            "Something that belongs to it is open on somebody's screen",
            "Somebody has the customer or a related transaction open in QuickBooks, and it is locked until then.",
            REPEATS,
            _NOBODY,
            ("retry",),
        ),
        (
            "3177",
            "A record of this kind cannot be used here",
            "QuickBooks found the record, but it is of a kind that does not fit.",
            REFUSED,
            _YOU,
            ("choose_item", "open_settings"),
        ),
        (
            "3180",
            "QuickBooks could not save it",
            "QuickBooks refused while saving; its own words below say why.",
            REFUSED,
            _YOU,
            ("retry", "edit", "report"),
        ),
        (
            "3181",
            "QuickBooks does not save into a closed period",
            "It would change a period that is closed in QuickBooks, and the password for that is not ours.",
            REFUSED,
            _YOU,
            ("change_date", "retry"),
        ),
        (
            "3185",
            "QuickBooks does not void it",
            "A payment is applied to it, or it is of a kind that cannot be voided.",
            _AS_IT_IS,
            _THERE,
            ("read_again",),
        ),
        (
            "3190",
            "A field cannot be emptied in QuickBooks",
            "QuickBooks keeps a value in this field once it is there.",
            _OURS,
            _YOU,
            ("edit", "report"),
        ),
        (
            "3200",
            "It has changed in QuickBooks meanwhile",
            "Somebody saved the same record after Standpipe had read it; it is read afresh before the next attempt.",
            REPEATS,
            _NOBODY,
            ("retry", "read_again"),
        ),
        (
            "3205",
            "QuickBooks does not take an address",
            "An address prints on more than five lines, or its lines are too long for QuickBooks.",
            REFUSED,
            _YOU,
            ("leave_bill_to", "edit"),
        ),
        (
            "3210",
            "A value breaks a rule of QuickBooks",
            "The value is well written, but the rules of QuickBooks forbid it; its own words below say which.",
            REFUSED,
            _YOU,
            ("edit", "read_again"),
        ),
        (
            "3220",
            "Standpipe may not ask for this",
            "QuickBooks does not let this application make this kind of request.",
            REFUSED,
            _THERE,
            ("retry", "open_connection"),
        ),
        (
            "3230",
            "QuickBooks took it back",
            "QuickBooks undid the request together with another one that failed.",
            REPEATS,
            _NOBODY,
            ("retry",),
        ),
        (
            "3231",
            "It was not its turn",
            "An earlier request in the same letter failed, so QuickBooks did not begin with this one.",
            REPEATS,
            _NOBODY,
            ("retry",),
        ),
        (
            "3240",
            "An ID is from another company file",
            "The record it points to was made in another company file, or the file was rebuilt.",
            REFUSED,
            _YOU,
            ("link_again", "refresh_lists"),
        ),
        (
            "3250",
            "A feature is switched off in QuickBooks",
            "QuickBooks needs a feature for this that is switched off in its preferences or missing in its edition.",
            REFUSED,
            _THERE,
            ("retry", "open_settings"),
        ),
        (
            "3260",
            "The QuickBooks user may not do this",
            "The person who is signed in to QuickBooks, or the one Standpipe signs in as, lacks the permission.",
            REFUSED,
            _THERE,
            ("retry",),
        ),
        (
            "3261",
            "Standpipe may not see personal data",
            "In QuickBooks the box for personal data is not ticked in the properties of Standpipe.",
            REFUSED,
            _THERE,
            ("retry", "open_connection"),
        ),
        (
            "3262",
            "A permission is missing in QuickBooks",
            "QuickBooks wants a permission for this that Standpipe was not given.",
            REFUSED,
            _THERE,
            ("retry", "open_connection"),
        ),
        (
            "3263",
            "Standpipe may only read",
            "Standpipe was admitted to this company file for reading only.",
            REFUSED,
            _THERE,
            ("retry", "open_connection"),
        ),
        (
            "3270",
            "There is no account to post to",
            "An item has no income account in QuickBooks, or the account it had is gone.",
            REFUSED,
            _YOU,
            ("choose_item", "choose_account", "retry"),
        ),
        (
            "3280",
            "An item is of the wrong kind",
            "QuickBooks does not take an item of this kind on such a line, for example a tax item or a payment item.",
            REFUSED,
            _YOU,
            ("choose_item", "choose_default_item"),
        ),
        (
            "3391",
            "A list that was being read is gone",
            "QuickBooks forgets where it was in a list when its session ends.",
            _READING,
            _NOBODY,
            (),
        ),
        (
            "9100",
            "QuickBooks did not follow a shorthand",
            "Standpipe used a name for something in its letter that QuickBooks could not resolve.",
            _OURS,
            _YOU,
            ("report",),
        ),
    ),
    named=_NAMED_STATUS,
)

# --- codes of a message set -----------------------------------------------------------------------

MESSAGE_SET: Mapping[str, Entry] = _entries(
    (
        (
            "set-0",
            "The answer was found",
            "QuickBooks had kept its answer, and gave it again without doing anything twice.",
            POSTED,
            _NOBODY,
            (),
        ),
        (
            "set-600",
            "QuickBooks has kept nothing about this letter",
            "The answer was lost on its way, and QuickBooks has no note of the letter. That alone proves nothing.",
            _LOOKING,
            _NOBODY,
            (),
        ),
        (
            "set-9001",
            "QuickBooks knows another letter by this name",
            "QuickBooks did nothing, because it remembers a different letter under the same ID.",
            _LOOKING,
            _NOBODY,
            (),
        ),
        (
            "set-9002",
            "QuickBooks has lost its answer",
            "QuickBooks may have done some of the letter, and did not keep what came of it.",
            _LOOKING,
            _NOBODY,
            (),
        ),
        (
            "set-9004",
            "QuickBooks did not take the letter's ID",
            "The ID that Standpipe gave its letter is too long for QuickBooks, so nothing was done.",
            _OURS,
            _YOU,
            ("retry", "report"),
        ),
        (
            "set-9005",
            "Done, but not written down",
            "QuickBooks did the letter and could not keep its answer for later.",
            _LOOKING,
            _NOBODY,
            (),
        ),
    )
)

# --- HRESULTs: before there is an answer ----------------------------------------------------------

HRESULT: Mapping[str, Entry] = _entries(
    (
        (
            "0x80040400",
            "QuickBooks could not read the request",
            "QuickBooks did nothing of the whole letter. Sent again one by one, only this part is refused.",
            REFUSED,
            _YOU,
            ("edit", "retry", "report"),
        ),
        (
            "0x80040401",
            "QuickBooks could not be reached",
            "The Web Connector runs, but found no way to QuickBooks on its computer.",
            VISIT,
            _NOBODY,
            ("open_connection",),
        ),
        (
            "0x80040402",
            "QuickBooks met an unexpected error",
            "QuickBooks gives no reason; its file qbsdklog.txt on that computer says more.",
            VISIT,
            _NOBODY,
            ("open_connection", "report"),
        ),
        (
            "0x80040403",
            "The company file cannot be opened",
            "QuickBooks found the company file and could not open it: it may be damaged, or held by somebody else.",
            VISIT,
            _THERE,
            ("open_connection",),
        ),
        (
            "0x80040406",
            "The company file is not where it was",
            "It was moved, renamed, or its drive is not connected.",
            VISIT,
            _THERE,
            ("open_connection",),
        ),
        (
            "0x80040408",
            "QuickBooks could not be started",
            "Open QuickBooks and the company file by hand, as the same Windows user as the Web Connector.",
            VISIT,
            _THERE,
            ("open_connection",),
        ),
        (
            "0x8004040A",
            "Another company file is open",
            "QuickBooks has one company file open at a time, and it is not the one of this connection.",
            _STANDS,
            _THERE,
            ("open_connection",),
        ),
        (
            "0x8004040D",
            "The session with QuickBooks has ended",
            "QuickBooks closed the session before everything was done.",
            VISIT,
            _NOBODY,
            ("open_connection",),
        ),
        (
            "0x80040410",
            "The company file is open in the other mode",
            "It is open in single-user mode where multi-user was expected, or the other way round.",
            VISIT,
            _NOBODY,
            ("open_connection",),
        ),
        (
            "0x80040414",
            "A window in QuickBooks waits for an answer",
            "As long as a question or a message is open in QuickBooks, no other program gets through: close it.",
            VISIT,
            _NOBODY,
            ("open_connection",),
        ),
        (
            "0x80040416",
            "QuickBooks is not running",
            "QuickBooks is closed, and the Web Connector was not told which company file to open.",
            VISIT,
            _THERE,
            ("open_connection",),
        ),
        (
            "0x80040417",
            "No company file is open",
            "QuickBooks runs, but no company file is open in it.",
            VISIT,
            _THERE,
            ("open_connection",),
        ),
        (
            "0x80040418",
            "QuickBooks' Admin has not admitted Standpipe yet",
            "Only the Admin can do that, in single-user mode, when the QWC file is added to the Web Connector.",
            _STANDS,
            _THERE,
            ("open_connection",),
        ),
        (
            "0x8004041A",
            "Standpipe has no permission for the company file",
            "The permission was never given for this company file, or was taken away in QuickBooks.",
            _STANDS,
            _THERE,
            ("open_connection",),
        ),
        (
            "0x8004041D",
            "QuickBooks may not be opened unattended",
            "QuickBooks is closed, and Standpipe was not allowed to log in to the company file automatically.",
            VISIT,
            _THERE,
            ("open_connection",),
        ),
        (
            "0x8004041F",
            "This edition of QuickBooks does not work with other programs",
            "The Web Connector needs QuickBooks Pro, Premier or Enterprise.",
            _STANDS,
            _THERE,
            ("open_connection", "report"),
        ),
        (
            "0x80040420",
            "Somebody said no in QuickBooks",
            "QuickBooks asked whether Standpipe may have access, and the answer was no.",
            _STANDS,
            _THERE,
            ("open_connection",),
        ),
        (
            "0x80040422",
            "Another program holds the company file",
            "It works in single-user mode, and nobody else gets in until it has finished.",
            VISIT,
            _NOBODY,
            ("open_connection",),
        ),
        (
            "0x80040424",
            "QuickBooks was still starting",
            "QuickBooks had not finished starting when the Web Connector called it.",
            VISIT,
            _NOBODY,
            ("open_connection",),
        ),
        (
            "0x80040438",
            "Several QuickBooks run at once",
            "Close every QuickBooks on that computer and open one.",
            VISIT,
            _THERE,
            ("open_connection",),
        ),
        (
            "0x80040308",
            "QuickBooks' way in for programs does not answer",
            "The part of QuickBooks that other programs talk to cannot be reached: its installation needs a repair.",
            VISIT,
            _THERE,
            ("open_connection",),
        ),
        (
            "0x80040154",
            "QuickBooks' way in for programs is not installed",
            "Windows does not know the part of QuickBooks that other programs talk to.",
            VISIT,
            _THERE,
            ("open_connection",),
        ),
        (
            "0x80010105",
            "QuickBooks' way in for programs broke down",
            "QuickBooks failed in the middle of a request. What became of that request is looked up first.",
            VISIT,
            _THERE,
            ("open_connection",),
        ),
    )
)

# --- words of our own -----------------------------------------------------------------------------

OWN: Mapping[str, Entry] = _entries(
    (
        # found out before sending, or at the last look just before it
        (
            "not_ready",
            "Something is missing before it can be sent",
            "The checklist above says what; it was in order when you pressed Send to QBD and has changed since.",
            REFUSED,
            _YOU,
            ("retry", "edit"),
        ),
        (
            "unstorable_text",
            "A text cannot be stored in QuickBooks",
            "It holds letters or signs that QuickBooks has no place for, and no plain letters stand for them.",
            REFUSED,
            _YOU,
            ("shorten_text",),
        ),
        (
            "out_of_range",
            "A value is outside what QuickBooks keeps",
            "An amount, quantity, rate or date is larger, finer or further away than QuickBooks can hold.",
            REFUSED,
            _YOU,
            ("change_amount", "change_date"),
        ),
        (
            "number_taken",
            "The number is already used in QuickBooks",
            "Just before posting, Standpipe looked for the number and found an invoice in QuickBooks under it.",
            "Nothing was sent and nothing was changed in QuickBooks. Everything else went on.",
            _YOU,
            ("choose_number", "already_there"),
        ),
        (
            "customer_gone",
            "The customer is no longer in QuickBooks",
            "It was deleted in QuickBooks, or merged with another one, after it was linked here.",
            REFUSED,
            _YOU,
            ("link_again", "refresh_lists"),
        ),
        (
            "bill_to_undecided",
            "Nobody has said which customer gets it",
            "Building and account are linked to two customers of QuickBooks that do not belong together.",
            _WAITS,
            _YOU,
            ("link_again",),
        ),
        (
            "item_missing",
            "A line has no item in QuickBooks",
            "The item of a line is not linked to one of QuickBooks, and no default item is set.",
            REFUSED,
            _YOU,
            ("choose_item", "choose_default_item"),
        ),
        (
            "terms_missing",
            "The terms are not in QuickBooks",
            "The terms of the invoice are not linked to terms of QuickBooks, or were made inactive there.",
            REFUSED,
            _YOU,
            ("choose_terms", "refresh_lists"),
        ),
        (
            "tax_missing",
            "The sales tax is not in QuickBooks",
            "The tax of the invoice is not linked to a tax item or tax group of QuickBooks.",
            REFUSED,
            _YOU,
            ("choose_tax", "open_settings"),
        ),
        (
            "no_method",
            "The payment method is not set",
            "Nobody has said yet which payment method of QuickBooks stands for this one.",
            REFUSED,
            _YOU,
            ("choose_method",),
        ),
        (
            "method_gone",
            "The payment method is no longer in QuickBooks",
            "The method that was chosen in the settings was deleted in QuickBooks.",
            REFUSED,
            _YOU,
            ("choose_method", "refresh_lists"),
        ),
        (
            "method_inactive",
            "The payment method is inactive in QuickBooks",
            "The method that was chosen in the settings was made inactive in QuickBooks.",
            REFUSED,
            _YOU,
            ("choose_method", "refresh_lists"),
        ),
        (
            "no_deposit_account",
            "The deposit account is not set",
            "Nobody has said yet into which account of QuickBooks payments of this kind go.",
            REFUSED,
            _YOU,
            ("choose_account",),
        ),
        (
            "deposit_account_gone",
            "The deposit account is no longer in QuickBooks",
            "The account that was chosen in the settings was deleted in QuickBooks.",
            REFUSED,
            _YOU,
            ("choose_account", "refresh_lists"),
        ),
        (
            "deposit_account_inactive",
            "The deposit account is inactive in QuickBooks",
            "The account that was chosen in the settings was made inactive in QuickBooks.",
            REFUSED,
            _YOU,
            ("choose_account", "refresh_lists"),
        ),
        # payments
        (
            "overpaid",
            "The payment is larger than what is open",
            "QuickBooks takes no more for an invoice than is still open on it.",
            REFUSED,
            _YOU,
            ("change_amount", "read_again"),
        ),
        (
            "paid_there",
            "QuickBooks already shows less open, or nothing",
            "Somebody entered a payment or a credit for this invoice in QuickBooks; it may be this very payment.",
            _WAITS,
            _YOU,
            ("already_there", "not_there", "change_amount", "read_again"),
        ),
        (
            "closed_period",
            "The payment is dated in a closed period",
            "The payment is dated on or before the closing date that is set in QuickBooks.",
            "The payment waits. It is sent by itself once its date or the closing date is another.",
            _YOU,
            ("change_date", "already_there"),
        ),
        (
            "invoice_gone",
            "The invoice is not in QuickBooks",
            "A payment follows its invoice: the invoice was not sent, was refused, or is gone from QuickBooks.",
            "The payment waits. It is sent by itself once the invoice is in QuickBooks.",
            _YOU,
            ("retry",),
        ),
        # outcomes that only a person can tell
        (
            "ambiguous",
            "It may be in QuickBooks already",
            "The answer to a sending was lost, and more than one record in the company file could be it.",
            _WAITS,
            _YOU,
            ("already_there", "not_there", "read_again"),
        ),
        (
            "not_found_twice",
            "It was sent, and is nowhere to be found",
            "The answer was lost, and the company file does not hold it although QuickBooks says it did the letter.",
            _WAITS,
            _YOU,
            ("not_there", "already_there", "read_again"),
        ),
        (
            "locked_long",
            "It has been locked for a long time",
            "Somebody has had the record open in QuickBooks at every attempt. Ask who, and to close the window.",
            REPEATS,
            _THERE,
            ("retry",),
        ),
        (
            "unreadable_alone",
            "QuickBooks cannot read this one",
            "Sent alone it is still refused, so something in its texts or numbers is not to QuickBooks' liking.",
            _OURS,
            _YOU,
            ("edit", "retry", "report"),
        ),
        (
            "our_fault",
            "Something in Standpipe stopped it",
            "Standpipe could not write the letter for this one. The server has noted why; the others went on.",
            _OURS,
            _YOU,
            ("retry", "report"),
        ),
        (
            "outcome_unknown",
            "What became of it is not known yet",
            "The answer to the last letter was lost, and QuickBooks could not be asked about it in the same visit.",
            _LOOKING,
            _NOBODY,
            (),
        ),
        (
            "check_failed",
            "QuickBooks did not answer the question before sending",
            "Standpipe asks for numbers and open balances before it sends anything, and no answer came.",
            REPEATS,
            _NOBODY,
            ("open_connection",),
        ),
        (
            "damaged_answer",
            "The answer of QuickBooks arrived damaged",
            "It broke off or was changed on its way through the network.",
            _LOOKING,
            _NOBODY,
            ("retry",),
        ),
        # after sending
        (
            "total_differs",
            "QuickBooks computed another total",
            "The invoice is the same, but QuickBooks rounds or taxes it differently than it stands here.",
            POSTED,
            _YOU,
            ("read_again",),
        ),
        (
            "void",
            "It was voided in QuickBooks",
            "Somebody voided it in QuickBooks: it stands there with an amount of zero.",
            _AS_IT_IS,
            _YOU,
            ("read_again",),
        ),
        (
            "deleted",
            "It was deleted in QuickBooks",
            "Somebody deleted it in QuickBooks; the list of deleted transactions names it.",
            _AS_IT_IS,
            _YOU,
            ("not_there", "read_again"),
        ),
        (
            "missing",
            "It is no longer in QuickBooks",
            "QuickBooks does not find it any more, and does not say who took it away or when.",
            _AS_IT_IS,
            _YOU,
            ("not_there", "read_again"),
        ),
        (
            "changed_there",
            "It was changed in QuickBooks",
            "Somebody changed its number, date, customer or amount in QuickBooks after it was posted.",
            _AS_IT_IS,
            _YOU,
            ("read_again",),
        ),
        (
            "lost_after_restore",
            "It is missing since a backup was restored",
            "The company file was put back to an earlier state, from before this was posted.",
            _WAITS,
            _YOU,
            ("not_there", "already_there", "read_again"),
        ),
        (
            "restored",
            "The company file has gone back in time",
            "What QuickBooks had is no longer there: a backup was restored, or an older copy was opened.",
            "Nothing is sent until everything that was posted since has been looked for in the company file.",
            _NOBODY,
            ("open_connection",),
        ),
        # the visit itself
        (
            "other_file",
            "The wrong company file was open",
            "At the last visit QuickBooks had a company file open that carries the mark of another connection.",
            _STANDS,
            _THERE,
            ("open_connection",),
        ),
        (
            "moved",
            "The company file is in another place",
            "The file carries the mark of this connection but lies elsewhere, so it was moved or copied.",
            _STANDS,
            _YOU,
            ("open_connection",),
        ),
        (
            "unstamped",
            "The company file cannot be recognised",
            "The open file does not carry the mark of this connection, and has another name or place than before.",
            _STANDS,
            _YOU,
            ("open_connection",),
        ),
        (
            "file_unreadable",
            "QuickBooks did not say which company file is open",
            "The first call of the visit named no company file, or could not be read.",
            _STANDS,
            _THERE,
            ("open_connection",),
        ),
        (
            "quickbooks_too_old",
            "This QuickBooks is too old",
            "Standpipe needs QuickBooks 2006 or newer.",
            _STANDS,
            _THERE,
            ("open_connection",),
        ),
        (
            "list_halted",
            "QuickBooks stopped reading its list",
            "QuickBooks said that more was to come, and then gave nothing.",
            _READING,
            _NOBODY,
            ("open_connection",),
        ),
    )
)

CATALOGUE: Mapping[str, Entry] = MappingProxyType({**STATUS, **MESSAGE_SET, **HRESULT, **OWN})
