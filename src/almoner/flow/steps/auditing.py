"""Proves that the records hold: the chain, every state, every budget, every lot."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from almoner.flow.ledger.queries import disagreements, unbalanced_awards
from almoner.flow.records.queries import sample_disagreements
from almoner.flow.stock import queries as stock
from almoner.people.access import require
from almoner.people.models import User
from almoner.vault import audit
from almoner.vault.triggers import differences


@dataclass(frozen=True, slots=True)
class AuditReport:
    """How many entries the chain has, its head, and what does not hold."""

    entries: int
    head: str
    findings: tuple[str, ...]


def audit_everything(*, by: User) -> AuditReport:
    """Look at the guards, the chain, the states and the books.

    Raises:
        NotPermitted: the person may not see the audit trail.
    """
    require(by, "see audit")
    head = audit.head()
    found = [
        *differences(connection),
        *(str(one) for one in audit.verify()),
        *disagreements(),
        *unbalanced_awards(),
        *stock.disagreements(),
        *sample_disagreements(),
    ]
    return AuditReport(head.seq, head.hash, tuple(found))
