"""Which records are about something on a register: a site, an entity, or somebody who takes part."""

from __future__ import annotations

from collections.abc import Collection

from almoner.definitions.programme import Programme

BUILT_IN = ("site", "entity")
"""What every programme may keep a register of, beside those who take part in it."""


def is_listed(about: str, participants: Collection[str]) -> bool:
    """Whether what a record is about stands on a register."""
    return about in BUILT_IN or about in participants


def of_registers(programme: Programme) -> set[str]:
    """The records of a programme about something on a register."""
    return {one.name for one in programme.records.values() if is_listed(one.about, programme.participants)}


def registers(programme: Programme) -> tuple[str, ...]:
    """What a programme keeps registers of, in the order in which its records name them, then its participants."""
    about = [one.about for one in programme.records.values() if is_listed(one.about, programme.participants)]
    return tuple(dict.fromkeys((*about, *programme.participants)))
