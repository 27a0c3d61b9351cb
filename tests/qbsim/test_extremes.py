"""Requests of sound structure whose values are empty or enormous: refused by a rule, or answered as published.

QuickBooks never falls over such a request, and what it refuses changes nothing.
"""

from collections.abc import Iterator
from contextlib import suppress
from copy import deepcopy
from pathlib import Path

import pytest
from lxml import etree

from qbsim.checking import StructureFault, check_structure
from qbsim.company import Company, contact
from qbsim.connector import WebConnector, WsgiTransport
from qbsim.declarations import Choice, Element, Kind, Particle
from qbsim.handlers import HANDLERS
from qbsim.messages import REQUESTS
from qbsim.transactions.invoices import VOIDED, group
from qbsim.transactions.invoices import line as sold
from qbsim.transactions.records import Invoice
from support.company_files import Asking, StandingClock, contents, status
from support.fake_service import FILE_ID, OWNER_ID, QWC, FakeService, qbxml
from support.money import done, invoice_add, line, payment_add, ref, refused

HUGE = "9999999999999.99"  # the largest amount that there is


@pytest.fixture
def books(company: Company) -> Company:
    """Elm School with one open invoice and an unused payment."""
    company.add_customer("Elm School", item_sales_tax="State Tax", sales_tax_code="Tax")
    company.invoices.add("Elm School", lines=[sold("Repair", amount="100.00")])
    company.payments.add("Elm School", "50.00", pays={})
    return company


def customer_add(body: str, *, name: str = "Oak Clinic") -> str:
    return f"<CustomerAddRq><CustomerAdd><Name>{name}</Name>{body}</CustomerAdd></CustomerAddRq>"


def packages(quantity: str) -> str:
    return f"<InvoiceLineGroupAdd>{ref('ItemGroupRef', 'Annual Package')}{quantity}</InvoiceLineGroupAdd>"


def group_mod(invoice: Invoice, quantity: str) -> str:
    """Ask for another quantity of the group on the first line."""
    ids = f"<TxnID>{invoice.txn_id}</TxnID><EditSequence>{invoice.edit_sequence}</EditSequence>"
    inside = f"<TxnLineID>{invoice.lines[0].line_id}</TxnLineID><Quantity>{quantity}</Quantity>"
    lines = f"<InvoiceLineGroupMod>{inside}</InvoiceLineGroupMod>"
    return f"<InvoiceModRq><InvoiceMod>{ids}{lines}</InvoiceMod></InvoiceModRq>"


def credit(company: Company, amount: str) -> str:
    (payment,) = company.payments.all()
    return (
        f"<SetCredit><CreditTxnID>{payment.txn_id}</CreditTxnID><AppliedAmount>{amount}</AppliedAmount></SetCredit>"
    )


# -- what is empty although it must be there -----------------------------------------------------------------------

NAMELESS_FIELD = (
    "<DataExtDefAddRq><DataExtDefAdd><OwnerID>0</OwnerID><DataExtName/><DataExtType>INTTYPE</DataExtType>"
    "</DataExtDefAdd></DataExtDefAddRq>"
)

# request -> the element that says nothing
EMPTY = {
    "an invoice for nobody": ("<InvoiceAddRq><InvoiceAdd><CustomerRef/></InvoiceAdd></InvoiceAddRq>", "CustomerRef"),
    "an invoice for a customer without a name": (invoice_add(customer=""), "CustomerRef"),
    "a payment of nobody": (payment_add("<IsAutoApply>0</IsAutoApply>", customer=""), "CustomerRef"),
    "a group of no name": (
        invoice_add(f"<InvoiceLineGroupAdd>{ref('ItemGroupRef', '')}</InvoiceLineGroupAdd>"),
        "ItemGroupRef",
    ),
    "a credit of no amount": (
        invoice_add(head="<SetCredit><CreditTxnID>1-1</CreditTxnID><AppliedAmount/></SetCredit>"),
        "AppliedAmount",
    ),
    "a customer without a name": (customer_add("", name=""), "Name"),
    "a person without a name": (customer_add("<Contacts><FirstName/></Contacts>"), "FirstName"),
    "a ship-to address without a name": (customer_add("<ShipToAddress><Name/></ShipToAddress>"), "Name"),
    "a note without words": (customer_add("<AdditionalNotes><Note/></AdditionalNotes>"), "Note"),
    "a custom field without a name": (NAMELESS_FIELD, "DataExtName"),
}


@pytest.mark.parametrize("kind", EMPTY)
def test_what_must_be_there_must_say_something(books: Company, kind: str) -> None:
    request, field = EMPTY[kind]
    assert refused(books, request) == ("3150", f'There is a missing element: "{field}".')


def test_a_change_cannot_empty_what_must_be_there_either(books: Company) -> None:
    elm = books.find("Elm School")
    ids = f"<ListID>{elm.list_id}</ListID><EditSequence>{elm.edit_sequence}</EditSequence>"
    site = "<ShipToAddress><Name/><City>Boise</City></ShipToAddress>"
    assert refused(books, f"<CustomerModRq><CustomerMod>{ids}{site}</CustomerMod></CustomerModRq>")[0] == "3150"
    (invoice,) = books.invoices.all()
    ids = f"<TxnID>{invoice.txn_id}</TxnID><EditSequence>{invoice.edit_sequence}</EditSequence>"
    asked = f"<InvoiceModRq><InvoiceMod>{ids}{credit(books, '')}</InvoiceMod></InvoiceModRq>"
    assert refused(books, asked)[0] == "3150"


# -- what has more digits than QuickBooks holds --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        (line("Repair", "<Quantity>9999999999</Quantity><Rate>9999999999</Rate>"), "3040"),
        (line("Repair", f"<Quantity>0.00001</Quantity><Amount>{HUGE}</Amount>"), "3045"),
        (line("Repair", f"<Quantity>10000</Quantity><Amount>{HUGE}</Amount>") * 2, "3040"),
        (packages("<Quantity>9999999999</Quantity>"), "3060"),
        (
            line("Trip Charge", f"<Quantity>10000</Quantity><Amount>{HUGE}</Amount>{ref('SalesTaxCodeRef', 'Tax')}"),
            "3040",
        ),
    ],
)
def test_what_is_counted_must_fit(books: Company, lines: str, code: str) -> None:
    assert refused(books, invoice_add(lines))[0] == code


def test_balances_must_fit(books: Company) -> None:
    """Each amount fits, and their sum does not: of a customer, of its jobs, of what was paid and not used."""
    ash = books.add_customer("Ash School")
    gym = books.add_customer("Gym", parent=ash.list_id)
    huge = line("Repair", f"<Quantity>10000</Quantity><Amount>{HUGE}</Amount>")
    done(Asking(books), invoice_add(huge, customer=gym.full_name))
    for customer, field in ((gym, "Balance"), (ash, "TotalBalance")):
        code, text = refused(books, invoice_add(line("Repair"), customer=customer.full_name))
        assert (code, text.endswith(f'in the field "{field}".')) == ("3040", True)
    total = f"<TotalAmount>{HUGE}</TotalAmount>"
    assert refused(books, payment_add("<IsAutoApply>0</IsAutoApply>", head=total))[0] == "3040"


def test_a_group_is_counted_in_five_decimals(books: Company, asking: Asking) -> None:
    invoice = books.invoices.add("Elm School", lines=[group("Annual Package", quantity="0.33333")])
    changed = done(asking, group_mod(invoice, "0.77777"))
    quantities = [each.text for each in changed.findall("InvoiceLineGroupRet/InvoiceLineRet/Quantity")]
    assert quantities == ["7.77770", "0.77777", "0.77777"]


def test_a_group_that_was_sold_not_once_opens_anew(books: Company, asking: Asking) -> None:
    invoice = books.invoices.add("Elm School", lines=[group("Annual Package", quantity="0")])
    changed = done(asking, group_mod(invoice, "2"))
    assert changed.findtext("InvoiceLineGroupRet/TxnLineID") == invoice.lines[0].line_id
    assert changed.findtext("Subtotal") == "1660.00"


def test_the_memo_of_a_voided_invoice_is_cut(books: Company, asking: Asking) -> None:
    invoice = books.invoices.add("Elm School", lines=[sold("Repair")], memo="x" * 4095)
    asking.ask(f"<TxnVoidRq><TxnVoidType>Invoice</TxnVoidType><TxnID>{invoice.txn_id}</TxnID></TxnVoidRq>")
    found = asking.ask(f"<InvoiceQueryRq><TxnID>{invoice.txn_id}</TxnID></InvoiceQueryRq>")[0]
    assert found.findtext("InvoiceRet/Memo") == VOIDED + "x" * (4095 - len(VOIDED))


def test_an_opening_balance_whose_rate_does_not_fit_has_none(books: Company, asking: Asking) -> None:
    done(asking, customer_add(f"<OpenBalance>{HUGE}</OpenBalance>"))
    who = "<EntityFilter><FullName>Oak Clinic</FullName></EntityFilter><IncludeLineItems>1</IncludeLineItems>"
    found = asking.ask(f"<InvoiceQueryRq>{who}</InvoiceQueryRq>")[0]
    assert [each.tag for each in found.find("InvoiceRet/InvoiceLineRet")] == ["TxnLineID", "Desc", "Amount"]


# -- what no rule foresaw ------------------------------------------------------------------------------------------


def test_an_error_nobody_foresaw_undoes_that_request_alone(
    books: Company, asking: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    """QBD-errorcodes: 1000. The log says what QuickBooks does not."""

    def falls_over(asked: object, rs: etree._Element) -> None:
        books.add_customer("Half done")
        etree.SubElement(rs, "ListDelType")
        raise KeyError("CustomerRef")

    monkeypatch.setitem(HANDLERS, "ListDelRq", falls_over)
    before = contents(books)
    delete = "<ListDelRq><ListDelType>Customer</ListDelType><ListID>1-1</ListID></ListDelRq>"
    answer = asking.ask(delete)[0]
    assert (status(answer), len(answer)) == (("1000", "Error"), 0)
    assert contents(books) == before
    codes = [status(each)[0] for each in asking.ask(delete, customer_add(""))]
    assert codes == ["1000", "0"]
    entry = next(iter(books.wire_log.entries()))
    assert "KeyError: 'CustomerRef'" in entry.reason


def test_a_service_hears_of_a_request_that_names_nobody(books: Company) -> None:
    books.set_data_ext(OWNER_ID, "FileID", FILE_ID)
    service = FakeService(qbxml("<InvoiceAddRq><InvoiceAdd><CustomerRef/></InvoiceAdd></InvoiceAddRq>"))
    WebConnector(QWC, company=books, password="x", transport=WsgiTransport(service)).update()
    assert 'statusCode="3150"' in service.responses[0]


# -- every value of every change -----------------------------------------------------------------------------------

SAMPLES = {
    Kind.STRING: "a",
    Kind.ID: "80000001-1422671082",
    Kind.GUID: "0",
    Kind.BOOL: "true",
    Kind.DATE: "2024-03-09",
    Kind.DATETIME: "2024-03-09T11:00:00",
    Kind.AMOUNT: "40.00",
    Kind.PRICE: "1.5",
    Kind.QUANTITY: "2",
    Kind.PERCENT: "7.25",
    Kind.INT: "1",
    Kind.FLOAT: "1.5",
}
LARGEST = {
    Kind.AMOUNT: HUGE,
    Kind.PRICE: "9999999999.99999",
    Kind.QUANTITY: "9999999999.99999",
    Kind.PERCENT: "9999999999",
    Kind.INT: "2147483647",
    Kind.FLOAT: "9999999999",
    Kind.DATE: "2038-01-19",
}
NAMED = {
    "ARAccountRef": "Accounts Receivable",
    "AccountRef": "Service Income",
    "ClassRef": "Repairs",
    "CustomerRef": "Elm School",
    "CustomerSalesTaxCodeRef": "Tax",
    "CustomerTypeRef": "Property Manager:HOA",
    "DepositToAccountRef": "Undeposited Funds",
    "DiscountAccountRef": "Discounts Given",
    "DiscountClassRef": "Repairs",
    "ExpenseAccountRef": "Rent",
    "IncomeAccountRef": "Service Income",
    "ItemGroupRef": "Annual Package",
    "ItemRef": "Repair",
    "ItemSalesTaxRef": "State Tax",
    "JobTypeRef": "Repair",
    "ListObjRef": "Elm School",
    "OverrideItemAccountRef": "Service Income",
    "PaymentMethodRef": "Check",
    "PrefVendorRef": "Kestrel Extinguisher Works",
    "PreferredPaymentMethodRef": "Check",
    "PriceLevelRef": "Contract",
    "SalesTaxCodeRef": "Tax",
    "TemplateRef": "Inspection Invoice",
    "TermsRef": "Net 30",
}
# What these books do not have, what would be too much at once, and what only some records could have.
LEFT_OUT = {
    "Addr3",
    "Addr4",
    "Addr5",
    "AdditionalNotesMod",
    "CurrencyRef",
    "CustomerMsgRef",
    "IncludeRetElement",
    "InventorySiteLocationRef",
    "InventorySiteRef",
    "IsFinanceCharge",
    "IsPending",
    "LinkToTxn",
    "LinkToTxnID",
    "LotNumber",
    "OverrideUOMSetRef",
    "ParentRef",
    "SalesRepRef",
    "SerialNumber",
    "SetCredit",
    "ShipMethodRef",
    "UnitOfMeasure",
    "UnitOfMeasureSetRef",
}
SAID = {
    "Amount": "500.00",
    "CreditCardNumber": "4111111111111111",
    "DataExtName": "Route",
    "DefaultShipTo": "false",
    "ListDataExtType": "Customer",
    "TxnDataExtType": "Invoice",
    "TxnLineID": "-1",
}
SWITCHED_ON = (
    "AccountingPreferences.IsUsingClassTracking",
    "CurrentAppAccessRights.IsPersonalDataAccessAllowed",
    "ItemsAndInventoryPreferences.IsBarcodeEnabled",
    "MultiCurrencyPreferences.IsMultiCurrencyOn",
)
CHANGES = [
    "CustomerAddRq",
    "CustomerModRq",
    "DataExtAddRq",
    "DataExtDefAddRq",
    "DataExtModRq",
    "InvoiceAddRq",
    "InvoiceModRq",
    "ItemServiceAddRq",
    "ReceivePaymentAddRq",
    "ReceivePaymentModRq",
]


def fill(parent: etree._Element, particles: tuple[Particle, ...], *, choose: int) -> None:
    """Put every element into a request that it may have; `choose` picks the branch of each choice."""
    for particle in particles:
        if isinstance(particle, Choice):
            branches = particle.branches
            for branch in branches if particle.most is None else (branches[choose % len(branches)],):
                fill(parent, branch, choose=choose)
        elif particle.tag not in LEFT_OUT:
            add(parent, particle, choose=choose)


def add(parent: etree._Element, element: Element, *, choose: int) -> None:
    child = etree.SubElement(parent, element.tag)
    if element.tag in NAMED:
        etree.SubElement(child, "FullName").text = NAMED[element.tag]
    elif element.is_aggregate:
        fill(child, element.children, choose=choose)
    else:
        child.text = SAID.get(element.tag) or (element.values[0] if element.values else SAMPLES[element.kind])


def kinds(particles: tuple[Particle, ...]) -> Iterator[tuple[str, Kind]]:
    for particle in particles:
        if isinstance(particle, Choice):
            for branch in particle.branches:
                yield from kinds(branch)
        elif particle.kind:
            yield particle.tag, particle.kind
        else:
            yield from kinds(particle.children)


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """Books with everything switched on, with records that can be changed again and again."""
    path: Path = tmp_path_factory.mktemp("extremes") / "Busy.qbw"
    with Company.create(path, customers=0, clock=StandingClock()) as company:
        for preference in SWITCHED_ON:
            company.set_preference(preference, True)
        company.add_customer("Elm School", item_sales_tax="State Tax", sales_tax_code="Tax")
        company.add_customer("Bo", contacts_ret=[contact("Ann")])
        invoice = company.invoices.add("Elm School", lines=[sold("Repair", amount="100.00")])
        company.payments.add("Elm School", "50.00", pays={invoice.txn_id: "10.00"})
        yield company


class Undo(Exception):
    """Nothing that was asked shall last."""


def whole(tag: str, company: Company, *, choose: int) -> etree._Element:
    """Return a request that the books accept, with all that it may say."""
    request = etree.Element(tag)
    fill(request, REQUESTS[tag].body, choose=choose)
    (invoice,), (payment,), bo = company.invoices.all(), company.payments.all(), company.find("Bo")
    person = bo["ContactsRet"][0]
    of_invoice = {"TxnID": invoice.txn_id, "EditSequence": invoice.edit_sequence}
    ids = {
        "CustomerMod": {"ListID": bo.list_id, "EditSequence": bo.edit_sequence},
        "ContactsMod": {"ListID": person["ListID"], "EditSequence": person["EditSequence"]},
        "DataExtDefAdd": {"DataExtName": "Crew"},
        "DataExtAdd": {**of_invoice, "TxnLineID": invoice.lines[0].line_id},
        "DataExtMod": {**of_invoice, "TxnLineID": invoice.lines[0].line_id},
        "InvoiceMod": of_invoice,
        "ReceivePaymentMod": {"TxnID": payment.txn_id, "EditSequence": payment.edit_sequence},
        "AppliedToTxnAdd": of_invoice,
        "AppliedToTxnMod": of_invoice,
    }
    for each in request.iter():
        each.text = ids.get(each.getparent().tag, {}).get(each.tag, each.text) if each is not request else None
    return request


def extremes(request: etree._Element) -> Iterator[tuple[str, etree._Element]]:
    """Walk copies of a request of sound structure, each with one value emptied or as large as it can be."""
    declared = REQUESTS[request.tag]
    kind_of = dict(kinds(declared.body))
    for number, leaf in enumerate(request.iter()):
        if len(leaf) or not number:
            continue
        for text in {"", LARGEST.get(kind_of.get(leaf.tag), "")}:
            copy = deepcopy(request)
            list(copy.iter())[number].text = text
            try:
                check_structure(copy, declared, version=(13, 0))
            except StructureFault:
                continue
            yield f"{leaf.getparent().tag}/{leaf.tag} {text!r}", copy


@pytest.mark.parametrize("tag", CHANGES)
def test_no_value_of_any_change_is_too_much(busy: Company, tag: str) -> None:
    asking = Asking(busy)

    def code(request: etree._Element) -> str:
        answered = []
        with suppress(Undo), busy.transaction():
            answered += asking.ask(etree.tostring(request, encoding="unicode"))
            raise Undo
        return str(answered[0].get("statusCode"))

    codes: dict[str, str] = {}
    for choose in (0, 1):
        sound = whole(tag, busy, choose=choose)
        assert code(sound) == "0"
        codes |= {what: code(each) for what, each in extremes(sound) if what not in codes}
    assert [what for what, each in codes.items() if each == "1000"] == []
    assert "0" in codes.values()
