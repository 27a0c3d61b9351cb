import json
from datetime import date
from decimal import Decimal

import pytest

from standpipe.activity.models import Activity
from standpipe.catalog.actions import archive_item, edit_sales_tax
from standpipe.invoices import guards
from standpipe.invoices.actions import archive_invoice, edit_invoice, set_paid
from standpipe.invoices.models import Invoice
from standpipe.invoices.queries import lines_of
from support.invoices import line, make_invoice, make_item, make_sales_tax, make_terms
from support.pages import at, client_of, elements, query_count, text_of
from support.worlds import ELM_STREET, OAK_STREET, World, make_account, make_building, make_contact, make_world

pytestmark = pytest.mark.django_db


def rows(*lines: dict[str, str], **head: str) -> dict[str, object]:
    """What the form sends: ``rows({"description": "Work", "amount": "80"}, date="2026-03-12")``."""
    data: dict[str, object] = {"date": "2026-03-12", "row": [str(index) for index in range(len(lines))], **head}
    for index, fields in enumerate(lines):
        data |= {f"line-{index}-{name}": value for name, value in fields.items()}
    return data


def add_url(world: World) -> str:
    building = make_building(world.organization, billing_address=ELM_STREET)
    return at(world.organization, f"invoices/add/?building={building.id}")


def test_an_invoice_from_scratch():
    """Requirements 54 and 58."""
    world = make_world()
    inspection, net, tax = (make(world.organization) for make in (make_item, make_terms, make_sales_tax))
    url = add_url(world)
    assert elements(client_of(world.otto).get(url), "//input[@name='number']")[0].get("value") == "1"
    sent = rows(
        {"item": "Inspection", "description": "Annual inspection", "quantity": "2", "is_taxable": "yes"},
        {"description": "Thank you"},
        {"description": "Discount", "amount": "-10", "is_taxable": "yes"},
        {},
        number="1042",
        terms=str(net.id),
        sales_tax=str(tax.id),
        memo="As agreed",
    )
    page = client_of(world.otto).post(url, sent, follow=True)
    invoice = Invoice.objects.get()
    assert (invoice.number, invoice.due_date, invoice.memo) == ("1042", date(2026, 4, 11), "As agreed")
    assert (invoice.subtotal, invoice.tax_total, invoice.total) == tuple(map(Decimal, ("150.00", "9.53", "159.53")))
    assert [(one.item, one.quantity, one.rate, one.amount) for one in lines_of(invoice)] == [
        (inspection, Decimal(2), Decimal(80), Decimal(160)),
        (None, None, None, None),
        (None, None, None, Decimal(-10)),
    ]
    text = text_of(page)
    for words in ("Invoice 1042", "Net 30", "11 April 2026", "Annual inspection", "Thank you", "−10.00", "$159.53"):
        assert words in text


def test_the_billing_contact_is_filled_in():
    """Requirement 65."""
    world = make_world()
    account = make_account(world.organization)
    building = make_building(world.organization, account=account)
    make_contact(world.organization, name="Ann Report", at=building, roles=("report",))
    jane = make_contact(world.organization, name="Jane Doe", at=account, roles=("billing",))
    page = client_of(world.otto).get(at(world.organization, f"invoices/add/?building={building.id}"))
    (chosen,) = elements(page, "//select[@name='contact']/option[@selected]")
    assert chosen.get("value") == str(jane.id)
    assert "Ann Report" in text_of(page)


def test_for_whom_is_asked_first():
    world = make_world()
    building = make_building(world.organization)
    page = client_of(world.otto).get(at(world.organization, "invoices/add/"))
    assert "For whom is it?" in text_of(page)
    assert elements(page, f"//button[@name='building'][@value='{building.id}']")
    none = client_of(world.otto).get(at(world.organization, "invoices/add/"), {"search": "nowhere"})
    assert "No account and no building matches" in text_of(none)


# what is typed, and what is said about it
REFUSED = {
    "no line": (rows({}), "Add at least one line."),
    "below zero": (rows({"description": "x", "amount": "-5"}), "An invoice cannot be below zero"),
    "too many decimals": (rows({"quantity": "1", "rate": "0.123456"}), "more than five decimals"),
    "too fine an amount": (rows({"description": "x", "amount": "1.005"}), "more than two decimals"),
    "huge": (rows({"quantity": "99999999", "rate": "99999999"}), "too large"),
    "huge amount": (rows({"description": "x", "amount": "1" + "0" * 30}), "too large"),
    "no number": (rows({"description": "x", "amount": "eighty"}), "“eighty” is not a number"),
    "contradiction": (rows({"quantity": "2", "rate": "50", "amount": "90"}), "2 × 50.00 is 100.00, not 90.00"),
    "no pieces": (rows({"quantity": "0", "amount": "90"}), "A quantity of 0 cannot come to 90.00"),
    "no rate": (rows({"description": "x", "quantity": "3"}), "Enter a rate or an amount."),
    "unknown item": (rows({"item": "Nothing", "amount": "1"}), "no item called “Nothing”"),
    "long number": (rows({"amount": "1"}, number="123456789012"), "too long: 12 characters. Shorten it to 11"),
    "used number": (rows({"amount": "1"}, number="777"), "Number 777 is on another invoice"),
    "early": (rows({"amount": "1"}, date="1969-12-31"), "1 January 1970 to 19 January 2038"),
    "late": (rows({"amount": "1"}, due_date="2038-01-20"), "1 January 1970 to 19 January 2038"),
    "no date": (rows({"amount": "1"}, date="soon"), "Enter a date, like 2026-03-12"),
    "unstorable": (rows({"description": "a\x01b", "amount": "1"}), "cannot be stored"),
    "long text": (rows({"description": "x" * 5000, "amount": "1"}), "Shorten it to 4095"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_bad_input_is_told_in_place_and_nothing_typed_is_lost(case: str):
    """Requirement 71: what QuickBooks would count otherwise, or not hold, is told before."""
    sent, words = REFUSED[case]
    world = make_world()
    make_invoice(make_building(world.organization, name="Oak Hall"), number="777")
    page = client_of(world.otto).post(add_url(world), {"memo": "kept memo", **sent})
    assert page.status_code == 200
    assert words in text_of(page)
    assert elements(page, "//error-summary")
    assert Invoice.objects.count() == 1
    assert "kept memo" in page.content.decode()
    for index in range(len(sent["row"])):
        for name in ("item", "quantity", "rate", "amount"):
            typed = sent.get(f"line-{index}-{name}")
            if typed:
                assert elements(page, f"//input[@name='line-{index}-{name}']")[0].get("value") == typed


def test_an_error_names_the_line_and_links_to_it():
    world = make_world()
    sent = rows({"description": "fine", "amount": "1"}, {}, {"description": "x", "quantity": "3"})
    page = client_of(world.otto).post(add_url(world), sent)
    (link,) = elements(page, "//error-summary//a")
    assert (link.text_content(), link.get("href")) == ("Line 3, rate", "#id_line-2-rate")
    assert elements(page, "//input[@id='id_line-2-rate'][contains(@class, 'is-invalid')]")


def test_lines_are_added_moved_and_removed_without_javascript():
    world = make_world()
    make_item(world.organization)
    url, client = add_url(world), client_of(world.otto)
    sent = rows({"item": "Inspection", "quantity": "2"}, {"description": "second"}, number="9", memo="kept")

    def descriptions(act: str) -> list[str]:
        page = client.post(url, {**sent, "act": act})
        assert not elements(page, "//error-summary")
        assert "kept" in page.content.decode()
        names = [box.get("value") for box in elements(page, "//ol//input[@name='row']")]
        assert names == [str(index) for index in range(len(names))]
        return [box.text_content().strip() for box in elements(page, "//ol//textarea")]

    assert descriptions("add") == ["", "second", ""]
    assert descriptions("down-0") == descriptions("up-1") == ["second", ""]
    assert descriptions("remove-0") == ["second"]
    assert descriptions("remove-7") == ["", "second"]
    page = client.post(url, {**sent, "act": "recount"})
    assert elements(page, "//input[@name='line-0-amount']")[0].get("value") == "160.00"
    assert "$160.00" in text_of(page)
    assert not Invoice.objects.exists()


def changed(world: World, name: str, sent: dict[str, object]) -> tuple[dict[str, str], dict[str, str]]:
    answer = json.loads(client_of(world.otto).post(add_url(world), {**sent, "changed": name}).content)
    return answer["values"], {key: amount for key, _, amount in answer["sums"]}


def test_a_percentage_follows_the_line_above_while_it_is_edited():
    """With words between, and after a move; other percentages keep what was written for them."""
    world = make_world()
    make_item(world.organization)
    make_item(world.organization, name="Senior", rate=None, percent=Decimal(10))
    off = {"item": "Senior", "amount": "-8.00"}
    sent = rows(
        {"item": "Inspection", "quantity": "2", "rate": "80", "amount": "80.00"}, {"description": "words"}, off
    )
    values, sums = changed(world, "line-0-quantity", sent)
    assert (values["line-0-amount"], values["line-2-amount"], sums["total"]) == ("160.00", "-16.00", "$144.00")
    assert "line-2-amount" not in changed(world, "line-0-description", sent)[0]
    further = rows({"description": "first", "amount": "50"}, {"description": "other", "amount": "30"}, off)
    assert "line-2-amount" not in changed(world, "line-0-amount", further)[0]
    assert changed(world, "row", further)[0]["line-2-amount"] == "-3.00"
    page = client_of(world.otto).post(add_url(world), {**further, "act": "recount"})
    assert elements(page, "//input[@name='line-2-amount']")[0].get("value") == "-3.00"


def test_what_follows_from_a_change_is_told_while_typing():
    world = make_world()
    make_item(world.organization, description="Annual", is_taxable=True)
    net, tax = make_terms(world.organization), make_sales_tax(world.organization, "10")
    values, sums = changed(world, "line-0-item", rows({"item": "inspection", "quantity": "2"}, sales_tax=str(tax.id)))
    assert values == {
        "line-0-description": "Annual",
        "line-0-rate": "80.00",
        "line-0-amount": "160.00",
        "line-0-is_taxable": "yes",
    }
    assert sums == {"subtotal": "$160.00", "tax": "$16.00", "total": "$176.00"}
    values, _ = changed(world, "line-0-amount", rows({"quantity": "3", "rate": "1", "amount": "10.00"}))
    assert values["line-0-rate"] == "3.33333"
    values, sums = changed(world, "line-0-rate", rows({"quantity": "3", "rate": "x", "amount": "10"}))
    assert (values, sums["total"]) == ({}, "$10.00")
    values, _ = changed(world, "terms", rows({}, terms=str(net.id)))
    assert values == {"due_date": "2026-04-11"}
    assert changed(world, "terms", rows({}, terms=str(net.id), date="2040-01-01"))[0] == {}
    assert not Invoice.objects.exists()


def test_a_number_is_judged_while_it_is_typed():
    world = make_world()
    invoice = make_invoice(make_building(world.organization), number="1042")
    client, url = client_of(world.otto), at(world.organization, "invoices/check-number/")
    assert "1 is free" in text_of(client.get(url, {"number": "1042"}))
    assert "too long" in text_of(client.get(url, {"number": "123456789012"}))
    assert client.get(url, {"number": "1043"}).content.strip() == b""
    assert client.get(url, {"number": "1042", "besides": str(invoice.id)}).content.strip() == b""
    assert client.get(url, {"number": "1043", "besides": "nonsense"}).content.strip() == b""


def test_a_copy_has_the_lines_a_new_number_and_todays_date():
    """Requirement 54."""
    world = make_world()
    item = make_item(world.organization)
    source = make_invoice(make_building(world.organization), lines=[line(item=item, quantity="2")], number="1")
    archive_item(item, by=None)
    client, url = client_of(world.otto), at(world.organization, f"invoices/{source.id}/copy/")
    page = client.get(url)
    assert elements(page, "//input[@name='number']")[0].get("value") == "2"
    assert elements(page, "//ol//textarea")[0].text_content().strip() == "Work"
    assert elements(page, "//input[@name='line-0-amount']")[0].get("value") == "160.00"
    client.post(url, rows({"description": "Work", "amount": "160.00"}, number="2"))
    assert Invoice.objects.count() == 2
    other = make_account(world.organization, name="Somebody else")
    assert "Somebody else" in text_of(client.get(url, {"choose": ""}))
    client.post(f"{url}?account={other.id}", rows({"description": "Work", "amount": "160.00"}, number="3"))
    assert Invoice.objects.get(number="3").account == other


def test_an_edit_shows_what_is_kept_and_a_due_date_that_nobody_touched_follows():
    """Requirement 69."""
    world = make_world()
    net = make_terms(world.organization)
    invoice = make_invoice(make_building(world.organization), terms=net)
    client, url = client_of(world.otto), at(world.organization, f"invoices/{invoice.id}/edit/")
    page = client.get(url)

    def value(name: str) -> str:
        return elements(page, f"//input[@name='{name}']")[0].get("value") or ""

    kept = {"id": value("line-0-id"), "description": "Inspection", "amount": value("line-0-amount")}
    head = {"number": value("number"), "terms": str(net.id), "due_date": value("due_date"), "seen": value("seen")}
    client.post(url, rows(kept, **{**head, "date": "2026-04-01"}))
    invoice.refresh_from_db()
    assert (invoice.date, invoice.due_date) == (date(2026, 4, 1), date(2026, 5, 1))
    assert str(invoice.lines.get().id) == kept["id"]
    stale = client.post(url, rows(kept, **{**head, "date": "2026-04-02"}))
    assert "Somebody else changed this" in text_of(stale)
    head["seen"] = elements(stale, "//input[@name='seen']")[0].get("value")
    client.post(url, rows(kept, **{**head, "date": "2026-04-02", "due_date": "2026-04-20"}))
    invoice.refresh_from_db()
    assert invoice.due_date == date(2026, 4, 20)


def test_a_number_is_never_written_otherwise_than_it_is():
    world = make_world()
    invoice = make_invoice(make_building(world.organization), number="INV-7")
    for page, words in (
        ("edit/", "Edit invoice INV-7"),
        ("copy/", "Copy invoice INV-7"),
        ("archive/", "Archive invoice INV-7?"),
    ):
        url = at(world.organization, f"invoices/{invoice.id}/{page}")
        assert words in text_of(client_of(world.otto).get(url))
    nameless = make_invoice(invoice.building, number="")
    page = client_of(world.vera).get(at(world.organization, f"invoices/{nameless.id}/"))
    assert "Invoice without a number" in text_of(page)


def test_a_locked_invoice_says_why_and_stays():
    world = make_world()
    invoice = make_invoice(make_building(world.organization))
    guards.add("test", lambda _invoice: "Locked while it waits for QuickBooks. Take it back first.")
    try:
        client = client_of(world.otto)
        page = client.get(at(world.organization, f"invoices/{invoice.id}/"))
        assert "Take it back first." in text_of(page)
        assert not elements(page, "//main//a[contains(@href, '/edit/')]")
        assert elements(page, "//main//a[contains(@href, '/copy/')]")
        url = at(world.organization, f"invoices/{invoice.id}/edit/")
        refused = client.post(url, rows({"description": "other", "amount": "1"}, number="5"))
        assert "Take it back first." in text_of(refused)
        assert elements(refused, "//ol//textarea")[0].text_content().strip() == "other"
        assert "Take it back first." in text_of(
            client.post(at(world.organization, f"invoices/{invoice.id}/archive/"), follow=True)
        )
    finally:
        guards.remove("test")
    invoice.refresh_from_db()
    assert (invoice.total, invoice.archived_at) == (Decimal("100.00"), None)


def test_the_list_searches_filters_and_adds_up():
    world = make_world()
    account = make_account(world.organization)
    elm = make_building(world.organization, account=account)
    overdue = make_invoice(elm, due_date=date(2026, 3, 20), date=date(2026, 3, 2))
    paid = make_invoice(make_building(world.organization, name="Oak Hall"), lines=[line("50")], number="INV-7")
    set_paid(paid, paid=Decimal(50))
    archive_invoice(make_invoice(account, number="gone"), by=None)
    client, url = client_of(world.vera), at(world.organization, "invoices/")
    text = text_of(client.get(url))
    assert "2 invoices · $150.00, of which $100.00 due" in text
    assert text.index("INV-7") < text.index("Elm School")  # the latest first
    for query, shown in (
        ({"search": "oak"}, [paid]),
        ({"search": "inv-7"}, [paid]),
        ({"search": "alder"}, []),
        ({"paid": "overdue"}, [overdue]),
        ({"paid": "unpaid"}, [overdue]),
        ({"paid": "paid"}, [paid]),
        ({"for": f"building:{elm.id}"}, [overdue]),
        ({"for": f"account:{account.id}"}, [overdue]),
        ({"for": "account:nonsense"}, [paid, overdue]),
        ({"sort": "total"}, [paid, overdue]),
    ):
        links = elements(client.get(url, query), "//tbody//th/a")
        assert [link.get("href") for link in links] == [
            at(world.organization, f"invoices/{invoice.id}/") for invoice in shown
        ], query
    assert "gone" in text_of(client.get(url, {"archived": "yes"}))


def test_a_long_list_asks_as_often_as_a_short_one():
    world = make_world()
    building = make_building(world.organization)
    client, url = client_of(world.vera), at(world.organization, "invoices/")
    make_invoice(building)
    client.get(url)
    once = query_count(client, url)
    for _ in range(5):
        make_invoice(building)
    assert query_count(client, url) == once


def test_an_invoice_of_a_hundred_lines_is_written_and_shown():
    world = make_world()
    make_item(world.organization)
    lines = [{"item": "Inspection", "quantity": "1", "rate": "0.33333"} for _ in range(100)]
    client_of(world.otto).post(add_url(world), rows(*lines, number="100"))
    invoice = Invoice.objects.get()
    assert (invoice.lines.count(), invoice.total) == (100, Decimal("33.00"))
    url = at(world.organization, f"invoices/{invoice.id}/edit/")
    client = client_of(world.otto)
    assert len(elements(client.get(url), "//ol//fieldset")) == 100
    assert query_count(client, url) < 30


def test_the_sheet_that_is_printed_bears_what_the_customer_needs():
    world = make_world()
    building = make_building(world.organization, billing_address=ELM_STREET, physical_address=OAK_STREET)
    jane = make_contact(world.organization, at=building, roles=("billing",))
    invoice = make_invoice(
        building, contact=jane, memo="As agreed", sales_tax=make_sales_tax(world.organization), number="1042"
    )
    set_paid(invoice, paid=Decimal(40))
    text = text_of(client_of(world.vera).get(at(world.organization, f"invoices/{invoice.id}/print/")))
    for words in (
        "Alder Fire",
        "Invoice 1042",
        "Bill to",
        "12 Elm St",
        "Service at",
        "80 Oak Street",
        "Attention: Jane Doe",
        "12 March 2026",
        "As agreed",
        "Balance due$60.00",
    ):
        assert words in text


def test_what_is_shown_and_printed_is_what_was_saved_and_goes_out():
    """A rate that was edited since changes no invoice before somebody saves it again."""
    world = make_world()
    tax = make_sales_tax(world.organization, "10")
    invoice = make_invoice(make_building(world.organization), lines=[line("100", taxable=True)], sales_tax=tax)
    client = client_of(world.vera)
    pages = [at(world.organization, f"invoices/{invoice.id}/{page}") for page in ("", "print/")]
    for page in pages:
        text = text_of(client.get(page))
        assert "Sales tax 10 % on 100.00" in text
        assert "$110.00" in text
    edit_sales_tax(tax, by=None, parts=[{"name": "Agency 1", "rate": "20"}])
    for page in pages:
        text = text_of(client.get(page))
        assert "$110.00" in text
        assert "$120.00" not in text
        assert "20 %" not in text


def test_invoices_stand_on_the_pages_of_account_and_building():
    world = make_world()
    account = make_account(world.organization)
    building = make_building(world.organization, account=account)
    make_invoice(building, number="1042")
    for page in (f"accounts/{account.id}/", f"buildings/{building.id}/"):
        shown = client_of(world.otto).get(at(world.organization, page))
        assert "Invoice 1042" in text_of(shown)
        assert elements(shown, "//section[@id='invoices']//a[contains(@href, 'invoices/add/?')]")


def test_archived_and_back_again():
    world = make_world()
    invoice = make_invoice(make_building(world.organization), number="1")
    client, one = client_of(world.otto), at(world.organization, f"invoices/{invoice.id}/")
    assert "Archive invoice 1?" in text_of(client.get(f"{one}archive/"))
    client.post(f"{one}archive/")
    other = make_invoice(make_building(world.organization), number="1")
    refused = client.post(f"{one}restore/", follow=True)
    assert "Number 1 is on another invoice" in text_of(refused)
    edit_invoice(other, by=None, number="2")
    client.post(f"{one}restore/")
    invoice.refresh_from_db()
    assert invoice.archived_at is None
    assert "brought this invoice back" in text_of(client.get(one))


def test_what_the_numbers_are_made_of_is_a_setting():
    world = make_world()
    url = at(world.organization, "invoices/numbers/")
    assert client_of(world.otto).get(url).status_code == 403
    client = client_of(world.bob)
    assert "at most 11 characters" in text_of(client.post(url, {"prefix": "INV-", "next_number": "99999999"}))
    client.post(url, {"prefix": "INV-", "next_number": "1042"})
    assert make_invoice(make_building(world.organization)).number == "INV-1042"
    assert Activity.objects.filter(verb="invoice_numbering.changed").count() == 1


def test_nobody_else_and_no_viewer_may_write():
    world = make_world()
    building = make_building(world.organization)
    invoice = make_invoice(building)
    for page in ("", "edit/", "copy/", "print/", "archive/"):
        url = at(world.organization, f"invoices/{invoice.id}/{page}")
        assert client_of(world.charlie).get(url).status_code == 404
        assert client_of(world.vera).get(url).status_code == (200 if page in {"", "print/"} else 403)
    theirs = make_building(world.elsewhere)
    foreign = at(world.organization, f"invoices/add/?building={theirs.id}")
    assert client_of(world.otto).get(foreign).status_code == 404
