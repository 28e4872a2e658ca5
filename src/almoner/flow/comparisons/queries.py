"""Every read about comparisons that another layer needs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from almoner.definitions.answers import decode
from almoner.definitions.programme import Programme
from almoner.engine import casefile
from almoner.engine.schedule import AWARD, follow_ups_from
from almoner.flow.applications.models import Round
from almoner.flow.comparisons.models import Compared, ComparedAttempt
from almoner.vault.sealed import open_sealed


def compared_by_row(round_: Round, group: str) -> dict[str, Compared]:
    """The parties of a comparison by the row of the giver's file."""
    rows = Compared.objects.select_related("party__data_key").prefetch_related("attempts")
    return {row.row_key: row for row in rows.filter(round=round_, group=group)}


def occasions(programme: Programme, name: str, joined_on: date) -> list[date]:
    """The days on which a compared party is asked: those of an award that began when it joined."""
    return sorted(one.due_on for one in follow_ups_from(programme, AWARD, joined_on) if one.name == name)


def asked(
    programme: Programme, round_: Round, name: str, until: date
) -> Iterator[tuple[Compared, casefile.FollowUp]]:
    """Every occasion of a follow-up that fell due by a day, of every compared party, with its attempts and answers."""
    rows = (
        Compared.objects.select_related("party__data_key").prefetch_related("attempts").filter(round=round_)
    )
    for row in rows:
        if row.group not in programme.follow_ups[name].compared:
            continue
        for due_on in occasions(programme, name, row.happened_on):
            if due_on <= until:
                yield row, follow_up_of(programme, row, name, due_on)


def follow_up_of(programme: Programme, row: Compared, name: str, due_on: date) -> casefile.FollowUp:
    """One occasion as the engine knows it."""
    tries = [one for one in row.attempts.all() if (one.name, one.due_on) == (name, due_on)]
    answered = [one for one in tries if one.result == "answered"]
    return casefile.FollowUp(
        name=name,
        due_on=due_on,
        attempts=tuple(casefile.Attempt(one.happened_on, one.result) for one in tries),
        answers=_answers(programme, row, answered[-1]) if answered else None,
    )


def _answers(programme: Programme, row: Compared, attempt: ComparedAttempt) -> dict[str, Any]:
    sealed = open_sealed(
        row.party.data_key, row=attempt, field="answers_sealed", value=attempt.answers_sealed
    )
    return decode(programme.follow_ups[attempt.name].form, {**attempt.answers, **sealed})
