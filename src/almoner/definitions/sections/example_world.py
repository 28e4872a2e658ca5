"""What the examples of a programme may speak of."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from almoner.definitions.programme import Benefit, Field
from almoner.definitions.sections import leaving
from almoner.definitions.sections.registers import is_listed


@dataclass(frozen=True, slots=True)
class World:
    """What examples may speak of: forms by name, and what may be expected.

    `papers` are what must be there before a session opens: an example that gives them, and no day, tells of a session.
    """

    form: Mapping[str, Field]
    papers: Mapping[str, Field] = field(default_factory=dict)
    sheets: Mapping[str, Mapping[str, Field]] = field(default_factory=dict)
    benefits: Mapping[str, Benefit] = field(default_factory=dict)
    rules: Collection[str] = ()
    screened: Collection[str] = ()
    later: Collection[str] = ()
    sessions: Collection[str] = ()
    registers: Collection[str] = ()
    needs_day: bool = True


def world_of(values: Mapping[str, Any], keys: Callable[[str], Collection[str]], *, needs_day: bool) -> World:
    """What the examples of a definition may speak of.

    Args:
        values: the sections as they were read.
        keys: the names that stand in a section, whether they could be read or not.
        needs_day: whether a case is judged, and so needs the day by which it is.
    """
    records, follow_ups, renewal = values["records"], values["follow_ups"], values["renewal"]
    sheets = {**records, **follow_ups}
    # What a step that answers a renewal may answer.
    again = {leaving.RENEWAL: [name for name in renewal.asks if name in values["form"]]} if renewal else {}
    return World(
        form=values["form"],
        papers={name: paper for held in values["sessions"].values() for name, paper in held.before.items()},
        sheets={
            **{name: sheet.form for name, sheet in sheets.items()},
            **{name: {one: values["form"][one] for one in asks} for name, asks in again.items()},
        },
        benefits=values["benefits"],
        rules=keys("eligibility"),
        screened=[name for part in ("eligibility", "derive", "scoring", "benefits") for name in keys(part)],
        later=[
            *(name for part in ("indicators", "follow_ups", "standing") for name in keys(part)),
            *(name for sheet in sheets.values() for name in sheet.derive),
        ],
        sessions=values["sessions"],
        registers=[one.about for one in records.values() if is_listed(one.about, values["participants"])],
        needs_day=needs_day,
    )
