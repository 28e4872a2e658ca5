"""A step of a session that is killed or done twice at once leaves the records as one whole step does."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from databases import together
from flow.clinic_office import DAY, EyeDay, opened_day, receive, sendings, visitors
from flow.conftest import Office
from flow.test_flow_crash import everything

DYING = Path(__file__).with_name("dying_day.py")
STEPS = ("open", "visitors", "sendings", "close")


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


def until(day: EyeDay, step: str) -> None:
    """The day as it stands just before a step."""
    from almoner.flow.steps import holding

    if step == "open":
        return
    holding.open_session(day.session, request=day.office.request("alice", DAY))
    if step in {"sendings", "close"}:
        receive(day, visitors(5, unclear=1), "before")
    if step == "close":
        holding.hold_session(day.session, request=day.office.request("alice", DAY))


@pytest.mark.parametrize("step", STEPS)
def test_a_killed_step_of_a_day_leaves_nothing_behind_and_can_be_run_again(
    office: Office, tmp_path: Path, step: str
) -> None:
    day = opened_day(office, tmp_path, is_open=False)
    until(day, step)
    before = everything()
    for statement in (6, 11):
        died = run(office, step, statement)
        if died.returncode == 0:
            break
        assert died.returncode == -signal.SIGKILL, died.stderr
        assert everything() == before
    finished = run(office, step, 0)
    assert finished.returncode == 0, finished.stderr
    assert everything() != before
    again = run(office, step, 0)
    assert json.loads(again.stdout)["result"] == json.loads(finished.stdout)["result"]


def test_two_files_of_one_day_at_once_are_taken_over_once(office: Office, tmp_path: Path) -> None:
    from almoner.flow.records.models import Record, Task
    from almoner.flow.steps.recipe import StepRefusedError

    day = opened_day(office, tmp_path)
    outcomes = together(*(_later(receive, day, visitors(4), f"copy {number}") for number in range(3)))
    done = [one for one in outcomes if isinstance(one, dict)]
    assert sum(one["created"] for one in done) == 4, outcomes
    assert all(isinstance(one, dict | StepRefusedError) for one in outcomes), outcomes
    assert (Record.objects.count(), Task.objects.count()) == (4, 2)
    outcomes = together(*(_later(receive, day, sendings(1, 2), f"sent {number}") for number in range(2)))
    assert sum(one["parties"] for one in outcomes if isinstance(one, dict)) == 2, outcomes


def _later(call: Any, *arguments: Any) -> Any:
    return lambda: call(*arguments)
