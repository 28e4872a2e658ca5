"""One case in sentences that an applicant understands, in the language in use.

What cannot be computed is the office's to mend and is never shown to an applicant: the office "is looking into it".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from almoner.definitions.programme import Benefit, Field, Programme, Rule
from almoner.engine.results import Missing, Screening
from almoner.values.language import _, ngettext
from almoner.values.money import Money
from almoner.values.numbers import text_of, to_micros


def explain(programme: Programme, screening: Screening) -> list[str]:
    """What the answers come to, rule by rule, what it could bring, and what to do next; a sentence a line."""
    return [
        _opening(programme, screening),
        *(_of_rule(programme, name, screening) for name in programme.eligibility),
        *_figures(programme, screening),
        *_next(programme, screening),
    ]


def _opening(programme: Programme, screening: Screening) -> str:
    title = _(programme.title)
    if screening.outcome == "eligible":
        return _("{programme}: you meet every condition.").format(programme=title)
    if screening.outcome == "not eligible":
        count = len(screening.refused_by)
        message = ngettext(
            "{programme}: you do not meet one of the conditions.",
            "{programme}: you do not meet {count} of the conditions.",
            count,
        )
        return message.format(programme=title, count=count)
    return _("{programme}: we cannot say yet whether you meet the conditions.").format(programme=title)


def _of_rule(programme: Programme, name: str, screening: Screening) -> str:
    rule: Rule = programme.eligibility[name]
    basis, refusal = _(rule.basis), _(rule.refusal)
    held = screening.rules[name]
    if held:
        return _("{basis}: met.").format(basis=basis)
    if held is False:
        return _("{basis}: not met. {refusal}").format(basis=basis, refusal=refusal)
    if screening.outcome == "not eligible":
        return _("{basis}: not looked at any further.").format(basis=basis)
    waiting = [one for one in screening.missing if f"eligibility.{name}" in one.waits_for]
    if not waiting:
        return _("{basis}: cannot be said yet; our office is looking into it.").format(basis=basis)
    what = _listed([_question(programme, one) for one in waiting])
    return _("{basis}: cannot be said yet, because this is missing: {what}.").format(basis=basis, what=what)


def _listed(items: Sequence[str]) -> str:
    found = items[0]
    for item in items[1:]:
        found = _("{listed}; {item}").format(listed=found, item=item)
    return found


def _question(programme: Programme, missing: Missing) -> str:
    """What was asked, in the words of the form."""
    name, _bracket, rest = missing.name.partition("[")
    field = programme.form.get(name)
    if field is None:
        return _quoted(missing.name)
    if not rest:
        return _asked(field)
    number, _bracket, member = rest.partition("].")
    inner = field.of.get(member)
    question = _asked(inner) if inner is not None else _quoted(member)
    return _("{question} (line {number} of {rows})").format(
        question=question, number=number, rows=_asked(field)
    )


def _asked(field: Field) -> str:
    return _quoted(_(field.ask) if field.ask else field.name.replace("_", " "))


def _quoted(text: str) -> str:
    return _("“{text}”").format(text=text)


def _figures(programme: Programme, screening: Screening) -> Iterator[str]:
    if screening.points is not None:
        yield _("Your points: {points}.").format(points=text_of(to_micros(screening.points)))
    for name, figure in screening.benefits.items():
        if figure and screening.outcome == "eligible":
            yield _figure(programme, programme.benefits[name], figure)


def _figure(programme: Programme, benefit: Benefit, figure: Decimal) -> str:
    micros = to_micros(figure)
    if benefit.in_money:
        amount = f"{Money.from_micros(micros, programme.currency)} {programme.currency}"
    else:
        amount = f"{text_of(micros)} {_(benefit.unit)}".strip()
    return _("{benefit}: up to {amount}, if it is approved.").format(
        benefit=_benefit_name(benefit), amount=amount
    )


def _benefit_name(benefit: Benefit) -> str:
    return _(benefit.item) if benefit.item else _(benefit.name.replace("_", " ").capitalize())


def _next(programme: Programme, screening: Screening) -> Iterator[str]:
    if screening.outcome == "eligible":
        yield _("What comes next: a person decides. You need do nothing; we tell you the decision.")
        return
    if screening.outcome == "not eligible":
        yield _("If one of your answers is wrong, correct it. A person decides and tells you the decision.")
        days = programme.decision.appeal_days if programme.decision else None
        if days:
            yield ngettext(
                "You may object within {days} day of the decision.",
                "You may object within {days} days of the decision.",
                days,
            ).format(days=days)
        return
    yours = [one for one in screening.missing if one.by == "applicant"]
    others = [one for one in screening.missing if one.by != "applicant"]
    for one in yours:
        yield _("Please answer: {question}.").format(question=_question(programme, one))
    for one in others:
        question = _question(programme, one)
        yield _("Still to be answered by our office: {question}.").format(question=question)
    if yours:
        yield _("Nothing is refused because of a gap: your application waits for your answers.")
    else:
        yield _("You need do nothing now: our office completes what is missing.")
