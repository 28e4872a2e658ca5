"""Who may act: the office's roles, and those that a programme's file names, each granted by a manager."""

from __future__ import annotations

from pathlib import Path

import pytest

from flow.clinic_office import opened_day
from flow.conftest import Office


def add(office: Office, name: str, *roles: str, by: str = "carol") -> None:
    from almoner.flow.steps.staffing import add_user

    pairs = [(role.partition(":")[0], role.partition(":")[2]) for role in roles]
    add_user(name, pairs, by=office.users[by])


def held(name: str) -> list[str]:
    from almoner.people.queries import roles_of, user_named

    return roles_of(user_named(name))


def test_a_nurse_holds_the_role_that_the_clinics_file_names(office: Office) -> None:
    from almoner.people.models import Role
    from almoner.vault.models import AuditEntry

    add(office, "nina", "triage_nurse:community_clinics")
    assert held("nina") == ["triage_nurse:community_clinics"]
    assert Role.objects.get(user__username="nina").kind == Role.TASK
    assert '"triage_nurse"' in AuditEntry.objects.latest("seq").after


def test_a_misspelt_role_is_refused_with_the_one_that_was_meant(office: Office) -> None:
    from almoner.people.models import User

    with pytest.raises(ValueError, match=r"'triage_nurs' is none of the roles.*Did you mean 'triage_nurse'"):
        add(office, "nina", "triage_nurs:community_clinics")
    with pytest.raises(ValueError, match="Did you mean 'officer'"):
        add(office, "nina", "oficer:community_clinics")
    assert not User.objects.filter(username="nina").exists()


def test_a_role_of_one_programme_is_none_of_another_and_none_of_the_whole_office(office: Office) -> None:
    for wanted in ("triage_nurse:student_grants", "triage_nurse"):
        with pytest.raises(ValueError, match="is none of the roles"):
            add(office, "nina", wanted)
    with pytest.raises(ValueError, match="There is no programme 'comunity_clinics'"):
        add(office, "nina", "officer:comunity_clinics")


def test_a_programme_that_came_from_elsewhere_is_known_by_its_stored_edition(
    office: Office, tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match="There is no programme 'village_eyes'"):
        add(office, "nina", "nurse:village_eyes")
    opened_day(office, tmp_path)
    add(office, "nina", "nurse:village_eyes")
    add(office, "nora", f"nurse:{tmp_path / 'village_eyes.yaml'}")
    assert held("nina") == held("nora") == ["nurse:village_eyes"]


def test_only_a_manager_gives_and_withdraws_roles(office: Office) -> None:
    from almoner.flow.steps.staffing import give_role, withdraw_role
    from almoner.people.access import NotPermitted
    from almoner.vault.models import NotAllowed

    eve = office.users["eve"]
    for name in ("alice", "bob", "dave", "eve"):
        with pytest.raises(NotPermitted):
            give_role(eve, "doctor", "community_clinics", by=office.users[name])
        with pytest.raises(NotPermitted):
            withdraw_role(eve, "doctor", "community_clinics", by=office.users[name])
    give_role(eve, "doctor", "community_clinics", by=office.users["carol"])
    assert held("eve") == ["doctor:community_clinics"]
    withdraw_role(eve, "doctor", "community_clinics", by=office.users["carol"])
    assert held("eve") == []
    with pytest.raises(NotAllowed):
        withdraw_role(eve, "doctor", "community_clinics", by=office.users["carol"])
