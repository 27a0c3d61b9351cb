from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from standpipe.activity.models import Activity
from standpipe.catalog.actions import archive_item, archive_terms
from standpipe.core.errors import UserError
from standpipe.invoices import guards
from standpipe.invoices.actions import (
    archive_invoice,
    copy_invoice,
    create_invoice,
    edit_invoice,
    restore_invoice,
    set_paid,
)
from standpipe.invoices.lines import NewLine, counted, rate_for
from standpipe.invoices.models import Invoice
from standpipe.invoices.numbering import next_number, numbering_of, set_numbering
from standpipe.invoices.queries import billing_contact, find_invoice, invoices_of, latest_for, lines_of, sums_of
from support.invoices import MARCH, line, make_invoice, make_item, make_sales_tax, make_terms
from support.worlds import make_account, make_building, make_contact, make_organization, make_world

pytestmark = pytest.mark.django_db


# Numbers


def test_numbers_go_up_and_leave_out_what_is_used():
    organization = make_organization()
    building = make_building(organization)
    set_numbering(organization, by=None, prefix="INV-", next_number=1042)
    make_invoice(building, number="INV-1043")
    assert [make_invoice(building).number for _ in range(2)] == ["INV-1042", "INV-1044"]
    assert (next_number(organization), numbering_of(organization).next_number) == ("INV-1045", 1045)


def test_a_number_that_was_proposed_and_typed_is_counted():
    building = make_building(make_organization())
    assert make_invoice(building, number="1").number == "1"
    assert next_number(building.organization) == "2"


def test_an_empty_number_stays_empty_and_may_stand_often():
    building = make_building(make_organization())
    assert [make_invoice(building, number="").number for _ in range(2)] == ["", ""]


def test_numbers_of_archived_invoices_are_not_proposed_but_may_be_typed():
    building = make_building(make_organization())
    archive_invoice(make_invoice(building, number="1"), by=None)
    assert next_number(building.organization) == "2"
    assert make_invoice(building, number="1").number == "1"


def test_case_tells_numbers_apart_as_in_quickbooks():
    building = make_building(make_organization())
    make_invoice(building, number="a1")
    assert make_invoice(building, number="A1").number == "A1"


def test_numbers_that_are_used_up_are_said_to_be():
    building = make_building(make_organization())
    set_numbering(building.organization, by=None, prefix="", next_number=99999999999)
    make_invoice(building)
    assert next_number(building.organization) == ""
    with pytest.raises(UserError, match="used up"):
        make_invoice(building)
    assert make_invoice(building, number="5").number == "5"


@pytest.mark.parametrize(("prefix", "number"), [("INV-", 99999999), ("123456789", 1), ("", 0)])
def test_a_numbering_that_cannot_be_is_refused(prefix: str, number: int):
    with pytest.raises(UserError):
        set_numbering(make_organization(), by=None, prefix=prefix, next_number=number)


def test_the_database_itself_keeps_a_number_from_standing_twice():
    building = make_building(make_organization())
    make_invoice(building, number="7")
    other = make_invoice(building, number="8")
    with pytest.raises(IntegrityError), transaction.atomic():
        Invoice.objects.filter(pk=other.pk).update(number="7")


# Lines


def test_what_a_line_leaves_open_follows():
    item = make_item(make_organization(), rate="80")
    assert counted(NewLine(item=item)).amount == Decimal("80.00")
    assert counted(NewLine(item=item, quantity=Decimal("2.5"))).amount == Decimal("200.00")
    assert counted(NewLine(item=item, amount=Decimal(5))).rate is None
    assert counted(NewLine(description="x")) == NewLine(description="x")
    assert rate_for(Decimal(10), Decimal(3)) == Decimal("3.33333")
    assert rate_for(Decimal("0.01"), Decimal(100000)) is None
    assert rate_for(Decimal(10), None) == Decimal(10)
    assert rate_for(Decimal(10), Decimal(0)) is None


def test_tax_follows_the_item_unless_said_otherwise():
    organization = make_organization()
    item = make_item(organization, is_taxable=True)
    lines = [line("1", item=item), line("1", item=item, taxable=False), line("1"), line("1", taxable=True)]
    invoice = make_invoice(make_building(organization), lines=lines)
    assert [one.is_taxable for one in lines_of(invoice)] == [True, False, False, True]


def test_an_invoice_for_nothing_is_an_invoice():
    invoice = make_invoice(make_building(make_organization()), lines=[line("0")])
    assert (invoice.total, invoice.balance_due) == (0, 0)


def test_too_many_lines_and_too_much_money_are_refused():
    building = make_building(make_organization())
    with pytest.raises(UserError, match="at most 500 lines"):
        make_invoice(building, lines=[line("1")] * 501)
    with pytest.raises(UserError, match="together are too large"):
        make_invoice(building, lines=[line("9999999999"), line("1")])
    assert make_invoice(building, lines=[line("9999999999.99")]).total == Decimal("9999999999.99")


# Editing


def test_an_edit_writes_and_tells_only_what_differs():
    world = make_world()
    invoice = make_invoice(make_building(world.organization), memo="a")
    before = find_invoice(world.organization, invoice.id)
    edit_invoice(invoice, by=world.otto, memo="a", lines=[line("100.00", description="Inspection")])
    assert find_invoice(world.organization, invoice.id).updated_at == before.updated_at
    edit_invoice(invoice, by=world.otto, memo="b")
    told = Activity.objects.latest("id")
    assert (told.verb, told.before, told.after) == ("invoice.edited", {"memo": "a"}, {"memo": "b"})


def test_a_due_date_follows_its_terms_until_somebody_overrides_it():
    """Requirement 69."""
    organization = make_organization()
    net, receipt = make_terms(organization), make_terms(organization, name="On receipt", due_days=0)
    invoice = make_invoice(make_building(organization), terms=net)
    edit_invoice(invoice, by=None, terms=receipt)
    assert invoice.due_date == MARCH
    edit_invoice(invoice, by=None, due_date=date(2026, 5, 5))
    edit_invoice(invoice, by=None, terms=net)
    assert invoice.due_date == date(2026, 5, 5)
    edit_invoice(invoice, by=None, due_date=None)
    assert invoice.due_date == date(2026, 4, 11)


def test_terms_that_lead_beyond_2038_are_told():
    organization = make_organization()
    net = make_terms(organization)
    with pytest.raises(UserError, match="19 January 2038") as refused:
        make_invoice(make_building(organization), terms=net, date=date(2038, 1, 1))
    assert refused.value.field == "due_date"


def test_a_new_rate_of_the_tax_counts_when_the_invoice_is_saved_again():
    organization = make_organization()
    tax = make_sales_tax(organization, "10")
    invoice = make_invoice(make_building(organization), lines=[line("10", taxable=True)], sales_tax=tax)
    tax.parts = [{"name": "", "rate": "20"}]
    tax.save()
    assert find_invoice(organization, invoice.id).total == 11
    assert edit_invoice(invoice, by=None, memo="again").total == 12


def test_what_is_archived_stays_on_what_bears_it_and_is_refused_on_all_else():
    organization = make_organization()
    net, item = make_terms(organization), make_item(organization)
    building = make_building(organization)
    invoice = make_invoice(building, terms=net, lines=[line(item=item, quantity="1")])
    archive_terms(net, by=None)
    archive_item(item, by=None)
    (kept,) = lines_of(invoice)
    same = NewLine(id=kept.id, item=item, quantity=Decimal(2))
    assert edit_invoice(invoice, by=None, terms=net, lines=[same]).total == 160
    with pytest.raises(UserError, match="“Net 30” is archived"):
        make_invoice(building, terms=net)
    with pytest.raises(UserError, match="“Inspection” is archived") as refused:
        make_invoice(building, lines=[line(item=item)])
    assert refused.value.field == "lines.0.item"
    copied = copy_invoice(invoice, by=None, date=MARCH)
    assert (copied.terms, copied.total, lines_of(copied)[0].item) == (None, 160, None)
    assert lines_of(copied)[0].description == "Inspection"


def test_an_archived_invoice_is_not_edited():
    invoice = make_invoice(make_building(make_organization()))
    archive_invoice(archive_invoice(invoice, by=None), by=None)
    with pytest.raises(UserError, match="Bring it back"):
        edit_invoice(invoice, by=None, memo="x")
    restore_invoice(restore_invoice(invoice, by=None), by=None)
    assert Activity.objects.filter(verb__startswith="invoice.").count() == 3


def test_a_line_is_named_once_and_is_the_invoices_own():
    building = make_building(make_organization())
    invoice = make_invoice(building)
    (kept,) = lines_of(invoice)
    for lines in ([NewLine(id=uuid4(), amount=Decimal(1))], [NewLine(id=kept.id, amount=Decimal(1))] * 2):
        with pytest.raises(UserError, match="no such line"):
            edit_invoice(find_invoice(building.organization, invoice.id), by=None, lines=lines)
    assert lines_of(invoice) == [kept]


def test_what_somebody_else_locks_is_left_alone():
    invoice = make_invoice(make_building(make_organization()))
    guards.add("test", lambda locked: "Take it back first." if locked.pk == invoice.pk else None)
    try:
        for write in (lambda: edit_invoice(invoice, by=None, memo="x"), lambda: archive_invoice(invoice, by=None)):
            with pytest.raises(UserError, match="Take it back first") as refused:
                write()
            assert refused.value.code == "locked"
        set_paid(invoice, paid=Decimal(5))  # payments are another matter
        with pytest.raises(ValueError, match="registered twice"):
            guards.add("test", lambda _locked: None)
    finally:
        guards.remove("test")
    assert find_invoice(invoice.organization, invoice.id).balance_due == 95


def test_an_invoice_is_for_one_thing_of_the_same_organization():
    world = make_world()
    account, building = make_account(world.organization), make_building(world.organization)
    for wrong in ({}, {"account": account, "building": building}):
        with pytest.raises(UserError, match="one account or one building"):
            create_invoice(world.organization, by=None, lines=[line("1")], date=MARCH, **wrong)
    with pytest.raises(UserError, match="another organization"):
        create_invoice(
            world.organization, by=None, lines=[line("1")], date=MARCH, building=make_building(world.elsewhere)
        )


# Reading


def test_the_billing_contact_is_an_own_one_before_the_accounts():
    """Requirements 65 and 66."""
    organization = make_organization()
    account = make_account(organization)
    building = make_building(organization, account=account)
    assert billing_contact(building) is None
    above = make_contact(organization, name="Ann", at=account, roles=("billing",))
    assert billing_contact(building) == above
    own = make_contact(organization, name="Zoe", at=building, roles=("owner", "billing"))
    assert billing_contact(building) == own
    assert billing_contact(account) == above


def test_invoices_of_an_account_are_those_of_its_buildings_too():
    organization = make_organization()
    account = make_account(organization)
    building = make_building(organization, account=account)
    ours = [make_invoice(account), make_invoice(building)]
    make_invoice(make_building(organization, name="Alone"))
    assert set(invoices_of(organization, account=account)) == set(ours)
    assert list(invoices_of(organization, building=building)) == ours[1:]
    assert (latest_for(account), latest_for(building)) == tuple(ours)
    assert sums_of(invoices_of(organization)) == (300, 300)
    with pytest.raises(Invoice.DoesNotExist):
        find_invoice(organization, "nonsense")
