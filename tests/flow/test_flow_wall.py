"""The wall: who stands behind it, what they are given, what they see, and that every look is entered."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from almoner.values.money import Money
from databases import together
from flow.clinic_office import programme_in
from flow.conftest import Office
from flow.medicine_office import MEDICINE, Dispensary, enrol, hand_over, opened

MARCH, APRIL, MAY = date(2026, 3, 2), date(2026, 4, 10), date(2026, 5, 10)


@pytest.fixture
def desk(office: Office, tmp_path: Path) -> Dispensary:
    """Free medicine with a donor."""
    found = opened(office, tmp_path)
    found.user("dirk", "donor")
    return found


def patients(first: int, last: int) -> list[str]:
    return [f"patient {number}" for number in range(first, last + 1)]


def figures(desk: Dispensary, on: date, who: str = "dirk") -> Any:
    """What somebody sees on a day; the clock stands where it stood."""
    from almoner.flow.steps.looking import look_at_figures
    from almoner.flow.steps.recipe import Request

    request = Request(by=desk.office.users[who], happened_on=on, key=f"look {who} {on}")
    return look_at_figures("free_medicine", request=request)


def shown(desk: Dispensary, on: date, who: str = "dirk") -> dict[str, Any]:
    """The figures by name, each with its month: (value, month)."""
    from almoner.flow.reports.queries import month_named

    seen = figures(desk, on, who).look
    people = {one.name: (one.value, one.month and month_named(one.month)) for one in seen.people}
    goods = {
        one.benefit: (one.hand_overs, one.quantity, one.cost, month_named(one.month)) for one in seen.goods
    }
    return {**people, **goods}


def give(desk: Dispensary, who: str, role: str, programme: str = "free_medicine") -> None:
    from almoner.flow.steps.staffing import give_role

    give_role(desk.office.users[who], role, programme, by=desk.office.users["carol"])


@pytest.mark.parametrize(
    ("role", "programme"),
    [
        ("officer", ""),
        ("officer", "free_medicine"),
        ("manager", ""),
        ("safety_desk", "free_medicine"),
        ("commercial", "free_medicine"),
    ],
)
def test_a_donor_is_given_no_other_role_that_reaches_the_programme(
    desk: Dispensary, role: str, programme: str
) -> None:
    from almoner.people.queries import roles_of
    from almoner.vault.models import NotAllowed

    with pytest.raises(NotAllowed, match="whoever stands behind its wall holds nothing else there"):
        give(desk, "dirk", role, programme)
    assert roles_of(desk.office.users["dirk"]) == ["donor:free_medicine"]
    give(desk, "dirk", "officer", "student_grants")


def test_nobody_who_acts_there_becomes_a_donor_not_even_as_a_new_user(desk: Dispensary) -> None:
    from almoner.people.models import User
    from almoner.vault.models import NotAllowed

    desk.user("sam", "safety_desk")
    for who in ("alice", "carol", "sam"):
        with pytest.raises(NotAllowed, match="holds nothing else there"):
            give(desk, who, "donor")
    with pytest.raises(NotAllowed):
        desk.user("both", "donor", "officer:")
    assert not User.objects.filter(username="both").exists()


def test_two_managers_at_once_do_not_get_somebody_round_the_wall(desk: Dispensary) -> None:
    from almoner.people.queries import roles_of

    for number in range(5):
        name = f"ruth{number}"
        desk.user(name)
        outcomes = together(
            lambda name=name: give(desk, name, "donor"), lambda name=name: give(desk, name, "officer", "")
        )
        assert len(roles_of(desk.office.users[name])) == 1, outcomes
        assert sum(outcome is None for outcome in outcomes) == 1, outcomes


def test_a_new_edition_puts_nobody_behind_the_wall_who_acts_on_cases(office: Office, tmp_path: Path) -> None:
    from almoner.flow.steps.recipe import StepRefusedError
    from almoner.flow.steps.rounds import open_round

    desk = opened(office, tmp_path)
    desk.user("sam", "safety_desk")
    text = MEDICINE.replace("[donor, commercial]", "[donor, safety_desk]").replace(
        "to: safety_desk", "to: officer"
    )
    changed = programme_in(tmp_path, text, "free_medicine")
    with pytest.raises(StepRefusedError, match="puts 'safety_desk' behind the wall, and sam acts"):
        open_round(
            changed,
            name="Medicine 2027",
            year=2027,
            budget=Money.zero("CNY"),
            fund="general",
            real=False,
            request=office.request("carol", date(2026, 12, 1)),
        )


def test_a_donor_sees_closed_months_and_fewer_than_ten_as_no_number(desk: Dispensary) -> None:
    enrol(desk, *patients(1, 12), on=MARCH)
    hidden = {"supported now": (None, None), "support ended": (None, None), "supported so far": (None, None)}
    assert shown(desk, MARCH) == hidden, "March is not over"
    desk.at(datetime(2026, 4, 1, 1, tzinfo=UTC))
    march = shown(desk, date(2026, 4, 1))
    assert march["supported so far"] == (12, "2026-03")
    assert march["travel"] == (12, None, 60000, "2026-03")
    enrol(desk, *patients(13, 15), on=APRIL)
    desk.at(datetime(2026, 5, 2, 1, tzinfo=UTC))
    assert shown(desk, date(2026, 5, 2)) == march, "three more are fewer than ten"
    enrol(desk, *patients(16, 22), on=MAY)
    desk.at(datetime(2026, 6, 2, 1, tzinfo=UTC))
    assert shown(desk, date(2026, 6, 2))["supported so far"] == (22, "2026-05")
    assert shown(desk, date(2026, 4, 20)) == march, "April still says what it said"


def test_packs_of_few_patients_are_withheld_and_of_many_are_shown(desk: Dispensary) -> None:
    enrol(desk, *patients(1, 12), on=MARCH)
    hand_over(desk, *((one, 1, "LOT-A") for one in patients(1, 9)), on=date(2026, 3, 20))
    _pay(desk, date(2026, 3, 21))
    desk.at(datetime(2026, 5, 2, 1, tzinfo=UTC))
    early = figures(desk, date(2026, 4, 2))
    assert (early.withheld, [one.benefit for one in early.look.goods]) == (("medicine",), ["travel"])
    hand_over(desk, *((one, 2, "LOT-A") for one in patients(1, 12)), on=date(2026, 5, 3))
    _pay(desk, date(2026, 5, 4))
    desk.at(datetime(2026, 6, 2, 1, tzinfo=UTC))
    assert shown(desk, date(2026, 6, 2))["medicine"] == (21, 33000, 66000, "2026-05")


def _pay(desk: Dispensary, on: date) -> None:
    from almoner.flow.steps.delivering import deliver_due

    deliver_due(desk.round, evidence="pharmacy", request=desk.office.request("alice", on))


def test_what_is_recorded_late_does_not_change_a_month_that_was_seen(desk: Dispensary) -> None:
    enrol(desk, *patients(1, 12), on=MARCH)
    desk.at(datetime(2026, 4, 2, 1, tzinfo=UTC))
    before = shown(desk, date(2026, 4, 2))
    _enrolled_late(
        desk, patients(13, 30), happened=date(2026, 3, 5), recorded=datetime(2026, 4, 20, 4, tzinfo=UTC)
    )
    assert shown(desk, date(2026, 4, 20)) == before
    desk.at(datetime(2026, 5, 2, 1, tzinfo=UTC))
    assert shown(desk, date(2026, 5, 2))["supported so far"] == (30, "2026-04")


def _enrolled_late(desk: Dispensary, names: list[str], *, happened: date, recorded: datetime) -> None:
    from almoner.flow.applications.actions import Sheet
    from almoner.flow.steps import awarding, deciding

    office, round_ = desk.office, desk.round

    def asked(who: str) -> Any:
        request = office.request(who, happened)
        desk.at(recorded)
        return request

    from almoner.flow.imports.actions import Source
    from almoner.flow.steps.receiving import receive_applications

    sheets = [Sheet(one, happened, {"ill": True, "card": one}) for one in names]
    source = Source("applications", "late.csv", "late", "")
    receive_applications(round_, sheets, source=source, request=asked("alice"))
    deciding.decide_each(round_, request=asked("alice"))
    awarding.approve_awards(round_, request=asked("bob"))
    awarding.start_awards(round_, request=asked("alice"))


def test_a_round_of_public_data_is_never_added_to_the_office_s_own(desk: Dispensary) -> None:
    from almoner.flow.steps.rounds import open_round

    public = open_round(
        desk.programme,
        name="Public data",
        year=2026,
        budget=Money.of(Decimal(100_000), "CNY"),
        fund="general",
        real=True,
        request=desk.office.request("carol", date(2026, 1, 5)),
    )
    enrol(replace(desk, round=public), *patients(101, 130), on=MARCH)
    enrol(desk, *patients(1, 12), on=MARCH)
    desk.at(datetime(2026, 4, 2, 1, tzinfo=UTC))
    assert shown(desk, date(2026, 4, 2))["supported so far"] == (12, "2026-03")


def test_every_look_is_entered_with_who_and_what_and_no_figure(desk: Dispensary) -> None:
    from almoner.vault import audit
    from almoner.vault.models import AuditEntry

    enrol(desk, *patients(1, 12), on=MARCH)
    desk.at(datetime(2026, 4, 2, 1, tzinfo=UTC))
    looks = AuditEntry.objects.filter(step="look_at_figures")
    for number, who in enumerate(("dirk", "carol", "dave", "dirk"), start=1):
        figures(desk, date(2026, 4, 2), who)
        assert looks.count() == number
        assert looks.latest("seq").who == desk.office.users[who].pk
    entry = looks.latest("seq")
    assert json.loads(entry.before) == {"programme": "free_medicine"}
    assert json.loads(entry.after) == {
        "until": "2026-03",
        "people": {"supported now": None, "support ended": None, "supported so far": "2026-03"},
        "goods": [["travel", "", "CNY", "2026-03"]],
    }
    assert audit.verify() == []


def test_a_manager_and_an_auditor_see_what_the_donor_sees(desk: Dispensary) -> None:
    enrol(desk, *patients(1, 12), on=MARCH)
    desk.at(datetime(2026, 4, 2, 1, tzinfo=UTC))
    day = date(2026, 4, 2)
    assert shown(desk, day, "carol") == shown(desk, day, "dave") == shown(desk, day, "dirk")


@pytest.mark.parametrize("role", ["officer", "approver", "finance", "reviewer", "importer", "safety_desk"])
def test_nobody_else_sees_figures(desk: Dispensary, role: str) -> None:
    from almoner.people.access import NotPermitted

    desk.user("nora", role)
    for who in ("nora", "eve"):
        with pytest.raises(NotPermitted):
            figures(desk, MARCH, who)


def test_a_donor_of_one_programme_sees_no_figure_of_another(desk: Dispensary, tmp_path: Path) -> None:
    from almoner.flow.steps.looking import look_at_figures
    from almoner.people.access import NotPermitted

    request = desk.office.request("dirk", date(2026, 4, 2))
    for programme in ("student_grants", "community_clinics", ""):
        with pytest.raises(NotPermitted):
            look_at_figures(programme, request=request)


def test_a_day_ahead_has_no_figures(desk: Dispensary) -> None:
    from almoner.flow.steps.recipe import StepRefusedError

    desk.at(datetime(2026, 4, 2, 1, tzinfo=UTC))
    with pytest.raises(StepRefusedError, match="lies ahead"):
        figures(desk, date(2026, 6, 1))
