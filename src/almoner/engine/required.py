"""Required fields: each that is asked must be answered, in rows too."""

from __future__ import annotations

from almoner.definitions.programme import Field
from almoner.definitions.tree import Type
from almoner.engine.missing import Causes, Descent, joined, unknown, when
from almoner.engine.sql_text import Sql, quoted
from almoner.engine.steps import PLACE, ROW
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
    """Every row has what is required in it. Rows that are not asked do not count, whatever was stored."""
    parts = []
    level = compiler.steps.rows_base(question.name).level
    for member in inner:
        asked = compiler.row_asked(question.name, member.name)
        parts.append(_settled(asked, f"{ROW}.{quoted(member.name)} IS NOT NULL").text)
        level = max(level, asked.level)
    rows = compiler.steps.rows_at(question.name, level)
    gap = f"list_contains(list_transform({rows}, lambda {ROW}: {' AND '.join(parts)}), FALSE)"
    asked = compiler.asked(question.name)
    text = f"NOT COALESCE({gap}, FALSE)"
    if question.when is not None:
        text = f"CASE WHEN {asked.text} THEN {text} ELSE {asked.text} IS NOT NULL OR COALESCE(len({rows}), 0) = 0 END"
    return Sql(f"({text})", max(level, asked.level))


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
    compiler = descent.compiler
    each = joined(descent.row_asked_and_unanswered(question.name, member) for member in inner)
    if each is None:
        return None
    level = max(each.level, compiler.steps.rows_base(question.name).level)
    rows = compiler.steps.rows_at(question.name, level)
    listed = Sql(f"flatten(list_transform({rows}, lambda {ROW}, {PLACE}: {each.text}))", level)
    if question.when is None:
        return listed
    asked = compiler.asked(question.name)
    unsure = unknown(asked)
    stored = Sql(f"({unsure.text} AND len({rows}) > 0)", max(level, asked.level))
    return joined((when(asked, listed), when(stored, descent.of(question.when))))
