"""How an award ends: by a person, for a reason, once; its money is free again, and it is never handed anything."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from almoner.definitions.load import find, load
from databases import together
from flow.conftest import Office
from flow.renewal_office import BEGUN, DUE, answer, award_of, books, daily, renewed, treated
from flow.test_flow_collecting import collect, contracts, weighed
from medicine import text_of

ENDED = date(2027, 4, 10)


def ended(
    office: Office, round_: Any, reason: str = "insured now", on: date = ENDED, who: str = "bob", **more: Any
) -> dict[str, Any]:
    from almoner.flow.steps.ending import end_award

    key = more.pop("key", "")
    return end_award(award_of(round_, "p-1"), reason, request=office.request(who, on, key), **more)


def test_the_end_cancels_what_is_to_come_and_frees_its_money_in_the_same_step(
    office: Office, tmp_path: Path
) -> None:
    from almoner.flow.decisions.models import Ending
    from almoner.flow.deliveries.models import Instalment
    from almoner.flow.ledger.queries import balances
    from almoner.flow.records.models import FollowUp
    from almoner.vault.models import Event

    round_ = treated(office, tmp_path, "p-1")
    assert books(round_) == (980_000, 10_000, 10_000)
    told = ended(office, round_, why="a new law insures her")
    assert (told["cancelled"], told["released_minor"], told["follow_ups"]) == (1, 10_000, 1)
    assert books(round_) == (990_000, 0, 10_000)
    assert balances(round_)["medicine:committed"] == 0
    states = dict(Instalment.objects.values_list("name", "state"))
    assert states == {"first": "paid", "second": "cancelled"}
    assert list(FollowUp.objects.values_list("name", "due_on")) == [("afterwards", date(2027, 5, 10))]
    ending = Ending.objects.get()
    assert (ending.reason, ending.why, ending.released_minor) == (
        "insured now",
        "a new law insures her",
        10_000,
    )
    event = Event.objects.get(to_state="ended")
    assert (event.who, event.happened_on, event.why) == (
        office.users["bob"].pk,
        ENDED,
        "insured now: a new law insures her",
    )


def test_an_ended_award_is_never_handed_anything_and_never_runs_again(office: Office, tmp_path: Path) -> None:
    from almoner.flow.deliveries.models import Delivery
    from almoner.flow.steps import delivering
    from almoner.flow.steps.ending import resume_award, suspend_award
    from almoner.flow.steps.recipe import StepRefusedError

    round_ = treated(office, tmp_path, "p-1")
    ended(office, round_)
    run = delivering.deliver_due(round_, evidence="late", request=office.request("alice", date(2028, 1, 1)))
    assert (run["delivered"], run["held"], Delivery.objects.count()) == (0, 0, 1)
    later = office.request("bob", date(2027, 5, 1))
    for again in (
        partial(resume_award, award_of(round_, "p-1"), why="a mistake", request=later),
        partial(suspend_award, award_of(round_, "p-1"), why="a mistake", request=later),
        partial(ended, office, round_, on=date(2027, 5, 1)),
    ):
        with pytest.raises(StepRefusedError, match="is ended; that is possible only while it is"):
            again()
    assert daily(office, round_, date(2028, 1, 1))["renewals"] == {}
    with pytest.raises(StepRefusedError, match="nobody's running award"):
        renewed(office, round_, ("p-1", date(2028, 2, 1), answer(1)), on=date(2028, 2, 1))


def test_the_same_request_twice_ends_once_and_says_the_same(office: Office, tmp_path: Path) -> None:
    from almoner.flow.decisions.models import Ending

    round_ = treated(office, tmp_path, "p-1")
    first = ended(office, round_, key="the end")
    assert ended(office, round_, key="the end") == first
    assert Ending.objects.count() == 1


def test_two_ends_at_once_free_the_money_once(office: Office, tmp_path: Path) -> None:
    from almoner.flow.decisions.models import Ending
    from almoner.flow.steps.ending import end_award

    round_ = treated(office, tmp_path, "p-1")
    award = award_of(round_, "p-1")
    requests = [office.request("bob", ENDED) for _ in range(3)]
    outcomes = together(*(partial(end_award, award, "recovered", request=one) for one in requests))
    assert sum(isinstance(one, dict) for one in outcomes) == 1, outcomes
    assert Ending.objects.count() == 1
    assert books(round_) == (990_000, 0, 10_000)


def test_an_end_and_a_hand_over_at_once_never_both_take_an_instalment(office: Office, tmp_path: Path) -> None:
    from almoner.flow.deliveries.models import Instalment
    from almoner.flow.steps.delivering import deliver_due
    from almoner.flow.steps.ending import end_award

    round_ = treated(office, tmp_path, "p-1")
    award, day = award_of(round_, "p-1"), date(2027, 8, 20)
    end, hand_over = office.request("bob", day), office.request("alice", day)
    outcomes = together(
        partial(end_award, award, "recovered", request=end),
        partial(deliver_due, round_, evidence="packs", request=hand_over),
    )
    assert all(isinstance(one, dict) for one in outcomes), outcomes
    second = Instalment.objects.get(name="second")
    disbursed = {"paid": 20_000, "cancelled": 10_000}[second.state]
    assert books(round_) == (1_000_000 - disbursed, 0, disbursed)


def test_a_suspended_award_may_end_and_one_that_was_resumed_goes_on(office: Office, tmp_path: Path) -> None:
    from almoner.flow.steps import delivering
    from almoner.flow.steps.ending import resume_award, suspend_award

    round_ = treated(office, tmp_path, "p-1", "p-2")
    for name in ("p-1", "p-2"):
        told = suspend_award(
            award_of(round_, name), why="moved away?", request=office.request("alice", date(2026, 5, 1))
        )
        assert told["state"] == "suspended"
    ended(office, round_, "not reached", on=date(2026, 6, 1))
    resumed = resume_award(
        award_of(round_, "p-2"), why="found again", request=office.request("bob", date(2026, 6, 1))
    )
    assert resumed == {"award": award_of(round_, "p-2").reference, "state": "active"}
    run = delivering.deliver_due(round_, evidence="packs", request=office.request("alice", date(2027, 9, 1)))
    assert run["delivered"] == 1


def test_a_reason_that_the_file_does_not_know_is_refused_with_the_nearest(
    office: Office, tmp_path: Path
) -> None:
    from almoner.flow.steps.recipe import StepRefusedError

    round_ = treated(office, tmp_path, "p-1")
    with pytest.raises(StepRefusedError, match=r"'recoverd' is no reason of medicine.yaml.*'recovered'"):
        ended(office, round_, "recoverd")
    assert award_of(round_, "p-1").state == "active"


def test_without_a_reason_nobody_is_suspended_or_resumed(office: Office, tmp_path: Path) -> None:
    from almoner.flow.steps.ending import suspend_award
    from almoner.flow.steps.recipe import StepRefusedError

    round_ = treated(office, tmp_path, "p-1")
    with pytest.raises(StepRefusedError, match="only with a reason: --why"):
        suspend_award(award_of(round_, "p-1"), why=" ", request=office.request("alice", BEGUN))


def test_a_file_without_reasons_ends_nobody_and_says_what_is_missing(office: Office, tmp_path: Path) -> None:
    from almoner.flow.steps.recipe import StepRefusedError

    text = text_of()
    without = text[: text.index("exit:")] + text[text.index("examples:") :]
    round_ = treated(office, tmp_path, "p-1", text=without)
    with pytest.raises(StepRefusedError, match="names no reasons in 'exit'"):
        ended(office, round_)


def _suspend(office: Office, award: Any, who: str) -> Any:
    from almoner.flow.steps.ending import suspend_award

    return suspend_award(award, why="asked", request=office.request(who, DUE))


def _resume(office: Office, award: Any, who: str) -> Any:
    from almoner.flow.steps.ending import resume_award

    _suspend(office, award, "alice")
    return resume_award(award, why="asked", request=office.request(who, DUE))


def _end(office: Office, award: Any, who: str) -> Any:
    from almoner.flow.steps.ending import end_award

    return end_award(award, "recovered", request=office.request(who, DUE))


VERBS: dict[str, tuple[set[str], Callable[[Office, Any, str], Any]]] = {
    "suspend": ({"alice", "bob"}, _suspend),
    "resume": ({"bob"}, _resume),
    "end": ({"bob"}, _end),
}


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("who", ["alice", "bob", "carol", "dave", "eve"])
def test_who_may_suspend_resume_and_end(office: Office, tmp_path: Path, verb: str, who: str) -> None:
    from almoner.people.access import NotPermitted

    allowed, do = VERBS[verb]
    award = award_of(treated(office, tmp_path, "p-1"), "p-1")
    if who in allowed:
        assert do(office, award, who)["award"] == award.reference
    else:
        with pytest.raises(NotPermitted):
            do(office, award, who)


def test_what_was_brought_is_paid_before_a_contract_ends(office: Office) -> None:
    from almoner.flow.decisions.models import Award
    from almoner.flow.steps import delivering
    from almoner.flow.steps.ending import end_award
    from almoner.flow.steps.recipe import StepRefusedError

    park = replace(office, programme=load(find("agricultural_park")))
    round_ = contracts(park, ["f-1"])
    collect(park, round_, [weighed("f-1", date(2026, 9, 12), "W-1")])
    award = Award.objects.get()
    with pytest.raises(StepRefusedError, match="still owes what was brought: delivery_1"):
        end_award(award, "sold elsewhere", request=park.request("bob", date(2026, 9, 20)))
    delivering.deliver_due(round_, evidence="run", request=park.request("alice", date(2026, 9, 20)))
    before = books(round_)
    told = end_award(award, "sold elsewhere", request=park.request("bob", date(2026, 9, 21)))
    after = books(round_)
    assert told["released_minor"] == before[1]
    assert after == (before[0] + before[1], 0, before[2])
    with pytest.raises(StepRefusedError, match="nobody's award"):
        collect(park, round_, [weighed("f-1", date(2026, 9, 13), "W-2")])


def test_a_weighing_that_waits_to_be_decided_stops_the_end(office: Office) -> None:
    from almoner.flow.decisions.models import Award
    from almoner.flow.steps.ending import end_award
    from almoner.flow.steps.recipe import StepRefusedError

    park = replace(office, programme=load(find("agricultural_park")))
    round_ = contracts(park, ["f-1"])
    told = collect(park, round_, [weighed("f-1", date(2026, 9, 12), "W-1", moisture=None)])
    assert told["held"] == 1
    with pytest.raises(StepRefusedError, match="still owes what was brought: maize 1"):
        end_award(Award.objects.get(), "sold elsewhere", request=park.request("bob", date(2026, 9, 21)))


def test_no_record_is_owed_for_a_period_that_ends_after_the_award(office: Office, tmp_path: Path) -> None:
    from almoner.flow.applications.queries import programme_of
    from almoner.flow.deliveries.queries import begun_on, ended_on
    from almoner.flow.records.queries import owed_periods

    round_ = treated(office, tmp_path, "p-1")
    ended(office, round_)
    award = award_of(round_, "p-1")
    owed = owed_periods(
        programme_of(round_.edition),
        "visit",
        [award],
        begun_on([award]),
        ended_on([award]),
        date(2029, 1, 1),
    )
    assert [period for _award, period, _due in owed] == ["2026"]
