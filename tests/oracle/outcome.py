"""From values to a screened row: the outcome, and by descent what is missing and what is blocked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from oracle import fixed_point
from oracle.definition import MINOR_UNITS, Field, Value
from oracle.evaluator import SUMMARIES, Case, Scope
from oracle.parser import Bands, Call, Name, Node, Operation


class Descent:
    """From unknown nodes only to their unknown operands, until fields or causes are found."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.root = ""  # the place that waits: where the descent began
        self.missing: dict[str, dict[str, None]] = {}  # a field, and the places that wait for it
        self.blocked: dict[tuple[str, str], None] = {}
        self.seen: set[tuple[int, Scope, str]] = set()

    def begin(self, root: str) -> None:
        self.root = root
        self.seen.clear()

    def visit(self, node: Node, scope: Scope, place: str) -> None:
        """Visit a node if it is unknown."""
        if (id(node), scope, place) in self.seen or not self.is_unknown(node, scope):
            return
        self.seen.add((id(node), scope, place))
        cause = self.case.causes.get((id(node), scope))
        if cause:
            self.blocked[place, cause] = None
            self.case.notes[f"blocked: {kind_of(cause)}"] += 1
            return
        if isinstance(node, Name):
            self.visit_name(node.name, scope)
        elif isinstance(node, Bands):
            self.visit(self.deciding_part(node, scope), scope, place)
        elif isinstance(node, Call) and node.word in SUMMARIES:
            self.visit_summary(node, scope, place)
        elif isinstance(node, Call):
            for argument in node.arguments[1 if node.word == "lookup" else 0 :]:
                self.visit(argument, scope, place)
        elif isinstance(node, Operation):
            for operand in node.operands:
                self.visit(operand, scope, place)

    def is_unknown(self, node: Node, scope: Scope) -> bool:
        return self.case.value(node, scope) is None

    def deciding_part(self, bands: Bands, scope: Scope) -> Node:
        """The first condition that is not FALSE decides: itself where it is unknown, its value where TRUE."""
        for condition, value in bands.bands:
            holds = self.case.value(condition, scope)
            if holds is None:
                return condition
            if holds:
                return value
        return bands.otherwise

    def visit_name(self, name: str, scope: Scope) -> None:
        found, level = self.case.look_up(name, scope)
        if isinstance(found, Field):
            row = scope[level - 1 : level]
            self.visit_field(found, row)
        elif found == "derived":
            self.visit(self.case.definition.derive[name], (), f"derive.{name}")

    def visit_field(self, field: Field, row: Scope) -> None:
        """A field that an unknown node reads."""
        holds = True if field.when is None else self.case.value(field.when, row)
        if holds is None:
            assert field.when is not None
            self.visit(field.when, row, place_of(field, row, "when"))
        elif holds:
            self.list_missing(field, row)
        else:
            assert field.unasked is not None
            self.visit(field.unasked, row, place_of(field, row, "unasked"))

    def list_missing(self, field: Field, row: Scope) -> None:
        prefix = "".join(f"{rows}[{index + 1}]." for rows, index in row)
        self.missing.setdefault(prefix + field.name, {})[self.root] = None

    def visit_required(self, field: Field, row: Scope) -> None:
        """A required field that is asked and unanswered, or of which it is unknown whether it is asked."""
        if asked(self.case, field, row):
            self.list_missing(field, row)
        for node, scope, place in conditions_of(self.case, field, row):
            if self.is_unknown(node, scope):
                self.visit(node, scope, place)
                break  # while rows are not asked yet, nothing within them is

    def visit_summary(self, node: Call, scope: Scope, place: str) -> None:
        rows = self.case.rows_of(node.arguments[0], scope)
        if rows is None:
            self.visit_name(node.arguments[0].name, ())
            return
        for row in rows:
            if node.word in ("count_of", "any_of", "all_of"):
                self.visit(node.arguments[1], row, place)
                continue
            ((holds, value),) = self.case.conditions_and_values(node.arguments, [row])
            if holds is False or (node.word == "sum_of" and value == 0):
                continue
            for part in node.arguments[1:]:
                self.visit(part, row, place)


def required_fields(case: Case) -> Iterator[tuple[Field, Scope]]:
    """Every required field, and within rows once for each row."""
    for field in case.definition.form.values():
        if field.required:
            yield field, ()
        for part in field.of.values():
            if part.required:
                for index in range(len(case.answers.get(field.name) or ())):
                    yield part, ((field.name, index),)


def conditions_of(case: Case, field: Field, row: Scope) -> list[tuple[Node, Scope, str]]:
    """What decides whether a field is asked. A field of a row is asked where its rows are asked too."""
    rows = case.definition.form[row[0][0]] if row else None
    conditions = []
    if rows is not None and rows.when is not None:
        conditions.append((rows.when, (), place_of(rows, (), "when")))
    if field.when is not None:
        conditions.append((field.when, row, place_of(field, row, "when")))
    return conditions


def asked(case: Case, field: Field, row: Scope) -> bool | None:
    holds = [case.value(node, scope) for node, scope, _ in conditions_of(case, field, row)]
    return False if False in holds else None if None in holds else True


def is_settled(case: Case, field: Field, row: Scope) -> bool:
    """Whether a required field is answered where it is asked, and known whether it is asked."""
    holds = asked(case, field, row)
    return holds is False or (holds is True and case.stored(field, row) is not None)


def place_of(field: Field, row: Scope, part: str) -> str:
    return ".".join(("form", *(rows for rows, _ in row), field.name, part))


def kind_of(cause: str) -> str:
    """A cause without the names in it."""
    return "no key" if "no key" in cause else "no parameter" if cause.endswith("in force") else cause


def roots(case: Case) -> Iterator[tuple[Node, str]]:
    """Where the descent begins: rules, criteria, and what each benefit needs."""
    definition = case.definition
    yield from ((rule, f"eligibility.{name}") for name, rule in definition.rules.items())
    yield from ((criterion, f"scoring.{name}") for name, criterion in definition.scoring.items())
    for name, benefit in definition.benefits.items():
        if benefit.when is not None:
            yield benefit.when, f"benefits.{name}.when"
        if benefit.when is None or case.value(benefit.when) is not False:
            yield benefit.figure, f"benefits.{name}.{benefit.figure_key}"


def row_of(case: Case) -> dict[str, Any]:
    definition = case.definition
    rules = {name: case.value(rule) for name, rule in definition.rules.items()}
    refused_by = [name for name, holds in rules.items() if holds is False]
    answer: dict[str, Any] = {
        "as_of": case.as_of.isoformat(),
        "outcome": "not eligible",
        "rules": rules,
        "refused_by": refused_by,
        "refusals": [definition.refusals[name] for name in refused_by],
        "missing": [],
        "blocked": [],
        "criteria": {},
        "points": None,
        "amounts": {},
    }
    if refused_by:
        return answer
    unsettled = [pair for pair in required_fields(case) if not is_settled(case, *pair)]
    unknown = [pair for pair in roots(case) if case.value(pair[0]) is None]
    descent = Descent(case)
    for node, place in unknown:
        descent.begin(place)
        descent.visit(node, (), place)
    for field, row in unsettled:
        descent.begin(f"form.{row[0][0] if row else field.name}")
        descent.visit_required(field, row)
    criteria = {name: case.value(node) for name, node in definition.scoring.items()}
    points = sum(criteria.values()) if criteria and None not in criteria.values() else None
    if points is not None and abs(points) > fixed_point.LIMIT:
        points = None
        descent.blocked["scoring", "out of range"] = None
    answer["outcome"] = "needs information" if unsettled or unknown or descent.blocked else "eligible"
    answer["missing"] = list(descent.missing)
    case.waiting = {name: list(places) for name, places in descent.missing.items()}
    answer["blocked"] = [{"place": place, "cause": cause} for place, cause in descent.blocked]
    assert bool(descent.missing or descent.blocked) == (answer["outcome"] == "needs information")
    answer["criteria"] = {name: plain(value) for name, value in criteria.items()}
    answer["points"] = plain(points)
    answer["amounts"] = {name: figure_of(case, name) for name in definition.benefits}
    return answer


def plain(micros: Value) -> str | None:
    return None if micros is None else fixed_point.plain(micros)


def figure_of(case: Case, name: str) -> str | None:
    """The amount in minor units for money, else the quantity; 0 where its condition is FALSE."""
    benefit = case.definition.benefits[name]
    granted = True if benefit.when is None else case.value(benefit.when)
    if granted is None:
        return None
    micros = case.value(benefit.figure) if granted else 0
    if micros is None:
        return None
    if benefit.in_money:
        return fixed_point.minor_units(micros, MINOR_UNITS[case.definition.currency])
    return fixed_point.plain(micros)
