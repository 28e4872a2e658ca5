"""The one registry of guarded tables.

A table is a table of *facts* (no row is changed or deleted) or of *stateful* rows (content fixed at
insertion; the state moves only together with its event, along the table of transitions). Triggers are built
from here after every migration, and the catalogue is compared with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

EVENTS = "vault_event"
"""The table of the events of all stateful rows."""

SEPARATE = frozenset({"approved", "authorised", "verified"})
"""States into which a row is never moved by whoever made or amended it."""

_NAME = re.compile(r"[a-z][a-z0-9_]{0,30}")  # with what a trigger's name adds, within PostgreSQL's 63 bytes
_STATE = re.compile(r"[a-z][a-z ]{0,39}")


@dataclass(frozen=True, slots=True)
class States:
    """How the rows of a table move: from `initial` along `transitions`."""

    initial: str
    transitions: Mapping[str, frozenset[str]]
    made_by_column: str
    separate: frozenset[str]


@dataclass(frozen=True, slots=True)
class Guard:
    """What is refused on one table.

    Columns in `may_change` may be updated at will; those in `may_be_emptied` only to NULL or empty text, as
    erasure does. `states` is None for a table of facts.
    """

    table: str
    may_change: frozenset[str] = frozenset()
    may_be_emptied: frozenset[str] = frozenset()
    states: States | None = None


@dataclass(slots=True)
class _Registry:
    guards: dict[str, Guard] = field(default_factory=dict)


_REGISTRY = _Registry()


class GuardProblem(Exception):
    """A registration that cannot be meant so."""


def registry() -> Mapping[str, Guard]:
    """Every guard by its table, in order of the tables' names."""
    return dict(sorted(_REGISTRY.guards.items()))


def guard_of(table: str) -> Guard:
    """The guard of a table.

    Raises:
        GuardProblem: the table is not guarded.
    """
    try:
        return _REGISTRY.guards[table]
    except KeyError:
        raise GuardProblem(f"{table} is not guarded.") from None


def fact(table: str, *, may_change: Iterable[str] = (), may_be_emptied: Iterable[str] = ()) -> None:
    """Guard a table of facts: no row of it is changed or deleted."""
    _add(Guard(table, frozenset(may_change), frozenset(may_be_emptied)))


def stateful(  # noqa: PLR0913 -- every part of the table of transitions is named where it is written
    table: str,
    *,
    transitions: Mapping[str, Iterable[str]],
    initial: str,
    made_by_column: str = "recorded_by_id",
    separate: Iterable[str] = SEPARATE,
    may_change: Iterable[str] = (),
    may_be_emptied: Iterable[str] = (),
) -> None:
    """Guard a table of rows with a state.

    Args:
        table: the table's name in the database; it has the columns `id`, `state` and `version`.
        transitions: for each state, the states it may move to. A state that is only moved to is an end.
        initial: the state of a new row, whose version is 0. Moving back to it is amending.
        made_by_column: the column that says who made the row.
        separate: states into which nobody moves a row that they made or amended.
        may_change: columns beside state and version that may be updated.
        may_be_emptied: columns that may be updated to NULL or empty text only.
    """
    allowed = {source: frozenset(targets) for source, targets in transitions.items()}
    known = set(allowed).union(*allowed.values())
    if initial not in known:
        raise GuardProblem(f"{table}: the initial state {initial!r} has no transition.")
    wrong = sorted(state for state in known if not _STATE.fullmatch(state))
    if wrong:
        raise GuardProblem(f"{table}: {wrong} are no names of states.")
    states = States(initial, allowed, made_by_column, frozenset(separate) & known)
    _add(Guard(table, frozenset(may_change), frozenset(may_be_emptied), states))


def _add(guard: Guard) -> None:
    if not _NAME.fullmatch(guard.table):
        raise GuardProblem(f"{guard.table!r} is no name of a guarded table: a-z, 0-9 and _, at most 31.")
    if _REGISTRY.guards.get(guard.table, guard) != guard:
        raise GuardProblem(f"{guard.table} is guarded twice, in two ways.")
    _REGISTRY.guards[guard.table] = guard
