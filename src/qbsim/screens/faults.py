"""Switches for faults: what can go wrong at the QuickBooks computer, on until they are switched off.

They are kept in the company file that the Web Connector was started with, and obeyed from its next call on.
"""

from collections.abc import Mapping
from http import HTTPStatus

from qbsim.company import CompanyError
from qbsim.fault_switches import Switch
from qbsim.faults import FAULTS, FaultKind, UnknownFault
from qbsim.screens.markup import Child, Element, h
from qbsim.screens.parts import Column, Field, badge, field, group, page, press, refusal, submit, table
from qbsim.screens.web import PageRefused, Reply, Routes, Visit, see

ROUTES = Routes()

HOW_LONG = (
    ("", "Until I switch it off"),
    ("times", "So often, then it ends by itself"),
    ("share", "A share of all calls"),
)


@ROUTES.get("/faults")
def switches(visit: Visit) -> Reply:
    on = {switch.fault.name: switch for switch in visit.home.faults.list()}
    return page(
        visit,
        "Faults",
        h("h1", "Faults"),
        h(
            "p",
            "What goes wrong at the QuickBooks computer, on purpose. A running Web Connector obeys at its next call.",
        ),
        *_on_now(on),
        h("h2", "All faults"),
        table(
            "All faults",
            ["Fault", Column("What happens", "wide"), "State", Column("Switch", "wide")],
            [_row(name, kind, on.get(name)) for name, kind in FAULTS.items()],
        ),
        section="faults",
        wide=True,
    )


def _on_now(on: Mapping[str, Switch]) -> list[Child]:
    if not on:
        return [h("p", "None is switched on: all goes well.")]
    rows: list[list[Child]] = [
        [h("code", str(switch.fault)), sentence(switch.fault.kind), _how_long(switch), _off(name)]
        for name, switch in on.items()
    ]
    return [
        h("h2", "On now"),
        table("On now", ["Fault", Column("What happens", "wide"), "How long", Column("Switch", "wide")], rows),
        press("Switch all off", "/faults/off") if len(on) > 1 else None,
    ]


def sentence(kind: FaultKind) -> str:
    """Write what happens as a sentence of a page."""
    return f"{kind.says[0].upper()}{kind.says[1:]}."


def _how_long(switch: Switch) -> str:
    when = switch.fault.when
    if when is None:
        return "until switched off"
    if switch.left is not None:
        return f"{switch.left} more {'time' if switch.left == 1 else 'times'}"
    return f"{when.percent:g} % of calls"


def _off(name: str) -> Element:
    return press("Switch off", "/faults/off", fault=name, unseen=f" {name}")


def _row(name: str, kind: FaultKind, switch: Switch | None) -> list[Child]:
    options = h("a", "Options", h("span", f" of {name}", class_="unseen"), href=f"/faults/{name}", class_="button")
    if switch is not None:
        return [h("code", name), sentence(kind), badge("on", tone="bad"), _off(name)]
    at_once = None if kind.required else press("Switch on", f"/faults/{name}", unseen=f" {name}")
    return [
        h("code", name),
        sentence(kind),
        h("span", "off", class_="soft"),
        h("div", at_once, options, class_="tools"),
    ]


@ROUTES.post("/faults/off")
def switch_off(visit: Visit) -> Reply:
    if name := visit.form.get("fault"):
        visit.home.faults.off(name)
    else:
        visit.home.faults.clear()
    return see("/faults", told="fault-off")


@ROUTES.form("/faults/<name>")
def switch_on(visit: Visit, name: str) -> Reply:
    kind = FAULTS.get(name)
    if kind is None:
        raise PageRefused(HTTPStatus.NOT_FOUND, f"There is no fault {name}.")
    form = {"parameter": kind.default, "times": "1", "percent": "30", "seed": "1"} | dict(visit.form)
    error = None
    if visit.is_post:
        try:
            visit.home.faults.on(_text(name, kind, visit.form))
            return see("/faults", told="fault-on")
        except UnknownFault as unknown:
            error = CompanyError(str(unknown))
    sheet = h(
        "form",
        field(_parameter(kind), form) if kind.parameter else None,
        field(Field("how_long", "How long", choices=HOW_LONG), form),
        group(
            "If so often, or a share",
            field(Field("times", "Times", 6, "number"), form),
            field(Field("percent", "Share in percent", 5), form),
            field(Field("seed", "Seed", 9, "number", hint="The same seed strikes the same calls."), form),
        ),
        submit("Switch on", "/faults"),
        method="post",
        action=visit.path,
        class_="sheet",
    )
    status = HTTPStatus.OK if error is None else HTTPStatus.CONFLICT
    return page(
        visit,
        name,
        h("h1", h("code", name)),
        refusal(error),
        h("p", sentence(kind)),
        sheet,
        section="faults",
        status=status,
    )


def _parameter(kind: FaultKind) -> Field:
    counted = "N counts calls or requests within one session, from 1." if kind.counts else ""
    without = f"Left empty: {kind.default}." if kind.default else "" if kind.required else "May be left empty."
    label = f"Parameter: {kind.parameter}"
    return Field("parameter", label, 200, hint=f"{counted} {without}".strip(), required=kind.required)


def _text(name: str, kind: FaultKind, form: Mapping[str, str]) -> str:
    """Write the fault as the command line has it: name[:parameter][@when]."""
    parameter = form.get("parameter", "").strip() if kind.parameter else ""
    text = f"{name}:{parameter}" if parameter else name
    match form.get("how_long"):
        case "times":
            return f"{text}@{form.get('times', '').strip()}"
        case "share":
            seed = form.get("seed", "").strip()
            return f"{text}@{form.get('percent', '').strip()}%{f':{seed}' if seed else ''}"
        case _:
            return text
