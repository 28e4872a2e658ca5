"""The checked expression: a small typed tree, built by `expressions.py` and read by the engine.

An expression in a programme's file is SQL over names. It is parsed once, checked word by word, and becomes
this tree, in which every node has a type and every word is one of ours. Nothing here is SQL any more, and
nothing here can reach a file, a table or a function that is not listed.

Numbers in the tree are whole counts of millionths (`micros`): `integer`, `number` and `money` alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Type(StrEnum):
    """What a value is. Integer, number and money are fixed point: a whole count of millionths."""

    BOOLEAN = "boolean"
    INTEGER = "integer"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    TEXT = "text"
    CHOICE = "choice"
    CODE = "code"
    FILE = "file"
    PARTY = "party"
    LOT = "lot"
    ROWS = "rows"


NUMERIC = frozenset({Type.INTEGER, Type.NUMBER, Type.MONEY})
TEXTUAL = frozenset({Type.TEXT, Type.CODE, Type.LOT, Type.FILE, Type.PARTY})


class Origin(StrEnum):
    """Where a name comes from, and therefore where the search for what is missing goes on."""

    FIELD = "field"  # a question of the form: the search ends here
    DERIVED = "derived"  # the search goes on in its expression
    PARAMETER = "parameter"  # unknown means: none in force on the day
    GIVEN = "given"  # as_of, today, delivered_on …: what the occasion brings
    ROW = "row"  # a field of the row that a summary is looking at


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant. `value` is bool, int (micros), str or date, as `type` says."""

    type: Type
    value: bool | int | str | date


@dataclass(frozen=True, slots=True)
class Name:
    """A known name. `rows` is the rows field (or record) whose row it belongs to when `origin` is ROW."""

    type: Type
    name: str
    origin: Origin
    rows: str = ""


@dataclass(frozen=True, slots=True)
class Not:
    """Kleene NOT."""

    operand: Node
    type: Type = Type.BOOLEAN


@dataclass(frozen=True, slots=True)
class And:
    """Kleene AND over two or more operands. BETWEEN arrives here as two comparisons."""

    operands: tuple[Node, ...]
    type: Type = Type.BOOLEAN


@dataclass(frozen=True, slots=True)
class Or:
    """Kleene OR over two or more operands."""

    operands: tuple[Node, ...]
    type: Type = Type.BOOLEAN


@dataclass(frozen=True, slots=True)
class Compare:
    """`left op right` with op one of = <> < <= > >=. Unknown where a side is, but for the bounds of `count_of`."""

    op: str
    left: Node
    right: Node
    type: Type = Type.BOOLEAN


@dataclass(frozen=True, slots=True)
class In:
    """`operand IN (literals)`; NOT IN arrives as Not(In)."""

    operand: Node
    literals: tuple[Literal, ...]
    type: Type = Type.BOOLEAN


@dataclass(frozen=True, slots=True)
class Negative:
    """Unary minus."""

    operand: Node
    type: Type


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """`left op right` with op one of + - * /."""

    op: str
    left: Node
    right: Node
    type: Type


@dataclass(frozen=True, slots=True)
class Call:
    """A word with ordinary arguments: smaller_of, years_between, add_days, starts_with and so on."""

    word: str
    arguments: tuple[Node, ...]
    type: Type


@dataclass(frozen=True, slots=True)
class Summary:
    """A word over rows: count_of, sum_of, any_of, all_of, largest_of, smallest_of, first, last, change.

    `rows` names a rows field of the form, or a record, follow-up or delivery. `value` is what is summed,
    compared or taken; `condition` is which rows count (absent: all). Inside both, names with origin ROW
    belong to the row at hand.
    """

    word: str
    rows: str
    value: Node | None
    condition: Node | None
    type: Type


@dataclass(frozen=True, slots=True)
class Lookup:
    """`lookup(table, key, …)` or `lookup(table.column, key, …)`. A key that is not there is not computable."""

    table: str
    column: str
    keys: tuple[Node, ...]
    type: Type


@dataclass(frozen=True, slots=True)
class Bands:
    """Conditions in order, then `otherwise`. The first condition that is not FALSE decides."""

    bands: tuple[tuple[Node, Node], ...]
    otherwise: Node
    type: Type


Node = (
    Literal | Name | Not | And | Or | Compare | In | Negative | Arithmetic | Call | Summary | Lookup | Bands
)


@dataclass(frozen=True, slots=True)
class Expression:
    """A checked expression with where it stands: `place` as in `derive.age`, `line` in the file, the source text."""

    place: str
    line: int
    text: str
    node: Node

    @property
    def type(self) -> Type:
        """The type of the whole."""
        return self.node.type
