"""The same value is always the same bytes."""

from collections import OrderedDict
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from almoner.values.canonical import CanonicalProblem, canonical, digest, read
from almoner.values.money import Money

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner),
)


class Colour(StrEnum):
    RED = "red"


@given(json_values)
def test_what_was_written_is_read_again(value):
    assert read(canonical(value)) == value


@given(st.dictionaries(st.text(st.characters(codec="utf-8")), st.integers(0, 9)))
def test_the_order_of_keys_does_not_matter(value):
    backwards = OrderedDict(reversed(value.items()))
    assert canonical(backwards) == canonical(value)
    assert digest(backwards) == digest(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": 1, "a": [None, True]}, '{"a":[null,true],"b":1}'),
        (Decimal("5E+3"), '"5000"'),
        (Decimal("5000.00"), '"5000"'),
        (Decimal("-0.0"), '"0"'),
        (Decimal("0.10"), '"0.1"'),
        (Decimal(100), '"100"'),
        (date(2026, 9, 10), '"2026-09-10"'),
        (datetime(2026, 9, 10, 8, tzinfo=timezone(timedelta(hours=8))), '"2026-09-10T00:00:00Z"'),
        (datetime(2026, 9, 10, 0, 0, 0, 5, tzinfo=UTC), '"2026-09-10T00:00:00.000005Z"'),
        (UUID(int=1), '"00000000-0000-0000-0000-000000000001"'),
        (Money(500000, "CNY"), '{"amount":"5000.00","currency":"CNY"}'),
        (Colour.RED, '"red"'),
        (("a", "助"), '["a","助"]'),
    ],
)
def test_how_values_are_written(value, text):
    assert canonical(value).decode() == text


@pytest.mark.parametrize(
    "value",
    [
        1.5,
        float("nan"),
        2**53,
        {1: "a"},
        {"a": {3}},
        b"bytes",
        Decimal("NaN"),
        datetime(2026, 1, 1),  # noqa: DTZ001 -- the naive instant is what is refused
        "\ud800",
    ],
)
def test_what_has_no_canonical_form_is_refused(value):
    with pytest.raises(CanonicalProblem):
        canonical({"in": value})


@pytest.mark.parametrize("text", ["1.0", "[1e3]", "NaN", "{", "-Infinity"])
def test_a_text_with_a_float_is_not_read(text):
    with pytest.raises(CanonicalProblem):
        read(text)


def test_a_digest_of_bytes_is_of_the_bytes_themselves():
    assert digest(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert digest({}) == digest(b"{}")
