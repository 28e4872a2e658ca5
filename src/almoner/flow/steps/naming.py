"""Tells whether a text holds something of who a record is about, by all that the office knows of the person."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from almoner.definitions.tree import Type
from almoner.engine.outgoing import candidates, gives_away, texts_of
from almoner.engine.tasks import form_of
from almoner.flow.applications.queries import answers_of, programme_of
from almoner.flow.deliveries.sheets import record_answers
from almoner.flow.records.models import Record
from almoner.flow.records.queries import sheets_together
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
    known = {*besides, *_written_beside(record)}
    if party is None:
        return gives_away(text, known)
    return gives_away(text, {*known, *_known_of(party, record)}) or is_named_by(party, candidates(text))


def _party_of(record: Record | None) -> Party | None:
    """Whom a record is about: who has a file, however far up."""
    while record is not None:
        if record.party is not None:
            return record.party
        if record.award is not None:
            return record.award.party
        record = record.about
    return None


def _written_beside(record: Record) -> Iterator[str]:
    """Names and contacts on the sheets of a session that belong together, where a name may stand on another sheet.

    A file's name is none of them: it is what an evidence names.
    """
    if record.award is not None:
        return
    programme = programme_of(record.round.edition)
    for sheet in sheets_together(record):
        asked = form_of(programme, sheet.name)
        told = {name for name, field in asked.items() if field.type in {Type.CODE, Type.PARTY}}
        if told:
            answers = record_answers(programme, sheet)
            yield from (text for name in asked if name in told for text in texts_of(answers.get(name)))


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
