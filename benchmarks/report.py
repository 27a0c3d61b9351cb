"""The figures as a table, as JSON, and in docs/performance.md."""

import platform
import statistics
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from . import ROOT
from .pages import PAGES
from .scenarios import Sample

PAGE = ROOT / "docs" / "performance.md"
_FIGURES, _SIMULATOR, _PAGES, _POSTING, _END = (
    "<!-- figures: written by make bench -->",
    "<!-- figures of the simulator: written by make bench -->",
    "<!-- figures of long lists: written by make bench -->",
    "<!-- figures of posting: written by make bench -->",
    "<!-- end of figures -->",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One line of the table."""

    name: str
    title: str
    unit: str = ""
    floor: str = ""  # what it is divided by; "" where the figure stands for itself
    target: float | None = None
    is_speed: bool = False  # more is better
    is_wait: bool = False  # a person's: the target is of what was measured, whatever the floor


_BYTES, _FIRST, _PEER, _VIEWS = (
    "floor of the full bytes",
    "the first",
    "qbwc-kit, same page and elements",
    "bare Django views",
)
_BULK, _SERIAL = "the same rows in bulk", "one after the other"
_ROW = "a row by its index"
_SHORT, _IN_SHORT = "short list", "in a short list"

_ALL = (
    Measure(name="customers", title="customers in, as shipped", unit="s CPU", floor=_BYTES, target=1.5),
    Measure(name="trips", title="round trips for them", target=20),
    Measure(name="again", title="second full refresh, nothing changed", unit="s CPU", floor=_FIRST, target=1.0),
    Measure(name="rewritten", title="rows of the list written by it", target=0),
    Measure(name="changes", title="round trips of a refresh of changes, none there", target=1),
    Measure(name="peer", title="customers in, against qbwc-kit", unit="s CPU", floor=_PEER, target=0.75),
    Measure(name="poll", title="poll with nothing to do", unit="ms CPU", floor=_VIEWS, target=2.5),
    Measure(name="import", title="import as buildings", unit="s CPU", floor=_BULK),
    Measure(name="four", title="four connections at once", unit="/s", floor=_SERIAL, target=1.3, is_speed=True),
    Measure(name="memory", title="peak memory, long list", unit="MB", floor=_SHORT, target=1.3),
    Measure(name="simulator-create", title="memory to make a company file", unit="MB", floor=_SHORT, target=1.3),
    Measure(
        name="simulator-create-cpu", title="making it, each customer", unit="ms CPU", floor=_IN_SHORT, target=1.5
    ),
    Measure(name="simulator-page", title="memory to page through all", unit="MB", floor=_SHORT, target=1.3),
    Measure(
        name="simulator-page-cpu",
        title="paging, each customer",
        unit="ms CPU",
        floor=_IN_SHORT,
        target=1.5,
    ),
    Measure(name="simulator-changed", title="memory to say what changed", unit="MB", floor=_SHORT, target=1.3),
    Measure(name="matching", title="20,000 records matched with 20,000 customers", unit="s CPU", target=60),
    Measure(name="matching-memory", title="peak memory of it", unit="MB", target=300),
    Measure(name="matching-found", title="that found their customer first", unit="%", target=95, is_speed=True),
    Measure(name="posting-trips", title="round trips to post 1,000 invoices", target=40),
    Measure(name="posting-lost", title="good ones held up by the one that was refused", target=0),
    Measure(name="posting", title="posting them, server and QuickBooks together", unit="s CPU"),
    *(
        Measure(name=f"page-{page.key}", title=page.title, unit="ms", floor=_ROW, target=100, is_wait=True)
        for page in PAGES
    ),
    Measure(name="many", title="100,000 customers in", unit="s CPU", floor=_BYTES, target=1.5),
)
MEASURES: Mapping[str, Measure] = {measure.name: measure for measure in _ALL}
ON_POSTGRES: Mapping[str, float] = {"customers": 2.5}  # targets that differ there


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What the rounds came to: medians, and how far the rounds lay apart."""

    measure: str
    database: str
    value: float
    floor: float | None
    ratio: float
    lowest: float
    highest: float
    target: float | None
    verdict: str  # "ok", "miss", "" where there is no target


def lines(samples: Sequence[Sample], *, database: str) -> list[Line]:
    """One line per measure, in the table's order."""
    rounds: dict[str, list[Sample]] = defaultdict(list)
    for sample in samples:
        rounds[sample.measure].append(sample)
    return [_line(MEASURES[name], rounds[name], database=database) for name in MEASURES if name in rounds]


def _line(measure: Measure, samples: Sequence[Sample], *, database: str) -> Line:
    ratios = [sample.value / sample.floor if sample.floor else sample.value for sample in samples]
    floors = [sample.floor for sample in samples if sample.floor]
    ratio = statistics.median(ratios)
    target = ON_POSTGRES.get(measure.name, measure.target) if database == "PostgreSQL" else measure.target
    value = statistics.median(sample.value for sample in samples)
    told = value if measure.is_wait else ratio
    met = target is None or (told >= target if measure.is_speed else told <= target)
    return Line(
        measure=measure.name,
        database=database,
        value=value,
        floor=statistics.median(floors) if floors else None,
        ratio=ratio,
        lowest=min(ratios),
        highest=max(ratios),
        target=target,
        verdict="" if target is None else "ok" if met else "miss",
    )


_HEADS = ("", "measured", "floor", "ratio", "rounds", "target", "")


def table(found: Iterable[Line]) -> list[tuple[str, ...]]:
    """The cells of the table, its heads first."""
    rows: list[tuple[str, ...]] = [_HEADS]
    for line in found:
        measure = MEASURES[line.measure]
        title = measure.title + (" (PostgreSQL)" if line.database == "PostgreSQL" else "")
        if line.floor is None:
            cells = (_figure(line.value, measure.unit), "", "")
        else:
            cells = (
                _figure(line.value, measure.unit),
                f"{_figure(line.floor, measure.unit)}, {measure.floor}",
                f"{line.ratio:.2f}",
            )
        spread = f"{line.lowest:.2f}–{line.highest:.2f}" if line.floor is not None else ""
        target = (
            ""
            if line.target is None
            else f"{'≥' if measure.is_speed else '≤'} {line.target:g}{' ms' * measure.is_wait}"
        )
        rows.append((title, *cells, spread, target, line.verdict))
    return rows


def _figure(value: float, unit: str) -> str:
    number = f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.2f}"
    return f"{number} {unit}".strip()


def as_text(found: Iterable[Line]) -> str:
    rows = table(found)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def as_json(found: Iterable[Line], *, setting: Mapping[str, str]) -> dict[str, object]:
    return {"setting": dict(setting), "lines": [asdict(line) for line in found]}


def setting(*, customers: int, rounds: int, lengths: tuple[int, int]) -> dict[str, str]:
    """When, where and with what."""
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{_processor()}, {_cores()} cores, {platform.system()} {platform.release()}",
        "versions": ", ".join(
            [f"Python {platform.python_version()}"]
            + [f"{name} {version(name)}" for name in ("django", "granian", "lxml", "psycopg", "qbwc-kit")]
        ),
        "customers": f"{customers:,}",
        "rounds": str(rounds),
        "lengths": " and ".join(f"{length:,}" for length in lengths),
        "longest": f"{lengths[1]:,}",
    }


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    names = [
        line.partition(":")[2].strip() for line in info.read_text().splitlines() if line.startswith("model name")
    ]
    return names[0] if names else platform.machine()


def _cores() -> int:
    import os

    return os.cpu_count() or 1


def write_docs(found: Sequence[Line], *, setting: Mapping[str, str]) -> None:
    """Puts the figures into their places in docs/performance.md. A place without any stays as it is."""
    simulated = [line for line in found if line.measure.startswith("simulator")]
    waited = [line for line in found if MEASURES[line.measure].is_wait]
    posted = [line for line in found if line.measure.startswith("posting")]
    others = [line for line in found if line not in simulated and line not in waited and line not in posted]
    places = {_SIMULATOR: simulated, _PAGES: waited, _POSTING: posted, _FIGURES: others}
    page = PAGE.read_text(encoding="utf-8")
    for place, lines_there in places.items():
        if lines_there:
            before, _, rest = page.partition(place)
            _, _, after = rest.partition(_END)
            how = _HOW.get(place, _ROUNDS)
            page = (
                f"{before}{place}\n{_figures(lines_there, how=how.format(**setting), setting=setting)}\n{_END}{after}"
            )
    PAGE.write_text(page, encoding="utf-8")


_ROUNDS = "{customers} customers and jobs, {rounds} rounds; medians, with the lowest and highest ratio of a round."
_ONCE = "{lengths} customers and jobs, each step once in a process of its own."

_WAITS = (
    "{longest} customers and jobs, a fifth as many buildings; 95th percentile of what a person waits for the server."
)
_VISIT = "One visit, {rounds} rounds; medians. Product and simulated QuickBooks in one process, calls as bytes."
_HOW = {_SIMULATOR: _ONCE, _PAGES: _WAITS, _POSTING: _VISIT}


def _figures(found: Sequence[Line], *, how: str, setting: Mapping[str, str]) -> str:
    head, *rest = table(found)
    rows = [("what", *head[1:-1], "met"), ("---",) * len(head), *rest]
    said = f"Measured on {setting['date']}: {setting['machine']}; {setting['versions']}. {how}"
    return "\n".join([said, "", *(f"| {' | '.join(row)} |" for row in rows)])
