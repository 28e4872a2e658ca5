"""Runs every stored screening again under its own edition and as-of date: there must be no difference."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from almoner.engine.results import Case
from almoner.engine.screening import screen
from almoner.engine.screening_json import stored_json
from almoner.flow.applications import queries
from almoner.flow.applications.models import StoredScreening
from almoner.values.canonical import plain

BATCH = 1000


@dataclass(frozen=True, slots=True)
class Difference:
    """Where a screening that is run again says otherwise than the stored one."""

    reference: str
    revision: int
    what: str
    stored: Any
    now: Any


def replay(programme: str | None = None) -> Iterator[tuple[int, list[Difference]]]:
    """Replay in batches: how many screenings were run again, and where they differ."""
    rows = queries.every_screening(programme)
    while batch := list(islice(rows, BATCH)):
        yield len(batch), _replayed(batch)


def _replayed(batch: list[StoredScreening]) -> list[Difference]:
    by_edition: dict[int, list[StoredScreening]] = {}
    for row in batch:
        by_edition.setdefault(row.edition_id, []).append(row)
    return [difference for rows in by_edition.values() for difference in _under_one_edition(rows)]


def _under_one_edition(rows: list[StoredScreening]) -> Iterator[Difference]:
    programme = queries.programme_of(rows[0].edition)
    cases = [Case(row.as_of, queries.answers_of(programme, row.revision)) for row in rows]
    for row, screening in zip(rows, screen(programme, cases), strict=True):
        now = stored_json(programme, screening)
        said = {**row.result, "derived": queries.derived_of(row)}
        for what, value in {**now, "derived": plain(dict(screening.derived))}.items():
            if said.get(what) != value:
                reference = row.revision.application.reference
                # A derived value may be sealed: that it differs is said, what it was is not.
                shown = (None, None) if what == "derived" else (said.get(what), value)
                yield Difference(reference, row.revision.number, what, *shown)
