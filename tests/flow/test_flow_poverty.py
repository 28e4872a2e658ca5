"""Poverty relief from the application to the statement, on both databases: visits, hand-overs, samples, complaints."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from almoner.engine.figures import Period
from almoner.engine.verify import verify
from almoner.values.chance import Chance
from flow.conftest import Office
from flow.relief_office import (
    BEGUN,
    GIVEN,
    HOUSEHOLDS,
    INCOMES,
    applied,
    asked,
    awarded,
    changed,
    drawn,
    handed_over,
    household,
    relief,
    visited,
)

CHECKED = date(2026, 4, 13)
A_YEAR_LATER = date(2027, 3, 20)


def given_out(office: Office, **other: Any) -> Any:
    """A round whose households were visited and got the first half and the blankets."""
    round_ = awarded(office, **other)
    visited(office, round_, *HOUSEHOLDS)
    return round_, handed_over(office, round_)


def follow_ups(round_: Any, name: str = "did_it_arrive") -> list[Any]:
    from almoner.flow.records.models import FollowUp

    return list(FollowUp.objects.filter(round=round_, name=name).select_related("award__application"))


def figures(statement: Path) -> dict[str, Any]:
    content = json.loads(statement.read_text())
    return {one["name"]: one for one in content["programmes"][0]["figures"]}


def closed(office: Office, round_: Any, folder: Path, until: date, on: date) -> Any:
    from almoner.flow.steps import closing

    return closing.close_period(
        [round_],
        office="Lake office (invented)",
        period=Period(date(2026, 1, 1), until),
        folder=folder,
        first_line="demonstration: no company's results",
        request=office.request("carol", on),
    )


def test_relief_from_the_application_to_a_statement_that_anybody_can_compute_again(
    office: Office, tmp_path: Path
) -> None:
    round_ = awarded(office)
    held = handed_over(office, round_, date(2026, 3, 21))
    assert (held["delivered"], held["held"]) == (0, 16)
    assert held["waits_for"] == {"home_visit": 16}
    visited(office, round_, *HOUSEHOLDS)
    assert handed_over(office, round_)["delivered"] == 16
    # Ten per cent of 16 hand-overs, rounded up.
    assert drawn(office, round_) == {"follow_up": "did_it_arrive", "drawn": 2, "of": 16, "seed": "11"}
    one, other = follow_ups(round_)
    told = asked(
        office,
        round_,
        "did_it_arrive",
        CHECKED,
        (one.award.application.row_key, {"got_it": "all", "had_to_pay": False}),
        (other.award.application.row_key, {"got_it": "all", "had_to_pay": True}),
    )
    assert (told["answered"], told["tasks"]) == (2, 1)
    assert handed_over(office, round_, date(2026, 5, 19))["delivered"] == 8
    later = {"area_now": "rural", "size_now": Decimal(2)}
    # A year later the line is 4,500 a head, and 4,400 a head, above the old one, is below it.
    asked(
        office,
        round_,
        "a_year_later",
        A_YEAR_LATER,
        ("h-0", {**later, "income_now": Decimal(8800)}),
        ("h-1", {**later, "income_now": Decimal(9000)}),
        ("h-2", {**later, "income_now": Decimal(4500)}),
        ("h-3", {**later, "income_now": None}),
    )
    published = closed(office, round_, tmp_path / "published", date(2027, 4, 30), date(2027, 5, 5))
    report = verify(published.bundle, published.root)
    assert (report.problems, report.agrees) == ((), True)
    found = figures(published.statement)
    check_entry(found)
    check_a_year_later(found)
    arrived, pays = found["all_of_it_arrived"], found["asked_for_a_share"]
    assert arrived["sampled"] == pays["sampled"] == {"wanted": "10 %", "drawn": 2, "of": 16}
    assert (arrived["value"], pays["value"], pays["n"], pays["N"]) == ("1", "0.5", 2, 2)


def check_entry(found: dict[str, Any]) -> None:
    """Eight households of two with the line at 4,300 a head; the values in the rows are cut to two digits."""
    heads = [Decimal(income) / 2 for income in INCOMES]
    poor = sum(head < 4300 for head in heads)
    assert found["poor_at_entry"]["value"] == str(Decimal(poor) / len(heads))
    assert (found["poor_at_entry"]["n"], found["poor_at_entry"]["N"]) == (8, 8)
    assert found["poor_at_entry"]["measured"]["weights"] == "16"
    gaps = [max(4300 - head, Decimal(0)) / 4300 for head in heads]
    exact = sum(gaps) / len(gaps)
    assert found["gap_at_entry"]["banded"] is True
    assert abs(Decimal(found["gap_at_entry"]["value"]) - exact) < Decimal("0.005")
    squares = sum(gap * gap for gap in gaps) / len(gaps)
    assert abs(Decimal(found["squared_gap_at_entry"]["value"]) - squares) < Decimal("0.01")
    apart = sum(abs(one - other) for one in heads for other in heads)
    gini = apart / (2 * len(heads) * sum(heads))
    assert abs(Decimal(found["inequality_at_entry"]["value"]) - gini) < Decimal("0.01")
    assert found["expected_poor"]["value"] == "0.702"


def check_a_year_later(found: dict[str, Any]) -> None:
    one = found["poor_a_year_later"]
    assert (one["yes"], one["no"], one["n"], one["N"]) == (2, 1, 3, 8)
    assert (one["unknown"], one["not_tried"]) == (1, 4)
    assert (one["value"], one["target_met"]) == ("0.666667", False)


def test_a_visit_that_names_no_paper_with_the_signatures_is_refused_whole(office: Office) -> None:
    from almoner.flow.imports.actions import Source
    from almoner.flow.records.models import Record
    from almoner.flow.steps import following
    from almoner.flow.steps.following import Arrived
    from almoner.flow.steps.recipe import StepRefusedError

    round_ = awarded(office)
    rows = [
        Arrived(name, "home_visit", "", date(2026, 3, 24), {"lives_there": True}, paper=paper)
        for name, paper in (("h-0", "V-1"), ("h-1", "  "))
    ]
    with pytest.raises(StepRefusedError, match="1 rows name no paper that was signed, the first is 'h-1'"):
        following.receive_records(
            round_,
            rows,
            source=Source("records", "v.csv", "v", ""),
            request=office.request("alice", date(2026, 3, 24)),
        )
    assert not Record.objects.exists()
    visited(office, round_, "h-0", "h-1")
    assert sorted(Record.objects.values_list("paper", flat=True)) == ["V-h-0", "V-h-1"]


def test_a_draw_is_kept_so_that_its_seed_draws_it_again(office: Office) -> None:
    from almoner.flow.records.models import Sample
    from almoner.flow.steps.auditing import audit_everything

    round_, _told = given_out(office)
    drawn(office, round_, seed=2**63 - 25)
    one = Sample.objects.get()
    assert (one.wanted, one.seed, len(one.frame)) == ("10 %", str(2**63 - 25), 16)
    assert one.drawn == Chance(int(one.seed)).sample(16, 2)
    planned = {(str(row.award.uid), row.due_on.isoformat(), row.delivery) for row in follow_ups(round_)}
    assert planned == {tuple(one.frame[place]) for place in one.drawn}
    assert {row.due_on for row in follow_ups(round_)} == {CHECKED}
    assert audit_everything(by=office.users["dave"]).findings == ()


def test_the_audit_sees_a_draw_that_its_seed_does_not_draw(office: Office) -> None:
    from django.db import connection

    from almoner.flow.records.models import Sample
    from almoner.flow.steps.auditing import audit_everything
    from almoner.vault.triggers import drop

    round_, _told = given_out(office)
    drawn(office, round_)
    drop(connection)
    one = Sample.objects.get()
    Sample.objects.filter(pk=one.pk).update(
        drawn=[place for place in range(16) if place not in one.drawn][:2]
    )
    found = " ".join(audit_everything(by=office.users["dave"]).findings)
    assert "is not what its seed draws" in found
    assert "drew 2 who are not asked" in found


def test_a_later_draw_is_among_what_came_since(office: Office) -> None:
    from almoner.flow.records.models import Sample
    from almoner.flow.steps.recipe import StepRefusedError

    round_, _told = given_out(office)
    drawn(office, round_)
    with pytest.raises(StepRefusedError, match="nothing new"):
        drawn(office, round_, seed=12)
    handed_over(office, round_, date(2026, 5, 19))
    assert drawn(office, round_, on=date(2026, 5, 20))["of"] == 8
    first, second = Sample.objects.order_by("id")
    assert not {tuple(one) for one in first.frame} & {tuple(one) for one in second.frame}
    assert {delivery for _award, _due, delivery in second.frame} == {"cash.second"}


def test_what_is_handed_over_after_the_day_of_a_draw_is_not_in_it(office: Office) -> None:
    from almoner.flow.steps.recipe import StepRefusedError

    round_, _told = given_out(office)
    with pytest.raises(StepRefusedError, match="nothing new"):
        drawn(office, round_, on=date(2026, 3, 29))


@pytest.mark.parametrize("who", ["alice", "dave", "eve"])
def test_whoever_hands_over_does_not_draw_who_is_asked(office: Office, who: str) -> None:
    from almoner.flow.records.models import Sample
    from almoner.people.access import NotPermitted

    round_, _told = given_out(office)
    with pytest.raises(NotPermitted):
        drawn(office, round_, who=who)
    assert not Sample.objects.exists()


@pytest.mark.parametrize("name", ["a_year_later", "nobody_asks_this"])
def test_what_everybody_is_asked_is_not_drawn(office: Office, name: str) -> None:
    from almoner.flow.steps.recipe import StepRefusedError

    round_ = awarded(office)
    with pytest.raises(StepRefusedError, match="no follow-up that asks a sample"):
        drawn(office, round_, name)


def test_a_share_that_was_asked_for_is_with_an_independent_handler_within_five_working_days(
    office: Office,
) -> None:
    from almoner.flow.records.models import Task

    round_, _told = given_out(office)
    drawn(office, round_)
    one = follow_ups(round_)[0]
    asked(office, round_, "did_it_arrive", CHECKED, (one.award.application.row_key, {"got_it": "part"}))
    task = Task.objects.get()
    assert (task.name, task.role, task.unclear) == ("complaint", "independent_handler", [])
    # Monday 13 April, and five working days on: Monday the 20th, at the day's end.
    assert task.due_at is not None
    assert date(2026, 4, 20) <= task.due_at.date() <= date(2026, 4, 21)


def test_two_hand_overs_of_one_day_are_two_questions_and_an_answer_says_which(
    office: Office, tmp_path: Path
) -> None:
    from almoner.flow.steps.recipe import StepRefusedError

    programme = changed(tmp_path, ("sample: 10 %", "sample: 100 %"))
    round_, _told = given_out(office, programme=programme)
    assert drawn(office, round_)["drawn"] == 16
    mine = sorted(row.delivery for row in follow_ups(round_) if row.award.application.row_key == "h-0")
    assert mine == ["blankets.all", "cash.first"]
    answer = ("h-0", {"got_it": "all", "had_to_pay": False})
    with pytest.raises(StepRefusedError, match=r"which delivery it is about: blankets\.all, cash\.first"):
        asked(office, round_, "did_it_arrive", CHECKED, answer)
    told = asked(office, round_, "did_it_arrive", CHECKED, answer, about="blankets")
    assert told["answered"] == 1
    states = {row.delivery: row.state for row in follow_ups(round_) if row.award.application.row_key == "h-0"}
    assert states == {"blankets.all": "answered", "cash.first": "due"}


def test_a_number_at_random_is_drawn_once_a_round_and_also_of_awards(office: Office, tmp_path: Path) -> None:
    """What a race asks of 400 runners: a follow-up about the award, and never more than there are."""
    from almoner.flow.steps.recipe import StepRefusedError

    programme = changed(
        tmp_path, ("  a_year_later:\n    due:", "  a_year_later:\n    sample: 3 at random\n    due:")
    )
    round_ = awarded(office, programme)
    assert follow_ups(round_, "a_year_later") == []
    assert drawn(office, round_, "a_year_later", on=BEGUN)["drawn"] == 3
    assert len({row.award_id for row in follow_ups(round_, "a_year_later")}) == 3
    with pytest.raises(StepRefusedError, match="was drawn in this round"):
        drawn(office, round_, "a_year_later", on=GIVEN)


def test_what_everybody_is_asked_after_each_hand_over_falls_due_for_everybody(
    office: Office, tmp_path: Path
) -> None:
    """Of a dated benefit too: the run that hands it over plans the question."""
    whole = "    about: delivery\n    sample: 10 % # of the hand-overs since the last draw\n"
    round_, _told = given_out(office, programme=changed(tmp_path, (whole, "")))
    found = follow_ups(round_)
    # Cash and blankets came on one day, and what is about the award is asked once.
    assert len(found) == 8
    assert {(row.due_on, row.delivery) for row in found} == {(CHECKED, "")}


def test_a_gap_never_refuses_and_a_score_never_shuts_the_door(office: Office) -> None:
    from almoner.flow.applications.models import StoredScreening

    scored = applied(
        office,
        {
            "poor": household(1000, score=Decimal(100)),
            "ill": household(9000, is_ill=True, medical_cost=Decimal(3000)),
            "unscored": household(1000, score=None),
            "rich": household(90000),
        },
    )
    found = {
        row.revision.application.row_key: row.outcome
        for row in StoredScreening.objects.select_related("revision__application")
    }
    assert scored.programme == relief().key
    assert found == {
        "poor": "eligible",
        "ill": "eligible",
        "unscored": "needs information",
        "rich": "not eligible",
    }


def test_a_figure_over_answers_knows_the_parameters_of_the_case_and_a_line_those_of_its_day(
    office: Office, tmp_path: Path
) -> None:
    """A parameter was unknown beside a follow-up's answers, and with it every answer."""
    folder = tmp_path / "file"
    folder.mkdir()
    share = "  has_a_little: {level: outcome, share: income_now > smallest_relief, from: a_year_later}\n"
    dated = ("from: {2025-01-01: 3000}", "from: {2025-01-01: 3000, 2027-01-01: 9000}")
    later = "  poor_by_relief: {level: outcome, headcount: income_now, line: smallest_relief, from: a_year_later}\n"
    programme = changed(
        folder, ("indicators:\n  households:", f"indicators:\n{share}{later}  households:"), dated
    )
    round_ = awarded(office, programme)
    answers = {"area_now": "rural", "size_now": Decimal(2), "income_now": Decimal(4000)}
    asked(office, round_, "a_year_later", A_YEAR_LATER, ("h-0", answers))
    published = closed(office, round_, tmp_path / "published", date(2027, 4, 30), date(2027, 5, 5))
    found = figures(published.statement)
    assert (found["has_a_little"]["yes"], found["has_a_little"]["n"]) == (1, 1)
    assert (found["poor_by_relief"]["yes"], found["poor_by_relief"]["n"]) == (1, 1)
    assert verify(published.bundle, published.root).problems == ()
