"""Published emission factors as dated tables of a programme: what a reading comes to is what was printed with them."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from almoner.definitions.load import load
from almoner.engine.session_sheets import conclude

CASE = yaml.safe_load((Path(__file__).parent / "ghg_factors.yaml").read_text(encoding="utf-8"))
UK = {name: row["v"] for name, row in CASE["inputs"]["uk_2025_kgco2e"].items()}
CHINA = CASE["inputs"]["china_grid_kgco2_per_kwh"]
CHECKS = {row["id"]: row for row in CASE["checks"]}

READINGS = """\
almoner: 1
programme: Readings
theme: green production
purpose: Turns what meters say into kilograms by published factors.
serves: public
currency: CNY
time_zone: UTC
lookups:
  uk: {file: uk.csv, source: UK Government 2025, keys: {what: code}, values: {kg: number}}
  grid: {file: grid.csv, source: Ministry of Ecology and Environment, keys: {region: code}, values: {kg: number}}
sessions:
  reading_day: {at: site, ends: [held, cancelled]}
records:
  reading:
    about: session
    names: none
    form: {kwh: {type: number}, million_litres: {type: number}, region: {type: code}}
    derive:
      used: kwh * lookup(uk, 'electricity_kwh')
      lost: kwh * lookup(uk, 'td_losses_kwh')
      with_losses: used + lost
      supplied: million_litres * lookup(uk, 'water_supply_million_litres')
      treated: million_litres * lookup(uk, 'water_treatment_million_litres')
      on_the_grid: kwh * lookup(grid, region)
examples:
  none: {given: {}, then: [{on: 2025-03-01, step: open, expect: {state: open}}]}
"""


@pytest.fixture(scope="module")
def programme(tmp_path_factory):
    folder = tmp_path_factory.mktemp("factors")
    uk = [f"2025-01-01,{name},{value}" for name, value in UK.items()]
    grid = [f"{year}-01-01,national,{value}" for year, value in CHINA["national"].items()]
    grid += [f"2023-01-01,{region},{value}" for region, value in CHINA["regions_2023"].items()]
    (folder / "uk.csv").write_text("\n".join(["from,what,kg", *uk]) + "\n", encoding="utf-8")
    (folder / "grid.csv").write_text("\n".join(["from,region,kg", *sorted(grid)]) + "\n", encoding="utf-8")
    (folder / "readings.yaml").write_text(READINGS, encoding="utf-8")
    return load(folder / "readings.yaml")


def comes_to(programme, on, **answers):
    """What follows from one reading on a day."""
    at = datetime(on.year, on.month, on.day, tzinfo=UTC)
    (found,) = conclude(programme, "reading", [answers], on, at)
    return found.derived


def is_as_printed(check, value):
    row = CHECKS[check]
    assert abs(value - Decimal(row["expect"])) <= Decimal(row.get("tolerance", "0")), (check, value)


def test_ten_thousand_kilowatt_hours_with_their_losses(programme):
    found = comes_to(programme, date(2025, 6, 1), kwh=Decimal(10_000))
    assert (found["used"], found["lost"]) == (Decimal(1770), Decimal("185.3"))
    is_as_printed("uk_10000kwh_including_losses", found["with_losses"])


def test_a_cubic_metre_is_the_thousandth_part_of_a_million_litres(programme):
    found = comes_to(programme, date(2025, 6, 1), million_litres=Decimal("0.001"))
    is_as_printed("water_supply", found["supplied"])
    is_as_printed("water_treatment", found["treated"])
    printed = (Decimal(UK["water_supply_m3"]), Decimal(UK["water_treatment_m3"]))
    assert tuple(round(found[name], 4) for name in ("supplied", "treated")) == tuple(
        round(value, 4) for value in printed
    )


def test_a_reading_goes_by_the_factor_of_its_own_year(programme):
    before, after = (
        comes_to(programme, date(year, 7, 1), kwh=Decimal(10_000), region="national")["on_the_grid"]
        for year in (2022, 2023)
    )
    assert (before, after) == (Decimal(5366), Decimal(5306))
    is_as_printed("china_change_2023_percent", 100 * (after / before - 1))


@pytest.mark.parametrize("region", CHINA["regions_2023"])
def test_each_region_has_its_own_factor_from_its_year_on_and_none_before(programme, region):
    found = comes_to(programme, date(2023, 7, 1), kwh=Decimal(1), region=region)
    assert found["on_the_grid"] == Decimal(CHINA["regions_2023"][region])
    early = comes_to(programme, date(2022, 7, 1), kwh=Decimal(1), region=region)
    assert early["on_the_grid"] is None, "no factor is not a factor of 0"


def test_what_was_not_read_and_where_nobody_knows_the_grid_is_unknown(programme):
    day = date(2025, 6, 1)
    assert comes_to(programme, day, region="north")["on_the_grid"] is None
    assert comes_to(programme, day, kwh=Decimal(5))["on_the_grid"] is None
    assert comes_to(programme, day, kwh=Decimal(5), region="atlantis")["on_the_grid"] is None
