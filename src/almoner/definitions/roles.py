"""Roles that a programme's file names: who must act on a task, who closes it, who stands behind the wall."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from almoner.definitions.programme import Programme, Raise

OFFICE_ROLES = ("officer", "approver", "finance", "reviewer", "auditor", "manager", "importer")
"""The roles that every office has, whatever its programmes are."""

WITH_EVIDENCE = " with evidence"
"""What `closed_by: officer with evidence` says beside the role."""


def closer_of(raised: Raise) -> str:
    """The role that verifies a task once it is done; '' where nobody has to."""
    return raised.closed_by.removesuffix(WITH_EVIDENCE)


def wants_evidence(raised: Raise) -> bool:
    """Whether verifying a task asks for evidence of its own."""
    return raised.closed_by.endswith(WITH_EVIDENCE)


def every_raise(programme: Programme) -> Iterator[Raise]:
    """Every task that the answers of a record or a follow-up may raise."""
    for record in programme.records.values():
        yield from record.raises.values()
    for follow_up in programme.follow_ups.values():
        yield from follow_up.raises.values()


def task_roles(programme: Programme) -> frozenset[str]:
    """The roles of this programme alone that a task names: who must act, in their place, who closes it, who is told."""
    named = {
        role
        for raised in every_raise(programme)
        for role in (raised.to, closer_of(raised), raised.deputy, raised.escalation)
    }
    return frozenset(named) - {"", *OFFICE_ROLES}


def kind_of(role: str, editions: Iterable[Programme]) -> str:
    """Who gives a role its name: `office`, or of the editions of one programme `wall` or `task`; '' where nobody does.

    A role that any edition puts behind the wall stands behind it, whatever another says.
    """
    if role in OFFICE_ROLES:
        return "office"
    known = list(editions)
    if any(role in programme.wall for programme in known):
        return "wall"
    return "task" if any(role in task_roles(programme) for programme in known) else ""
