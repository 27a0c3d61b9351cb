"""The same ``Idempotency-Key`` does nothing twice."""

from standpipe.accounts.models import Account

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
