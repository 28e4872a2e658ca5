"""Reads how a play's cases are reviewed: who reviews, with which ties and how severely, when, and the points."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from almoner.cli.invented.chance_reading import given
from almoner.cli.invented.chances import Drawn
from almoner.cli.invented.happenings import HappeningReader
from almoner.cli.invented.play import Play, Reviewer, Reviews
from almoner.definitions.nodes import Mapping, Node, Scalar, Sequence
from almoner.definitions.problems import did_you_mean, one_of
from almoner.definitions.programme import Review
from almoner.definitions.scope import Scope
from almoner.definitions.tree import NUMERIC, Type
from almoner.values.language import _

_KEYS = ("reviewers", "assigned", "seed", "withdraw", "given", "done", "draw", "points")
_NEEDS = ("reviewers", "assigned", "seed", "given", "points")


class ReviewReader(HappeningReader):
    """Reads reviews."""

    def reviews(self, root: Mapping, scope: Scope) -> Reviews | None:
        """The reviews, which a play has if its programme has them; `scope` is what is known of those who applied."""
        node, rule = root.get("reviews"), self.programme.review
        if (node is None) != (rule is None):
            message = _(
                "Where the programme's file has a 'review', the play has 'reviews', and nowhere else."
            )
            self.report.problem(node.line if node else root.line, message)
        self.keys(node, _KEYS, _NEEDS)
        if not isinstance(node, Mapping) or rule is None:
            return None
        reviewers = tuple(self.reviewers(node.get("reviewers"), rule, scope))
        known = {"reviewer": given(Type.TEXT), "severity": given(Type.NUMBER), "today": given(Type.DATE)}
        inner = scope.plus(known)
        done = self.condition(node.get("done"), inner, "done")
        draw, inner = self.draws(node.get("draw"), inner)
        withdraw = node.get("withdraw")
        parts = ("on", "often", "why")
        self.keys(withdraw, parts, needs=parts)
        gone = withdraw if isinstance(withdraw, Mapping) else None
        return Reviews(
            reviewers=reviewers,
            assigned=self.day(node.get("assigned")) or date.min,
            seed=self.whole(node.get("seed")),
            given=self.days(node.get("given")),
            points=self.points(node.get("points"), rule, inner),
            draw=draw,
            done=done,
            withdrawn_on=self.day(gone.get("on")) if gone else None,
            withdrawn=self.share(gone.get("often")) if gone else Decimal(0),
            why=self.text(gone.get("why")) if gone else "",
        )

    def reviewers(self, node: Node | None, rule: Review, scope: Scope) -> Iterator[Reviewer]:
        """Who reviews, by name: at least as many as judge each case."""
        pairs = self.pairs(node)
        if node is not None and len(pairs) < rule.reviewers:
            message = _("{count} review each case, and there are {found} reviewers.")
            self.report.problem(node.line, message.format(count=rule.reviewers, found=len(pairs)))
        for key, value in pairs:
            self.keys(value, ("ties", "severity"), needs=("ties", "severity"))
            if not isinstance(value, Mapping):
                continue
            severity = self.drawn("severity", value.get("severity") or Scalar(value.line, "0"), scope)
            if severity.known is not None and severity.known.type not in NUMERIC:
                self.problem(value, _("'{name}' is a number."), name="severity")
            yield Reviewer(key.text, dict(self.ties(value, rule)), severity)

    def ties(self, node: Mapping, rule: Review) -> Iterator[tuple[str, tuple[str, ...]]]:
        """What a reviewer shares with applicants, for every question that the programme names; `[]` is nothing."""
        ties = node.get("ties")
        said = ties.pairs if isinstance(ties, Mapping) else ()
        self.every(ties or node, [key.text for key, _value in said], rule.conflicts)
        for key, value in said:
            nothing = isinstance(value, Sequence) and not value.items
            yield key.text, () if nothing else self.texts(value)

    def points(self, node: Node | None, rule: Review, scope: Scope) -> dict[str, Drawn]:
        """The chance of each criterion's points, which are whole and always given."""
        found, _scope = self.draws(node, scope)
        self.every(node or Scalar(0, ""), list(found), tuple(rule.rubric))
        for key, _value in self.pairs(node):
            drawn = found[key.text]
            kind = drawn.known.type if drawn.known is not None else None
            if kind is not Type.INTEGER or drawn.unknown or drawn.gap:
                message = _("The points of '{name}' are whole and always given: '{{value: …, decimals: 0}}'.")
                self.problem(key, message, name=key.text)
        return found

    def every(self, place: Node, said: list[str], asked: tuple[str, ...]) -> None:
        """All that the programme asks are said, and nothing else."""
        for name in said:
            if name not in asked:
                message = _("'{written}' is none of {known}.").format(written=name, known=one_of(asked))
                self.report.problem(place.line, message + did_you_mean(name, asked))
        for name in asked:
            if name not in said:
                self.problem(place, _("'{name}' is missing."), name=name)

    def reviews_in_order(self, root: Mapping, play: Play) -> None:
        """Cases are shared out when all papers are there, and reviewed before the round is decided."""
        reviews, applied = play.reviews, play.applications
        if reviews is None or applied is None or play.decided is None or not reviews.given:
            return
        days = [applied.late_on or play.received, reviews.assigned, reviews.withdrawn_on or reviews.assigned]
        days = [play.received, *days, *reviews.given]
        if days != sorted(days) or days[-1] >= play.decided:
            key = root.key("reviews")
            message = _("All papers come, cases are shared out, reviewers withdraw, reviews are given, and a later"
                        " day decides.")  # fmt: skip
            self.report.problem(key.line if key else root.line, message)
