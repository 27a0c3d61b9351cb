"""Every message and code that QuickBooks and its Web Connector say, each in one table.

`confirmed` is False where a number comes from general knowledge of the SDK and no public source settles it.
Sources: Intuit's "QBD-errorcodes" page and status code pages; QBWC Programmer's Guide, Appendix A; recorded
responses in qbwc/qbwc (test_helper), consolibyte/quickbooks-php and hotgluexyz/qbwc-common.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StatusText:
    """What a code says. Its severity follows from its range: see `severity`."""

    text: str  # with named places: {value}, {field}, {kind}, {reason}
    confirmed: bool = True  # False: the number comes from general knowledge of the SDK


STATUSES: dict[int, StatusText] = {
    0: StatusText("Status OK"),
    1: StatusText("A query request did not find a matching object in QuickBooks"),
    500: StatusText(
        "The query request has not been fully completed. There was a required element "
        '("{value}") that could not be found in QuickBooks.'
    ),
    510: StatusText('The object "{value}" was saved, but it cannot be returned.'),
    1000: StatusText("There has been an internal error when processing the request."),
    1060: StatusText('The request ID "{value}" is invalid, maximum length is 50 characters.'),
    3000: StatusText('The given object ID "{value}" in the field "{field}" is invalid.'),
    3010: StatusText('There was an error when converting the boolean value "{value}" in the field "{field}".'),
    3020: StatusText('There was an error when converting the date value "{value}" in the field "{field}".'),
    3030: StatusText("The from-date is later than the to-date in the date range filter."),
    3031: StatusText("The from-name is greater than the to-name in the name range filter."),
    3040: StatusText(
        'There was an error when converting the amount "{value}" in the field "{field}".', confirmed=False
    ),
    3045: StatusText(
        'There was an error when converting the price "{value}" in the field "{field}".', confirmed=False
    ),
    3050: StatusText(
        'There was an error when converting the percent "{value}" in the field "{field}".', confirmed=False
    ),
    3060: StatusText(
        'There was an error when converting the quantity "{value}" in the field "{field}".', confirmed=False
    ),
    3070: StatusText('The string "{value}" in the field "{field}" is too long.', confirmed=False),
    3080: StatusText('The string "{value}" in the field "{field}" is invalid.', confirmed=False),
    3085: StatusText(
        'There was an error when converting the number "{value}" in the field "{field}".', confirmed=False
    ),
    3090: StatusText('There was an error when storing "{value}" in the "{field}" field. {reason}', confirmed=False),
    3100: StatusText('The name "{value}" of the list element is already in use.'),
    3110: StatusText(
        'The value "{value}" in the field "{field}" is not one of those that are possible.', confirmed=False
    ),
    3120: StatusText(
        'Object "{value}" specified in the request cannot be found.  QuickBooks error message: '
        "Invalid argument.  The specified record does not exist in the list."
    ),
    3121: StatusText('The owner ID "{value}" is not known in this company file.', confirmed=False),
    3130: StatusText('There is an invalid reference to a parent "{value}" in the {field} list.'),
    3140: StatusText('There is an invalid reference to QuickBooks {kind} "{value}" in the {field}.'),
    3150: StatusText('There is a missing element: "{field}".', confirmed=False),
    3153: StatusText('The element "{field}" conflicts with "{value}".', confirmed=False),
    3160: StatusText(
        'Cannot delete the object specified by the id = "{value}". QuickBooks error message: {reason}',
        confirmed=False,
    ),
    3161: StatusText(
        'Cannot delete the object specified by the id = "{value}". QuickBooks error message: {reason}',
        confirmed=False,
    ),
    3162: StatusText(
        "This cannot be done in multi-user mode. Switch the company file to single-user mode first.", confirmed=False
    ),
    3170: StatusText(
        "There was an error when modifying the list. QuickBooks error message: "
        "The list has been modified by another user."
    ),
    3171: StatusText(
        "An attempt was made to modify or add a transaction with a date that is on or before the closing date of the "
        "company. {reason}"
    ),
    3175: StatusText('The object "{value}" could not be locked. It is in use by another user.'),
    3176: StatusText('A related object, "{value}", is in use: failed to acquire the lock for it.'),
    3177: StatusText('The object "{value}" is of a kind that cannot be used for this.', confirmed=False),
    3180: StatusText("There was an error when saving the object. QuickBooks error message: {reason}"),
    3185: StatusText(
        'There was an error when attempting to void the object "{value}". QuickBooks error message: {reason}',
        confirmed=False,
    ),
    3190: StatusText('The element "{field}" cannot be cleared.', confirmed=False),
    3200: StatusText('The provided edit sequence "{value}" is out-of-date.'),
    3205: StatusText('The address "{field}" cannot be stored. {reason}', confirmed=False),
    3210: StatusText('The "{field}" field has an invalid value "{value}". QuickBooks error message: {reason}'),
    3231: StatusText("The request has not been processed."),
    3250: StatusText('The "{field}" feature is not enabled or not available in this version of QuickBooks.'),
    3260: StatusText("Insufficient permission level to perform this action."),
    3261: StatusText('This application may not use personal data such as "{field}".'),
    3263: StatusText("This application may only read this company file."),
    3270: StatusText('There is no posting account: "{value}".', confirmed=False),
    3280: StatusText('The item "{value}" is of a kind that "{field}" cannot take.', confirmed=False),
    3391: StatusText('The iteratorID "{value}" is not valid.'),
    9100: StatusText('The macro "{value}" is not defined.', confirmed=False),
}


def severity(code: int) -> str:
    """Info below 500, Warn below 1000, Error above (Intuit, QBD-errorcodes page)."""
    if code < 500:
        return "Info"
    return "Warn" if code < 1000 else "Error"


def status_text(code: int, **places: object) -> str:
    return STATUSES[code].text.format(**places)


# What QuickBooks says of a whole message set, in messageSetStatusCode (Intuit, error recovery page; its samples
# PurchaseOrderModify and InvoiceAdd). 9003 is unused there too.
MESSAGE_SET_STATUSES: dict[int, str] = {
    0: "The set was done, and its answer is kept.",
    600: "The old ID is not known, or nothing is kept under the ID that a status check asks for.",
    9001: "The ID is known, but the checksum of the requests differs: nothing was done.",
    9002: "No answer is kept under the ID: some of its requests may have been done.",
    9003: "Unused.",
    9004: "The ID is too long: nothing was done.",
    9005: "The set was done, but its answer could not be kept.",
}

# What QuickBooks' request processor throws (QBWC Programmer's Guide; Intuit, "Making your application robust";
# texts as the sample service WCWebService and public logs show them).
HRESULTS: dict[str, str] = {
    "0x80010105": "The server threw an exception.",
    "0x80040154": "The request processor is not installed on this computer (class not registered).",
    "0x80040400": "QuickBooks found an error when parsing the provided XML text stream.",
    "0x80040401": "Could not access QuickBooks.",
    "0x80040402": "Unexpected error. Check the qbsdklog.txt file for possible, additional information.",
    "0x80040403": "Could not open the specified QuickBooks company data file.",
    "0x80040406": "The specified QuickBooks company data file could not be found.",
    "0x80040408": "Could not start QuickBooks.",
    "0x8004040A": "A QuickBooks company data file is already open and it is different from the one requested.",
    "0x8004040D": "The session ticket is invalid.",
    "0x80040410": "The QuickBooks company data file is currently open in a mode other than the one specified.",
    "0x80040414": (
        "A modal dialog box is showing in the QuickBooks user interface. "
        "Your application cannot access QuickBooks until the user dismisses the dialog box."
    ),
    "0x80040416": (
        "If the QuickBooks company data file is not open, the name of the file must be given to begin a session."
    ),
    "0x80040417": "There is no company file open in QuickBooks and no file name was given.",
    "0x80040418": (
        "This application has not accessed this QuickBooks company data file before. "
        "Only the QuickBooks administrator can grant an application permission to access it for the first time."
    ),
    "0x8004041A": "This application does not have permission to access this QuickBooks company data file.",
    "0x8004041D": ("This application is not allowed to log into this QuickBooks company data file automatically."),
    "0x8004041F": "This edition of QuickBooks is not supported.",
    "0x80040420": "The QuickBooks user has denied access.",
    "0x80040422": (
        "This application requires single user file access mode and there is already another application "
        "sharing data with this QuickBooks company data file."
    ),
    "0x80040424": "QuickBooks did not finish its initialization.",
    "0x80040438": "Several instances of QuickBooks are running, or its session is in a wrong state.",
}


@dataclass(frozen=True, slots=True)
class ConnectorText:
    """What happened, and what a person can do about it."""

    text: str
    repair: str


# QBWC Programmer's Guide, Appendix A (1046, 1048 and the repair of 1039: also Expensify/App PR 90785, KaydBooks).
CONNECTOR: dict[str, ConnectorText] = {
    "QBWC1000": ConnectorText(
        "The support address is on {support_host}, the application on {app_host}.",
        "Put AppSupport on the same host as AppURL.",
    ),
    "QBWC1001": ConnectorText(
        "AppURL names a number instead of a host: {host}.",
        "Use a host name in AppURL; only https addresses with a name are accepted (localhost may be http).",
    ),
    "QBWC1002": ConnectorText(
        "AppSupport names a number instead of a host: {host}.", "Use a host name in AppSupport."
    ),
    "QBWC1003": ConnectorText("The support page answered {status}.", "Make {url} public: it must answer 200 or 202."),
    "QBWC1004": ConnectorText(
        "The support page cannot be reached: {reason}.",
        "Check that {url} opens in a browser on this computer (name, certificate, firewall).",
    ),
    "QBWC1010": ConnectorText("AppURL is not https: {url}.", "Use https, or http on localhost only."),
    "QBWC1012": ConnectorText(
        "Authentication failed because the service could not be reached or answered nonsense: {reason}.",
        "Check that the service runs and AppURL is right (name, certificate, firewall); it must answer SOAP.",
    ),
    "QBWC1013": ConnectorText(
        "QuickBooks could not be opened: {hresult} {message}", "Act on the message, then run the update again."
    ),
    "QBWC1014": ConnectorText(
        "The questions about host, company and preferences failed: {reason}",
        "Check the application's rights in QuickBooks and that nobody blocks the file.",
    ),
    "QBWC1015": ConnectorText(
        "The session with QuickBooks could not be ended: {reason}", "Close the company file and open it again."
    ),
    "QBWC1022": ConnectorText(
        "The company file could not be searched for the application's data: {reason}",
        "Open the company file as Admin in single-user mode and add the application again.",
    ),
    "QBWC1030": ConnectorText("No password is stored for {name}.", "Type the password that the service showed."),
    "QBWC1031": ConnectorText(
        "The scheduled update ended with an error.", "The lines before say which; it runs again by its schedule."
    ),
    "QBWC1033": ConnectorText(
        "The log cannot be written: {reason}", "Check the rights to the file, or choose another one."
    ),
    "QBWC1034": ConnectorText(
        "AuthFlags do not include the edition that runs here: {hresult} {message}",
        "Add the edition to AuthFlags (this is Premier, 0x4), or leave AuthFlags out.",
    ),
    "QBWC1036": ConnectorText(
        "The clientVersion call failed: {reason}.", "The service must answer clientVersion; the session goes on."
    ),
    "QBWC1037": ConnectorText("The service said: {text}", "Follow what the service says about versions."),
    "QBWC1039": ConnectorText("The application could not be added: {reason}", "{repair}"),
    "QBWC1040": ConnectorText(
        "The service refused the user name or password.",
        "Type the password again, or make a new one at the service.",
    ),
    "QBWC1041": ConnectorText(
        "The sendRequestXML call failed: {reason}.", "See the service's log; the update runs again later."
    ),
    "QBWC1042": ConnectorText(
        "The receiveResponseXML call failed: {reason}.",
        "See the service's log (a big answer may exceed its limit for bodies); the update runs again later.",
    ),
    "QBWC1043": ConnectorText("The getLastError call failed: {reason}.", "See the service's log."),
    "QBWC1044": ConnectorText("The closeConnection call failed: {reason}.", "See the service's log."),
    "QBWC1045": ConnectorText("The connectionError call failed: {reason}.", "See the service's log."),
    "QBWC1046": ConnectorText(
        "clientVersion was answered with something that means nothing: {text!r}.",
        'The service must answer "" or start with "W:", "E:" or "O:".',
    ),
    "QBWC1048": ConnectorText(
        "The certificate could not be verified at {url}: {reason}.",
        "Serve the whole certificate chain; CertURL must open without a login.",
    ),
}

# What the QWC must not do, each ending in QBWC1039 (guide, chapter 4; KaydBooks on IsReadOnly).
QWC_REPAIRS: dict[str, str] = {
    "not-xml": "Download the QWC file again; it must be well-formed XML with the root QBWCXML.",
    "missing": "Add the element {tag} to the QWC file.",
    "repeated": "Name the element {tag} only once in the QWC file.",
    "unknown": "Remove the element {tag} from the QWC file.",
    "guid": "{tag} must be a GUID in braces, like {{11111111-2222-4333-8444-555555555555}}.",
    "value": "{tag} may be {allowed}.",
    "number": "{tag} must be a whole number above zero.",
    "read-only": "Leave IsReadOnly out or false: the Web Connector itself must write FileID into the file.",
    "same-name": "Give each application its own AppName, or the same AppUniqueName if one replaces the other.",
    "stamped": (
        "This company file already carries another FileID for this OwnerID. Use the QWC file that was added "
        "first, remove the old application, or make a QWC file with a new FileID and OwnerID pair."
    ),
}
