"""The way into an office from a command: its records are opened, and the person who acts is known."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from almoner.cli.main import Exit, app, err, out, refuse
from almoner.values.clock import current
from almoner.values.language import _

if TYPE_CHECKING:
    from almoner.flow.steps.recipe import Request
    from almoner.people.models import User

As = Annotated[str, typer.Option("--as", help="The user who acts.", show_default=False)]
On = Annotated[
    str, typer.Option("--on", help="The day it happened (YYYY-MM-DD); today where it is not said.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def key_of(programme: str) -> str:
    """A programme's key, whether its name or the path of its file is given."""
    return Path(programme).name.removesuffix(".yaml")


def enter() -> None:
    """Open the office: Django is set up, and its tables are there.

    Raises:
        typer.Exit: the office was not made yet.
    """
    import django
    from django.db import OperationalError, connection
    from django.db.migrations.executor import MigrationExecutor

    prepare()
    django.setup()
    missing = _("This office has no records yet, or older ones: run 'almoner init'.")
    try:
        executor = MigrationExecutor(connection)
    except OperationalError as error:
        raise refuse(f"{missing} ({error})") from None
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise refuse(missing)


def prepare() -> None:
    """Tell Django where its settings are."""
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "almoner.site.settings")


def user_named(name: str) -> User:
    """The active user of a name.

    Raises:
        typer.Exit: there is none.
    """
    from almoner.people import queries

    try:
        return queries.user_named(name)
    except queries.UnknownUser as error:
        raise refuse(str(error)) from None


def stay_behind_the_wall(name: str, programme: str) -> None:
    """Go on unless the user stands behind the programme's wall: they are not told what is there and what is not.

    Raises:
        typer.Exit: they do.
    """
    from almoner.people.access import is_walled

    if is_walled(user_named(name), key_of(programme)):
        message = _(
            "{user} stands behind the wall of {programme} and may see its figures alone: almoner figures."
        )
        raise refuse(message.format(user=name, programme=key_of(programme)))


def request_of(name: str, on: str, key: str = "") -> Request:
    """Who asks, for which day, under which key; a key of its own where none is given."""
    from almoner.flow.steps.recipe import Request

    return Request(by=user_named(name), happened_on=day_of(on), key=key or secrets.token_hex(16))


def day_of(text: str) -> date:
    """A day as written, today where nothing is.

    Raises:
        typer.Exit: it is no day.
    """
    if not text:
        return current().today("UTC")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise refuse(_("'{text}' is no day: write YYYY-MM-DD.").format(text=text), Exit.USAGE) from None


@app.command("init")
def init_command() -> None:
    """Make this office, or bring its records up to date: the master key, the tables and their guards."""
    import django
    from django.core.management import call_command

    prepare()
    django.setup()
    from almoner.vault import keys

    try:
        keys.current_version()
    except keys.KeyProblem:
        keys.create_master_key()
    call_command("migrate", verbosity=0)
    out.print(_("The office is ready."))


@app.command("user")
def user_command(
    name: Annotated[str, typer.Argument(help="The user's name.")],
    *,
    roles: Annotated[
        list[str],
        typer.Option(
            "--role", help="A role, or role:programme; there also one that the programme's file names."
        ),
    ],
    as_user: Annotated[str, typer.Option("--as", help="The manager who acts; none for the first user.")] = "",
) -> None:
    """Make a user and give roles. The first user of an office is made by whoever made the office."""
    enter()
    from almoner.flow.steps.staffing import NotFirstError, add_user
    from almoner.people.access import NotPermitted
    from almoner.vault.models import NotAllowed

    try:
        add_user(name, [_pair(role) for role in roles], by=user_named(as_user) if as_user else None)
    except (NotPermitted, NotFirstError, NotAllowed, ValueError) as error:
        raise refuse(str(error)) from None
    err.print(_("{name} may act now.").format(name=name))


role = typer.Typer(help="Roles of users who are there already.", no_args_is_help=True)
app.add_typer(role, name="role")

Wanted = Annotated[str, typer.Argument(help="A role, or role:programme.")]


@role.command("give")
def give_command(
    name: Annotated[str, typer.Argument(help="The user's name.")], wanted: Wanted, *, as_user: As
) -> None:
    """Give a user one more role."""
    enter()
    from almoner.flow.steps.staffing import give_role

    _change_roles(name, wanted, as_user, give_role)


@role.command("withdraw")
def withdraw_command(
    name: Annotated[str, typer.Argument(help="The user's name.")], wanted: Wanted, *, as_user: As
) -> None:
    """Take a role away from a user."""
    enter()
    from almoner.flow.steps.staffing import withdraw_role

    _change_roles(name, wanted, as_user, withdraw_role)


def _pair(text: str) -> tuple[str, str]:
    """A role and where it counts."""
    role, _colon, programme = text.partition(":")
    return role, programme


def _change_roles(name: str, wanted: str, as_user: str, step: Callable[..., None]) -> None:
    from almoner.people.access import NotPermitted
    from almoner.people.queries import roles_of
    from almoner.vault.models import NotAllowed

    user = user_named(name)
    try:
        step(user, *_pair(wanted), by=user_named(as_user))
    except (NotPermitted, NotAllowed, ValueError) as error:
        raise refuse(str(error)) from None
    held = ", ".join(roles_of(user)) or "–"
    err.print(_("{name} holds: {roles}").format(name=name, roles=held), markup=False, highlight=False)
