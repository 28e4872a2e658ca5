"""Services that are called off, for tests: sessions that are paid for, and an instrument that is booked by the hour."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from awarded_cases import small, small_case

from almoner.engine.call_off_cases import taking
from almoner.engine.call_offs import reckon
from almoner.engine.casefile import CaseFile

SESSIONS = """benefits:
  therapy:
    kind: service
    call_off: true
    amount: 18000
    payee: provider
    unit: minutes
    caps: {amount: [1800 per month, 18000 per year], minutes: 2000 per month}
    each_delivery:
      form:
        provider: {type: code}
        therapist: {type: code}
        began: {type: text}
        minutes: {type: integer, min: 1, max: 240}
        rate: {type: money, min: 0}
      quantity: minutes
      amount: rate * minutes
      begins: began
      lasts: minutes
      signed_by: [therapist, family]
      refuse_when: {two_places_at_once: overlaps(therapist)}
"""

BOOKED = """benefits:
  platform:
    kind: service
    call_off: true
    quantity: 100
    unit: hours
    unit_value: 80
    caps: {hours: 40 per month}
    each_delivery:
      form:
        instrument: {type: choice, of: [sequencer, cryostat]}
        hours: {type: number, min: 0, max: 24}
        began: {type: text}
        minutes: {type: integer, min: 0, max: 1440}
      quantity: hours
      begins: began
      lasts: minutes
      signed_by: [tenant]
      refuse_when: {booked_already: overlaps(instrument)}
"""


def sessions(folder: Path) -> CaseFile:
    """Whoever was awarded therapy."""
    return small_case(small(folder, SESSIONS))


def session(case: CaseFile, on: date, began: str | None = "09:00", minutes: int | None = 60, **changed):
    """What a session of 10 a minute comes to."""
    answers = {
        "provider": "P-1",
        "therapist": "T-1",
        "began": began,
        "minutes": None if minutes is None else Decimal(minutes),
        "rate": Decimal(10),
        **changed,
    }
    return answers, reckon(case, "therapy", answers, on)


def after(case: CaseFile, on: date, **said) -> CaseFile:
    """The case after a session was taken."""
    answers, reckoned = session(case, on, **said)
    assert reckoned.is_taken, reckoned
    number = 1 + len(case.delivered)
    return replace(taking(case, "therapy", number, answers, reckoned))
