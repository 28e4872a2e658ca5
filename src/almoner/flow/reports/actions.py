"""Every write about periods and statements."""

from __future__ import annotations

import json

from almoner.engine.figures import Period as Months
from almoner.engine.statement import Statement
from almoner.flow.reports.models import Period, PublishedStatement
from almoner.vault.models import Stamp
from almoner.vault.states import move_all


def publish(
    office: str, months: Months, statement: Statement, *, root: str, stamp: Stamp
) -> PublishedStatement:
    """Freeze a statement. The first closes its period; a later one is a restatement and stands beside it."""
    name = f"{months.starts:%Y-%m}/{months.ends:%Y-%m}"
    period = Period.objects.filter(office=office, name=name).first()
    if period is None:
        period = Period.objects.create(
            office=office, name=name, starts=months.starts, ends=months.ends, state="open", **stamp.columns()
        )
    number = PublishedStatement.objects.filter(period=period).count() + 1
    move_all([period], "closed" if number == 1 else "restated", why="statement frozen", stamp=stamp)
    return PublishedStatement.objects.create(
        period=period,
        number=number,
        statement=json.loads(statement.as_bytes),
        digest=statement.digest,
        root=root,
        audit_head=statement.content["audit_head"],
        **stamp.columns(),
    )
