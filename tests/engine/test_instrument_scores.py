"""What the answers of an instrument come to, computed beside it from the published rules; and what is missing."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import pytest
from awarded_cases import small, small_case
from hypothesis import given, settings
from hypothesis import strategies as st

from almoner.definitions.mapping import BESIDES, Column, FileHints, ImportMapping
from almoner.definitions.programme import Programme
from almoner.engine.derived import derived_values
from almoner.engine.intake.table import Table
from almoner.engine.intake.take_in import take_in
from almoner.engine.tasks import tasks_from

FOLLOW_UPS = """benefits:
  grant: {kind: cash, amount: 500}
follow_ups:
  wellbeing: {due: before first delivery, instrument: WHO-5}
  depression:
    due: before first delivery
    instrument: PHQ-9
    raises: {safety: {when: phq9_safety, to: psychiatrist, within: 4 hours}}
  anxiety: {due: before first delivery, instrument: GAD-7}
  function: {due: before first delivery, instrument: Barthel}
"""

BANDS = {
    "depression": [
        (20, "severe"),
        (15, "moderately_severe"),
        (10, "moderate"),
        (5, "mild"),
        (0, "minimal"),
    ],
    "anxiety": [(15, "severe"), (10, "moderate"), (5, "mild"), (0, "minimal")],
    "wellbeing": [(51, "not_low"), (0, "low")],
    "function": [
        (100, "independent"),
        (91, "slight_dependency"),
        (61, "moderate_dependency"),
        (21, "severe_dependency"),
        (0, "total_dependency"),
    ],
}
SCORES = {"wellbeing": "who5", "depression": "phq9", "anxiety": "gad7", "function": "barthel"}
TIMES = {"wellbeing": 4}


@cache
def programme() -> Programme:
    return small(Path(mkdtemp()), FOLLOW_UPS)


def scored(name: str, answers) -> dict:
    return derived_values(programme(), name, [answers], [{}])[0]


@st.composite
def sheets(draw):
    name = draw(st.sampled_from(list(SCORES)))
    form = programme().follow_ups[name].form
    return name, {item: draw(st.sampled_from(field.choices)) for item, field in form.items()}


@settings(max_examples=60, deadline=None)
@given(sheets())
def test_a_score_is_the_sum_of_its_points_and_lies_in_its_band(sheet):
    name, answers = sheet
    total = sum(int(points) for points in answers.values()) * TIMES.get(name, 1)
    found = scored(name, answers)
    assert found[SCORES[name]] == total
    assert found[f"{SCORES[name]}_band"] == next(band for least, band in BANDS[name] if total >= least)


@settings(max_examples=20, deadline=None)
@given(sheets(), st.data())
def test_a_missing_item_makes_the_total_unknown(sheet, data):
    name, answers = sheet
    gone = data.draw(st.sampled_from(list(answers)))
    found = scored(name, {**answers, gone: None})
    assert found[SCORES[name]] is None


@pytest.mark.parametrize(
    ("name", "worst", "best"),
    [("wellbeing", 0, 100), ("function", 0, 100), ("depression", 27, 0), ("anxiety", 21, 0)],
)
def test_the_ends_of_each_scale(name, worst, best):
    form = programme().follow_ups[name].form
    ends = sorted((worst, best))
    low = scored(name, {item: field.choices[0] for item, field in form.items()})
    high = scored(name, {item: field.choices[-1] for item, field in form.items()})
    assert [low[SCORES[name]], high[SCORES[name]]] == ends


@pytest.mark.parametrize(("said", "raised", "unclear"), [("0", 0, 0), ("1", 1, 0), ("3", 1, 0), (None, 1, 1)])
def test_thoughts_of_death_reach_somebody_within_hours(said, raised, unclear):
    case = small_case(programme())
    form = programme().follow_ups["depression"].form
    answers = {**dict.fromkeys(form, "0"), "phq9_harm": said}
    tasks = tasks_from(case, "depression", answers, datetime(2026, 3, 2, 2, 0, tzinfo=UTC))
    assert len(tasks) == raised
    assert sum(one.unclear for one in tasks) == unclear
    if tasks:
        assert tasks[0].deadline == datetime(2026, 3, 2, 6, 0, tzinfo=UTC)


def taken_in(points):
    form = programme().follow_ups["function"].form
    mapping = ImportMapping(
        "m.yaml",
        "M",
        "p",
        "follow-ups",
        "",
        FileHints(),
        {name: Column(name, 1, headers=(name,)) for name in form},
        ignore=(),
        party=None,
    )
    row = ("5", 5, 0, 5.0, "0", 5, 0, " 5 ", "5", points)
    return take_in(Table("function.csv", tuple(form), [row]), form, BESIDES["follow-ups"], mapping)


def test_points_are_taken_from_a_file_however_they_are_written_and_no_other_number_is():
    intake = taken_in(5)
    assert intake.problems == ()
    (sheet,) = intake.sheets
    assert scored("function", sheet.answers)["barthel"] == 35
    (wrong,) = taken_in(7).problems
    assert "This is none of" in str(wrong)
    (open_one,) = taken_in("").sheets
    assert scored("function", open_one.answers)["barthel"] is None
