"""Published cases of poverty and inequality, beside this file with their sources, by the product's own functions."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from almoner.definitions.load import load
from almoner.engine.evaluation import evaluate_many
from households import DEFINITION, figures, incomes, relief

FOLDER = Path(__file__).parent


def case(name):
    return yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))


def printed(name):
    return {check["id"]: check["expect"] for check in case(name)["checks"]}


def test_the_measures_of_foster_greer_and_thorbecke_are_those_of_the_handbook():
    given, wanted = case("fgt_haughton_khandker")["inputs"], printed("fgt_haughton_khandker")
    found = figures(incomes(*given["incomes"]), relief(str(given["z"])))
    for name, check in (("poor", "headcount"), ("gap", "poverty_gap"), ("squared", "squared_gap")):
        assert float(found[name].value) == wanted[check]
    assert 4 * Decimal(found["gap"].value) == Decimal(str(wanted["gap_sum"]))
    assert 4 * Decimal(found["squared"].value) == Decimal(str(wanted["squared_gap_sum"]))


def test_the_gini_coefficients_are_those_of_the_closed_forms():
    given, wanted = case("gini_cases")["inputs"], printed("gini_cases")
    for check, amounts in (
        ("all_equal", [1] * given["equal_n"]),
        ("one_has_all_100", [0] * 99 + [100]),
        ("one_has_all_1000", [0] * 999 + [1000]),
        ("two_person", given["lorenz_two"]),
    ):
        assert float(figures(incomes(*amounts))["unequal"].value) == wanted[check], check


SCORED = """\
  score: {type: integer, ask: Score, min: 0, max: 100}
"""
LIKELIHOOD = """\
lookups:
  likelihood:
    file: likelihood.csv
    source: Poverty Probability Index, Kenya 2018
    keys: {score: integer}
    values: {national: number, ppp190: number}

form:
"""
RATE = "  rate: {level: outcome, mean: 'lookup(likelihood.national, score)'}\n"


def test_the_rate_of_a_group_is_the_mean_of_its_likelihoods(tmp_path):
    given = case("ppi_kenya_2018")["inputs"]
    lines = [f"{score},{national},{ppp}" for score, (national, ppp) in given["lookup"].items()]
    (tmp_path / "likelihood.csv").write_text(
        "score,national,ppp190\n" + "\n".join(lines) + "\n", encoding="utf-8"
    )
    text = DEFINITION.replace("form:\n", LIKELIHOOD + SCORED, 1).replace(
        "indicators:\n", "indicators:\n" + RATE
    )
    (tmp_path / "kenya.yaml").write_text(text, encoding="utf-8")
    programme = load(tmp_path / "kenya.yaml")
    rate = figures([{"score": score} for score in given["sample_scores"]], programme)["rate"]
    wanted = case("ppi_kenya_2018")["checks"][0]
    assert wanted["id"] == "mean_of_likelihoods_nl"
    assert float(rate.value) == wanted["expect"]
    # A score that the table does not hold has no likelihood: it is unknown, never 0 and never its neighbour's.
    without = figures([{"score": 40}, {"score": 41}], programme)["rate"]
    assert (without.value, without.n, without.N) == ("43.2", 1, 2)


def test_the_proxy_means_test_is_that_of_the_documentation(tmp_path):
    given, wanted = case("pmt_openg2p_mock")["inputs"], printed("pmt_openg2p_mock")
    weights = given["weights"]
    fields = "".join(f"  {name}: {{type: integer, ask: {name}}}\n" for name in weights)
    total = " + ".join(
        [str(given["intercept"]), *(f"{name} * ({weight})" for name, weight in weights.items())]
    )
    derive = (
        f"derive:\n  score: smaller_of(larger_of({total}, 0), 100)\n  poor: score <= {given['cutoff']}\n\n"
    )
    text = DEFINITION.replace("form:\n", "form:\n" + fields, 1).replace(
        "eligibility:\n", derive + "eligibility:\n"
    )
    (tmp_path / "mock.yaml").write_text(text, encoding="utf-8")
    programme = load(tmp_path / "mock.yaml")
    asked = [programme.derive[name].expression for name in ("score", "poor")]
    (a, b) = evaluate_many(programme, asked, [given["household_a"], given["household_b"]])
    assert (float(a[0].value), a[1].value) == (wanted["a_score"], False)
    assert (float(b[0].value), b[1].value) == (wanted["b_score"], True)


@pytest.mark.parametrize(
    ("check", "area", "year", "size"),
    [
        ("hhs_2021_size3", "contiguous", 2021, 3),
        ("hhs_2025_size4", "contiguous", 2025, 4),
        ("hhs_2026_size4", "contiguous", 2026, 4),
        ("hhs_2026_alaska_size4", "alaska", 2026, 4),
    ],
)
def test_a_dated_line_by_area_and_size_is_the_guideline_of_its_year(tmp_path, check, area, year, size):
    lines = [
        f"{day}-01-01,{name},{first},{more}"
        for name, years in case("poverty_lines")["inputs"]["hhs"].items()
        for day, (first, more) in years.items()
    ]
    head = "from,area,first,additional\n"
    (tmp_path / "guideline.csv").write_text(head + "\n".join(lines) + "\n", encoding="utf-8")
    table = (
        "lookups:\n  guideline: {file: guideline.csv, source: HHS, keys: {area: text}, "
        "values: {first: money, additional: money}}\n\nform:\n  area: {type: text, ask: Area}\n"
    )
    line = "lookup(guideline.first, area) + (size - 1) * lookup(guideline.additional, area)"
    text = DEFINITION.replace("form:\n", table, 1).replace(
        "eligibility:\n", f"derive:\n  line: {line}\n\neligibility:\n"
    )
    (tmp_path / "lines.yaml").write_text(text, encoding="utf-8")
    programme = load(tmp_path / "lines.yaml")
    names = {"area": area, "size": size, "as_of": date(year, 7, 1)}
    ((found,),) = evaluate_many(programme, [programme.derive["line"].expression], [names])
    assert found.value == printed("poverty_lines")[check]
