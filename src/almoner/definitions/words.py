"""The words an expression may call, with what each takes and gives. There are no others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from almoner.definitions.tree import NUMERIC, Type

ORDERED = NUMERIC | {Type.DATE}


@dataclass(frozen=True, slots=True)
class Word:
    """A word with ordinary arguments. `arguments` are their types; `result` is its own.

    Where `arguments` is empty the word takes two values of one ordered type and gives that type.
    """

    name: str
    arguments: tuple[Type, ...]
    result: Type | None
    usage: str
    meaning: str


@dataclass(frozen=True, slots=True)
class SummaryWord:
    """A word over rows. Its first argument is always the rows.

    `value` says whether a value follows, `condition` whether a condition may ('' no, 'may', 'must').
    `dated` rows have a day on which each happened; only those have a first and a last.
    """

    name: str
    value: bool
    condition: str
    usage: str
    meaning: str
    dated: bool = False


WORDS: Mapping[str, Word] = {
    word.name: word
    for word in (
        Word("smaller_of", (), None, "smaller_of(a, b)", "The smaller; unknown where one is."),
        Word("larger_of", (), None, "larger_of(a, b)", "The larger; unknown where one is."),
        Word(
            "years_between",
            (Type.DATE, Type.DATE),
            Type.INTEGER,
            "years_between(from, to)",
            "Whole years, the day clamped to the month's end; negative backwards.",
        ),
        Word(
            "months_between",
            (Type.DATE, Type.DATE),
            Type.INTEGER,
            "months_between(from, to)",
            "Whole months, the day clamped to the month's end; negative backwards.",
        ),
        Word(
            "days_between",
            (Type.DATE, Type.DATE),
            Type.INTEGER,
            "days_between(from, to)",
            "Days from one to the other.",
        ),
        Word(
            "add_days",
            (Type.DATE, Type.INTEGER),
            Type.DATE,
            "add_days(date, days)",
            "The date so many days later.",
        ),
        Word(
            "add_months",
            (Type.DATE, Type.INTEGER),
            Type.DATE,
            "add_months(date, months)",
            "The date so many months later, the day clamped to the month's end.",
        ),
        Word(
            "start_of_year", (Type.DATE,), Type.DATE, "start_of_year(date)", "1 January of the date's year."
        ),
        Word(
            "starts_with",
            (Type.TEXT, Type.TEXT),
            Type.BOOLEAN,
            "starts_with(text, 'beginning')",
            "Whether a text or code begins so; case matters.",
        ),
    )
}

SUMMARIES: Mapping[str, SummaryWord] = {
    word.name: word
    for word in (
        SummaryWord(
            "count_of",
            value=False,
            condition="must",
            usage="count_of(rows, condition)",
            meaning="How many rows fulfil the condition; all of them: count_of(rows, TRUE). Has a lowest and a highest "
            "possible value; a comparison is decided as soon as both agree.",
        ),
        SummaryWord(
            "any_of",
            value=False,
            condition="must",
            usage="any_of(rows, condition)",
            meaning="Whether a row fulfils it; none: FALSE.",
        ),
        SummaryWord(
            "all_of",
            value=False,
            condition="must",
            usage="all_of(rows, condition)",
            meaning="Whether every row fulfils it; none: TRUE.",
        ),
        SummaryWord(
            "sum_of",
            value=True,
            condition="may",
            usage="sum_of(rows, value[, condition])",
            meaning="The sum; none: 0; unknown where a row that matters is.",
        ),
        SummaryWord(
            "largest_of",
            value=True,
            condition="may",
            usage="largest_of(rows, value[, condition])",
            meaning="The largest value; of none not computable.",
        ),
        SummaryWord(
            "smallest_of",
            value=True,
            condition="may",
            usage="smallest_of(rows, value[, condition])",
            meaning="The smallest value; of none not computable.",
        ),
        SummaryWord(
            "first",
            value=True,
            condition="",
            dated=True,
            usage="first(record, value)",
            meaning="The value in the first row by the day it happened; unknown where none is reported.",
        ),
        SummaryWord(
            "last",
            value=True,
            condition="",
            dated=True,
            usage="last(record, value)",
            meaning="The value in the last row; unknown while a later one is due.",
        ),
        SummaryWord(
            "change",
            value=True,
            condition="",
            dated=True,
            usage="change(record, value)",
            meaning="The last value less the first.",
        ),
    )
}

LOOKUP = "lookup"
OVERLAPS = "overlaps"

USAGES: Mapping[str, str] = {
    **{name: word.usage for name, word in WORDS.items()},
    **{name: word.usage for name, word in SUMMARIES.items()},
    LOOKUP: "lookup(table, key, …) or lookup(table.value, key, …)",
    OVERLAPS: "overlaps(who)",
}
"""How each word is written; its keys are all the words there are."""
