"""Who may act: users and their roles."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from almoner.people import actions as people
from almoner.people.access import require
from almoner.people.models import User
from almoner.values.clock import current
from almoner.values.language import _
from almoner.vault import audit
from almoner.vault.models import Stamp


class NotFirstError(Exception):
    """Only the first user of an office comes without a manager."""


def add_user(name: str, roles: Sequence[tuple[str, str]], *, by: User | None) -> User:
    """A user with roles, each in a programme ('' : in all). The first user needs nobody; every other a manager.

    Raises:
        NotFirstError: nobody is named as acting, and there are users already.
        NotPermitted: the person who acts may not manage users.
        ValueError: there is no such role, or the name is taken.
    """
    with transaction.atomic():
        if by is not None:
            require(by, "manage users")
        elif User.objects.exists():
            raise NotFirstError(_("There are users already: say which manager acts, with --as."))
        if User.objects.filter(username=name).exists():
            raise ValueError(_("There is a user '{name}' already.").format(name=name))
        user = people.create_user(name, name)
        for role, programme in roles:
            people.grant_role(user, role, programme)
        stamp = Stamp(who=by or user, happened_on=current().today("UTC"))
        audit.append(
            "add_user", stamp=stamp, before={}, after={"user": name, "roles": [list(pair) for pair in roles]}
        )
        return user
