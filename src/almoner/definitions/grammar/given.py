"""Shapes of what is given and reported: benefits, records, follow-ups, standing, renewal, exit."""

from __future__ import annotations

from almoner.definitions.grammar.kinds import (
    DUE,
    DUES,
    FIGURE,
    FLAG,
    FORM,
    MONEY,
    NAME,
    NAME_OR_NAMES,
    NAMES,
    POSITIVE,
    QUANTITY,
    RAW,
    SPAN,
    SPANS,
    TEXT,
    TRUTH,
    Each,
    Key,
    Shape,
    one_of,
)

INSTALMENT = Shape(
    name="instalment",
    keys=(
        Key("share", FIGURE, "Its share of the whole; the shares of a benefit sum to 1."),
        Key("amount", MONEY, "Its amount, where it is no share."),
        Key("due", DUE, "When it falls due.", obligatory=True),
        Key("when", TRUTH, "FALSE: held, with the reason; unknown: held, with what is missing."),
    ),
)

RHYTHM = Shape(
    name="rhythm",
    keys=(
        Key("every", TEXT, "A calendar, or a duration.", obligatory=True),
        Key("for", TEXT, "How many times: `12 cycles`."),
        Key("amount", MONEY, "The amount of each."),
        Key("when", TRUTH, "The condition of each."),
    ),
)

CYCLE = Shape(
    name="cycle",
    keys=(
        Key("bought", QUANTITY, "What the party has bought so far, from verified records.", obligatory=True),
        Key("paid", QUANTITY, "How many are bought for the cycle `cycle_no` to open.", obligatory=True),
        Key("aided", QUANTITY, "How many whole ones are given in the cycle.", obligatory=True),
        Key("issues", QUANTITY, "In how many parts, larger first; one where it is not said."),
        Key(
            "every",
            SPAN,
            "How long an issue falls due after the later of the due date and the hand-over of the one before.",
            obligatory=True,
        ),
        Key("window", SPAN, "How much earlier it may be collected."),
    ),
)

EACH_DELIVERY = Shape(
    name="each_delivery",
    keys=(
        Key("form", FORM, "What is filled in."),
        Key("derive", RAW, "What follows from it."),
        Key("quantity", NAME, "The number of `form` or `derive` that counts toward `up_to` and `caps`."),
        Key("amount", MONEY, "What is paid for it.", deferred=True),
        Key(
            "deduct",
            Each(of=MONEY),
            "What is kept back to repay another benefit; never more than is left of it, nor than the amount.",
            deferred=True,
        ),
        Key(
            "needs",
            RAW,
            "What must be there, else it is held: `slip: present`, `medical_check: not older than 30 days`, "
            "`invoice: unique across programmes` (a record whose number on paper counts once, anywhere).",
        ),
        Key("signed_by", NAMES, "Who signs; the hand-over names the paper that they signed."),
        Key(
            "refuse_when",
            Each(of=TRUTH),
            "What forbids it, by name: TRUE refuses, unknown holds it.",
            deferred=True,
        ),
        Key(
            "while_unknown",
            RAW,
            "What stands in for a derived value while it is unknown; the rest is paid when it is known.",
        ),
        Key("pay", TEXT, "When it is paid: `every friday`; the same day where it is not said."),
        Key("begins", NAME, "The text of `form` that says at what time of day it began: `09:30`."),
        Key("lasts", NAME, "The whole number of `form` that says how many minutes it took."),
    ),
)

BENEFIT_KINDS = ("cash", "in_kind", "service", "purchase", "space", "event")

BENEFIT = Shape(
    name="benefit",
    keys=(
        Key("kind", one_of(*BENEFIT_KINDS), "What kind of help it is.", obligatory=True),
        Key(
            "payee",
            NAME,
            "Who receives it: party, a partner, or the question of `each_delivery` that says whom.",
        ),
        Key("item", TEXT, "What is given."),
        Key("when", TRUTH, "FALSE: none is given; unknown: the case needs information."),
        Key("amount", MONEY, "How much, for cash and purchase, and a service whose deliveries are paid for."),
        Key("quantity", QUANTITY, "How many, for all other kinds."),
        Key("unit", TEXT, "The unit of the quantity."),
        Key("unit_value", FIGURE, "What one unit costs."),
        Key("instalments", RAW, "Its parts by name, or a rhythm: `{every: year}`."),
        Key("schedule", TEXT, "When it is given: `every 28 days for 12 cycles`.", later=True),
        Key(
            "call_off",
            FLAG,
            "Nobody knows the day: the delivery makes its own instalment. Of a purchase, in "
            "kind or a service; others *not yet*.",
        ),
        Key("up_to", QUANTITY, "The most that is called off; what goes over it is cancelled."),
        Key(
            "each_delivery",
            EACH_DELIVERY,
            "What is filled in and follows at each hand-over of what is called off or has a cycle; others *not yet*.",
            deferred=True,
        ),
        Key(
            "caps",
            RAW,
            "Limits, of which what does not fit is cancelled: `{packs: [24, 3 per 84 days], months: 24, people: 500, "
            "date: 2027-12-31, stock: true}`; `amount` is what is paid: `{amount: [1800 per month, 18000 per year]}`. "
            "Of what is called off; others *not yet*.",
        ),
        Key("cycle", CYCLE, "A paid-and-aided scheme, in kind.", deferred=True),
        Key("repaid_from", NAME, "The benefit from whose deliveries (`deduct`) this one is repaid."),
        Key("floor_price", MONEY, "The least that is paid for a unit.", later=True),
        Key("square_metres", QUANTITY, "How much space. Each month is an instalment, due as it begins."),
        Key("months", QUANTITY, "For how long: a whole number."),
        Key("rent", FIGURE, "The rent of a square metre and month, in the file's currency."),
        Key("subsidy", FIGURE, "The share of the rent that is not asked: this is given, the rest is a bill."),
        Key("places", QUANTITY, "How many places.", later=True),
    ),
)

RAISE = Shape(
    name="raise",
    keys=(
        Key("when", TRUTH, "Unknown raises the task too, marked unclear."),
        Key("to", NAME, "The role that must act.", obligatory=True),
        Key(
            "within",
            RAW,
            "By when: a duration, `same session`, or a duration for each value of a choice of the form; while that is "
            "unknown the shortest holds.",
            obligatory=True,
        ),
        Key(
            "sends",
            NAMES,
            "What leaves the office, never a name: questions of the form, or of a benefit's `each_delivery` (the last "
            "one up to the day).",
        ),
        Key("done_by", NAME, "The record that does the task."),
        Key(
            "closed_by",
            TEXT,
            "The role that verifies it, never who did it: `officer`, or `officer with evidence`.",
        ),
        Key("deputy", NAME, "The role that may act in their place."),
        Key("escalation", NAME, "The role that sees the task too once it is late."),
        Key("evidence", NAME, "What must be shown.", later=True),
    ),
)

RECORD = Shape(
    name="record",
    keys=(
        Key(
            "about",
            NAME,
            "What it is about: award, application, session, site, entity, party, a participant, a record.",
            obligatory=True,
        ),
        Key(
            "every",
            TEXT,
            "The calendar whose every period has one (month, quarter and year are built in), or a stretch of time "
            "after the award: `28 days`.",
        ),
        Key("when", TEXT, "When it is written, where it is no period's: it happens."),
        Key("due", SPAN, "How long after the period's end it is due, in days."),
        Key("by", NAME, "Who reports: party, partner, officer, anyone, file."),
        Key("verified_by", NAME, "Who verifies it; somebody else than the reporter."),
        Key(
            "names",
            one_of("party", "none", "optional"),
            "none: attendances, never printed as people. optional: the same, and whoever wants a file of their own has "
            "one (`opens`), of a session's record too.",
        ),
        Key("form", FORM, "What is asked.", obligatory=True),
        Key("derive", RAW, "What follows from it."),
        Key("raises", Each(of=RAISE), "Tasks that an answer demands.", deferred=True),
        Key(
            "people",
            one_of("people", "attendances"),
            "attendances: one person may be in it twice, so its rows are never printed as people.",
        ),
        Key(
            "doubt",
            Each(of=TEXT),
            "Numbers that are asked about again, never refused: `moves more than 50 %` against the last one that "
            "is known of the same thing; from 0, every other number.",
        ),
        Key("starts_from", TEXT, "What it is filled in with beforehand.", later=True),
        Key("until", TEXT, "How long it goes on after the award ended: `5 years after exit`."),
        Key(
            "rhythm_after_exit",
            NAME,
            "The calendar after the end, where it is another one: month, quarter, year or one of the file.",
        ),
        Key(
            "first",
            DUE,
            "`before first delivery`: the first one is the baseline, without which nothing is handed over. "
            "Other days *not yet*.",
        ),
        Key("at_least", TEXT, "How many there must be: `2 per year`.", later=True),
        Key(
            "signed_by",
            NAMES,
            "Who signs; the sheet names the paper that they signed. Of what is not about an award *not yet*.",
        ),
        Key(
            "opens",
            TEXT,
            "What it opens: `party`, or `party when` with a condition over it and what it is about.",
        ),
        Key("amends", NAME, "The benefit that it changes.", later=True),
        Key("accepts", NAMES, "Papers that are taken in its place.", later=True),
        Key("missing_is", one_of("unknown"), "What a period without a record is; it is never anything else."),
    ),
)

FOLLOW_UP = Shape(
    name="follow_up",
    keys=(
        Key("about", NAME_OR_NAMES, "What it is about; the award where it is not said."),
        Key("due", DUES, "When it falls due.", obligatory=True),
        Key("attempts", POSITIVE, "How often it is tried before it is lost; 1 where it is not said."),
        Key("form", FORM, "What is asked."),
        Key("raises", Each(of=RAISE), "Tasks that an answer demands.", deferred=True),
        Key("derive", RAW, "What follows from it."),
        Key("by", NAME, "Who asks: partner, officer …, or the question of its form that says who did."),
        Key(
            "not_by",
            NAME_OR_NAMES,
            "Who may not ask: `payee`, or a question of `each_delivery`. Refused on either side, where `by` is a "
            "question; else *not yet*.",
        ),
        Key(
            "instrument",
            TEXT,
            "A recognised questionnaire in place of a form, or beside one: its questions and scores are written out.",
        ),
        Key(
            "sample",
            TEXT,
            "On how many, at random: `400 at random` of a round, or `10 %` of each draw, rounded up. An example's case "
            "is drawn. Beside a comparison, and about a record, *not yet*.",
        ),
    ),
)

STANDING = Shape(
    name="standing",
    keys=(
        Key(
            "when",
            TRUTH,
            "TRUE: proposed to a person; unknown: nothing changes, the officer gets a task.",
            obligatory=True,
        ),
        Key("amount", MONEY, "What is asked back."),
        Key("appeal", SPAN, "How long an appeal is open, in days."),
    ),
)

RENEWAL = Shape(
    name="renewal",
    keys=(
        Key("every", SPAN, "The n-th falls due n times this after the award became active.", obligatory=True),
        Key("opens", TEXT, "From when answers are taken: `60 days before`; else from the due day."),
        Key("asks", NAMES, "The fields of the form that are asked again.", obligatory=True),
        Key(
            "again",
            NAMES,
            "The rules asked of the new answers, with the figures in force on the day these came. All TRUE: it goes "
            "on; one FALSE: the end is proposed to a person; else nothing changes, the officer gets a task.",
        ),
        Key(
            "no_answer",
            Shape(
                name="no_answer",
                keys=(
                    Key("remind", SPANS, "How long before the due day a reminder is due."),
                    Key("then", one_of("suspend"), "From the due day on nothing is handed over."),
                    Key(
                        "end",
                        TEXT,
                        "When the end is proposed to a person: `after 90 days` from the due day.",
                    ),
                ),
            ),
            "What follows where nobody answers: `remind`, `then: suspend`, `end: after 90 days`.",
        ),
    ),
)

EXIT_RULE = Shape(
    name="exit_rule",
    keys=(
        Key(
            "when",
            TRUTH,
            "TRUE: the end is proposed to a person; unknown: nothing changes, the officer gets a task.",
            obligatory=True,
        ),
    ),
)

WIND_DOWN = Shape(
    name="wind_down",
    keys=(
        Key("new", one_of("stop"), "Nobody new is received, proposed or approved.", obligatory=True),
        Key(
            "present",
            TEXT,
            "`until exit`: whoever is in it stays until their exit; `until 2027-12-31`: then their end is proposed.",
            obligatory=True,
        ),
    ),
)

COMPARISON = Shape(
    name="comparison",
    keys=(
        Key("who", TEXT, "Who they are.", obligatory=True),
        Key("at_least", POSITIVE, "How many must be asked; a figure beside fewer says so."),
        Key("asked", NAMES, "The follow-ups that they are asked."),
        Key("consent", NAMES, "What they are asked to allow."),
    ),
)
