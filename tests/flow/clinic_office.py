"""A clinic in a folder of its own: its file, its round, its day with unnamed people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from almoner.definitions.load import load
from almoner.values.money import Money
from flow.conftest import Office

if TYPE_CHECKING:
    from almoner.definitions.programme import Programme
    from almoner.flow.applications.models import Round
    from almoner.flow.sessions.models import Session
    from almoner.flow.steps.attending import Written

DAY = date(2026, 5, 16)

EYES = """\
almoner: 1
programme: Village eye days
theme: primary health
purpose: Finds cataracts in villages without an eye doctor.
serves: public
currency: CNY
time_zone: Asia/Shanghai

parameters:
  refer_below: {type: number, source: invented for a test, from: {2025-01-01: 0.3, 2026-06-01: 0.5}}

sessions:
  eye_day: {at: site, before: {filing: {type: file, due: 15 days before}}, close: the same day, ends: [held, cancelled]}

records:
  visitor:
    about: session
    names: none
    people: attendances
    form:
      left: {type: number, min: 0, max: 2, sensitive: health}
      right: {type: number, min: 0, max: 2, sensitive: health}
      may_we_call: {type: boolean}
    derive:
      better: larger_of(left, right)
      sees_badly: better < refer_below
    raises:
      send_on: {when: sees_badly, to: nurse, within: same session, done_by: sending}
  sending:
    about: visitor
    opens: party when may_we_call
    form: {appointment: {type: date, required: true}, phone: {type: code}}

follow_ups:
  ring:
    about: sending
    due: 14 days after appointment
    attempts: 3
    form: {seen: {type: boolean, sensitive: health}, operated: {type: boolean, sensitive: health}}

contributions:
  lamps: {input: in_kind, motive: gift, from: ledger of lamps}

indicators:
  days: {level: process, count: eye_day}
  visits: {level: output, count: visitor}
  seeing_badly: {level: output, share: sees_badly, from: visitor}
  seen: {level: outcome, share: seen, from: ring}
  way: {level: outcome, cascade: [visitor, sees_badly, sending, seen, operated]}

examples:
  a_day:
    given: {filing: filing.pdf}
    then:
      - {on: 2026-05-16, step: open, expect: {state: open}}
      - {on: 2026-05-16, visitor: {left: 0.1, right: 0.2}, expect: {task: send_on}}
"""
"""A programme that no line of Python knows."""


@dataclass(frozen=True)
class EyeDay:
    """An open eye day of an office."""

    office: Office
    programme: Programme
    round: Round
    session: Session


def programme_in(folder: Path, text: str = EYES, name: str = "village_eyes") -> Programme:
    """A programme's file, written and loaded."""
    path = folder / f"{name}.yaml"
    path.write_text(text, encoding="utf-8")
    return load(path)


def opened_day(office: Office, folder: Path, *, is_open: bool = True) -> EyeDay:
    """A round with one eye day, its filing in time, open where it is asked for."""
    from almoner.flow.steps import holding
    from almoner.flow.steps.rounds import open_round

    programme = programme_in(folder)
    round_ = open_round(
        programme,
        name="Eyes 2026",
        year=2026,
        budget=Money.of(Decimal(20_000), "CNY"),
        fund="general",
        real=False,
        request=office.request("carol", date(2026, 4, 1)),
    )
    (session,) = holding.plan_sessions(
        round_,
        [holding.Planned("eye_day", "ED-1", "Upper village", DAY)],
        request=office.request("alice", date(2026, 4, 2)),
    )
    holding.file_papers(session, {"filing": "filing.pdf"}, request=office.request("alice", date(2026, 4, 20)))
    if is_open:
        holding.open_session(session, request=office.request("alice", DAY))
    session.refresh_from_db()
    return EyeDay(office, programme, round_, session)


def visitors(count: int, badly: int = 2, unclear: int = 0) -> list[Written]:
    """Unnamed people: the first see badly and may be called, of the next one eye is not known."""
    from almoner.flow.steps.attending import Written

    found = []
    for number in range(1, count + 1):
        weak = number <= badly
        answers: dict[str, Any] = {
            "left": Decimal("0.1") if weak else Decimal("1.0"),
            "right": Decimal("0.2") if weak else Decimal("0.8"),
            "may_we_call": weak,
        }
        if badly < number <= badly + unclear:
            answers |= {"left": Decimal("0.1"), "right": None}
        found.append(Written(f"ED-1 | {number:03d}", "visitor", DAY, answers, "ED-1"))
    return found


def receive(day: EyeDay, rows: list[Written], key: str, on: date = DAY) -> dict[str, Any]:
    """A file of sheets is taken over."""
    from almoner.flow.imports.actions import Source
    from almoner.flow.steps.attending import receive_session_records

    source = Source("records", f"{key}.csv", key, "")
    return receive_session_records(
        day.round, rows, source=source, request=day.office.request("alice", on, key)
    )


def sendings(*numbers: int, appointment: date = date(2026, 5, 20)) -> list[Written]:
    """Appointments of the visitors with these numbers."""
    from almoner.flow.steps.attending import Written

    return [
        Written(
            f"ED-1 | {number:03d}",
            "sending",
            DAY,
            {"appointment": appointment, "phone": f"1380000{number:04d}"},
        )
        for number in numbers
    ]
