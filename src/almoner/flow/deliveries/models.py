"""Instalments and deliveries."""

from __future__ import annotations

from django.db import models

from almoner.flow.decisions.models import Award, AwardBenefit
from almoner.vault.guards import fact, stateful
from almoner.vault.models import Fact, Stateful


class Instalment(Stateful):
    """One part of a benefit, in money or in kind: scheduled, due or held, paid once."""

    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="instalments")
    benefit = models.ForeignKey(AwardBenefit, on_delete=models.PROTECT, related_name="instalments")
    name = models.CharField(max_length=40)
    due_on = models.DateField()
    amount_minor = models.BigIntegerField(null=True)
    quantity_thousandths = models.BigIntegerField(null=True)
    cost_minor = models.BigIntegerField()

    class Meta:
        """Money or a quantity, never both; one of a name in a benefit."""

        db_table = "flow_instalment"
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("benefit", "name"), name="flow_instalment_once"),
            models.CheckConstraint(
                condition=models.Q(amount_minor__isnull=False) ^ models.Q(quantity_thousandths__isnull=False),
                name="flow_instalment_money_or_quantity",
            ),
        )


class Delivery(Fact):
    """What was handed over for an instalment. One delivery an instalment: nothing is paid twice."""

    instalment = models.OneToOneField(Instalment, on_delete=models.PROTECT, related_name="delivery")
    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="deliveries")
    benefit = models.CharField(max_length=40)
    amount_minor = models.BigIntegerField(null=True)
    quantity_thousandths = models.BigIntegerField(null=True)
    cost_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    evidence = models.CharField(max_length=200)

    class Meta:
        """Table name and order."""

        db_table = "flow_delivery"
        ordering = ("id",)
        verbose_name_plural = "deliveries"


fact(Delivery._meta.db_table)
stateful(
    Instalment._meta.db_table,
    initial="scheduled",
    transitions={
        "scheduled": {"due", "held", "cancelled"},
        "due": {"held", "in a payment run", "cancelled"},
        "held": {"due", "cancelled"},
        "in a payment run": {"paid", "returned"},
        "returned": {"due", "cancelled"},
    },
)
