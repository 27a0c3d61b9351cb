"""Static files as they are served, looked for once a process and not once for each client of a test."""

from __future__ import annotations

from typing import ClassVar

from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile


class FoundOnce(WhiteNoiseMiddleware):
    found: ClassVar[dict[str, StaticFile]] = {}

    def add_files_from_finders(self) -> None:
        if not self.found:
            super().add_files_from_finders()
            self.found.update(self.files)
        self.files.update(self.found)
