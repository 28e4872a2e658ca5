"""Django's checks: guarded models are registered, and the database's triggers are those of the registry."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, Tags, Warning, register  # noqa: A004 -- Django's own name
from django.db import connections

from almoner.vault.guards import registry
from almoner.vault.models import Fact, Stateful
from almoner.vault.triggers import differences


def register_all() -> None:
    """Tell Django of the checks."""
    register(every_guarded_model_is_registered, Tags.models)
    register(triggers_are_those_of_the_registry, Tags.database)


def every_guarded_model_is_registered(*_: Any, **__: Any) -> list[CheckMessage]:
    """A fact or a stateful row whose table is not in the registry would be unguarded."""
    guards = registry()
    problems: list[CheckMessage] = []
    tables = set()
    for model in apps.get_models(include_auto_created=True):
        table = model._meta.db_table
        tables.add(table)
        if not issubclass(model, Fact | Stateful):
            continue
        guard = guards.get(table)
        if guard is None or (guard.states is None) == issubclass(model, Stateful):
            word = "stateful" if issubclass(model, Stateful) else "fact"
            problems.append(
                Error(
                    f"The table {table} is not guarded as its model says.",
                    hint=f"Register it with almoner.vault.guards.{word}.",
                    obj=model,
                    id="vault.E001",
                )
            )
    problems += [
        Error(f"The registry guards {table}, which no model has.", id="vault.E002")
        for table in guards.keys() - tables
    ]
    return problems


def triggers_are_those_of_the_registry(
    *_: Any, databases: Sequence[str] | None = None, **__: Any
) -> list[CheckMessage]:
    """A warning, not an error: `migrate` runs this check first, and `migrate` is what mends it."""
    return [
        Warning(
            f"In the database {alias!r}: {difference}",
            hint="Run `migrate`; it builds the triggers anew.",
            id="vault.W001",
        )
        for alias in databases or ()
        for difference in differences(connections[alias])
    ]
