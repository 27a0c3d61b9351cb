"""Reads a request document as QuickBooks' parser does: all of it, or nothing.

A fault of structure anywhere refuses the whole document (Intuit, QBD-errorcodes page; flowlink, README).
"""

import re
from dataclasses import dataclass

from lxml import etree

from qbsim.checking import StructureFault, check_structure
from qbsim.declarations import Request
from qbsim.messages import REQUESTS
from qbsim.wiretext import Version, version

_ON_ERROR = {"stopOnError", "continueOnError"}  # rollbackOnError is in the schema, not in QuickBooks Desktop
_RESPONSE_DATA = {"includeAll", "includeNone"}
_ATTRIBUTES = {"onError", "newMessageSetID", "oldMessageSetID", "responseData"}
_VERSION = re.compile(r"""\s*version\s*=\s*(["'])(\d{1,2}\.\d)\1\s*""")


@dataclass(frozen=True, slots=True)
class MessageSet:
    """A document that QuickBooks can read: its requests, and how they want to be answered."""

    requests: tuple[etree._Element, ...]
    version: Version
    stops_on_error: bool
    includes_data: bool
    new_id: str | None  # the ID to keep the answer under; see message_sets
    old_id: str | None  # the ID to forget


def read_message_set(qbxml: str | bytes, *, supported: list[str]) -> MessageSet:
    """Return the set with every request checked against its declaration. StructureFault says what is wrong."""
    root = _parse(qbxml)
    asked_version = _asked_version(root, supported=supported)
    children = list(root.iterchildren(tag=etree.Element))
    if root.tag != "QBXML" or root.attrib or len(children) != 1 or children[0].tag != "QBXMLMsgsRq":
        raise StructureFault("The document must be one QBXML with one QBXMLMsgsRq")
    element = children[0]
    if element.get("onError") not in _ON_ERROR:
        raise StructureFault("QBXMLMsgsRq needs onError: stopOnError or continueOnError")
    response_data = element.get("responseData", "includeAll")
    if set(element.attrib) - _ATTRIBUTES or response_data not in _RESPONSE_DATA:
        raise StructureFault("QBXMLMsgsRq has an attribute that does not exist, or one with a wrong value")
    requests = tuple(element.iterchildren(tag=etree.Element))
    for request in requests:
        check_structure(request, declared(request), version=asked_version)
    return MessageSet(
        requests,
        asked_version,
        stops_on_error=element.get("onError") == "stopOnError",
        includes_data=response_data == "includeAll",
        new_id=element.get("newMessageSetID") or None,
        old_id=element.get("oldMessageSetID") or None,
    )


def declared(request: etree._Element) -> Request:
    """Return the declaration of a request. StructureFault when there is none."""
    try:
        return REQUESTS[str(request.tag)]
    except KeyError:
        raise StructureFault(f"{request.tag} is no request that this simulator knows") from None


def _parse(qbxml: str | bytes) -> etree._Element:
    try:
        data = qbxml.encode("ascii") if isinstance(qbxml, str) else qbxml.decode("ascii").encode("ascii")
    except UnicodeError as error:
        raise StructureFault(
            "The document holds raw characters beyond ASCII; write them as entities like &#233;"
        ) from error
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise StructureFault(f"This is no well-formed XML: {error}") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise StructureFault("A document type is not allowed")
    return root


def _asked_version(root: etree._Element, *, supported: list[str]) -> Version:
    before = root.itersiblings(etree.PI, preceding=True)
    instructions = [str(node.text) for node in before if getattr(node, "target", "") == "qbxml"]
    if len(instructions) != 1:
        raise StructureFault('The instruction <?qbxml version="13.0"?> must stand once before the root')
    found = _VERSION.fullmatch(instructions[0])
    if found is None or found[2] not in supported:
        raise StructureFault(f"qbXML version {instructions[0]!r} is not one of {', '.join(supported)}")
    return version(found[2])
