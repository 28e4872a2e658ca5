"""The guards in PostgreSQL's words: functions, and the triggers that call them.

Objects are named `function almoner_…` and `trigger almoner_… on table`. A function's definition is its body;
a trigger's is what `pg_get_triggerdef` shows, with how it is enabled: always (A), so that no session's
replication role passes it by.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from almoner.vault.guards import EVENTS, Guard, States

CATALOGUE = r"""
SELECT 'function ' || p.proname, p.prosrc
FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace
WHERE n.nspname = current_schema() AND p.proname LIKE 'almoner\_%'
UNION ALL
SELECT 'trigger ' || t.tgname || ' on ' || c.relname, pg_get_triggerdef(t.oid, true) || ' -- ' || t.tgenabled::text
FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE NOT t.tgisinternal AND n.nspname = current_schema() AND t.tgname LIKE 'almoner\_%'
"""

_ENABLED = " -- A"


def wanted(guards: Sequence[Guard], columns: Mapping[str, Sequence[str]], *, events: bool) -> dict[str, str]:
    """Name and definition of each function and trigger."""
    made = {
        "function almoner_refuse": _body(
            [_raise("'almoner: ' || lower(TG_OP) || ' of ' || TG_TABLE_NAME || ' is refused: its rows stay'")]
        )
    }
    for guard in guards:
        table = guard.table
        made |= _trigger(f"almoner_{table}_no_delete", "BEFORE DELETE", table, "almoner_refuse")
        made |= _trigger(
            f"almoner_{table}_no_truncate", "BEFORE TRUNCATE", table, "almoner_refuse", each="STATEMENT"
        )
        made[f"function almoner_{table}_update"] = _update(guard, columns[table])
        made |= _trigger(f"almoner_{table}_no_change", "BEFORE UPDATE", table, f"almoner_{table}_update")
        if guard.states is not None:
            made[f"function almoner_{table}_insert"] = _insert(table, guard.states)
            made |= _trigger(f"almoner_{table}_begins", "BEFORE INSERT", table, f"almoner_{table}_insert")
    if events:
        made["function almoner_event"] = _event([guard for guard in guards if guard.states is not None])
        made |= _trigger("almoner_event", "BEFORE INSERT", EVENTS, "almoner_event")
    return made


def statements(wanted: Mapping[str, str], found: Mapping[str, str]) -> list[str]:
    """Drop what is not wanted so, triggers first; make what is missing, functions first."""
    made = []
    stale = [name for name in found if found[name] != wanted.get(name)]
    for name in stale:
        kind, _, rest = name.partition(" ")
        if kind == "trigger":
            trigger, _, table = rest.partition(" on ")
            made.append(f'DROP TRIGGER "{trigger}" ON "{table}"')
    made += [
        f'DROP FUNCTION "{name.split()[1]}" CASCADE'
        for name in stale
        if name not in wanted and "function" in name
    ]
    fresh = [name for name in wanted if found.get(name) != wanted[name]]
    made += [
        f'CREATE OR REPLACE FUNCTION "{name.split()[1]}"() RETURNS trigger LANGUAGE plpgsql'
        f" AS $almoner${wanted[name]}$almoner$"
        for name in fresh
        if name.startswith("function ")
    ]
    for name in fresh:
        kind, _, rest = name.partition(" ")
        if kind == "trigger":
            trigger, _, table = rest.partition(" on ")
            made.append(wanted[name].removesuffix(_ENABLED))
            made.append(f'ALTER TABLE "{table}" ENABLE ALWAYS TRIGGER "{trigger}"')
    return made


def _trigger(name: str, when: str, table: str, function: str, *, each: str = "ROW") -> dict[str, str]:
    text = f"CREATE TRIGGER {name} {when} ON {table} FOR EACH {each} EXECUTE FUNCTION {function}()"
    return {f"trigger {name} on {table}": text + _ENABLED}


def _body(lines: Sequence[str], *, returns: str = "") -> str:
    ending = [f"RETURN {returns};"] if returns else []
    return "\nBEGIN\n" + "".join(f"  {line}\n" for line in [*lines, *ending]) + "END\n"


def _raise(message: str) -> str:
    return f"RAISE EXCEPTION USING MESSAGE = {message}, ERRCODE = 'check_violation';"


def _refuse(why: str, condition: str) -> str:
    message = _raise(f"'almoner: {why}'")
    return f"IF {condition} THEN {message} END IF;"


def _update(guard: Guard, columns: Sequence[str]) -> str:
    """No fixed column is changed, and a row moves only with its event."""
    table = guard.table
    free = guard.may_change | guard.may_be_emptied | ({"state", "version"} if guard.states else set())
    fixed = [name for name in columns if name not in free]
    before = ", ".join(f'OLD."{name}"' for name in fixed)
    after = ", ".join(f'NEW."{name}"' for name in fixed)
    lines = [_refuse(f"a row of {table} is never changed", f"ROW({before}) IS DISTINCT FROM ROW({after})")]
    lines += [
        _refuse(
            f"a row of {table} is never changed",
            f'OLD."{name}" IS DISTINCT FROM NEW."{name}"'
            f' AND NEW."{name}" IS NOT NULL AND NEW."{name}"::text <> \'\'',
        )
        for name in sorted(guard.may_be_emptied)
    ]
    if guard.states is not None:
        lines.append(
            _refuse(
                f"a row of {table} moves only with its event",
                'ROW(OLD."state", OLD."version") IS DISTINCT FROM ROW(NEW."state", NEW."version")'
                f' AND (NEW."version" = OLD."version" + 1 AND EXISTS (SELECT 1 FROM "{EVENTS}" AS e'
                f' WHERE e."kind" = \'{table}\' AND e."row" = NEW."id" AND e."version" = NEW."version"'
                f' AND e."from_state" = OLD."state" AND e."to_state" = NEW."state")) IS NOT TRUE',
            )
        )
    return _body(lines, returns="NEW")


def _insert(table: str, states: States) -> str:
    """A row begins at the start."""
    return _body(
        [
            _refuse(
                f"a row of {table} begins as {states.initial}, version 0",
                f'NEW."state" IS DISTINCT FROM \'{states.initial}\' OR NEW."version" IS DISTINCT FROM 0',
            )
        ],
        returns="NEW",
    )


def _event(guards: Sequence[Guard]) -> str:
    """An event goes on from the row as it stands, along the transitions, by somebody who may."""
    lines = []
    for guard in guards:
        if guard.states is not None:
            lines.append(f"IF NEW.\"kind\" = '{guard.table}' THEN")
            lines += [f"  {line}" for line in _event_of(guard.table, guard.states)]
            lines += ["  RETURN NEW;", "END IF;"]
    lines.append(_raise("'almoner: an event about a table that has no states'"))
    return _body(lines)


def _event_of(table: str, states: States) -> list[str]:
    pairs = ", ".join(
        f"('{source}', '{target}')"
        for source, targets in sorted(states.transitions.items())
        for target in sorted(targets)
    )
    lines = [
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
        lines.append(
            _refuse(
                f"whoever made or amended a row of {table} does not approve it",
                f'NEW."to_state" IN ({closed}) AND (EXISTS (SELECT 1 FROM "{table}" AS r'
                f' WHERE r."id" = NEW."row" AND (r."{states.made_by_column}" = NEW."who") IS NOT FALSE)'
                f' OR EXISTS (SELECT 1 FROM "{EVENTS}" AS e WHERE e."kind" = \'{table}\''
                f' AND e."row" = NEW."row" AND e."to_state" = \'{states.initial}\' AND e."who" = NEW."who"))',
            )
        )
    return lines
