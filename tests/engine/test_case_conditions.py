from dataclasses import replace
from datetime import date

from awarded_cases import reporting, small, small_case, student

from almoner.engine.casefile import Attempt
from almoner.engine.conditions import rows_of
from almoner.engine.standing import standing_on

REST = """\
benefits:
  food: {kind: in_kind, item: Food, quantity: 2, unit: box, unit_value: 80}

records:
  visit: {about: award, when: it happens, by: officer, form: {well: {type: boolean, ask: "Well?"}}}

follow_ups:
  arrived: {due: 14 days after award, attempts: 2, form: {got_it: {type: boolean, ask: "Did it arrive?"}}}

standing:
  complained: {when: "any_of(arrived, NOT got_it)"}
  supplied: {when: "sum_of(food, quantity) >= 2"}
"""


def test_a_follow_up_that_is_due_and_not_answered_is_a_row_of_unknowns():
    case = student()
    assert rows_of(case, "a_year_later", date(2027, 9, 30)) == ()
    (row,) = rows_of(case, "a_year_later", date(2027, 10, 1))
    assert row.answers is None
    answered = replace(
        case.follow_ups[0], attempts=(Attempt(date(2027, 10, 5), "answered"),), answers={"moved_up": True}
    )
    (row,) = rows_of(replace(case, follow_ups=(answered,)), "a_year_later", date(2027, 10, 5))
    assert row.answers == {"moved_up": True}


def test_deliveries_are_rows_from_the_day_they_were_handed_over():
    case = student().paying("grant", "first", date(2026, 10, 2))
    assert rows_of(case, "grant", date(2026, 10, 1)) == ()
    assert [row.answers["amount"] for row in rows_of(case, "grant", date(2026, 10, 2))] == [2500]


def test_standing_may_rest_on_follow_ups_and_deliveries(tmp_path):
    case = small_case(small(tmp_path, REST))
    looked_at = date(2026, 2, 10)
    case = reporting(case, "", looked_at, record="visit", well=True)
    found = standing_on(case, looked_at)
    assert found.names == ()
    assert [(one.name, one.missing) for one in found.tasks] == [("complained", ("arrived[2026-01-29]",))]
    assert standing_on(case.paying("food", "food", looked_at), looked_at).names == ("supplied",)
