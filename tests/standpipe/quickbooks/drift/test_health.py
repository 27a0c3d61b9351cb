"""Link health: each state is made by hand in the simulated QuickBooks, found after a refresh, explained, repaired."""

from __future__ import annotations

import random
from typing import Any

import pytest
from django.urls import reverse

from qbsim.company import CompanyError, address
from standpipe.activity.models import Activity
from standpipe.buildings.models import Building
from standpipe.core.errors import UserError
from standpipe.quickbooks.drift.actions import compare_again, keep, relink
from standpipe.quickbooks.drift.health import GONE, WORDS, Listed, State, survivors_of
from standpipe.quickbooks.drift.queries import as_ailing, standings_of
from standpipe.quickbooks.linking import consequences
from standpipe.quickbooks.linking.consequences import Consequence
from standpipe.quickbooks.linking.models import Link
from standpipe.quickbooks.linking.queries import live_link
from standpipe.quickbooks.lists.models import Customer, MovedCustomer
from support.pages import client_of, elements, text_of

ELM = address("12 Elm St", city="Boise", state="ID", postal_code="83702")


def ailing_of(books, record) -> Any:
    standing = books.standing(record)
    return as_ailing(standing) if standing is not None and standing.health else None


def health_page(books) -> Any:
    return client_of(books.world.bob).get(reverse("quickbooks:link-health", args=[books.world.organization.slug]))


def press(books, link: Link, act: str, **more: str) -> Any:
    url = reverse("quickbooks:repair-link", args=[books.world.organization.slug, link.pk])
    return client_of(books.world.bob).post(url, {"act": act, **more}, follow=True)


def buttons(page: Any) -> list[str]:
    return [" ".join(one.text_content().split()) for one in elements(page, '//main//button[@name="act"]')]


def test_a_merged_customer_is_found_by_its_jobs_and_relinked_by_its_button(books) -> None:
    """Requirement pain 19, idea 12."""
    old = books.company.add_customer("Elm Schools", bill_address=ELM)
    for job in ("Gym", "Library"):
        books.company.add_customer(job, parent=old.list_id)
    kept = books.company.add_customer("Elm School District")
    books.refresh()
    [building] = books.imported(old.list_id)
    link = books.link_of(building)
    books.company.merge_customers(old.list_id, to=kept.list_id)
    books.refresh()
    found = ailing_of(books, building)
    assert found.standing.health == State.MERGED
    assert "its jobs stand below “Elm School District” now" in found.findings[0].text
    assert found.proposed.list_id == kept.list_id
    assert [one.text for one in found.proposed.evidence] == ["its 2 jobs (“Gym”, “Library”) now stand below it"]
    assert live_link(building) == link  # nothing by itself
    page = health_page(books)
    assert "Merged in QuickBooks" in text_of(page)
    assert "Link to Elm School District" in buttons(page)
    done = press(books, link, "relink", list_id=kept.list_id)
    assert "is linked to Elm School District now" in text_of(done)
    now = live_link(building)
    assert (now.list_id, now.how) == (kept.list_id, Link.How.REPAIR)
    link.refresh_from_db()
    assert (link.ended_because, link.ended_by) == (Link.Ending.REPAIRED, books.world.bob)
    assert not standings_of(books.world.organization).filter(needs_care=True).exists()
    record = client_of(books.world.bob).get(
        reverse("buildings:detail", args=[books.world.organization.slug, building.pk])
    )
    assert "Earlier links (1)" in text_of(record)
    assert "The customer was gone from QuickBooks" in text_of(record)


def test_a_merge_without_jobs_is_told_by_what_both_share(books) -> None:
    old = books.company.add_customer("Elm Schools", phone="208-555-0101", email="office@elm.example")
    kept = books.company.add_customer("The Elm School", phone="(208) 555-0101", email="office@elm.example")
    books.refresh()
    [account] = books.imported(old.list_id, target="accounts")
    books.company.merge_customers(old.list_id, to=kept.list_id)
    books.refresh()
    found = ailing_of(books, account)
    assert found.standing.health == State.MERGED
    assert "seems to have been merged" in found.findings[0].text
    assert [one.text for one in found.proposed.evidence] == ["the same phone", "the same e-mail"]


def test_a_deleted_customer_has_no_successor_and_is_unlinked_by_its_button(books) -> None:
    gone = books.company.add_customer("Elm School", bill_address=ELM, phone="208-555-0101")
    books.company.add_customer("Oak House")
    books.refresh()
    [building] = books.imported(gone.list_id)
    link = books.link_of(building)
    books.company.delete_customer(gone.list_id)
    books.refresh()
    found = ailing_of(books, building)
    assert (found.standing.health, found.survivors) == (State.DELETED, ())
    assert "was deleted in QuickBooks, or merged" in found.findings[0].text
    assert buttons(health_page(books)) == ["Unlink", "Keep as it is"]
    consequences.add("test", lambda _: [Consequence(text="2 waiting invoices will stop", stops=True)])
    try:
        asked = press(books, link, "unlink")
    finally:
        consequences.remove("test")
    assert "2 waiting invoices will stop." in text_of(asked)
    assert live_link(building) == link
    press(books, link, "unlink", sure="yes")
    assert live_link(building) is None
    assert "Every link is well" in text_of(health_page(books))


def test_one_that_the_deletion_feed_does_not_name_is_missing(books) -> None:
    """QuickBooks tells of deletions for 90 days; a full list shows it all the same."""
    gone = books.company.add_customer("Elm School")
    books.refresh()
    [building] = books.imported(gone.list_id)
    books.company.delete_customer(gone.list_id)
    for _ in range(100):  # days later
        books.company.clock.seconds += 86_400
    books.refresh(full=True)
    found = ailing_of(books, building)
    assert found.standing.health == State.MISSING
    assert "for 90 days only" in found.findings[0].text


def test_one_that_was_made_anew_is_known_by_its_path(books) -> None:
    gone = books.company.add_customer("Elm School", phone="208-555-0101")
    books.refresh()
    [building] = books.imported(gone.list_id)
    link = books.link_of(building)
    books.company.delete_customer(gone.list_id)
    anew = books.company.add_customer("elm school")
    books.refresh()
    found = ailing_of(books, building)
    assert found.standing.health == State.RECREATED
    assert found.proposed.list_id == anew.list_id
    assert "Link to elm school" in buttons(health_page(books))
    press(books, link, "relink", list_id=found.proposed.list_id)
    assert live_link(building).list_id == anew.list_id


def test_one_that_was_moved_below_another_is_told_and_kept_by_its_button(books) -> None:
    north, south = (books.company.add_customer(name) for name in ("North District", "South District"))
    gym = books.company.add_customer("Gym", parent=north.list_id)
    books.refresh()
    [building] = books.imported(gym.list_id)
    link = books.link_of(building)
    books.company.edit_customer(gym.list_id, parent=south.list_id)
    books.refresh()
    found = ailing_of(books, building)
    assert found.standing.health == State.MOVED
    assert "it stood below “North District”; now it stands below “South District”" in found.findings[0].text
    assert live_link(building) == link
    press(books, link, "keep")
    assert not books.standing(building).needs_care
    record = reverse("buildings:detail", args=[books.world.organization.slug, building.pk])
    assert "kept the QuickBooks link as it is" in text_of(client_of(books.world.bob).get(record))
    books.refresh(full=True)
    assert not books.standing(building).needs_care  # not asked again
    books.company.edit_customer(gym.list_id, parent=None)
    books.refresh()
    assert books.standing(building).needs_care  # something else has become of it
    assert "as a customer of its own" in ailing_of(books, building).findings[0].text


def test_an_inactive_one_is_told_with_what_it_stands_below_and_is_well_again_by_itself(books) -> None:
    school = books.company.add_customer("Elm School")
    gym = books.company.add_customer("Gym", parent=school.list_id)
    books.refresh()
    [building] = books.imported(gym.list_id)
    books.company.set_active(school.list_id, active=False)
    books.refresh()
    found = ailing_of(books, building)
    assert found.standing.health == State.INACTIVE
    assert found.findings[0].text == (
        "“Elm School:Gym” is inactive in QuickBooks: it is hidden from the lists there. So is “Elm School”, above it."
    )
    assert buttons(health_page(books)) == ["Unlink", "Keep as it is"]
    books.company.set_active(gym.list_id, active=True)
    books.refresh()
    assert books.standing(building) is None


def test_a_job_of_a_merged_customer_says_why_it_moved(books) -> None:
    old, kept = (books.company.add_customer(name) for name in ("Elm Schools", "Elm School District"))
    gym = books.company.add_customer("Gym", parent=old.list_id)
    books.refresh()
    [building] = books.imported(gym.list_id)
    books.company.merge_customers(old.list_id, to=kept.list_id)
    books.refresh()
    found = ailing_of(books, building)
    assert found.standing.health == State.MOVED
    assert "“Elm Schools” is gone from QuickBooks." in found.findings[0].text


def test_what_a_job_has_from_its_customer_proves_nothing(books) -> None:
    """Its siblings have it too: none of them is proposed for a job that was deleted."""
    school = books.company.add_customer(
        "Elm School", company_name="Elm School", bill_address=ELM, phone="208-555-0101", email="office@elm.example"
    )
    gym = books.company.add_customer("Gym", parent=school.list_id)
    books.company.add_customer("Library", parent=school.list_id)
    books.refresh()
    [building] = books.imported(gym.list_id)
    books.company.delete_customer(gym.list_id)
    books.refresh()
    found = ailing_of(books, building)
    assert (found.standing.health, found.proposed) == (State.DELETED, None)


def test_a_customer_that_comes_back_is_well_again(books) -> None:
    gone = books.company.add_customer("Elm School")
    books.refresh()
    [building] = books.imported(gone.list_id)

    Customer.objects.update(gone_at=books.connection.created_at, gone_because="missing")

    compare_again(books.connection, [books.link_of(building).pk])
    assert books.standing(building).needs_care
    books.refresh(full=True)
    assert books.standing(building) is None


def test_repairs_are_refused_where_somebody_was_faster(books) -> None:
    gone, other = books.company.add_customer("Elm School"), books.company.add_customer("Oak House")
    books.refresh()
    [building] = books.imported(gone.list_id)
    link = books.link_of(building)
    with pytest.raises(UserError) as refused:
        keep(link, by=books.world.bob)
    assert refused.value.code == "changed_meanwhile"  # it is well
    books.company.delete_customer(gone.list_id)
    books.refresh()
    relink(link, list_id=other.list_id, by=books.world.alice)
    for act, more in (("relink", {"list_id": other.list_id}), ("keep", {})):
        assert "has ended since" in text_of(press(books, link, act, **more))
    asked = press(books, link, "unlink")
    assert "has ended since" in text_of(asked)
    assert not elements(asked, '//input[@name="sure"]')
    sure = text_of(press(books, link, "unlink", sure="yes"))
    assert "Alice has linked “Elm School” to Oak House in the meantime." in sure
    assert live_link(building).linked_by == books.world.alice


def test_survivors_need_more_than_one_value_in_common() -> None:
    gone = Listed(list_id="1", full_name="Elm", name_key="elm", billing_key="12 elm st|83702")
    many = [Listed(list_id=str(n), full_name=f"Flat {n}", billing_key="12 elm st|83702") for n in range(2, 9)]
    found = survivors_of(gone, candidates=many, parent=None, moved_jobs=())
    assert len(found) == 3
    assert not any(one.is_proposed for one in found)


def test_every_state_has_its_words() -> None:
    assert set(WORDS) == set(State)
    assert set(GONE) < set(State)


@pytest.mark.parametrize("seed", range(3))
def test_at_random_the_truth_is_told_and_nothing_is_repointed(books, seed: int) -> None:
    """The simulator merges, deletes, makes anew, deactivates, renames and moves; health says what was done."""
    chance = random.Random(seed)
    tops = [books.company.add_customer(f"Customer {n}", phone=f"208-555-{1000 + n}") for n in range(8)]
    jobs = [books.company.add_customer(f"Job {n}", parent=chance.choice(tops).list_id) for n in range(10)]
    books.refresh()
    records = books.imported(*(one.list_id for one in (*tops, *jobs)))
    pointed = {link.pk: link.list_id for link in books.links()}
    truth: dict[str, tuple[str, str]] = {}  # ListID to what was done and, of a merge, into whom
    for _ in range(6):
        for _ in range(2):
            do_something(books.company, chance, truth)
        books.refresh(full=chance.random() < 0.3)
        assert {link.pk: link.list_id for link in books.links()} == pointed
        for record in records:
            check_truth(books, record, truth)
    assert Building.objects.filter(pk__in=[record.pk for record in records]).count() == len(records)


def do_something(company: Any, chance: random.Random, truth: dict[str, tuple[str, str]]) -> None:
    there = list(company.customers())
    one, other = chance.sample(there, 2)
    name = one.full_name.rpartition(":")[2]
    try:
        match chance.choice(["merge", "delete", "recreate", "inactive", "rename", "move"]):
            case "merge":
                had_jobs = bool(company.jobs_of(one.list_id))
                company.merge_customers(one.list_id, to=other.list_id)
                truth[one.list_id] = ("merged" if had_jobs else "deleted", other.list_id)
            case "delete":
                company.delete_customer(one.list_id)
                truth[one.list_id] = ("deleted", "")
            case "recreate":
                company.delete_customer(one.list_id)
                again = company.add_customer(name, parent=one.parent_id)
                truth[one.list_id] = ("recreated", again.list_id)
            case "inactive":
                company.set_active(one.list_id, active=False)
            case "rename":
                company.edit_customer(one.list_id, name=f"{name}x")
            case "move":
                if one.parent_id and not other.parent_id:
                    company.edit_customer(one.list_id, parent=other.list_id)
    except CompanyError:
        pass  # QuickBooks refuses it too


def check_truth(books, record: Building, truth: dict[str, tuple[str, str]]) -> None:
    link = books.link_of(record)
    standing = books.standing(record)
    health = standing.health if standing else ""
    there = {one.list_id: one for one in books.company.customers()}
    if link.list_id not in there:
        done, into = truth[link.list_id]
        assert health in GONE
        if done == "merged" and into in there and health == State.MERGED:
            jobs = MovedCustomer.objects.filter(from_list_id=link.list_id).values_list("list_id", flat=True)
            if all(there[job].parent_id == into for job in jobs if job in there):
                assert as_ailing(standing).proposed.list_id == into
        if done == "deleted":
            assert health == State.DELETED
        gone = Customer.objects.get(connection=link.connection, list_id=link.list_id)
        if done == "recreated" and into in there and there[into].full_name == gone.full_name:
            assert health == State.RECREATED
            assert as_ailing(standing).proposed.list_id == into
        return
    one, kept = there[link.list_id], link.quickbooks_values
    assert health not in GONE
    assert (health == State.MOVED) is ((one.parent_id or "") != kept["parent_list_id"])
    if health != State.MOVED:
        assert (health == State.INACTIVE) is (not one.is_active)


def test_the_trail_tells_what_was_kept(books) -> None:
    school = books.company.add_customer("Elm School")
    books.refresh()
    [building] = books.imported(school.list_id)
    books.company.set_active(school.list_id, active=False)
    books.refresh()
    keep(books.link_of(building), by=books.world.bob)
    row = Activity.objects.get(verb="link.kept")
    assert (row.actor_name, row.after) == ("Bob", {"although": "inactive"})
