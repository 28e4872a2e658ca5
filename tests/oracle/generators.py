"""Whole programme definitions with cases: well-typed by construction, full of gaps and boundaries."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from oracle import writing
from oracle.choosing import Choosing, Drawn, Seeded
from oracle.expressions import DAYS, FIGURES, TEXTS, Expressions, Known, KnownTable, Sight, around

NAMES = (
    "n",
    "age",
    "income",
    "share",
    "total",
    "yes",
    "day",
    "value",
    "year",
    "district",
    "row",
    "key",
    "kind",
)
FIELD_TYPES = ("number", "boolean", "money", "integer", "date", "choice", "text")
DERIVED_TYPES = ("number", "boolean", "money", "integer", "date")
CHOICES = ("city", "rural", "town")
CURRENCIES = ("CNY", "CNY", "EUR", "JPY", "VND")
AMOUNTS = ("0", "1", "5", "18", "60", "100", "600.05", "1800.15", "0.000001", "-3", "2.5", "700.01")
EXTREMES = ("1000000000000", "-1000000000000", "999999999999.999999", "0.000003", "1000000")
START_DAYS = (date(2025, 1, 1), date(2026, 1, 1), date(2024, 2, 29), date(2026, 9, 10))


@dataclass
class Generated:
    """A definition with its lookup files, and (answers, as-of date) of each case."""

    sections: dict[str, Any]
    files: dict[str, str] = field(default_factory=dict)
    cases: list[tuple[dict[str, Any], date]] = field(default_factory=list)
    written: str = ""  # a file that stands as it was written

    @property
    def text(self) -> str:
        return self.written or writing.programme(self.sections)


class Definitions:
    """The maker of one definition; afterwards of cases under it."""

    def __init__(self, choose: Choosing) -> None:
        self.choose = choose
        self.expressions = Expressions(choose)
        self.sections: dict[str, Any] = {}
        self.files: dict[str, str] = {}
        self.taken: set[str] = set()
        self.sight = Sight((Known("as_of", "date"),))
        self.starts: set[date] = set()

    def definition(self) -> None:
        self.sections["currency"] = self.choose.one_of(CURRENCIES)
        self.parameters()
        self.lookups()
        self.form()
        self.derive()
        self.eligibility()
        self.scoring()
        self.benefits()

    def fresh(self, fallback: str) -> str:
        """A name that nothing outside of rows has yet."""
        for _ in range(3):
            name = self.choose.one_of(NAMES)
            if name not in self.taken:
                self.taken.add(name)
                return name
        self.taken.add(name := f"{fallback}_{len(self.taken)}")
        return name

    def see(self, known: Known) -> None:
        self.sight = Sight((*self.sight.names, known), self.sight.rows, self.sight.tables)

    def parameters(self) -> None:
        kinds = [("base_sum", "money"), ("base_rate", "number")]
        kinds += [
            (self.fresh("figure"), self.choose.one_of((*FIGURES, "date", "boolean")))
            for _ in range(self.choose.integer(0, 3))
        ]
        found = self.sections["parameters"] = {}
        for name, kind in kinds:
            starts = {
                self.choose.one_of(START_DAYS) for _ in range(self.choose.weighted(((2, 1), (2, 2), (1, 3))))
            }
            self.starts |= starts
            figures = {day.isoformat(): self.scalar(kind) for day in sorted(starts)}
            found[name] = {"type": kind, "source": "Board", "from": figures}
            self.see(Known(name, kind))

    def scalar(self, kind: str) -> str:
        """A value as a file writes it."""
        if kind in FIGURES:
            figure = self.expressions.literal(kind)
            return figure.partition(".")[0] if kind == "integer" else figure
        if kind == "date":
            return self.choose.one_of(DAYS).isoformat()
        return self.choose.one_of(("true", "false"))

    def lookups(self) -> None:
        tables = []
        for number in range(self.choose.weighted(((3, 0), (3, 1), (1, 2)))):
            name = f"table_{number}"
            kinds = [
                self.choose.one_of(("text", "integer", "date")) for _ in range(self.choose.integer(1, 2))
            ]
            keys = {f"key_{place}": kind for place, kind in enumerate(kinds)}
            columns = {
                f"column_{place}": self.choose.one_of(FIGURES) for place in range(self.choose.integer(1, 2))
            }
            there = [
                {"text": CHOICES[:2], "integer": ("0", "1", "2"), "date": DAY_TEXTS}[kind] for kind in kinds
            ]
            self.write_table(name, keys, columns, there)
            self.sections.setdefault("lookups", {})[name] = {
                "file": f"{name}.csv",
                "source": "Scheme",
                "keys": keys,
                "values": columns,
            }
            tables.append(KnownTable(name, tuple(zip(kinds, there, strict=True)), tuple(columns.items())))
        self.sight = Sight(self.sight.names, self.sight.rows, tuple(tables))

    def write_table(
        self, name: str, keys: dict[str, str], columns: dict[str, str], there: list[tuple[str, ...]]
    ) -> None:
        dated = self.choose.chance(60)
        lines: dict[tuple[str, ...], list[str]] = {}
        for _ in range(self.choose.integer(1, 7)):
            start = self.choose.one_of(START_DAYS) if dated else None
            self.starts |= {start} if start else set()
            chosen = [self.choose.one_of(values) for values in there]
            figures = [self.scalar(kind) for kind in columns.values()]
            if len(columns) > 1 and self.choose.chance(8):
                figures[0] = ""
            line = [start.isoformat() if start else "", *chosen]
            lines[tuple(line)] = (line if dated else line[1:]) + figures
        file = io.StringIO()
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([["from"] * dated + [*keys, *columns], *lines.values()])
        self.files[f"{name}.csv"] = file.getvalue()

    def form(self) -> None:
        form = self.sections["form"] = {}
        for kind in ("number", "boolean", "money"):
            self.add_field(form, self.fresh(kind), kind, may_depend=False)
        for _ in range(self.choose.integer(1, 6)):
            kind = self.choose.one_of(FIELD_TYPES)
            self.add_field(form, self.fresh("field"), kind, may_depend=True)
        for place in range(self.choose.weighted(((1, 0), (6, 1), (3, 2)))):
            self.add_rows(form, f"rows_{place}")
        for _ in range(self.choose.integer(0, 2)):  # conditions may look at rows
            self.add_field(form, self.fresh("late"), self.choose.one_of(FIELD_TYPES), may_depend=True)

    def add_field(self, form: dict[str, Any], name: str, kind: str, *, may_depend: bool) -> None:
        form[name], usable = self.field(kind, self.sight, may_depend=may_depend)
        if usable:
            self.see(Known(name, kind, CHOICES if kind == "choice" else ()))

    def field(self, kind: str, sight: Sight, *, may_depend: bool) -> tuple[dict[str, Any], bool]:
        """A field, and whether expressions may name it."""
        entry: dict[str, Any] = {"type": kind}
        if kind == "choice":
            entry["of"] = list(CHOICES)
        if self.choose.chance(12):
            entry["required"] = True
        if self.choose.chance(15):
            entry["by"] = "officer"
        if not may_depend or not self.choose.chance(40):
            return entry, True
        entry["when"] = self.expressions.condition(sight, self.choose.integer(0, 2)).text
        if self.choose.chance(15):
            return entry, False
        entry["unasked"] = self.unasked(kind, sight)
        return entry, True

    def unasked(self, kind: str, sight: Sight) -> str:
        if kind in ("choice", "text"):
            return self.expressions.quoted(self.choose.one_of(CHOICES if kind == "choice" else TEXTS))
        if self.choose.chance(50):
            if kind in FIGURES:
                return self.expressions.literal(kind)
            return "TRUE" if kind == "boolean" else self.expressions.date_literal().text
        return self.expressions.of_type(kind, sight, 1).text

    def add_rows(self, form: dict[str, Any], name: str) -> None:
        self.taken.add(name)
        kinds: dict[str, str] = {}
        for place in range(self.choose.integer(1, 5)):
            inner = self.choose.one_of(NAMES) if self.choose.chance(65) else f"part_{place}"
            kinds.setdefault(inner, self.choose.one_of(FIELD_TYPES))
        of: dict[str, Any] = {}
        usable: list[Known] = []
        for inner, kind in kinds.items():
            sight = self.sight.within(tuple(usable), frozenset(kinds))
            of[inner], may_be_named = self.field(kind, sight, may_depend=True)
            if may_be_named:
                usable.append(Known(inner, kind, CHOICES if kind == "choice" else ()))
        form[name] = {"type": "rows", "of": of}
        if self.choose.chance(10):
            form[name]["required"] = True
        if self.choose.chance(12):  # such rows cannot be used in expressions, but they can be asked for
            form[name]["when"] = self.expressions.condition(self.sight, 1).text
            return
        rows = (*self.sight.rows, (name, tuple(usable), frozenset(kinds)))
        self.sight = Sight(self.sight.names, rows, self.sight.tables)

    def derive(self) -> None:
        derive = {}
        for _ in range(self.choose.integer(1, 6)):
            kinds = (*DERIVED_TYPES, *(kind for kind in ("text", "choice") if self.sight.of(kind)))
            name, kind = self.fresh("derived"), self.choose.one_of(kinds)
            derive[name] = self.expressions.value_or_bands(
                kind, self.sight, self.choose.integer(1, 3), bands=25
            )
            self.see(Known(name, kind, CHOICES if kind == "choice" else ()))
        self.sections["derive"] = derive

    def eligibility(self) -> None:
        rules = {}
        for place in range(self.choose.integer(1, 3)):
            rule = self.expressions.condition(self.sight, self.choose.integer(1, 4)).text
            if self.choose.chance(45):  # else one FALSE rule would hide most of what follows
                rule = (
                    f"as_of > '1900-01-01' OR {rule}"
                    if self.choose.chance(70)
                    else f"NOT base_rate < 0 OR {rule}"
                )
            rules[f"rule_{place}"] = writing.rule(rule)
        self.sections["eligibility"] = rules

    def scoring(self) -> None:
        criteria = {}
        for place in range(self.choose.weighted(((2, 0), (4, 1), (2, 2)))):
            points = self.expressions.value_or_bands("number", self.sight, 2, bands=60)
            if isinstance(points, str) and self.choose.chance(90):
                points = f"smaller_of(larger_of({points}, -1000), 1000)"
            criteria[f"criterion_{place}"] = points
        if criteria:
            self.sections["scoring"] = criteria

    def benefits(self) -> None:
        benefits = {}
        for place in range(self.choose.weighted(((2, 0), (4, 1), (3, 2)))):
            if self.choose.chance(50):
                amount = self.expressions.value_or_bands("money", self.sight, 2, bands=25)
                entry: dict[str, Any] = {"kind": "cash", "amount": amount}
            else:
                quantity = self.expressions.value_or_bands("number", self.sight, 2, bands=25)
                entry = {
                    "kind": "in_kind",
                    "item": "Box",
                    "quantity": quantity,
                    "unit": "piece",
                    "unit_value": "3",
                }
            if self.choose.chance(50):
                entry = {
                    "kind": entry.pop("kind"),
                    "when": self.expressions.condition(self.sight, 2).text,
                    **entry,
                }
            benefits[f"benefit_{place}"] = entry
        if benefits:
            self.sections["benefits"] = benefits

    # Cases

    def case(self) -> tuple[dict[str, Any], date]:
        gaps = self.choose.weighted(((4, 0), (3, 8), (3, 30), (2, 60), (1, 100)))
        extremes = self.choose.weighted(((6, 0), (2, 10), (1, 60)))
        answers: dict[str, Any] = {}
        for name, entry in self.sections["form"].items():
            if self.choose.chance(gaps):
                if self.choose.chance(50):
                    answers[name] = None
            elif entry["type"] == "rows":
                answers[name] = self.rows(entry["of"], gaps, extremes)
            else:
                answers[name] = self.answer(entry["type"], extremes)
        days = around(self.starts | {date(2026, 9, 10), date(2024, 2, 29), date(2025, 12, 31)})
        return answers, self.choose.one_of(days)

    def rows(self, of: dict[str, Any], gaps: int, extremes: int) -> list[dict[str, Any]]:
        count = self.choose.weighted(((1, 0), (3, 1), (4, 2), (3, 3), (1, 5), (1, 12)))
        return [
            {
                name: None if self.choose.chance(gaps) else self.answer(entry["type"], extremes)
                for name, entry in of.items()
            }
            for _ in range(count)
        ]

    def answer(self, kind: str, extremes: int) -> Any:
        if kind in FIGURES:
            pool = EXTREMES if self.choose.chance(extremes) else self.pool()
            figure = Decimal(self.choose.one_of(pool))
            return figure.to_integral_value() if kind == "integer" else figure
        if kind == "boolean":
            return self.choose.chance(50)
        if kind == "date":
            if self.choose.chance(extremes):
                return self.choose.one_of((date(1, 1, 1), date(9999, 12, 31), date(1900, 2, 28)))
            return self.choose.one_of(around(set(DAYS) | self.expressions.days))
        return self.choose.one_of(CHOICES if kind == "choice" else (*sorted(self.expressions.texts), *TEXTS))

    def pool(self) -> tuple[str, ...]:
        """What the definition itself writes, so that boundaries are met exactly, and some more."""
        return (*AMOUNTS, *sorted(self.expressions.literals))


DAY_TEXTS = tuple(day.isoformat() for day in DAYS[:4])


def generate(choose: Choosing, cases: int) -> Generated:
    maker = Definitions(choose)
    maker.definition()
    return Generated(maker.sections, maker.files, [maker.case() for _ in range(cases)])


def from_seed(seed: int, cases: int) -> Generated:
    return generate(Choosing(Seeded(seed)), cases)


@st.composite
def definitions_with_cases(draw: st.DrawFn, cases: int) -> Generated:
    return generate(Choosing(Drawn(draw)), cases)
