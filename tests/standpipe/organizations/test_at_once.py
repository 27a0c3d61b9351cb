"""What two people do in the same instant, each over a database connection of their own."""

from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from django.db import connection

from standpipe.core.errors import UserError
from standpipe.organizations import actions
from standpipe.organizations.models import Membership, Person
from standpipe.organizations.permissions import Role
from support.worlds import PASSWORD, make_member, make_organization

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*doings: Callable[[], object]) -> list[object]:
    """Runs all from one starting line; answers what each returned, or the refusal that it raised."""
    line, results = Barrier(len(doings)), [None] * len(doings)

    def run(number: int) -> None:
        line.wait()
        try:
            results[number] = doings[number]()
        except UserError as refusal:
            results[number] = refusal
        finally:
            connection.close()

    threads = [Thread(target=run, args=(number,)) for number in range(len(doings))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_two_owners_who_remove_each_other_leave_one() -> None:
    organization = make_organization()
    alice, ann = (make_member(organization, role=Role.OWNER, name=name) for name in ("Alice", "Ann"))
    first, second = (Membership.objects.get(person=person) for person in (alice, ann))
    results = at_once(
        lambda: actions.remove_member(first, by=ann),
        lambda: actions.remove_member(second, by=alice),
    )
    assert sum(isinstance(result, UserError) for result in results) == 1
    assert organization.memberships.filter(role=Role.OWNER).count() == 1


def test_an_invitation_that_is_accepted_twice_lets_one_in() -> None:
    organization = make_organization()
    alice = make_member(organization)
    token = actions.invite(organization, by=alice, email="new@example.com", role=Role.OFFICE)
    results = at_once(*(lambda name=name: actions.join(token, name=name, password=PASSWORD) for name in ("A", "B")))
    assert sum(isinstance(result, UserError) for result in results) == 1
    assert Person.objects.filter(email="new@example.com").count() == 1
    assert organization.memberships.count() == 2
