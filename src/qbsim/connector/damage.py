"""What faults do to an answer on its way from QuickBooks to the service."""

import re
from html import unescape

from qbsim.faults import Faults


def damaged(response: str, *, faults: Faults) -> str:
    """Return the answer as a switched-on fault leaves it."""
    if faults.strikes("truncated-answer"):
        return response[: len(response) // 2]
    if faults.strikes("garbage-answer"):
        return "QuickBooks says hello."
    if faults.strikes("broken-answer"):
        return response.replace("</QBXMLMsgsRs>", "", 1)
    if faults.strikes("control-character"):
        return response.replace("Name>", "Name>&#11;", 1)
    return response


def as_windows_1252(message: bytes) -> bytes:
    """Turn the entities inside the escaped answer into Windows-1252 bytes, at least one, still called UTF-8."""
    text = message.decode("utf-8")
    raw = re.sub(r"&amp;#(\d+);", lambda found: unescape(f"&#{found[1]};"), text)
    if raw.isascii():
        raw = raw.replace("&lt;QBXML", "&lt;!-- caf\xe9 --&gt;&lt;QBXML", 1)
    return raw.encode("cp1252", "replace")
