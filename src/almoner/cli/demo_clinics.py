"""The invented office's clinic days of 2025: people without a name, the same from the same seed.

What happens at a wristband depends on the seed, the day and the wristband's own number alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from almoner.values.chance import Chance
from almoner.values.dates import add_days

SEED = 20250308
NAME = "Cedar Life Sciences (invented), clinic days 2025"
WRISTBANDS = 150
"""How many people come on a day."""

AGES = ("18 to 44", "45 to 64", "65 and over")
REFERRED = 0.86
"""The share of high pressures for which there is an appointment before leaving."""

ANSWERED, REFUSED, LOST = 0.41, 0.04, 0.20
"""The shares of calls that are answered, refused, and lost after three attempts; the rest is never tried."""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ClinicDay:
    """A clinic day as it is planned; `cancelled` is the reason for which it was not held."""

    code: str
    site: str
    on: date
    cancelled: str = ""


DAYS = (
    ClinicDay("CD-2025-1", "Upper Cedar village (invented)", date(2025, 3, 8)),
    ClinicDay("CD-2025-2", "Stone Bridge township (invented)", date(2025, 4, 12)),
    ClinicDay("CD-2025-3", "White Heron village (invented)", date(2025, 5, 17)),
    ClinicDay("CD-2025-4", "East Plain township (invented)", date(2025, 6, 14)),
    ClinicDay("CD-2025-5", "Lower River village (invented)", date(2025, 7, 12), "flood: the road was closed"),
    ClinicDay("CD-2025-6", "Lower River village (invented)", date(2025, 9, 13)),
    ClinicDay("CD-2025-7", "Three Wells village (invented)", date(2025, 10, 18)),
)


@dataclass(frozen=True, slots=True)
class _Person:
    """Whoever wore a wristband: the sheet, and whether the pressure that was measured is high."""

    wristband: str
    sheet: Row
    is_high: bool


def _chance(what: str) -> Chance:
    return Chance(int.from_bytes(hashlib.sha256(f"{SEED}/{what}".encode()).digest()[:8], "big"))


def _often(chance: Chance, share: float) -> bool:
    return chance.fraction() < share


def _people(day: ClinicDay) -> Iterator[_Person]:
    for number in range(1, WRISTBANDS + 1):
        wristband = f"{number:03d}"
        chance = _chance(f"{day.code}/{wristband}")
        age = chance.below(len(AGES))
        upper = 104 + 9 * age + chance.below(44) + (24 if _often(chance, 0.06) else 0)
        lower = 62 + 4 * age + chance.below(26)
        second = None if _often(chance, 0.03) else (upper - 4 + chance.below(7), lower - 3 + chance.below(6))
        sheet = {
            "day": day.code,
            "wristband": wristband,
            "age": AGES[age],
            "sex": "female" if _often(chance, 0.58) else "male",
            "upper 1": upper,
            "lower 1": lower,
            "upper 2": "" if second is None else second[0],
            "lower 2": "" if second is None else second[1],
            "call": "yes" if _often(chance, 0.9) else "no",
        }
        is_high = second is not None and (upper + second[0] >= 2 * 140 or lower + second[1] >= 2 * 90)
        yield _Person(wristband, sheet, is_high)


def attendees(day: ClinicDay) -> list[Row]:
    """The day's sheets, one a wristband."""
    return [one.sheet for one in _people(day)]


def referrals(day: ClinicDay) -> list[Row]:
    """The appointments that were made before people left."""
    rows = []
    for one in _people(day):
        chance = _chance(f"{day.code}/{one.wristband}/referral")
        if one.is_high and _often(chance, REFERRED):
            rows.append(
                {
                    "day": day.code,
                    "wristband": one.wristband,
                    "hospital": "County People's Hospital (invented)",
                    "appointment": add_days(day.on, 5 + chance.below(8)).strftime("%d/%m/%Y"),
                    "phone": f"0000{chance.below(10_000_000):07d}",
                }
            )
    return rows


def calls(day: ClinicDay, occasion: int, on: date) -> list[Row]:
    """What came of the calls after an appointment: `occasion` 1 a fortnight after it, 2 three months after it."""
    called = sorted(
        referrals(day), key=lambda row: _chance(f"{day.code}/{row['wristband']}/order {occasion}").raw()
    )
    counts = [round(share * len(called)) for share in (ANSWERED, REFUSED, LOST)]
    results = ["answered"] * counts[0] + ["refused"] * counts[1] + ["lost"] * counts[2]
    rows = []
    for row, result in zip(called, results, strict=False):
        chance = _chance(f"{day.code}/{row['wristband']}/call {occasion}")
        seen = _often(chance, 0.68)
        diagnosed = seen and _often(chance, 0.82)
        treated = diagnosed and _often(chance, 0.88)
        controlled = treated and _often(chance, 0.55)
        answers = {"seen": seen, "diagnosed": diagnosed, "treated": treated}
        said = {name: "yes" if value else "no" for name, value in answers.items()}
        said["controlled"] = ("yes" if controlled else "no") if occasion > 1 else ""
        blank = dict.fromkeys(said, "")
        rows.append(
            {
                "day": day.code,
                "wristband": row["wristband"],
                "called": on.strftime("%d/%m/%Y"),
                "result": result,
                **(said if result == "answered" else blank),
            }
        )
    return sorted(rows, key=lambda row: str(row["wristband"]))
