"""A day on which nobody applies and nobody has a name, from the plan to a statement that verifies."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from almoner.engine.figures import Period
from almoner.engine.verify import verify
from flow.clinic_office import DAY, EyeDay, opened_day, receive, sendings, visitors
from flow.conftest import Office


def test_no_python_per_programme_a_public_day_of_150_unnamed_people(office: Office, tmp_path: Path) -> None:
    day = opened_day(office, tmp_path)
    a_day_with_two_referrals(day)
    one_call_that_is_answered(day)
    published = published_in(day, tmp_path / "published")
    assert verify(published.bundle, published.root).problems == ()
    (part,) = json.loads(published.statement.read_text())["programmes"]
    assert {name: count for name, count in part["funnel"].items() if count is not None} == {
        "followed_up": 1,
        "due_for_follow_up": 2,
    }
    figures = {figure["name"]: figure for figure in part["figures"]}
    assert (figures["days"]["value"], figures["visits"]["value"]) == ("1", "150")
    assert (figures["visits"]["unit"], figures["visits"]["people"]) == ("attendances", None)
    badly = figures["seeing_badly"]
    assert (badly["yes"], badly["no"], badly["unknown"], badly["N"]) == (2, 147, 1, 150)
    assert (figures["seen"]["yes"], figures["seen"]["not_tried"], figures["seen"]["N"]) == (1, 1, 2)
    steps = {step["name"]: step for step in figures["way"]["steps"]}
    assert [(name, step["yes"], step["of"]) for name, step in steps.items()] == [
        ("visitor", 150, 150),
        ("sees_badly", 2, 150),
        ("sending", 2, 2),
        ("seen", 1, 2),
        ("operated", 0, 1),
    ]
    assert (steps["sees_badly"]["unknown"], steps["seen"]["not_tried"], steps["operated"]["no"]) == (1, 1, 1)
    assert {one["name"]: one["amount"] for one in part["contributions"]} == {"lamps": "900.00"}


def a_day_with_two_referrals(day: EyeDay) -> None:
    """150 people without a name, two of them referred before they leave, one whose second eye nobody measured."""
    from almoner.flow.records.models import Record, Task
    from almoner.flow.steps import holding
    from almoner.people.models import Party

    office = day.office
    came = receive(day, visitors(150, badly=2, unclear=1), "visitors")
    assert {name: came[name] for name in ("created", "parties", "tasks", "unclear")} == {
        "created": 150,
        "parties": 0,
        "tasks": 3,
        "unclear": 1,
    }
    assert (Party.objects.count(), Record.objects.count()) == (0, 150)
    sent = receive(day, sendings(1, 2), "sendings")
    assert {name: sent[name] for name in ("created", "parties", "done", "follow_ups")} == {
        "created": 2,
        "parties": 2,
        "done": 2,
        "follow_ups": 2,
    }
    assert dict(Task.objects.values_list("record__row_key", "state")) == {
        "ED-1 | 001": "done",
        "ED-1 | 002": "done",
        "ED-1 | 003": "open",
    }
    holding.hold_session(day.session, request=office.request("alice", DAY))
    closed = holding.close_session(
        day.session, counted={"visitor": 150}, request=office.request("alice", DAY)
    )
    assert (closed["late_tasks"], closed["days_late"]) == (1, 0)


def one_call_that_is_answered(day: EyeDay) -> None:
    """Both calls fall due; one is made and answered."""
    from almoner.flow.imports.actions import Source
    from almoner.flow.records.models import FollowUp
    from almoner.flow.steps import following
    from almoner.flow.steps.following import Arrived

    office = day.office
    following.settle_follow_ups(day.round, request=office.request("alice", date(2026, 6, 4)))
    rang = following.receive_follow_ups(
        day.round,
        [Arrived("ED-1 | 001", "ring", "", date(2026, 6, 4), {"seen": True, "operated": False})],
        source=Source("follow-ups", "calls.csv", "calls", ""),
        request=office.request("alice", date(2026, 6, 4), "calls"),
    )
    assert rang["answered"] == 1
    assert sorted(FollowUp.objects.values_list("state", flat=True)) == ["answered", "due"]


def published_in(day: EyeDay, folder: Path) -> Any:
    """The statement of the year, with what the lamps cost."""
    from almoner.flow.steps import closing, rounds
    from almoner.values.money import Money

    office = day.office
    rounds.record_cost(
        day.round,
        Money.of(Decimal(900), "CNY"),
        "lamps",
        fund="general",
        request=office.request("carol", date(2026, 6, 30)),
    )
    return closing.close_period(
        [day.round],
        office="Test office",
        period=Period.year(2026),
        folder=folder,
        first_line="",
        request=office.request("carol", date(2027, 1, 5)),
    )


def test_what_is_sealed_about_nobody_is_nowhere_in_the_clear(office: Office, tmp_path: Path) -> None:
    from django.db import connection

    day = opened_day(office, tmp_path)
    rows = visitors(3, badly=1)
    marked = rows[0].answers | {"left": Decimal("0.123457")}  # type: ignore[operator] -- a dict
    receive(day, [type(rows[0])(rows[0].row_key, "visitor", DAY, marked, "ED-1"), *rows[1:]], "visitors")
    receive(day, sendings(1), "sendings")
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            said = repr(cursor.fetchall())
            assert "0.123457" not in said, table
            assert "13800000001" not in said, table


def test_a_file_taken_over_again_changes_nothing_and_a_changed_one_is_refused(
    office: Office, tmp_path: Path
) -> None:
    from almoner.flow.records.models import Record, Task
    from almoner.flow.steps.recipe import StepRefusedError

    day = opened_day(office, tmp_path)
    first = receive(day, visitors(5), "visitors")
    assert receive(day, visitors(5), "visitors") == first
    again = receive(day, visitors(5), "the same under another name")
    assert (again["created"], again["unchanged"], again["tasks"]) == (0, 5, 0)
    changed = visitors(5, badly=3)
    with pytest.raises(StepRefusedError, match="correct it by name"):
        receive(day, changed, "changed")
    assert (Record.objects.count(), Task.objects.count()) == (5, 2)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("stranger", "about nothing that is there"),
        ("gap", "required answers are missing"),
        ("twice", "stand for several rows"),
    ],
)
def test_a_sheet_that_cannot_be_taken_refuses_the_whole_file(
    office: Office, tmp_path: Path, rows: str, said: str
) -> None:
    from almoner.flow.records.models import Record
    from almoner.flow.steps.attending import Written
    from almoner.flow.steps.recipe import StepRefusedError

    day = opened_day(office, tmp_path)
    receive(day, visitors(3), "visitors")
    files = {
        "stranger": [*sendings(1), *sendings(9)],
        "gap": [*sendings(1), Written("ED-1 | 002", "sending", DAY, {"phone": "1"})],
        "twice": [*sendings(1), *sendings(1)],
    }
    with pytest.raises(StepRefusedError, match=said):
        receive(day, files[rows], rows)
    assert Record.objects.filter(name="sending").count() == 0


def test_a_party_is_opened_only_where_she_said_yes(office: Office, tmp_path: Path) -> None:
    from almoner.flow.records.models import Record
    from almoner.flow.steps.attending import Written
    from almoner.people.models import Party

    day = opened_day(office, tmp_path)
    rows = [
        Written(f"ED-1 | {number:03d}", "visitor", DAY, {"left": Decimal("0.1"), "may_we_call": said}, "ED-1")
        for number, said in ((1, True), (2, False), (3, None))
    ]
    receive(day, rows, "visitors")
    sent = receive(day, sendings(1, 2, 3), "sendings")
    assert (sent["created"], sent["parties"], sent["follow_ups"]) == (3, 1, 3)
    assert Party.objects.count() == 1
    opened = Record.objects.filter(name="sending", party__isnull=False)
    assert [record.row_key for record in opened] == ["ED-1 | 001"]


def test_the_figures_in_force_are_those_of_the_day(office: Office, tmp_path: Path) -> None:
    from almoner.flow.steps import holding
    from almoner.flow.steps.attending import Written

    day = opened_day(office, tmp_path)
    answers = {"left": Decimal("0.4"), "right": Decimal("0.4")}
    may = receive(day, [Written("ED-1 | 001", "visitor", DAY, answers, "ED-1")], "may")
    assert may["tasks"] == 0
    (june,) = holding.plan_sessions(
        day.round,
        [holding.Planned("eye_day", "ED-2", "Lower village", date(2026, 6, 20))],
        request=office.request("alice", date(2026, 5, 20)),
    )
    holding.file_papers(june, {"filing": "late.pdf"}, request=office.request("alice", date(2026, 6, 18)))
    opened = holding.open_session(june, request=office.request("alice", date(2026, 6, 20)))
    assert opened["late"] == ["filing"]
    later = receive(day, [Written("ED-2 | 001", "visitor", date(2026, 6, 20), answers, "ED-2")], "june")
    assert later["tasks"] == 1


def test_an_unopened_or_cancelled_day_takes_nobody_and_counts_as_nothing(
    office: Office, tmp_path: Path
) -> None:
    from almoner.flow.steps import holding
    from almoner.flow.steps.recipe import StepRefusedError
    from almoner.vault.models import NotAllowed

    day = opened_day(office, tmp_path, is_open=False)
    with pytest.raises(StepRefusedError, match="takes none"):
        receive(day, visitors(1), "too early")
    with pytest.raises(StepRefusedError, match="reason"):
        holding.cancel_session(day.session, why=" ", request=office.request("alice", DAY))
    holding.cancel_session(day.session, why="storm", request=office.request("alice", DAY))
    with pytest.raises(StepRefusedError, match="takes none"):
        receive(day, visitors(1), "too late")
    with pytest.raises(NotAllowed):
        holding.open_session(day.session, request=office.request("alice", DAY))


def test_a_day_on_which_people_were_seen_is_not_cancelled(office: Office, tmp_path: Path) -> None:
    from almoner.flow.steps import holding
    from almoner.flow.steps.recipe import StepRefusedError

    day = opened_day(office, tmp_path)
    receive(day, visitors(1), "one")
    with pytest.raises(StepRefusedError, match="People were seen"):
        holding.cancel_session(day.session, why="rain", request=office.request("alice", DAY))


def test_without_its_papers_a_day_does_not_open(office: Office, tmp_path: Path) -> None:
    from almoner.flow.steps import holding
    from almoner.flow.steps.recipe import StepRefusedError

    day = opened_day(office, tmp_path, is_open=False)
    holding.file_papers(day.session, {"filing": None}, request=office.request("alice", date(2026, 4, 21)))
    with pytest.raises(StepRefusedError, match="filing must be there before"):
        holding.open_session(day.session, request=office.request("alice", DAY))


def test_a_sheet_is_closed_only_when_the_paper_agrees(office: Office, tmp_path: Path) -> None:
    from almoner.flow.steps import holding
    from almoner.flow.steps.recipe import StepRefusedError

    day = opened_day(office, tmp_path)
    receive(day, visitors(3), "visitors")
    with pytest.raises(StepRefusedError, match="not held before"):
        holding.hold_session(day.session, request=office.request("alice", date(2026, 5, 15)))
    holding.hold_session(day.session, request=office.request("alice", DAY))
    for counted in ({}, {"visitor": 4}):
        with pytest.raises(StepRefusedError, match="nothing is closed"):
            holding.close_session(day.session, counted=counted, request=office.request("alice", DAY))
    late = holding.close_session(
        day.session, counted={"visitor": 3}, request=office.request("alice", date(2026, 5, 18))
    )
    assert (late["days_late"], late["late_tasks"]) == (2, 2)


def test_who_was_not_tried_is_never_lost_and_a_late_answer_reopens(office: Office, tmp_path: Path) -> None:
    from almoner.flow.imports.actions import Source
    from almoner.flow.records.models import FollowUp
    from almoner.flow.steps import following
    from almoner.flow.steps.following import Arrived

    day = opened_day(office, tmp_path)
    receive(day, visitors(2), "visitors")
    receive(day, sendings(1, 2), "sendings")

    def ring(result: str, on: date, answers: dict[str, bool]) -> None:
        following.receive_follow_ups(
            day.round,
            [Arrived("ED-1 | 001", "ring", "", on, answers, result)],
            source=Source("follow-ups", f"{on}.csv", str(on), ""),
            request=office.request("alice", on, str(on)),
        )

    ring("lost", date(2026, 6, 10), {})
    following.settle_follow_ups(day.round, request=office.request("alice", date(2026, 12, 31)))
    states = dict(FollowUp.objects.values_list("about__row_key", "state"))
    assert states == {"ED-1 | 001": "lost", "ED-1 | 002": "due"}
    ring("answered", date(2027, 1, 2), {"seen": True})
    assert FollowUp.objects.get(about__row_key="ED-1 | 001").state == "answered"


def test_reading_a_health_record_leaves_an_entry_and_no_answer(office: Office, tmp_path: Path) -> None:
    from almoner.flow.records.models import Record
    from almoner.flow.steps.auditing import audit_everything
    from almoner.flow.steps.reading import read_record
    from almoner.people.access import NotPermitted
    from almoner.vault.models import AuditEntry

    day = opened_day(office, tmp_path)
    receive(day, visitors(1), "visitors")
    record = Record.objects.get()
    with pytest.raises(NotPermitted):
        read_record(record, request=office.request("carol", DAY))
    before = AuditEntry.objects.count()
    answers = read_record(record, request=office.request("alice", DAY))
    assert answers["left"] == Decimal("0.1")
    entry = AuditEntry.objects.latest("seq")
    assert (AuditEntry.objects.count(), entry.step) == (before + 1, "read_record")
    assert str(record.uid) in entry.after
    assert "0.1" not in entry.before + entry.after
    assert audit_everything(by=office.users["dave"]).findings == ()


@pytest.mark.parametrize("who", ["bob", "carol", "dave", "eve"])
def test_nobody_else_holds_a_day_or_takes_over_its_sheets(office: Office, tmp_path: Path, who: str) -> None:
    from almoner.flow.imports.actions import Source
    from almoner.flow.steps import holding
    from almoner.flow.steps.attending import receive_session_records
    from almoner.people.access import NotPermitted

    day = opened_day(office, tmp_path)
    with pytest.raises(NotPermitted):
        holding.hold_session(day.session, request=office.request(who, DAY))
    with pytest.raises(NotPermitted):
        receive_session_records(
            day.round,
            visitors(1),
            source=Source("records", "f.csv", "f", ""),
            request=office.request(who, DAY),
        )


def test_a_row_is_about_exactly_one_thing(office: Office, tmp_path: Path) -> None:
    from django.db import IntegrityError, transaction

    from almoner.flow.records.models import Task
    from almoner.vault.models import Stamp

    day = opened_day(office, tmp_path)
    receive(day, visitors(1), "visitors")
    stamp = Stamp(who=office.users["alice"], happened_on=DAY)
    task = Task.objects.get()
    for about in ({}, {"session": day.session, "about": task.record}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Task.objects.create(
                round=day.round, name="x", role="x", unclear=[], state="open", **about, **stamp.columns()
            )
