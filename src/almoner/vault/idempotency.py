"""Twice is once: a step called again under its key returns what it returned the first time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

from almoner.values.canonical import canonical, digest, read
from almoner.values.language import _
from almoner.vault.models import NotAllowed, StepResult


class KeyReused(Exception):
    """An idempotency key that came before with other arguments."""


def once(step: str, key: str, arguments: Any, do: Callable[[], Any]) -> Any:
    """Do a step, or return what it returned before under the same key. Inside the step's transaction.

    Args:
        step: the step's name.
        key: the idempotency key, not empty; unique within the step.
        arguments: what the step was asked for; anything with canonical JSON.
        do: the step itself. What it returns has canonical JSON; it comes back as plain JSON values.

    Raises:
        KeyReused: the key was used before with other arguments.
        NotAllowed: outside a transaction, or without a key.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    if not connection.in_atomic_block:
        raise NotAllowed("A step is done once inside its transaction.")
    if not key:
        raise NotAllowed(f"The step {step} needs an idempotency key.")
    if connection.vendor == "postgresql":
        # A second call under the same key waits here for the first, then finds its result.
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"almoner {step} {key}"])
    asked = digest(canonical(arguments))
    before = StepResult.objects.filter(step=step, key=key).first()
    if before is None:
        result = canonical(do()).decode()
        StepResult.objects.create(step=step, key=key, arguments=asked, result=result)
        return read(result)
    if before.arguments != asked:
        raise KeyReused(
            _("The key {key} was used before for {step} with other arguments.").format(key=key, step=step)
        )
    return read(before.result)
