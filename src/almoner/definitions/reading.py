"""Reads nodes against the grammar: each key's kind gives its text a type, and every unknown key is a problem."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from almoner.definitions import nodes
from almoner.definitions.expressions import Place, parse
from almoner.definitions.grammar import kinds
from almoner.definitions.problems import Report, did_you_mean, one_of
from almoner.definitions.scope import Scope
from almoner.definitions.spans import ANCHORS, SpanProblem, due, duration
from almoner.definitions.tokens import RESERVED
from almoner.definitions.typed import Want
from almoner.values.language import _
from almoner.values.numbers import NumberProblem, to_micros

ISO_DATE_LENGTH = 10
NUMBER_LENGTH = 40
NAME_LENGTH = 40


@dataclass(frozen=True, slots=True)
class Context:
    """Where a node is read: what may be named there, and what its messages and places begin with.

    `place` is `benefits.grant`; `owner` the name that a message begins with: `grant`.
    """

    report: Report
    scope: Scope = field(default_factory=Scope)
    place: str = ""
    owner: str = ""
    anchors: tuple[str, ...] = ANCHORS

    def of(self, name: str) -> Context:
        """The context of an entry below this one."""
        return replace(self, place=f"{self.place}.{name}" if self.place else name, owner=name)

    def within(self, scope: Scope) -> Context:
        """The same place with other names."""
        return replace(self, scope=scope)

    def expression(self, node: nodes.Node | None, want: Want | None, key: str = "") -> Any:
        """The expression of a node; `key` is added to the place."""
        place = f"{self.place}.{key}" if key else self.place
        return parse(node, scope=self.scope, place=Place(self.owner, place), want=want, report=self.report)


def read(node: nodes.Node, kind: kinds.Kind, context: Context, key: str = "") -> Any:
    """The value of a node as its kind says, or None where there is a problem, which is then reported.

    Shapes and mappings become dicts, lists tuples, numbers micros, expressions `Expression`. Forms and what a
    section takes apart itself stay nodes.
    """
    if isinstance(kind, kinds.Form | kinds.Raw):
        return node
    if isinstance(kind, kinds.Expr):
        return context.expression(node, kind.want, key if kind.named else "")
    if isinstance(kind, kinds.Shape):
        return read_shape(node, kind, context.of(key) if key else context)
    if isinstance(kind, kinds.Each):
        return _each(node, kind, context, key)
    if isinstance(kind, kinds.ListOf):
        return _list(node, kind, context, key)
    if isinstance(kind, kinds.Either):
        return read(node, kind.mapping if isinstance(node, nodes.Mapping) else kind.other, context, key)
    return scalar(node, kind, context, key)


def read_shape(node: nodes.Node, shape: kinds.Shape, context: Context) -> dict[str, Any]:
    """The values of a mapping's known keys. Unknown and missing keys are reported, and what is not carried out yet."""
    if not isinstance(node, nodes.Mapping):
        message = _("'{owner}' must be a mapping with the keys {keys}.")
        keys = one_of(key.name for key in shape.keys)
        context.report.problem(node.line, message.format(owner=context.owner, keys=keys))
        return {}
    values: dict[str, Any] = {}
    for name, value in node:
        key = shape.find(name.text)
        if key is None:
            unknown_key(name, [key.name for key in shape.keys], context)
            continue
        if key.later:
            context.report.not_carried_out(
                name.line, _("'{key}' of '{owner}'").format(key=key.name, owner=context.owner)
            )
        values[key.name] = value if key.deferred else read(value, key.kind, context, key.name)
    for key in shape.keys:
        if key.obligatory and node.get(key.name) is None:
            message = _("'{owner}' has no '{key}'. {meaning}")
            meaning = f"{key.name}: {key.meaning}"
            context.report.problem(
                node.line, message.format(owner=context.owner, key=key.name, meaning=meaning)
            )
    return values


def unknown_key(key: nodes.Scalar, known: list[str], context: Context) -> None:
    """Report a key that the grammar does not have there."""
    message = _("'{key}' is not a key of '{owner}'.").format(key=key.text, owner=context.owner)
    hint = did_you_mean(key.text, known) or " " + _("The keys: {keys}.").format(keys=", ".join(known))
    context.report.problem(key.line, message + hint)


def checked_name(key: nodes.Scalar, context: Context, *, length: int = NAME_LENGTH) -> str | None:
    """A name that the file gives to something, or None where it cannot be one."""
    name = key.text
    if name in RESERVED:
        message = _("'{name}' is a word of the expressions and cannot be a name.")
        context.report.problem(key.line, message.format(name=name))
        return None
    if not is_name(name, length):
        message = _("'{name}' is no name: small letters a-z, digits and _, a letter first, {length} at most.")
        context.report.problem(key.line, message.format(name=name, length=length))
        return None
    return name


def is_name(text: str, length: int) -> bool:
    """Whether a text can be a name of that length at most."""
    return len(text) <= length and re.fullmatch(r"[a-z][a-z0-9_]*", text) is not None


def entries(
    node: nodes.Node | None, context: Context, *, length: int = NAME_LENGTH
) -> list[tuple[str, nodes.Scalar, nodes.Node]]:
    """The named entries of a mapping, those with a bad name left out; each with its key, for the line."""
    if node is None:
        return []
    if not isinstance(node, nodes.Mapping):
        message = _("'{owner}' must be a mapping: each entry under its own name.")
        context.report.problem(node.line, message.format(owner=context.owner))
        return []
    if not node.pairs:
        message = _("'{owner}' is empty. Fill it, or leave it out.")
        context.report.problem(node.line, message.format(owner=context.owner))
    named = [(checked_name(key, context, length=length), key, value) for key, value in node]
    return [(name, key, value) for name, key, value in named if name is not None]


def _each(node: nodes.Node, kind: kinds.Each, context: Context, key: str) -> dict[str, Any]:
    inside = replace(context, place=f"{context.place}.{key}" if key else context.place)
    if key:
        inside = replace(inside, owner=key)
    return {name: read(value, kind.of, inside.of(name)) for name, _key, value in entries(node, inside)}


def _list(node: nodes.Node, kind: kinds.ListOf, context: Context, key: str) -> tuple[Any, ...]:
    if isinstance(node, nodes.Sequence):
        if not node.items:
            message = _("'{key}' of '{owner}' is an empty list. Fill it, or leave it out.")
            context.report.problem(node.line, message.format(key=key, owner=context.owner))
        values = [read(item, kind.of, context, key) for item in node.items]
        for place, (item, value) in enumerate(zip(node.items, values, strict=True)):
            if value is not None and value in values[:place]:
                message = _("'{key}' of '{owner}' names the same thing twice.")
                context.report.problem(item.line, message.format(key=key, owner=context.owner))
        return tuple(value for value in values if value is not None)
    if kind.or_one:
        value = read(node, kind.of, context, key)
        return () if value is None else (value,)
    message = _("'{key}' of '{owner}' must be a list: [a, b].")
    context.report.problem(node.line, message.format(key=key, owner=context.owner))
    return ()


def scalar(node: nodes.Node, kind: kinds.Kind, context: Context, key: str = "") -> Any:
    """The value of one piece of text, or None where it is none of its kind."""
    what = _("'{key}' of '{owner}'").format(key=key, owner=context.owner) if key else f"'{context.owner}'"
    if not isinstance(node, nodes.Scalar) or node.null:
        message = _("{what} must be {kind}.")
        context.report.problem(node.line, message.format(what=what, kind=kind.text))
        return None
    try:
        return _typed(node.text, kind, context)
    except _KindProblem as problem:
        context.report.problem(node.line, f"{what} {problem}")
    except SpanProblem as problem:
        context.report.problem(node.line, f"{what}: {problem}")
    return None


class _KindProblem(ValueError):
    """Why a text is not of its kind: what follows the name of the key."""


def _typed(text: str, kind: kinds.Kind, context: Context) -> Any:
    if isinstance(kind, kinds.Flag):
        if text not in {"true", "false"}:
            raise _KindProblem(_("must be true or false, not '{text}'.").format(text=text))
        return text == "true"
    if isinstance(kind, kinds.OneOf):
        if text not in kind.options:
            message = _("is '{text}', which is none of: {options}.").format(
                text=text, options=", ".join(kind.options)
            )
            raise _KindProblem(message + did_you_mean(text, kind.options))
        return text
    if isinstance(kind, kinds.Whole):
        return _whole(text, kind)
    if isinstance(kind, kinds.Number):
        return number(text)
    if isinstance(kind, kinds.Span):
        return duration(text)
    if isinstance(kind, kinds.DueKind):
        return due(text, context.anchors)
    if not text.strip():
        raise _KindProblem(_("is empty."))
    return text


def _whole(text: str, kind: kinds.Whole) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < NUMBER_LENGTH) or int(text) < kind.least:
        message = _("must be a whole number of at least {least}, not '{text}'.")
        raise _KindProblem(message.format(least=kind.least, text=text))
    return int(text)


def number(text: str) -> int:
    """The micros of a number written plainly: digits, one point, a minus.

    Raises:
        ValueError: it is none; the message follows the name of what holds it.
    """
    if len(text) > NUMBER_LENGTH or re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text) is None:
        raise _KindProblem(_("must be a number, not '{text}'.").format(text=text[:NUMBER_LENGTH]))
    try:
        return to_micros(Decimal(text))
    except NumberProblem as problem:
        message = _("is {text}: a number has six decimals at most and lies within ±10^12.")
        raise _KindProblem(message.format(text=text)) from problem


def day(text: str) -> date:
    """A date written as 2026-09-01.

    Raises:
        ValueError: it is none; the message follows the name of what holds it.
    """
    try:
        if len(text) == ISO_DATE_LENGTH:
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise _KindProblem(_("must be a date like 2026-09-01, not '{text}'.").format(text=text))


def plain(node: nodes.Node | None) -> Any:
    """A node as plain text, tuples and dicts, for what is kept and not yet carried out."""
    if node is None or isinstance(node, nodes.Scalar):
        return None if node is None or node.null else node.text
    if isinstance(node, nodes.Sequence):
        return tuple(plain(item) for item in node.items)
    return {key.text: plain(value) for key, value in node}


def others(values: Mapping[str, Any], shape: kinds.Shape) -> dict[str, Any]:
    """Of the values read, those that nothing carries out yet."""
    later = {key.name for key in shape.keys if key.later}
    return {
        name: plain(value) if isinstance(value, nodes.Node) else value
        for name, value in values.items()
        if name in later
    }
