"""The steps of a cascade: a record, then truths about it, records about it, and what their follow-ups answered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from almoner.definitions.programme import FollowUp, Record
from almoner.definitions.tree import Type


@dataclass(frozen=True, slots=True)
class CascadeStep:
    """One step: that a `sheet` is there at all (`is_sheet`), or a truth in a record or a follow-up of that name."""

    name: str
    sheet: str
    is_sheet: bool = False


class CascadeProblem(ValueError):
    """A step that follows from nothing before it. `step` is its name, `known` what could stand there."""

    def __init__(self, step: str, known: Sequence[str]) -> None:
        super().__init__(step)
        self.step = step
        self.known = tuple(known)


def resolve(
    steps: Sequence[str], records: Mapping[str, Record], follow_ups: Mapping[str, FollowUp]
) -> tuple[CascadeStep, ...]:
    """Where each step of a cascade stands.

    Raises:
        CascadeProblem: a step is no record to begin with, or nothing that can be known of the record before it.
    """
    found: list[CascadeStep] = []
    current: Record | None = None
    for name in steps:
        known = _known(current, records, follow_ups)
        if name not in known:
            raise CascadeProblem(name, list(known))
        found.append(known[name])
        if known[name].is_sheet:
            current = records[name]
    return tuple(found)


def _known(
    current: Record | None, records: Mapping[str, Record], follow_ups: Mapping[str, FollowUp]
) -> dict[str, CascadeStep]:
    if current is None:
        return {name: CascadeStep(name, name, is_sheet=True) for name in records}
    known = {
        name: CascadeStep(name, one.name)
        for one in follow_ups.values()
        if one.about == current.name
        for name in _truths(one)
    }
    known |= {name: CascadeStep(name, current.name) for name in _truths(current)}
    about = (name for name, one in records.items() if one.about == current.name)
    return known | {name: CascadeStep(name, name, is_sheet=True) for name in about}


def _truths(sheet: Record | FollowUp) -> Iterator[str]:
    yield from (name for name, field in sheet.form.items() if field.type is Type.BOOLEAN)
    yield from (name for name, derived in sheet.derive.items() if derived.type is Type.BOOLEAN)
