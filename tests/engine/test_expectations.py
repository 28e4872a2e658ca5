from decimal import Decimal

import pytest

from almoner.engine.expectations import differences, same
from almoner.values.money import Money


@pytest.mark.parametrize(
    ("wanted", "got"),
    [
        ("75", Decimal("75.0")),
        ("5000", Money.of(5000, "CNY")),
        ("5000.00", Decimal(5000)),
        (1, Decimal(1)),
        ("true", True),
        (False, False),
        (None, None),
        ("null", None),
        (["b", "a"], ("a", "b")),
        ("a", ["a"]),
        (["a"], "a"),
        ({"yes": "1"}, {"yes": 1, "no": 0}),
        ([], ()),
        (None, ()),
    ],
)
def test_what_the_file_writes_is_what_came(wanted, got):
    assert same(wanted, got)


@pytest.mark.parametrize(
    ("wanted", "got"),
    [
        ("75", Decimal("75.01")),
        ("0", None),
        (None, Decimal(0)),
        ("false", None),
        (["a"], ["a", "b"]),
        (["a", "a"], ["a"]),
        (["a"], ["a", "a"]),
        (["a", "b"], ["a", "a"]),
        ({"yes": "1"}, {"no": 1}),
        ("1", {"yes": 1}),
        ("many", Decimal(1)),
        ("1", True),
    ],
)
def test_what_is_not_the_same_is_told_apart(wanted, got):
    assert not same(wanted, got)


def test_a_name_nobody_knows_fails_and_suggests_one():
    (sentence,) = differences({"duee": []}, {"due": list})
    assert "'duee' is nothing that can be expected here." in sentence
    assert "Did you mean 'due'?" in sentence


def test_what_is_not_named_is_not_computed():
    assert list(differences({"due": []}, {"due": list, "held": lambda: 1 // 0})) == []
