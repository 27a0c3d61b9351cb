"""The same ``Idempotency-Key`` does nothing twice."""

from datetime import timedelta

from django.utils import timezone

from standpipe.accounts.models import Account
from standpipe.api.models import StoredAnswer

from .conftest import Api

KEY = {"Idempotency-Key": "7c1f"}


def test_the_same_key_and_body_get_the_same_answer_and_one_record(alice: Api) -> None:
    first = alice.post("/accounts", {"name": "Alder Group"}, **KEY)
    again = alice.post("/accounts", {"name": "Alder Group"}, **KEY)
    assert again == first
    assert alice.status == 201
    assert alice.headers["Idempotent-Replay"] == "true"
    assert Account.objects.count() == 1


def test_another_body_under_the_same_key_is_refused(alice: Api) -> None:
    alice.post("/accounts", {"name": "Alder Group"}, **KEY)
    answer = alice.post("/accounts", {"name": "Birch Group"}, **KEY)
    assert alice.status == 422
    assert "new key" in answer["detail"]
    assert Account.objects.count() == 1


def test_a_refusal_is_not_kept(alice: Api) -> None:
    alice.post("/accounts", {"name": ""}, **KEY)
    assert alice.status == 422
    alice.post("/accounts", {"name": "Alder Group"}, **KEY)
    assert alice.status == 201


def test_keys_of_two_organizations_do_not_meet(alice: Api, charlie: Api) -> None:
    alice.post("/accounts", {"name": "Alder Group"}, **KEY)
    charlie.post("/accounts", {"name": "Alder Group"}, **KEY)
    assert charlie.status == 201
    assert "Idempotent-Replay" not in charlie.headers
    assert Account.objects.count() == 2


def test_another_person_does_not_get_the_answer(alice: Api, vera: Api) -> None:
    """She may not be allowed to see it."""
    alice.post("/connections", {"name": "Our books"}, **KEY)
    vera.post("/connections", {"name": "Our books"}, **KEY)
    assert vera.status == 422
    assert "Idempotent-Replay" not in vera.headers


def test_a_password_is_in_the_first_answer_only(alice: Api) -> None:
    """It is stored nowhere in clear."""
    first = alice.post("/connections", {"name": "Our books"}, **KEY)
    again = alice.post("/connections", {"name": "Our books"}, **KEY)
    assert again == {name: value for name, value in first.items() if name != "password"}
    assert first["password"] not in StoredAnswer.objects.get().body


def test_answers_are_kept_for_thirty_days(alice: Api) -> None:
    alice.post("/accounts", {"name": "Alder Group"}, **KEY)
    StoredAnswer.objects.update(created_at=timezone.now() - timedelta(days=31))
    alice.post("/accounts", {"name": "Birch Group"}, **{"Idempotency-Key": "another"})
    assert StoredAnswer.objects.get().key == "another"
