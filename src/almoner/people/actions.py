"""Every write about people, one verb a function. Called by steps, inside their transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from almoner.people.models import ConsentGiven, Identifier, Identity, Party, Role, User
from almoner.people.queries import identity_of
from almoner.values.canonical import digest
from almoner.values.language import _
from almoner.vault import keys
from almoner.vault.blind import Kind, blind_index
from almoner.vault.models import NotAllowed, Stamp
from almoner.vault.sealed import seal

_CHUNK = 500

IDENTIFIERS = "identifiers"
"""Where a sealed identity holds identifiers as they were written, by scheme."""


@dataclass(frozen=True, slots=True)
class NewParty:
    """A party to be: its kind, who it is, and by what it is found.

    `identifiers` are triples of kind, scheme ('' where none is needed) and value.
    """

    kind: str
    identity: Mapping[str, Any] = field(default_factory=dict)
    identifiers: Sequence[tuple[Kind, str, str]] = ()


def create_user(username: str, display_name: str, *, password: str | None = None) -> User:
    """A user without roles; without a password they cannot log in to pages."""
    user = User(username=username, display_name=display_name)
    user.set_password(password)
    user.save(force_insert=True)
    return user


def grant_role(user: User, role: str, programme: str = "", *, kind: str = Role.OFFICE) -> Role:
    """Give a role in a programme ('' : in all of them). Given twice it is held once.

    Args:
        user: who shall hold it.
        role: one of the office's roles, or one that the programme's file names.
        programme: where it counts; a role that a file names counts in one programme.
        kind: who gave the role its name; see `Role`. That the file names it is known to the step that grants it.

    Raises:
        ValueError: there is no such role, or it would count nowhere.
        NotAllowed: one of the user's roles stands behind the wall of a programme that another reaches.
    """
    if (kind == Role.OFFICE) != (role in Role.NAMES):
        raise ValueError(f"{role!r} is no role; there are {', '.join(Role.NAMES)}.")
    if kind != Role.OFFICE and not programme:
        raise ValueError(f"{role!r} counts in one programme, and none is named.")
    _keep_the_wall(user, role, programme, kind)
    held, _made = Role.objects.get_or_create(
        user=user, role=role, programme=programme, defaults={"kind": kind}
    )
    return held


def _keep_the_wall(user: User, role: str, programme: str, kind: str) -> None:
    """Whoever stands behind the wall of a programme holds no other role that reaches it.

    Raises:
        NotAllowed: they would.
    """
    others = Role.objects.filter(user=user).exclude(role=role, programme=programme)
    if kind == Role.WALL:
        reaching = others.filter(programme__in={"", programme})
    else:
        reaching = others.filter(kind=Role.WALL)
        reaching = reaching.filter(programme=programme) if programme else reaching
    other = reaching.first()
    if other is not None:
        message = _(
            "{user} holds {held}, and {role} reaches the same programme: whoever stands behind its wall holds nothing "
            "else there. Withdraw the one, or give the other to somebody else."
        )
        names = [
            f"{one}:{where}" if where else one
            for one, where in ((other.role, other.programme), (role, programme))
        ]
        raise NotAllowed(message.format(user=user.username, held=names[0], role=names[1]))


def lock_user(user: User) -> None:
    """Nobody else changes what a user holds until the end of the transaction."""
    User.objects.select_for_update().get(pk=user.pk)


def withdraw_role(user: User, role: str, programme: str = "") -> None:
    """Take a role away.

    Raises:
        NotAllowed: it is not held.
    """
    gone, _by_table = Role.objects.filter(user=user, role=role, programme=programme).delete()
    if not gone:
        raise NotAllowed(f"{user.username} is no {role} in {programme or 'the whole office'}.")


def register_party(party: NewParty, *, stamp: Stamp) -> Party:
    """A new party. See `register_parties`."""
    return register_parties([party], stamp=stamp)[0]


def register_parties(new: Sequence[NewParty], *, stamp: Stamp) -> list[Party]:
    """New parties in the order given, each with a key of its own, its sealed identity and its blind indexes.

    Raises:
        django.db.IntegrityError: an identifier of its scheme belongs to a party already.
    """
    columns = stamp.columns()
    data_keys = keys.new_data_keys(len(new), stamp)
    parties = Party.objects.bulk_create(
        [
            Party(kind=one.kind, data_key=data_key, **columns)
            for one, data_key in zip(new, data_keys, strict=True)
        ],
        batch_size=_CHUNK,
    )
    pairs = list(zip(new, parties, strict=True))
    Identity.objects.bulk_create(
        [_identity(party, 1, one.identity, stamp) for one, party in pairs if one.identity], batch_size=_CHUNK
    )
    Identifier.objects.bulk_create(
        [
            Identifier(party=party, kind=kind, scheme=scheme, index=blind_index(kind, value), **columns)
            for one, party in pairs
            for kind, scheme, value in one.identifiers
        ],
        batch_size=_CHUNK,
    )
    return parties


def add_identifiers(added: Sequence[tuple[Party, Mapping[str, str]]], *, stamp: Stamp) -> None:
    """Identifiers, by scheme, under which parties that are there are found from now on; sealed beside the rest.

    Raises:
        django.db.IntegrityError: an identifier of its scheme belongs to a party already.
    """
    Identifier.objects.bulk_create(
        [
            Identifier(
                party=party,
                kind=Kind.IDENTIFIER,
                scheme=scheme,
                index=blind_index(Kind.IDENTIFIER, value),
                **stamp.columns(),
            )
            for party, identifiers in added
            for scheme, value in identifiers.items()
        ],
        batch_size=_CHUNK,
    )
    for party, identifiers in added:
        known = identity_of(party)
        named = {**known.get(IDENTIFIERS, {}), **identifiers}
        correct_identity(party, {**known, IDENTIFIERS: named}, stamp=stamp)


def correct_identity(party: Party, identity: Mapping[str, Any], *, stamp: Stamp) -> Identity:
    """What is known of a party from now on; what was known before stays as it was."""
    number = Identity.objects.filter(party=party).count() + 1
    row = _identity(party, number, identity, stamp)
    row.save(force_insert=True)
    return row


def record_consent(  # noqa: PLR0913 -- a consent is what was shown, by whom, for what, and the answer
    party: Party, programme: str, name: str, *, text: str, given: bool, stamp: Stamp
) -> ConsentGiven:
    """What a party said to a consent: given, or refused or withdrawn."""
    return ConsentGiven.objects.create(
        party=party,
        programme=programme,
        name=name,
        text_digest=digest(text.encode()),
        given=given,
        **stamp.columns(),
    )


def erase_party(party: Party, *, stamp: Stamp, why: str) -> None:
    """Make everything sealed about a party unreadable for good, and the party unfindable. The books stay."""
    keys.erase(party.data_key, stamp=stamp, why=why)
    Identifier.objects.filter(party=party).update(index="")


def _identity(party: Party, number: int, identity: Mapping[str, Any], stamp: Stamp) -> Identity:
    row = Identity(party=party, number=number, **stamp.columns())
    row.sealed = seal(party.data_key, row=row, field="sealed", value=dict(identity))
    return row
