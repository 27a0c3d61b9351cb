"""Other people at their screens, rights, and QuickBooks itself, as a service meets them: over the wire, by name."""

import pytest
from lxml import etree

from qbsim.company import Company, Customer
from qbsim.faults import Faults
from qbsim.processor import QuickBooks
from qbsim.transactions.invoices import Invoice, line
from support.company_files import assert_published, contents
from support.fake_service import qbxml


def ask(company: Company, request: str, *faults: str, version: str = "13.0") -> etree._Element:
    """Return the Rs of one request, in a session of its own."""
    text = QuickBooks(company, faults=Faults(faults)).begin_session().process(qbxml(request, version=version))
    assert_published(text)
    return etree.fromstring(text.encode())[0][0]


def mod(customer: Customer, *, phone: str = "555-0100") -> str:
    return (
        f'<CustomerModRq requestID="1"><CustomerMod><ListID>{customer.list_id}</ListID>'
        f"<EditSequence>{customer.edit_sequence}</EditSequence><Phone>{phone}</Phone></CustomerMod></CustomerModRq>"
    )


def add(name: str, *, below: Customer | None = None) -> str:
    parent = f"<ParentRef><ListID>{below.list_id}</ListID></ParentRef>" if below else ""
    return f"<CustomerAddRq><CustomerAdd><Name>{name}</Name>{parent}</CustomerAdd></CustomerAddRq>"


def status(answer: etree._Element) -> tuple[str, str]:
    return answer.get("statusCode"), answer.get("statusSeverity")


@pytest.fixture
def alder(company: Company) -> Customer:
    return company.add_customer("Alder")


@pytest.mark.parametrize(
    ("fault", "code", "says"),
    [
        ("list-busy", "3170", "modified by another user"),
        ("saving-fails", "3180", "modified by another user"),
        ("saving-fails:The credit limit is exceeded.", "3180", "The credit limit is exceeded."),
        ("no-permission", "3260", "permission"),
        ("read-only-application", "3263", "only read"),
    ],
)
def test_a_refusal_by_name_leaves_everything_as_it_was(
    company: Company, alder: Customer, fault: str, code: str, says: str
) -> None:
    before = list(company.customers())
    for request in (mod(alder), add("Birch")):
        answer = ask(company, request, fault)
        assert status(answer) == (code, "Error")
        assert says in answer.get("statusMessage")
        assert len(answer) == 0
    assert list(company.customers()) == before
    assert status(ask(company, "<CustomerQueryRq/>", fault)) == ("0", "Info"), "reading goes on"


# -- records that somebody has open ----------------------------------------------------------------------------


@pytest.mark.parametrize("called", ["list_id", "full_name"])
def test_a_locked_record_can_neither_be_changed_nor_referred_to(
    company: Company, alder: Customer, called: str
) -> None:
    birch = company.add_customer("Birch")
    before = list(company.customers())
    fault = f"record-locked:{getattr(alder, called)}"
    locked = ask(company, mod(alder), fault)
    assert status(locked) == ("3175", "Error")
    assert "could not be locked" in locked.get("statusMessage")
    related = ask(company, add("Gym", below=alder), fault)
    assert status(related) == ("3176", "Error")
    assert "failed to acquire the lock" in related.get("statusMessage")
    assert list(company.customers()) == before
    assert status(ask(company, mod(birch), fault)) == ("0", "Info"), "others are free"
    assert (
        status(ask(company, f"<CustomerQueryRq><ListID>{alder.list_id}</ListID></CustomerQueryRq>", fault))[0] == "0"
    )


def test_a_lock_by_a_name_whose_case_differs(company: Company, alder: Customer) -> None:
    gym = company.add_customer("Gym", parent=alder.list_id)
    assert status(ask(company, mod(gym), "record-locked:ALDER:gym"))[0] == "3175"
    assert status(ask(company, mod(alder), "record-locked:ALDER:gym"))[0] == "0"


def pay(invoice: Invoice) -> str:
    return (
        f"<ReceivePaymentAddRq><ReceivePaymentAdd><CustomerRef><ListID>{invoice.customer_id}</ListID></CustomerRef>"
        f"<TotalAmount>1.00</TotalAmount><AppliedToTxnAdd><TxnID>{invoice.txn_id}</TxnID>"
        "<PaymentAmount>1.00</PaymentAmount></AppliedToTxnAdd></ReceivePaymentAdd></ReceivePaymentAddRq>"
    )


def test_an_invoice_that_somebody_has_open(company: Company, alder: Customer) -> None:
    item = company.lists.all("ItemService")[0]
    invoice = company.invoices.add(alder.list_id, lines=[line(item.list_id, quantity=1, rate="100.00")])
    fault = f"record-locked:{invoice.txn_id}"
    changed = (
        f"<InvoiceModRq><InvoiceMod><TxnID>{invoice.txn_id}</TxnID><EditSequence>{invoice.edit_sequence}</EditSequence>"
        "<Memo>x</Memo></InvoiceMod></InvoiceModRq>"
    )
    gone = f"<TxnDelRq><TxnDelType>Invoice</TxnDelType><TxnID>{invoice.txn_id}</TxnID></TxnDelRq>"
    assert [status(ask(company, each, fault))[0] for each in (changed, gone, pay(invoice))] == [
        "3175",
        "3175",
        "3176",
    ]
    assert company.invoices.get(invoice.txn_id) == invoice
    assert company.payments.count() == 0
    assert status(ask(company, changed, "edited-meanwhile"))[0] == "3200"
    assert company.invoices.get(invoice.txn_id).edit_sequence > invoice.edit_sequence


def removal(kind: str, txn_id: str, *, does: str = "Del") -> str:
    return f"<Txn{does}Rq><Txn{does}Type>{kind}</Txn{does}Type><TxnID>{txn_id}</TxnID></Txn{does}Rq>"


def mod_of(kind: str, txn_id: str, sequence: str) -> str:
    ids = f"<TxnID>{txn_id}</TxnID><EditSequence>{sequence}</EditSequence>"
    return f"<{kind}ModRq><{kind}Mod>{ids}<Memo>x</Memo></{kind}Mod></{kind}ModRq>"


def test_what_pays_and_what_is_paid_are_held_by_one_another(company: Company, alder: Customer) -> None:
    item = company.lists.all("ItemService")[0]
    paid, other = (
        company.invoices.add(alder.list_id, lines=[line(item.list_id, quantity=1, rate="100.00")]) for _ in range(2)
    )
    payment = company.payments.add(alder.list_id, "40.00", pays={paid.txn_id: "40.00"})
    paid = company.invoices.get(paid.txn_id)
    before = contents(company)
    for held, request in (
        (paid.txn_id, removal("ReceivePayment", payment.txn_id)),
        (paid.txn_id, mod_of("ReceivePayment", payment.txn_id, payment.edit_sequence)),
        (payment.txn_id, removal("Invoice", paid.txn_id, does="Void")),
        (payment.txn_id, mod_of("Invoice", paid.txn_id, paid.edit_sequence)),
    ):
        assert status(ask(company, request, f"record-locked:{held}")) == ("3176", "Error")
        assert contents(company) == before
    free = removal("ReceivePayment", payment.txn_id)
    assert status(ask(company, free, f"record-locked:{other.txn_id}")) == ("0", "Info"), "this one is not linked"


def test_a_transaction_is_held_by_its_customer(company: Company, alder: Customer) -> None:
    birch = company.add_customer("Birch")
    invoice = company.invoices.add(alder.list_id)
    payment = company.payments.add(alder.list_id, "40.00", pays={})
    before = contents(company)
    for request in (
        removal("Invoice", invoice.txn_id, does="Void"),
        removal("Invoice", invoice.txn_id),
        removal("ReceivePayment", payment.txn_id),
        mod_of("Invoice", invoice.txn_id, invoice.edit_sequence),
        mod_of("ReceivePayment", payment.txn_id, payment.edit_sequence),
    ):
        assert status(ask(company, request, f"record-locked:{alder.full_name}")) == ("3176", "Error")
        assert contents(company) == before
    void = removal("Invoice", invoice.txn_id, does="Void")
    assert status(ask(company, void, f"record-locked:{birch.full_name}")) == ("0", "Info")


def test_an_item_that_somebody_has_open(filled: Company) -> None:
    item = filled.lists.all("ItemService")[0]
    gone = f"<ListDelRq><ListDelType>ItemService</ListDelType><ListID>{item.list_id}</ListID></ListDelRq>"
    assert status(ask(filled, gone, f"record-locked:{item.full_name}"))[0] == "3175"
    assert filled.lists.get(item.list_id) == item


def test_a_lock_for_so_many_sessions(company: Company, alder: Customer) -> None:
    """Sessions that do not come near the record do not count."""
    company.faults.on("record-locked:Alder@2")
    codes = []
    for _ in range(3):
        session = QuickBooks(company).begin_session()
        for request in ("<HostQueryRq/>", mod(alder), mod(alder)):
            answers = etree.fromstring(session.process(qbxml(request)).encode())[0]
            codes.append(answers[0].get("statusCode"))
        ask(company, add(f"Customer {len(codes)}"))
    assert codes == ["0", "3175", "3175"] * 2 + ["0", "0", "3200"], "then it is free, and the mod counts"


# -- somebody else saves in between ----------------------------------------------------------------------------


def test_an_edit_sequence_that_moved_between_query_and_mod(company: Company, alder: Customer) -> None:
    company.edit_customer(alder.list_id, phone="1")
    read = company.customer(alder.list_id)
    answer = ask(company, mod(read), "edited-meanwhile@once")
    assert status(answer) == ("3200", "Error")
    after = company.customer(alder.list_id)
    assert (after.phone, after.edit_sequence > read.edit_sequence) == ("1", True), "the other user's save stays"
    assert status(ask(company, mod(after)))[0] == "0", "read again, it goes"


def test_only_the_named_record_is_edited_meanwhile(company: Company, alder: Customer) -> None:
    birch = company.add_customer("Birch")
    assert status(ask(company, mod(birch), "edited-meanwhile:Alder"))[0] == "0"
    assert status(ask(company, mod(alder), "edited-meanwhile:Alder"))[0] == "3200"


def test_a_request_that_needs_no_edit_sequence_is_no_occasion(company: Company, alder: Customer) -> None:
    company.faults.on("edited-meanwhile@once")
    gone = f"<ListDelRq><ListDelType>Customer</ListDelType><ListID>{alder.list_id}</ListID></ListDelRq>"
    company.set_host("QBFileMode", "SingleUser")
    assert status(ask(company, gone))[0] == "0"
    assert [switch.occasions for switch in company.faults.list()] == [0]


def test_nobody_can_save_a_record_that_is_gone(company: Company, alder: Customer) -> None:
    company.delete_customer(alder.list_id)
    assert status(ask(company, mod(alder), "edited-meanwhile"))[0] == "3120"


# -- saved, but not told ---------------------------------------------------------------------------------------


def test_a_record_that_is_saved_but_does_not_come_back(company: Company, alder: Customer) -> None:
    answer = ask(company, add("Birch"), "record-withheld")
    assert status(answer) == ("510", "Warn")
    (recovery,) = answer
    birch = company.find("Birch")
    assert [(each.tag, each.text) for each in recovery] == [
        ("ListID", birch.list_id),
        ("EditSequence", birch.edit_sequence),
    ]
    changed = ask(company, mod(alder), "record-withheld")
    assert changed.findtext("ErrorRecovery/ListID") == alder.list_id
    assert company.customer(alder.list_id).phone == "555-0100"


def test_an_old_version_has_no_place_for_what_was_saved(company: Company) -> None:
    answer = ask(company, add("Birch"), "record-withheld", version="10.0")
    assert (status(answer), len(answer)) == (("510", "Warn"), 0)
    assert company.find("Birch") is not None


def test_a_refused_add_has_nothing_to_withhold(company: Company, alder: Customer) -> None:
    assert status(ask(company, add(alder.name), "record-withheld"))[0] == "3100"
