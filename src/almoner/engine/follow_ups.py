"""Follow-ups on a day: scheduled, due, answered, refused, died or lost.

*Not tried* is never *lost*: only who was tried as often as the file says, and never answered, is lost. A late
answer reopens: it counts, whenever it comes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from almoner.definitions import programme as defined
from almoner.engine.casefile import CaseFile, FollowUp
from almoner.values.dates import add_duration

CLOSED = frozenset({"answered", "refused", "died", "lost"})
"""The states in which nobody has to try again."""


@dataclass(frozen=True, slots=True)
class FollowUpState:
    """A follow-up with its state on a day. `attempts` counts the tries up to that day."""

    follow_up: FollowUp
    state: str
    attempts: int
    attempts_left: int


def follow_ups_on(case: CaseFile, day: date) -> tuple[FollowUpState, ...]:
    """Every follow-up of a case as it stands on a day, in the order in which they fall due."""
    found = [state_of(case.programme.follow_ups[one.name], one, day) for one in case.follow_ups]
    return tuple(sorted(found, key=lambda one: one.follow_up.due_on))


def occasions(
    definition: defined.FollowUp, due_days: Sequence[date], *, with_baseline: bool
) -> list[str | None]:
    """Which of the times that a file names each follow-up of one award is: `26 weeks after first delivery`.

    All that come after the baseline are counted from one day, so they stand in the order of their lengths; where some
    fell away before an award came here, these were the earliest. One that fits none is None.

    Args:
        definition: the follow-up, of which every later time counts from one day.
        due_days: the days on which it is due, in order.
        with_baseline: whether the first of them was asked before help began.
    """
    epoch = date(2000, 1, 1)
    later = sorted(
        (one for one in definition.due if one.after), key=lambda one: add_duration(epoch, one.count, one.unit)
    )
    labels: list[str | None] = [None] * len(due_days)
    places = range(int(with_baseline), len(due_days))
    for place, one in zip(reversed(places), reversed(later), strict=False):
        labels[place] = occasion(one)
    return labels


def occasion(due: defined.Due) -> str:
    """The words for a time at which a follow-up is due."""
    return f"{due.count} {due.unit} after {due.anchor}"


def state_of(definition: defined.FollowUp, follow_up: FollowUp, day: date) -> FollowUpState:
    """One follow-up as it stands on a day.

    An answer outweighs what was tried before and after it; a death outweighs a refusal, and both outweigh
    tries that reached nobody.
    """
    results = [attempt.result for attempt in follow_up.attempts if attempt.on <= day]
    tried = len(results)
    left = max(definition.attempts - tried, 0)
    if "answered" in results:
        state = "answered"
    elif "died" in results:
        state = "died"
    elif "refused" in results:
        state = "refused"
    elif tried and not left:
        state = "lost"
    else:
        state = "due" if follow_up.due_on <= day else "scheduled"
    return FollowUpState(follow_up, state, tried, left)
