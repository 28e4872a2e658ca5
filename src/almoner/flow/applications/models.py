"""Editions, rounds, applications, their revisions and stored screenings."""

from __future__ import annotations

from django.db import models

from almoner.people.models import Party
from almoner.vault.guards import fact, stateful
from almoner.vault.models import Fact, Stateful


class Edition(Fact):
    """A programme's definition, frozen. It is loaded from here for good, never from today's file."""

    programme = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    frozen = models.BinaryField()
    """Canonical JSON of the definition, its lookup tables, the grammar version and the round's restatement."""

    class Meta:
        """Table name and order."""

        db_table = "flow_edition"
        ordering = ("id",)


class Round(Stateful):
    """A window for applications with its own budget, year and currency."""

    programme = models.CharField(max_length=80)
    name = models.CharField(max_length=200)
    year = models.IntegerField()
    currency = models.CharField(max_length=3)
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="rounds")
    real = models.BooleanField()
    """Whether the people are from a public data set rather than invented."""

    class Meta:
        """One round of a name in a programme."""

        db_table = "flow_round"
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("programme", "name"), name="flow_round_named_once"),)


class WindDown(Fact):
    """A programme that takes nobody new from the day on which this happened, and why."""

    programme = models.CharField(max_length=80, unique=True)
    why = models.TextField()

    class Meta:
        """Table name and order."""

        db_table = "flow_wind_down"
        ordering = ("id",)


class Application(Stateful):
    """What a party asked of a round. `row_key` says which row of the giver's file it is, so that it comes once."""

    reference = models.CharField(max_length=40, unique=True)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="applications")
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="applications")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="applications")
    as_of = models.DateField()
    """The local date of the first submission, which never moves: its figures judge the case."""
    row_key = models.CharField(max_length=200)
    run = models.ForeignKey(
        "flow.ImportRun", on_delete=models.PROTECT, null=True, related_name="applications"
    )

    class Meta:
        """One application a row of the giver's file."""

        db_table = "flow_application"
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("round", "row_key"), name="flow_application_row_once"),
        )


class Revision(Fact):
    """The answers as they stood, in two documents: the open ones, and the rest under the party's key."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    answers = models.JSONField()
    answers_sealed = models.BinaryField()
    answers_mac = models.CharField(max_length=64)
    """Keyed digest of the whole sheet, by which a second import tells an unchanged row from a changed one."""

    class Meta:
        """Numbered from 1 in an application."""

        db_table = "flow_revision"
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("application", "number"), name="flow_revision_numbered"),
        )


class StoredScreening(Fact):
    """What the engine answered about a revision, kept so that it can be asked again years later."""

    revision = models.OneToOneField(Revision, on_delete=models.PROTECT, related_name="screening")
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="screenings")
    as_of = models.DateField()
    outcome = models.CharField(max_length=20)
    points_micros = models.BigIntegerField(null=True)
    result = models.JSONField()
    """Rules, refusals, missing, blocked, criteria, amounts: no answer stands in it."""
    derived_sealed = models.BinaryField()
    """Derived values, under the party's key: many are made from sensitive answers."""

    class Meta:
        """Table name and order."""

        db_table = "flow_screening"
        ordering = ("id",)


fact(Edition._meta.db_table)
fact(Revision._meta.db_table)
fact(StoredScreening._meta.db_table)
fact(WindDown._meta.db_table)
stateful(
    Round._meta.db_table,
    initial="open",
    transitions={
        "open": {"cut"},
        "cut": {"closed"},
    },
)
stateful(
    Application._meta.db_table,
    initial="draft",
    transitions={
        "draft": {"submitted", "decided", "withdrawn"},  # at once where it was decided elsewhere
        "submitted": {"screened", "needs information", "withdrawn"},
        "screened": {"needs information", "reviewed", "decided", "waiting list", "withdrawn"},
        "needs information": {"screened", "lapsed", "withdrawn"},
        "lapsed": {"reopened"},
        "reopened": {"screened", "needs information", "withdrawn"},
        "reviewed": {"screened", "decided", "waiting list", "withdrawn"},  # back where a reviewer withdrew
        "waiting list": {"decided", "withdrawn"},
        "decided": {"public notice", "notified", "appealed"},
        "public notice": {"notified", "appealed"},
        "notified": {"appealed"},
        "appealed": {"decided"},
    },
)
