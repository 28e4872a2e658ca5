"""A step that is killed leaves the records as they were before it, and can be run again."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from almoner.definitions.load import find, load
from almoner.values.chance import Chance
from databases import KINDS
from flow.conftest import Office, sheet
from flow.patient_office import ready
from flow.renewal_office import treated
from flow.test_flow_collecting import contracts

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


def dies_and_recovers(office: Office, step: str, points: Iterable[int]) -> None:
    """Killed at each of these statements it leaves nothing behind; then it is done, once."""
    before = everything()
    for point in points:
        died = run(office, step, point)
        assert died.returncode == -signal.SIGKILL, died.stderr
        assert everything() == before, f"{step} killed at statement {point} left something behind"
    first, again = run(office, step, 0), run(office, step, 0)
    assert (first.returncode, again.returncode) == (0, 0), first.stderr + again.stderr
    assert everything() != before
    assert json.loads(again.stdout)["result"] == json.loads(first.stdout)["result"], (
        "the request was done twice"
    )


def statements_of(office: Office, step: str) -> int:
    """How many statements a step sends; it is taken back."""
    counted = run(office, step, -1)
    assert counted.returncode == 0, counted.stderr
    # Taken back, it opens and releases a savepoint where otherwise it begins a transaction.
    return int(json.loads(counted.stdout)["statements"]) - 2


@pytest.mark.parametrize("step", STEPS)
def test_a_killed_step_leaves_nothing_behind_and_can_be_run_again(office: Office, step: str) -> None:
    prepare(office, step)
    dies_and_recovers(office, step, [statements_of(office, step) - 1])


def test_killed_weighings_leave_nothing_behind_and_can_be_taken_in_again(office: Office) -> None:
    contracts(replace(office, programme=load(find("agricultural_park"))), ["f-1", "f-2"])
    most = statements_of(office, "collect")
    dies_and_recovers(office, "collect", [most // 2, most - 1])


def test_killed_hand_overs_leave_every_pack_in_its_lot_and_can_be_taken_in_again(office: Office) -> None:
    ready(replace(office, programme=load(find("patient_assistance"))), ["p-1", "p-2"])
    most = statements_of(office, "hand over packs")
    dies_and_recovers(office, "hand over packs", [most // 2, most - 1])


def test_killed_awards_of_elsewhere_leave_nothing_behind_and_can_be_taken_over_again(office: Office) -> None:
    office.open_round()
    most = statements_of(office, "take over")
    dies_and_recovers(office, "take over", [most // 2, most - 1])


@pytest.mark.parametrize("step", ["end", "renew"])
def test_a_killed_end_or_renewal_leaves_nothing_behind_and_can_be_done_again(
    office: Office, tmp_path: Path, step: str
) -> None:
    treated(office, tmp_path, "p-1", "p-2")
    most = statements_of(office, step)
    dies_and_recovers(office, step, [most // 2, most - 1])


def test_a_killed_daily_run_leaves_nothing_behind_and_can_be_done_again(
    office: Office, tmp_path: Path
) -> None:
    """Its last statements only read, after the commit, what is laid before a person."""
    treated(office, tmp_path, "p-1", "p-2")
    dies_and_recovers(office, "keep", [statements_of(office, "keep") // 3])


@pytest.mark.soak
@pytest.mark.parametrize("step", STEPS)
def test_a_step_may_be_killed_at_any_statement(office: Office, step: str, soak_seed: int) -> None:
    prepare(office, step)
    most = statements_of(office, step)
    # Another worker compares the two evaluators meanwhile; these share one worker's minutes.
    minutes = float(os.environ.get("ALMONER_SOAK_MINUTES", "1"))
    until = time.monotonic() + minutes * 60 / (len(STEPS) * len(KINDS))
    points = (1 + place for place in Chance(soak_seed).sample(most, most))
    dies_and_recovers(office, step, takewhile(lambda _point: time.monotonic() < until, points))
