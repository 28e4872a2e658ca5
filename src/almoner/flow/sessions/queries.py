"""Every read about sessions that another layer needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from almoner.definitions.answers import decode
from almoner.definitions.programme import Programme
from almoner.engine.session_sheets import papers_due, papers_missing
from almoner.flow.applications.models import Round
from almoner.flow.sessions.models import Session, SessionPapers
from almoner.vault.sealed import open_sealed

TAKES_RECORDS = frozenset({"open", "held"})
"""The states in which a session takes records about itself."""

TOOK_PLACE = frozenset({"held", "closed"})
"""The states of a session that counts."""


def sessions_of(round_: Round) -> list[Session]:
    """A round's sessions in the order of their days."""
    return list(
        Session.objects.select_related("data_key", "round").filter(round=round_).order_by("held_on", "id")
    )


def sessions_by_code(round_: Round, codes: Iterable[str]) -> Mapping[str, Session]:
    """A round's sessions by what the office calls them."""
    rows = Session.objects.select_related("data_key", "round").filter(round=round_, code__in=set(codes))
    return {row.code: row for row in rows}


def lock_session(session: Session) -> Session:
    """The session, locked until the end of the transaction."""
    return Session.objects.select_for_update(of=("self",)).select_related("data_key").get(pk=session.pk)


def papers_of(programme: Programme, session: Session, papers: SessionPapers | None = None) -> dict[str, Any]:
    """What is there of a session's papers, as last known, or as these papers say."""
    last = papers or session.papers.order_by("-number").first()
    if last is None:
        return {}
    sealed = open_sealed(session.data_key, row=last, field="answers_sealed", value=last.answers_sealed)
    return decode(programme.sessions[session.kind].before, {**last.answers, **sealed})


def missing_papers(programme: Programme, session: Session) -> tuple[str, ...]:
    """What must be there before a session opens and is not."""
    return papers_missing(programme, session.kind, papers_of(programme, session), session.held_on)


def late_papers(programme: Programme, session: Session, day: date) -> tuple[str, ...]:
    """The papers whose day has passed and which are not there."""
    missing = {name.partition("[")[0] for name in missing_papers(programme, session)}
    due = papers_due(programme, session.kind, session.held_on)
    return tuple(name for name, by in due.items() if name in missing and by < day)
