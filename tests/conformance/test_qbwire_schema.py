"""Every declaration of qbwire against the published qbXML 13.0 schema and the published service description.

Source: the XSDs and the WSDL that Intuit publishes, in the folder QBXML_SCHEMA_DIR; nothing of them is kept here.
"""

import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from qbwire.codec import Element, declared_messages, elements_of
from qbwire.messages import encode_request_set
from qbwire.wsdl import wsdl
from support.messages import examples, messages
from support.qbxml_schema import Fact, Schema, load

pytestmark = pytest.mark.conformance

REQUESTS = sorted(name for name in declared_messages() if name.endswith("Rq"))
RECORDS = sorted(name for name in declared_messages() if not name.endswith("Rq"))

# What the schema has and qbwire leaves out: elements of other editions than the US one, and card processing.
_LINES_APART = ("DiscountLine", "SalesTaxLine", "ShippingLine")
LEFT_OUT = {
    "CustomerRet/Suffix",
    "CustomerRet/PrintAs",
    "CustomerRet/Pager",
    "CustomerRet/SalesTaxCountry",
    "CustomerRet/IsStatementWithParent",
    "CustomerRet/DeliveryMethod",
    "CustomerRet/TaxRegistrationNumber",
    "CompanyRet/CompanyEmailForCustomer",
    "ItemServiceRet/IsTaxIncluded",
    "ItemServiceRet/SalesAndPurchase/PurchaseTaxCodeRef",
    "ItemNonInventoryRet/IsTaxIncluded",
    "ItemNonInventoryRet/SalesAndPurchase/PurchaseTaxCodeRef",
    "ItemOtherChargeRet/IsTaxIncluded",
    "ItemOtherChargeRet/SalesAndPurchase/PurchaseTaxCodeRef",
    "ItemInventoryRet/IsTaxIncluded",
    "ItemInventoryRet/PurchaseTaxCodeRef",
    "ItemInventoryAssemblyRet/IsTaxIncluded",
    "ItemInventoryAssemblyRet/PurchaseTaxCodeRef",
    "ItemSalesTaxRet/SalesTaxReturnLineRef",
    "AccountRet/DetailAccountType",
    "AccountRet/IsTaxAccount",
    "AccountRet/LastCheckNumber",
    "AccountRet/SalesTaxCodeRef",
    "SalesTaxCodeRet/ItemPurchaseTaxRef",
    "SalesTaxCodeRet/ItemSalesTaxRef",
    "InvoiceAddRq/InvoiceAdd/IsTaxIncluded",
    "InvoiceAddRq/InvoiceAdd/SetCredit/TxnLineID",
    "InvoiceAddRq/InvoiceAdd/InvoiceLineAdd/TaxAmount",
    "InvoiceAddRq/InvoiceAdd/InvoiceLineAdd/IsTaxable",
    "InvoiceAddRq/InvoiceAdd/InvoiceLineGroupAdd/Desc",
    "InvoiceAddRq/InvoiceAdd/InvoiceLineGroupAdd/ServiceDate",
    *(f"InvoiceAddRq/InvoiceAdd/{line}Add" for line in _LINES_APART),
    "InvoiceModRq/InvoiceMod/IsTaxIncluded",
    "InvoiceModRq/InvoiceMod/SetCredit/TxnLineID",
    "InvoiceModRq/InvoiceMod/InvoiceLineMod/TaxAmount",
    "InvoiceModRq/InvoiceMod/InvoiceLineGroupMod/InvoiceLineMod/TaxAmount",
    "InvoiceRet/IsTaxIncluded",
    "InvoiceRet/LinkedTxn/TxnLineDetail",
    "InvoiceRet/InvoiceLineRet/TaxAmount",
    "InvoiceRet/InvoiceLineRet/IsTaxable",
    "InvoiceRet/InvoiceLineGroupRet/ServiceDate",
    "InvoiceRet/InvoiceLineGroupRet/InvoiceLineRet/TaxAmount",
    "InvoiceRet/InvoiceLineGroupRet/InvoiceLineRet/IsTaxable",
    *(f"InvoiceRet/{line}Ret" for line in _LINES_APART),
    "ReceivePaymentAddRq/ReceivePaymentAdd/CreditCardTxnInfo",
    "ReceivePaymentAddRq/ReceivePaymentAdd/AppliedToTxnAdd/TxnLineDetail",
    "ReceivePaymentAddRq/ReceivePaymentAdd/AppliedToTxnAdd/SetCredit/TxnLineID",
    "ReceivePaymentRet/CreditCardTxnInfo",
    "ReceivePaymentRet/AppliedToTxnRet/TxnLineDetail",
    "ReceivePaymentRet/AppliedToTxnRet/LinkedTxn/TxnLineDetail",
    "TxnVoidRs/ErrorRecovery",  # read from every response alike
    "TxnDelRs/ErrorRecovery",
}
# Attributes that are left out: nothing would use them.
WITHOUT_ATTRIBUTES = {
    "InvoiceAddRq/InvoiceAdd/InvoiceLineAdd": {"defMacro"},
}
# What the schema lets be absent and qbwire insists on: a record without its ID cannot be kept.
INSISTED_ON = {
    f"{name}/{'ListID' if hasattr(cls, 'list_id') else 'TxnID'}"
    for name, cls in declared_messages().items()
    if name.endswith("Ret") and name not in {"HostRet", "CompanyRet", "PreferencesRet", "DataExtRet", "DataExtDelRet"}
}


@pytest.fixture(scope="session")
def schema_folder() -> Path:
    folder = os.environ.get("QBXML_SCHEMA_DIR")
    if not folder:
        pytest.skip("QBXML_SCHEMA_DIR is not set: nothing was compared with the published schema")
    return Path(folder)


@pytest.fixture(scope="session")
def schema(schema_folder: Path) -> Schema:
    return load(schema_folder)


def content_of(name: str, *, schema: Schema) -> tuple[Fact, ...]:
    """The schema's facts about a request, a response or a record."""
    return schema.facts_of(f"{name}Type" if name.endswith(("Rq", "Rs")) else name)


def declared_facts(cls: type, *, outer: int | None = None) -> list[Fact]:
    """A declaration in the terms of the schema."""
    numbers: dict[object, int] = {}
    facts = []
    for element in elements_of(cls):
        if element.is_attribute:
            continue
        for mark in element.branches:
            numbers.setdefault(mark.choice, len(numbers) + 1)
        branches = tuple((numbers[mark.choice], mark.number, mark.choice.required) for mark in element.branches)
        facts.extend(_declared_fact(element, outer=outer, branches=branches))
    return _settled(facts)


def _declared_fact(element: Element, *, outer: int | None, branches: tuple[tuple[int, int, bool], ...]) -> list[Fact]:
    common = {"least": element.least, "most": element.most, "branches": branches}
    if element.aggregates:
        return [
            Fact(
                tag=tag,
                type="aggregate",
                children=tuple(declared_facts(option, outer=element.limit)),
                attributes=frozenset(inner.tag for inner in elements_of(option) if inner.is_attribute),
                **common,  # type: ignore[arg-type]
            )
            for tag, option in element.aggregates
        ]
    assert element.scalar is not None
    return [
        Fact(
            tag=element.tag,
            type="ENUMTYPE" if element.words else element.scalar.name,
            max_length=outer if element.takes_outer_limit else element.limit,
            bounds=(element.scalar.least, element.scalar.most),
            words=frozenset(element.words),
            attributes=frozenset({"useMacro"} if element.takes_macro else ()),
            **common,  # type: ignore[arg-type]
        )
    ]


def expected_facts(facts: tuple[Fact, ...], *, path: str) -> list[Fact]:
    """The schema's facts, less what is deliberately left out, plus what is insisted on."""
    kept = []
    for fact in facts:
        place = f"{path}/{fact.tag}"
        if place in LEFT_OUT:
            continue
        least = 1 if place in INSISTED_ON else fact.least
        type_name = "ENUMTYPE" if fact.words else fact.type
        children = tuple(expected_facts(fact.children, path=place))
        attributes = fact.attributes - WITHOUT_ATTRIBUTES.get(place, set())
        kept.append(replace(fact, least=least, type=type_name, children=children, attributes=attributes))
    return _settled(kept)


def _settled(facts: list[Fact]) -> list[Fact]:
    """An element that is a branch of a choice all by itself is taken by giving it: it is never required."""
    alone = [fact for fact in facts if sum(other.branches == fact.branches for other in facts) == 1 and fact.branches]
    return [replace(fact, least=0) if fact in alone else fact for fact in facts]


def assert_equal(declared: list[Fact], expected: list[Fact], *, path: str) -> None:
    assert [fact.tag for fact in declared] == [fact.tag for fact in expected], path
    for ours, theirs in zip(declared, expected, strict=True):
        assert_equal(list(ours.children), list(theirs.children), path=f"{path}/{ours.tag}")
        assert replace(ours, children=()) == replace(theirs, children=()), f"{path}/{ours.tag}"


@pytest.mark.parametrize("name", RECORDS)
def test_a_record_is_declared_as_the_schema_has_it(name: str, schema: Schema) -> None:
    cls = declared_messages()[name]
    assert_equal(declared_facts(cls), expected_facts(content_of(name, schema=schema), path=name), path=name)


@pytest.mark.parametrize("name", REQUESTS)
def test_a_request_is_declared_as_the_schema_has_it(name: str, schema: Schema) -> None:
    cls = declared_messages()[name]
    assert name in schema.requests()
    assert_equal(declared_facts(cls), expected_facts(content_of(name, schema=schema), path=name), path=name)


@pytest.mark.parametrize("name", REQUESTS)
def test_the_attributes_of_a_request_are_those_of_the_schema(name: str, schema: Schema) -> None:
    declared = {
        element.tag: frozenset(element.words)
        for element in elements_of(declared_messages()[name])
        if element.is_attribute
    }
    assert declared | {"requestID": frozenset()} == schema.attributes_of(f"{name}Type")


@pytest.mark.parametrize("name", REQUESTS)
def test_the_answer_to_a_request_holds_declared_records_only(name: str, schema: Schema) -> None:
    answer = f"{name.removesuffix('Rq')}Rs"
    in_schema = {fact.tag for fact in schema.facts_of(f"{answer}Type")}
    assert answer in declared_messages() or in_schema <= declared_messages().keys()


def test_every_exception_is_still_one(schema: Schema) -> None:
    for place in LEFT_OUT | INSISTED_ON:
        name, *path, tag = place.split("/")
        theirs, ours = list(content_of(name, schema=schema)), declared_facts(declared_messages()[name])
        for step in path:
            theirs, ours = ([*_only(facts, tag=step).children] for facts in (theirs, ours))
        assert (tag in {fact.tag for fact in ours}) is (place in INSISTED_ON), place
        assert place in LEFT_OUT or _only(theirs, tag=tag).least == 0, place
        assert tag in {fact.tag for fact in theirs}, place


def test_every_attribute_left_out_is_still_one(schema: Schema) -> None:
    for place, attributes in WITHOUT_ATTRIBUTES.items():
        name, *path = place.split("/")
        facts = list(content_of(name, schema=schema))
        for step in path:
            fact = _only(facts, tag=step)
            facts = [*fact.children]
        assert attributes <= fact.attributes


def _only(facts: list[Fact], *, tag: str) -> Fact:
    (fact,) = [fact for fact in facts if fact.tag == tag]
    return fact


@pytest.mark.parametrize("name", REQUESTS)
def test_a_full_request_is_valid(name: str, schema: Schema) -> None:
    for number, example in enumerate(examples(declared_messages()[name])):
        document = encode_request_set([(str(number), example)])
        schema.validator.assertValid(etree.fromstring(document.encode()))


@given(data=st.data())
def test_every_request_set_that_can_be_written_is_valid(schema: Schema, data: st.DataObject) -> None:
    request = st.sampled_from(REQUESTS).flatmap(lambda name: messages(declared_messages()[name]))
    requests = data.draw(st.lists(request, max_size=3))
    document = encode_request_set(
        [(str(number), request) for number, request in enumerate(requests)],
        on_error=data.draw(st.sampled_from(["continueOnError", "stopOnError"])),
        new_message_set_id=data.draw(st.none() | st.just("A" * 23)),
        old_message_set_id=data.draw(st.none() | st.just("B")),
    )
    schema.validator.assertValid(etree.fromstring(document.encode()))


# --- the service description ----------------------------------------------------------------------

WSDL = "{http://schemas.xmlsoap.org/wsdl/}"
XSD = "{http://www.w3.org/2001/XMLSchema}"
SOAP = "{http://schemas.xmlsoap.org/wsdl/soap/}"


def service_facts(document: etree._Element) -> dict[str, object]:
    """Operations, messages, elements and actions of a WSDL, without names that are a matter of taste."""
    elements = {
        element.get("name"): [
            (
                part.get("name"),
                (part.get("type") or "").rpartition(":")[2],
                part.get("minOccurs"),
                part.get("maxOccurs"),
                part.get("nillable"),
            )
            for part in element.iter(f"{XSD}element")
            if part is not element
        ]
        for element in document.iterfind(f"{WSDL}types/{XSD}schema/*")
    }
    parts = {
        message.get("name"): [part.get("element", "").rpartition(":")[2] for part in message]
        for message in document.findall(f"{WSDL}message")
    }
    (port_type,) = document.findall(f"{WSDL}portType")
    operations = {
        operation.get("name"): [
            parts[operation.find(f"{WSDL}{way}").get("message").rpartition(":")[2]]  # type: ignore[union-attr]
            for way in ("input", "output")
        ]
        for operation in port_type.findall(f"{WSDL}operation")
    }
    (binding,) = [found for found in document.findall(f"{WSDL}binding") if found.find(f"{SOAP}binding") is not None]
    actions = {
        operation.get("name"): [
            (part.get("soapAction"), part.get("style"), part.get("use"))
            for part in operation.iter(f"{SOAP}operation", f"{SOAP}body")
        ]
        for operation in binding.findall(f"{WSDL}operation")
    }
    return {
        "namespace": document.get("targetNamespace"),
        "elements": elements,
        "operations": operations,
        "actions": actions,
        "transport": binding.find(f"{SOAP}binding").get("transport"),  # type: ignore[union-attr]
    }


def test_the_service_is_described_as_published(schema_folder: Path) -> None:
    published = etree.parse(schema_folder / "QBWebConnectorSvc.wsdl").getroot()
    ours = etree.fromstring(wsdl("https://books.example.com/qbwc"))
    assert service_facts(ours) == service_facts(published)
