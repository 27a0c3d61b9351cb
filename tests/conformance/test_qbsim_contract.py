"""Every request that the simulator knows, whole and broken in every way, against the published qbXML 13.0 schema.

What the schema refuses, the simulator's parser refuses, and the other way round. Values are always sound here,
so that only structure decides; bad values are statuses (see checking).
"""

import os
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from random import Random

import pytest
from lxml import etree

from qbsim.checking import StructureFault
from qbsim.company import Company
from qbsim.declarations import Choice, Element, Kind, Particle, Request
from qbsim.handlers.lists import SOURCES
from qbsim.messages import REQUESTS
from qbsim.reading import read_message_set
from support.company_files import Asking
from support.fake_service import qbxml

FOLDER = os.environ.get("QBXML_SCHEMA_DIR")

pytestmark = [
    pytest.mark.conformance,
    pytest.mark.skipif(not FOLDER, reason="QBXML_SCHEMA_DIR names no folder with the published schema"),
]

SAMPLES = {
    Kind.STRING: "a",
    Kind.ID: "80000001-1422671082",
    Kind.GUID: "{11111111-2222-4333-8444-555555555555}",
    Kind.BOOL: "true",
    Kind.DATE: "2024-03-09",
    Kind.DATETIME: "2024-03-09T11:00:00",
    Kind.AMOUNT: "1.00",
    Kind.PRICE: "1.5",
    Kind.QUANTITY: "2",
    Kind.PERCENT: "7.25",
    Kind.INT: "1",
    Kind.FLOAT: "1.5",
}
BREACHES = 40  # of each whole request; all of them would take minutes


def whole(request: Request, *, choose: int) -> etree._Element:
    """Return a request with every element it may have; `choose` picks the branch of each choice."""
    element = etree.Element(f"{request.tag}Rq")
    _fill(element, request.body, choose)
    return element


def _fill(parent: etree._Element, particles: tuple[Particle, ...], choose: int) -> None:
    for particle in particles:
        if isinstance(particle, Choice):
            branches = particle.branches
            for branch in branches if particle.most is None else (branches[choose % len(branches)],):
                _fill(parent, branch, choose)
            continue
        for _ in range(1 if particle.most == 1 else 2):
            _add(parent, particle, choose)


def _add(parent: etree._Element, element: Element, choose: int) -> None:
    child = etree.SubElement(parent, element.tag)
    if element.is_aggregate:
        _fill(child, element.children, choose)
    else:
        child.text = element.values[0] if element.values else SAMPLES[element.kind]


def broken(request: etree._Element, random: Random) -> Iterator[etree._Element]:
    """Walk copies of a request, each with one thing amiss (or, now and then, nothing: some may be left out)."""
    count = sum(1 for _ in request.iter()) - 1
    for _ in range(BREACHES):
        copy = deepcopy(request)
        victim = list(copy.iter())[1 + random.randrange(count)]
        random.choice((_drop, _double, _swap, _misspell, _crowd, _empty))(victim)
        yield copy


def _drop(victim: etree._Element) -> None:
    victim.getparent().remove(victim)


def _double(victim: etree._Element) -> None:
    victim.addnext(deepcopy(victim))


def _swap(victim: etree._Element) -> None:
    following = victim.getnext()
    if following is not None:
        following.addnext(victim)


def _misspell(victim: etree._Element) -> None:
    victim.tag = victim.tag.lower()


def _crowd(victim: etree._Element) -> None:
    victim.addprevious(etree.Element("Colour"))


def _empty(victim: etree._Element) -> None:
    if len(victim):
        victim[:] = []


@pytest.fixture(scope="module")
def grammar() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(Path(FOLDER or "") / "qbxmlops130.xsd"))


def refusal(document: str) -> str:
    try:
        read_message_set(document, supported=["13.0"])
    except StructureFault as fault:
        return str(fault) or "refused"
    return ""


@pytest.mark.parametrize("tag", REQUESTS)
def test_the_parser_refuses_what_the_schema_refuses(grammar: etree.XMLSchema, tag: str) -> None:
    request = REQUESTS[tag]
    random = Random(tag)
    for choose in range(4):
        sound = whole(request, choose=choose)
        text = qbxml(etree.tostring(sound, encoding="unicode"))
        assert grammar.validate(etree.fromstring(text.encode())), [str(error) for error in grammar.error_log]
        assert refusal(text) == ""
        for each in broken(sound, random):
            text = qbxml(etree.tostring(each, encoding="unicode"))
            is_valid = grammar.validate(etree.fromstring(text.encode()))
            assert is_valid == (not refusal(text)), f"{refusal(text)!r}: {text}"


@pytest.mark.parametrize("version", ["3.0", "6.0", "8.0", "12.0", "13.0"])
def test_every_list_answers_as_published(grammar: etree.XMLSchema, tmp_path: Path, version: str) -> None:
    """With every feature on, so that nothing is left out."""
    with Company.create(tmp_path / "Books.qbw", customers=0) as company:
        for preference in (
            "AccountingPreferences.IsUsingClassTracking",
            "MultiCurrencyPreferences.IsMultiCurrencyOn",
            "ItemsAndInventoryPreferences.IsBarcodeEnabled",
        ):
            company.set_preference(preference, True)
        everything = {"class": "Repairs:After Hours", "bar_code_value": "4711", "external_guid": SAMPLES[Kind.GUID]}
        company.lists.add(
            "ItemService",
            "Everything",
            sales_tax_code="Tax",
            sales_or_purchase={"Desc": "d", "Price": "1.5", "AccountRef": "Parts Sales"},
            **everything,
        )
        answers: list[str] = []
        asking = Asking(company, on_response=answers.append)
        asking.ask(*(f"<{tag}/>" for tag in SOURCES), version=version)
    assert grammar.validate(etree.fromstring(answers[0].encode())), [str(error) for error in grammar.error_log]
    item = next(iter(etree.fromstring(answers[0].encode()).xpath("//ItemServiceRet[Name='Everything']")))
    assert (item.find("BarCodeValue") is not None) == (version in {"12.0", "13.0"})
