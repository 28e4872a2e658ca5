"""The oracle's outcomes: hand-worked cases, and the examples that a programme's own file carries."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

import almoner
from oracle import writing
from oracle.evaluator import screen
from oracle.examples import examples_of

AS_OF = date(2026, 9, 10)
PROGRAMMES = Path(almoner.__file__).parent / "programmes"
GRANTS = (PROGRAMMES / "student_grants.yaml").read_text("utf-8")

FORM = {
    "yes": {"type": "boolean"},
    "maybe": {"type": "boolean"},
    "n": {"type": "number"},
    "m": {"type": "number"},
    "cash": {"type": "money"},
}


def screened(answers, as_of=AS_OF, **sections):
    return screen(writing.programme({"form": FORM, **sections}), {}, answers, as_of)


def rules(**expressions):
    return {name: writing.rule(expression) for name, expression in expressions.items()}


@pytest.mark.parametrize("example", examples_of(GRANTS, {}), ids=lambda example: example.name)
def test_the_examples_of_the_student_grants_hold(example):
    row = screen(GRANTS, {}, example.answers, example.as_of)
    for key, expected in example.expect.items():
        if key in ("missing", "refused_by"):
            assert sorted(row[key]) == sorted(expected)
        elif key == "blocked":
            assert sorted(entry["place"] for entry in row[key]) == sorted(expected)
        elif key in row["amounts"]:
            assert Decimal(row["amounts"][key]) == Decimal(expected)
        else:
            assert row[key] == expected


def test_there_are_examples_to_hold():
    assert len(examples_of(GRANTS, {})) > 10


def test_one_false_rule_refuses_whatever_is_unknown_and_nothing_else_is_computed():
    row = screened(
        {"n": 1},
        eligibility=rules(is_maybe="maybe", is_two="n = 2", is_three="n = 3", is_one="n = 1"),
        scoring={"s": "1"},
    )
    assert row == {
        "as_of": "2026-09-10",
        "outcome": "not eligible",
        "rules": {"is_maybe": None, "is_two": False, "is_three": False, "is_one": True},
        "refused_by": ["is_two", "is_three"],
        "refusals": [
            {"rule": "is_two", "refusal": "It is not so.", "basis": "Article 1"},
            {"rule": "is_three", "refusal": "It is not so.", "basis": "Article 1"},
        ],
        "missing": [],
        "blocked": [],
        "criteria": {},
        "points": None,
        "amounts": {},
    }


def test_eligible_needs_every_rule_criterion_and_benefit_known():
    benefit = {"gift": {"kind": "cash", "amount": "cash"}}
    sections = {"scoring": {"s": "n", "t": "m"}, "benefits": benefit, "eligibility": rules(is_so="yes")}
    whole = screened({"yes": True, "n": 1, "m": Decimal("2.5"), "cash": 3}, **sections)
    assert (whole["outcome"], whole["points"], whole["amounts"]) == ("eligible", "3.5", {"gift": "3.00"})
    for name, part in {"n": "criteria", "m": "criteria", "cash": "amounts"}.items():
        row = screened({"yes": True, "n": 1, "m": 2, "cash": 3, name: None}, **sections)
        assert (row["outcome"], row["missing"]) == ("needs information", [name])
        assert None in row[part].values()
        assert row["points"] == ("3" if name == "cash" else None)


def test_a_benefit_whose_condition_is_false_is_0_and_known():
    gift = {"gift": {"kind": "cash", "when": "maybe", "amount": "cash"}}
    row = screened({"maybe": False}, benefits=gift)
    assert (row["outcome"], row["amounts"]) == ("eligible", {"gift": "0.00"})
    row = screened({"cash": 5}, benefits=gift)
    assert (row["outcome"], row["amounts"], row["missing"]) == (
        "needs information",
        {"gift": None},
        ["maybe"],
    )
    row = screened({}, benefits=gift)  # each unknown `when`, amount and quantity is a beginning
    assert row["missing"] == ["maybe", "cash"]


def test_money_becomes_minor_units_once_half_even():
    gift = {"gift": {"kind": "cash", "amount": "cash"}}
    for amount, expected in {"0.005": "0.00", "0.015": "0.02", "0.025": "0.02", "-0.015": "-0.02"}.items():
        assert screened({"cash": Decimal(amount)}, benefits=gift)["amounts"] == {"gift": expected}
    row = screened({"cash": Decimal("2.5")}, benefits=gift, currency="JPY")
    assert row["amounts"] == {"gift": "2"}


def test_a_quantity_is_not_rounded():
    laptop = {
        "laptop": {"kind": "in_kind", "item": "Laptop", "quantity": "n", "unit": "piece", "unit_value": "1"}
    }
    assert screened({"n": Decimal("1.500")}, benefits=laptop)["amounts"] == {"laptop": "1.5"}


def test_a_required_field_is_asked_for_where_it_is_asked():
    form = {**FORM, "paper": {"type": "file", "required": True, "when": "maybe"}}
    assert screened({"maybe": False}, form=form)["outcome"] == "eligible"
    assert screened({"maybe": True, "paper": "a.pdf"}, form=form)["outcome"] == "eligible"
    row = screened({"maybe": True}, form=form)
    assert (row["outcome"], row["missing"]) == ("needs information", ["paper"])
    row = screened({"paper": "a.pdf"}, form=form)
    assert (row["outcome"], row["missing"]) == ("needs information", ["maybe"])


def test_a_required_field_in_rows_is_asked_for_in_every_row():
    of = {
        "age": {"type": "integer", "required": True},
        "job": {"type": "text", "required": True, "when": "age > 15"},
    }
    form = {**FORM, "members": {"type": "rows", "of": of}}
    assert screened({}, form=form)["outcome"] == "eligible"
    assert screened({"members": []}, form=form)["outcome"] == "eligible"
    row = screened({"members": [{"age": 10}, {"age": 20}, {"job": "cook"}]}, form=form)
    assert sorted(row["missing"]) == ["members[2].job", "members[3].age"]


def test_required_rows_are_answered_by_an_empty_list():
    form = {**FORM, "members": {"type": "rows", "required": True, "of": {"age": {"type": "integer"}}}}
    assert screened({"members": []}, form=form)["outcome"] == "eligible"
    assert screened({}, form=form)["missing"] == ["members"]


def test_fields_of_rows_that_are_not_asked_are_not_asked_either():
    members = {"type": "rows", "when": "maybe", "of": {"age": {"type": "integer", "required": True}}}
    form = {**FORM, "members": members}
    assert screened({"maybe": False, "members": [{}]}, form=form)["outcome"] == "eligible"
    assert screened({"members": [{}]}, form=form)["missing"] == ["maybe"]
    assert screened({"maybe": True, "members": [{}]}, form=form)["missing"] == ["members[1].age"]


def test_a_person_exactly_at_the_ceiling_is_at_the_ceiling():
    members = {"type": "rows", "of": {"income": {"type": "money"}}}
    sections = {
        "form": {"members": members},
        "parameters": {"ceiling": {"type": "money", "source": "Board", "from": {"2025-01-01": "600.05"}}},
        "derive": {"head": "sum_of(members, income) / count_of(members, TRUE)"},
        "eligibility": rules(is_poor="head <= ceiling", is_not_poorer="head >= ceiling"),
    }
    at_it = {"members": [{"income": Decimal("1800.15")}, {"income": 0}, {"income": 0}]}
    assert screened(at_it, **sections)["outcome"] == "eligible"
    above = {"members": [{"income": Decimal("1800.1501")}, {"income": 0}, {"income": 0}]}
    assert screened(above, **sections)["refused_by"] == ["is_poor"]


def test_points_need_scoring():
    assert screened({})["points"] is None
