"""The log in the form of QWCLog.txt, so that what people know from the real program can be read here too.

Form and words are those of public logs (jsgoupil/quickbooks-sync issue 62, consolibyte/quickbooks-php issue 92,
qbwc/qbwc issue 69, RappidDevelopment/quickbooks-js issue 15) and of the QBWC Programmer's Guide, chapter 3.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from qbsim.company import Clock

LEVELS: Final = {
    "NONE": "nothing is written",
    "DEBUG": "the beginning of every document",
    "VERBOSE": "every document whole",
}
_EXCERPT = 50  # characters of a document at DEBUG

# What the log calls the parameters of a call, in their order; documents stand on lines of their own.
_PARAMETERS: Final[Mapping[str, tuple[str, ...]]] = {
    "serverVersion": (),
    "clientVersion": ("productVersion",),
    "authenticate": ("userName", "password"),
    "sendRequestXML": (
        "wcTicket",
        "strHCPResponse",
        "strCompanyFileName",
        "qbNationality",
        "qbXMLMajorVers",
        "qbXMLMinorVers",
    ),
    "receiveResponseXML": ("wcTicket", "response", "hresult", "message"),
    "connectionError": ("wcTicket", "hresult", "message"),
    "getLastError": ("wcTicket",),
    "closeConnection": ("wcTicket",),
    "getInteractiveURL": ("wcTicket", "sessionID"),
    "interactiveDone": ("wcTicket",),
    "interactiveRejected": ("wcTicket", "reason"),
}
_DOCUMENTS = {"strHCPResponse", "response", "strRequestXML"}


class QwcLog:
    """Appends to a QWCLog.txt. Where that cannot be written it says so once, and the update goes on (QBWC1033)."""

    def __init__(
        self, path: Path | None, *, level: str = "DEBUG", clock: Clock, complain: Callable[[str], None]
    ) -> None:
        self._path = None if level == "NONE" else path
        self._whole = level == "VERBOSE"
        self._clock = clock
        self._complain = complain

    def note(self, where: str, text: str) -> None:
        """Write one line; `where` is the class and method of the real program that speaks."""
        if self._path is None:
            return
        at = datetime.fromtimestamp(self._clock(), UTC).strftime("%Y%m%d.%H:%M:%S")
        line = f"{at} UTC\t: QBWebConnector.{where}() : {text}\n"
        try:
            with self._path.open("a", encoding="utf-8", newline="\r\n") as file:
                file.write(line)
        except OSError as error:
            self._complain(f"{self._path} cannot be written: {error.strerror}.")
            self._path = None

    def asked(self, call: str, arguments: Sequence[Any]) -> None:
        """Write that a call is made, and with what; a password is never written."""
        where, names = f"SOAPWebService.do_{call}", _PARAMETERS[call]
        if not names:
            self.note(where, f"*** Calling {call}().")
            return
        self.note(where, f"*** Calling {call}() with following parameter{'s' if len(names) > 1 else ''}:")
        for name, value in zip(names, arguments, strict=False):
            self._value(where, name, "<MaskedForSecurity>" if name == "password" else value)

    def answered(self, call: str, answer: Any) -> None:
        """Write what a call returned."""
        where = f"SOAPWebService.do_{call}"
        if isinstance(answer, list):
            texts = [*("" if each is None else str(each) for each in answer), "", "", "", ""][:4]
            said = "".join(f'<authRet[{number}]="{text}">' for number, text in enumerate(texts))
            self.note(where, f"Received from {call}() following parameters:{said}")
        elif call == "sendRequestXML":
            self.note(where, f"Received from {call}() following parameter:")
            self._value(where, "strRequestXML", answer)
        else:
            said = "" if answer is None else answer
            self.note(where, f'Received from {call}() following parameter:<{call}Ret="{said}">')

    def _value(self, where: str, name: str, value: Any) -> None:
        text = str(value or "")
        if name not in _DOCUMENTS:
            self.note(where, f'{name}="{text}"')
        elif self._whole or len(text) <= _EXCERPT:
            self.note(where, f"{name} = {text}")
        else:
            self.note(where, f"{name} = {text[:_EXCERPT]}......")
