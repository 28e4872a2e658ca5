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


class CalledOff(Stateful):
    """What somebody brought of what is called off: taken, provisional, refused or held. It is never changed.

    A later sheet under the same row that says more `corrects` one that was held.
    """

    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="called_off")
    benefit = models.ForeignKey(AwardBenefit, on_delete=models.PROTECT, related_name="called_off")
    number = models.PositiveIntegerField()
    row_key = models.CharField(max_length=200)
    evidence = models.CharField(max_length=200)
    corrects = models.OneToOneField("self", on_delete=models.PROTECT, related_name="corrected_by", null=True)
    answers = models.JSONField()
    answers_sealed = models.BinaryField()
    answers_mac = models.CharField(max_length=64)

    class Meta:
        """Numbered in its benefit."""

        db_table = "flow_called_off"
        ordering = ("id",)
        verbose_name_plural = "called off"
        constraints = (
            models.UniqueConstraint(fields=("benefit", "number"), name="flow_called_off_numbered"),
        )


class Reckoning(Fact):
    """What a delivery came to by what was known on a day: one when it is taken, one more when it is settled."""

    called_off = models.ForeignKey(CalledOff, on_delete=models.PROTECT, related_name="reckonings")
    is_top_up = models.BooleanField()
    instalment = models.OneToOneField(
        Instalment, on_delete=models.PROTECT, related_name="reckoning", null=True
    )
    """None where a settled delivery brings nothing more."""
    worth_minor = models.BigIntegerField()
    """What it is worth before anything is kept back; of a top-up, what comes on top."""
    quantity_thousandths = models.BigIntegerField()
    stand_ins = models.JSONField()
    """The derived values that were unknown and stood in for, by name."""
    cancelled = models.JSONField()
    """What went over a cap in thousandths, by the cap's name."""
    cycle_no = models.PositiveIntegerField(null=True)
    issue_no = models.PositiveIntegerField(null=True)
    """Of a scheme: the issue that it is a part of."""
    edition_digest = models.CharField(max_length=64)
    """The edition whose tables it was reckoned by: the award's, or one that only continues them."""
    derived_sealed = models.BinaryField()

    class Meta:
        """Taken once and settled once."""

        db_table = "flow_reckoning"
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("called_off", "is_top_up"), name="flow_reckoning_once"),
            models.CheckConstraint(
                condition=models.Q(worth_minor__gte=0, quantity_thousandths__gte=0),
                name="flow_reckoning_not_negative",
            ),
        )


class Deduction(Fact):
    """What of a delivery's worth repaid an advance."""

    reckoning = models.ForeignKey(Reckoning, on_delete=models.PROTECT, related_name="deductions")
    benefit = models.CharField(max_length=40)
    amount_minor = models.BigIntegerField()

    class Meta:
        """Something was repaid, once an advance."""

        db_table = "flow_deduction"
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("reckoning", "benefit"), name="flow_deduction_once"),
            models.CheckConstraint(condition=models.Q(amount_minor__gt=0), name="flow_deduction_positive"),
        )


fact(Delivery._meta.db_table)
fact(Reckoning._meta.db_table)
fact(Deduction._meta.db_table)
stateful(
    CalledOff._meta.db_table,
    initial="reported",
    transitions={
        "reported": {"taken", "provisional", "refused", "held"},
        "held": {"taken", "provisional", "refused", "corrected"},
        "provisional": {"settled"},
    },
)
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
