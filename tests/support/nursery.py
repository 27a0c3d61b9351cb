"""Processes that begin in a few milliseconds and may be killed at any moment: another has loaded all for them.

The nursery is a process of its own. It loads the product and the simulator once, opens nothing, and forks a child for
every line that it is told: a function's address and its arguments. A child is a real process with a real end.
"""

from __future__ import annotations

import ctypes
import json
import os
import select
import signal
import subprocess
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any
from weakref import WeakSet, finalize

TESTS = Path(__file__).parents[1]
END_SECONDS = 60
_PR_SET_PDEATHSIG = 1  # of Linux' prctl


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Child:
    """A process that runs, or has ended. ``handle`` (a pidfd) tells its end although it is a child of another."""

    pid: int
    handle: int

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.handle, signal.SIGKILL)
        self.wait()

    def wait(self, *, seconds: float = END_SECONDS) -> None:
        assert self.has_ended(within=seconds), f"process {self.pid} still runs"

    def has_ended(self, *, within: float = 0) -> bool:
        readable, _, _ = select.select([self.handle], [], [], within)
        return bool(readable)


class Nursery:
    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._children: WeakSet[Child] = WeakSet()  # a process that nobody holds any more has no handle either

    def start(self, function: str, **arguments: Any) -> Child:
        """A new process that runs ``module:function``. What it has to tell, it writes to a file."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([function, arguments]) + "\n")
        self._process.stdin.flush()
        pid = int(self._process.stdout.readline())
        child = Child(pid, os.pidfd_open(pid))
        finalize(child, os.close, child.handle)
        self._children.add(child)
        return child

    def close(self) -> None:
        for child in self._children:
            child.kill()
        self._process.kill()
        self._process.communicate()


@contextmanager
def nursery(*modules: str, environment: Mapping[str, str], log: Path) -> Iterator[Nursery]:
    """A nursery that has loaded these modules. What its children print goes to ``log``."""
    with log.open("ab") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "support.nursery", *modules],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
            env={**environment, "PYTHONPATH": os.pathsep.join([str(TESTS), os.environ.get("PYTHONPATH", "")])},
        )
    made = Nursery(process)
    try:
        yield made
    finally:
        made.close()


# --- inside the nursery


def _fork(function: str, arguments: dict[str, Any]) -> int:
    """The child's pid. The child never comes back."""
    if pid := os.fork():
        return pid
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    module, _, name = function.partition(":")
    try:
        getattr(import_module(module), name)(**arguments)
    except BaseException:  # noqa: BLE001 - written down, and the end
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def _main() -> None:
    for module in sys.argv[1:]:
        import_module(module)
    before = 0
    for line in sys.stdin:
        if before:
            _reap(before)  # its pidfd is open by now: before that, its number might have been given to another
        before = _fork(*json.loads(line))
        print(before, flush=True)


_waiting: set[int] = set()


def _reap(pid: int) -> None:
    _waiting.add(pid)
    for each in [*_waiting]:
        if os.waitpid(each, os.WNOHANG)[0]:
            _waiting.remove(each)


if __name__ == "__main__":
    _main()
