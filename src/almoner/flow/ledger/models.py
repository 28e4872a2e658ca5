"""Budgets, and entries whose postings balance by their shape."""

from __future__ import annotations

from django.db import models

from almoner.flow.applications.models import Round
from almoner.vault.guards import fact, stateful
from almoner.vault.models import Fact, Stateful


class Budget(Stateful):
    """A round's money, always whole: total = free + committed + disbursed, and none of them negative."""

    round = models.OneToOneField(Round, on_delete=models.PROTECT, related_name="budget")
    currency = models.CharField(max_length=3)
    total_minor = models.BigIntegerField()
    free_minor = models.BigIntegerField()
    committed_minor = models.BigIntegerField()
    disbursed_minor = models.BigIntegerField()

    class Meta:
        """The database itself refuses a budget that does not add up."""

        db_table = "flow_budget"
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(
                    total_minor=models.F("free_minor")
                    + models.F("committed_minor")
                    + models.F("disbursed_minor")
                ),
                name="flow_budget_adds_up",
            ),
            models.CheckConstraint(
                condition=models.Q(free_minor__gte=0, committed_minor__gte=0, disbursed_minor__gte=0),
                name="flow_budget_never_negative",
            ),
        )


class Rate(Fact):
    """What one unit of a currency is worth in another, from a day on; the last one not after a day holds on it."""

    currency = models.CharField(max_length=3)
    into = models.CharField(max_length=3)
    rate = models.CharField(max_length=30)
    """As it was published, a decimal above 0."""
    source = models.CharField(max_length=200)

    class Meta:
        """One a pair of currencies and a day."""

        db_table = "flow_rate"
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("currency", "into", "happened_on"), name="flow_rate_once"),
        )


class Entry(Fact):
    """One event in the books: what it was for, and the row it comes from."""

    programme = models.CharField(max_length=80)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="entries", null=True)
    """None for goods: a lot belongs to a programme, and whatever round asks is given from it."""
    what = models.CharField(
        max_length=20
    )  # budget, commitment, disbursement, release; receipt, issue, write-off
    about = models.CharField(max_length=60)
    """The reference of the award, the round's name or the lot's number."""
    key = models.CharField(max_length=100, unique=True)

    class Meta:
        """Table name and order."""

        db_table = "flow_entry"
        ordering = ("id",)
        verbose_name_plural = "entries"


class Posting(Fact):
    """Units of a commodity out of one account and into another: balanced by its shape, not by a sum.

    Of a currency the units are minor ones, of a lot thousandths of its unit.
    """

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="postings")
    from_account = models.CharField(max_length=80)
    to_account = models.CharField(max_length=80)
    commodity = models.CharField(max_length=20)
    units = models.BigIntegerField()
    fund = models.CharField(max_length=80)
    """Whose money it is: restricted funds are a dimension of every posting."""

    class Meta:
        """A posting moves something, from one account to another."""

        db_table = "flow_posting"
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(condition=models.Q(units__gt=0), name="flow_posting_moves_something"),
            models.CheckConstraint(
                condition=~models.Q(from_account=models.F("to_account")), name="flow_posting_moves_somewhere"
            ),
        )


fact(Entry._meta.db_table)
fact(Rate._meta.db_table)
fact(Posting._meta.db_table)
stateful(
    Budget._meta.db_table,
    initial="open",
    transitions={
        "open": {"closed"},
    },
    may_change={"free_minor", "committed_minor", "disbursed_minor"},
)
