"""A definition frozen: canonical JSON in which every scalar is the text of the file, and its digest.

RFC 8785 sorts the keys of an object, and the order of a definition's keys has a meaning. So a mapping is
frozen as `{"pairs": [[key, value], …]}`, a list as a list, a scalar as its text, plain `null` as null. Comments,
quotes and line breaks between entries are not part of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from almoner.definitions import nodes
from almoner.definitions.nodes import DEPTH_LIMIT
from almoner.values.canonical import CanonicalProblem, canonical, read
from almoner.values.language import _

PAIRS = "pairs"
PAIR = 2
PARTS = {"almoner", "key", "definition", "lookups", "round"}


class EditionProblem(ValueError):
    """The bytes are not an edition."""


def freeze(
    key: str, definition: nodes.Mapping, lookups: Mapping[str, str], round_: nodes.Mapping | None
) -> bytes:
    """The canonical JSON of an edition."""
    return canonical(
        {
            "almoner": 1,
            "key": key,
            "definition": _frozen(definition),
            "lookups": dict(lookups),
            "round": None if round_ is None else _frozen(round_),
        }
    )


def _frozen(node: nodes.Node) -> Any:
    if isinstance(node, nodes.Scalar):
        return None if node.null else node.text
    if isinstance(node, nodes.Sequence):
        return [_frozen(item) for item in node.items]
    return {PAIRS: [[key.text, _frozen(value)] for key, value in node]}


def thaw(frozen: bytes) -> tuple[str, nodes.Mapping, dict[str, str], nodes.Mapping | None]:
    """The key, the definition, the lookups and the round of an edition, as `load` reads them from files.

    Raises:
        EditionProblem: the bytes are not an edition of this grammar.
    """
    try:
        whole = read(frozen)
    except (CanonicalProblem, UnicodeError, RecursionError) as problem:
        raise EditionProblem(_("This is not an edition: {problem}").format(problem=problem)) from problem
    if not isinstance(whole, dict) or set(whole) != PARTS or whole["almoner"] != 1:
        raise EditionProblem(_("This is not an edition of grammar 1."))
    key, lookups = whole["key"], whole["lookups"]
    definition, round_ = thawed(whole["definition"]), whole["round"]
    restated = None if round_ is None else thawed(round_)
    good = isinstance(key, str) and isinstance(lookups, dict) and isinstance(definition, nodes.Mapping)
    if not good or not all(isinstance(text, str) for text in lookups.values()):
        raise EditionProblem(_("This is not an edition of grammar 1."))
    if not isinstance(definition, nodes.Mapping) or not (
        restated is None or isinstance(restated, nodes.Mapping)
    ):
        raise EditionProblem(_("This is not an edition of grammar 1."))
    return key, definition, lookups, restated


def thawed(value: Any, depth: int = 0) -> nodes.Node:
    """A frozen value as a node; its line is 0, for an edition has no lines.

    Raises:
        EditionProblem: it is none.
    """
    if value is None or isinstance(value, str):
        return nodes.Scalar(0, "null" if value is None else value, null=value is None)
    if depth > DEPTH_LIMIT:
        raise EditionProblem(_("This is not an edition: it is nested too deeply."))
    if isinstance(value, list):
        return nodes.Sequence(0, tuple(thawed(item, depth + 1) for item in value))
    if isinstance(value, dict) and set(value) == {PAIRS} and isinstance(value[PAIRS], list):
        return _mapping(value[PAIRS], depth)
    raise EditionProblem(_("This is not an edition of grammar 1."))


def _mapping(pairs: list[Any], depth: int) -> nodes.Mapping:
    kept: dict[str, tuple[nodes.Scalar, nodes.Node]] = {}
    for pair in pairs:
        if not isinstance(pair, list) or len(pair) != PAIR or not isinstance(pair[0], str) or pair[0] in kept:
            raise EditionProblem(_("This is not an edition of grammar 1."))
        kept[pair[0]] = (nodes.Scalar(0, pair[0]), thawed(pair[1], depth + 1))
    return nodes.Mapping(0, tuple(kept.values()))


def node_of(value: Any) -> nodes.Node:
    """Plain values (a round's restatement) as nodes: what a file would say in their place.

    Raises:
        EditionProblem: a value that no file could say, such as a float.
    """
    if value is None:
        return nodes.Scalar(0, "null", null=True)
    if isinstance(value, bool):
        return nodes.Scalar(0, "true" if value else "false")
    if isinstance(value, date):
        return nodes.Scalar(0, value.isoformat())
    if isinstance(value, Decimal):
        return nodes.Scalar(0, f"{value:f}")
    if isinstance(value, str | int):
        return nodes.Scalar(0, str(value))
    if isinstance(value, Mapping):
        named = ((node_of(key), node_of(inner)) for key, inner in value.items())
        return nodes.Mapping(0, tuple((key, inner) for key, inner in named if isinstance(key, nodes.Scalar)))
    if isinstance(value, list | tuple):
        return nodes.Sequence(0, tuple(node_of(item) for item in value))
    raise EditionProblem(_("A round cannot say {value}.").format(value=repr(value)[:60]))
