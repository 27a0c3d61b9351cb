"""Message sets: the document around requests, and the document around responses.

Source: qbXML 13.0 reference, QBXMLMsgsRq and QBXMLMsgsRs; QBSDK Programmer's Guide, error recovery. Requests are
ASCII with numeric entities, because raw accents have been refused as parse errors (consolibyte/quickbooks-php wiki).
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, cast

from lxml import etree

from qbwire.codec import Texts, UnreadableRecord, declared_messages, decoder_of, encode, text_reader_of
from qbwire.errors import DamagedDocument, InvalidMessage
from qbwire.messages.error_recovery import ErrorRecovery
from qbwire.parser import MAX_BYTES, Unreadable, parse_forgiving
from qbwire.status import Severity, severity_of

# --- requests -------------------------------------------------------------------------------------

OnError = Literal["continueOnError", "stopOnError"]  # rollbackOnError passes the schema, QuickBooks does not offer it
_VERSION = re.compile(r"[0-9]{1,2}\.[0-9]")
MAX_REQUEST_ID = 50  # else status 1060
MAX_MESSAGE_SET_ID = 23  # one source says 23, Intuit's sample 24: the smaller holds


def encode_request_set(
    requests: Sequence[tuple[str, object]],
    *,
    version: str = "13.0",
    on_error: OnError = "continueOnError",
    new_message_set_id: str | None = None,
    old_message_set_id: str | None = None,
) -> str:
    """Return the ASCII document that carries the requests, each under its request ID, in this order.

    Raises InvalidMessage where a request breaks its declaration: QuickBooks would refuse the whole document without
    saying which one. A set that changes the company file needs a `new_message_set_id`; `old_message_set_id` is the
    one before it, which QuickBooks then forgets.
    """
    if _VERSION.fullmatch(version) is None:
        raise InvalidMessage("qbxml/@version", f"{version!r} is not like 13.0")
    root = etree.Element("QBXML")
    message_set = etree.SubElement(root, "QBXMLMsgsRq", onError=on_error)
    for name, value in (("newMessageSetID", new_message_set_id), ("oldMessageSetID", old_message_set_id)):
        if value is not None:
            _check_id(value, place=f"QBXMLMsgsRq/@{name}", limit=MAX_MESSAGE_SET_ID)
            message_set.set(name, value)
    for request_id, request in requests:
        element = encode(request)
        if not str(element.tag).endswith("Rq"):
            raise InvalidMessage(str(element.tag), "is no request")
        _check_id(request_id, place=f"{element.tag}/@requestID", limit=MAX_REQUEST_ID)
        element.set("requestID", request_id)
        message_set.append(element)
    root.addprevious(etree.ProcessingInstruction("qbxml", f'version="{version}"'))
    document = etree.tostring(root.getroottree(), encoding="us-ascii").decode("ascii")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{document}'


def encode_status_query(message_set_id: str, *, version: str = "13.0") -> str:
    """Return the document that asks for the stored answer of a set and executes nothing.

    The answer has the responses of that set where QuickBooks kept them. Its `message_set_status_code` says otherwise,
    or is missing: that proves nothing, see qbwire.status.explain_message_set.
    """
    return encode_request_set(
        [], version=version, new_message_set_id=message_set_id, old_message_set_id=message_set_id
    )


def encode_forget(message_set_id: str, *, version: str = "13.0") -> str:
    """Return the document that lets QuickBooks forget the stored answer of a set, when ours is committed."""
    return encode_request_set([], version=version, old_message_set_id=message_set_id)


def _check_id(value: str, *, place: str, limit: int) -> None:
    if not 0 < len(value) <= limit or not value.isascii() or not value.isprintable():
        raise InvalidMessage(place, f"{value!r} is not 1 to {limit} printable ASCII characters")


# --- responses ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How a request went. Decide by severity first, by code second; the message is for people."""

    code: int
    severity: Severity
    message: str = ""

    @property
    def is_error(self) -> bool:
        return self.severity == "Error"


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenRecord:
    """A record that cannot be read, with what can be said about it."""

    list_id: str | None  # of a transaction its TxnID
    full_name: str | None  # of a transaction its number
    reason: str
    raw: str  # its XML, cut to what a person can look through


class Record:
    """One record of a response, not decoded yet: a page where nothing changed need not be decoded at all."""

    __slots__ = ("_cls", "_element")

    def __init__(self, element: etree._Element, *, cls: type) -> None:
        self._element = element
        self._cls = cls

    @property
    def cls(self) -> type:
        """The declared class that it decodes to."""
        return self._cls

    @property
    def key(self) -> str | None:
        """The ListID or TxnID, None where the record has neither."""
        return self.text_of("ListID") or self.text_of("TxnID")

    def text_of(self, tag: str) -> str | None:
        """Return the text of one top-level element, None where it is absent or blank."""
        value = self._element.findtext(tag)
        return value if value and not value.isspace() else None

    def texts(self) -> Texts:
        """Return the record as plain texts by wire name, for long lists: cheaper than decode(), unchecked.

        The declaration gives the shape: text without blanks around it, a dictionary for an aggregate, a list of them
        for what repeats. What is blank or unknown is left out.
        """
        return text_reader_of(self._cls)(self._element)

    def decode(self) -> Any:
        """Return the record as its declared class; raise UnreadableRecord."""
        return decoder_of(self._cls)(self._element)

    def xml(self) -> str:
        """Return the record as XML."""
        return etree.tostring(self._element, encoding="unicode", with_tail=False)

    def fingerprint(self, *, seed: bytes = b"") -> bytes:
        """Return 16 bytes that stay while nothing but EditSequence and TimeModified changes.

        `seed` (at most 64 bytes) is the caller's own version of what it makes of a record.
        """
        raw = etree.tostring(self._element, with_tail=False)
        for start, end in _MOVING:
            if start in raw:
                first, *others = raw.split(start)
                raw = first + b"".join(other.partition(end)[2] for other in others)
        return hashlib.blake2b(raw, digest_size=16, key=seed).digest()

    def broken(self, reason: str) -> BrokenRecord:
        """Return what can be said about this record when it cannot be decoded."""
        return BrokenRecord(
            list_id=self.key,
            full_name=self.text_of("FullName") or self.text_of("Name") or self.text_of("RefNumber"),
            reason=reason,
            raw=self.xml()[:4000],  # a page of a log
        )


# Text cannot hold markup, so that only elements are cut; an empty one is written without an end and stays.
_MOVING = ((b"<EditSequence>", b"</EditSequence>"), (b"<TimeModified>", b"</TimeModified>"))


@dataclass(frozen=True, kw_only=True)
class Response:
    """The answer to one request. An error and "nothing found" have no records.

    The answer to a query of items or terms mixes the kinds, each with its own class.
    """

    request_id: str | None
    kind: str  # CustomerQuery, InvoiceAdd, …
    status: Status
    ret_count: int | None = None
    iterator_remaining_count: int | None = None
    iterator_id: str | None = None
    records: tuple[Record, ...] = field(default=(), repr=False)
    recovery: Record | None = field(default=None, repr=False)

    @property
    def error_recovery(self) -> ErrorRecovery | None:
        """The IDs of what was saved, where QuickBooks could not return the object itself."""
        if self.recovery is None:
            return None
        try:
            return cast("ErrorRecovery", self.recovery.decode())
        except UnreadableRecord:  # a bad number must not cost the ID that proves the execution
            text_of = self.recovery.text_of
            return ErrorRecovery(
                list_id=text_of("ListID"),
                owner_id=text_of("OwnerID"),
                txn_id=text_of("TxnID"),
                edit_sequence=text_of("EditSequence"),
                external_guid=text_of("ExternalGUID"),
            )

    @property
    def items(self) -> tuple[Any, ...]:
        """The records that can be read, as their declared classes, in the order of the answer."""
        return self._decoded[0]

    @property
    def broken(self) -> tuple[BrokenRecord, ...]:
        """The records that cannot be read; one of them never stops the others."""
        return self._decoded[1]

    @cached_property
    def _decoded(self) -> tuple[tuple[Any, ...], tuple[BrokenRecord, ...]]:
        items: list[Any] = []
        broken: list[BrokenRecord] = []
        for record in self.records:
            try:
                items.append(record.decode())
            except UnreadableRecord as error:
                broken.append(record.broken(str(error)))
        return tuple(items), tuple(broken)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseSet:
    """A whole answer. `message_set_status_code` tells of error recovery, None where no set ID was sent."""

    responses: tuple[Response, ...]
    new_message_set_id: str | None = None
    message_set_status_code: int | None = None
    dropped_characters: int = 0  # that no XML may hold and that were passed over

    def of_kind(self, kind: str) -> Response | None:
        """Return the first response of that kind."""
        return next((response for response in self.responses if response.kind == kind), None)

    def by_request_id(self, request_id: str) -> Response | None:
        """Return the response to that request."""
        return next((response for response in self.responses if response.request_id == request_id), None)


def decode_response_set(document: str | bytes, *, max_bytes: int = MAX_BYTES) -> ResponseSet:
    """Read the document that QuickBooks answered with; raise DamagedDocument where it cannot be trusted as a whole.

    Text, which has been decoded once already, is read whatever encoding its declaration names.
    """
    root, dropped = _parsed(document, max_bytes=max_bytes)
    message_set = root.find("QBXMLMsgsRs") if root.tag == "QBXML" else None
    if message_set is None:
        raise DamagedDocument(f"It is no qbXML response: {_outline(root)}.")
    return ResponseSet(
        responses=tuple(_response(element) for element in message_set),
        new_message_set_id=message_set.get("newMessageSetID"),
        message_set_status_code=_number(message_set, "messageSetStatusCode"),
        dropped_characters=dropped,
    )


def _parsed(document: str | bytes, *, max_bytes: int) -> tuple[etree._Element, int]:
    try:
        body = document if isinstance(document, bytes) else document.encode("utf-8")
        if not body.strip():
            raise DamagedDocument("The document is empty.")
        return parse_forgiving(body, max_bytes=max_bytes, encoding=None if isinstance(document, bytes) else "utf-8")
    except UnicodeEncodeError as error:
        raise DamagedDocument("The document holds half characters.") from error
    except Unreadable as error:
        raise DamagedDocument(f"The document cannot be read: {error}.") from error


def _outline(root: etree._Element) -> str:
    children = ", ".join(str(child.tag)[:40] for child in list(root)[:3])
    return f"{str(root.tag)[:40]} with {children or 'nothing in it'}"


_SEVERITIES: Mapping[str, Severity] = {"Info": "Info", "Warn": "Warn", "Error": "Error"}


def _response(element: etree._Element) -> Response:
    tag = str(element.tag)
    code = _number(element, "statusCode")
    if not tag.endswith("Rs") or code is None:
        raise DamagedDocument(f"{tag[:40]} is no response with a status code.")
    recovery = element.find("ErrorRecovery")
    return Response(
        request_id=element.get("requestID"),
        kind=tag.removesuffix("Rs"),
        status=Status(
            code=code,
            severity=_SEVERITIES.get(element.get("statusSeverity", ""), severity_of(code)),
            message=element.get("statusMessage", ""),
        ),
        ret_count=_number(element, "retCount"),
        iterator_remaining_count=_number(element, "iteratorRemainingCount"),
        iterator_id=element.get("iteratorID") or None,
        records=_records(element),
        recovery=None if recovery is None else Record(recovery, cls=ErrorRecovery),
    )


def _records(element: etree._Element) -> tuple[Record, ...]:
    """Return the records in a response; a response that is declared itself, like TxnVoidRs, is its own record."""
    known = declared_messages()
    if element.tag in known:
        return (Record(element, cls=known[str(element.tag)]),) if len(element) else ()
    return tuple(
        Record(child, cls=known[str(child.tag)])
        for child in element
        if child.tag in known and child.tag != "ErrorRecovery"
    )


def _number(element: etree._Element, name: str) -> int | None:
    value = element.get(name)
    if value is None or not value.strip():
        return None
    try:
        return int(value)
    except ValueError:
        raise DamagedDocument(f"{str(element.tag)[:40]}/@{name} is no number: {value[:40]!r}.") from None
