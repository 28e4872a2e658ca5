"""Periods and the statements published about them."""

from __future__ import annotations

from django.db import models

from almoner.vault.guards import fact, stateful
from almoner.vault.models import Fact, Stateful


class Period(Stateful):
    """A stretch of time that is accounted for: open, closed, restated."""

    office = models.CharField(max_length=200)
    name = models.CharField(max_length=40)
    starts = models.DateField()
    ends = models.DateField()

    class Meta:
        """One period of a name."""

        db_table = "flow_period"
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("office", "name"), name="flow_period_once"),)


class PublishedStatement(Fact):
    """A statement as it was frozen, with the root of its bundle and the head of the audit chain."""

    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="statements")
    number = models.PositiveIntegerField()
    statement = models.JSONField()
    digest = models.CharField(max_length=64)
    root = models.CharField(max_length=64)
    audit_head = models.CharField(max_length=64)

    class Meta:
        """Numbered from 1 in a period; a later number is a restatement."""

        db_table = "flow_statement"
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("period", "number"), name="flow_statement_numbered"),)


fact(PublishedStatement._meta.db_table)
stateful(
    Period._meta.db_table,
    initial="open",
    transitions={
        "open": {"closed"},
        "closed": {"restated"},
        "restated": {"restated"},
    },
)
