"""Farmers under contract and their neighbours, asked twice: a definition with a change and a comparison, its rows."""

from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from statement_cases import KEY, application

from almoner.definitions.load import load
from almoner.engine.facts import Pseudonyms, tables
from almoner.engine.statement import Account

DEFINITION = """\
almoner: 1
programme: Contracts
theme: rural economy
purpose: Raises incomes.
serves: household
currency: CNY
time_zone: Asia/Shanghai

form:
  area: {type: number, ask: Area}

eligibility:
  has_land: {rule: area > 0, refusal: No land., basis: Rules}

decision: {by: officer}

follow_ups:
  survey:
    about: [award, neighbours]
    due: [before first delivery, 180 days after award]
    form:
      sales: {type: money, ask: Sales}
      costs: {type: money, ask: Costs}
      fed: {type: boolean, ask: "Enough to eat?"}

comparison:
  neighbours: {who: Others, at_least: 3, asked: [survey]}

indicators:
  net_income: {level: outcome, change: sales - costs, from: survey, against: neighbours, target: 50}
  fed: {level: outcome, share: fed, from: survey}

examples:
  typical:
    given: {as_of: 2025-03-01, area: 2}
    expect: {outcome: eligible}
"""

NAMED = Pseudonyms(KEY)
MONTHS = [date(2024, 11, 1), date(2025, 2, 1), date(2025, 7, 1), date(2026, 3, 1)]


@cache
def contracts():
    with TemporaryDirectory() as folder:
        path = Path(folder) / "contracts.yaml"
        path.write_text(DEFINITION, encoding="utf-8")
        return load(path)


def row(number, party, due, state="answered", *, net=None, group=None):  # noqa: PLR0913 -- a row has these cells
    return {
        "follow_up": NAMED("follow_up", number),
        "award": None if group else NAMED("award", party),
        "party": NAMED("party", party),
        "period": None,
        "due": due,
        "state": state,
        "happened": due if state == "answered" else None,
        "decided_elsewhere": False,
        "group": group,
        "answer.sales": None if net is None else Decimal(net) + 10,
        "answer.costs": None if net is None else Decimal(10),
        "answer.fed": True,
        "indicator.net_income": None if net is None else Decimal(net),
    }


SPRING, SUMMER = MONTHS[1], MONTHS[2]
STORY = [
    *(row(n, n, SPRING, net=100) for n in range(5)),
    row(10, 0, SUMMER, net=160),
    row(11, 1, SUMMER, net=90),
    row(12, 2, SUMMER, net=200),
    row(13, 3, SUMMER, "lost"),
    row(14, 4, SUMMER, net=None),
    row(15, 5, SPRING, net=100),
    *(row(20 + n, 50 + n, SPRING, net=100, group="neighbours") for n in range(3)),
    row(30, 50, SUMMER, net=110, group="neighbours"),
    row(31, 51, SUMMER, net=120, group="neighbours"),
    row(32, 52, SUMMER, "refused", group="neighbours"),
]


def contract(number):
    return {
        "award": NAMED("award", number),
        "application": NAMED("application", number),
        "party": NAMED("party", number),
        "awarded": SPRING,
        "state": "active",
        "decided_elsewhere": False,
        "answer.area": Decimal(2),
    }


def written(folder, rows, programme=None):
    """Write the rows, with the applications and contracts behind them, and give the account."""
    programme = programme or contracts()
    known = tables(programme)
    known["follow_up_survey"].write(rows, folder)
    known["awards"].write([contract(number) for number in range(6)], folder)
    known["applications"].write([application(number) for number in range(6)], folder)
    return Account(programme, folder)


TABLE = "lookups:\n  prices: {file: prices.csv, source: A bureau, values: {level: number}}\n\nform:\n"
RISING = ("2025-01-01,100", "2025-03-01,110", "2025-12-01,121")
"""Prices of the first survey, of the second, and of the period's last month."""


def deflating(folder, lines):
    """The contracts of the cases with an index of prices."""
    text = DEFINITION.replace("form:\n", TABLE, 1).replace("against:", "deflate: prices, against:")
    (folder / "contracts.yaml").write_text(text, encoding="utf-8")
    (folder / "prices.csv").write_text("from,level\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return load(folder / "contracts.yaml")
