"""The one way in which a row's state moves: with its event, by somebody who may, from where it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Any, ClassVar, Protocol

from django.db import DatabaseError, IntegrityError, connections, models, router

from almoner.vault.guards import States, guard_of
from almoner.vault.models import Event, NotAllowed, Stamp

CHUNK = 500


class Row(Protocol):
    """A row with a state: `Stateful`, or a table of the vault's own."""

    pk: Any
    state: Any
    version: Any
    _meta: ClassVar[Any]


def move(  # noqa: PLR0913 -- who, why and when are what an event is
    row: Row, to: str, *, who: models.Model, why: str, happened_on: date, key: str = ""
) -> None:
    """Move one row to another state. See `move_all`."""
    move_all([row], to, stamp=Stamp(who=who, happened_on=happened_on, key=key), why=why)


def move_all(
    rows: Sequence[Row], to: str, *, stamp: Stamp, why: str, also: Mapping[str, Any] | None = None
) -> None:
    """Move rows of one table to a state: an event each, then the state, all or none. No rows is no move.

    The rows in memory move too. It runs inside the transaction of a step, which ends it if this raises.

    Args:
        rows: rows of one model, as they were read.
        to: the state they move to.
        stamp: who moves them, on which day, under which key.
        why: the reason that the event keeps.
        also: columns that change in the same statement; the guard must let them.

    Raises:
        NotAllowed: no such transition; the mover made or amended the row; or it was moved meanwhile.
    """
    if not rows:
        return
    table = rows[0]._meta.db_table
    states = guard_of(table).states
    if states is None:
        raise NotAllowed(f"A row of {table} has no states.")
    model = type(rows[0])
    using = router.db_for_write(Event)
    if not connections[using].in_atomic_block:
        raise NotAllowed("A state moves only inside a step's transaction.")
    _check(rows, to, states, stamp)
    try:
        Event.objects.bulk_create([_event(table, row, to, stamp, why) for row in rows], batch_size=CHUNK)
        _move_rows(model, rows, to, dict(also or {}))
    except IntegrityError as refused:
        raise NotAllowed(f"{table} to {to}: {_reason(refused)}") from refused
    for row in rows:
        row.state, row.version = to, row.version + 1


def _check(rows: Sequence[Row], to: str, states: States, stamp: Stamp) -> None:
    """What can be seen without the database, said in words before the database refuses it."""
    table = rows[0]._meta.db_table
    for row in rows:
        if row._meta.db_table != table:
            raise NotAllowed(f"Rows of {table} and {row._meta.db_table} are not moved together.")
        if to not in states.transitions.get(row.state, frozenset()):
            raise NotAllowed(f"{table} {row.pk} is {row.state}; from there nothing leads to {to}.")
        if to in states.separate and getattr(row, states.made_by_column) == stamp.who.pk:
            raise NotAllowed(f"{table} {row.pk}: whoever made it does not make it {to}.")
    if len({row.pk for row in rows}) != len(rows):
        raise NotAllowed(f"A row of {table} is named twice.")


def _event(table: str, row: Row, to: str, stamp: Stamp, why: str) -> Event:
    return Event(
        kind=table,
        row=row.pk,
        version=row.version + 1,
        from_state=row.state,
        to_state=to,
        who=stamp.who.pk,
        why=why,
        happened_on=stamp.happened_on,
        recorded_at=stamp.recorded_at,
        key=stamp.key,
    )


def _move_rows(model: Any, rows: Sequence[Row], to: str, also: Mapping[str, Any]) -> None:
    """Compare and set: a row that was moved meanwhile is not found, and nothing is moved."""

    def stands(row: Row) -> tuple[str, int]:
        return row.state, row.version

    for (state, version), alike in groupby(sorted(rows, key=stands), key=stands):
        ids = [row.pk for row in alike]
        for start in range(0, len(ids), CHUNK):
            chunk = ids[start : start + CHUNK]
            moved = model.objects.filter(pk__in=chunk, state=state, version=version).update(
                state=to, version=version + 1, **also
            )
            if moved != len(chunk):
                raise NotAllowed(f"{model._meta.db_table}: {len(chunk) - moved} rows were moved meanwhile.")


def _reason(refused: DatabaseError) -> str:
    """The first line of what the database says, without our own prefix."""
    return str(refused).splitlines()[0].removeprefix("almoner: ")
