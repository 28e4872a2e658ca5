"""Who may do what. Nobody may do anything that a role does not say."""

from __future__ import annotations

from django.db.models import Q

from almoner.people.models import Role, User
from almoner.values.language import _

# What each role may do. A role in a programme counts there; a role without one counts everywhere.
_MAY: dict[str, frozenset[str]] = {
    "officer": frozenset(
        {
            "see cases",
            "import",
            "screen",
            "decide",
            "propose awards",
            "deliver",
            "record",
            "follow up",
            "keep registers",
            "plan sessions",
            "hold sessions",
            "read health records",
            "keep stock",
            "recall lots",
            "see stock",
            "see tasks",
            "finish tasks",
            "keep standings",
            "suspend awards",
            "assign reviews",
            "see reviews",
        }
    ),
    "approver": frozenset(
        {
            "see cases",
            "approve awards",
            "draw samples",
            "verify records",
            "finish tasks",
            "suspend awards",
            "resume awards",
            "end awards",
            "see reviews",
        }
    ),
    "finance": frozenset(
        {"see money", "budget", "keep rates", "prepare payments", "authorise payments", "finish tasks"}
    ),
    "reviewer": frozenset({"review", "finish tasks"}),
    "auditor": frozenset(
        {
            "see cases",
            "see money",
            "see stock",
            "see audit",
            "see tasks",
            "see figures",
            "replay",
            "see reviews",
        }
    ),
    "manager": frozenset(
        {
            "see money",
            "open rounds",
            "budget",
            "keep rates",
            "close periods",
            "publish",
            "manage users",
            "erase",
            "replay",
            "recall lots",
            "see stock",
            "finish tasks",
            "see figures",
            "wind down programmes",
            "draw samples",
        }
    ),
    "importer": frozenset({"import", "record"}),
}

# What a role may do that the tasks of one programme's file name, in that programme. *Finish tasks* is for everybody a
# task can be addressed to; the step asks besides whether this one is addressed to a role that the person holds.
_TASK_ROLE_MAY = frozenset({"finish tasks"})

# What a role behind the wall of one programme may do there, whatever else its holder were given.
_WALL_MAY = frozenset({"see figures"})

ACTIONS = frozenset().union(*_MAY.values(), _TASK_ROLE_MAY, _WALL_MAY)
"""Everything that somebody may be allowed to do."""


class NotPermitted(Exception):
    """A user asked for what none of their roles allows."""


def may(user: User, action: str, programme: str = "") -> bool:
    """Whether a role of the user allows an action in a programme (empty: in the whole office).

    Raises:
        ValueError: there is no such action; a misspelt one must not look like a refusal.
    """
    if action not in ACTIONS:
        raise ValueError(f"{action!r} is no action.")
    if not user.is_active:
        return False
    if is_walled(user, programme):
        return bool(programme) and action in _WALL_MAY
    roles = [role for role, actions in _MAY.items() if action in actions]
    allowing = Q(kind=Role.OFFICE, role__in=roles, programme__in={"", programme})
    if programme and action in _TASK_ROLE_MAY:
        allowing |= Q(kind=Role.TASK, programme=programme)
    return Role.objects.filter(allowing, user=user).exists()


def is_walled(user: User, programme: str = "") -> bool:
    """Whether a user stands behind the wall of a programme; for the whole office, behind any."""
    walls = Role.objects.filter(user=user, kind=Role.WALL)
    return (walls.filter(programme=programme) if programme else walls).exists()


def roles_in(user: User, programme: str) -> frozenset[str]:
    """The roles that a user holds in a programme, those of the whole office among them."""
    if not user.is_active:
        return frozenset()
    held = Role.objects.filter(user=user, programme__in={"", programme})
    return frozenset(held.values_list("role", flat=True))


def roles_held_in(programme: str) -> frozenset[str]:
    """The roles that anybody holds in a programme, those of the whole office among them."""
    held = Role.objects.filter(user__is_active=True, programme__in={"", programme})
    return frozenset(held.values_list("role", flat=True))


def require(user: User, action: str, programme: str = "") -> None:
    """Go on only if the user may.

    Raises:
        NotPermitted: they may not.
    """
    if not may(user, action, programme):
        raise NotPermitted(
            _("{user} may not: {action} ({programme}).").format(
                user=user.username, action=action, programme=programme or _("the whole office")
            )
        )
