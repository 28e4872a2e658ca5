"""Reads who is in a play and which files come: people, their sheets, the mappings that the sheets are written for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

from almoner.cli.invented.chance_reading import ChanceReader, given
from almoner.cli.invented.chances import Drawn, RowsOf, Written
from almoner.cli.invented.play import APPLICANTS, AWARDED, DUE, LIVING, Group, Sheet
from almoner.definitions.load import PROGRAMMES
from almoner.definitions.mapping import BESIDES, KINDS, ImportMapping, fields_of
from almoner.definitions.mapping_load import check_mapping
from almoner.definitions.nodes import Mapping, Node, Scalar, Sequence
from almoner.definitions.problems import Report, did_you_mean, one_of
from almoner.definitions.programme import Field, Programme
from almoner.definitions.scope import Scope
from almoner.definitions.tree import Type
from almoner.values.dates import add_days
from almoner.values.language import _

_SHEET = (
    "mapping", "who", "on", "after", "in_it", "times", "happens", "results", "draw", "columns",
)  # fmt: skip
_WRITTEN = ("csv", "json", "")


class SheetReader(ChanceReader):
    """Reads people and files.

    `scopes` are what is known of people, by the group or file that they stand in; '' of those who applied.
    """

    def __init__(self, report: Report, programme: Programme, path: Path) -> None:
        super().__init__(report)
        self.programme = programme
        self.path = path
        self.scopes: dict[str, Scope] = {}

    def people(self, node: Node | None, scope: Scope) -> Iterator[tuple[str, Group]]:
        """Groups of people who do not apply, by name."""
        for key, value in self.pairs(node):
            self.keys(value, ("count", "name", "draw"), needs=("count", "name"))
            if key.text in {APPLICANTS, AWARDED, LIVING, DUE}:
                self.problem(key, _("'{name}' is somebody else already."), name=key.text)
            if isinstance(value, Mapping):
                group, self.scopes[key.text] = self.group(key.text, value, scope)
                yield key.text, group

    def group(self, name: str, node: Mapping, scope: Scope) -> tuple[Group, Scope]:
        """How many people, what they are called, what is drawn for each."""
        draw, inner = self.draws(node.get("draw"), scope)
        called = node.get("name")
        pieces = self.written(called, scope) if called is not None else Written(())
        if called is not None and not any(piece[0] == "number" for piece in pieces.pieces):
            self.problem(called, _("A name holds the person's number: 'P-{{number:3}}'."))
        return Group(name, self.whole(node.get("count")), pieces, draw), inner

    def files(self, node: Node | None, scope: Scope, *, in_session: bool) -> Iterator[tuple[str, Sheet]]:
        """Files by name; a later one may be about those of an earlier one."""
        for key, value in self.pairs(node):
            day = "after" if in_session else "on"
            self.keys(value, _SHEET, needs=("mapping", "who", "columns", day))
            if not isinstance(value, Mapping):
                continue
            mapping, path = self.mapped(value.get("mapping"), KINDS)
            if mapping is not None and path is not None:
                yield key.text, self.sheet(key, value, (mapping, path), scope)

    def sheet(self, key: Scalar, node: Mapping, mapped: tuple[ImportMapping, Path], scope: Scope) -> Sheet:
        """One file."""
        mapping, path = mapped
        in_session = "session" in scope.names
        who, group, inner = self.who(node.get("who"), mapping, scope)
        inner = inner.plus(
            {"today": given(Type.DATE), "last_time": given(Type.DATE), "occasion": given(Type.INTEGER)}
        )
        if mapping.kind == "deliveries" and who in {DUE, LIVING}:
            inner = inner.plus({"is_due": given(Type.BOOLEAN), "part": given(Type.NUMBER)})
        if mapping.kind == "follow-ups" and who == DUE:
            inner = inner.plus({"delivery": given(Type.TEXT)})
        in_it = self.condition(node.get("in_it"), inner, "in_it")
        times = self.count(node.get("times"), inner, "times")
        results = tuple(self.results(node.get("results"), mapping))
        if results:
            inner = inner.plus({"result": given(Type.CHOICE, [word for word, _share in results])})
        inner = inner.plus({"turn": given(Type.INTEGER)})
        draw, inner = self.draws(node.get("draw"), inner)
        columns, inner = self.draws(node.get("columns"), inner)
        self.headers(node, mapping, columns)
        happens = self.text(node.get("happens"))
        found = {**draw, **columns}.get(happens)
        if happens and (found is None or found.known is None or found.known.type is not Type.DATE):
            self.problem(node, _("'happens' names a date that is drawn: '{name}' is none."), name=happens)
        self.scopes[key.text] = inner
        return Sheet(
            name=key.text,
            mapping=mapping,
            path=path,
            who=who,
            columns=columns,
            draw=draw,
            group=group,
            on=() if in_session else self.days(node.get("on")),
            after=self.wholes(node.get("after")) if in_session else (),
            in_it=in_it,
            times=times,
            happens=happens,
            results=results,
        )  # fmt: skip

    def who(self, node: Node | None, mapping: ImportMapping, scope: Scope) -> tuple[str, Group | None, Scope]:
        """Who stands in a file, and what is known of them."""
        if isinstance(node, Mapping):
            self.keys(node, ("count", "name", "draw"), needs=("count", "name"))
            group, inner = self.group("", node, scope)
            return "", group, inner
        name = self.text(node)
        every = {name: self.scopes[name] for name in self.scopes if name}
        if "" in self.scopes and "session" not in scope.names:
            every |= dict.fromkeys((AWARDED, LIVING, DUE, APPLICANTS), self.scopes[""])
        if node is not None and name not in every:
            message = _("'{name}' is nobody here; there is {known}.")
            text = message.format(name=name, known=one_of(every)) + did_you_mean(name, every)
            self.report.problem(node.line, text)
        if node is not None and name == DUE and mapping.kind not in {"follow-ups", "deliveries"}:
            self.problem(node, _("Due are follow-ups and deliveries; here are {kind}."), kind=mapping.kind)
        known = every[name].names if name in every else {}
        return name, None, scope.plus(known)

    def results(self, node: Node | None, mapping: ImportMapping) -> Iterator[tuple[str, Decimal]]:
        """Which share of those asked answered, refused and was lost."""
        known = BESIDES["follow-ups"]["result"].choices
        total = Decimal(0)
        for key, value in self.pairs(node):
            word = self.choice(key, known)
            total += (share := self.share(value))
            yield word, share
        if node is not None and (total > 1 or mapping.kind != "follow-ups"):
            self.problem(node, _("Results are shares of those who are followed up, together 1 at most."))

    def mapped(self, node: Node | None, kinds: tuple[str, ...]) -> tuple[ImportMapping | None, Path | None]:
        """A mapping file of the programme: its name without .yaml, beside the play's folder or shipped."""
        name = self.text(node)
        if node is None or not name:
            return None, None
        places = (self.path.parent.parent / "mappings", PROGRAMMES / "mappings")
        path = next((one / f"{name}.yaml" for one in places if (one / f"{name}.yaml").is_file()), None)
        if path is None:
            known = [one.stem for place in places for one in sorted(place.glob("*.yaml"))]
            message = _("There is no mapping '{name}'.").format(name=name) + did_you_mean(name, known)
            self.report.problem(node.line, message)
            return None, None
        mapping, problems = check_mapping(path, self.programme)
        for problem in problems:
            self.report.problem(problem.line, problem.message, file=problem.file)
        if mapping is not None:
            self.choice(Scalar(node.line, mapping.kind), kinds)
            self.choice(Scalar(node.line, mapping.hints.format), _WRITTEN)
        return mapping, path

    def headers(self, node: Mapping, mapping: ImportMapping, columns: dict[str, Drawn]) -> None:
        """The columns that are written are those that the mapping reads, and hold what the programme knows."""
        read = [header for column in mapping.columns.values() for header in column.every_header()]
        read += mapping.party.every_header() if mapping.party else []
        place = node.get("columns") or node
        for name in columns:
            if name not in {*read, *mapping.ignore}:
                message = _("'{file}' reads no column '{name}'; it reads {known}.")
                text = message.format(file=mapping.file, name=name, known=one_of(dict.fromkeys(read)))
                self.report.problem(place.line, text + did_you_mean(name, read))
        for name in dict.fromkeys(read):
            if name not in columns:
                message = _("'{file}' reads the column '{name}', which is not here.")
                self.report.problem(place.line, message.format(file=mapping.file, name=name))
        fields = {**BESIDES[mapping.kind], **fields_of(self.programme, mapping.kind, mapping.about)}
        for column in mapping.columns.values():
            written = columns.get(column.headers[0]) if len(column.headers) == 1 else None
            if written is not None and column.field in fields:
                self.fits(place, written, fields[column.field], column.style.values or {})

    def fits(self, place: Node, drawn: Drawn, asked: Field, translated: Iterable[str]) -> None:
        """The words that are drawn are among the field's choices, or the mapping translates them."""
        words = (*asked.choices, *translated)
        said = drawn.known.choices if drawn.known is not None and asked.choices else ()
        for word in said:
            if word not in words:
                message = _("'{word}' is no answer to '{name}'; there is {known}.")
                text = message.format(word=word, name=asked.name, known=one_of(words))
                self.report.problem(place.line, text + did_you_mean(word, words))
        entries = drawn.chance.entries if isinstance(drawn.chance, RowsOf) else ()
        for name, inner in ((name, inner) for entry in entries for name, inner in entry.columns.items()):
            if name in asked.of:
                self.fits(place, inner, asked.of[name], ())
            else:
                self.choice(Scalar(place.line, name), tuple(asked.of))

    def known(self, node: Node | None, names: Iterable[str]) -> str:
        """A name that the programme, or the play, has."""
        return self.choice(node, tuple(names))

    def items(self, node: Node | None) -> tuple[Node, ...]:
        """The entries of a list."""
        if node is None:
            return ()
        if isinstance(node, Sequence) and node.items:
            return node.items
        self.problem(node, _("Here stands a list with at least one entry, and none twice."))
        return ()

    def whole(self, node: Node | None) -> int:
        """A whole number above 0; 0 where there is none."""
        found = self.number(node)
        if node is not None and found is not None and found != found.to_integral_value():
            self.problem(node, _("'{name}' is a whole number."), name=str(found))
        return int(found or 0)

    def wholes(self, node: Node | None) -> tuple[int, ...]:
        """Whole numbers of days, 0 among them, each later than the one before."""
        texts = self.texts(node)
        if not all(one.isascii() and one.isdigit() for one in texts):
            self.problem(node or Scalar(0, ""), _("Days are whole numbers: '[0, 14]'."))
            return ()
        return tuple(int(one) for one in texts)

    def days(self, node: Node | None) -> tuple[date, ...]:
        """A day, a list of days, or `{from: …, every: 28, times: 15}`; each later than the one before."""
        if isinstance(node, Mapping):
            needs = ("from", "every", "times")
            self.keys(node, needs, needs=needs)
            first = self.day(node.get("from"))
            every, times = self.whole(node.get("every")), self.whole(node.get("times"))
            return tuple(add_days(first, every * place) for place in range(times)) if first else ()
        items = node.items if isinstance(node, Sequence) else () if node is None else (node,)
        found = tuple(day for day in map(self.day, items) if day is not None)
        if node is not None and list(found) != sorted(set(found)):
            self.problem(node, _("Days stand in their order, none twice."))
        return found
