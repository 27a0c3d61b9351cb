"""The benchmark runs from end to end. What it measures is looked at by people: no test may depend on a clock."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_a_small_run_measures_and_writes_its_figures(tmp_path: Path) -> None:
    results = tmp_path / "results.json"
    command = [sys.executable, "-m", "benchmarks", "--customers", "200", "--rounds", "1", "--only", "customers"]
    command += ["--only", "simulator"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("STANDPIPE_")}
    done = subprocess.run(
        [*command, "--results", str(results)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    figures = {line["measure"]: line["value"] for line in json.loads(results.read_text())["lines"]}
    assert figures["trips"] == 1
    assert figures["changes"] == 1
    assert figures["rewritten"] == 0
    assert figures["customers"] > 0
    assert figures["again"] > 0
    assert figures["simulator-create"] > 0
    assert figures["simulator-page"] > 0
    assert figures["simulator-changed"] > 0
