"""A hearing: what was said, how it was read, what was answered, and whether the promise was kept; on both databases."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from almoner.definitions.load import find, load
from almoner.engine.figures import Period
from almoner.engine.verify import verify
from almoner.values.money import Money
from flow.conftest import Office

if TYPE_CHECKING:
    from almoner.flow.applications.models import Round
    from almoner.flow.records.models import Task
    from almoner.flow.sessions.models import Session

DAY, CODED, ANSWERED, PROMISED = date(2026, 3, 10), date(2026, 3, 12), date(2026, 3, 18), date(2026, 4, 18)
KEY = "stakeholder_dialogue"


@dataclass(frozen=True)
class Hearing:
    """An open hearing of an office, with the people of the dialogue."""

    office: Office
    round: Round
    session: Session

    def receive(self, name: str, on: date, *sheets: tuple[int, dict[str, Any]]) -> dict[str, Any]:
        """A file of sheets of one name: each with the number of the speaker."""
        from almoner.flow.imports.actions import Source
        from almoner.flow.steps.attending import Written, receive_session_records

        rows = [Written(f"H-1 | {number:02d}", name, on, answers, "H-1") for number, answers in sheets]
        source = Source("records", f"{name}.csv", f"{name} {on}", "")
        return receive_session_records(
            self.round, rows, source=source, request=self.office.request("alice", on)
        )

    def task(self, name: str) -> Task:
        """The one task of this name."""
        from almoner.flow.records.models import Task

        return Task.objects.get(name=name)

    def listed(self, who: str, **asked: Any) -> list[str]:
        """The names of the tasks that somebody sees."""
        from almoner.flow.steps.tasking import list_tasks

        return [one.task for one in list_tasks(KEY, by=self.office.users[who], **asked)]


@pytest.fixture
def hearing(office: Office) -> Hearing:
    from almoner.flow.steps import holding
    from almoner.flow.steps.rounds import open_round
    from almoner.flow.steps.staffing import add_user

    round_ = open_round(
        load(find(KEY)),
        name="Dialogue 2026",
        year=2026,
        budget=Money.of(Decimal(20_000), "CNY"),
        fund="general",
        real=False,
        request=office.request("carol", date(2026, 1, 5)),
    )
    (session,) = holding.plan_sessions(
        round_,
        [holding.Planned("hearing", "H-1", "River plant", DAY)],
        request=office.request("alice", date(2026, 2, 2)),
    )
    papers = {"invitation": "invitation.pdf", "groups_asked": [{"group": "neighbours", "invited": 40}]}
    holding.file_papers(session, papers, request=office.request("alice", date(2026, 2, 3)))
    holding.open_session(session, request=office.request("alice", DAY))
    for name, role in (("wen", "environment_owner"), ("lena", "dialogue_lead"), ("cora", "coder")):
        office.users[name] = add_user(name, [(role, KEY)], by=office.users["carol"])
    session.refresh_from_db()
    return Hearing(office, round_, session)


def comments(hearing: Hearing) -> dict[str, Any]:
    """Three speak; the first wants an answer, the second does not, the third did not say."""
    return hearing.receive(
        "comment",
        DAY,
        (
            1,
            {
                "said": "The pond glows at night.",
                "group": "neighbours",
                "may_quote": True,
                "wants_answer": True,
            },
        ),
        (2, {"said": "The bus is late.", "group": "staff", "may_quote": False, "wants_answer": False}),
        (3, {"said": "The lawn is long."}),
    )


def coded_and_answered(hearing: Hearing) -> None:
    """The first two are read; one is answered with a promise."""
    scores = {"matters_to_people": 5, "matters_to_group": 2}
    hearing.receive(
        "coding",
        CODED,
        (1, {"topic": "environment", "kind": "grievance", **scores}),
        (2, {"topic": "safety", "kind": "suggestion", "matters_to_people": 1}),
    )
    promise = {"we_promise": True, "promised_by": PROMISED, "term": "one month"}
    said = {"we_say": "The basin gets a cover.", "topic": "environment", "heard_on": DAY, "sent_on": ANSWERED}
    done = hearing.receive("answer", ANSWERED, (1, said | promise))
    assert (done["done"], done["tasks"], done["follow_ups"]) == (1, 1, 1)


def test_from_what_was_said_to_a_statement_that_verifies(hearing: Hearing, tmp_path: Path) -> None:
    from almoner.flow.imports.actions import Source
    from almoner.flow.steps import closing, following, holding

    office = hearing.office
    came = comments(hearing)
    assert (came["created"], came["parties"], came["tasks"], came["unclear"]) == (3, 1, 3, 0)
    coded_and_answered(hearing)
    following.settle_follow_ups(hearing.round, request=office.request("alice", date(2026, 4, 20)))
    following.receive_follow_ups(
        hearing.round,
        [following.Arrived("H-1 | 01", "promise", "", date(2026, 4, 20), {"kept": True})],
        source=Source("follow-ups", "looks.csv", "looks", ""),
        request=office.request("alice", date(2026, 4, 20)),
    )
    holding.hold_session(hearing.session, request=office.request("alice", DAY))
    closed = holding.close_session(
        hearing.session, counted={"comment": 3}, request=office.request("alice", date(2026, 6, 8))
    )
    assert closed["days_late"] == 0
    published = closing.close_period(
        [hearing.round],
        office="Test office",
        period=Period.year(2026),
        folder=tmp_path / "published",
        first_line="",
        request=office.request("carol", date(2027, 1, 5)),
    )
    assert verify(published.bundle, published.root).problems == ()
    text = published.statement.read_text(encoding="utf-8")
    assert "pond" not in text
    (part,) = json.loads(text)["programmes"]
    figures = {figure["name"]: figure for figure in part["figures"]}
    spoke = figures["comments"]
    assert (spoke["value"], spoke["unit"], spoke["people"]) == ("3", "attendances", None)
    quoted = figures["may_be_quoted"]
    assert (quoted["yes"], quoted["no"], quoted["unknown"]) == (1, 1, 1)
    kept = figures["promises_kept"]
    assert (kept["yes"], kept["no"], kept["unknown"], kept["N"]) == (1, 0, 0, 1)
    steps = {step["name"]: (step["yes"], step["of"]) for step in figures["you_said_we_did"]["steps"]}
    assert steps == {
        "comment": (3, 3),
        "coding": (2, 3),
        "answer": (1, 2),
        "on_time": (1, 1),
        "we_promise": (1, 1),
        "kept": (1, 1),
    }


def test_only_who_wants_an_answer_has_a_file_and_it_can_be_erased_with_what_they_said(
    hearing: Hearing,
) -> None:
    from almoner.flow.records.models import Record
    from almoner.flow.records.queries import data_key_of

    comments(hearing)
    hearing.receive("contact", DAY, (1, {"name": "Neighbour Wu", "reach": "7719 0042"}))
    one, two, three = Record.objects.filter(name="comment").order_by("row_key")
    assert (two.party, three.party) == (None, None)
    assert one.party is not None
    assert data_key_of(one) == one.party.data_key
    assert data_key_of(Record.objects.get(name="contact")) == one.party.data_key
    assert data_key_of(two) == data_key_of(three) == hearing.session.data_key


def test_words_and_names_lie_nowhere_in_the_clear(hearing: Hearing) -> None:
    from django.db import connection

    comments(hearing)
    hearing.receive("contact", DAY, (1, {"name": "Neighbour Wu", "reach": "7719 0042"}))
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            told = repr(cursor.fetchall())
            assert not {word for word in ("pond glows", "Neighbour Wu", "7719 0042") if word in told}, table


def test_a_promise_is_done_by_its_owner_and_closed_by_an_officer_who_did_not_do_it(hearing: Hearing) -> None:
    from almoner.flow.steps.recipe import StepRefusedError
    from almoner.flow.steps.staffing import add_user
    from almoner.flow.steps.tasking import finish_task, verify_task
    from almoner.people.access import NotPermitted
    from almoner.vault.models import NotAllowed

    comments(hearing)
    coded_and_answered(hearing)
    task, office = hearing.task("keep_environment_promise"), hearing.office
    assert task.due_at is not None
    with pytest.raises(NotPermitted):
        finish_task(task, evidence="report 4", request=office.request("cora", PROMISED))
    with pytest.raises(StepRefusedError, match="which paper"):
        finish_task(task, evidence="", request=office.request("wen", PROMISED))
    assert finish_task(task, evidence="report 4", request=office.request("wen", PROMISED))["state"] == "done"
    task.refresh_from_db()
    office.users["olaf"] = add_user("olaf", [("officer", "")], by=office.users["carol"])
    with pytest.raises(StepRefusedError, match="which paper"):
        verify_task(task, request=office.request("olaf", PROMISED))
    with pytest.raises(NotAllowed):
        verify_task(task, evidence="visit 2", request=office.request("alice", PROMISED))
    seen = verify_task(task, evidence="visit 2", request=office.request("olaf", PROMISED))
    assert seen["state"] == "verified"


def test_who_leads_sees_a_task_once_it_is_late_and_may_not_act_on_it(hearing: Hearing) -> None:
    from almoner.flow.steps.tasking import finish_task
    from almoner.people.access import NotPermitted

    office = hearing.office
    comments(hearing)
    assert hearing.listed("cora") == ["code_it"] * 3
    assert hearing.listed("lena") == []
    coded_and_answered(hearing)
    office.request("alice", date(2026, 3, 20))
    assert hearing.listed("lena") == ["code_it"], "the third was never read; what is done troubles nobody"
    assert hearing.listed("wen") == ["keep_environment_promise"]
    late = hearing.task("keep_environment_promise")
    request = office.request("lena", date(2026, 5, 1))
    assert hearing.listed("lena", overdue=True) == ["code_it", "keep_environment_promise"]
    with pytest.raises(NotPermitted):
        finish_task(late, evidence="report 4", request=request)


@pytest.mark.parametrize("evidence", ["visit to Wenli", "note to 77190042", "ZHAO wenli, letter 3"])
def test_what_shows_a_promise_never_carries_the_name_that_stands_on_another_sheet(
    hearing: Hearing, evidence: str
) -> None:
    from almoner.flow.records.models import Task
    from almoner.flow.steps.recipe import StepRefusedError
    from almoner.flow.steps.tasking import finish_task

    comments(hearing)
    # The first has a file of their own; the third has none, and left a name all the same.
    named = {"name": "Zhao Wenli", "reach": "7719 0042"}
    hearing.receive("contact", DAY, (1, named), (3, named))
    coded_and_answered(hearing)
    third = Task.objects.get(name="code_it", record__row_key="H-1 | 03")
    for task, who in ((hearing.task("keep_environment_promise"), "wen"), (third, "cora")):
        with pytest.raises(StepRefusedError, match="holds something of who it is about"):
            finish_task(task, evidence=evidence, request=hearing.office.request(who, PROMISED))
        shown = finish_task(task, evidence="report 4", request=hearing.office.request(who, PROMISED))
        assert shown["state"] == "done"
