"""The signs of an expression, read one by one before sqlglot sees any of them.

sqlglot is generous: it swallows comments, turns `!=` into `<>`, reads `income 12` as an alias and drops a last
comma. So the text is first cut into the few kinds of tokens an expression may hold, and everything else is a problem
with its own message. What goes on to sqlglot is written anew from these tokens, each name with a prefix, so that no
name of a field or a word can be a keyword of any SQL.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from almoner.values.language import _

LENGTH_LIMIT = 2_000
"""Characters in one expression."""

NESTING_LIMIT = 16
"""How deep brackets and prefixes may stand in one another."""

RESERVED = frozenset(
    [
        "and",
        "or",
        "not",
        "between",
        "in",
        "true",
        "false",
        "null",
        "is",
        "case",
        "cast",
        "coalesce",
        "like",
        "ilike",
        "select",
        "exists",
        "as",
        "otherwise",
    ]
)
"""Words that no field, parameter or derived name can have."""

KEYWORDS = frozenset({"AND", "OR", "NOT", "BETWEEN", "IN", "TRUE", "FALSE"})

NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")

NAME_PREFIX = "n_"
WORD_PREFIX = "w_"


class Kind(StrEnum):
    """What a token is."""

    NAME = "name"
    WORD = "word"  # a name with a bracket behind it
    NUMBER = "number"
    STRING = "string"
    KEYWORD = "keyword"
    SIGN = "sign"


@dataclass(frozen=True, slots=True)
class Token:
    """One token; `text` of a string is what stands between its quotes, of a keyword its capitals."""

    kind: Kind
    text: str


class ExpressionProblem(Exception):
    """Why an expression cannot be read: a sentence part that follows the name of what holds it."""


_TOKEN = re.compile(
    r"""(?P<space>[ \n\t]+)
      | (?P<exponent>\d+(?:\.\d+)?[eE][+-]?\d+)
      | (?P<number>\d+(?:\.\d+)?(?![\w.]))
      | (?P<string>'(?:[^']|'')*')
      | (?P<comment>--|/\*|\#|//)
      | (?P<cast>::)
      | (?P<join>\|\|)
      | (?P<equal>==)
      | (?P<unequal>!=|!)
      | (?P<sign><>|<=|>=|[=<>+\-*/(),.])
      | (?P<name>[^\W\d]\w*)
    """,
    re.VERBOSE,
)


def read(text: str) -> list[Token]:
    """The tokens of an expression.

    Raises:
        ExpressionProblem: the text holds something that no expression may.
    """
    if len(text) > LENGTH_LIMIT:
        message = _("is longer than {limit} characters; give parts of it a name in 'derive'")
        raise ExpressionProblem(message.format(limit=LENGTH_LIMIT))
    if not text.strip():
        raise ExpressionProblem(_("is an empty expression"))
    tokens = cut(text)
    for token in tokens:
        if token.kind in {Kind.NAME, Kind.WORD}:
            _check_name(token.text)
    _check_neighbours(tokens)
    return tokens


def cut(text: str) -> list[Token]:
    """The tokens of a text, before their names and their neighbours are looked at.

    Raises:
        ExpressionProblem: the text holds a sign that no expression may.
    """
    tokens: list[Token] = []
    place = 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise ExpressionProblem(_strange(text, place))
        place = match.end()
        kind = str(match.lastgroup)
        if kind != "space":
            tokens.append(_token(kind, match.group()))
    return [_called(tokens, place) for place in range(len(tokens))]


def _token(kind: str, text: str) -> Token:
    if kind == "number":
        return Token(Kind.NUMBER, text)
    if kind == "string":
        return Token(Kind.STRING, text[1:-1].replace("''", "'"))
    if kind == "sign":
        return Token(Kind.SIGN, text)
    if kind == "name":
        upper = text.upper()
        return Token(Kind.KEYWORD, upper) if upper in KEYWORDS else Token(Kind.NAME, text)
    raise ExpressionProblem(_refusal(kind, text))


def _refusal(kind: str, text: str) -> str:
    if kind == "exponent":
        return _("writes a number with an exponent ({text}); write its digits").format(text=text)
    if kind == "comment":
        return _("holds a comment ({text}); write it behind the line, as a comment of the file").format(
            text=text
        )
    if kind == "cast":
        return _("holds a cast (::); the field or parameter says the type")
    if kind == "join":
        return _("joins texts (||); an expression cannot")
    if kind == "equal":
        return _("writes ==; write =")
    return _("writes {text}; write <> for 'not equal' and NOT for 'not'").format(text=text)


_HIDES = frozenset(
    ["NULL", "IS", "COALESCE", "IFNULL", "ISNULL", "NVL", "NULLIF", "CASE", "IIF", "LEAST", "GREATEST"]
)
_CASTS = frozenset(["CAST", "TRY_CAST", "CONVERT"])
_PATTERNS = frozenset(["LIKE", "ILIKE", "SIMILAR", "GLOB", "RLIKE", "REGEXP"])
_TABLES = frozenset(["SELECT", "WITH", "FROM", "WHERE", "EXISTS", "OVER", "UNION", "JOIN", "GROUP", "ORDER"])
_BRANCHES = frozenset(["WHEN", "THEN", "ELSE", "END", "IF"])


def _check_name(text: str) -> None:
    upper = text.upper()
    # A field may be called `order` or `end`; SQL's own words are known by their capitals, the reserved ones always.
    if text == upper or text.lower() in RESERVED:
        _refuse_sql(upper)
    if NAME.fullmatch(text) is None:
        message = _(
            "uses '{name}', which is no name: small letters a-z, digits and _, a letter first, 40 at most"
        )
        raise ExpressionProblem(message.format(name=text[:60]))


def _refuse_sql(word: str) -> None:
    if word in _HIDES:
        raise ExpressionProblem(_("uses {word}, which hides an unknown; rules may not").format(word=word))
    if word in _CASTS:
        raise ExpressionProblem(
            _("holds a cast ({word}); the field or parameter says the type").format(word=word)
        )
    if word in _PATTERNS:
        message = _("uses {word}; write starts_with(name, 'text'), or compare with = and IN")
        raise ExpressionProblem(message.format(word=word))
    if word in _TABLES:
        message = _("uses {word}; an expression reads names and words, never a table")
        raise ExpressionProblem(message.format(word=word))
    if word in _BRANCHES:
        message = _("uses {word}; write bands: conditions as keys, in order, then 'otherwise'")
        raise ExpressionProblem(message.format(word=word))
    if word == "AS":
        raise ExpressionProblem(_("gives a name with AS; names are given in 'derive'"))


def _strange(text: str, place: int) -> str:
    sign = text[place]
    if sign == '"':
        return _("quotes a name with \"; a name stands without quotes, a text in single ones: 'rural'")
    if sign == "'":
        return _("opens a text with ' and does not close it")
    if sign == ";":
        return _("holds a second statement (;); one expression is one value")
    if sign in "[]{}`":
        return _("uses {sign}; only round brackets stand in an expression").format(sign=sign)
    if sign == "%":
        return _("uses %; write a share as a number, 0.30")
    if sign.isdecimal():
        number = re.match(r"[\w.]+", text[place:])
        shown = number.group()[:60] if number else sign
        return _("writes '{text}', which is neither a number nor a name").format(text=shown)
    return _("uses {sign}, which no expression holds").format(sign=sign)


def _called(tokens: list[Token], place: int) -> Token:
    token = tokens[place]
    following = tokens[place + 1] if place + 1 < len(tokens) else None
    if token.kind is Kind.NAME and following == Token(Kind.SIGN, "("):
        return Token(Kind.WORD, token.text)
    return token


_VALUE_ENDS = frozenset({Kind.NAME, Kind.NUMBER, Kind.STRING})


def _check_neighbours(tokens: list[Token]) -> None:
    depth = prefixes = 0
    for place, token in enumerate(tokens):
        before = tokens[place - 1] if place else Token(Kind.SIGN, "(")
        _check_pair(before, token)
        if token.kind is Kind.SIGN and token.text in "()":
            depth += 1 if token.text == "(" else -1
        prefixes = (
            prefixes + 1 if token.text in {"NOT", "-"} and token.kind in {Kind.KEYWORD, Kind.SIGN} else 0
        )
        if depth < 0:
            raise ExpressionProblem(_("closes a bracket that it did not open"))
        if depth + prefixes > NESTING_LIMIT:
            raise ExpressionProblem(_("is nested too deeply; give parts of it a name in 'derive'"))
    if depth:
        raise ExpressionProblem(_("opens a bracket that it does not close"))


def _check_pair(before: Token, token: Token) -> None:
    """What stands side by side: sqlglot would read two values as an alias, and drop a last comma."""
    starts_value = token.kind in _VALUE_ENDS or token.kind is Kind.WORD or token.text in {"TRUE", "FALSE"}
    ends_value = before.kind in _VALUE_ENDS or (
        before.text in {"TRUE", "FALSE", ")"} and before.kind is not Kind.WORD
    )
    if ends_value and starts_value:
        message = _("has '{left} {right}' side by side; put an operator, AND or OR between them")
        raise ExpressionProblem(message.format(left=before.text, right=token.text))
    opening = token == Token(Kind.SIGN, "(")
    if opening and ends_value:
        raise ExpressionProblem(_("has a bracket behind a value; put an operator between them"))
    comma = Token(Kind.SIGN, ",")
    if (token == comma or token == Token(Kind.SIGN, ")")) and before == comma:
        raise ExpressionProblem(_("has a comma with nothing behind it"))
    if token == comma and before == Token(Kind.SIGN, "("):
        raise ExpressionProblem(_("has a comma with nothing before it"))
    dot = Token(Kind.SIGN, ".")
    if token == dot and before.kind is not Kind.NAME:
        raise ExpressionProblem(_("has a point without a name before it; a number begins with a digit: 0.5"))
    if before == dot and token.kind is not Kind.NAME:
        raise ExpressionProblem(_("has a point without a name behind it"))


def for_sqlglot(tokens: list[Token]) -> str:
    """The tokens as text for sqlglot: names and words prefixed, texts quoted anew."""
    return " ".join(_written(token) for token in tokens)


def _written(token: Token) -> str:
    if token.kind is Kind.NAME:
        return NAME_PREFIX + token.text
    if token.kind is Kind.WORD:
        return WORD_PREFIX + token.text
    if token.kind is Kind.STRING:
        return "'" + token.text.replace("'", "''") + "'"
    return token.text
