"""Every read about editions, rounds and applications that another layer needs."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from functools import lru_cache
from itertools import islice
from typing import Any, TypeVar

from django.db.models import Max, OuterRef, QuerySet, Subquery

from almoner.definitions.answers import decode
from almoner.definitions.load import from_edition
from almoner.definitions.programme import Programme
from almoner.flow.applications.models import Application, Edition, Revision, Round, StoredScreening, WindDown
from almoner.vault.sealed import open_sealed

T = TypeVar("T")

_CHUNK = 500
"""So many applications are named in one question to the database."""


@lru_cache(maxsize=32)
def _programme_of(digest: str) -> Programme:
    return from_edition(bytes(Edition.objects.get(digest=digest).frozen))


def programme_of(edition: Edition) -> Programme:
    """The definition as it was frozen in this edition, whatever today's file says."""
    return _programme_of(edition.digest)


def editions_of(programme: str) -> list[Programme]:
    """Every edition of a programme that is stored, the first first."""
    return [programme_of(edition) for edition in Edition.objects.filter(programme=programme)]


def find_round(programme: str, name: str) -> Round | None:
    """A round by its name."""
    return Round.objects.select_related("edition").filter(programme=programme, name=name).first()


def lock_round(round_: Round) -> Round:
    """The round, locked until the end of the transaction: the first lock that a step takes."""
    return Round.objects.select_for_update().select_related(None).get(pk=round_.pk)


def lock_rounds_of(programme: str) -> None:
    """Lock every round of a programme, in one order, for what is counted over all of them."""
    list(Round.objects.select_for_update().filter(programme=programme).order_by("pk").values_list("pk"))


def rounds_of(programme: str) -> list[Round]:
    """A programme's rounds in the order in which they were opened."""
    return list(Round.objects.select_related("edition").filter(programme=programme))


def all_rounds() -> list[Round]:
    """Every round of the office."""
    return list(Round.objects.select_related("edition").order_by("real", "id"))


def prefix(round_: Round) -> str:
    """The letters of a reference: the first letter of each word of the programme's name."""
    return "".join(word[0] for word in round_.programme.split("_")).upper()


def last_number(round_: Round) -> int:
    """The highest running number of the programme so far."""
    return Application.objects.filter(round__programme=round_.programme).count()


def by_row_keys(round_: Round, row_keys: Collection[str]) -> dict[str, Application]:
    """The round's applications of these rows of the giver's file, by row."""
    rows = _applications_in(round_)
    found = (one for some in _chunks(row_keys) for one in rows.filter(row_key__in=some))
    return {application.row_key: application for application in found}


def of_parties(round_: Round, parties: Collection[int]) -> list[Application]:
    """The round's applications of these parties, in their order."""
    rows = _applications_in(round_)
    return sorted((one for some in _chunks(parties) for one in rows.filter(party__in=some)), key=_by_id)


def _applications_in(round_: Round) -> QuerySet[Application]:
    # In no order: for the sake of one SQLite would walk through the whole round for every few names.
    return Application.objects.select_related("party__data_key", "edition").filter(round=round_).order_by()


def _by_id(application: Application) -> int:
    return application.pk


def _chunks(wanted: Collection[T]) -> Iterator[list[T]]:
    rest = iter(wanted)
    while some := list(islice(rest, _CHUNK)):
        yield some


def last_revisions(applications: Sequence[Application]) -> dict[int, int]:
    """The number of each application's last revision, by application; one that has none is not in it."""
    known = [one.pk for one in applications if one.version > 1 or one.state not in {"draft", "submitted"}]
    found: dict[int, int] = {}
    for some in _chunks(known):
        rows = Revision.objects.filter(application__in=some)
        found |= dict(rows.values_list("application_id").annotate(last=Max("number")))
    return found


def latest_macs(applications: Sequence[Application]) -> dict[int, str]:
    """The keyed digest of each application's latest sheet, by application."""
    found: dict[int, str] = {}
    for some in _chunks([one.pk for one in applications]):
        rows = Revision.objects.filter(application__in=some).order_by("number")
        found |= dict(rows.values_list("application_id", "answers_mac"))
    return found


def answers_of(programme: Programme, revision: Revision) -> dict[str, Any]:
    """The typed answers of a revision, opened with the party's key."""
    sealed = open_sealed(
        revision.application.party.data_key,
        row=revision,
        field="answers_sealed",
        value=revision.answers_sealed,
    )
    return decode(programme.form, {**revision.answers, **sealed})


def latest_revisions(application_ids: Sequence[int]) -> dict[int, Revision]:
    """The latest revision of each application, with what it takes to open it."""
    rows = Revision.objects.select_related("application__party__data_key").filter(
        application__in=application_ids
    )
    return {row.application_id: row for row in rows.order_by("number")}


def derived_of(screening: StoredScreening) -> dict[str, Any]:
    """The derived values of a stored screening as plain JSON values."""
    opened: dict[str, Any] = open_sealed(
        screening.revision.application.party.data_key,
        row=screening,
        field="derived_sealed",
        value=screening.derived_sealed,
    )
    return opened


def latest_screenings(round_: Round) -> QuerySet[StoredScreening]:
    """The screening of each application's latest revision, in the order of the applications."""
    newest = (
        StoredScreening.objects.filter(revision__application=OuterRef("revision__application"))
        .order_by("-revision__number")
        .values("pk")[:1]
    )
    return (
        StoredScreening.objects.select_related("revision__application__party__data_key", "edition")
        .filter(revision__application__round=round_, pk=Subquery(newest))
        .order_by("revision__application_id")
    )


def sheets_without_screening(round_: Round) -> dict[int, Revision]:
    """The latest sheet of each application that was never screened here, by application: it was decided elsewhere."""
    rows = Revision.objects.select_related("application__party__data_key").filter(
        application__round=round_, screening__isnull=True
    )
    screened = StoredScreening.objects.filter(revision__application__round=round_)
    unscreened = rows.exclude(application__in=screened.values("revision__application"))
    return {row.application_id: row for row in unscreened.order_by("number")}


def every_screening(programme: str | None = None) -> Iterator[StoredScreening]:
    """Every stored screening, edition by edition: what `replay` runs again."""
    rows = StoredScreening.objects.select_related("revision__application__party__data_key", "edition")
    if programme is not None:
        rows = rows.filter(edition__programme=programme)
    return rows.order_by("edition_id", "id").iterator(chunk_size=1000)


def count_screenings(programme: str | None = None) -> int:
    """How many screenings are stored."""
    rows = StoredScreening.objects.all()
    return rows.count() if programme is None else rows.filter(edition__programme=programme).count()


def row_keys(round_: Round, state: str) -> list[str]:
    """The rows of the giver's file whose applications are in a state."""
    return list(Application.objects.filter(round=round_, state=state).values_list("row_key", flat=True))


def wind_down_of(programme: str) -> WindDown | None:
    """The wind-down of a programme, if one was declared; it holds from the day on which it happened."""
    return WindDown.objects.filter(programme=programme).first()


def closed_to_new(programme: str, day: date) -> WindDown | None:
    """The wind-down by which a programme takes nobody new on a day; None where it does."""
    found = wind_down_of(programme)
    return found if found is not None and found.happened_on <= day else None
