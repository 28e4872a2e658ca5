"""Calls of the words: which there are, what each takes, and what its arguments must be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from sqlglot import exp

from almoner.definitions.problems import did_you_mean, one_of
from almoner.definitions.scope import Known, Rows, Scope
from almoner.definitions.syntax import as_written
from almoner.definitions.tokens import NAME_PREFIX, ExpressionProblem
from almoner.definitions.tree import NUMERIC, TEXTUAL, Call, Lookup, Name, Summary, Type
from almoner.definitions.tree_text import type_words, written
from almoner.definitions.typed import CONDITION, Value, Want, common_type, fitted, is_open, retyped, together
from almoner.definitions.words import (
    LOOKUP,
    ORDERED,
    OVERLAPS,
    SUMMARIES,
    USAGES,
    WORDS,
    SummaryWord,
    Word,
)
from almoner.values.language import _

_SQL_WORDS = {
    "least": "smaller_of",
    "greatest": "larger_of",
    "min": "smallest_of",
    "max": "largest_of",
    "sum": "sum_of",
    "count": "count_of",
    "date_diff": "days_between",
    "datediff": "days_between",
    "age": "years_between",
}
"""What a person who knows SQL may have meant."""


class Reader(Protocol):
    """What a call needs of the reader of the expression that it stands in."""

    scope: Scope
    line: int

    def tell(self, line: int, problem: str) -> None:
        """Report a problem."""

    def not_carried_out(self, what: str) -> None:
        """Say that a word is read and checked, and that nothing carries it out yet."""

    def node(self, node: exp.Expression) -> Value | None:
        """The checked node of one of sqlglot's."""

    def inside(self, rows: Rows) -> Reader:
        """A reader of what stands inside a summary."""

    def refuse_conditional(self, name: str, known: Known) -> None:
        """Report a field that is not always asked and does not say what it is otherwise."""


class Calls:
    """Checks the calls of one expression."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader

    def call(self, word: str, arguments: Sequence[exp.Expression]) -> Value | None:
        """The checked call of a word."""
        if word in SUMMARIES:
            return self._summary(SUMMARIES[word], arguments)
        if word in WORDS:
            return self._ordinary(WORDS[word], arguments)
        if word == LOOKUP:
            return self._lookup(arguments)
        if word == OVERLAPS:
            return self._overlaps(arguments)
        hint = did_you_mean(word, USAGES)
        if word in _SQL_WORDS:
            hint = " " + _("Did you mean '{name}'?").format(name=_SQL_WORDS[word])
        elif not hint:
            hint = " " + _("The words: {words}.").format(words=", ".join(USAGES))
        raise ExpressionProblem(_("calls '{word}', which is not a word.").format(word=word) + hint)

    def _arguments(self, word: str, arguments: Sequence[exp.Expression], least: int, most: int) -> None:
        if not least <= len(arguments) <= most:
            message = _("calls {word} with {count} arguments; write {usage}")
            raise ExpressionProblem(message.format(word=word, count=len(arguments), usage=USAGES[word]))

    def _ordinary(self, word: Word, arguments: Sequence[exp.Expression]) -> Value | None:
        expected = len(word.arguments) or 2
        self._arguments(word.name, arguments, expected, expected)
        values = [self.reader.node(argument) for argument in arguments]
        known = [value for value in values if value is not None]
        if len(known) < len(values):
            return None
        if not word.arguments or word.result is None:
            return self._of_two(word, known[0], known[1])
        if word.arguments[0] is Type.TEXT:
            fitting = self._texts(word, known)
        else:
            fitting = [
                self._argument(word, value, kind) for value, kind in zip(known, word.arguments, strict=True)
            ]
        return Value(Call(word.name, tuple(value.node for value in fitting), word.result))

    def _of_two(self, word: Word, left: Value, right: Value) -> Value:
        pair = together(left, right)
        if pair is None or pair[0].type not in ORDERED:
            message = _(
                "calls {word} with {left} ({left_type}) and {right} ({right_type}); "
                "it takes two numbers, two amounts or two dates"
            )
            raise ExpressionProblem(
                message.format(
                    word=word.name,
                    left=written(left.node),
                    left_type=type_words(left.type),
                    right=written(right.node),
                    right_type=type_words(right.type),
                )
            )
        return Value(Call(word.name, (pair[0].node, pair[1].node), common_type(*pair)))

    def _texts(self, word: Word, values: list[Value]) -> list[Value]:
        for value in values:
            if value.type not in TEXTUAL:
                message = _("calls {word} with {value}, which is {given}; it takes texts")
                given = type_words(value.type)
                raise ExpressionProblem(
                    message.format(word=word.name, value=written(value.node), given=given)
                )
        return values

    def _argument(self, word: Word, value: Value, kind: Type) -> Value:
        try:
            return fitted(value, Want((kind,)))
        except ExpressionProblem as problem:
            message = _("calls {word} with {value}, which is not {wanted}; write {usage}")
            text = message.format(
                word=word.name, value=written(value.node), wanted=type_words(kind), usage=word.usage
            )
            raise ExpressionProblem(text) from problem

    def _summary(self, word: SummaryWord, arguments: Sequence[exp.Expression]) -> Value | None:
        most = 1 + word.value + bool(word.condition)
        self._arguments(word.name, arguments, most - (word.condition == "may"), most)
        if self.reader.scope.row is not None:
            message = _("calls {word} inside another summary; give it a name in 'derive' first")
            raise ExpressionProblem(message.format(word=word.name))
        rows = self._rows(word, arguments[0])
        if rows is None:
            return None
        inner = self.reader.inside(rows)
        rest = list(arguments[1:])
        value = inner.node(rest.pop(0)) if word.value else None
        condition = inner.node(rest.pop(0)) if rest else None
        if (word.value and value is None) or (
            len(arguments) == most and word.condition and condition is None
        ):
            return None
        node = None if condition is None else fitted(condition, CONDITION).node
        kind = self._result(word, value)
        summary = Summary(word.name, rows.name, None if value is None else value.node, node, kind)
        return Value(summary, value.choices if value is not None else ())

    def _rows(self, word: SummaryWord, argument: exp.Expression) -> Rows | None:
        if not isinstance(argument, exp.Column) or argument.table:
            message = _("calls {word} with {value} where the name of rows must stand; write {usage}")
            raise ExpressionProblem(
                message.format(word=word.name, value=as_written(argument), usage=word.usage)
            )
        name = argument.name.removeprefix(NAME_PREFIX)
        scope = self.reader.scope
        rows = scope.rows.get(name)
        if rows is not None:
            if word.dated and not rows.dated:
                message = _(
                    "calls {word} with '{name}', whose rows have no days; only records have a first and a last"
                )
                raise ExpressionProblem(message.format(word=word.name, name=name))
            if (known := scope.names.get(name)) is not None:
                self.reader.refuse_conditional(name, known)
            return rows
        if scope.is_broken(name):
            return None
        if name in scope.elsewhere:
            self.reader.tell(self.reader.line, scope.elsewhere[name])
        elif (found := scope.find(name)) is not None:
            message = _("calls {word} with '{name}', which is {type}, not rows; the rows here: {rows}")
            given = type_words(found.type)
            raise ExpressionProblem(
                message.format(word=word.name, name=name, type=given, rows=one_of(scope.rows))
            )
        else:
            message = _("reads the rows '{name}', which no section defines.")
            self.reader.tell(self.reader.line, message.format(name=name) + did_you_mean(name, scope.rows))
        return None

    def _result(self, word: SummaryWord, value: Value | None) -> Type:
        if value is None:
            return Type.INTEGER if word.name == "count_of" else Type.BOOLEAN
        wanted = {"sum_of": NUMERIC, "change": NUMERIC, "largest_of": ORDERED, "smallest_of": ORDERED}.get(
            word.name
        )
        if wanted is not None and value.type not in wanted:
            message = _("calls {word} with {value}, which is {given}; it takes numbers or amounts{dates}")
            dates = _(", or dates") if Type.DATE in wanted else ""
            given = type_words(value.type)
            raise ExpressionProblem(
                message.format(word=word.name, value=written(value.node), given=given, dates=dates)
            )
        return value.type

    def _lookup(self, arguments: Sequence[exp.Expression]) -> Value | None:
        if not arguments or not isinstance(arguments[0], exp.Column):
            raise ExpressionProblem(
                _("calls lookup without a table; write {usage}").format(usage=USAGES[LOOKUP])
            )
        first = arguments[0]
        column = first.name.removeprefix(NAME_PREFIX) if first.table else ""
        name = (first.table or first.name).removeprefix(NAME_PREFIX)
        tables = self.reader.scope.tables
        if self.reader.scope.is_broken(name) and name not in tables:
            return None
        if name not in tables:
            message = _("looks up '{name}', which is no table in 'lookups'.")
            raise ExpressionProblem(message.format(name=name) + did_you_mean(name, tables))
        table = tables[name]
        if not column and len(table.values) > 1:
            message = _("looks up '{name}', which has several values; write lookup({name}.{value}, …)")
            raise ExpressionProblem(message.format(name=name, value=next(iter(table.values))))
        column = column or next(iter(table.values), "")
        if column not in table.values:
            message = _("looks up '{name}.{column}'; the values of '{name}' are {values}.")
            text = message.format(name=name, column=column, values=one_of(table.values))
            raise ExpressionProblem(text + did_you_mean(column, table.values))
        if not table.keys:
            message = _("looks up '{name}', which has no keys: it is an index, which 'deflate' reads")
            raise ExpressionProblem(message.format(name=name))
        if len(arguments) - 1 != len(table.keys):
            message = _("looks up '{name}' with {count} keys; it has {keys}")
            raise ExpressionProblem(
                message.format(name=name, count=len(arguments) - 1, keys=one_of(table.keys))
            )
        keys = [self.reader.node(argument) for argument in arguments[1:]]
        known = [key for key in keys if key is not None]
        if len(known) < len(keys):
            return None
        fitting = [
            _key(name, key, value, kind) for value, (key, kind) in zip(known, table.keys.items(), strict=True)
        ]
        return Value(Lookup(name, column, tuple(value.node for value in fitting), table.values[column]))

    def _overlaps(self, arguments: Sequence[exp.Expression]) -> Value | None:
        self._arguments(OVERLAPS, arguments, 1, 1)
        who = self.reader.node(arguments[0])
        if who is None:
            return None
        if not isinstance(who.node, Name) or who.node.name not in self.reader.scope.timed:
            message = _(
                "calls overlaps with {value}; it stands in each_delivery with 'begins' and 'lasts', and names the "
                "party, code or choice of its form that says who"
            )
            raise ExpressionProblem(message.format(value=written(who.node)))
        return Value(Call(OVERLAPS, (who.node,), Type.BOOLEAN))


def _key(table: str, key: str, value: Value, kind: Type) -> Value:
    """A key of a lookup: exact, so its type must be the column's; a choice is a text there."""
    if is_open(value.node) and ((value.type in NUMERIC) == (kind in NUMERIC)):
        return retyped(value, kind)
    same = value.type is kind
    texts = value.type in TEXTUAL | {Type.CHOICE} and kind in TEXTUAL
    numbers = {value.type, kind} <= {Type.INTEGER, Type.NUMBER}
    if not (same or texts or numbers):
        message = _("looks up '{table}' with {value} ({given}); its key '{key}' is {wanted}")
        raise ExpressionProblem(
            message.format(
                table=table,
                value=written(value.node),
                given=type_words(value.type),
                key=key,
                wanted=type_words(kind),
            )
        )
    return value
