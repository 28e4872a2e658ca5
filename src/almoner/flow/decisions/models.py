"""Cuts, decisions and awards."""

from __future__ import annotations

from django.db import models

from almoner.flow.applications.models import Application, Round, StoredScreening
from almoner.people.models import Party
from almoner.vault.guards import fact, stateful
from almoner.vault.models import Fact, Stateful


class RoundCut(Fact):
    """How a round was cut, once: the order, the budget, the seed of the lottery and the line."""

    round = models.OneToOneField(Round, on_delete=models.PROTECT, related_name="cut")
    seed = models.CharField(max_length=40)
    budget_minor = models.BigIntegerField()
    ranked = models.JSONField()
    """References in rank, from the best."""
    line = models.PositiveIntegerField()
    """How many from the top are awarded."""

    class Meta:
        """Table name and order."""

        db_table = "flow_round_cut"
        ordering = ("id",)


class Decision(Fact):
    """A person's word on an application. It differs from the screening only with a reason."""

    KINDS = (("award", "award"), ("refuse", "refuse"), ("not selected", "not selected"), ("wait", "wait"))

    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="decision")
    kind = models.CharField(max_length=20, choices=KINDS)
    screening = models.ForeignKey(
        StoredScreening, on_delete=models.PROTECT, related_name="decisions", null=True
    )
    """The screening it rests on; none where the award was decided elsewhere."""
    edition_digest = models.CharField(max_length=64)
    reason = models.TextField(blank=True)
    texts = models.JSONField()
    """The sentences as they were shown to the applicant."""
    elsewhere = models.JSONField(null=True)
    """By whom, when and on which paper (`by`, `on`, `paper`), for a decision that was not made here."""

    class Meta:
        """Table name and order."""

        db_table = "flow_decision"
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(screening__isnull=False) | models.Q(elsewhere__isnull=False),
                name="flow_decision_rests_on_something",
            ),
        )


class Award(Stateful):
    """The commitment that follows a decision: proposed by one person, approved by another."""

    reference = models.CharField(max_length=40, unique=True)
    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="award")
    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="award")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="awards")
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="awards")
    currency = models.CharField(max_length=3)
    cost_minor = models.BigIntegerField()
    """Its cash and quantity x unit value: what it takes of the round's budget."""

    class Meta:
        """An award costs nothing or more."""

        db_table = "flow_award"
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(cost_minor__gte=0), name="flow_award_cost_not_negative"
            ),
        )


class AwardBenefit(Fact):
    """What one benefit of an award comes to: money in minor units, or a quantity in thousandths."""

    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="benefits")
    name = models.CharField(max_length=40)
    kind = models.CharField(max_length=10)
    amount_minor = models.BigIntegerField(null=True)
    quantity_thousandths = models.BigIntegerField(null=True)
    unit = models.CharField(max_length=40, blank=True)
    cost_minor = models.BigIntegerField()
    """What it still takes of the round's budget: nothing for what was given before."""
    given_minor = models.BigIntegerField(null=True)
    given_thousandths = models.BigIntegerField(null=True)
    """What was given of it before the award came here, in the same measure; none where it was decided here."""

    class Meta:
        """Money or a quantity, never both; and never more given than granted."""

        db_table = "flow_award_benefit"
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("award", "name"), name="flow_award_benefit_once"),
            models.CheckConstraint(
                condition=models.Q(amount_minor__isnull=False) ^ models.Q(quantity_thousandths__isnull=False),
                name="flow_award_benefit_money_or_quantity",
            ),
            models.CheckConstraint(
                condition=models.Q(given_minor__isnull=True)
                | models.Q(
                    amount_minor__isnull=False, given_minor__gte=0, given_minor__lte=models.F("amount_minor")
                ),
                name="flow_award_benefit_given_money",
            ),
            models.CheckConstraint(
                condition=models.Q(given_thousandths__isnull=True)
                | models.Q(
                    quantity_thousandths__isnull=False,
                    given_thousandths__gte=0,
                    given_thousandths__lte=models.F("quantity_thousandths"),
                ),
                name="flow_award_benefit_given_quantity",
            ),
        )


class Ending(Fact):
    """Why an award ended: a reason of the file, what the person added, and what of the budget was free again."""

    award = models.OneToOneField(Award, on_delete=models.PROTECT, related_name="ending")
    reason = models.CharField(max_length=200)
    why = models.TextField(blank=True)
    released_minor = models.BigIntegerField()

    class Meta:
        """Nothing is released below nothing."""

        db_table = "flow_ending"
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(released_minor__gte=0), name="flow_ending_releases_not_below_nothing"
            ),
        )


class BaselineWaived(Fact):
    """A person did without what is asked before the first delivery: which record or follow-up of an award, and why."""

    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="waived")
    name = models.CharField(max_length=40)
    why = models.TextField()

    class Meta:
        """Once an award and name."""

        db_table = "flow_baseline_waived"
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("award", "name"), name="flow_baseline_waived_once"),)


fact(BaselineWaived._meta.db_table)
fact(RoundCut._meta.db_table)
fact(Decision._meta.db_table)
fact(AwardBenefit._meta.db_table)
fact(Ending._meta.db_table)
stateful(
    Award._meta.db_table,
    initial="proposed",
    transitions={
        "proposed": {"approved", "declined"},
        "approved": {"accepted", "declined", "proposed"},
        "accepted": {"active", "declined"},
        "active": {"suspended", "on probation", "completed", "ended"},
        "suspended": {"active", "ended"},
        "on probation": {"active", "suspended", "completed", "ended"},
    },
)
