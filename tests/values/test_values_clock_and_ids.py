"""One clock; ids in its order; references that catch slips."""

import string
from datetime import UTC, date, datetime

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from almoner.values.clock import FixedClock, SystemClock, current, use
from almoner.values.ids import check_reference, reference, uuid7

MOMENT = datetime(2026, 12, 31, 16, 30, tzinfo=UTC)


def test_the_clock_in_use_is_the_machines_unless_another_is_set():
    assert isinstance(current(), SystemClock)
    clock = FixedClock(MOMENT)
    with use(clock):
        assert current() is clock
        assert current().now() == MOMENT
    assert isinstance(current(), SystemClock)


def test_the_system_clock_is_aware_and_in_utc():
    assert SystemClock().now().utcoffset() is not None
    assert SystemClock().now().tzinfo is UTC


def test_the_date_depends_on_the_time_zone():
    clock = FixedClock(MOMENT)
    assert clock.today("Asia/Shanghai") == date(2027, 1, 1)
    assert clock.today("Europe/London") == date(2026, 12, 31)


def test_a_fixed_clock_stands_still_until_it_is_moved():
    clock = FixedClock(MOMENT)
    assert clock.now() == clock.now()
    clock.move_to(datetime(2027, 1, 2, tzinfo=UTC))
    assert clock.now() == datetime(2027, 1, 2, tzinfo=UTC)


def test_an_instant_without_a_time_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        FixedClock(datetime(2027, 1, 2))  # noqa: DTZ001 -- the naive instant is what is refused


def test_a_uuid_is_of_version_7_and_carries_the_clock():
    uid = uuid7(FixedClock(MOMENT))
    assert uid.version == 7
    assert uid.variant == "specified in RFC 4122"
    assert uid.int >> 80 == int(MOMENT.timestamp() * 1000)


def test_uuids_of_one_moment_differ_and_later_ones_sort_later():
    clock = FixedClock(MOMENT)
    many = {uuid7(clock) for _ in range(1000)}
    assert len(many) == 1000
    clock.move_to(datetime(2027, 1, 1, tzinfo=UTC))
    assert max(many) < uuid7(clock)


prefixes = st.text(string.ascii_uppercase, min_size=1, max_size=6)
references = st.builds(reference, prefixes, st.integers(1, 9999), st.integers(0, 10**8))


@given(references)
def test_a_reference_passes_its_own_check(text):
    assert check_reference(text)
    assert check_reference(f" {text.lower()} ")


@given(references, st.data())
def test_every_single_wrong_character_is_found(text, data):
    place = data.draw(st.integers(0, len(text) - 1))
    wrong = data.draw(st.sampled_from(string.ascii_uppercase + string.digits + "-"))
    assume(wrong != text[place])
    assert not check_reference(text[:place] + wrong + text[place + 1 :])


@given(references, st.data())
def test_every_swap_of_neighbours_is_found(text, data):
    place = data.draw(st.integers(0, len(text) - 2))
    assume(text[place] != text[place + 1])
    swapped = text[:place] + text[place + 1] + text[place] + text[place + 2 :]
    assert not check_reference(swapped)


def test_a_reference_is_what_people_see():
    text = reference("SG", 2026, 123)
    assert text[:-1] == "SG-2026-000123-"


@pytest.mark.parametrize("prefix", ["", "sg", "S1", "TOOLONGX", "S-G"])
def test_a_prefix_is_one_to_six_capital_letters(prefix):
    with pytest.raises(ValueError, match="reference"):
        reference(prefix, 2026, 1)


@pytest.mark.parametrize(("year", "number"), [(0, 1), (10000, 1), (2026, -1)])
def test_years_and_numbers_out_of_range_make_no_reference(year, number):
    with pytest.raises(ValueError, match="reference"):
        reference("SG", year, number)


@pytest.mark.parametrize("text", ["", "SG", "SG-2026-123-K", "SG-2026-000123-I", "SG 2026 000123 K"])
def test_what_has_not_the_form_is_no_reference(text):
    assert not check_reference(text)
