"""The change of an answer from the first to the last follow-up, beside a comparison, against plain Python."""

from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from change_cases import DEFINITION, MONTHS, NAMED, SPRING, STORY, contracts, row, written
from hypothesis import given, settings
from hypothesis import strategies as st
from statement_cases import KEY, YEAR, stated

from almoner.definitions.load import load
from almoner.engine.bundle import write_bundle
from almoner.engine.connection import connect
from almoner.engine.facts import tables
from almoner.engine.figure_notes import beside
from almoner.engine.figures import Period
from almoner.engine.funnel import count_funnel
from almoner.engine.indicators import compute
from almoner.engine.statement_page import render
from almoner.engine.verify import verify
from almoner.values.language import use_language


def figures(rows, period=YEAR):
    with TemporaryDirectory() as folder:
        tables(contracts())["follow_up_survey"].write(rows, Path(folder))
        with connect(allowed_paths=[Path(folder) / "follow_up_survey.parquet"]) as connection:
            found = {one.name: one for one in compute(contracts(), Path(folder), period, connection)}
            return found, count_funnel(contracts(), Path(folder), period, connection)


def test_the_middle_change_with_n_of_n_beside_the_neighbours():
    found, _funnel = figures(STORY)
    one = found["net_income"]
    assert (one.value, one.mean, one.n, one.N) == ("60.00", "50.00", 3, 5)
    assert (one.lost, one.unknown, one.refused) == (1, 1, 0)
    assert one.target_met is True
    assert one.against == {
        "name": "neighbours",
        "who": "Others",
        "n": 2,
        "N": 3,
        "at_least": 3,
        "too_few": False,
        "value": "15.00",
        "mean": "15.00",
        "difference": "45.00",
        "difference_of_means": "35.00",
        "unknown": 0,
        "refused": 1,
        "died": 0,
        "lost": 0,
        "not_tried": 0,
        "unpriced": 0,
    }
    assert one.deflated is None


def test_fewer_neighbours_than_the_file_demands_are_said_to_be_too_few():
    exactly, _funnel = figures(STORY)
    assert exactly["net_income"].against is not None
    assert exactly["net_income"].against["too_few"] is False
    asked_twice = [one for one in STORY if one["party"] != NAMED("party", 52)]
    found, _funnel = figures(asked_twice)
    against = found["net_income"].against
    assert against is not None
    assert (against["N"], against["at_least"], against["too_few"]) == (2, 3, True)
    with use_language("en"):
        said = beside(found["net_income"].as_json())
    assert "Neighbours: 2 were asked; the programme wants at least 3" in said


def test_a_file_that_demands_no_number_is_told_nothing(tmp_path):
    path = tmp_path / "contracts.yaml"
    path.write_text(DEFINITION.replace("at_least: 3, ", ""), encoding="utf-8")
    undemanding = load(path)
    tables(undemanding)["follow_up_survey"].write(STORY, tmp_path)
    with connect(allowed_paths=[tmp_path / "follow_up_survey.parquet"]) as connection:
        one = next(iter(compute(undemanding, tmp_path, YEAR, connection)))
    assert one.against is not None
    assert (one.against["at_least"], one.against["too_few"]) == (None, None)


def test_neighbours_are_in_no_other_figure_and_not_among_the_followed_up():
    found, funnel = figures(STORY)
    assert (found["fed"].N, found["fed"].people) == (11, 6)
    assert (funnel.due_for_follow_up, funnel.followed_up) == (11, 10)


def test_a_last_follow_up_outside_the_period_is_another_periods_change():
    found, _funnel = figures(STORY, Period.year(2026))
    assert (found["net_income"].n, found["net_income"].N, found["net_income"].value) == (0, 0, None)


def test_without_two_answers_nothing_changed_and_nothing_is_zero():
    found, _funnel = figures([row(1, 1, SPRING, net=100)])
    one = found["net_income"]
    assert (one.value, one.mean, one.n, one.N, one.target_met) == (None, None, 0, 0, None)
    assert one.against is not None
    assert one.against["difference"] is None


def test_the_page_says_that_it_is_a_difference_and_no_effect_in_both_languages():
    with TemporaryDirectory() as folder:
        account = written(Path(folder) / "facts", STORY)
        statement = stated([account])
        page = render(statement.content)
        assert "difference 45.00 CNY: what lies between the two, not what the help did" in page
        assert "mean 50.00 CNY" in page
        with use_language("zh-hans"):
            assert "difference" not in render(statement.content)
        bundle = write_bundle(Path(folder) / "bundle.zip", [account], statement, key=KEY)
        report = verify(bundle.path, bundle.root)
        assert report.problems == ()
        assert report.agrees


# Plain Python -----------------------------------------------------------------------------------------------------

STATES = ("answered", "refused", "died", "lost", "not tried", "due")
ASKED = st.lists(
    st.tuples(
        st.integers(0, 6),
        st.sampled_from(MONTHS),
        st.sampled_from(STATES),
        st.one_of(st.none(), st.integers(-1000, 1000)),
        st.sampled_from([None, "neighbours"]),
    ),
    max_size=30,
    unique_by=lambda one: (one[0], one[1], one[4]),
)


def by_hand(asked, group):
    """Median, mean, n and N of a group."""
    changed, whole = [], 0
    for party in {one[0] for one in asked if one[4] == group}:
        mine = sorted(
            (one for one in asked if (one[0], one[4]) == (party, group) and one[1] <= YEAR.ends),
            key=lambda one: one[1],
        )
        if len(mine) < 2 or mine[-1][1] < YEAR.starts:
            continue
        whole += 1
        first, last = mine[0], mine[-1]
        if first[2] == last[2] == "answered" and None not in (first[3], last[3]):
            changed.append(last[3] - first[3])
    changed.sort()
    if not changed:
        return None, None, 0, whole
    lower, upper = changed[(len(changed) - 1) // 2], changed[len(changed) // 2]
    return Decimal(lower + upper) / 2, Decimal(sum(changed)) / len(changed), len(changed), whole


@settings(max_examples=80, deadline=None)
@given(ASKED)
def test_any_follow_ups_come_to_what_plain_python_computes(asked):
    rows = [
        row(place, party if group is None else 100 + party, due, state, net=net, group=group)
        for place, (party, due, state, net, group) in enumerate(asked)
    ]
    one = figures(rows)[0]["net_income"]
    helped, others = by_hand(asked, None), by_hand(asked, "neighbours")
    assert (one.n or 0, one.N or 0) == helped[2:]
    if one.against is not None:
        assert (one.against["n"], one.against["N"]) == others[2:]
        assert_close(one.against["value"], others[0])
        assert_close(one.against["mean"], others[1])
    assert_close(one.value, helped[0])
    assert_close(one.mean, helped[1])
    if one.N:
        others_known = (one.unknown, one.refused, one.died, one.lost, one.not_tried)
        assert one.n + sum(others_known) == one.N


def assert_close(text, value):
    assert (text is None) == (value is None)
    if value is not None:
        assert Decimal(text) == pytest.approx(value, abs=Decimal("0.000001"))
