"""Makes the calls of one update and writes each of them down: in the outcome, the transcript and the log."""

from collections.abc import Callable
from typing import Any, Final

from qbsim.connector.outcome import Died, Ended, Outcome
from qbsim.connector.qwclog import QwcLog
from qbsim.connector.transcript import Transcript
from qbsim.faults import Faults
from qbsim.soap import CallFailed, Service

# QBWC Programmer's Guide, Appendix A; serverVersion and the calls of interactive mode have no number of their own.
FAILURE_CODES: Final = {
    "clientVersion": "QBWC1036",
    "authenticate": "QBWC1012",
    "sendRequestXML": "QBWC1041",
    "receiveResponseXML": "QBWC1042",
    "getLastError": "QBWC1043",
    "closeConnection": "QBWC1044",
    "connectionError": "QBWC1045",
}
_LEFT_OPEN = {"authenticate", "closeConnection"}  # after these there is no session that could be closed


class Calls:
    """The calls of one update. Each raises Ended with its QBWC number when the service does not answer properly."""

    def __init__(
        self, service: Service, *, outcome: Outcome, transcript: Transcript, qwclog: QwcLog, faults: Faults
    ) -> None:
        self._service = service
        self._outcome = outcome
        self._transcript = transcript
        self._qwclog = qwclog
        self._faults = faults

    def ask(self, name: str, *arguments: Any, rewrite: Callable[[bytes], bytes] | None = None) -> Any:
        """Make one call and return its answer as it came. `rewrite` changes the bytes that go out."""
        if self._faults.strikes("die-at-call"):
            raise Died
        cut = self._faults.word("connection-cut") if self._faults.strikes("connection-cut") else ""
        self._outcome.calls.append(name)
        self._qwclog.asked(name, arguments)
        try:
            answer = self._service.call(name, *arguments, rewrite=rewrite, cut=cut)
        except CallFailed as failed:
            self._transcript.write(name, arguments, failed=failed)
            raise _failure(name, failed) from failed
        if name == "authenticate":
            answer = _texts(answer)
        self._transcript.write(name, arguments, answer=answer)
        self._qwclog.answered(name, answer)
        self._outcome.answers.append((name, answer))
        return answer

    def text(self, name: str, *arguments: Any) -> str:
        """Make one call whose answer is a text; nothing at all counts as an empty one."""
        answer = self.ask(name, *arguments)
        return "" if answer is None else str(answer)

    def last_error(self, ticket: str) -> str:
        self._outcome.last_error = self.text("getLastError", ticket)
        return self._outcome.last_error


def _failure(name: str, failed: CallFailed) -> Ended:
    code = FAILURE_CODES.get(name)
    text = f"The {name} call failed: {failed}."  # where there is no number
    return Ended("failed", code=code, close=name not in _LEFT_OPEN, body=failed.body, reason=failed, text=text)


def _texts(answer: Any) -> list[str]:
    """Return the texts of authenticate's answer, however zeep shapes it."""
    if answer is None or isinstance(answer, str):
        return []
    texts = answer if isinstance(answer, list) else answer.string or []
    return ["" if each is None else str(each) for each in texts]
