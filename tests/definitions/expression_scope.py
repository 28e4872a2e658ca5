"""A scope with one name of each kind, and expressions read in it."""

from __future__ import annotations

from almoner.definitions import nodes
from almoner.definitions.expressions import Place, parse
from almoner.definitions.problems import Report
from almoner.definitions.scope import Known, Rows, Scope, Table
from almoner.definitions.tree import Node, Origin, Type
from almoner.definitions.typed import Want


def known(kind: Type, *choices: str) -> Known:
    return Known(kind, Origin.FIELD, choices)


def in_row(kind: Type, rows: str, *choices: str) -> Known:
    return Known(kind, Origin.ROW, choices, rows)


MEMBERS = Rows(
    "members",
    {
        "age": in_row(Type.INTEGER, "members"),
        "income": in_row(Type.MONEY, "members"),
        "relation": in_row(Type.CHOICE, "members", "self", "parent"),
    },
)
TERM_RESULT = Rows(
    "term_result",
    {"gpa": in_row(Type.NUMBER, "term_result"), "enrolled": in_row(Type.BOOLEAN, "term_result")},
    dated=True,
)

SCOPE = Scope(
    names={
        "age": known(Type.INTEGER),
        "children": known(Type.INTEGER),
        "average": known(Type.NUMBER),
        "income": known(Type.MONEY),
        "income_per_head": known(Type.MONEY),
        "rent": known(Type.MONEY),
        "born": known(Type.DATE),
        "as_of": Known(Type.DATE, Origin.GIVEN),
        "insured": known(Type.BOOLEAN),
        "poor": known(Type.BOOLEAN),
        "village": known(Type.TEXT),
        "crop_code": known(Type.CODE),
        "district": known(Type.CHOICE, "city", "rural"),
        "drug": known(Type.CHOICE, "X", "Y"),
        "order": known(Type.INTEGER),
        "members": known(Type.ROWS),
    },
    rows={"members": MEMBERS, "term_result": TERM_RESULT},
    tables={
        "terms": Table(
            {"drug": Type.TEXT, "cycle": Type.INTEGER}, {"paid": Type.INTEGER, "aided": Type.INTEGER}
        ),
        "guideline": Table({"size": Type.INTEGER}, {"amount": Type.MONEY}),
    },
)


def read(text: str, want: Want | None = None) -> tuple[Node | None, list[str]]:
    """The tree of an expression of `is_poor`, and the messages."""
    report = Report("small.yaml")
    place = Place("is_poor", "eligibility.is_poor")
    found = parse(nodes.Scalar(1, text), scope=SCOPE, place=place, want=want, report=report)
    return (found.node if found else None), [problem.message for problem in report.in_order()]


def tree(text: str, want: Want | None = None) -> Node:
    """The tree of a good expression."""
    node, messages = read(text, want)
    assert node is not None, messages
    return node


def message(text: str, want: Want | None = None) -> str:
    """The one message of a bad expression."""
    node, messages = read(text, want)
    assert node is None, node
    assert len(messages) == 1, messages
    return messages[0]
