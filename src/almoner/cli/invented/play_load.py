"""Reads and checks a play: every problem at once, with its line, and nothing that its programme does not know."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path

from almoner.cli.invented.chance_reading import given
from almoner.cli.invented.play import AWARDED, DUE, LIVING, Applications, Play, Round
from almoner.cli.invented.review_reading import ReviewReader
from almoner.definitions.load import PROGRAMMES, NotAProgrammeError, find, load
from almoner.definitions.nodes import Mapping, Node, compose
from almoner.definitions.problems import DefinitionError, Problem, Report
from almoner.definitions.programme import Programme
from almoner.definitions.scope import Scope
from almoner.definitions.tree import Type
from almoner.values.dates import add_days
from almoner.values.language import _

INVENTED = PROGRAMMES / "invented"
"""The folder of the plays that come with Almoner."""

_KEYS = (
    "almoner", "play", "programme", "round", "seed", "opens", "received", "decided", "statement", "deliveries",
    "people", "register", "applications", "reviews", "sessions", "files", "stock", "daily_runs", "samples", "costs",
)  # fmt: skip
_NEEDS = ("almoner", "play", "programme", "round", "seed", "opens", "statement")


def all_plays() -> list[Path]:
    """The files of the plays that come with Almoner, by name."""
    return sorted(INVENTED.glob("*.yaml"))


def load_play(path: Path) -> Play:
    """A play.

    Raises:
        DefinitionError: every problem of the file.
        OSError: the file is not there, or may not be read.
    """
    play, problems = check_play(path)
    if play is None:
        raise DefinitionError(problems)
    return play


def check_play(path: Path) -> tuple[Play | None, list[Problem]]:
    """The play, None if it has problems, and the problems."""
    report = Report(path.name)
    root = compose(path.read_bytes(), report)
    programme = _programme(root, report) if root is not None else None
    if root is None or programme is None:
        return None, report.in_order()
    play = _PlayReader(report, programme, path).play(root)
    return (None if report.failed else play), report.in_order()


def _programme(root: Mapping, report: Report) -> Programme | None:
    node = root.get("programme")
    try:
        return load(find(getattr(node, "text", "")))
    except (NotAProgrammeError, DefinitionError) as problem:
        report.problem(node.line if node else root.line, str(problem))
        return None


class _PlayReader(ReviewReader):
    """Reads the whole file."""

    def play(self, root: Mapping) -> Play | None:
        """The play, or None where a day is missing without which nothing can be checked."""
        self.keys(root, _KEYS, _NEEDS)
        if (version := root.get("almoner")) is not None and self.text(version) != "1":
            self.report.problem(version.line, _("'almoner: 1' is the version of the grammar."))
        opens = self.day(root.get("opens"))
        statement = root.get("statement")
        self.keys(statement, ("year", "closed"), needs=("year", "closed"))
        closed = self.day(statement.get("closed")) if isinstance(statement, Mapping) else None
        year = self.whole(statement.get("year")) if isinstance(statement, Mapping) else 0
        decided, set_aside = self.decided(root.get("decided"))
        if opens is None or closed is None:
            return None
        scope = Scope({"person": given(Type.TEXT), "number": given(Type.INTEGER), "opens": given(Type.DATE)})
        if decided is not None:
            scope = scope.plus({"decided": given(Type.DATE)})
        people = dict(self.people(root.get("people"), scope))
        applications, answered = self.applications(root.get("applications"), scope)
        if (applications is None) != (decided is None):
            message = _("Where people apply, 'applications' and 'decided' stand together.")
            self.report.problem(root.line, message)
        self.scopes = {**{name: self.scopes[name] for name in people}, "": answered}
        if applications is None:
            del self.scopes[""]
        play = Play(
            path=self.path,
            programme=self.programme,
            round=self.round(root.get("round"), applications),
            seed=self.whole(root.get("seed")),
            opens=opens,
            received=self.day(root.get("received")) or opens,
            decided=decided,
            set_aside=set_aside,
            account=year,
            closed=closed,
            deliveries=self.days(root.get("deliveries")),
            people=people,
            applications=applications,
            reviews=self.reviews(root, answered) if applications else None,
            sessions=tuple(self.every_kind(root.get("sessions"), scope)),
            files=dict(self.files(root.get("files"), scope, in_session=False)),
            stock=tuple(self.stock(root.get("stock"))),
            runs=tuple(self.runs(root.get("daily_runs"))),
            samples=tuple(self.samples(root.get("samples"))),
            registers=tuple(self.registers(root.get("register"), people)),
            costs=tuple(self.costs(root.get("costs"))),
        )
        self.in_order(root, play)
        return play

    def round(self, node: Node | None, applications: Applications | None) -> Round:
        """The round; where the applications' mapping names one too, it is the same."""
        self.keys(node, ("name", "year", "budget", "fund"), needs=("name", "year", "budget"))
        if not isinstance(node, Mapping):
            return Round("", 0, Decimal(0), "")
        made = Round(
            self.text(node.get("name")),
            self.whole(node.get("year")),
            self.number(node.get("budget")) or Decimal(0),
            self.text(node.get("fund")) or "general",
        )
        stated = applications.mapping.round if applications else None
        if stated is not None and (stated.name, stated.year) != (made.name, made.year):
            message = _("'{file}' maps the round '{name}' of {year}.")
            text = message.format(file=applications.mapping.file if applications else "", name=stated.name,
                                  year=stated.year)  # fmt: skip
            self.report.problem(node.line, text)
        return made

    def decided(self, node: Node | None) -> tuple[date | None, str]:
        """When the round is decided, and why the cases that still wait are set aside."""
        self.keys(node, ("on", "set_aside"), needs=("on", "set_aside"))
        if not isinstance(node, Mapping):
            return None, ""
        return self.day(node.get("on")), self.text(node.get("set_aside"))

    def applications(self, node: Node | None, scope: Scope) -> tuple[Applications | None, Scope]:
        """Who applies and with what, and the scope in which later files may use it."""
        self.keys(
            node, ("mapping", "count", "name", "draw", "columns", "late"),
            needs=("mapping", "count", "name", "columns"),
        )  # fmt: skip
        if not isinstance(node, Mapping):
            return None, scope
        mapping, path = self.mapped(node.get("mapping"), ("applications",))
        group, inner = self.group("applicants", node, scope)
        columns, inner = self.draws(node.get("columns"), inner)
        late = node.get("late")
        self.keys(late, ("on", "often"), needs=("on", "often"))
        on = self.day(late.get("on")) if isinstance(late, Mapping) else None
        often = self.share(late.get("often")) if isinstance(late, Mapping) else Decimal(0)
        if mapping is None or path is None:
            return None, inner
        self.headers(node, mapping, columns)
        return Applications(mapping, path, group, columns, on, often), inner

    def in_order(self, root: Mapping, play: Play) -> None:
        """Nothing is decided before it came, and nothing comes after the statement or before the round."""
        days = [day for sheet in play.files.values() for day in sheet.on]
        days += [*play.deliveries, *(one.on for one in (*play.stock, *play.runs, *play.costs))]
        days += [day for one in play.samples for day in one.on]
        days += [one.on for one in play.registers]
        days += [day for one in play.registers for day, _why in one.struck.values()]
        days += [add_days(day.on, by) for one in play.sessions for day in one.days for by in (0, one.closed)]
        early = [day for day in days if day < play.opens]
        late = [day for day in days if day > play.closed]
        for name, found in (("opens", early), ("statement", late)):
            for day in _shown(found):
                message = _("{day} lies before the round opens or after the statement is closed.")
                key = root.key(name)
                self.report.problem(key.line if key else root.line, message.format(day=day))
        for sheet in play.files.values():
            first = min(sheet.on, default=play.closed)
            if sheet.who in {AWARDED, LIVING, DUE} and play.decided is not None and first < play.decided:
                message = _("'{name}' comes on {day}, before the round is decided and anybody has an award.")
                key = root.key("files")
                self.report.problem(
                    key.line if key else root.line, message.format(name=sheet.name, day=first)
                )
        if play.received < play.opens or (play.decided is not None and play.decided < play.received):
            message = _("A round opens, then its applications are received, then it is decided.")
            self.report.problem(root.line, message)
        self.reviews_in_order(root, play)


def _shown(days: Iterable[date]) -> list[date]:
    """The first of them, if any."""
    return sorted(days)[:1]
