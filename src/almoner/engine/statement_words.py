"""What a statement's names and numbers are called on a page and in a terminal, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from babel.dates import format_skeleton
from babel.numbers import format_decimal

from almoner.engine.figures import called
from almoner.values.language import LANGUAGES, _, language

NOTHING = "\N{EN DASH}"
"""What does not apply. Never 0."""


@dataclass(frozen=True, slots=True)
class FunnelRow:
    """One stage on the way from asked to followed up. None does not apply; `of` is the denominator.

    `people` are the different ones among the count, with their word; None where they are as many or do not apply.
    """

    key: str
    label: str
    count: int | None
    of: int | None = None
    people: tuple[int, str] | None = None

    @property
    def text(self) -> str:
        """The count as shown: a dash, `1,234`, `41 of 100`, or `379 (29 households)`."""
        shown = counted(self.count, self.of)
        if self.people is None:
            return shown
        people, whom = self.people
        return _("{count} ({people} {whom})").format(
            count=shown, people=counted(people), whom=unit_text(whom)
        )


def funnel_rows(part: Mapping[str, Any]) -> list[FunnelRow]:
    """The stages of one programme of a statement's content (`content["programmes"][0]`), in order."""
    funnel = part["funnel"]
    labels = {
        "asked": _("Asked"),
        "eligible": _("Eligible"),
        "needs_information": _("Needs information"),
        "not_eligible": _("Not eligible"),
        "not_checked": _("Not yet checked"),
        "lapsed": _("Closed without an answer"),
        "awarded": _("Awarded"),
        "decided_elsewhere": _("of these decided elsewhere"),
        "delivered": _("Received something"),
        "deliveries": _("Hand-overs"),
    }
    different = {"asked": "asked_by", "awarded": "awarded_to", "deliveries": "delivered_to"}
    # A stage that is only worth a line when somebody is in it.
    quiet = {"not_checked", "lapsed", "decided_elsewhere"}
    rows = []
    for key, label in labels.items():
        count, people = funnel[key], funnel[different[key]] if key in different else None
        if key not in quiet or count:
            apart = (people, called(part["serves"])) if people and people != count else None
            rows.append(FunnelRow(key, label, count, people=apart))
    followed = FunnelRow("followed_up", _("Followed up"), funnel["followed_up"], funnel["due_for_follow_up"])
    return [*rows, followed]


def counted(count: int | None, of: int | None = None) -> str:
    """A count, with its denominator beside it."""
    if count is None:
        return NOTHING
    if of is None:
        return number(Decimal(count))
    return _("{count} of {whole}").format(count=number(Decimal(count)), whole=number(Decimal(of)))


def number(value: Decimal) -> str:
    """A number grouped as the reader's language does, with the decimals it has."""
    decimals = max(-int(value.as_tuple().exponent), 0)
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return format_decimal(value, format=pattern, locale=LANGUAGES[language()] or "en")


def percent(value: Decimal) -> str:
    """A share as per cent, with one decimal."""
    return number((value * 100).quantize(Decimal("0.1"))) + "%"


def value_text(figure: Mapping[str, Any], value: str | None) -> str:
    """A figure's value or target, with its unit."""
    if value is None:
        return NOTHING
    amount = Decimal(value)
    if figure["kind"] in {"share", "headcount", "poverty_gap"}:
        return percent(amount)
    return " ".join(part for part in (number(amount), unit_text(figure["unit"])) if part)


def shown(figure: Mapping[str, Any], value: str | None, *, quotient: bool = False) -> str:
    """A computed value with its unit, marked where it is made from cut values.

    A quotient, which has six places in the statement's file, is shown with two, or with three significant digits.
    """
    quotient = quotient or figure["measured"] is not None
    if value is not None and (quotient or figure["deflated"] is not None):
        exact = Decimal(value)
        places = max(2, 2 - exact.adjusted()) if exact else 2
        if -int(exact.as_tuple().exponent) > places:
            value = f"{round(exact, places):f}"
    mark = "\N{ALMOST EQUAL TO} " if figure["banded"] and value is not None else ""
    return mark + value_text(figure, value)


def unit_text(unit: str) -> str:
    """A unit's word; a currency is its code."""
    known = {
        "people": _("people"),
        "households": _("households"),
        "organisations": _("organisations"),
        "times": _("times"),
        "attendances": _("attendances"),
    }
    return known.get(unit) or _(unit)


def title_of(name: str) -> str:
    """A name of the definition as a title: `students_supported` becomes `Students supported`."""
    return _(name.replace("_", " ").capitalize())


def level_text(level: str) -> str:
    """The level of a figure."""
    known = {
        "process": _("Process"),
        "output": _("Output"),
        "outcome": _("Outcome"),
        "impact": _("Impact"),
    }
    return known.get(level) or _(level)


def input_text(kind: str) -> str:
    """What kind of thing was put in."""
    known = {
        "cash": _("Money"),
        "time": _("Working time"),
        "in_kind": _("Goods and services, at cost"),
        "management": _("Cost of management"),
    }
    return known.get(kind) or _(kind)


def motive_text(motive: str) -> str:
    """Why it was put in."""
    known = {
        "gift": _("Gift"),
        "investment": _("Investment in the community"),
        "commercial": _("Commercial initiative"),
    }
    return known.get(motive) or _(motive)


def source_text(source: str) -> str:
    """What a figure is about."""
    known = {
        "applications": _("applications"),
        "awards": _("awards"),
        "deliveries": _("hand-overs"),
    }
    if source in known:
        return known[source]
    if source.startswith("deliveries of "):
        return _("hand-overs of {benefit}").format(benefit=title_of(source.removeprefix("deliveries of ")))
    if source.startswith("ledger of "):
        return _("the books: {account}").format(account=_(source.removeprefix("ledger of ")))
    return title_of(source)


def table_text(name: str) -> str:
    """What a file of rows holds; one of a record or a follow-up is called by its name."""
    known = {
        "applications": _("Applications"),
        "awards": _("Awards"),
        "deliveries": _("Deliveries"),
        "contributions": _("Contributions"),
        "sessions": _("Sessions"),
        "stock": _("Stock"),
        "samples": _("Random samples"),
    }
    if name in known:
        return known[name]
    return title_of(name.removeprefix("record_").removeprefix("follow_up_"))


@dataclass(frozen=True, slots=True)
class Defined:
    """What a figure is: a sentence around the words for its rows, and the expression it is made from ('' : none)."""

    before: str
    source: str
    after: str
    expression: str


def definition_text(figure: Mapping[str, Any]) -> Defined:
    """What a figure is."""
    sentences = {
        "count": _("How many there are: {source}."),
        "sum": _("The sum over: {source}."),
        "median": _("The middle value among: {source}."),
        "mean": _("The mean among: {source}."),
        "headcount": _("The share that is below the poverty line, among: {source}."),
        "poverty_gap": _(
            "How far below the poverty line, as a share of it and on average over everybody, among: {source}."
        ),
        "squared_gap": _(
            "The mean of the squared shortfalls below the poverty line, as shares of it, among: {source}."
        ),
        "gini": _("How unequal it is, from 0 (all have the same) to 1 (one has all), among: {source}."),
        "change": _(
            "The middle one of the changes from each one's first answer to the last, among: {source}."
        ),
        "share": _("The share for whom this holds, among: {source}."),
        "cascade": _("Step by step from: {source}. Each step is counted among those of the step before."),
    }
    if not figure["carried_out"]:
        return Defined(_("Defined, and not computed yet."), "", "", figure["expression"])
    sentence = sentences[figure["kind"]]
    if figure.get("at"):
        sentence = _(
            "The middle one of the changes from each one's first answer to the one due {at}, among: {source}."
        ).replace("{at}", duration_text(figure["at"]))
    if figure["kind"] == "count" and figure["expression"]:
        sentence = _("For how many this holds, among: {source}.")
    before, _place, after = sentence.partition("{source}")
    return Defined(before, source_text(figure["source"]), after, figure["expression"])


def duration_text(at: str) -> str:
    """The time at which a follow-up was due, in the reader's language: 26 weeks after the first hand-over."""
    count, unit, *rest = at.split(" ")
    units = {
        "days": _("{count} days after {day}"),
        "weeks": _("{count} weeks after {day}"),
        "months": _("{count} months after {day}"),
        "years": _("{count} years after {day}"),
    }
    days = {
        "award": _("the award"),
        "first delivery": _("the first hand-over"),
        "last delivery": _("the last hand-over"),
        "end": _("the end"),
    }
    day = " ".join(rest[1:])
    return units[unit].format(count=count, day=days.get(day, title_of(day))) if unit in units else at


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
