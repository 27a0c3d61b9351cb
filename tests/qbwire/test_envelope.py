"""Message sets: what goes out, what comes back, and what must not stop the rest."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from qbwire.codec import encode, tags_of
from qbwire.errors import DamagedDocument, DeclarationError, InvalidMessage
from qbwire.messages import (
    Address,
    AddressBlock,
    Company,
    Contact,
    Customer,
    CustomerQuery,
    DataExt,
    DeletedDateRange,
    Host,
    HostQuery,
    LabelledValue,
    ListDeleted,
    ListDeletedQuery,
    NameFilter,
    Preferences,
    Record,
    Ref,
    Response,
    ShipToAddress,
    Status,
    UnreadableRecord,
    decode_response_set,
    encode_forget,
    encode_request_set,
    encode_status_query,
)
from support.messages import messages

OWNER = "{11111111-2222-4333-8444-555555555555}"

# --- requests -------------------------------------------------------------------------------------


def test_a_page_of_customers_is_asked_for() -> None:
    query = CustomerQuery(
        iterator="Start",
        max_returned=500,
        active_status="All",
        from_modified="2024-03-01T00:00:00",
        include_ret_element=tags_of(Customer, "name", "list_id", "bill_address"),
        owner_ids=("0",),
    )
    assert encode_request_set([("7", query)]) == (
        '<?xml version="1.0" encoding="utf-8"?>\n<?qbxml version="13.0"?>'
        '<QBXML><QBXMLMsgsRq onError="continueOnError">'
        '<CustomerQueryRq iterator="Start" requestID="7"><MaxReturned>500</MaxReturned>'
        "<ActiveStatus>All</ActiveStatus><FromModifiedDate>2024-03-01T00:00:00</FromModifiedDate>"
        "<IncludeRetElement>ListID</IncludeRetElement><IncludeRetElement>Name</IncludeRetElement>"
        "<IncludeRetElement>BillAddress</IncludeRetElement><OwnerID>0</OwnerID></CustomerQueryRq>"
        "</QBXMLMsgsRq></QBXML>"
    )


def test_several_requests_keep_their_order_and_the_set_its_attributes() -> None:
    deleted = ListDeletedQuery(list_kinds=("Customer",), deleted=DeletedDateRange(from_deleted="2024-01-01"))
    document = encode_request_set(
        [
            ("1", HostQuery()),
            ("2", CustomerQuery(iterator="Continue", iterator_id="{x}", max_returned=1)),
            ("3", deleted),
        ],
        version="12.0",
        on_error="stopOnError",
        new_message_set_id="A" * 23,
        old_message_set_id="B",
    )
    message_set = etree.fromstring(document.encode())[0]
    assert '<?qbxml version="12.0"?>' in document
    assert dict(message_set.attrib) == {"onError": "stopOnError", "newMessageSetID": "A" * 23, "oldMessageSetID": "B"}
    assert [(child.tag, child.get("requestID")) for child in message_set] == [
        ("HostQueryRq", "1"),
        ("CustomerQueryRq", "2"),
        ("ListDeletedQueryRq", "3"),
    ]


def test_an_empty_set_asks_for_the_stored_answer() -> None:
    document = encode_request_set([], new_message_set_id="A", old_message_set_id="A")
    assert len(etree.fromstring(document.encode())[0]) == 0


def test_the_stored_answer_of_a_set_is_asked_for_and_forgotten_without_executing_anything() -> None:
    """Intuit, error recovery: both IDs equal ask, the old one alone forgets."""
    sent = {
        encode_status_query("A"): {"newMessageSetID": "A", "oldMessageSetID": "A"},
        encode_forget("A", version="12.0"): {"oldMessageSetID": "A"},
    }
    for document, attributes in sent.items():
        message_set = etree.fromstring(document.encode())[0]
        assert len(message_set) == 0
        assert dict(message_set.attrib) == {"onError": "continueOnError", **attributes}
    assert '<?qbxml version="12.0"?>' in list(sent)[1]


def test_requests_are_ascii_with_numeric_entities() -> None:
    """Requirement 50. Raw accents have been refused as parse errors; Windows-1252 goes as what it is in Unicode."""
    query = CustomerQuery(full_names=("Café “Zoë” – 5 € <&>",))
    document = encode_request_set([("1", query)])
    assert document.isascii()
    assert "Caf&#233; &#8220;Zo&#235;&#8221; &#8211; 5 &#8364; &lt;&amp;&gt;" in document


@pytest.mark.parametrize("text", ["漢字", "😀", "Привет", "tab\tname\x01", "half \ud800"])
def test_text_that_quickbooks_cannot_hold_never_leaves(text: str) -> None:
    with pytest.raises(InvalidMessage, match="CustomerQueryRq/FullName"):
        encode_request_set([("1", CustomerQuery(full_names=(text,)))])


@pytest.mark.parametrize("request_id", ["", "x" * 51, "é", "a\nb"])
def test_request_ids_are_one_to_fifty_characters(request_id: str) -> None:
    with pytest.raises(InvalidMessage, match="HostQueryRq/@requestID"):
        encode_request_set([(request_id, HostQuery())])


@pytest.mark.parametrize("name", ["new_message_set_id", "old_message_set_id"])
def test_message_set_ids_are_at_most_23_characters(name: str) -> None:
    with pytest.raises(InvalidMessage, match="MessageSetID"):
        encode_request_set([], **{name: "x" * 24})  # type: ignore[arg-type]


@pytest.mark.parametrize("version", ["", "13", '13.0"?><x', "1.0 "])
def test_a_version_is_two_numbers(version: str) -> None:
    with pytest.raises(InvalidMessage, match="version"):
        encode_request_set([("1", HostQuery())], version=version)


def test_a_record_is_no_request() -> None:
    with pytest.raises(InvalidMessage, match="is no request"):
        encode_request_set([("1", Customer(list_id="1"))])
    with pytest.raises(DeclarationError, match="no declared message"):
        encode_request_set([("1", Address())])


def test_an_error_names_the_whole_path() -> None:
    query = CustomerQuery(name_filter=NameFilter(match="Contains", name=""))
    with pytest.raises(InvalidMessage, match="CustomerQueryRq/NameFilter/Name: is required"):
        encode_request_set([("1", query)])


def test_unknown_fields_cannot_be_asked_for() -> None:
    with pytest.raises(DeclarationError, match="Customer has no field shoe_size"):
        tags_of(Customer, "name", "shoe_size")


# --- responses ------------------------------------------------------------------------------------


def answer(inner: str, *, attributes: str = "") -> str:
    return f'<?xml version="1.0" ?>\n<QBXML>\n<QBXMLMsgsRs{attributes}>\n{inner}\n</QBXMLMsgsRs>\n</QBXML>\n'


def customers(*records: str, attributes: str = "") -> str:
    inner = "\n".join(f"<CustomerRet>\n{record}\n</CustomerRet>" for record in records)
    return answer(
        f'<CustomerQueryRs requestID="1" statusCode="0" statusSeverity="Info" statusMessage="Status OK"{attributes}>'
        f"\n{inner}\n</CustomerQueryRs>"
    )


def only(document: str | bytes) -> Response:
    (response,) = decode_response_set(document).responses
    return response


JOB = """
<ListID>80000002-1422671082</ListID>
<TimeCreated>2015-01-30T18:24:42-08:00</TimeCreated>
<TimeModified>2024-06-01T09:00:00-08:00</TimeModified>
<EditSequence>1717261200</EditSequence>
<Name>Gymnasium</Name>
<FullName>Elm School:Gymnasium</FullName>
<IsActive>true</IsActive>
<ParentRef><ListID>80000001-1422671000</ListID><FullName>Elm School</FullName></ParentRef>
<Sublevel>1</Sublevel>
<CompanyName>Caf&#233; Elm &amp; Sons</CompanyName>
<BillAddress><Addr1>Elm School</Addr1><Addr3>Barrie ON L9J 0C3</Addr3><Country>USA</Country></BillAddress>
<BillAddressBlock><Addr1>Elm School</Addr1><Addr3>Barrie ON L9J 0C3</Addr3></BillAddressBlock>
<ShipToAddress><Name>Gym</Name><Addr1>1 Elm Rd</Addr1><DefaultShipTo>true</DefaultShipTo></ShipToAddress>
<ShipToAddress><Name>Field</Name><DefaultShipTo>false</DefaultShipTo></ShipToAddress>
<Phone>(860) 634-1602 ext. 4</Phone>
<Mobile>860-555-0100</Mobile>
<AdditionalContactRef><ContactName>Mobile</ContactName><ContactValue>860-555-0101</ContactValue></AdditionalContactRef>
<AdditionalContactRef><ContactName>Other 1</ContactName><ContactValue></ContactValue></AdditionalContactRef>
<ContactsRet><ListID>80000009-1</ListID><TimeCreated>2015-01-30T18:24:42-08:00</TimeCreated>
<TimeModified>2015-01-30T18:24:42-08:00</TimeModified><FirstName>Ann</FirstName></ContactsRet>
<Balance>-55.00</Balance>
<TotalBalance>0.00</TotalBalance>
<JobStatus>InProgress</JobStatus>
<JobEndDate>2024-12-31</JobEndDate>
<PreferredDeliveryMethod>Mail</PreferredDeliveryMethod>
<DataExtRet><OwnerID>0</OwnerID><DataExtName>Route</DataExtName><DataExtType>STR255TYPE</DataExtType>
<DataExtValue>North</DataExtValue></DataExtRet>
"""


def test_a_customer_is_read() -> None:
    (customer,) = only(customers(JOB)).items
    assert customer == Customer(
        list_id="80000002-1422671082",
        time_created="2015-01-30T18:24:42-08:00",
        time_modified="2024-06-01T09:00:00-08:00",
        edit_sequence="1717261200",
        name="Gymnasium",
        full_name="Elm School:Gymnasium",
        is_active=True,
        parent=Ref(list_id="80000001-1422671000", full_name="Elm School"),
        sublevel=1,
        company_name="Café Elm & Sons",
        bill_address=Address(addr1="Elm School", addr3="Barrie ON L9J 0C3", country="USA"),
        bill_address_block=AddressBlock(addr1="Elm School", addr3="Barrie ON L9J 0C3"),
        ship_to_addresses=(
            ShipToAddress(name="Gym", addr1="1 Elm Rd", is_default=True),
            ShipToAddress(name="Field", is_default=False),
        ),
        phone="(860) 634-1602 ext. 4",
        mobile="860-555-0100",
        labelled_values=(LabelledValue(label="Mobile", value="860-555-0101"), LabelledValue(label="Other 1")),
        contacts=(
            Contact(
                list_id="80000009-1",
                time_created="2015-01-30T18:24:42-08:00",
                time_modified="2015-01-30T18:24:42-08:00",
                first_name="Ann",
            ),
        ),
        balance=Decimal("-55.00"),
        total_balance=Decimal("0.00"),
        job_status="InProgress",
        job_ended_on=date(2024, 12, 31),
        preferred_delivery_method="Mail",
        data_exts=(DataExt(owner_id="0", name="Route", type="STR255TYPE", value="North"),),
    )
    assert customer.bill_address.lines == ("Elm School", "Barrie ON L9J 0C3")
    assert customer.bill_address_block.lines == customer.bill_address.lines
    assert customer.ship_to_addresses[0].lines == ("1 Elm Rd",)


def test_the_status_and_the_page_are_read() -> None:
    response = only(
        customers(JOB, attributes=' retCount="1" iteratorRemainingCount="0" iteratorID="{x}"').replace("\n", "\r\n")
    )
    assert response.kind == "CustomerQuery"
    assert response.request_id == "1"
    assert response.status == Status(code=0, severity="Info", message="Status OK")
    assert (response.ret_count, response.iterator_remaining_count, response.iterator_id) == (1, 0, "{x}")
    assert not response.status.is_error


def test_an_error_has_no_records() -> None:
    document = answer(
        '<CustomerQueryRs requestID="9" statusCode="3391" statusSeverity="Error" '
        'statusMessage="iteratorID &quot;{x}&quot; is not valid" /><HostQueryRs statusCode="0"/>'
    )
    answers = decode_response_set(document)
    error, host = answers.responses
    assert error.status == Status(code=3391, severity="Error", message='iteratorID "{x}" is not valid')
    assert error.status.is_error
    assert error.items == error.broken == ()
    assert error.iterator_remaining_count is None
    assert (host.request_id, host.status.severity) == (None, "Info")
    assert answers.by_request_id("9") is error
    assert answers.by_request_id("8") is None
    assert answers.of_kind("HostQuery") is host
    assert answers.of_kind("InvoiceAdd") is None


def test_a_severity_that_is_missing_or_strange_follows_from_the_code() -> None:
    for code, severity in ((1, "Info"), (500, "Warn"), (3120, "Error")):
        for attribute in ("", ' statusSeverity=""', ' statusSeverity="Fatal"'):
            assert only(answer(f'<HostQueryRs statusCode="{code}"{attribute}/>')).status.severity == severity


def test_error_recovery_is_read() -> None:
    answers = decode_response_set(answer("", attributes=' newMessageSetID="A" messageSetStatusCode="600"'))
    assert (answers.responses, answers.new_message_set_id, answers.message_set_status_code) == ((), "A", 600)
    assert decode_response_set(answer("")).message_set_status_code is None
    stored = decode_response_set(
        answer('<HostQueryRs statusCode="0"/>', attributes=' newMessageSetID="A" messageSetStatusCode="0"')
    )
    assert (len(stored.responses), stored.message_set_status_code) == (1, 0)


def test_one_broken_record_never_stops_the_others() -> None:
    response = only(
        customers(
            "<ListID>1</ListID><FullName>Whole</FullName>",
            "<ListID>2</ListID><FullName>Bad level</FullName><Sublevel>deep</Sublevel>",
            "<FullName>No ID</FullName>",
            "<ListID>4</ListID><Name>Bad day</Name><JobEndDate>31/12/2024</JobEndDate>",
            "<ListID>5</ListID><FullName>Whole too</FullName>",
        )
    )
    assert [customer.list_id for customer in response.items] == ["1", "5"]
    assert [(record.list_id, record.full_name, record.reason) for record in response.broken] == [
        ("2", "Bad level", "CustomerRet/Sublevel: 'deep' is no whole number"),
        (None, "No ID", "CustomerRet/ListID: is missing"),
        ("4", "Bad day", "CustomerRet/JobEndDate: '31/12/2024' is no date"),
    ]
    assert response.broken[0].raw.startswith("<CustomerRet><ListID>2</ListID>")


def test_unknown_records_responses_and_words_are_no_harm() -> None:
    document = answer(
        '<SpaceshipQueryRs statusCode="0"><SpaceshipRet><ListID>1</ListID></SpaceshipRet></SpaceshipQueryRs>'
        '<CustomerQueryRs statusCode="0"><NewRet/><CustomerRet><ListID>1</ListID><Aura>blue</Aura></CustomerRet>'
        "</CustomerQueryRs>"
    )
    spaceship, customer = decode_response_set(document).responses
    assert (spaceship.kind, spaceship.records) == ("SpaceshipQuery", ())
    assert customer.items == (Customer(list_id="1"),)


def test_deleted_customers_are_read() -> None:
    document = answer(
        '<ListDeletedQueryRs requestID="2" statusCode="0" statusSeverity="Info"><ListDeletedRet>'
        "<ListDelType>Customer</ListDelType><ListID>8-1</ListID><TimeCreated>2020-01-01T00:00:00-08:00</TimeCreated>"
        "<TimeDeleted>2024-01-01T00:00:00-08:00</TimeDeleted><FullName>Gone</FullName></ListDeletedRet>"
        "</ListDeletedQueryRs>"
    )
    assert only(document).items == (
        ListDeleted(
            list_kind="Customer",
            list_id="8-1",
            time_created="2020-01-01T00:00:00-08:00",
            time_deleted="2024-01-01T00:00:00-08:00",
            full_name="Gone",
        ),
    )


HCP = answer(f"""
<HostQueryRs requestID="0" statusCode="0" statusSeverity="Info" statusMessage="Status OK"><HostRet>
<ProductName>QuickBooks Enterprise Solutions 24.0</ProductName><MajorVersion>34</MajorVersion>
<MinorVersion>0</MinorVersion><Country>US</Country><SupportedQBXMLVersion>12.0</SupportedQBXMLVersion>
<SupportedQBXMLVersion>13.0</SupportedQBXMLVersion><IsAutomaticLogin>false</IsAutomaticLogin>
<QBFileMode>SingleUser</QBFileMode></HostRet></HostQueryRs>
<CompanyQueryRs requestID="1" statusCode="0" statusSeverity="Info" statusMessage="Status OK"><CompanyRet>
<IsSampleCompany>false</IsSampleCompany><CompanyName>Elm Inspections</CompanyName>
<Address><City>P.O. Box 7</City></Address><AddressBlock><Addr1>P.O. Box 7</Addr1></AddressBlock>
<FirstMonthFiscalYear>January</FirstMonthFiscalYear>
<SubscribedServices><Service><Name>Web Connector</Name><Domain>QBMS</Domain><ServiceStatus>Never</ServiceStatus>
</Service></SubscribedServices><AccountantCopy><AccountantCopyExists>false</AccountantCopyExists></AccountantCopy>
<DataExtRet><OwnerID>{OWNER.upper()}</OwnerID><DataExtName>AppLock</DataExtName>
<DataExtType>STR255TYPE</DataExtType><DataExtValue></DataExtValue></DataExtRet>
<DataExtRet><OwnerID>{OWNER.upper()}</OwnerID><DataExtName>FileID</DataExtName>
<DataExtType>STR255TYPE</DataExtType><DataExtValue>{{66666666-7777-4888-8999-AAAAAAAAAAAA}}</DataExtValue></DataExtRet>
</CompanyRet></CompanyQueryRs>
<PreferencesQueryRs requestID="2" statusCode="0" statusSeverity="Info" statusMessage="Status OK"><PreferencesRet>
<AccountingPreferences><IsUsingAccountNumbers>false</IsUsingAccountNumbers>
<IsRequiringAccounts>true</IsRequiringAccounts><IsUsingClassTracking>false</IsUsingClassTracking>
<IsUsingAuditTrail>true</IsUsingAuditTrail><IsAssigningJournalEntryNumbers>true</IsAssigningJournalEntryNumbers>
<ClosingDate>2023-12-31</ClosingDate></AccountingPreferences>
<MultiCurrencyPreferences><IsMultiCurrencyOn>false</IsMultiCurrencyOn></MultiCurrencyPreferences>
<CurrentAppAccessRights><IsAutomaticLoginAllowed>true</IsAutomaticLoginAllowed>
<AutomaticLoginUserName>Admin</AutomaticLoginUserName><IsPersonalDataAccessAllowed>false</IsPersonalDataAccessAllowed>
</CurrentAppAccessRights></PreferencesRet></PreferencesQueryRs>""")


def test_the_first_call_of_a_session_brings_host_company_and_preferences() -> None:
    host, company, preferences = (response.items[0] for response in decode_response_set(HCP).responses)
    assert isinstance(host, Host)
    assert isinstance(company, Company)
    assert isinstance(preferences, Preferences)
    assert host.supported_versions == ("12.0", "13.0")
    assert host.file_mode == "SingleUser"
    assert company.name == "Elm Inspections"
    assert company.data_ext("FileID", owner_id=OWNER) == "{66666666-7777-4888-8999-AAAAAAAAAAAA}"
    assert company.data_ext("AppLock", owner_id=OWNER) is None  # blank once the Web Connector has let go
    assert company.data_ext("FileID", owner_id="{other}") is None
    assert preferences.accounting is not None
    assert preferences.accounting.closed_on == date(2023, 12, 31)
    assert preferences.sales_tax is None  # sales tax is off
    assert preferences.access_rights is not None
    assert not preferences.access_rights.allows_personal_data


# --- damage ---------------------------------------------------------------------------------------

WHOLE = customers(JOB)
DAMAGED = {
    "nothing": "",
    "blank": " \n ",
    "no XML": "QuickBooks has crashed",
    "truncated": WHOLE[: len(WHOLE) // 2],
    "last line missing": WHOLE.rstrip().removesuffix("</QBXML>"),
    "something after the end": WHOLE + "<QBXML/>",
    "HTML": "<html><body>504 Gateway Time-out</body></html>",
    "a request": encode_request_set([("1", HostQuery())]),
    "another root": WHOLE.replace("QBXML>", "QBPOSXML>"),
    "no message set": "<QBXML><SignonMsgsRs/></QBXML>",
    "no status code": answer('<CustomerQueryRs requestID="1"/>'),
    "status code in words": answer('<CustomerQueryRs statusCode="fine"/>'),
    "remaining count in words": answer('<CustomerQueryRs statusCode="0" iteratorRemainingCount="many"/>'),
    "no response": answer("<CustomerRet/>"),
    "DTD": '<!DOCTYPE QBXML [<!ENTITY a "b">]>' + answer("<HostQueryRs statusCode='0' statusMessage='&a;'/>"),
    "undefined entity": customers("<Name>&nbsp;</Name>"),
    "NUL": customers("<Name>a\0b</Name>"),
    "half a character": customers("<Name>\ud800</Name>"),
    "double escaped": WHOLE.replace("<", "&lt;").replace(">", "&gt;"),
}


@pytest.mark.parametrize("document", DAMAGED.values(), ids=DAMAGED.keys())
def test_damage_is_refused_as_a_whole(document: str) -> None:
    with pytest.raises(DamagedDocument) as caught:
        decode_response_set(document)
    assert caught.value.reason.endswith(".")


@given(cut=st.integers(0, len(WHOLE.rstrip()) - 1))
def test_no_truncated_answer_is_ever_taken_for_whole(cut: int) -> None:
    with pytest.raises(DamagedDocument):
        decode_response_set(WHOLE[:cut])


@given(noise=st.text(max_size=30), place=st.integers(0, len(WHOLE)))
def test_any_text_is_read_or_refused(noise: str, place: int) -> None:
    try:
        answers = decode_response_set(WHOLE[:place] + noise + WHOLE[place:])
    except DamagedDocument:
        return
    for response in answers.responses:
        assert len(response.items) + len(response.broken) == len(response.records)


def test_an_oversized_answer_is_refused() -> None:
    with pytest.raises(DamagedDocument, match="more than"):
        decode_response_set(WHOLE, max_bytes=100)


def test_what_a_declaration_says_about_the_encoding_of_text_is_past() -> None:
    """The text was decoded when it was taken out of its SOAP envelope."""
    for encoding in ("utf-8", "utf-16", "ISO-8859-1", "windows-1252", "unheard-of"):
        document = customers("<ListID>1</ListID><Name>Zoë – Ł</Name>").replace(
            '"1.0" ?', f'"1.0" encoding="{encoding}"?'
        )
        assert only(document).items[0].name == "Zoë – Ł"


def test_bytes_are_read_as_they_declare_and_only_in_known_encodings() -> None:
    text = customers("<ListID>1</ListID><Name>Zoë</Name>")
    for encoding in ("utf-8", "iso-8859-1", "windows-1252"):
        document = text.replace('"1.0" ?', f'"1.0" encoding="{encoding}"?').encode(encoding)
        assert only(document).items[0].name == "Zoë"
    for encoding in ("utf-16", "utf-7"):
        with pytest.raises(DamagedDocument):
            decode_response_set(text.replace('"1.0" ?', f'"1.0" encoding="{encoding}"?').encode(encoding))


def test_characters_that_xml_forbids_are_dropped_and_counted() -> None:
    """One vertical tab pasted into a note must not stop a whole list for ever."""
    document = customers("<ListID>1</ListID><Notes>a&#11;b&#x1F;c\x0bd&#xD800;&#65535;&#9;e&#233;</Notes>")
    answers = decode_response_set(document)
    assert answers.dropped_characters == 5
    assert answers.responses[0].items[0].notes == "abcd\teé"
    assert decode_response_set(WHOLE).dropped_characters == 0


# --- records before they are decoded --------------------------------------------------------------


def record(inner: str) -> Record:
    (found,) = only(customers(inner)).records
    return found


def test_what_repeats_without_end_costs_no_more_than_its_length() -> None:
    many = 100_000
    found = record("<ListID>1</ListID>" + "<DataExtRet><DataExtName>a</DataExtName></DataExtRet>" * many)
    assert len(found.texts()["DataExtRet"]) == many
    version = "<SupportedQBXMLVersion>13.0</SupportedQBXMLVersion>"
    (host,) = only(answer(f'<HostQueryRs statusCode="0"><HostRet>{version * many}</HostRet></HostQueryRs>')).items
    assert len(host.supported_versions) == many


def test_a_record_tells_its_key_before_it_is_decoded() -> None:
    found = record(JOB)
    assert found.key == "80000002-1422671082"
    assert found.text_of("FullName") == "Elm School:Gymnasium"
    assert found.text_of("Notes") is None
    assert found.cls is Customer
    assert record("<Name>x</Name>").key is None
    with pytest.raises(UnreadableRecord):
        record("<Name>x</Name>").decode()


def test_a_record_is_read_as_plain_texts_in_the_shape_of_its_declaration() -> None:
    found = record(
        """<ListID>1</ListID><Name> Elm </Name><Phone> </Phone><Fax><![CDATA[]]></Fax><Sublevel>deep</Sublevel>
        <Aura>blue</Aura><BillAddress><Addr1>x</Addr1><Aura/></BillAddress><ShipAddress><Addr1/></ShipAddress>
        <Email><b>bold</b></Email><Contact>first</Contact><Contact>second</Contact><ParentRef>text</ParentRef>
        <AdditionalContactRef><ContactName>Mobile</ContactName></AdditionalContactRef>
        <ContactsRet><FirstName>Ann</FirstName></ContactsRet><ContactsRet><FirstName>Bob</FirstName></ContactsRet>"""
    ).texts()
    assert found == {
        "ListID": "1",
        "Name": "Elm",
        "Sublevel": "deep",
        "BillAddress": {"Addr1": "x"},
        "Contact": "second",
        "AdditionalContactRef": [{"ContactName": "Mobile"}],
        "ContactsRet": [{"FirstName": "Ann"}, {"FirstName": "Bob"}],
    }


@settings(max_examples=25)
@given(messages(Customer))
def test_plain_texts_hold_what_the_message_holds(customer: Customer) -> None:
    tree = encode(customer)
    found = Record(tree, cls=Customer).texts()
    assert list(found) == list(dict.fromkeys(str(child.tag) for child in tree))
    assert found["ListID"] == customer.list_id
    assert found.get("Name", "") == customer.name
    assert len(found.get("ContactsRet", [])) == len(customer.contacts)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<EditSequence>1717261200<", "<EditSequence>1717261201<"),
        ("<TimeModified>2024-06-01T09:00:00-08:00<", "<TimeModified>2024-06-01T09:00:01-08:00<"),
        ("<EditSequence>1717261200</EditSequence>", ""),
        ("\n", "\r\n    "),
        ("<Name>Gymnasium</Name>", "<Name>Gymnasium</Name><!-- same -->"),
        ("Caf&#233;", "Café"),
        ("Elm &amp;", "Elm <![CDATA[&]]>"),
    ],
)
def test_a_fingerprint_stays_while_nothing_changes(old: str, new: str) -> None:
    assert old in JOB
    assert record(JOB).fingerprint() == record(JOB.replace(old, new)).fingerprint()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<Name>Gymnasium<", "<Name>gymnasium<"),
        ("<Name>Gymnasium</Name>", ""),
        ("<IsActive>true</IsActive>", "<IsActive>false</IsActive>"),
        ("<Addr3>Barrie ON L9J 0C3</Addr3><Country>", "<Addr4>Barrie ON L9J 0C3</Addr4><Country>"),
        ("<Balance>-55.00</Balance>", ""),
        ("<FirstName>Ann</FirstName>", "<FirstName>Anne</FirstName>"),
        ("<Name>Field</Name>", "<Name></Name>"),
    ],
)
def test_a_fingerprint_moves_with_anything_else(old: str, new: str) -> None:
    assert old in JOB
    assert record(JOB).fingerprint() != record(JOB.replace(old, new)).fingerprint()


def test_a_fingerprint_moves_with_the_seed() -> None:
    fingerprints = {record(JOB).fingerprint(seed=seed) for seed in (b"", b"1", b"2")}
    assert len(fingerprints) == 3
    assert all(len(fingerprint) == 16 for fingerprint in fingerprints)


@settings(max_examples=25)
@given(first=messages(Customer), second=messages(Customer))
def test_equal_fingerprints_mean_equal_customers(first: Customer, second: Customer) -> None:
    def fingerprint(customer: Customer) -> bytes:
        return record(etree.tostring(encode(customer)).decode().partition(">")[2].rpartition("<")[0]).fingerprint()

    def lasting(customer: Customer) -> Customer:
        contacts = tuple(replace(contact, time_modified=None, edit_sequence=None) for contact in customer.contacts)
        return replace(customer, time_modified=None, edit_sequence=None, contacts=contacts)

    assert (fingerprint(first) == fingerprint(second)) == (lasting(first) == lasting(second))
    assert fingerprint(first) == fingerprint(replace(first, edit_sequence="7", time_modified="2024-01-01"))
