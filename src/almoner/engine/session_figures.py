"""Figures over one session, for an example's `then`: counts, shares and cascades of its records and follow-ups.

It is written for a few sheets and reads like the definition; a statement computes the same from rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from almoner.definitions.cascades import CascadeStep, resolve
from almoner.definitions.programme import Indicator, Programme
from almoner.engine.casefile import Answers, FollowUp
from almoner.engine.evaluation import evaluate
from almoner.engine.follow_ups import state_of
from almoner.engine.not_yet import NotYetCarriedOut

HELD = frozenset({"held", "closed"})
"""The states of a session that took place."""

_OUTCOMES = ("unknown", "refused", "died", "lost", "not_tried")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A record of a session with what it derives; `about` is the place of the sheet that it is about."""

    place: int
    record: str
    answers: Answers
    derived: Answers
    about: int | None = None

    @property
    def names(self) -> dict[str, Any]:
        """Answers and derived values together."""
        return {**self.answers, **self.derived}


@dataclass(frozen=True, slots=True)
class Asked:
    """A follow-up about a sheet."""

    about: int
    follow_up: FollowUp


@dataclass(frozen=True, slots=True)
class Held:
    """A session as it stands on a day."""

    programme: Programme
    session: str
    state: str
    day: date
    sheets: Sequence[Sheet]
    asked: Sequence[Asked]

    def figure(self, name: str) -> Mapping[str, Any]:
        """What an indicator says of this session.

        Raises:
            NotYetCarriedOut: the indicator is of another kind or reads something else.
        """
        indicator = self.programme.indicators[name]
        if indicator.kind == "cascade":
            return self._cascade(indicator)
        if indicator.kind == "count" and indicator.source in self.programme.sessions:
            took_place = self.state in HELD and indicator.source == self.session
            return {"value": int(took_place)}
        if indicator.kind == "count" and indicator.source in self.programme.records and not indicator.other:
            return {"value": sum(one.record == indicator.source for one in self.sheets)}
        if indicator.kind == "share" and not indicator.other:
            return self._share(indicator)
        raise NotYetCarriedOut(self.programme, f"indicators.{name}")

    def _share(self, indicator: Indicator) -> Mapping[str, Any]:
        groups = Counter(self._groups(indicator))
        known = groups["yes"] + groups["no"]
        counted = {name: groups[name] for name in ("yes", "no", *_OUTCOMES)}
        return {**counted, "n": known, "of": groups.total()}

    def _groups(self, indicator: Indicator) -> Iterator[str]:
        if indicator.expression is None:
            return
        for one in self.sheets:
            if one.record == indicator.source:
                names = {**one.names, "as_of": self.day}
                yield _group(evaluate(self.programme, [indicator.expression], names)[0].value)
        for asked in self.asked:
            if asked.follow_up.name == indicator.source and asked.follow_up.due_on <= self.day:
                state = self._state(asked)
                if state == "answered":
                    names = {**(asked.follow_up.answers or {}), "as_of": self.day}
                    yield _group(evaluate(self.programme, [indicator.expression], names)[0].value)
                else:
                    yield state

    def _cascade(self, indicator: Indicator) -> Mapping[str, Any]:
        steps = resolve(indicator.steps, self.programme.records, self.programme.follow_ups)
        current = [one for one in self.sheets if one.record == steps[0].sheet]
        found: dict[str, Any] = {steps[0].name: {"of": len(current), "yes": len(current)}}
        for step in steps[1:]:
            groups = [(one, *self._at(step, one)) for one in current]
            counted = Counter(group for _one, group, _next in groups)
            found[step.name] = {name: counted[name] for name in ("yes", "no", *_OUTCOMES)} | {
                "of": len(current)
            }
            current = [following for _one, group, following in groups if group == "yes"]
        return found

    def _at(self, step: CascadeStep, sheet: Sheet) -> tuple[str, Sheet]:
        """How a sheet stands at a step, and the sheet at which the next step looks."""
        if step.is_sheet:
            about = [one for one in self.sheets if one.about == sheet.place and one.record == step.sheet]
            if about:
                return "yes", about[-1]
            return ("no" if self.state == "closed" else "unknown"), sheet
        if step.sheet == sheet.record:
            return _group(sheet.names.get(step.name)), sheet
        asked = [one for one in self.asked if one.about == sheet.place and one.follow_up.name == step.sheet]
        return self._answered(step, [one for one in asked if one.follow_up.due_on <= self.day]), sheet

    def _answered(self, step: CascadeStep, due: Sequence[Asked]) -> str:
        """The last known answer; else what became of the follow-ups that were due."""
        states = [self._state(one) for one in due]
        known = [(one.follow_up.answers or {}).get(step.name) for one in due]
        answers = [value for value in known if value is not None]
        if answers:
            return _group(answers[-1])
        if "answered" in states or not states:
            return "unknown"
        return next((state for state in ("died", "refused") if state in states), states[-1])

    def _state(self, asked: Asked) -> str:
        """In the words of the facts: due and never tried is *not tried*; tried and still open is unknown."""
        definition = self.programme.follow_ups[asked.follow_up.name]
        state = state_of(definition, asked.follow_up, self.day)
        if state.state in {"due", "scheduled"}:
            return "unknown" if state.attempts else "not_tried"
        return state.state


def _group(value: Any) -> str:
    return "unknown" if value is None else "yes" if value else "no"
