"""A small programme with every kind of figure, rows for it, and the statement made of them."""

from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from almoner.definitions.load import load
from almoner.engine.facts import Pseudonyms, tables
from almoner.engine.figures import Period
from almoner.engine.statement import Account, build_statement

KEY = bytes(range(32))
YEAR = Period.year(2025)
MADE_AT = datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)

DEFINITION = """\
almoner: 1
programme: Bursaries <script>alert(1)</script>
theme: education
purpose: Keeps students at school.
serves: person
currency: CNY
time_zone: Asia/Shanghai

parameters:
  ceiling: {type: money, source: Board, from: {2025-01-01: 700}}

form:
  birth_date: {type: date, ask: Date of birth}
  income: {type: money, ask: Income, sensitive: finance}
  home: {type: choice, ask: Home, of: [city, rural]}
  age: {type: integer, ask: Age}
  tuition: {type: money, ask: Tuition}
  note: {type: text, ask: Anything else}
  works: {type: boolean, ask: "Do you work?"}
  wage: {type: money, ask: Wage, when: works, unasked: 0}

derive:
  double_income: income + income
  cost: tuition + 10

eligibility:
  is_poor:
    rule: income <= ceiling
    refusal: The income is above the ceiling.
    basis: Rules, article 1

decision:
  by: committee

benefits:
  grant:
    kind: cash
    payee: party
    amount: tuition
  laptop:
    kind: in_kind
    item: Laptop
    quantity: 1
    unit: piece
    unit_value: 320

records:
  term_result:
    about: award
    every: month
    by: partner
    verified_by: officer
    form:
      enrolled: {type: boolean, ask: "Still enrolled?"}

follow_ups:
  later:
    due: 365 days after award
    attempts: 3
    form:
      moved_up: {type: boolean, ask: "Moved up?"}

contributions:
  grants: {input: cash, motive: investment, from: deliveries of grant}
  laptops: {input: in_kind, motive: gift, from: deliveries of laptop}
  office: {input: management, motive: investment, from: ledger of programme costs}

indicators:
  supported: {level: output, count: party, from: awards}
  disbursed: {level: output, sum: amount, from: deliveries of grant}
  laptops_given: {level: output, sum: quantity, from: deliveries of laptop}
  rural: {level: output, share: "home = 'rural' AND age >= 16", from: awards}
  middle_tuition: {level: output, median: tuition, spread: quartiles, from: awards, unit: yuan a year}
  middle_income: {level: output, median: double_income, from: awards}
  very_poor: {level: output, share: income <= 100, from: awards}
  earning: {level: output, share: wage > ceiling, from: awards}
  reached_early: {level: outcome, sum: tuition, from: awards, reported_and_verified: true}
  retention: {level: outcome, share: enrolled, from: term_result, target: 0.92}
  progression: {level: outcome, share: moved_up, from: later, target: 0.5}

examples:
  typical:
    given: {as_of: 2025-03-01, birth_date: 2006-02-11, income: 500, home: rural, age: 19, tuition: 2400}
    expect: {outcome: eligible}
"""


@cache
def bursaries():
    with TemporaryDirectory() as folder:
        path = Path(folder) / "bursaries.yaml"
        path.write_text(DEFINITION, encoding="utf-8")
        return load(path)


NAMED = Pseudonyms(KEY)


def application(number, outcome="eligible", submitted=date(2025, 3, 14)):
    return {
        "application": NAMED("application", number),
        "party": NAMED("party", number),
        "submitted": submitted,
        "state": "decided",
        "outcome": outcome,
    }


def award(number, **values):
    row = {
        "award": NAMED("award", number),
        "application": NAMED("application", number),
        "party": NAMED("party", number),
        "awarded": date(2025, 4, 2),
        "state": "active",
        "decided_elsewhere": False,
        "answer.birth_date": date(2006, 2, 11),
        "answer.home": "rural",
        "answer.age": 19,
        "answer.tuition": Decimal(2400),
        "answer.works": False,
        "derived.cost": Decimal(2410),
        "indicator.middle_income": Decimal(1000),
        "indicator.very_poor": False,
        "indicator.earning": False,
    }
    assert values.keys() <= row.keys()
    return row | values


def delivery(number, to=0, **values):
    row = {
        "delivery": NAMED("delivery", number),
        "award": NAMED("award", to),
        "party": NAMED("party", to),
        "benefit": "grant",
        "happened": date(2025, 5, 6),
        "amount": Decimal("2400.00"),
        "quantity": None,
        "cost": Decimal("2400.00"),
        "decided_elsewhere": False,
    }
    assert values.keys() <= row.keys()
    return row | values


def laptop(number, to=0, **values):
    given = {"benefit": "laptop", "amount": None, "quantity": Decimal(1), "cost": Decimal("320.00")}
    return delivery(number, to, **(given | values))


def _sheet(what, field, number, to, values):
    row = {
        what: NAMED(what, number),
        "award": NAMED("award", to),
        "party": NAMED("party", to),
        "period": None,
        "due": date(2025, 6, 30),
        "state": "due",
        "happened": None,
        "decided_elsewhere": False,
        f"answer.{field}": None,
    }
    assert values.keys() <= row.keys()
    return row | values


def term(number, state, enrolled=None, to=0, **values):
    said = {"state": state, "answer.enrolled": enrolled}
    return _sheet("record", "enrolled", number, to, said | values)


def later(number, state, moved_up=None, to=0, **values):
    said = {"state": state, "answer.moved_up": moved_up}
    return _sheet("follow_up", "moved_up", number, to, said | values)


def ledger(month, amount):
    return {"contribution": "office", "month": month, "amount": Decimal(amount)}


def moved(movement, month, quantity, lot="LX-7"):
    row = {"benefit": "laptop", "lot": lot, "unit": "piece", "movement": movement, "month": month}
    return row | {"quantity": Decimal(quantity)}


STORY = {
    "applications": [
        *(application(number) for number in range(4)),
        application(4, "needs information"),
        application(5, "not eligible"),
        application(6, None),
        application(7, submitted=date(2024, 12, 31)),
    ],
    "awards": [
        award(0),
        award(1, **{"answer.home": "city", "answer.tuition": Decimal(1000), "indicator.very_poor": True}),
        award(2, **{"answer.home": None, "answer.tuition": None, "decided_elsewhere": True}),
        award(3, **{"answer.age": 15, "answer.tuition": Decimal("1000.01"), "indicator.very_poor": None}),
    ],
    "deliveries": [
        delivery(0, 0),
        delivery(1, 0, amount=Decimal("0.05"), cost=Decimal("0.05")),
        delivery(2, 1, happened=date(2024, 1, 1)),
        laptop(3, 1),
        laptop(4, 3, cost=None),
    ],
    "record_term_result": [
        term(0, "verified", enrolled=True),
        term(1, "verified", enrolled=False, to=1),
        term(2, "reported", enrolled=True, to=2),
        term(3, "due", to=3),
        term(4, "verified", to=3),
    ],
    "follow_up_later": [
        later(0, "answered", moved_up=True),
        later(1, "lost", to=1),
        later(2, "not tried", to=2),
        later(3, "died", to=3),
        later(4, "refused", to=3),
        later(5, "answered", moved_up=True, to=3, due=date(2026, 1, 31)),
    ],
    "contributions": [ledger("2025-01", "1000.50"), ledger("2025-02", "99.50"), ledger("2026-01", "7")],
    "stock": [
        moved("received", "2024-12", "10"),
        moved("issued", "2024-12", "2.5"),
        moved("issued", "2025-03", "1"),
        moved("issued", "2025-03", "1.5"),
        moved("received", "2025-04", "1000"),
        moved("written off", "2025-12", "0.001"),
        moved("issued", "2026-01", "5"),
        moved("recalled", "2026-02", "0"),
        moved("received", "2025-01", "3", "LX-8"),
        moved("recalled", "2025-02", "0", "LX-8"),
        moved("written off", "2025-02", "3", "LX-8"),
        moved("received", "2026-01", "3", "LX-9"),
        moved("received", "2024-01", "3", "LX-6"),
        moved("written off", "2024-02", "3", "LX-6"),
    ],
}


def write(folder, story=STORY):
    """Write the story's rows and give the account."""
    programme = bursaries()
    known = tables(programme)
    for name, rows in story.items():
        known[name].write(rows, folder)
    return Account(programme, folder)


def shuffled(story, turn):
    """The same rows in another order: turned, and every second time backwards."""
    turned = {name: [*rows[turn:], *rows[:turn]] for name, rows in story.items()}
    return {name: rows[::-1] if turn % 2 else rows for name, rows in turned.items()}


def stated(accounts, **said):
    given = {"period": YEAR, "made_at": MADE_AT, "office": "Cedar (invented)", "audit_head": "ab" * 32}
    return build_statement(accounts, **(given | said))


def part_of(statement):
    return statement.content["programmes"][0]


def figures_of(statement):
    return {figure["name"]: figure for figure in part_of(statement)["figures"]}
