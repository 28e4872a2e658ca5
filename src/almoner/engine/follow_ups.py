"""Follow-ups on a day: scheduled, due, answered, refused, died or lost.

*Not tried* is never *lost*: only who was tried as often as the file says, and never answered, is lost. A late
answer reopens: it counts, whenever it comes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from almoner.definitions import programme as defined
from almoner.engine.casefile import CaseFile, FollowUp

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
