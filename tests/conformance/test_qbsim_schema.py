"""The simulator's declarations and answers against the published qbXML 13.0 schema.

The schema may not be in this repository. QBXML_SCHEMA_DIR names the folder that holds qbxmlops130.xsd and the files
it includes.
"""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from qbsim.company import Company, address, contact, labelled, ship_to
from qbsim.declarations import Choice, Element, Kind, Particle
from qbsim.messages import REQUESTS
from qbsim.messages.company import COMPANY_RET
from qbsim.messages.customer import CUSTOMER_RET
from qbsim.messages.data_ext import DATA_EXT_DEF_RET, DATA_EXT_DEL_RET
from qbsim.messages.deleted import LIST_DELETED_RET
from qbsim.messages.host import HOST_RET
from qbsim.messages.invoice import INVOICE_RET
from qbsim.messages.items import ITEM_RETS
from qbsim.messages.list_changes import LIST_DEL_RS, LIST_MERGE_RS
from qbsim.messages.lists import LIST_RETS
from qbsim.messages.preferences import PREFERENCES_RET
from qbsim.messages.receive_payment import PAYMENT_RET
from qbsim.messages.transactions import TXN_DEL_RS, TXN_DELETED_RET, TXN_VOID_RS
from qbsim.processor import QuickBooks, RequestRefused
from support.company_files import Asking
from support.fake_service import qbxml

FOLDER = os.environ.get("QBXML_SCHEMA_DIR")

pytestmark = [
    pytest.mark.conformance,
    pytest.mark.skipif(not FOLDER, reason="QBXML_SCHEMA_DIR names no folder with the published schema"),
]

XSD = "{http://www.w3.org/2001/XMLSchema}"

# In the schema, but annotated there as not available in the US desktop product: neither sent nor simulated.
NOT_IN_THE_US = {
    "Suffix",
    "PrintAs",
    "Mobile",
    "Pager",
    "SalesTaxCountry",
    "IsStatementWithParent",
    "DeliveryMethod",
    "TaxRegistrationNumber",
    "CompanyEmailForCustomer",
    "DetailAccountType",
    "IsTaxAccount",
    "IsTaxIncluded",
    "LastCheckNumber",
    "PurchaseTaxCodeRef",
    "SalesTaxReturnLineRef",
    "DiscountLineAdd",
    "DiscountLineRet",
    "SalesTaxLineAdd",
    "SalesTaxLineRet",
    "ShippingLineAdd",
    "ShippingLineRet",
    "TaxAmount",
    "TxnLineDetail",
}
NOT_THERE_IN_THE_US = {
    "InvoiceLineAdd": {"IsTaxable"},
    "InvoiceLineGroupAdd": {"Desc", "ServiceDate"},
    "InvoiceLineGroupRet": {"ServiceDate"},
    "InvoiceLineRet": {"IsTaxable"},
    "SetCredit": {"TxnLineID"},
    "AccountRet": {"SalesTaxCodeRef"},
    "SalesTaxCodeRet": {"ItemPurchaseTaxRef", "ItemSalesTaxRef"},
}

RETS = {
    "HostRet": HOST_RET,
    "CompanyRet": COMPANY_RET,
    "PreferencesRet": PREFERENCES_RET,
    "CustomerRet": CUSTOMER_RET,
    "ListDeletedRet": LIST_DELETED_RET,
    "InvoiceRet": INVOICE_RET,
    "ReceivePaymentRet": PAYMENT_RET,
    "TxnDeletedRet": TXN_DELETED_RET,
    "DataExtDefRet": DATA_EXT_DEF_RET,
    "DataExtDelRet": DATA_EXT_DEL_RET,
    **{f"{kind}Ret": declared for kind, declared in {**LIST_RETS, **ITEM_RETS}.items()},
}
# Answers that hold no record of their own.
ANSWERS = {
    "ListDelRet": LIST_DEL_RS,
    "ListMergeRet": LIST_MERGE_RS,
    "TxnDelRet": TXN_DEL_RS,
    "TxnVoidRet": TXN_VOID_RS,
}

# -- both sides in one form ----------------------------------------------------------------------------------
# ("element", tag, least, most, type, max length, values, children) or ("choice", least, most, branches)

Shape = tuple[Any, ...]


def declared_shapes(particles: Iterable[Particle]) -> list[Shape]:
    return [_declared_shape(particle) for particle in particles]


def _declared_shape(particle: Particle) -> Shape:
    if isinstance(particle, Choice):
        return ("choice", particle.least, particle.most, [declared_shapes(branch) for branch in particle.branches])
    return _element_shape(particle)


def _element_shape(element: Element) -> Shape:
    kind = element.kind.value if element.kind else None
    max_length = None if element.kind is Kind.ID else element.max_length
    children = declared_shapes(element.children)
    return ("element", element.tag, element.least, element.most, kind, max_length, element.values, children)


class Schema:
    """The published schema, read as a tree: groups and references resolved, plain sequences dissolved."""

    def __init__(self, folder: Path) -> None:
        self.named: dict[tuple[str, str], etree._Element] = {}
        for name in ("qbxmltypes130.xsd", "qbxml130.xsd", "qbxmlops130.xsd"):
            for node in etree.parse(folder / name).getroot().iterchildren(tag=etree.Element):
                if node.get("name"):
                    self.named[node.tag.removeprefix(XSD), node.get("name")] = node

    def request(self, tag: str) -> tuple[list[Shape], dict[str, tuple[str, ...]]]:
        type_ = self.named["complexType", f"{tag}Type"]
        attributes = {
            attribute.get("name"): tuple(each.get("value") for each in attribute.iter(f"{XSD}enumeration"))
            for attribute in type_.iterfind(f"{XSD}attribute")
        }
        return self.content(type_), attributes

    def ret(self, tag: str) -> list[Shape]:
        absent = NOT_THERE_IN_THE_US.get(tag, set())
        content = self.content(self.named["element", tag].find(f"{XSD}complexType"))
        return [shape for shape in content if shape[1] not in absent]

    def group(self, name: str) -> list[Shape]:
        return self.content(self.named["group", name])

    def content(self, complex_type: etree._Element) -> list[Shape]:
        return [shape for node in complex_type for shape in self._particle(node)]

    def _particle(self, node: etree._Element) -> Iterator[Shape]:
        least = int(node.get("minOccurs", "1"))
        most = None if node.get("maxOccurs") == "unbounded" else int(node.get("maxOccurs", "1"))
        match node.tag.removeprefix(XSD):
            case "sequence":
                assert (least, most) == (1, 1), "a repeated sequence has no declaration"
                yield from self.content(node)
            case "group":
                yield from self.content(self.named["group", node.get("ref")])
            case "choice":
                yield (
                    "choice",
                    least,
                    most,
                    [list(self._particle(branch)) for branch in node.iterchildren(tag=etree.Element)],
                )
            case "element":
                shape = self._element(node, least=least, most=most)
                if shape[1] not in NOT_IN_THE_US:
                    yield shape

    def _element(self, node: etree._Element, *, least: int, most: int | None) -> Shape:
        tag = node.get("ref") or node.get("name")
        if node.get("ref"):
            node = self.named["element", tag]
        complex_type = node.find(f"{XSD}complexType")
        extended = node.find(f"{XSD}complexType/{XSD}simpleContent/{XSD}extension")
        if extended is not None:  # a value that may bear a macro
            return ("element", tag, least, most, extended.get("base"), None, (), [])
        if complex_type is not None:
            absent = NOT_THERE_IN_THE_US.get(tag, set())
            children = [shape for shape in self.content(complex_type) if shape[1] not in absent]
            return ("element", tag, least, most, None, None, (), children)
        restriction = node.find(f"{XSD}simpleType/{XSD}restriction")
        if restriction is None:
            return ("element", tag, least, most, node.get("type"), None, (), [])
        length = restriction.find(f"{XSD}maxLength")
        values = tuple(each.get("value") for each in restriction.iterfind(f"{XSD}enumeration"))
        max_length = None if length is None else int(length.get("value"))
        return ("element", tag, least, most, restriction.get("base"), max_length, values, [])


@pytest.fixture(scope="module")
def schema() -> Schema:
    return Schema(Path(FOLDER or ""))


def differences(declared: list[Shape], published: list[Shape], path: str) -> list[str]:
    """Say where two shapes part; values of an enumeration may stand in any order."""
    found = []
    tags = [[shape[1] if shape[0] == "element" else "one of" for shape in side] for side in (declared, published)]
    if tags[0] != tags[1]:
        return [f"{path}: declared {tags[0]}, published {tags[1]}"]
    for ours, theirs in zip(declared, published, strict=True):
        if ours[0] == "choice":
            if ours[1:3] != theirs[1:3] or len(ours[3]) != len(theirs[3]):
                found.append(f"{path}: the choices differ")
            for number, branches in enumerate(zip(ours[3], theirs[3], strict=False)):
                found += differences(*branches, f"{path}/branch {number}")
            continue
        inside = f"{path}/{ours[1]}"
        for what, one, other in zip(("least", "most", "type", "length"), ours[2:6], theirs[2:6], strict=True):
            if one != other:
                found.append(f"{inside}: {what} is {one}, published {other}")
        if set(ours[6]) != set(theirs[6]):
            found.append(f"{inside}: values differ by {set(ours[6]) ^ set(theirs[6])}")
        found += differences(ours[7], theirs[7], inside)
    return found


@pytest.mark.parametrize("tag", REQUESTS)
def test_every_request_is_declared_as_published(schema: Schema, tag: str) -> None:
    published, attributes = schema.request(tag)
    assert differences(declared_shapes(REQUESTS[tag].body), published, tag) == []
    declared = {attribute.name: attribute.values for attribute in REQUESTS[tag].attributes}
    assert declared | {"requestID": ()} == attributes


@pytest.mark.parametrize("tag", RETS)
def test_every_answer_is_declared_as_published(schema: Schema, tag: str) -> None:
    assert differences(declared_shapes(RETS[tag]), schema.ret(tag), tag) == []


@pytest.mark.parametrize("name", ANSWERS)
def test_answers_without_records_are_declared_as_published(schema: Schema, name: str) -> None:
    assert differences(declared_shapes(ANSWERS[name]), schema.group(name), name) == []


# -- documents -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def grammar() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(Path(FOLDER or "") / "qbxmlops130.xsd"))


def faults(grammar: etree.XMLSchema, document: str) -> list[str]:
    grammar.validate(etree.fromstring(document.encode()))
    return [str(error) for error in grammar.error_log]


@pytest.fixture
def rich(tmp_path: Path) -> Iterator[Company]:
    """Every kind of customer, without the deviations that the schema does not know."""
    with Company.create(tmp_path / "Rich.qbw", customers=300, deviations=()) as company:
        company.add_customer(
            "Everything",
            company_name="Everything & Co.",
            bill_address=address(
                "a", "b", "c", "d", "e", city="f", state="g", postal_code="h", country="i", note="j"
            ),
            ship_address_block=["a", None, "c"],
            ship_to_address=[ship_to("Gym", "a", default=True), ship_to("Pool")],
            additional_contact_ref=[labelled("Mobile", "1")],
            contacts_ret=[contact("Ann", last_name="Ash", job_title="Chef", phones=[labelled("Mobile", "1")])],
            terms="Net 30",
            sales_tax_code="Tax",
            item_sales_tax="State Tax",
            preferred_payment_method="Check",
            customer_type="Property Manager:HOA",
            job_status="InProgress",
            job_start_date="2024-01-01",
            job_projected_end_date="2024-02-01",
            job_end_date="2024-03-01",
            job_type="Repair",
            job_desc="Pump",
            credit_limit="100.00",
            external_guid="{11111111-2222-4333-8444-555555555555}",
            price_level="Contract",
            cc="a@b.example",
            balance="-1.50",
        )
        company.set_data_ext("0", "Route", "North", list_id=company.find("Everything").list_id)
        yield company


@pytest.fixture
def company_of_none(tmp_path: Path) -> Iterator[Company]:
    with Company.create(tmp_path / "Empty.qbw", customers=0) as company:
        yield company


QUESTIONS = (
    "<HostQueryRq/>",
    "<HostQueryRq><IncludeListMetaData><IncludeMaxCapacity>1</IncludeMaxCapacity></IncludeListMetaData></HostQueryRq>",
    "<CompanyQueryRq><OwnerID>0</OwnerID></CompanyQueryRq>",
    "<PreferencesQueryRq/>",
    '<CustomerQueryRq requestID="1"><ActiveStatus>All</ActiveStatus><OwnerID>0</OwnerID></CustomerQueryRq>',
    '<CustomerQueryRq iterator="Start" metaData="MetaDataOnly"><MaxReturned>9</MaxReturned></CustomerQueryRq>',
    "<CustomerQueryRq><FullName>Nobody</FullName></CustomerQueryRq>",
    "<CustomerQueryRq><FromModifiedDate>2024-12-31</FromModifiedDate></CustomerQueryRq>",
    "<CustomerQueryRq><ClassFilter><FullName>Inspections</FullName></ClassFilter></CustomerQueryRq>",
    "<CustomerQueryRq><IncludeRetElement>ListID</IncludeRetElement></CustomerQueryRq>",
    '<ListDeletedQueryRq metaData="MetaDataOnly"><ListDelType>Customer</ListDelType></ListDeletedQueryRq>',
    "<ListDeletedQueryRq><ListDelType>Customer</ListDelType></ListDeletedQueryRq>",
)


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_answer_is_valid(grammar: etree.XMLSchema, rich: Company, question: str) -> None:
    answers: list[str] = []
    Asking(rich, on_response=answers.append).ask(question)
    assert faults(grammar, qbxml(question)) == []
    assert faults(grammar, answers[0]) == []


# Parts of sound and unsound requests; their values are always sound, so that only structure decides.
PIECES = st.sampled_from(
    [
        "<ListID>80000001-1422671082</ListID>",
        "<FullName>Elm School</FullName>",
        "<MaxReturned>5</MaxReturned>",
        "<ActiveStatus>All</ActiveStatus>",
        "<ActiveStatus>Some</ActiveStatus>",
        "<FromModifiedDate>2024-03-09T11:00:00</FromModifiedDate>",
        "<ToModifiedDate>2024-03-09</ToModifiedDate>",
        "<NameFilter><MatchCriterion>Contains</MatchCriterion><Name>a</Name></NameFilter>",
        "<NameFilter><Name>a</Name><MatchCriterion>Contains</MatchCriterion></NameFilter>",
        "<NameRangeFilter><ToName>b</ToName></NameRangeFilter>",
        "<NameRangeFilter/>",
        "<TotalBalanceFilter><Operator>Equal</Operator><Amount>1.00</Amount></TotalBalanceFilter>",
        "<CurrencyFilter><ListID>1</ListID><ListID>2</ListID></CurrencyFilter>",
        "<CurrencyFilter><ListID>1</ListID><FullName>a</FullName></CurrencyFilter>",
        "<ClassFilter><FullNameWithChildren>a</FullNameWithChildren></ClassFilter>",
        "<ClassFilter><ListIDWithChildren>1</ListIDWithChildren><ListID>1</ListID></ClassFilter>",
        "<IncludeRetElement>Name</IncludeRetElement>",
        "<OwnerID>0</OwnerID>",
        "<OwnerID>{11111111-2222-4333-8444-555555555555}</OwnerID>",
        "<OwnerID>me</OwnerID>",
        "<Colour>red</Colour>",
    ]
)
ATTRIBUTES = st.sampled_from(
    ["", ' iterator="Start"', ' iterator="Begin"', ' metaData="MetaDataOnly"', ' colour="red"']
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(pieces=st.lists(PIECES, max_size=6), attributes=ATTRIBUTES)
def test_what_the_simulator_refuses_is_what_the_schema_refuses(
    grammar: etree.XMLSchema, company_of_none: Company, pieces: list[str], attributes: str
) -> None:
    document = qbxml(f"<CustomerQueryRq{attributes}>{''.join(pieces)}</CustomerQueryRq>")
    try:
        QuickBooks(company_of_none).begin_session().process(document)
    except RequestRefused as refused:
        is_refused, reason = True, refused.reason
    else:
        is_refused, reason = False, ""
    assert is_refused == bool(faults(grammar, document)), f"{document}: {reason}"


@pytest.mark.parametrize("version", ["1.1", "3.0", "6.0", "8.0", "11.0", "12.0", "13.0"])
def test_answers_in_older_versions_are_valid_too(grammar: etree.XMLSchema, rich: Company, version: str) -> None:
    answers: list[str] = []
    asking = Asking(rich, on_response=answers.append)
    asking.ask("<HostQueryRq/>", "<CompanyQueryRq/>", "<PreferencesQueryRq/>", "<CustomerQueryRq/>", version=version)
    assert faults(grammar, answers[0]) == []


def test_delivery_by_mail_is_the_only_deviation_that_shows(grammar: etree.XMLSchema, tmp_path: Path) -> None:
    """jsgoupil/quickbooks-sync: real files hold Mail, which the schema does not list."""
    answers: list[str] = []
    with Company.create(tmp_path / "Real.qbw", customers=300) as company:
        Asking(company, on_response=answers.append).customers("<ActiveStatus>All</ActiveStatus>")
    found = faults(grammar, answers[0])
    assert found
    assert all("PreferredDeliveryMethod" in fault and "'Mail'" in fault for fault in found)
