"""What a statement's names and numbers are called on a page and in a terminal, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

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
        "survival": _(
            "For which share this still holds after the first of the times beside it, by Kaplan and Meier, from: "
            "{source}."
        ),
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


def by_standard(part: Mapping[str, Any]) -> dict[str, list[tuple[str, bool]]]:
    """What answers each requirement of a standard, as people read it (`GRI 203-1 (2016)`): name, whether a figure."""
    named = [(code, figure["name"], True) for figure in part["figures"] for code in figure["codes"]]
    named += [(code, one["name"], False) for one in part["contributions"] for code in one["codes"]]
    found: dict[str, list[tuple[str, bool]]] = {}
    for code, name, is_figure in sorted(named, key=lambda one: one[0]):
        number, _space, edition = code.rpartition(" ")
        found.setdefault(f"{number} ({edition})", []).append((name, is_figure))
    return found
