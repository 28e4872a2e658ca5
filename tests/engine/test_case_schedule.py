from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from awarded_cases import AWARDED_ON, small, small_case, student, student_grants, term
from hypothesis import given
from hypothesis import strategies as st

from almoner.definitions.programme import Benefit, Due, Instalment
from almoner.engine.casefile import FollowUp
from almoner.engine.costs import CostUnknown
from almoner.engine.not_yet import NotYetCarriedOut
from almoner.engine.results import Screening
from almoner.engine.schedule import due_on, follow_ups_from, plan_award
from almoner.values.money import Money
from almoner.values.numbers import MICRO

ELIGIBLE = Screening("eligible", {})
SECOND_DUE = date(2027, 2, 28)


def plan_of(benefit: Benefit, figure):
    programme = replace(student_grants(), benefits={benefit.name: benefit}, follow_ups={}, records={})
    screening = replace(ELIGIBLE, benefits={benefit.name: Decimal(figure)})
    return plan_award(programme, screening, AWARDED_ON)


def parts(*percents: int) -> dict[str, Instalment]:
    return {
        f"part_{number}": Instalment(
            f"part_{number}",
            Due(number * 30, "days", after=True, anchor="award"),
            percent * MICRO // 100,
            None,
            None,
            1,
        )
        for number, percent in enumerate(percents)
    }


def names(found, *, due: bool) -> list[str]:
    return [one.instalment.name for one in found if one.is_due is due]


def test_the_students_grant_is_two_halves_now_and_150_days_later():
    case = student()
    assert [(one.name, one.due_on, one.money) for one in case.instalments] == [
        ("first", AWARDED_ON, Money.of(2500, "CNY")),
        ("second", SECOND_DUE, Money.of(2500, "CNY")),
    ]


def test_the_plan_names_the_records_owed_and_the_follow_up():
    case = student()
    plan = plan_award(case.programme, case.screening, AWARDED_ON)
    assert [(one.label, one.due_on) for one in plan.obligations][:2] == [
        ("term_result[2026-autumn]", date(2027, 1, 20)),
        ("term_result[2027-spring]", date(2027, 6, 30)),
    ]
    assert [(one.name, one.due_on) for one in plan.follow_ups] == [("a_year_later", date(2027, 10, 1))]


def test_a_term_that_ended_before_the_award_is_not_owed():
    case = student(date(2027, 1, 20))
    plan = plan_award(case.programme, case.screening, date(2027, 1, 20))
    assert plan.obligations[0].period == "2027-spring"


def test_a_benefit_that_is_not_granted_brings_nothing():
    assert {one.benefit for one in student().instalments} == {"grant"}


def test_a_laptop_is_one_instalment_due_on_award():
    plan = plan_of(Benefit("laptop", "in_kind", 1, unit="piece", unit_value=320 * MICRO), 1)
    (laptop,) = plan.instalments
    assert (laptop.name, laptop.due_on, laptop.quantity, laptop.unit) == ("laptop", AWARDED_ON, 1, "piece")
    assert (laptop.money, laptop.cost) == (None, Money.of(320, "CNY"))


def test_nobody_is_handed_half_a_laptop():
    benefit = Benefit("laptop", "in_kind", 1, unit="piece", unit_value=320 * MICRO, instalments=parts(50, 50))
    assert [one.quantity for one in plan_of(benefit, 3).instalments] == [1, 2]
    assert [one.quantity for one in plan_of(benefit, "2.5").instalments] == [Decimal("1.25"), Decimal("1.25")]


def test_a_quantity_is_fixed_to_a_thousandth():
    plan = plan_of(Benefit("seed", "in_kind", 1, unit="kg", unit_value=MICRO), "2.3335")
    assert plan.benefits == {"seed": Decimal("2.334")}
    assert plan.instalments[0].quantity == Decimal("2.334")


def test_goods_without_a_value_have_no_cost_and_are_not_planned():
    with pytest.raises(CostUnknown, match="seed"):
        plan_of(Benefit("seed", "in_kind", 1, unit="kg"), 2)


def test_a_case_that_is_not_eligible_brings_nothing_unless_a_person_says_what():
    refused = Screening("not eligible", {})
    with pytest.raises(ValueError, match="not eligible"):
        plan_award(student_grants(), refused, AWARDED_ON)
    plan = plan_award(student_grants(), refused, AWARDED_ON, benefits={"grant": Decimal(900)})
    assert [one.money for one in plan.instalments] == [Money.of(450, "CNY")] * 2


@given(st.integers(1, 10**9), st.lists(st.integers(0, 100), min_size=1, max_size=8))
def test_instalments_sum_to_the_award_and_only_the_last_is_rounded_up(fen, weights):
    total = sum(weights) or 1
    split = [weight * MICRO // total for weight in weights]
    split[-1] += MICRO - sum(split)
    instalments = {
        f"part_{number}": Instalment(
            f"part_{number}", Due(number, "days", after=True, anchor="award"), share, None, None, 1
        )
        for number, share in enumerate(split)
    }
    plan = plan_of(Benefit("grant", "cash", 1, instalments=instalments), Decimal(fen) / 100)
    minor = [one.money.minor for one in plan.instalments]
    assert sum(minor) == fen
    assert minor[:-1] == [fen * share // MICRO for share in split[:-1]]
    assert all(part >= 0 for part in minor)


@given(st.integers(1, 10**9), st.integers(1, 99))
def test_a_quantity_in_parts_sums_to_the_whole_and_its_cost_too(thousandths, percent):
    quantity = Decimal(thousandths) / 1000
    benefit = Benefit(
        "seed", "in_kind", 1, unit="kg", unit_value=3 * MICRO, instalments=parts(percent, 100 - percent)
    )
    plan = plan_of(benefit, quantity)
    assert sum(one.quantity for one in plan.instalments) == quantity
    assert all(one.quantity >= 0 for one in plan.instalments)
    assert (
        sum(one.cost.minor for one in plan.instalments) == Money.from_micros(thousandths * 3000, "CNY").minor
    )


@given(st.dates(date(2024, 2, 1), date(2029, 12, 31)), st.integers(0, 400))
def test_nothing_is_due_before_its_day_and_everything_stays_due_after_it(awarded_on, days):
    case = student(awarded_on)
    day = awarded_on + timedelta(days=days)
    found = due_on(case, day)
    assert [one.instalment.name for one in found] == ["first", "second"][: 1 + (days >= 150)]
    assert found[0].is_due


def test_a_held_second_instalment_names_the_missing_term_result():
    case = student()
    held = due_on(case, SECOND_DUE)[1]
    assert (held.instalment.name, held.is_due) == ("second", False)
    assert held.missing == ("term_result[2026-autumn]",)
    assert "last(term_result, enrolled)" in held.reason


def test_a_second_instalment_that_comes_before_any_term_ends_names_the_term_to_come():
    case = student(date(2026, 7, 1))
    held = due_on(case, date(2026, 11, 28))[1]
    assert (held.is_due, held.missing) == (False, ("term_result[2026-autumn]",))


def test_who_is_still_enrolled_is_paid_the_second_instalment():
    case = term(student(), "2026-autumn", date(2027, 2, 1))
    assert names(due_on(case, date(2027, 2, 27)), due=True) == ["first"]
    assert names(due_on(case, SECOND_DUE), due=True) == ["first", "second"]


def test_who_left_school_is_held_with_the_reason_and_nothing_is_missing():
    case = term(student(), "2026-autumn", date(2027, 2, 1), enrolled=False)
    held = due_on(case, SECOND_DUE)[1]
    assert (held.is_due, held.missing) == (False, ())
    assert "last(term_result, enrolled)" in held.reason


def test_a_term_that_falls_due_later_holds_what_an_earlier_one_allowed():
    case = term(student(), "2026-autumn", date(2027, 2, 1))
    assert due_on(case, date(2027, 6, 29))[1].is_due
    held = due_on(case, date(2027, 6, 30))[1]
    assert (held.is_due, held.missing) == (False, ("term_result[2027-spring]",))


def test_what_was_paid_is_never_due_again():
    case = student().paying("grant", "first", date(2026, 10, 2))
    assert due_on(case, date(2026, 12, 1)) == ()
    with pytest.raises(ValueError, match="does not await"):
        case.paying("grant", "first", date(2026, 10, 3))


@pytest.mark.parametrize("state", ["in a payment run", "paid", "returned", "cancelled"])
def test_only_what_awaits_payment_is_due(state):
    case = student()
    first = replace(case.instalments[0], state=state)
    assert due_on(replace(case, instalments=(first,)), AWARDED_ON) == ()


@pytest.mark.parametrize(
    ("state", "due"), [("active", True), ("on probation", True), ("suspended", False), ("ended", False)]
)
def test_an_award_that_does_not_run_holds_its_instalments(state, due):
    (first,) = due_on(replace(student(), state=state), AWARDED_ON)
    assert first.is_due is due
    assert (state in first.reason) is not due


def test_without_a_baseline_help_does_not_start_unless_an_exception_is_recorded():
    baseline = FollowUp(name="survey", due_on=AWARDED_ON, is_baseline=True)
    case = replace(student(), follow_ups=(baseline,))
    (held,) = due_on(case, AWARDED_ON)
    assert (held.is_due, held.missing) == (False, ("survey",))
    for instead in (replace(baseline, answers={"well": True}), replace(baseline, excepted=True)):
        assert due_on(replace(case, follow_ups=(instead,)), AWARDED_ON)[0].is_due


def test_follow_ups_come_with_the_event_they_are_counted_from(tmp_path):
    programme = small(
        tmp_path,
        """\
benefits:
  food: {kind: in_kind, item: Food, quantity: 1, unit: box, unit_value: 80}

follow_ups:
  arrived: {due: 14 days after each delivery, form: {got_it: {type: boolean, ask: "Did it arrive?"}}}
  well:
    due: [before first delivery, 30 days after first delivery]
    form: {is_well: {type: boolean, ask: "Are you well?"}}
""",
    )
    case = small_case(programme)
    assert [(one.name, one.is_baseline) for one in case.follow_ups] == [("well", True)]
    first = follow_ups_from(programme, "each delivery", date(2026, 2, 1), first=True)
    assert [(one.name, one.due_on) for one in first] == [
        ("arrived", date(2026, 2, 15)),
        ("well", date(2026, 3, 3)),
    ]
    later = follow_ups_from(programme, "each delivery", date(2026, 4, 1))
    assert [one.name for one in later] == ["arrived"]


@pytest.mark.parametrize("kind", ["service", "purchase", "space", "event"])
def test_a_kind_of_benefit_that_nothing_carries_out_is_refused_by_name(kind):
    with pytest.raises(NotYetCarriedOut, match=rf"benefits\.help\.kind: {kind} is not yet carried out"):
        plan_of(Benefit("help", kind, 1, unit="hour", unit_value=MICRO), 1)


def test_a_cycle_or_a_call_off_is_refused_by_name():
    with pytest.raises(NotYetCarriedOut, match=r"benefits\.medicine\.cycle is not yet carried out"):
        plan_of(Benefit("medicine", "in_kind", 1, unit="box", unit_value=MICRO, other={"cycle": {}}), 1)
