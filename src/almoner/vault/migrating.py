"""What runs around a migration.

SQLite alters a table by making it anew, which drops its triggers in silence and stumbles over those of other
tables that name it. So on SQLite every trigger of ours goes before a migration; after it, on both databases,
all are built from the registry. A migration that fails halfway leaves differences, which the check
`vault.W001` shows and the next `migrate` mends.
"""

from __future__ import annotations

from typing import Any

from django.db import connections

from almoner.vault import audit, triggers


def before(*, using: str, plan: Any, **_: Any) -> None:
    """Take the triggers away where they would hinder a migration that is about to run."""
    if plan and connections[using].vendor == "sqlite":
        triggers.drop(connections[using])


def after(*, using: str, **_: Any) -> None:
    """Build what the registry asks for, and the first link of the audit chain."""
    triggers.install(connections[using])
    audit.ensure_head(connections[using])
