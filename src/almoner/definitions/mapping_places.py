"""Reads a mapping file's nodes by what their place asks for: keys, text, a choice, a factor, a day."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from almoner.definitions.mapping import FileHints
from almoner.definitions.nodes import Mapping, Node, Scalar, Sequence
from almoner.definitions.problems import Report, did_you_mean, one_of
from almoner.values.language import _
from almoner.values.numbers import NumberProblem, to_micros

_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?", re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)

_DELIMITERS = {";": ";", ",": ",", "tab": "\t", "\t": "\t", "|": "|"}
_ENCODINGS = (
    "utf-8",
    "utf-16",
    "gb18030",
    "gbk",
    "big5",
    "windows-1252",
    "iso-8859-1",
    "shift_jis",
    "euc-kr",
)
_FORMATS = ("csv", "xlsx", "json", "parquet")


class PlacedReader:
    """Reads nodes in their places; what does not fit goes to the report."""

    def __init__(self, report: Report) -> None:
        self.report = report

    def keys(self, node: Node | None, known: tuple[str, ...], needs: tuple[str, ...] = ()) -> None:
        """A mapping's keys are known, and those it needs are there."""
        if node is None:
            return
        if not isinstance(node, Mapping):
            message = _("Here stands a mapping with {known}.").format(known=one_of(known))
            self.report.problem(node.line, message)
            return
        for key, _value in node:
            if key.text not in known:
                message = _("'{name}' is no key here; there is {known}.").format(
                    name=key.text, known=one_of(known)
                )
                self.report.problem(key.line, message + did_you_mean(key.text, known))
        for name in needs:
            if node.get(name) is None:
                self.report.problem(node.line, _("'{name}' is missing.").format(name=name))

    def pairs(self, node: Node | None) -> tuple[tuple[Scalar, Node], ...]:
        """A mapping's pairs; it has at least one."""
        if node is None:
            return ()
        if not isinstance(node, Mapping) or not node.pairs:
            self.report.problem(node.line, _("Here stands a mapping with at least one entry."))
            return ()
        return node.pairs

    def text(self, node: Node | None) -> str:
        """A piece of text; '' where there is none."""
        if node is None:
            return ""
        if isinstance(node, Scalar) and not node.null and node.text:
            return node.text
        self.report.problem(node.line, _("Here stands a piece of text."))
        return ""

    def texts(self, node: Node | None) -> tuple[str, ...]:
        """One text or a list of them, none twice."""
        if node is None:
            return ()
        found = (
            tuple(self.text(item) for item in node.items)
            if isinstance(node, Sequence)
            else (self.text(node),)
        )
        if not found or len(set(found)) != len(found):
            self.report.problem(node.line, _("Here stands a list with at least one entry, and none twice."))
        return found

    def choice(self, node: Node | None, known: tuple[str, ...]) -> str:
        """One of a few words; '' where there is none."""
        if node is None:
            return ""
        written = node.text if isinstance(node, Scalar) and not node.null else self.text(node)
        if written not in known:
            message = _("'{written}' is none of {known}.").format(written=written, known=one_of(known))
            self.report.problem(node.line, message + did_you_mean(written, known))
            return ""
        return written

    def shaped(self, node: Node | None, shape: str, otherwise: str) -> str:
        """Text of one shape; '' where there is none or it has another."""
        written = self.text(node)
        if node is None or re.fullmatch(shape, written):
            return written
        self.report.problem(node.line, otherwise)
        return ""

    def number(self, node: Node | None) -> Decimal | None:
        """A factor: plain digits, more than nothing, at most six decimals."""
        if node is None:
            return None
        written = self.text(node)
        if _NUMBER.fullmatch(written) and Decimal(written):
            try:
                to_micros(Decimal(written))
            except NumberProblem:
                pass
            else:
                return Decimal(written)
        message = _("A factor is a number above 0 with at most six decimals, as in 0.066667.")
        self.report.problem(node.line, message)
        return None

    def day(self, node: Node | None) -> date | None:
        """An ISO date."""
        if node is None:
            return None
        written = self.text(node)
        try:
            if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", written):
                return date.fromisoformat(written)
        except ValueError:
            pass
        self.report.problem(node.line, _("A date is written YYYY-MM-DD."))
        return None

    def hints(self, node: Node | None) -> FileHints:
        """What the file does not say about itself."""
        if not isinstance(node, Mapping):
            self.keys(node, ())
            return FileHints()
        self.keys(node, ("format", "delimiter", "encoding", "sheet", "ignore_sheets"))
        delimiter = self.choice(node.get("delimiter"), tuple(_DELIMITERS))
        return FileHints(
            format=self.choice(node.get("format"), _FORMATS),
            delimiter=_DELIMITERS.get(delimiter, ""),
            encoding=self.choice(node.get("encoding"), _ENCODINGS),
            sheet=self.text(node.get("sheet")),
            ignore_sheets=self.texts(node.get("ignore_sheets")),
        )
