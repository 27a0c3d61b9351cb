"""The command `qbsim fault`: switch faults of a company file on and off, for whoever serves it now or later."""

import argparse
import sys
from pathlib import Path
from typing import Any

from qbsim.company import Company
from qbsim.exits import DONE, UNUSABLE
from qbsim.fault_switches import Switch
from qbsim.faults import FAULTS, UnknownFault, read_fault

_HOW_TO_WRITE = """N counts within one session, from 1.
Behind the name and its parameter, how long:
  @once       the next time only
  @3          the next three times
  @30%        a share of the times, always the same ones; @30%:7 has the seed 7
  (nothing)   until it is switched off"""


def fault_help() -> str:
    """Return all faults with what they do, for the end of a command's help."""
    lines = []
    for name, kind in FAULTS.items():
        lines.append(f"  {name}{f':{kind.parameter}' if kind.parameter else ''}\n      {kind.says}")
    return "\n".join(["faults:", *lines, "", _HOW_TO_WRITE])


def add_parser(commands: Any) -> None:
    fault = commands.add_parser("fault", help="switch faults of a company file on and off", epilog=fault_help())
    fault.formatter_class = argparse.RawDescriptionHelpFormatter
    actions = fault.add_subparsers(required=True, metavar="ACTION")
    on = actions.add_parser("on", help="a running connector obeys at its next call")
    on.add_argument("file", type=Path, metavar="FILE", help="the company file")
    on.add_argument("name", nargs="+", metavar="NAME", help="such as answer-lost@once or record-locked:Smith@2")
    on.set_defaults(command=_switch_on)
    off = actions.add_parser("off", help="let it go well again")
    off.add_argument("file", type=Path, metavar="FILE", help="the company file")
    off.add_argument("name", nargs="*", metavar="NAME", help="one or several of those that are on")
    off.add_argument("--all", action="store_true", help="every one")
    off.set_defaults(command=_switch_off)
    listing = actions.add_parser("list", help="what is on in a company file; without one, what there is")
    listing.add_argument("file", type=Path, nargs="?", metavar="FILE", help="the company file")
    listing.set_defaults(command=_list)


def _switch_on(options: argparse.Namespace) -> int:
    faults = [read_fault(name) for name in options.name]  # all of them or none
    with Company.open(options.file) as company, company.transaction():
        for fault in faults:
            company.faults.on(str(fault))
            _say(f"{fault} is on: {fault.kind.says}.")
    return DONE


def _switch_off(options: argparse.Namespace) -> int:
    with Company.open(options.file) as company:
        if options.all:
            company.faults.clear()
            _say("Every fault is off.")
            return DONE
        if not options.name:
            raise UnknownFault("Name a fault to switch off, or --all.")
        was_on = {name: company.faults.off(name) for name in options.name}
    for name, was in was_on.items():
        _say(f"{name} is off." if was else f"{name} was not on.")
    return DONE if all(was_on.values()) else UNUSABLE


def _list(options: argparse.Namespace) -> int:
    if options.file is None:
        _say(fault_help())
        return DONE
    with Company.open(options.file) as company:
        on = company.faults.list()
    for switch in on:
        _say(f"{switch.fault} ({_how_long(switch)}): {switch.fault.kind.says}")
    if not on:
        _say("No fault is on.")
    return DONE


def _how_long(switch: Switch) -> str:
    if switch.left is not None:
        return "once more" if switch.left == 1 else f"{switch.left} times more"
    return "until switched off"


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
