"""Every qbXML request that the product hands out during the suite is kept and, at the end, held against the schema.

The schema is Intuit's and not part of this repository: QBXML_SCHEMA_DIR names a folder with qbxmlops130.xsd.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from lxml import etree

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

FOLDER = "STANDPIPE_REQUEST_LOG"  # set by the process that runs the suite, inherited by workers and servers
_MOST_REASONS = 20
_MOST_SHOWN = 4000  # characters of a document; some are of megabytes


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


@cache
def published_schema(folder: Path) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(folder / "qbxmlops130.xsd"))


def _never(_path: Path, _message: str) -> bool:
    return False


def offences(
    documents: list[Path], *, schema_dir: Path, is_excused: Callable[[Path, str], bool] = _never
) -> Iterator[str]:
    """What the published schema says against each document and is not excused, with the document."""
    schema = published_schema(schema_dir)
    for path in documents:
        try:
            tree = etree.parse(path)
        except etree.XMLSyntaxError as broken:
            yield f"not well-formed: {broken}\n{_shown(path)}"
            continue
        if not schema.validate(tree):
            entries = [entry for entry in schema.error_log if not is_excused(path, entry.message)]
            if entries:
                reasons = "\n".join(f"line {entry.line}: {entry.message}" for entry in entries[:_MOST_REASONS])
                yield f"{reasons}\n{_shown(path)}"


def _shown(path: Path) -> str:
    text = path.read_text()
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]} ... ({len(text)} characters)"
