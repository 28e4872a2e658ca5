"""Assignments, what reviewers declared of themselves, and reviews."""

from __future__ import annotations

from django.db import models

from almoner.flow.applications.models import Application, Revision
from almoner.people.models import User
from almoner.vault.guards import fact, stateful
from almoner.vault.models import Fact, Stateful


class ReviewerTies(Fact):
    """What a reviewer declared of themselves in a programme, for the questions that may not be answered alike."""

    reviewer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="ties")
    programme = models.CharField(max_length=80)
    number = models.PositiveIntegerField()
    ties = models.JSONField()
    """Lists of values by question; an empty list says that there is none."""

    class Meta:
        """Numbered from 1 for a reviewer in a programme; the highest number holds."""

        db_table = "flow_reviewer_ties"
        ordering = ("id",)
        verbose_name_plural = "reviewer ties"
        constraints = (
            models.UniqueConstraint(
                fields=("reviewer", "programme", "number"), name="flow_reviewer_ties_numbered"
            ),
        )


class Assignment(Stateful):
    """An application that somebody is to review."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="assignments")
    reviewer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="assignments")
    due_on = models.DateField(null=True)

    class Meta:
        """A reviewer is given an application once, and whoever withdrew is not given it again."""

        db_table = "flow_assignment"
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("application", "reviewer"), name="flow_assignment_once"),
        )


class Review(Fact):
    """What a reviewer gave the answers of one revision; a later one of the same assignment takes its place."""

    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="reviews")
    number = models.PositiveIntegerField()
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="reviews")
    scores = models.JSONField()
    """Whole points by criterion."""
    comments_sealed = models.BinaryField()
    """`to_applicant` and `to_panel`, under the party's key."""

    @property
    def total(self) -> int:
        """What the reviewer gave in all."""
        return sum(self.scores.values())

    class Meta:
        """Numbered from 1 in an assignment."""

        db_table = "flow_review"
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("assignment", "number"), name="flow_review_numbered"),)


fact(ReviewerTies._meta.db_table)
fact(Review._meta.db_table)
stateful(
    Assignment._meta.db_table,
    initial="assigned",
    transitions={
        "assigned": {"reviewed", "recused"},
        "reviewed": {"recused"},
    },
)
