"""The invented office's maize farmers: contracts, unscheduled weighings, and what their households earned.

Like its students they do not exist, are the same from the same seed, and have failures in them: plots that are on no
register, carts heavier empty than full, grades nobody wrote down, maize sold elsewhere, families that moved away.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

from almoner.cli.data_sets import MAPPINGS
from almoner.cli.demo_office import SEED, Row, chance_of, often, weighted, write_json, write_sheet
from almoner.cli.demo_stage import Later, Play, Policy
from almoner.engine.figures import Period
from almoner.flow.applications.models import Round
from almoner.flow.decisions.queries import awarded_row_keys

NAME = "Cedar Life Sciences (invented), maize 2025"
FARMERS = 40
OPENS, DECIDED, BASELINE = date(2025, 2, 20), date(2025, 3, 14), date(2025, 3, 20)
HARVEST, LAST_SURVEY = date(2025, 9, 1), date(2025, 12, 19)
BROUGHT_IN = (date(2025, 9, 18), date(2025, 10, 16), date(2025, 11, 13))
PAID = (date(2025, 3, 21), date(2025, 9, 19), date(2025, 10, 17), date(2025, 11, 14), date(2025, 12, 19))
BUSIEST = 40
"""The most weighings of a farmer in a season."""

VILLAGES = ("north bank", "south bank", "east plain", "stone bridge")
BUDGET = Decimal(1_200_000)
NEIGHBOURS = tuple(f"CLN-{number:03d}" for number in range(1, 37))
"""Households of the same villages without a contract, who are asked the same and helped with nothing."""

GROWTH_UNDER_CONTRACT, GROWTH_WITHOUT = 30, 14
"""How much more, in per cent at most above 95, a household sells after the season: what the generator puts in."""


def farmers(seed: int = SEED) -> list[Row]:
    """The applications, most of them whole."""
    return [_farmer(seed, f"CLF-{number:03d}") for number in range(1, FARMERS + 1)]


def _farmer(seed: int, farmer: str) -> Row:
    chance = chance_of(seed, farmer)
    area = 4 + chance.below(30) if often(chance, 0.95) else 60 + chance.below(40)
    yields = 380 + chance.below(220) if often(chance, 0.93) else 900
    return {
        "farmer": farmer,
        "as_of": (OPENS + timedelta(days=chance.below(12))).isoformat(),
        "village": VILLAGES[chance.below(len(VILLAGES))],
        "on_register": None if often(chance, 0.05) else often(chance, 0.93),
        "crop": "maize",
        "area_mu": None if often(chance, 0.04) else area,
        "contracted_kg": area * yields,
        "wants_seed": often(chance, 0.7),
        "woman_paid": often(chance, 0.35),
    }


def weighings(after: date, until: date, contracts: Collection[str], *, seed: int = SEED) -> list[Row]:
    """What the weighbridge wrote down after one day and until another, of all contracts, in the order of the days."""
    known = {row["farmer"]: row for row in farmers(seed)}
    rows = [row for farmer in sorted(contracts) for row in _season(seed, known[farmer])]
    found = [(day, row) for day, row in rows if after < day <= until]
    return [row for _day, row in sorted(found, key=lambda pair: (pair[0], pair[1]["slip"]))]


def _season(seed: int, farmer: Row) -> list[tuple[date, Row]]:
    """A farmer's season: one brings a cart a day at the harvest, another one in all; some sell elsewhere."""
    chance = chance_of(seed, f"{farmer['farmer']}/season")
    times = int(weighted(chance, (("3", 0.3), ("8", 0.35), ("16", 0.25), (str(BUSIEST), 0.1))))
    sold_here = 0.35 if often(chance, 0.1) else 0.8 + chance.fraction() * 0.4
    each = farmer["contracted_kg"] * sold_here / times
    found = []
    for number in range(1, times + 1):
        day = HARVEST + timedelta(days=chance.below(72))
        tare = 380 + 5 * chance.below(60)
        gross = tare + round(each * (0.8 + 0.4 * chance.fraction()))
        if often(chance, 0.01):
            gross, tare = tare, gross
        moisture = 12 + chance.below(80) / 10 if often(chance, 0.985) else 31
        grade = weighted(chance, (("A", 0.25), ("B", 0.6), ("C", 0.15)))
        row = {
            "farmer": farmer["farmer"],
            "day": day.strftime("%d/%m/%Y"),
            "slip": f"{farmer['farmer']}-{number:02d}",
            "gross": f"{gross},0",
            "tare": f"{tare},0",
            "moisture": f"{moisture / 100:.3f}".replace(".", ","),
            "grade": "" if often(chance, 0.015) else grade,
        }
        found.append((day, row))
    return found


def survey(asked_on: date, households: Collection[str], *, last: bool, seed: int = SEED) -> list[Row]:
    """What households answered: all before the season (without it nothing is bought), about four in five after it."""
    rows = []
    for household in sorted(households):
        chance = chance_of(seed, f"{household}/survey")
        sales = 9000 + 250 * chance.below(60)
        wages, rent, costs = 200 * chance.below(60), 100 * chance.below(8), 3000 + 100 * chance.below(40)
        hungry = chance.below(4) if often(chance, 0.3) else 0
        later = chance_of(seed, f"{household}/survey/{last}")
        result = (
            weighted(later, (("answered", 0.8), ("refused", 0.05), ("lost", 0.15))) if last else "answered"
        )
        if last:
            grown = GROWTH_WITHOUT if household in NEIGHBOURS else GROWTH_UNDER_CONTRACT
            sales = round(sales * (95 + later.below(grown)) / 100)
            wages += 200 * later.below(10)
            hungry = max(hungry - later.below(2), 0)
        answers: dict[str, Any] = {
            "sales": sales,
            "rent": rent,
            "wages": wages,
            "costs": costs,
            "hungry_months": hungry,
        }
        if result != "answered":
            answers = dict.fromkeys(answers, "")
        day = asked_on.strftime("%d/%m/%Y")
        rows.append({"farmer": household, "day": day, "result": result, **answers})
    return rows


def park(work: Path) -> Callable[[], Play]:
    """The season of 2025, made when its turn comes."""

    def make() -> Play:
        return Play(
            programme="agricultural_park",
            file=write_json(work / "farmers-2025.json", farmers()),
            mapping=MAPPINGS / "cedar_park_2025.yaml",
            policy=Policy(
                BUDGET, SEED, "demonstration: the register was not looked up in time", fund="rural"
            ),
            opens=OPENS,
            cut_on=DECIDED,
            real=False,
            deliver_on=PAID,
            later=[
                *_surveys(work, BASELINE, last=False),
                *_weighings(work),
                *_surveys(work, LAST_SURVEY, last=True),
            ],
            management_cost=[(date(2025, 12, 20), Decimal(36_000))],
            period=Period.year(2025),
            closed_on=date(2026, 1, 20),
        )

    return make


def _survey(work: Path, on: date, *, last: bool) -> Later:
    def write(round_: Round) -> Path:
        return write_sheet(work / f"survey-{on}.csv", survey(on, awarded_row_keys(round_), last=last))

    return Later(on, "follow-ups", MAPPINGS / "cedar_season_survey.yaml", write)


def _surveys(work: Path, on: date, *, last: bool) -> list[Later]:
    """The survey of those under contract, and of their neighbours."""

    def write(_round: Round) -> Path:
        rows = [{**row, "agreed": "yes"} for row in survey(on, NEIGHBOURS, last=last)]
        return write_sheet(work / f"neighbours-{on}.csv", rows)

    neighbours = Later(on, "follow-ups", MAPPINGS / "cedar_neighbours.yaml", write)
    return [_survey(work, on, last=last), neighbours]


def _weighings(work: Path) -> list[Later]:
    def file(after: date, until: date) -> Later:
        def write(round_: Round) -> Path:
            rows = weighings(after, until, awarded_row_keys(round_))
            return write_sheet(work / f"weighings-{until}.csv", rows)

        return Later(until, "deliveries", MAPPINGS / "cedar_weighings.yaml", write)

    days = (HARVEST - timedelta(days=1), *BROUGHT_IN)
    return [file(after, until) for after, until in pairwise(days)]
