"""Every write about sessions, one verb a function."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from almoner.definitions.answers import encode, split
from almoner.definitions.programme import Field
from almoner.flow.applications.models import Round
from almoner.flow.sessions.models import Session, SessionPapers
from almoner.vault import keys
from almoner.vault.models import Stamp
from almoner.vault.sealed import seal
from almoner.vault.states import move_all

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Planned:
    """A session to be: what the office calls it, where, and on which day."""

    kind: str
    code: str
    site: str
    held_on: date


def plan(round_: Round, planned: Sequence[Planned], *, stamp: Stamp) -> list[Session]:
    """New sessions of a round, each with a data key of its own."""
    data_keys = keys.new_data_keys(len(planned), stamp)
    return Session.objects.bulk_create(
        [
            Session(
                round=round_,
                kind=one.kind,
                code=one.code,
                site=one.site,
                held_on=one.held_on,
                data_key=data_key,
                state="planned",
                **stamp.columns(),
            )
            for one, data_key in zip(planned, data_keys, strict=True)
        ],
        batch_size=CHUNK,
    )


def file_papers(
    session: Session, before: Mapping[str, Field], answers: Mapping[str, Any], *, stamp: Stamp
) -> SessionPapers:
    """What is there of a session's papers from now on; what was known before stays as it was."""
    open_part, sealed_part = split(before, encode(before, answers))
    number = SessionPapers.objects.filter(session=session).count() + 1
    row = SessionPapers(session=session, number=number, answers=open_part, **stamp.columns())
    row.answers_sealed = seal(session.data_key, row=row, field="answers_sealed", value=sealed_part)
    row.save(force_insert=True)
    return row


def move(session: Session, state: str, *, why: str, stamp: Stamp) -> None:
    """The session opens, was held, is closed, or is cancelled with the reason."""
    move_all([session], state, stamp=stamp, why=why)
