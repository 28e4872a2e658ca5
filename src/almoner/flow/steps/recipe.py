"""What every step shares: who may, once, whole or not at all, and one entry in the audit trail."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from almoner.people.access import require
from almoner.people.models import User
from almoner.vault import audit, idempotency
from almoner.vault.models import Stamp

Result = dict[str, Any]
"""What a step says it did: counts and references, never an answer."""


class StepRefusedError(Exception):
    """The state of things does not allow the step; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Request:
    """Who asks for a step, on which day it happened, and the key under which it counts once."""

    by: User
    happened_on: date
    key: str


@contextmanager
def rehearsed() -> Iterator[None]:
    """Whatever steps do within it is taken back at its end: what they would do can be told, and nothing is changed."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def carry_out(  # noqa: PLR0913 -- a step is these things
    step: str,
    request: Request,
    *,
    may: str,
    programme: str,
    arguments: Mapping[str, Any],
    do: Callable[[Stamp], Result],
) -> Result:
    """Do a step in one transaction. The second call under the same key returns the first result.

    `may` is what the person must be allowed to do in the programme. The audit entry is the last statement of what
    is done, because it takes the lock that all steps share.

    Raises:
        NotPermitted: the person may not do this in this programme.
    """
    require(request.by, may, programme)
    stamp = Stamp(who=request.by, happened_on=request.happened_on, key=request.key)

    def done() -> Result:
        result = do(stamp)
        audit.append(step, stamp=stamp, before=dict(arguments), after=result)
        return result

    with transaction.atomic():
        result: Result = idempotency.once(step, request.key, dict(arguments), done)
        return result
