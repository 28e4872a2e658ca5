"""The grammar for editors (JSON Schema, draft 2020-12) and as a reference page, both made from `grammar/`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import singledispatch
from typing import Any

from almoner.definitions.grammar import SECTIONS, VERSION, asked, given, kinds, shown
from almoner.definitions.instruments import every_instrument
from almoner.definitions.names import GIVEN, GIVEN_LATER
from almoner.definitions.programme import Instrument
from almoner.definitions.sections.examples import SCREENING_WORDS, STEP_WORDS
from almoner.definitions.spans import ANCHORS, UNITS
from almoner.definitions.tokens import RESERVED
from almoner.definitions.words import LOOKUP, OVERLAPS, SUMMARIES, USAGES, WORDS
from almoner.values import numbers

DRAFT = "https://json-schema.org/draft/2020-12/schema"
NAMES = {"pattern": "^[a-z][a-z0-9_]{0,39}$"}
VALUE = {"type": ["string", "number", "boolean"]}
"""What YAML editors see in one scalar: the file's text stays text, but an editor reads `0.5` as a number."""


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a definition's file. It knows keys and kinds; what names mean, `almoner check` knows."""
    return {
        "$schema": DRAFT,
        "$id": "urn:almoner:grammar:1",
        "title": f"An Almoner programme, grammar {VERSION}",
        "type": "object",
        "properties": {section.name: _described(section.kind, section.meaning) for section in SECTIONS},
        "required": [section.name for section in SECTIONS if section.obligatory == "always"],
        "additionalProperties": False,
        "if": {"properties": {"serves": {"not": {"const": "public"}}}},
        "then": {"required": [section.name for section in SECTIONS if section.obligatory]},
        "$defs": {
            "field": _shape(asked.FIELD),
            "expression": {"anyOf": [VALUE, {"$ref": "#/$defs/bands"}]},
            "bands": {
                "type": "object",
                "required": ["otherwise"],
                "minProperties": 2,
                "additionalProperties": {"$ref": "#/$defs/expression"},
            },
            "value": VALUE,
        },
    }


def json_schema_text() -> str:
    """The JSON Schema as a file's text."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


def _described(kind: kinds.Kind, meaning: str) -> dict[str, Any]:
    return {"description": meaning, **of_kind(kind)}


@singledispatch
def of_kind(_kind: kinds.Kind) -> dict[str, Any]:
    """The schema of a kind; any value where the grammar leaves it to the section's reader."""
    return {}


@of_kind.register
def _(_kind: kinds.Flag) -> dict[str, Any]:
    return {"type": "boolean"}


@of_kind.register
def _(kind: kinds.Whole) -> dict[str, Any]:
    return {"type": "integer", "minimum": kind.least}


@of_kind.register
def _(_kind: kinds.Number) -> dict[str, Any]:
    return {"type": "number"}


@of_kind.register
def _(kind: kinds.OneOf) -> dict[str, Any]:
    if kind.options == (VERSION,):
        return {"const": int(VERSION)}
    return {"enum": list(kind.options)}


@of_kind.register(kinds.Text)
@of_kind.register(kinds.Name)
def _(_kind: kinds.Kind) -> dict[str, Any]:
    return {"$ref": "#/$defs/value"}


@of_kind.register(kinds.Span)
def _(_kind: kinds.Kind) -> dict[str, Any]:
    units = "|".join(unit.removesuffix("s") for unit in UNITS)
    return {"type": "string", "pattern": f"^[0-9]{{1,6}} ({units})s?$"}


@of_kind.register(kinds.DueKind)
def _(_kind: kinds.Kind) -> dict[str, Any]:
    return {"type": "string", "pattern": "^(on award|.*(after|before) .+)$"}


@of_kind.register
def _(_kind: kinds.Expr) -> dict[str, Any]:
    return {"$ref": "#/$defs/expression"}


@of_kind.register
def _(kind: kinds.ListOf) -> dict[str, Any]:
    listed = {"type": "array", "items": of_kind(kind.of), "minItems": 1}
    return {"anyOf": [listed, of_kind(kind.of)]} if kind.or_one else listed


@of_kind.register
def _(kind: kinds.Each) -> dict[str, Any]:
    return {
        "type": "object",
        "minProperties": 1,
        "propertyNames": {"pattern": "^[a-z][a-z0-9_]{0,79}$"},
        "additionalProperties": of_kind(kind.of),
    }


@of_kind.register
def _(_kind: kinds.Form) -> dict[str, Any]:
    return {
        "type": "object",
        "minProperties": 1,
        "propertyNames": NAMES,
        "additionalProperties": {"$ref": "#/$defs/field"},
    }


@of_kind.register
def _(kind: kinds.Either) -> dict[str, Any]:
    return {"anyOf": [of_kind(kind.mapping), of_kind(kind.other)]}


@of_kind.register
def _(kind: kinds.Shape) -> dict[str, Any]:
    return _shape(kind)


def _shape(shape: kinds.Shape) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {key.name: _described(key.kind, key.meaning) for key in shape.keys},
        "required": [key.name for key in shape.keys if key.obligatory],
        "additionalProperties": False,
    }


_TABLES: tuple[tuple[str, kinds.Shape], ...] = (
    ("parameters", asked.PARAMETER),
    ("lookups", asked.LOOKUP),
    ("consent", asked.CONSENT),
    ("participants", asked.PARTICIPANT),
    ("sessions", asked.SESSION),
    ("sessions.before", asked.BEFORE_FIELD),
    ("form", asked.FIELD),
    ("eligibility", asked.RULE),
    ("review", asked.REVIEW),
    ("decision", asked.DECISION),
    ("decision: information", asked.INFORMATION),
    ("decision: cut", asked.CUT),
    ("decision: notice", asked.NOTICE),
    ("decision: urgent", asked.URGENT),
    ("benefits", given.BENEFIT),
    ("benefits: instalments", given.INSTALMENT),
    ("benefits: instalments as a rhythm", given.RHYTHM),
    ("benefits: each_delivery", given.EACH_DELIVERY),
    ("benefits: cycle", given.CYCLE),
    ("records", given.RECORD),
    ("records and follow_ups: raises", given.RAISE),
    ("follow_ups", given.FOLLOW_UP),
    ("standing", given.STANDING),
    ("renewal", given.RENEWAL),
    ("exit: a rule by its name", given.EXIT_RULE),
    ("exit: wind_down", given.WIND_DOWN),
    ("comparison", given.COMPARISON),
    ("contributions", shown.CONTRIBUTION),
    ("indicators", shown.INDICATOR),
    ("valuation", shown.VALUATION),
    ("valuation: proxy", shown.PROXY),
    ("valuation: another assumption", shown.ASSUMED),
    ("publish", shown.PUBLISH),
    ("examples", shown.EXAMPLE),
)
"""Every shape that has a table of its own on the page."""

_TOP = """\
# The grammar of a programme's file

Grammar {version}. This page is made from the tables that the reader itself uses (`almoner.definitions.grammar`); a
test refuses it when it is out of date.

A programme is one YAML file. Its name without `.yaml` is the programme's key. Everything is a mapping keyed by its
name; a name is small letters, digits and `_`, a letter first, 40 characters at most. Every value is text until its
place gives it a type. Duplicate keys, unknown keys, aliases, tags and merge keys are problems, and so is a comma
that cuts an expression in two inside `{{ }}`: quote it, or give it a line of its own. Plain `null` is unanswered.

*Not yet* means: read and checked, and `almoner check` gives a notice; the step that would act on it refuses.

## Sections, in this order
"""

_EXPRESSIONS = """\
## Expressions

SQL over names, three-valued and typed. An unanswered field is unknown, and so is what depends on it.

- Names, whole and decimal numbers, texts in single quotes, `TRUE`, `FALSE`, brackets; `AND OR NOT`,
  `= <> < <= > >=`, `BETWEEN`, `IN` with a list of literals, `+ - * /`, the minus sign, and calls of the words
  below. Nothing else.
- `money ± money`, `money * number`, `money / number` are money; `money / money` and `integer / integer` are
  numbers; integer and number mix. A literal beside `*` and `/` is a number; elsewhere it takes its neighbour's type,
  a quoted `'2026-09-01'` a date's.
- Choice: `= <> IN` with its own values. Text, code, file, party and lot: `= <> IN`. Only numbers, money and dates
  have an order.
- Bands stand wherever a value may: conditions as keys, in order, then an obligatory `otherwise`, last.
- Names that no field can have: {reserved}.

Known everywhere: {given}. Known to schedules, deliveries, standing, renewal and exit too: {later}, and records,
follow-ups and deliveries (by their benefit's name) as rows. A delivery's rows have `delivered_on`, `amount`,
`quantity` and `cost`.

### Words
"""


_INSTRUMENTS = """\
A follow-up names one: `instrument: WHO-5`. Its questions are choices among their points, and a missing one makes the
score unknown. One without a score is a place for licensed questions, which stand in `form`."""


def _instrument_rows() -> Iterator[tuple[str, ...]]:
    """Every instrument that comes with Almoner."""
    for one in every_instrument():
        score = f"`{one.score}`" if one.score else ""
        yield f"{one.name}: {one.title}", score, _change_that_matters(one), one.licence


def _change_that_matters(one: Instrument) -> str:
    if one.points is not None:
        return f"{numbers.text_of(one.points)} points"
    if one.of_baseline is not None:
        return f"{numbers.text_of(one.of_baseline * 100)} % of the score before"
    return ""


_SPANS = """\
## Days and durations

A duration is a number and a unit: {units}. A due day is `on award`, or a duration `after` or `before` one of:
{anchors}, a date in a record, a calendar. `before first delivery` needs no duration.

## What an example may expect

Of the screening: {screening}, and the names of rules, derived values, criteria and benefits. Of a step: {steps}, and
the names of indicators, follow-ups, standings, instalments, benefits and what a delivery derives or deducts.
"""


def grammar_reference() -> str:
    """The reference page of the grammar, as Markdown."""
    words = _word_rows()
    parts = [
        _TOP.format(version=VERSION),
        *_table(("section", "holds", "must", "meaning"), _section_rows()),
        "",
        _EXPRESSIONS.format(
            reserved=_listed(sorted(RESERVED)), given=_listed(GIVEN), later=_listed(GIVEN_LATER)
        ),
        *_table(("word", "meaning"), words),
        "",
        _SPANS.format(
            units=", ".join(UNITS),
            anchors=", ".join(ANCHORS),
            screening=_listed(SCREENING_WORDS),
            steps=_listed(STEP_WORDS),
        ),
        "## Instruments",
        "",
        _INSTRUMENTS,
        "",
        *_table(("instrument", "score", "change that matters", "licence"), _instrument_rows()),
        "",
        "## Keys",
    ]
    for title, shape in _TABLES:
        parts += ["", f"### {title}", "", *_table(("key", "holds", "must", "meaning"), _key_rows(shape))]
    return "\n".join(parts) + "\n"


def _listed(names: Any) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _section_rows() -> Iterator[tuple[str, ...]]:
    for section in SECTIONS:
        later = " *Not yet.*" if section.later else ""
        yield f"`{section.name}`", _holds(section.kind), section.obligatory, section.meaning + later


def _key_rows(shape: kinds.Shape) -> Iterator[tuple[str, ...]]:
    for key in shape.keys:
        later = " *Not yet.*" if key.later else ""
        yield f"`{key.name}`", _holds(key.kind), "yes" if key.obligatory else "", key.meaning + later


def _holds(kind: kinds.Kind) -> str:
    if isinstance(kind, kinds.OneOf):
        return ", ".join(f"`{option}`" for option in kind.options)
    if isinstance(kind, kinds.Each):
        return "by name: " + _holds(kind.of)
    if isinstance(kind, kinds.ListOf) and type(kind.of) is not kinds.Kind:
        return kind.text if kind.text != "list" else f"list of {_holds(kind.of)}"
    return kind.text


def _word_rows() -> Iterator[tuple[str, ...]]:
    meanings = {name: word.meaning for name, word in WORDS.items()}
    meanings.update({name: word.meaning for name, word in SUMMARIES.items()})
    meanings[LOOKUP] = (
        "The value in the table; a key that is not there is not computable. Keys match exactly."
    )
    meanings[OVERLAPS] = (
        "Whether the delivery overlaps in time with another of the programme that names the same one: in "
        "`each_delivery`, where it says when it `begins` and how long it `lasts`."
    )
    for name, usage in USAGES.items():
        yield f"`{usage}`", meanings[name]


def _table(head: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> Iterator[str]:
    yield "| " + " | ".join(head) + " |"
    yield "|" + " --- |" * len(head)
    for row in rows:
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |"
