"""Every write about reviews, one verb a function."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from almoner.flow.applications.models import Application, Revision
from almoner.flow.reviews.models import Assignment, Review, ReviewerTies
from almoner.people.models import User
from almoner.vault.models import Stamp
from almoner.vault.sealed import seal
from almoner.vault.states import move_all

CHUNK = 500


def declare(
    reviewer: User, programme: str, ties: Mapping[str, Sequence[str]], *, stamp: Stamp
) -> ReviewerTies:
    """What a reviewer says of themselves from now on."""
    number = ReviewerTies.objects.filter(reviewer=reviewer, programme=programme).count() + 1
    return ReviewerTies.objects.create(
        reviewer=reviewer,
        programme=programme,
        number=number,
        ties={name: list(values) for name, values in ties.items()},
        **stamp.columns(),
    )


def assign(
    pairs: Sequence[tuple[Application, User]], *, due_on: date | None, stamp: Stamp
) -> list[Assignment]:
    """Applications for people to review, in the order given."""
    rows = [
        Assignment(
            application=application, reviewer=reviewer, due_on=due_on, state="assigned", **stamp.columns()
        )
        for application, reviewer in pairs
    ]
    return Assignment.objects.bulk_create(rows, batch_size=CHUNK)


def review(
    assignment: Assignment,
    revision: Revision,
    scores: Mapping[str, int],
    comments: Mapping[str, str],
    *,
    stamp: Stamp,
) -> Review:
    """What a reviewer gives; the assignment is reviewed."""
    row = Review(
        assignment=assignment,
        number=Review.objects.filter(assignment=assignment).count() + 1,
        revision=revision,
        scores=dict(scores),
        **stamp.columns(),
    )
    key = assignment.application.party.data_key
    row.comments_sealed = seal(key, row=row, field="comments_sealed", value=dict(comments))
    row.save(force_insert=True)
    if assignment.state == "assigned":
        move_all([assignment], "reviewed", stamp=stamp, why="reviewed")
    return row


def recuse(assignment: Assignment, *, why: str, stamp: Stamp) -> None:
    """The reviewer withdraws; what they gave counts no more."""
    move_all([assignment], "recused", stamp=stamp, why=why)
