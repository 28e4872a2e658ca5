"""How an award goes on and how it ends, as a file says it: every word of `renewal` and `exit` is checked."""

# ruff: noqa: E501 -- a message stands whole beside what brings it about

from __future__ import annotations

from pathlib import Path

import pytest
from definition_texts import checked, problems_of, text_of

from almoner.definitions.programme import Duration, Silence, WindDown

WRONG = [
    ({"exit": "exit:\n  reasons: []\n"}, "'reasons' of 'exit' is an empty list."),
    ({"exit": "exit:\n  wind_down: {new: stop}\n"}, "'exit' has no 'reasons'."),
    ({"exit": "exit:\n  reasons: [a]\n  done: {whn: age > 3}\n"}, "'whn' is not a key of 'done'. Did you mean 'when'?"),
    ({"renewal": "renewal: {every: 12 months, asks: [agee], again: [is_grown]}\n"}, "'asks' of 'renewal' names 'agee', which is no field"),
    ({"renewal": "renewal: {every: 12 months, again: [is_grown]}\n"}, "'again' of 'renewal' names 'is_grown', which is no rule. Did you mean 'is_grown_up'?"),
    ({"renewal": "renewal: {every: 12 months}\n"}, "'renewal' has no 'asks'."),
    ({"renewal": "renewal: {every: 12 hours, asks: [age]}\n"}, "'every' of 'renewal' must be at least one day, counted in: days,"),
    ({"renewal": "renewal: {every: 0 days, asks: [age]}\n"}, "'every' of 'renewal' must be at least one day"),
    ({"renewal": "renewal: {every: 12 months, asks: [age], opens: after 60 days}\n"}, "'opens' of 'renewal' must say: 60 days before."),
    ({"renewal": "renewal: {every: 12 months, asks: [age], opens: 12 months before}\n"}, "'opens' of 'renewal' must be shorter than 'every'"),
    ({"renewal": "renewal: {every: 12 months, asks: [age], opens: 5 days before, no_answer: {remind: [7 days]}}\n"}, "'remind' of 'no_answer' reminds before the renewal opens."),
    ({"renewal": "renewal: {every: 12 months, asks: [age], no_answer: {end: 90 days}}\n"}, "'end' of 'no_answer' must say: after 90 days."),
    ({"renewal": "renewal: {every: 9999 years, asks: [age]}\n"}, "is outside the years 1 to 9999."),
    ({"renewal": "renewal: {every: 1 year, asks: [age]}\n", "records": "records:\n  renewal: {about: award, form: {x: {type: boolean}}}\n"},
     "'renewal' of 'renewal' is already a name in 'records'"),
    ({"exit": "exit:\n  reasons: [a]\n  silence: {when: age > 3}\n"}, "'silence' of 'exit' proposes ends already"),
    ({"exit": "exit:\n  reasons: [a]\n  age: {when: age > 3}\n"}, "'age' of 'exit' is already a name in 'form'"),
    ({"exit": "exit:\n  reasons: [a]\n  wind_down: {new_patients: stop, present: until exit}\n"}, "'new_patients' is not a key of 'wind_down'."),
    ({"exit": "exit:\n  reasons: [a]\n  wind_down: {new: stop, present: until moon}\n"}, "'present' of 'wind_down' must say: until exit, or until 2027-12-31."),
    ({"exit": "exit:\n  reasons: [a]\n  wind_down: {new: stop, present: exit}\n"}, "'present' of 'wind_down' must say"),
]  # fmt: skip


@pytest.mark.parametrize(("sections", "expected"), WRONG)
def test_what_is_wrong_in_renewal_and_exit_is_told(tmp_path: Path, sections: dict[str, str], expected: str):
    problems = problems_of(tmp_path, text_of(**sections))
    assert any(expected in problem for problem in problems), problems


def test_how_awards_go_on_and_end_is_carried_out_and_gives_no_notice(tmp_path: Path):
    programme, problems = checked(
        tmp_path,
        text_of(
            renewal="renewal: {every: 1 year, opens: 2 months before, asks: [age], again: [is_grown_up]}\n",
            exit="exit:\n  reasons: [moved, died]\n  too_old: {when: age > 90}\n"
            "  wind_down: {new: stop, present: until exit}\n",
        ),
    )
    assert problems == []
    assert programme is not None
    assert programme.renewal is not None
    assert (programme.renewal.every, programme.renewal.opens) == (Duration(1, "years"), Duration(2, "months"))
    assert (programme.renewal.no_answer, list(programme.renewal_form)) == (Silence(), ["age"])
    assert (programme.exit_reasons, list(programme.exit_rules)) == (("moved", "died"), ["too_old"])
    assert programme.wind_down == WindDown(until=None)
