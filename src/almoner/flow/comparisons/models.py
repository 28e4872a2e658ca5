"""Who is compared, and what they answered. Facts alone: nothing is decided about them and nothing is given."""

from __future__ import annotations

from django.db import models

from almoner.flow.applications.models import Round
from almoner.people.models import Party
from almoner.vault.guards import fact
from almoner.vault.models import Fact


class Compared(Fact):
    """A party of a comparison, from the day on which it said yes; its consents stand with the party."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="compared")
    party = models.OneToOneField(Party, on_delete=models.PROTECT, related_name="compared")
    group = models.CharField(max_length=40)
    row_key = models.CharField(max_length=200)

    class Meta:
        """Once in a comparison of a round."""

        db_table = "flow_compared"
        ordering = ("id",)
        verbose_name_plural = "compared"
        constraints = (
            models.UniqueConstraint(fields=("round", "group", "row_key"), name="flow_compared_once"),
        )


class ComparedAttempt(Fact):
    """One try to ask a compared party, and the answers where it was reached."""

    compared = models.ForeignKey(Compared, on_delete=models.PROTECT, related_name="attempts")
    name = models.CharField(max_length=40)
    """The follow-up."""
    due_on = models.DateField()
    number = models.PositiveIntegerField()
    result = models.CharField(max_length=20)
    answers = models.JSONField()
    answers_sealed = models.BinaryField()
    answers_mac = models.CharField(max_length=64)

    class Meta:
        """Numbered in its occasion."""

        db_table = "flow_compared_attempt"
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("compared", "name", "due_on", "number"), name="flow_compared_attempt_numbered"
            ),
        )


fact(Compared._meta.db_table)
fact(ComparedAttempt._meta.db_table)
