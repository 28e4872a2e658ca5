"""Users and their roles; parties, their identifiers, and what they agreed to."""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from almoner.definitions.roles import OFFICE_ROLES
from almoner.vault.guards import fact
from almoner.vault.models import DataKey, Fact


class User(AbstractBaseUser):
    """Somebody who uses Almoner. What they may do stands in `Role`."""

    username = models.CharField(max_length=80, unique=True)
    display_name = models.CharField(max_length=200)
    is_active = models.BooleanField(default=True)

    objects = BaseUserManager["User"]()

    USERNAME_FIELD = "username"

    class Meta:
        """Table name and order."""

        db_table = "people_user"
        ordering = ("id",)

    def __str__(self) -> str:
        return self.display_name or self.username


class Role(models.Model):
    """What a user is. `kind` says who gave the role its name.

    An *office* role is one of `NAMES`; it counts in one programme, or with an empty programme in all of them. A *task*
    role is named by the tasks of one programme's file, a *wall* role by its wall; both count in that programme alone.
    """

    NAMES = OFFICE_ROLES
    OFFICE, TASK, WALL = "office", "task", "wall"

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="roles")
    role = models.CharField(max_length=40)
    programme = models.CharField(max_length=80, blank=True)
    kind = models.CharField(max_length=10, default=OFFICE)

    class Meta:
        """A role is held once a programme, and is one that the office or a programme's file names."""

        db_table = "people_role"
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("user", "role", "programme"), name="people_role_once"),
            models.CheckConstraint(
                condition=models.Q(kind="office", role__in=OFFICE_ROLES)
                | (
                    models.Q(kind__in=("task", "wall"))
                    & ~models.Q(role__in=("", *OFFICE_ROLES))
                    & ~models.Q(programme="")
                ),
                name="people_role_exists",
            ),
        )


class Party(Fact):
    """A person, household or organisation, with a key of its own for everything sealed about it."""

    KINDS = ("person", "household", "organisation")

    kind = models.CharField(max_length=20)
    data_key = models.OneToOneField(DataKey, on_delete=models.PROTECT, related_name="party")

    class Meta:
        """A party is of a kind that exists."""

        db_table = "people_party"
        ordering = ("id",)
        verbose_name_plural = "parties"
        constraints = (
            models.CheckConstraint(
                condition=models.Q(kind__in=("person", "household", "organisation")),
                name="people_party_kind_exists",
            ),
        )


class Identity(Fact):
    """Who a party is, as known on a day: name, address, contact, sealed. The highest number holds."""

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="identities")
    number = models.PositiveIntegerField()
    sealed = models.BinaryField()

    class Meta:
        """Numbered from 1 in a party."""

        db_table = "people_identity"
        ordering = ("id",)
        verbose_name_plural = "identities"
        constraints = (models.UniqueConstraint(fields=("party", "number"), name="people_identity_numbered"),)


class Identifier(Fact):
    """A blind index by which a party is found. `scheme` is who gave it: `national id`, a file.

    Two parties may share a phone, an account or a name, never an identifier of one scheme. Erasure
    empties it.
    """

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="identifiers")
    kind = models.CharField(max_length=20)
    scheme = models.CharField(max_length=80, blank=True)
    index = models.CharField(max_length=64, blank=True)

    class Meta:
        """An identifier is of a kind that exists, and belongs to one party."""

        db_table = "people_identifier"
        ordering = ("id",)
        indexes = (models.Index(fields=("kind", "index"), name="people_identifier_by_index"),)
        constraints = (
            models.UniqueConstraint(
                fields=("scheme", "index"),
                condition=models.Q(kind="identifier") & ~models.Q(index=""),
                name="people_identifier_of_one_party",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=("identifier", "account", "phone", "name token")),
                name="people_identifier_kind_exists",
            ),
        )


class ConsentGiven(Fact):
    """What a party said about a consent of a programme, on a day, to the text as it then stood."""

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="consents")
    programme = models.CharField(max_length=80)
    name = models.CharField(max_length=40)
    text_digest = models.CharField(max_length=64)
    """SHA-256 of the text that was shown."""
    given = models.BooleanField()
    """True: given. False: refused or withdrawn."""

    class Meta:
        """Table name and order; the latest by day, then by id, holds."""

        db_table = "people_consent"
        ordering = ("id",)
        verbose_name_plural = "consents given"


fact(Party._meta.db_table)
fact(Identity._meta.db_table)
fact(Identifier._meta.db_table, may_be_emptied={"index"})
fact(ConsentGiven._meta.db_table)
