"""Every read about decisions and awards that another layer needs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import QuerySet

from almoner.flow.applications.models import Application, Round
from almoner.flow.decisions.models import Award, Decision, RoundCut
from almoner.vault.guards import guard_of

_CHUNK = 500


def cut_of(round_: Round) -> RoundCut | None:
    """How a round was cut, if it was."""
    return RoundCut.objects.filter(round=round_).first()


def awards_in(round_: Round, *states: str) -> QuerySet[Award]:
    """A round's awards in any of these states, in the order in which they were proposed."""
    rows = Award.objects.select_related(
        "application__edition", "party__data_key", "round", "decision__screening"
    )
    return rows.filter(round=round_, state__in=states) if states else rows.filter(round=round_)


def awards_by_row(round_: Round, row_keys: list[str]) -> dict[str, Award]:
    """A round's awards by the row of the giver's file in which their application came."""
    rows = Award.objects.select_related(
        "application__party__data_key", "party__data_key", "round", "decision__screening"
    ).filter(round=round_, application__row_key__in=row_keys)
    return {award.application.row_key: award for award in rows}


def awards_by_reference(references: Iterable[str]) -> dict[str, Award]:
    """Awards of whatever round by their references."""
    rows = Award.objects.select_related("round").filter(reference__in=set(references)).order_by("id")
    return {award.reference: award for award in rows}


def award_states() -> list[str]:
    """Every state that an award may be in."""
    states = guard_of(Award._meta.db_table).states
    moves = states.transitions if states else {}
    return sorted(set(moves).union(*moves.values()))


def awards_of(applications: Sequence[Application]) -> dict[int, Award]:
    """The awards of applications by application, each with its decision and benefits."""
    found: dict[int, Award] = {}
    for start in range(0, len(applications), _CHUNK):
        rows = Award.objects.select_related("decision").prefetch_related("benefits")
        chunk = [one.pk for one in applications[start : start + _CHUNK]]
        found |= {award.application_id: award for award in rows.filter(application__in=chunk)}
    return found


def decided_elsewhere_in(round_: Round) -> list[int]:
    """The applications of a round that another body decided."""
    rows = Decision.objects.filter(application__round=round_, elsewhere__isnull=False)
    return list(rows.values_list("application_id", flat=True))


def declined_of_elsewhere(applications: Sequence[Application]) -> set[int]:
    """Those of these applications that another body decided and nobody approved here."""
    found: set[int] = set()
    for start in range(0, len(applications), _CHUNK):
        some = [one.pk for one in applications[start : start + _CHUNK]]
        rows = Award.objects.filter(application__in=some, state="declined", decision__elsewhere__isnull=False)
        found |= set(rows.values_list("application_id", flat=True))
    return found


def count_decided_elsewhere(programme: str | None = None) -> int:
    """How many decisions rest on another body's paper and on no screening of ours."""
    rows = Decision.objects.filter(elsewhere__isnull=False)
    return rows.count() if programme is None else rows.filter(application__round__programme=programme).count()


def awarded_row_keys(round_: Round) -> list[str]:
    """The rows of the giver's file whose applications led to an award that was not declined."""
    rows = Award.objects.filter(round=round_).exclude(state__in=("proposed", "declined"))
    return list(rows.values_list("application__row_key", flat=True))


def find_award(reference: str) -> Award | None:
    """An award by its reference."""
    rows = Award.objects.select_related(
        "application__edition", "party__data_key", "round__edition", "decision__screening"
    )
    return rows.filter(reference=reference).first()
