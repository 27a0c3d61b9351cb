"""The one hardened XML parser. Everything that arrives from outside is parsed here and nowhere else.

No DTD, hence no entities but the five of XML and numeric ones; no network; no encoding but the four that a Web
Connector or QuickBooks can have written, told apart before libxml2 sees a byte, so that no declaration can lead the
check for a DTD astray. `huge_tree` is needed because libxml2 otherwise refuses a text of 10 MB, and one answer may be
larger; the size limit here takes its place, and without a DTD there is nothing that could grow while parsing.
"""

import codecs
import re

from lxml import etree

MAX_BYTES = 64 * 1024 * 1024  # an unpaged answer of 9,400 customers is 30 MB; twice that is no answer any more

_ENCODINGS = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "us-ascii": "us-ascii",
    "ascii": "us-ascii",
    "iso-8859-1": "iso-8859-1",
    "latin1": "iso-8859-1",
    "windows-1252": "windows-1252",
}
_DECLARATION = re.compile(rb"""\s*<\?xml\s[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_PROLOGUE = re.compile(rb"(?>\s++|<\?(?>.*?\?>)|<!--(?>.*?-->))*+", re.DOTALL)


class Unreadable(Exception):
    """The bytes are no XML document that this parser accepts."""


def parse(document: bytes, *, max_bytes: int = MAX_BYTES, encoding: str | None = None) -> etree._Element:
    """Return the root element; raise Unreadable with a reason fit for a log.

    `encoding` is given where the caller knows it (text that was already decoded once); else the declaration
    decides, and UTF-8 where there is none. Comments, processing instructions and the white space between
    elements are dropped.
    """
    if len(document) > max_bytes:
        raise Unreadable(f"{len(document):,} bytes are more than the {max_bytes:,} that are accepted")
    if b"\0" in document:
        raise Unreadable("it holds NUL bytes: UTF-16, UTF-32 or binary data")
    body = document.removeprefix(codecs.BOM_UTF8)
    encoding = encoding or _declared_encoding(body)
    prologue = _PROLOGUE.match(body)
    start = prologue.end() if prologue else 0
    if body[start : start + 9].upper() == b"<!DOCTYPE":
        raise Unreadable("it has a DTD")
    parser = etree.XMLParser(
        encoding=encoding,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=True,
        remove_comments=True,
        remove_pis=True,
        remove_blank_text=True,
    )
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise Unreadable(f"it is not well-formed: {error.msg}") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise Unreadable("it has a DTD")
    return root


def parse_forgiving(
    document: bytes, *, max_bytes: int = MAX_BYTES, encoding: str | None = None
) -> tuple[etree._Element, int]:
    """Parse, if need be without the characters that XML forbids, and say how many were dropped.

    One vertical tab that somebody pasted into a note must not stop a whole list for ever. NUL is not forgiven.
    """
    try:
        return parse(document, max_bytes=max_bytes, encoding=encoding), 0
    except Unreadable as error:
        cleaned, dropped = _FORBIDDEN.subn(b"", document)
        if not dropped:
            raise
        first = error
    try:
        return parse(cleaned, max_bytes=max_bytes, encoding=encoding), dropped
    except Unreadable:
        raise first from None


# Control characters but tab, line feed and carriage return, raw or as references; references to half characters and
# to U+FFFE and U+FFFF. One pattern without a callback: a hostile body may hold millions of them.
_FORBIDDEN = re.compile(
    rb"""
    [\x01-\x08\x0b\x0c\x0e-\x1f]
    | &\#0*(?: [1-8] | 1[124-9] | 2[0-9] | 3[01]
             | 5529[6-9] | 55[3-9][0-9]{2} | 56[0-9]{3} | 57[0-2][0-9]{2} | 573[0-3][0-9] | 5734[0-3]
             | 6553[45] );
    | &\#x0*(?: [1-8bcefBCEF] | 1[0-9a-fA-F] | [dD][89a-fA-F][0-9a-fA-F]{2} | [fF]{3}[efEF] );
    """,
    re.VERBOSE,
)


def _declared_encoding(body: bytes) -> str:
    match = _DECLARATION.match(body)
    if match is None:
        return "utf-8"
    name = match[1].decode("ascii").lower()
    try:
        return _ENCODINGS[name]
    except KeyError:
        raise Unreadable(f"its encoding {name} is not accepted") from None


def local_name(element: etree._Element) -> str:
    """Return the element's name without its namespace."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""
