"""What the server costs, as ratios to what this machine allows. Method and figures: docs/performance.md."""

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
WORK = ROOT / ".bench"  # results, and what a run leaves behind when it fails

# The suite's ways to start a server and PostgreSQL (tests/support) serve here too.
sys.path.insert(0, str(ROOT / "tests"))
