"""Every write about comparisons, one verb a function."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from almoner.definitions.answers import encode, split
from almoner.definitions.programme import Field
from almoner.flow.applications.models import Round
from almoner.flow.comparisons.models import Compared, ComparedAttempt
from almoner.people.models import Party
from almoner.vault.blind import mac
from almoner.vault.models import Stamp
from almoner.vault.sealed import seal

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Try:
    """A try to ask a compared party: for which occasion, how it ended, and the answers."""

    compared: Compared
    name: str
    due_on: date
    number: int
    result: str
    happened_on: date
    answers: Mapping[str, Any]


def join(
    round_: Round, group: str, new: Sequence[tuple[Party, str, date]], *, stamp: Stamp
) -> list[Compared]:
    """Parties that said yes: each with its row of the giver's file and the day."""
    return Compared.objects.bulk_create(
        [
            Compared(
                round=round_,
                party=party,
                group=group,
                row_key=row_key,
                **(stamp.columns() | {"happened_on": day}),
            )
            for party, row_key, day in new
        ],
        batch_size=CHUNK,
    )


def attempt(tries: Sequence[Try], form: Mapping[str, Field], *, stamp: Stamp) -> list[ComparedAttempt]:
    """Tries to ask compared parties, the answers sealed under each party's own key."""
    rows = []
    for one in tries:
        open_part, sealed_part = split(form, encode(form, one.answers))
        row = ComparedAttempt(
            compared=one.compared,
            name=one.name,
            due_on=one.due_on,
            number=one.number,
            result=one.result,
            answers=open_part,
            answers_mac=attempt_mac(one.happened_on, one.result, form, one.answers),
            **(stamp.columns() | {"happened_on": one.happened_on}),
        )
        key = one.compared.party.data_key
        row.answers_sealed = seal(key, row=row, field="answers_sealed", value=sealed_part)
        rows.append(row)
    return ComparedAttempt.objects.bulk_create(rows, batch_size=CHUNK)


def attempt_mac(day: date, result: str, form: Mapping[str, Field], answers: Mapping[str, Any]) -> str:
    """A keyed digest of a try: the same row a second time is told by it."""
    return mac("compared", [day.isoformat(), result, encode(form, answers)])
