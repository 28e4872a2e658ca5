"""Why something is unknown: the descent from an unknown node to its unknown operands.

Every unknown has a cause, of two kinds: *unanswered* (a field that is asked and has no answer) and *not computable* (a
node that is unknown although all its operands are known). The descent finds each cause with the condition under which
it is one; where the value of an expression is known, no condition of its causes holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

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
from almoner.engine.cause_sql import (
    ALWAYS,
    Cause,
    Causes,
    Signs,
    both,
    joined,
    listed_signs,
    merged,
    out_of_rows,
    unknown,
    when,
)
from almoner.engine.sql_text import Sql, level_of, quoted
from almoner.engine.steps import PLACE, ROW, Scope
from almoner.engine.strict_sql import Compiler

SHORT = 150
"""A condition longer than that is computed once, if several may ask for it."""


class Descent:
    """Finds the causes of expressions. Nothing is computed for cases in which `open_` does not hold."""

    def __init__(self, compiler: Compiler, open_: Sql, *, short: int = SHORT) -> None:
        self.compiler = compiler
        self.open = open_
        self.short = short
        self.signs = Signs()
        self._named: dict[tuple[str, str], Causes] = {}

    def of(self, expression: Expression) -> Causes:
        """The causes of a whole expression of the case."""
        return self._of(expression.node, self.compiler.case, expression.place)

    def column(self, name: str, causes: Causes, about: str = "") -> Sql | None:
        """A column of the signs of the causes that hold, NULL for cases that are not open; None without causes."""
        if not causes:
            return None
        signs = listed_signs(self.compiler.steps, causes)
        return self.compiler.steps.column(name, self.if_open(signs), about)

    def if_open(self, value: Sql, otherwise: str = "NULL") -> Sql:
        """A value where the case is open."""
        rest = "" if otherwise == "NULL" else f" ELSE {otherwise}"
        return Sql(f"(CASE WHEN {self.open.text} THEN {value.text}{rest} END)", level_of(self.open, value))

    def _once(self, causes: Causes) -> Causes:
        """The causes of a name that several expressions use: a sign stands once, a long condition in a column."""
        return tuple(
            cause
            if len(cause.test.text) <= self.short
            else replace(cause, test=self.compiler.steps.hoist(self._if_open_and(cause.test)))
            for cause in merged(causes)
        )

    def _when(self, condition: Sql, causes: Causes, scope: Scope) -> Causes:
        """As `when`; a long condition over the case that several causes share becomes a column."""
        if len(causes) > 1 and len(condition.text) > self.short and not scope.rows:
            condition = self.compiler.steps.hoist(self._if_open_and(condition))
        return when(condition, causes)

    def _if_open_and(self, test: Sql) -> Sql:
        # As a condition of CASE what stands to the right of an AND is computed only where it matters.
        text = f"(CASE WHEN {self.open.text} AND {test.text} THEN TRUE END)"
        return Sql(text, level_of(self.open, test))

    def _of(self, node: Node, scope: Scope, place: str) -> Causes:
        match node:
            case Literal():
                return ()
            case Name():
                return self._name(node, scope, place)
            case Summary():
                return self._summary(node, place)
            case Bands():
                return self._bands(node, scope, place)
            case And() | Or() | Compare():
                inner = joined(self._of(operand, scope, place) for operand in _operands(node))
                if not inner or not _may_be_decided(node):
                    return inner
                return self._when(unknown(self._value(node, scope)), inner, scope)
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
        known = "".join(f" AND {part.text} IS NOT NULL" for part in parts if part.constant is None)
        fails = Sql(f"({value.text} IS NULL{known})", level_of(value, *parts))
        own = Cause(self.signs.of_blocked(place, cause), fails)
        if not isinstance(node, Arithmetic) or node.op != "/":
            return joined((inner, (own,)))
        zero = Sql(f"({parts[1].text} = 0)", parts[1].level)
        other = Sql(f"({parts[1].text} <> 0)", parts[1].level)
        by_zero = Cause(self.signs.of_blocked(place, "division by zero"), both(zero, fails))
        return joined((inner, (replace(own, test=both(other, fails)), by_zero)))

    def _bands(self, node: Bands, scope: Scope, place: str) -> Causes:
        """Of the first condition that is not FALSE: its own causes where it is unknown, its value's where TRUE."""
        found: list[Causes] = []
        reached = ALWAYS
        for condition, value in node.bands:
            test = self._value(condition, scope)
            undecided, worth = self._of(condition, scope, place), self._of(value, scope, place)
            found.append(self._when(both(reached, unknown(test)), undecided, scope))
            found.append(self._when(both(reached, test), worth, scope))
            reached = both(reached, Sql(f"(NOT {test.text})", test.level))
        return joined((*found, self._when(reached, self._of(node.otherwise, scope, place), scope)))

    # Rows -----------------------------------------------------------------------------------------------------

    def _summary(self, node: Summary, place: str) -> Causes:
        rows = self.compiler.steps.rows_base(node.rows)
        value = self._value(node, self.compiler.case)
        found = [when(unknown(rows), self._rows_unanswered(node.rows))]
        if node.word in {"first", "last", "change"}:
            none = Sql(f"(len({rows.text}) = 0)", rows.level)
            found.append((Cause(self.signs.of_field(node.rows), none),))
        inner = self._rows(node, place)
        if node.word in {"any_of", "all_of", "count_of"}:
            # These may be known though something in a row is not.
            inner = self._when(unknown(value), inner, self.compiler.case)
        return joined((*found, inner, when(unknown(value), self._own(node, place))))

    def _rows_unanswered(self, name: str) -> Causes:
        question = self.compiler.world.fields.get(name)
        if question is not None and question.when is not None:
            return self.asked_and_unanswered(question)
        return (Cause(self.signs.of_field(name)),)

    def _rows(self, node: Summary, place: str) -> Causes:
        """The causes inside the rows that matter."""
        inner = Scope(self.compiler.steps, node.rows)
        condition = self._of(node.condition, inner, place) if node.condition is not None else ()
        value = self._of(node.value, inner, place) if node.value is not None else ()
        c = self._value(node.condition, inner) if node.condition is not None else None
        v = self._value(node.value, inner) if node.value is not None else None
        if node.word == "sum_of" and c is not None and v is not None:
            # A row whose condition is FALSE or whose value is 0 does not matter.
            condition = when(Sql(f"({v.text} <> 0 OR {v.text} IS NULL)", v.level), condition)
        if c is not None:
            value = when(Sql(f"({c.text} OR {c.text} IS NULL)", c.level), value)
        each = joined((condition, value))
        if node.word in {"first", "last", "change"}:
            base = self.compiler.steps.rows_base(node.rows)
            last = self.compiler.case.once(Sql(f"len({base.text})", base.level))
            ends = {"first": "1", "last": last.text, "change": f"1, {last.text}"}[node.word]
            each = when(Sql(f"({PLACE} IN ({ends}))", last.level), each)
        return out_of_rows(self.compiler.steps, node.rows, each)

    def _own(self, node: Summary, place: str) -> Causes:
        """What makes a summary not computable though every row that matters is known."""
        if node.word in {"sum_of", "change"}:
            cause = "out of range"
        elif node.word in {"largest_of", "smallest_of"}:
            cause = f"nothing to take the {node.word.removesuffix('_of')} of"
        else:
            return ()
        return (Cause(self.signs.of_blocked(place, cause), self._all_known(node)),)

    def _all_known(self, node: Summary) -> Sql:
        """Whether no row leaves the summary unknown."""
        inner = Scope(self.compiler.steps, node.rows)
        c = self._value(node.condition, inner) if node.condition is not None else None
        v = self._value(node.value, inner) if node.value is not None else Sql("0")
        level = level_of(v, self.compiler.steps.rows_base(node.rows), *([c] if c is not None else []))
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
            return (Cause(sign, unknown(value)),)
        if node.origin is Origin.DERIVED:
            return self.derived(node.name)
        return self.field(node.name)

    def _plain(self, node: Name) -> Causes:
        if node.name == "as_of":
            return ()
        value = self.compiler.given(node.name)
        return (Cause(self.signs.of_field(node.name), unknown(value)),)

    def derived(self, name: str) -> Causes:
        """The causes of a derived name, computed once."""
        key = ("derive", name)
        if key not in self._named:
            self._named[key] = self._once(self.of(self.compiler.world.programme.derive[name].expression))
        return self._named[key]

    def field(self, name: str) -> Causes:
        """The causes of a field's worth."""
        question = self.compiler.world.fields[name]
        if question.when is None:
            return (Cause(self.signs.of_field(name), unknown(self.compiler.field(name))),)
        key = ("form", name)
        if key not in self._named:
            other = self.of(question.unasked) if question.unasked else ()
            asked = self.compiler.asked(name)
            not_asked = Sql(f"(NOT {asked.text})", asked.level)
            causes = joined((self.asked_and_unanswered(question), when(not_asked, other)))
            self._named[key] = self._once(causes)
        return self._named[key]

    def asked_and_unanswered(self, question: Field) -> Causes:
        """Unknown whether it is asked: why; asked and unanswered: itself."""
        raw = Sql(quoted(f"form.{question.name}"))
        sign = self.signs.of_field(question.name)
        if question.when is None:
            return (Cause(sign, unknown(raw)),)
        asked = self.compiler.asked(question.name)
        answer = Sql(f"({asked.text} AND {raw.text} IS NULL)", asked.level)
        return joined((when(unknown(asked), self.of(question.when)), (Cause(sign, answer),)))

    def _row_field(self, rows: str, name: str) -> Causes:
        question = self.compiler.world.rows[rows].get(name)
        if question is None or question.when is None:
            return (self._of_member(rows, name, unknown(self.compiler.row_field(rows, name))),)
        scope = Scope(self.compiler.steps, rows)
        causes = self.row_asked_and_unanswered(rows, question)
        if question.unasked is not None:
            asked = self.compiler.row_asked(rows, name)
            not_asked = Sql(f"(NOT {asked.text})", asked.level)
            other = self._of(question.unasked.node, scope, question.unasked.place)
            causes = joined((causes, when(not_asked, other)))
        return causes

    def _of_member(self, rows: str, name: str, test: Sql) -> Cause:
        return Cause(self.signs.of_member(rows, name), test, rows)

    def row_asked_and_unanswered(self, rows: str, question: Field) -> Causes:
        """As `asked_and_unanswered`, of a field of the row at hand."""
        raw = f"{ROW}.{quoted(question.name)}"
        if question.when is None:
            return (self._of_member(rows, question.name, Sql(f"({raw} IS NULL)")),)
        scope = Scope(self.compiler.steps, rows)
        asked = self.compiler.row_asked(rows, question.name)
        why = self._of(question.when.node, scope, question.when.place)
        answer = Sql(f"({asked.text} AND {raw} IS NULL)", asked.level)
        return joined((when(unknown(asked), why), (self._of_member(rows, question.name, answer),)))


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
