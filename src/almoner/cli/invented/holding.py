"""How the sessions of a play are planned, filed for, held, closed or cancelled, and followed up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from almoner.cli import demo_stage as stage
from almoner.cli.import_file import bring
from almoner.cli.import_order import Order
from almoner.cli.invented.cast import Cast, Row
from almoner.cli.invented.drawing import Drawer
from almoner.cli.invented.play import Day, Sessions, Sheet
from almoner.cli.invented.writing import write
from almoner.flow.applications.models import Round
from almoner.flow.sessions.models import Session
from almoner.flow.steps import holding
from almoner.values.dates import add_days


@dataclass(slots=True)
class Holder:
    """Holds a play's sessions of one kind.

    `planned` are they by their codes, once they are planned; `lines` is how many lines each file of a day had.
    """

    cast: Cast
    work: Path
    sessions: Sessions
    planned: dict[str, Session] = field(default_factory=dict)
    lines: dict[str, dict[str, Any]] = field(default_factory=dict)

    def acts(self) -> Iterator[stage.Act]:
        """The planning of all, then of each the papers, the day itself, and the closing of its sheet."""
        sessions = self.sessions
        yield stage.Act(self.cast.play.opens, self._plan)
        for day in sessions.days:
            if sessions.papers:
                yield stage.Act(add_days(day.on, -sessions.filed), partial(self._file, day))
            if day.cancelled:
                yield stage.Act(day.on, partial(self._cancel, day))
            else:
                yield stage.Act(day.on, partial(self._hold, day))
                yield stage.Act(add_days(day.on, sessions.closed), partial(self._close, day))

    def files(self) -> Iterator[stage.Later]:
        """What comes after the day of a session that was held."""
        for day in self.sessions.days:
            for sheet in self.sessions.files.values() if not day.cancelled else ():
                for place, after in enumerate(sheet.after):
                    if after:
                        make = partial(self._made, sheet, day, place)
                        yield stage.Later(add_days(day.on, after), sheet.mapping.kind, sheet.path, make)

    def _plan(self, on_stage: stage.Stage, round_: Round, on: date) -> Any:
        planned = [
            holding.Planned(self.sessions.kind, one.code, one.site, one.on) for one in self.sessions.days
        ]
        request = on_stage.request("officer", on, f"{round_.uid} plan {self.sessions.kind}")
        made = holding.plan_sessions(round_, planned, request=request)
        self.planned = {day.code: session for day, session in zip(self.sessions.days, made, strict=True)}
        return {"planned": len(made)}

    def _file(self, day: Day, on_stage: stage.Stage, _round: Round, on: date) -> Any:
        drawer = Drawer(self.cast.play.seed)
        papers = drawer.draw(self.sessions.papers, self.cast.known(day), f"{day.code}/papers").said
        request = on_stage.request("officer", on, f"{self.planned[day.code].uid} papers")
        return holding.file_papers(self.planned[day.code], papers, request=request)

    def _cancel(self, day: Day, on_stage: stage.Stage, _round: Round, on: date) -> Any:
        request = on_stage.request("officer", on, f"{self.planned[day.code].uid} cancel")
        return holding.cancel_session(self.planned[day.code], why=day.cancelled, request=request)

    def _hold(self, day: Day, on_stage: stage.Stage, round_: Round, on: date) -> Any:
        """From the opening to its end, with what it costs."""
        session = self.planned[day.code]
        holding.open_session(session, request=on_stage.request("officer", on, f"{session.uid} open"))
        lines: dict[str, Any] = dict.fromkeys(self.sessions.files, Decimal(0))
        for sheet in self.sessions.files.values():
            if 0 in sheet.after:
                rows = self._rows(sheet, day, sheet.after.index(0))
                lines[sheet.name] = Decimal(len(rows))
                self._take_over(sheet, rows, day, on_stage, round_)
        self.lines[day.code] = lines
        held = holding.hold_session(session, request=on_stage.request("officer", on, f"{session.uid} hold"))
        for account, amount in self.sessions.costs.items():
            on_stage.spend(round_, stage.Cost(account, amount, on), self.cast.play.round.fund, day.code)
        return held

    def _close(self, day: Day, on_stage: stage.Stage, _round: Round, on: date) -> Any:
        """What was counted on the day is what is stored."""
        session = self.planned[day.code]
        found = Drawer(self.cast.play.seed).draw(
            self.sessions.counted, {**self.cast.known(day), **self.lines[day.code]}, f"{day.code}/counted"
        )
        counted = {record: int(count) for record, count in found.said.items() if count is not None}
        request = on_stage.request("officer", on, f"{session.uid} close")
        return holding.close_session(session, counted=counted, request=request)

    def _take_over(
        self, sheet: Sheet, rows: list[Row], day: Day, on_stage: stage.Stage, round_: Round
    ) -> None:
        if not rows:
            return
        file = self._write(sheet, rows, day, day.on)
        brought = bring(self.cast.play.programme.key, file, sheet.mapping.kind, sheet.path)
        Order(brought, round_.name, on_stage.request("officer", day.on, brought.key)).carry_out()

    def _made(self, sheet: Sheet, day: Day, place: int, _round: Round) -> Path | None:
        rows = self._rows(sheet, day, place)
        return self._write(sheet, rows, day, add_days(day.on, sheet.after[place])) if rows else None

    def _rows(self, sheet: Sheet, day: Day, place: int) -> list[Row]:
        asked = list(self.cast.occasions_after(sheet, day))[place]
        return self.cast.rows(sheet, asked, session=day.code)

    def _write(self, sheet: Sheet, rows: list[Row], day: Day, on: date) -> Path:
        return write(
            self.work, f"{self.cast.play.path.stem}-{day.code}-{sheet.name}-{on}", rows, sheet.mapping
        )
