"""Households with incomes and sizes: a definition with every measure, its rows as the office writes them."""

from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from almoner.definitions.load import load
from almoner.engine.connection import connect
from almoner.engine.evaluation import evaluate_many
from almoner.engine.facts import Pseudonyms, computed, tables
from almoner.engine.figures import Period
from almoner.engine.indicators import compute
from almoner.engine.statement import Account

DEFINITION = """\
almoner: 1
programme: Relief
theme: the disadvantaged
purpose: Relieves need.
serves: household
currency: CNY
time_zone: Asia/Shanghai

parameters:
  poverty_line: {type: money, source: A bureau, from: {2025-01-01: 125}}

form:
  income: {type: money, ask: Income a head}
  secret: {type: money, ask: Income a head, sensitive: finance}
  size: {type: integer, ask: How many}

eligibility:
  is_somebody: {rule: size >= 0, refusal: Nobody., basis: Rules}

decision: {by: officer}

indicators:
  poor: {level: outcome, headcount: income, line: poverty_line, target: 0.5}
  gap: {level: outcome, poverty_gap: income, line: poverty_line, target: 0.08}
  squared: {level: outcome, squared_gap: income, line: poverty_line, target: 0.01}
  poor_people: {level: outcome, headcount: income, line: poverty_line, weight: size}
  gap_of_people: {level: outcome, poverty_gap: income, line: poverty_line, weight: size}
  squared_of_people: {level: outcome, squared_gap: income, line: poverty_line, weight: size}
  unequal: {level: outcome, gini: income}
  unequal_people: {level: outcome, gini: income, weight: size, target: 0.3}
  average: {level: outcome, mean: income, target: 130}
  average_of_people: {level: outcome, mean: income, weight: size}
  secret_poor: {level: outcome, headcount: secret, line: poverty_line}
  secret_gap: {level: outcome, poverty_gap: secret, line: poverty_line}
  secret_unequal: {level: outcome, gini: secret}

examples:
  typical:
    given: {as_of: 2025-03-01, income: 100, size: 2}
    expect: {outcome: eligible}
"""

NAMED = Pseudonyms(bytes(range(32)))
YEAR = Period.year(2025)
AWARDED = date(2025, 4, 2)


@cache
def relief(line="125"):
    with TemporaryDirectory() as folder:
        path = Path(folder) / "relief.yaml"
        path.write_text(DEFINITION.replace("2025-01-01: 125", f"2025-01-01: {line}"), encoding="utf-8")
        return load(path)


def rows_of(programme, households, awarded=AWARDED):
    """An award for each household: its answers by name, and what the definition computes of them."""
    columns = [one for one in computed(programme) if one.table == "awards"]
    sheets = [{**answers, "as_of": awarded} for answers in households]
    values = evaluate_many(programme, [one.expression for one in columns], sheets)
    table = tables(programme)["awards"]
    blank = {column.name: None for column in table.columns}
    for number, (answers, row) in enumerate(zip(households, values, strict=True)):
        yield {
            **blank,
            "award": NAMED("award", number),
            "application": NAMED("application", number),
            "party": NAMED("party", number),
            "awarded": awarded,
            "state": "active",
            "decided_elsewhere": False,
            **{
                column.name: answers.get(column.given)
                for column in table.columns
                if column.name.startswith("answer.")
            },
            **{one.column: one.cell(value.value) for one, value in zip(columns, row, strict=True)},
        }


def incomes(*amounts, size=None):
    """Households with these incomes a head; None is unknown."""
    return [
        {
            name: value
            for name, value in {"income": _money(amount), "secret": _money(amount), "size": size}.items()
            if value is not None
        }
        for amount in amounts
    ]


def _money(amount):
    return None if amount is None else Decimal(str(amount))


def written(folder, programme, households, awarded=AWARDED):
    """Write the awards and the applications behind them, and give the account."""
    known = tables(programme)
    known["awards"].write(list(rows_of(programme, households, awarded)), folder)
    asked = [
        {
            "application": NAMED("application", number),
            "party": NAMED("party", number),
            "submitted": date(2025, 3, 14),
            "state": "decided",
            "outcome": "eligible",
        }
        for number in range(len(households))
    ]
    known["applications"].write(asked, folder)
    return Account(programme, folder)


def figures(households, programme=None, awarded=AWARDED):
    """Every figure over the households, by name."""
    programme = programme or relief()
    with TemporaryDirectory() as name:
        folder = Path(name)
        written(folder, programme, households, awarded)
        with connect(allowed_paths=[folder / "awards.parquet"]) as connection:
            return {
                one.name: one for one in compute(programme, folder, Period.year(awarded.year), connection)
            }
