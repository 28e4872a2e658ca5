"""An office that pays for therapy: children in care, plans, sessions, and assessors who are paid for none of them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from flow.conftest import Office

ASKED, BEGUN, FIRST = date(2026, 3, 2), date(2026, 3, 9), date(2026, 3, 10)
_FILES = count(1)
FUNCTION = (
    "feeding",
    "transfer",
    "grooming",
    "toilet",
    "bathing",
    "walking",
    "stairs",
    "dressing",
    "bowels",
    "bladder",
)


def source(name: str = "") -> Any:
    from almoner.flow.imports.actions import Source

    key = name or f"care-{next(_FILES)}"
    return Source("records", f"{key}.csv", key, "")


def function(points: str, assessor: str | None = "A-1") -> dict[str, Any]:
    """A Barthel index: the points of its ten items, in their order."""
    items = {f"barthel_{name}": said for name, said in zip(FUNCTION, points.split(), strict=True)}
    return {"assessor": assessor, **items}


def wellbeing(points: str, assessor: str = "A-1") -> dict[str, Any]:
    names = ("cheerful", "calm", "active", "rested", "interested")
    return {
        "assessor": assessor,
        **{f"who5_{name}": said for name, said in zip(names, points.split(), strict=True)},
    }


def measured(  # noqa: PLR0913, PLR0917 -- an attempt has these sides
    office: Office, round_: Any, child: str, name: str, on: date, answers: Any, result: str = "answered"
) -> dict[str, Any]:
    """Somebody asks a child's family, or tries to."""
    from almoner.flow.steps.following import Arrived, receive_follow_ups

    rows = [Arrived(child, name, "", on, answers, result)]
    return receive_follow_ups(round_, rows, source=source(), request=office.request("alice", on))


def in_care(office: Office, children: list[str], name: str = "Care 2026", *, assessor: str = "A-1") -> Any:
    """Children who were measured before, each with a plan."""
    from almoner.flow.applications.actions import Sheet
    from almoner.flow.steps import awarding, deciding, following

    round_ = office.open_round(name, "100000")
    typical = dict(office.programme.examples["typical"].answers)
    office.receive(round_, [Sheet(child, ASKED, typical) for child in children], ASKED)
    deciding.decide_each(round_, request=office.request("alice", ASKED))
    awarding.approve_awards(round_, request=office.request("bob", BEGUN))
    awarding.start_awards(round_, request=office.request("alice", BEGUN))
    for child in children:
        measured(office, round_, child, "function", BEGUN, function("5 5 0 5 0 5 0 5 5 5", assessor))
        measured(office, round_, child, "wellbeing", BEGUN, wellbeing("2 1 2 1 2"))
    plans = [
        following.Arrived(child, "plan", "", BEGUN, {"goals": "walk", "sessions_a_week": Decimal(3)})
        for child in children
    ]
    following.receive_records(round_, plans, source=source(), request=office.request("alice", BEGUN))
    return round_


def session(child: str, paper: str, on: date = FIRST, began: str | None = "09:00", **changed: Any) -> Any:
    from almoner.flow.steps.collecting import BroughtRow

    answers = {
        "provider": "C-1",
        "therapist": "T-1",
        "kind_of_therapy": "physical therapy",
        "began": began,
        "minutes": Decimal(60),
        "child_there": True,
    }
    return BroughtRow(child, on, paper, {**answers, **changed})


def bring(office: Office, round_: Any, rows: list[Any], key: str = "") -> dict[str, Any]:
    """A centre's signed sheets are taken in."""
    from almoner.flow.steps.collecting import receive_deliveries

    request = office.request("alice", max(row.delivered_on for row in rows), key)
    return receive_deliveries(round_, "therapy", rows, source=source(request.key), request=request)
