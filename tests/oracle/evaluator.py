"""The oracle: what a screening answers, evaluated node by node in plain Python.

`screen` gives the JSON of one screened row. `Case.value` is a node's value, None where it is unknown;
`Case.notes` counts the corners that were met, so that a run of generated cases can show what it covered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from oracle import fixed_point
from oracle.definition import MINOR_UNITS, NUMERIC, Definition, Field, Value, read_definition
from oracle.parser import MICRO, Bands, Call, Literal, Name, Node, Operation

Row = tuple[str, int]  # a rows field and the index of the row a summary looks at
Scope = tuple[Row, ...]  # outermost first
SUMMARIES = frozenset({"count_of", "sum_of", "any_of", "all_of", "largest_of", "smallest_of"})


@dataclass(frozen=True)
class Uncomputable(Exception):
    """All operands are known and yet there is no value: the cause."""

    cause: str


class Case:
    """One case under one definition."""

    def __init__(self, definition: Definition, answers: dict[str, Any], as_of: date) -> None:
        self.definition = definition
        self.answers = answers
        self.as_of = as_of
        self.notes: Counter[str] = Counter()
        self.waiting: dict[str, list[str]] = {}  # what waits for each missing field, once screened
        self.conditions = 0  # how many conditions of fields we stand in
        self.causes: dict[tuple[int, Scope], str] = {}
        self.known: dict[tuple[int, Scope], Value] = {}

    # Values

    def value(self, node: Node, scope: Scope = ()) -> Value:
        key = (id(node), scope)
        if key not in self.known:
            try:
                self.known[key] = self._value(node, scope)
            except Uncomputable as unknown:
                self.known[key] = None
                self.causes[key] = unknown.cause
        return self.known[key]

    def _value(self, node: Node, scope: Scope) -> Value:
        match node:
            case Literal(value):
                return value
            case Name(name):
                return self.of_name(name, scope)
            case Bands():
                return self.of_bands(node, scope)
            case Operation(sign, operands):
                return self.of_operation(sign, operands, scope)
            case Call(word, arguments) if word in SUMMARIES:
                return self.of_summary(word, arguments, scope)
            case Call("lookup", arguments):
                return self.of_lookup(arguments, scope)
            case Call(word, arguments):
                given = [self.value(argument, scope) for argument in arguments]
                return None if None in given else WORDS[word](*given)

    def of_bands(self, bands: Bands, scope: Scope) -> Value:
        for condition, value in bands.bands:
            holds = self.value(condition, scope)
            if holds is None:
                self.notes["bands: undecided"] += 1
                return None
            if holds:
                return self.value(value, scope)
        return self.value(bands.otherwise, scope)

    def of_operation(self, sign: str, operands: tuple[Node, ...], scope: Scope) -> Value:
        if sign in ORDERS:
            return self.of_comparison(sign, operands[0], operands[1], scope)
        if sign == "IN":
            value = self.value(operands[0], scope)  # the bounds of a count do not count in a list
            if value is None:
                return None
            return any(equal(value, self.value(literal, scope)) for literal in operands[1:])
        values = [self.value(operand, scope) for operand in operands]
        if sign == "AND":
            holds = self.any_true([negated(value) for value in values])
            return negated(holds)
        if sign == "OR":
            return self.any_true(values)
        if None in values:
            return None
        if sign == "NOT":
            return not values[0]
        return within_limit(ARITHMETIC[sign](*values))

    def any_true(self, values: list[Value]) -> bool | None:
        """Kleene's OR: TRUE if one is, else unknown if one is, else FALSE."""
        if True in values and None in values:
            self.notes["Kleene: decided beside an unknown"] += 1
        return True if True in values else None if None in values else False

    def of_comparison(self, sign: str, left: Node, right: Node, scope: Scope) -> bool | None:
        lows_and_highs = self.bounds(left, scope), self.bounds(right, scope)
        (low, high), (other_low, other_high) = lows_and_highs
        if low is None or other_low is None:
            return None
        low, other_low = as_one_type(low, other_low)
        high, other_high = as_one_type(high, other_high)
        if low == high and other_low == other_high:
            return ORDERS[sign](low, other_low)
        # A count that is not yet certain. Every whole number between its bounds must give the same answer.
        apart = (
            high < other_low
            or low > other_high
            or any(side % MICRO for side in (low, other_low, high, other_high) if side != float("inf"))
        )
        always = {
            "<": high < other_low,
            "<=": high <= other_low,
            ">": low > other_high,
            ">=": low >= other_high,
            "=": False,
            "<>": apart,
        }
        never = {
            "<": low >= other_high,
            "<=": low > other_high,
            ">": high <= other_low,
            ">=": high < other_low,
            "=": apart,
            "<>": False,
        }
        decided = True if always[sign] else False if never[sign] else None
        self.notes[f"count_of bounds: {'left open' if decided is None else 'decided'}"] += 1
        if decided is not None and float("inf") in (high, other_high):
            self.notes["count_of bounds: decided for unanswered rows"] += 1
        return decided

    def bounds(self, node: Node, scope: Scope) -> tuple[Any, Any]:
        """The lowest and highest possible value of a comparison's side: (None, None) where it is unknown."""
        if isinstance(node, Call) and node.word == "count_of":
            return self.count_bounds(node, scope)
        value = self.value(node, scope)
        return value, value

    def count_bounds(self, node: Call, scope: Scope) -> tuple[int, float]:
        inner = self.rows_of(node.arguments[0], scope)
        if inner is None:
            return 0, float("inf")
        holds = [self.value(node.arguments[1], row) for row in inner]
        sure = sum(value is True for value in holds)
        return sure * MICRO, (sure + holds.count(None)) * MICRO

    # Names

    def of_name(self, name: str, scope: Scope) -> Value:
        found, level = self.look_up(name, scope)
        if isinstance(found, Field):
            if level and self.look_up(name, ())[0] is not None:
                self.notes["a row's field hides an outer name"] += 1
            return self.of_field(found, scope[level - 1 : level])
        if found == "derived":
            return self.value(self.definition.derive[name])
        if found == "parameter":
            in_force = [value for day, value in self.definition.parameters[name] if day <= self.as_of]
            if not in_force:
                raise Uncomputable(f"no {name} in force")
            return in_force[-1]
        if found == "as_of":
            return self.as_of
        raise KeyError(name)

    def look_up(self, name: str, scope: Scope) -> tuple[Field | str | None, int]:
        """What a bare name means here, and at which depth of the scope it belongs."""
        for level in range(len(scope), 0, -1):
            of = self.definition.form[scope[level - 1][0]].of
            if name in of:
                return of[name], level
        if name in self.definition.form:
            return self.definition.form[name], 0
        places = {
            "derived": self.definition.derive,
            "parameter": self.definition.parameters,
            "as_of": ("as_of",),
        }
        return next((place for place, names in places.items() if name in names), None), 0

    def of_field(self, field: Field, scope: Scope) -> Value:
        if field.when is not None:
            self.conditions += 1
            if self.conditions > 1:
                self.notes["conditional field on a conditional field"] += 1
            asked = self.value(field.when, scope)
            self.conditions -= 1
            if asked is None:
                self.notes["conditional field: condition unknown"] += 1
                return None
            if not asked:
                if self.stored(field, scope) is not None:
                    self.notes["conditional field: answer superseded"] += 1
                assert field.unasked is not None, field.name
                value = self.value(field.unasked, scope)
                return day_of(value) if field.type == "date" and value is not None else value
        return in_micros(self.stored(field, scope), field.type)

    def stored(self, field: Field, scope: Scope) -> Any:
        """The answer as it is kept, whether or not it is asked."""
        if not scope:
            return self.answers.get(field.name)
        rows, index = scope[-1]
        return self.answers[rows][index].get(field.name)

    # Rows

    def rows_of(self, node: Node, scope: Scope) -> list[Scope] | None:
        """The scopes of the rows that a summary looks at; None where they are unanswered."""
        assert isinstance(node, Name)
        rows = self.answers.get(node.name)
        return None if rows is None else [(*scope, (node.name, index)) for index in range(len(rows))]

    def of_summary(self, word: str, arguments: tuple[Node, ...], scope: Scope) -> Value:
        if word == "count_of":
            low, high = self.count_bounds(Call(word, arguments), scope)
            return low if low == high else None
        rows = self.rows_of(arguments[0], scope)
        if rows is None:
            return None
        if not rows:
            self.notes["summary of no rows"] += 1
        if word in ("any_of", "all_of"):
            holds = [self.value(arguments[1], row) for row in rows]
            if word == "any_of":
                return self.any_true(holds)
            return negated(self.any_true([negated(value) for value in holds]))
        pairs = self.conditions_and_values(arguments, rows)
        return self.of_sum(pairs) if word == "sum_of" else self.of_extreme(word, pairs)

    def of_sum(self, pairs: list[tuple[Any, Any]]) -> Value:
        matters = [(holds, value) for holds, value in pairs if holds is not False and value != 0]
        if len(matters) < len(pairs) and any(None in pair for pair in pairs):
            self.notes["sum_of: an unknown that does not matter"] += 1
        if any(None in pair for pair in matters):
            return None
        return within_limit(sum(value for _, value in matters))

    def of_extreme(self, word: str, pairs: list[tuple[Any, Any]]) -> Value:
        counted = [(holds, value) for holds, value in pairs if holds is not False]
        if any(None in pair for pair in counted):
            return None
        if not counted:
            raise Uncomputable(f"nothing to take the {word.removesuffix('_of')} of")
        values = [value for _, value in counted]
        return max(values) if word == "largest_of" else min(values)

    def conditions_and_values(self, arguments: tuple[Node, ...], rows: list[Scope]) -> list[tuple[Any, Any]]:
        return [
            (self.value(arguments[2], row) if len(arguments) > 2 else True, self.value(arguments[1], row))
            for row in rows
        ]

    # Lookups

    def of_lookup(self, arguments: tuple[Node, ...], scope: Scope) -> Value:
        named = arguments[0]
        assert isinstance(named, Name)
        table = self.definition.lookups[named.name]
        keys = [self.value(key, scope) for key in arguments[1:]]
        if None in keys:
            return None
        keys = [
            date.fromisoformat(key) if kind == "date" and isinstance(key, str) else key
            for key, kind in zip(keys, table.key_types, strict=True)
        ]
        alike = [row for row in table.rows if list(row[1]) == keys]
        in_force = [row for row in alike if row[0] is None or row[0] <= self.as_of]
        if not in_force:
            raise Uncomputable(f"no key in {named.name}")
        latest = max(in_force, key=lambda row: row[0] or date.min)
        value = latest[2][named.column or table.columns[0]]
        if value is None:
            raise Uncomputable(f"no key in {named.name}")
        return value


def negated(value: Value) -> bool | None:
    return None if value is None else not value


def within_limit(micros: int) -> int:
    if abs(micros) > fixed_point.LIMIT:
        raise Uncomputable("out of range")
    return micros


def in_micros(answer: Any, kind: str) -> Any:
    if answer is None or kind not in NUMERIC:
        return answer
    exact = Fraction(answer if isinstance(answer, int | Decimal) else Decimal(answer)) * MICRO
    assert exact.denominator == 1, answer
    return exact.numerator


def as_one_type(left: Any, right: Any) -> tuple[Any, Any]:
    """A quoted ISO date beside a date is a date."""
    if isinstance(left, date) and isinstance(right, str):
        return left, date.fromisoformat(right)
    if isinstance(right, date) and isinstance(left, str):
        return date.fromisoformat(left), right
    return left, right


def equal(left: Any, right: Any) -> bool:
    left, right = as_one_type(left, right)
    return left == right


def whole(micros: int) -> int:
    count, part = divmod(micros, MICRO)
    assert not part
    return count


def in_calendar(day: date | None) -> date:
    if day is None:
        raise Uncomputable("out of range")
    return day


def day_of(value: Any) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value


def division(left: int, right: int) -> int:
    if right == 0:
        raise Uncomputable("division by zero")
    return fixed_point.divide(left, right)


ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda left, right: left == right,
    "<>": lambda left, right: left != right,
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}
ARITHMETIC: dict[str, Callable[..., int]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": fixed_point.multiply,
    "/": division,
    "NEG": lambda value: -value,
}
WORDS: dict[str, Callable[..., Any]] = {
    "smaller_of": lambda *values: min(alike(values)),
    "larger_of": lambda *values: max(alike(values)),
    "starts_with": lambda text, start: text.startswith(start),
    "years_between": lambda a, b: fixed_point.steps_between(day_of(a), day_of(b), 12) * MICRO,
    "months_between": lambda a, b: fixed_point.steps_between(day_of(a), day_of(b), 1) * MICRO,
    "days_between": lambda a, b: (day_of(b) - day_of(a)).days * MICRO,
    "add_days": lambda day, count: in_calendar(fixed_point.add_days(day_of(day), whole(count))),
    "add_months": lambda day, count: in_calendar(fixed_point.add_months(day_of(day), whole(count))),
    "start_of_year": lambda day: day_of(day).replace(month=1, day=1),
}


def alike(values: tuple[Any, ...]) -> list[Any]:
    return (
        [day_of(value) for value in values] if any(isinstance(value, date) for value in values) else [*values]
    )


def screen(
    definition_text: str, lookups: dict[str, str], case: dict[str, Any], as_of: date
) -> dict[str, Any]:
    """The JSON of one screened row."""
    from oracle.outcome import row_of

    return row_of(Case(read_definition(definition_text, lookups), case, as_of))


__all__ = ["MINOR_UNITS", "Case", "Scope", "Uncomputable", "screen"]
