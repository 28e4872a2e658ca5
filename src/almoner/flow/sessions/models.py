"""Sessions and the papers that must be there before one opens."""

from __future__ import annotations

from django.db import models

from almoner.flow.applications.models import Round
from almoner.vault.guards import fact, stateful
from almoner.vault.models import DataKey, Fact, Stateful


class Session(Stateful):
    """A dated occasion at a site for many people. Nobody who comes needs a name.

    It has a data key of its own: whoever is nobody's party has none, and what is sealed about them is sealed under
    this one. Erasing it makes the sealed answers of the whole day unreadable.
    """

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="sessions")
    kind = models.CharField(max_length=40)
    """The session of the programme's file: `clinic_day`."""
    code = models.CharField(max_length=64)
    """What the office calls it; its files name it so."""
    site = models.CharField(max_length=200)
    held_on = models.DateField()
    data_key = models.OneToOneField(DataKey, on_delete=models.PROTECT, related_name="session")

    class Meta:
        """One session of a code in a round."""

        db_table = "flow_session"
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("round", "code"), name="flow_session_once"),)


class SessionPapers(Fact):
    """What was there before a session, as known on a day: open answers, and the rest under the session's key."""

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="papers")
    number = models.PositiveIntegerField()
    answers = models.JSONField()
    answers_sealed = models.BinaryField()

    class Meta:
        """Numbered from 1 in a session; the highest number holds."""

        db_table = "flow_session_papers"
        ordering = ("id",)
        verbose_name_plural = "session papers"
        constraints = (
            models.UniqueConstraint(fields=("session", "number"), name="flow_session_papers_numbered"),
        )


fact(SessionPapers._meta.db_table)
stateful(
    Session._meta.db_table,
    initial="planned",
    transitions={
        "planned": {"open", "cancelled"},
        "open": {"held", "cancelled"},
        "held": {"closed"},
    },
)
