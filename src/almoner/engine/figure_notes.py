"""What stands beside a figure: who is in it and who is not, against what it is held, in which prices, in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from babel.dates import format_skeleton

from almoner.engine.statement_words import NOTHING, counted, number, percent, shown, title_of, unit_text
from almoner.values.language import LANGUAGES, _, language, ngettext


def _became() -> dict[str, str]:
    """What can have become of somebody who did not answer."""
    return {
        "unknown": _("unknown"),
        "refused": _("refused to answer"),
        "died": _("died"),
        "lost": _("lost"),
        "not_tried": _("not tried"),
    }


def cascade_step(step: Mapping[str, Any], labels: Mapping[str, str]) -> str:
    """A step of a cascade: how many of the step before, who did not, and what is not known."""
    said = [f"{title_of(step['name'])} {counted(step['yes'], step['of'])}"]
    said += [_("{no} no").format(no=counted(step["no"]))] if step["no"] else []
    said += [f"{label} {counted(step[key])}" for key, label in labels.items() if step[key]]
    return _(", ").join(said)


def _priced(deflated: Mapping[str, Any] | None) -> list[str]:
    """In which month's prices the amounts of a change stand, and for how many that cannot be told."""
    if deflated is None:
        return []
    month, by = month_text(deflated["month"]), title_of(deflated["by"])
    if deflated["index"] is None:
        return [_("{index} of {month} are not known").format(index=by, month=month)]
    said = [_("in the prices of {month} ({index})").format(month=month, index=by)]
    if deflated["unpriced"]:
        of = counted(deflated["unpriced"])
        said.append(_("{count} of the unknown for want of a price index").format(count=of))
    return said


def _measured(measured: Mapping[str, Any] | None) -> list[str]:
    """The line and the weight of a measure, and why there is none where amounts lie below 0."""
    if measured is None:
        return []
    said = []
    if measured["line"] is not None:
        said.append(_("below the line: {line}").format(line=measured["line"]))
    if measured["weight"] is not None:
        weights = number(Decimal(measured["weights"]))
        said.append(
            _("weighed by {weight}: {weights} in all").format(weight=measured["weight"], weights=weights)
        )
    if measured["below_zero"]:
        said.append(_("an amount is below 0, and for such amounts there is no coefficient"))
    return said


def _sampled(sampled: Mapping[str, Any] | None) -> list[str]:
    """How many of how many were drawn to be asked."""
    if sampled is None:
        return []
    of = counted(sampled["drawn"], sampled["of"])
    return [_("asked of a random sample: {of} ({wanted})").format(of=of, wanted=sampled["wanted"])]


def month_text(month: str) -> str:
    """A month such as `2025-12` in the reader's language: December 2025."""
    day = date.fromisoformat(f"{month}-01")
    return format_skeleton("yMMMM", day, locale=LANGUAGES[language()] or "en")


def _compared(figure: Mapping[str, Any]) -> list[str]:
    """The mean of a change, and the comparison's change beside it: a difference, never an effect."""
    said = []
    if figure["mean"] is not None:
        said.append(_("mean {value}").format(value=shown(figure, figure["mean"], quotient=True)))
    other = figure["against"]
    if other is None:
        return said
    name = title_of(other["name"])
    line = _("{name}: {value}, mean {mean}, known for {of}")
    mean = shown(figure, other["mean"], quotient=True)
    of = counted(other["n"], other["N"])
    told = [line.format(name=name, value=shown(figure, other["value"]), mean=mean, of=of)]
    told += [
        f"{label}\N{NO-BREAK SPACE}{counted(other[key])}" for key, label in _became().items() if other[key]
    ]
    said.append(_(", ").join(told))
    if other["too_few"]:
        line = _("{name}: {count} were asked; the programme wants at least {least}")
        count, least = counted(other["N"]), counted(other["at_least"])
        said.append(line.format(name=name, count=count, least=least))
    apart = shown(figure, other["difference"])
    said.append(_("difference {value}: what lies between the two, not what the help did").format(value=apart))
    return said


def _important(important: Mapping[str, Any] | None) -> list[str]:
    """For how many a change was large enough to matter, of whom it is known; and by whose word."""
    if important is None:
        return []
    least = important["points"]
    if least is not None:
        size = _("{points} points").format(points=number(Decimal(least)))
    else:
        size = _("{share} of the score before").format(share=percent(Decimal(important["of_baseline"])))
    share = NOTHING if important["share"] is None else percent(Decimal(important["share"]))
    line = _("better by at least {size}: {share}, {of}, of {all} who were due ({source})")
    return [
        line.format(
            size=size,
            share=share,
            of=counted(important["reached"], important["n"]),
            all=counted(important["N"]),
            source=important["source"],
        )
    ]


def _reported(figure: Mapping[str, Any]) -> list[str]:
    """What was reported beside what was verified, and how much of it is verified."""
    both = figure.get("reported")
    if both is None:
        return []
    share = NOTHING if both["verified"] is None else percent(Decimal(both["verified"]))
    line = _("this is verified; reported {value}, by {of}; of the answers {share} are verified")
    value, of = shown(figure, both["value"]), counted(both["n"], both["N"])
    return [line.format(value=value, of=of, share=share)]


def _after(count: int, unit: str) -> str:
    """After how long: after 1 year."""
    if unit == "years":
        return ngettext("after {count} year", "after {count} years", count).format(count=count)
    return ngettext("after {count} month", "after {count} months", count).format(count=count)


def _survived(survival: Mapping[str, Any] | None) -> list[str]:
    """Survival at each time with how many were at risk, and who was lost."""
    if survival is None:
        return []
    line = _("{after}: {share}, {at_risk} at risk, {failed} failed and {censored} out of sight until then")
    said = [
        line.format(
            after=_after(one["count"], one["unit"]),
            share=_("not watched so long") if one["share"] is None else percent(Decimal(one["share"])),
            at_risk=counted(one["at_risk"]),
            failed=counted(one["failed"]),
            censored=counted(one["censored"]),
        )
        for one in survival["times"]
    ]
    since = {"award": _("counted from the award"), "exit": _("counted from the exit")}[survival["since"]]
    lost = _("{count} answered no more and count up to their last answer").format(
        count=counted(survival["lost"])
    )
    return [since, *said, lost] if survival["lost"] else [since, *said]


def _about(figure: Mapping[str, Any]) -> str:
    """Attendances and people apart: how many different people the rows of a figure are about."""
    whom = {
        "rows": counted(figure["rows"]),
        "people": counted(figure["people"]),
        "whom": unit_text(figure["whom"]),
    }
    if figure["unnamed"]:
        said = _("{rows} entries; {whom}: {people}; without a name: {unnamed}")
        return said.format(unnamed=counted(figure["unnamed"]), **whom)
    return _("{rows} entries; {whom}: {people}").format(**whom)


def beside(figure: Mapping[str, Any]) -> list[str]:
    """What stands beside a figure's value: its prices, its fraction, n of N, and what became of the rest."""
    said = [*_sampled(figure["sampled"]), *_priced(figure["deflated"]), *_measured(figure["measured"])]
    if figure["kind"] == "headcount" and figure["n"]:
        said.append(_("{yes} below, {no} not").format(yes=counted(figure["yes"]), no=counted(figure["no"])))
    if figure["kind"] == "share" and figure["denominator"] not in (None, "0"):
        said.append(_("{yes} yes, {no} no").format(yes=counted(figure["yes"]), no=counted(figure["no"])))
    if figure["N"] is not None and (figure["kind"] != "count" or figure["n"] != figure["N"]):
        said.append(_("known for {of}").format(of=counted(figure["n"], figure["N"])))
    labels = _became()
    # The first step is the figure's value; it needs a line only where not all of it is known.
    said += [
        cascade_step(step, labels)
        for step in figure["steps"] or ()
        if step["unknown"] or step["name"] != figure["source"]
    ]
    said += [f"{label} {counted(figure[key])}" for key, label in labels.items() if figure[key]]
    said += _compared(figure)
    said += _important(figure.get("important"))
    said += _reported(figure)
    said += _survived(figure.get("survival"))
    if figure["quartiles"]:
        low, high = (shown(figure, value) for value in figure["quartiles"])
        said.append(_("the middle half between {low} and {high}").format(low=low, high=high))
    if figure["kind"] == "count" and figure["counts"] == "party" and figure["rows"]:
        said.append(_("in {rows} entries").format(rows=counted(figure["rows"])))
    elif figure["people"] and figure["people"] != figure["rows"]:
        said.append(_about(figure))
    if figure["unnamed"] and figure["counts"] == "party":
        said.append(_("{rows} without a name, not counted as people").format(rows=counted(figure["unnamed"])))
    if figure["decided_elsewhere"]:
        said.append(_("{rows} decided elsewhere").format(rows=counted(figure["decided_elsewhere"])))
    if not figure["carried_out"]:
        said.append(_("not computed yet"))
    return said
