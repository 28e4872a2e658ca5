"""How the cases of a play are reviewed: ties, the sharing out, withdrawals and points, each by whoever may."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from almoner.cli import demo_stage as stage
from almoner.cli.invented.cast import Names
from almoner.cli.invented.marking import Marker
from almoner.cli.invented.play import Play, Reviewer, Reviews
from almoner.flow.applications.models import Round
from almoner.flow.applications.queries import programme_of
from almoner.flow.reviews.models import Assignment
from almoner.flow.reviews.queries import assignments_in
from almoner.flow.steps import reviewing

REVIEWER = "reviewer"
"""The role that may declare ties and give reviews."""


@dataclass(frozen=True, slots=True)
class Jury:
    """The reviewers of a play; `applicants` is what is known of those whom they judge."""

    play: Play
    reviews: Reviews
    applicants: Mapping[str, Names]

    def acts(self) -> Iterator[stage.Act]:
        """The sharing out, the withdrawals, and each day on which reviews are given."""
        yield stage.Act(self.reviews.assigned, self._begin)
        if self.reviews.withdrawn_on is not None:
            yield stage.Act(self.reviews.withdrawn_on, self._withdraw)
        yield from (stage.Act(on, self._judge) for on in self.reviews.given)

    def _begin(self, on_stage: stage.Stage, round_: Round, on: date) -> Any:
        """Each reviewer comes to the office and declares their ties; then the cases are shared out."""
        programme = programme_of(round_.edition)
        for one in self.reviews.reviewers:
            on_stage.join(_user(one), REVIEWER, programme.key)
            request = on_stage.request(_user(one), on, f"{round_.uid} ties {one.name}")
            reviewing.declare_ties(programme, one.ties, request=request)
        return self._share_out(on_stage, round_, on)

    def _share_out(self, on_stage: stage.Stage, round_: Round, on: date) -> Any:
        users = [on_stage.users[_user(one)] for one in self.reviews.reviewers]
        request = on_stage.request("officer", on, f"{round_.uid} reviews {on}")
        return reviewing.assign_reviews(round_, users, seed=self.reviews.seed, request=request)

    def _withdraw(self, on_stage: stage.Stage, round_: Round, on: date) -> Any:
        """Whoever finds a conflict in a case withdraws, and the same day it goes to somebody else."""
        marker = Marker(self.reviews, self.play.seed)
        gone = [
            (case, who)
            for case, who in self._open(round_)
            if marker.withdraws(case.application.row_key, who.name)
        ]
        for case, who in gone:
            request = on_stage.request(_user(who), on, f"{case.application.reference} withdraw {who.name}")
            reviewing.recuse(case, why=self.reviews.why, request=request)
        return self._share_out(on_stage, round_, on) if gone else {"cases": 0}

    def _judge(self, on_stage: stage.Stage, round_: Round, on: date) -> Any:
        marker = Marker(self.reviews, self.play.seed)
        given = 0
        for case, who in self._open(round_):
            names = self.applicants[case.application.row_key]
            if marker.is_done(names, who, on):
                request = on_stage.request(_user(who), on, f"{case.application.reference} review {who.name}")
                reviewing.give_review(case, marker.points(names, who, on), request=request)
                given += 1
        return {"reviews": given}

    def _open(self, round_: Round) -> list[tuple[Assignment, Reviewer]]:
        """The cases that somebody is still to review."""
        by_user = {_user(one): one for one in self.reviews.reviewers}
        waiting = [one for one in assignments_in(round_) if one.state == "assigned"]
        return [(one, by_user[one.reviewer.username]) for one in waiting]


def _user(reviewer: Reviewer) -> str:
    return f"demo-{reviewer.name}"
