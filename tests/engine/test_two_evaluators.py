"""The engine, which compiles to SQL, against the oracle, which does not: on generated definitions."""

import itertools
from collections import Counter
from datetime import date

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from oracle.comparing import both_rows, differences
from oracle.examples import CORPUS, corpus_of
from oracle.generators import Generated, definitions_with_cases, from_seed

FOLDERS = itertools.count()
"""Each example gets its own folder: hypothesis runs many of them in one test."""


@settings(
    max_examples=150,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),  # whole definitions are large and slow to draw
    phases=[Phase.generate, Phase.shrink],
)
@given(definitions_with_cases(cases=10))
def test_the_two_evaluators_agree(tmp_path, generated):
    found = differences(generated, tmp_path / str(next(FOLDERS)), Counter())
    assert not found, str(found[0])


@pytest.mark.parametrize("example", corpus_of(CORPUS), ids=lambda example: example.name)
def test_both_evaluators_answer_as_the_committed_example_says(example, tmp_path):
    generated = Generated({}, example.files, [(example.answers, example.as_of)], example.definition)
    (rows,) = both_rows(generated, tmp_path, Counter())
    for row in rows:
        assert {key: row[key] for key in example.expect} == example.expect


WORDS_OF_SQL = """
order group having limit offset union values table index user left right count sum date time timestamp interval year
month day current_date current_user now random row rows first last any all some filter over window with distinct
default end begin set update delete insert drop execute primary key to by on
"""


def test_a_name_may_be_a_word_of_sql(tmp_path):
    numbers = {name: {"type": "number"} for name in WORDS_OF_SQL.split()}
    form = {**numbers, "people": {"type": "rows", "of": {name: {"type": "number"} for name in numbers}}}
    derive = {f"x_{name}": f"sum_of(people, {name}, {name} > 0) - {name}" for name in numbers}
    answers = {name: place for place, name in enumerate(numbers)}
    people = [{name: 2 * figure for name, figure in answers.items()}]
    generated = Generated(
        {"form": form, "derive": derive},
        cases=[({**answers, "people": people}, date(2026, 1, 1)), (answers, date(2026, 1, 1))],
    )
    found = differences(generated, tmp_path, Counter())
    assert not found, str(found[0])


def test_many_cases_at_once_are_answered_in_their_order(tmp_path):
    """More cases than DuckDB puts into one vector."""
    found = differences(from_seed(7, 2500), tmp_path, Counter())
    assert not found, str(found[0])
