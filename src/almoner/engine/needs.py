"""What must be there before a delivery is taken: papers, and records that are not too old."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from almoner.definitions.programme import EachDelivery
from almoner.definitions.sections.deliveries import PRESENT, UNIQUE
from almoner.definitions.spans import duration
from almoner.engine.casefile import CaseFile
from almoner.engine.not_yet import NotYetCarriedOut
from almoner.engine.sheets import known_sheets
from almoner.values.dates import add_duration
from almoner.values.language import _

_NOT_OLDER = "not older than "


@dataclass(frozen=True, slots=True)
class Needed:
    """What keeps a delivery back: what is there and too old, in sentences, and what is missing."""

    reasons: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def what_is_needed(case: CaseFile, each: EachDelivery, answers: Mapping[str, Any], day: date) -> Needed:
    """What `needs` asks for and the delivery does not have on its day.

    Raises:
        NotYetCarriedOut: it asks for more than a paper that is there, or a day that is not too long ago.
    """
    reasons, missing = [], []
    for name, text in each.needs.items():
        if text == UNIQUE:
            continue  # a record whose number was seen before is queried when it comes, and counts nowhere
        found = _found(case, each, answers, name, day)
        if found is None:
            missing.append(name)
        elif text != PRESENT and text.startswith(_NOT_OLDER) and isinstance(found, date):
            span = duration(text.removeprefix(_NOT_OLDER))
            if add_duration(found, span.count, span.unit) < day:
                reasons.append(
                    _("{name} is of {found}, and must be {text}.").format(name=name, found=found, text=text)
                )
        elif text not in {
            PRESENT,
            UNIQUE,
        }:  # a record whose number was seen before is queried, and counts nowhere
            raise NotYetCarriedOut(case.programme, f"needs.{name}: {text}")
    return Needed(tuple(reasons), tuple(missing))


def _found(case: CaseFile, each: EachDelivery, answers: Mapping[str, Any], name: str, day: date) -> Any:
    """The answer of the delivery's own form; else the day of the last record of that name that counts."""
    if name in each.form:
        return answers.get(name)
    if name in case.programme.records:
        sheets = known_sheets(case, name, day)
        return max((one.happened_on for one in sheets), default=None)
    raise NotYetCarriedOut(case.programme, f"needs.{name}")
