"""What leaves the office with an adverse event: the answers that the file names, and nobody's name."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from flow.conftest import Office
from flow.medicine_office import FELL_ILL, HANDED, Dispensary, enrol, falls_ill, hand_over, opened

IDENTITY = {
    "name": "王小明",
    "in_letters": "Wang Xiaoming",
    "phone": "138 0013 8000",
    "address": {"street": "Lower River Road 12", "town": "Shihe"},
}
NUMBER = "370102199001011234"


@pytest.fixture
def desk(office: Office, tmp_path: Path) -> Dispensary:
    """A patient with a file of his own, packs of two lots, and a safety desk."""
    from almoner.people import actions as people

    found = opened(office, tmp_path)
    enrol(found, "patient-77")
    people.correct_identity(found.award("patient-77").party, IDENTITY, stamp=_stamp(found))
    _identifiers(found)
    found.user("sam", "safety_desk")
    found.user("rita", "medical_reviewer")
    return found


def _stamp(desk: Dispensary) -> Any:
    from almoner.vault.models import Stamp

    return Stamp(who=desk.office.users["alice"], happened_on=HANDED)


def _identifiers(desk: Dispensary) -> None:
    from almoner.people.models import Identifier
    from almoner.vault.blind import Kind, blind_index

    party = desk.award("patient-77").party
    for kind, value in ((Kind.IDENTIFIER, NUMBER), (Kind.PHONE, "13800138000"), (Kind.NAME, "小明")):
        Identifier.objects.create(
            party=party, kind=kind, scheme="", index=blind_index(kind, value), **_stamp(desk).columns()
        )


def send(desk: Dispensary, who: str = "sam", task: str = "tell_the_maker", **options: Any) -> Any:
    from almoner.flow.steps.sending import send_report

    request = desk.office.request(who, FELL_ILL)
    return send_report(desk.task(task), request=request, **options)


def values(report: Any) -> dict[str, Any]:
    return {name: one["value"] for name, one in json.loads(report.as_json())["answers"].items()}


def test_a_report_says_what_began_when_and_of_which_lot(desk: Dispensary) -> None:
    hand_over(desk, ("patient-77", 1, "LOT-A"), on=date(2026, 3, 11))
    hand_over(desk, ("patient-77", 2, "LOT-B"), on=date(2026, 3, 12))
    falls_ill(desk, "patient-77")
    hand_over(desk, ("patient-77", 2, "LOT-C"), on=date(2026, 3, 21))
    assert values(send(desk)) == {"what": "a rash on both arms", "began": "2026-03-19", "lot": "LOT-B"}


def test_a_lot_that_was_never_handed_over_is_not_known(desk: Dispensary) -> None:
    falls_ill(desk, "patient-77", what=None)
    report = send(desk)
    assert values(report) == {"what": None, "began": "2026-03-19", "lot": None}
    assert report.as_text().decode().splitlines()[-1] == "lot: not known"


def test_no_name_number_contact_or_reference_of_the_person_is_in_the_bytes(desk: Dispensary) -> None:
    hand_over(desk, ("patient-77", 1, "LOT-A"))
    falls_ill(desk, "patient-77")
    award = desk.award("patient-77")
    report = send(desk)
    secrets = [
        *("王小明", "小明", "Wang", "Xiaoming", "8000", "Lower River", "Shihe", NUMBER, "patient-77"),
        *(
            "card of",
            award.reference,
            str(award.party.uid),
            str(award.uid),
            str(desk.task("tell_the_maker").uid),
        ),
    ]
    for written in (report.as_json().decode(), report.as_text().decode()):
        assert [secret for secret in secrets if secret.casefold() in written.casefold()] == []
        dates = [word for word in written.replace('"', " ").split() if word.startswith("2026")]
        assert [word.strip(",") for word in dates] == ["2026-03-19"]


def test_two_reports_about_one_person_do_not_show_that_they_are(desk: Dispensary) -> None:
    from almoner.flow.records.models import Task
    from almoner.flow.steps.sending import send_report

    falls_ill(desk, "patient-77")
    falls_ill_again(desk)
    tasks = list(Task.objects.filter(name="tell_the_maker"))
    request = desk.office.request("sam", FELL_ILL)
    about = [send_report(task, request=request).about for task in tasks]
    assert len(set(about)) == 2
    assert send_report(tasks[0], request=request).about == about[0]


def falls_ill_again(desk: Dispensary) -> None:
    from almoner.flow.imports.actions import Source
    from almoner.flow.steps import following
    from almoner.flow.steps.following import Arrived

    day = date(2026, 3, 25)
    answers = {"what": "fever", "began": day, "serious": True}
    following.receive_records(
        desk.round,
        [Arrived("patient-77", "adverse_event", "", day, answers)],
        source=Source("records", "again.csv", "again", ""),
        request=desk.office.request("alice", day),
    )


@pytest.mark.parametrize(
    "what",
    [
        "王小明起了皮疹",
        "小明起了皮疹",
        "Mr WANG has a rash",
        "rash; call 138-0013-8000",
        "number 370102 19900101 1234",
        "lives in Shihe, has a rash",
        "card of patient-77 shown",
        "patient 77 has a rash",
    ],
)
def test_free_text_that_holds_a_name_does_not_leave_unless_it_is_withheld(
    desk: Dispensary, what: str
) -> None:
    from almoner.flow.steps.recipe import StepRefusedError
    from almoner.vault.models import AuditEntry

    falls_ill(desk, "patient-77", what=what)
    before = AuditEntry.objects.count()
    with pytest.raises(StepRefusedError, match="'what' holds something of who it is about"):
        send(desk)
    assert AuditEntry.objects.count() == before
    report = send(desk, withhold=["what"])
    assert values(report) == {"what": None, "began": "2026-03-19", "lot": None}
    assert what not in report.as_text().decode()


def test_the_audit_trail_says_which_answers_left_and_to_whom_and_no_value(desk: Dispensary) -> None:
    from almoner.vault import audit
    from almoner.vault.models import AuditEntry, StepResult

    hand_over(desk, ("patient-77", 1, "LOT-A"))
    falls_ill(desk, "patient-77")
    results = StepResult.objects.count()
    send(desk, withhold=["began"])
    entry = AuditEntry.objects.latest("seq")
    assert (entry.step, entry.who) == ("send_report", desk.office.users["sam"].pk)
    assert json.loads(entry.after) == {"fields": ["what", "lot"], "to": "safety_desk", "withheld": ["began"]}
    assert "rash" not in entry.before + entry.after
    assert "LOT" not in entry.before + entry.after
    assert StepResult.objects.count() == results, "the report is kept nowhere"
    assert audit.verify() == []


@pytest.mark.parametrize("evidence", ["letter to 王小明", "letter for Mr Wang", "call to 13800138000"])
def test_evidence_that_holds_a_name_is_not_kept_in_the_open(desk: Dispensary, evidence: str) -> None:
    from almoner.flow.steps.recipe import StepRefusedError
    from almoner.flow.steps.tasking import finish_task
    from almoner.vault.models import Event

    falls_ill(desk, "patient-77")
    task, request = desk.task("tell_the_maker"), desk.office.request("sam", FELL_ILL)
    with pytest.raises(StepRefusedError, match="stands in the open"):
        finish_task(task, evidence=evidence, request=request)
    assert not Event.objects.filter(kind="flow_task").exists()
    finish_task(task, evidence=f"letter 12 about {desk.award('patient-77').reference}", request=request)


@pytest.mark.parametrize("who", ["alice", "bob", "carol", "dave", "eve", "rita"])
def test_only_whom_the_task_is_addressed_to_may_send_it(desk: Dispensary, who: str) -> None:
    from almoner.people.access import NotPermitted

    falls_ill(desk, "patient-77")
    with pytest.raises(NotPermitted):
        send(desk, who)


def test_a_task_without_sends_lets_nothing_leave_and_a_stranger_is_not_withheld(desk: Dispensary) -> None:
    from almoner.flow.steps.recipe import StepRefusedError

    falls_ill(desk, "patient-77")
    with pytest.raises(StepRefusedError, match="Nothing of 'tell_the_office' leaves"):
        send(desk, "rita", "tell_the_office")
    with pytest.raises(StepRefusedError, match="Did you mean 'what'"):
        send(desk, withhold=["wat"])


def test_what_was_erased_does_not_leave(desk: Dispensary) -> None:
    from django.db import transaction

    from almoner.flow.steps.recipe import StepRefusedError
    from almoner.people.actions import erase_party

    falls_ill(desk, "patient-77")
    with transaction.atomic():
        erase_party(desk.award("patient-77").party, stamp=_stamp(desk), why="asked by the person")
    with pytest.raises(StepRefusedError, match="erased"):
        send(desk)


def test_an_unclear_alarm_is_sent_as_unclear(desk: Dispensary) -> None:
    falls_ill(desk, "patient-77", serious=None)
    assert json.loads(send(desk).as_json())["unclear"] == ["serious"]


def test_the_safety_desk_types_where_the_report_is_written(desk: Dispensary, tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from almoner.cli import chapters
    from almoner.cli.main import app

    assert chapters.__all__
    hand_over(desk, ("patient-77", 1, "LOT-A"))
    falls_ill(desk, "patient-77")
    reference, out = desk.award("patient-77").reference, tmp_path / "to_the_maker"
    words = ["task", reference, "--send", str(out), "--as", "sam", "--json"]
    sent = CliRunner().invoke(app, words)
    assert sent.exit_code == 0, sent.output
    told = json.loads(sent.stdout)
    assert told["sent"] == ["what", "began", "lot"]
    assert told["files"] == [f"{out}.json", f"{out}.txt"]
    written = json.loads((tmp_path / "to_the_maker.json").read_text("utf-8"))
    assert written["answers"]["lot"]["value"] == "LOT-A"
    assert "LOT-A" in (tmp_path / "to_the_maker.txt").read_text("utf-8")
    assert (tmp_path / "to_the_maker.txt").stat().st_mode & 0o077 == 0
    again = CliRunner().invoke(app, words)
    assert (again.exit_code, "is there already" in again.stderr) == (2, True)
    stranger = CliRunner().invoke(app, ["task", reference, "--send", str(tmp_path / "x"), "--as", "alice"])
    assert stranger.exit_code == 3
    assert not (tmp_path / "x.json").exists()
