"""Every read about people that another layer needs."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from almoner.people.models import ConsentGiven, Identifier, Identity, Party, Role, User
from almoner.values.language import _
from almoner.vault.blind import Kind, blind_index
from almoner.vault.sealed import open_sealed

_CHUNK = 500


class UnknownUser(LookupError):
    """There is no active user of that name."""


def user_named(username: str) -> User:
    """The active user of a name.

    Raises:
        UnknownUser: there is none.
    """
    found = User.objects.filter(username=username, is_active=True).first()
    if found is None:
        raise UnknownUser(_("There is no active user {username!r}.").format(username=username))
    return found


def roles_of(user: User) -> list[str]:
    """The roles of a user as they are asked for: `role`, or `role:programme`."""
    held = user.roles.values_list("role", "programme")
    return sorted(f"{role}:{programme}" if programme else role for role, programme in held)


def holders_of(programme: str, roles: Collection[str], *, kind: str) -> list[Role]:
    """Who holds one of these roles in a programme under a kind of name."""
    rows = Role.objects.select_related("user").filter(programme=programme, role__in=roles, kind=kind)
    return list(rows.order_by("user__username", "role"))


def parties_by(kind: Kind, value: str, *, scheme: str | None = None) -> list[Party]:
    """Every party with this identifier, account, phone or word of a name; more than one is ambiguous."""
    rows = Party.objects.filter(identifiers__kind=kind, identifiers__index=blind_index(kind, value))
    if scheme is not None:
        rows = rows.filter(identifiers__scheme=scheme)
    return list(rows.select_related("data_key").distinct().order_by("pk"))


def parties_by_identifiers(scheme: str, values: Sequence[str]) -> Mapping[str, Party]:
    """The parties that hold these identifiers of one scheme; a value nobody holds is left out."""
    indexes = {value: blind_index(Kind.IDENTIFIER, value) for value in values}
    held: dict[str, Party] = {}
    wanted = sorted(set(indexes.values()))
    for start in range(0, len(wanted), _CHUNK):
        rows = Identifier.objects.filter(
            kind=Kind.IDENTIFIER, scheme=scheme, index__in=wanted[start : start + _CHUNK]
        )
        rows = rows.select_related("party__data_key").order_by()
        held |= {row.index: row.party for row in rows}
    return {value: held[index] for value, index in indexes.items() if index in held}


def identifiers_of(parties: Collection[int]) -> dict[int, dict[str, str]]:
    """The blind indexes of parties' identifiers by scheme, by the party's id; an erased one has none."""
    found: dict[int, dict[str, str]] = {}
    wanted = sorted(parties)
    for start in range(0, len(wanted), _CHUNK):
        rows = Identifier.objects.filter(
            kind=Kind.IDENTIFIER, party__in=wanted[start : start + _CHUNK]
        ).exclude(index="")
        for row in rows.order_by():
            found.setdefault(row.party_id, {})[row.scheme] = row.index
    return found


def identity_of(party: Party) -> dict[str, Any]:
    """Who a party is, as last known; empty where nothing was recorded.

    Raises:
        almoner.vault.keys.Erased: the party's key was erased.
    """
    last = Identity.objects.filter(party=party).order_by("-number").first()
    if last is None:
        return {}
    opened: dict[str, Any] = open_sealed(party.data_key, row=last, field="sealed", value=last.sealed)
    return opened


def is_named_by(party: Party, words: Collection[str]) -> bool:
    """Whether one of these words is an identifier, an account, a phone or a word of a name of the party."""
    held = set(Identifier.objects.filter(party=party).exclude(index="").values_list("kind", "index"))
    kinds = {kind for kind, _index in held}
    return any((kind, blind_index(Kind(kind), word)) in held for kind in kinds for word in words)


def consents_of(party: Party, programme: str) -> dict[str, bool]:
    """What the party last said about each consent of a programme; one never spoken of is not there."""
    said = ConsentGiven.objects.filter(party=party, programme=programme).order_by("happened_on", "pk")
    return {consent.name: consent.given for consent in said}
