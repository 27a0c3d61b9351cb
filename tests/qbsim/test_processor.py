"""The request processor: what it refuses as a whole, and what it says to each request of a sound document."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qbsim.company import Company
from qbsim.processor import QuickBooks, RequestRefused
from support.company_files import Asking, status, switch_off_sales_tax
from support.fake_service import qbxml


def refused(asking: Asking, document: str | bytes) -> RequestRefused:
    with pytest.raises(RequestRefused) as caught:
        asking.session.process(document)
    assert caught.value.hresult == "0x80040400"
    assert caught.value.message == "QuickBooks found an error when parsing the provided XML text stream."
    return caught.value


SOUND = qbxml("<HostQueryRq/>")

REFUSED_DOCUMENTS = {
    "nothing": "",
    "text": "hello",
    "not well-formed": SOUND.replace("</QBXML>", ""),
    "no qbxml instruction": SOUND.replace('<?qbxml version="13.0"?>', ""),
    "two qbxml instructions": SOUND.replace("<QBXML>", '<?qbxml version="13.0"?><QBXML>'),
    "instruction inside": SOUND.replace('<?qbxml version="13.0"?>', "").replace(
        "<QBXML>", '<QBXML><?qbxml version="13.0"?>'
    ),
    "instruction without version": SOUND.replace('<?qbxml version="13.0"?>', "<?qbxml?>"),
    "unknown version": qbxml("<HostQueryRq/>", version="13.5"),
    "version too new": qbxml("<HostQueryRq/>", version="16.0"),
    "no onError": SOUND.replace(' onError="continueOnError"', ""),
    "onError in wrong case": SOUND.replace("continueOnError", "ContinueOnError"),
    "rollbackOnError": SOUND.replace("continueOnError", "rollbackOnError"),
    "unknown attribute of the set": SOUND.replace("onError", 'mode="x" onError'),
    "wrong responseData": SOUND.replace("onError", 'responseData="none" onError'),
    "wrong root": SOUND.replace("QBXML>", "QBXLM>"),
    "attribute on the root": SOUND.replace("<QBXML>", '<QBXML version="13.0">'),
    "no message set": '<?qbxml version="13.0"?><QBXML/>',
    "two message sets": SOUND.replace("</QBXML>", '<QBXMLMsgsRq onError="stopOnError"/></QBXML>'),
    "unknown request": qbxml("<HostRq/>"),
    "wrong case": qbxml("<hostqueryrq/>"),
    "unknown attribute": qbxml('<HostQueryRq id="1"/>'),
    "raw accent": qbxml("<CustomerQueryRq><FullName>Café</FullName></CustomerQueryRq>"),
    "raw accent in a comment": SOUND.replace("<QBXML>", "<!-- é --><QBXML>"),
    "document type": SOUND.replace("<QBXML>", "<!DOCTYPE QBXML><QBXML>"),
    "entity": SOUND.replace("<QBXML>", '<!DOCTYPE QBXML [<!ENTITY a "b">]><QBXML>'),
    "text between requests": qbxml("<HostQueryRq/>", "<HostQueryRq>text</HostQueryRq>"),
}


@pytest.mark.parametrize("kind", REFUSED_DOCUMENTS)
def test_a_document_that_cannot_be_parsed_is_refused_whole(asking: Asking, kind: str) -> None:
    refused(asking, REFUSED_DOCUMENTS[kind])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(document=st.one_of(st.binary(max_size=300), st.text(max_size=300)))
def test_whatever_comes_is_refused_politely(asking: Asking, document: str | bytes) -> None:
    refused(asking, document)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(min_value=0, max_value=len(SOUND)), junk=st.text(max_size=5), cut=st.integers(0, 20))
def test_a_document_with_a_flaw_is_answered_or_refused(asking: Asking, at: int, junk: str, cut: int) -> None:
    document = SOUND[:at] + junk + SOUND[at + cut :]
    with suppress(RequestRefused):
        asking.look_at(asking.session.process(document))


def test_raw_bytes_beyond_ascii_are_refused_in_any_encoding(asking: Asking) -> None:
    text = qbxml("<CustomerQueryRq><FullName>Café</FullName></CustomerQueryRq>")
    refused(asking, text.encode())
    refused(asking, text.replace("utf-8", "ISO-8859-1").encode("latin-1"))


def test_numeric_entities_are_read(asking: Asking) -> None:
    asking.company.add_customer("Café")
    answer = asking.customers("<FullName>Caf&#233;</FullName>")
    assert answer.findtext("CustomerRet/Name") == "Café"


def test_one_bad_request_takes_the_others_with_it(asking: Asking) -> None:
    error = refused(asking, qbxml("<HostQueryRq/>", "<HostQueryRq><Nonsense/></HostQueryRq>"))
    assert "Nonsense" in error.reason, "the log says what QuickBooks does not"


def test_responses_are_ascii_with_their_own_first_line(asking: Asking) -> None:
    asking.company.add_customer("Café “Zoë” & Söhne")
    text = asking.session.process(qbxml("<CustomerQueryRq/>"))
    assert text.startswith('<?xml version="1.0" ?>\n<QBXML>')
    assert "<?qbxml" not in text
    assert text.isascii()
    assert "<Name>Caf&#233; &#8220;Zo&#235;&#8221; &amp; S&#246;hne</Name>" in text


def test_request_ids_come_back_and_are_absent_where_absent(asking: Asking) -> None:
    first, second = asking.ask('<HostQueryRq requestID="7"/>', "<HostQueryRq/>")
    assert first.get("requestID") == "7"
    assert "requestID" not in second.attrib


def test_a_request_id_holds_fifty_characters(asking: Asking) -> None:
    fits, too_long = asking.ask(f'<HostQueryRq requestID="{"x" * 50}"/>', f'<HostQueryRq requestID="{"x" * 51}"/>')
    assert status(fits) == ("0", "Info")
    assert status(too_long) == ("1060", "Error")
    assert len(too_long) == 0


def test_after_an_error_the_rest_waits_or_goes_on(asking: Asking) -> None:
    bad = "<CustomerQueryRq><FromModifiedDate>soon</FromModifiedDate></CustomerQueryRq>"
    requests = ("<HostQueryRq/>", bad, '<HostQueryRq requestID="3"/>')
    codes = [each.get("statusCode") for each in asking.ask(*requests, on_error="stopOnError")]
    assert codes == ["0", "3020", "3231"]
    codes = [each.get("statusCode") for each in asking.ask(*requests, on_error="continueOnError")]
    assert codes == ["0", "3020", "0"]


def test_a_warning_stops_nothing(asking: Asking) -> None:
    missing = "<CustomerQueryRq><FullName>Nobody</FullName></CustomerQueryRq>"
    codes = [each.get("statusCode") for each in asking.ask(missing, "<HostQueryRq/>", on_error="stopOnError")]
    assert codes == ["500", "0"]


def test_a_session_that_ended_answers_no_more(company: Company) -> None:
    session = QuickBooks(company).begin_session()
    session.end()
    with pytest.raises(RequestRefused) as caught:
        session.process(SOUND)
    assert caught.value.hresult == "0x8004040D"


def test_a_file_that_breaks_underneath_is_an_unexpected_error(asking: Asking) -> None:
    asking.company.db.execute("DROP TABLE customers")
    with pytest.raises(RequestRefused) as caught:
        asking.customers()
    assert caught.value.hresult == "0x80040402"


def test_an_empty_set_is_sound(asking: Asking) -> None:
    assert asking.ask() == []


# -- opening -------------------------------------------------------------------------------------------------


def test_a_session_begins_with_the_open_file_or_the_one_named(company: Company) -> None:
    quickbooks = QuickBooks(company, shown_path=r"C:\Books\Alder.QBW")
    quickbooks.begin_session()
    quickbooks.begin_session(r"c:/books/alder.qbw")


def test_another_file_is_not_opened(company: Company, tmp_path: Path) -> None:
    quickbooks = QuickBooks(company)
    with pytest.raises(RequestRefused) as missing:
        quickbooks.begin_session(r"C:\Books\Nothing.QBW")
    assert missing.value.hresult == "0x80040406"
    other = tmp_path / "Other.qbw"
    other.write_text("books")
    with pytest.raises(RequestRefused) as already:
        quickbooks.begin_session(str(other))
    assert already.value.hresult == "0x8004040A"


def test_an_edition_that_auth_flags_exclude_is_refused(company: Company) -> None:
    quickbooks = QuickBooks(company)
    quickbooks.begin_session(auth_flags=0xE)
    with pytest.raises(RequestRefused) as caught:
        quickbooks.begin_session(auth_flags=0x2)
    assert caught.value.hresult == "0x8004041F"


# -- host, company, preferences ------------------------------------------------------------------------------


def test_host_tells_versions_country_and_mode(asking: Asking) -> None:
    asking.company.set_host("QBFileMode", "SingleUser")
    (host,) = asking.ask("<HostQueryRq/>")
    versions = [each.text for each in host.findall("HostRet/SupportedQBXMLVersion")]
    assert (versions[0], versions[-1]) == ("1.0", "13.0")
    assert host.findtext("HostRet/Country") == "US"
    assert host.findtext("HostRet/QBFileMode") == "SingleUser"
    assert host.find("HostRet/ListMetaData") is None


def test_host_tells_how_much_lists_hold_when_asked(asking: Asking) -> None:
    (host,) = asking.ask(
        "<HostQueryRq><IncludeListMetaData><IncludeMaxCapacity>true</IncludeMaxCapacity></IncludeListMetaData></HostQueryRq>"
    )
    assert host.findtext("HostRet/ListMetaData/EntityMetaData/MaxCapacity") == "14500"


def test_an_old_version_hears_only_what_it_knows(asking: Asking) -> None:
    (host,) = asking.ask("<HostQueryRq/>", version="2.1")
    assert [each.tag for each in host[0] if each.tag != "SupportedQBXMLVersion"] == [
        "ProductName",
        "MajorVersion",
        "MinorVersion",
    ]
    (preferences,) = asking.ask("<PreferencesQueryRq/>", version="7.0")
    assert preferences.find("PreferencesRet/MultiCurrencyPreferences") is None
    (preferences,) = asking.ask("<PreferencesQueryRq/>", version="8.0")
    assert preferences.find("PreferencesRet/MultiCurrencyPreferences") is not None
    assert preferences.find("PreferencesRet/AccountingPreferences/AssignClassesTo") is None


@pytest.mark.parametrize(
    ("request_", "version"),
    [
        ("<PreferencesQueryRq/>", "1.0"),
        ("<HostQueryRq><IncludeRetElement>Country</IncludeRetElement></HostQueryRq>", "3.0"),
        ('<CustomerQueryRq iterator="Start"><MaxReturned>1</MaxReturned></CustomerQueryRq>', "4.1"),
        ('<CustomerQueryRq metaData="MetaDataOnly"/>', "3.0"),
        ("<ListDeletedQueryRq><ListDelType>Customer</ListDelType></ListDeletedQueryRq>", "1.1"),
        ("<CustomerQueryRq><CurrencyFilter><ListID>1</ListID></CurrencyFilter></CustomerQueryRq>", "7.0"),
    ],
)
def test_what_a_version_does_not_know_is_refused(asking: Asking, request_: str, version: str) -> None:
    refused(asking, qbxml(request_, version=version))


def test_private_data_comes_only_to_who_names_its_owner(asking: Asking) -> None:
    owner = "{abcdefab-2222-4333-8444-555555555555}"
    asking.company.set_data_ext(owner, "FileID", "{1}")
    (without,) = asking.ask("<CompanyQueryRq/>")
    assert without.find("CompanyRet/DataExtRet") is None
    (with_owner,) = asking.ask(f"<CompanyQueryRq><OwnerID>{owner}</OwnerID></CompanyQueryRq>")
    assert with_owner.findtext("CompanyRet/DataExtRet/OwnerID") == owner.upper()
    assert with_owner.findtext("CompanyRet/DataExtRet/DataExtValue") == "{1}"
    (stranger,) = asking.ask("<CompanyQueryRq><OwnerID>0</OwnerID></CompanyQueryRq>")
    assert stranger.find("CompanyRet/DataExtRet") is None


def test_an_owner_must_be_zero_or_a_guid(asking: Asking) -> None:
    refused(asking, qbxml("<CompanyQueryRq><OwnerID>me</OwnerID></CompanyQueryRq>"))


def test_only_asked_elements_come_back(asking: Asking) -> None:
    (company,) = asking.ask(
        "<CompanyQueryRq><IncludeRetElement>CompanyName</IncludeRetElement>"
        "<IncludeRetElement>Address</IncludeRetElement></CompanyQueryRq>"
    )
    assert [each.tag for each in company[0]] == ["CompanyName", "Address"]


def test_a_switched_off_feature_is_missing_from_preferences(asking: Asking) -> None:
    switch_off_sales_tax(asking.company)
    (answer,) = asking.ask("<PreferencesQueryRq/>")
    assert answer.find("PreferencesRet/SalesTaxPreferences") is None
