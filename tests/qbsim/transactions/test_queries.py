"""InvoiceQuery and ReceivePaymentQuery: every filter, pages, and what of a transaction comes back."""

import pytest
from lxml import etree

from qbsim.company import Company
from qbsim.faults import Faults
from qbsim.processor import RequestRefused
from qbsim.transactions.invoices import line
from support.company_files import Asking, StandingClock, contents, status
from support.money import texts


@pytest.fixture
def books(company: Company, clock: StandingClock) -> Company:
    """Five invoices a minute apart: W-1 paid, w-2 partly paid, 1001 of the gym, 1002 pending, 1003 of Ash School."""
    ways = (
        ("Elm School", {"ref_number": "W-1", "txn_date": "2024-01-10"}),
        ("Elm School", {"ref_number": "w-2", "txn_date": "2024-02-10"}),
        ("Elm School:Gym", {"ref_number": "1001", "txn_date": "2024-03-01"}),
        ("Elm School", {"ref_number": "1002", "txn_date": "2024-03-08", "is_pending": True}),
        ("Ash School", {"ref_number": "1003", "txn_date": "2024-03-09"}),
    )
    made = []
    for customer, fields in ways:
        made.append(company.invoices.add(customer, lines=[line("Repair", amount="100.00")], **fields))
        clock.move(60)
    company.payments.add("Elm School", "130.00", pays={made[0].txn_id: "100.00"}, ref_number="4711")
    clock.move(60)
    company.payments.edit(company.payments.all()[0].txn_id, pays={made[0].txn_id: "100.00", made[1].txn_id: "30.00"})
    return company


def numbers(company: Company, body: str = "", attributes: str = "", *, kind: str = "Invoice") -> list[str | None]:
    """Return the numbers of the transactions that a query gives."""
    answer = Asking(company).ask(f"<{kind}QueryRq {attributes}>{body}</{kind}QueryRq>")[0]
    assert answer.get("statusSeverity") != "Error", answer.get("statusMessage")
    return [each.findtext("RefNumber") for each in answer]


ALL = ["W-1", "w-2", "1001", "1002", "1003"]


def entity(body: str) -> str:
    return f"<EntityFilter>{body}</EntityFilter>"


def dated(body: str) -> str:
    return f"<TxnDateRangeFilter>{body}</TxnDateRangeFilter>"


def modified(body: str) -> str:
    return f"<ModifiedDateRangeFilter>{body}</ModifiedDateRangeFilter>"


def matching(criterion: str, number: str) -> str:
    parts = f"<MatchCriterion>{criterion}</MatchCriterion><RefNumber>{number}</RefNumber>"
    return f"<RefNumberFilter>{parts}</RefNumberFilter>"


FILTERS = {
    "nothing": ("", ALL),
    "at most two": ("<MaxReturned>2</MaxReturned>", ["W-1", "w-2"]),
    "a number, whatever the case": ("<RefNumber>W-2</RefNumber>", ["w-2"]),
    "two numbers": ("<RefNumber>1003</RefNumber><RefNumber>w-1</RefNumber>", ["1003", "W-1"]),
    "a number, case and all": ("<RefNumberCaseSensitive>w-2</RefNumberCaseSensitive>", ["w-2"]),
    "of that day": (dated("<FromTxnDate>2024-02-10</FromTxnDate><ToTxnDate>2024-02-10</ToTxnDate>"), ["w-2"]),
    "since a day": (dated("<FromTxnDate>2024-03-01</FromTxnDate>"), ["1001", "1002", "1003"]),
    "until a day": (dated("<ToTxnDate>2024-02-10</ToTxnDate>"), ["W-1", "w-2"]),
    "this month": (dated("<DateMacro>ThisMonth</DateMacro>"), ["1001", "1002", "1003"]),
    "last month": (dated("<DateMacro>LastMonth</DateMacro>"), ["w-2"]),
    "today": (dated("<DateMacro>Today</DateMacro>"), ["1003"]),
    "all days": (dated("<DateMacro>All</DateMacro>"), ALL),
    "changed since": (modified("<FromModifiedDate>2024-03-09T11:04:00</FromModifiedDate>"), ["W-1", "w-2", "1003"]),
    "changed until": (modified("<ToModifiedDate>2024-03-09T11:02:00</ToModifiedDate>"), ["1001"]),
    "of one customer": (entity("<FullName>Elm School</FullName>"), ["W-1", "w-2", "1002"]),
    "of two": (entity("<FullName>elm school:gym</FullName><FullName>Ash School</FullName>"), ["1001", "1003"]),
    "with its jobs": (
        entity("<FullNameWithChildren>Elm School</FullNameWithChildren>"),
        ["W-1", "w-2", "1001", "1002"],
    ),
    "on the account": (
        "<AccountFilter><FullName>Accounts Receivable</FullName></AccountFilter>",
        ALL,
    ),
    "on another account": ("<AccountFilter><FullName>Checking</FullName></AccountFilter>", []),
    "below an account": (
        "<AccountFilter><FullNameWithChildren>Accounts Receivable</FullNameWithChildren></AccountFilter>",
        ALL,
    ),
    "number begins": (matching("StartsWith", "W"), ["W-1", "w-2"]),
    "number ends": (matching("EndsWith", "2"), ["w-2", "1002"]),
    "number contains": (matching("Contains", "00"), ["1001", "1002", "1003"]),
    "number from to": (
        "<RefNumberRangeFilter><FromRefNumber>1002</FromRefNumber><ToRefNumber>W-1</ToRefNumber></RefNumberRangeFilter>",
        ["W-1", "1002", "1003"],
    ),
    "number from": ("<RefNumberRangeFilter><FromRefNumber>W</FromRefNumber></RefNumberRangeFilter>", ["W-1", "w-2"]),
    "paid": ("<PaidStatus>PaidOnly</PaidStatus>", ["W-1"]),
    "not paid": ("<PaidStatus>NotPaidOnly</PaidStatus>", ["w-2", "1001", "1002", "1003"]),
    "paid or not": ("<PaidStatus>All</PaidStatus>", ALL),
    "several at once": (
        dated("<DateMacro>ThisMonth</DateMacro>")
        + entity("<FullNameWithChildren>Elm School</FullNameWithChildren>")
        + matching("EndsWith", "1")
        + "<PaidStatus>NotPaidOnly</PaidStatus>",
        ["1001"],
    ),
}


@pytest.mark.parametrize("kind", FILTERS)
def test_filters(books: Company, kind: str) -> None:
    body, expected = FILTERS[kind]
    assert numbers(books, body) == expected


def test_filters_by_id(books: Company) -> None:
    elm, gym = books.find("Elm School").list_id, books.find("Elm School:Gym").list_id
    assert numbers(books, entity(f"<ListID>{gym}</ListID>")) == ["1001"]
    assert numbers(books, entity(f"<ListIDWithChildren>{elm}</ListIDWithChildren>")) == ALL[:4]
    invoice = books.invoices.all(customer=gym)[0]
    assert numbers(books, f"<TxnID>{invoice.txn_id}</TxnID>") == ["1001"]


def test_payments_know_the_same_filters_but_no_paid_status(books: Company) -> None:
    books.payments.add("Ash School", "5.00", ref_number="4712", txn_date="2024-01-05")

    def payments(body: str) -> list[str | None]:
        return numbers(books, body, kind="ReceivePayment")

    assert payments("") == ["4711", "4712"]
    assert payments(dated("<ToTxnDate>2024-01-05</ToTxnDate>")) == ["4712"]
    assert payments(entity("<FullName>Elm School</FullName>")) == ["4711"]
    assert payments(matching("StartsWith", "47")) == ["4711", "4712"]
    with pytest.raises(RequestRefused):
        payments("<PaidStatus>All</PaidStatus>")


def test_the_currency_is_that_of_the_customer_and_can_be_asked_for(books: Company) -> None:
    """A customer that names no currency is invoiced in the home currency."""
    books.set_preference("MultiCurrencyPreferences.IsMultiCurrencyOn", True)
    books.lists.add("Currency", "Euro", currency_code="EUR")
    books.edit_customer(books.find("Ash School").list_id, currency="Euro")
    books.payments.add("Ash School", "5.00", ref_number="4712")

    def within(name: str, kind: str = "Invoice") -> list[str | None]:
        return numbers(books, f"<CurrencyFilter><FullName>{name}</FullName></CurrencyFilter>", kind=kind)

    assert (within("Euro"), within("us dollar")) == (["1003"], ALL[:4])
    assert (within("Euro", "ReceivePayment"), within("US Dollar", "ReceivePayment")) == (["4712"], ["4711"])
    for currency, number, payment in (("Euro", "1003", "4712"), ("US Dollar", "W-1", "4711")):
        assert one(books, f"<RefNumber>{number}</RefNumber>").findtext("CurrencyRef/FullName") == currency
        paid = one(books, f"<RefNumber>{payment}</RefNumber>", kind="ReceivePayment")
        assert paid.findtext("CurrencyRef/FullName") == currency
    list_id = books.lists.find("Currency", "Euro").list_id
    assert numbers(books, f"<CurrencyFilter><ListID>{list_id}</ListID></CurrencyFilter>") == ["1003"]
    before = contents(books)
    for kind in ("Invoice", "ReceivePayment"):
        unknown = "<CurrencyFilter><FullName>Franc</FullName></CurrencyFilter>"
        (answer,) = Asking(books).ask(f"<{kind}QueryRq>{unknown}</{kind}QueryRq>")
        assert (status(answer), len(answer)) == (("3140", "Error"), 0)
    assert contents(books) == before
    books.set_preference("MultiCurrencyPreferences.IsMultiCurrencyOn", False)
    assert one(books, "<RefNumber>1003</RefNumber>").find("CurrencyRef") is None


def test_nothing_found_is_information_and_a_missing_one_a_warning(books: Company) -> None:
    asking = Asking(books)
    (none,) = asking.ask(f"<InvoiceQueryRq>{matching('Contains', 'zzz')}</InvoiceQueryRq>")
    assert status(none) == ("1", "Info")
    (some,) = asking.ask("<InvoiceQueryRq><RefNumber>1001</RefNumber><RefNumber>zzz</RefNumber></InvoiceQueryRq>")
    assert (status(some), len(some)) == (("500", "Warn"), 1)
    assert '"zzz"' in some.get("statusMessage")
    (other,) = Asking(books, Faults(["missing-id-3120"])).ask("<InvoiceQueryRq><TxnID>7-7</TxnID></InvoiceQueryRq>")
    assert status(other) == ("3120", "Error")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (
            modified("<FromModifiedDate>2024-03-02</FromModifiedDate><ToModifiedDate>2024-03-01</ToModifiedDate>"),
            "3030",
        ),
        (dated("<FromTxnDate>2024-03-02</FromTxnDate><ToTxnDate>2024-03-01</ToTxnDate>"), "3030"),
        (
            "<RefNumberRangeFilter><FromRefNumber>b</FromRefNumber><ToRefNumber>a</ToRefNumber></RefNumberRangeFilter>",
            "3031",
        ),
        (entity("<FullName>Nobody</FullName>"), "3140"),
        ("<AccountFilter><FullName>Nothing</FullName></AccountFilter>", "3140"),
        ("<CurrencyFilter><FullName>Euro</FullName></CurrencyFilter>", "3250"),
        (dated("<FromTxnDate>soon</FromTxnDate>"), "3020"),
        ("<MaxReturned>0</MaxReturned>", "3085"),
    ],
)
def test_a_bad_filter_is_the_status_of_its_request(books: Company, body: str, code: str) -> None:
    (answer,) = Asking(books).ask(f"<InvoiceQueryRq>{body}</InvoiceQueryRq>")
    assert (status(answer), len(answer)) == ((code, "Error"), 0)


@pytest.mark.parametrize(
    "body",
    [
        modified("") + dated("<DateMacro>All</DateMacro>"),
        "<TxnID>1</TxnID><RefNumber>1</RefNumber>",
        dated("<DateMacro>all</DateMacro>"),
        dated("<FromTxnDate>2024-03-01</FromTxnDate><DateMacro>All</DateMacro>"),
        "<PaidStatus>All</PaidStatus><MaxReturned>1</MaxReturned>",
        "<IncludeLinkedTxns>1</IncludeLinkedTxns><IncludeLineItems>1</IncludeLineItems>",
        entity(""),
    ],
)
def test_a_fault_of_structure_refuses_the_document(books: Company, body: str) -> None:
    with pytest.raises(RequestRefused) as caught:
        numbers(books, body)
    assert caught.value.hresult == "0x80040400"


# -- what comes back ---------------------------------------------------------------------------------------------


def one(company: Company, body: str, *, version: str = "13.0", kind: str = "Invoice") -> etree._Element:
    return Asking(company).ask(f"<{kind}QueryRq>{body}</{kind}QueryRq>", version=version)[0][0]


def test_lines_and_links_come_only_to_those_who_ask(books: Company) -> None:
    paid = "<RefNumber>W-1</RefNumber>"
    plain = one(books, paid)
    assert texts(plain, "InvoiceLineRet", "LinkedTxn") == [None, None]
    both = one(books, f"{paid}<IncludeLineItems>1</IncludeLineItems><IncludeLinkedTxns>true</IncludeLinkedTxns>")
    assert texts(both, "InvoiceLineRet/Amount", "LinkedTxn/RefNumber", "LinkedTxn/LinkType") == [
        "100.00",
        "4711",
        "AMTTYPE",
    ]
    payment = one(books, "", kind="ReceivePayment")
    assert payment.find("AppliedToTxnRet") is None
    lines = one(books, "<IncludeLineItems>1</IncludeLineItems>", kind="ReceivePayment")
    assert [each.text for each in lines.findall("AppliedToTxnRet/Amount")] == ["100.00", "30.00"]


def test_only_the_chosen_elements_come(books: Company) -> None:
    chosen = "<IncludeRetElement>BillAddress</IncludeRetElement><IncludeRetElement>TxnID</IncludeRetElement>"
    assert [each.tag for each in one(books, chosen)] == ["TxnID", "BillAddress"]


def test_an_older_version_hears_nothing_of_what_came_later(books: Company) -> None:
    old, new = (one(books, "<IncludeLinkedTxns>1</IncludeLinkedTxns>", version=each) for each in ("2.1", "13.0"))
    later = {"TemplateRef", "BillAddressBlock", "ShipAddressBlock", "IsToBeEmailed"}
    assert {each.tag for each in new} - {each.tag for each in old} == later
    assert texts(new, "LinkedTxn/LinkType") == ["AMTTYPE"]
    assert texts(old, "LinkedTxn/LinkType") == [None]


@pytest.mark.parametrize(
    ("request_", "first"),
    [
        ("<ReceivePaymentQueryRq/>", "1.1"),
        ("<TxnDelRq><TxnDelType>Invoice</TxnDelType><TxnID>7-7</TxnID></TxnDelRq>", "1.1"),
        ("<TxnVoidRq><TxnVoidType>Invoice</TxnVoidType><TxnID>7-7</TxnID></TxnVoidRq>", "1.1"),
        ("<TxnDeletedQueryRq><TxnDelType>Invoice</TxnDelType></TxnDeletedQueryRq>", "2.0"),
        ("<InvoiceQueryRq><RefNumberCaseSensitive>1</RefNumberCaseSensitive></InvoiceQueryRq>", "4.0"),
        ("<InvoiceQueryRq><IncludeRetElement>TxnID</IncludeRetElement></InvoiceQueryRq>", "4.0"),
        ('<InvoiceQueryRq metaData="MetaDataOnly"/>', "4.0"),
        ('<InvoiceQueryRq iterator="Start"><MaxReturned>1</MaxReturned></InvoiceQueryRq>', "5.0"),
        ("<InvoiceQueryRq><CurrencyFilter><ListID>1</ListID></CurrencyFilter></InvoiceQueryRq>", "8.0"),
    ],
)
def test_each_request_has_a_first_version(books: Company, request_: str, first: str) -> None:
    versions = books.host()["SupportedQBXMLVersion"]
    asking = Asking(books)
    asking.ask(request_, version=first)
    with pytest.raises(RequestRefused):
        asking.ask(request_, version=versions[versions.index(first) - 1])


def test_custom_fields_come_to_those_who_ask(books: Company) -> None:
    invoice = books.invoices.all()[0]
    books.set_data_ext("0", "Route", "North", list_id=invoice.txn_id)
    asked = f"<TxnID>{invoice.txn_id}</TxnID>"
    assert one(books, asked).find("DataExtRet") is None
    assert one(books, f"{asked}<OwnerID>0</OwnerID>").findtext("DataExtRet/DataExtValue") == "North"


def test_counting(books: Company) -> None:
    asking = Asking(books)
    (only,) = asking.ask('<InvoiceQueryRq metaData="MetaDataOnly"><MaxReturned>2</MaxReturned></InvoiceQueryRq>')
    assert (only.get("retCount"), len(only)) == ("5", 0)
    both = asking.ask(
        '<InvoiceQueryRq metaData="MetaDataAndResponseData"><MaxReturned>2</MaxReturned></InvoiceQueryRq>'
    )[0]
    assert (both.get("retCount"), len(both)) == ("5", 2)


def test_every_page_tells_how_many_there_are_in_all(books: Company) -> None:
    asking, counted = Asking(books), 'metaData="MetaDataAndResponseData"'
    first = page(asking, f'iterator="Start" {counted}')
    second = page(asking, f'iterator="Continue" iteratorID="{first.get("iteratorID")}" {counted}')
    assert [(each.get("retCount"), each.get("iteratorRemainingCount")) for each in (first, second)] == [
        ("5", "3"),
        ("5", "1"),
    ]
    none = page(asking, f'iterator="Start" {counted}', f"<MaxReturned>1</MaxReturned>{matching('Contains', 'zz')}")
    assert (status(none), none.get("retCount")) == (("1", "Info"), "0")


def test_in_summer_times_bear_the_offset_of_winter(books: Company, clock: StandingClock) -> None:
    clock.move(120 * 86400)
    made = books.invoices.add("Elm School")
    assert one(books, f"<TxnID>{made.txn_id}</TxnID>").findtext("TimeCreated") == "2024-07-07T12:06:00-05:00"


# -- pages -------------------------------------------------------------------------------------------------------


def page(asking: Asking, attributes: str, body: str = "<MaxReturned>2</MaxReturned>") -> etree._Element:
    return asking.ask(f"<InvoiceQueryRq {attributes}>{body}</InvoiceQueryRq>")[0]


def test_pages_go_through_all_and_keep_filter_and_lines(books: Company) -> None:
    asking = Asking(books)
    first = page(
        asking,
        'iterator="Start"',
        "<MaxReturned>2</MaxReturned><PaidStatus>NotPaidOnly</PaidStatus><IncludeLineItems>1</IncludeLineItems>",
    )
    assert first.get("iteratorRemainingCount") == "2"
    go_on = f'iterator="Continue" iteratorID="{first.get("iteratorID")}"'
    second = page(asking, go_on, "<MaxReturned>9</MaxReturned>")
    assert second.get("iteratorRemainingCount") == "0"
    assert [each.findtext("RefNumber") for each in (*first, *second)] == ["w-2", "1001", "1002", "1003"]
    assert all(each.find("InvoiceLineRet") is not None for each in (*first, *second))
    assert status(page(asking, go_on)) == ("3391", "Error")


def test_an_iterator_belongs_to_its_query_and_its_session(books: Company) -> None:
    asking = Asking(books)
    iterator_id = page(asking, 'iterator="Start"').get("iteratorID")
    go_on = f'iterator="Continue" iteratorID="{iterator_id}"'
    (other,) = asking.ask(f"<ReceivePaymentQueryRq {go_on}><MaxReturned>2</MaxReturned></ReceivePaymentQueryRq>")
    assert status(other) == ("3391", "Error")
    assert status(page(Asking(books), go_on)) == ("3391", "Error")
    assert status(page(asking, go_on.replace("Continue", "Stop"), "")) == ("0", "Info")
    assert status(page(asking, go_on)) == ("3391", "Error")


def test_an_iterator_needs_a_size_and_no_ids(books: Company) -> None:
    asking = Asking(books)
    assert status(page(asking, 'iterator="Start"', "")) == ("3150", "Error")
    assert status(page(asking, 'iterator="Start"', "<TxnID>1-1</TxnID>")) == ("3153", "Error")
    assert status(page(asking, 'iterator="Start"', f"<MaxReturned>1</MaxReturned>{matching('Contains', 'zz')}")) == (
        "1",
        "Info",
    )
