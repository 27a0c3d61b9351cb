"""CustomerQuery: order and values of its elements, filters, pages, and what of a record comes back."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qbsim.company import Company, address, contact, labelled, ship_to
from qbsim.faults import Faults
from qbsim.processor import RequestRefused
from support.company_files import NOON, Asking, StandingClock, full_names, status
from support.fake_service import qbxml

ALL = "<ActiveStatus>All</ActiveStatus>"


@pytest.fixture
def schools(company: Company, clock: StandingClock) -> Company:
    """Three schools a minute apart, the second with two jobs, the third inactive."""
    company.add_customer("Ash School", balance="10.00")
    clock.move(60)
    elm = company.add_customer("Elm School", balance="20.00")
    company.add_customer("Gym", parent=elm.list_id, balance="5.00")
    company.add_customer("Pool", parent=elm.list_id)
    clock.move(60)
    oak = company.add_customer("Oak Academy")
    company.set_active(oak.list_id, active=False)
    return company


# -- structure -----------------------------------------------------------------------------------------------

REFUSED_BODIES = {
    "wrong order": "<ActiveStatus>All</ActiveStatus><MaxReturned>1</MaxReturned>",
    "wrong case": "<activestatus>All</activestatus>",
    "unknown": "<Colour>red</Colour>",
    "repeated": "<MaxReturned>1</MaxReturned><MaxReturned>1</MaxReturned>",
    "listed value": "<ActiveStatus>all</ActiveStatus>",
    "two branches": "<ListID>1</ListID><FullName>a</FullName>",
    "branch and filter": "<ListID>1</ListID><ActiveStatus>All</ActiveStatus>",
    "both name filters": "<NameFilter><MatchCriterion>Contains</MatchCriterion><Name>a</Name></NameFilter>"
    "<NameRangeFilter/>",
    "half a name filter": "<NameFilter><Name>a</Name></NameFilter>",
    "empty choice inside": "<CurrencyFilter/>",
    "elements in a value": "<MaxReturned><b/></MaxReturned>",
    "text in an aggregate": "<NameRangeFilter>a</NameRangeFilter>",
    "attribute on an element": '<MaxReturned x="1">1</MaxReturned>',
    "after the end": "<OwnerID>0</OwnerID><IncludeRetElement>Name</IncludeRetElement>",
    "namespace": '<MaxReturned xmlns="urn:x">1</MaxReturned>',
}


@pytest.mark.parametrize("kind", REFUSED_BODIES)
def test_a_fault_of_structure_refuses_the_document(asking: Asking, kind: str) -> None:
    with pytest.raises(RequestRefused) as caught:
        asking.customers(REFUSED_BODIES[kind])
    assert caught.value.hresult == "0x80040400"


@pytest.mark.parametrize("attributes", ['iterator="start"', 'metaData="Some"', 'maxReturned="1"'])
def test_a_wrong_attribute_refuses_the_document(asking: Asking, attributes: str) -> None:
    with pytest.raises(RequestRefused):
        asking.customers(attributes=attributes)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("<FromModifiedDate>yesterday</FromModifiedDate>", "3020"),
        ("<FromModifiedDate>2024-03-09T11:00:00Z</FromModifiedDate>", "3020"),
        ("<MaxReturned>many</MaxReturned>", "3085"),
        ("<MaxReturned>0</MaxReturned>", "3085"),
        ("<TotalBalanceFilter><Operator>Equal</Operator><Amount>1.5</Amount></TotalBalanceFilter>", "3040"),
        (f"<ListID>{'8' * 37}</ListID>", "3000"),
        (f"<IncludeRetElement>{'x' * 51}</IncludeRetElement>", "3070"),
        (
            "<FromModifiedDate>2024-03-02</FromModifiedDate><ToModifiedDate>2024-03-01</ToModifiedDate>",
            "3030",
        ),
        ("<NameRangeFilter><FromName>b</FromName><ToName>a</ToName></NameRangeFilter>", "3031"),
        ("<CurrencyFilter><FullName>Euro</FullName></CurrencyFilter>", "3250"),
        ("<ClassFilter><FullName>Inspections</FullName></ClassFilter>", "3250"),
    ],
)
def test_a_bad_value_is_the_status_of_its_request(asking: Asking, body: str, code: str) -> None:
    asking.company.add_customer("Elm School")
    bad, good = asking.ask(f"<CustomerQueryRq>{body}</CustomerQueryRq>", "<CustomerQueryRq/>")
    assert status(bad) == (code, "Error")
    assert len(bad) == 0
    assert status(good) == ("0", "Info")


def test_the_text_of_a_status_names_value_and_field(asking: Asking) -> None:
    answer = asking.customers("<FromModifiedDate>soon</FromModifiedDate>")
    assert answer.get("statusMessage") == (
        'There was an error when converting the date value "soon" in the field "FromModifiedDate".'
    )


# -- which records -------------------------------------------------------------------------------------------


def test_only_active_ones_unless_asked_otherwise(schools: Company) -> None:
    """Requirement 49."""
    asking = Asking(schools)
    assert full_names(asking.customers()) == ["Ash School", "Elm School", "Elm School:Gym", "Elm School:Pool"]
    assert full_names(asking.customers("<ActiveStatus>InactiveOnly</ActiveStatus>")) == ["Oak Academy"]
    assert len(asking.customers(ALL)) == 5


def test_nothing_found_is_information(schools: Company) -> None:
    answer = Asking(schools).customers("<FromModifiedDate>2030-01-01</FromModifiedDate>")
    assert status(answer) == ("1", "Info")


def test_by_id_and_by_path_inactive_ones_too(schools: Company) -> None:
    asking = Asking(schools)
    oak = schools.find("Oak Academy")
    assert full_names(asking.customers(f"<ListID>{oak.list_id}</ListID>")) == ["Oak Academy"]
    assert full_names(asking.customers("<FullName>elm school:GYM</FullName>")) == ["Elm School:Gym"]


def test_what_is_missing_is_named_and_the_rest_comes(schools: Company) -> None:
    answer = Asking(schools).customers("<FullName>Ash School</FullName><FullName>Nobody</FullName>")
    assert status(answer) == ("500", "Warn")
    assert '"Nobody"' in answer.get("statusMessage")
    assert full_names(answer) == ["Ash School"]


def test_a_missing_list_id_in_both_readings(schools: Company) -> None:
    """Recorded responses show 500 and 3120 alike (qbwc test_helper)."""
    ids = f"<ListID>{schools.find('Ash School').list_id}</ListID><ListID>80000001-1</ListID>"
    plain = Asking(schools).customers(ids)
    assert (status(plain), len(plain)) == (("500", "Warn"), 1)
    other = Asking(schools, Faults(["missing-id-3120"])).customers(ids)
    assert (status(other), len(other)) == (("3120", "Error"), 0)


def test_modified_dates_belong_to_the_range(schools: Company) -> None:
    asking = Asking(schools)

    def between(since: str, until: str) -> list[str]:
        return full_names(
            asking.customers(
                f"{ALL}<FromModifiedDate>{since}</FromModifiedDate><ToModifiedDate>{until}</ToModifiedDate>"
            )
        )

    assert between("2024-03-09T11:00:00", "2024-03-09T11:00:00") == ["Ash School"]
    assert between("2024-03-09T11:00:01", "2024-03-09T11:01:00") == [
        "Elm School",
        "Elm School:Gym",
        "Elm School:Pool",
    ]
    assert len(between("2024-03-09", "2024-03-09")) == 5
    assert between("2024-03-09T16:02:00+00:00", "2024-03-10") == ["Oak Academy"]


@pytest.mark.parametrize(
    ("criterion", "name", "found"),
    [
        ("StartsWith", "elm", ["Elm School"]),
        ("StartsWith", "g", ["Elm School:Gym"]),  # the Name is one level, not the path
        ("Contains", "SCHOOL", ["Ash School", "Elm School"]),
        ("EndsWith", "ool", ["Ash School", "Elm School", "Elm School:Pool"]),
        ("Contains", "%", []),
    ],
)
def test_name_filters_look_at_one_level_whatever_the_case(
    schools: Company, criterion: str, name: str, found: list[str]
) -> None:
    body = f"<NameFilter><MatchCriterion>{criterion}</MatchCriterion><Name>{name}</Name></NameFilter>"
    assert full_names(Asking(schools).customers(body)) == found


@pytest.mark.parametrize(
    ("first", "last", "found"),
    [
        ("elm school", "gym", ["Elm School", "Elm School:Gym"]),
        (None, "b", ["Ash School"]),
        ("p", None, ["Elm School:Pool"]),
    ],
)
def test_open_ends_of_a_name_range(schools: Company, first: str | None, last: str | None, found: list[str]) -> None:
    parts = [f"<FromName>{first}</FromName>" if first else "", f"<ToName>{last}</ToName>" if last else ""]
    body = f"<NameRangeFilter>{''.join(parts)}</NameRangeFilter>"
    assert full_names(Asking(schools).customers(body)) == found


@pytest.mark.parametrize(
    ("operator", "amount", "found"),
    [
        ("GreaterThan", "10.00", ["Elm School"]),
        ("GreaterThanEqual", "10.00", ["Ash School", "Elm School"]),
        ("Equal", "5.00", ["Elm School:Gym"]),
        ("LessThan", "5", ["Elm School:Pool"]),
        ("LessThanEqual", "5.00", ["Elm School:Gym", "Elm School:Pool"]),
    ],
)
def test_total_balance_counts_the_jobs(schools: Company, operator: str, amount: str, found: list[str]) -> None:
    body = f"<TotalBalanceFilter><Operator>{operator}</Operator><Amount>{amount}</Amount></TotalBalanceFilter>"
    assert full_names(Asking(schools).customers(body)) == found


def test_class_and_currency_filters_work_once_the_feature_is_on(schools: Company) -> None:
    schools.set_preference("AccountingPreferences.IsUsingClassTracking", True)
    schools.edit_customer(schools.find("Ash School").list_id, **{"class": "Inspections"})
    schools.set_preference("MultiCurrencyPreferences.IsMultiCurrencyOn", True)
    schools.edit_customer(schools.find("Elm School").list_id, currency="US Dollar")
    asking = Asking(schools)
    by_class = "<ClassFilter><FullNameWithChildren>Inspections</FullNameWithChildren></ClassFilter>"
    assert full_names(asking.customers(by_class)) == ["Ash School"]
    by_currency = "<CurrencyFilter><FullName>US Dollar</FullName></CurrencyFilter>"
    assert full_names(asking.customers(by_currency)) == ["Elm School"]
    unknown = asking.customers("<CurrencyFilter><FullName>Euro</FullName></CurrencyFilter>")
    assert status(unknown) == ("3140", "Error")


def test_max_returned_merely_cuts(schools: Company) -> None:
    answer = Asking(schools).customers("<MaxReturned>2</MaxReturned>")
    assert full_names(answer) == ["Ash School", "Elm School"]
    assert "iteratorID" not in answer.attrib


# -- how many ------------------------------------------------------------------------------------------------


def test_meta_data_counts_with_and_without_records(schools: Company) -> None:
    asking = Asking(schools)
    assert "retCount" not in asking.customers().attrib
    only = asking.customers("<MaxReturned>1</MaxReturned>", attributes='metaData="MetaDataOnly"')
    assert (only.get("retCount"), len(only)) == ("4", 0)
    both = asking.customers(ALL, attributes='metaData="MetaDataAndResponseData"')
    assert (both.get("retCount"), len(both)) == ("5", 5)


def test_every_page_tells_how_many_there_are_in_all(schools: Company) -> None:
    asking, counted = Asking(schools), 'metaData="MetaDataAndResponseData"'
    first = asking.customers("<MaxReturned>3</MaxReturned>", attributes=f'iterator="Start" {counted}')
    go_on = f'iterator="Continue" iteratorID="{first.get("iteratorID")}" {counted}'
    second = asking.customers("<MaxReturned>3</MaxReturned>", attributes=go_on)
    assert [(each.get("retCount"), each.get("iteratorRemainingCount")) for each in (first, second)] == [
        ("4", "1"),
        ("4", "0"),
    ]
    nobody = "<NameFilter><MatchCriterion>Contains</MatchCriterion><Name>zz</Name></NameFilter>"
    none = asking.customers(f"<MaxReturned>3</MaxReturned>{nobody}", attributes=f'iterator="Start" {counted}')
    assert (status(none), none.get("retCount")) == (("1", "Info"), "0")


# -- pages ---------------------------------------------------------------------------------------------------


def pages(asking: Asking, size: int, *, body: str = ALL) -> list[list[str]]:
    answer = asking.customers(f"<MaxReturned>{size}</MaxReturned>{body}", attributes='iterator="Start"')
    found = [full_names(answer)]
    while answer.get("iteratorRemainingCount") != "0":
        answer = asking.customers(
            f"<MaxReturned>{size}</MaxReturned>",
            attributes=f'iterator="Continue" iteratorID="{answer.get("iteratorID")}"',
        )
        found.append(full_names(answer))
    return found


def test_pages_hold_everybody_once_in_list_order(schools: Company) -> None:
    asking = Asking(schools)
    assert pages(asking, 2) == [
        ["Ash School", "Elm School"],
        ["Elm School:Gym", "Elm School:Pool"],
        ["Oak Academy"],
    ]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
@given(size=st.integers(min_value=1, max_value=90))
def test_pages_of_any_size_hold_everybody_once(filled: Company, size: int) -> None:
    found = [name for page in pages(Asking(filled), size) for name in page]
    assert found == [customer.full_name for customer in filled.customers()]


def test_the_last_page_says_none_are_left_and_still_names_the_iterator(schools: Company) -> None:
    answer = Asking(schools).customers("<MaxReturned>9</MaxReturned>", attributes='iterator="Start"')
    assert answer.get("iteratorRemainingCount") == "0"
    assert answer.get("iteratorID").startswith("{")


def test_the_first_filter_counts_whatever_a_continue_repeats(schools: Company) -> None:
    asking = Asking(schools)
    first = asking.customers("<MaxReturned>1</MaxReturned>", attributes='iterator="Start"')
    second = asking.customers(
        f"<MaxReturned>9</MaxReturned>{ALL}<IncludeRetElement>FullName</IncludeRetElement>",
        attributes=f'iterator="Continue" iteratorID="{first.get("iteratorID")}"',
    )
    assert "Oak Academy" not in full_names(second)
    assert second.find("CustomerRet/ListID") is not None


def test_a_continue_without_size_keeps_it(schools: Company) -> None:
    asking = Asking(schools)
    first = asking.customers("<MaxReturned>1</MaxReturned>", attributes='iterator="Start"')
    second = asking.customers(attributes=f'iterator="Continue" iteratorID="{first.get("iteratorID")}"')
    assert len(second) == 1


def test_an_iterator_dies_with_its_session(schools: Company) -> None:
    """quickbooks-php issue 183."""
    first = Asking(schools).customers("<MaxReturned>1</MaxReturned>", attributes='iterator="Start"')
    iterator_id = first.get("iteratorID")
    answer = Asking(schools).customers(attributes=f'iterator="Continue" iteratorID="{iterator_id}"')
    assert status(answer) == ("3391", "Error")
    assert answer.get("statusMessage") == f'The iteratorID "{iterator_id}" is not valid.'


def test_a_stopped_or_finished_iterator_is_gone(schools: Company) -> None:
    asking = Asking(schools)
    for end in ("stop", "finish"):
        first = asking.customers("<MaxReturned>4</MaxReturned>" + ALL, attributes='iterator="Start"')
        continued = f'iteratorID="{first.get("iteratorID")}"'
        step = "Stop" if end == "stop" else "Continue"
        assert status(asking.customers(attributes=f'iterator="{step}" {continued}')) == ("0", "Info")
        assert status(asking.customers(attributes=f'iterator="Continue" {continued}')) == ("3391", "Error")


def test_an_iterator_needs_a_size_and_no_ids(schools: Company) -> None:
    asking = Asking(schools)
    assert status(asking.customers(attributes='iterator="Start"')) == ("3150", "Error")
    assert status(asking.customers("<ListID>1</ListID>", attributes='iterator="Start"')) == ("3153", "Error")
    assert status(asking.customers(attributes='iterator="Continue"')) == ("3391", "Error")


def test_no_match_at_the_start_makes_no_iterator(company: Company) -> None:
    answer = Asking(company).customers("<MaxReturned>1</MaxReturned>", attributes='iterator="Start"')
    assert status(answer) == ("1", "Info")
    assert "iteratorID" not in answer.attrib


def test_a_list_that_changes_while_paging_shows_it(schools: Company) -> None:
    """Real lists change meanwhile: what is renamed backwards is missed, what is deleted is gone."""
    asking = Asking(schools)
    first = asking.customers("<MaxReturned>2</MaxReturned>", attributes='iterator="Start"')
    schools.edit_customer(schools.find("Elm School:Pool").list_id, name="A Pool")
    schools.delete_customer(schools.add_customer("Zoo").list_id)
    rest = asking.customers(attributes=f'iterator="Continue" iteratorID="{first.get("iteratorID")}"')
    assert full_names(rest) == ["Elm School:A Pool", "Elm School:Gym"]


# -- what of a record ----------------------------------------------------------------------------------------


def test_the_smallest_record_is_short(company: Company) -> None:
    company.add_customer("Elm School")
    (ret,) = Asking(company).customers()
    assert [each.tag for each in ret] == [
        "ListID",
        "TimeCreated",
        "TimeModified",
        "EditSequence",
        "Name",
        "FullName",
        "IsActive",
        "Sublevel",
        "Balance",
        "TotalBalance",
        "JobStatus",
        "PreferredDeliveryMethod",
    ]
    assert ret.findtext("EditSequence") == str(NOON)
    assert (ret.findtext("IsActive"), ret.findtext("Sublevel"), ret.findtext("Balance")) == ("true", "0", "0.00")


def test_a_job_names_its_parent(schools: Company) -> None:
    (ret,) = Asking(schools).customers("<FullName>Elm School:Gym</FullName>")
    assert ret.findtext("ParentRef/ListID") == schools.find("Elm School").list_id
    assert ret.findtext("ParentRef/FullName") == "Elm School"
    assert (ret.findtext("Sublevel"), ret.findtext("Name")) == ("1", "Gym")


def test_references_carry_id_and_name(company: Company) -> None:
    company.add_customer("Elm School", terms="Net 30", sales_tax_code="Tax")
    (ret,) = Asking(company).customers()
    assert ret.findtext("TermsRef/FullName") == "Net 30"
    assert ret.findtext("TermsRef/ListID").startswith("8")


def test_addresses_come_as_fields_and_as_printed(company: Company) -> None:
    company.add_customer(
        "Elm School",
        bill_address=address("Elm School", "1 Elm St", city="Boise", state="ID", postal_code="83702", country="USA"),
        ship_address_block=["Gym", None, "2 Elm St"],
    )
    (ret,) = Asking(company).customers()
    assert [each.text for each in ret.find("BillAddressBlock")] == [
        "Elm School",
        "1 Elm St",
        "Boise, ID 83702",
        "USA",
    ]
    assert ret.find("ShipAddress") is None
    assert [each.tag for each in ret.find("ShipAddressBlock")] == ["Addr1", "Addr3"]


def test_a_changed_address_is_printed_anew(company: Company) -> None:
    list_id = company.add_customer("Elm School", bill_address=address("Old"), bill_address_block=["Old"]).list_id
    company.edit_customer(list_id, bill_address=address("New"))
    (ret,) = Asking(company).customers()
    assert [each.text for each in ret.find("BillAddressBlock")] == ["New"]


def test_everything_that_twelve_brought_is_unknown_to_eleven(company: Company) -> None:
    company.add_customer(
        "Elm School",
        job_title="Owner",
        cc="b@school.example",
        ship_to_address=[ship_to("Gym", "2 Elm St", default=True)],
        additional_contact_ref=[labelled("Mobile", "208-555-0101")],
        contacts_ret=[contact("Ann")],
    )
    new = {"JobTitle", "Cc", "ShipToAddress", "AdditionalContactRef", "ContactsRet", "PreferredDeliveryMethod"}
    asking = Asking(company)
    (twelve,) = asking.customers(version="12.0")
    (eleven,) = asking.customers(version="11.0")
    assert new <= {each.tag for each in twelve}
    assert not new & {each.tag for each in eleven}


def test_fifth_lines_and_notes_of_addresses_are_unknown_to_five(company: Company) -> None:
    company.add_customer("Elm School", bill_address=address("1", "2", "3", "4", "5", note="n"))
    (ret,) = Asking(company).customers(version="5.0")
    assert [each.tag for each in ret.find("BillAddress")] == ["Addr1", "Addr2", "Addr3", "Addr4"]
    assert ret.find("BillAddressBlock") is None


def test_custom_fields_come_with_their_owner(company: Company) -> None:
    school = company.add_customer("Elm School")
    company.set_data_ext("0", "Route", "North", list_id=school.list_id)
    asking = Asking(company)
    assert asking.customers().find("CustomerRet/DataExtRet") is None
    answer = asking.customers("<OwnerID>0</OwnerID>")
    assert answer.findtext("CustomerRet/DataExtRet/DataExtValue") == "North"


def test_pages_keep_what_was_asked_of_each_record(schools: Company) -> None:
    asking = Asking(schools)
    body = "<MaxReturned>1</MaxReturned><IncludeRetElement>ListID</IncludeRetElement>"
    first = asking.customers(body, attributes='iterator="Start"')
    second = asking.customers(attributes=f'iterator="Continue" iteratorID="{first.get("iteratorID")}"')
    assert [each.tag for each in second[0]] == ["ListID"]


def test_a_customer_without_asked_elements_is_an_empty_record(schools: Company) -> None:
    answer = Asking(schools).customers("<IncludeRetElement>Email</IncludeRetElement>")
    assert len(answer) == 4
    assert all(len(ret) == 0 for ret in answer)


# -- faults of QuickBooks itself -----------------------------------------------------------------------------


@pytest.mark.parametrize(("how", "tag"), [("no-list-id", "ListID"), ("no-name", "Name")])
def test_a_broken_record_lacks_what_it_must_have(schools: Company, how: str, tag: str) -> None:
    answer = Asking(schools, Faults([f"broken-record:{how}"])).customers()
    assert answer[0].find(tag) is None
    assert all(ret.find(tag) is not None for ret in answer[1:])


def test_a_record_with_bad_values(schools: Company) -> None:
    answer = Asking(schools, Faults(["broken-record:bad-values"]), on_response=str).customers()
    assert answer[0].findtext("Sublevel") == "one"
    assert answer[1].findtext("Sublevel") == "0"


def test_a_lost_iterator(schools: Company) -> None:
    asking = Asking(schools, Faults(["iterator-lost:2"]))
    answer = asking.customers("<MaxReturned>1</MaxReturned>", attributes='iterator="Start"')
    go_on = f'iterator="Continue" iteratorID="{answer.get("iteratorID")}"'
    assert status(asking.customers(attributes=go_on)) == ("0", "Info")
    assert status(asking.customers(attributes=go_on)) == ("3391", "Error")


def test_a_huge_page_ignores_the_size(schools: Company) -> None:
    asking = Asking(schools, Faults(["huge-page"]))
    answer = asking.customers("<MaxReturned>1</MaxReturned>", attributes='iterator="Start"')
    assert (len(answer), answer.get("iteratorRemainingCount")) == (4, "0")


def test_a_refused_document_changes_nothing(schools: Company) -> None:
    before = list(schools.customers())
    with pytest.raises(RequestRefused):
        Asking(schools).session.process(qbxml("<CustomerQueryRq/>", "<CustomerDelRq/>"))
    assert list(schools.customers()) == before
