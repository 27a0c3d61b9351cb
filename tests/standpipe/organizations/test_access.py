"""Who gets past the door of an organization."""

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone

from standpipe.core.errors import NotAllowed
from standpipe.organizations.access import MemberRequest, in_organization
from standpipe.organizations.models import Organization
from standpipe.organizations.permissions import ALLOWED, Permission, Role, allows
from support.worlds import World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def home(world: World) -> str:
    return f"/o/{world.organization.slug}/"


def test_members_get_in_whatever_their_role(client: Client, world: World, home: str) -> None:
    for person in (world.alice, world.bob, world.otto, world.vera):
        client.force_login(person)
        assert client.get(home).status_code == 200


def test_nobody_signed_in_is_led_to_the_sign_in_page_and_back(client: Client, home: str) -> None:
    answer = client.get(f"{home}?search=elm")
    assert answer.status_code == 302
    assert answer["Location"] == f"/sign-in/?next={home}%3Fsearch%3Delm"


def test_a_fragment_is_not_replaced_by_a_sign_in_page(client: Client, home: str) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{home}accounts/?page=2"}
    answer = client.get(f"{home}accounts/", headers=headers)
    assert answer["HX-Redirect"] == f"/sign-in/?next={home}accounts/%3Fpage%3D2"


def test_a_stranger_cannot_tell_an_organization_from_none(client: Client, world: World, home: str) -> None:
    client.force_login(world.charlie)
    strange, missing = client.get(home), client.get("/o/no-such-place/")
    assert strange.status_code == missing.status_code == 404
    assert world.organization.name.encode() not in strange.content


def test_a_role_without_the_right_is_told_which_one_it_lacks(client: Client, world: World, home: str) -> None:
    client.force_login(world.bob)
    answer = client.get(f"{home}settings/members/invite/")
    assert answer.status_code == 403
    assert "Invite and remove members" in answer.content.decode()
    assert "Bookkeeper" in answer.content.decode()


def test_a_member_who_is_removed_is_out_at_the_next_click(client: Client, world: World, home: str) -> None:
    client.force_login(world.vera)
    world.organization.memberships.filter(person=world.vera).delete()
    assert client.get(home).status_code == 404


@pytest.mark.parametrize(
    ("refusal", "becomes"),
    [(NotAllowed("Not you.", code="not_allowed"), PermissionDenied), (Organization.DoesNotExist(), Http404)],
)
def test_refusals_of_actions_and_queries_become_pages(
    world: World, refusal: Exception, becomes: type[Exception]
) -> None:
    @in_organization()
    def view(request: MemberRequest) -> HttpResponse:
        raise refusal

    request = RequestFactory().get("/")
    request.user = world.alice
    with pytest.raises(becomes):
        view(request, slug=world.organization.slug)


def test_a_view_sees_the_organizations_time_zone_and_leaves_none_behind(world: World) -> None:
    Organization.objects.filter(pk=world.organization.pk).update(time_zone="Asia/Tokyo")

    @in_organization()
    def view(request: MemberRequest) -> HttpResponse:
        return HttpResponse(timezone.get_current_timezone_name())

    request = RequestFactory().get("/")
    request.user = world.alice
    assert view(request, slug=world.organization.slug).content == b"Asia/Tokyo"
    assert timezone.get_current_timezone_name() == "UTC"


def test_pages_of_an_organization_are_kept_by_no_cache(client: Client, world: World, home: str) -> None:
    client.force_login(world.alice)
    assert "no-store" in client.get(home)["Cache-Control"]


def test_the_roles_of_the_table() -> None:
    everything = set(Permission)
    assert ALLOWED[Role.OWNER] == everything
    assert ALLOWED[Role.BOOKKEEPER] == everything - {Permission.MEMBERS}
    assert ALLOWED[Role.OFFICE] == {Permission.EDIT, Permission.IMPORT_AND_LINK, Permission.SEND_AND_RECORD}
    assert ALLOWED[Role.VIEWER] == set()
    assert not allows(Role.OFFICE, Permission.CONNECT)
