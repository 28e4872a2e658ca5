"""What reviewers make of a case in a play: drawn without a database, the same from the same seed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from almoner.cli.invented.drawing import Drawer
from almoner.cli.invented.play import Reviewer, Reviews


@dataclass(frozen=True, slots=True)
class Marker:
    """Draws from a play's seed what each reviewer does with each case."""

    reviews: Reviews
    seed: int

    def withdraws(self, person: str, reviewer: str) -> bool:
        """Whether a reviewer who reads this case finds a conflict in it."""
        return Drawer(self.seed).happens(self.reviews.withdrawn, f"{person}/reviews/{reviewer}/withdraws")

    def is_done(self, names: Mapping[str, Any], reviewer: Reviewer, today: date) -> bool:
        """Whether a review that is open is given today: on the last day every one is."""
        if self.reviews.done is None or today >= self.reviews.given[-1]:
            return True
        known = self._known(names, reviewer, today)
        return bool(Drawer(self.seed).value(self.reviews.done, known, f"{_where(known)}/{today}/done"))

    def points(self, names: Mapping[str, Any], reviewer: Reviewer, today: date) -> dict[str, int]:
        """A reviewer's points for each criterion.

        Raises:
            ValueError: points are unknown, because something is that they are reckoned from.
        """
        known = self._known(names, reviewer, today)
        drawer = Drawer(self.seed)
        drawn = drawer.draw(self.reviews.draw, known, _where(known))
        found = drawer.draw(self.reviews.points, drawn.names, f"{_where(known)}/points").said
        if unknown := [name for name, value in found.items() if value is None]:
            raise ValueError(f"{reviewer.name} gives {known['person']} unknown points: {', '.join(unknown)}.")
        return {name: int(value) for name, value in found.items()}

    def _known(self, names: Mapping[str, Any], reviewer: Reviewer, today: date) -> dict[str, Any]:
        severity = Drawer(self.seed).value(reviewer.severity, names, f"reviews/{reviewer.name}/severity")
        return {**names, "reviewer": reviewer.name, "severity": severity, "today": today}


def _where(known: Mapping[str, Any]) -> str:
    return f"{known['person']}/reviews/{known['reviewer']}"
