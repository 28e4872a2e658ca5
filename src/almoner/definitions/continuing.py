"""Editions that only continue the tables of another: more rows, and every old one as it was."""

from __future__ import annotations

from typing import Any

from almoner.definitions import edition
from almoner.definitions.instruments import PREFIX
from almoner.definitions.programme import Programme
from almoner.values.canonical import read


def continues(new: Programme, old: Programme) -> bool:
    """Whether one edition is another with rows added to its tables and calendars, and nothing else changed."""
    if _without_tables(new) != _without_tables(old):
        return False
    tables = all(set(table.rows) <= set(new.lookups[name].rows) for name, table in old.lookups.items())
    return tables and all(
        set(calendar.periods) <= set(new.calendars[name].periods) for name, calendar in old.calendars.items()
    )


def _without_tables(programme: Programme) -> Any:
    whole = read(programme.frozen)
    instruments = {name: text for name, text in whole["lookups"].items() if name.startswith(PREFIX)}
    return {**whole, "lookups": instruments}


def restated_in(programme: Programme) -> dict[str, Any] | None:
    """What an edition's round restates, in the words in which `load` takes it; None where it restates nothing."""
    found = read(programme.frozen)["round"]
    return None if found is None else _plain(found)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value[edition.PAIRS]}
    return [_plain(inner) for inner in value] if isinstance(value, list) else value
