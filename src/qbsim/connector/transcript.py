"""The transcript: one JSON line per call, passwords masked."""

import json
import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from qbsim.company import Clock
from qbsim.soap import CallFailed


class Transcript:
    """Appends one line per call of one update; of a failed call, the bytes that came back, to read and as hex."""

    def __init__(self, path: Path | None, *, clock: Clock) -> None:
        self._path = path
        self._clock = clock
        self._id = secrets.token_hex(4)

    def write(
        self, call: str, arguments: tuple[Any, ...], *, answer: Any = None, failed: CallFailed | None = None
    ) -> None:
        if self._path is None:
            return
        if call == "authenticate":
            arguments = (arguments[0], "•••")
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(self._clock(), UTC).isoformat(),
            "session": self._id,
            "call": call,
            "arguments": list(arguments),
        }
        if failed is None:
            line["answer"] = answer
        else:
            text = failed.body.decode("utf-8", "backslashreplace")
            line |= {"error": str(failed), "body": text, "bytes": failed.body.hex()}
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False, default=str) + "\n")
