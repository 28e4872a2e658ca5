"""Every read about periods and statements that another layer needs."""

from __future__ import annotations

from almoner.flow.reports.models import PublishedStatement


def latest_statement(office: str) -> PublishedStatement | None:
    """The newest statement of an office."""
    return PublishedStatement.objects.filter(period__office=office).order_by("-id").first()
