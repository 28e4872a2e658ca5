"""A programme closes to new people: nobody new, nothing lost, and whoever is in it goes on."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from flow.conftest import Office
from flow.renewal_office import ASKED, answer, applied, award_of, books, daily, renewed, treated
from medicine import text_of

CLOSED = date(2026, 3, 15)
WHY = "Generic medicines are sold now."


def wound_down(office: Office, on: date = CLOSED, why: str = WHY, who: str = "carol") -> dict[str, Any]:
    from almoner.flow.steps.winding_down import wind_down

    return wind_down("medicine", why=why, request=office.request(who, on))


def another(office: Office, round_: Any, on: date, key: str = "more") -> dict[str, Any]:
    """Somebody new applies, beside a patient who says something else."""
    from almoner.flow.imports.actions import Source
    from almoner.flow.steps.receiving import Sheet, receive_applications

    answers = {"ill": True, "household_income": Decimal(10), "insured": False}
    sheets = [Sheet("p-1", ASKED, answers), Sheet("p-new", on, answers)]
    source = Source("applications", f"{key}.csv", key, "")
    return receive_applications(round_, sheets, source=source, request=office.request("alice", on))


def test_from_that_day_no_new_application_is_received_and_nothing_is_lost(
    office: Office, tmp_path: Path
) -> None:
    from almoner.flow.applications.models import Application, Revision
    from almoner.flow.steps.recipe import StepRefusedError

    round_ = applied(office, tmp_path, "p-1")
    assert wound_down(office) == {"programme": "medicine", "from": "2026-03-15"}
    with pytest.raises(StepRefusedError) as refused:
        another(office, round_, CLOSED)
    assert str(refused.value) == (
        "'medicine' takes nobody new since 2026-03-15: Generic medicines are sold now. Nothing was changed. "
        "Whoever is in it goes on."
    )
    assert (Application.objects.count(), Revision.objects.count()) == (1, 1)
    assert another(office, round_, date(2026, 3, 14), "the day before")["created"] == 1


def test_whoever_applied_before_may_still_answer(office: Office, tmp_path: Path) -> None:
    from almoner.flow.imports.actions import Source
    from almoner.flow.steps.receiving import Sheet, receive_applications

    round_ = applied(office, tmp_path, "p-1")
    wound_down(office)
    changed = Sheet("p-1", ASKED, {"ill": True, "household_income": Decimal(10), "insured": False})
    source = Source("applications", "late.csv", "late", "")
    request = office.request("alice", date(2026, 4, 1))
    assert receive_applications(round_, [changed], source=source, request=request)["updated"] == 1


def test_from_that_day_nobody_is_proposed_or_approved(office: Office, tmp_path: Path) -> None:
    from almoner.flow.decisions.models import Award, Decision
    from almoner.flow.steps import awarding, deciding
    from almoner.flow.steps.recipe import StepRefusedError

    round_ = applied(office, tmp_path, "p-1")
    wound_down(office)
    with pytest.raises(StepRefusedError, match="takes nobody new"):
        deciding.decide_each(round_, request=office.request("alice", CLOSED))
    assert not Decision.objects.exists()
    deciding.decide_each(round_, request=office.request("alice", date(2026, 3, 14)))
    with pytest.raises(StepRefusedError, match="takes nobody new"):
        awarding.approve_awards(round_, request=office.request("bob", CLOSED))
    assert Award.objects.get().state == "proposed"
    assert books(round_) == (1_000_000, 0, 0)


def test_a_round_is_not_cut_once_its_programme_takes_nobody_new(office: Office, tmp_path: Path) -> None:
    from almoner.flow.decisions.models import RoundCut
    from almoner.flow.steps import deciding
    from almoner.flow.steps.recipe import StepRefusedError

    scored = "scoring:\n  need: {household_income < 30000: 60, otherwise: 10}\n\ndecision:\n  by: officer\n"
    cut = "  cut: {threshold: 40, rank: points, ties: [lottery]}\n"
    text = text_of().replace("decision:\n  by: officer\n", scored + cut)
    round_ = applied(office, tmp_path, "p-1", text=text)
    wound_down(office)
    with pytest.raises(StepRefusedError, match="takes nobody new"):
        deciding.cut_round(round_, seed=7, request=office.request("alice", CLOSED))
    assert not RoundCut.objects.exists()


def test_whoever_is_in_it_goes_on_until_the_day_on_which_their_end_is_proposed(
    office: Office, tmp_path: Path
) -> None:
    from almoner.flow.steps import delivering

    round_ = treated(office, tmp_path, "p-1")
    wound_down(office, on=date(2026, 12, 1))
    renewed(office, round_, ("p-1", date(2027, 3, 1), answer(1)), on=date(2027, 3, 1))
    run = delivering.deliver_due(round_, evidence="packs", request=office.request("alice", date(2027, 9, 1)))
    assert run["delivered"] == 1
    told = daily(office, round_, date(2027, 9, 2))
    assert told["wind_down"] == {"new": "stop from 2026-12-01", "present": "until 2028-12-31", "why": WHY}
    assert told["proposed"] == []
    renewed(office, round_, ("p-1", date(2028, 3, 1), answer(1)), on=date(2028, 3, 1))
    told = daily(office, round_, date(2028, 12, 31))
    assert [(one["propose"], one["by"]) for one in told["proposed"]] == [("end", "wind_down")]
    assert award_of(round_, "p-1").state == "active"


def test_a_programme_winds_down_once_with_a_reason_and_never_before_a_round(
    office: Office, tmp_path: Path
) -> None:
    from almoner.flow.applications.models import WindDown
    from almoner.flow.steps.recipe import StepRefusedError
    from almoner.vault.models import NotAllowed

    with pytest.raises(StepRefusedError, match="No round of 'medicine' was ever opened"):
        wound_down(office)
    applied(office, tmp_path, "p-1")
    with pytest.raises(StepRefusedError, match="only with a reason"):
        wound_down(office, why="")
    wound_down(office)
    with pytest.raises(StepRefusedError, match="winds down already, from 2026-03-15 on"):
        wound_down(office, on=date(2026, 5, 1))
    with pytest.raises(NotAllowed):
        WindDown.objects.get().delete()


def test_where_the_file_does_not_say_what_happens_it_is_refused_with_the_next_step(
    office: Office, tmp_path: Path
) -> None:
    from almoner.flow.steps.recipe import StepRefusedError

    silent = "\n".join(line for line in text_of().splitlines() if "wind_down" not in line)
    applied(office, tmp_path, "p-1", text=silent + "\n")
    with pytest.raises(
        StepRefusedError, match=r"Write 'wind_down: \{new: stop, present: until exit\}' into its 'exit'"
    ):
        wound_down(office)


@pytest.mark.parametrize("who", ["alice", "bob", "dave", "eve"])
def test_only_a_manager_winds_a_programme_down(office: Office, tmp_path: Path, who: str) -> None:
    from almoner.flow.applications.models import WindDown
    from almoner.people.access import NotPermitted

    applied(office, tmp_path, "p-1")
    with pytest.raises(NotPermitted):
        wound_down(office, who=who)
    assert not WindDown.objects.exists()
