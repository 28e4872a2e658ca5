"""What a manager types to draw who is asked whether the help arrived."""

from __future__ import annotations

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from almoner.cli import chapters
from almoner.cli.main import Exit, app
from almoner.values.clock import FixedClock
from databases import Database
from flow.conftest import Office
from flow.relief_office import HOUSEHOLDS, awarded, handed_over, relief, visited

DAY = "2026-03-31"


def almoner(*words: str) -> Any:
    """The command with these words."""
    assert chapters.__all__
    return CliRunner().invoke(app, list(words))


@pytest.fixture
def drawing(database: Database, clock: FixedClock) -> tuple[str, ...]:
    """What everybody types; eight hand-overs of blankets and eight of cash were there before."""
    from almoner.people.actions import create_user, grant_role

    users = {name: create_user(name, name.title()) for name in ("alice", "bob", "carol", "dave", "eve")}
    for name, role in (("alice", "officer"), ("bob", "approver"), ("carol", "manager"), ("dave", "auditor")):
        grant_role(users[name], role)
    office = Office(database, clock, relief(), users)
    round_ = awarded(office)
    visited(office, round_, *HOUSEHOLDS)
    handed_over(office, round_)
    return ("sample", "poverty_relief", "did_it_arrive", "--on", DAY)


def test_a_manager_draws_and_reads_the_seed(drawing: tuple[str, ...]) -> None:
    from almoner.flow.records.models import Sample

    made = almoner(*drawing, "--as", "carol", "--json")
    assert made.exit_code == 0, made.output
    told = json.loads(made.stdout)
    assert {name: told[name] for name in ("follow_up", "drawn", "of")} == {
        "follow_up": "did_it_arrive",
        "drawn": 2,
        "of": 16,
    }
    assert told["seed"] == Sample.objects.get().seed


def test_a_seed_that_was_announced_is_taken(drawing: tuple[str, ...]) -> None:
    made = almoner(*drawing, "--as", "carol", "--seed", "20260331", "--json")
    assert json.loads(made.stdout)["seed"] == "20260331"
    again = almoner(*drawing, "--as", "carol")
    assert again.exit_code == Exit.REFUSED
    assert "nothing new to draw" in again.output


@pytest.mark.parametrize("who", ["alice", "dave", "eve"])
def test_nobody_else_draws(drawing: tuple[str, ...], who: str) -> None:
    from almoner.flow.records.models import Sample

    refused = almoner(*drawing, "--as", who)
    assert refused.exit_code == Exit.REFUSED
    assert not Sample.objects.exists()
