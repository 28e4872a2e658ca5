"""The expression language, read a second time: a tokenizer and a precedence parser.

Written from the design page alone. It shares nothing with `almoner.definitions`; a valid expression is all it
promises to read, and what it does not know it refuses.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

MICRO = 1_000_000
TOKEN = re.compile(
    r"""\s*(?:(?P<number>\d+(?:\.\d+)?)
         |(?P<string>'(?:[^']|'')*')
         |(?P<word>[A-Za-z][A-Za-z0-9_]*)
         |(?P<sign><=|>=|<>|[-+*/=<>(),.]))""",
    re.VERBOSE,
)
KEYWORDS = frozenset({"AND", "OR", "NOT", "BETWEEN", "IN", "TRUE", "FALSE"})
TRUTHS = {"TRUE": True, "FALSE": False}
COMPARISONS = ("=", "<>", "<", "<=", ">", ">=")


@dataclass(frozen=True, eq=False)
class Literal:
    value: bool | int | str  # a number is a count of millionths


@dataclass(frozen=True, eq=False)
class Name:
    name: str
    column: str = ""  # only as the first argument of lookup(table.column, …)


@dataclass(frozen=True, eq=False)
class Operation:
    sign: str  # NOT AND OR IN NEG = <> < <= > >= + - * /
    operands: tuple[Node, ...]


@dataclass(frozen=True, eq=False)
class Call:
    word: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, eq=False)
class Bands:
    bands: tuple[tuple[Node, Node], ...]
    otherwise: Node


Node = Literal | Name | Operation | Call | Bands


class NotReadable(ValueError):
    pass


def micros_of(text: str) -> int:
    exact = Fraction(text) * MICRO
    if exact.denominator != 1:
        raise NotReadable(text)
    return exact.numerator


def read(definition: str | dict[str, str]) -> Node:
    """An expression, or bands: a mapping of condition to value that ends with `otherwise`."""
    if isinstance(definition, str):
        return Parser(definition).whole()
    conditions = [(read(key), read(value)) for key, value in definition.items() if key != "otherwise"]
    return Bands(tuple(conditions), read(definition["otherwise"]))


class Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[tuple[str, str]] = []
        position = 0
        while text[position:].strip():
            found = TOKEN.match(text, position)
            if not found:
                raise NotReadable(text)
            kind, token = found.lastgroup or "", found.group(found.lastgroup or 0)
            if kind == "word" and token.upper() in KEYWORDS:
                kind, token = "keyword", token.upper()
            self.tokens.append((kind, token))
            position = found.end()
        self.at = 0

    def peek(self, ahead: int = 0) -> tuple[str, str]:
        place = self.at + ahead
        return self.tokens[place] if place < len(self.tokens) else ("end", "")

    def take(self) -> tuple[str, str]:
        token = self.peek()
        self.at += 1
        return token

    def accept(self, *tokens: str) -> str:
        kind, token = self.peek()
        if kind in ("keyword", "sign") and token in tokens:
            self.at += 1
            return token
        return ""

    def expect(self, token: str) -> None:
        if not self.accept(token):
            raise NotReadable(f"{token} expected at {self.peek()} in {self.text}")

    def whole(self) -> Node:
        node = self.disjunction()
        if self.peek()[0] != "end":
            raise NotReadable(f"{self.peek()} is left over in {self.text}")
        return node

    def disjunction(self) -> Node:
        node = self.conjunction()
        while self.accept("OR"):
            node = Operation("OR", (node, self.conjunction()))
        return node

    def conjunction(self) -> Node:
        node = self.negation()
        while self.accept("AND"):
            node = Operation("AND", (node, self.negation()))
        return node

    def negation(self) -> Node:
        if self.accept("NOT"):
            return Operation("NOT", (self.negation(),))
        return self.comparison()

    def comparison(self) -> Node:
        left = self.sum()
        sign = self.accept(*COMPARISONS)
        if sign:
            return Operation(sign, (left, self.sum()))
        denied = self.accept("NOT")
        if self.accept("BETWEEN"):
            low = self.sum()
            self.expect("AND")
            node: Node = Operation("AND", (Operation(">=", (left, low)), Operation("<=", (left, self.sum()))))
        elif self.accept("IN"):
            self.expect("(")
            node = Operation("IN", (left, *self.list_until_closed()))
        elif denied:
            raise NotReadable(self.text)
        else:
            return left
        return Operation("NOT", (node,)) if denied else node

    def sum(self) -> Node:
        node = self.product()
        while sign := self.accept("+", "-"):
            node = Operation(sign, (node, self.product()))
        return node

    def product(self) -> Node:
        node = self.signed()
        while sign := self.accept("*", "/"):
            node = Operation(sign, (node, self.signed()))
        return node

    def signed(self) -> Node:
        if self.accept("-"):
            return Operation("NEG", (self.signed(),))
        return self.primary()

    def primary(self) -> Node:
        if self.accept("("):
            node = self.disjunction()
            self.expect(")")
            return node
        kind, token = self.take()
        if kind == "number":
            return Literal(micros_of(token))
        if kind == "string":
            return Literal(token[1:-1].replace("''", "'"))
        if kind == "keyword" and token in TRUTHS:
            return Literal(TRUTHS[token])
        if kind != "word":
            raise NotReadable(f"{token} in {self.text}")
        if self.accept("("):
            return Call(token, self.list_until_closed())
        if self.accept("."):
            return Name(token, self.take()[1])
        return Name(token)

    def list_until_closed(self) -> tuple[Node, ...]:
        nodes = [self.disjunction()]
        while self.accept(","):
            nodes.append(self.disjunction())
        self.expect(")")
        return tuple(nodes)
