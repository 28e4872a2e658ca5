"""Both errors of a poverty score, where the truth is known: 5,999 households whose expenditure was measured.

The score is an invented scorecard of what a visitor sees; the truth is expenditure a head below a line near that of
1998. Whoever is poor and not picked is the error of exclusion, whoever is picked and not poor the error of inclusion.
Both are counted in people: a mean in which only the poor, or only the picked, have a weight.
"""

from __future__ import annotations

import csv
import math
from decimal import Decimal
from pathlib import Path

import pytest

from almoner.cli.data_sets import DataSetMissingError, dataset_file
from almoner.definitions.load import load
from almoner.definitions.mapping import Dataset
from almoner.engine.results import Case
from almoner.engine.screening import screen
from households import AWARDED, figures

DATASET = Dataset(
    "Vietnam Living Standards Survey 1997-98",
    "R package Ecdat",
    "GPL",
    folder="vietnam_lss_households",
    file="VietNamH.csv",
)
LINE, CUT = 1790, 50

DEFINITION = f"""\
almoner: 1
programme: Score
theme: the disadvantaged
purpose: Tells how often a score is wrong.
serves: household
currency: VND
time_zone: Asia/Ho_Chi_Minh

parameters:
  # thousand dong a head and year
  poverty_line: {{type: money, source: Near the general line of 1998, from: {{1998-01-01: {LINE}}}}}

form:
  farm: {{type: boolean, ask: "Does it live from a farm?"}}
  urban: {{type: boolean, ask: "Does it live in a town?"}}
  schooling: {{type: integer, ask: Years at school of the head}}
  size: {{type: integer, ask: How many}}
  total: {{type: money, ask: What it spends a year}}

derive:
  a_head: total / size
  farm_points: {{farm: 20, otherwise: 0}}
  place_points: {{urban: 0, otherwise: 15}}
  school_points: {{schooling < 4: 20, schooling < 9: 10, otherwise: 0}}
  size_points: {{size >= 7: 35, size >= 5: 20, otherwise: 0}}
  score: farm_points + place_points + school_points + size_points
  is_picked: score >= {CUT}
  is_poor: a_head < poverty_line
  poor_people: {{is_poor: size, otherwise: 0}}
  picked_people: {{is_picked: size, otherwise: 0}}
  missed: {{is_picked: 0, otherwise: 1}}
  mistaken: {{is_poor: 0, otherwise: 1}}

eligibility:
  scored_poor: {{rule: is_picked, refusal: The score is too low., basis: Rules}}

decision: {{by: officer}}

indicators:
  excluded: {{level: process, mean: missed, weight: poor_people}}
  included: {{level: process, mean: mistaken, weight: picked_people}}
  poor: {{level: outcome, headcount: a_head, line: poverty_line, weight: size}}
  gap: {{level: outcome, poverty_gap: a_head, line: poverty_line, weight: size}}
  squared: {{level: outcome, squared_gap: a_head, line: poverty_line, weight: size}}
  unequal: {{level: outcome, gini: a_head, weight: size}}

examples:
  typical:
    given: {{as_of: 1998-06-01, farm: true, urban: false, schooling: 2, size: 7, total: 9000}}
    expect: {{outcome: eligible, score: 90, is_poor: true}}
"""


@pytest.fixture(scope="module")
def households(tmp_path_factory):
    """The answers of each household, as the survey's file has them."""
    try:
        path = dataset_file(DATASET, tmp_path_factory.mktemp("vietnam"))
    except DataSetMissingError as missing:
        pytest.skip(str(missing))
    with path.open(encoding="utf-8") as file:
        return [
            {
                "farm": row["farm"] == "yes",
                "urban": row["urban"] == "yes",
                "schooling": Decimal(math.floor(float(row["educyr"]))),
                "size": Decimal(row["hhsize"]),
                "total": Decimal(round(math.exp(float(row["lntotal"])))),
            }
            for row in csv.DictReader(file)
        ]


@pytest.fixture
def programme(tmp_path: Path):
    """The invented scorecard."""
    (tmp_path / "score.yaml").write_text(DEFINITION, encoding="utf-8")
    return load(tmp_path / "score.yaml")


def points(one):
    """The scorecard, written again."""
    schooling = 20 if one["schooling"] < 4 else 10 if one["schooling"] < 9 else 0
    size = 35 if one["size"] >= 7 else 20 if one["size"] >= 5 else 0
    return 20 * one["farm"] + 15 * (not one["urban"]) + schooling + size


def test_the_errors_of_the_score_are_those_of_an_independent_count(households, programme):
    assert len(households) == 5999
    found = figures(households, programme, awarded=AWARDED.replace(year=1998))
    poor = [one for one in households if float(one["total"]) / float(one["size"]) < LINE]
    picked = [one for one in households if points(one) >= CUT]
    people = sum(int(one["size"]) for one in poor)
    missed = sum(int(one["size"]) for one in poor if points(one) < CUT)
    chosen = sum(int(one["size"]) for one in picked)
    mistaken = sum(int(one["size"]) for one in picked if one not in poor)
    assert (found["excluded"].n, found["included"].n, found["excluded"].N) == (len(poor), len(picked), 5999)
    assert float(found["excluded"].value) == pytest.approx(missed / people, abs=1e-6)
    assert float(found["included"].value) == pytest.approx(mistaken / chosen, abs=1e-6)
    # A score is a lottery in which the poorer hold more tickets: both errors are large, and both are shown.
    assert 0.1 < float(found["excluded"].value) < 0.6
    assert 0.1 < float(found["included"].value) < 0.6


def test_poverty_and_inequality_are_those_of_an_independent_computation(households, programme):
    found = figures(households, programme, awarded=AWARDED.replace(year=1998))
    heads = sorted((float(one["total"]) / float(one["size"]), int(one["size"])) for one in households)
    whole = sum(size for _head, size in heads)
    for power, name in enumerate(("poor", "gap", "squared")):
        worth = sum(size * ((LINE - head) / LINE) ** power for head, size in heads if head < LINE)
        assert float(found[name].value) == pytest.approx(worth / whole, abs=2e-6), name
    area = before = below = 0.0
    total = sum(head * size for head, size in heads)
    for head, size in heads:
        share = before + head * size / total
        area += (before + share) / 2 * size / whole
        before, below = share, below + size
    assert below == whole
    assert float(found["unequal"].value) == pytest.approx(1 - 2 * area, abs=2e-6)


def test_the_screening_picks_whom_the_scorecard_picks(households, programme):
    day = AWARDED.replace(year=1998)
    outcomes = [one.outcome for one in screen(programme, [Case(day, one) for one in households])]
    assert outcomes == ["eligible" if points(one) >= CUT else "not eligible" for one in households]
