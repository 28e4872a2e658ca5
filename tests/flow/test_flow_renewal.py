"""Renewals in the records: answers of their own, silence that suspends, proposals that wait for a person."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from flow.conftest import Office
from flow.renewal_office import DUE, answer, award_of, daily, renewed, treated


def test_answers_are_a_record_of_their_own_under_the_partys_key(office: Office, tmp_path: Path) -> None:
    from django.db import connection

    from almoner.flow.applications.models import Revision, StoredScreening
    from almoner.flow.records.models import Record
    from almoner.flow.steps.replaying import replay

    round_ = treated(office, tmp_path, "p-1")
    told = renewed(office, round_, ("p-1", date(2027, 2, 1), answer(12345)), on=date(2027, 2, 2))
    assert told == {"created": 1, "unchanged": 0, "goes on": 1, "tasks_opened": 0, "tasks_closed": 0}
    record = Record.objects.get()
    assert (record.name, record.period, record.state, record.happened_on) == (
        "renewal",
        "1",
        "reported",
        date(2027, 2, 1),
    )
    assert (Revision.objects.count(), StoredScreening.objects.count()) == (1, 1)
    assert [found for _count, found in replay()] == [[]]
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            assert "12345" not in repr(cursor.fetchall()), table


def test_the_same_answers_again_change_nothing_and_a_later_sheet_completes_them(
    office: Office, tmp_path: Path
) -> None:
    from almoner.flow.records.models import Record

    round_ = treated(office, tmp_path, "p-1")
    first = ("p-1", date(2027, 3, 2), answer())
    told = renewed(office, round_, first, on=date(2027, 3, 2))
    assert (told["created"], told["needs information"]) == (1, 1)
    again = renewed(office, round_, first, on=date(2027, 3, 3))
    assert (again["created"], again["unchanged"]) == (0, 1)
    later = ("p-1", date(2027, 3, 4), {"household_income": Decimal(1), "insured": None})
    told = renewed(office, round_, first, later, on=date(2027, 3, 4))
    assert (told["created"], told["unchanged"], told["goes on"]) == (1, 1, 1)
    one, two = Record.objects.order_by("id")
    assert (one.row_key, two.row_key, two.corrects) == ("1", "1-2", one)


def test_a_gap_gives_the_officer_one_task_that_is_closed_once_it_is_known(
    office: Office, tmp_path: Path
) -> None:
    from almoner.flow.records.models import Task

    round_ = treated(office, tmp_path, "p-1")
    told = renewed(office, round_, ("p-1", date(2027, 3, 2), answer()), on=date(2027, 3, 2))
    assert told["tasks_opened"] == 1
    daily(office, round_, date(2027, 3, 3))
    daily(office, round_, date(2027, 4, 3))
    task = Task.objects.get(name="renewal")
    assert (task.role, task.unclear, task.state) == ("officer", ["household_income"], "open")
    assert award_of(round_, "p-1").state == "active"
    renewed(office, round_, ("p-1", date(2027, 4, 4), answer(1)), on=date(2027, 4, 4))
    task.refresh_from_db()
    assert task.state == "done"


def test_silence_suspends_on_the_due_day_once_and_nothing_is_handed_over(
    office: Office, tmp_path: Path
) -> None:
    from almoner.flow.steps import delivering
    from almoner.vault.models import Event

    round_ = treated(office, tmp_path, "p-1", "p-2")
    renewed(office, round_, ("p-2", date(2027, 3, 1), answer(1)), on=date(2027, 3, 1))
    assert daily(office, round_, date(2027, 3, 30))["suspended"] == 0
    assert daily(office, round_, DUE)["suspended"] == 1
    assert daily(office, round_, DUE)["suspended"] == 0
    assert (award_of(round_, "p-1").state, award_of(round_, "p-2").state) == ("suspended", "active")
    event = Event.objects.get(to_state="suspended")
    assert (event.why, event.who, event.happened_on) == (
        "renewal 1 fell due on 2027-03-31 and nobody answered",
        office.users["alice"].pk,
        DUE,
    )
    run = delivering.deliver_due(round_, evidence="late", request=office.request("alice", date(2027, 9, 1)))
    assert (run["delivered"], run["held"]) == (1, 1)


def test_the_daily_run_lays_before_a_person_what_is_proposed_and_whom_to_remind(
    office: Office, tmp_path: Path
) -> None:
    round_ = treated(office, tmp_path, "p-1", "p-2", "p-3")
    silent, rich, late = (award_of(round_, name).reference for name in ("p-1", "p-2", "p-3"))
    told = daily(office, round_, date(2027, 3, 1))
    assert told["reminders"] == [
        {"award": who, "renewal": 1, "reminder": "2027-03-01", "due_on": "2027-03-31"}
        for who in (silent, rich, late)
    ]
    renewed(office, round_, ("p-2", date(2027, 3, 5), answer(30001)), on=date(2027, 3, 5))
    told = daily(office, round_, date(2027, 3, 24))
    assert {one["reminder"] for one in told["reminders"]} == {"2027-03-24"}
    assert told["renewals"] == {"ends": 1, "open": 2}
    assert told["proposed"] == [
        {
            "award": rich,
            "propose": "end",
            "by": "renewal",
            "since": "2027-03-05",
            "because": [{"rule": "cannot_pay", "refusal": "The household can pay.", "basis": "article 2"}],
        }
    ]
    daily(office, round_, DUE)
    renewed(office, round_, ("p-3", date(2027, 5, 1), answer(1)), on=date(2027, 5, 1))
    told = daily(office, round_, date(2027, 6, 29))
    assert [(one["award"], one["propose"], one["by"]) for one in told["proposed"]] == [
        (silent, "end", "silence"),
        (rich, "end", "renewal"),
        (late, "resume", "renewal"),
    ]
    assert {award_of(round_, name).state for name in ("p-1", "p-3")} == {"suspended"}


def test_whoever_a_person_resumed_in_spite_of_silence_is_not_suspended_the_next_day(
    office: Office, tmp_path: Path
) -> None:
    from almoner.flow.steps.ending import resume_award

    round_ = treated(office, tmp_path, "p-1")
    daily(office, round_, DUE)
    request = office.request("bob", date(2027, 4, 2))
    resume_award(award_of(round_, "p-1"), why="she is in hospital", request=request)
    assert daily(office, round_, date(2027, 4, 3))["suspended"] == 0
    assert daily(office, round_, date(2028, 3, 31))["suspended"] == 1


def test_an_answer_belongs_to_the_renewal_that_opened_last_and_answers_the_one_before_it(
    office: Office, tmp_path: Path
) -> None:
    from almoner.flow.records.models import Record

    round_ = treated(office, tmp_path, "p-1")
    daily(office, round_, DUE)
    told = renewed(office, round_, ("p-1", date(2028, 2, 1), answer(1)), on=date(2028, 2, 1), period="2")
    assert (Record.objects.get().period, told["goes on"]) == ("2", 1)
    assert daily(office, round_, date(2028, 2, 2))["renewals"] == {"goes on": 1}


WRONG: list[tuple[str, date, dict[str, Any], str, str]] = [
    ("p-9", date(2027, 2, 1), answer(1), "", "1 rows are about nobody's running award, the first is 'p-9'."),
    ("p-1", date(2027, 1, 29), answer(1), "", "come before the first renewal opens"),
    ("p-1", date(2027, 2, 1), answer(1), "2", "name another renewal than the one that is open on their day"),
    ("p-1", date(2027, 2, 1), answer(insured=None), "", "answer nothing of what the renewal asks"),
    ("p-1", date(2027, 3, 2), answer(1), "", "came after the day of this import"),
]


@pytest.mark.parametrize(("patient", "day", "said", "period", "told"), WRONG)
def test_a_row_that_cannot_be_taken_over_takes_nothing_over_and_says_why(  # noqa: PLR0913, PLR0917 -- a row has these sides
    office: Office,
    tmp_path: Path,
    patient: str,
    day: date,
    said: dict[str, Any],
    period: str,
    told: str,
) -> None:
    from almoner.flow.records.models import Record
    from almoner.flow.steps.recipe import StepRefusedError

    round_ = treated(office, tmp_path, "p-1", "p-2")
    good = ("p-2", date(2027, 2, 1), answer(1))
    with pytest.raises(StepRefusedError, match=told):
        renewed(office, round_, good, (patient, day, said), on=date(2027, 3, 1), period=period)
    assert not Record.objects.exists()


def test_the_same_person_twice_on_one_day_is_not_guessed(office: Office, tmp_path: Path) -> None:
    from almoner.flow.steps.recipe import StepRefusedError

    round_ = treated(office, tmp_path, "p-1")
    rows = [("p-1", date(2027, 2, 1), answer(income)) for income in (1, 90000)]
    with pytest.raises(StepRefusedError, match="stand for the same person on the same day"):
        renewed(office, round_, *rows, on=date(2027, 2, 1))


@pytest.mark.parametrize("who", ["bob", "carol", "dave", "eve"])
def test_only_an_officer_makes_the_daily_run_and_takes_over_renewals(
    office: Office, tmp_path: Path, who: str
) -> None:
    from almoner.people.access import NotPermitted

    round_ = treated(office, tmp_path, "p-1")
    with pytest.raises(NotPermitted):
        daily(office, round_, DUE, who=who)
    with pytest.raises(NotPermitted):
        renewed(office, round_, ("p-1", date(2027, 2, 1), answer(1)), on=date(2027, 2, 1), who=who)
    assert award_of(round_, "p-1").state == "active"


def test_a_rule_of_exit_and_its_gap_come_before_a_person_and_the_officer(
    office: Office, tmp_path: Path
) -> None:
    from almoner.flow.imports.actions import Source
    from almoner.flow.records.models import Task
    from almoner.flow.steps import following
    from almoner.flow.steps.following import Arrived

    round_ = treated(office, tmp_path, "p-1")
    told = daily(office, round_, date(2027, 1, 30))
    who = award_of(round_, "p-1").reference
    assert told["tasks"] == [{"award": who, "about": "graduated", "missing": ["visit[2026]"]}]
    visits = [Arrived("p-1", "visit", "2026", date(2027, 1, 31), {"recovered": True})]
    source = Source("records", "visits.csv", "visits", "")
    following.receive_records(
        round_, visits, source=source, request=office.request("alice", date(2027, 1, 31))
    )
    following.verify_records(round_, "visit", request=office.request("bob", date(2027, 2, 1)))
    told = daily(office, round_, date(2027, 2, 1))
    assert [(one["propose"], one["by"]) for one in told["proposed"]] == [("end", "graduated")]
    assert [task.state for task in Task.objects.filter(name="graduated")] == ["done"]
    assert award_of(round_, "p-1").state == "active"


def test_reading_the_answers_of_a_renewal_about_health_leaves_an_entry(
    office: Office, tmp_path: Path
) -> None:
    from almoner.flow.records.models import Record
    from almoner.flow.steps.reading import read_record
    from almoner.vault.models import AuditEntry

    asks_health = (
        "renewal: {every: 12 months, opens: 60 days before, asks: [ill], again: [illness_confirmed]}\n"
    )
    round_ = treated(office, tmp_path, "p-1", renewal=asks_health)
    renewed(office, round_, ("p-1", date(2027, 2, 1), {"ill": True}), on=date(2027, 2, 1))
    answers = read_record(Record.objects.get(), request=office.request("alice", date(2027, 2, 2)))
    assert answers == {"ill": True}
    assert AuditEntry.objects.filter(step="read_record").count() == 1
