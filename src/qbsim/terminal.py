"""What a person sees while a command runs: lines, and at the bottom a bar where there is a screen for one."""

import sys
from typing import TextIO

_WIDTH = 20
_CLEAR = "\r\x1b[K"


class Terminal:
    """Writes lines; on a screen also a bar that stays below them and vanishes in the end."""

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = out or sys.stdout
        self._bar = ""

    @property
    def is_screen(self) -> bool:
        return self._out.isatty()

    def say(self, text: str) -> None:
        self._write(f"{self._erased()}{text}\n{self._bar}")

    def progress(self, percent: int, text: str) -> None:
        """Move the bar; without a screen, say it. The bar goes when it is full."""
        if not self.is_screen:
            self.say(text)
            return
        before, done = self._erased(), max(0, min(percent, 100)) * _WIDTH // 100
        self._bar = "" if percent >= 100 else f"[{'#' * done}{'.' * (_WIDTH - done)}] {text}"
        self._write(f"{before}{text if percent >= 100 else self._bar}{chr(10) if percent >= 100 else ''}")

    def end_progress(self) -> None:
        """Take the bar away, however far it came."""
        erased, self._bar = self._erased(), ""
        self._write(erased)

    def complain(self, text: str) -> None:
        """Say what went wrong, where errors are read."""
        self.end_progress()
        sys.stderr.write(f"{text}\n")

    def _erased(self) -> str:
        return _CLEAR if self._bar else ""

    def _write(self, text: str) -> None:
        self._out.write(text)
        self._out.flush()
