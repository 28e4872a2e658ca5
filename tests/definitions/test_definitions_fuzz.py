"""Whatever is written: problems with a line, never a crash, and never a tree of anything but the listed nodes."""

# ruff: noqa: E501 -- what may be drawn stands in one list

from __future__ import annotations

from pathlib import Path

import pytest
from definition_texts import ORDER, checked, text_of
from expression_scope import SCOPE, read
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from almoner.definitions.load import DefinitionError, from_edition
from almoner.definitions.tree import (
    And,
    Arithmetic,
    Bands,
    Call,
    Compare,
    In,
    Literal,
    Lookup,
    Name,
    Negative,
    Not,
    Or,
    Summary,
    Type,
)
from almoner.definitions.tree_text import written
from almoner.definitions.walk import every_node
from almoner.definitions.words import USAGES

NODES = (And, Arithmetic, Bands, Call, Compare, In, Literal, Lookup, Name, Negative, Not, Or, Summary)

SIGNS = "= <> < <= > >= + - * / ( ) , . ; : :: || % [ ] { } ' \" -- /* */ == != 1 0.5 1e3 'rural' '2026-01-01' \\ $ @ # ~ ^ & ? !"
SQL = "AND OR NOT BETWEEN IN TRUE FALSE NULL IS CASE WHEN END SELECT FROM OVER AS CAST LIKE INTERVAL DATE ARRAY ESCAPE"
PIECES = st.sampled_from(
    [*SIGNS.split(), *SQL.split(), *SCOPE.names, *SCOPE.rows, *SCOPE.tables, *USAGES, "terms.paid"]
)
WRITTEN = st.one_of(
    st.text(max_size=60),
    st.lists(PIECES, max_size=25).map(" ".join),
    st.lists(PIECES, max_size=15).map("".join),
)


@settings(max_examples=400)
@given(text=WRITTEN)
@example(text="(" * 500)
@example(text="NOT " * 400)
@example(text="\ud800")
def test_arbitrary_text_gives_problems_or_a_tree_of_listed_nodes(text: str):
    node, messages = read(text)
    assert (node is None) == bool([one for one in messages if "not always asked" not in one])
    if node is not None:
        for part in every_node(node):
            assert isinstance(part, NODES)
            assert isinstance(part.type, Type)
        assert read(written(node)) == (node, []), "what is written again means the same"


YAML = st.one_of(
    st.text(max_size=200),
    st.lists(
        st.sampled_from(
            ["a: 1\n", "- x\n", "{", "}", "[", "]", "a: {b: c}\n", "? x\n", ": y\n", "&a ", "*a", "!!int 1", "<<: {}\n", "---\n",
             "'", '"', "|\n  x\n", ">\n", "#", "\t", "null", "a:\n", "  b: f(x, y)\n", "{when: f(x, y)}", "%YAML 1.2\n", "...\n"]
        ),
        max_size=15,
    ).map("".join),
)  # fmt: skip

VALUES = st.recursive(
    st.sampled_from(
        [
            "null",
            "1",
            "age",
            "'x'",
            "on award",
            "5 days",
            "true",
            "{}",
            "[]",
            "age > 3",
            "report",
            "2026-01-01",
        ]
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: "[" + ", ".join(items) + "]"),
        st.dictionaries(
            st.sampled_from(
                [
                    "type",
                    "of",
                    "when",
                    "unasked",
                    "ask",
                    "kind",
                    "amount",
                    "quantity",
                    "instalments",
                    "share",
                    "due",
                    "about",
                    "every",
                    "form",
                    "raises",
                    "to",
                    "within",
                    "rule",
                    "refusal",
                    "basis",
                    "from",
                    "file",
                    "keys",
                    "values",
                    "calendar",
                    "given",
                    "expect",
                    "then",
                    "on",
                    "step",
                    "like",
                    "as_of",
                    "age",
                    "outcome",
                    "otherwise",
                    "x",
                ]
            ),
            inner,
            max_size=4,
        ).map(lambda items: "{" + ", ".join(f"{name}: {value}" for name, value in items.items()) + "}"),
    ),
    max_leaves=10,
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=YAML)
def test_arbitrary_yaml_never_crashes_a_check(tmp_path: Path, text: str):
    programme, problems = checked(tmp_path, text.encode("utf-8", "surrogatepass"))
    assert programme is None
    assert any(not problem.notice for problem in problems)


@settings(max_examples=250, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(section=st.sampled_from(ORDER), value=VALUES)
def test_any_value_in_any_section_gives_a_programme_or_problems_with_lines(
    tmp_path: Path, section: str, value: str
):
    programme, problems = checked(tmp_path, text_of(**{section: f"{section}: {value}"}))
    assert (programme is None) == any(not problem.notice for problem in problems)
    assert all(problem.line > 0 and problem.message for problem in problems)


@settings(max_examples=150)
@given(frozen=st.one_of(st.binary(max_size=100), st.text(max_size=100).map(str.encode)))
def test_arbitrary_bytes_are_no_edition(frozen: bytes):
    with pytest.raises(DefinitionError) as raised:
        from_edition(frozen)
    assert raised.value.problems
