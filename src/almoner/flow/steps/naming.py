"""Tells whether a text holds something of who a record is about, by all that the office knows of the person."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from almoner.definitions.tree import Type
from almoner.engine.outgoing import candidates, gives_away, texts_of
from almoner.flow.applications.queries import answers_of, programme_of
from almoner.flow.records.models import Record
from almoner.people.models import Party
from almoner.people.queries import identity_of, is_named_by

TELLING = frozenset({Type.CODE, Type.PARTY, Type.FILE})
"""The types of answers that tell who somebody is."""


def tells_who(text: str, record: Record, *, besides: Collection[str] = ()) -> bool:
    """Whether a text holds a name, a number, a contact or a code of the person, or one of `besides`.

    Raises:
        almoner.vault.keys.Erased: what is known of the person was erased.
    """
    if not text:
        return False
    party = _party_of(record)
    if party is None:
        return gives_away(text, besides)
    return gives_away(text, {*besides, *_known_of(party, record)}) or is_named_by(party, candidates(text))


def _party_of(record: Record | None) -> Party | None:
    """Whom a record is about: who has a file, however far up."""
    while record is not None:
        if record.party is not None:
            return record.party
        if record.award is not None:
            return record.award.party
        record = record.about
    return None


def _known_of(party: Party, record: Record) -> Iterator[str]:
    """What tells who somebody is: the sealed identity, and the codes, names and papers of the application."""
    yield from texts_of(identity_of(party))
    if record.award is None:
        return
    application = record.award.application
    yield application.row_key
    programme = programme_of(application.edition)
    answers = answers_of(programme, application.revisions.latest("number"))
    yield from (
        text
        for name, value in answers.items()
        if programme.form[name].type in TELLING
        for text in texts_of(value)
    )
