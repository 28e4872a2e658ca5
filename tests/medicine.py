"""A medicine given for years: a small programme whose awards are renewed, end and wind down."""

from pathlib import Path

from almoner.definitions.load import load
from almoner.definitions.programme import Programme

RENEWAL = """\
renewal:
  every: 12 months
  opens: 60 days before
  asks: [household_income, insured, insurance_pays]
  again: [cannot_pay, illness_confirmed]
  no_answer: {remind: [30 days, 7 days], then: suspend, end: after 90 days}
"""

MEDICINE = """\
almoner: 1
programme: Medicine for years
theme: primary health
purpose: Gives a medicine to those who cannot pay for it.
serves: person
currency: CNY
time_zone: Asia/Shanghai

parameters:
  ceiling: {type: money, source: invented for a test, from: {2026-01-01: 40000, 2027-03-01: 30000}}

form:
  ill: {type: boolean, sensitive: health}
  household_income: {type: money, min: 0, sensitive: finance}
  insured: {type: boolean}
  insurance_pays: {type: money, min: 0, when: insured, unasked: 0}

derive:
  own_means: household_income + insurance_pays

eligibility:
  illness_confirmed: {rule: ill, refusal: The illness is not confirmed., basis: article 1}
  cannot_pay: {rule: own_means <= ceiling, refusal: The household can pay., basis: article 2}
  came_in_time: {rule: "as_of <= '2026-12-31'", refusal: It came too late., basis: article 3}

decision:
  by: officer

benefits:
  medicine:
    kind: in_kind
    item: Medicine
    quantity: 2
    unit: pack
    unit_value: 100
    instalments:
      first: {share: 0.5, due: on award}
      second: {share: 0.5, due: 500 days after award}

records:
  visit:
    about: award
    every: year
    due: 30 days
    by: officer
    verified_by: officer
    form: {recovered: {type: boolean, sensitive: health}}

follow_ups:
  afterwards: {due: 30 days after end, form: {well: {type: boolean}}}

__RENEWAL__
exit:
  reasons: [recovered, insured now, not reached, programme closed]
  graduated: {when: "last(visit, recovered)"}
  wind_down: {new: stop, present: until 2028-12-31}

examples:
  poor:
    given: {as_of: 2026-03-01, ill: true, household_income: 20000, insured: false}
    expect: {outcome: eligible, medicine: 2}
"""


def text_of(renewal: str = RENEWAL, examples: str = "") -> str:
    """The file, with another `renewal`, or with more examples."""
    return MEDICINE.replace("__RENEWAL__", renewal) + examples


def medicine(folder: Path, renewal: str = RENEWAL, examples: str = "") -> Programme:
    """The programme, read from a file."""
    path = folder / "medicine.yaml"
    path.write_text(text_of(renewal, examples), encoding="utf-8")
    return load(path)
