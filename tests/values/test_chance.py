from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from almoner.values.chance import Chance

# Drawn with NumPy 2 (`numpy.random.PCG64(seed).random_raw(4)`), which is no dependency of the product.
REFERENCE = {
    0: ["a30febcfd9c2825f", "4510bdf882d9d721", "0a7d3da94ecde8b8", "43b27b61342f01d"],
    1: ["8306bdf37922e4ff", "f35196bbc152a866", "24e7a4f608ec18cd", "f2dab0aed2ac6fd2"],
    42: ["c621fbcd16d92688", "705a5661a791ffc1", "dbcd12c26eda1624", "b286b60e1600888d"],
    20261001: ["a412337b2bee3d24", "cb170d1f703810cb", "be31f4b3896df94", "a2c3cfcb672a4e8d"],
    2**64 - 1: ["ae163a7a8c47568f", "d86659f5f3382359", "1e52b195bc2d24a", "e5026aaf19a22db1"],
    2**130 + 7: ["dbaa9c7dcd26280c", "927fd4541b8a9139", "8408eaafa89c02f5", "d3be9e1c6e8e27b3"],
    2**200 + 3: ["fced3be8a67b0635", "fca0733b84b7f67c", "b46cde098c0b960c", "8cdd92ee49e64f34"],
}


@pytest.mark.parametrize(("seed", "words"), REFERENCE.items())
def test_a_seed_draws_what_numpy_draws_from_it(seed, words):
    chance = Chance(seed)
    assert [chance.raw() for _ in words] == [int(word, 16) for word in words]


def test_the_stream_42_54_is_the_one_published_with_the_generator():
    chance = Chance.from_state(42, 54)
    assert [f"{chance.raw():016x}" for _ in range(6)] == [
        "86b1da1d72062b68",
        "1304aa46c9853d39",
        "a3670e9e0dd50358",
        "f9090e529a7dae00",
        "c85b9fd837996f2c",
        "606121f8e3919196",
    ]


def test_a_seed_below_zero_is_refused():
    with pytest.raises(ValueError, match="not below 0"):
        Chance(-1)


@given(st.integers(0, 2**70), st.integers(1, 2**64))
def test_a_drawn_number_lies_below_its_limit(seed, limit):
    assert 0 <= Chance(seed).below(limit) < limit


@pytest.mark.parametrize("limit", [0, -3, 2**64 + 1])
def test_a_limit_that_cannot_be_drawn_from_is_refused(limit):
    with pytest.raises(ValueError, match="limit"):
        Chance(1).below(limit)


def test_small_numbers_are_not_favoured():
    chance = Chance(7)
    counts = Counter(chance.below(3) for _ in range(30_000))
    assert set(counts) == {0, 1, 2}
    assert max(counts.values()) - min(counts.values()) < 600


def test_what_lies_above_the_last_whole_multiple_is_drawn_again():
    limit = 2**63 + 1  # nearly every second raw number lies above its only whole multiple
    raw = Chance(5)
    first_that_fits = next(number for number in iter(raw.raw, None) if number < limit)
    assert Chance(5).below(limit) == first_that_fits


@given(st.integers(0, 2**70))
def test_a_fraction_lies_from_zero_up_to_one(seed):
    assert 0 <= Chance(seed).fraction() < 1


@given(st.integers(0, 2**70), st.integers(0, 200), st.data())
def test_a_sample_is_drawn_without_repeating(seed, size, data):
    count = data.draw(st.integers(0, size))
    drawn = Chance(seed).sample(size, count)
    assert len(drawn) == count == len(set(drawn))
    assert all(0 <= place < size for place in drawn)


def test_every_place_is_as_likely_to_be_sampled():
    chance = Chance(11)
    counts = Counter(place for _ in range(6_000) for place in chance.sample(6, 2))
    assert set(counts) == set(range(6))
    assert all(1_850 < count < 2_150 for count in counts.values())


def test_more_than_there_are_is_no_sample():
    with pytest.raises(ValueError, match="3 cannot be drawn out of 2"):
        Chance(1).sample(2, 3)


@given(st.integers(0, 2**70), st.integers(0, 50))
def test_lottery_numbers_are_all_different(seed, count):
    assert len(set(Chance(seed).different(count))) == count


TRIANGLES = st.lists(st.integers(-(10**12), 10**12), min_size=3, max_size=3).map(sorted)


@given(TRIANGLES, st.integers(0, 2**64 - 1))
def test_a_triangle_is_drawn_at_its_formula_and_never_outside(three, seed):
    low, mode, high = three
    drawn = Chance(seed).triangular(low, mode, high)
    chance = Fraction(Chance(seed).raw(), 2**64)
    assert low <= drawn <= high

    def below(number):
        """How likely it is to draw less than a number: the triangle's distribution function."""
        if not low < number < high:
            return Fraction(number >= high)
        if number <= mode:
            return Fraction((number - low) ** 2, (high - low) * (mode - low))
        return 1 - Fraction((high - number) ** 2, (high - low) * (high - mode))

    if low < high:
        assert below(drawn) <= chance < below(drawn + 1)


@given(TRIANGLES, st.integers(0, 10**6), st.integers(0, 2), st.integers(0, 2**64 - 1))
def test_a_triangle_that_moves_up_is_drawn_no_lower(three, more, corner, seed):
    raised = [one + more if place >= corner else one for place, one in enumerate(three)]
    assert Chance(seed).triangular(*three) <= Chance(seed).triangular(*raised)


def test_a_triangle_must_rise():
    with pytest.raises(ValueError, match="rises"):
        Chance(1).triangular(1, 0, 2)
