"""Turns a play into what the stage plays: files that are made when their day has come, and what people do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from almoner.cli import demo_stage as stage
from almoner.cli.invented.acting import act_on, draw, enter, look, strike_off
from almoner.cli.invented.cast import Asked, Cast, Names
from almoner.cli.invented.holding import Holder
from almoner.cli.invented.jury import Jury
from almoner.cli.invented.play import APPLICANTS, AWARDED, DUE, LIVING, Play, Sheet
from almoner.cli.invented.writing import write
from almoner.engine.figures import Period
from almoner.flow.applications.models import Round
from almoner.flow.applications.queries import row_keys
from almoner.flow.decisions.queries import awarded_row_keys, awards_in
from almoner.flow.deliveries.queries import LIVING as LIVING_STATES
from almoner.flow.deliveries.queries import ToCollect, to_collect
from almoner.flow.records.queries import open_follow_ups, row_key_of


def staged(play: Play, work: Path) -> stage.Play:
    """A play as the stage takes it. Its files are written into a folder."""
    return _Player(play, work, Cast(play)).staged()


@dataclass(slots=True)
class _Player:
    """One play with its cast."""

    play: Play
    work: Path
    cast: Cast
    applicants: dict[str, Names] = field(default_factory=dict)

    def staged(self) -> stage.Play:
        """The whole play."""
        play, applied = self.play, self.play.applications
        if applied is not None:
            self.applicants = self.cast.applicants()
        holders = [Holder(self.cast, self.work, one) for one in play.sessions]
        juries = [Jury(play, play.reviews, self.applicants)] if play.reviews else []
        return stage.Play(
            programme=play.programme.key,
            name=play.round.name,
            year=play.round.year,
            file=self._written("applications", self.cast.papers()) if applied else None,
            mapping=applied.path if applied else None,
            policy=stage.Policy(play.round.budget, play.seed, play.set_aside, fund=play.round.fund),
            opens=play.opens,
            received_on=play.received,
            cut_on=play.decided,
            real=False,
            deliver_on=play.deliveries,
            late_papers=tuple(self._late()),
            later=[*self._files(), *(file for one in holders for file in one.files())],
            acts=[
                *self._registered(),
                *(act for one in juries for act in one.acts()),
                *(act for one in holders for act in one.acts()),
                *(stage.Act(one.on, partial(act_on, play.programme, one)) for one in play.stock),
                *(stage.Act(one.on, partial(look, one)) for one in play.runs),
                *(
                    stage.Act(on, partial(draw, one, place))
                    for one in play.samples
                    for place, on in enumerate(one.on)
                ),
            ],
            costs=[stage.Cost(one.account, one.amount, one.on) for one in play.costs],
            period=Period.year(play.account),
            closed_on=play.closed,
        )

    def _written(self, name: str, rows: list[dict[str, Any]]) -> Path:
        applied = self.play.applications
        if applied is None:
            raise ValueError(name)
        return write(self.work, f"{self.play.path.stem}-{name}", rows, applied.mapping)

    def _registered(self) -> Iterator[stage.Act]:
        for one in self.play.registers:
            codes = list(self.cast.people(self.play.people[one.group]))
            yield stage.Act(one.on, partial(enter, one, codes))
            for code, (on, _why) in one.struck.items():
                yield stage.Act(on, partial(strike_off, one, code))

    def _late(self) -> Iterator[stage.Later]:
        applied = self.play.applications
        if applied is None or applied.late_on is None:
            return

        def make(round_: Round) -> Path | None:
            rows = self.cast.late_papers(row_keys(round_, "needs information"))
            return self._written("late", rows) if rows else None

        yield stage.Later(applied.late_on, "applications", applied.path, make)

    def _files(self) -> Iterator[stage.Later]:
        for sheet in self.play.files.values():
            for when in self.cast.occasions(sheet):
                make = partial(self._file, sheet, when)
                yield stage.Later(when.today, sheet.mapping.kind, sheet.path, make)

    def _file(self, sheet: Sheet, when: Asked, round_: Round) -> Path | None:
        rows = self.cast.rows(sheet, replace(when, people=self._people(sheet, round_, when.today)))
        name = f"{self.play.path.stem}-{sheet.name}-{when.today}"
        return write(self.work, name, rows, sheet.mapping) if rows else None

    def _people(self, sheet: Sheet, round_: Round, today: date) -> dict[str, Names]:
        """Who may stand in a file, as the round now stands."""
        if sheet.group is not None:
            return self.cast.people(sheet.group)
        if sheet.who in self.play.people:
            return self.cast.people(self.play.people[sheet.who])
        if sheet.who == APPLICANTS:
            return self.applicants
        if sheet.who == AWARDED:
            return self._known(awarded_row_keys(round_))
        if sheet.who in {LIVING, DUE} and sheet.mapping.kind == "deliveries":
            return self._collecting(sheet, round_, today)
        if sheet.who == LIVING:
            return self._known([one.application.row_key for one in awards_in(round_, *LIVING_STATES)])
        if sheet.who == DUE:
            return self._asked(sheet, round_, today)
        return dict(self.cast.kept.get(("", sheet.who), {}))

    def _asked(self, sheet: Sheet, round_: Round, today: date) -> dict[str, Names]:
        """Whose follow-up is due; the one that fell due first where somebody has several."""
        waiting = [one for one in open_follow_ups(round_, sheet.mapping.about) if one.due_on <= today]
        first = sorted(waiting, key=lambda one: (one.due_on, one.delivery), reverse=True)
        about = {row_key_of(one): one.delivery for one in first}
        people = [row_key_of(one) for one in waiting]
        return {who: {**names, "delivery": about[who]} for who, names in self._known(people).items()}

    def _collecting(self, sheet: Sheet, round_: Round, today: date) -> dict[str, Names]:
        due: dict[str, ToCollect] = {
            one.award.application.row_key: one
            for one in to_collect(round_, today)
            if one.benefit == sheet.mapping.about and not one.barred
        }
        people = list(due)
        if sheet.who == LIVING:
            people = [one.application.row_key for one in awards_in(round_, *LIVING_STATES)]
        return {
            person: {
                **names,
                "is_due": person in due,
                "part": due[person].issue.part if person in due else None,
            }
            for person, names in self._known(people).items()
        }

    def _known(self, people: list[str]) -> dict[str, Names]:
        return {person: self.applicants[person] for person in people}
