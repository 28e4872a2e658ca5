"""Tasks: whose they are, by when, who says that they are done, and who looks at it; on both databases."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from databases import together
from flow.clinic_office import DAY, opened_day, receive, sendings, visitors
from flow.conftest import Office
from flow.medicine_office import FELL_ILL, HEARD, MEDICINE, Dispensary, enrol, falls_ill, opened


@pytest.fixture
def desk(office: Office, tmp_path: Path) -> Dispensary:
    """A patient fell ill under the medicine; a reviewer, her deputy and the safety desk are there."""
    found = opened(office, tmp_path)
    enrol(found, "p-1")
    falls_ill(found, "p-1")
    for name, role in (("rita", "medical_reviewer"), ("dora", "doctor_on_call"), ("sam", "safety_desk")):
        found.user(name, role)
    return found


def listed(desk: Dispensary, who: str, **asked: Any) -> dict[str, Any]:
    from almoner.flow.steps.tasking import list_tasks

    found = list_tasks("free_medicine", by=desk.office.users[who], **asked)
    return {one.task: one for one in found}


def finish(desk: Dispensary, who: str, name: str, evidence: str = "call note 7", key: str = "") -> Any:
    from almoner.flow.steps.tasking import finish_task

    return finish_task(desk.task(name), evidence=evidence, request=desk.office.request(who, FELL_ILL, key))


def verify(desk: Dispensary, who: str, name: str) -> Any:
    from almoner.flow.steps.tasking import verify_task

    return verify_task(desk.task(name), request=desk.office.request(who, FELL_ILL))


def test_the_office_has_twelve_hours_and_the_maker_a_day_from_when_the_office_heard(desk: Dispensary) -> None:
    found = listed(desk, "alice")
    assert [one.due_at.isoformat() for one in (found["tell_the_office"], found["tell_the_maker"])] == [
        "2026-03-21T00:00:00+08:00",
        "2026-03-21T12:00:00+08:00",
    ]
    late = {}
    for hours in (11, 12, 23, 24):
        desk.at(HEARD + timedelta(hours=hours))
        late[hours] = sorted(listed(desk, "alice", overdue=True))
    office, both = ["tell_the_office"], ["tell_the_maker", "tell_the_office"]
    assert late == {11: [], 12: office, 23: office, 24: both}


def test_the_list_shows_a_reference_and_a_clock_and_no_answer(desk: Dispensary) -> None:
    one = listed(desk, "alice")["tell_the_maker"]
    assert one.reference == desk.award("p-1").reference
    assert (one.role, one.state, one.is_overdue, one.is_unclear, one.missing) == (
        "safety_desk",
        "open",
        False,
        False,
        (),
    )
    assert "rash" not in repr(listed(desk, "alice"))


def test_officers_and_auditors_see_all_and_a_named_role_its_own(desk: Dispensary) -> None:
    both = {"tell_the_office", "tell_the_maker"}
    assert set(listed(desk, "alice")) == set(listed(desk, "dave")) == both
    assert set(listed(desk, "rita")) == set(listed(desk, "dora")) == {"tell_the_office"}
    assert set(listed(desk, "sam")) == {"tell_the_maker"}
    assert set(listed(desk, "alice", role="safety_desk")) == {"tell_the_maker"}


@pytest.mark.parametrize("who", ["carol", "bob"])
def test_who_holds_no_role_of_a_task_sees_none(desk: Dispensary, who: str) -> None:
    assert listed(desk, who) == {}


def test_who_has_no_role_there_is_refused(desk: Dispensary) -> None:
    from almoner.flow.steps.tasking import list_tasks
    from almoner.people.access import NotPermitted

    desk.user("nina", "importer")
    for who in ("eve", "nina"):
        with pytest.raises(NotPermitted):
            listed(desk, who)
    with pytest.raises(NotPermitted):
        list_tasks("community_clinics", by=desk.office.users["rita"])


def test_a_misspelt_role_or_programme_does_not_look_like_nothing_to_do(desk: Dispensary) -> None:
    from almoner.flow.steps.recipe import StepRefusedError
    from almoner.flow.steps.tasking import list_tasks

    with pytest.raises(StepRefusedError, match="Did you mean 'safety_desk'"):
        listed(desk, "alice", role="safety_dask")
    with pytest.raises(StepRefusedError, match="no round of free_medicin"):
        list_tasks("free_medicin", by=desk.office.users["alice"])


def test_a_task_that_goes_to_nobody_is_said(office: Office, tmp_path: Path) -> None:
    desk = opened(office, tmp_path)
    enrol(desk, "p-1")
    falls_ill(desk, "p-1")
    desk.user("dora", "doctor_on_call")
    found = listed(desk, "alice")
    assert (found["tell_the_office"].is_nobodys, found["tell_the_maker"].is_nobodys) == (False, True)


def test_a_gap_silences_no_alarm_and_the_list_says_what_is_missing(office: Office, tmp_path: Path) -> None:
    desk = opened(office, tmp_path)
    enrol(desk, "p-1")
    falls_ill(desk, "p-1", serious=None)
    one = listed(desk, "alice")["tell_the_maker"]
    assert (one.is_unclear, one.missing) == (True, ("serious",))


def test_a_reviewer_does_her_task_and_the_officer_looks_at_it(desk: Dispensary) -> None:
    from almoner.vault import audit
    from almoner.vault.models import Event

    done = finish(desk, "rita", "tell_the_office")
    assert (done["state"], done["late"]) == ("done", False)
    waiting = listed(desk, "alice")["tell_the_office"]
    assert (waiting.state, waiting.is_overdue) == ("done", False)
    desk.user("olaf", "officer")
    assert verify(desk, "olaf", "tell_the_office")["state"] == "verified"
    assert "tell_the_office" not in listed(desk, "alice")
    assert listed(desk, "alice", everything=True)["tell_the_office"].state == "verified"
    events = Event.objects.filter(kind="flow_task").order_by("id")
    assert list(events.values_list("to_state", "why")) == [("done", "call note 7"), ("verified", "seen")]
    assert audit.verify() == []


def test_a_deputy_may_act_in_her_place_and_a_late_task_says_so(desk: Dispensary) -> None:
    from almoner.flow.steps.tasking import finish_task

    request = desk.office.request("dora", FELL_ILL)
    desk.at(HEARD + timedelta(hours=12))
    done = finish_task(desk.task("tell_the_office"), evidence="call note 7", request=request)
    assert (done["state"], done["late"]) == ("done", True)


@pytest.mark.parametrize("who", ["alice", "bob", "carol", "dave", "eve", "sam"])
def test_nobody_else_does_it_not_even_an_officer(desk: Dispensary, who: str) -> None:
    from almoner.people.access import NotPermitted

    with pytest.raises(NotPermitted):
        finish(desk, who, "tell_the_office")
    assert desk.task("tell_the_office").state == "open"


def test_peers_18_who_did_a_task_never_verifies_it(desk: Dispensary) -> None:
    """A task closed by its own executor, because nobody compared the two."""
    from almoner.flow.steps.staffing import give_role
    from almoner.people.access import NotPermitted
    from almoner.vault.models import NotAllowed

    finish(desk, "rita", "tell_the_office")
    for who in ("dora", "sam", "dave", "bob", "carol", "eve"):
        with pytest.raises(NotPermitted):
            verify(desk, who, "tell_the_office")
    give_role(desk.office.users["rita"], "officer", "free_medicine", by=desk.office.users["carol"])
    with pytest.raises(NotPermitted, match="somebody else"):
        verify(desk, "rita", "tell_the_office")
    with pytest.raises(NotAllowed, match="whoever made it"):
        verify(desk, "alice", "tell_the_office")  # she recorded what raised it
    assert desk.task("tell_the_office").state == "done"


def test_where_the_file_names_nobody_done_is_the_end(desk: Dispensary) -> None:
    from almoner.flow.steps.recipe import StepRefusedError

    finish(desk, "sam", "tell_the_maker", "receipt 12 of the maker")
    assert "tell_the_maker" not in listed(desk, "alice")
    desk.user("olaf", "officer")
    with pytest.raises(StepRefusedError, match="nobody who verifies"):
        verify(desk, "olaf", "tell_the_maker")


def test_where_the_file_says_with_evidence_looking_is_not_enough(office: Office, tmp_path: Path) -> None:
    from almoner.flow.steps.recipe import StepRefusedError
    from almoner.flow.steps.tasking import verify_task

    text = MEDICINE.replace("closed_by: officer", "closed_by: officer with evidence")
    desk = opened(office, tmp_path, text=text)
    enrol(desk, "p-1")
    falls_ill(desk, "p-1")
    for name, role in (("rita", "medical_reviewer"), ("olaf", "officer")):
        desk.user(name, role)
    finish(desk, "rita", "tell_the_office")
    with pytest.raises(StepRefusedError, match="Say which paper shows it"):
        verify(desk, "olaf", "tell_the_office")
    request = desk.office.request("olaf", FELL_ILL)
    seen = verify_task(desk.task("tell_the_office"), evidence="note 7, read", request=request)
    assert seen["state"] == "verified"


def test_of_two_who_do_a_task_at_once_one_did_it(desk: Dispensary) -> None:
    from almoner.flow.steps.tasking import finish_task
    from almoner.vault.models import Event

    requests = {who: desk.office.request(who, FELL_ILL) for who in ("rita", "dora")}
    outcomes = together(
        *(
            lambda request=request: finish_task(
                desk.task("tell_the_office"), evidence="note", request=request
            )
            for request in requests.values()
        )
    )
    assert sum(isinstance(outcome, dict) for outcome in outcomes) == 1, outcomes
    assert Event.objects.filter(kind="flow_task").count() == 1
    assert desk.task("tell_the_office").state == "done"


@pytest.mark.parametrize("evidence", ["", "  ", "x" * 201])
def test_done_wants_the_name_of_a_paper(desk: Dispensary, evidence: str) -> None:
    from almoner.flow.steps.recipe import StepRefusedError

    with pytest.raises(StepRefusedError):
        finish(desk, "rita", "tell_the_office", evidence)
    assert desk.task("tell_the_office").state == "open"


def test_twice_is_once_and_a_second_time_is_refused(desk: Dispensary) -> None:
    from almoner.vault.models import Event, NotAllowed

    first = finish(desk, "rita", "tell_the_office", key="once")
    assert finish(desk, "rita", "tell_the_office", key="once") == first
    with pytest.raises(NotAllowed):
        finish(desk, "rita", "tell_the_office")
    desk.user("olaf", "officer")
    verify(desk, "olaf", "tell_the_office")
    with pytest.raises(NotAllowed):
        verify(desk, "olaf", "tell_the_office")
    assert Event.objects.filter(kind="flow_task").count() == 2


def test_a_task_is_found_by_the_reference_of_its_case_where_it_is_the_only_one(desk: Dispensary) -> None:
    from almoner.flow.steps.recipe import StepRefusedError
    from almoner.flow.steps.staffing import give_role
    from almoner.flow.steps.tasking import find_task

    users, reference = desk.office.users, desk.award("p-1").reference
    assert find_task(reference, by=users["rita"]).name == "tell_the_office"
    assert find_task(str(desk.task("tell_the_maker").uid), by=users["sam"]).name == "tell_the_maker"
    for word, who in ((reference, "eve"), (str(desk.task("tell_the_maker").uid), "rita"), ("p-1", "rita")):
        with pytest.raises(StepRefusedError, match="There is no task"):
            find_task(word, by=users[who])
    give_role(users["rita"], "safety_desk", "free_medicine", by=users["carol"])
    with pytest.raises(StepRefusedError, match="several tasks"):
        find_task(reference, by=users["rita"])
    finish(desk, "rita", "tell_the_office")
    assert find_task(reference, by=users["rita"]).name == "tell_the_maker"
    assert find_task(reference, by=users["alice"], verifying=True).name == "tell_the_office"


def test_what_must_be_done_before_people_leave_is_late_once_the_day_is_closed(
    office: Office, tmp_path: Path
) -> None:
    from almoner.flow.steps import holding
    from almoner.flow.steps.staffing import add_user
    from almoner.flow.steps.tasking import find_task, finish_task, list_tasks

    day = opened_day(office, tmp_path)
    add_user("nina", [("nurse", "village_eyes")], by=office.users["carol"])
    office.users["nina"] = nina = _user("nina")
    receive(day, visitors(3, badly=2), "visitors")
    receive(day, sendings(1), "sendings")
    (one,) = list_tasks("village_eyes", by=nina)
    assert (one.reference, one.due_at, one.occasion, one.is_overdue) == (
        "ED-1 | 002",
        None,
        "same session",
        False,
    )
    holding.hold_session(day.session, request=office.request("alice", DAY))
    holding.close_session(day.session, counted={"visitor": 3}, request=office.request("alice", DAY))
    (late,) = list_tasks("village_eyes", by=nina, overdue=True)
    assert late.reference == "ED-1 | 002"
    request = office.request("nina", date(2026, 5, 17))
    done = finish_task(find_task("ED-1 | 002", by=nina), evidence="went home, note 3", request=request)
    assert (done["late"], list_tasks("village_eyes", by=nina)) == (True, [])


def _user(name: str) -> Any:
    from almoner.people.queries import user_named

    return user_named(name)
