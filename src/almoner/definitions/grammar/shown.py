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
    WHOLE,
    Either,
    Key,
    Shape,
    one_of,
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
        Key("sum", RAW, "Sums an expression."),
        Key("median", RAW, "The median of an expression."),
        Key(
            "spread",
            one_of("quartiles"),
            "What stands beside a median: between which values the middle half lies.",
        ),
        Key("share", RAW, "The share for which a condition holds, with yes, no, unknown and lost."),
        Key(
            "change",
            RAW,
            "The change of an expression from the first to the last follow-up of each; of others *not yet*.",
        ),
        Key(
            "cascade",
            NAMES,
            "Each step's share of the one before: a record, then its truths, records about it and their follow-ups'.",
        ),
        Key("survival", RAW, "How long a condition goes on holding.", later=True),
        Key("from", TEXT, "applications, awards, a record, a follow-up, or `deliveries of NAME`."),
        Key("target", FIGURE, "The figure that is aimed at."),
        Key("unit", TEXT, "The unit of the figure."),
        Key("against", NAME, "The comparison beside which a change stands: a difference, never an effect."),
        Key(
            "deflate",
            NAME,
            "The price index of a change in money: a table without keys, whose `from` is the first day of a month. "
            "The amounts stand in the prices of the period's last month. Of others *not yet*.",
        ),
        Key("at", RAW, "The points in time.", later=True),
        Key("censored", one_of("lost"), "What ends the watch without an answer.", later=True),
        Key("share_with", NAME, "The share with at least this change.", later=True),
        Key("reported_and_verified", FLAG, "Print both side by side.", later=True),
    ),
)

ASSUMPTION = Either(
    text="number, or low, central and high",
    mapping=Shape(
        name="assumption",
        keys=(
            Key("low", FIGURE, "The low figure.", obligatory=True),
            Key("central", FIGURE, "The central figure.", obligatory=True),
            Key("high", FIGURE, "The high figure.", obligatory=True),
        ),
    ),
    other=FIGURE,
)

PROXY = Shape(
    name="proxy",
    keys=(
        Key("value", FIGURE, "One figure, where there is no range."),
        Key("low", FIGURE, "The low figure."),
        Key("central", FIGURE, "The central figure."),
        Key("high", FIGURE, "The high figure."),
        Key("price_year", POSITIVE, "The year of its prices.", obligatory=True),
        Key("source", TEXT, "The page it comes from.", obligatory=True),
    ),
)

VALUATION = Shape(
    name="outcome value",
    keys=(
        Key("proxy", PROXY, "What one outcome is worth.", obligatory=True),
        Key("deadweight", ASSUMPTION, "The share that would have happened anyway.", obligatory=True),
        Key("attribution", ASSUMPTION, "The share that others brought about.", obligatory=True),
        Key("displacement", ASSUMPTION, "The share that is lost elsewhere.", obligatory=True),
        Key("drop_off", ASSUMPTION, "How much less it is each year.", obligatory=True),
        Key("duration", SPAN, "How long it lasts.", obligatory=True),
        Key("discount_rate", FIGURE, "The yearly discount.", obligatory=True),
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
