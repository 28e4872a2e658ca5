"""An eleventh programme needs a file and no Python: one written here runs from its round to its statement."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from almoner.engine.figures import Period
from almoner.engine.verify import verify
from almoner.values.money import Money
from flow.clinic_office import programme_in
from flow.conftest import Office

STOVES = """\
almoner: 1
programme: Warm rooms
theme: the disadvantaged, culture and sport
purpose: Gives poor households a stove that does not smoke.
serves: household
called: {applicant: Household, award: Stove}
currency: CNY
time_zone: Asia/Shanghai

parameters:
  ceiling: {type: money, source: invented for a test, from: {2026-01-01: 500}}

form:
  members: {type: rows, of: {age: {type: integer, min: 0, max: 120}, income: {type: money, min: 0, sensitive: finance}}}
  has_stove: {type: boolean, required: true}
  village: {type: choice, of: [hill, plain]}

derive:
  income_per_head: sum_of(members, income) / count_of(members, TRUE)

eligibility:
  is_poor: {rule: income_per_head <= ceiling, refusal: The household earns more than the ceiling., basis: article 1}
  has_none: {rule: NOT has_stove, refusal: The household has a stove., basis: article 2}

scoring:
  need: {income_per_head <= 200: 60, otherwise: 40}

decision:
  by: officer
  information: {remind: [7 days], lapse: 30 days}
  cut: {threshold: 40, rank: points, ties: [income_per_head, lottery]}

benefits:
  stove: {kind: in_kind, item: Stove, quantity: 1, unit: piece, unit_value: 400}
  fuel:
    kind: cash
    amount: 200
    instalments: {winter: {share: 1, due: 30 days after award, when: "last(visit, works)"}}

records:
  visit:
    about: award
    every: month
    by: officer
    verified_by: officer
    form: {works: {type: boolean}, smoke: {type: integer, min: 0, max: 10}}
    derive: {is_clean: smoke <= 2}
    raises: {repair: {when: NOT works, to: fitter, within: 3 days}}

follow_ups:
  spring:
    due: 120 days after award
    attempts: 2
    form: {still_used: {type: boolean}}
    raises: {fetch_back: {when: NOT still_used, to: fitter, within: 30 days}}

contributions:
  stoves: {input: in_kind, motive: gift, from: deliveries of stove}
  fuel_money: {input: cash, motive: gift, from: deliveries of fuel}

indicators:
  households: {level: output, count: party, from: awards}
  working: {level: outcome, share: works, from: visit}
  clean: {level: outcome, share: is_clean, from: visit}
  still_used: {level: outcome, share: still_used, from: spring}

valuation:
  working:
    proxy: {low: 300, central: 400, high: 600, price_year: 2026, source: invented for a test}
    deadweight: 0.5
    attribution: 0
    displacement: 0
    drop_off: 0
    duration: 1 month
    discount_rate: 0
  still_used:
    proxy: {value: 400, price_year: 2026, source: invented for a test}
    deadweight: 0.5
    attribution: 0
    displacement: 0
    drop_off: {low: 0.1, central: 0.2, high: 0.4}
    duration: 5 years
    discount_rate: 0.03

examples:
  poor:
    given: {as_of: 2026-09-10, has_stove: false, village: hill, members: [{age: 40, income: 300}, {age: 8, income: 0}]}
    expect: {outcome: eligible, points: 60, stove: 1, fuel: 200}
"""


def household(row_key: str, **changed: Any) -> Any:
    from almoner.flow.applications.actions import Sheet

    answers = {
        "has_stove": False,
        "village": "hill",
        "members": [{"age": Decimal(40), "income": Decimal(300)}, {"age": Decimal(8), "income": Decimal(0)}],
    }
    return Sheet(row_key, date(2026, 9, 10), {**answers, **changed})


def test_no_python_per_programme_a_new_file_runs_through_the_whole_flow(
    office: Office, tmp_path: Path
) -> None:
    from almoner.flow.imports.actions import Source
    from almoner.flow.records.models import Task
    from almoner.flow.steps import awarding, closing, deciding, delivering, following, rounds
    from almoner.flow.steps.following import Arrived
    from almoner.flow.steps.receiving import receive_applications

    programme = programme_in(tmp_path, STOVES, "warm_rooms")
    round_ = rounds.open_round(
        programme,
        name="Winter 2026",
        year=2026,
        budget=Money.of(Decimal(10_000), "CNY"),
        fund="general",
        real=False,
        request=office.request("carol", date(2026, 9, 1)),
    )
    rich = [{"age": Decimal(40), "income": Decimal(3000)}]
    source = Source("applications", "households.csv", "households", "")
    sheets = [
        household("h-1"),
        household("h-2", village="plain"),
        household("h-3", members=rich),
        household("h-4", members=None),
    ]
    came = receive_applications(
        round_, sheets, source=source, request=office.request("alice", date(2026, 9, 10))
    )
    assert came["outcomes"] == {"eligible": 2, "needs information": 1, "not eligible": 1}
    deciding.lapse_silent(round_, request=office.request("alice", date(2026, 10, 20)))
    deciding.cut_round(round_, seed=3, request=office.request("alice", date(2026, 10, 21)))
    awarding.approve_awards(round_, request=office.request("bob", date(2026, 10, 22)))
    awarding.start_awards(round_, request=office.request("alice", date(2026, 10, 22)))
    first = delivering.deliver_due(
        round_, evidence="lorry", request=office.request("alice", date(2026, 10, 23))
    )
    assert first["delivered"] == 2
    visits = [
        Arrived("h-1", "visit", "2026-10", date(2026, 11, 2), {"works": True, "smoke": Decimal(1)}),
        Arrived("h-2", "visit", "2026-10", date(2026, 11, 2), {"works": False, "smoke": None}),
    ]
    following.receive_records(
        round_,
        visits,
        source=Source("records", "visits.csv", "visits", ""),
        request=office.request("alice", date(2026, 11, 2)),
    )
    assert [task.name for task in Task.objects.all()] == ["repair"]
    following.verify_records(round_, "visit", request=office.request("bob", date(2026, 11, 3)))
    second = delivering.deliver_due(
        round_, evidence="bank", request=office.request("alice", date(2026, 11, 21))
    )
    assert (second["delivered"], second["held"]) == (1, 1)
    a_follow_up_without_an_answer_alarms_too(office, round_)
    published = closing.close_period(
        [round_],
        office="Test office",
        period=Period(date(2026, 9, 1), date(2026, 10, 31)),
        folder=tmp_path / "published",
        first_line="",
        request=office.request("carol", date(2027, 3, 5)),
    )
    assert verify(published.bundle, published.root).problems == ()
    (part,) = json.loads(published.statement.read_text())["programmes"]
    the_figures_are_those_of_two_households(part["figures"])
    what_was_measured_is_valued_and_what_was_not_has_a_reason(part["values"])


def the_figures_are_those_of_two_households(listed: list[dict[str, Any]]) -> None:
    """Two were helped; one stove works, and of the other nobody said how much it smokes."""
    figures = {figure["name"]: figure for figure in listed}
    assert figures["households"]["value"] == "2"
    assert [figures["working"][name] for name in ("yes", "no", "unknown", "N")] == [1, 1, 0, 2]
    assert [figures["clean"][name] for name in ("yes", "no", "unknown", "N")] == [1, 0, 1, 2]


def what_was_measured_is_valued_and_what_was_not_has_a_reason(values: list[dict[str, Any]]) -> None:
    """One stove works, of two that are known: a month of 400 a year, half of which would have come anyway."""
    working, still_used = values
    assert [working[name] for name in ("yes", "n", "N", "central")] == [1, 2, 2, "16.67"]
    assert [working[name] for name in ("adverse", "favourable")] == ["12.50", "25.00"]
    assert still_used["not_valued"] == "Nobody was due to be followed up."
    assert still_used["central"] is None


def a_follow_up_without_an_answer_alarms_too(office: Office, round_: Any) -> None:
    """Whether the stove is still used is not said: a gap silences no alarm."""
    from almoner.flow.imports.actions import Source
    from almoner.flow.records.models import Task
    from almoner.flow.steps import following
    from almoner.flow.steps.following import Arrived

    rang = following.receive_follow_ups(
        round_,
        [Arrived("h-1", "spring", "", date(2027, 2, 25), {"still_used": None})],
        source=Source("follow-ups", "calls.csv", "calls", ""),
        request=office.request("alice", date(2027, 2, 25)),
    )
    assert (rang["answered"], rang["tasks"]) == (1, 1)
    assert Task.objects.get(name="fetch_back").unclear == ["still_used"]
