"""Expressions of the later places: the same compiler, over names given as values and records as rows."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from screening_by_hand import AS_OF

from almoner.definitions.load import find, load
from almoner.definitions.tree import Arithmetic, Call, Expression, Literal, Name, Origin, Summary, Type
from almoner.engine.evaluation import evaluate
from almoner.engine.screening import AnswersProblem

GRANTS = load(find("student_grants"))
PROBATION = GRANTS.standing["probation"].when
RECOVER = GRANTS.standing["recover"].when
SECOND = GRANTS.benefits["grant"].instalments["second"].when


def asked(expression, **names):
    (found,) = evaluate(GRANTS, [expression], {"as_of": AS_OF, **names})
    return found


def names_of(found):
    return [one.name for one in found.missing]


@pytest.mark.parametrize(
    ("averages", "held"),
    [
        ([], False),
        (["1.8"], True),
        (["1.8", "1.9"], False),
        (["3", "1.9"], True),
        ([None], None),
        (["1.8", None], None),
        (["1.8", "1.8", None], False),
    ],
)
def test_standing_follows_from_the_records(averages, held):
    rows = [{"enrolled": True, "credits": 14, "gpa": gpa and Decimal(gpa)} for gpa in averages]
    assert asked(PROBATION, term_result=rows).value is held


def test_what_is_unknown_in_a_record_is_named_by_its_row():
    found = asked(PROBATION, term_result=[{"gpa": Decimal("1.8")}, {}])
    assert (found.value, names_of(found)) == (None, ["term_result[2].gpa"])


@pytest.mark.parametrize("rows", [[], None])
def test_the_last_of_no_record_is_not_yet_reported(rows):
    found = asked(RECOVER, term_result=rows)
    assert (found.value, names_of(found)) == (None, ["term_result"])


def test_the_last_record_decides_and_one_that_is_due_is_unknown():
    assert asked(RECOVER, term_result=[{"credits": 20}, {"credits": 11}]).value is True
    assert asked(RECOVER, term_result=[{"credits": 11}, {"credits": 12}]).value is False
    assert names_of(asked(RECOVER, term_result=[{"credits": 11}, {}])) == ["term_result[2].credits"]
    assert asked(SECOND, term_result=[{"enrolled": True, "note": "more than is read"}]).value is True


def test_an_amount_of_a_later_place_knows_what_was_paid_last():
    amount = GRANTS.standing["recover"].amount
    assert asked(amount, last_instalment=Decimal("2500.50")).value == Decimal("2500.5")
    assert names_of(asked(amount)) == ["last_instalment"]


def test_a_derived_name_is_computed_or_taken_as_it_is_given():
    expression = GRANTS.eligibility["is_poor"].rule
    members = [{"relation": "self", "age": 20, "income": 749}]
    assert asked(expression, members=members).value is True
    assert asked(expression, income_per_head=Decimal(751)).value is False
    assert names_of(asked(expression, members=[{}])) == ["members[1].income"]


def test_a_conditional_field_of_the_form_keeps_its_condition():
    expression = GRANTS.eligibility["makes_progress"].rule
    assert asked(expression, first_year=True, average=Decimal(1)).value is True
    assert names_of(asked(expression, average=Decimal(90))) == ["first_year"]
    assert names_of(asked(expression, first_year=False)) == ["average"]


def test_what_cannot_be_computed_is_blocked_with_its_place():
    found = asked(GRANTS.eligibility["is_poor"].rule, members=[])
    assert [(one.place, one.cause) for one in found.blocked] == [
        ("derive.income_per_head", "division by zero")
    ]


def test_several_expressions_are_answered_in_their_order():
    found = evaluate(
        GRANTS, [RECOVER, PROBATION, SECOND], {"as_of": AS_OF, "term_result": [{"gpa": Decimal(1)}]}
    )
    assert [one.value for one in found] == [None, True, None]
    assert evaluate(GRANTS, [], {}) == []


def test_names_of_a_sheet_are_settled_by_the_expression():
    gross = Name(Type.NUMBER, "gross_kg", Origin.FIELD)
    when = Expression(
        "records.weighing.raises.heavy.when", 1, "gross_kg * 2", Arithmetic("*", gross, gross, Type.NUMBER)
    )
    (found,) = evaluate(GRANTS, [when], {"as_of": AS_OF, "gross_kg": Decimal("1.5")})
    assert found.value == Decimal("2.25")
    with pytest.raises(AnswersProblem, match="gross_kg"):
        evaluate(GRANTS, [when], {"as_of": AS_OF, "gross_kg": "much"})


def test_today_is_a_date_like_any_other():
    today = Name(Type.DATE, "today", Origin.GIVEN)
    later = Expression(
        "standing.x", 1, "", Call("add_days", (today, Literal(Type.INTEGER, 1_000_000)), Type.DATE)
    )
    (found,) = evaluate(GRANTS, [later], {"as_of": AS_OF, "today": date(2027, 2, 28)})
    assert found.value == date(2027, 3, 1)


def test_a_change_is_the_last_less_the_first():
    gpa = Name(Type.NUMBER, "gpa", Origin.ROW, "term_result")
    change = Expression("standing.x", 1, "", Summary("change", "term_result", gpa, None, Type.NUMBER))
    assert asked(change, term_result=[{"gpa": 1}, {"gpa": None}, {"gpa": Decimal("2.5")}]).value == Decimal(
        "1.5"
    )
    assert names_of(asked(change, term_result=[{"gpa": 1}, {}])) == ["term_result[2].gpa"]
    assert names_of(asked(change, term_result=[])) == ["term_result"]


def test_another_edition_is_not_answered_by_the_first_ones_figures():
    ceiling = GRANTS.parameters["income_ceiling"]
    dearer = replace(ceiling, values=tuple(replace(one, value=one.value * 2) for one in ceiling.values))
    other = replace(GRANTS, parameters={**GRANTS.parameters, "income_ceiling": dearer}, digest="another")
    rule = GRANTS.eligibility["is_poor"].rule
    names = {"as_of": AS_OF, "income_per_head": Decimal(1000)}
    assert [evaluate(of, [rule], names)[0].value for of in (GRANTS, other)] == [False, True]
