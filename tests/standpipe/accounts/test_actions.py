from datetime import timedelta

import pytest

from standpipe.accounts.actions import archive_account, edit_account, new_account, restore_account
from standpipe.accounts.models import Account
from standpipe.accounts.queries import account_json, accounts_of, find_account
from standpipe.activity.models import Activity
from standpipe.core.addresses import Address
from standpipe.core.errors import UserError
from support.worlds import ELM_STREET, OAK_STREET, make_account, make_contact, make_world

pytestmark = pytest.mark.django_db


def trail(account: Account) -> list[tuple[str, str, object, object]]:
    rows = Activity.objects.filter(subject_id=str(account.id)).order_by("id")
    return [(row.verb, row.actor_name, row.before, row.after) for row in rows]


def test_create_writes_one_row_of_the_trail():
    world = make_world()
    account = make_account(world.organization, name="  Alder Group ", billing_address=ELM_STREET, by=world.otto)
    account.refresh_from_db()
    assert account.name == "Alder Group"
    assert account.billing_address == ELM_STREET
    after = {"name": "Alder Group", "billing_address": ELM_STREET.to_json()}
    assert trail(account) == [("account.created", "Otto", None, after)]


@pytest.mark.parametrize("name", ["", "   ", "\t\n", "\u200b\u2060", "\u3164", "\u00a0"])
def test_a_name_needs_ink(name):
    world = make_world()
    with pytest.raises(UserError) as refusal:
        make_account(world.organization, name=name)
    assert (refusal.value.code, refusal.value.field) == ("name_required", "name")
    assert not Account.objects.exists()


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Alder\x00Group", "invalid_text"),
        ("\ud83d", "invalid_text"),
        ("\x00", "invalid_text"),
        ("A" * 256, "invalid_length"),
    ],
)
def test_text_that_no_column_holds_is_refused(name, code):
    with pytest.raises(UserError) as refusal:
        make_account(make_world().organization, name=name)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    "name",
    [
        'O\'Brien & "Sons"',
        "<script>alert(1)</script>",
        "🔥🚒 Fire",
        "שירותי אש בע״מ",
        "é" * 255,
        "ﷺ" * 255,
        "&" * 255,
    ],
)
def test_text_is_stored_whole(name):
    account = make_account(make_world().organization, name=name)
    account.refresh_from_db()
    assert account.name == name


def test_edit_tells_only_what_changed():
    world = make_world()
    account = make_account(world.organization, billing_address=ELM_STREET)
    edit_account(account, by=world.bob, name="Alder Group", billing_address=OAK_STREET)
    assert trail(account)[1:] == [
        (
            "account.edited",
            "Bob",
            {"billing_address": ELM_STREET.to_json()},
            {"billing_address": OAK_STREET.to_json()},
        )
    ]


def test_an_edit_that_changes_nothing_writes_nothing():
    world = make_world()
    account = make_account(world.organization)
    before = account.updated_at
    edit_account(account, by=world.bob, name=" Alder Group ")
    account.refresh_from_db()
    assert account.updated_at == before
    assert len(trail(account)) == 1


def test_edit_sees_what_is_stored_not_what_was_loaded():
    world = make_world()
    account = make_account(world.organization)
    edit_account(find_account(world.organization, account.id), by=world.bob, name="Alder Holding")
    edit_account(account, by=world.alice, billing_address=ELM_STREET)
    account.refresh_from_db()
    assert (account.name, account.billing_address) == ("Alder Holding", ELM_STREET)


def test_an_edit_of_an_older_version_is_refused():
    world = make_world()
    account = make_account(world.organization)
    seen_at = account.updated_at - timedelta(seconds=1)
    with pytest.raises(UserError, match="Somebody else changed this account") as refusal:
        edit_account(account, by=world.bob, seen_at=seen_at, name="Alder Holding")
    assert refusal.value.code == "changed_meanwhile"
    edit_account(account, by=world.bob, seen_at=account.updated_at, name="Alder Holding")


def test_archive_then_bring_back():
    world = make_world()
    account = make_account(world.organization, billing_address=ELM_STREET)
    archive_account(account, by=world.alice)
    archive_account(account, by=world.alice)
    assert list(accounts_of(world.organization)) == []
    assert list(accounts_of(world.organization, archived=True)) == [account]
    restore_account(account, by=world.bob)
    restore_account(account, by=world.bob)
    assert list(accounts_of(world.organization)) == [account]
    assert [(verb, who) for verb, who, *_ in trail(account)[1:]] == [
        ("account.archived", "Alice"),
        ("account.restored", "Bob"),
    ]


def test_an_archived_account_is_not_edited():
    world = make_world()
    account = archive_account(make_account(world.organization), by=world.alice)
    with pytest.raises(UserError, match="Bring it back"):
        edit_account(account, by=world.alice, name="Alder Holding")


def test_six_address_lines_are_refused():
    with pytest.raises(UserError, match="at most 5 lines; this one has 6") as refusal:
        new_account(make_world().organization, name="Alder", billing_address=Address(lines=tuple("abcdef")))
    assert refusal.value.field == "billing_address"


def test_search_finds_by_name_and_address_and_every_word():
    organization = make_world().organization
    elm = make_account(organization, name="Café St. John's", billing_address=ELM_STREET)
    make_account(organization, name="Oak", billing_address=OAK_STREET)
    for search in ("cafe", "CAFÉ", "st john", "st. john's", "elm hartford", "06103", "ct 06103 café", " "):
        assert elm in accounts_of(organization, search=search), search
    for search in ("springfield café", "%", "_", "\x00nothing", "st johnx"):
        assert elm not in accounts_of(organization, search=search), search


def test_search_finds_an_account_by_who_stands_there():
    world = make_world()
    account = make_account(world.organization)
    make_contact(world.organization, at=account, phone="(860) 634-1602")
    make_contact(world.organization, name="Joe", at=account, email="joe@example.com")
    make_account(world.organization, name="Birch Group")
    for search in ("860-634-1602", "joe@example.com", "alder"):
        assert list(accounts_of(world.organization, search=search)) == [account], search


def test_accounts_of_others_are_not_found():
    world = make_world()
    theirs = make_account(world.elsewhere)
    assert list(accounts_of(world.organization)) == []
    for account_id in (theirs.id, "no such id", "00000000-0000-0000-0000-000000000000"):
        with pytest.raises(Account.DoesNotExist):
            find_account(world.organization, account_id)


def test_account_json_has_the_published_shape():
    account = make_account(make_world().organization, billing_address=ELM_STREET)
    shape = account_json(account)
    assert shape.pop("created_at")
    assert shape.pop("updated_at")
    assert shape == {
        "id": str(account.id),
        "name": "Alder Group",
        "billing_address": {
            "lines": ["Elm School", "12 Elm St"],
            "city": "Hartford",
            "state": "CT",
            "postal_code": "06103",
            "country": "",
            "note": "",
        },
        "quickbooks": None,
        "archived": False,
    }
