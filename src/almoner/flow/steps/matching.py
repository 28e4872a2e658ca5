"""Whose row is it: by the giver's own name for the row, by identifiers, or by both, which must then agree.

Nobody is picked: a row whose reference and identifiers, or whose identifiers, lead to different parties is *ambiguous*,
and so is one that another row of the file could be as well. What an identifier says is compared by its blind index
alone and stands in no message.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from types import MappingProxyType

from django.db import IntegrityError

from almoner.flow.applications.models import Application, Round
from almoner.flow.applications.queries import by_row_keys, of_parties
from almoner.flow.decisions.queries import declined_of_elsewhere
from almoner.flow.steps.recipe import StepRefusedError
from almoner.people import actions as people
from almoner.people.models import Party
from almoner.people.queries import identifiers_of, parties_by_identifiers
from almoner.values.language import _, few
from almoner.vault.blind import Kind, blind_index
from almoner.vault.models import Stamp

ERASED = "erased"


@dataclass(frozen=True, slots=True)
class Named:
    """How a row of a file says whom it is about. `row` counts from 1; a reference may be absent, '' ."""

    row: int
    reference: str
    identifiers: Mapping[str, str] = field(default_factory=dict)

    @property
    def shown(self) -> str:
        """The row as messages name it: never by an identifier."""
        return self.reference or _("row {row}").format(row=self.row)


@dataclass(frozen=True, slots=True)
class Found:
    """Who a row is about: the application in the round, or else the party that is known; neither is somebody new.

    `new_identifiers` are those that the party is not known by yet.
    """

    application: Application | None = None
    party: Party | None = None
    new_identifiers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unclear:
    """A row of which nobody can say whom it is about, and why."""

    row: int
    name: str
    reason: str

    def __str__(self) -> str:
        return f"{self.name}: {self.reason}"


class AmbiguousError(StepRefusedError):
    """Rows of which nobody can say whom they are about; nothing was changed."""

    def __init__(self, unclear: Sequence[Unclear]) -> None:
        rows = few(unclear, between="; ")
        super().__init__(
            _("{count} rows are ambiguous and none is picked: {rows}").format(count=len(unclear), rows=rows)
        )
        self.unclear = tuple(unclear)


def match_once(round_: Round | None, serves: str, rows: Sequence[Named]) -> list[Found | Unclear]:
    """Who each row of a whole file is about, where each party stands in one row: a second one is ambiguous."""
    return match(round_, serves, rows, twice=shared(rows))


def match(
    round_: Round | None,
    serves: str,
    rows: Sequence[Named],
    *,
    twice: Mapping[int, str] = MappingProxyType({}),
    first: int = 0,
) -> list[Found | Unclear]:
    """Who each row is about, in the order given. Only what the rows name is read.

    Args:
        round_: the round that the file belongs to; None where it is not opened yet.
        serves: the kind of party that the programme serves.
        rows: how each row names its party: a file's, or a piece of them.
        twice: the places in the file whose rows name the same party as another row, and why that is unclear.
        first: the place in the file of the first of the rows.
    """
    matching = _Matching.of(round_, serves, rows)
    return [
        Unclear(row.row, row.shown, twice[place]) if place in twice else matching.one(row)
        for place, row in enumerate(rows, start=first)
    ]


@dataclass(frozen=True, slots=True)
class _Matching:
    serves: str
    by_reference: Mapping[str, Application]
    by_party: Mapping[int, Sequence[Application]]
    holders: Mapping[tuple[str, str], Party]
    known_by: Mapping[int, Mapping[str, str]]
    declined: Collection[int]

    @classmethod
    def of(cls, round_: Round | None, serves: str, rows: Sequence[Named]) -> _Matching:
        """Everything that the rows are compared with, read at once."""
        said: dict[str, set[str]] = defaultdict(set)
        for row in rows:
            for scheme, value in row.identifiers.items():
                said[scheme].add(value)
        holders = {
            (scheme, value): party
            for scheme, values in said.items()
            for value, party in parties_by_identifiers(scheme, sorted(values)).items()
        }
        parties = {party.pk for party in holders.values()}
        references = {row.reference for row in rows if row.reference}
        by_reference = by_row_keys(round_, sorted(references)) if round_ else {}
        there = of_parties(round_, sorted(parties)) if round_ else []
        by_party: dict[int, list[Application]] = defaultdict(list)
        for application in there:
            by_party[application.party_id].append(application)
        if said:
            parties |= {application.party_id for application in by_reference.values()}
        return cls(
            serves, by_reference, by_party, holders, identifiers_of(parties), declined_of_elsewhere(there)
        )

    def one(self, row: Named) -> Found | Unclear:
        """One row."""
        holders = {
            self.holders[scheme, value].pk: self.holders[scheme, value]
            for scheme, value in row.identifiers.items()
            if (scheme, value) in self.holders
        }
        own = self.by_reference.get(row.reference) if row.reference else None
        if len(holders) > 1:
            return Unclear(row.row, row.shown, _("its identifiers belong to different parties"))
        holder = next(iter(holders.values()), None)
        if own is not None and holder is not None and holder.pk != own.party_id:
            reason = _("its reference and its identifier belong to different parties")
            return Unclear(row.row, row.shown, reason)
        party = own.party if own is not None else holder
        if party is None:
            return Found(new_identifiers=row.identifiers)
        if party.kind != self.serves:
            reason = _("its identifier belongs to a party of another kind ({kind})").format(kind=party.kind)
            return Unclear(row.row, row.shown, reason)
        return self.known(row, party, own)

    def known(self, row: Named, party: Party, own: Application | None) -> Found | Unclear:
        """A row about a party that is there."""
        known_by = self.known_by.get(party.pk, {})
        for scheme, value in row.identifiers.items():
            if scheme in known_by and known_by[scheme] != blind_index(Kind.IDENTIFIER, value):
                reason = _("its party is known by another {scheme}").format(scheme=scheme)
                return Unclear(row.row, row.shown, reason)
        there = self.by_party.get(party.pk, [])
        # What was brought wrongly and declined comes again, corrected, under a reference of its own.
        living = [one for one in there if one.pk not in self.declined]
        if own is None and living and row.reference:
            reason = _("its party is in this round already, under another reference ({reference})")
            return Unclear(row.row, row.shown, reason.format(reference=living[0].row_key))
        if own is None and there and not row.reference:
            if len(living) > 1:
                return Unclear(row.row, row.shown, _("its party has several applications in this round"))
            own = (living or there)[-1]
        new = {scheme: value for scheme, value in row.identifiers.items() if scheme not in known_by}
        # Whoever was erased is not made findable again.
        return Found(own, party, {} if party.data_key.state == ERASED else new)


def shared(rows: Iterable[Named]) -> dict[int, str]:
    """The places of rows that share a reference or an identifier with another row, and why that is unclear.

    The rows are walked through twice; of each name a digest is held and nothing else.
    """
    once: set[bytes] = set()
    again: set[bytes] = set()
    for row in rows:
        for _scheme, name in _names(row):
            (again if name in once else once).add(name)
    if not again:
        return {}
    places: dict[tuple[str, bytes], list[tuple[int, Named]]] = defaultdict(list)
    for place, row in enumerate(rows):
        for scheme, name in _names(row):
            if name in again:
                places[scheme, name].append((place, row))
    return dict(_shared(places))


def _names(row: Named) -> Iterator[tuple[str, bytes]]:
    """The names of a row's party, each under its scheme ('' for a reference) as a digest."""
    if row.reference:
        yield "", sha256(f":{row.reference}".encode()).digest()
    for scheme, value in row.identifiers.items():
        yield scheme, sha256(f"{scheme}:{blind_index(Kind.IDENTIFIER, value)}".encode()).digest()


def _shared(places: Mapping[tuple[str, bytes], Sequence[tuple[int, Named]]]) -> Iterator[tuple[int, str]]:
    for (scheme, _name), rows in places.items():
        for place, _row in rows:
            other = next(row.row for one, row in rows if one != place)
            if scheme:
                reason = _("row {other} has the same {scheme}").format(other=other, scheme=scheme)
            else:
                reason = _("row {other} has the same reference").format(other=other)
            yield place, reason


def references_of(round_: Round, serves: str, rows: Sequence[Named]) -> list[str]:
    """The reference under which each row's party applied in a round: for files that come after an award.

    A row without identifiers keeps its own reference, whoever it is; such a row may be there several times.

    Raises:
        AmbiguousError: identifiers lead to different parties, or not where the reference leads.
        StepRefusedError: a row has no reference, and its identifiers belong to nobody of this round.
    """
    asked = list({_key(row): row for row in rows if row.identifiers}.values())
    found = {_key(row): one for row, one in zip(asked, match(round_, serves, asked), strict=True)}
    unclear = [one for one in found.values() if isinstance(one, Unclear)]
    if unclear:
        raise AmbiguousError(unclear)
    told: list[str] = []
    strangers: list[str] = []
    for row in rows:
        one = found.get(_key(row))
        if isinstance(one, Found) and one.application is not None:
            told.append(one.application.row_key)
        elif row.reference and not isinstance(one, Found):
            told.append(row.reference)
        else:
            strangers.append(row.shown)
    if strangers:
        raise StepRefusedError(
            _("{count} rows are about nobody's award, the first is '{row}'.").format(
                count=len(strangers), row=strangers[0]
            )
        )
    return told


def _key(row: Named) -> tuple[str, tuple[tuple[str, str], ...]]:
    return row.reference, tuple(sorted(row.identifiers.items()))


def open_files(serves: str, found: Sequence[tuple[Found, Mapping[str, str]]], *, stamp: Stamp) -> list[Party]:
    """The party of each row, in the order given: the one that is known, else a new one with its identifiers.

    Raises:
        StepRefusedError: somebody else took one of the identifiers over meanwhile.
    """
    new = [
        people.NewParty(
            serves,
            {people.IDENTIFIERS: dict(said)} if said else {},
            [(Kind.IDENTIFIER, scheme, value) for scheme, value in said.items()],
        )
        for one, said in found
        if one.party is None
    ]
    try:
        made = iter(people.register_parties(new, stamp=stamp))
    except IntegrityError as error:
        raise StepRefusedError(
            _("Somebody else took over one of these people meanwhile; import the file again.")
        ) from error
    return [next(made) if one.party is None else one.party for one, _said in found]


def learn(found: Sequence[Found], *, stamp: Stamp) -> int:
    """Parties that are there become known by the identifiers that are new; how many did.

    Raises:
        StepRefusedError: somebody else took one of the identifiers over meanwhile.
    """
    added = [(one.party, one.new_identifiers) for one in found if one.party and one.new_identifiers]
    try:
        people.add_identifiers(added, stamp=stamp)
    except IntegrityError as error:
        raise StepRefusedError(
            _("Somebody else took over one of these people meanwhile; import the file again.")
        ) from error
    return len(added)
