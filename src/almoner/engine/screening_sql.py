"""The SQL of a programme's screening: from the answers to the outcome, and why it is open."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from almoner.definitions.programme import Programme
from almoner.definitions.tree import Expression, Type
from almoner.engine.benefits import BenefitSql, benefit_causes, benefit_columns
from almoner.engine.cause_sql import NONE, Causes, Signs, blocked_names, joined, missing_names
from almoner.engine.missing import SHORT, Descent
from almoner.engine.points import criteria_columns, total, total_causes
from almoner.engine.required import complete, required_causes
from almoner.engine.sql_text import Sql, level_of, quoted, rendered
from almoner.engine.strict_sql import Compiler, World

CASE = "#case"
"""The column that numbers the cases."""

SOURCE = '"cases"'
"""The name of the table that holds the answers."""

TOLD = ('"missing"', '"blocked"')
"""The columns that name, in a table, what is missing and what cannot be computed."""

LONG = 400
"""A condition longer than that is a column in tables too: derived names would make it longer and longer."""

ELIGIBLE, REFUSED, OPEN = "eligible", "not eligible", "needs information"


@dataclass(frozen=True, slots=True)
class ScreeningSql:
    """A programme's screening, compiled.

    `steps` are the CTEs and `last` the name of the last one; `columns` the column of every result, by its place. For
    single cases `why` are the columns that hold the signs of what is unknown, each with the place that waits. For
    tables there are the columns `missing` and `blocked` instead, which hold names.
    """

    programme: Programme
    steps: str
    last: str
    columns: dict[str, str]
    why: tuple[tuple[str, str], ...]
    signs: Signs

    @property
    def query(self) -> str:
        """The whole query: one row a case."""
        wanted = [f'{quoted(CASE)}, "outcome"', *self.columns.values(), *(column for _, column in self.why)]
        steps = f"WITH {self.steps}\n" if self.steps else ""
        return f"{steps}SELECT {', '.join(wanted)}\nFROM {self.last}"


def compiled(programme: Programme, *, table: bool = False) -> ScreeningSql:
    """The SQL of a programme's screening; kept for the editions used last.

    Args:
        programme: an edition.
        table: whether for a table of cases, which holds no derived values and names what is missing.
    """
    return _compiled(_ByDigest(programme), table)


class _ByDigest:
    """A programme that is equal to another with the same digest."""

    def __init__(self, programme: Programme) -> None:
        self.programme = programme

    def __hash__(self) -> int:
        return hash(self.programme.digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ByDigest) and other.programme.digest == self.programme.digest


@lru_cache(maxsize=64)
def _compiled(key: _ByDigest, table: bool) -> ScreeningSql:  # noqa: FBT001 -- lru_cache keys by position
    return _Builder(key.programme, table=table).build()


class _Builder:
    """Puts the parts together, in the order of the flow."""

    def __init__(self, programme: Programme, *, table: bool) -> None:
        self.programme = programme
        self.table = table
        self.derived = {} if table else programme.derive
        rows = {name: question.of for name, question in programme.form.items() if question.type is Type.ROWS}
        self.compiler = Compiler(World(programme, programme.form, rows, {"as_of": Type.DATE}), many=table)
        self.columns: dict[str, str] = {}
        self.why: list[tuple[str, str]] = []
        self.waiting: list[tuple[str, Causes]] = []

    def build(self) -> ScreeningSql:
        compiler = self.compiler
        for name in self.derived:
            self.columns[f"derive.{name}"] = compiler.derived(name).text
        rules = {
            name: compiler.column(f"eligibility.{name}", rule.rule)
            for name, rule in self.programme.eligibility.items()
        }
        criteria = criteria_columns(compiler)
        points = total(compiler, criteria)
        benefits = benefit_columns(compiler)
        outcome = self._outcome(rules, [*criteria.values(), *([points] if points else [])], benefits)
        self.columns |= {f"eligibility.{name}": sql.text for name, sql in rules.items()}
        self.columns |= {f"scoring.{name}": sql.text for name, sql in criteria.items()}
        self.columns |= {"points": points.text} if points else {}
        for benefit in benefits:
            self.columns[f"benefits.{benefit.name}.when"] = benefit.granted.text
            if benefit.figure is not None:
                self.columns[f"benefits.{benefit.name}"] = benefit.figure.text
        signs = self._causes(outcome, criteria, points, benefits)
        inputs = [CASE, "given.as_of", *(f"form.{name}" for name in self.programme.form)]
        wanted = [
            quoted(CASE),
            '"outcome"',
            '"open"',
            *self.columns.values(),
            *(column for _, column in self.why),
            *(TOLD if self.table else ()),
        ]
        steps, last = compiler.steps.written(SOURCE, inputs, _row_fields(self.programme), wanted)
        return ScreeningSql(self.programme, steps, last, self.columns, tuple(self.why), signs)

    def _outcome(self, rules: dict[str, Sql], figures: list[Sql], benefits: list[BenefitSql]) -> Sql:
        steps = self.compiler.steps
        parts = list(rules.values())
        passed = Sql(" AND ".join(part.text for part in parts) or "TRUE", level_of(*parts))
        about = "FALSE where a rule is, TRUE where every rule is"
        passed = steps.column("passed", passed, about)
        known = [Sql(f"{part.text} IS NOT NULL", part.level) for part in figures]
        known += [benefit.known for benefit in benefits] + complete(self.compiler) + self._ties()
        settled = Sql(" AND ".join(part.text for part in known) or "TRUE", level_of(*known))
        about = "what is required is answered; criteria, ties, amounts and quantities are known"
        settled = steps.column("settled", settled, about)
        text = (
            f"CASE WHEN NOT {passed.text} THEN {rendered(REFUSED)} "
            f"WHEN {passed.text} AND {settled.text} THEN {rendered(ELIGIBLE)} ELSE {rendered(OPEN)} END"
        )
        return steps.column("outcome", Sql(text, level_of(passed, settled)), "outcome")

    def _ties(self) -> list[Sql]:
        """What breaks a tie must be known before a round is cut."""
        found = []
        for tie in self._named_ties():
            value = self.compiler.value(tie.node, self.compiler.case)
            found.append(Sql(f"({value.text}) IS NOT NULL", value.level))
        return found

    def _named_ties(self) -> list[Expression]:
        cut = self.programme.decision.cut if self.programme.decision else None
        return [tie.expression for tie in cut.ties if tie.expression is not None] if cut else []

    def _causes(
        self, outcome: Sql, criteria: dict[str, Sql], points: Sql | None, benefits: list[BenefitSql]
    ) -> Signs:
        is_open = Sql(f"{outcome.text} = {rendered(OPEN)}", outcome.level)
        # In a table each condition is asked once; a column of its own would only be carried along.
        short = LONG if self.table else SHORT
        descent = Descent(self.compiler, self.compiler.steps.column("open", is_open), short=short)
        self._sign_in_order(descent)
        required = required_causes(descent)
        for name in self.programme.derive:
            descent.derived(name)
        expressions = [rule.rule for rule in self.programme.eligibility.values()]
        for expression in [*expressions, *self.programme.scoring.values()]:
            self._wait(descent, expression.place, descent.of(expression))
        if points is not None:
            self._wait(descent, "scoring", total_causes(descent, criteria, points))
        for tie in self._named_ties():
            self._wait(descent, tie.place, descent.of(tie))
        for benefit, sql in zip(self.programme.benefits.values(), benefits, strict=True):
            for place, causes in benefit_causes(descent, benefit, sql):
                self._wait(descent, place, causes)
        for place, causes in required:
            self._wait(descent, place, causes)
        if self.table:
            self._tell(descent)
        return descent.signs

    def _sign_in_order(self, descent: Descent) -> None:
        """Number the causes in the order of the form and of the definition, as they will be told."""
        for name, question in self.programme.form.items():
            descent.signs.of_field(name)
            for member in question.of:
                descent.signs.of_member(name, member)
        for name, question in self.programme.form.items():
            if question.when is not None and question.type is not Type.ROWS:
                descent.field(name)

    def _wait(self, descent: Descent, place: str, causes: Causes) -> None:
        self.waiting.append((place, causes))
        if self.table:
            return
        column = descent.column(f"why {len(self.why) + 1}", causes, f"what {place} waits for")
        if column is not None:
            self.why.append((place, column.text))

    def _tell(self, descent: Descent) -> None:
        """The names of everything that some place waits for."""
        steps = self.compiler.steps
        causes = joined(causes for _place, causes in self.waiting)
        for name, names in zip(("missing", "blocked"), (missing_names, blocked_names), strict=True):
            told = descent.if_open(names(steps, descent.signs, causes), NONE)
            steps.column(name, told, f"what is {name}")


def _row_fields(programme: Programme) -> dict[str, tuple[str, ...]]:
    return {
        name: tuple(question.of) for name, question in programme.form.items() if question.type is Type.ROWS
    }
