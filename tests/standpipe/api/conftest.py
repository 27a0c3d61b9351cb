"""A program's view of the product: JSON in, JSON out, one token an organization."""

import json
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from standpipe.organizations.actions import create_api_token
from standpipe.organizations.models import Organization, Person
from support.worlds import World, make_world

pytestmark = pytest.mark.django_db


@dataclass
class Api:
    """Calls under ``/api/v1`` with one token; keeps the last answer's status."""

    token: str
    status: int = 0
    headers: Any = None

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        answer = Client(headers={"Authorization": f"Bearer {self.token}", **headers}).generic(
            method,
            "/api/v1" + path,
            b"" if body is None else json.dumps(body),
            content_type="application/json",
        )
        self.status, self.headers = answer.status_code, answer.headers
        return json.loads(answer.content) if answer.content and "json" in answer["Content-Type"] else answer.content

    def get(self, path: str) -> Any:
        return self.call("GET", path)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.call("POST", path, body, **headers)

    def patch(self, path: str, body: Any) -> Any:
        return self.call("PATCH", path, body)

    def put(self, path: str, body: Any) -> Any:
        return self.call("PUT", path, body)

    def delete(self, path: str) -> Any:
        return self.call("DELETE", path)


def api_of(organization: Organization, person: Person) -> Api:
    return Api(create_api_token(organization, person=person, name="test"))


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture
def alice(world: World) -> Api:
    return api_of(world.organization, world.alice)


@pytest.fixture
def vera(world: World) -> Api:
    return api_of(world.organization, world.vera)


@pytest.fixture
def charlie(world: World) -> Api:
    return api_of(world.elsewhere, world.charlie)
