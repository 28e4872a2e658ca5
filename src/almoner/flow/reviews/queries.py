"""Every read about reviews that another layer needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any

from almoner.engine.reviewing import Judged
from almoner.flow.applications.models import Application, Round
from almoner.flow.applications.queries import latest_revisions
from almoner.flow.reviews.models import Assignment, Review, ReviewerTies
from almoner.people.models import User
from almoner.vault.sealed import open_sealed

STANDING = ("assigned", "reviewed")
"""The states of an assignment that holds a reviewer."""


def ties_of(programme: str, reviewers: Collection[User]) -> dict[int, dict[str, list[str]]]:
    """What reviewers declared of themselves, by the reviewer's id; whoever declared nothing is not in it."""
    rows = ReviewerTies.objects.filter(programme=programme, reviewer__in=reviewers).order_by("number")
    return {row.reviewer_id: row.ties for row in rows}


def assignments_in(round_: Round) -> list[Assignment]:
    """Every assignment of a round, whoever withdrew among them, in their order."""
    rows = Assignment.objects.select_related("application__party__data_key", "reviewer")
    return list(rows.filter(application__round=round_).order_by("id"))


def assignment_of(reference: str, reviewer: User) -> Assignment | None:
    """The assignment of an application to a reviewer."""
    rows = Assignment.objects.select_related("application__party__data_key", "application__round__edition")
    return rows.filter(application__reference=reference, reviewer=reviewer).first()


def lock(assignment: Assignment) -> Assignment:
    """The assignment as it stands, locked until the end of the transaction."""
    return Assignment.objects.select_for_update().get(pk=assignment.pk)


def loads(reviewers: Collection[User]) -> Mapping[str, int]:
    """How many assignments each reviewer holds that are not reviewed yet, by name."""
    rows = Assignment.objects.filter(reviewer__in=reviewers, state="assigned")
    return Counter(rows.values_list("reviewer__username", flat=True))


def holding(applications: Collection[Application]) -> list[Review]:
    """The reviews that hold: the last of each assignment that stands, of the answers as they are now."""
    newest = {row.pk for row in latest_revisions([one.pk for one in applications]).values()}
    rows = Review.objects.select_related(
        "assignment__reviewer", "assignment__application__party__data_key"
    ).filter(assignment__application__in=applications, assignment__state="reviewed")
    last = {row.assignment_id: row for row in rows.order_by("number")}
    return [row for row in last.values() if row.revision_id in newest]


def judged(reviews: Collection[Review]) -> list[Judged]:
    """What reviewers gave in all, by the reference of the application."""
    return [
        Judged(row.assignment.application.reference, row.assignment.reviewer.username, row.total)
        for row in reviews
    ]


def totals_of(applications: Collection[Application]) -> dict[int, list[int]]:
    """What the reviewers of each application gave in all, by application; one without a review is not in it."""
    found: dict[int, list[int]] = {}
    for row in holding(applications):
        found.setdefault(row.assignment.application_id, []).append(row.total)
    return found


def comments_of(review: Review) -> Mapping[str, Any]:
    """The comments of a review, opened with the party's key."""
    opened: dict[str, Any] = open_sealed(
        review.assignment.application.party.data_key,
        row=review,
        field="comments_sealed",
        value=review.comments_sealed,
    )
    return opened
