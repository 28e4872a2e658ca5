"""Lots of what is given in kind: how a lot's number is read, and how much of a lot may be handed over on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_FLOOR, Decimal
from typing import Literal

from almoner.values.dates import add_years
from almoner.values.printed import printed_number

Refused = Literal["", "unknown lot", "recalled lot", "expired lot"]
"""Why nothing of a lot may be handed over; empty where something may."""

YEARS_ON_ARRIVAL = 1
"""How long a donated medicine must still keep when it arrives: the WHO's Guidelines for medicine donations."""


@dataclass(frozen=True, slots=True)
class LotOnHand:
    """A lot as it stands: its number as `lot_number` reads it, what is free in the benefit's unit, the last day."""

    number: str
    free: Decimal
    expires_on: date
    recalled: bool


@dataclass(frozen=True, slots=True)
class Fit:
    """What of a wanted quantity may be handed over: nothing where it is `refused`, else the part that is there."""

    refused: Refused
    quantity: Decimal


def lot_number(printed: str) -> str:
    """A lot's number as it is kept.

    One lot must not become two because somebody typed a space: a recall would then miss half of it.
    """
    return printed_number(printed)


def fits(lot: LotOnHand | None, quantity: Decimal, day: date) -> Fit:
    """How much of a lot may be handed over on a day. On the day it expires it still may.

    Args:
        lot: the lot; None where none of that number was received.
        quantity: what is wanted, in the benefit's unit.
        day: the day on which it is handed over.

    Returns:
        The part that is there; in whole units where a whole quantity is wanted.

    Raises:
        ValueError: the quantity is below zero.
    """
    if quantity < 0:
        raise ValueError(f"{quantity} is no quantity.")
    if lot is None:
        return Fit("unknown lot", Decimal(0))
    if lot.recalled:
        return Fit("recalled lot", Decimal(0))
    if day > lot.expires_on:
        return Fit("expired lot", Decimal(0))
    there = min(quantity, lot.free)
    is_whole = quantity == quantity.to_integral_value()
    return Fit("", there.to_integral_value(ROUND_FLOOR) if is_whole else there)


def arrives_late(expires_on: date, day: date) -> bool:
    """Whether a lot that arrives on a day keeps for less than a year from then."""
    return expires_on < add_years(day, YEARS_ON_ARRIVAL)
