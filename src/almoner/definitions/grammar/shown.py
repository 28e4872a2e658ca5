"""Shapes of what is counted, valued, published and proved: contributions, indicators, valuation, publish, examples."""

from __future__ import annotations

from almoner.definitions.grammar.kinds import (
    FIGURE,
    FLAG,
    NAME,
    NAMES,
    POSITIVE,
    RAW,
    SPAN,
    TEXT,
    TEXTS,
    WHOLE,
    Either,
    Key,
    Shape,
    one_of,
)

_CODES = Key(
    "codes",
    TEXTS,
    "The requirements of standards that it answers, each with its edition: "
    "`[GRI 203-1 2016, HKEX B8.2 2025, SDG 3.8 2015, IRIS PI4060 5.3]`.",
)

CONTRIBUTION = Shape(
    name="contribution",
    keys=(
        Key(
            "input",
            one_of("cash", "time", "in_kind", "management"),
            "What was put in (B4SI).",
            obligatory=True,
        ),
        Key("motive", one_of("gift", "investment", "commercial"), "Why (B4SI).", obligatory=True),
        Key("from", TEXT, "`deliveries of NAME` or `ledger of …`.", obligatory=True),
        _CODES,
    ),
)

INDICATOR = Shape(
    name="indicator",
    keys=(
        Key(
            "level",
            one_of("process", "output", "outcome", "impact"),
            "Its place in the results chain.",
            obligatory=True,
        ),
        Key("count", NAME, "Counts parties (each once), or the rows of what it names."),
        _CODES,
        Key("sum", RAW, "Sums an expression."),
        Key("median", RAW, "The median of an expression."),
        Key("mean", RAW, "The mean of an expression, each row weighed by `weight`."),
        Key(
            "headcount",
            RAW,
            "The share of those below the `line`, each weighed by `weight` (Foster, Greer and Thorbecke, P0).",
        ),
        Key(
            "poverty_gap",
            RAW,
            "By how much of the `line` money falls short of it, on average over all; who is not below has no gap (P1).",
        ),
        Key("squared_gap", RAW, "The mean of the squares of those shortfalls (P2)."),
        Key("gini", RAW, "The Gini coefficient of money, weighed by `weight`: 0 where all have the same."),
        Key(
            "line",
            RAW,
            "The amount below which somebody is poor, on the day of which the row tells.",
        ),
        Key("weight", RAW, "How much a row counts: the size of the household; 1 where it is not said."),
        Key(
            "spread",
            one_of("quartiles"),
            "What stands beside a median: between which values the middle half lies.",
        ),
        Key("share", RAW, "The share for which a condition holds, with yes, no, unknown and lost."),
        Key(
            "change",
            RAW,
            "The change of an expression, or of the score of the follow-up that it names, from the first to the last "
            "follow-up of each; of others *not yet*.",
        ),
        Key(
            "cascade",
            NAMES,
            "Each step's share of the one before: a record, then its truths, records about it and their follow-ups'.",
        ),
        Key(
            "survival",
            RAW,
            "How long a condition over a record of an award goes on holding, by Kaplan and Meier: `at` says after how "
            "long, `since` from when.",
        ),
        Key(
            "since",
            one_of("award", "exit"),
            "From when survival is watched; from the award where it is not said.",
        ),
        Key(
            "rows",
            one_of("last"),
            "Only the last record of each award that was due in the period: how many there are now, and not how many "
            "were told of again and again.",
        ),
        Key("from", TEXT, "applications, awards, a record, a follow-up, or `deliveries of NAME`."),
        Key(
            "target",
            FIGURE,
            "The figure that is aimed at; of poverty and inequality the figure that is not to be exceeded.",
        ),
        Key("unit", TEXT, "The unit of the figure."),
        Key("against", NAME, "The comparison beside which a change stands: a difference, never an effect."),
        Key(
            "deflate",
            NAME,
            "The price index of a change in money: a table without keys, whose `from` is the first day of a month. "
            "The amounts stand in the prices of the period's last month. Of others *not yet*.",
        ),
        Key(
            "at",
            RAW,
            "Up to which follow-up a change goes: `26 weeks` of its `due`; else the last one. Of survival a list of "
            "times in months or years. Of others *not yet*.",
        ),
        Key(
            "censored",
            one_of("lost"),
            "Of survival: who answers no more is watched up to the last answer, and has neither failed nor survived.",
        ),
        Key(
            "share_with",
            NAME,
            "`minimal_important_change`: the share whose change is at least what matters by the word of the "
            "instrument's authors.",
        ),
        Key(
            "reported_and_verified",
            FLAG,
            "Of a sum, a share or a count of a record that somebody verifies: what was reported stands beside what was "
            "verified, with the share verified. Of others *not yet*.",
        ),
    ),
)

ASSUMED = Shape(
    name="assumption",
    keys=(
        Key("value", FIGURE, "One figure, where there is no range."),
        Key("low", FIGURE, "The low figure."),
        Key("central", FIGURE, "The central figure: the likeliest."),
        Key("high", FIGURE, "The high figure."),
        Key("source", TEXT, "The page it comes from; where there is none, the statement says so."),
    ),
)

ASSUMPTION = Either(
    text="number, or value, or low, central and high; with its source", mapping=ASSUMED, other=FIGURE
)

PROXY = Shape(
    name="proxy",
    keys=(
        Key("value", FIGURE, "One figure, where there is no range."),
        Key("low", FIGURE, "The low figure."),
        Key("central", FIGURE, "The central figure: the likeliest."),
        Key("high", FIGURE, "The high figure."),
        Key("price_year", POSITIVE, "The year of its prices.", obligatory=True),
        Key("source", TEXT, "The page it comes from.", obligatory=True),
    ),
)

VALUATION = Shape(
    name="outcome value",
    keys=(
        Key("proxy", PROXY, "What one outcome is worth in a year, in the file's currency.", obligatory=True),
        Key("deadweight", ASSUMPTION, "The share that would have happened anyway.", obligatory=True),
        Key("attribution", ASSUMPTION, "The share that others brought about.", obligatory=True),
        Key("displacement", ASSUMPTION, "The share that is lost elsewhere.", obligatory=True),
        Key("drop_off", ASSUMPTION, "How much less it is each year.", obligatory=True),
        Key(
            "duration",
            SPAN,
            "How long it lasts, in years, months or weeks (52 a year), up to 100 years.",
            obligatory=True,
        ),
        Key("discount_rate", ASSUMPTION, "The yearly discount.", obligatory=True),
    ),
)

NOT_VALUED = Shape(name="for the group", keys=(Key("none", TEXT, "Why it is not valued.", obligatory=True),))

PUBLISH = Shape(
    name="publish",
    keys=(
        Key("indicators", NAMES, "The indicators that are published.", obligatory=True),
        Key(
            "protects",
            one_of("person", "household", "organisation"),
            "Whom small groups hide.",
            obligatory=True,
        ),
        Key("smallest_group", WHOLE, "The smallest group that is shown.", obligatory=True),
    ),
)

EXAMPLE = Shape(
    name="example",
    keys=(
        Key("given", RAW, "The answers, `as_of`, `like`; `last_instalment` and `advance_left` may be set."),
        Key("expect", RAW, "What must come of it; only what is named is tested."),
        Key("then", RAW, "Steps after it, each with its day and what it must bring about."),
    ),
)

STEP_KEYS = ("on", "step", "verified", "for", "expect")
"""The keys of a step beside the name of a record, a follow-up or a benefit."""
