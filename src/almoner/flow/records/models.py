"""Records, follow-ups with their attempts, and tasks: each about exactly one thing."""

from __future__ import annotations

from django.db import models

from almoner.flow.applications.models import Round
from almoner.flow.decisions.models import Award
from almoner.flow.registers.models import RegisterEntry
from almoner.flow.sessions.models import Session
from almoner.people.models import Party
from almoner.vault.guards import fact, stateful
from almoner.vault.models import Fact, Stateful

ABOUT = ("award", "session", "entry", "about")
"""The columns of which exactly one says what a row is about."""


def about_one(name: str) -> models.CheckConstraint:
    """A row is about exactly one thing: an award, a session, something on a register, or another record."""
    only = models.Q()
    for said in ABOUT:
        only |= models.Q(**{f"{one}__isnull": one != said for one in ABOUT})
    return models.CheckConstraint(condition=only, name=name)


class FollowUp(Stateful):
    """What falls due after a benefit or a date in a record, and is counted when it is missing."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="follow_ups")
    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="follow_ups", null=True)
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="follow_ups", null=True)
    entry = models.ForeignKey(RegisterEntry, on_delete=models.PROTECT, related_name="follow_ups", null=True)
    about = models.ForeignKey("Record", on_delete=models.PROTECT, related_name="follow_ups", null=True)
    name = models.CharField(max_length=40)
    due_on = models.DateField()
    delivery = models.CharField(max_length=100, blank=True, default="")
    """Which delivery it is about: the benefit and the instalment, `cash.first`."""

    class Meta:
        """One a name, day and delivery."""

        db_table = "flow_follow_up"
        ordering = ("id",)
        constraints = (
            about_one("flow_follow_up_about_one"),
            models.UniqueConstraint(
                fields=("award", "name", "due_on", "delivery"), name="flow_follow_up_delivery_once"
            ),
            models.UniqueConstraint(fields=("about", "name", "due_on"), name="flow_follow_up_about_once"),
        )


class Sample(Fact):
    """A draw of those who are asked a follow-up: from whom, with which seed, and who was drawn.

    Whoever has the seed draws the same again: `Chance(seed).sample(len(frame), len(drawn))`.
    """

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="samples")
    name = models.CharField(max_length=40)
    wanted = models.CharField(max_length=40)
    """What the file says: `10 %`."""
    seed = models.CharField(max_length=40)
    frame = models.JSONField()
    """Each that could be drawn, in order: the award's name for machines, the day it falls due, the delivery or ''."""
    drawn = models.JSONField()
    """The places in the frame that were drawn, from 0, in the order drawn."""

    class Meta:
        """Table name and order."""

        db_table = "flow_sample"
        ordering = ("id",)


class Attempt(Fact):
    """One try to reach somebody: how, and what came of it. A follow-up never tried is never lost."""

    follow_up = models.ForeignKey(FollowUp, on_delete=models.PROTECT, related_name="attempts")
    number = models.PositiveIntegerField()
    result = models.CharField(max_length=20)

    class Meta:
        """Numbered from 1 in a follow-up."""

        db_table = "flow_attempt"
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("follow_up", "number"), name="flow_attempt_numbered"),)


class Record(Stateful):
    """A dated answer sheet about an award, a session, an entry of a register or another record.

    It is reported, then verified by somebody else.

    `party` is who it opened a file for; its sealed answers then lie under that party's key.
    """

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="records")
    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="records", null=True)
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="records", null=True)
    entry = models.ForeignKey(RegisterEntry, on_delete=models.PROTECT, related_name="records", null=True)
    about = models.ForeignKey("self", on_delete=models.PROTECT, related_name="records", null=True)
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="records", null=True)
    name = models.CharField(max_length=40)
    period = models.CharField(max_length=40, blank=True)
    follow_up = models.OneToOneField(FollowUp, on_delete=models.PROTECT, related_name="answer", null=True)
    corrects = models.OneToOneField("self", on_delete=models.PROTECT, related_name="corrected_by", null=True)
    answers = models.JSONField()
    answers_sealed = models.BinaryField()
    answers_mac = models.CharField(max_length=64)
    reported_on = models.DateField()
    """The day on which it was handed in, as whoever took it over says; when that was written down is `recorded_at`."""
    row_key = models.CharField(max_length=200)
    """Which row of the giver's file, or which key of the step, so that it comes once."""
    paper = models.CharField(max_length=200, blank=True, default="")
    """The paper that those signed whom the file names."""

    class Meta:
        """One record a key; one uncorrected record a period."""

        db_table = "flow_record"
        ordering = ("id",)
        constraints = (
            about_one("flow_record_about_one"),
            models.UniqueConstraint(fields=("award", "name", "row_key"), name="flow_record_row_once"),
            models.UniqueConstraint(
                fields=("session", "name", "row_key"), name="flow_record_session_row_once"
            ),
            models.UniqueConstraint(fields=("about", "name", "row_key"), name="flow_record_about_row_once"),
            models.UniqueConstraint(fields=("entry", "name", "row_key"), name="flow_record_entry_row_once"),
            models.UniqueConstraint(
                fields=("entry", "name", "period"),
                condition=models.Q(corrects__isnull=True) & ~models.Q(period=""),
                name="flow_record_entry_period_once",
            ),
            models.UniqueConstraint(
                fields=("award", "name", "period"),
                condition=models.Q(corrects__isnull=True) & ~models.Q(period=""),
                name="flow_record_period_once",
            ),
        )


class PaperNumber(Fact):
    """The number on a paper that counts once, as a keyed digest, with the record that was made from it first."""

    record = models.OneToOneField(Record, on_delete=models.PROTECT, related_name="paper_number")
    index = models.CharField(max_length=64, unique=True)

    class Meta:
        """One record a number, in all programmes."""

        db_table = "flow_paper_number"
        ordering = ("id",)


class Task(Stateful):
    """What a named role must do by a time because an answer demanded it. Overdue is computed, not stored."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="tasks")
    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="tasks", null=True)
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="tasks", null=True)
    entry = models.ForeignKey(RegisterEntry, on_delete=models.PROTECT, related_name="tasks", null=True)
    about = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="tasks_about", null=True)
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="tasks", null=True)
    name = models.CharField(max_length=80)
    role = models.CharField(max_length=40)
    due_at = models.DateTimeField(null=True)
    occasion = models.CharField(max_length=40, blank=True)
    """What it is bound to in place of a time: `same session`."""
    unclear = models.JSONField()
    """What is missing where nobody can say yet whether the alarm is right; empty where it is."""
    cause = models.CharField(max_length=120, blank=True)
    """What demanded it where no answer did: a recalled lot, by benefit and number."""

    class Meta:
        """A task is about one thing, as the record that raised it; one a cause."""

        db_table = "flow_task"
        ordering = ("id",)
        constraints = (
            about_one("flow_task_about_one"),
            models.UniqueConstraint(
                fields=("award", "name", "cause"),
                condition=~models.Q(cause=""),
                name="flow_task_cause_once",
            ),
        )


fact(Attempt._meta.db_table)
fact(Sample._meta.db_table)
fact(PaperNumber._meta.db_table)
stateful(
    FollowUp._meta.db_table,
    initial="scheduled",
    transitions={
        "scheduled": {"due", "answered"},
        "due": {"answered", "refused", "died", "lost"},
        "lost": {"answered"},
    },
)
stateful(
    Record._meta.db_table,
    initial="reported",
    transitions={
        "reported": {"verified", "queried"},
        "queried": {"reported"},
    },
)
stateful(
    Task._meta.db_table,
    initial="open",
    transitions={
        "open": {"done"},
        "done": {"verified", "open"},
    },
)
