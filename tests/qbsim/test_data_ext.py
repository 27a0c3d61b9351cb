"""Custom fields and private data over the wire: DataExtDefAdd, DataExtAdd, DataExtMod, DataExtDel."""

import pytest

from qbsim.company import Company
from qbsim.transactions.invoices import line
from support.company_files import Asking, contents, status
from support.money import done, invoice_add, ref
from support.money import line as sold

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


def ext(name: str, value: str, *, owner: str = OWNER) -> str:
    body = f"<OwnerID>{owner}</OwnerID><DataExtName>{name}</DataExtName><DataExtValue>{value}</DataExtValue>"
    return f"<DataExt>{body}</DataExt>"


def on_new_line(name: str, value: str, *, owner: str = OWNER) -> str:
    return invoice_add(sold("Repair", ext(name, value, owner=owner)))


def on_new_group(name: str, value: str) -> str:
    group = f"<InvoiceLineGroupAdd>{ref('ItemGroupRef', 'Annual Package')}{ext(name, value)}</InvoiceLineGroupAdd>"
    return invoice_add(group)


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
    "a text that cannot be stored": (change("Add", "Route", ELM, "&#31456;"), "3080"),
    "a text that cannot be stored, changed": (change("Mod", "Route", ELM, "&#128512;"), "3080"),
    "a line's value of an unknown owner": (on_new_line("Route", "x", owner=OWNER.replace("1", "9")), "3121"),
    "a line's value of an unknown name": (on_new_line("Rout", "x"), "3140"),
    "a line's value of a name for the company": (on_new_line("Mark", "x"), "3140"),
    "a line's custom field that is none": (on_new_line("Nope", "x", owner="0"), "3140"),
    "a line's long text": (on_new_line("Asset Tag", "x" * 256, owner="0"), "3070"),
    "a line's text that cannot be stored": (on_new_line("Asset Tag", "&#31456;", owner="0"), "3080"),
    "a group's value of an unknown name": (on_new_group("Rout", "x"), "3140"),
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


# type -> (a value that is one, one that is none, the code it earns); Intuit, data extensions page
TYPED = {
    "AMTTYPE": ("12.50", "abc", "3040"),
    "DATETIMETYPE": ("2024-03-09T11:00:00", "2024-13-09", "3020"),
    "INTTYPE": ("42", "4.2", "3085"),
    "PERCENTTYPE": ("7.25", "7%", "3050"),
    "PRICETYPE": ("1.00001", "1.000001", "3045"),
    "QUANTYPE": ("2.5", "two", "3060"),
    "STR1024TYPE": ("x" * 1024, "x" * 1025, "3070"),
}


@pytest.mark.parametrize("type_", TYPED)
def test_a_value_must_be_of_its_type(books: Company, asking: Asking, type_: str) -> None:
    """Of a record as of a line that comes with a new invoice."""
    good, bad, code = TYPED[type_]
    assert status(asking.ask(define("Typed", type_=type_))[0]) == ("0", "Info")
    before = contents(books)
    for asked in (change("Add", "Typed", ELM, bad), change("Mod", "Typed", ELM, bad), on_new_line("Typed", bad)):
        assert status(asking.ask(asked)[0]) == (code, "Error")
    assert contents(books) == before
    stored = done(asking, change("Add", "Typed", ELM, good))
    assert (stored.findtext("DataExtType"), stored.findtext("DataExtValue")) == (type_, good)


def test_a_value_that_comes_with_a_line_is_stored_as_defined(books: Company, asking: Asking) -> None:
    asking.ask(define("Count", type_="INTTYPE"))
    invoice = done(asking, on_new_line("count", "7"))
    asked = (
        f"<TxnID>{invoice.findtext('TxnID')}</TxnID><IncludeLineItems>1</IncludeLineItems><OwnerID>{OWNER}</OwnerID>"
    )
    found = asking.ask(f"<InvoiceQueryRq>{asked}</InvoiceQueryRq>")[0].find("InvoiceRet/InvoiceLineRet/DataExtRet")
    assert [each.text for each in found] == [OWNER.upper(), "Count", "INTTYPE", "7"]


def test_a_definition_says_at_least_what_is_required(company: Company, asking: Asking) -> None:
    """Whatever IncludeRetElement names; else the answer would not be one."""
    only = "</DataExtDefAdd><IncludeRetElement>DataExtName</IncludeRetElement>"
    answer = asking.ask(define("Route").replace("</DataExtDefAdd>", only))[0]
    required = ["DataExtID", "DataExtName", "DataExtListRequire", "DataExtTxnRequire", "DataExtFormatString"]
    assert [each.tag for each in answer[0]] == required
