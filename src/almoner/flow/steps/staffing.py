"""Who may act: users and their roles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from almoner.definitions.load import NotAProgrammeError, find, load
from almoner.definitions.problems import DefinitionError, did_you_mean, one_of
from almoner.definitions.programme import Programme
from almoner.definitions.roles import OFFICE_ROLES, kind_of, task_roles
from almoner.flow.applications.queries import editions_of
from almoner.flow.steps.recipe import StepRefusedError
from almoner.people import actions as people
from almoner.people.access import require
from almoner.people.models import Role, User
from almoner.people.queries import holders_of
from almoner.values.clock import current
from almoner.values.language import _
from almoner.vault import audit
from almoner.vault.models import Stamp


class NotFirstError(Exception):
    """Only the first user of an office comes without a manager."""


class NoSuchRoleError(ValueError):
    """A role that neither the office nor the programme's file has; the message names those that are near."""


@dataclass(frozen=True, slots=True)
class Held:
    """A role as somebody asks for it: its name, the programme's key ('' : all of them), and who gives it its name."""

    role: str
    programme: str
    kind: str


def add_user(name: str, roles: Sequence[tuple[str, str]], *, by: User | None) -> User:
    """A user with roles, each in a programme ('' : in all). The first user needs nobody; every other a manager.

    Raises:
        NotFirstError: nobody is named as acting, and there are users already.
        NotPermitted: the person who acts may not manage users.
        ValueError: there is no such role, or the name is taken.
        NotAllowed: one of the roles stands behind the wall of a programme that another reaches.
    """
    with transaction.atomic():
        if by is not None:
            require(by, "manage users")
        elif User.objects.exists():
            raise NotFirstError(_("There are users already: say which manager acts, with --as."))
        if User.objects.filter(username=name).exists():
            raise ValueError(_("There is a user '{name}' already.").format(name=name))
        asked = [find_role(role, programme) for role, programme in roles]
        user = people.create_user(name, name)
        for one in asked:
            people.grant_role(user, one.role, one.programme, kind=one.kind)
        stamp = Stamp(who=by or user, happened_on=current().today("UTC"))
        pairs = [[one.role, one.programme] for one in asked]
        audit.append("add_user", stamp=stamp, before={}, after={"user": name, "roles": pairs})
        return user


def give_role(user: User, role: str, programme: str, *, by: User) -> None:
    """Give a user one more role, in a programme or ('') in all of them.

    Raises:
        NotPermitted: the person who acts may not manage users.
        ValueError: there is no such role.
        NotAllowed: one of the user's roles stands behind the wall of a programme that another reaches.
    """
    with transaction.atomic():
        require(by, "manage users")
        people.lock_user(user)
        one = find_role(role, programme)
        people.grant_role(user, one.role, one.programme, kind=one.kind)
        _enter("give_role", user, one, by)


def withdraw_role(user: User, role: str, programme: str, *, by: User) -> None:
    """Take a role away from a user.

    Raises:
        NotPermitted: the person who acts may not manage users.
        NotAllowed: it is not held.
    """
    with transaction.atomic():
        require(by, "manage users")
        one = Held(role, _key_of(programme), "")
        people.withdraw_role(user, one.role, one.programme)
        _enter("withdraw_role", user, one, by)


def _enter(step: str, user: User, one: Held, by: User) -> None:
    stamp = Stamp(who=by, happened_on=current().today("UTC"))
    after = {"user": user.username, "role": one.role, "programme": one.programme}
    audit.append(step, stamp=stamp, before={}, after=after)


def find_role(role: str, programme: str) -> Held:
    """A role as it is asked for; `programme` is '', a key, or the path of a file.

    A role that is not the office's must be named by the programme's file or by an edition that is stored.

    Raises:
        NoSuchRoleError: nobody names it, or there is no such programme.
    """
    editions = known_editions(programme) if programme else []
    if programme and not editions:
        text = _("There is no programme '{programme}'.").format(programme=programme)
        raise NoSuchRoleError(text)
    kind = kind_of(role, editions)
    if not kind:
        named = sorted({name for one in editions for name in (*one.wall, *task_roles(one))})
        known = (*OFFICE_ROLES, *named)
        message = _("'{role}' is none of the roles: {known}.").format(role=role, known=one_of(known))
        raise NoSuchRoleError(message + did_you_mean(role, known))
    return Held(role, _key_of(programme), kind)


def known_editions(programme: str) -> list[Programme]:
    """What is known of a programme: its file, where Almoner finds one, and every edition that is stored.

    Raises:
        NoSuchRoleError: the file has problems; who holds what under it cannot be said.
    """
    stored = editions_of(_key_of(programme))
    try:
        return [load(find(programme)), *stored]
    except NotAProgrammeError:
        return stored
    except DefinitionError as error:
        raise NoSuchRoleError(str(error)) from error


def refuse_held_before_the_wall(programme: Programme) -> None:
    """A new edition puts no role behind the wall that somebody holds as one who acts on cases.

    Raises:
        StepRefusedError: it would; the message names who holds it.
    """
    held = holders_of(programme.key, programme.wall, kind=Role.TASK)
    if held:
        message = _(
            "{file} puts '{role}' behind the wall, and {user} acts on cases by it: withdraw it first."
        )
        raise StepRefusedError(
            message.format(file=programme.file, role=held[0].role, user=held[0].user.username)
        )


def _key_of(programme: str) -> str:
    return Path(programme).name.removesuffix(".yaml")
