"""What a key may hold."""

from __future__ import annotations

from dataclasses import dataclass

from almoner.definitions.typed import AMOUNT, CONDITION, NUMBER, Want


@dataclass(frozen=True, slots=True)
class Kind:
    """The least that every kind is; `text` is how the reference page calls it."""

    text: str = ""


@dataclass(frozen=True, slots=True)
class Text(Kind):
    """A sentence or a few words; `null` too where `may_be_null`."""

    text: str = "text"


@dataclass(frozen=True, slots=True)
class Name(Kind):
    """A name, or a short text from a list that the file itself makes."""

    text: str = "name"


@dataclass(frozen=True, slots=True)
class Flag(Kind):
    """true or false."""

    text: str = "true or false"


@dataclass(frozen=True, slots=True)
class Whole(Kind):
    """A whole number, at least `least`."""

    text: str = "whole number"
    least: int = 0


@dataclass(frozen=True, slots=True)
class Number(Kind):
    """A number, held in micros."""

    text: str = "number"


@dataclass(frozen=True, slots=True)
class Span(Kind):
    """A stretch of time: `20 working days`."""

    text: str = "duration"


@dataclass(frozen=True, slots=True)
class DueKind(Kind):
    """When something falls due: `on award`, `150 days after award`, `before first delivery`."""

    text: str = "due"


@dataclass(frozen=True, slots=True)
class OneOf(Kind):
    """One of these words."""

    text: str = "one of"
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Expr(Kind):
    """An expression, or bands. `place` tells whether the key's name is part of its place."""

    text: str = "expression"
    want: Want | None = None
    named: bool = True


@dataclass(frozen=True, slots=True)
class ListOf(Kind):
    """A list; one value alone is a list of one where `or_one`."""

    text: str = "list"
    of: Kind = Kind()
    or_one: bool = False


@dataclass(frozen=True, slots=True)
class Each(Kind):
    """A mapping by name, each of the same kind."""

    text: str = "mapping"
    of: Kind = Kind()


@dataclass(frozen=True, slots=True)
class Form(Kind):
    """A mapping of fields by name."""

    text: str = "fields"


@dataclass(frozen=True, slots=True)
class Raw(Kind):
    """What the section's own reader takes apart; plain text, lists and mappings to everybody else."""

    text: str = "see the text"


@dataclass(frozen=True, slots=True)
class Either(Kind):
    """A mapping of the one shape, or a value of the other kind."""

    text: str = "either"
    mapping: Kind = Kind()
    other: Kind = Kind()


@dataclass(frozen=True, slots=True)
class Key:
    """A key of a shape.

    `later` says that it is read and checked, and that nothing carries it out yet. `deferred` leaves its node as it is:
    the section reads it when the names it may use are known.
    """

    name: str
    kind: Kind
    meaning: str
    obligatory: bool = False
    later: bool = False
    deferred: bool = False


@dataclass(frozen=True, slots=True)
class Shape(Kind):
    """A mapping with these keys and no others."""

    text: str = "mapping"
    name: str = ""
    keys: tuple[Key, ...] = ()

    def find(self, name: str) -> Key | None:
        """The key of that name."""
        return next((key for key in self.keys if key.name == name), None)


TEXT = Text()
NAME = Name()
FLAG = Flag()
WHOLE = Whole()
POSITIVE = Whole(least=1)
FIGURE = Number()
SPAN = Span()
DUE = DueKind()
FORM = Form()
RAW = Raw()
TRUTH = Expr(text="condition", want=CONDITION)
MONEY = Expr(text="amount", want=AMOUNT)
QUANTITY = Expr(text="quantity", want=NUMBER)
ANY_VALUE = Expr(text="expression")
TEXTS = ListOf(of=TEXT)
NAMES = ListOf(text="list of names", of=NAME)
SPANS = ListOf(text="list of durations", of=SPAN)
DUES = ListOf(text="due, or a list of them", of=DUE, or_one=True)
NAME_OR_NAMES = ListOf(text="name, or a list of names", of=NAME, or_one=True)


def one_of(*options: str) -> OneOf:
    """One of these words."""
    return OneOf(options=options)
