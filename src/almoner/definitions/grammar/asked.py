"""Shapes of what is asked and decided: parameters, lookups, consent, fields, rules, the decision."""

from __future__ import annotations

from almoner.definitions.grammar.kinds import (
    ANY_VALUE,
    FIGURE,
    FLAG,
    NAME,
    NAMES,
    POSITIVE,
    RAW,
    SPAN,
    SPANS,
    TEXT,
    TRUTH,
    WHOLE,
    Each,
    Expr,
    Key,
    ListOf,
    Shape,
    one_of,
)
from almoner.definitions.tree import Type
from almoner.definitions.typed import CONDITION, NUMBER

FIELD_TYPES = tuple(str(kind) for kind in Type)
FIGURE_TYPES = ("boolean", "integer", "number", "money", "date", "text", "code")

PARAMETER = Shape(
    name="parameter",
    keys=(
        Key("type", one_of(*FIGURE_TYPES), "What the figure is.", obligatory=True),
        Key(
            "source", TEXT, "Where the figure comes from: the decision, the law, the survey.", obligatory=True
        ),
        Key("from", RAW, "The value by the day from which it holds: `{2025-01-01: 700}`.", obligatory=True),
    ),
)

LOOKUP = Shape(
    name="lookup",
    keys=(
        Key("file", TEXT, "A CSV file beside the programme's file.", obligatory=True),
        Key("calendar", FLAG, "true: the file is a calendar with the columns name, starts, ends."),
        Key("source", TEXT, "Where the table comes from; obligatory unless it is a calendar."),
        Key(
            "keys",
            Each(of=one_of(*FIGURE_TYPES)),
            "The key columns and their types. A table without keys is an index by months, which `deflate` reads.",
        ),
        Key("values", Each(of=one_of(*FIGURE_TYPES)), "The value columns and their types."),
    ),
)

CONSENT = Shape(
    name="consent",
    keys=(
        Key("required", FLAG, "Without it nothing is submitted."),
        Key("text", TEXT, "What the person is asked to allow.", obligatory=True),
    ),
)

PARTICIPANT = Shape(
    name="participant",
    keys=(
        Key("is", one_of("person", "household", "organisation"), "What the participant is.", obligatory=True),
        Key("consent", NAMES, "What they are asked to allow.", later=True),
        Key("joins", NAME, "The record in which they first appear.", later=True),
        Key("from", TEXT, "Where their names come from.", later=True),
    ),
)

FIELD = Shape(
    name="field",
    keys=(
        Key("type", one_of(*FIELD_TYPES), "What the answer is.", obligatory=True),
        Key("ask", TEXT, "The question."),
        Key("help", TEXT, "What helps to answer it."),
        Key("required", FLAG, "Without an answer the case needs information."),
        Key("sensitive", one_of("health", "minor", "finance"), "Why the answer is stored sealed."),
        Key(
            "by",
            one_of("applicant", "officer", "partner", "party"),
            "Who answers; the applicant where it is not said.",
        ),
        Key("when", TRUTH, "The field is asked only when this holds.", deferred=True),
        Key("unasked", ANY_VALUE, "What the field is worth when it is not asked.", deferred=True),
        Key("min", FIGURE, "The smallest answer that is taken."),
        Key("max", FIGURE, "The largest answer that is taken."),
        Key("of", RAW, "A choice's values, or the fields of each of the rows."),
    ),
)

BEFORE_FIELD = Shape(
    name="before",
    keys=(*FIELD.keys, Key("due", TEXT, "How long before the day it must be there: `15 days before`.")),
)

SESSION = Shape(
    name="session",
    keys=(
        Key("at", one_of("site"), "Where it is held."),
        Key("places", WHOLE, "How many may come.", later=True),
        Key("overbook", FIGURE, "By how much more places are promised, as a factor.", later=True),
        Key(
            "before",
            Each(of=BEFORE_FIELD),
            "What must be there before it opens; each field may say `due`.",
            deferred=True,
        ),
        Key(
            "close",
            TEXT,
            "When its sheet is counted and closed: `the same day`, or within a duration in days.",
        ),
        Key(
            "ends",
            ListOf(text="list of `held`, `cancelled`", of=one_of("held", "cancelled")),
            "How it can end.",
        ),
    ),
)

RULE = Shape(
    name="rule",
    keys=(
        Key(
            "rule", Expr(text="condition", want=CONDITION, named=False), "What must be TRUE.", obligatory=True
        ),
        Key("refusal", TEXT, "The sentence that a refused person reads.", obligatory=True),
        Key("basis", TEXT, "The article the rule stands on.", obligatory=True),
    ),
)

CRITERION = Expr(text="points, usually bands", want=NUMBER, named=False)
DERIVED = Expr(text="expression", named=False)

REVIEW = Shape(
    name="review",
    keys=(
        Key("by", one_of("reviewer"), "Who reviews: the role of the office that only reviews."),
        Key("reviewers", POSITIVE, "How many review each application; all of them do.", obligatory=True),
        Key("within", SPAN, "How long a review may take once it was assigned."),
        Key(
            "rubric",
            Each(
                of=Shape(
                    name="rubric",
                    keys=(
                        Key("ask", TEXT, "What is judged.", obligatory=True),
                        Key("max", POSITIVE, "The most points it can have.", obligatory=True),
                    ),
                )
            ),
            "What is judged, with the most points of each; a reviewer gives whole points from 0.",
            obligatory=True,
        ),
        Key(
            "conflicts",
            NAMES,
            "Questions whose answer may not be the reviewer's own, such as an institution. Nobody is given a case "
            "before they have declared theirs.",
        ),
    ),
)

INFORMATION = Shape(
    name="information",
    keys=(
        Key("remind", SPANS, "How long after the question a reminder goes out."),
        Key(
            "lapse",
            SPAN,
            "After how long silence closes the case; it reopens with an answer.",
            obligatory=True,
        ),
    ),
)

CUT = Shape(
    name="cut",
    keys=(
        Key("threshold", FIGURE, "The points below which a case is not selected."),
        Key(
            "rank",
            one_of("points", "review", "lottery"),
            "What ranks the cases: the points of `scoring`, the mean of what the reviewers gave, or the lot alone.",
            obligatory=True,
        ),
        Key("ties", ListOf(of=NAME), "Names that break a tie, lowest first; `highest NAME`; `lottery` last."),
    ),
)

NOTICE = Shape(
    name="notice",
    keys=(
        Key("days", WHOLE, "How long the list of awards is shown.", obligatory=True),
        Key(
            "shows",
            NAMES,
            "What it shows, never circumstances: fields, name_masked, amount.",
            obligatory=True,
        ),
        Key("objections", NAME, "Where an objection goes."),
    ),
)

URGENT = Shape(
    name="urgent",
    keys=(
        Key("when", TRUTH, "The condition of the urgent way; unknown: the usual way.", obligatory=True),
        Key("by", NAME, "Who decides.", obligatory=True),
        Key("up_to", FIGURE, "The most that is given so.", obligatory=True),
        Key("within", SPAN, "How fast."),
        Key("papers", SPAN, "Until when the papers follow."),
    ),
)

DECISION = Shape(
    name="decision",
    keys=(
        Key(
            "by", one_of("officer", "committee", "two signatures", "lottery"), "Who decides.", obligatory=True
        ),
        Key("within", SPAN, "How long it may take."),
        Key("information", INFORMATION, "Reminders, and what silence means."),
        Key("cut", CUT, "How a round is cut."),
        Key("notice", NOTICE, "Public notice of the awards."),
        Key("appeal", SPAN, "How long an appeal is open, in days."),
        Key("urgent", URGENT, "An urgent way for small sums.", later=True),
        Key(
            "quota",
            Shape(
                name="quota",
                keys=(
                    Key("by", NAME, "The field by which places are shared out.", obligatory=True),
                    Key("table", NAME, "The lookup with the places.", obligatory=True),
                ),
            ),
            "Places by a table.",
            later=True,
        ),
        Key("seed", one_of("recorded"), "The lottery's seed is recorded, as it always is."),
        Key(
            "together",
            NAME,
            "In a ballot: those with the same answer to this question draw one number, and win or lose together. "
            "Whoever leaves it open stands alone.",
        ),
        Key("waiting_list", TEXT, "How the waiting list moves up.", later=True),
        Key("sample", WHOLE, "How many clear refusals are read before the list is confirmed.", later=True),
    ),
)
