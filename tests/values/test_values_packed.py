"""A long file stays in memory, and little of it: packed in pieces, it reads as if it were not."""

from __future__ import annotations

import tracemalloc
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from almoner.values.packed import PIECE, Packed


def rows(count):
    return ({"name": f"row {number}", "income": Decimal(number)} for number in range(count))


@given(count=st.sampled_from([0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 2 * PIECE + 7]), data=st.data())
def test_a_packed_sequence_reads_like_the_list_it_was_made_of(count, data):
    plain, packed = list(range(count)), Packed(iter(range(count)))
    assert len(packed) == count
    assert list(packed) == plain
    assert packed == plain
    assert bool(packed) == bool(plain)
    starts, ends = (data.draw(st.integers(-count - 2, count + 2)) for _end in range(2))
    assert packed[starts:ends] == plain[starts:ends]
    for place in data.draw(st.lists(st.integers(-count, count - 1), max_size=5)) if count else []:
        assert packed[place] == plain[place]


def test_it_is_walked_through_as_often_as_asked_and_from_two_places_at_once():
    packed = Packed(range(3 * PIECE))
    pairs = zip(packed, packed[PIECE:], strict=False)
    assert all(later - earlier == PIECE for earlier, later in pairs)
    assert list(packed) == list(range(3 * PIECE))


def test_a_place_beyond_the_end_is_an_error_and_another_length_is_not_equal():
    packed = Packed(range(PIECE))
    for place in (PIECE, -PIECE - 1):
        with pytest.raises(IndexError):
            packed[place]
    assert packed != list(range(PIECE - 1))
    assert packed != [*range(PIECE - 1), 0]
    assert packed != {*range(PIECE)}
    with pytest.raises(TypeError, match="no hash"):
        hash(packed)


def test_packed_rows_take_less_than_a_third_of_what_they_take_spread_out():
    def held(make):
        tracemalloc.start()
        kept = make(rows(10 * PIECE))
        size, _peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert kept[0]["income"] == 0
        return size

    held(Packed)  # what pickle and zlib keep for themselves is made once
    assert held(Packed) < held(list) / 3
