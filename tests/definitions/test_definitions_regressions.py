"""Failures of other systems, named after what happened there, that must not be possible here."""

from __future__ import annotations

import builtins
import os
import subprocess
from pathlib import Path

import pytest
from definition_texts import accepted, problems_of, text_of
from expression_scope import read, tree
from hypothesis import given
from hypothesis import strategies as st

from almoner.definitions.tokens import Kind, cut
from almoner.definitions.tree import Compare, In, Literal, Name, Summary
from almoner.definitions.walk import every_node

MEMBERS = "  members: {type: rows, of: {age: {type: integer}}}\n"


def test_peers_1_a_comparison_is_never_dropped(tmp_path: Path):
    """OpenSPP2 compiled `dependency_ratio >= 1.5` to a filter that matched every record."""
    text = text_of(eligibility="eligibility:\n  a: {rule: age / 2 >= 1.5, refusal: x, basis: y}\n")
    node = accepted(tmp_path, text).eligibility["a"].rule.node
    assert isinstance(node, Compare)
    assert node.op == ">="
    assert isinstance(node.right, Literal)
    assert node.right.value == 1_500_000


@pytest.mark.parametrize("op", ["=", "<>", "<", "<=", ">", ">="])
def test_peers_1_the_predicate_of_a_count_is_never_dropped(tmp_path: Path, op: str):
    """OpenSPP2 read `members.count(pred) > n` without its predicate: every household matched."""
    text = text_of(
        form="form:\n  age: {type: integer}\n  income: {type: money}\n" + MEMBERS,
        eligibility=f'eligibility:\n  a: {{rule: "count_of(members, age < 5) {op} 2", refusal: x, basis: y}}\n',
    )
    node = accepted(tmp_path, text).eligibility["a"].rule.node
    assert isinstance(node, Compare)
    assert node.op == op
    assert isinstance(node.left, Summary)
    assert isinstance(node.left.condition, Compare)
    assert isinstance(node.left.condition.left, Name)
    assert node.left.condition.left.rows == "members"


def test_peers_1_a_count_without_a_predicate_is_no_count_of_everybody(tmp_path: Path):
    text = text_of(
        form="form:\n  age: {type: integer}\n  income: {type: money}\n" + MEMBERS,
        eligibility="eligibility:\n  a: {rule: count_of(members) > 2, refusal: x, basis: y}\n",
    )
    assert "calls count_of with 1 arguments" in problems_of(tmp_path, text)[0]


COMPARISONS = st.sampled_from(
    ["age < 3", "age BETWEEN 1 AND 2", "income >= 700", "age IN (1, 2)", "district = 'city'"]
)
CONDITIONS = st.recursive(
    COMPARISONS,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda two: f"({two[0]} AND {two[1]})"),
        st.tuples(inner, inner).map(lambda two: f"({two[0]} OR {two[1]})"),
        inner.map(lambda one: f"NOT ({one})"),
    ),
    max_leaves=8,
)


@given(condition=CONDITIONS)
def test_peers_1_whatever_is_written_every_comparison_and_every_literal_is_in_the_tree(condition: str):
    inside = condition.replace("district = 'city'", "relation = 'self'")
    for text in (condition, f"count_of(members, {inside}) > 1", f"any_of(members, {inside})"):
        tokens = cut(text)
        found = list(every_node(tree(text)))
        comparisons = sum(token.text in {"=", "<", ">="} and token.kind is Kind.SIGN for token in tokens)
        comparisons += sum(token.text == ">" for token in tokens) + 2 * sum(
            token.text == "BETWEEN" for token in tokens
        )
        assert sum(isinstance(node, Compare) for node in found) == comparisons
        assert sum(isinstance(node, In) for node in found) == sum(token.text == "IN" for token in tokens)
        literals = sum(isinstance(node, Literal) for node in found)
        literals += sum(len(node.literals) for node in found if isinstance(node, In))
        assert literals == sum(token.kind in {Kind.NUMBER, Kind.STRING} for token in tokens)


HOSTILE = [
    "__import__('os').system('id')",
    "().__class__.__bases__[0].__subclasses__()",
    "eval('1')",
    "exec('import os')",
    "open('/etc/passwd')",
    "getattr(age, 'x')",
    "lambda: 1",
    "[x for x in members]",
    "age if insured else 1",
    "globals()",
    "members.raw('x')",
    "read_csv('/etc/passwd')",
    "read_parquet('x') = 1",
    "getenv('HOME') = 'x'",
    "current_setting('x') = 'y'",
    "age > (SELECT 1)",
    "age IN (SELECT age FROM applications)",
    "insured); DROP TABLE x; --",
    "x'; DROP TABLE y; --",
    "1 UNION SELECT 1",
    "pg_sleep(10) = 1",
    "age > 1 OR 1=1 --",
    "age > :x",
    "{{ 7 * 7 }}",
    "%s",
    "f'{age}'",
    "print(age)",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_peers_20_a_rule_is_never_python_text_nor_sql_text(text: str, monkeypatch: pytest.MonkeyPatch):
    """HOPE ran rules as Python text behind a list of forbidden substrings; here only what is listed is read."""

    def never(*_arguments: object, **_named: object) -> None:
        raise AssertionError("a rule reached the interpreter")

    for place, name in ((builtins, "eval"), (builtins, "exec"), (os, "system"), (subprocess, "Popen")):
        monkeypatch.setattr(place, name, never)
    node, messages = read(text)
    assert node is None
    assert messages


@pytest.mark.parametrize(
    "name", ["raw_income", "updated_at", "save_more", "deleted", "import_duty", "execution"]
)
def test_peers_20_a_name_that_merely_holds_a_forbidden_word_is_a_good_name(tmp_path: Path, name: str):
    """A block-list refuses `updated_at`; a list of what is allowed has no need to."""
    text = text_of(
        form=f"form:\n  age: {{type: integer}}\n  income: {{type: money}}\n  {name}: {{type: money}}\n",
        eligibility=f"eligibility:\n  a: {{rule: {name} > 5, refusal: x, basis: y}}\n",
    )
    assert accepted(tmp_path, text).eligibility["a"].rule.text == f"{name} > 5"
