"""A file's text as nodes: what YAML allows and a definition must not hold is told with its line."""

# ruff: noqa: E501 -- a message stands whole beside what brings it about

from __future__ import annotations

import pytest

from almoner.definitions.nodes import Mapping, Scalar, Sequence, compose
from almoner.definitions.problems import Report


def composed(text: str | bytes) -> tuple[Mapping | None, list[str]]:
    report = Report("small.yaml")
    node = compose(text if isinstance(text, bytes) else text.encode(), report)
    return node, [str(problem) for problem in report.in_order()]


def test_every_scalar_stays_the_text_that_was_written():
    node, problems = composed("a: no\nb: 0.10\nc: 12:30\nd: 0123\ne: 2026-01-01\nf: 'yes'\ng: NULL\nh: ~\n")
    assert problems == []
    assert node is not None
    assert [(key.text, value.text) for key, value in node if isinstance(value, Scalar)] == [
        ("a", "no"),
        ("b", "0.10"),
        ("c", "12:30"),
        ("d", "0123"),
        ("e", "2026-01-01"),
        ("f", "yes"),
        ("g", "NULL"),
        ("h", "~"),
    ]
    assert not any(value.null for _key, value in node if isinstance(value, Scalar))


def test_only_plain_null_is_null():
    node, _problems = composed("a: null\nb: 'null'\n")
    assert node is not None
    assert node.get("a") == Scalar(1, "null", null=True)
    assert node.get("b") == Scalar(2, "null")


def test_lines_are_those_of_the_file():
    node, _problems = composed("a: 1\nb:\n  - x\n  - y: 2\n")
    assert node is not None
    assert node.get("b") == Sequence(3, (Scalar(3, "x"), Mapping(4, ((Scalar(4, "y"), Scalar(4, "2")),))))


def test_windows_line_ends_and_a_byte_order_mark_change_nothing():
    plain, _problems = composed("a: 1\nb: 2\n")
    windows, problems = composed(b"\xef\xbb\xbfa: 1\r\nb: 2\r\n")
    assert problems == []
    assert windows == plain


REFUSED = [
    ("", "small.yaml:1: The file is empty. A definition begins with 'almoner: 1'."),
    ("# only a comment\n", "small.yaml:1: The file is empty. A definition begins with 'almoner: 1'."),
    ("- a\n", "small.yaml:1: A definition is a mapping of sections; it begins with 'almoner: 1'."),
    ("a: 1\nb: 2\na: 3\n", "small.yaml:3: 'a' stands twice in one mapping, first in line 1. Keep one."),
    ("a: &x 1\n", "small.yaml:1: An anchor ('&x') has no place in a definition; write out what repeats."),
    ("a: !!int 1\n", "small.yaml:1: A tag ('tag:yaml.org,2002:int') has no place in a definition; its place says what a value is."),
    ("a: !!python/object:os.system {}\n",
     "small.yaml:1: A tag ('tag:yaml.org,2002:python/object:os.system') has no place in a definition; its place says what a value is."),
    ("a: {<<: {b: 1}}\n", "small.yaml:1: A merge key ('<<') repeats what stands elsewhere; write it out."),
    ("a: 1\n---\nb: 2\n", "small.yaml:2: A second document begins here ('---'). One file holds one programme."),
    ("a:\nb: 1\n", "small.yaml:1: 'a' has no value. Give it one, or remove it."),
    ("a: [1, , 2]\n", None),
    ("a:\n  -\n  - 1\n", "small.yaml:2: An entry of this list is empty."),
    ("a:\n\tb: 1\n", "small.yaml:2: A tab stands where spaces must. Indent with spaces."),
    ("? {a: 1}\n: 2\n", "small.yaml:1: A key is text; here a mapping or a list stands as one."),
    ("%YAML 1.1\n---\na: 1\n", "small.yaml:1: A YAML directive ('%…') has no place in a definition; remove it."),
    ("a: b: c\n", "small.yaml:1: This is not YAML: mapping values are not allowed here. Put quotes around a text that holds ': '."),
    ("a: {ask: Why?}\n",
     "small.yaml:1: This is not YAML: expected ',' or '}', but got '?'. Inside { } and [ ] put quotes around an expression or a text with a comma, a colon, a quote or '?'."),
    ("a: {when: x IN ('a', 'b')}\n",
     "small.yaml:1: This is not YAML: expected ',' or '}', but got '<scalar>'. Inside { } and [ ] put quotes around an expression or a text with a comma, a colon, a quote or '?'."),
    (b"a: 1\nb: \xff\n", "small.yaml:2: This is not UTF-8. Save the file as UTF-8."),
    ("a: 1\nb: x\u2028y\n", "small.yaml:2: The invisible character U+2028 stands in this line. Remove it."),
    ("a: \x00\n", "small.yaml:1: The invisible character U+0000 stands in this line. Remove it."),
    ("[" * 100, "small.yaml:1: Too deep: nothing in a definition stands 20 levels down."),
    (b"a: " + b"x" * 1_000_001, "small.yaml:1: The file is larger than 1000000 bytes."),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), REFUSED, ids=range(len(REFUSED)))
def test_what_a_definition_must_not_hold_is_told_with_its_line(text: str | bytes, expected: str | None):
    _node, problems = composed(text)
    assert len(problems) == 1
    assert expected is None or problems == [expected]


def test_an_alias_is_a_problem_and_repeats_nothing():
    node, problems = composed("a: &x [1, 2]\nb: *x\n")
    assert problems == [
        "small.yaml:1: An anchor ('&x') has no place in a definition; write out what repeats.",
        "small.yaml:2: An alias ('*x') repeats what stands elsewhere; write it out.",
    ]
    assert node is not None
    assert node.get("b") != node.get("a")


CUT = [
    ("a: {when: last(report, accepted)}", "last(report, accepted)", 'when: "last(report, accepted)"'),
    ("a: {when: lookup(terms.paid, drug, cycle_no), b: 1}", "lookup(terms.paid, drug, cycle_no)",
     'when: "lookup(terms.paid, drug, cycle_no)"'),
    ("a: {smaller_of(x, 3) > 2: 5, otherwise: 1}", "smaller_of(x, 3) > 2", '"smaller_of(x, 3) > 2": 5'),
    ("a: [last(report, accepted), b]", "last(report, accepted)", '"last(report, accepted)"'),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expression", "example"), CUT)
def test_a_comma_that_cuts_an_expression_in_two_is_told_once_with_what_to_write(
    text: str, expression: str, example: str
):
    _node, problems = composed(text)
    assert problems == [f"small.yaml:1: The comma cuts '{expression}' in two. Quote it: {example}"]


def test_a_cut_expression_is_mended_so_that_the_rest_can_be_checked():
    node, _problems = composed("a: {when: last(report, accepted), due: 1}")
    assert node is not None
    inner = node.get("a")
    assert isinstance(inner, Mapping)
    assert inner.get("when") == Scalar(1, "last(report, accepted)")
    assert inner.names() == ["when", "due"]


def test_brackets_in_quotes_cut_nothing():
    _node, problems = composed('a: {ask: "Marks (0 to 100", b: 1}')
    assert problems == []
