"""Writes the pages under docs/tables/ from the tables that the code runs on, so that they cannot disagree.

python tools/write_docs.py           # what `make docs` does; `make test` fails when a page is out of date
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from qbsim.declarations import Element
from qbsim.faults import FAULTS
from qbsim.messages import REQUESTS
from qbsim.texts import MESSAGE_SET_STATUSES, STATUSES, severity
from qbwire import session, status
from standpipe.quickbooks.failures import HRESULT, MESSAGE_SET, OWN, REPAIRS, STATUS, Entry

FOLDER = Path(__file__).parents[1] / "docs" / "tables"


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    lines = [list(heads), *map(list, rows)]
    lines.insert(1, ["---"] * len(lines[0]))
    return "".join(f"| {' | '.join(cell.replace('|', '&#124;') for cell in line)} |\n" for line in lines)


def conversation() -> str:
    states = table(["State", "Comment"], _commented(session.State))
    return f"""# The conversation

How a session with a Web Connector goes: for each state and each call, the kind of answer, and the state after it.
A call that came twice, late, or without a session has its row too, because every one of them happens.

## States

{states}
## Transitions

{session.describe()}"""


def _commented(states: type[session.State]) -> Iterable[tuple[str, str]]:
    """The comment that stands beside each state in the source: said once, read in both places."""
    source = Path(session.__file__).read_text(encoding="utf-8")
    for state in states:
        found = re.search(rf'^    {state.name} = "[^"]*"  # (.*)$', source, re.MULTILINE)
        yield state.value, found[1] if found else ""


def quickbooks_codes() -> str:
    return f"""# What QuickBooks answers when something did not go

"Seen" marks codes whose meaning a published source gives; the others come from general knowledge of the SDK.

## Status codes of a response

{_codes(status.STATUS_CODES)}
## Codes of a message set

{_codes(status.MESSAGE_SET_CODES)}
## Failures below qbXML (HRESULT)

{_codes(status.HRESULTS)}"""


def _codes(codes: Mapping[int, status.Explanation] | Mapping[str, status.Explanation]) -> str:
    heads = ("Code", "Means", "What is done", "Seen")
    return table(
        heads, ((entry.code, entry.meaning, entry.action.value, "yes" * entry.confirmed) for entry in codes.values())
    )


def refusals() -> str:
    return f"""# What Standpipe says when something did not go

One row per answer of QuickBooks and per finding of Standpipe's own. Where QuickBooks' message names an item, a field
or a value, the heading names it too. "By itself": nobody has to act.

## Answers of QuickBooks

{_refusals(STATUS.values())}
## Answers about a letter that was sent before

{_refusals(MESSAGE_SET.values())}
## QuickBooks could not be opened, or could not read

{_refusals(HRESULT.values())}
## Found by Standpipe

{_refusals(OWN.values())}"""


def _refusals(entries: Iterable[Entry]) -> str:
    who = {"you": "You", "quickbooks_computer": "The QuickBooks computer", "nobody": "By itself"}
    rows = (
        (
            entry.code,
            entry.title,
            entry.cause,
            entry.consequence.format(noun="invoice"),
            who[entry.who.value],
            " · ".join(REPAIRS[key] for key in entry.repairs),
        )
        for entry in entries
    )
    return table(("Code", "What happened", "Why", "What it means", "Who can act", "Buttons"), rows)


def faults() -> str:
    rows = (
        (f"`{name}`", fault.says, fault.parameter, fault.default or ("needed" if fault.required else ""))
        for name, fault in FAULTS.items()
    )
    return f"""# Faults of the simulator

What can go wrong on purpose. `qbsim connect … --fault NAME`, any number of times, for one run of the connector;
`qbsim fault on FILE NAME` and `off`, or the simulator's screens, for whoever serves that company file, from its
next call on; `WebConnector(…, faults=[NAME])` and `company.faults.on(NAME)` in tests.

A fault is written `name`, `name:parameter`, `name@when` or `name:parameter@when`. N counts within one session, from
1. Without `@when` a fault stays on until it is switched off.

| Behind the name | It strikes |
| --- | --- |
| `@once` | the next time only |
| `@3` | the next three times, over sessions and restarts |
| `@30%` | a share of the times, always the same ones |
| `@30%:7` | likewise, with the seed 7 |

{table(("Name", "What happens", "Parameter", "Without it"), rows)}"""


def simulator_codes() -> str:
    rows = ((str(code), severity(code), row.text, "yes" * row.confirmed) for code, row in STATUSES.items())
    sets = ((str(code), severity(code), text) for code, text in MESSAGE_SET_STATUSES.items())
    return f"""# What the simulator answers

"Seen" marks codes whose number a published source gives; the others come from general knowledge of the SDK.

## Status codes of a request

{table(("Code", "Severity", "Text", "Seen"), rows)}
## Codes of a message set

{table(("Code", "Severity", "Means"), sets)}"""


def simulator_messages() -> str:
    rows = (
        (
            f"`{tag}`",
            ".".join(map(str, request.since)),
            "yes" * any(each.name == "iterator" for each in request.attributes),
            "yes" * any(each.name == "metaData" for each in request.attributes),
            "yes" * any(each.tag == "IncludeRetElement" for each in request.body if isinstance(each, Element)),
            "yes" * any(each.tag == "OwnerID" for each in request.body if isinstance(each, Element)),
        )
        for tag, request in REQUESTS.items()
    )
    heads = ("Request", "Since qbXML", "Pages (iterator)", "Counts (metaData)", "IncludeRetElement", "OwnerID")
    return f"""# What the simulator can be asked

Every request that `qbsim` answers, by its declaration. It refuses what the published qbXML 13.0 schema refuses;
elements that came with a later version than the asked one are refused in requests and left out of answers.

{table(heads, rows)}"""


PAGES: Mapping[str, Callable[[], str]] = {
    "conversation.md": conversation,
    "quickbooks-codes.md": quickbooks_codes,
    "refusals.md": refusals,
    "simulator-faults.md": faults,
    "simulator-codes.md": simulator_codes,
    "simulator-messages.md": simulator_messages,
}


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, page in PAGES.items():
        (FOLDER / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
