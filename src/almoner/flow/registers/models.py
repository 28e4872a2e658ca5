"""What stands on a register: nobody applied for it and nobody decides it, and dated sheets are about it."""

from __future__ import annotations

from django.db import models

from almoner.flow.applications.models import Round
from almoner.vault.guards import stateful
from almoner.vault.models import DataKey, Stateful


class RegisterEntry(Stateful):
    """A site, an entity, or somebody who takes part, from the day on which it came on the register.

    It has a data key of its own: what is sealed about it is sealed under this one.
    """

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="register")
    kind = models.CharField(max_length=40)
    """`site`, `entity`, or the participant of the programme's file."""
    code = models.CharField(max_length=64)
    """What the office calls it; its files name it so."""
    title = models.CharField(max_length=200, blank=True)
    """Its name as pages show it; empty for a person, who is known by a code alone."""
    data_key = models.OneToOneField(DataKey, on_delete=models.PROTECT, related_name="register_entry")

    class Meta:
        """One of a code in a round."""

        db_table = "flow_register_entry"
        ordering = ("id",)
        verbose_name_plural = "register entries"
        constraints = (models.UniqueConstraint(fields=("round", "code"), name="flow_register_entry_once"),)


stateful(
    RegisterEntry._meta.db_table,
    initial="listed",
    transitions={"listed": {"struck off"}},
)
