"""A programme whose outcome is valued at published figures, rows for it, and a value made of plain numbers.

The worth of a point of life satisfaction for a year is that of HM Treasury's wellbeing guidance: 13,000 GBP, between
10,000 and 16,000, in prices of 2019, discounted at 1.5 % a year.
"""

from dataclasses import replace
from datetime import date

from statement_cases import NAMED

from almoner.definitions.load import load
from almoner.definitions.programme import Assumption, Duration, OutcomeValue
from almoner.engine.facts import tables
from almoner.engine.statement import Account
from almoner.values.numbers import MICRO

VALUATION = """\
valuation:
  happier:
    proxy:
      low: 10000
      central: 13000
      high: 16000
      price_year: 2019
      source: "HM Treasury, Wellbeing guidance for appraisal: a point of life satisfaction for a year"
    deadweight: {low: 0.20, central: 0.35, high: 0.50, source: invented for this test}
    attribution: {low: 0.10, central: 0.20, high: 0.40}
    displacement: 0
    drop_off: {low: 0.25, central: 0.50, high: 0.60}
    duration: 3 years
    discount_rate: {value: 0.015, source: "HM Treasury, Green Book: health and life"}
"""

DEFINITION = """\
almoner: 1
programme: Good company
theme: the disadvantaged, culture and sport
purpose: Old people who live alone are visited every week.
serves: person
currency: GBP
time_zone: Europe/London

form:
  alone: {type: boolean, ask: "Do you live alone?"}

eligibility:
  lives_alone:
    rule: alone
    refusal: You do not live alone.
    basis: Rules, article 1

decision:
  by: officer

benefits:
  kettle:
    kind: in_kind
    item: Kettle
    quantity: 1
    unit: piece
    unit_value: 20

follow_ups:
  a_year_later:
    due: 365 days after award
    attempts: 3
    form:
      point_more: {type: boolean, ask: "Is your life at least a point better than when the visits began?"}

indicators:
  happier: {level: outcome, share: point_more, from: a_year_later}

{valuation}
examples:
  typical:
    given: {as_of: 2025-03-01, alone: true}
    expect: {outcome: eligible}
"""


def programme(folder, valuation=VALUATION, round_=None, **replaced):
    """The programme, with another valuation or other lines."""
    text = DEFINITION.replace("{valuation}", valuation)
    for old, new in replaced.values():
        assert old in text
        text = text.replace(old, new)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "good_company.yaml"
    path.write_text(text, encoding="utf-8")
    return load(path, round_=round_)


def visited(number, state, point_more=None, party=None, due=date(2025, 6, 30)):
    """One follow-up; each of a party of its own unless one is named."""
    return {
        "follow_up": NAMED("follow_up", number),
        "award": NAMED("award", number),
        "party": NAMED("party", number if party is None else party),
        "period": None,
        "due": due,
        "state": state,
        "happened": None,
        "decided_elsewhere": False,
        "answer.point_more": point_more,
    }


STORY = [
    *(visited(number, "answered", point_more=True) for number in range(40)),
    *(visited(number, "answered", point_more=False) for number in range(40, 60)),
    *(visited(number, "lost") for number in range(60, 75)),
]
"""40 said yes and 20 no; 15 were not reached."""


def written(folder, made, rows=tuple(STORY)):
    """Write the follow-ups and the awards that they are about, and give the account."""
    tables(made)["follow_up_a_year_later"].write(list(rows), folder)
    awards = {row["award"]: row["party"] for row in rows}
    tables(made)["awards"].write([_awarded(award, party) for award, party in awards.items()], folder)
    return Account(made, folder)


def _awarded(award, party):
    return {
        "award": award,
        "application": None,
        "party": party,
        "awarded": date(2024, 6, 30),
        "state": "active",
        "decided_elsewhere": False,
        "answer.alone": True,
    }


def value_of(duration="3 years", currency="GBP", **assumed):
    """A value of plain numbers, each a figure or (low, central, high); what is not said is 0."""
    names = ("proxy", "deadweight", "attribution", "displacement", "drop_off", "discount_rate")
    assert assumed.keys() <= set(names)
    count, unit = duration.split()
    assumptions = {name: _assumption(assumed.get(name, 0)) for name in names}
    return OutcomeValue("kept", assumptions, 2025, Duration(int(count), unit), currency, 1)


def _assumption(figure):
    low, central, high = figure if isinstance(figure, tuple) else (figure,) * 3
    return Assumption(*(round(one * MICRO) for one in (low, central, high)))


def changed(value, name, assumption):
    """The same value with one assumption replaced."""
    return replace(value, assumptions={**value.assumptions, name: assumption})
