"""Required fields: each that is asked must be answered, in rows too."""

from __future__ import annotations

from almoner.definitions.programme import Field
from almoner.definitions.tree import Type
from almoner.engine.cause_sql import Causes, joined, out_of_rows, when
from almoner.engine.missing import Descent
from almoner.engine.sql_text import Sql, quoted
from almoner.engine.steps import ROW
from almoner.engine.strict_sql import Compiler


def complete(compiler: Compiler) -> list[Sql]:
    """Conditions, never NULL, that hold together where nothing that is required is missing."""
    found = []
    for question in compiler.world.programme.form.values():
        if question.required:
            answer = f"{quoted(f'form.{question.name}')} IS NOT NULL"
            found.append(_settled(compiler.asked(question.name), answer))
        inner = [member for member in question.of.values() if member.required]
        if inner:
            found.append(_rows_complete(compiler, question, inner))
    return found


def _settled(asked: Sql, answered: str) -> Sql:
    if asked.text == "TRUE":
        return Sql(f"({answered})", asked.level)
    return Sql(f"(CASE WHEN {asked.text} THEN {answered} ELSE {asked.text} IS NOT NULL END)", asked.level)


def _rows_complete(compiler: Compiler, question: Field, inner: list[Field]) -> Sql:
    """Every row has what is required in it. A row's field is asked where its rows are."""
    parts = []
    level = compiler.steps.rows_base(question.name).level
    for member in inner:
        asked = _both(compiler, question, member)
        parts.append(_settled(asked, f"{ROW}.{quoted(member.name)} IS NOT NULL").text)
        level = max(level, asked.level)
    rows = compiler.steps.rows_at(question.name, level)
    gap = f"list_contains(list_transform({rows}, lambda {ROW}: {' AND '.join(parts)}), FALSE)"
    return Sql(f"(NOT COALESCE({gap}, FALSE))", level)


def _both(compiler: Compiler, question: Field, member: Field) -> Sql:
    """Whether the rows are asked and the field in the row is."""
    asked = compiler.row_asked(question.name, member.name)
    if question.when is None:
        return asked
    rows = compiler.asked(question.name)
    if member.when is None:
        return rows
    return Sql(f"({rows.text} AND {asked.text})", max(rows.level, asked.level))


def required_causes(descent: Descent) -> list[tuple[str, Causes]]:
    """What is required and unanswered, and why it is not known whether it is asked; each under its place."""
    found: list[tuple[str, Causes]] = []
    for question in descent.compiler.world.programme.form.values():
        if question.required:
            found.append((f"form.{question.name}", descent.asked_and_unanswered(question)))
        inner = [member for member in question.of.values() if member.required]
        if question.type is Type.ROWS and inner:
            found.append((f"form.{question.name}", _rows_causes(descent, question, inner)))
    return found


def _rows_causes(descent: Descent, question: Field, inner: list[Field]) -> Causes:
    each = joined(_member_causes(descent, question, member) for member in inner)
    return out_of_rows(descent.compiler.steps, question.name, each)


def _member_causes(descent: Descent, question: Field, member: Field) -> Causes:
    causes = descent.row_asked_and_unanswered(question.name, member)
    if question.when is None:
        return causes
    # While it is not known whether the rows are asked, nothing in them is asked yet.
    rows = descent.compiler.asked(question.name)
    asked = descent.compiler.row_asked(question.name, member.name)
    unsure = Sql(
        f"({rows.text} IS NULL AND ({asked.text} OR {asked.text} IS NULL))", max(rows.level, asked.level)
    )
    return joined((when(unsure, descent.of(question.when)), when(rows, causes)))
