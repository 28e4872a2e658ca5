"""Programmes put together by hand for tests of the engine: real expressions, no file."""

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Any

from almoner.definitions import nodes
from almoner.definitions.expressions import Place, parse
from almoner.definitions.problems import Report
from almoner.definitions.programme import (
    Benefit,
    Cut,
    Dated,
    Decision,
    Derived,
    Field,
    LookupRow,
    LookupTable,
    Parameter,
    Programme,
    Rule,
    Tie,
)
from almoner.definitions.scope import Known, Rows, Scope, Table
from almoner.definitions.tree import Expression, Origin, Type
from almoner.engine.screening import Case, Screening, screen

AS_OF = date(2026, 9, 10)


def node_of(text: Any) -> nodes.Node:
    """An expression's text, or bands as a mapping, as the YAML reader would give it."""
    if isinstance(text, Mapping):
        pairs = [(nodes.Scalar(1, str(key)), node_of(value)) for key, value in text.items()]
        return nodes.Mapping(1, tuple(pairs))
    return nodes.Scalar(1, str(text))


class _Maker:
    def __init__(self, names: dict[str, Known], rows: dict[str, Rows], tables: dict[str, Table]):
        self.names, self.rows, self.tables = names, rows, tables

    def expression(self, place: str, text: Any, row: Rows | None = None) -> Expression:
        report = Report("by_hand.yaml")
        scope = Scope(self.names, self.rows, self.tables, row=row)
        found = parse(node_of(text), scope=scope, place=Place(place, place), want=None, report=report)
        assert found is not None, [str(problem) for problem in report.in_order()]
        return found

    def field(self, name: str, spec: dict[str, Any], inside: str = "") -> Field:
        spec = dict(spec)
        row = self.rows.get(inside)
        place = f"form.{inside + '.' if inside else ''}{name}"
        for key in ("when", "unasked"):
            if key in spec:
                spec[key] = self.expression(f"{place}.{key}", spec[key], row)
        of = {inner: self.field(inner, kind, name) for inner, kind in spec.pop("of", {}).items()}
        return Field(name=name, type=Type(spec.pop("type")), line=1, of=of, **spec)


def _known(spec: dict[str, Any], rows: str = "") -> Known:
    return Known(Type(spec["type"]), Origin.ROW if rows else Origin.FIELD, spec.get("choices", ()), rows)


def programme(  # noqa: PLR0913 -- a programme has its sections
    form: dict[str, dict[str, Any]],
    *,
    derive: dict[str, Any] | None = None,
    rules: dict[str, Any] | None = None,
    scoring: dict[str, Any] | None = None,
    benefits: dict[str, dict[str, Any]] | None = None,
    parameters: dict[str, tuple[str, dict[date, Any]]] | None = None,
    lookups: dict[str, tuple[dict[str, str], dict[str, str], list[tuple[Any, ...]]]] | None = None,
    ties: list[str] | None = None,
    currency: str = "CNY",
) -> Programme:
    """A programme. A parameter is `(type, {from: value})`; a lookup `(keys, values, [(from, keys, values)])`."""
    written = repr((form, derive, rules, scoring, benefits, parameters, lookups, ties, currency))
    figures = {
        name: Parameter(
            name, Type(kind), "by hand", tuple(Dated(*item) for item in sorted(values.items())), 1
        )
        for name, (kind, values) in (parameters or {}).items()
    }
    tables = {
        name: LookupTable(
            name,
            f"{name}.csv",
            "by hand",
            {key: Type(kind) for key, kind in keys.items()},
            {key: Type(kind) for key, kind in values.items()},
            tuple(LookupRow(starts, tuple(k), tuple(v)) for starts, k, v in lines),
            1,
        )
        for name, (keys, values, lines) in (lookups or {}).items()
    }
    names = {name: _known(spec) for name, spec in form.items()}
    names |= {name: Known(one.type, Origin.PARAMETER) for name, one in figures.items()}
    names["as_of"] = Known(Type.DATE, Origin.GIVEN)
    rows = {
        name: Rows(name, {inner: _known(kind, name) for inner, kind in spec["of"].items()})
        for name, spec in form.items()
        if spec["type"] == "rows"
    }
    maker = _Maker(names, rows, {name: Table(one.keys, one.values) for name, one in tables.items()})
    fields = {name: maker.field(name, spec) for name, spec in form.items()}
    derived: dict[str, Derived] = {}
    for name, text in (derive or {}).items():
        derived[name] = Derived(name, maker.expression(f"derive.{name}", text))
        names[name] = Known(derived[name].type, Origin.DERIVED)
    rule = maker.expression
    cut = Cut(
        None, "points", tuple(Tie(name, expression=rule(f"decision.{name}", name)) for name in ties or ())
    )
    return Programme(
        key="by_hand",
        file="by_hand.yaml",
        title="By hand",
        theme="tests",
        purpose="tests",
        serves="person",
        currency=currency,
        time_zone="UTC",
        frozen=b"",
        digest=hashlib.sha256(written.encode()).hexdigest(),
        parameters=figures,
        lookups=tables,
        form=fields,
        derive=derived,
        eligibility={
            name: Rule(name, rule(f"eligibility.{name}", text), f"Refused: {name}.", f"Basis of {name}", 1)
            for name, text in (rules or {}).items()
        },
        scoring={name: rule(f"scoring.{name}", text) for name, text in (scoring or {}).items()},
        decision=Decision("officer", cut=cut),
        benefits={
            name: Benefit(
                name,
                spec.get("kind", "cash"),
                1,
                **{
                    key: rule(f"benefits.{name}.{key}", spec[key])
                    for key in ("when", "amount", "quantity")
                    if key in spec
                },
            )
            for name, spec in (benefits or {}).items()
        },
    )


def screened(of: Programme, as_of: date = AS_OF, **answers: Any) -> Screening:
    """One case."""
    return screen(of, [Case(as_of, answers)])[0]


def value_of(text: Any, form: dict[str, dict[str, Any]], as_of: date = AS_OF, **answers: Any) -> Any:
    """What an expression comes to for some answers."""
    return screened(programme(form, derive={"found": text}), as_of, **answers).derived["found"]


def named(screening: Screening) -> list[str]:
    """The names of what is missing."""
    return [one.name for one in screening.missing]


__all__ = ["AS_OF", "Case", "named", "programme", "screen", "screened", "value_of"]
