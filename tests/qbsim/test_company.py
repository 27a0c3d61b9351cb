"""The company file: what QuickBooks lets a person do with customers and jobs, and what it does then."""

import shutil
import sqlite3
from pathlib import Path

import pytest

from qbsim.company import DEVIATIONS, Company, CompanyError, address, contact, labelled, ship_to
from support.company_files import NOON, Asking, StandingClock, make_company


def snapshot(company: Company) -> list[object]:
    """Everything a change could touch."""
    return [list(company.customers()), company.deleted(), company.facts(), company.preferences()]


def refusal(company: Company, change: object, *arguments: object, **options: object) -> CompanyError:
    """Make a change that QuickBooks refuses, and show that it changed nothing."""
    before = snapshot(company)
    with pytest.raises(CompanyError) as caught:
        change(*arguments, **options)
    assert snapshot(company) == before
    return caught.value


# -- the file ------------------------------------------------------------------------------------------------


def test_a_file_that_exists_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "Books.qbw"
    path.write_text("years of work")
    with pytest.raises(CompanyError, match="exists already"):
        Company.create(path)
    assert path.read_text() == "years of work"


def test_a_file_that_could_not_be_filled_is_not_left_behind(tmp_path: Path) -> None:
    with pytest.raises(CompanyError, match="no deviation"):
        Company.create(tmp_path / "Books.qbw", deviations=["nonsense"])
    with pytest.raises(KeyError):
        Company.create(tmp_path / "Books.qbw", time_zone="Mars/Olympus")
    assert list(tmp_path.iterdir()) == []


def test_a_company_file_opens_again_with_everything_in_it(tmp_path: Path) -> None:
    path = tmp_path / "Books.qbw"
    with Company.create(path, customers=20) as company:
        before = snapshot(company)
    with Company.open(path) as company:
        assert snapshot(company) == before


@pytest.mark.parametrize("content", [b"", b"no company", b"SQLite format 3\x00" + bytes(200)])
def test_what_is_no_company_file_is_said_plainly_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "Letter.doc"
    path.write_bytes(content)
    with pytest.raises(CompanyError, match="no qbsim company file"):
        Company.open(path)
    assert path.read_bytes() == content
    assert list(tmp_path.iterdir()) == [path]


def test_a_missing_file_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(CompanyError, match="cannot be read"):
        Company.open(tmp_path / "Nothing.qbw")
    assert list(tmp_path.iterdir()) == []


def test_another_sqlite_file_is_no_company_file(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE facts (name, value)")
    connection.close()
    with pytest.raises(CompanyError, match="no qbsim company file"):
        Company.open(path)


def test_a_newer_versions_file_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "Books.qbw"
    Company.create(path, customers=0).close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(CompanyError, match="newer qbsim"):
        Company.open(path)
    assert path.read_bytes() == before


def test_a_damaged_file_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "Books.qbw"
    Company.create(path, customers=60).close()
    content = bytearray(path.read_bytes())
    content[4096 * 3 : 4096 * 9] = bytes(4096 * 6)
    path.write_bytes(content)
    with pytest.raises(CompanyError, match="damaged"):
        Company.open(path)
    assert path.read_bytes() == bytes(content)


def test_a_copied_file_keeps_its_ids(tmp_path: Path) -> None:
    with Company.create(tmp_path / "Books.qbw", customers=5) as company:
        ids = [customer.list_id for customer in company.customers()]
    shutil.copy(tmp_path / "Books.qbw", tmp_path / "Copy.qbw")
    with Company.open(tmp_path / "Copy.qbw") as copy:
        assert [customer.list_id for customer in copy.customers()] == ids


# -- identity and time ---------------------------------------------------------------------------------------


def test_list_ids_are_a_running_number_and_the_second_of_creation(company: Company) -> None:
    first, second = company.add_customer("Elm School"), company.add_customer("Oak Clinic")
    left, right = first.list_id.split("-")
    assert left.startswith("8")
    assert len(left) == 8
    assert int(right) == NOON
    assert int(second.list_id.split("-")[0], 16) == int(left, 16) + 1


def test_edit_sequence_is_the_second_of_the_change(company: Company, clock: StandingClock) -> None:
    customer = company.add_customer("Elm School")
    assert customer.edit_sequence == str(NOON)
    clock.move(90)
    assert company.edit_customer(customer.list_id, phone="208-555-0100").edit_sequence == str(NOON + 90)


def test_edit_sequence_moves_at_every_change_within_one_second(company: Company) -> None:
    list_id = company.add_customer("Elm School").list_id
    seen = {company.customer(list_id).edit_sequence}
    for number in range(3):
        seen.add(company.edit_customer(list_id, phone=f"208-555-010{number}").edit_sequence)
    assert len(seen) == 4


def test_times_carry_the_offset_of_winter_in_summer_too(tmp_path: Path) -> None:
    """jsgoupil/quickbooks-sync: the wall time is right, the offset that of standard time."""
    july = StandingClock(1_720_000_000)  # 2024-07-03 05:46:40 in New York
    with Company.create(tmp_path / "a.qbw", customers=0, clock=july) as company:
        assert company.add_customer("Elm School").time_created == "2024-07-03T05:46:40-05:00"
    with Company.create(tmp_path / "b.qbw", customers=0, clock=july, deviations=()) as company:
        assert company.add_customer("Elm School").time_created == "2024-07-03T05:46:40-04:00"


def test_deviations_are_switched_while_a_service_reads(tmp_path: Path) -> None:
    """Over the wire: the next answer of an open session is what the switch, thrown elsewhere, makes it."""
    company, clock = make_company(tmp_path)
    clock.now = 1_720_000_000  # in July
    with company, Company.open(company.path, clock=clock) as elsewhere:
        asking = Asking(company)

        def read() -> list[tuple[str, str]]:
            found = asking.customers().findall("CustomerRet")
            return [(each.findtext("TimeCreated")[-6:], each.findtext("PreferredDeliveryMethod")) for each in found]

        company.add_customer("Elm School", preferred_delivery_method="Mail")
        company.add_customer("Oak House", preferred_delivery_method="Email")
        assert read() == [("-05:00", "Mail"), ("-05:00", "Email")]
        elsewhere.set_deviations(["mail-delivery"])
        assert read() == [("-04:00", "Mail"), ("-04:00", "Email")]
        elsewhere.set_deviations([])
        assert read() == [("-04:00", "None"), ("-04:00", "Email")]
        assert refusal(company, company.add_customer, "Ash", preferred_delivery_method="Mail").code == 3090
        elsewhere.set_deviations(DEVIATIONS)
        assert read() == [("-05:00", "None"), ("-05:00", "Email")]
        with pytest.raises(CompanyError, match="There is no deviation nonsense"):
            elsewhere.set_deviations(["nonsense"])


def test_times_of_winter_are_exact(company: Company) -> None:
    assert company.add_customer("Elm School").time_created == "2024-03-09T11:00:00-05:00"


# -- names and the tree --------------------------------------------------------------------------------------


def test_jobs_stand_below_their_customer_in_name_level_and_order(company: Company) -> None:
    school = company.add_customer("Elm School")
    company.add_customer("Elm School Annex")
    gym = company.add_customer("Gym", parent=school.list_id)
    floor = company.add_customer("Second Floor", parent=gym.list_id)
    assert (floor.full_name, floor.sublevel, floor.parent_id) == ("Elm School:Gym:Second Floor", 2, gym.list_id)
    assert [each.full_name for each in company.customers()] == [
        "Elm School",
        "Elm School:Gym",
        "Elm School:Gym:Second Floor",
        "Elm School Annex",
    ]


def test_names_are_unique_among_siblings_whatever_the_case(company: Company) -> None:
    school = company.add_customer("Elm School")
    company.add_customer("Gym", parent=school.list_id)
    error = refusal(company, company.add_customer, "ELM school")
    assert error.code == 3100
    assert str(error) == 'The name "Elm School" of the list element is already in use.'
    assert refusal(company, company.add_customer, "gym", parent=school.list_id).code == 3100
    company.add_customer("Gym")  # elsewhere in the tree it is free


def test_inactive_names_stay_taken(company: Company) -> None:
    company.set_active(company.add_customer("Elm School").list_id, active=False)
    assert refusal(company, company.add_customer, "Elm School").code == 3100


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Elm:School", 3090),
        ("Elm\tSchool", 3090),
        ("Elm\nSchool", 3090),
        ("北京", 3090),
        ("x" * 42, 3070),
        ("  ", 3150),
    ],
)
def test_a_name_that_quickbooks_could_not_hold_is_refused(company: Company, name: str, code: int) -> None:
    assert refusal(company, company.add_customer, name).code == code


def test_a_name_may_be_41_letters_long(company: Company) -> None:
    assert company.add_customer("x" * 41).name == "x" * 41


def test_five_levels_and_no_more(company: Company) -> None:
    parent = None
    for level in range(5):
        parent = company.add_customer(f"Level {level}", parent=parent).list_id
    assert company.customer(parent).sublevel == 4
    assert refusal(company, company.add_customer, "Level 5", parent=parent).code == 3130


def test_a_rename_rewrites_the_paths_below_and_touches_nobody_else(company: Company, clock: StandingClock) -> None:
    school = company.add_customer("Elm School")
    gym = company.add_customer("Gym", parent=school.list_id)
    floor = company.add_customer("Floor", parent=gym.list_id)
    clock.move(60)
    renamed = company.edit_customer(school.list_id, name="Oak School")
    assert company.customer(floor.list_id).full_name == "Oak School:Gym:Floor"
    assert renamed.edit_sequence != school.edit_sequence
    assert company.customer(gym.list_id).edit_sequence == gym.edit_sequence
    assert company.find("elm school") is None


def test_a_name_may_change_its_case_only(company: Company) -> None:
    school = company.add_customer("Elm School")
    company.add_customer("Gym", parent=school.list_id)
    company.edit_customer(school.list_id, name="ELM SCHOOL")
    assert [each.full_name for each in company.customers()] == ["ELM SCHOOL", "ELM SCHOOL:Gym"]


def test_a_job_moves_with_all_below_it(company: Company) -> None:
    school, clinic = company.add_customer("Elm School"), company.add_customer("Oak Clinic")
    gym = company.add_customer("Gym", parent=school.list_id)
    floor = company.add_customer("Floor", parent=gym.list_id)
    company.edit_customer(gym.list_id, parent=clinic.list_id)
    assert company.customer(floor.list_id).full_name == "Oak Clinic:Gym:Floor"
    company.edit_customer(gym.list_id, parent=None)
    assert (company.customer(floor.list_id).full_name, company.customer(floor.list_id).sublevel) == ("Gym:Floor", 1)


def test_nothing_moves_below_itself_or_too_deep(company: Company) -> None:
    school = company.add_customer("Elm School")
    gym = company.add_customer("Gym", parent=school.list_id)
    company.add_customer("Floor", parent=gym.list_id)
    assert refusal(company, company.edit_customer, school.list_id, parent=gym.list_id).code == 3130
    assert refusal(company, company.edit_customer, school.list_id, parent=school.list_id).code == 3130
    parent = None
    for level in range(4):
        parent = company.add_customer(f"Level {level}", parent=parent).list_id
    assert refusal(company, company.edit_customer, gym.list_id, parent=parent).code == 3130


# -- fields --------------------------------------------------------------------------------------------------


def test_a_job_made_by_hand_takes_over_what_its_customer_says(company: Company) -> None:
    school = company.add_customer(
        "Elm School",
        company_name="Elm School District",
        bill_address=address("Elm School District", "1 Elm St", city="Boise", state="ID", postal_code="83702"),
        phone="208-555-0100",
        terms="Net 30",
        account_number="A-1",
        notes="Key at the office",
    )
    gym = company.add_customer("Gym", parent=school.list_id)
    assert gym.company_name == "Elm School District"
    assert gym.bill_address == school.bill_address
    assert (gym.phone, gym["TermsRef"]) == (school.phone, school["TermsRef"])
    assert (gym["AccountNumber"], gym["Notes"]) == (None, None)
    bare = company.add_customer("Pool", parent=school.list_id, fill_from_parent=False)
    assert bare.company_name is None


def test_only_what_is_named_changes_and_none_clears(company: Company) -> None:
    school = company.add_customer("Elm School", phone="208-555-0100", email="a@school.example")
    edited = company.edit_customer(school.list_id, phone=None)
    assert (edited.phone, edited.email) == (None, "a@school.example")


def test_every_kind_of_field_can_be_set(company: Company) -> None:
    school = company.add_customer(
        "Elm School",
        bill_address_block=["Elm School", "", "1 Elm St"],
        ship_to_address=[ship_to("Gym", "2 Elm St", city="Boise", default=True)],
        additional_contact_ref=labelled("Mobile", "208-555-0101"),
        contacts_ret=[contact("Ann", last_name="Ash", phones=[labelled("Mobile", "208-555-0102")])],
        job_end_date="2024-05-01",
    )
    assert school["BillAddressBlock"] == {"Addr1": "Elm School", "Addr3": "1 Elm St"}
    assert school["ShipToAddress"][0]["DefaultShipTo"] is True
    assert school["AdditionalContactRef"] == [{"ContactName": "Mobile", "ContactValue": "208-555-0101"}]
    assert school["ContactsRet"][0]["ListID"]
    assert school["JobEndDate"] == "2024-05-01"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"company_name": "x" * 42}, 3070),
        ({"phone": "x" * 22}, 3070),
        ({"bill_address": address("x" * 42)}, 3070),
        ({"company_name": "東京"}, 3080),
        ({"notes": "a\x00b"}, 3080),
        ({"job_end_date": "2024-02-30"}, 3020),
        ({"terms": "Net 7"}, 3140),
        ({"ship_to_address": [ship_to(f"Site {number}", "x") for number in range(51)]}, 3090),
    ],
)
def test_a_value_that_does_not_fit_is_refused(company: Company, fields: dict[str, object], code: int) -> None:
    list_id = company.add_customer("Elm School").list_id
    assert refusal(company, company.edit_customer, list_id, **fields).code == code


def test_an_unknown_field_is_a_mistake_in_the_test(company: Company) -> None:
    with pytest.raises(TypeError, match="no field 'colour'"):
        company.add_customer("Elm School", colour="red")


def test_mail_is_possible_only_while_that_deviation_is_on(tmp_path: Path, company: Company) -> None:
    company.add_customer("Elm School", preferred_delivery_method="Mail")
    with Company.create(tmp_path / "strict.qbw", customers=30, deviations=()) as strict:
        assert refusal(strict, strict.add_customer, "Elm School", preferred_delivery_method="Mail").code == 3090
        assert {each["PreferredDeliveryMethod"] for each in strict.customers()} <= {"None", "Email"}


# -- balances ------------------------------------------------------------------------------------------------


def test_balances_add_up_the_tree(company: Company) -> None:
    school = company.add_customer("Elm School", balance="100.00")
    gym = company.add_customer("Gym", parent=school.list_id, balance="20.50")
    company.add_customer("Floor", parent=gym.list_id, balance="-5.25")
    assert company.customer(school.list_id).total_cents == 11525
    company.edit_customer(gym.list_id, parent=None)
    assert company.customer(school.list_id).total_cents == 10000
    assert company.customer(gym.list_id).total_cents == 1525


# -- inactive, deleted, merged -------------------------------------------------------------------------------


def test_an_inactive_customer_takes_its_jobs_along(company: Company) -> None:
    school = company.add_customer("Elm School")
    gym = company.add_customer("Gym", parent=school.list_id)
    company.set_active(school.list_id, active=False)
    assert not company.customer(gym.list_id).is_active
    assert company.count(active_only=True) == 0
    company.set_active(gym.list_id, active=True)
    assert company.customer(school.list_id).is_active


def test_nothing_active_stands_below_what_is_inactive(company: Company) -> None:
    school, clinic = company.add_customer("Elm School"), company.add_customer("Oak Clinic")
    company.set_active(school.list_id, active=False)
    assert refusal(company, company.add_customer, "Gym", parent=school.list_id).code == 3130
    assert refusal(company, company.edit_customer, clinic.list_id, parent=school.list_id).code == 3130


def test_a_deleted_customer_enters_the_feed(company: Company, clock: StandingClock) -> None:
    school = company.add_customer("Elm School")
    clock.move(60)
    company.delete_customer(school.list_id)
    (deleted,) = company.deleted()
    assert (deleted.list_id, deleted.full_name, deleted.time_deleted) == (school.list_id, "Elm School", NOON + 60)
    assert refusal(company, company.customer, school.list_id).code == 3120
    clock.move(91 * 86400)
    assert company.deleted() == []


def test_what_something_hangs_on_is_not_deleted(company: Company) -> None:
    school = company.add_customer("Elm School")
    company.add_customer("Gym", parent=school.list_id)
    clinic = company.add_customer("Oak Clinic", balance="1.00")
    assert refusal(company, company.delete_customer, school.list_id).code == 3160
    assert refusal(company, company.delete_customer, clinic.list_id).code == 3160


def test_a_merge_moves_jobs_and_balance_and_the_other_vanishes(company: Company) -> None:
    old, new = company.add_customer("Elm Schol", balance="10.00"), company.add_customer("Elm School", balance="5.00")
    gym = company.add_customer("Gym", parent=old.list_id, balance="1.00")
    merged = company.merge_customers(old.list_id, to=new.list_id)
    assert (merged.balance_cents, merged.total_cents) == (1500, 1600)
    assert company.customer(gym.list_id).full_name == "Elm School:Gym"
    assert [deleted.list_id for deleted in company.deleted()] == [old.list_id]
    assert merged.edit_sequence != new.edit_sequence


def test_a_merge_that_cannot_be_changes_nothing(company: Company) -> None:
    school, clinic = company.add_customer("Elm School"), company.add_customer("Oak Clinic")
    gym = company.add_customer("Gym", parent=school.list_id)
    company.add_customer("Gym", parent=clinic.list_id)
    assert refusal(company, company.merge_customers, school.list_id, to=clinic.list_id).code == 3100
    refusal(company, company.merge_customers, school.list_id, to=school.list_id)
    refusal(company, company.merge_customers, school.list_id, to=gym.list_id)


def test_a_job_can_be_merged_into_its_customer(company: Company) -> None:
    school = company.add_customer("Elm School", balance="1.00")
    gym = company.add_customer("Gym", parent=school.list_id, balance="2.00")
    floor = company.add_customer("Floor", parent=gym.list_id)
    merged = company.merge_customers(gym.list_id, to=school.list_id)
    assert merged.total_cents == 300
    assert company.customer(floor.list_id).full_name == "Elm School:Floor"


# -- private data and preferences ----------------------------------------------------------------------------


def test_private_data_belongs_to_its_owner(company: Company) -> None:
    owner = "{aaaaaaaa-2222-4333-8444-555555555555}"
    company.set_data_ext(owner, "FileID", "{1}")
    assert company.file_id(owner.upper()) == "{1}"
    assert company.file_id("{bbbbbbbb-2222-4333-8444-555555555555}") is None
    assert company.stamps() == [(owner.upper(), "{1}")]
    company.set_data_ext(owner, "FileID", None)
    assert company.file_id(owner) is None


def test_preferences_can_be_changed_and_removed(company: Company) -> None:
    assert not company.is_on("MultiCurrencyPreferences.IsMultiCurrencyOn")
    company.set_preference("MultiCurrencyPreferences.IsMultiCurrencyOn", True)
    assert company.is_on("MultiCurrencyPreferences.IsMultiCurrencyOn")
    company.set_preference("AccountingPreferences.ClosingDate", "2023-12-31")
    company.set_preference("AccountingPreferences.ClosingDate", None)
    assert "ClosingDate" not in company.preferences()["AccountingPreferences"]


def test_a_transaction_that_fails_leaves_nothing(company: Company) -> None:
    def half() -> None:
        with company.transaction():
            company.add_customer("Elm School")
            company.add_customer("Elm School")

    refusal(company, half)
    assert company.count() == 0
