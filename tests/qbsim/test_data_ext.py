"""Custom fields and private data over the wire: DataExtDefAdd, DataExtAdd, DataExtMod, DataExtDel."""

import pytest

from qbsim.company import Company
from qbsim.transactions.invoices import line
from support.company_files import Asking, contents, status

OWNER = "{11111111-2222-4333-8444-55555555abcd}"


def define(name: str, *, owner: str = OWNER, type_: str = "STR255TYPE", objects: str = "Customer Invoice") -> str:
    assigned = "".join(f"<AssignToObject>{each}</AssignToObject>" for each in objects.split())
    body = f"<OwnerID>{owner}</OwnerID><DataExtName>{name}</DataExtName><DataExtType>{type_}</DataExtType>{assigned}"
    return f"<DataExtDefAddRq><DataExtDefAdd>{body}</DataExtDefAdd></DataExtDefAddRq>"


def change(what: str, name: str, where: str, value: str | None = None, *, owner: str = OWNER) -> str:
    said = "" if value is None else f"<DataExtValue>{value}</DataExtValue>"
    body = f"<OwnerID>{owner}</OwnerID><DataExtName>{name}</DataExtName>{where}{said}"
    return f"<DataExt{what}Rq><DataExt{what}>{body}</DataExt{what}></DataExt{what}Rq>"


def on_list(kind: str, full_name: str) -> str:
    return f"<ListDataExtType>{kind}</ListDataExtType><ListObjRef><FullName>{full_name}</FullName></ListObjRef>"


def on_txn(kind: str, txn_id: str, line_id: str = "") -> str:
    inside = f"<TxnLineID>{line_id}</TxnLineID>" if line_id else ""
    return f"<TxnDataExtType>{kind}</TxnDataExtType><TxnID>{txn_id}</TxnID>{inside}"


COMPANY = "<OtherDataExtType>Company</OtherDataExtType>"
ELM = on_list("Customer", "Elm School")


@pytest.fixture
def books(company: Company, asking: Asking) -> Company:
    """Elm School, and an owner who defined Route for customers and invoices and Mark for the company."""
    company.add_customer("Elm School")
    for each in (define("Route"), define("Mark", objects="Company")):
        assert status(asking.ask(each)[0]) == ("0", "Info")
    return company


def test_a_definition_is_told_back_with_a_number(company: Company, asking: Asking) -> None:
    first, second = (asking.ask(define(name))[0][0] for name in ("Route", "Crew"))
    assert first.findtext("OwnerID") == OWNER.upper()
    assert [each.text for each in first.findall("AssignToObject")] == ["Customer", "Invoice"]
    assert int(second.findtext("DataExtID")) == int(first.findtext("DataExtID")) + 1


def test_values_are_stored_changed_and_removed(books: Company, asking: Asking) -> None:
    answer = asking.ask(change("Add", "Route", ELM, "North"))[0]
    assert answer.findtext("DataExtRet/DataExtValue") == "North"
    asking.ask(change("Mod", "route", ELM, "South"))
    customer = asking.customers(f"<OwnerID>{OWNER}</OwnerID>")[0]
    assert [each.text for each in customer.find("DataExtRet")] == [OWNER.upper(), "Route", "STR255TYPE", "South"]
    gone = asking.ask(change("Del", "Route", ELM))[0]
    assert (status(gone), gone.findtext("DataExtDelRet/ListObjRef/FullName")) == (("0", "Info"), "Elm School")
    assert asking.customers(f"<OwnerID>{OWNER}</OwnerID>")[0].find("DataExtRet") is None


def test_transactions_their_lines_items_and_the_company_hold_values(books: Company, asking: Asking) -> None:
    invoice = books.invoices.add("Elm School", lines=[line("Repair")])
    payment = books.payments.add("Elm School", "5.00")
    line_id = invoice.lines[0].line_id
    custom = {"owner": "0"}
    for asked in (
        change("Add", "Route", on_txn("Invoice", invoice.txn_id), "North", **custom),
        change("Add", "Asset Tag", on_txn("Invoice", invoice.txn_id, line_id), "E-7", **custom),
        change("Add", "Route", on_txn("ReceivePayment", payment.txn_id), "West", **custom),
        change("Add", "Asset Tag", on_list("Item", "Repair"), "R", **custom),
        change("Add", "Mark", COMPANY, "here"),
    ):
        assert status(asking.ask(asked)[0]) == ("0", "Info")
    found = asking.ask("<InvoiceQueryRq><IncludeLineItems>1</IncludeLineItems><OwnerID>0</OwnerID></InvoiceQueryRq>")[
        0
    ]
    assert found.findtext("InvoiceRet/DataExtRet/DataExtValue") == "North"
    assert found.findtext("InvoiceRet/InvoiceLineRet/DataExtRet/DataExtValue") == "E-7"
    paid = asking.ask("<ReceivePaymentQueryRq><OwnerID>0</OwnerID></ReceivePaymentQueryRq>")[0]
    assert paid.findtext("ReceivePaymentRet/DataExtRet/DataExtValue") == "West"
    company = asking.ask(f"<CompanyQueryRq><OwnerID>{OWNER}</OwnerID></CompanyQueryRq>")[0]
    assert company.findtext("CompanyRet/DataExtRet/DataExtValue") == "here"
    books.payments.delete(payment.txn_id)
    books.invoices.delete(invoice.txn_id)
    assert {row["object_id"] for row in books.db.execute("SELECT object_id FROM data_ext")} == {
        "",
        books.lists.find("ItemService", "Repair").list_id,
    }


REFUSED = {
    "a name that is defined": (define("ROUTE"), "3100"),
    "an unknown owner": (change("Add", "Route", ELM, "x", owner=OWNER.replace("1", "9")), "3121"),
    "an unknown name": (change("Add", "Rout", ELM, "x"), "3140"),
    "a kind it is not assigned to": (change("Add", "Route", on_list("Item", "Repair"), "x"), "3140"),
    "an unknown customer": (change("Add", "Route", on_list("Customer", "Nobody"), "x"), "3140"),
    "an unknown transaction": (change("Add", "Route", on_txn("Invoice", "7-7"), "x"), "3120"),
    "another kind of transaction": (change("Add", "Route", on_txn("Bill", "7-7"), "x"), "3120"),
    "a long text": (change("Add", "Route", ELM, "x" * 256), "3070"),
    "a value that is not there": (change("Del", "Route", ELM), "3120"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_refused_changes_nothing(books: Company, asking: Asking, kind: str) -> None:
    request, code = REFUSED[kind]
    before = contents(books)
    assert status(asking.ask(request)[0]) == (code, "Error")
    assert contents(books) == before


def test_private_data_end_at_4096_bytes_for_each_object(books: Company, asking: Asking) -> None:
    """Intuit, data extensions page."""
    for number in range(5):
        assert status(asking.ask(define(f"Note {number}", type_="STR1024TYPE"))[0]) == ("0", "Info")
    codes = [status(asking.ask(change("Add", f"Note {number}", ELM, "x" * 1024))[0])[0] for number in range(5)]
    assert codes == ["0"] * 4 + ["3090"]
