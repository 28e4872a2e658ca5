"""Who is in a play, and what stands in the files that come: rows without a database, the same from the same seed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from almoner.cli.invented.drawing import Drawer
from almoner.cli.invented.play import Applications, Day, Group, Play, Sheet
from almoner.definitions.mapping import BESIDES, ImportMapping
from almoner.values.dates import add_days

Row = dict[str, Any]
Names = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """Those who may stand in a file on a day: what is known of each, and when the file came last."""

    people: Mapping[str, Names]
    today: date
    last_time: date
    occasion: int = 1


@dataclass(slots=True)
class Cast:
    """The people of a play. `kept` is what the files so far said of people, by session and file."""

    play: Play
    kept: dict[tuple[str, str], dict[str, Names]] = field(default_factory=dict)

    def known(self, day: Day | None = None) -> Names:
        """What is known of everybody: the days of the round, and the session that they come to."""
        found: Names = {"opens": self.play.opens}
        if self.play.decided is not None:
            found["decided"] = self.play.decided
        return found if day is None else {**found, "session": day.code, "held": day.on}

    def people(self, group: Group, *, day: Day | None = None) -> dict[str, Names]:
        """The people of a group with what was drawn for them; `day` where they come to a session."""
        base = self.known(day)
        drawer = Drawer(self.play.seed)
        found = {}
        for number in range(1, group.count + 1):
            names = {**base, "number": Decimal(number)}
            person = drawer.text(group.called, names)
            where = f"{day.code}/{person}" if day else person
            found[person] = drawer.draw(group.draw, {**names, "person": person}, where).names
        return found

    def applicants(self) -> dict[str, Names]:
        """Everybody who applies, with every answer, whether or not the papers have gaps."""
        return {person: names for person, _said, names in self._applications(whole=True)}

    def papers(self, *, whole: bool = False, of: Collection[str] | None = None) -> list[Row]:
        """The applications as they first came, or whole; of some people, or of all."""
        return [
            said for person, said, _names in self._applications(whole=whole) if of is None or person in of
        ]

    def late_papers(self, asked: Collection[str]) -> list[Row]:
        """Whole applications of those of the people asked for more who answer in time."""
        applied = self._applied
        drawer = Drawer(self.play.seed)
        answering = {one for one in asked if drawer.happens(applied.late_share, f"{one}/late papers")}
        return self.papers(whole=True, of=answering)

    @property
    def _applied(self) -> Applications:
        if self.play.applications is None:
            raise ValueError(f"Nobody applies in {self.play.path.name}.")
        return self.play.applications

    def _applications(self, *, whole: bool) -> Iterator[tuple[str, Row, Names]]:
        applied = self._applied
        drawer = Drawer(self.play.seed, whole=whole)
        for person, names in self.people(applied.group).items():
            drawn = drawer.draw(applied.columns, names, f"{person}/application")
            yield person, drawn.said, drawn.names

    def occasions(self, sheet: Sheet) -> Iterator[Asked]:
        """The days on which a file of the round comes, with nobody in it yet."""
        before = self.play.decided or self.play.opens
        for occasion, today in enumerate(sheet.on, start=1):
            yield Asked({}, today, before, occasion)
            before = today

    def occasions_after(self, sheet: Sheet, day: Day) -> Iterator[Asked]:
        """The days on which a file of a session comes, with those who may stand in it."""
        before = day.on
        for occasion, after in enumerate(sheet.after, start=1):
            today = add_days(day.on, after)
            kept = self.kept.get((day.code, sheet.who), {})
            people = kept if sheet.group is None else self.people(sheet.group, day=day)
            yield Asked(people, today, before, occasion)
            before = today

    def rows(self, sheet: Sheet, asked: Asked, *, session: str = "") -> list[Row]:
        """What stands in a file that comes, in the order of days and people; it is kept for files about it."""
        drawer = Drawer(self.play.seed)
        said = list(self._in_it(drawer, sheet, asked, session))
        kept = self.kept.setdefault((session, sheet.name), {})
        found: list[tuple[Any, str, int, Row]] = []
        for place, (person, row, names) in enumerate(said):
            happened = names[sheet.happens] if sheet.happens else asked.today
            if sheet.happens and (happened is None or not asked.last_time < happened <= asked.today):
                continue
            kept[person] = names
            found.append((happened, person, place, row))
        return [row for _day, _person, _place, row in sorted(found, key=lambda one: one[:3])]

    def _in_it(
        self, drawer: Drawer, sheet: Sheet, asked: Asked, session: str
    ) -> Iterator[tuple[str, Row, Names]]:
        occasion = {
            "today": asked.today,
            "last_time": asked.last_time,
            "occasion": Decimal(asked.occasion),
            "turn": Decimal(1),
        }
        # What happens once and for all is drawn once and for all; everything else on each day anew.
        day = "" if sheet.happens else f"/{asked.today}"
        everybody = {person: {**names, **occasion} for person, names in asked.people.items()}
        where = {person: f"{session}/{person}/{sheet.name}{day}" for person in everybody}
        inside = [
            person
            for person, names in everybody.items()
            if sheet.in_it is None or drawer.value(sheet.in_it, names, f"{where[person]}/in it")
        ]
        for person, result in _results(drawer, sheet, inside, f"{session}/{sheet.name}{day}"):
            names = everybody[person] if result is None else {**everybody[person], "result": result}
            times = 1 if sheet.times is None else drawer.value(sheet.times, names, f"{where[person]}/times")
            for turn in range(1, int(times or 0) + 1):
                here = where[person] if sheet.times is None else f"{where[person]}/{turn}"
                drawn = drawer.draw(sheet.draw, {**names, "turn": Decimal(turn)}, here)
                written = drawer.draw(sheet.columns, drawn.names, f"{here}/columns")
                yield person, _answered(sheet.mapping, written.said), written.names


def _results(
    drawer: Drawer, sheet: Sheet, people: Sequence[str], where: str
) -> Iterator[tuple[str, str | None]]:
    """Who answered, refused and was lost, in exact shares of those asked; the rest was never tried."""
    if not sheet.results:
        yield from ((person, None) for person in people)
        return
    words = [word for word, share in sheet.results for _each in range(round(share * len(people)))]
    yield from zip(drawer.in_order(people, where), words, strict=False)


def _answered(mapping: ImportMapping, row: Row) -> Row:
    """Who did not answer has no answers."""
    column = mapping.columns.get("result")
    if mapping.kind != "follow-ups" or column is None or row.get(column.headers[0]) == "answered":
        return row
    kept = {header for name in BESIDES["follow-ups"] if name in mapping.columns
            for header in mapping.columns[name].every_header()}  # fmt: skip
    kept |= set(mapping.party.every_header()) if mapping.party else set()
    return {header: value if header in kept else None for header, value in row.items()}
