"""Run instead of the command `qbsim`, with its arguments: the command as it is installed, its responses recorded."""

import runpy
import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).parents[1])  # where the command itself has .venv/bin

    from support.responses_log import record_responses

    record_responses()
    sys.argv[0] = str(Path(sys.executable).parent / "qbsim")
    runpy.run_path(sys.argv[0], run_name="__main__")
