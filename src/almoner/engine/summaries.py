"""The words over rows, as SQL over lists of structures.

Unanswered rows are NULL and make a summary unknown; an empty list is known and means none. Inside, each row gives
TRUE, FALSE or NULL, and the word says which of the unknown ones matter.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from almoner.definitions.tree import NUMERIC, Summary
from almoner.engine.arithmetic import in_range, minus
from almoner.engine.sql_text import Sql, level_of
from almoner.engine.steps import ROW, Scope
from almoner.values.numbers import LIMIT, MICRO

_MOST_ROWS = 10**9
NO_LIMIT = 2 * LIMIT
"""Above everything that a count can be compared with."""


@dataclass(frozen=True, slots=True)
class Body:
    """What a summary looks at in each row: `condition` and `value` in the words of the row."""

    condition: Sql | None
    value: Sql | None
    level: int


@dataclass(frozen=True, slots=True)
class Counted:
    """The lowest and the highest possible count."""

    low: Sql
    high: Sql


class Summaries:
    """Writes the words over rows; `scope` is the case's."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    def _rows(self, node: Summary, body: Body) -> str:
        return self.scope.steps.rows_at(node.rows, body.level)

    def _each(self, node: Summary, body: Body, text: str) -> Sql:
        return self.scope.once(
            Sql(f"list_transform({self._rows(node, body)}, lambda {ROW}: {text})", body.level)
        )

    def counted(self, node: Summary, body: Body) -> Counted:
        """The bounds of count_of."""
        rows = self._rows(node, body)
        every = f"len({rows})"
        if body.condition is None or body.condition.text in {"TRUE", "FALSE"}:
            length = every if body.condition is None or body.condition.text == "TRUE" else f"(0 * {every})"
            total = self.scope.once(_count(Sql(f"{length} * {MICRO}", body.level)))
            least = _count(Sql(f"COALESCE({total.text}, 0)", total.level))
            most = _count(Sql(f"COALESCE({total.text}, {NO_LIMIT})", total.level))
            return Counted(least, most)
        each = self._each(node, body, body.condition.text)
        # A sum of truths counts those that hold; of none and of unknown ones it is NULL.
        yes = f"COALESCE(CAST(list_sum({each.text}) AS BIGINT), 0)"
        low = self.scope.once(_count(Sql(f"({yes} * {MICRO})", each.level)))
        undecided = f"(len({each.text}) - list_count({each.text})) * {MICRO}"
        high = _count(Sql(f"COALESCE({low.text} + {undecided}, {NO_LIMIT})", level_of(low, each)))
        return Counted(low, self.scope.once(high))

    def value(self, node: Summary, body: Body) -> Sql:
        """What the summary comes to."""
        match node.word:
            case "count_of":
                if body.condition is None or body.condition.text == "TRUE":
                    return self.scope.once(
                        _count(Sql(f"len({self._rows(node, body)}) * {MICRO}", body.level))
                    )
                counted = self.counted(node, body)
                low, high = self.scope.once(counted.low), self.scope.once(counted.high)
                text = f"(CASE WHEN {low.text} = {high.text} THEN {low.text} END)"
                return _count(Sql(text, max(low.level, high.level)))
            case "any_of":
                return self._kleene(node, body, decides="TRUE", otherwise="FALSE")
            case "all_of":
                return self._kleene(node, body, decides="FALSE", otherwise="TRUE")
            case "sum_of":
                return self._sum(node, body)
            case "largest_of" | "smallest_of":
                return self._extreme(node, body)
            case "first":
                return self._at(node, body, "1")
            case "last":
                return self._at(node, body, "-1")
            case "change":
                return minus(self.scope, self._at(node, body, "-1"), self._at(node, body, "1"))
        raise ValueError(f"{node.word} is not a word over rows.")

    def _kleene(self, node: Summary, body: Body, *, decides: str, otherwise: str) -> Sql:
        condition = body.condition or body.value
        each = self._each(node, body, condition.text if condition else "TRUE")
        text = (
            f"(CASE WHEN list_contains({each.text}, {decides}) THEN {decides} "
            f"WHEN list_count({each.text}) = len({each.text}) THEN {otherwise} END)"
        )
        return Sql(text, each.level)

    def _sum(self, node: Summary, body: Body) -> Sql:
        value = body.value or Sql("0")
        text = value.text
        if body.condition is not None:
            # A row whose condition is FALSE or whose value is 0 does not matter, whatever else is unknown.
            inner = Scope(self.scope.steps, node.rows)
            value, condition = inner.once(value), inner.once(body.condition)
            body = replace(body, level=max(body.level, value.level, condition.level))
            v, c = value.text, condition.text
            text = f"CASE WHEN NOT {c} OR {v} = 0 THEN 0 WHEN {c} THEN {v} END"
        each = self._each(node, body, text)
        total = Sql(
            f"(CASE WHEN list_count({each.text}) = len({each.text}) THEN COALESCE(list_sum({each.text}), 0) END)",
            each.level,
            low=min(value.low, 0) * _MOST_ROWS,
            high=max(value.high, 0) * _MOST_ROWS,
            whole=value.whole,
        )
        return in_range(self.scope, total, wide=True)

    def _extreme(self, node: Summary, body: Body) -> Sql:
        value = body.value or Sql("NULL")
        word = "list_max" if node.word == "largest_of" else "list_min"
        if body.condition is None:
            each = self._each(node, body, value.text)
            text = f"(CASE WHEN list_count({each.text}) = len({each.text}) THEN {word}({each.text}) END)"
        else:
            inner = Scope(self.scope.steps, node.rows)
            value, condition = inner.once(value), inner.once(body.condition)
            body = replace(body, level=max(body.level, value.level, condition.level))
            v, c = value.text, condition.text
            each = self._each(node, body, f"CASE WHEN {c} THEN {v} IS NULL ELSE {c} IS NULL END")
            taken = f"list_transform({self._rows(node, body)}, lambda {ROW}: CASE WHEN {c} THEN {v} END)"
            text = f"(CASE WHEN NOT list_contains({each.text}, TRUE) THEN {word}({taken}) END)"
        if node.type in NUMERIC:
            return Sql(text, each.level, low=value.low, high=value.high, whole=value.whole)
        return Sql(text, each.level)

    def _at(self, node: Summary, body: Body, index: str) -> Sql:
        value = body.value or Sql("NULL")
        each = self._each(node, body, value.text)
        text = f"list_extract({each.text}, {index})"
        if node.type in NUMERIC:
            return Sql(text, each.level, low=value.low, high=value.high, whole=value.whole)
        return Sql(text, each.level)


def _count(sql: Sql) -> Sql:
    return replace(sql, low=0, high=_MOST_ROWS * MICRO, whole=True)
