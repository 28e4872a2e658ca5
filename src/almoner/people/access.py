"""Who may do what. Nobody may do anything that a role does not say."""

from __future__ import annotations

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
            "plan sessions",
            "hold sessions",
            "read health records",
            "keep standings",
            "suspend awards",
        }
    ),
    "approver": frozenset(
        {
            "see cases",
            "approve awards",
            "verify records",
            "suspend awards",
            "resume awards",
            "end awards",
        }
    ),
    "finance": frozenset({"see money", "budget", "prepare payments", "authorise payments"}),
    "reviewer": frozenset({"review"}),
    "auditor": frozenset({"see cases", "see money", "see audit", "replay"}),
    "manager": frozenset(
        {
            "see money",
            "open rounds",
            "budget",
            "close periods",
            "publish",
            "manage users",
            "erase",
            "replay",
            "wind down programmes",
        }
    ),
    "importer": frozenset({"import", "record"}),
}

ACTIONS = frozenset().union(*_MAY.values())
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
    roles = [role for role, actions in _MAY.items() if action in actions]
    scopes = {"", programme}
    return Role.objects.filter(user=user, role__in=roles, programme__in=scopes).exists()


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
