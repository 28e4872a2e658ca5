"""What must hold of every screening, whatever the definition: asked of the oracle on generated ones."""

import copy
from datetime import date
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oracle import writing
from oracle.choosing import Choosing, Drawn
from oracle.definition import read_definition
from oracle.evaluator import Case
from oracle.generators import Definitions, definitions_with_cases
from oracle.outcome import row_of
from oracle.parser import Bands, read
from oracle.reducing import written

SLOW = settings(max_examples=100, deadline=None, database=None, suppress_health_check=list(HealthCheck))


def gaps_of(form, answers):
    """Every unanswered field, as (place in the answers, its field, its name in `missing`)."""
    for name, entry in form.items():
        if answers.get(name) is None:
            yield answers, name, entry, name
        elif entry["type"] == "rows":
            for place, row in enumerate(answers[name]):
                for inner, part in entry["of"].items():
                    if row.get(inner) is None:
                        yield row, inner, part, f"{name}[{place + 1}].{inner}"


@st.composite
def filled_in(draw, *, only_unlisted):
    """A definition, a case of it, and the same case with some gaps filled in."""
    maker = Definitions(Choosing(Drawn(draw)))
    maker.definition()
    answers, as_of = maker.case()
    text = writing.programme(maker.sections)
    definition = read_definition(text, maker.files)
    before = row_of(Case(definition, answers, as_of))
    more = copy.deepcopy(answers)
    for holder, key, entry, name in list(gaps_of(maker.sections["form"], more)):
        if (only_unlisted and name in before["missing"]) or maker.choose.chance(30):
            continue
        holder[key] = (
            maker.rows(entry["of"], 20, 0) if entry["type"] == "rows" else maker.answer(entry["type"], 10)
        )
    return before, row_of(Case(definition, more, as_of)), text, answers, more


@SLOW
@given(filled_in(only_unlisted=False))
def test_what_is_decided_in_spite_of_a_gap_stays_so_when_the_gap_is_filled(drawn):
    before, after, *_ = drawn
    for name, holds in before["rules"].items():
        assert holds is None or after["rules"][name] is holds
    if before["outcome"] == "not eligible":
        assert after["outcome"] == "not eligible"


@SLOW
@given(filled_in(only_unlisted=True))
def test_while_no_listed_field_is_answered_the_outcome_cannot_change(drawn):
    before, after, *_ = drawn
    if before["missing"]:
        assert after["outcome"] == before["outcome"]
        assert set(before["missing"]) <= set(after["missing"])


@SLOW
@given(definitions_with_cases(cases=1))
def test_an_expression_written_with_all_its_brackets_means_the_same(generated):
    definition = read_definition(generated.text, generated.files)
    for node in definition.rules.values():
        assert not isinstance(node, Bands)
        assert written(read(written(node))) == written(node)


def test_the_gaps_of_a_case_are_named_as_missing_names_them():
    form = {"day": {"type": "date"}, "rows": {"type": "rows", "of": {"n": {"type": "number"}}}}
    answers = {"day": date(2026, 1, 1), "rows": [{"n": Decimal(1)}, {}]}
    assert [name for *_, name in gaps_of(form, answers)] == ["rows[2].n"]
