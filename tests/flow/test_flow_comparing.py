"""Neighbours who are helped with nothing: they join with a yes, are asked the same, and stand beside the figures."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from almoner.definitions.load import PROGRAMMES, find, load
from almoner.engine.figures import Period
from almoner.engine.verify import verify
from flow.conftest import Office
from flow.test_flow_collecting import SURVEY, contracts

JOINED, A_YEAR_LATER = date(2026, 3, 20), date(2026, 12, 20)


@pytest.fixture
def park(office: Office) -> Office:
    return replace(office, programme=load(find("agricultural_park")))


def row(who: str, day: date, *, consented: bool = True, result: str = "answered", **changed: Any) -> Any:
    from almoner.flow.steps.comparing import ComparedRow
    from almoner.flow.steps.following import Arrived

    answers = {**SURVEY, **changed} if result == "answered" else {}
    return ComparedRow(Arrived(who, "season_survey", "", day, answers, result), consented)


def compare(  # noqa: PLR0913, PLR0917 -- a file has these sides
    park: Office, round_: Any, rows: list[Any], on: date, who: str = "alice", group: str = "neighbours"
) -> Any:
    from almoner.flow.imports.actions import Source
    from almoner.flow.steps.comparing import receive_compared

    request = park.request(who, on)
    source = Source("follow-ups", "neighbours.csv", request.key, "")
    return receive_compared(round_, group, rows, source=source, request=request)


def test_a_change_stands_beside_the_neighbours_from_the_file_to_the_verified_statement(
    park: Office, tmp_path: Path
) -> None:
    from almoner.flow.imports.actions import Source
    from almoner.flow.steps import following
    from almoner.flow.steps.following import Arrived

    round_ = contracts(park, ["f-1", "f-2"])
    compare(park, round_, [row("n-1", JOINED), row("n-2", JOINED)], JOINED)
    later = {**SURVEY, "sales": Decimal(18000)}
    following.receive_follow_ups(
        round_,
        [Arrived("f-1", "season_survey", "", A_YEAR_LATER, later)],
        source=Source("follow-ups", "later.csv", "later", ""),
        request=park.request("alice", A_YEAR_LATER, "later"),
    )
    told = compare(
        park,
        round_,
        [row("n-1", A_YEAR_LATER, sales=Decimal(16000)), row("n-2", A_YEAR_LATER, result="refused")],
        A_YEAR_LATER,
    )
    assert told == {"joined": 0, "attempts": 2, "unchanged": 0}
    # When the round was opened nobody knew the prices of December 2026, so nothing is known of what incomes were worth.
    found = net_income(park, round_, tmp_path / "too early", None)
    assert (found["value"], found["n"], found["N"], found["unknown"]) == (None, 0, 2, 1)
    assert (found["deflated"]["index"], found["deflated"]["unpriced"]) == (None, 1)
    # A later file only adds the month: 104.04 stands against March's 102.0, so 18000 of March are 18360 of December.
    found = net_income(park, round_, tmp_path / "published", with_december(park, tmp_path))
    assert (found["value"], found["n"], found["N"], found["not_tried"]) == ("2640.00", 1, 2, 1)
    assert (found["against"]["value"], found["against"]["n"], found["against"]["N"]) == ("640.00", 1, 2)
    assert (found["against"]["difference"], found["against"]["refused"]) == ("2000.00", 1)
    assert (found["against"]["at_least"], found["against"]["too_few"]) == (30, True)
    assert found["deflated"]["index"] == "104.04"


def net_income(park: Office, round_: Any, folder: Path, continuing: Any) -> Any:
    """The figure in a statement of 2026 that verifies."""
    from almoner.flow.steps import closing

    published = closing.close_period(
        [round_],
        office="Test office",
        period=Period.year(2026),
        folder=folder,
        first_line="",
        request=park.request("carol", date(2027, 1, 5)),
        continuing={} if continuing is None else {round_.pk: continuing},
    )
    report = verify(published.bundle, published.root)
    assert report.problems == ()
    (part,) = json.loads(published.statement.read_text())["programmes"]
    assert part["edition"] == (continuing or park.programme).digest
    return {one["name"]: one for one in part["figures"]}["net_income"]


def with_december(park: Office, folder: Path) -> Any:
    """The same file with the prices of three more months."""
    for name in ("agricultural_park.yaml", "market_price.csv", "grade_factor.csv", "rural_prices.csv"):
        shutil.copy(PROGRAMMES / name, folder / name)
    with (folder / "rural_prices.csv").open("a", encoding="utf-8") as table:
        table.write("2026-10-01,103.5\n2026-11-01,103.8\n2026-12-01,104.04\n")
    return load(folder / "agricultural_park.yaml")


def test_a_file_that_changes_more_than_its_tables_closes_no_period(park: Office, tmp_path: Path) -> None:
    from almoner.flow.steps.recipe import StepRefusedError

    round_ = park.open_round()
    file = with_december(park, tmp_path).file
    changed = (tmp_path / file).read_text(encoding="utf-8").replace("attempts: 3", "attempts: 2")
    (tmp_path / file).write_text(changed, encoding="utf-8")
    with pytest.raises(StepRefusedError, match="changes more than it adds"):
        net_income(park, round_, tmp_path / "published", load(tmp_path / file))


def test_who_did_not_say_yes_does_not_join(park: Office) -> None:
    from almoner.flow.comparisons.models import Compared
    from almoner.flow.steps.recipe import StepRefusedError

    round_ = park.open_round()
    with pytest.raises(StepRefusedError, match="did not say yes"):
        compare(park, round_, [row("n-1", JOINED), row("n-2", JOINED, consented=False)], JOINED)
    assert not Compared.objects.exists()


def test_a_comparison_that_the_file_does_not_have_is_refused(park: Office) -> None:
    from almoner.flow.steps.recipe import StepRefusedError

    with pytest.raises(StepRefusedError):
        compare(park, park.open_round(), [row("n-1", JOINED)], JOINED, group="strangers")


def test_the_same_rows_again_change_nothing_and_the_consent_is_kept(park: Office) -> None:
    from almoner.flow.comparisons.models import ComparedAttempt
    from almoner.people.models import ConsentGiven

    round_ = park.open_round()
    rows = [row("n-1", JOINED), row("n-2", JOINED, result="lost")]
    first = compare(park, round_, rows, JOINED)
    assert first == {"joined": 2, "attempts": 4, "unchanged": 0}
    assert compare(park, round_, [rows[0]], JOINED) == {"joined": 0, "attempts": 0, "unchanged": 1}
    assert ComparedAttempt.objects.count() == 4
    assert list(ConsentGiven.objects.values_list("name", "given")) == [("survey", True), ("survey", True)]


@pytest.mark.parametrize("who", ["bob", "carol", "dave", "eve"])
def test_nobody_else_takes_over_what_neighbours_answered(park: Office, who: str) -> None:
    from almoner.people.access import NotPermitted

    round_ = park.open_round()
    with pytest.raises(NotPermitted):
        compare(park, round_, [row("n-1", JOINED)], JOINED, who=who)
