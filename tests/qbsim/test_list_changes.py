"""ListDel and ListMerge over the wire, and the feed of what vanished."""

from dataclasses import dataclass
from typing import Self

import pytest
from lxml import etree

from qbsim.company import Company, ship_to
from qbsim.references import dangling
from qbsim.transactions.invoices import line
from support.company_files import Asking, StandingClock, contents, status


@pytest.fixture
def books(company: Company) -> Company:
    """Single-user mode; Elm School with a gym, and Ash School, which pays by Net 15."""
    company.set_host("QBFileMode", "SingleUser")
    elm = company.add_customer("Elm School")
    company.add_customer("Gym", parent=elm.list_id)
    company.add_customer("Ash School", terms="Net 15", balance="5.00")
    company.add_customer("Oak")
    return company


def delete(company: Company, kind: str, list_id: str) -> etree._Element:
    body = f"<ListDelType>{kind}</ListDelType><ListID>{list_id}</ListID>"
    return Asking(company).ask(f"<ListDelRq>{body}</ListDelRq>")[0]


def merge(company: Company, kind: str, source: object, target: object, *, more: str = "") -> etree._Element:
    ends = "".join(
        f"<{end}><ListID>{each.list_id}</ListID><EditSequence>{each.edit_sequence}</EditSequence></{end}>"
        for end, each in (("MergeFrom", source), ("MergeTo", target))
    )
    return Asking(company).ask(f"<ListMergeRq><ListMergeType>{kind}</ListMergeType>{ends}{more}</ListMergeRq>")[0]


def feed(company: Company, *kinds: str, more: str = "") -> list[tuple[str, str]]:
    types = "".join(f"<ListDelType>{kind}</ListDelType>" for kind in kinds)
    answer = Asking(company).ask(f"<ListDeletedQueryRq>{types}{more}</ListDeletedQueryRq>")[0]
    return [(each.findtext("ListDelType"), each.findtext("FullName")) for each in answer]


def test_what_nobody_uses_is_deleted_and_enters_the_feed(books: Company, clock: StandingClock) -> None:
    oak = books.find("Oak")
    answer = delete(books, "Customer", oak.list_id)
    assert status(answer) == ("0", "Info")
    assert answer.findtext("FullName") == "Oak"
    assert books.find("Oak") is None
    hood = books.lists.find("ItemService", "Inspection:Kitchen Hood")
    assert status(delete(books, "ItemService", hood.list_id)) == ("0", "Info")
    assert feed(books, "Customer", "ItemService") == [("Customer", "Oak"), ("ItemService", "Inspection:Kitchen Hood")]
    clock.move(91 * 86400)
    assert feed(books, "Customer", "ItemService") == []


REFUSED_DELETIONS = {
    "a customer with jobs": ("Customer", "Elm School", "3160"),
    "a customer with a balance": ("Customer", "Ash School", "3160"),
    "terms that a customer has": ("StandardTerms", "Net 15", "3160"),
    "a class with one below": ("Class", "Repairs", "3160"),
    "the account that items post to": ("Account", "Parts Sales", "3160"),
    "an account that QuickBooks needs": ("Account", "Retained Earnings", "3160"),
    "the tax that the preferences name": ("ItemSalesTax", "State Tax", "3160"),
    "a tax that a group holds": ("ItemSalesTax", "City Tax", "3160"),
    "an item that a group holds": ("ItemService", "Inspection:Fire Alarm", "3160"),
    "a vendor that an item names": ("Vendor", "Kestrel Extinguisher Works", "3160"),
    "a service under the name of a customer": ("Customer", "Subtotal", "3120"),
    "an account as item": ("ItemService", "Savings", "3120"),
}


def list_id_of(company: Company, full_name: str) -> str:
    rows = company.db.execute(
        "SELECT list_id FROM customers WHERE full_name = ?1 UNION SELECT list_id FROM elements WHERE full_name = ?1",
        (full_name,),
    ).fetchall()
    assert len(rows) == 1, full_name
    return rows[0]["list_id"]


@pytest.mark.parametrize("case", REFUSED_DELETIONS)
def test_what_is_in_use_stays(books: Company, case: str) -> None:
    kind, full_name, code = REFUSED_DELETIONS[case]
    list_id = list_id_of(books, full_name)
    before = contents(books)
    assert status(delete(books, kind, list_id)) == (code, "Error")
    assert contents(books) == before


def test_what_is_gone_or_never_was_is_not_found(books: Company) -> None:
    oak = books.find("Oak").list_id
    delete(books, "Customer", oak)
    before = contents(books)
    for kind, list_id in (("Customer", oak), ("ToDo", "80000FFF-1"), ("Vehicle", oak)):
        assert status(delete(books, kind, list_id)) == ("3120", "Error")
    assert contents(books) == before


def test_nothing_is_deleted_or_merged_while_others_work_in_the_file(books: Company) -> None:
    books.set_host("QBFileMode", "MultiUser")
    before = contents(books)
    assert status(delete(books, "Customer", books.find("Oak").list_id)) == ("3162", "Error")
    answer = merge(books, "Customer", books.find("Oak"), books.find("Elm School"))
    assert status(answer) == ("3162", "Error")
    assert contents(books) == before


def test_a_merge_moves_jobs_and_balance_and_leaves_one(books: Company) -> None:
    elm, ash = books.find("Elm School"), books.find("Ash School")
    answer = merge(books, "Customer", elm, ash)
    assert status(answer) == ("0", "Info")
    assert answer.findtext("MergedFrom/FullName") == "Elm School"
    assert answer.findtext("MergedTo/ListID") == ash.list_id
    assert int(answer.findtext("MergedTo/EditSequence")) > int(ash.edit_sequence)
    assert [each.full_name for each in books.customers()] == ["Ash School", "Ash School:Gym", "Oak"]
    assert feed(books, "Customer") == [("Customer", "Elm School")]


def test_a_merge_carries_over_everything_that_referred_to_the_one_that_goes(books: Company) -> None:
    lists = books.lists
    parts, service = lists.find("Account", "Parts Sales"), lists.find("Account", "Service Income")
    assert status(merge(books, "Account", parts, service)) == ("0", "Info")
    stocked = lists.find("ItemInventory", "Extinguisher:Class K")
    assert stocked["IncomeAccountRef"] == service.list_id
    assert lists.find("ItemNonInventory", "Parts")["SalesOrPurchase"]["AccountRef"] == service.list_id
    state, county = lists.find("ItemSalesTax", "State Tax"), lists.find("ItemSalesTax", "County Tax")
    assert status(merge(books, "ItemSalesTax", state, county)) == ("0", "Info")
    default = Asking(books).ask("<PreferencesQueryRq/>")[0]
    assert default.findtext("*/SalesTaxPreferences/DefaultItemSalesTaxRef/FullName") == "County Tax"
    assert dangling(books.db) == []


REFUSED_MERGES = {
    "a source that never was": ("Customer", "", "Ash School", "3120", {}),
    "a target that never was": ("Customer", "Oak", "", "3120", {}),
    "an item that never was": ("ItemService", "", "Hydrostatic Test", "3120", {}),
    "a stale source": ("Customer", "Oak", "Ash School", "3200", {"stale": 0}),
    "a stale target": ("Customer", "Oak", "Ash School", "3200", {"stale": 1}),
    "a customer into its own job": ("Customer", "Elm School", "Elm School:Gym", "3177", {}),
    "a customer into itself": ("Customer", "Oak", "Oak", "3177", {}),
    "items of two kinds": ("ItemService", "Hydrostatic Test", "Trip Charge", "3120", {}),
    "accounts of two types": ("Account", "Savings", "Rent", "3177", {}),
    "an account that QuickBooks needs": ("Account", "Inventory Asset", "Prepaid Insurance", "3177", {}),
    "a class into one below it": ("Class", "Repairs", "Repairs:After Hours", "3177", {}),
}


@dataclass(frozen=True)
class End:
    """One end of a merge, whatever it is; without a name, one that never was."""

    list_id: str
    edit_sequence: str

    @classmethod
    def of(cls, company: Company, full_name: str, *, stale: bool) -> Self:
        if not full_name:
            return cls("80000FFF-1", "1")
        list_id = list_id_of(company, full_name)
        rows = company.db.execute(
            "SELECT edit_sequence FROM customers WHERE list_id = ?1"
            " UNION SELECT edit_sequence FROM elements WHERE list_id = ?1",
            (list_id,),
        )
        return cls(list_id, "1" if stale else str(rows.fetchone()["edit_sequence"]))


@pytest.mark.parametrize("case", REFUSED_MERGES)
def test_what_cannot_be_merged_stays(books: Company, case: str) -> None:
    kind, source, target, code, options = REFUSED_MERGES[case]

    before = contents(books)
    stale = options.get("stale")
    ends = [End.of(books, name, stale=stale == number) for number, name in enumerate((source, target))]
    assert status(merge(books, kind, *ends)) == (code, "Error")
    assert contents(books) == before


def test_sites_of_one_name_are_merged_only_when_that_is_said(books: Company) -> None:
    for name in ("Elm School", "Oak"):
        books.edit_customer(books.find(name).list_id, ship_to_address=[ship_to("Gym", "1")])
    before = contents(books)
    oak, elm = books.find("Oak"), books.find("Elm School")
    assert status(merge(books, "Customer", oak, elm)) == ("3180", "Error")
    assert contents(books) == before
    assert status(merge(books, "Customer", oak, elm, more="<SameShipAddrOk>1</SameShipAddrOk>")) == ("0", "Info")


def test_two_jobs_of_one_name_stand_in_the_way_of_a_merge(books: Company) -> None:
    books.add_customer("gym", parent=books.find("Oak").list_id)
    before = contents(books)
    assert status(merge(books, "Customer", books.find("Oak"), books.find("Elm School"))) == ("3100", "Error")
    assert contents(books) == before


# -- with transactions -----------------------------------------------------------------------------------------


@pytest.fixture
def invoiced(books: Company) -> Company:
    """Oak was invoiced a fire pump test by Net 60, and the invoice was voided: nothing is owed."""
    books.lists.set_active(books.lists.find("StandardTerms", "Net 60").list_id, active=True)
    pump = line("Inspection:Fire Pump", quantity="1", rate="520.00")
    invoice = books.invoices.add("Oak", lines=[pump], terms="Net 60")
    books.invoices.void(invoice.txn_id)
    return books


@pytest.mark.parametrize(
    ("kind", "full_name"),
    [("Customer", "Oak"), ("ItemService", "Inspection:Fire Pump"), ("StandardTerms", "Net 60")],
)
def test_what_an_invoice_names_is_in_use_even_when_nothing_is_owed(
    invoiced: Company, kind: str, full_name: str
) -> None:
    before = contents(invoiced)
    assert invoiced.find("Oak").balance_cents == 0
    assert status(delete(invoiced, kind, list_id_of(invoiced, full_name))) == ("3160", "Error")
    assert contents(invoiced) == before


def test_a_merge_carries_over_invoices_and_what_they_name(invoiced: Company) -> None:
    lists = invoiced.lists
    pump, alarm = (lists.find("ItemService", f"Inspection:{name}") for name in ("Fire Pump", "Fire Alarm"))
    assert status(merge(invoiced, "ItemService", pump, alarm)) == ("0", "Info")
    oak, ash = invoiced.find("Oak"), invoiced.find("Ash School")
    assert status(merge(invoiced, "Customer", oak, ash)) == ("0", "Info")
    moved = next(each for each in invoiced.invoices.all(customer=ash.list_id) if each.lines[0].item_id is not None)
    assert moved.lines[0].item_id == alarm.list_id
    assert dangling(invoiced.db) == []
