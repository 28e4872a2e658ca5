"""Reads the answers that an example gives, each typed by its question of the form."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from almoner.definitions import nodes
from almoner.definitions.problems import did_you_mean, one_of
from almoner.definitions.programme import Field
from almoner.definitions.reading import Context, day, number
from almoner.definitions.tree import NUMERIC, Type
from almoner.values.language import _
from almoner.values.numbers import MICRO, from_micros, text_of


def answer_of(name: str, asked: Field, node: nodes.Node, context: Context) -> Any:
    """An answer as the form's type says; None where it is unanswered, or wrong and reported."""
    if isinstance(node, nodes.Scalar) and node.null:
        return None
    try:
        if asked.type is Type.ROWS:
            return _rows(name, asked, node, context)
        return _typed(asked, _text_of(node))
    except ValueError as problem:
        context.report.problem(node.line, f"'{name}' of '{context.owner}' {problem}")
        return None


def _text_of(node: nodes.Node) -> str:
    if isinstance(node, nodes.Scalar):
        return node.text
    raise ValueError(_("must be one answer, not a list or a mapping."))


def _rows(name: str, asked: Field, node: nodes.Node, context: Context) -> list[dict[str, Any]]:
    if not isinstance(node, nodes.Sequence):
        message = _("must be a list of rows: [{{age: 20}}].").format()
        context.report.problem(node.line, f"'{name}' of '{context.owner}' {message}")
        return []
    rows: list[dict[str, Any]] = []
    for count, item in enumerate(node.items, start=1):
        row: dict[str, Any] = {}
        where = f"{name}[{count}]"
        if not isinstance(item, nodes.Mapping):
            context.report.problem(item.line, f"'{where}' " + _("must be a mapping of answers."))
            continue
        for key, value in item:
            if key.text not in asked.of:
                message = _("'{where}' answers '{name}', which '{rows}' does not ask.")
                text = message.format(where=where, name=key.text, rows=name)
                context.report.problem(key.line, text + did_you_mean(key.text, asked.of))
                continue
            row[key.text] = answer_of(f"{where}.{key.text}", asked.of[key.text], value, context)
        rows.append(row)
    return rows


def _typed(asked: Field, text: str) -> Any:
    if asked.type is Type.BOOLEAN:
        if text not in {"true", "false"}:
            raise ValueError(_("must be true or false, not '{text}'.").format(text=text))
        return text == "true"
    if asked.type is Type.DATE:
        return day(text)
    if asked.type in NUMERIC:
        return _figure(asked, text)
    if asked.type is Type.CHOICE and text not in asked.choices:
        message = _("is '{text}', which is none of: {choices}.")
        told = message.format(text=text, choices=one_of(asked.choices))
        raise ValueError(told + did_you_mean(text, asked.choices))
    if not text.strip():
        raise ValueError(_("is empty. Write null where it is unanswered."))
    return text


def _figure(asked: Field, text: str) -> Decimal:
    micros = number(text)
    if asked.type is Type.INTEGER and micros % MICRO:
        raise ValueError(_("must be a whole number, not '{text}'.").format(text=text))
    if asked.minimum is not None and micros < asked.minimum:
        message = _("is {text}, below the smallest answer that is taken, {least}.")
        raise ValueError(message.format(text=text, least=text_of(asked.minimum)))
    if asked.maximum is not None and micros > asked.maximum:
        message = _("is {text}, above the largest answer that is taken, {most}.")
        raise ValueError(message.format(text=text, most=text_of(asked.maximum)))
    return from_micros(micros)
