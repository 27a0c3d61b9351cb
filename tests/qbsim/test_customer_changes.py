"""CustomerAdd and CustomerMod over the wire. What is refused bears the reference's code and changes nothing."""

import pytest
from lxml import etree

from qbsim.company import Company, address, contact, ship_to
from qbsim.processor import RequestRefused
from support.company_files import Asking, StandingClock, contents, status, switch_off_sales_tax


def add(company: Company, body: str, *, include: str = "", version: str = "13.0") -> etree._Element:
    request = f"<CustomerAddRq><CustomerAdd>{body}</CustomerAdd>{include}</CustomerAddRq>"
    return Asking(company).ask(request, version=version)[0]


def modify(company: Company, full_name: str, body: str, *, sequence: str | None = None) -> etree._Element:
    customer = company.find(full_name)
    head = f"<ListID>{customer.list_id}</ListID><EditSequence>{sequence or customer.edit_sequence}</EditSequence>"
    return Asking(company).ask(f"<CustomerModRq><CustomerMod>{head}{body}</CustomerMod></CustomerModRq>")[0]


def text(answer: etree._Element, path: str) -> str | None:
    return answer.findtext(f"CustomerRet/{path}")


@pytest.fixture
def books(company: Company) -> Company:
    """Elm School with a gym and terms, and a closed Ash School."""
    elm = company.add_customer("Elm School", company_name="Elm School", phone="208-555-0100", terms="Net 30")
    company.add_customer("Gym", parent=elm.list_id)
    company.add_customer("Ash School", is_active=False)
    return company


# -- add -----------------------------------------------------------------------------------------------------


def test_a_program_adds_a_customer_with_all_that_it_says(books: Company) -> None:
    answer = add(
        books,
        "<Name>Oak Clinic</Name><CompanyName>Oak Clinic &amp; Co.</CompanyName><FirstName>Ann</FirstName>"
        "<BillAddress><Addr1>Oak Clinic</Addr1><Addr2>1 Oak St</Addr2><City>Boise</City><State>ID</State>"
        "<PostalCode>83702</PostalCode></BillAddress>"
        "<ShipToAddress><Name>Lab</Name><Addr1>2 Oak St</Addr1><DefaultShipTo>1</DefaultShipTo></ShipToAddress>"
        "<Phone>208-555-0101</Phone><Email>a@oak.example</Email>"
        "<AdditionalContactRef><ContactName>Mobile</ContactName><ContactValue>208-555-0102</ContactValue>"
        "</AdditionalContactRef>"
        "<Contacts><FirstName>Bo</FirstName><LastName>Ash</LastName></Contacts>"
        "<TermsRef><FullName>net 30</FullName></TermsRef>"
        "<AccountNumber>FP-1</AccountNumber><CreditLimit>500.00</CreditLimit>"
        "<Notes>first</Notes><AdditionalNotes><Note>second</Note></AdditionalNotes>"
        "<ExternalGUID>{11111111-2222-4333-8444-555555555555}</ExternalGUID>",
    )
    assert status(answer) == ("0", "Info")
    added = books.find("Oak Clinic")
    assert text(answer, "ListID") == added.list_id
    assert text(answer, "EditSequence") == added.edit_sequence
    assert text(answer, "BillAddressBlock/Addr3") == "Boise, ID 83702"
    assert text(answer, "TermsRef/FullName") == "Net 30"
    assert text(answer, "ContactsRet/Contact") == "Bo Ash"
    assert text(answer, "AdditionalNotesRet/NoteID") == "1"
    assert text(answer, "AdditionalNotesRet/Date") == "2024-03-09"
    assert text(answer, "ExternalGUID") == "{11111111-2222-4333-8444-555555555555}"
    assert (text(answer, "JobStatus"), text(answer, "IsActive"), text(answer, "Sublevel")) == ("None", "true", "0")
    assert added["ShipToAddress"] == [ship_to("Lab", "2 Oak St", default=True)]


def test_a_job_that_a_program_adds_takes_nothing_over(books: Company) -> None:
    """Only people at a screen get the customer's phone and terms filled in."""
    answer = add(books, "<Name>Pool</Name><ParentRef><FullName>elm school</FullName></ParentRef>")
    assert text(answer, "FullName") == "Elm School:Pool"
    assert text(answer, "ParentRef/FullName") == "Elm School"
    assert (text(answer, "Phone"), text(answer, "TermsRef/FullName")) == (None, None)
    by_hand = books.add_customer("Field", parent=books.find("Elm School").list_id)
    assert by_hand.phone == "208-555-0100"


def test_the_answer_holds_only_what_is_asked_for_and_what_the_version_knows(books: Company) -> None:
    asked = add(books, "<Name>Oak</Name>", include="<IncludeRetElement>Name</IncludeRetElement>")
    assert [child.tag for child in asked[0]] == ["Name"]
    old = add(books, "<Name>Old</Name><Phone>1</Phone>", version="2.0")
    assert text(old, "PreferredDeliveryMethod") is None
    assert text(old, "Phone") == "1"


def test_the_list_id_of_a_reference_decides(books: Company) -> None:
    net_15 = books.lists.find("StandardTerms", "Net 15")
    both = f"<TermsRef><ListID>{net_15.list_id}</ListID><FullName>Net 30</FullName></TermsRef>"
    assert text(add(books, f"<Name>Oak</Name>{both}"), "TermsRef/FullName") == "Net 15"


def test_date_driven_terms_are_terms_too(books: Company) -> None:
    answer = add(books, "<Name>Oak</Name><TermsRef><FullName>Due on the 10th</FullName></TermsRef>")
    assert text(answer, "TermsRef/FullName") == "Due on the 10th"


DEEP = "<ParentRef><FullName>Elm School:Gym:1:2:3</FullName></ParentRef>"
LONG = "x" * 42
FIVE_LINES = "".join(f"<Addr{number}>{number}</Addr{number}>" for number in range(1, 6))

REFUSED_ADDS = {
    "a name that a customer has": ("<Name>ELM school</Name>", "3100"),
    "a name that an inactive customer has": ("<Name>Ash School</Name>", "3100"),
    "a vendor's name": ("<Name>State Tax Office</Name>", "3100"),
    "an employee's name": ("<Name>arden abbott</Name>", "3100"),
    "another name": ("<Name>Bayshore Fire Marshal</Name>", "3100"),
    "a job's name below the same customer": (
        "<Name>gym</Name><ParentRef><FullName>Elm School</FullName></ParentRef>",
        "3100",
    ),
    "no name": ("<Name/>", "3150"),
    "a colon in the name": ("<Name>Elm:School</Name>", "3090"),
    "a name too long": (f"<Name>{LONG}</Name>", "3070"),
    "a letter that QuickBooks cannot keep": ("<Name>&#26481;</Name>", "3090"),
    "a company name that QuickBooks cannot keep": ("<Name>Oak</Name><CompanyName>&#26481;</CompanyName>", "3080"),
    "a parent that does not exist": ("<Name>A</Name><ParentRef><FullName>Nobody</FullName></ParentRef>", "3130"),
    "a parent's ID that does not exist": (
        "<Name>A</Name><ParentRef><ListID>80000FFF-1</ListID><FullName>Elm School</FullName></ParentRef>",
        "3130",
    ),
    "an inactive parent": ("<Name>A</Name><ParentRef><FullName>Ash School</FullName></ParentRef>", "3130"),
    "a sixth level": (f"<Name>A</Name>{DEEP}", "3130"),
    "terms that do not exist": ("<Name>A</Name><TermsRef><FullName>Net 7</FullName></TermsRef>", "3140"),
    "an ID of another list": ("<Name>A</Name><TermsRef><ListID>{account}</ListID></TermsRef>", "3140"),
    "a sales rep that does not exist": ("<Name>A</Name><SalesRepRef><FullName>ZZ</FullName></SalesRepRef>", "3140"),
    "a class while classes are off": ("<Name>A</Name><ClassRef><FullName>Repairs</FullName></ClassRef>", "3250"),
    "a currency while there is one only": (
        "<Name>A</Name><CurrencyRef><FullName>US Dollar</FullName></CurrencyRef>",
        "3250",
    ),
    "a card without the right to personal data": (
        "<Name>A</Name><CreditCardInfo><CreditCardNumber>4111</CreditCardNumber></CreditCardInfo>",
        "3261",
    ),
    "an address of six printed lines": (
        f"<Name>A</Name><BillAddress>{FIVE_LINES}<City>B</City></BillAddress>",
        "3205",
    ),
    "a ship-to form of six printed lines": (
        f"<Name>A</Name><ShipAddress>{FIVE_LINES}<City>B</City></ShipAddress>",
        "3205",
    ),
    "an opening balance in closed books": (
        "<Name>A</Name><OpenBalance>1.00</OpenBalance><OpenBalanceDate>2023-12-31</OpenBalanceDate>",
        "3171",
    ),
    "two default sites": (
        "<Name>A</Name>"
        + "".join(f"<ShipToAddress><Name>{n}</Name><DefaultShipTo>1</DefaultShipTo></ShipToAddress>" for n in "12"),
        "3205",
    ),
    "a bad amount": ("<Name>A</Name><CreditLimit>1.5</CreditLimit>", "3040"),
    "a bad date": ("<Name>A</Name><JobStartDate>2024-02-30</JobStartDate>", "3020"),
    "a bad boolean": ("<Name>A</Name><IsActive>yes</IsActive>", "3010"),
}


@pytest.mark.parametrize("case", REFUSED_ADDS)
def test_what_cannot_be_added_earns_its_code_and_changes_nothing(books: Company, case: str) -> None:
    below = books.find("Elm School:Gym").list_id
    for name in "123":
        below = books.add_customer(name, parent=below).list_id
    body, code = REFUSED_ADDS[case]
    books.set_preference("AccountingPreferences.ClosingDate", "2023-12-31")
    before = contents(books)
    answer = add(books, body.replace("{account}", books.lists.find("Account", "Checking").list_id))
    assert status(answer) == (code, "Error")
    assert len(answer) == 0
    assert contents(books) == before


def test_sales_tax_switched_off_refuses_and_hides_its_elements(books: Company) -> None:
    taxed = "<Name>Oak</Name><SalesTaxCodeRef><FullName>Tax</FullName></SalesTaxCodeRef>"
    assert text(add(books, taxed), "SalesTaxCodeRef/FullName") == "Tax"
    switch_off_sales_tax(books)
    before = contents(books)
    assert status(add(books, taxed.replace("Oak", "Pine"))) == ("3250", "Error")
    assert contents(books) == before
    shown = Asking(books).customers("<FullName>Oak</FullName>")
    assert shown.find("CustomerRet/SalesTaxCodeRef") is None


def test_a_card_shows_only_to_whom_it_may(books: Company) -> None:
    books.set_preference("CurrentAppAccessRights.IsPersonalDataAccessAllowed", True)
    card = "<CreditCardInfo><CreditCardNumber>4111111111111111</CreditCardNumber></CreditCardInfo>"
    answer = add(books, f"<Name>Oak</Name>{card}")
    assert text(answer, "CreditCardInfo/CreditCardNumber") == "4111111111111111"
    books.set_preference("CurrentAppAccessRights.IsPersonalDataAccessAllowed", False)
    shown = Asking(books).customers("<FullName>Oak</FullName>")
    assert text(shown, "CreditCardInfo/CreditCardNumber") == "xxxxxxxxxxxx1111"


def test_a_name_of_a_customer_is_closed_to_vendors_as_well(books: Company) -> None:
    before = contents(books)
    with pytest.raises(Exception, match="already in use") as refusal:
        books.lists.add("Vendor", "elm school")
    assert refusal.value.code == 3100
    assert contents(books) == before


# -- modify --------------------------------------------------------------------------------------------------


def test_a_mod_changes_what_it_names_and_clears_what_it_sends_empty(books: Company, clock: StandingClock) -> None:
    elm = books.find("Elm School")
    books.edit_customer(elm.list_id, bill_address=address("a", "b", city="Boise"), fax="208-555-0109")
    before = books.find("Elm School")
    clock.move(60)
    answer = modify(
        books,
        "Elm School",
        "<CompanyName>Elm Schools</CompanyName><BillAddress><Addr1>only this</Addr1></BillAddress>"
        "<Fax></Fax><TermsRef></TermsRef>",
    )
    assert status(answer) == ("0", "Info")
    assert text(answer, "CompanyName") == "Elm Schools"
    assert text(answer, "Phone") == "208-555-0100"
    assert [child.tag for child in answer.find("CustomerRet/BillAddress")] == ["Addr1"]
    assert (text(answer, "Fax"), answer.find("CustomerRet/TermsRef")) == (None, None)
    assert int(text(answer, "EditSequence")) > int(before.edit_sequence)


def test_a_rename_carries_the_jobs_along(books: Company) -> None:
    gym = books.find("Elm School:Gym")
    assert text(modify(books, "Elm School", "<Name>Elm Academy</Name>"), "FullName") == "Elm Academy"
    assert books.customer(gym.list_id).full_name == "Elm Academy:Gym"
    assert books.customer(gym.list_id).edit_sequence == gym.edit_sequence


def test_an_empty_parent_moves_a_job_to_the_top_and_a_customer_takes_its_jobs_out_of_sight(books: Company) -> None:
    assert text(modify(books, "Elm School:Gym", "<ParentRef/>"), "FullName") == "Gym"
    assert text(modify(books, "Gym", "<ParentRef><FullName>Elm School</FullName></ParentRef>"), "Sublevel") == "1"
    assert text(modify(books, "Elm School", "<IsActive>false</IsActive>"), "IsActive") == "false"
    assert not books.find("Elm School:Gym").is_active


def test_people_and_notes_are_changed_by_their_numbers(books: Company, clock: StandingClock) -> None:
    elm = books.find("Elm School")
    books.edit_customer(elm.list_id, contacts_ret=[contact("Ann", last_name="Ash")])
    person = books.find("Elm School")["ContactsRet"][0]
    clock.move(60)
    body = (
        f"<ContactsMod><ListID>{person['ListID']}</ListID><EditSequence>{person['EditSequence']}</EditSequence>"
        "<FirstName>Anna</FirstName></ContactsMod><ContactsMod><FirstName>Bo</FirstName></ContactsMod>"
    )
    answer = modify(books, "Elm School", body)
    assert [each.findtext("FirstName") for each in answer.findall("CustomerRet/ContactsRet")] == ["Anna", "Bo"]
    changed = answer.find("CustomerRet/ContactsRet")
    assert changed.findtext("ListID") == person["ListID"]
    assert int(changed.findtext("EditSequence")) > int(person["EditSequence"])
    before = contents(books)
    assert status(modify(books, "Elm School", body)) == ("3200", "Error")
    unknown = body.replace(person["ListID"], "80000FFF-1")
    assert status(modify(books, "Elm School", unknown)) == ("3120", "Error")
    note = "<AdditionalNotesMod><NoteID>7</NoteID><Note>x</Note></AdditionalNotesMod>"
    assert status(modify(books, "Elm School", note)) == ("3120", "Error")
    assert contents(books) == before


REFUSED_MODS = {
    "a stale EditSequence": ("", "1", "3200"),
    "a name that is taken": ("<Name>ash school</Name>", None, "3100"),
    "a vendor's name": ("<Name>State Tax Office</Name>", None, "3100"),
    "an empty name": ("<Name/>", None, "3190"),
    "a colon in the name": ("<Name>a:b</Name>", None, "3090"),
    "itself as parent": ("<ParentRef><FullName>Elm School</FullName></ParentRef>", None, "3130"),
    "its own job as parent": ("<ParentRef><FullName>Elm School:Gym</FullName></ParentRef>", None, "3130"),
    "an inactive parent": ("<ParentRef><FullName>Ash School</FullName></ParentRef>", None, "3130"),
    "a parent that does not exist": ("<ParentRef><FullName>Nobody</FullName></ParentRef>", None, "3130"),
    "terms that do not exist": ("<TermsRef><FullName>Net 7</FullName></TermsRef>", None, "3140"),
    "a class while classes are off": ("<ClassRef><FullName>Repairs</FullName></ClassRef>", None, "3250"),
    "an address of six printed lines": (f"<BillAddress>{FIVE_LINES}<City>B</City></BillAddress>", None, "3205"),
    "a ship-to form of six printed lines": (f"<ShipAddress>{FIVE_LINES}<City>B</City></ShipAddress>", None, "3205"),
    "two default sites": (
        "".join(f"<ShipToAddress><Name>{n}</Name><DefaultShipTo>1</DefaultShipTo></ShipToAddress>" for n in "12"),
        None,
        "3205",
    ),
    "a card without the right to personal data": (
        "<CreditCardInfo><CreditCardNumber>4111</CreditCardNumber></CreditCardInfo>",
        None,
        "3261",
    ),
    "a phone too long": ("<Phone>1234567890123456789012</Phone>", None, "3070"),
}


@pytest.mark.parametrize("case", REFUSED_MODS)
def test_what_cannot_be_changed_earns_its_code_and_changes_nothing(books: Company, case: str) -> None:
    body, sequence, code = REFUSED_MODS[case]
    before = contents(books)
    answer = modify(books, "Elm School", body or "<CompanyName>Changed</CompanyName>", sequence=sequence)
    assert status(answer) == (code, "Error")
    assert len(answer) == 0
    assert contents(books) == before


REFUSED_MOVES = {
    "a family of five levels below another": (
        "Elm School",
        "<ParentRef><FullName>Oak</FullName></ParentRef>",
        "3130",
    ),
    "a job to the top, where a vendor has its name": ("Elm School:State Tax Office", "<ParentRef/>", "3100"),
    "a job to the top, where a customer has its name": ("Elm School:Oak", "<ParentRef/>", "3100"),
}


@pytest.mark.parametrize("case", REFUSED_MOVES)
def test_what_cannot_move_stays_with_all_below_it(books: Company, case: str) -> None:
    elm = books.find("Elm School").list_id
    books.add_customer("Oak")
    for name in ("State Tax Office", "Oak"):
        books.add_customer(name, parent=elm)
    below = books.find("Elm School:Gym").list_id
    for name in "123":
        below = books.add_customer(name, parent=below).list_id
    full_name, body, code = REFUSED_MOVES[case]
    before = contents(books)
    answer = modify(books, full_name, body)
    assert (status(answer), len(answer)) == ((code, "Error"), 0)
    assert contents(books) == before


def test_a_customer_that_is_gone_or_none_cannot_be_changed(books: Company) -> None:
    """An ID of another list names no customer either."""
    before = contents(books)
    for list_id in ("80000FFF-1", books.lists.find("Account", "Checking").list_id):
        body = f"<ListID>{list_id}</ListID><EditSequence>1</EditSequence>"
        answer = Asking(books).ask(f"<CustomerModRq><CustomerMod>{body}</CustomerMod></CustomerModRq>")[0]
        assert status(answer) == ("3120", "Error")
    assert contents(books) == before


def test_every_save_moves_the_edit_sequence_even_within_one_second(books: Company) -> None:
    stale = books.find("Elm School").edit_sequence
    assert status(modify(books, "Elm School", "<Phone>1</Phone>")) == ("0", "Info")
    before = contents(books)
    assert status(modify(books, "Elm School", "<Phone>2</Phone>", sequence=stale)) == ("3200", "Error")
    assert contents(books) == before


# -- versions ------------------------------------------------------------------------------------------------

# What came with a later version than the one before which it is asked (qbXML reference 13.0, Customer).
LATER = {
    "AddRq notes before 3.0": ("CustomerAdd", "<Name>Oak</Name><Notes>x</Notes>", "2.1", "3.0"),
    "AddRq a payment method before 3.0": (
        "CustomerAdd",
        "<Name>Oak</Name><PreferredPaymentMethodRef><FullName>Check</FullName></PreferredPaymentMethodRef>",
        "2.1",
        "3.0",
    ),
    "AddRq a price level before 4.0": (
        "CustomerAdd",
        "<Name>Oak</Name><PriceLevelRef><FullName>Contract</FullName></PriceLevelRef>",
        "3.0",
        "4.0",
    ),
    "AddRq an ExternalGUID before 8.0": (
        "CustomerAdd",
        "<Name>Oak</Name><ExternalGUID>{11111111-2222-4333-8444-555555555555}</ExternalGUID>",
        "7.0",
        "8.0",
    ),
    "AddRq people before 12.0": (
        "CustomerAdd",
        "<Name>Oak</Name><Contacts><FirstName>Ann</FirstName></Contacts>",
        "11.0",
        "12.0",
    ),
    "AddRq a fifth line before 6.0": (
        "CustomerAdd",
        "<Name>Oak</Name><BillAddress><Addr5>x</Addr5></BillAddress>",
        "5.0",
        "6.0",
    ),
    "ModRq hiding before 3.0": ("CustomerMod", "{head}<IsActive>0</IsActive>", "2.1", "3.0"),
    "ModRq moving before 3.0": ("CustomerMod", "{head}<ParentRef/>", "2.1", "3.0"),
}


@pytest.mark.parametrize("case", LATER)
def test_what_came_later_does_not_parse_before(books: Company, case: str) -> None:
    message, body, before, since = LATER[case]
    elm = books.find("Elm School")
    body = body.replace("{head}", f"<ListID>{elm.list_id}</ListID><EditSequence>{elm.edit_sequence}</EditSequence>")
    request = f"<{message}Rq><{message}>{body}</{message}></{message}Rq>"
    unchanged = contents(books)
    with pytest.raises(RequestRefused, match="0x80040400"):
        Asking(books).ask(request, version=before)
    assert contents(books) == unchanged
    assert status(Asking(books).ask(request, version=since)[0]) == ("0", "Info")


def test_price_levels_switched_off_refuse_and_hide_theirs(books: Company) -> None:
    level = "<PriceLevelRef><FullName>Contract</FullName></PriceLevelRef>"
    assert text(add(books, f"<Name>Oak</Name>{level}"), "PriceLevelRef/FullName") == "Contract"
    books.set_preference("SalesAndCustomersPreferences.PriceLevels", {"IsUsingPriceLevels": False})
    before = contents(books)
    assert status(modify(books, "Oak", level)) == ("3250", "Error")
    assert contents(books) == before
    assert text(Asking(books).customers("<FullName>Oak</FullName>"), "PriceLevelRef/FullName") is None
    cleared = modify(books, "Oak", "<PriceLevelRef/>")  # to clear is no use of the feature
    assert status(cleared) == ("0", "Info")
    assert books.find("Oak")["PriceLevelRef"] is None


def test_an_opening_balance_is_an_invoice_of_its_day(books: Company) -> None:
    """quickbooks-php: an invoice without number, with one line without item."""
    answer = add(
        books, "<Name>Oak</Name><OpenBalance>12.50</OpenBalance><OpenBalanceDate>2024-01-31</OpenBalanceDate>"
    )
    assert (text(answer, "Balance"), text(answer, "TotalBalance")) == ("12.50", "12.50")
    (opening,) = books.invoices.all(customer=books.find("Oak").list_id)
    assert (str(opening.txn_date), opening.ref_number, opening.open_cents) == ("2024-01-31", "", 1250)
