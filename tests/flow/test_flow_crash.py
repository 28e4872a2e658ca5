"""A step that is killed leaves the records as they were before it, and can be run again."""

from __future__ import annotations

import hashlib
import json
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from flow.conftest import Office, sheet

DYING = Path(__file__).with_name("dying.py")
STEPS = ("receive", "cut", "approve", "start", "deliver")


def prepare(office: Office, step: str) -> None:
    """The office as it stands just before a step."""
    from almoner.flow.steps import awarding, deciding

    round_ = office.open_round()
    before: dict[str, Callable[[], Any]] = {
        "receive": lambda: office.receive(round_, [sheet("s-1"), sheet("s-3")]),
        "cut": lambda: deciding.cut_round(
            round_, seed=7, request=office.request("alice", date(2026, 10, 26))
        ),
        "approve": lambda: awarding.approve_awards(round_, request=office.request("bob", date(2026, 10, 27))),
        "start": lambda: awarding.start_awards(round_, request=office.request("alice", date(2026, 10, 28))),
    }
    for name in STEPS[: STEPS.index(step)]:
        before[name]()


def run(office: Office, step: str, statement: int) -> subprocess.CompletedProcess[str]:
    """The step in a process of its own, killed at a statement."""
    connection.close()
    return subprocess.run(
        [sys.executable, str(DYING), step, str(statement)],
        env={**office.database.environment(), "PYTHONPATH": str(DYING.parent.parent)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def everything() -> str:
    """A digest of every row of every table."""
    said = hashlib.sha256()
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(f'SELECT * FROM "{table}"')
            said.update(table.encode() + repr(sorted(map(repr, cursor.fetchall()))).encode())
    return said.hexdigest()


def dies_and_recovers(office: Office, step: str, points: Callable[[int], list[int]]) -> None:
    before = everything()
    # How many statements the step has is learnt from a run that is killed at none of them, in a copy's stead:
    # the last statement before the commit is found by growing the point until the process survives.
    survived = None
    for point in points(200):
        died = run(office, step, point)
        if died.returncode == 0:
            survived = json.loads(died.stdout)
            break
        assert died.returncode == -signal.SIGKILL, died.stderr
        assert everything() == before, f"{step} killed at statement {point} left something behind"
    if survived is None:
        finished = run(office, step, 0)
        assert finished.returncode == 0, finished.stderr
        survived = json.loads(finished.stdout)
    assert everything() != before
    again = run(office, step, 0)
    assert json.loads(again.stdout)["result"] == survived["result"], "the same request was done twice"


@pytest.mark.parametrize("step", STEPS)
def test_a_killed_step_leaves_nothing_behind_and_can_be_run_again(office: Office, step: str) -> None:
    prepare(office, step)
    dies_and_recovers(office, step, lambda _: [7, 17])


@pytest.mark.soak
@pytest.mark.parametrize("step", STEPS)
def test_a_step_may_be_killed_at_any_statement(office: Office, step: str, soak_seed: int) -> None:
    prepare(office, step)
    shift = soak_seed % 3
    dies_and_recovers(office, step, lambda most: list(range(1 + shift, most, 3)))
