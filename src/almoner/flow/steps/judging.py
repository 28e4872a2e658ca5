"""What reviewers and those who decide may read: one's own cases, an answer sheet to judge, and what reviews come to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from almoner.definitions.answers import encode
from almoner.engine.reviewing import Verdicts, in_points, severities, verdicts
from almoner.flow.applications import queries
from almoner.flow.applications.models import Round
from almoner.flow.reviews.access import REVIEW, SEE
from almoner.flow.reviews.models import Assignment
from almoner.flow.reviews.queries import STANDING, assignments_in, comments_of, holding, judged
from almoner.flow.steps.reviewing import check_theirs, review_of
from almoner.people.access import may, require
from almoner.people.models import User
from almoner.values.canonical import plain

AGAIN = "answers changed"
"""The state of an assignment whose review was given to answers that have changed since."""


def own_cases(round_: Round, *, by: User) -> list[dict[str, Any]]:
    """The cases of a round that somebody is to review or has reviewed, what is open first, each with its due day.

    Raises:
        NotPermitted: they review nothing here.
    """
    require(by, REVIEW, round_.programme)
    mine = [one for one in assignments_in(round_) if one.reviewer_id == by.pk and one.state in STANDING]
    held = {row.assignment_id: row for row in holding([one.application for one in mine])}
    rows = [
        {
            "application": one.application.reference,
            "state": one.state if one.state == "assigned" or one.pk in held else AGAIN,
            "due_on": one.due_on.isoformat() if one.due_on else None,
            "total": held[one.pk].total if one.pk in held else None,
        }
        for one in mine
    ]
    return sorted(rows, key=lambda row: (row["state"] == "reviewed", row["due_on"] or "", row["application"]))


def sheet_to_judge(assignment: Assignment, *, by: User) -> dict[str, Any]:
    """The answers that a reviewer judges: those that are not sensitive, with the questions; never an identifier.

    Raises:
        NotPermitted: they review nothing here.
        StepRefusedError: it is somebody else's to review.
    """
    programme = queries.programme_of(assignment.application.round.edition)
    require(by, REVIEW, programme.key)
    rule = review_of(programme)
    check_theirs(assignment, by)
    revision = queries.latest_revisions([assignment.application_id])[assignment.application_id]
    open_ = {name: field for name, field in programme.form.items() if not field.sensitive}
    answers = queries.answers_of(programme, revision)
    shown = encode(open_, {name: value for name, value in answers.items() if name in open_})
    return {
        "application": assignment.application.reference,
        "answers": {open_[name].ask or name: value for name, value in shown.items()},
        "rubric": {name: {"ask": one.ask, "most": one.most} for name, one in rule.rubric.items()},
    }


def overview(round_: Round, *, by: User) -> dict[str, Any]:
    """What the reviews of a round come to: each case with its mean, its spread and its mean without severity.

    `severity` says of each reviewer by how many points they give more than the others for the same cases. The plain
    mean ranks; the other stands beside it. Comments to the panel are shown, in the order in which they came.

    Raises:
        NotPermitted: they may not see what reviewers gave.
        StepRefusedError: the programme's file says nothing of reviews.
    """
    require(by, SEE, round_.programme)
    programme = queries.programme_of(round_.edition)
    rule = review_of(programme)
    assigned = assignments_in(round_)
    cases = {one.application_id: one.application for one in assigned}
    reviews = holding(list(cases.values()))
    given = judged(reviews)
    severity = severities(given)
    found = verdicts(given, severity)
    held = Counter(one.application.reference for one in assigned if one.state in STANDING)
    withdrawn = Counter(one.application.reference for one in assigned if one.state not in STANDING)
    notes: dict[str, list[str]] = {}
    for one in reviews:
        text = comments_of(one).get("to_panel")
        if text:
            notes.setdefault(one.assignment.application.reference, []).append(text)
    rows = [
        {
            "application": case,
            "reviews": found[case].count if case in found else 0,
            "of": rule.reviewers,
            "assigned": held[case],
            "withdrawn": withdrawn[case],
            **_figures(found.get(case)),
            "to_panel": notes.get(case, []),
        }
        for case in sorted({one.reference for one in cases.values()})
    ]
    return {
        "most": rule.most,
        "cases": sorted(rows, key=lambda row: _best_first(row["application"], found)),
        "severity": None
        if severity is None
        else {name: f"{in_points(points):+.1f}" for name, points in sorted(severity.items())},
    }


def _figures(found: Verdicts | None) -> dict[str, Any]:
    if found is None:
        return {"mean": None, "spread": None, "fair": None}
    return {"mean": plain(found.mean), "spread": found.spread, "fair": plain(found.fair)}


def _best_first(case: str, found: Mapping[str, Verdicts]) -> tuple[bool, Decimal, str]:
    """The highest mean first; what nobody has reviewed last."""
    return (case not in found, -found[case].mean if case in found else Decimal(0), case)


def may_see(by: User, programme: str) -> bool:
    """Whether somebody may see what all reviewers gave."""
    return may(by, SEE, programme)
