"""A case that differs, made as small as a person would write it: one part after another is left out."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

from oracle import fixed_point
from oracle.generators import Generated
from oracle.parser import Bands, Call, Literal, Name, Node, NotReadable, Operation, read

Path = tuple[Any, ...]
EXPRESSIONS = frozenset({"rule", "when", "unasked", "amount", "quantity"})


def smallest(generated: Generated, case: int, still_differs: Callable[[Generated], bool]) -> Generated:
    """The definition with this one case, reduced for as long as the evaluators still differ on it."""
    best = Generated(generated.sections, generated.files, [generated.cases[case]])
    if not still_differs(best):
        return best  # it differs only among other cases
    smaller = True
    while smaller:
        smaller = False
        for candidate in candidates(best):
            if still_differs(candidate):
                best, smaller = candidate, True
                break
    return best


def candidates(generated: Generated) -> Iterator[Generated]:
    for path in paths_of(generated.sections):
        yield Generated(without(generated.sections, path), generated.files, generated.cases)
    answers, as_of = generated.cases[0]
    for path in paths_of(answers):
        yield Generated(generated.sections, generated.files, [(without(answers, path), as_of)])
    for path, text in texts_of(generated.sections):
        for simpler in simpler_texts(text):
            sections = copy.deepcopy(generated.sections)
            at(sections, path[:-1])[path[-1]] = simpler
            yield Generated(sections, generated.files, generated.cases)


def paths_of(tree: Any, path: Path = ()) -> Iterator[Path]:
    """Every entry that could be left out, the largest first."""
    keys = list(tree) if isinstance(tree, dict) else range(len(tree)) if isinstance(tree, list) else []
    for key in keys:
        yield (*path, key)
    for key in keys:
        yield from paths_of(tree[key], (*path, key))


def texts_of(sections: dict[str, Any]) -> Iterator[tuple[Path, str]]:
    for path in paths_of(sections):
        entry = at(sections, path)
        bare = path[0] in ("derive", "scoring")
        if isinstance(entry, str) and (bare or path[-1] in EXPRESSIONS or path[-2] in EXPRESSIONS):
            yield path, entry
        if isinstance(entry, dict) and "otherwise" in entry:
            yield path, "\n".join(value for pair in entry.items() for value in pair)


def simpler_texts(text: str) -> Iterator[str]:
    """The parts of an expression, and the expression with one part replaced by a part of it."""
    if "\n" in text:
        yield from (part for part in text.split("\n") if part != "otherwise")
        return
    try:
        node = read(text)
    except NotReadable:
        return
    yield from (simpler for simpler in map(written, simpler_nodes(node)) if len(simpler) < len(text))


def simpler_nodes(node: Node) -> Iterator[Node]:
    parts = parts_of(node)
    yield from parts
    for place, part in enumerate(parts):
        for simpler in simpler_nodes(part):
            changed = (*parts[:place], simpler, *parts[place + 1 :])
            if isinstance(node, Operation):
                yield Operation(node.sign, changed)
            elif isinstance(node, Call):
                yield Call(node.word, changed)


def parts_of(node: Node) -> tuple[Node, ...]:
    if isinstance(node, Operation):
        return node.operands
    return node.arguments if isinstance(node, Call) else ()


def written(node: Node) -> str:
    """An expression from its tree, with all its brackets."""
    if isinstance(node, Literal):
        return written_literal(node)
    if isinstance(node, Name):
        return f"{node.name}.{node.column}" if node.column else node.name
    if isinstance(node, Call):
        return f"{node.word}({', '.join(map(written, node.arguments))})"
    if isinstance(node, Bands):
        raise TypeError
    first, *rest = node.operands
    if node.sign == "IN":
        return f"{bracketed(first)} IN ({', '.join(map(written, rest))})"
    if not rest:
        return f"{'NOT ' if node.sign == 'NOT' else '-'}{bracketed(first)}"
    return f"{bracketed(first)} {node.sign} {bracketed(rest[0])}"


def written_literal(literal: Literal) -> str:
    value = literal.value
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return fixed_point.plain(value)


def bracketed(node: Node) -> str:
    return f"({written(node)})" if isinstance(node, Operation) else written(node)


def without(tree: Any, path: Path) -> Any:
    changed = copy.deepcopy(tree)
    del at(changed, path[:-1])[path[-1]]
    return changed


def at(tree: Any, path: Path) -> Any:
    for key in path:
        tree = tree[key]
    return tree
