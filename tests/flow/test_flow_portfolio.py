"""The whole by theme, in one currency: what has no rate is in no sum, and who may see no money sees none."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from almoner.cli import chapters
from almoner.cli.main import app
from almoner.definitions.load import find, load
from almoner.values.money import Money
from flow.conftest import Office

if TYPE_CHECKING:
    from almoner.flow.steps.portfolio import Portfolio

DAY = date(2026, 9, 10)
BUDGETS = {
    "student_grants": ("100000", "CNY"),
    "poverty_relief": ("1900000", "KES"),
    "honours": ("500.01", "CNY"),
}


@pytest.fixture
def rounds(office: Office) -> Office:
    """Three rounds of three themes, one of them in shillings."""
    from almoner.flow.steps.rounds import open_round

    for name, (budget, currency) in BUDGETS.items():
        open_round(
            load(find(name)),
            name=f"{name} 2026",
            year=2026,
            budget=Money.of(Decimal(budget), currency),
            fund="general",
            real=False,
            request=office.request("carol", date(2026, 9, 1)),
        )
    return office


def rate(office: Office, text: str, on: date = DAY, who: str = "carol", **other: str) -> dict[str, Any]:
    from almoner.flow.steps.portfolio import keep_rate

    said = {"currency": "KES", "into": "CNY", "source": "a bank (invented)", **other}
    return keep_rate(
        said["currency"], said["into"], text, source=said["source"], request=office.request(who, on)
    )


def seen(office: Office, on: date = DAY, who: str = "carol") -> Portfolio:
    from almoner.flow.steps.portfolio import portfolio

    return portfolio("CNY", request=office.request(who, on))


def test_shillings_without_a_rate_are_in_no_sum_and_are_told_in_shillings(rounds: Office) -> None:
    from almoner.flow.steps.portfolio import told

    found = told(seen(rounds))
    assert (found["budget"], found["free"], found["rounds_left_out"]) == ("100500.01", "100500.01", 1)
    relief = next(one for one in found["themes"] if one["rounds_left_out"])
    (left_out,) = [one for one in relief["rounds"] if one["converted"] is None]
    assert (left_out["own"]["free"], left_out["own_currency"]) == ("1900000.00", "KES")


def test_with_a_rate_the_whole_is_the_sum_of_its_themes_and_of_its_parts(rounds: Office) -> None:
    assert rate(rounds, "0.0553") == {"kept": 1}
    found = seen(rounds)
    whole = found.sum_of(found.lines)
    assert str(whole["budget"]) == str(Decimal("100500.01") + Decimal("105070.00"))
    assert whole["budget"].minor == sum(
        found.sum_of(found.of_theme(theme))["budget"].minor for theme in found.themes
    )
    assert whole["budget"].minor == sum(whole[name].minor for name in ("free", "committed", "disbursed"))


def test_the_last_rate_that_is_not_later_holds(rounds: Office) -> None:
    rate(rounds, "0.05", date(2026, 9, 2))
    rate(rounds, "0.06", date(2026, 9, 9))
    rate(rounds, "0.99", date(2026, 9, 11))
    used = {line.rate.rate for line in seen(rounds).lines if line.rate is not None}
    assert used == {"0.06"}
    before = [line for line in seen(rounds, date(2026, 9, 1)).lines if line.converted is None]
    assert [line.own["free"].currency for line in before] == ["KES"]


@pytest.mark.parametrize(
    ("text", "other", "why"),
    [
        ("0", {}, "is no rate"),
        ("-1", {}, "is no rate"),
        ("much", {}, "is no rate"),
        ("NaN", {}, "is no rate"),
        ("1", {"currency": "KSH"}, "'KSH' is no currency"),
        ("1", {"currency": "CNY"}, "no rate to itself"),
        ("1", {"source": " "}, "Say where"),
    ],
)
def test_what_is_no_rate_is_refused(rounds: Office, text: str, other: dict[str, str], why: str) -> None:
    from almoner.flow.ledger.models import Rate
    from almoner.flow.steps.recipe import StepRefusedError

    with pytest.raises(StepRefusedError, match=why):
        rate(rounds, text, **other)
    assert not Rate.objects.exists()


def test_a_day_has_one_rate_and_twice_the_same_is_once(rounds: Office) -> None:
    from almoner.flow.steps.recipe import StepRefusedError

    assert rate(rounds, "0.0553") == {"kept": 1}
    assert rate(rounds, "0.0553") == {"kept": 0}
    with pytest.raises(StepRefusedError, match=r"already: 0\.0553"):
        rate(rounds, "0.0554")


def test_whoever_may_see_no_money_sees_no_portfolio_and_keeps_no_rate(rounds: Office) -> None:
    from almoner.people.access import NotPermitted

    assert seen(rounds, who="dave").lines
    for who in ("alice", "bob", "eve"):
        with pytest.raises(NotPermitted):
            seen(rounds, who=who)
    for who in ("alice", "bob", "dave", "eve"):
        with pytest.raises(NotPermitted):
            rate(rounds, "0.05", who=who)


def test_who_sees_the_money_of_one_programme_sees_that_one(rounds: Office) -> None:
    from almoner.people.actions import create_user, grant_role

    fay = create_user("fay", "Fay")
    grant_role(fay, "finance", "honours")
    rounds.users["fay"] = fay
    assert [line.round for line in seen(rounds, who="fay").lines] == ["honours 2026"]


def test_a_public_data_set_is_nobodys_money(rounds: Office) -> None:
    from almoner.flow.steps.rounds import open_round

    open_round(
        load(find("student_grants")),
        name="Public students 1980",
        year=1980,
        budget=Money.of(Decimal(700_000), "CNY"),
        fund="general",
        real=True,
        request=rounds.request("carol", date(2026, 9, 2)),
    )
    assert "Public students 1980" not in {line.round for line in seen(rounds).lines}


def test_the_command_prints_the_whole(rounds: Office) -> None:
    assert chapters.__all__
    rounds.request("carol", DAY)
    words = ("--as", "carol", "--on", DAY.isoformat())
    kept = CliRunner().invoke(app, ["rate", "KES", "CNY", "0.0553", "--source", "a bank (invented)", *words])
    assert kept.exit_code == 0, kept.output
    shown = CliRunner().invoke(app, ["portfolio", *words])
    assert shown.exit_code == 0, shown.output
    for text in ("205,570.01", "105,070.00", "1 KES = 0.0553 CNY since 2026-09-10"):
        assert text in shown.output
    found = json.loads(CliRunner().invoke(app, ["portfolio", "--json", *words]).stdout)
    assert (found["budget"], found["rounds_left_out"]) == ("205570.01", 0)
