"""What a file says of the worth of an outcome is checked: of what, how often, by which assumptions, from where."""

# ruff: noqa: E501 -- a message stands whole beside what brings it about

from __future__ import annotations

from pathlib import Path

import pytest
from definition_texts import accepted, problems_of, text_of

VALUES = "proxy: {{low: 1, central: {central}, high: 3, price_year: 2025, source: page 5}}, deadweight: {deadweight}, attribution: 0, displacement: 0, drop_off: 0, duration: 5 years, discount_rate: 0.035"


LATER = "{level: outcome, share: ok, from: later}"


@pytest.mark.parametrize(
    ("central", "deadweight", "expected"),
    [
        ("2", "1.5", "'deadweight' of 'kept' must lie between 0 and 1."),
        ("5", "0.5", "'proxy' of 'kept' must rise from low over central to high."),
        (
            "2",
            "{low: 0.1, central: 0.2}",
            "'deadweight' of 'kept' must have a value, or low, central and high.",
        ),
    ],
)
def test_what_a_valuation_assumes_is_checked(tmp_path: Path, central: str, deadweight: str, expected: str):
    text = valued_text(LATER, "5 years", central=central, deadweight=deadweight)
    assert any(expected in problem for problem in problems_of(tmp_path, text))


REPEATED = """records:
  report: {about: award, every: month, by: officer, form: {ok: {type: boolean}}}
follow_ups:
  twice: {due: [30 days after award, 400 days after award], form: {ok: {type: boolean}}}
  often: {due: 30 days after each delivery, form: {ok: {type: boolean}}}
"""


@pytest.mark.parametrize(
    ("indicator", "duration", "expected"),
    [
        ("{level: output, share: ok, from: later}", "5 years", "'kept' is of level output: what was done is no outcome"),
        ("{level: outcome, share: ok, from: report}", "5 years", "'kept' is asked again and again, and its value lasts longer"),
        ("{level: outcome, share: ok, from: twice}", "13 months", "'kept' is asked again and again, and its value lasts longer"),
        ("{level: outcome, share: ok, from: often}", "2 years", "'kept' is asked again and again, and its value lasts longer"),
        ("{level: outcome, share: ok, from: later}", "5 days", "'duration' of 'kept' must be years, months or weeks, and at most 100 years."),
        ("{level: outcome, share: ok, from: later}", "101 years", "'duration' of 'kept' must be years, months or weeks"),
        ("{level: outcome, share: ok, from: later}", "0 years", "'duration' of 'kept' must be years, months or weeks"),
    ],
)  # fmt: skip
def test_only_an_outcome_that_is_not_counted_again_is_valued(
    tmp_path: Path, indicator: str, duration: str, expected: str
):
    problems = problems_of(tmp_path, valued_text(indicator, duration))
    assert any(expected in problem for problem in problems), problems


def valued_text(
    indicator: str,
    duration: str,
    rate: str = "0.035",
    central: str = "2",
    deadweight: str = "{value: 0.5, source: page 7}",
) -> str:
    """A definition that values one indicator: of a record every month, or a follow-up that is asked twice, or once."""
    records, follow_ups = REPEATED.split("follow_ups:\n")
    once = "  later: {due: 365 days after award, form: {ok: {type: boolean}}}\n"
    values = VALUES.format(central=central, deadweight=deadweight).replace("5 years", duration)
    return text_of(
        benefits="benefits:\n  grant: {kind: cash, payee: party, amount: 5}\n",
        records=records,
        follow_ups="follow_ups:\n" + follow_ups + once,
        indicators=f"indicators:\n  kept: {indicator}\n",
        valuation="valuation:\n  kept: {" + values.replace("0.035", rate) + "}\n",
    )


@pytest.mark.parametrize(
    ("source", "duration"), [("later", "5 years"), ("report", "1 month"), ("twice", "52 weeks")]
)
def test_a_value_is_read_with_its_sources_and_gives_no_notice(tmp_path: Path, source: str, duration: str):
    programme = accepted(tmp_path, valued_text(f"{{level: outcome, share: ok, from: {source}}}", duration))
    value = programme.values["kept"]
    assert list(value.assumptions) == [
        "proxy", "deadweight", "attribution", "displacement", "drop_off", "discount_rate"
    ]  # fmt: skip
    assert (value.assumptions["deadweight"].source, value.assumptions["attribution"].source) == ("page 7", "")
    assert (value.price_year, value.currency) == (2025, "CNY")
    assert not programme.notices


def test_a_value_of_another_figure_is_read_and_not_carried_out(tmp_path: Path):
    programme = accepted(tmp_path, valued_text("{level: impact, share: ok, from: later}", "5 years"))
    assert programme.values == {}
    assert list(programme.other["valuation"]) == ["kept"]
    assert any(
        "the value of 'kept', which is no share of level outcome," in said for said in programme.notices
    )


@pytest.mark.parametrize("rate", ["-0.01", "1.5", "{low: 0, high: 0.1}", "{value: 0.03, low: 0.01, central: 0.02, high: 0.03}"])  # fmt: skip
def test_a_discount_rate_that_cannot_be_is_refused(tmp_path: Path, rate: str):
    problems = problems_of(tmp_path, valued_text(LATER, "5 years", rate))
    assert any("'discount_rate' of 'kept' must" in problem for problem in problems), problems
