"""Every write about editions, rounds and applications, one verb a function."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from almoner.definitions.answers import encode, split
from almoner.definitions.programme import Programme
from almoner.engine.results import Screening
from almoner.engine.screening_json import stored_json
from almoner.flow.applications import queries
from almoner.flow.applications.models import Application, Edition, Revision, Round, StoredScreening, WindDown
from almoner.people.models import Party
from almoner.values.canonical import plain
from almoner.values.ids import reference
from almoner.values.numbers import to_micros
from almoner.vault.blind import mac
from almoner.vault.models import Stamp
from almoner.vault.sealed import seal
from almoner.vault.states import move_all

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Sheet:
    """An answer sheet as it arrives: which row it is, who answered, when it was first submitted, what was said.

    `row_key` is the giver's own name for the row, '' where it has none; `row` is its number in the file.
    """

    row_key: str
    as_of: date
    answers: dict[str, Any]
    row: int = 0
    identifiers: Mapping[str, str] = field(default_factory=dict)


def store_edition(programme: Programme, *, stamp: Stamp) -> Edition:
    """The stored edition of a definition: made once a digest."""
    found = Edition.objects.filter(digest=programme.digest).first()
    return found or Edition.objects.create(
        programme=programme.key, digest=programme.digest, frozen=programme.frozen, **stamp.columns()
    )


def open_round(edition: Edition, *, name: str, year: int, currency: str, real: bool, stamp: Stamp) -> Round:  # noqa: PLR0913 -- a round has these sides
    """A round under an edition. Its budget is the ledger's business."""
    return Round.objects.create(
        programme=edition.programme,
        name=name,
        year=year,
        currency=currency,
        edition=edition,
        real=real,
        state="open",
        **stamp.columns(),
    )


def submit(
    round_: Round, sheets: Sequence[tuple[Sheet, Party]], *, run: Any, stamp: Stamp
) -> list[Application]:
    """New applications of a round, in the order given, each taken from draft to submitted."""
    applications = draft(round_, sheets, run=run, stamp=stamp)
    move_all(applications, "submitted", stamp=stamp, why="received")
    return applications


def draft(
    round_: Round, sheets: Sequence[tuple[Sheet, Party]], *, run: Any, stamp: Stamp
) -> list[Application]:
    """New applications of a round that nobody submitted here: what was decided elsewhere is decided from here."""
    first = queries.last_number(round_) + 1
    applications = [
        Application(
            reference=reference(queries.prefix(round_), sheet.as_of.year, first + offset),
            round=round_,
            edition=round_.edition,
            party=party,
            as_of=sheet.as_of,
            row_key=sheet.row_key or f"party {party.uid}",
            run=run,
            state="draft",
            **stamp.columns(),
        )
        for offset, (sheet, party) in enumerate(sheets)
    ]
    return Application.objects.bulk_create(applications, batch_size=CHUNK)


def revise(
    programme: Programme, pairs: Sequence[tuple[Application, Sheet]], *, stamp: Stamp
) -> list[Revision]:
    """The next revision of each application: open answers, and the rest under the party's key."""
    revisions = []
    last = queries.last_revisions([application for application, _sheet in pairs])
    for application, sheet in pairs:
        stored = encode(programme.form, sheet.answers)
        open_part, sealed_part = split(programme.form, stored)
        revision = Revision(
            application=application,
            number=last.get(application.pk, 0) + 1,
            answers=open_part,
            answers_mac=_mac_of(sheet.as_of, stored),
            **stamp.columns(),
        )
        revision.answers_sealed = seal(
            application.party.data_key, row=revision, field="answers_sealed", value=sealed_part
        )
        revisions.append(revision)
    return Revision.objects.bulk_create(revisions, batch_size=CHUNK)


def sheet_mac(programme: Programme, sheet: Sheet) -> str:
    """A keyed digest of the whole sheet: equal for equal answers, telling nothing without the key."""
    return _mac_of(sheet.as_of, encode(programme.form, sheet.answers))


def _mac_of(as_of: date, stored: Mapping[str, Any]) -> str:
    return mac("sheet", [as_of.isoformat(), stored])


def store_screenings(
    programme: Programme,
    edition: Edition,
    screened: Sequence[tuple[Revision, Screening]],
    *,
    stamp: Stamp,
) -> list[StoredScreening]:
    """What the engine answered about each revision; the application moves to where the outcome puts it."""
    rows = []
    for revision, screening in screened:
        party = revision.application.party
        row = StoredScreening(
            revision=revision,
            edition=edition,
            as_of=revision.application.as_of,
            outcome=screening.outcome,
            points_micros=None if screening.points is None else to_micros(screening.points),
            result=stored_json(programme, screening),
            **stamp.columns(),
        )
        row.derived_sealed = seal(
            party.data_key, row=row, field="derived_sealed", value=plain(dict(screening.derived))
        )
        rows.append(row)
    stored = StoredScreening.objects.bulk_create(rows, batch_size=CHUNK)
    for state in ("screened", "needs information"):
        moving = [
            revision.application
            for revision, screening in screened
            if (screening.outcome == "needs information") == (state == "needs information")
            and revision.application.state != state
        ]
        move_all(moving, state, stamp=stamp, why="screened by the engine")
    return stored


def reviewed(applications: Sequence[Application], *, stamp: Stamp) -> None:
    """As many have reviewed them as the file demands."""
    move_all(applications, "reviewed", stamp=stamp, why="reviewed by all")


def review_again(applications: Sequence[Application], *, stamp: Stamp) -> None:
    """A reviewer withdrew: they wait for another."""
    move_all(applications, "screened", stamp=stamp, why="a reviewer withdrew")


def lapse(applications: Sequence[Application], *, why: str, stamp: Stamp) -> None:
    """Reminded, no answer: closed without a decision, reopened by an answer."""
    move_all(applications, "lapsed", stamp=stamp, why=why)


def reopen(late: Sequence[Application], *, stamp: Stamp) -> None:
    """Late answers arrived: the cases are looked at again."""
    move_all(late, "reopened", stamp=stamp, why="an answer arrived")


def wind_down(programme: str, *, why: str, stamp: Stamp) -> WindDown:
    """From the stamp's day the programme takes nobody new. It winds down once."""
    return WindDown.objects.create(programme=programme, why=why, **stamp.columns())
