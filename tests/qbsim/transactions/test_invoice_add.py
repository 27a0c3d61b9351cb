"""InvoiceAdd over the wire: what an invoice takes over, counts and refuses. What is refused changes nothing."""

import pytest

from qbsim.company import Company, address
from qbsim.faults import Faults
from qbsim.processor import RequestRefused
from qbsim.transactions.invoices import group
from qbsim.transactions.invoices import line as sold
from support.company_files import Asking, StandingClock, contents, switch_off_sales_tax
from support.money import done, invoice_add, line, payment_add, ref, refused, texts


def test_an_invoice_takes_over_what_its_customer_says(company: Company, asking: Asking) -> None:
    invoice = done(asking, invoice_add(line("Repair", "<Quantity>2</Quantity>")))
    elm = company.find("Elm School")
    assert texts(invoice, "CustomerRef/ListID", "CustomerRef/FullName") == [elm.list_id, "Elm School"]
    assert texts(invoice, "TxnDate", "DueDate", "TermsRef/FullName") == ["2024-03-09", "2024-04-08", "Net 30"]
    assert texts(invoice, "ARAccountRef/FullName", "TemplateRef/FullName") == [
        "Accounts Receivable",
        "Inspection Invoice",
    ]
    assert texts(invoice, "BillAddress/Addr2", "ShipAddress/Addr1", "BillAddressBlock/Addr3") == [
        "1 Elm St",
        "Gym Door",
        "Boise, ID 83702",
    ]
    assert texts(invoice, "ItemSalesTaxRef/FullName", "SalesTaxPercentage", "CustomerSalesTaxCodeRef/FullName") == [
        "State Tax",
        "7.25",
        "Tax",
    ]
    assert texts(invoice, "Subtotal", "AppliedAmount", "BalanceRemaining", "IsPaid", "IsPending") == [
        "236.00",
        "0.00",
        "236.00",
        "false",
        "false",
    ]
    assert elm.balance_cents == elm.total_cents == 23600


def test_what_the_customer_does_not_say_comes_from_the_preferences(asking: Asking) -> None:
    invoice = done(asking, invoice_add(line("Extinguisher Recharge"), customer="Elm School:Gym"))
    assert texts(invoice, "ItemSalesTaxRef/FullName", "CustomerSalesTaxCodeRef/FullName") == ["State Tax", "Tax"]
    ash = done(asking, invoice_add(line("Extinguisher Recharge"), customer="Ash School"))
    assert texts(ash, "DueDate", "TermsRef", "BillAddress") == ["2024-03-09", None, None]
    assert texts(ash, "SalesTaxTotal", "CustomerSalesTaxCodeRef/FullName") == ["0.00", "Non"]


def test_what_is_sent_comes_before_what_the_customer_says(asking: Asking) -> None:
    head = (
        f"{ref('TemplateRef', 'Intuit Service Invoice')}<TxnDate>2024-03-01</TxnDate><RefNumber>W-1</RefNumber>"
        "<BillAddress><Addr1>Elsewhere</Addr1></BillAddress><PONumber>PO 7</PONumber>"
        f"{ref('TermsRef', '2% 5th Net 25th')}<FOB>Boise</FOB><ShipDate>2024-03-02</ShipDate>"
        f"{ref('ItemSalesTaxRef', 'Bayshore')}<Memo>job 1001</Memo><IsToBePrinted>0</IsToBePrinted>"
        "<IsToBeEmailed>1</IsToBeEmailed><Other>x</Other>"
        "<ExternalGUID>{11111111-2222-4333-8444-555555555555}</ExternalGUID>"
    )
    invoice = done(asking, invoice_add(line("Extinguisher Recharge", "<Quantity>4</Quantity>"), head=head))
    assert texts(invoice, "TemplateRef/FullName", "RefNumber", "BillAddressBlock/Addr1", "PONumber", "Memo") == [
        "Intuit Service Invoice",
        "W-1",
        "Elsewhere",
        "PO 7",
        "job 1001",
    ]
    assert texts(invoice, "DueDate", "SuggestedDiscountDate", "SuggestedDiscountAmount") == [
        "2024-03-25",
        "2024-03-05",
        "2.16",
    ]
    # 99.00: 7.1775, 1.11375 and 0.495, each rounded by itself
    assert texts(invoice, "SalesTaxPercentage", "SalesTaxTotal", "BalanceRemaining") == ["8.875", "8.79", "107.79"]
    assert texts(invoice, "IsToBePrinted", "IsToBeEmailed", "Other", "ExternalGUID") == [
        "false",
        "true",
        "x",
        "{11111111-2222-4333-8444-555555555555}",
    ]


def test_references_by_list_id_win_over_names(company: Company, asking: Asking) -> None:
    repair = company.lists.find("ItemService", "Repair").list_id
    both = f"<ListID>{repair}</ListID><FullName>Nothing of the kind</FullName>"
    invoice = done(asking, invoice_add(f"<InvoiceLineAdd><ItemRef>{both}</ItemRef></InvoiceLineAdd>"))
    assert invoice.findtext("InvoiceLineRet/ItemRef/FullName") == "Repair"


def test_names_are_found_whatever_their_case(asking: Asking) -> None:
    invoice = done(asking, invoice_add(line("inspection:FIRE ALARM"), customer="elm school"))
    assert invoice.findtext("InvoiceLineRet/ItemRef/FullName") == "Inspection:Fire Alarm"


def test_ids_and_numbers_look_like_quickbooks(company: Company, asking: Asking, clock: StandingClock) -> None:
    first = done(asking, invoice_add(line("Repair") + line("Repair")))
    clock.move(60)
    second = done(asking, invoice_add())
    seconds = str(int(clock.now - 60))
    ids = [first.findtext("TxnID"), *(each.text for each in first.findall("InvoiceLineRet/TxnLineID"))]
    assert ids == [f"{number}-{seconds}" for number in "123"]
    assert second.findtext("TxnID") == f"4-{int(clock.now)}"
    assert [each.findtext("TxnNumber") for each in (first, second)] == ["1", "2"]
    assert first.findtext("EditSequence") == seconds


def test_a_marker_may_be_kept_and_not_come_back(company: Company) -> None:
    """No source tells whether the real one gives it."""
    marker = "{11111111-2222-4333-8444-555555555555}"
    asking = Asking(company, faults=Faults(["marker-withheld"]))
    invoice = done(asking, invoice_add(line("Repair"), head=f"<ExternalGUID>{marker}</ExternalGUID>"))
    query = f"<InvoiceQueryRq><TxnID>{invoice.findtext('TxnID')}</TxnID></InvoiceQueryRq>"
    assert asking.ask(query)[0].findtext("InvoiceRet/ExternalGUID") is None
    assert Asking(company).ask(query)[0].findtext("InvoiceRet/ExternalGUID") == marker


# -- numbers -----------------------------------------------------------------------------------------------------


def test_numbers_run_on_by_themselves(asking: Asking) -> None:
    def number(given: str = "") -> str | None:
        return done(asking, invoice_add(head=f"<RefNumber>{given}</RefNumber>" if given else "")).findtext(
            "RefNumber"
        )

    assert [number(), number()] == ["1001", "1002"]
    assert [number("W-0099"), number()] == ["W-0099", "W-0100"]
    assert [number("no digits"), number()] == ["no digits", "W-0101"]
    assert [number("99999999999"), number()] == ["99999999999", "W-0102"], "one more digit would not fit"


def test_a_number_may_be_there_twice(asking: Asking) -> None:
    twice = [done(asking, invoice_add(head="<RefNumber>7</RefNumber>")) for _ in range(2)]
    assert {each.findtext("RefNumber") for each in twice} == {"7"}


# -- lines -------------------------------------------------------------------------------------------------------

# line -> its (Desc, Quantity, Rate, RatePercent, Amount, SalesTaxCodeRef)
LINES = {
    "price of the item": (
        line("Repair", "<Quantity>2.5</Quantity>"),
        ("Repair, per hour", "2.5", "118.00", None, "295.00", "Non"),
    ),
    "own rate": (
        line("Repair", "<Desc>Oven repair</Desc><Quantity>2.5</Quantity><Rate>80.00</Rate>"),
        ("Oven repair", "2.5", "80.00", None, "200.00", "Non"),
    ),
    "amount with quantity": (
        line("Repair", "<Quantity>3</Quantity><Amount>100.00</Amount>"),
        ("Repair, per hour", "3", "33.33333", None, "100.00", "Non"),
    ),
    "amount alone": (
        line("Repair", "<Amount>50.00</Amount>"),
        ("Repair, per hour", None, "50.00", None, "50.00", "Non"),
    ),
    "own tax code": (
        line("Repair", "<Amount>50.00</Amount>" + ref("SalesTaxCodeRef", "Tax")),
        ("Repair, per hour", None, "50.00", None, "50.00", "Tax"),
    ),
    "price level": (
        line("Repair", ref("PriceLevelRef", "Contract")),
        ("Repair, per hour", None, "106.20", None, "106.20", "Non"),
    ),
    "sold and bought": (
        line("Subcontracted Repair"),
        ("Repair by a subcontractor", None, "145.00", None, "145.00", "Non"),
    ),
    "from stock": (
        line("Extinguisher:5 lb ABC", "<Quantity>2</Quantity>"),
        ("Extinguisher, 5 lb ABC", "2", "68.00", None, "136.00", "Tax"),
    ),
    "words": (line(None, "<Desc>Thank you</Desc>"), ("Thank you", None, None, None, None, None)),
}


@pytest.mark.parametrize("kind", LINES)
def test_one_line(asking: Asking, kind: str) -> None:
    asked, expected = LINES[kind]
    found = done(asking, invoice_add(asked)).find("InvoiceLineRet")
    tags = ("Desc", "Quantity", "Rate", "RatePercent", "Amount", "SalesTaxCodeRef/FullName")
    assert tuple(texts(found, *tags)) == expected


def test_discounts_percentages_and_subtotals(asking: Asking) -> None:
    invoice = done(
        asking,
        invoice_add(
            line("Extinguisher:5 lb ABC", "<Quantity>1</Quantity>")  # 68.00, taxed
            + line("Trip Charge")  # 65.00
            + line("Subtotal")
            + line("Contract Discount")  # a tenth of the subtotal, taxed
            + line("Fuel Surcharge")  # 3.5 % of the discount
            + line("Courtesy Credit")  # 25.00
        ),
    )
    amounts = [each.text for each in invoice.findall("InvoiceLineRet/Amount")]
    assert amounts == ["68.00", "65.00", "133.00", "-13.30", "-0.47", "-25.00"]
    assert invoice.findtext("InvoiceLineRet[4]/RatePercent") == "-10.0"
    assert texts(invoice, "Subtotal", "SalesTaxTotal", "BalanceRemaining") == ["94.23", "3.97", "98.20"]


def test_groups_open_into_their_items(asking: Asking) -> None:
    package = (
        f"<InvoiceLineGroupAdd>{ref('ItemGroupRef', 'Annual Package')}<Quantity>2</Quantity></InvoiceLineGroupAdd>"
    )
    invoice = done(asking, invoice_add(line(None, "<Desc>Yearly</Desc>") + package + line("Trip Charge")))
    assert [each.tag for each in invoice.iterchildren("InvoiceLineRet", "InvoiceLineGroupRet")] == [
        "InvoiceLineRet",
        "InvoiceLineGroupRet",
        "InvoiceLineRet",
    ]
    group_ = invoice.find("InvoiceLineGroupRet")
    assert texts(group_, "Quantity", "TotalAmount", "IsPrintItemsInGroup") == ["2", "1660.00", "true"]
    assert [each.text for each in group_.findall("InvoiceLineRet/Quantity")] == ["20", "2", "2"]
    assert invoice.findtext("Subtotal") == "1725.00"


def test_a_price_level_of_the_customer_counts_when_the_books_use_them(company: Company) -> None:
    company.edit_customer(company.find("Elm School").list_id, price_level="Contract")
    assert company.invoices.add("Elm School", lines=[sold("Repair")]).total_cents == 10620
    company.set_preference("SalesAndCustomersPreferences.PriceLevels", {"IsUsingPriceLevels": False})
    assert company.invoices.add("Elm School", lines=[sold("Repair")]).total_cents == 11800


def test_tax_needs_a_code_of_the_line_and_of_the_customer(company: Company) -> None:
    taxed = sold("Repair", amount="100.00", sales_tax_code="Tax")
    untaxed = sold("Repair", amount="100.00", sales_tax_code="Gov")

    def tax(customer: str, *lines: dict[str, object], **fields: str) -> int:
        return company.invoices.add(customer, lines=lines, **fields).tax_cents

    assert tax("Elm School", taxed, untaxed) == 725
    assert tax("Ash School", taxed) == 0
    assert tax("Ash School", taxed, customer_sales_tax_code="Tax", item_sales_tax="City Tax") == 50
    assert tax("Elm School", taxed, item_sales_tax="Out of State") == 0


def test_a_pending_invoice_counts_in_no_balance(company: Company, asking: Asking) -> None:
    invoice = done(asking, invoice_add(line("Repair"), head="<IsPending>true</IsPending>"))
    assert texts(invoice, "IsPending", "IsPaid", "BalanceRemaining") == ["true", "false", "118.00"]
    assert company.find("Elm School").total_cents == 0


def test_balances_go_up_the_tree_and_move_no_edit_sequence(
    company: Company, asking: Asking, clock: StandingClock
) -> None:
    before = company.find("Elm School:Gym").edit_sequence
    clock.move(60)
    done(asking, invoice_add(line("Repair"), customer="Elm School:Gym"))
    elm, gym = company.find("Elm School"), company.find("Elm School:Gym")
    assert (elm.balance_cents, elm.total_cents, gym.balance_cents) == (0, 11800, 11800)
    assert gym.edit_sequence == before


def test_classes_are_kept_once_they_are_switched_on(company: Company, asking: Asking) -> None:
    company.set_preference("AccountingPreferences.IsUsingClassTracking", True)
    lines = line("Repair", ref("ClassRef", "Repairs:After Hours"))
    invoice = done(asking, invoice_add(lines, head=ref("ClassRef", "Repairs")))
    assert texts(invoice, "ClassRef/FullName", "InvoiceLineRet/ClassRef/FullName") == [
        "Repairs",
        "Repairs:After Hours",
    ]


def test_custom_fields_of_lines_come_back_to_those_who_ask(asking: Asking) -> None:
    ext = (
        "<DataExt><OwnerID>0</OwnerID><DataExtName>Asset Tag</DataExtName><DataExtValue>E-7</DataExtValue></DataExt>"
    )
    invoice = done(asking, invoice_add(line("Repair", ext)))
    asked = f"<TxnID>{invoice.findtext('TxnID')}</TxnID><IncludeLineItems>1</IncludeLineItems>"
    (plain,) = asking.ask(f"<InvoiceQueryRq>{asked}</InvoiceQueryRq>")
    (owner,) = asking.ask(f"<InvoiceQueryRq>{asked}<OwnerID>0</OwnerID></InvoiceQueryRq>")
    path = "InvoiceRet/InvoiceLineRet/DataExtRet/DataExtValue"
    assert (plain.findtext(path), owner.findtext(path)) == (None, "E-7")


# -- what an older version knows ---------------------------------------------------------------------------------


def test_an_older_version_neither_sends_nor_hears_what_came_later(asking: Asking) -> None:
    invoice = done(asking, invoice_add(line("Repair")), version="2.0")
    assert texts(invoice, "TemplateRef", "BillAddressBlock", "IsToBeEmailed") == [None, None, None]
    assert invoice.findtext("InvoiceLineRet/TxnLineID")
    for head in (ref("TemplateRef", "Inspection Invoice"), "<IsToBeEmailed>1</IsToBeEmailed>"):
        with pytest.raises(RequestRefused):
            asking.ask(invoice_add(head=head), version="2.0")


def test_only_what_is_asked_for_comes_back(asking: Asking) -> None:
    only = "<IncludeRetElement>TxnID</IncludeRetElement><IncludeRetElement>InvoiceLineRet</IncludeRetElement>"
    invoice = done(asking, invoice_add(line("Repair"), after=only))
    assert [each.tag for each in invoice] == ["TxnID", "InvoiceLineRet"]


# -- refusals ----------------------------------------------------------------------------------------------------

FIVE_LINES = "".join(f"<Addr{number}>x</Addr{number}>" for number in range(1, 6))

# request -> the code it earns
REFUSED = {
    "an unknown customer": (invoice_add(customer="Nobody"), "3140"),
    "a customer that is gone": (
        "<InvoiceAddRq><InvoiceAdd><CustomerRef><ListID>80000001-1</ListID></CustomerRef></InvoiceAdd></InvoiceAddRq>",
        "3140",
    ),
    "unknown terms": (invoice_add(head=ref("TermsRef", "Net 31")), "3140"),
    "an unknown item": (invoice_add(line("Repair") + line("Magic")), "3140"),
    "a tax item that is none": (invoice_add(head=ref("ItemSalesTaxRef", "Repair")), "3140"),
    "an account that is none": (invoice_add(head=ref("ARAccountRef", "Nothing")), "3140"),
    "an account on which nobody owes": (invoice_add(head=ref("ARAccountRef", "Checking")), "3140"),
    "the form of an estimate": (invoice_add(head=ref("TemplateRef", "Custom Estimate")), "3140"),
    "a number of twelve characters": (invoice_add(head="<RefNumber>123456789012</RefNumber>"), "3070"),
    "a day that is none": (invoice_add(head="<TxnDate>2024-02-30</TxnDate>"), "3020"),
    "a quantity that is none": (invoice_add(line("Repair", "<Quantity>two</Quantity>")), "3060"),
    "a rate that is none": (invoice_add(line("Repair", "<Rate>1.123456</Rate>")), "3045"),
    "a percentage that is none": (invoice_add(line("Repair", "<RatePercent>half</RatePercent>")), "3050"),
    "an exchange rate that is none": (invoice_add(head="<ExchangeRate>par</ExchangeRate>"), "3085"),
    "an amount of three decimals": (invoice_add(line("Repair", "<Amount>1.005</Amount>")), "3040"),
    "an amount without an item": (invoice_add(line(None, "<Desc>x</Desc><Amount>1.00</Amount>")), "3150"),
    "a group on a line": (invoice_add(line("Annual Package")), "3280"),
    "a tax group on a line": (invoice_add(line("Bayshore")), "3280"),
    "a total below zero": (invoice_add(line("Courtesy Credit")), "3180"),
    "a class, with class tracking off": (invoice_add(head=ref("ClassRef", "Repairs")), "3250"),
    "a class on a line": (invoice_add(line("Repair", ref("ClassRef", "Repairs"))), "3250"),
    "an exchange rate, with one currency": (invoice_add(head="<ExchangeRate>1.1</ExchangeRate>"), "3250"),
    "a unit of measure": (invoice_add(line("Repair", "<UnitOfMeasure>hour</UnitOfMeasure>")), "3250"),
    "a site of stock": (invoice_add(line("Repair", ref("InventorySiteRef", "Van"))), "3250"),
    "a sales order that is not there": (invoice_add(head="<LinkToTxnID>1-1</LinkToTxnID>"), "3120"),
    "an address of six printed lines": (
        invoice_add(head=f"<BillAddress>{FIVE_LINES}<City>Boise</City></BillAddress>"),
        "3205",
    ),
    "a ship-to form of six printed lines": (
        invoice_add(head=f"<ShipAddress>{FIVE_LINES}<City>Boise</City></ShipAddress>"),
        "3205",
    ),
    "a memo that cannot be stored": (invoice_add(head="<Memo>done &#128512;</Memo>"), "3080"),
    "words that cannot be stored": (invoice_add(line(None, "<Desc>&#31456;</Desc>")), "3080"),
    "a credit that is none": (
        invoice_add(
            line("Repair"),
            head="<SetCredit><CreditTxnID>1-1</CreditTxnID><AppliedAmount>1.00</AppliedAmount></SetCredit>",
        ),
        "3120",
    ),
}


@pytest.mark.parametrize(
    ("request_", "special"),
    [
        (invoice_add(line("Repair")), "AccountsReceivable"),
        (payment_add("<IsAutoApply>0</IsAutoApply>", head="<TotalAmount>1.00</TotalAmount>"), "AccountsReceivable"),
        (payment_add("<IsAutoApply>0</IsAutoApply>", head="<TotalAmount>1.00</TotalAmount>"), "UndepositedFunds"),
    ],
)
def test_books_without_the_account_to_post_to(company: Company, request_: str, special: str) -> None:
    company.db.execute("DELETE FROM elements WHERE json_extract(details, '$.SpecialAccountType') = ?", (special,))
    assert refused(company, request_)[0] == "3270"


@pytest.mark.parametrize("kind", REFUSED)
def test_a_refused_invoice_changes_nothing(company: Company, kind: str) -> None:
    request, code = REFUSED[kind]
    assert refused(company, request)[0] == code


def test_the_text_of_a_refusal_says_what_is_wrong(company: Company) -> None:
    _, text = refused(company, invoice_add(line("Magic")))
    assert text == 'There is an invalid reference to QuickBooks Item "Magic" in the Invoice.'


@pytest.mark.parametrize(
    ("fault", "code"),
    [("no-permission", "3260"), ("read-only-application", "3263"), ("record-locked:Elm School", "3176")],
)
def test_what_stands_in_the_way_at_quickbooks(company: Company, fault: str, code: str) -> None:
    before = contents(company)
    answer = Asking(company, Faults([fault])).ask(invoice_add(line("Repair")))[0]
    assert (answer.get("statusCode"), len(answer)) == (code, 0)
    assert contents(company) == before


def test_closed_books_take_nothing_more(company: Company, asking: Asking) -> None:
    company.set_preference("AccountingPreferences.ClosingDate", "2024-02-29")
    assert refused(company, invoice_add(head="<TxnDate>2024-02-29</TxnDate>"))[0] == "3171"
    done(asking, invoice_add(head="<TxnDate>2024-03-01</TxnDate>"))


def test_an_item_without_an_account_cannot_be_sold(company: Company) -> None:
    company.lists.add("ItemService", "Advice", sales_or_purchase={"Price": "10.00"})
    assert refused(company, invoice_add(line("Advice")))[0] == "3270"
    own = ref("OverrideItemAccountRef", "Service Income")
    assert company.invoices.count() == 0
    assert done(Asking(company), invoice_add(line("Advice", own))).findtext("Subtotal") == "10.00"


def test_without_sales_tax_there_is_nothing_of_it(company: Company, asking: Asking) -> None:
    switch_off_sales_tax(company)
    invoice = done(asking, invoice_add(line("Extinguisher Recharge")))
    assert (
        texts(invoice, "SalesTaxTotal", "ItemSalesTaxRef", "CustomerSalesTaxCodeRef", "SalesTaxPercentage")
        == [None] * 4
    )
    assert invoice.findtext("InvoiceLineRet/SalesTaxCodeRef") is None
    for asked in (
        invoice_add(head=ref("ItemSalesTaxRef", "State Tax")),
        invoice_add(line("Repair", ref("SalesTaxCodeRef", "Tax"))),
    ):
        assert refused(company, asked)[0] == "3250"


@pytest.mark.parametrize(
    "body",
    [
        line("Repair", "<Rate>1.00</Rate><Quantity>1</Quantity>"),
        line("Repair", "<Rate>1.00</Rate><RatePercent>1</RatePercent>"),
        "<InvoiceLineAdd><IsTaxable>1</IsTaxable></InvoiceLineAdd>",
        "<InvoiceLineGroupAdd/>",
        "<IsTaxIncluded>1</IsTaxIncluded>",
        '<InvoiceLineAdd useMacro="x"/>',
    ],
)
def test_a_fault_of_structure_refuses_the_document(asking: Asking, body: str) -> None:
    with pytest.raises(RequestRefused) as caught:
        asking.ask(invoice_add(body))
    assert caught.value.hresult == "0x80040400"


# -- by hand -----------------------------------------------------------------------------------------------------


def test_a_person_makes_the_same_invoice(company: Company) -> None:
    invoice = company.invoices.add(
        "Elm School",
        lines=[
            sold("Repair", quantity=2, rate="80.00", desc="Oven"),
            group("Annual Package", quantity=1),
            sold(desc="Thank you"),
        ],
        txn_date="2024-03-01",
        terms="Net 15",
        memo="by hand",
        bill_address=address("x"),
    )
    assert (invoice.subtotal_cents, invoice.open_cents, invoice.memo) == (16000 + 83000, 99000, "by hand")
    assert (invoice.due_date.isoformat(), invoice.lines[0].quantity) == ("2024-03-16", 2)
    assert invoice.lines[1].amount_cents == 83000
    assert company.invoices.all(customer=invoice.customer_id) == [invoice]
