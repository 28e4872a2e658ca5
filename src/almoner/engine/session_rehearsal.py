"""Runs the examples of a programme that serves the public: one session, its sheets, and what follows them.

A step of `then` opens, holds, closes or cancels the session, fills in a record or a follow-up, or lets time pass. A
record about a record is about the last one of that name, or the one whose number `for:` says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from almoner.definitions.programme import Example, Programme, Step
from almoner.definitions.sections.sessions import of_sessions
from almoner.engine.casefile import Attempt, FollowUp, Task
from almoner.engine.expectations import Deadline, Observations
from almoner.engine.follow_ups import state_of
from almoner.engine.session_figures import Asked, Held, Sheet
from almoner.engine.session_sheets import conclude, follow_ups_of, papers_missing, unanswered
from almoner.engine.tasks import is_overdue
from almoner.values.language import _

MOVES: Mapping[str, tuple[frozenset[str], str]] = {
    "open": (frozenset({"planned"}), "open"),
    "hold": (frozenset({"open"}), "held"),
    "close": (frozenset({"held"}), "closed"),
    "cancel": (frozenset({"planned", "open"}), "cancelled"),
}
"""What a step does with a session: from which states, to which."""

TAKES_SHEETS = frozenset({"open", "held"})
"""The states in which a session takes records about itself."""


class SessionProblem(ValueError):
    """A step that cannot be taken: nothing is due, there is nothing that it could be about."""


@dataclass(slots=True)
class _Raised:
    """A task with the sheet that raised it, and when."""

    task: Task
    sheet: int
    at: datetime
    done: bool = False


@dataclass(slots=True)
class _Seen:
    """What one step brought."""

    step: Step
    sheet: Sheet | None = None
    tasks: list[_Raised] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    refused: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


class SessionStory:
    """The session as the steps of one example make it."""

    def __init__(self, programme: Programme, example: Example) -> None:
        self.programme = programme
        self.papers = example.answers
        self.session = next(iter(programme.sessions))
        self.state = "planned"
        self.held_on: date | None = None
        self.sheets: list[Sheet] = []
        self.asked: list[Asked] = []
        self.tasks: list[_Raised] = []

    def observe(self, step: Step) -> Observations:
        """Take one step and say what can be seen after it.

        Raises:
            SessionProblem: it cannot be taken.
            NotYetCarriedOut: it would have to act on what nothing carries out yet.
        """
        seen = _Seen(step)
        if step.step in MOVES:
            self._move(step, seen)
        elif step.step in self.programme.records:
            self._report(step, seen)
        elif step.step in self.programme.follow_ups:
            self._follow_up(step)
        elif step.step:
            raise SessionProblem(_("'{step}' is no step of a session.").format(step=step.step))
        return self._observations(seen)

    def _move(self, step: Step, seen: _Seen) -> None:
        """The session moves, or it is refused: from where it stands, for a paper, because people were seen."""
        sources, target = MOVES[step.step]
        if self.state not in sources:
            seen.refused = (self.state,)
        elif step.step == "open":
            seen.missing = papers_missing(self.programme, self.session, self.papers, step.on)
            seen.refused = seen.missing
            self.held_on = step.on
        elif step.step == "cancel" and self.sheets:
            seen.refused = (self.sheets[0].record,)
        if not seen.refused:
            self.state = target

    def _report(self, step: Step, seen: _Seen) -> None:
        record = self.programme.records[step.step]
        if record.name not in of_sessions(self.programme):
            raise SessionProblem(_("'{step}' is no step of a session.").format(step=step.step))
        about = None
        if record.about in self.programme.records:
            about = self._subject(record.about, step)
        elif self.state not in TAKES_SHEETS:
            seen.refused = (self.state,)
            return
        seen.missing = seen.refused = unanswered(record.form, step.answers)
        if seen.refused:
            return
        at = self._instant(step)
        (found,) = conclude(self.programme, record.name, [step.answers], self.held_on or step.on, at)
        place = len(self.sheets)
        seen.sheet = Sheet(place, record.name, step.answers, found.derived, about)
        self.sheets.append(seen.sheet)
        for task in self.tasks:
            if task.sheet == about and task.task.done_by == record.name and not task.done:
                task.done = True
                seen.done.append(task.task.name)
        seen.tasks = [_Raised(task, place, at) for task in found.tasks]
        self.tasks += seen.tasks
        brought = follow_ups_of(self.programme, record.name, step.answers)
        self.asked += [Asked(place, FollowUp(name=name, due_on=day)) for name, day in brought]

    def _subject(self, record: str, step: Step) -> int:
        """The sheet that a record is about: the last of its name, or the one whose number is said."""
        places = [one.place for one in self.sheets if one.record == record]
        number = step.period or str(len(places))
        if not number.isdigit() or not 1 <= int(number) <= len(places):
            raise SessionProblem(
                _("There is no {record} {number} that it could be about.").format(
                    record=record, number=number
                )
            )
        return places[int(number) - 1]

    def _follow_up(self, step: Step) -> None:
        """The earliest one that is open, or was lost, is answered; without answers it was tried in vain."""
        definition = self.programme.follow_ups[step.step]
        due = [
            (one.follow_up.due_on, place)
            for place, one in enumerate(self.asked)
            if one.follow_up.name == step.step
            and one.follow_up.due_on <= step.on
            and state_of(definition, one.follow_up, step.on).state in {"due", "lost"}
        ]
        if not due:
            raise SessionProblem(_("{name} is not due on {day}.").format(name=step.step, day=step.on))
        place = min(due)[1]
        one = self.asked[place]
        tried = replace(
            one.follow_up,
            attempts=(
                *one.follow_up.attempts,
                Attempt(step.on, "answered" if step.answers else "no answer"),
            ),
            answers=step.answers or one.follow_up.answers,
        )
        self.asked[place] = replace(one, follow_up=tried)

    def _observations(self, seen: _Seen) -> Observations:
        step = seen.step
        held = Held(self.programme, self.session, self.state, step.on, self.sheets, self.asked)
        tasks = [one.task for one in seen.tasks]
        unclear = [one for one in tasks if one.unclear]
        found: dict[str, Callable[[], Any]] = {
            "state": lambda: self.state,
            "refused": lambda: seen.refused,
            "task": lambda: [one.name for one in tasks],
            "tasks": lambda: [one.name for one in tasks],
            "unclear": lambda: [one.name for one in unclear],
            "missing": lambda: list(
                dict.fromkeys([*seen.missing, *(name for one in unclear for name in one.missing)])
            ),
            "deadline": lambda: self._deadlines(seen),
            "done": lambda: seen.done,
            "overdue": lambda: [one.task.name for one in self.tasks if self._is_overdue(one, step)],
        }
        for name in self.programme.indicators:
            found[name] = partial(held.figure, name)
        for name in self.programme.follow_ups:
            found[name] = partial(self._states, name, step.on)
        if seen.sheet is not None:
            for name in seen.sheet.derived:
                found[name] = partial(seen.sheet.derived.get, name)
        return found

    def _deadlines(self, seen: _Seen) -> Any:
        zone = self.programme.time_zone
        found = {
            one.task.name: Deadline(one.task.deadline, one.task.occasion, one.at, zone) for one in seen.tasks
        }
        return next(iter(found.values())) if len(found) == 1 else found

    def _is_overdue(self, raised: _Raised, step: Step) -> bool:
        """Whether a task is open at the beginning of the step's day, and late."""
        at = self._instant(step).astimezone(UTC)
        closed = self.state == "closed"
        return not raised.done and is_overdue(raised.task.deadline, at, session_closed=closed)

    def _states(self, name: str, day: date) -> Any:
        definition = self.programme.follow_ups[name]
        asked = sorted(
            (one.follow_up for one in self.asked if one.follow_up.name == name), key=lambda one: one.due_on
        )
        states = [state_of(definition, one, day).state for one in asked]
        return states[0] if len(states) == 1 else states

    def _instant(self, step: Step) -> datetime:
        return datetime.combine(step.on, time(), tzinfo=ZoneInfo(self.programme.time_zone))
