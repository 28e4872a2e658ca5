"""The sentences that stand in a statement. They are frozen in English; a page translates them."""

from __future__ import annotations


def _(message: str) -> str:
    """Mark a sentence for the catalogues, as it is."""
    return message


METHOD = (
    _("Every row stands under a name that cannot be traced back, and every day is a month."),
    _(
        "A row belongs to the period in which it fell due; where nothing falls due, to that in which "
        "it happened."
    ),
    _("An answer that came after the period's end and before this account was made is counted."),
    _(
        "A share is those who said yes divided by those who said yes or no. Who is unknown, refused, died, "
        "was lost or was not tried stands beside it and is in neither."
    ),
    _("Sums and medians are of what is known, with how many of how many beside them. Nothing is estimated."),
    _("A record that somebody else must verify counts only once it is verified."),
    _("People are counted once; attendances and payments are counted as often as they happen."),
    _("What does not apply is shown as \N{EN DASH}, never as 0."),
    _(
        "What the company put in is counted as B4SI does: money as paid, goods and services at what they "
        "cost the company, working time at its cost, and the cost of management. What others gave is not "
        "in it."
    ),
)
"""How the figures were made."""

BANDED = _(
    "A figure marked \N{ALMOST EQUAL TO} is computed from values cut to two significant digits, because the "
    "exact ones are confidential."
)

DEFLATED = _(
    "Where amounts stand in the prices of one month, each is multiplied by the price index of that month and "
    "divided by the index of the month of which the answer tells. Where one of the two is not known the change "
    "is unknown; prices are never taken to have stood still."
)

SAMPLED = _(
    "Where only a random sample was asked, a figure is of those who were drawn and is not raised to all. The seed of "
    "each draw and those among whom it was drawn are kept, so that it can be drawn again."
)

MEASURED = _(
    "Poverty is measured as Foster, Greer and Thorbecke do: headcount, gap and squared gap are the weighted means of "
    "the shortfalls below the line, as shares of it, to the power 0, 1 and 2; who is exactly at the line is not below "
    "it. Whose amount, line or weight is unknown is in no measure, and is never taken for 0."
)

NOT_CLAIMED = (
    _("A change over time, or a difference between groups, is a difference, never an effect."),
    _("No economic value is claimed, for others or for the group."),
)
"""What nothing in a statement says, whatever its figures."""

NO_VALUE = _("No outcome is given a value in money.")

VALUE_CLAIMS = (
    _(
        "A value in money says how much a change may matter. Nobody received that money, and the assumptions, "
        "not a measurement, say how much of the change is owed to the help."
    ),
    _("Those who were not followed up are not valued, and values of different outcomes are not added up."),
    _(
        "No value is divided by what was put in: those who were followed up in a period were helped by what was put "
        "in before it, and the prices are of different years."
    ),
)
"""What a value in money does not say."""

VALUED = _(
    "A value in money is yes \N{MULTIPLICATION SIGN} worth of one \N{MULTIPLICATION SIGN} (1 \N{MINUS SIGN} what would "
    "have happened anyway) \N{MULTIPLICATION SIGN} (1 \N{MINUS SIGN} what others brought about) "
    "\N{MULTIPLICATION SIGN} (1 \N{MINUS SIGN} what is lost elsewhere), each year less by the drop-off, and "
    "discounted from the first year on, in the prices of the year that stands beside it. Low and high are the 5th and "
    "the 95th percentile of random draws from the assumptions, each a triangle by itself; the seed of the draws "
    "follows from the rules and the period."
)
"""How a value in money was made."""

VALUE_UNKNOWN = _("The figure it would rest on is not computed yet.")
VALUE_LATER = _("Only the share for whom an outcome holds is valued, and this is no such figure.")
VALUE_CURRENCY = _("The worth of one is known in another currency than this account's.")
VALUE_NOT_DUE = _("Nobody was due to be followed up.")
VALUE_NOT_FOLLOWED = _("Of nobody is it known whether the outcome came about.")
VALUE_TWICE = _("The same ones may stand in the figure more than once, and would be valued more than once.")

NOT_FOLLOWED = _("Nothing is said about those who were due to be followed up and were not reached.")
ELSEWHERE = _(
    "Support that was decided elsewhere is counted and marked; the decision was not checked by these rules, "
    "and what was given of it before is in no figure."
)
NOT_COMPUTED = _(
    "Some figures that the programme defines are not computed yet; they are listed without a value."
)

DEMONSTRATION = _("demonstration: no company's results")
"""The first line of a statement about an invented office."""
