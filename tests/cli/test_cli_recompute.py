"""`almoner recompute`: what follows from a study's own figures agrees, one digit off does not, problems are told."""

# ruff: noqa: E501 -- a row of a study stands on a line

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from almoner.cli import chapters  # noqa: F401 -- registers the commands
from almoner.cli.main import app
from almoner.definitions.study import check_study
from almoner.engine.studies import recompute

STUDY = """\
almoner: 1
study: Meals for old people
source: A page that was read
tables:
  meals:
    discount_rate: 0.035
    outcomes:
      fewer_falls: {quantity: 7, proxy: 94, deadweight: 0, attribution: 0.05, displacement: 0, drop_off: 0.5, duration: 1 year, printed: "625.10"}
      visits_saved: {quantity: 90, proxy: 19, deadweight: 0, attribution: 0.1, displacement: 0, drop_off: 0.1, duration: 18 months, printed: "1539.00"}
    investment: 1000
    people: 30
    printed: {first_year: "2164.10", value: "2737.42", net: "1737.42", ratio: "2.74", net_ratio: "1.74", each: "91.2", cost_each: "33.33"}
"""  # fmt: skip


def studied(folder, text):
    path = folder / "study.yaml"
    path.write_text(text, encoding="utf-8")
    return check_study(path)


def told(folder, text, *options):
    path = folder / "study.yaml"
    path.write_text(text, encoding="utf-8")
    done = CliRunner().invoke(app, ["recompute", str(path), *options])
    return done.exit_code, done.stdout


def test_a_study_that_follows_says_so(tmp_path):
    assert told(tmp_path, STUDY) == (0, "study.yaml: 9 of 9 printed figures follow from the others\n")


def test_a_figure_that_does_not_follow_is_named_with_its_line_and_what_it_comes_to(tmp_path):
    code, said = told(
        tmp_path, STUDY.replace('"625.10"', '"652.10"').replace('ratio: "2.74"', 'ratio: "2.80"')
    )
    assert code == 1
    assert said.splitlines() == [
        "study.yaml:8: 'fewer_falls' of 'meals' is printed as 652.10; the others give 625.1000.",
        "study.yaml:12: 'ratio' of 'meals' is printed as 2.80; the others give 2.7374.",
        "study.yaml: 7 of 9 printed figures follow from the others",
    ]


def test_a_figure_that_cannot_be_computed_is_not_said_to_agree(tmp_path):
    code, said = told(tmp_path, STUDY.replace("    investment: 1000\n", ""))
    assert code == 1
    assert "'ratio' of 'meals' cannot be computed from what the table says." in said


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("source: A page that was read\n", "", "'study' has no 'source'."),
        ("    discount_rate: 0.035\n", "", "'meals' must say its discount_rate; 0 where none is taken."),
        ("    investment: 1000\n", "    investment: 1000\n    value: 5\n", "'meals' has outcomes and a value from which it starts; keep the one or the other."),
        ("deadweight: 0, attribution: 0.05", "attribution: 0.05", "'fewer_falls' has no 'deadweight'."),
        ("attribution: 0.05", "attribution: 5", "'attribution' of 'fewer_falls' must lie between 0 and 1."),
        ("duration: 1 year", "duration: 9 days", "'duration' of 'fewer_falls' must be years, months or weeks, and at most 100 years."),
        ('value: "2737.42"', 'value: "2,737.42"', "'value' of 'meals' is no number"),
        ('value: "2737.42"', "value: NaN", "'value' of 'meals' is no number"),
        ("people: 30", "people: 0", "'people' of 'meals' must be a whole number of at least 1"),
        ("    people: 30", "    poeple: 30", "Did you mean 'people'?"),
    ],
)  # fmt: skip
def test_what_a_study_does_not_say_is_a_problem_with_its_line(tmp_path, old, new, expected):
    assert old in STUDY
    study, problems = studied(tmp_path, STUDY.replace(old, new, 1))
    assert study is None
    assert any(expected in str(problem) for problem in problems), problems


def test_a_study_with_problems_is_not_computed_and_a_missing_one_is_refused(tmp_path):
    code, said = told(tmp_path, STUDY.replace("people: 30", "people: 0"), "--json")
    assert code == 1
    assert '"figures": 0' in said
    assert CliRunner().invoke(app, ["recompute", str(tmp_path / "nothing.yaml")]).exit_code == 2


@st.composite
def rows(draw):
    """A row of a value map, and what it is worth in exact fractions at a discount of 5 %."""
    quantity, proxy = draw(st.integers(1, 1000)), draw(st.decimals(1, 10_000, places=2))
    names = ("deadweight", "attribution", "displacement", "drop_off")
    taken = {name: draw(st.decimals(0, 1, places=3)) for name in names}
    years = draw(st.integers(1, 9))
    left = Fraction(quantity) * Fraction(proxy)
    for name in names[:3]:
        left *= 1 - Fraction(taken[name])
    kept = 1 - Fraction(taken["drop_off"])
    exact = sum(left * kept ** (year - 1) / Fraction(21, 20) ** year for year in range(1, years + 1))
    shown = ", ".join(f"{name}: {share:f}" for name, share in taken.items())
    return f"{{quantity: {quantity}, proxy: {proxy:f}, {shown}, duration: {years} years}}", exact


@given(rows(), st.integers(0, 3), st.sampled_from([-1, 1]))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_a_rounded_figure_agrees_and_its_neighbour_does_not(tmp_path, drawn, places, off):
    row, exact = drawn
    printed = Decimal(round(exact * 10**places)).scaleb(-places)
    for number, agrees in ((printed, True), (printed + Decimal(off).scaleb(-places), False)):
        text = (
            "almoner: 1\nstudy: Drawn\nsource: Drawn\ntables:\n  drawn:\n    discount_rate: 0.05\n"
            f'    outcomes:\n      one: {row}\n    printed: {{value: "{number:f}"}}\n'
        )
        study, problems = studied(tmp_path, text)
        assert not problems
        (found,) = recompute(study)
        # The weight of a year has 18 decimals: a number that lies on a half to that depth may go either way.
        half = abs(abs(Fraction(number) - exact) * 2 - Fraction(1, 10**places)) < Fraction(1, 10**8)
        assert half or found.agrees is agrees
