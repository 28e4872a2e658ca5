"""A play's papers and files in a test: made without a database, and read under their mappings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from almoner.cli.invented.cast import Cast, Row
from almoner.cli.invented.play import Sheet
from almoner.cli.invented.play_load import INVENTED, load_play
from almoner.cli.invented.writing import write
from almoner.definitions.load import find, load
from almoner.definitions.mapping import BESIDES, ImportMapping, fields_of
from almoner.engine.intake.reading import read_table
from almoner.engine.intake.take_in import take_in


def cast_of(name: str, *, seed: int | None = None) -> Cast:
    """The cast of a play that comes with Almoner, from its own seed or another."""
    play = load_play(INVENTED / f"{name}.yaml")
    return Cast(play if seed is None else replace(play, seed=seed))


def later(cast: Cast, name: str, **known: Any) -> list[list[Row]]:
    """What a file of the round brings each time it comes, if everybody may stand in it; `known` is known of each."""
    sheet = cast.play.files[name]
    everybody = _everybody(cast, sheet)
    people = {person: {**names, **known} for person, names in everybody.items()}
    return [cast.rows(sheet, replace(when, people=people)) for when in cast.occasions(sheet)]


def _everybody(cast: Cast, sheet: Sheet) -> Mapping[str, dict[str, Any]]:
    if sheet.who in cast.play.people:
        return cast.people(cast.play.people[sheet.who])
    return cast.kept[("", sheet.who)] if ("", sheet.who) in cast.kept else cast.applicants()


def after(cast: Cast, name: str, code: str) -> list[list[Row]]:
    """What a file of a session brings each time it comes."""
    day, sessions = next((day, one) for one in cast.play.sessions for day in one.days if day.code == code)
    sheet = sessions.files[name]
    return [cast.rows(sheet, asked, session=code) for asked in cast.occasions_after(sheet, day)]


def everything(cast: Cast) -> list[list[Row]]:
    """Every paper and file of a play, if everybody were awarded and everybody's turn had come."""
    found = [cast.papers(), cast.papers(whole=True)] if cast.play.applications else []
    for name in cast.play.files:
        found += later(cast, name, is_due=True, part=2, delivery="cash.first")
    for sessions in cast.play.sessions:
        for day in sessions.days:
            for name in sessions.files:
                found += after(cast, name, day.code)
    return found


def taken(cast: Cast, mapping: ImportMapping, rows: list[Row], folder: Path) -> tuple[Any, Any]:
    """The programme as the round restates it, and the sheets that the rows become; nothing in them is refused."""
    stated = mapping.round.restatement() if mapping.round else None
    programme = load(find(cast.play.programme.key), round_=stated)
    file = write(folder, "rows", rows, mapping)
    fields = fields_of(programme, mapping.kind, mapping.about)
    intake = take_in(read_table(file, mapping.hints), fields, BESIDES[mapping.kind], mapping)
    assert intake.problems == ()
    return programme, intake.sheets
