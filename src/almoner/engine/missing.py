"""Why something is unknown: the descent from an unknown node to its unknown operands, as SQL.

Every unknown has a cause, of two kinds: *unanswered* (a field that is asked and has no answer) and *not computable* (a
node that is unknown although all its operands are known). A cause is written as one number, a *sign*, so that a
million cases carry small lists of numbers; `Signs` says what each means.

The SQL of an expression's causes gives an empty or NULL list where its value is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from almoner.definitions.programme import Field
from almoner.definitions.tree import (
    And,
    Arithmetic,
    Bands,
    Call,
    Compare,
    Expression,
    In,
    Literal,
    Lookup,
    Name,
    Negative,
    Node,
    Not,
    Or,
    Origin,
    Summary,
)
from almoner.engine.sql_text import Sql, quoted
from almoner.engine.steps import PLACE, ROW, Scope
from almoner.engine.strict_sql import Compiler

NOT_COMPUTABLE = 1 << 60
"""Signs from here on are causes of kind *not computable*."""

FIELD_BITS = 40
"""Above these bits stands the field's position in the form."""

ROW_BITS = 10
"""Below them the row's number, and below these bits the position in the row."""

_FIELD = 1 << FIELD_BITS
_ROW = 1 << ROW_BITS
_MEMBERS = _ROW - 2


@dataclass(slots=True)
class Signs:
    """The number of each cause, in the order of the form and of the definition.

    An unanswered field is its position in the form, then the number of the row, then the position in the row.
    """

    fields: dict[str, int] = field(default_factory=dict)
    members: dict[tuple[str, str], int] = field(default_factory=dict)
    blocked: dict[tuple[str, str], int] = field(default_factory=dict)

    def of_field(self, name: str) -> int:
        """The sign of an unanswered field."""
        return self.fields.setdefault(name, len(self.fields)) * _FIELD

    def of_member(self, rows: str, name: str) -> int:
        """The sign of an unanswered field in a row, to which the row's number is added, times `_ROW`."""
        inside = [key for key in self.members if key[0] == rows]
        at = self.members.setdefault((rows, name), len(inside) + 1)
        if at > _MEMBERS:
            raise ValueError(f"{rows} has more than {_MEMBERS} fields.")
        return self.of_field(rows) + at

    def of_blocked(self, place: str, cause: str) -> int:
        """The sign of what cannot be computed."""
        return NOT_COMPUTABLE + self.blocked.setdefault((place, cause), len(self.blocked))

    def named(self, sign: int) -> tuple[str, int, str]:
        """The field, the row's number (0: no row) and the row's field of an unanswered one's sign."""
        name = list(self.fields)[sign // _FIELD]
        rest = sign % _FIELD
        if not rest:
            return name, 0, ""
        member = next(key[1] for key, at in self.members.items() if key[0] == name and at == rest % _ROW)
        return name, rest // _ROW, member

    def cause(self, sign: int) -> tuple[str, str]:
        """The place and cause of a sign of kind *not computable*."""
        return list(self.blocked)[sign - NOT_COMPUTABLE]


def sign_list(sign: int) -> Sql:
    """A list of one sign."""
    return Sql(f"[{sign}::BIGINT]")


Causes = Sql | None
"""A list of signs in SQL; None where nothing can be unknown."""


def joined(causes: Iterable[Causes]) -> Causes:
    """The causes of several."""
    parts = [part for part in causes if part is not None]
    if len(parts) < 2:  # noqa: PLR2004 -- one needs no joining
        return parts[0] if parts else None
    return Sql(f"list_concat({', '.join(part.text for part in parts)})", max(part.level for part in parts))


def when(condition: Sql, causes: Causes) -> Causes:
    """The causes, but only where the condition holds."""
    if causes is None:
        return None
    return Sql(f"(CASE WHEN {condition.text} THEN {causes.text} END)", max(condition.level, causes.level))


def unknown(value: Sql) -> Sql:
    """Whether a value is unknown."""
    return Sql(f"({value.text} IS NULL)", value.level)


class Descent:
    """Writes the causes of expressions. Nothing is computed for cases in which `open_` does not hold."""

    def __init__(self, compiler: Compiler, open_: Sql) -> None:
        self.compiler = compiler
        self.open = open_
        self.signs = Signs()
        self._named: dict[tuple[str, str], Causes] = {}

    def of(self, expression: Expression) -> Causes:
        """The causes of a whole expression of the case."""
        return self._of(expression.node, self.compiler.case, expression.place)

    def column(self, name: str, causes: Causes, about: str = "") -> Causes:
        """The causes in a column of their own, empty for cases that are not open."""
        if causes is None:
            return None
        guarded = when(self.open, causes)
        assert guarded is not None  # noqa: S101 -- for the type checker
        return self.compiler.steps.column(name, guarded, about)

    def _of(self, node: Node, scope: Scope, place: str) -> Causes:
        match node:
            case Literal():
                return None
            case Name():
                return self._name(node, scope, place)
            case Summary():
                return self._summary(node, place)
            case Bands():
                return self._bands(node, scope, place)
            case And() | Or() | Compare():
                inner = joined(self._of(operand, scope, place) for operand in _operands(node))
                if inner is None or not _may_be_decided(node):
                    return inner
                return when(unknown(self._value(node, scope)), inner)
        return self._strict(node, _operands(node), scope, place)

    def _value(self, node: Node, scope: Scope) -> Sql:
        return self.compiler.value(node, scope)

    def _strict(self, node: Node, operands: tuple[Node, ...], scope: Scope, place: str) -> Causes:
        """Unknown where an operand is; not computable where it is unknown and none of them is."""
        inner = joined(self._of(operand, scope, place) for operand in operands)
        cause = _may_fail(node)
        if not cause:
            return inner
        value = self._value(node, scope)
        parts = [self._value(operand, scope) for operand in operands]
        if value.total and not _by_zero(node, parts):
            return inner
        known = " AND ".join(f"{part.text} IS NOT NULL" for part in parts if part.constant is None) or "TRUE"
        level = max(value.level, *(part.level for part in parts))
        sign = f"{self.signs.of_blocked(place, cause)}::BIGINT"
        if isinstance(node, Arithmetic) and node.op == "/":
            zero = self.signs.of_blocked(place, "division by zero")
            sign = f"CASE WHEN {parts[1].text} = 0 THEN {zero}::BIGINT ELSE {sign} END"
        fails = Sql(f"({value.text} IS NULL AND {known})", level)
        return joined((inner, when(fails, Sql(f"[{sign}]", level))))

    def _bands(self, node: Bands, scope: Scope, place: str) -> Causes:
        """Of the first condition that is not FALSE: its own causes where it is unknown, its value's where TRUE."""
        text, level, any_ = "CASE", 0, False
        for condition, value in node.bands:
            test = self._value(condition, scope)
            undecided, worth = self._of(condition, scope, place), self._of(value, scope, place)
            text += f" WHEN {test.text} IS NULL THEN {_or_none(undecided)} WHEN {test.text} THEN {_or_none(worth)}"
            level = max(level, test.level, _level(undecided), _level(worth))
            any_ = any_ or undecided is not None or worth is not None
        rest = self._of(node.otherwise, scope, place)
        if not any_ and rest is None:
            return None
        return Sql(f"({text} ELSE {_or_none(rest)} END)", max(level, _level(rest)))

    # Rows -----------------------------------------------------------------------------------------------------

    def _summary(self, node: Summary, place: str) -> Causes:
        rows = self.compiler.steps.rows_base(node.rows)
        value = self._value(node, self.compiler.case)
        unanswered = f"WHEN {rows.text} IS NULL THEN {_or_none(self._rows_unanswered(node.rows))}"
        if node.word in {"first", "last", "change"}:
            nothing = f"WHEN len({rows.text}) = 0 THEN [{self.signs.of_field(node.rows)}::BIGINT]"
            unanswered = f"{unanswered} {nothing}"
        inner = self._rows(node, place)
        own = self._own(node, place)
        text = f"(CASE {unanswered} WHEN {value.text} IS NULL THEN {_or_none(joined((inner, own)))} END)"
        return Sql(text, max(rows.level, value.level, _level(inner), _level(own)))

    def _rows_unanswered(self, name: str) -> Causes:
        question = self.compiler.world.fields.get(name)
        if question is not None and question.when is not None:
            return self.asked_and_unanswered(question)
        return sign_list(self.signs.of_field(name))

    def _rows(self, node: Summary, place: str) -> Causes:
        """The causes inside the rows that matter."""
        inner = Scope(self.compiler.steps, node.rows)
        condition = self._of(node.condition, inner, place) if node.condition is not None else None
        value = self._of(node.value, inner, place) if node.value is not None else None
        c = self._value(node.condition, inner) if node.condition is not None else None
        v = self._value(node.value, inner) if node.value is not None else None
        if node.word == "sum_of" and c is not None and v is not None:
            # A row whose condition is FALSE or whose value is 0 does not matter.
            matters = Sql(f"({v.text} <> 0 OR {v.text} IS NULL)", v.level)
            condition = when(matters, condition)
        if c is not None and value is not None:
            value = when(Sql(f"({c.text} OR {c.text} IS NULL)", c.level), value)
        each = joined((condition, value))
        if each is None:
            return None
        level = max(each.level, self.compiler.steps.rows_base(node.rows).level)
        rows = self.compiler.steps.rows_at(node.rows, level)
        listed = f"list_transform({rows}, lambda {ROW}, {PLACE}: {each.text})"
        if node.word in {"first", "last", "change"}:
            ends = {"first": ("1",), "last": ("-1",), "change": ("1", "-1")}[node.word]
            picked = ", ".join(f"list_extract({listed}, {end})" for end in ends)
            return Sql(f"list_concat({picked})", level)
        return Sql(f"flatten({listed})", level)

    def _own(self, node: Summary, place: str) -> Causes:
        """What makes a summary not computable though every row that matters is known."""
        if node.word in {"sum_of", "change"}:
            cause = "out of range"
        elif node.word in {"largest_of", "smallest_of"}:
            cause = f"nothing to take the {node.word.removesuffix('_of')} of"
        else:
            return None
        sign = sign_list(self.signs.of_blocked(place, cause))
        return when(self._all_known(node), sign)

    def _all_known(self, node: Summary) -> Sql:
        """Whether no row leaves the summary unknown."""
        inner = Scope(self.compiler.steps, node.rows)
        c = self._value(node.condition, inner) if node.condition is not None else None
        v = self._value(node.value, inner) if node.value is not None else Sql("0")
        level = max(v.level, _level(c), self.compiler.steps.rows_base(node.rows).level)
        rows = self.compiler.steps.rows_at(node.rows, level)
        if node.word == "change":
            ends = [
                f"list_extract(list_transform({rows}, lambda {ROW}: {v.text}), {at})" for at in ("1", "-1")
            ]
            return Sql(f"({ends[0]} IS NOT NULL AND {ends[1]} IS NOT NULL)", level)
        open_ = f"{v.text} IS NULL"
        if c is not None and node.word == "sum_of":
            open_ = (
                f"NOT COALESCE(NOT {c.text} OR {v.text} = 0 OR ({c.text} AND {v.text} IS NOT NULL), FALSE)"
            )
        elif c is not None:
            open_ = f"CASE WHEN {c.text} THEN {v.text} IS NULL ELSE {c.text} IS NULL END"
        return Sql(f"(NOT list_contains(list_transform({rows}, lambda {ROW}: {open_}), TRUE))", level)

    # Names ----------------------------------------------------------------------------------------------------

    def _name(self, node: Name, scope: Scope, place: str) -> Causes:
        if node.origin is Origin.ROW:
            return self._row_field(node.rows or scope.rows, node.name)
        if node.name in self.compiler.world.plain:
            return self._plain(node)
        if node.origin is Origin.PARAMETER:
            value = self.compiler.parameter(node.name)
            sign = self.signs.of_blocked(place, f"no {node.name} in force")
            return when(unknown(value), sign_list(sign))
        if node.origin is Origin.DERIVED:
            return self.derived(node.name)
        return self.field(node.name)

    def _plain(self, node: Name) -> Causes:
        if node.name == "as_of":
            return None
        value = self.compiler.given(node.name)
        return when(unknown(value), sign_list(self.signs.of_field(node.name)))

    def derived(self, name: str) -> Causes:
        """The causes of a derived name, computed once."""
        key = ("derive", name)
        if key not in self._named:
            causes = self.of(self.compiler.world.programme.derive[name].expression)
            self._named[key] = self.column(f"derive.{name}: why", causes, f"why derive.{name} is unknown")
        return self._named[key]

    def field(self, name: str) -> Causes:
        """The causes of a field's worth."""
        question = self.compiler.world.fields[name]
        if question.when is None:
            return when(unknown(self.compiler.field(name)), sign_list(self.signs.of_field(name)))
        key = ("form", name)
        if key not in self._named:
            other = self.of(question.unasked) if question.unasked else None
            causes = self.asked_and_unanswered(question)
            if other is not None:
                asked = self.compiler.asked(name)
                not_asked = Sql(f"(NOT {asked.text})", asked.level)
                causes = joined((causes, when(not_asked, other)))
            about = f"why form.{name} is unknown"
            self._named[key] = self.column(f"form.{name}: why", causes, about)
        return self._named[key]

    def asked_and_unanswered(self, question: Field) -> Causes:
        """Unknown whether it is asked: why; asked and unanswered: itself."""
        raw = Sql(quoted(f"form.{question.name}"))
        sign = sign_list(self.signs.of_field(question.name))
        if question.when is None:
            return when(unknown(raw), sign)
        asked = self.compiler.asked(question.name)
        answer = Sql(f"({asked.text} AND {raw.text} IS NULL)", asked.level)
        return joined((when(unknown(asked), self.of(question.when)), when(answer, sign)))

    def _row_field(self, rows: str, name: str) -> Causes:
        question = self.compiler.world.rows[rows].get(name)
        if question is None or question.when is None:
            return when(unknown(self.compiler.row_field(rows, name)), self._row_sign(rows, name))
        scope = Scope(self.compiler.steps, rows)
        causes = self.row_asked_and_unanswered(rows, question)
        if question.unasked is not None:
            asked = self.compiler.row_asked(rows, name)
            not_asked = Sql(f"(NOT {asked.text})", asked.level)
            other = self._of(question.unasked.node, scope, question.unasked.place)
            causes = joined((causes, when(not_asked, other)))
        return causes

    def _row_sign(self, rows: str, name: str) -> Sql:
        return Sql(f"[{self.signs.of_member(rows, name)}::BIGINT + {PLACE} * {_ROW}]")

    def row_asked_and_unanswered(self, rows: str, question: Field) -> Causes:
        """As `asked_and_unanswered`, of a field of the row at hand."""
        raw = f"{ROW}.{quoted(question.name)}"
        sign = self._row_sign(rows, question.name)
        if question.when is None:
            return when(Sql(f"({raw} IS NULL)"), sign)
        scope = Scope(self.compiler.steps, rows)
        asked = self.compiler.row_asked(rows, question.name)
        why = self._of(question.when.node, scope, question.when.place)
        answer = Sql(f"({asked.text} AND {raw} IS NULL)", asked.level)
        return joined((when(unknown(asked), why), when(answer, sign)))


def _or_none(causes: Causes) -> str:
    return causes.text if causes is not None else "NULL"


def _level(part: Sql | None) -> int:
    return part.level if part is not None else 0


def _operands(
    node: Not | And | Or | Compare | In | Negative | Arithmetic | Call | Lookup,
) -> tuple[Node, ...]:
    match node:
        case And() | Or():
            return node.operands
        case Compare() | Arithmetic():
            return (node.left, node.right)
        case Call():
            return node.arguments
        case Lookup():
            return node.keys
    return (node.operand,)


def _may_be_decided(node: And | Or | Compare) -> bool:
    """Whether it can be known though an operand is not."""
    sides = () if isinstance(node, And | Or) else (node.left, node.right)
    return not sides or any(isinstance(side, Summary) and side.word == "count_of" for side in sides)


def _by_zero(node: Node, parts: Sequence[Sql]) -> bool:
    return isinstance(node, Arithmetic) and node.op == "/" and parts[1].low <= 0 <= parts[1].high


def _may_fail(node: Node) -> str:
    """The cause with which a node can be unknown though all its operands are known; '' where it cannot."""
    match node:
        case Arithmetic():
            return "out of range"
        case Call(word="add_days" | "add_months"):
            return "out of range"
        case Lookup(table=table):
            return f"no key in {table}"
    return ""
