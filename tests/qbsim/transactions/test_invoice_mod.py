"""InvoiceMod, TxnVoid, TxnDel and the feed of deleted transactions over the wire."""

import pytest
from lxml import etree

from qbsim.company import Company
from support.company_files import Asking, StandingClock, status
from support.money import applied, done, invoice_add, invoice_mod, line, payment_add, ref, refused, texts


@pytest.fixture
def invoice(asking: Asking, clock: StandingClock) -> etree._Element:
    """Three lines, 300.00 in all, made a minute ago."""
    lines = line("Repair", "<Quantity>2</Quantity><Rate>100.00</Rate>") + line(None, "<Desc>Thank you</Desc>")
    made = done(
        asking, invoice_add(lines + line("Trip Charge", "<Amount>100.00</Amount>"), head="<Memo>first</Memo>")
    )
    clock.move(60)
    return made


def ids(invoice: etree._Element) -> list[str]:
    return [each.text for each in invoice.iter("TxnLineID")]


def keep(line_id: str, body: str = "") -> str:
    return f"<InvoiceLineMod><TxnLineID>{line_id}</TxnLineID>{body}</InvoiceLineMod>"


# -- the head ----------------------------------------------------------------------------------------------------


def test_only_what_is_sent_changes_and_the_edit_sequence_moves(
    asking: Asking, invoice: etree._Element, clock: StandingClock
) -> None:
    changed = done(asking, invoice_mod(invoice, "<PONumber>PO 7</PONumber>"))
    assert texts(changed, "PONumber", "Memo", "BalanceRemaining") == ["PO 7", "first", "300.00"]
    assert ids(changed) == ids(invoice)
    assert changed.findtext("EditSequence") == str(int(clock.now))
    assert changed.findtext("TimeCreated") == invoice.findtext("TimeCreated") != changed.findtext("TimeModified")


def test_an_empty_element_clears(asking: Asking, invoice: etree._Element) -> None:
    changed = done(asking, invoice_mod(invoice, "<TermsRef/><Memo/>"))
    assert texts(changed, "Memo", "TermsRef", "DueDate") == [None, None, "2024-03-09"]


@pytest.mark.parametrize("tag", ["CustomerRef", "ARAccountRef", "TemplateRef"])
def test_some_elements_cannot_be_cleared(company: Company, invoice: etree._Element, tag: str) -> None:
    assert refused(company, invoice_mod(invoice, f"<{tag}/>"))[0] == "3190"


@pytest.mark.parametrize(("tag", "name"), [("ARAccountRef", "Checking"), ("TemplateRef", "Custom Estimate")])
def test_accounts_and_forms_of_another_type_do_not_fit(
    company: Company, invoice: etree._Element, tag: str, name: str
) -> None:
    code, text = refused(company, invoice_mod(invoice, ref(tag, name)))
    assert code == "3140"
    assert f'"{name}" in the Invoice' in text


@pytest.mark.parametrize("form", ["BillAddress", "ShipAddress"])
def test_an_address_of_six_printed_lines(company: Company, invoice: etree._Element, form: str) -> None:
    lines = "".join(f"<Addr{number}>x</Addr{number}>" for number in range(1, 6))
    assert refused(company, invoice_mod(invoice, f"<{form}>{lines}<City>Boise</City></{form}>"))[0] == "3205"


def test_the_due_date_follows_terms_and_date_unless_it_is_sent(asking: Asking, invoice: etree._Element) -> None:
    changed = done(asking, invoice_mod(invoice, "<TxnDate>2024-03-01</TxnDate>"))
    assert changed.findtext("DueDate") == "2024-03-31"
    changed = done(asking, invoice_mod(changed, ref("TermsRef", "Net 15")))
    assert changed.findtext("DueDate") == "2024-03-16"
    changed = done(asking, invoice_mod(changed, ref("TermsRef", "Net 30") + "<DueDate>2024-05-05</DueDate>"))
    assert changed.findtext("DueDate") == "2024-05-05"


def test_another_customer_takes_the_balance_along(company: Company, asking: Asking, invoice: etree._Element) -> None:
    done(asking, invoice_mod(invoice, ref("CustomerRef", "Ash School")))
    assert (company.find("Elm School").balance_cents, company.find("Ash School").balance_cents) == (0, 30000)


def test_another_tax_counts_anew(asking: Asking, invoice: etree._Element) -> None:
    first, words, trip = ids(invoice)
    lines = keep(first, ref("SalesTaxCodeRef", "Tax")) + keep(words) + keep(trip)
    changed = done(asking, invoice_mod(invoice, ref("ItemSalesTaxRef", "City Tax") + lines))
    assert texts(changed, "SalesTaxTotal", "BalanceRemaining") == ["1.00", "301.00"]
    changed = done(asking, invoice_mod(changed, ref("ItemSalesTaxRef", "State Tax")))
    assert texts(changed, "SalesTaxTotal", "BalanceRemaining") == ["14.50", "314.50"]


# -- lines (Intuit, "Modifying, deleting and voiding" page) --------------------------------------------------------


def test_named_lines_stay_new_ones_come_and_the_others_are_gone(asking: Asking, invoice: etree._Element) -> None:
    first, _, trip = ids(invoice)
    new = keep("-1", ref("ItemRef", "Repair") + "<Quantity>1</Quantity>")
    changed = done(asking, invoice_mod(invoice, keep(trip) + new + keep(first)))
    kept = ids(changed)
    assert (kept[0], kept[2]) == (trip, first)
    assert kept[1] not in ids(invoice)
    assert [each.text for each in changed.findall("InvoiceLineRet/Amount")] == ["100.00", "118.00", "200.00"]
    assert changed.findtext("BalanceRemaining") == "418.00"


CHANGES = {
    "quantity": ("<Quantity>3</Quantity>", ("3", "100.00", "300.00")),
    "rate": ("<Rate>80.00</Rate>", ("2", "80.00", "160.00")),
    "amount": ("<Amount>90.00</Amount>", ("2", "45.00", "90.00")),
    "item": (ref("ItemRef", "Trip Charge"), ("2", "65.00", "130.00")),
    "words": ("<Desc>x</Desc>", ("2", "100.00", "200.00")),
    "no words": ("<Desc/>", ("2", "100.00", "200.00")),
}


@pytest.mark.parametrize("kind", CHANGES)
def test_what_changes_in_a_line_changes_its_amount(asking: Asking, invoice: etree._Element, kind: str) -> None:
    body, expected = CHANGES[kind]
    changed = done(asking, invoice_mod(invoice, keep(ids(invoice)[0], body)))
    found = changed.find("InvoiceLineRet")
    assert tuple(texts(found, "Quantity", "Rate", "Amount")) == expected
    words = {"words": "x", "no words": None, "item": "Trip charge"}
    assert found.findtext("Desc") == words.get(kind, "Repair, per hour")


@pytest.mark.parametrize(
    "tag", ["ItemRef", "Quantity", "Rate", "Amount", "SalesTaxCodeRef", "OverrideItemAccountRef"]
)
def test_parts_of_a_line_that_cannot_be_cleared(company: Company, invoice: etree._Element, tag: str) -> None:
    assert refused(company, invoice_mod(invoice, keep(ids(invoice)[0], f"<{tag}/>")))[0] == "3190"


def test_groups_keep_their_lines_and_take_new_ones(asking: Asking) -> None:
    package = f"<InvoiceLineGroupAdd>{ref('ItemGroupRef', 'Annual Package')}</InvoiceLineGroupAdd>"
    made = done(asking, invoice_add(package))
    group_id, first, second, _ = ids(made)
    twice = f"<InvoiceLineGroupMod><TxnLineID>{group_id}</TxnLineID><Quantity>2</Quantity></InvoiceLineGroupMod>"
    changed = done(asking, invoice_mod(made, twice))
    assert changed.findtext("InvoiceLineGroupRet/TotalAmount") == "1660.00"
    fewer = (
        f"<InvoiceLineGroupMod><TxnLineID>{group_id}</TxnLineID>"
        f"{keep(second)}{keep('-1', ref('ItemRef', 'Trip Charge'))}{keep(first)}</InvoiceLineGroupMod>"
    )
    changed = done(asking, invoice_mod(changed, fewer))
    assert [each for each in ids(changed) if each in {first, second}] == [second, first]
    assert changed.findtext("Subtotal") == "905.00"  # 650.00, 65.00 and 190.00


# -- refusals ----------------------------------------------------------------------------------------------------


def test_a_stale_edit_sequence_is_refused(company: Company, invoice: etree._Element) -> None:
    code, text = refused(company, invoice_mod(invoice, "<Memo>x</Memo>", sequence="1"))
    assert (code, text) == ("3200", 'The provided edit sequence "1" is out-of-date.')


def test_what_is_not_there_cannot_be_changed(company: Company, invoice: etree._Element) -> None:
    assert refused(company, invoice_mod(invoice, keep("7-7")))[0] == "3120"
    invoice.find("TxnID").text = "7-7"
    assert refused(company, invoice_mod(invoice, ""))[0] == "3120"


def test_closed_books_are_not_changed(company: Company, invoice: etree._Element) -> None:
    company.set_preference("AccountingPreferences.ClosingDate", "2024-03-09")
    txn_id = invoice.findtext("TxnID")
    assert refused(company, invoice_mod(invoice, "<Memo>x</Memo>"))[0] == "3171"
    assert refused(company, void(txn_id))[0] == "3171"
    assert refused(company, delete(txn_id))[0] == "3161"


def test_nothing_moves_into_closed_books(company: Company, invoice: etree._Element) -> None:
    company.set_preference("AccountingPreferences.ClosingDate", "2024-02-29")
    assert refused(company, invoice_mod(invoice, "<TxnDate>2024-02-29</TxnDate>"))[0] == "3171"


@pytest.fixture
def paid(asking: Asking, invoice: etree._Element) -> etree._Element:
    """The invoice with 120.00 paid of it."""
    txn_id = invoice.findtext("TxnID")
    done(asking, payment_add(applied(txn_id, "120.00"), head="<TotalAmount>120.00</TotalAmount>"))
    (answer,) = asking.ask(
        f"<InvoiceQueryRq><TxnID>{txn_id}</TxnID><IncludeLineItems>1</IncludeLineItems></InvoiceQueryRq>"
    )
    return answer[0]


def test_what_is_paid_cannot_be_taken_back_or_given_away(company: Company, paid: etree._Element) -> None:
    first = ids(paid)[0]
    assert refused(company, invoice_mod(paid, keep(first, "<Amount>119.99</Amount>")))[0] == "3210"
    assert refused(company, invoice_mod(paid, ref("CustomerRef", "Ash School")))[0] == "3210"
    assert refused(company, invoice_mod(paid, "<IsPending>1</IsPending>"))[0] == "3210"


def test_an_invoice_may_shrink_to_what_is_paid(asking: Asking, paid: etree._Element) -> None:
    changed = done(asking, invoice_mod(paid, keep(ids(paid)[0], "<Amount>120.00</Amount>")))
    assert texts(changed, "BalanceRemaining", "AppliedAmount", "IsPaid") == ["0.00", "-120.00", "true"]


# -- void and delete ---------------------------------------------------------------------------------------------


def void(txn_id: str, kind: str = "Invoice") -> str:
    return f"<TxnVoidRq><TxnVoidType>{kind}</TxnVoidType><TxnID>{txn_id}</TxnID></TxnVoidRq>"


def delete(txn_id: str, kind: str = "Invoice") -> str:
    return f"<TxnDelRq><TxnDelType>{kind}</TxnDelType><TxnID>{txn_id}</TxnID></TxnDelRq>"


def test_voiding_keeps_the_invoice_at_zero(company: Company, asking: Asking, invoice: etree._Element) -> None:
    txn_id = invoice.findtext("TxnID")
    (answer,) = asking.ask(void(txn_id))
    assert status(answer) == ("0", "Info")
    assert texts(answer, "TxnVoidType", "TxnID", "RefNumber") == ["Invoice", txn_id, "1001"]
    query = f"<InvoiceQueryRq><TxnID>{txn_id}</TxnID><IncludeLineItems>1</IncludeLineItems></InvoiceQueryRq>"
    found = asking.ask(query)[0][0]
    assert texts(found, "Subtotal", "BalanceRemaining", "Memo") == ["0.00", "0.00", "VOID: first"]
    assert ids(found) == ids(invoice)
    assert {each.text for each in found.findall("InvoiceLineRet/Amount")} == {"0.00"}
    assert int(found.findtext("EditSequence")) > int(invoice.findtext("EditSequence"))
    assert company.find("Elm School").total_cents == 0
    assert company.invoices.deleted() == []


def test_deleting_takes_the_invoice_into_the_feed(
    company: Company, asking: Asking, invoice: etree._Element, clock: StandingClock
) -> None:
    txn_id = invoice.findtext("TxnID")
    (answer,) = asking.ask(delete(txn_id))
    assert texts(answer, "TxnDelType", "TxnID", "RefNumber", "TimeDeleted") == [
        "Invoice",
        txn_id,
        "1001",
        "2024-03-09T11:01:00-05:00",
    ]
    assert company.find("Elm School").total_cents == 0
    assert status(asking.ask(f"<InvoiceQueryRq><TxnID>{txn_id}</TxnID></InvoiceQueryRq>")[0]) == ("500", "Warn")
    (gone,) = deleted(asking)
    assert texts(gone, "TxnDelType", "TxnID", "TimeCreated", "TimeDeleted", "RefNumber") == [
        "Invoice",
        txn_id,
        invoice.findtext("TimeCreated"),
        "2024-03-09T11:01:00-05:00",
        "1001",
    ]
    clock.move(90 * 86400)
    assert len(deleted(asking)) == 1
    clock.move(1)
    assert status(deleted(asking)) == ("1", "Info")


def deleted(asking: Asking, body: str = "<TxnDelType>Invoice</TxnDelType>", attributes: str = "") -> etree._Element:
    return asking.ask(f"<TxnDeletedQueryRq {attributes}>{body}</TxnDeletedQueryRq>")[0]


def test_the_feed_is_asked_by_kind_and_time(asking: Asking, invoice: etree._Element, clock: StandingClock) -> None:
    asking.ask(delete(invoice.findtext("TxnID")))
    payment = done(asking, payment_add("<IsAutoApply>0</IsAutoApply>", head="<TotalAmount>1.00</TotalAmount>"))
    clock.move(60)
    asking.ask(delete(payment.findtext("TxnID"), "ReceivePayment"))
    both = "<TxnDelType>ReceivePayment</TxnDelType><TxnDelType>Invoice</TxnDelType>"
    assert [each.findtext("TxnDelType") for each in deleted(asking, both)] == ["ReceivePayment", "Invoice"]
    assert status(deleted(asking, "<TxnDelType>Bill</TxnDelType>")) == ("1", "Info")
    since = "<DeletedDateRangeFilter><FromDeletedDate>2024-03-09T11:02:00</FromDeletedDate></DeletedDateRangeFilter>"
    until = "<DeletedDateRangeFilter><ToDeletedDate>2024-03-09T11:01:59</ToDeletedDate></DeletedDateRangeFilter>"
    assert [each.findtext("TxnDelType") for each in deleted(asking, both + since)] == ["ReceivePayment"]
    assert [each.findtext("TxnDelType") for each in deleted(asking, both + until)] == ["Invoice"]
    counted = deleted(asking, both, 'metaData="MetaDataOnly"')
    assert (counted.get("retCount"), len(counted)) == ("2", 0)
    only = deleted(asking, f"{both}<IncludeRetElement>TxnID</IncludeRetElement>")
    assert [each.tag for each in only[0]] == ["TxnID"]
    reversed_ = (
        "<DeletedDateRangeFilter><FromDeletedDate>2024-03-10</FromDeletedDate>"
        "<ToDeletedDate>2024-03-09</ToDeletedDate></DeletedDateRangeFilter>"
    )
    assert status(deleted(asking, both + reversed_)) == ("3030", "Error")


def test_a_payment_stands_in_the_way_of_voiding_and_deleting(company: Company, paid: etree._Element) -> None:
    assert refused(company, void(paid.findtext("TxnID")))[0] == "3185"
    assert refused(company, delete(paid.findtext("TxnID")))[0] == "3160"


def test_what_is_gone_or_of_another_kind_is_not_found(company: Company, invoice: etree._Element) -> None:
    txn_id = invoice.findtext("TxnID")
    for asked in (
        void("7-7"),
        void(txn_id, "Bill"),
        delete("7-7"),
        delete(txn_id, "ReceivePayment"),
        delete(txn_id, "Bill"),
    ):
        assert refused(company, asked)[0] == "3120"


# -- records in use ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("Customer", "Elm School"),
        ("ItemService", "Repair"),
        ("StandardTerms", "Net 30"),
        ("ItemSalesTax", "State Tax"),
    ],
)
def test_what_an_invoice_refers_to_cannot_be_deleted(
    company: Company, invoice: etree._Element, kind: str, name: str
) -> None:
    company.set_host("QBFileMode", "SingleUser")
    if kind == "Customer":
        company.delete_customer(company.find("Elm School:Gym").list_id)
    found = company.find(name) if kind == "Customer" else company.lists.find(kind, name)
    asked = f"<ListDelRq><ListDelType>{kind}</ListDelType><ListID>{found.list_id}</ListID></ListDelRq>"
    assert refused(company, asked)[0] == "3160"


def test_a_merge_takes_transactions_along(company: Company, asking: Asking, invoice: etree._Element) -> None:
    elm, ash = company.find("Elm School"), company.find("Ash School")
    done(asking, payment_add("<IsAutoApply>0</IsAutoApply>", head="<TotalAmount>50.00</TotalAmount>"))
    company.merge_customers(elm.list_id, to=ash.list_id)
    (found,) = company.invoices.all(customer=ash.list_id)
    assert found.txn_id == invoice.findtext("TxnID")
    assert company.payments.all(customer=ash.list_id)[0].unused_cents == 5000
    assert company.customer(ash.list_id).balance_cents == 25000


def test_a_merged_item_is_the_other_one_on_invoices(
    company: Company, asking: Asking, invoice: etree._Element
) -> None:
    repair, other = (company.lists.find("ItemService", name).list_id for name in ("Repair", "Installation"))
    for child in company.lists.below(repair):
        company.lists.delete(child.list_id)
    company.lists.merge(repair, to=other)
    txn_id = invoice.findtext("TxnID")
    query = f"<InvoiceQueryRq><TxnID>{txn_id}</TxnID><IncludeLineItems>1</IncludeLineItems></InvoiceQueryRq>"
    assert asking.ask(query)[0].findtext("InvoiceRet/InvoiceLineRet/ItemRef/FullName") == "Installation"


def test_a_customer_with_a_balance_has_an_opening_invoice(company: Company, asking: Asking) -> None:
    """quickbooks-php, Callbacks/SQL: no number, one line without an item, a rate without decimals."""
    add = (
        "<CustomerAddRq><CustomerAdd><Name>Oak Clinic</Name><OpenBalance>100.00</OpenBalance>"
        "<OpenBalanceDate>2023-12-31</OpenBalanceDate></CustomerAdd></CustomerAddRq>"
    )
    assert done(asking, add).findtext("TotalBalance") == "100.00"
    who = "<EntityFilter><FullName>Oak Clinic</FullName></EntityFilter>"
    query = f"<InvoiceQueryRq>{who}<IncludeLineItems>1</IncludeLineItems></InvoiceQueryRq>"
    found = asking.ask(query)[0][0]
    assert texts(found, "RefNumber", "TxnDate", "Memo", "BalanceRemaining") == [
        None,
        "2023-12-31",
        "Opening balance",
        "100.00",
    ]
    assert texts(found.find("InvoiceLineRet"), "ItemRef", "Desc", "Rate", "Amount") == [
        None,
        "Opening balance",
        "100",
        "100.00",
    ]
    changed = done(asking, invoice_mod(found, "<Memo>from the old books</Memo>" + keep(ids(found)[0])))
    assert changed.findtext("BalanceRemaining") == "100.00"
