"""Reads how the columns of a mapping file are written, and which field each answers."""

from __future__ import annotations

from almoner.definitions.date_styles import ISO, date_pattern
from almoner.definitions.mapping import Column, Style, Unit
from almoner.definitions.mapping_places import PlacedReader
from almoner.definitions.nodes import Mapping, Node, Scalar, Sequence
from almoner.definitions.problems import did_you_mean, one_of
from almoner.definitions.programme import Field
from almoner.definitions.tree import NUMERIC, Type
from almoner.values.language import _

_COLUMN_KEYS = (
    "from", "product", "date", "decimal", "thousands", "round_to", "one_zero", "values", "unanswered", "unit",
    "constant", "because", "rows",
)  # fmt: skip
_STYLED = frozenset(_COLUMN_KEYS) - {"from", "product", "constant", "because", "rows"}
_NO_FACTOR = frozenset({"date", "one_zero", "values"})
"""What a number that is multiplied is never written as."""

_FITS = {
    "date": {Type.DATE},
    "one_zero": {Type.BOOLEAN},
    **dict.fromkeys(("product", "decimal", "thousands", "unit", "round_to"), NUMERIC),
}


class ColumnReader(PlacedReader):
    """Reads the columns of a mapping."""

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
        sources = [key for key in ("from", "product", "constant", "rows") if node.get(key) is not None]
        if len(sources) != 1:
            message = _("'{name}' comes from one of 'from', 'product', 'constant' and 'rows'.")
            self.report.problem(node.line, message.format(name=name))
        factors = self.factors(node)
        constant = node.get("constant")
        because = self.text(node.get("because"))
        if constant is not None and not because and not explained:
            message = _("A constant stands in for what nobody answered: say why with 'because'.")
            self.report.problem(constant.line, message)
        if not {"from", "product"} & set(sources) and (extra := _STYLED & set(node.names())):
            message = _("'{key}' says how a column is written; here no column is read.").format(
                key=min(extra)
            )
            self.report.problem(node.line, message)
        return Column(
            name,
            node.line,
            headers=factors or self.texts(node.get("from")),
            constant=None if constant is None else self.text(constant),
            because=because,
            style=self.style(node, asked),
            rows=self.rows(node.get("rows"), asked, explained=bool(because)),
            multiplied=bool(factors),
        )

    def factors(self, node: Mapping) -> tuple[str, ...]:
        """The columns that are multiplied, if any are: two at least, and numbers."""
        product = node.get("product")
        if product is None:
            return ()
        headers = self.texts(product)
        if len(headers) == 1:
            self.report.problem(product.line, _("A product has two columns at least: '[Weight, Price]'."))
        for key in sorted(_NO_FACTOR & set(node.names())):
            message = _(
                "'{key}' says how something is written that is no number; a product multiplies numbers."
            )
            self.report.problem(node.line, message.format(key=key))
        return headers

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
