"""Takes over a file of applications: every row screened under the round's edition, all rows or none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from almoner.definitions.programme import Programme
from almoner.engine.results import Case
from almoner.engine.screening import screen
from almoner.flow.applications import actions as applications
from almoner.flow.applications import queries
from almoner.flow.applications.actions import Sheet
from almoner.flow.applications.models import Application, Round
from almoner.flow.imports import actions as imports
from almoner.flow.imports.actions import Source
from almoner.flow.imports.models import ImportRun
from almoner.flow.steps.matching import (
    AmbiguousError,
    Found,
    Named,
    Unclear,
    learn,
    match,
    open_files,
    shared,
)
from almoner.flow.steps.recipe import Request, Result, StepRefusedError, carry_out
from almoner.flow.steps.winding_down import refuse_new
from almoner.values.language import _
from almoner.values.progress import CHECKING, WRITING, begin, pieces
from almoner.vault.models import Stamp

__all__ = ["Received", "Sheet", "Source", "receive_applications", "sort_out"]

PIECE = 2_000
"""So many rows of a file are made into records at once, so that memory grows with the file and not with its records."""

OUTCOMES = ("eligible", "needs information", "not eligible")

OPEN = frozenset({"submitted", "screened", "needs information", "lapsed", "reopened"})
"""The states in which an application still takes another answer."""


@dataclass(frozen=True, slots=True)
class Received:
    """What a file comes to, before anything is written: how many rows are of each kind, the unclear ones by name."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    identified: int = 0
    """Parties that are there and become known by another identifier."""
    closed: Sequence[str] = ()
    """Rows whose application was decided: they take no further answer."""
    ambiguous: Sequence[Unclear] = ()
    """Rows of which nobody can say whom they are about, or which of several rows holds."""

    def counts(self) -> dict[str, int]:
        """How many rows are of each kind."""
        return {
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "identified": self.identified,
            "closed": len(self.closed),
            "ambiguous": len(self.ambiguous),
        }

    def refuse_unclear(self) -> None:
        """Go on only if every row has its place.

        Raises:
            AmbiguousError: nobody can say whom a row is about.
            StepRefusedError: the application of a row was decided.
        """
        if self.ambiguous:
            raise AmbiguousError(self.ambiguous)
        if self.closed:
            raise StepRefusedError(
                _("{count} rows belong to applications that were decided, the first is '{row}'.").format(
                    count=len(self.closed), row=self.closed[0]
                )
            )


@dataclass(slots=True)
class _Piece:
    """Some rows of a file, each by what it changes."""

    created: list[tuple[Sheet, Found]] = field(default_factory=list)
    updated: list[tuple[Application, Sheet]] = field(default_factory=list)
    unchanged: int = 0
    identified: list[Found] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    ambiguous: list[Unclear] = field(default_factory=list)


def sort_out(round_: Round | None, programme: Programme, sheets: Sequence[Sheet]) -> Received:
    """What a file of applications would change. Without a round every row is new."""
    twice = shared(_Names(sheets))
    created = updated = unchanged = identified = 0
    closed: list[str] = []
    ambiguous: list[Unclear] = []
    for piece in _sorted(CHECKING, round_, programme, sheets, twice):
        created += len(piece.created)
        updated += len(piece.updated)
        unchanged += piece.unchanged
        identified += len(piece.identified)
        closed += piece.closed
        ambiguous += piece.ambiguous
    return Received(created, updated, unchanged, identified, closed, ambiguous)


@dataclass(frozen=True, slots=True)
class _Names(Iterable[Named]):
    """How each row of a file names its party, as often as asked."""

    sheets: Sequence[Sheet]

    def __iter__(self) -> Iterator[Named]:
        return (Named(sheet.row, sheet.row_key, sheet.identifiers) for sheet in self.sheets)


def _sorted(
    stage: str,
    round_: Round | None,
    programme: Programme,
    sheets: Sequence[Sheet],
    twice: Mapping[int, str],
) -> Iterator[_Piece]:
    """The file piece by piece. Nothing that is written for a piece changes how the next ones are sorted."""
    first = 0
    for some in pieces(stage, sheets, PIECE):
        named = list(_Names(some))
        yield _sort(programme, some, match(round_, programme.serves, named, twice=twice, first=first))
        first += len(some)


def _sort(programme: Programme, sheets: Sequence[Sheet], matched: Sequence[Found | Unclear]) -> _Piece:
    macs = queries.latest_macs(
        [one.application for one in matched if isinstance(one, Found) and one.application]
    )
    piece = _Piece()
    for sheet, found in zip(sheets, matched, strict=True):
        if isinstance(found, Unclear):
            piece.ambiguous.append(found)
            continue
        application = found.application
        if found.party is not None and found.new_identifiers:
            piece.identified.append(found)
        if application is None:
            piece.created.append((sheet, found))
        elif macs.get(application.pk) == applications.sheet_mac(programme, _kept(sheet, application)):
            piece.unchanged += 1
        elif application.state in OPEN:
            piece.updated.append((application, _kept(sheet, application)))
        else:
            piece.closed.append(Named(sheet.row, sheet.row_key).shown)
    return piece


def _kept(sheet: Sheet, application: Application) -> Sheet:
    """The sheet under the application's own as-of date, which never moves."""
    return replace(sheet, as_of=application.as_of)


def receive_applications(
    round_: Round, sheets: Sequence[Sheet], *, source: Source, request: Request
) -> Result:
    """Take over a file of applications, whole: parties, answers, screenings and states in one transaction.

    The same file a second time returns the first result; a changed file adds revisions where an answer changed.

    Raises:
        AmbiguousError: nobody can say whom a row is about.
        StepRefusedError: a row belongs to an application that was decided, or is new where the programme winds down.
    """
    programme = queries.programme_of(round_.edition)

    def do(stamp: Stamp) -> Result:
        locked = queries.lock_round(round_)
        begin(CHECKING)
        received = sort_out(locked, programme, sheets)
        received.refuse_unclear()
        if received.created:
            refuse_new(round_.programme, request.happened_on)
        run = imports.start(
            programme=programme.key,
            round_name=round_.name,
            source=source,
            counts=received.counts(),
            stamp=stamp,
        )
        outcomes: Counter[str] = Counter(dict.fromkeys(OUTCOMES, 0))
        for piece in _sorted(WRITING, locked, programme, sheets, {}):
            learn(piece.identified, stamp=stamp)
            late = [application for application, _sheet in piece.updated if application.state == "lapsed"]
            applications.reopen(late, stamp=stamp)
            opened = _opened(programme, locked, run, piece.created, stamp)
            outcomes.update(_screen(programme, round_, [*opened, *piece.updated], stamp))
        return {**received.counts(), "outcomes": dict(outcomes)}

    arguments = {
        "round": str(round_.uid),
        "file": source.file_digest,
        "mapping": source.mapping_digest,
        "rows": len(sheets),
    }
    return carry_out("receive", request, may="import", programme=round_.programme, arguments=arguments, do=do)


def _opened(
    programme: Programme, round_: Round, run: ImportRun, piece: Sequence[tuple[Sheet, Found]], stamp: Stamp
) -> list[tuple[Application, Sheet]]:
    """New applications for some rows, each of a party that is known or whose file is opened now."""
    sheets = [sheet for sheet, _found in piece]
    files = [(found, sheet.identifiers) for sheet, found in piece]
    parties = open_files(programme.serves, files, stamp=stamp)
    new = applications.submit(round_, list(zip(sheets, parties, strict=True)), run=run, stamp=stamp)
    return list(zip(new, sheets, strict=True))


def _screen(
    programme: Programme, round_: Round, pairs: Sequence[tuple[Application, Sheet]], stamp: Stamp
) -> Counter[str]:
    """The sheets are kept and checked; how many there are of each outcome."""
    revisions = applications.revise(programme, pairs, stamp=stamp)
    screenings = screen(programme, [Case(application.as_of, sheet.answers) for application, sheet in pairs])
    screened = list(zip(revisions, screenings, strict=True))
    applications.store_screenings(programme, round_.edition, screened, stamp=stamp)
    return Counter(one.outcome for one in screenings)
