"""Every qbXML request that the product hands out during the suite is kept and, at the end, held against the schema.

The schema is Intuit's and not part of this repository: QBXML_SCHEMA_DIR names a folder with qbxmlops130.xsd.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from lxml import etree

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

FOLDER = "STANDPIPE_REQUEST_LOG"  # set by the process that runs the suite, inherited by workers and servers


def record_request(document: str) -> None:
    """Keep one qbXML document; equal ones are kept once. An empty one ("nothing for you") is not a request."""
    if not document or FOLDER not in os.environ:
        return
    content = document.encode()
    path = Path(os.environ[FOLDER], f"{hashlib.sha256(content).hexdigest()}.xml")
    if not path.exists():
        path.write_bytes(content)


class RecordRequests:
    """Middleware: looks at what leaves, so that it sees the test client, threads and real servers alike."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not response.streaming and b"sendRequestXMLResult" in response.content:
            for result in etree.fromstring(response.content).iter("{*}sendRequestXMLResult"):
                record_request(result.text or "")
        return response


def recorded_requests() -> list[Path]:
    return sorted(Path(os.environ[FOLDER]).glob("*.xml"))


def offences(documents: list[Path], *, schema_dir: Path) -> Iterator[str]:
    """What the published schema says against each document, with the document."""
    schema = etree.XMLSchema(etree.parse(schema_dir / "qbxmlops130.xsd"))
    for path in documents:
        try:
            tree = etree.parse(path)
        except etree.XMLSyntaxError as broken:
            yield f"not well-formed: {broken}\n{path.read_text()}"
            continue
        if not schema.validate(tree):
            reasons = "\n".join(f"line {entry.line}: {entry.message}" for entry in schema.error_log)
            yield f"{reasons}\n{path.read_text()}"
