"""Reads and checks a mapping file: every problem at once, with its line and what to do next."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from almoner.definitions.date_styles import ISO, date_pattern
from almoner.definitions.mapping import (
    ABOUT,
    BESIDES,
    KINDS,
    Column,
    Dataset,
    DecidedElsewhere,
    ImportMapping,
    Party,
    Restated,
    Round,
    Style,
    Unit,
    fields_of,
)
from almoner.definitions.mapping_places import PlacedReader
from almoner.definitions.nodes import Mapping, Node, Scalar, Sequence, compose
from almoner.definitions.problems import DefinitionError, Problem, Report, did_you_mean, one_of
from almoner.definitions.programme import Field, Programme
from almoner.definitions.sections.leaving import RENEWAL
from almoner.definitions.tree import NUMERIC, Type
from almoner.values.language import _

_KEYS = (
    "almoner", "mapping", "programme", "kind", "record", "follow_up", "comparison", "benefit", "dataset", "round",
    "file",
    "party", "columns", "ignore", "decided_elsewhere",
)  # fmt: skip
_COLUMN_KEYS = (
    "from", "date", "decimal", "thousands", "round_to", "one_zero", "values", "unanswered", "unit",
    "constant", "because", "rows",
)  # fmt: skip
_STYLED = frozenset(_COLUMN_KEYS) - {"from", "constant", "because", "rows"}
_FITS = {
    "date": {Type.DATE},
    "one_zero": {Type.BOOLEAN},
    **dict.fromkeys(("decimal", "thousands", "unit", "round_to"), NUMERIC),
}


def load_mapping(path: Path | str, programme: Programme | None = None) -> ImportMapping:
    """A mapping file; with its programme, the fields it names are checked too.

    Raises:
        DefinitionError: every problem of the file.
        OSError: the file is not there, or may not be read.
    """
    mapping, problems = check_mapping(path, programme)
    if mapping is None:
        raise DefinitionError(problems)
    return mapping


def check_mapping(
    path: Path | str, programme: Programme | None = None
) -> tuple[ImportMapping | None, list[Problem]]:
    """The mapping, None if it has problems, and the problems."""
    path = Path(path)
    report = Report(path.name)
    root = compose(path.read_bytes(), report)
    mapping = _Reader(report, programme).mapping(root) if root is not None else None
    return (None if report.failed else mapping), report.in_order()


class _Reader(PlacedReader):
    """Reads a mapping's nodes in their places; what does not fit goes to the report."""

    def __init__(self, report: Report, programme: Programme | None) -> None:
        super().__init__(report)
        self.programme = programme

    def mapping(self, root: Mapping) -> ImportMapping | None:
        """The whole file."""
        self.keys(root, _KEYS, needs=("almoner", "mapping", "programme", "kind", "columns"))
        if (version := root.get("almoner")) is not None and self.text(version) != "1":
            self.report.problem(version.line, _("'almoner: 1' is the version of the grammar."))
        kind = self.choice(root.get("kind"), KINDS)
        about = self.about(root, kind)
        fields = self.fields(root, kind, about)
        elsewhere = self.elsewhere(root.get("decided_elsewhere"), kind)
        mapping = ImportMapping(
            file=self.report.file,
            title=self.text(root.get("mapping")),
            programme=self.text(root.get("programme")),
            kind=kind,
            about=about,
            hints=self.hints(root.get("file")),
            columns=self.columns(root.get("columns"), fields),
            ignore=self.texts(root.get("ignore")),
            party=self.party(root.get("party")),
            round=self.round(root.get("round")),
            dataset=self.dataset(root.get("dataset")),
            decided_elsewhere=elsewhere,
            comparison=self.comparison(root, kind, about),
        )
        self.twice(mapping, root.get("ignore"))
        return mapping

    def about(self, root: Mapping, kind: str) -> str:
        """The record, follow-up or benefit that the kind asks for, and no other."""
        wanted = ABOUT.get(kind, "")
        for name in ABOUT.values():
            node = root.get(name)
            if node is not None and name != wanted:
                message = _("'{key}' has no place in a mapping of the kind '{kind}'.")
                self.report.problem(node.line, message.format(key=name, kind=kind))
        if wanted and root.get(wanted) is None:
            message = _("A mapping of the kind '{kind}' says which {key} it is about: '{key}: …'.")
            self.report.problem(root.line, message.format(kind=kind, key=wanted))
        return self.text(root.get(wanted)) if wanted else ""

    def comparison(self, root: Mapping, kind: str, about: str) -> str:
        """Those who are compared, where a file of follow-ups is about them."""
        node = root.get("comparison")
        name = self.text(node)
        if node is None:
            return ""
        if kind != "follow-ups":
            message = _("'{key}' has no place in a mapping of the kind '{kind}'.")
            self.report.problem(node.line, message.format(key="comparison", kind=kind))
        elif self.programme is not None and about in self.programme.follow_ups:
            known = self.programme.follow_ups[about].compared
            if name not in known:
                message = _("'{name}' is not asked '{follow_up}'.").format(name=name, follow_up=about)
                self.report.problem(node.line, message + did_you_mean(name, known))
        return name

    def fields(self, root: Mapping, kind: str, about: str) -> dict[str, Field] | None:
        """The fields that may be answered; None where the programme is not at hand."""
        if self.programme is None or kind not in KINDS:
            return None
        named = root.get("programme")
        if named is not None and self.text(named) != self.programme.key:
            message = _("This mapping is for the programme '{name}', not for '{other}'.")
            self.report.problem(named.line, message.format(name=self.text(named), other=self.programme.key))
        try:
            return {**BESIDES[kind], **fields_of(self.programme, kind, about)}
        except KeyError:
            node = root.get(ABOUT[kind])
            known = {
                "records": [*self.programme.records, *([RENEWAL] if self.programme.renewal else [])],
                "follow-ups": list(self.programme.follow_ups),
                "deliveries": list(self.programme.benefits),
            }[kind]
            message = _("The programme has no '{name}'; there is {known}.").format(
                name=about, known=one_of(known)
            )
            self.report.problem(node.line if node else root.line, message + did_you_mean(about, known))
            return None

    def columns(
        self, node: Node | None, fields: dict[str, Field] | None, *, explained: bool = False
    ) -> dict[str, Column]:
        """Where each field's answer comes from; `explained` where the reason of a constant is already given."""
        made: dict[str, Column] = {}
        for key, value in self.pairs(node):
            asked = self.asked(key, fields)
            made[key.text] = self.column(key.text, value, asked, explained=explained)
        return made

    def asked(self, key: Scalar, fields: dict[str, Field] | None) -> Field | None:
        """The field that a key names."""
        if fields is None:
            return None
        if key.text not in fields:
            message = _("'{name}' is not asked for; there is {known}.").format(
                name=key.text, known=one_of(fields)
            )
            self.report.problem(key.line, message + did_you_mean(key.text, fields))
        return fields.get(key.text)

    def column(self, name: str, node: Node, asked: Field | None, *, explained: bool = False) -> Column:
        """One field's column: a header, or a mapping that says more."""
        if isinstance(node, Scalar):
            return Column(name, node.line, headers=(self.text(node),))
        if not isinstance(node, Mapping):
            self.report.problem(node.line, _("Write the column's header, or '{{from: …}}'.").format())
            return Column(name, node.line)
        self.keys(node, _COLUMN_KEYS)
        sources = [key for key in ("from", "constant", "rows") if node.get(key) is not None]
        if len(sources) != 1:
            message = _("'{name}' comes from one of 'from', 'constant' and 'rows'.").format(name=name)
            self.report.problem(node.line, message)
        constant = node.get("constant")
        because = self.text(node.get("because"))
        if constant is not None and not because and not explained:
            message = _("A constant stands in for what nobody answered: say why with 'because'.")
            self.report.problem(constant.line, message)
        if "from" not in sources and (extra := _STYLED & set(node.names())):
            message = _("'{key}' says how a column is written; here no column is read.").format(
                key=min(extra)
            )
            self.report.problem(node.line, message)
        return Column(
            name,
            node.line,
            headers=self.texts(node.get("from")),
            constant=None if constant is None else self.text(constant),
            because=because,
            style=self.style(node, asked),
            rows=self.rows(node.get("rows"), asked, explained=bool(because)),
        )

    def rows(
        self, node: Node | None, asked: Field | None, *, explained: bool
    ) -> tuple[dict[str, Column], ...]:
        """Rows put together from the columns of a wide sheet."""
        if node is None:
            return ()
        if asked is not None and asked.type is not Type.ROWS:
            self.report.problem(node.line, _("'{name}' has no rows.").format(name=asked.name))
        if not isinstance(node, Sequence):
            self.report.problem(
                node.line, _("'rows' is a list: one entry for each row that a line may hold.")
            )
            return ()
        inner = dict(asked.of) if asked is not None and asked.type is Type.ROWS else None
        return tuple(self.columns(item, inner, explained=explained) for item in node.items)

    def style(self, node: Mapping, asked: Field | None) -> Style:
        """How a column is written."""
        written = self.text(node.get("date")) or ISO
        try:
            date_pattern(written)
        except ValueError:
            message = _("'{style}' is no style of dates; write YYYY, MM (or M) and DD (or D) once each.")
            self.report.problem(node.line, message.format(style=written))
        decimal = self.choice(node.get("decimal"), (".", ",")) or "."
        thousands = self.choice(node.get("thousands"), (",", ".", " ", "'", "\u00a0", "\u202f"))
        if thousands == decimal:
            self.report.problem(node.line, _("The decimal sign and the thousands separator are the same."))
        unit = self.unit(node.get("unit"))
        places = self.choice(node.get("round_to"), tuple("0123456"))
        for key, fits in _FITS.items():
            if asked is not None and node.get(key) is not None and asked.type not in fits:
                message = _("'{key}' does not fit '{name}', which is {kind}.")
                self.report.problem(
                    node.line, message.format(key=key, name=asked.name, kind=asked.type.value)
                )
        return Style(
            date=written,
            decimal=decimal,
            thousands=thousands,
            round_to=int(places) if places else None,
            one_zero=self.choice(node.get("one_zero"), ("true", "false")) == "true",
            values=self.values(node.get("values")),
            unanswered=frozenset(self.texts(node.get("unanswered"))),
            unit=unit,
        )

    def values(self, node: Node | None) -> dict[str, str | None] | None:
        """A translation: what the file writes, and what it means; null is unanswered."""
        if node is None:
            return None
        return {
            key.text: None if isinstance(value, Scalar) and value.null else self.text(value)
            for key, value in self.pairs(node)
        }

    def unit(self, node: Node | None) -> Unit | None:
        """`{factor: 1000}`, or `{column: unit, factors: {mu: 0.066667}}`."""
        if node is None:
            return None
        if not isinstance(node, Mapping):
            self.report.problem(
                node.line, _("A unit is '{{factor: …}}' or '{{column: …, factors: …}}'.").format()
            )
            return None
        self.keys(node, ("factor", "column", "factors"))
        column = self.text(node.get("column"))
        factor = self.number(node.get("factor"))
        factors = {key.text: self.number(value) for key, value in self.pairs(node.get("factors"))}
        if bool(column) != bool(factors) or (factor is None) == (not column):
            self.report.problem(
                node.line, _("A unit is '{{factor: …}}' or '{{column: …, factors: …}}'.").format()
            )
        return Unit(factor, column, {name: value for name, value in factors.items() if value is not None})

    def party(self, node: Node | None) -> Party | None:
        """Who a row is about."""
        if node is None:
            return None
        self.keys(node, ("reference", "row"))
        reference = node.get("reference") if isinstance(node, Mapping) else None
        row = node.get("row") if isinstance(node, Mapping) else None
        if (reference is None) == (row is None):
            message = _(
                "A party is named by 'reference' (columns) or by 'row' (a prefix before the row's number)."
            )
            self.report.problem(node.line, message)
        return Party(self.texts(reference), self.text(row))

    def round(self, node: Node | None) -> Round | None:
        """The round's own name, year, currency and figures."""
        if node is None:
            return None
        self.keys(
            node, ("name", "year", "currency", "submitted", "parameters"), needs=("name", "year", "currency")
        )
        if not isinstance(node, Mapping):
            return None
        year = self.shaped(node.get("year"), r"[0-9]{4}", _("A year has four digits."))
        currency = self.shaped(
            node.get("currency"), r"[A-Z]{3}", _("A currency is three capital letters, as in CNY.")
        )
        return Round(
            name=self.text(node.get("name")),
            year=int(year or 0),
            currency=currency,
            submitted=self.day(node.get("submitted")),
            parameters=dict(self.parameters(node.get("parameters"))),
        )

    def parameters(self, node: Node | None) -> Iterable[tuple[str, Restated]]:
        """Restated parameters: a source, and values by the day they begin."""
        for key, value in self.pairs(node):
            known = self.programme.parameters if self.programme is not None else None
            if known is not None and key.text not in known:
                message = _("The programme has no parameter '{name}'; there is {known}.")
                text = message.format(name=key.text, known=one_of(known)) + did_you_mean(key.text, known)
                self.report.problem(key.line, text)
            self.keys(value, ("source", "from"), needs=("source", "from"))
            if not isinstance(value, Mapping):
                continue
            starts: dict[str, str] = {}
            for day, figure in self.pairs(value.get("from")):
                self.day(day)
                starts[day.text] = self.text(figure)
            yield key.text, Restated(self.text(value.get("source")), starts, key.line)

    def dataset(self, node: Node | None) -> Dataset | None:
        """Where the file comes from, with its licence."""
        if node is None:
            return None
        keys = ("title", "source", "licence", "package", "item", "folder", "file", "precision")
        self.keys(node, keys, needs=("title", "source", "licence"))
        if not isinstance(node, Mapping):
            return None
        made = Dataset(**{key: self.text(node.get(key)) for key in keys})
        if (
            bool(made.package) != bool(made.item)
            or bool(made.folder) != bool(made.file)
            or (bool(made.package) == bool(made.folder))
        ):
            message = _("A data set lies in 'package' and 'item', or in 'folder' and 'file'.")
            self.report.problem(node.line, message)
        self.choice(node.get("precision"), ("single",))
        return made

    def elsewhere(self, node: Node | None, kind: str) -> DecidedElsewhere | None:
        """Who decided an award that was not decided here."""
        if node is None:
            if kind == "awards":
                message = _(
                    "A mapping of awards says who decided them: 'decided_elsewhere: {{by, on, paper}}'."
                )
                self.report.problem(1, message.format())
            return None
        if kind != "awards":
            self.report.problem(node.line, _("'decided_elsewhere' stands in a mapping of awards alone."))
        self.keys(node, ("by", "on", "paper"), needs=("by", "on", "paper"))
        if not isinstance(node, Mapping):
            return None
        places = {"by": "decided_by", "on": "decided_on", "paper": "paper"}
        made: dict[str, Column] = {}
        for key, value in node:
            name = places.get(key.text, key.text)
            # Here plain text is the thing itself: one board, one day, one paper for the whole file.
            made[name] = (
                Column(name, value.line, constant=self.text(value))
                if isinstance(value, Scalar)
                else self.column(name, value, BESIDES["awards"].get(name))
            )
        if not set(places.values()) <= set(made):
            return None
        return DecidedElsewhere(made["decided_by"], made["decided_on"], made["paper"])

    def twice(self, mapping: ImportMapping, node: Node | None) -> None:
        """A column that is read is not ignored as well, and no field is answered twice."""
        read = {header for column in mapping.columns.values() for header in column.every_header()}
        if mapping.party is not None:
            read |= set(mapping.party.headers)
        for name in mapping.ignore:
            if name in read:
                message = _("'{name}' is read and ignored; remove one.").format(name=name)
                self.report.problem(node.line if node is not None else 1, message)
