"""Measures the server beside its floors: `make bench`, or `python -m benchmarks --help`."""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from . import WORK, report, scenarios
from .scenarios import CUSTOMERS, MANY, Bench, Sample

Scenario = Callable[[Bench], Iterator[Sample]]
EVERY_ROUND: Mapping[str, Scenario] = {
    "customers": scenarios.refreshes,
    "peer": scenarios.peer_reads,
    "poll": scenarios.polls,
    "import": scenarios.imports,
    "four": scenarios.at_once,
}
# Two lengths of list, and not every round; what is not the database's is not measured on PostgreSQL again.
ONCE: Mapping[str, Callable[..., Iterator[Sample]]] = {
    "memory": scenarios.memory,
    "simulator": scenarios.the_simulator,
    "matching": scenarios.matches,
    "posting": scenarios.posts,
    "pages": scenarios.waits,
}
ON_BOTH = {"pages"}  # of those: what the database answers


def main() -> int:
    options = _options()
    started = time.monotonic()
    found = []
    for database in ["SQLite", *(["PostgreSQL"] if options.postgres else [])]:
        samples = _measure(options, postgres=database == "PostgreSQL")
        found += report.lines(samples, database=database)
    setting = report.setting(customers=options.customers, rounds=options.rounds, lengths=_lengths(options))
    print(f"\n{report.as_text(found)}\n\n{setting['machine']}; {setting['versions']}")
    options.results.parent.mkdir(exist_ok=True)
    options.results.write_text(json.dumps(report.as_json(found, setting=setting), indent=2))
    if options.write_docs:
        report.write_docs(found, setting=setting)
    missed = [line.measure for line in found if line.verdict == "miss"]
    print(
        f"{time.monotonic() - started:.0f} s. " + (f"Missed: {', '.join(missed)}." if missed else "Every target met.")
    )
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="interleaved rounds, of which medians are told")
    parser.add_argument("--customers", type=int, default=CUSTOMERS)
    parser.add_argument("--large", action="store_true", help=f"memory and CPU at {MANY:,} customers too")
    parser.add_argument("--postgres", action="store_true", help="on PostgreSQL too")
    parser.add_argument("--only", choices=[*EVERY_ROUND, *ONCE], action="append", help="may be repeated")
    parser.add_argument(
        "--results", type=Path, default=WORK / "results.json", metavar="FILE", help="the same as JSON"
    )
    parser.add_argument("--write-docs", action="store_true", help="put the figures into docs/performance.md")
    options = parser.parse_args()
    options.only = options.only or [*EVERY_ROUND, *ONCE]
    return options


def _lengths(options: argparse.Namespace) -> tuple[int, int]:
    """Of a short list and a long one."""
    return (CUSTOMERS, MANY) if options.large else (options.customers // 4, options.customers)


def _measure(options: argparse.Namespace, *, postgres: bool) -> list[Sample]:
    samples: list[Sample] = []
    with tempfile.TemporaryDirectory(prefix="standpipe-bench-") as folder:
        polls = min(scenarios.POLLS, options.customers)
        bench = Bench(folder=Path(folder), customers=options.customers, polls=polls, postgres=postgres)
        chosen = {name: scenario for name, scenario in EVERY_ROUND.items() if name in options.only}
        if postgres:
            chosen.pop("peer", None)
        with bench.stack:
            if chosen:
                _say(f"{'PostgreSQL' if postgres else 'SQLite'}: warming up, and taping QuickBooks' answers")
                bench.connection(0, options.customers).refresh()
            for bench.round in range(options.rounds):
                for name, scenario in chosen.items():
                    _say(f"round {bench.round + 1} of {options.rounds}: {name}")
                    samples += scenario(bench)
            small, large = _lengths(options)
            for name, scenario in ONCE.items():
                if name in options.only and (name in ON_BOTH or not postgres):
                    _say(f"{name}: {small:,} and {large:,} customers")
                    samples += scenario(bench, small=small, large=large)
    return samples


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
