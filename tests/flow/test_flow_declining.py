"""Awards that an approver does not approve: declined by name, with a reason, and nothing is set aside for them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from flow.conftest import Office
from flow.test_flow_decided_elsewhere import APPROVED, award, begun, budget, take_over


def test_what_the_approver_declines_sets_nothing_aside_and_may_come_again_corrected(office: Office) -> None:
    from almoner.flow.deliveries.queries import awards_shown
    from almoner.flow.steps import awarding
    from almoner.flow.steps.recipe import StepRefusedError

    round_ = office.open_round(budget="5000")
    card = {"national_id": "370102200602111234"}
    wrong = award("a-1", before="0", identifiers=card)
    take_over(office, round_, [wrong, award("a-2", before="5000")])
    shown = {one["row"]: one for one in awards_shown(round_, "proposed")}
    assert (shown["a-1"]["set_aside"], shown["a-1"]["given_before"]) == ("5000.00", {})
    assert shown["a-2"]["given_before"] == {"grant": "5000.00"}
    assert shown["a-2"]["decided_elsewhere"]["paper"] == "Minute 4 of 2026"
    reference = shown["a-1"]["reference"]
    for names, reason in (([reference], " "), (["nobody"], "the balance is wrong")):
        with pytest.raises(StepRefusedError):
            awarding.decline_awards(round_, names, reason=reason, request=office.request("bob", APPROVED))
    told = awarding.decline_awards(
        round_, [reference], reason="the balance is wrong", request=office.request("bob", APPROVED)
    )
    assert told == {"declined": 1}
    corrected = replace(wrong, name="a-1 corrected", given={"grant": Decimal(2500)})
    assert take_over(office, round_, [corrected])["created"] == 1
    assert take_over(office, round_, [wrong])["unchanged"] == 1
    begun(office, round_)
    assert budget(round_) == (250_000, 250_000, 0)
    assert [one["row"] for one in awards_shown(round_, "active")] == ["a-2", "a-1 corrected"]


def test_what_was_declined_does_not_come_back_with_the_same_row(office: Office) -> None:
    from almoner.flow.deliveries.queries import awards_shown
    from almoner.flow.steps import awarding

    round_ = office.open_round()
    nameless = award("", identifiers={"national_id": "370102200602111234"})
    take_over(office, round_, [nameless])
    (shown,) = awards_shown(round_)
    awarding.decline_awards(
        round_, [shown["reference"]], reason="unknown here", request=office.request("bob", APPROVED)
    )
    assert take_over(office, round_, [nameless])["unchanged"] == 1
    assert take_over(office, round_, [replace(nameless, name="a-1", paper="Minute 5")])["created"] == 1
    assert [one["state"] for one in awards_shown(round_)] == ["declined", "proposed"]
    assert take_over(office, round_, [replace(nameless, paper="Minute 5")])["unchanged"] == 1


@pytest.mark.parametrize("who", ["alice", "carol", "dave", "eve"])
def test_only_who_approves_declines(office: Office, who: str) -> None:
    from almoner.flow.deliveries.queries import awards_shown
    from almoner.flow.steps import awarding
    from almoner.people.access import NotPermitted

    round_ = office.open_round()
    take_over(office, round_, [award("a-1")])
    (shown,) = awards_shown(round_)
    with pytest.raises(NotPermitted):
        awarding.decline_awards(
            round_, [shown["reference"]], reason="no", request=office.request(who, APPROVED)
        )
    assert [one["state"] for one in awards_shown(round_)] == ["proposed"]
