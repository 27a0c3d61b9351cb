"""``/items``, QuickBooks' lists, catalogue imports and the QuickBooks Desktop settings, for programs."""

import pytest

from standpipe.quickbooks.connections.models import Connection
from standpipe.quickbooks.lists.models import ListEntry
from support.catalogue_worlds import make_usual_lists
from support.quickbooks_worlds import make_connection


@pytest.fixture
def connection(world) -> Connection:
    return make_connection(world.organization)


@pytest.fixture
def entries(connection) -> dict[str, ListEntry]:
    return make_usual_lists(connection)


def test_items_are_added_changed_archived_and_brought_back(alice):
    made = alice.post("/items", {"name": "Trip", "rate": "35.50", "taxable": False})
    assert (alice.status, made["rate"], made["taxable"], made["quickbooks"]) == (201, "35.50", False, None)

    changed = alice.patch(f"/items/{made['id']}", {"rate": "40", "archived": True})
    assert (changed["rate"], changed["archived"], changed["taxable"]) == ("40.00", True, False)
    assert alice.get("/items")["total"] == 0
    assert alice.patch(f"/items/{made['id']}", {"archived": False, "name": "Travel"})["name"] == "Travel"
    assert [one["name"] for one in alice.get("/items?search=trav")["items"]] == ["Travel"]
    alice.delete(f"/items/{made['id']}")
    assert alice.status == 204
    assert alice.patch(f"/items/{made['id']}", {"price": "1"})["code"] == "invalid"
    assert alice.status == 422


def test_a_list_of_quickbooks_is_read_in_pages(alice, connection, entries):
    page = alice.get(f"/connections/{connection.pk}/lists/items?limit=2")
    assert page["total"] == 4
    rest = alice.get(f"/connections/{connection.pk}/lists/items?limit=2&cursor={page['next_cursor']}")
    assert [one["full_name"] for one in page["items"] + rest["items"]] == [
        "County", "Extinguisher Recharge", "Repair", "Trip",
    ]  # fmt: skip
    assert alice.get(f"/connections/{connection.pk}/lists/terms")["items"][0]["details"] == {"StdDueDays": "30"}
    alice.get(f"/connections/{connection.pk}/lists/nonsense")
    assert alice.status == 422


def test_items_come_over_once_and_are_linked_by_hand_too(alice, connection, entries):
    """Requirement 53."""
    url = f"/connections/{connection.pk}/catalog-imports"
    done = alice.post(url, {"as": "items", "list_ids": [entries["Repair"].list_id, "unknown"]})
    (item,) = done["created"]
    assert (item["name"], item["rate"], item["quickbooks"]["list_id"]) == (
        "Repair",
        "80.00",
        entries["Repair"].list_id,
    )
    assert [one["name"] for one in done["skipped"]] == ["unknown"]
    assert len(alice.post(url, {"as": "items"})["created"]) == 2  # the others; Repair is here already

    link = {"connection_id": str(connection.pk), "list_id": entries["Trip"].list_id}
    assert alice.put(f"/items/{item['id']}/quickbooks-link", link)["full_name"] == "Trip"
    alice.delete(f"/items/{item['id']}/quickbooks-link")
    assert (alice.status, alice.get(f"/items/{item['id']}")["quickbooks"]) == (204, None)


def test_terms_and_taxes_come_over_in_one_go(alice, connection, entries):
    url = f"/connections/{connection.pk}/catalog-imports"
    assert [one["name"] for one in alice.post(url, {"as": "terms"})["created"]] == ["Net 30"]
    (tax,) = alice.post(url, {"as": "sales-taxes"})["created"]
    assert (tax["name"], tax["rate"]) == ("County", "7.25")
    assert alice.get("/terms")["items"][0]["due_days"] == 30
    assert alice.get("/sales-taxes")["total"] == 1


def test_settings_are_read_and_changed_with_what_is_wrong_by_field(alice, connection, entries):
    url = f"/connections/{connection.pk}/settings"
    before = alice.get(url)
    assert before["posting"]["proposals"]["methods.check.payment_method"] == entries["Check"].list_id
    assert before["invoice_numbering"]["proposed"] == "1042"

    change = {
        "poll_minutes": 7,
        "posting": {
            "default_item": entries["Repair"].list_id,
            "methods": {"check": {"payment_method": entries["Check"].list_id}},
        },
        "invoice_numbering": {"next_number": 1042},
    }
    after = alice.patch(url, change)
    assert (after["poll_minutes"], after["posting"]["default_item"]) == (7, entries["Repair"].list_id)
    assert after["posting"]["methods"]["check"] == {
        "payment_method": entries["Check"].list_id, "deposit_account": "",
    }  # fmt: skip
    assert after["invoice_numbering"]["next_number"] == 1042

    refused = alice.patch(url, {"name": "Other", "posting": {"taxable_code": entries["Non"].list_id}})
    assert (alice.status, refused["field"]) == (422, "taxable_code")
    assert alice.get(url)["name"] == connection.name  # all or nothing


def test_a_refresh_names_lists_and_the_short_ones_are_one_task(alice, connection):
    task = alice.post(f"/connections/{connection.pk}/refresh", {"lists": ["terms"]})
    assert (alice.status, task["kind"]) == (202, "refresh_lists")
    both = alice.post(f"/connections/{connection.pk}/refresh", {"lists": ["customers", "items"]})
    assert (both["kind"], both["also"][0]["id"]) == ("refresh_customers", task["id"])
    assert alice.post(f"/tasks/{task['id']}/cancel")["state"] == "cancelled"
    alice.post(f"/connections/{connection.pk}/refresh", {"lists": ["nonsense"]})
    assert alice.status == 422


def test_others_see_none_of_it(alice, charlie, connection, entries):
    item = alice.post("/items", {"name": "Trip"})
    for path in (f"/items/{item['id']}", f"/connections/{connection.pk}/lists/items"):
        charlie.get(path)
        assert charlie.status == 404
    charlie.post(f"/connections/{connection.pk}/catalog-imports", {"as": "items"})
    assert charlie.status == 404


def test_terms_and_sales_taxes_are_made_by_programs_too(alice, vera):
    made = alice.post("/terms", {"name": "Net 30", "due_days": 30})
    assert (alice.status, made["due_days"], made["due_day_of_month"]) == (201, 30, None)
    changed = alice.patch(f"/terms/{made['id']}", {"due_days": None, "due_day_of_month": 10, "archived": True})
    assert (changed["due_days"], changed["due_day_of_month"], changed["archived"]) == (None, 10, True)
    assert alice.patch(f"/terms/{made['id']}", {"archived": False})["archived"] is False
    refused = alice.patch(f"/terms/{made['id']}", {"due_days": 5})
    assert (alice.status, refused["code"]) == (422, "invalid_days")

    made = alice.post("/sales-taxes", {"name": "Hartford", "parts": [{"name": "State", "rate": "6.35"}]})
    assert (alice.status, made["rate"]) == (201, "6.35")
    path = f"/sales-taxes/{made['id']}"
    assert alice.patch(path, {"parts": [{"rate": "6.35"}, {"rate": "1"}]})["rate"] == "7.35"
    alice.delete(path)
    assert (alice.status, alice.get(path)["archived"], alice.get("/sales-taxes")["total"]) == (204, True, 0)
    for path in ("/terms", "/sales-taxes"):
        vera.post(path, {"name": "Mine", "parts": []} if path == "/sales-taxes" else {"name": "Mine"})
        assert vera.status == 403
