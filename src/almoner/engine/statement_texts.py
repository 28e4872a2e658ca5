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
    _("No outcome is given a value in money."),
    _("No economic value is claimed, for others or for the group."),
)
"""What nothing in a statement says, whatever its figures."""

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
