"""Expressions that are well-typed by construction, as text.

Every maker returns a `Text` with how tightly it binds, so that brackets stand where they must and, now and
then, where they need not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from oracle.choosing import Choosing

OR, AND, NOT, COMPARED, ADDED, MULTIPLIED, SIGNED, WHOLE = range(1, 9)
FIGURES = ("integer", "number", "money")
ALIKE = {"integer": ("integer",), "number": ("number", "integer"), "money": ("money",)}
WHOLE_LITERALS = ("0", "1", "2", "3", "18", "-1", "60", "100")
LITERALS = (*WHOLE_LITERALS, "0.5", "0.33", "1.2", "-0.5", "600.05", "750", "0.000001", "5000.005")
EDGES = ("1000000000000", "999999999999.999999", "-1000000000000", "1000000", "0.000003")
DAYS = (
    date(2026, 1, 1),
    date(2025, 1, 1),
    date(2024, 2, 29),
    date(2026, 2, 28),
    date(2025, 12, 31),
    date(2026, 8, 31),
    date(2006, 2, 11),
    date(1990, 1, 1),
    date(2000, 2, 29),
    date(2026, 9, 10),
)
TEXTS = ("Li", "li", "O'Brien", "王", "100%", 'a"b', "_", "; DROP TABLE cases", "Li Wei", "\\", "''")


@dataclass(frozen=True)
class Known:
    """A name in sight: its type, a choice's own values, a rows field's names."""

    name: str
    type: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class KnownTable:
    name: str
    keys: tuple[tuple[str, tuple[str, ...]], ...]  # type, and the keys that are there
    columns: tuple[tuple[str, str], ...]  # name, type


@dataclass(frozen=True)
class Sight:
    """What may be named in one place."""

    names: tuple[Known, ...]
    rows: tuple[tuple[str, tuple[Known, ...], frozenset[str]], ...] = ()  # usable fields, and all that hide
    tables: tuple[KnownTable, ...] = ()

    def of(self, *types: str) -> list[Known]:
        return [known for known in self.names if known.type in types]

    def within(self, fields: tuple[Known, ...], hidden: frozenset[str]) -> Sight:
        """Inside a summary: a bare name is the row's field if it has one, else the outer name."""
        outer = tuple(known for known in self.names if known.name not in hidden)
        return replace(self, names=outer + fields, rows=())  # no summary stands in another


@dataclass(frozen=True)
class Text:
    text: str
    binds: int = WHOLE

    def at(self, least: int) -> str:
        return self.text if self.binds >= least else f"({self.text})"


class Expressions:
    """Makers of expressions; `literals`, `days`, `texts` keep what was written, for answers to meet it."""

    def __init__(self, choose: Choosing) -> None:
        self.choose = choose
        self.literals: set[str] = set()
        self.days: set[date] = set()
        self.texts: set[str] = set()

    # Conditions

    def condition(self, sight: Sight, depth: int) -> Text:
        options: list[tuple[int, Callable[[Sight, int], Text]]] = [(8, self.compared)]
        options.append((2, self.compared_text))
        if sight.of("boolean"):
            options.insert(0, (6, self.named_condition))
        if depth > 0:
            options += [(8, self.joined), (4, self.denied), (4, self.between), (4, self.listed)]
            options += [(1, self.compared_conditions)]
            if sight.rows:
                options += [(10, self.counted), (4, self.any_or_all)]
        return self.choose.weighted(options)(sight, depth)

    def named_condition(self, sight: Sight, _depth: int) -> Text:
        if self.choose.chance(4):
            return Text(self.choose.one_of(("TRUE", "FALSE")))
        return Text(self.choose.one_of(sight.of("boolean")).name)

    def joined(self, sight: Sight, depth: int) -> Text:
        word, binds = self.choose.one_of((("AND", AND), ("OR", OR)))
        parts = [self.condition(sight, depth - 1) for _ in range(self.choose.weighted(((5, 2), (1, 3))))]
        return Text(f" {word} ".join(part.at(binds) for part in parts), binds)

    def denied(self, sight: Sight, depth: int) -> Text:
        return Text("NOT " + self.condition(sight, depth - 1).at(NOT), NOT)

    def sign(self) -> str:
        return self.choose.one_of(("<=", "<", ">=", ">", "=", "<>"))

    def compared(self, sight: Sight, depth: int) -> Text:
        kind = self.choose.one_of((*FIGURES, "date"))
        if kind == "date":
            return self.sides(self.a_date(sight, depth - 1), self.date_or_literal(sight, depth - 1))
        left = self.figure(kind, sight, depth - 1)
        if kind == "integer" and self.choose.chance(20):
            kind = "number"  # they mix
        return self.sides(left, self.figure_or_literal(kind, sight, depth - 1))

    def sides(self, left: Text, right: Text) -> Text:
        if self.choose.chance(30):
            left, right = right, left
        return Text(f"{left.at(ADDED)} {self.sign()} {right.at(ADDED)}", COMPARED)

    def compared_conditions(self, sight: Sight, depth: int) -> Text:
        left, right = self.condition(sight, depth - 1), self.condition(sight, 0)
        return Text(f"{left.at(ADDED)} {self.choose.one_of(('=', '<>'))} {right.at(ADDED)}", COMPARED)

    def compared_text(self, sight: Sight, depth: int) -> Text:
        known = sight.of("text", "choice")
        if not known:
            return self.compared(sight, depth)
        field = self.choose.one_of(known)
        quoted = self.quoted(self.choose.one_of(field.values or TEXTS))
        if field.type == "text" and self.choose.chance(20):
            quoted = self.choose.one_of(sight.of("text")).name
        if field.type == "text" and self.choose.chance(40):
            return Text(f"starts_with({field.name}, {quoted})")
        return Text(f"{field.name} {self.choose.one_of(('=', '<>'))} {quoted}", COMPARED)

    def between(self, sight: Sight, depth: int) -> Text:
        kind = self.choose.one_of((*FIGURES, "date"))
        if kind == "date":
            parts = [self.a_date(sight, depth - 1), *(self.date_or_literal(sight, 0) for _ in "ab")]
        else:
            first = self.figure(kind, sight, depth - 1)
            if kind == "integer" and sight.rows and self.choose.chance(50):
                first = self.count(sight, depth - 1)
            parts = [first, *(self.figure_or_literal(kind, sight, 0) for _ in "ab")]
        what, low, high = (part.at(ADDED) for part in parts)
        return Text(f"{what} {self.maybe_not()}BETWEEN {low} AND {high}", COMPARED)

    def maybe_not(self) -> str:
        return "NOT " if self.choose.chance(30) else ""

    def listed(self, sight: Sight, depth: int) -> Text:
        if sight.rows and self.choose.chance(20):
            counted, numbers = (
                self.count(sight, depth - 1).text,
                self.choose.shuffled(("0", "1", "2", "5", "-1")),
            )
            return Text(f"{counted} {self.maybe_not()}IN ({', '.join(numbers[:2])})", COMPARED)
        kind = self.choose.one_of(("choice", "text", "number", "integer", "date"))
        known = sight.of(kind)
        if not known:
            return self.compared(sight, depth)
        field = self.choose.one_of(known)
        count = self.choose.integer(1, 3)
        if kind in ("number", "integer"):
            literals = [self.literal(kind) for _ in range(count)]
        elif kind == "date":
            literals = [self.date_literal().text for _ in range(count)]
        else:
            literals = [self.quoted(self.choose.one_of(field.values or TEXTS)) for _ in range(count)]
        return Text(f"{field.name} {self.maybe_not()}IN ({', '.join(literals)})", COMPARED)

    # Rows

    def enter(self, sight: Sight) -> tuple[str, Sight]:
        name, fields, hidden = self.choose.one_of(sight.rows)
        inner = sight.within(fields, hidden)
        return name, inner

    def count(self, sight: Sight, depth: int) -> Text:
        rows, inner = self.enter(sight)
        condition = Text("TRUE") if self.choose.chance(15) else self.condition(inner, depth - 1)
        return Text(f"count_of({rows}, {condition.text})")

    def counted(self, sight: Sight, depth: int) -> Text:
        left = self.count(sight, depth)
        if self.choose.chance(15):
            return self.sides(left, self.count(sight, depth - 1))
        if self.choose.chance(15):
            return self.sides(left, self.figure("integer", sight, depth - 1))
        return self.sides(left, Text(self.choose.one_of(("1", "0", "2", "3", "4", "1.5", "1000"))))

    def any_or_all(self, sight: Sight, depth: int) -> Text:
        rows, inner = self.enter(sight)
        word = self.choose.one_of(("any_of", "all_of"))
        return Text(f"{word}({rows}, {self.condition(inner, depth - 1).text})")

    def over_rows(self, kind: str, sight: Sight, depth: int) -> Text:
        rows, inner = self.enter(sight)
        word = self.choose.one_of(("sum_of", "largest_of", "smallest_of"))
        of_literal = kind != "money" and self.choose.chance(5)
        arguments = [rows, self.literal(kind) if of_literal else self.figure(kind, inner, depth - 1).text]
        if self.choose.chance(50):
            arguments.append(self.condition(inner, depth - 1).text)
        return Text(f"{word}({', '.join(arguments)})")

    # Figures

    def figure(self, kind: str, sight: Sight, depth: int) -> Text:
        known = sight.of(*ALIKE[kind])
        tables = [table for table in sight.tables if any(column[1] == kind for column in table.columns)]
        options: list[tuple[int, Callable[[str, Sight, int], Text]]] = []
        if known:
            options.append((3, self.named_figure))
        if kind == "integer" and (depth > 0 or not known):
            options.append((2, self.steps))
        if kind == "integer" and depth > 0 and sight.rows:
            options.append((3, lambda _kind, sight, depth: self.count(sight, depth)))
        if depth > 0:
            options += [(3, self.added), (1, self.negative), (1, self.smaller_or_larger)]
            if kind != "integer":
                options.append((4, self.multiplied))
            if sight.rows:
                options.append((4, self.over_rows))
            if tables:
                options.append((3, self.looked_up))
        return self.choose.weighted(options)(kind, sight, depth)

    def named_figure(self, kind: str, sight: Sight, _depth: int) -> Text:
        return Text(self.choose.one_of(sight.of(*ALIKE[kind])).name)

    def figure_or_literal(self, kind: str, sight: Sight, depth: int) -> Text:
        if self.choose.chance(50):
            literal = self.literal(kind)
            return Text(literal, SIGNED if literal.startswith("-") else WHOLE)
        return self.figure(kind, sight, depth)

    def literal(self, kind: str) -> str:
        whole = kind == "integer"
        text = self.choose.one_of(WHOLE_LITERALS if whole else LITERALS)
        if self.choose.chance(5):
            text = self.choose.one_of(EDGES[:1] if whole else EDGES)
        self.literals.add(text)
        return text

    def added(self, kind: str, sight: Sight, depth: int) -> Text:
        left, right = self.figure(kind, sight, depth - 1), self.figure_or_literal(kind, sight, depth - 1)
        if self.choose.chance(20):
            left, right = right, left
        sign = self.choose.one_of("+-")
        return Text(f"{left.at(ADDED)} {sign} {right.at(MULTIPLIED)}", ADDED)

    def multiplied(self, kind: str, sight: Sight, depth: int) -> Text:
        if kind == "number" and self.choose.chance(25):
            left, right = self.figure("money", sight, depth - 1), self.figure("money", sight, depth - 1)
            return Text(f"{left.at(MULTIPLIED)} / {right.at(SIGNED)}", MULTIPLIED)
        left, right = self.figure(kind, sight, depth - 1), self.figure_or_literal("number", sight, depth - 1)
        sign = self.choose.one_of("*/")
        if sign == "*" and self.choose.chance(40):
            left, right = right, left
        return Text(f"{left.at(MULTIPLIED)} {sign} {right.at(SIGNED)}", MULTIPLIED)

    def negative(self, kind: str, sight: Sight, depth: int) -> Text:
        return Text("-" + self.figure(kind, sight, depth - 1).at(WHOLE), SIGNED)

    def smaller_or_larger(self, kind: str, sight: Sight, depth: int) -> Text:
        parts = [self.figure(kind, sight, depth - 1), self.figure_or_literal(kind, sight, depth - 1)]
        if kind != "money" and self.choose.chance(8):
            parts[0] = Text(self.literal(kind))
        word = self.choose.one_of(("smaller_of", "larger_of"))
        return Text(f"{word}({', '.join(part.text for part in self.choose.shuffled(parts))})")

    def steps(self, _kind: str, sight: Sight, depth: int) -> Text:
        word = self.choose.one_of(("years_between", "months_between", "days_between"))
        parts = self.choose.shuffled([self.a_date(sight, depth - 1), self.date_or_literal(sight, depth - 1)])
        return Text(f"{word}({parts[0].text}, {parts[1].text})")

    def looked_up(self, kind: str, sight: Sight, _depth: int) -> Text:
        able = [
            (table, column)
            for table in sight.tables
            for column, column_type in table.columns
            if column_type == kind
        ]
        table, column = self.choose.one_of(able)
        keys = [self.key(key_type, there, sight) for key_type, there in table.keys]
        named = table.name if len(table.columns) == 1 else f"{table.name}.{column}"
        return Text(f"lookup({named}, {', '.join(keys)})")

    def key(self, kind: str, there: tuple[str, ...], sight: Sight) -> str:
        known = sight.of(*(("text", "choice") if kind == "text" else (kind,)))
        if known and self.choose.chance(70):
            return self.choose.one_of(known).name
        literal = self.choose.one_of(there)
        return literal if kind == "integer" else self.quoted(literal)

    # Dates

    def extreme_date(self, sight: Sight, depth: int) -> Text:
        if sight.rows and self.choose.chance(60):
            rows, inner = self.enter(sight)
            arguments = [rows, self.a_date(inner, depth - 1).text]
            if self.choose.chance(40):
                arguments.append(self.condition(inner, depth - 1).text)
            word = self.choose.one_of(("largest_of", "smallest_of"))
        else:
            arguments = [self.a_date(sight, depth - 1).text, self.date_or_literal(sight, 0).text]
            word = self.choose.one_of(("smaller_of", "larger_of"))
        return Text(f"{word}({', '.join(arguments)})")

    def a_date(self, sight: Sight, depth: int) -> Text:
        if depth > 0 and self.choose.chance(15):
            return self.extreme_date(sight, depth)
        if depth > 0 and self.choose.chance(45):
            word = self.choose.one_of(("add_days", "add_months", "start_of_year"))
            inner = self.a_date(sight, depth - 1).text
            if word == "start_of_year":
                return Text(f"{word}({inner})")
            count = self.figure("integer", sight, 0).text if self.choose.chance(40) else self.small_count()
            return Text(f"{word}({inner}, {count})")
        return Text(self.choose.one_of(sight.of("date")).name if sight.of("date") else "as_of")

    def small_count(self) -> str:
        return self.choose.one_of(("1", "12", "-1", "-12", "30", "365", "-366", "0"))

    def date_literal(self) -> Text:
        day = self.choose.one_of(DAYS)
        self.days.add(day)
        return Text(self.quoted(day.isoformat()))

    def date_or_literal(self, sight: Sight, depth: int) -> Text:
        return self.date_literal() if self.choose.chance(45) else self.a_date(sight, depth)

    def quoted(self, text: str) -> str:
        self.texts.add(text)
        return "'" + text.replace("'", "''") + "'"

    # Whole entries

    def value_or_bands(self, kind: str, sight: Sight, depth: int, *, bands: int) -> str | dict[str, str]:
        """An expression of a type, or bands of it."""
        if not self.choose.chance(bands):
            return self.of_type(kind, sight, depth).text
        found = {}
        for _ in range(self.choose.integer(1, 3)):
            found[self.condition(sight, depth - 1).text] = self.band_value(kind, sight)
        return {**found, "otherwise": self.band_value(kind, sight)}

    def band_value(self, kind: str, sight: Sight) -> str:
        if kind == "number" and self.choose.chance(70):
            return self.literal(kind)
        return self.of_type(kind, sight, 1).text

    def of_type(self, kind: str, sight: Sight, depth: int) -> Text:
        if kind in ("text", "choice"):
            return Text(self.choose.one_of(sight.of(kind)).name)
        if kind == "boolean":
            return self.condition(sight, depth)
        return self.a_date(sight, depth) if kind == "date" else self.figure(kind, sight, depth)


def around(days: set[date]) -> list[date]:
    """Days, and those beside them."""
    return sorted({day + timedelta(days=step) for day in days for step in (-1, 0, 1)})
