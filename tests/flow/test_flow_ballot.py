"""A race: more runners than places, a lot that keeps teams together, check-ins, a count of heads, one account."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from almoner.definitions.load import find, load
from almoner.engine.figures import Period
from almoner.engine.verify import verify
from flow.conftest import Office

ASKED, DRAWN, RUN, YEAR_END = date(2026, 7, 1), date(2026, 7, 20), date(2026, 10, 18), date(2026, 12, 31)
PLACES = 4


@pytest.fixture
def race(office: Office) -> Office:
    return replace(office, programme=load(find("public_culture_and_sport")))


def source(kind: str, name: str) -> Any:
    from almoner.flow.imports.actions import Source

    return Source(kind, f"{name}.csv", name, "")


def drawn(race: Office, teams: dict[str, str], seed: int = 11) -> Any:
    """A round of runners, each alone or in a team, drawn, approved and told."""
    from almoner.flow.applications.actions import Sheet
    from almoner.flow.steps import awarding, deciding

    round_ = race.open_round("Run 2026", str(120 * PLACES))
    typical = race.programme.examples["typical"].answers
    sheets = [Sheet(runner, ASKED, {**typical, "team": team or None}) for runner, team in teams.items()]
    race.receive(round_, sheets, ASKED)
    told = deciding.cut_round(round_, seed=seed, request=race.request("alice", DRAWN))
    assert told["awarded"] + told["waiting_list"] == len(teams)
    awarding.approve_awards(round_, request=race.request("bob", DRAWN))
    awarding.start_awards(round_, request=race.request("alice", DRAWN))
    return round_


def runners_with_a_place(round_: Any) -> set[str]:
    from almoner.flow.decisions.queries import awarded_row_keys

    return set(awarded_row_keys(round_))


def test_the_lot_fills_the_places_and_parts_no_team(race: Office) -> None:
    from almoner.flow.decisions.queries import cut_of

    teams = {
        "r-1": "OWLS",
        "r-2": "OWLS",
        "r-3": "",
        "r-4": "",
        "r-5": "HARES",
        "r-6": "HARES",
        "r-7": "HARES",
    }
    round_ = drawn(race, teams)
    won = runners_with_a_place(round_)
    assert 0 < len(won) <= PLACES
    for team in ("OWLS", "HARES"):
        members = {runner for runner, name in teams.items() if name == team}
        assert members <= won or not members & won
    cut = cut_of(round_)
    assert cut is not None
    assert cut.seed == "11"
    assert len({one["lottery"] for one in cut.ranked}) == 4, "two teams and two who come alone"


def checked_in(race: Office, round_: Any, *runners: str) -> dict[str, Any]:
    from almoner.flow.steps.collecting import BroughtRow, receive_deliveries

    rows = [
        BroughtRow(runner, RUN, f"bib {runner}", {"bib": f"B{place:03}", "shirt": "M"})
        for place, runner in enumerate(runners)
    ]
    request = race.request("alice", RUN, f"check-in {' '.join(runners)}")
    return receive_deliveries(round_, "place", rows, source=source("deliveries", "bibs"), request=request)


def run_held(race: Office, round_: Any, heads: int) -> None:
    from almoner.flow.steps import holding
    from almoner.flow.steps.attending import Written, receive_session_records

    planned = [holding.Planned("run", "RUN-26", "Riverside", RUN)]
    (session,) = holding.plan_sessions(round_, planned, request=race.request("alice", DRAWN))
    papers = {"expected": Decimal(900), "medical_cover": "cover.pdf"}
    holding.file_papers(session, papers, request=race.request("alice", DRAWN))
    holding.open_session(session, request=race.request("alice", RUN))
    counted = [
        Written(
            "1", "headcount", RUN, {"where": "start", "people": Decimal(heads), "method": "gate"}, "RUN-26"
        )
    ]
    receive_session_records(
        round_, counted, source=source("records", "heads"), request=race.request("alice", RUN, "heads")
    )
    holding.hold_session(session, request=race.request("alice", RUN))
    holding.close_session(
        session, counted={"headcount": 1, "incident": 0}, request=race.request("alice", RUN)
    )


def test_from_the_ballot_to_a_statement_that_keeps_places_starters_and_heads_apart(
    race: Office, tmp_path: Path
) -> None:
    from almoner.flow.steps.closing import close_period

    round_ = drawn(race, dict.fromkeys((f"r-{number}" for number in range(1, 8)), ""))
    won = sorted(runners_with_a_place(round_))
    assert len(won) == PLACES
    told = checked_in(race, round_, *won[:3])
    assert told["taken"] == 3
    run_held(race, round_, heads=57)
    published = close_period(
        [round_],
        office="Test office",
        period=Period(date(2026, 1, 1), YEAR_END),
        folder=tmp_path / "published",
        first_line="",
        request=race.request("carol", date(2027, 1, 10)),
    )
    assert verify(published.bundle, published.root).problems == ()
    (part,) = json.loads(published.statement.read_text())["programmes"]
    figures = {figure["name"]: figure for figure in part["figures"]}
    assert {name: figures[name]["value"] for name in ("places_given", "checked_in", "people_counted", "runs_held")} == {
        "places_given": "4", "checked_in": "3", "people_counted": "57", "runs_held": "1",
    }  # fmt: skip
    survey = figures["moves_twice_a_week"]
    assert (survey["value"], survey["N"]) == (None, None), "90 days have not passed: nobody was due"


def test_without_a_place_nobody_checks_in(race: Office) -> None:
    from almoner.flow.deliveries.models import CalledOff
    from almoner.flow.steps.recipe import StepRefusedError

    round_ = drawn(race, dict.fromkeys((f"r-{number}" for number in range(1, 8)), ""))
    left_out = sorted({f"r-{number}" for number in range(1, 8)} - runners_with_a_place(round_))
    with pytest.raises(StepRefusedError, match="nobody's award"):
        checked_in(race, round_, left_out[0])
    assert CalledOff.objects.count() == 0
