"""A guarded table for tests of the guards: a grant that is drafted, submitted, approved by another, paid."""

from django.apps.registry import Apps
from django.db import models

GRANTS = "test_grant"

TRANSITIONS = {
    "draft": {"draft", "submitted", "withdrawn"},
    "submitted": {"draft", "approved", "withdrawn"},
    "approved": {"paid", "draft"},
}
"""Going back to draft is amending."""


class Grant(models.Model):
    """A model of its own registry, so that nothing else of Django sees it."""

    recorded_by = models.BigIntegerField()
    amount = models.BigIntegerField()
    note = models.TextField(null=True)  # noqa: DJ001 -- a fixed column that can be unknown
    spent = models.BigIntegerField(default=0)
    secret = models.TextField(default="", blank=True)
    state = models.CharField(max_length=40, default="draft")
    version = models.IntegerField(default=0)

    class Meta:
        apps = Apps()
        app_label = "grants"
        db_table = GRANTS
        constraints = (models.UniqueConstraint(fields=("amount", "recorded_by"), name="test_grant_once"),)
