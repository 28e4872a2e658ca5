"""The guards in SQLite's words. A trigger's definition is its text, which SQLite keeps as it was written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from almoner.vault.guards import EVENTS, Guard, States

CATALOGUE = (
    r"SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'almoner\_%' ESCAPE '\'"
)


def wanted(guards: Sequence[Guard], columns: Mapping[str, Sequence[str]], *, events: bool) -> dict[str, str]:
    """Name and text of each trigger."""
    made: dict[str, str] = {}
    for guard in guards:
        made |= _on_rows(guard, columns[guard.table])
        if guard.states is not None:
            made |= _on_states(guard.table, guard.states)
            if events:
                made |= _on_events(guard.table, guard.states)
    if events:
        kinds = ", ".join(f"'{guard.table}'" for guard in guards if guard.states is not None) or "''"
        made |= _trigger(
            "almoner_event_kind",
            f'BEFORE INSERT ON "{EVENTS}" WHEN (NEW."kind" IN ({kinds})) IS NOT TRUE',
            [_refuse("an event about a table that has no states")],
        )
    return made


def statements(wanted: Mapping[str, str], found: Mapping[str, str]) -> list[str]:
    """Drop what is not wanted so, create what is not there so."""
    drops = [f'DROP TRIGGER "{name}"' for name in found if found[name] != wanted.get(name)]
    return drops + [wanted[name] for name in wanted if found.get(name) != wanted[name]]


def _trigger(name: str, head: str, body: Sequence[str]) -> dict[str, str]:
    lines = "".join(f"  {statement};\n" for statement in body)
    return {name: f'CREATE TRIGGER "{name}" {head}\nBEGIN\n{lines}END'}


def _refuse(why: str, where: str = "") -> str:
    return f"SELECT RAISE(ABORT, 'almoner: {why}')" + (f" WHERE {where}" if where else "")


def _on_rows(guard: Guard, columns: Sequence[str]) -> dict[str, str]:
    """No row is deleted; no fixed column is changed."""
    table = guard.table
    made = _trigger(
        f"almoner_{table}_no_delete",
        f'BEFORE DELETE ON "{table}"',
        [_refuse(f"a row of {table} is never deleted")],
    )
    free = guard.may_change | guard.may_be_emptied | ({"state", "version"} if guard.states else set())
    changed = [f'OLD."{name}" IS NOT NEW."{name}"' for name in columns if name not in free]
    changed += [
        f'(OLD."{name}" IS NOT NEW."{name}" AND NEW."{name}" IS NOT NULL AND NEW."{name}" <> \'\')'
        for name in sorted(guard.may_be_emptied)
    ]
    return made | _trigger(
        f"almoner_{table}_no_change",
        f'BEFORE UPDATE ON "{table}" WHEN {" OR ".join(changed)}',
        [_refuse(f"a row of {table} is never changed")],
    )


def _on_states(table: str, states: States) -> dict[str, str]:
    """A row begins at the start, and moves only with its event."""
    begins = _trigger(
        f"almoner_{table}_begins",
        f'BEFORE INSERT ON "{table}" WHEN NEW."state" IS NOT \'{states.initial}\' OR NEW."version" IS NOT 0',
        [_refuse(f"a row of {table} begins as {states.initial}, version 0")],
    )
    moves = _trigger(
        f"almoner_{table}_moves",
        f'BEFORE UPDATE ON "{table}"'
        ' WHEN OLD."state" IS NOT NEW."state" OR OLD."version" IS NOT NEW."version"',
        [
            _refuse(
                f"a row of {table} moves only with its event",
                f'(NEW."version" = OLD."version" + 1 AND EXISTS (SELECT 1 FROM "{EVENTS}" AS e'
                f' WHERE e."kind" = \'{table}\' AND e."row" = NEW."id" AND e."version" = NEW."version"'
                f' AND e."from_state" = OLD."state" AND e."to_state" = NEW."state")) IS NOT TRUE',
            )
        ],
    )
    return begins | moves


def _on_events(table: str, states: States) -> dict[str, str]:
    """An event goes on from the row as it stands, along the transitions, by somebody who may."""
    pairs = ", ".join(
        f"('{source}', '{target}')"
        for source, targets in sorted(states.transitions.items())
        for target in sorted(targets)
    )
    body = [
        _refuse(
            f"the event does not go on from where the row of {table} stands",
            f'NOT EXISTS (SELECT 1 FROM "{table}" AS r WHERE r."id" = NEW."row"'
            f' AND r."state" = NEW."from_state" AND r."version" = NEW."version" - 1)',
        ),
        _refuse(
            f"{table} has no such transition",
            f'((NEW."from_state", NEW."to_state") IN (VALUES {pairs})) IS NOT TRUE',
        ),
    ]
    if states.separate:
        closed = ", ".join(f"'{state}'" for state in sorted(states.separate))
        body.append(
            _refuse(
                f"whoever made or amended a row of {table} does not approve it",
                f'NEW."to_state" IN ({closed}) AND (EXISTS (SELECT 1 FROM "{table}" AS r'
                f' WHERE r."id" = NEW."row" AND (r."{states.made_by_column}" = NEW."who") IS NOT FALSE)'
                f' OR EXISTS (SELECT 1 FROM "{EVENTS}" AS e WHERE e."kind" = \'{table}\''
                f' AND e."row" = NEW."row" AND e."to_state" = \'{states.initial}\' AND e."who" = NEW."who"))',
            )
        )
    return _trigger(
        f"almoner_{table}_event", f'BEFORE INSERT ON "{EVENTS}" WHEN NEW."kind" = \'{table}\'', body
    )
