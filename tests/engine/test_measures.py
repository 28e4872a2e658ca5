"""Poverty, inequality and means: exact, weighed, never of what is unknown, and found again from the rows alone."""

from decimal import Decimal
from fractions import Fraction

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statement_cases import KEY, figures_of, stated

from almoner.definitions.load import load
from almoner.definitions.problems import DefinitionError
from almoner.engine.bundle import write_bundle
from almoner.engine.figure_notes import beside
from almoner.engine.statement_page import render
from almoner.engine.statement_words import shown
from almoner.engine.verify import verify
from almoner.values.language import use_language
from almoner.values.numbers import MICRO, half_even_div
from households import DEFINITION, figures, incomes, relief, written


def test_an_unknown_income_is_not_poor_and_not_zero():
    found = figures(incomes(100, 110, 150, 160, None))
    for name, value in (("poor", "0.5"), ("gap", "0.08"), ("squared", "0.0136"), ("average", "130.00")):
        one = found[name]
        assert (one.value, one.n, one.N, one.unknown) == (value, 4, 5, 1), name
    assert (found["poor"].yes, found["poor"].no) == (2, 2)


def test_a_household_counts_with_as_many_as_live_in_it():
    found = figures(incomes(100, size=6) + incomes(200, size=2))
    assert (found["poor"].value, found["poor_people"].value) == ("0.5", "0.75")
    assert (found["gap"].value, found["gap_of_people"].value) == ("0.1", "0.15")
    assert (found["average"].value, found["average_of_people"].value) == ("150.00", "125.00")
    assert found["poor_people"].measured["weights"] == "8"


@pytest.mark.parametrize("size", [None, 0], ids=["unknown", "nobody"])
def test_who_lives_in_a_household_of_unknown_size_is_in_no_weighed_figure(size):
    found = figures(incomes(100, size=size) + incomes(200, size=2))
    one = found["poor_people"]
    assert (one.value, one.n, one.N, one.unknown) == ("0", 1, 2, 1)
    assert found["poor"].n == 2


def test_exactly_at_the_line_is_not_below_it_and_a_fen_below_is():
    found = figures(incomes(125, "124.99"), relief())
    assert (found["poor"].yes, found["poor"].no, found["poor"].value) == (1, 1, "0.5")
    # On a high line a fen is less than a millionth of it: still below, though the gap rounds to nothing.
    high = figures(incomes("999999.99"), relief("1000000"))
    assert (high["poor"].value, high["gap"].value) == ("1", "0")


@pytest.mark.parametrize("line", ["0", "-5"])
def test_a_line_of_nothing_leaves_the_gap_unknown(line):
    found = figures(incomes(-10, 10), relief(line))
    assert (found["gap"].value, found["gap"].n, found["gap"].unknown) == (None, 0, 2)


def test_before_there_is_a_line_nobody_is_poor_and_nobody_is_not(tmp_path):
    path = tmp_path / "relief.yaml"
    path.write_text(DEFINITION.replace("2025-01-01: 125", "2026-01-01: 125"), encoding="utf-8")
    found = figures(incomes(100, 200), load(path))
    assert (found["poor"].value, found["poor"].unknown, found["average"].value) == (None, 2, "150.00")


def test_a_poverty_figure_meets_its_target_when_it_is_not_above_it():
    found = figures(incomes(100, 110, 150, 160))
    assert (found["poor"].target_met, found["gap"].target_met) == (True, True)
    assert (found["squared"].target_met, found["average"].target_met) == (False, True)


def test_there_is_no_coefficient_of_amounts_below_zero_nor_of_nothing():
    below = figures(incomes(-1, 5))["unequal"]
    assert (below.value, below.n, below.measured["below_zero"]) == (None, 2, True)
    with use_language("en"):
        assert "an amount is below 0, and for such amounts there is no coefficient" in beside(below.as_json())
    nothing = figures(incomes(0, 0))["unequal"]
    assert (nothing.value, nothing.n, nothing.measured["below_zero"]) == (None, 2, False)
    assert figures(incomes(7))["unequal"].value == "0"


def test_where_incomes_are_confidential_the_shortfall_is_cut_and_who_is_poor_is_not():
    found = figures(incomes("83.21", 200))
    assert (found["secret_poor"].value, found["secret_poor"].banded) == ("0.5", False)
    # 41.79 of 125 is 0.33432; its half is 0.16716, and of the two digits that are written 0.165.
    assert (found["gap"].value, found["gap"].banded) == ("0.16716", False)
    assert (found["secret_gap"].value, found["secret_gap"].banded) == ("0.165", True)


def test_no_row_holds_a_confidential_income(tmp_path):
    written(tmp_path, relief(), incomes("83.21"))
    table = pq.read_table(tmp_path / "awards.parquet")
    held = {name for name in table.column_names if str(table[name][0].as_py()).startswith("83.2")}
    assert held == {
        "answer.income",
        *(f"indicator.{name}" for name in ("average", "average_of_people", "unequal", "unequal_people")),
    }


def test_the_page_says_the_line_the_weight_and_how_many(tmp_path):
    account = written(tmp_path, relief(), [*incomes(100, size=6), *incomes(200, size=2), {}])
    statement = stated([account])
    one = figures_of(statement)["poor_people"]
    with use_language("en"):
        assert shown(one, one["value"]) == "75.0%"
        said = beside(one)
        assert said[:4] == [
            "below the line: poverty_line",
            "weighed by size: 8 in all",
            "1 below, 1 not",
            "known for 2 of 3",
        ]
        assert "Foster, Greer and Thorbecke" in render(statement.content)
    with use_language("zh-hans"):
        assert "按 size 加权：合计 8" in beside(one)


def test_whoever_has_the_verification_file_computes_it_again_and_sees_what_was_changed(tmp_path):
    account = written(tmp_path / "facts", relief(), incomes(100, 110, 150, 160, size=3))
    statement = stated([account])
    bundle = write_bundle(tmp_path / "bundle", [account], statement, key=KEY)
    assert verify(bundle.path, bundle.root).problems == ()
    path = bundle.path / "facts" / "relief" / "awards.parquet"
    table = pq.read_table(path)
    column = table.schema.names.index("indicator.gap")
    zero = pa.array([Decimal(0)] * len(table), table.schema.field(column).type)
    pq.write_table(
        table.set_column(column, table.schema.field(column), zero),
        path,
        compression="zstd",
        version="2.6",
        store_schema=False,
    )
    said = " ".join(verify(bundle.path).problems)
    assert 'gap, value: the statement says "0.08"; the rows give "0"' in said


@pytest.mark.parametrize(
    ("figure", "said"),
    [
        ("poor: {level: outcome, headcount: income}", "'poor' needs a 'line'"),
        (
            "poor: {level: outcome, gini: income, line: poverty_line}",
            "only headcount, poverty_gap, squared_gap",
        ),
        ("poor: {level: outcome, sum: income, weight: size}", "are weighed"),
        ("poor: {level: outcome, headcount: size, line: poverty_line}", "size"),
        ("poor: {level: outcome, headcount: income, line: size}", "size"),
        ("poor: {level: outcome, mean: income, weight: income}", "income"),
        ("poor: {level: outcome, headcount: income, line: poverty_lin}", "poverty_line"),
    ],
)
def test_what_cannot_be_measured_is_a_problem_with_its_line(tmp_path, figure, said):
    path = tmp_path / "relief.yaml"
    before, _indicators, rest = DEFINITION.partition("indicators:\n")
    path.write_text(
        f"{before}indicators:\n  {figure}\n\nexamples:{rest.partition('examples:')[2]}", encoding="utf-8"
    )
    with pytest.raises(DefinitionError, match=r"relief\.yaml:23") as problem:
        load(path)
    assert said in str(problem.value)


# Any households -----------------------------------------------------------------------------------------------------

AMOUNTS = st.none() | st.decimals(0, 400, places=2)
HOUSEHOLDS = st.lists(st.tuples(AMOUNTS, st.none() | st.integers(0, 9)), min_size=1, max_size=8)


def _households(pairs):
    return [household for amount, size in pairs for household in incomes(amount, size=size)]


def _known(pairs, *, weighed):
    known = [(Fraction(amount), size) for amount, size in pairs if amount is not None]
    return [(y, size if weighed else 1) for y, size in known if not weighed or size]


def _fgt(pairs, power):
    whole = sum(w for _y, w in pairs)
    poor = [
        (Fraction(half_even_div((12500 - int(y * 100)) * MICRO, 12500), MICRO), w)
        for y, w in pairs
        if y < 125
    ]
    return sum(w * gap**power for gap, w in poor) / Fraction(whole)


def _gini(pairs):
    """Half the mean of the differences of every two, over the mean: another formula than the product's."""
    whole, total = sum(w for _y, w in pairs), sum(w * y for y, w in pairs)
    apart = sum(w * v * abs(y - x) for y, w in pairs for x, v in pairs)
    return Fraction(apart) / (2 * whole * total)


def _text(value):
    return half_even_div(value.numerator * MICRO, value.denominator)


@settings(max_examples=30, deadline=None)
@given(HOUSEHOLDS)
def test_every_measure_is_what_exact_fractions_come_to(pairs):
    found = figures(_households(pairs))
    for weighed, names in (
        (False, ("poor", "gap", "squared", "unequal", "average")),
        (True, ("poor_people", "gap_of_people", "squared_of_people", "unequal_people", "average_of_people")),
    ):
        known = _known(pairs, weighed=weighed)
        wanted = dict.fromkeys(names)
        if known:
            wanted |= {name: _fgt(known, power) for power, name in enumerate(names[:3])}
            wanted[names[4]] = sum(w * y for y, w in known) / Fraction(sum(w for _y, w in known))
            if sum(w * y for y, w in known):
                wanted[names[3]] = _gini(known)
        for name, value in wanted.items():
            one = found[name]
            assert (one.n, one.N) == (len(known), len(pairs)), name
            said = None if one.value is None else int(Decimal(one.value) * MICRO)
            assert said == (None if value is None else _text(value)), name


@settings(max_examples=15, deadline=None)
@given(HOUSEHOLDS, st.integers(2, 5))
def test_as_many_again_of_everybody_changes_no_measure(pairs, times):
    one, other = (figures(_households(pairs * by)) for by in (1, times))
    for name, figure in one.items():
        assert figure.value == other[name].value, name
