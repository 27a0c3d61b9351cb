"""The Web Connector's password: nothing to guess, nothing to misread, nothing to steal from the database."""

import math

import pytest

from standpipe.quickbooks.connections.password import ALPHABET, generate_password, hash_password, matches
from support.quickbooks_worlds import make_connection
from support.worlds import make_organization


def test_password_cannot_be_guessed():
    signs = generate_password().replace("-", "")
    assert len(signs) * math.log2(len(ALPHABET)) >= 128
    assert len({generate_password() for _ in range(200)}) == 200


def test_password_stands_in_groups_of_five_without_look_alikes():
    for _ in range(200):
        groups = generate_password().split("-")
        assert [len(group) for group in groups] == [5] * 6
        assert not set("".join(groups)) & set("01oil")


@pytest.mark.parametrize(
    "typed",
    [
        "7kq3m-x4hd9",
        "7kq3mx4hd9",
        " 7kq3m x4hd9\n",
        "7KQ3M-X4HD9",
        "7kq3m\u00a0x4hd9",
    ],
)
def test_dashes_blanks_and_case_do_not_count(typed):
    assert hash_password(typed) == hash_password("7kq3m-x4hd9")


def test_another_sign_counts():
    assert hash_password("7kq3m-x4hd8") != hash_password("7kq3m-x4hd9")


@pytest.mark.django_db
def test_only_the_password_matches_and_only_its_hash_is_kept():
    raw = generate_password()
    connection = make_connection(make_organization(), password=raw)
    assert matches(connection, raw)
    assert matches(connection, raw.upper().replace("-", " "))
    assert not matches(connection, raw[:-1])
    assert not matches(connection, "")
    assert raw.replace("-", "") not in str(connection.__dict__)


@pytest.mark.django_db
def test_nothing_matches_before_there_is_a_password():
    connection = make_connection(make_organization(), password_hash="")
    assert not matches(connection, "")
    assert not matches(connection, "anything")
