"""A process of its own that does one step and is killed at its Nth statement to the database.

0: it is never killed. -1: it is done and taken back, which tells how many statements it has.

Run as `python dying.py STEP N`; the database and the office come from the environment.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, date, datetime
from typing import Any

import django


class DeathAt:
    """Counts statements and dies, without a chance to clean up, when the count is reached."""

    def __init__(self, statement: int) -> None:
        self.statement = statement
        self.count = 0

    def __call__(self, execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        self.count += 1
        if self.count == self.statement:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, *rest)


Asking = Callable[[str, date], Any]
"""Somebody asks for something on a day."""


def asking(step: str) -> Asking:
    from almoner.flow.steps.recipe import Request
    from almoner.people.models import User

    return lambda who, on: Request(by=User.objects.get(username=who), happened_on=on, key=f"the {step}")


def of_an_application(step: str, round_: Any, request: Asking) -> Any:
    """The steps from a file of applications to what is handed over."""
    from almoner.flow.imports.actions import Source
    from almoner.flow.steps import awarding, deciding, delivering, receiving
    from flow.conftest import sheet

    if step == "receive":
        sheets = [sheet("s-1"), sheet("s-2", home_district=None), sheet("s-3")]
        source = Source("applications", "students.csv", "digest", "")
        return receiving.receive_applications(
            round_, sheets, source=source, request=request("alice", date(2026, 9, 10))
        )
    if step == "cut":
        return deciding.cut_round(round_, seed=7, request=request("alice", date(2026, 10, 26)))
    if step == "approve":
        return awarding.approve_awards(round_, request=request("bob", date(2026, 10, 27)))
    if step == "start":
        return awarding.start_awards(round_, request=request("alice", date(2026, 10, 28)))
    return delivering.deliver_due(round_, evidence="run 1", request=request("alice", date(2026, 10, 28)))


def of_elsewhere(_step: str, round_: Any, request: Asking) -> Any:
    """Awards that another body decided are taken over."""
    from almoner.flow.imports.actions import Source
    from almoner.flow.steps.taking_over import take_over_awards
    from flow.test_flow_decided_elsewhere import TAKEN, award

    source = Source("awards", "old board.csv", "digest", "")
    rows = [award("a-1"), award("a-2", before="0")]
    return take_over_awards(round_, rows, source=source, request=request("alice", TAKEN))


def of_a_desk(step: str, round_: Any, request: Asking) -> Any:
    """What is brought: weighings of maize, or packs of a medicine that leave their lot."""
    from almoner.flow.steps.collecting import receive_deliveries
    from flow import patient_office
    from flow.test_flow_collecting import WEIGHED, source, weighed

    if step == "hand over packs":
        rows = [patient_office.sheet("p-1", "S-1"), patient_office.sheet("p-2", "S-2", packs=5)]
        asked = request("alice", patient_office.COLLECTED)
        return receive_deliveries(round_, "medicine", rows, source=source("sheets"), request=asked)
    rows = [weighed("f-1", date(2026, 9, 12), "W-1"), weighed("f-2", date(2026, 9, 13), "W-2")]
    return receive_deliveries(
        round_, "maize", rows, source=source("slips"), request=request("alice", WEIGHED)
    )


def of_a_lot(step: str, _round: Any, request: Asking) -> Any:
    """A lot is received, or recalled."""
    from almoner.flow.steps.stocking import recall_lot, receive_lot
    from flow.conftest import grants
    from flow.test_flow_stock import DAY, consignment, named

    if step == "recall_lot":
        return recall_lot(named(), why="batteries burn", request=request("alice", DAY))
    return receive_lot(grants(), consignment(paper="note 8"), request=request("alice", DAY))


def of_a_patient(step: str, round_: Any, request: Asking) -> Any:
    """The steps about an award that runs for years."""
    from almoner.flow.imports.actions import Source
    from almoner.flow.steps.ending import end_award
    from almoner.flow.steps.following import Arrived
    from almoner.flow.steps.keeping import keep_standing
    from almoner.flow.steps.renewing import receive_renewals
    from flow.renewal_office import DUE, answer, award_of

    if step == "end":
        return end_award(award_of(round_, "p-1"), "recovered", request=request("bob", DUE))
    if step == "keep":
        return keep_standing(round_, request=request("alice", DUE))
    rows = [Arrived(patient, "renewal", "", date(2027, 3, 1), answer()) for patient in ("p-1", "p-2")]
    source = Source("records", "renewals.csv", "digest", "")
    return receive_renewals(round_, rows, source=source, request=request("alice", date(2027, 3, 2)))


DYING: dict[str, Callable[[str, Any, Asking], Any]] = {
    **dict.fromkeys(("receive", "cut", "approve", "start", "deliver"), of_an_application),
    **dict.fromkeys(("collect", "hand over packs"), of_a_desk),
    **dict.fromkeys(("receive_lot", "recall_lot"), of_a_lot),
    **dict.fromkeys(("end", "keep", "renew"), of_a_patient),
    "take over": of_elsewhere,
}
"""Every step that is killed, by its name."""


def do(step: str) -> Any:
    from almoner.flow.applications.models import Round

    return DYING[step](step, Round.objects.get(), asking(step))


def main(step: str, statement: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "almoner.site.settings")
    django.setup()
    from django.db import connection, transaction

    from almoner.values.clock import FixedClock, use

    death = DeathAt(statement)
    whole = transaction.atomic() if statement < 0 else nullcontext()
    with use(FixedClock(datetime(2026, 11, 1, tzinfo=UTC))), whole, connection.execute_wrapper(death):
        result = do(step)
        if statement < 0:
            transaction.set_rollback(True)
    connection.close()
    sys.stdout.write(json.dumps({"statements": death.count, "result": result}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
