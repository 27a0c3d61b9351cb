"""What can go wrong, by name: switched on from the command line or a test, off until then.

A fault is written `name` or `name:parameter`. Where a parameter counts calls or requests, it counts within
one session, from 1. Faults stay on until they are taken away.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from lxml import etree


@dataclass(frozen=True, slots=True)
class FaultKind:
    says: str
    parameter: str = ""  # what stands behind the colon; empty: nothing may
    default: str = ""
    required: bool = False


# Public reports behind them: QBWC Programmer's Guide 5, 6 and 8; quickbooks-php issues 183 and 248; support pages
# of housecallpro and qubesync on two computers, dialogs and single-user mode.
FAULTS: dict[str, FaultKind] = {
    "other-company-file": FaultKind(
        "another company file is open in QuickBooks (without PATH: a stranger's, made beside ours)", "PATH"
    ),
    "moved-file": FaultKind("the same company file was opened under another path", "PATH"),
    "restored-copy": FaultKind(
        "an older copy stands in the company file's place, under its path", "PATH", required=True
    ),
    "connection-error": FaultKind("QuickBooks cannot be opened", "HRESULT", "0x80040408"),
    "dialog-open": FaultKind("a dialog is open in QuickBooks (0x80040414)", "TIMES"),
    "cannot-start": FaultKind("QuickBooks cannot be started (0x80040408)", "TIMES"),
    "single-user": FaultKind("the file is open in the other mode (0x80040410)", "TIMES"),
    "not-authorised": FaultKind("Admin has not allowed the application yet (0x80040418)", "TIMES"),
    "hcp-failed": FaultKind("the questions about host, company and preferences fail (QBWC1014)"),
    "die-after-request": FaultKind(
        "the Web Connector is gone once it has request N, before or after QuickBooks processed it",
        "N or N:before or N:after",
        "1",
    ),
    "die-at-call": FaultKind("the Web Connector is gone when it should make call N", "N", required=True),
    "answer-lost": FaultKind(
        "QuickBooks processes request N, but receiveResponseXML never arrives at the service", "N", "1"
    ),
    "answer-twice": FaultKind("receiveResponseXML arrives twice for request N", "N", "1"),
    "repeat-send-request": FaultKind("sendRequestXML number N is made twice before an answer", "N", "1"),
    "broken-record": FaultKind(
        "the first record of every page is damaged", "no-list-id, no-name or bad-values", "no-list-id"
    ),
    "truncated-answer": FaultKind("the answer to request N ends in its middle", "N", "1"),
    "garbage-answer": FaultKind("the answer to request N is no XML", "N", "1"),
    "control-character": FaultKind(
        "the answer to request N holds a character that XML forbids, from a note somebody pasted", "N", "1"
    ),
    "wrong-encoding": FaultKind(
        "the answer to request N travels as Windows-1252 bytes that call themselves UTF-8", "N", "1"
    ),
    "slow-answer": FaultKind("QuickBooks takes SECONDS for every request", "SECONDS", "5"),
    "iterator-lost": FaultKind("QuickBooks forgets its iterators before the Nth Continue (3391)", "N", "1"),
    "file-id-missing": FaultKind("CompanyQuery returns no private data"),
    "missing-id-3120": FaultKind("an unknown ListID in a query earns 3120 instead of 500"),
    "close-after-busy": FaultKind("closeConnection follows the answer busy (sources differ on it)"),
    "close-after-connection-error": FaultKind("closeConnection follows done (sources differ on it)"),
    "rpc-style": FaultKind("calls are sent in RPC style, parameters without namespace"),
    "expect-continue": FaultKind("calls carry Expect: 100-continue, as some versions of .NET send it"),
    "huge-page": FaultKind("QuickBooks ignores MaxReturned and returns everything at once"),
}

HRESULT_FAULTS = {
    "dialog-open": "0x80040414",
    "cannot-start": "0x80040408",
    "single-user": "0x80040410",
    "not-authorised": "0x80040418",
}


class UnknownFault(ValueError):
    """The text names the fault and what is possible."""


class Faults:
    """The faults that are switched on, with a count of how often each could have struck in this session."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._parameters = dict(map(_read, names))
        self._seen: Counter[str] = Counter()
        self._used_up: Counter[str] = Counter()

    def __contains__(self, name: object) -> bool:
        return name in self._parameters

    def parameter(self, name: str) -> str:
        """Return what stands behind the colon, else the default."""
        return self._parameters[name] or FAULTS[name].default

    def begin_session(self) -> None:
        self._seen.clear()

    def strikes(self, name: str) -> bool:
        """Count one occasion, and say whether it is the one that the fault waits for."""
        if name not in self:
            return False
        self._seen[name] += 1
        return self._seen[name] == int(self.parameter(name).partition(":")[0])

    def connection_hresult(self) -> str | None:
        """Return why QuickBooks cannot be opened this time, None when it can."""
        if "connection-error" in self:
            return self.parameter("connection-error")
        for name, hresult in HRESULT_FAULTS.items():
            if name not in self:
                continue
            times = self._parameters[name]
            if not times or self._used_up[name] < int(times):
                self._used_up[name] += 1
                return hresult
        return None

    def damage_first(self, answer: etree._Element) -> None:
        """Damage the first record of an answer, if such is switched on."""
        if "broken-record" not in self or not len(answer):
            return
        first, how = answer[0], self.parameter("broken-record")
        if how == "bad-values":
            for tag, value in (("Sublevel", "one"), ("IsActive", "perhaps"), ("TimeModified", "yesterday")):
                for found in first.findall(tag):
                    found.text = value
            return
        for found in first.findall("ListID" if how == "no-list-id" else "Name"):
            first.remove(found)


def _read(text: str) -> tuple[str, str]:
    name, _, parameter = text.partition(":")
    kind = FAULTS.get(name)
    if kind is None:
        raise UnknownFault(f"There is no fault {name!r}. Known: {', '.join(FAULTS)}.")
    if parameter and not kind.parameter:
        raise UnknownFault(f"The fault {name} takes no parameter.")
    if kind.required and not parameter:
        raise UnknownFault(f"The fault {name} needs a parameter: {name}:{kind.parameter}.")
    counts = kind.parameter[:1] == "N" or kind.parameter == "TIMES"
    if parameter and counts and not parameter.partition(":")[0].isdecimal():
        raise UnknownFault(f"The fault {name} counts: {name}:{kind.parameter}, with a whole number.")
    return name, parameter
