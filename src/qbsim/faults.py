"""What can go wrong, by name: switched on from the command line, a screen or a test, off until then.

A fault is written `name[:parameter][@when]`. Where a parameter counts calls or requests, it counts within one
session, from 1. Without `@when` a fault stays on until it is switched off; `@once` and `@3` let it strike so
often in all and then switch it off; `@30%` lets it strike a share of the occasions, always the same ones for the
same seed (`@30%:7` has the seed 7).
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from random import Random
from typing import Protocol

from lxml import etree


@dataclass(frozen=True, slots=True)
class FaultKind:
    says: str
    parameter: str = ""  # what stands behind the colon; empty: nothing may
    default: str = ""
    required: bool = False
    words: tuple[str, ...] = ()  # of the parameter, when only these make sense

    @property
    def counts(self) -> bool:
        """Whether its parameter is the number of the call or request in a session that it waits for."""
        return self.parameter[:1] == "N"


_TIMES = ("before", "during", "after")

# Public reports behind them: QBWC Programmer's Guide 5, 6 and 8; quickbooks-php issues 183 and 248 and its
# SQL/Errors; support pages of housecallpro, qubesync, BuildOps and ayssoftware; KaydBooks; flowlink, README; Intuit's
# pages on error recovery and status codes.
FAULTS: dict[str, FaultKind] = {
    # which file stands open
    "other-company-file": FaultKind(
        "another company file is open in QuickBooks (without PATH: a stranger's, made beside ours)", "PATH"
    ),
    "moved-file": FaultKind("the same company file was opened under another path", "PATH"),
    "restored-copy": FaultKind(
        "an older copy stands in the company file's place, under its path", "PATH", required=True
    ),
    "file-id-missing": FaultKind("CompanyQuery returns no private data"),
    # QuickBooks cannot be opened
    "connection-error": FaultKind("QuickBooks cannot be opened", "HRESULT", "0x80040408"),
    "dialog-open": FaultKind("a dialog is open in QuickBooks (0x80040414)", "TIMES"),
    "cannot-start": FaultKind("QuickBooks cannot be started (0x80040408)", "TIMES"),
    "single-user": FaultKind("the file is open in the other mode (0x80040410)", "TIMES"),
    "nothing-open": FaultKind(
        "QuickBooks is not running: only a session that names the company file by its path can begin (0x80040416)"
    ),
    "not-authorised": FaultKind("Admin has not allowed the application yet (0x80040418)", "TIMES"),
    "hcp-failed": FaultKind("the questions about host, company and preferences fail (QBWC1014)"),
    # somebody is gone
    "die-after-request": FaultKind(
        "the Web Connector is gone once it has request N, before or after QuickBooks processed it",
        "N or N:before or N:after",
        "1",
        words=("before", "after"),
    ),
    "die-at-call": FaultKind("the Web Connector is gone when it should make call N", "N", required=True),
    "quickbooks-crashes": FaultKind(
        "QuickBooks is gone before, during or after request N: of a set in work, the requests before the last one "
        "are done, and no answer is kept; afterwards, all of it is (0x80010105)",
        "N or N:before or N:during or N:after",
        "1",
        words=_TIMES,
    ),
    # calls and answers
    "connection-cut": FaultKind(
        "call N breaks off: before it reaches the service, in the middle of its bytes, or after it was answered",
        "N or N:before or N:during or N:after",
        required=True,
        words=_TIMES,
    ),
    "cannot-read": FaultKind(
        "QuickBooks cannot read a document in which TEXT stands, does nothing of it (0x80040400), and does not say "
        "which of its requests was meant",
        "TEXT",
        required=True,
    ),
    "answer-lost": FaultKind(
        "QuickBooks processes request N, but receiveResponseXML never arrives at the service", "N", "1"
    ),
    "answer-twice": FaultKind("receiveResponseXML arrives twice for request N", "N", "1"),
    "repeat-send-request": FaultKind("sendRequestXML number N is made twice before an answer", "N", "1"),
    "truncated-answer": FaultKind("the answer to request N ends in its middle", "N", "1"),
    "garbage-answer": FaultKind("the answer to request N is no XML", "N", "1"),
    "broken-answer": FaultKind("the answer to request N is XML with a tag that nobody closes", "N", "1"),
    "control-character": FaultKind(
        "the answer to request N holds a character that XML forbids, from a note somebody pasted", "N", "1"
    ),
    "wrong-encoding": FaultKind(
        "the answer to request N travels as Windows-1252 bytes that call themselves UTF-8", "N", "1"
    ),
    "slow-answer": FaultKind("QuickBooks takes SECONDS for every request", "SECONDS", "5"),
    "rpc-style": FaultKind("calls are sent in RPC style, parameters without namespace"),
    "expect-continue": FaultKind("calls carry Expect: 100-continue, as some versions of .NET send it"),
    "close-after-busy": FaultKind("closeConnection follows the answer busy (sources differ on it)"),
    "close-after-connection-error": FaultKind("closeConnection follows done (sources differ on it)"),
    # lists and pages
    "iterator-lost": FaultKind("QuickBooks forgets its iterators before the Nth Continue (3391)", "N", "1"),
    "huge-page": FaultKind("QuickBooks ignores MaxReturned and returns everything at once"),
    "broken-record": FaultKind(
        "the first record of every page is damaged",
        "no-list-id, no-name or bad-values",
        "no-list-id",
        words=("no-list-id", "no-name", "bad-values"),
    ),
    "missing-id-3120": FaultKind("an unknown ListID in a query earns 3120 instead of 500"),
    "internal-error": FaultKind("request N, the first of its set, fails inside QuickBooks (1000)", "N", "1"),
    # other people, and rights: requests that change something
    "record-locked": FaultKind(
        "somebody has a record open: requests that change it earn 3175, those that only refer to it 3176",
        "ListID, TxnID or FullName",
        required=True,
    ),
    "edited-meanwhile": FaultKind(
        "another user saves the record just before a request that modifies it: its EditSequence has moved (3200)",
        "ListID, TxnID or FullName",
    ),
    "list-busy": FaultKind("another user is changing the list (3170)"),
    "saving-fails": FaultKind(
        "QuickBooks cannot save, for a REASON of its own (3180)",
        "REASON",
        "The list has been modified by another user.",
    ),
    "answers-with": FaultKind(
        "requests that change something are answered with a status CODE, in these words if there are any: an error "
        "leaves them undone, a warning does not; of several, with | between them, each request gets the next",
        "CODE or CODE:TEXT",
        required=True,
    ),
    "no-permission": FaultKind("the QuickBooks user may not change anything (3260)"),
    "read-only-application": FaultKind("the application was admitted for reading only (3263)"),
    # error recovery
    "record-withheld": FaultKind("what was saved does not come back: 510, with ErrorRecovery from qbXML 11 on"),
    "answer-not-stored": FaultKind("QuickBooks does a message set but cannot keep its answer (9005, later 9002)"),
    "message-sets-lost": FaultKind("the company file has lost the answers that it kept, with each session anew"),
    "status-check-forgets": FaultKind("a status check also deletes the stored answer (one public client says so)"),
    "marker-withheld": FaultKind(
        "transactions come back without the ExternalGUID that they were added with (whether the real one gives it is "
        "not known)"
    ),
}

HRESULT_FAULTS = {
    "dialog-open": "0x80040414",
    "cannot-start": "0x80040408",
    "single-user": "0x80040410",
    "not-authorised": "0x80040418",
}

# Decided once per session with QuickBooks, not once per update of the Web Connector.
_OF_A_SESSION = frozenset(
    {"record-locked", "message-sets-lost", "huge-page", "missing-id-3120", "file-id-missing", "marker-withheld"}
)
_COUNTED_BY_QUICKBOOKS = frozenset({"iterator-lost", "internal-error", "quickbooks-crashes"})


class UnknownFault(ValueError):
    """The text names the fault and what is possible."""


@dataclass(frozen=True, slots=True)
class When:
    """On which occasions a fault strikes: the first so many, or a share of all."""

    times: int | None = None
    percent: float | None = None
    seed: int = 1

    def strikes(self, name: str, *, occasion: int) -> bool:
        """Whether it strikes on that occasion, counted from 1 over all sessions. The same answer every time."""
        if self.times is not None:
            return occasion <= self.times
        dice = Random(f"{self.seed}/{name}/{occasion}")  # noqa: S311 -- to fall the same way every time
        return dice.random() * 100 < (self.percent or 0)

    def __str__(self) -> str:
        if self.times is not None:
            return "once" if self.times == 1 else str(self.times)
        seed = "" if self.seed == 1 else f":{self.seed}"
        return f"{self.percent:g}%{seed}"


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault as it is switched on."""

    name: str
    parameter: str = ""  # as written; what holds without it is in FAULTS
    when: When | None = None  # None: until it is switched off

    @property
    def kind(self) -> FaultKind:
        return FAULTS[self.name]

    @property
    def number(self) -> int | None:
        """The call or request within a session that it waits for; None for each of them."""
        if not self.kind.counts:
            return None
        found = next((each for each in self.parameter.split(":") if each.isdecimal()), "")
        if not found and self.when is None:
            found = self.kind.default
        return int(found) if found else None

    @property
    def word(self) -> str:
        """The word in its parameter, the first that is possible when there is none."""
        found = (each for each in self.parameter.split(":") if each in self.kind.words)
        return next(found, self.kind.words[0] if self.kind.words else "")

    def __str__(self) -> str:
        parameter = f":{self.parameter}" if self.parameter else ""
        return f"{self.name}{parameter}{'' if self.when is None else f'@{self.when}'}"


_WHEN = re.compile(r"@(?:(?P<once>once)|(?P<times>[1-9]\d*)|(?P<percent>\d+(?:\.\d+)?)%(?::(?P<seed>\d+))?)$")


def read_fault(text: str) -> Fault:
    """Read `name[:parameter][@when]`. UnknownFault says what is possible."""
    found = _WHEN.search(text)
    name, _, parameter = (text[: found.start()] if found else text).partition(":")
    kind = FAULTS.get(name)
    if kind is None:
        raise UnknownFault(f"There is no fault {name!r}. Known: {', '.join(FAULTS)}.")
    when = _read_when(found) if found else None
    if parameter and not kind.parameter:
        raise UnknownFault(f"The fault {name} takes no parameter.")
    if kind.required and not parameter and not (kind.counts and when):
        raise UnknownFault(f"The fault {name} needs a parameter: {name}:{kind.parameter}.")
    if parameter:
        _check_parameter(name, kind, parameter)
    if kind.parameter == "TIMES" and parameter:
        return Fault(name, when=When(times=int(parameter)))
    return Fault(name, parameter, when)


def _read_when(found: re.Match[str]) -> When:
    if found["percent"] is None:
        return When(times=1 if found["once"] else int(found["times"]))
    percent = float(found["percent"])
    if not 0 < percent <= 100:
        raise UnknownFault(f"{found[0][1:]} is no share: write @30% or, with a seed, @30%:7.")
    return When(percent=percent, seed=int(found["seed"] or 1))


def _check_parameter(name: str, kind: FaultKind, parameter: str) -> None:
    parts = parameter.split(":")
    if kind.counts or kind.parameter == "TIMES":
        numbers = [each for each in parts if each.isdecimal()]
        if len(numbers) > 1 or any(each not in kind.words for each in parts if each not in numbers):
            raise UnknownFault(f"The fault {name} counts: {name}:{kind.parameter}, with a whole number.")
    elif kind.words and parameter not in kind.words:
        raise UnknownFault(f"The fault {name} is one of {', '.join(f'{name}:{word}' for word in kind.words)}.")
    elif kind.parameter.startswith("CODE") and not all(
        each.partition(":")[0].isdecimal() for each in parameter.split("|")
    ):
        raise UnknownFault(f"The fault {name} names a status code: {name}:3180, or {name}:3180:in these words.")
    elif kind.parameter == "SECONDS" and not re.fullmatch(r"\d+(\.\d+)?", parameter):
        raise UnknownFault(f"The fault {name} lasts so many seconds: {name}:2.5.")
    elif kind.parameter == "HRESULT" and not re.fullmatch(r"0[xX][0-9a-fA-F]{8}", parameter):
        raise UnknownFault(f"The fault {name} has a number of eight digits: {name}:0x80040408.")


class SwitchedOn(Protocol):
    """Where switched-on faults live, with a count of the occasions of each."""

    def get(self, name: str) -> Fault | None: ...

    def count(self, name: str) -> int:
        """Note one more occasion and return how many there were in all."""
        ...


class _InMemory:
    """Faults of a command line or a test: on as long as the process lives."""

    def __init__(self, names: Iterable[str]) -> None:
        self._faults = {fault.name: fault for fault in map(read_fault, names)}
        self._occasions: Counter[str] = Counter()

    def get(self, name: str) -> Fault | None:
        return self._faults.get(name)

    def count(self, name: str) -> int:
        self._occasions[name] += 1
        return self._occasions[name]


class Faults:
    """The faults that are on now: those given by name, and those switched on in the company file."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._places: list[SwitchedOn] = [_InMemory(names)]
        self._seen: Counter[str] = Counter()  # within this update or session
        self._decided: dict[str, bool] = {}

    def obey(self, switched_on: SwitchedOn) -> None:
        """Look also at the switches of a company file, from now on at those of this one."""
        self._places[1:] = [switched_on]

    @property
    def obeys_a_file(self) -> bool:
        return len(self._places) > 1

    def begin_update(self) -> None:
        """The Web Connector begins to count anew, and QuickBooks with it."""
        self._seen.clear()
        self._decided.clear()

    def begin_session(self) -> None:
        """QuickBooks begins to count anew."""
        for name in _OF_A_SESSION | _COUNTED_BY_QUICKBOOKS:
            self._seen.pop(name, None)
            self._decided.pop(name, None)

    def __contains__(self, name: object) -> bool:
        """Whether it holds for this update or session; decided once for all of it."""
        place = self._place(str(name))
        if place is None:
            return False
        if name not in self._decided:
            self._decided[str(name)] = self._decide(place, str(name))
        return self._decided[str(name)]

    def is_on(self, name: str) -> bool:
        """Whether it is switched on; asking decides nothing and counts nothing."""
        return self._place(name) is not None

    def parameter(self, name: str) -> str:
        """Return what stands behind the colon, else the default."""
        return self._fault(name).parameter or FAULTS[name].default

    def word(self, name: str) -> str:
        """Return the word of its parameter, such as `after`."""
        return self._fault(name).word

    def strikes(self, name: str) -> bool:
        """Count one occasion, and say whether the fault strikes on it."""
        place = self._place(name)
        fault = None if place is None else place.get(name)
        if place is None or fault is None:
            return False
        self._seen[name] += 1
        if fault.number is not None and self._seen[name] != fault.number:
            return False
        return self._decide(place, name)

    def seen(self, name: str) -> int:
        """How many occasions a fault has had within this update or session."""
        return self._seen[name]

    def connection_hresult(self) -> str | None:
        """Return why QuickBooks cannot be opened this time, None when it can."""
        if self.strikes("connection-error"):
            return self.parameter("connection-error")
        return next((hresult for name, hresult in HRESULT_FAULTS.items() if self.strikes(name)), None)

    def damage_first(self, answer: etree._Element) -> None:
        """Damage the first record of an answer, if such is switched on."""
        if not len(answer) or not self.strikes("broken-record"):
            return
        first, how = answer[0], self.word("broken-record")
        if how == "bad-values":
            for tag, value in (("Sublevel", "one"), ("IsActive", "perhaps"), ("TimeModified", "yesterday")):
                for found in first.findall(tag):
                    found.text = value
            return
        for found in first.findall("ListID" if how == "no-list-id" else "Name"):
            first.remove(found)

    def _place(self, name: str) -> SwitchedOn | None:
        return next((place for place in self._places if place.get(name) is not None), None)

    def _fault(self, name: str) -> Fault:
        place = self._place(name)
        fault = None if place is None else place.get(name)
        return fault if fault is not None else Fault(name)

    @staticmethod
    def _decide(place: SwitchedOn, name: str) -> bool:
        fault = place.get(name)
        if fault is None or fault.when is None:
            return fault is not None
        return fault.when.strikes(name, occasion=place.count(name))
