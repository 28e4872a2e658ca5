"""An office of poverty relief: a round with households in it, what they were given, and the files about them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from almoner.definitions.load import find, load
from almoner.values.money import Money
from flow.conftest import Office

if TYPE_CHECKING:
    from almoner.definitions.programme import Programme
    from almoner.flow.applications.models import Round

ASKED, BEGUN, GIVEN = date(2026, 3, 2), date(2026, 3, 20), date(2026, 3, 30)
"""The days on which they applied, were awarded, and got the first half and the blankets."""

HOUSEHOLDS = tuple(f"h-{place}" for place in range(8))
INCOMES = (0, 1000, 2000, 3000, 4000, 6000, 8000, 8600)
"""What each household has a month; two people live in each."""


@cache
def relief() -> Programme:
    """The shipped programme."""
    return load(find("poverty_relief"))


def changed(folder: Path, *replacements: tuple[str, str]) -> Programme:
    """The shipped programme with other words in it."""
    source = Path(find("poverty_relief"))
    text = source.read_text(encoding="utf-8")
    for before, after in replacements:
        assert before in text
        text = text.replace(before, after)
    for table in ("relief_line.csv", "poverty_likelihood.csv"):
        (folder / table).write_bytes((source.parent / table).read_bytes())
    (folder / "poverty_relief.yaml").write_text(text, encoding="utf-8")
    return load(folder / "poverty_relief.yaml")


def household(income: int | None, **other: Any) -> dict[str, Any]:
    """The answers of a household of two, and what the officer found."""
    earns = None if income is None else Decimal(income)
    return {
        "area": "rural",
        "lives_in_district": True,
        "members": [{"age": Decimal(40), "income": earns}, {"age": Decimal(9), "income": Decimal(0)}],
        "is_ill": False,
        "score": Decimal(27),
        **other,
    }


def applied(
    office: Office, households: dict[str, dict[str, Any]], programme: Programme | None = None
) -> Round:
    """A round in which these households applied."""
    from almoner.flow.imports.actions import Source
    from almoner.flow.steps.receiving import Sheet, receive_applications
    from almoner.flow.steps.rounds import open_round

    round_ = open_round(
        programme or relief(),
        name="Relief 2026",
        year=2026,
        budget=Money.of(Decimal(900_000), "KES"),
        fund="general",
        real=False,
        request=office.request("carol", date(2026, 1, 10)),
    )
    sheets = [Sheet(name, ASKED, answers) for name, answers in households.items()]
    source = Source("applications", "households.csv", "households", "")
    receive_applications(round_, sheets, source=source, request=office.request("alice", ASKED))
    return round_


def awarded(office: Office, programme: Programme | None = None, incomes: tuple[int, ...] = INCOMES) -> Round:
    """Eight poor households, and one whose income nobody knows: cut, approved, begun."""
    from almoner.flow.steps import awarding, deciding

    households = {f"h-{place}": household(income) for place, income in enumerate(incomes)}
    round_ = applied(office, households | {"h-unknown": household(None)}, programme)
    deciding.lapse_silent(round_, request=office.request("alice", date(2026, 4, 1)))
    deciding.cut_round(round_, seed=3, request=office.request("alice", date(2026, 3, 15)))
    awarding.approve_awards(round_, request=office.request("bob", date(2026, 3, 18)))
    awarding.start_awards(round_, request=office.request("alice", BEGUN))
    return round_


def visited(office: Office, round_: Round, *households: str) -> dict[str, Any]:
    """Two people saw the homes; somebody else looked at their papers."""
    from almoner.flow.imports.actions import Source
    from almoner.flow.steps import following
    from almoner.flow.steps.following import Arrived

    answers = {"lives_there": True, "roof": "leaks"}
    rows = [
        Arrived(name, "home_visit", "", date(2026, 3, 24), answers, paper=f"V-{name}") for name in households
    ]
    source = Source("records", "visits.csv", "visits", "")
    request = office.request("alice", date(2026, 3, 24))
    told = following.receive_records(round_, rows, source=source, request=request)
    following.verify_records(round_, "home_visit", request=office.request("bob", date(2026, 3, 26)))
    return told


def handed_over(office: Office, round_: Round, on: date = GIVEN) -> dict[str, Any]:
    """A run of hand-overs."""
    from almoner.flow.steps.delivering import deliver_due

    return deliver_due(round_, evidence=f"list of {on}", request=office.request("alice", on))


def drawn(office: Office, round_: Round, name: str = "did_it_arrive", **other: Any) -> dict[str, Any]:
    """A sample is drawn by somebody who hands nothing over."""
    from almoner.flow.steps.sampling import draw_sample

    request = office.request(other.get("who", "carol"), other.get("on", date(2026, 3, 31)))
    return draw_sample(round_, name, seed=other.get("seed", 11), request=request)


def asked(
    office: Office, round_: Round, name: str, on: date, *rows: tuple[str, dict[str, Any]], **other: Any
) -> Any:
    """A file of answers to a follow-up; `about` names the delivery of all of them."""
    from almoner.flow.imports.actions import Source
    from almoner.flow.steps import following
    from almoner.flow.steps.following import Arrived

    following.settle_follow_ups(round_, request=office.request("alice", on))
    about = other.get("about", "")
    arrived = [Arrived(key, name, about, on, answers) for key, answers in rows]
    source = Source("records", "answers.csv", f"{name} {on}", "")
    return following.receive_follow_ups(round_, arrived, source=source, request=office.request("alice", on))
