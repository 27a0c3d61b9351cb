"""An answer stands while its basis does, and none is kept that was found while it changed."""

from itertools import count

from standpipe.core.remembered import Remembered


def test_an_answer_is_found_once_for_each_key_and_basis():
    remembered, found = Remembered[int](most=9), count()
    asked = [("a", 1), ("a", 1), ("b", 1), ("a", 2), ("a", 1), ("b", 1)]
    answers = [remembered.get(key, basis=lambda at=at: at, find=lambda: next(found)) for key, at in asked]
    assert answers == [0, 0, 1, 2, 3, 1]


def test_what_was_found_while_the_basis_changed_is_not_kept():
    remembered, moving = Remembered[str](most=9), count()
    assert remembered.get("a", basis=lambda: next(moving), find=lambda: "half new") == "half new"
    assert remembered.get("a", basis=lambda: 0, find=lambda: "new") == "new"


def test_no_more_is_kept_than_was_allowed():
    remembered = Remembered[int](most=2)
    for key in range(3):
        remembered.get(key, basis=lambda: 0, find=lambda key=key: key)
    assert [remembered.get(key, basis=lambda: 0, find=lambda: -1) for key in (2, 0)] == [2, -1]
