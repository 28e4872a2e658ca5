"""A change in the prices of one month: by hand, against exact fractions, and unknown where the index is."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from change_cases import DEFINITION, MONTHS, RISING, STORY, deflating, row, written
from hypothesis import given, settings
from hypothesis import strategies as st
from statement_cases import KEY, YEAR, stated

from almoner.definitions.load import load
from almoner.engine.bundle import write_bundle
from almoner.engine.connection import connect
from almoner.engine.facts import tables
from almoner.engine.figure_notes import beside
from almoner.engine.indicators import compute
from almoner.engine.statement_page import render
from almoner.engine.verify import verify
from almoner.values.language import use_language
from almoner.values.numbers import MICRO, half_even_div


def change(lines, rows=STORY):
    """The figure of the change in net income; without an index where there are no lines."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "plain.yaml").write_text(DEFINITION, encoding="utf-8")
        programme = deflating(folder, lines) if lines else load(folder / "plain.yaml")
        tables(programme)["follow_up_survey"].write(rows, folder)
        with connect(allowed_paths=[folder / "follow_up_survey.parquet"]) as connection:
            return next(iter(compute(programme, folder, YEAR, connection)))


def test_incomes_of_two_seasons_are_told_in_the_prices_of_the_periods_last_month():
    one = change(RISING)
    # 160, 90 and 200 less 100, each in the prices of December: 160 * 121/110 - 100 * 121/100, and so on.
    assert (one.value, one.mean, one.n, one.N) == ("55.00", "44.00", 3, 5)
    assert one.against is not None
    # The neighbours' 110 and 120 were worth no more and 11 more than their 100 of the spring.
    assert (one.against["value"], one.against["difference"]) == ("5.50", "49.50")
    assert one.deflated == {
        "by": "prices",
        "source": "A bureau",
        "month": "2025-12",
        "index": "121",
        "unpriced": 0,
    }
    assert one.target_met is True


def test_a_rise_that_is_only_the_prices_is_no_rise():
    rows = [row(1, 1, MONTHS[1], net=100), row(2, 1, MONTHS[2], net=110)]
    assert change(RISING, rows).value == "0.00"
    assert change((), rows).value == "10.00"


@pytest.mark.parametrize(
    ("lines", "unpriced"),
    [
        (("2025-03-01,110", "2025-12-01,121"), 3),
        (("2025-01-01,", "2025-03-01,110", "2025-12-01,121"), 3),
        (("2025-01-01,100", "2025-03-01,", "2025-12-01,121"), 3),
        (("2025-01-01,100", "2025-03-01,110"), 3),
        (("2025-01-01,100", "2025-03-01,110", "2025-12-01,"), 3),
    ],
    ids=["begins too late", "first empty", "second empty", "nobody continued it", "the period's month empty"],
)
def test_an_index_that_is_not_known_leaves_the_change_unknown_and_is_never_one(lines, unpriced):
    one = change(lines)
    assert (one.value, one.mean, one.n, one.N, one.target_met) == (None, None, 0, 5, None)
    assert (one.unknown, one.lost) == (1 + unpriced, 1)
    assert one.deflated is not None
    assert one.deflated["unpriced"] == unpriced
    assert one.against is not None
    assert (one.against["n"], one.against["unknown"], one.against["difference"]) == (0, 2, None)


def test_the_last_row_of_an_index_holds_for_its_own_month_alone():
    until_july = ("2025-01-01,100", "2025-07-01,110", "2025-12-01,121")
    rows = [row(1, 1, MONTHS[1], net=100), row(2, 1, MONTHS[2], net=110)]
    assert change(until_july, rows).value == "0.00"
    late = [rows[0], rows[1] | {"happened": date(2026, 1, 5)}]
    assert change(until_july, late).value is None, "what January's prices are nobody has written"


def test_a_missing_index_of_some_is_unknown_for_those_alone():
    rows = [
        row(1, 1, MONTHS[0], net=100),
        row(2, 1, MONTHS[2], net=110),
        row(3, 2, MONTHS[1], net=100),
        row(4, 2, MONTHS[2], net=120),
    ]
    one = change(RISING, rows)
    assert (one.n, one.N, one.unknown, one.value) == (1, 2, 1, "11.00")


def test_an_amount_is_rounded_half_to_even_to_a_millionth():
    rows = [row(1, 1, MONTHS[1], net=0), row(2, 1, MONTHS[2], net=1)]
    # Twelve over 4,000,000 and 20 over 8,000,000 are 3 and 2.5 millionths.
    assert change(("2025-01-01,1", "2025-03-01,4000000", "2025-12-01,12"), rows).value == "0.000003"
    assert change(("2025-01-01,1", "2025-03-01,8000000", "2025-12-01,20"), rows).value == "0.000002"
    lost = [row(1, 1, MONTHS[1], net=0), row(2, 1, MONTHS[2], net=-1)]
    assert change(("2025-01-01,1", "2025-03-01,8000000", "2025-12-01,28"), lost).value == "-0.000004"


def test_whoever_has_the_verification_file_computes_it_again(tmp_path):
    programme = deflating(tmp_path, RISING)
    account = written(tmp_path / "facts", STORY, programme)
    statement = stated([account])
    (figure, _fed) = statement.content["programmes"][0]["figures"]
    assert figure["value"] == "55.00"
    report = verify(write_bundle(tmp_path / "bundle.zip", [account], statement, key=KEY).path)
    assert report.problems == ()


def test_the_page_names_the_month_and_the_method_and_who_is_unknown_for_want_of_an_index(tmp_path):
    one = change(("2025-02-01,100", "2025-03-01,", "2025-07-01,110", "2025-08-01,", "2025-12-01,121"))
    with use_language("en"):
        assert "in the prices of December 2025 (Prices)" in beside(one.as_json())
    with use_language("zh-hans"):
        assert "按2025年12月价格计（Prices）" in beside(one.as_json())
    unknown = change(("2025-03-01,110", "2025-12-01,121"))
    never = change(("2025-01-01,100", "2025-03-01,110"))
    with use_language("en"):
        assert "3 of the unknown for want of a price index" in beside(unknown.as_json())
        assert "Prices of December 2025 are not known" in beside(never.as_json())
        account = written(tmp_path / "facts", STORY, deflating(tmp_path, RISING))
        assert "prices are never taken to have stood still" in render(stated([account]).content)
        plain = written(tmp_path / "plain", STORY)
        assert "prices are never taken to have stood still" not in render(stated([plain]).content)


# Any prices ---------------------------------------------------------------------------------------------------------

INCOMES = st.lists(
    st.tuples(st.integers(-(10**6), 10**6), st.integers(-(10**6), 10**6)), min_size=1, max_size=6
)
LEVELS = st.decimals(min_value="0.001", max_value="1000000", places=3)


def rows_of(incomes):
    for party, (before, after) in enumerate(incomes):
        yield row(2 * party, party, MONTHS[1], net=before)
        yield row(2 * party + 1, party, MONTHS[2], net=after)


def lines_of(*levels):
    return [
        f"{day},{level}"
        for day, level in zip(("2025-01-01", "2025-03-01", "2025-12-01"), levels, strict=True)
    ]


@settings(max_examples=25, deadline=None)
@given(INCOMES, LEVELS)
def test_prices_that_stand_still_change_nothing(incomes, level):
    rows = list(rows_of(incomes))
    plain, deflated = change((), rows), change(lines_of(level, level, level), rows)
    assert (plain.value, plain.mean, plain.n, plain.N) == (
        deflated.value,
        deflated.mean,
        deflated.n,
        deflated.N,
    )


@settings(max_examples=25, deadline=None)
@given(INCOMES, st.tuples(LEVELS, LEVELS, LEVELS), st.sampled_from([2, 3, 7, 100]))
def test_whether_an_index_stands_at_1_or_at_100_changes_nothing(incomes, levels, times):
    rows = list(rows_of(incomes))
    one, other = (change(lines_of(*(level * by for level in levels)), rows) for by in (1, times))
    assert (one.value, one.mean, one.n) == (other.value, other.mean, other.n)


@settings(max_examples=25, deadline=None)
@given(INCOMES, st.tuples(LEVELS, LEVELS, LEVELS))
def test_any_prices_come_to_what_exact_fractions_do(incomes, levels):
    first, second, base = (Fraction(level) for level in levels)
    changes = sorted(
        round(Fraction(after * MICRO) * base / second) - round(Fraction(before * MICRO) * base / first)
        for before, after in incomes
    )
    middle = changes[(len(changes) - 1) // 2] + changes[len(changes) // 2]
    one = change(lines_of(*levels), list(rows_of(incomes)))
    assert Decimal(one.value or "") == Decimal(half_even_div(middle, 2)) / MICRO
    assert Decimal(one.mean or "") == Decimal(half_even_div(sum(changes), len(changes))) / MICRO
