"""Reads and checks a mapping file: every problem at once, with its line and what to do next."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

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
    balances_of,
    fields_of,
)
from almoner.definitions.mapping_columns import ColumnReader
from almoner.definitions.nodes import Mapping, Node, Scalar, compose
from almoner.definitions.problems import DefinitionError, Problem, Report, did_you_mean, one_of
from almoner.definitions.programme import Field, Programme
from almoner.definitions.sections.leaving import RENEWAL
from almoner.definitions.sections.sessions import of_sessions
from almoner.definitions.tree import Type
from almoner.values.language import _

_KEYS = (
    "almoner", "mapping", "programme", "kind", "record", "follow_up", "comparison", "benefit", "dataset", "round",
    "file",
    "party", "columns", "ignore", "decided_elsewhere",
)  # fmt: skip


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


class _Reader(ColumnReader):
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
        if kind == "awards":
            self.awards(root, mapping)
        self.nobody(root, mapping)
        return mapping

    def nobody(self, root: Mapping, mapping: ImportMapping) -> None:
        """Who stands in a session's sheet or in a comparison is not looked for by identifiers."""
        about = {mapping.about}
        if (
            self.programme is not None
            and mapping.kind == "follow-ups"
            and mapping.about in self.programme.follow_ups
        ):
            about.add(self.programme.follow_ups[mapping.about].about)
        in_sessions = self.programme is not None and bool(about & set(of_sessions(self.programme)))
        if mapping.party is not None and mapping.party.identifiers and (in_sessions or mapping.comparison):
            message = _("'identifiers' have no place in a file about a session or a comparison.")
            self.report.problem(root.line, message)

    def awards(self, root: Mapping, mapping: ImportMapping) -> None:
        """Each award has a name by which it is known again, and what was given has a name of its own."""
        if mapping.party is None and "reference" not in mapping.columns:
            message = _("A mapping of awards says whom each row is about: 'party: {{reference: …}}'.")
            self.report.problem(root.line, message.format())
        if self.programme is not None:
            for name in sorted(balances_of(self.programme).keys() & self.programme.form.keys()):
                message = _("'{name}' is a question of the form and the balance of a benefit.")
                self.report.problem(root.line, message.format(name=name))

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

    def party(self, node: Node | None) -> Party | None:
        """Who a row is about."""
        if node is None:
            return None
        self.keys(node, ("reference", "row", "identifiers"))
        reference = node.get("reference") if isinstance(node, Mapping) else None
        row = node.get("row") if isinstance(node, Mapping) else None
        identifiers = node.get("identifiers") if isinstance(node, Mapping) else None
        named = [one for one in (reference, row) if one is not None]
        if len(named) > 1 or not (named or identifiers):
            message = _(
                "A party is named by 'reference' (columns) or by 'row' (a prefix before the row's number), "
                "by 'identifiers', or by one of the two and identifiers."
            )
            self.report.problem(node.line, message)
        return Party(self.texts(reference), self.text(row), dict(self.identifiers(identifiers)))

    def identifiers(self, node: Node | None) -> Iterable[tuple[str, Column]]:
        """By which columns a party is known, whichever file it comes in."""
        for key, value in self.pairs(node):
            if not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", key.text):
                message = _("'{name}' is no name of an identifier: a-z, 0-9 and _, as in national_id.")
                self.report.problem(key.line, message.format(name=key.text))
            column = self.column(key.text, value, Field(key.text, Type.TEXT, key.line))
            if not column.headers:
                self.report.problem(key.line, _("An identifier comes from a column of the file."))
            yield key.text, column

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
            read |= set(mapping.party.every_header())
        if mapping.decided_elsewhere is not None:
            read |= {
                header for column in mapping.decided_elsewhere.columns() for header in column.every_header()
            }
        for name in mapping.ignore:
            if name in read:
                message = _("'{name}' is read and ignored; remove one.").format(name=name)
                self.report.problem(node.line if node is not None else 1, message)
