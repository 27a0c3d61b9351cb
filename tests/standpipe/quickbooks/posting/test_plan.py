"""Where an invoice is posted, and why (requirements 6 and 61)."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from standpipe.core.errors import UserError
from standpipe.quickbooks.linking.actions import link_customer, unlink
from standpipe.quickbooks.linking.bill_to import Tie
from standpipe.quickbooks.posting.actions import queue_invoice
from standpipe.quickbooks.posting.plan import WHY, Found, choose_customer, decide, plan_for, plans_of
from support.quickbooks_worlds import make_connection, make_customer, mark_list_whole
from support.ready_books import make_books
from support.worlds import make_building

HERE, THERE = uuid4(), uuid4()
ELM, OAK = Found(Tie("1", "Elm"), HERE), Found(Tie("3", "Oak"), HERE)
GYM = Found(Tie("2", "Elm:Gym", frozenset({"1"})), HERE)
FAR = Found(Tie("1", "Elm"), THERE)

# building, account, setting -> whom, why
RULES = [
    (None, None, "job", None, "not_linked"),
    (GYM, None, "job", "2", "own"),
    (GYM, None, "customer", "2", "own"),
    (None, ELM, "job", "1", "account"),
    (ELM, ELM, "job", "1", "same"),
    (GYM, ELM, "job", "2", "job"),
    (GYM, ELM, "customer", "1", "customer"),
    (GYM, OAK, "job", None, "undecided"),
    (GYM, OAK, "customer", None, "undecided"),
    (GYM, FAR, "job", None, "two_files"),
    (ELM, FAR, "job", None, "two_files"),
]


@pytest.mark.parametrize(("building", "account", "post_to", "whom", "why"), RULES)
def test_the_rule(building: Found, account: Found, post_to: str, whom: str | None, why: str) -> None:
    found, reason = decide(building=building, account=account, chosen=None, post_to=post_to)
    assert (found.tie.list_id if found else None, reason) == (whom, why)
    assert why in WHY


def test_what_a_person_chose_holds_while_the_links_lead_there() -> None:
    found, why = decide(building=GYM, account=OAK, chosen=(HERE, "3"), post_to="job")
    assert (found and found.tie.list_id, why) == ("3", "chosen")
    above, _ = decide(building=GYM, account=OAK, chosen=(HERE, "1"), post_to="job")
    assert above is not None
    assert above.tie.list_id == "1"
    assert decide(building=GYM, account=OAK, chosen=(HERE, "9"), post_to="job") == (None, "outdated")
    assert decide(building=GYM, account=None, chosen=(THERE, "2"), post_to="job") == (None, "outdated")
    assert decide(building=None, account=None, chosen=(HERE, "2"), post_to="job") == (None, "not_linked")


@pytest.mark.django_db
def test_a_job_under_its_accounts_customer_is_billed_itself_unless_the_settings_say_otherwise() -> None:
    books = make_books()
    invoice = books.invoice()
    plan = plan_for(invoice)
    assert (plan.customer_name, plan.why, plan.connection) == ("Elm School:Gym", "job", books.connection)
    books.settings(post_to="customer")
    plan = plan_for(invoice)
    assert (plan.customer_name, plan.why) == ("Elm School", "customer")


@pytest.mark.django_db
def test_an_imported_and_a_linked_building_are_the_same_to_the_rule() -> None:
    """Requirement 4."""
    books = make_books()
    books.building.quickbooks_links.update(origin="imported")
    assert plan_for(books.invoice()).customer_name == "Elm School:Gym"


@pytest.mark.django_db
def test_an_invoice_of_an_account_goes_to_its_customer() -> None:
    books = make_books()
    plan = plan_for(books.invoice(place=books.account))
    assert (plan.customer_name, plan.why) == ("Elm School", "account")
    unlink(books.account, by=books.alice)
    assert plan_for(books.invoice(place=books.account)).why == "account_not_linked"


@pytest.mark.django_db
def test_a_person_picks_among_what_the_links_lead_to() -> None:
    """Requirement 61: with unrelated customers nothing goes before somebody says where."""
    books = make_books()
    other = make_customer(books.connection, name="Oak Offices")
    books.link(books.account, other)
    invoice = books.invoice()
    plan = plan_for(invoice)
    assert (plan.customer_list_id, plan.why) == ("", "undecided")
    assert [choice.full_name for choice in plan.choices] == ["Elm School:Gym", "Oak Offices", "Elm School"]
    with pytest.raises(UserError, match="only be posted"):
        choose_customer(invoice, list_id="nobody", by=books.alice)
    choose_customer(invoice, list_id=other.list_id, by=books.alice)
    plan = plan_for(invoice)
    assert (plan.customer_name, plan.why, plan.chosen_by) == ("Oak Offices", "chosen", books.alice)
    choose_customer(invoice, list_id="", by=books.alice)
    assert plan_for(invoice).why == "undecided"


@pytest.mark.django_db
def test_a_choice_that_the_links_do_not_lead_to_any_more_is_not_followed_silently() -> None:
    books = make_books()
    invoice = books.invoice()
    choose_customer(invoice, list_id=books.customer.list_id, by=books.alice)
    assert plan_for(invoice).customer_name == "Elm School"
    stranger = make_customer(books.connection, name="Stranger")
    books.link(books.account, stranger)
    books.link(books.building, stranger)
    assert (plan_for(invoice).why, plan_for(invoice).customer_list_id) == ("outdated", "")


@pytest.mark.django_db
def test_whose_billing_address_it_bears_is_left_to_quickbooks_unless_a_person_says_ours() -> None:
    books = make_books()
    invoice = books.invoice()
    assert not plan_for(invoice).send_bill_to
    choose_customer(invoice, list_id="", by=books.alice, send_bill_to=True)
    assert plan_for(invoice).send_bill_to
    assert plan_for(invoice).why == "job"


@pytest.mark.django_db
def test_the_link_decides_the_company_file() -> None:
    books = make_books()
    second = make_connection(books.organization, file_company_name="Second Books")
    there = make_customer(second, name="Elm School")
    mark_list_whole(second)
    building = make_building(books.organization, name="Pool")
    link_customer(building, connection=second, list_id=there.list_id, by=books.alice)
    assert plan_for(books.invoice(place=building)).connection == second
    assert plan_for(books.invoice()).connection == books.connection


@pytest.mark.django_db
def test_nobody_changes_where_it_goes_once_it_is_on_its_way() -> None:
    books = make_books()
    invoice = books.invoice()
    queue_invoice(invoice, by=books.alice)
    with pytest.raises(UserError) as refusal:
        choose_customer(invoice, list_id=books.customer.list_id, by=books.alice)
    assert refusal.value.code == "locked"


@pytest.mark.django_db
def test_many_plans_cost_no_more_queries_than_one() -> None:
    books = make_books()
    one = [books.invoice()]
    many = [*one, *(books.invoice() for _ in range(4)), books.invoice(place=books.account)]
    with CaptureQueriesContext(connection) as few:
        plans_of(one)
    with CaptureQueriesContext(connection) as more:
        plans_of(many)
    assert len(more) == len(few)
