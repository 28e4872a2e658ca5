"""The outcome, word for word: a gap never admits and never refuses, and every unknown has a cause."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from screening_by_hand import AS_OF, named, programme, screened

from almoner.engine.screening import AnswersProblem, Case, UnexplainedUnknown, screen
from almoner.engine.screening_sql import compiled

BOOLS = {"a": {"type": "boolean"}, "b": {"type": "boolean"}, "c": {"type": "boolean"}}


def causes(screening):
    return [(one.place, one.cause) for one in screening.blocked]


def test_every_false_rule_is_named_in_the_order_of_the_file():
    of = programme(BOOLS, rules={"z": "a", "y": "b", "x": "c"})
    screening = screened(of, a=False, c=False)
    assert screening.outcome == "not eligible"
    assert screening.refused_by == ("z", "x")
    assert screening.rules == {"z": False, "y": None, "x": False}
    assert (screening.missing, screening.points, screening.benefits) == ((), None, {})


def test_a_failed_rule_decides_in_spite_of_gaps_and_a_gap_alone_asks():
    of = programme(BOOLS, rules={"one": "a AND b", "two": "c"})
    assert screened(of, a=False).outcome == "not eligible"
    open_ = screened(of, a=True, c=True)
    assert (open_.outcome, named(open_)) == ("needs information", ["b"])


def test_what_cannot_matter_is_not_asked():
    of = programme(BOOLS, rules={"one": "a OR b"})
    assert screened(of, a=True).outcome == "eligible"


def test_a_required_field_keeps_it_open_and_says_what_waits():
    form = {"a": {"type": "boolean"}, "letter": {"type": "file", "required": True, "by": "officer"}}
    screening = screened(programme(form, rules={"one": "a"}), a=True)
    (missing,) = screening.missing
    assert (missing.name, missing.by, missing.waits_for) == ("letter", "officer", ("form.letter",))


def test_a_required_field_that_is_not_asked_is_not_missing():
    form = {"a": {"type": "boolean"}, "letter": {"type": "file", "required": True, "when": "a"}}
    of = programme(form, rules={"one": "a OR NOT a"})
    assert screened(of, a=False).outcome == "eligible"
    assert named(screened(of, a=True)) == ["letter"]
    assert named(screened(programme(form, rules={"one": "1 = 1"}))) == ["a"]


def test_a_required_field_in_a_row_is_asked_in_every_row():
    form = {"rows": {"type": "rows", "of": {"n": {"type": "text", "required": True}}}}
    of = programme(form, rules={"one": "1 = 1"})
    assert screened(of).outcome == "eligible"
    assert screened(of, rows=[]).outcome == "eligible"
    assert named(screened(of, rows=[{"n": "x"}, {}])) == ["rows[2].n"]


def test_required_rows_are_answered_by_an_empty_list():
    form = {"rows": {"type": "rows", "required": True, "of": {"n": {"type": "text"}}}}
    of = programme(form, rules={"one": "1 = 1"})
    assert screened(of, rows=[]).outcome == "eligible"
    assert named(screened(of)) == ["rows"]


def test_what_is_stored_where_it_is_not_asked_is_superseded():
    form = {
        "other": {"type": "boolean"},
        "amount": {"type": "money", "when": "other", "unasked": "0"},
    }
    of = programme(form, derive={"worth": "amount"}, rules={"one": "amount < 10"})
    assert screened(of, other=False, amount=99).derived["worth"] == 0
    assert screened(of, other=True, amount=99).refused_by == ("one",)
    unsure = screened(of, amount=5)
    assert (unsure.derived["worth"], named(unsure)) == (None, ["other"])


def test_a_benefit_that_is_not_granted_is_nothing_and_known():
    form = {"a": {"type": "boolean"}, "cost": {"type": "money"}}
    of = programme(form, rules={"r": "1 = 1"}, benefits={"grant": {"when": "a", "amount": "cost"}})
    assert screened(of, a=False).benefits == {"grant": 0}
    assert screened(of, a=False).outcome == "eligible"
    assert named(screened(of, a=True)) == ["cost"]
    assert named(screened(of)) == ["a", "cost"]
    assert screened(of, a=True, cost=5).granted == {"grant": True}


@pytest.mark.parametrize(
    ("amount", "currency", "fixed"),
    [
        ("0.125", "CNY", "0.12"),
        ("0.135", "CNY", "0.14"),
        ("-0.125", "CNY", "-0.12"),
        ("2.5", "JPY", "2"),
        ("3.5", "VND", "4"),
        ("1.0005", "KWD", "1"),
    ],
)
def test_an_amount_is_rounded_once_half_even_to_the_currencys_unit(amount, currency, fixed):
    form = {"cost": {"type": "money"}}
    of = programme(form, rules={"r": "1 = 1"}, benefits={"grant": {"amount": "cost"}}, currency=currency)
    assert screened(of, cost=Decimal(amount)).benefits == {"grant": Decimal(fixed)}


def test_an_unknown_criterion_keeps_the_case_open_and_points_unknown():
    form = {"x": {"type": "number"}, "y": {"type": "number"}}
    of = programme(form, rules={"r": "1 = 1"}, scoring={"need": "x", "merit": "y"})
    open_ = screened(of, x=3)
    assert (open_.outcome, open_.criteria, open_.points) == (
        "needs information",
        {"need": 3, "merit": None},
        None,
    )
    assert screened(of, x=3, y=4).points == 7


def test_points_beyond_the_limit_are_blocked():
    form = {"x": {"type": "number"}}
    of = programme(form, rules={"r": "1 = 1"}, scoring={"one": "x", "two": "x"})
    assert causes(screened(of, x=10**12)) == [("scoring", "out of range")]


def test_a_tie_that_is_unknown_keeps_the_case_open():
    form = {"x": {"type": "number"}}
    of = programme(form, derive={"half": "x / 2"}, rules={"r": "1 = 1"}, ties=["half"])
    assert named(screened(of)) == ["x"]
    assert screened(of, x=1).outcome == "eligible"


def test_a_parameter_is_the_figure_in_force_on_the_day():
    form = {"x": {"type": "money"}}
    figures = {"ceiling": ("money", {date(2025, 1, 1): 700_000_000, date(2026, 1, 1): 750_000_000})}
    of = programme(form, rules={"poor": "x <= ceiling"}, parameters=figures)
    assert screened(of, date(2025, 12, 31), x=725).outcome == "not eligible"
    assert screened(of, date(2026, 1, 1), x=725).outcome == "eligible"
    assert causes(screened(of, date(2024, 12, 31), x=725)) == [("eligibility.poor", "no ceiling in force")]


def test_a_single_figure_is_not_taken_for_granted_before_its_day():
    form = {"x": {"type": "money"}}
    figures = {"factor": ("number", {date(2025, 1, 1): 2_000_000})}
    of = programme(form, rules={"r": "x * factor > 0"}, parameters=figures)
    assert causes(screened(of, date(2024, 1, 1), x=1)) == [("eligibility.r", "no factor in force")]


def test_a_cause_stands_at_its_own_place_in_the_order_of_the_file():
    form = {"x": {"type": "number"}, "y": {"type": "number", "when": "x / 0 > 1", "unasked": "1 / x"}}
    of = programme(
        form,
        derive={"later": "y + 1", "unused": "1 / x"},
        rules={"one": "later > 0", "two": "x / x > 0"},
        benefits={"gift": {"kind": "in_kind", "quantity": "1 / x"}},
    )
    assert causes(screened(of, x=0)) == [
        ("form.y.when", "division by zero"),
        ("eligibility.two", "division by zero"),
        ("benefits.gift.quantity", "division by zero"),
    ]


def test_missing_follows_the_form_and_lists_nothing_twice():
    form = {name: {"type": "number"} for name in ("first", "second", "third")}
    of = programme(
        form,
        derive={"sum": "third + first"},
        rules={"one": "sum + first > 0", "two": "second > 0", "three": "sum > 1"},
    )
    screening = screened(of)
    assert named(screening) == ["first", "second", "third"]
    assert screening.missing[0].waits_for == ("eligibility.one", "eligibility.three")


def test_one_case_is_a_case_of_a_thousand():
    form = {
        "x": {"type": "number"},
        "rows": {"type": "rows", "of": {"v": {"type": "money"}, "w": {"type": "boolean"}}},
    }
    of = programme(
        form,
        derive={"total": "sum_of(rows, v, w)"},
        rules={"one": "total / x > 0.4"},
        scoring={"points": {"x > 3": 2, "otherwise": "total"}},
    )
    answers = [
        {
            "x": None if n % 7 == 0 else n % 5,
            "rows": None
            if n % 11 == 0
            else [{"v": n % 4, "w": [True, False, None][(n + i) % 3 if n % 2 else 0]} for i in range(n % 4)],
        }
        for n in range(1000)
    ]
    cases = [Case(AS_OF, answer) for answer in answers]
    together = screen(of, cases)
    assert {one.outcome for one in together} == {"eligible", "not eligible", "needs information"}
    assert [screen(of, [case])[0] for case in cases[::25]] == together[::25]


def test_no_case_is_no_answer():
    assert screen(programme(BOOLS, rules={"r": "a"}), []) == []


def test_a_name_that_the_form_does_not_ask_is_told():
    with pytest.raises(AnswersProblem, match="strange"):
        screened(programme(BOOLS, rules={"r": "a"}), strange=1)


def test_a_member_that_the_rows_do_not_ask_is_told():
    form = {"rows": {"type": "rows", "of": {"v": {"type": "money"}}}}
    with pytest.raises(AnswersProblem, match=r"rows\[1\] has strange"):
        screened(programme(form, rules={"r": "sum_of(rows, v) > 0"}), rows=[{"strange": 1}])


def test_an_unknown_without_a_cause_is_a_bug_and_no_answer(monkeypatch):
    of = programme(BOOLS, rules={"r": "a AND b"})
    monkeypatch.setattr("almoner.engine.screening.explained", lambda *_arguments: ((), ()))
    with pytest.raises(UnexplainedUnknown):
        screened(of)


def test_the_sql_carries_the_words_of_the_definition():
    query = compiled(programme(BOOLS, rules={"enrolled": "a AND b"})).query
    assert "-- eligibility.enrolled: a AND b" in query
    assert '("form.a" AND "form.b") AS "eligibility.enrolled"' in query


LOOKUPS = {
    "guideline": (
        {"size": "integer"},
        {"income": "money", "help": "money"},
        [
            (date(2025, 1, 1), (1_000_000,), (100_000_000, 1_000_000)),
            (date(2026, 1, 1), (1_000_000,), (110_000_000, 2_000_000)),
            (date(2025, 1, 1), (2_000_000,), (200_000_000, None)),
        ],
    ),
    "factor": (
        {"kind": "text"},
        {"value": "number"},
        [(None, ("it's",), (500_000,)), (None, ("b",), (2_000_000,))],
    ),
}
ASKED = {
    "size": {"type": "integer"},
    "kind": {"type": "text"},
    "plots": {"type": "rows", "of": {"kind": {"type": "text"}, "area": {"type": "number"}}},
}


def test_a_lookup_holds_the_latest_row_not_after_the_day():
    of = programme(ASKED, rules={"r": "lookup(guideline.income, size) = 110"}, lookups=LOOKUPS)
    assert screened(of, date(2025, 12, 31), size=1).outcome == "not eligible"
    assert screened(of, date(2026, 1, 1), size=1).outcome == "eligible"
    assert causes(screened(of, date(2024, 1, 1), size=1)) == [("eligibility.r", "no key in guideline")]


@pytest.mark.parametrize("days", [31, 40])
def test_a_lookup_of_many_days_answers_as_one_of_few(days):
    """Up to 32 days it is joined by period, beyond by the days from and to."""
    first = date(2026, 1, 1)
    lines = [
        (first + timedelta(day), ((1 + day % 2) * 1_000_000,), (day * 1_000_000,)) for day in range(days)
    ]
    prices = {
        "price": ({"size": "integer"}, {"value": "number"}, [(None, (3_000_000,), (7_000_000,)), *lines])
    }
    of = programme(ASKED, derive={"found": "lookup(price, size)"}, lookups=prices)
    for day in (0, 1, 17, 30):
        odd_or_even = {
            size: screened(of, first + timedelta(day), size=size).derived["found"] for size in (1, 2, 3)
        }
        latest = {1 + each % 2: Decimal(each) for each in range(day + 1)}
        assert odd_or_even == {1: latest[1], 2: latest.get(2), 3: 7}
    assert screened(of, date(2025, 12, 31), size=1).derived["found"] is None
    assert screened(of, date(2025, 12, 31), size=3).derived["found"] == 7
    assert screened(of, date(2027, 1, 1), size=1).derived["found"] == max(
        day for day in range(days) if day % 2 == 0
    )


def test_a_key_that_is_not_there_is_blocked_and_one_that_is_unanswered_is_asked():
    of = programme(ASKED, rules={"r": "lookup(guideline.help, size) > 0"}, lookups=LOOKUPS)
    assert causes(screened(of, size=9)) == [("eligibility.r", "no key in guideline")]
    assert causes(screened(of, size=2)) == [("eligibility.r", "no key in guideline")]
    assert (named(screened(of)), causes(screened(of))) == (["size"], [])


def test_a_lookup_inside_rows_answers_as_one_outside():
    derive = {"total": "sum_of(plots, area * lookup(factor, kind))", "one": "lookup(factor, kind)"}
    of = programme(ASKED, derive=derive, rules={"r": "total > 0"}, lookups=LOOKUPS)
    plots = [{"kind": "it's", "area": 4}, {"kind": "b", "area": 1}]
    screening = screened(of, plots=plots, kind="it's")
    assert (screening.derived["total"], screening.derived["one"]) == (4, Decimal("0.5"))
    assert causes(screened(of, plots=[{"kind": "x", "area": 1}])) == [("derive.total", "no key in factor")]
    assert named(screened(of, plots=[{"area": 1}])) == ["plots[1].kind"]
