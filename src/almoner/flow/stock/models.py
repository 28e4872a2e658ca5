"""Lots of what is given in kind, the consignments they came with, and what of them was written off."""

from __future__ import annotations

from django.db import models

from almoner.vault.guards import fact, stateful
from almoner.vault.models import Fact, Stateful


class Lot(Stateful):
    """One lot of a benefit, in thousandths of its unit: received = free + issued + written off, none negative.

    Whether it is expired follows from the day and is stored nowhere.
    """

    programme = models.CharField(max_length=80)
    benefit = models.CharField(max_length=40)
    number = models.CharField(max_length=40)
    """As it is printed on the pack, as `engine.stock.lot_number` reads it."""
    unit = models.CharField(max_length=40, blank=True)
    expires_on = models.DateField()
    """The last day on which it may be handed over."""
    received_thousandths = models.BigIntegerField()
    free_thousandths = models.BigIntegerField()
    issued_thousandths = models.BigIntegerField()
    written_off_thousandths = models.BigIntegerField()

    class Meta:
        """The database itself refuses a lot that does not add up."""

        db_table = "flow_lot"
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("programme", "benefit", "number"), name="flow_lot_once"),
            models.CheckConstraint(
                condition=models.Q(
                    received_thousandths=models.F("free_thousandths")
                    + models.F("issued_thousandths")
                    + models.F("written_off_thousandths")
                ),
                name="flow_lot_adds_up",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    received_thousandths__gte=0,
                    free_thousandths__gte=0,
                    issued_thousandths__gte=0,
                    written_off_thousandths__gte=0,
                ),
                name="flow_lot_never_negative",
            ),
        )

    @property
    def commodity(self) -> str:
        """What the postings of this lot move."""
        return f"{COMMODITY}{self.pk}"


COMMODITY = "LOT-"
"""How the commodity of a lot begins; its id follows. No currency is called so."""


class Consignment(Fact):
    """What of a lot arrived at once, and the paper that came with it."""

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="consignments")
    quantity_thousandths = models.BigIntegerField()
    paper = models.CharField(max_length=200)

    class Meta:
        """Something arrived."""

        db_table = "flow_consignment"
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(quantity_thousandths__gt=0), name="flow_consignment_positive"
            ),
        )


class WriteOff(Fact):
    """What of a lot will never be handed over, and why: broken, expired, destroyed after a recall."""

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="write_offs")
    quantity_thousandths = models.BigIntegerField()
    why = models.TextField()

    class Meta:
        """Something was written off."""

        db_table = "flow_write_off"
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(quantity_thousandths__gt=0), name="flow_write_off_positive"
            ),
        )


fact(Consignment._meta.db_table)
fact(WriteOff._meta.db_table)
stateful(
    Lot._meta.db_table,
    initial="usable",
    transitions={
        "usable": {"recalled"},
    },
    may_change={
        "received_thousandths",
        "free_thousandths",
        "issued_thousandths",
        "written_off_thousandths",
    },
)
