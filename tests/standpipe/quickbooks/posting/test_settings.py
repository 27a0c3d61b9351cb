"""The QuickBooks Desktop settings: what is stored, what does not hold, what is proposed. Requirements 52, 69, 72."""

from datetime import date

import pytest

from standpipe.activity.models import Activity
from standpipe.core.errors import UserError
from standpipe.invoices.numbering import set_numbering
from standpipe.quickbooks.connections.models import Connection
from standpipe.quickbooks.lists.models import ListEntry, ListKind
from standpipe.quickbooks.posting.proposals import number_proposal, proposals_of
from standpipe.quickbooks.posting.setting_actions import change_settings
from standpipe.quickbooks.posting.setting_checks import problem_with, problems_of_settings
from standpipe.quickbooks.posting.settings import MethodSetting, PostingSettings, settings_of
from support.catalogue_worlds import make_entry, make_usual_lists, set_fact
from support.quickbooks_worlds import make_connection
from support.worlds import World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def connection(world) -> Connection:
    return make_connection(world.organization)


@pytest.fixture
def lists(connection) -> dict[str, ListEntry]:
    return make_usual_lists(connection)


def wrong(connection) -> dict[str, str]:
    return {one.field: one.wrong for one in problems_of_settings(connection)}


def chosen_all(connection, world, lists) -> PostingSettings:
    return change_settings(
        connection,
        by=world.alice,
        default_item=lists["Repair"].list_id,
        taxable_code=lists["Tax"].list_id,
        nontaxable_code=lists["Non"].list_id,
        methods={
            "check": {"payment_method": lists["Check"].list_id, "deposit_account": lists["Funds"].list_id},
            "cash": MethodSetting(lists["Cash"].list_id),
            "credit_card": {"payment_method": lists["Visa"].list_id},
            "ach_echeck": {"payment_method": lists["E-Check"].list_id},
        },
    )


def test_settings_are_stored_and_told_by_name_and_a_repeat_writes_nothing(connection, world, lists):
    chosen_all(connection, world, lists)
    change_settings(connection, by=world.alice, leave_out_before=date(2026, 1, 1), notify=[str(world.bob.pk)])
    change_settings(connection, by=world.alice, post_to="job")

    kept = settings_of(Connection.objects.get())
    assert kept.method("check") == MethodSetting(lists["Check"].list_id, lists["Funds"].list_id)
    assert (kept.leave_out_before, kept.notify, kept.post_to) == (date(2026, 1, 1), (str(world.bob.pk),), "job")
    assert wrong(connection) == {}
    told = Activity.objects.filter(verb="connection.posting_changed")
    assert told.count() == 2
    assert told.order_by("id").first().after["default_item"] == "Repair"


def test_what_is_missing_is_named_and_a_deposit_account_is_not_needed(connection, lists):
    assert wrong(connection) == dict.fromkeys(
        ("default_item", "taxable_code", "nontaxable_code",
         *(f"methods.{name}.payment_method" for name in ("credit_card", "ach_echeck", "check", "cash"))),
        "missing",
    )  # fmt: skip


def test_codes_are_not_needed_where_sales_tax_is_off_and_a_line_needs_its_item(connection, world, lists):
    set_fact(connection, ListKind.PREFERENCES, {})
    assert "taxable_code" not in wrong(connection)
    change_settings(connection, by=world.alice, tax_as="line")
    assert wrong(connection)["tax_line_item"] == "missing"
    assert "nontaxable_code" not in wrong(connection)


def test_a_tax_that_is_a_line_needs_the_code_that_keeps_quickbooks_from_taxing_it(connection, world, lists):
    change_settings(connection, by=world.alice, tax_as="line")
    assert wrong(connection)["nontaxable_code"] == "missing"
    assert "taxable_code" not in wrong(connection)


def test_a_choice_that_went_bad_in_quickbooks_is_said_at_its_field(connection, world, lists):
    """Requirements 52, 72."""
    chosen_all(connection, world, lists)
    ListEntry.objects.filter(pk=lists["Repair"].pk).update(is_active=False)
    ListEntry.objects.filter(pk=lists["Check"].pk).update(gone_at="2026-03-01T00:00Z")
    ListEntry.objects.filter(pk=lists["Cash"].pk).delete()
    ListEntry.objects.filter(pk=lists["Funds"].pk).update(said={"AccountType": "Income"})

    assert wrong(connection) == {
        "default_item": "inactive",
        "methods.check.payment_method": "gone",
        "methods.check.deposit_account": "wrong_type",
        "methods.cash.payment_method": "unknown",
    }
    assert problem_with(connection, "default_item").text.startswith("“Repair” is inactive in QuickBooks.")
    change_settings(connection, by=world.alice, bill_to="ours")  # the rest can still be changed


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ("default_item", "County"),
        ("taxable_code", "Non"),
        ("nontaxable_code", "Tax"),
        ("methods.check.deposit_account", "Income"),
        ("methods.check.payment_method", "Repair"),
    ],
)
def test_what_does_not_fit_is_refused_at_its_field(connection, world, lists, field, name):
    first, *rest = field.split(".")
    list_id = lists[name].list_id
    change = {first: {rest[0]: {rest[1]: list_id}} if rest else list_id}
    with pytest.raises(UserError) as refused:
        change_settings(connection, by=world.alice, **change)
    assert refused.value.field == field
    assert settings_of(Connection.objects.get()) == PostingSettings()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"post_to": "nowhere"}, "post_to"),
        ({"colour": "red"}, "colour"),
        ({"methods": {"barter": {}}}, "methods"),
        ({"notify": ["01900000-0000-7000-8000-000000000000"]}, "notify"),
    ],
)
def test_nonsense_is_refused(connection, world, lists, change, field):
    with pytest.raises(UserError) as refused:
        change_settings(connection, by=world.alice, **change)
    assert refused.value.field == field


def test_proposals_go_by_name_then_kind_and_only_where_nothing_is_chosen(connection, world, lists):
    proposed = proposals_of(connection)
    names = {field: ListEntry.objects.get(list_id=list_id).full_name for field, list_id in proposed.items()}
    assert names == {
        "taxable_code": "Tax",
        "nontaxable_code": "Non",
        "methods.credit_card.payment_method": "Visa",
        "methods.ach_echeck.payment_method": "E-Check",
        "methods.check.payment_method": "Check",
        "methods.cash.payment_method": "Cash",
        **{f"methods.{name}.deposit_account": "*Undeposited Funds" for name in settings_of(connection).methods},
    }
    chosen_all(connection, world, lists)
    assert "methods.check.payment_method" not in proposals_of(connection)

    named_otherwise = make_entry(connection, "PaymentMethod", "Plastic", PaymentMethodType="MasterCard")
    lists["Visa"].delete()
    change_settings(connection, by=world.alice, methods={"credit_card": {"payment_method": ""}})
    assert proposals_of(connection)["methods.credit_card.payment_method"] == named_otherwise.list_id


def test_the_next_number_is_proposed_above_the_highest_in_quickbooks(connection, world, lists):
    """Requirement 58."""

    def proposal():
        found = number_proposal(connection)
        return found and (found.highest, found.prefix, found.next_number)

    assert proposal() == ("1041", "", 1042)
    set_fact(connection, ListKind.INVOICE_NUMBERS, {"series": {"": [1041, 3], "W-": [77, 9]}, "until": "2026-03-01"})
    assert proposal() == ("W-77", "W-", 78)  # most invoices bear that prefix
    set_numbering(world.organization, by=None, prefix="", next_number=500)
    assert proposal() == ("1041", "", 1042)
    set_numbering(world.organization, by=None, prefix="A", next_number=5)
    assert proposal() == ("", "A", 5)
    set_fact(connection, ListKind.INVOICE_NUMBERS, {"series": {}, "until": "2026-03-01"})
    assert proposal() is None
