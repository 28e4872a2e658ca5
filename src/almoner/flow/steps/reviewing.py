"""From an eligible application to a reviewed one: ties declared, cases shared out, points given, withdrawals."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any

from almoner.definitions.programme import Programme, Review
from almoner.engine.reviewing import TooFewReviewers, ToReview, mean_of, share_out
from almoner.flow.applications import actions as applications
from almoner.flow.applications import queries
from almoner.flow.applications.models import Application, Round, StoredScreening
from almoner.flow.decisions.queries import cut_of
from almoner.flow.reviews import actions as reviews
from almoner.flow.reviews.access import ASSIGN, REVIEW
from almoner.flow.reviews.models import Assignment
from almoner.flow.reviews.queries import STANDING, assignments_in, loads, lock, ties_of, totals_of
from almoner.flow.steps.recipe import Request, Result, StepRefusedError, carry_out
from almoner.people.access import may
from almoner.people.models import User
from almoner.values.dates import add_duration
from almoner.values.language import _, few
from almoner.vault.models import Stamp


def review_of(programme: Programme) -> Review:
    """How the programme's applications are reviewed.

    Raises:
        StepRefusedError: its file says nothing of reviews.
    """
    if programme.review is None:
        raise StepRefusedError(
            _("{file} has no 'review': its cases are not reviewed.").format(file=programme.file)
        )
    return programme.review


def declare_ties(programme: Programme, ties: Mapping[str, Sequence[str]], *, request: Request) -> Result:
    """A reviewer declares what they share with applicants: every question that the file names, if only with no value.

    Raises:
        StepRefusedError: a question is left out, or is none of those that the file names.
    """
    asked = review_of(programme).conflicts
    said = {name: sorted({one.strip() for one in values} - {""}) for name, values in ties.items()}

    def do(stamp: Stamp) -> Result:
        if set(said) != set(asked):
            message = _("Declare each of these, and nothing else: {names}.")
            raise StepRefusedError(message.format(names=", ".join(asked) or "–"))
        reviews.declare(request.by, programme.key, said, stamp=stamp)
        return {"declared": list(asked)}

    arguments = {"programme": programme.key, "ties": said}
    return carry_out("declare_ties", request, may=REVIEW, programme=programme.key, arguments=arguments, do=do)


def assign_reviews(round_: Round, reviewers: Sequence[User], *, seed: int, request: Request) -> Result:
    """Give every eligible application that lacks reviewers as many as the file demands, evenly and by lot.

    Nobody is given a case of which they share an answer that the file forbids, or from which they withdrew.

    Raises:
        StepRefusedError: somebody named does not review here or declared no ties; a case lacks the answer by which ties
            are told; or too few may review one. Nothing is assigned then.
    """
    programme = queries.programme_of(round_.edition)
    rule = review_of(programme)
    day = request.happened_on

    def do(stamp: Stamp) -> Result:
        locked = queries.lock_round(round_)
        _check_open(locked)
        _check_reviewers(programme, reviewers)
        stored = [one for one in queries.latest_screenings(locked) if _is_waiting(one)]
        waiting = _waiting(stored, assignments_in(locked), _barred(programme, stored, reviewers))
        users = {user.username: user for user in reviewers}
        given = _shared_out(rule, waiting, users, seed)
        by_reference = {one.revision.application.reference: one.revision.application for one in stored}
        pairs = [(by_reference[case], users[name]) for case in sorted(given) for name in sorted(given[case])]
        due_on = add_duration(day, rule.within.count, rule.within.unit) if rule.within else None
        reviews.assign(pairs, due_on=due_on, stamp=stamp)
        return {"cases": len(given), "assigned": len(pairs), "due_on": due_on.isoformat() if due_on else None}

    arguments = {
        "round": str(round_.uid),
        "reviewers": sorted(user.username for user in reviewers),
        "seed": seed,
        "on": day.isoformat(),
    }
    return carry_out(
        "assign_reviews", request, may=ASSIGN, programme=round_.programme, arguments=arguments, do=do
    )


def _check_open(round_: Round) -> None:
    if cut_of(round_) is not None:
        raise StepRefusedError(_("The round '{name}' was cut already.").format(name=round_.name))


def _check_reviewers(programme: Programme, reviewers: Sequence[User]) -> None:
    """Each may review here, and has declared what the file asks."""
    strangers = [user.username for user in reviewers if not may(user, REVIEW, programme.key)]
    if strangers or not reviewers:
        message = _("No reviewer of {programme}: {names}.")
        raise StepRefusedError(message.format(programme=programme.key, names=", ".join(strangers) or "–"))
    declared = ties_of(programme.key, reviewers)
    asked = set(review_of(programme).conflicts)
    silent = [user.username for user in reviewers if set(declared.get(user.pk, ())) != asked and asked]
    if silent:
        message = _("These reviewers have not declared their ties: {names}.")
        raise StepRefusedError(message.format(names=", ".join(sorted(silent))))


def _waiting(
    stored: Sequence[StoredScreening], assignments: Sequence[Assignment], barred: Mapping[int, set[str]]
) -> list[ToReview]:
    """Each case with who holds it; whoever withdrew from it is barred like whoever shares an answer."""
    holders: dict[int, set[str]] = defaultdict(set)
    withdrawn: dict[int, set[str]] = defaultdict(set)
    for one in assignments:
        (holders if one.state in STANDING else withdrawn)[one.application_id].add(one.reviewer.username)
    return [
        ToReview(
            one.reference,
            holders=frozenset(holders[one.pk]),
            barred=frozenset(barred[one.pk] | withdrawn[one.pk]),
        )
        for one in (row.revision.application for row in stored)
    ]


def _is_waiting(stored: StoredScreening) -> bool:
    return stored.outcome == "eligible" and stored.revision.application.state == "screened"


def _barred(
    programme: Programme, stored: Sequence[StoredScreening], reviewers: Sequence[User]
) -> dict[int, set[str]]:
    """Who shares an answer of each application, by application.

    Raises:
        StepRefusedError: an answer by which ties are told is not there: nobody can say who may review that case.
    """
    asked = review_of(programme).conflicts
    declared = ties_of(programme.key, reviewers)
    found: dict[int, set[str]] = {one.revision.application_id: set() for one in stored}
    unknown: list[str] = []
    for one in stored if asked else ():
        answers = queries.answers_of(programme, one.revision)
        if any(answers.get(name) is None for name in asked):
            unknown.append(one.revision.application.reference)
            continue
        found[one.revision.application_id] = {
            user.username
            for user in reviewers
            for name in asked
            if _folded(answers[name]) in {_folded(value) for value in declared[user.pk][name]}
        }
    if unknown:
        message = _("Nobody can say who may review these cases, because {names} is unanswered: {cases}.")
        raise StepRefusedError(message.format(names=", ".join(asked), cases=few(unknown)))
    return found


def _folded(value: Any) -> str:
    """A name as it is compared: width, case and blanks do not tell two institutions apart."""
    return " ".join(unicodedata.normalize("NFKC", str(value)).casefold().split())


def _shared_out(
    rule: Review, waiting: Collection[ToReview], users: Mapping[str, User], seed: int
) -> dict[str, list[str]]:
    try:
        return share_out(
            waiting, users.keys(), each=rule.reviewers, loads=loads(list(users.values())), seed=seed
        )
    except TooFewReviewers as lacking:
        message = _("Fewer than {count} of these may review: {cases}. Name more reviewers.")
        raise StepRefusedError(message.format(count=rule.reviewers, cases=few(lacking.cases))) from None


def give_review(
    assignment: Assignment,
    scores: Mapping[str, int],
    *,
    to_applicant: str = "",
    to_panel: str = "",
    request: Request,
) -> Result:
    """A reviewer's points for every criterion, with a word to the applicant and another to the panel.

    Given again before the case is decided it takes the place of the first. With the last review that the file demands
    the application is *reviewed*.

    Raises:
        StepRefusedError: it is somebody else's to review, they withdrew, the case was decided, or a criterion is left
            out, unknown, or given more than it can have.
    """
    programme = queries.programme_of(assignment.application.round.edition)
    rule = review_of(programme)
    reference = assignment.application.reference

    def do(stamp: Stamp) -> Result:
        mine = _mine(assignment, request.by)
        _check_scores(rule, scores)
        application = mine.application
        revision = queries.latest_revisions([application.pk])[application.pk]
        comments = {"to_applicant": to_applicant.strip(), "to_panel": to_panel.strip()}
        reviews.review(mine, revision, scores, comments, stamp=stamp)
        count = len(totals_of([application]).get(application.pk, ()))
        if count >= rule.reviewers and application.state == "screened":
            applications.reviewed([application], stamp=stamp)
        return {
            "application": reference,
            "total": sum(scores.values()),
            "reviews": count,
            "of": rule.reviewers,
        }

    # The words themselves stand in the sealed review; the entry keeps that there were some.
    arguments = {
        "application": reference,
        "reviewer": request.by.username,
        "scores": dict(scores),
        "comments": sorted(
            name for name, text in (("applicant", to_applicant), ("panel", to_panel)) if text.strip()
        ),
        "on": request.happened_on.isoformat(),
    }
    return carry_out("review", request, may=REVIEW, programme=programme.key, arguments=arguments, do=do)


def recuse(assignment: Assignment, *, why: str, request: Request) -> Result:
    """A reviewer declares a conflict and withdraws; what they gave counts no more, and the case waits for another.

    Raises:
        StepRefusedError: it is somebody else's to review, they withdrew before, the case was decided, or no reason is
            given.
    """
    programme = queries.programme_of(assignment.application.round.edition)
    rule = review_of(programme)
    reference = assignment.application.reference

    def do(stamp: Stamp) -> Result:
        if not why.strip():
            raise StepRefusedError(_("A reviewer withdraws only with a reason."))
        mine = _mine(assignment, request.by)
        reviews.recuse(mine, why=why.strip(), stamp=stamp)
        application = mine.application
        left = len(totals_of([application]).get(application.pk, ()))
        if application.state == "reviewed" and left < rule.reviewers:
            applications.review_again([application], stamp=stamp)
        return {"application": reference, "reviews": left, "of": rule.reviewers}

    arguments = {
        "application": reference,
        "reviewer": request.by.username,
        "why": why,
        "on": request.happened_on.isoformat(),
    }
    return carry_out("recuse", request, may=REVIEW, programme=programme.key, arguments=arguments, do=do)


def check_theirs(assignment: Assignment, reviewer: User) -> None:
    """Go on only if the case is this person's to review.

    Raises:
        StepRefusedError: it is somebody else's, or they withdrew.
    """
    if assignment.reviewer_id != reviewer.pk or assignment.state not in STANDING:
        message = _("{user} does not review {case}.")
        raise StepRefusedError(message.format(user=reviewer.username, case=assignment.application.reference))


def _mine(assignment: Assignment, reviewer: User) -> Assignment:
    """The assignment under its round's lock, if this person may still act on it."""
    queries.lock_round(assignment.application.round)
    found = lock(assignment)
    check_theirs(found, reviewer)
    if found.application.state not in {"screened", "reviewed"}:
        message = _("{case} is {state}: it is not reviewed any more.")
        raise StepRefusedError(
            message.format(case=found.application.reference, state=_(found.application.state))
        )
    return found


def _check_scores(rule: Review, scores: Mapping[str, int]) -> None:
    if set(scores) != set(rule.rubric):
        asked = ", ".join(rule.rubric)
        raise StepRefusedError(
            _("Give points for each of these, and nothing else: {names}.").format(names=asked)
        )
    for name, criterion in rule.rubric.items():
        if not 0 <= scores[name] <= criterion.most:
            message = _("'{name}' takes whole points from 0 to {most}, not {given}.")
            raise StepRefusedError(message.format(name=name, most=criterion.most, given=scores[name]))


def reviewed_points(programme: Programme, pending: Collection[Application]) -> dict[int, Decimal]:
    """The mean of what the reviewers gave each application that has all its reviews, by application."""
    rule = review_of(programme)
    return {
        key: mean_of(totals) for key, totals in totals_of(pending).items() if len(totals) >= rule.reviewers
    }
