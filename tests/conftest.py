"""What every test may use. Databases: DATABASE_URL, else SQLite in a temporary folder."""

from __future__ import annotations

import os

import hypothesis

pytest_plugins = ["support.gates"]

# Two shared cores make a time limit for one example meaningless. CI repeats the same examples every time: there a
# failure should come from the change at hand; everywhere else new examples are tried.
hypothesis.settings.register_profile("suite", deadline=None, print_blob=True)
hypothesis.settings.register_profile("ci", parent=hypothesis.settings.get_profile("suite"), derandomize=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") == "true" else "suite")
