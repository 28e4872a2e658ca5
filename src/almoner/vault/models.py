"""Bases of every guarded row, and the vault's own tables."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NoReturn
from uuid import UUID

from django.conf import settings
from django.db import models

from almoner.values import ids
from almoner.values.clock import current
from almoner.vault.guards import fact, stateful


def new_uid() -> UUID:
    """A UUIDv7 by the clock in use."""
    return ids.uuid7()


def moment() -> datetime:
    """This instant by the clock in use."""
    return current().now()


@dataclass(frozen=True, slots=True)
class Stamp:
    """Who does a step, on which day it happened, when it is recorded, and under which idempotency key."""

    who: models.Model
    happened_on: date
    recorded_at: datetime = field(default_factory=moment)
    key: str = ""

    def columns(self) -> dict[str, Any]:
        """The columns that every fact carries."""
        return {
            "happened_on": self.happened_on,
            "recorded_at": self.recorded_at,
            "recorded_by_id": self.who.pk,
        }


class NotAllowed(Exception):
    """A change that the records do not allow: of a fact, past the transitions, or by who made the row."""


class Guarded(models.Model):
    """What every guarded row carries: a name for machines, two times, and who recorded it."""

    uid = models.UUIDField(unique=True, default=new_uid, editable=False)
    happened_on = models.DateField()
    """The day it happened, in the programme's time zone."""
    recorded_at = models.DateTimeField(default=moment, editable=False)
    """When it was known: UTC, by the clock."""
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False
    )

    class Meta:
        """A base without a table."""

        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert the row. A row that is there is never saved again."""
        if not self._state.adding:
            raise NotAllowed(f"A row of {self._meta.db_table} is not saved again.")
        super().save(*args, **kwargs)

    def delete(self, *_: Any, **__: Any) -> NoReturn:
        """Refused: a correction is a new fact that names the old one."""
        raise NotAllowed(f"A row of {self._meta.db_table} is never deleted.")


class Fact(Guarded):
    """A row that is inserted and then stays as it is."""

    class Meta:
        """A base without a table."""

        abstract = True


class Stateful(Guarded):
    """A row whose content stays and whose state moves, only by `states.move`."""

    state = models.CharField(max_length=40)
    version = models.IntegerField(default=0, editable=False)

    class Meta:
        """A base without a table."""

        abstract = True


class Event(models.Model):
    """One move of one row of any stateful table. `kind` is the table's name, `row` the row's id there."""

    kind = models.CharField(max_length=40)
    row = models.BigIntegerField()
    version = models.IntegerField()
    from_state = models.CharField(max_length=40)
    to_state = models.CharField(max_length=40)
    who = models.BigIntegerField()
    """The id of the user. No foreign key: the vault knows nothing of people."""
    why = models.TextField()
    happened_on = models.DateField()
    recorded_at = models.DateTimeField(default=moment, editable=False)
    key = models.CharField(max_length=200, blank=True)

    class Meta:
        """A row has one event a version."""

        db_table = "vault_event"
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("kind", "row", "version"), name="vault_event_version"),
        )


class DataKey(models.Model):
    """The key of one party's sealed values, wrapped by a master key. Erased, it has no bytes any more."""

    uid = models.UUIDField(unique=True, default=new_uid, editable=False)
    wrapped = models.BinaryField(null=True)
    master_version = models.IntegerField()
    recorded_at = models.DateTimeField(default=moment, editable=False)
    recorded_by = models.BigIntegerField()
    """The id of the user."""
    state = models.CharField(max_length=40, default="in use")
    version = models.IntegerField(default=0, editable=False)

    class Meta:
        """What is erased has no bytes; what is in use has some."""

        db_table = "vault_data_key"
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state="in use", wrapped__isnull=False)
                | models.Q(state="erased", wrapped__isnull=True),
                name="vault_data_key_erased_is_empty",
            ),
        )


class AuditEntry(models.Model):
    """One link of the audit chain: a step as it was done. `before` and `after` are canonical JSON."""

    seq = models.BigIntegerField(unique=True)
    who = models.BigIntegerField()
    step = models.CharField(max_length=80)
    at = models.DateTimeField()
    before = models.TextField()
    after = models.TextField()
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        """In the order of the chain."""

        db_table = "vault_audit_entry"
        ordering = ("seq",)


class AuditHead(models.Model):
    """The last link of the chain: one row, which is also the lock under which the next link is made."""

    seq = models.BigIntegerField()
    hash = models.CharField(max_length=64)

    class Meta:
        """One row, and no second."""

        db_table = "vault_audit_head"
        constraints = (models.CheckConstraint(condition=models.Q(id=1), name="vault_audit_head_is_one"),)


class StepResult(models.Model):
    """What a step returned under an idempotency key, so that asking again returns it again."""

    step = models.CharField(max_length=80)
    key = models.CharField(max_length=200)
    arguments = models.CharField(max_length=64)
    """SHA-256 of the canonical JSON of the arguments."""
    result = models.TextField()
    recorded_at = models.DateTimeField(default=moment, editable=False)

    class Meta:
        """A key is used once a step."""

        db_table = "vault_step_result"
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("step", "key"), name="vault_step_result_once"),)


fact(Event._meta.db_table)
fact(AuditEntry._meta.db_table)
fact(AuditHead._meta.db_table, may_change={"seq", "hash"})
fact(StepResult._meta.db_table)
stateful(
    DataKey._meta.db_table,
    transitions={"in use": {"erased"}},
    initial="in use",
    made_by_column="recorded_by",
    may_change={"wrapped", "master_version"},
)
