"""Users and roles, parties and consents."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from almoner.people import access, actions, queries
from almoner.people.access import NotPermitted
from almoner.people.actions import NewParty
from almoner.people.models import ConsentGiven, Identifier, Identity, Role
from almoner.people.queries import UnknownUser
from almoner.vault import audit, keys
from almoner.vault.blind import Kind
from almoner.vault.models import NotAllowed, Stamp


def wei(scheme="student number", number="2026001"):
    return NewParty(
        kind="person",
        identity={"name": "王小明", "phone": "138 0013 8000"},
        identifiers=[
            (Kind.IDENTIFIER, scheme, number),
            (Kind.PHONE, "", "138 0013 8000"),
            (Kind.NAME, "", "王小明"),
        ],
    )


def test_somebody_without_a_role_may_nothing(alice):
    assert not any(access.may(alice, action, "student_grants") for action in access.ACTIONS)


@pytest.mark.parametrize("role", Role.NAMES)
def test_each_role_may_something_and_no_role_may_everything(alice, role):
    actions.grant_role(alice, role)
    allowed = {action for action in access.ACTIONS if access.may(alice, action, "student_grants")}
    assert allowed
    assert allowed != access.ACTIONS


def test_nobody_proposes_and_approves_by_one_role(alice):
    for role in Role.NAMES:
        both = {"propose awards", "approve awards"}
        assert not both <= access._MAY[role]


def test_a_role_in_one_programme_is_none_in_another(alice):
    actions.grant_role(alice, "officer", "student_grants")
    assert access.may(alice, "import", "student_grants")
    assert not access.may(alice, "import", "agricultural_park")
    assert not access.may(alice, "import")


def test_a_role_in_the_office_counts_in_every_programme(alice):
    actions.grant_role(alice, "officer")
    assert access.may(alice, "import", "student_grants")


def test_a_role_withdrawn_allows_nothing_more(alice):
    actions.grant_role(alice, "officer")
    actions.grant_role(alice, "officer")
    actions.withdraw_role(alice, "officer")
    assert not access.may(alice, "import", "student_grants")
    with pytest.raises(NotAllowed):
        actions.withdraw_role(alice, "officer")


def test_who_has_left_may_nothing(alice):
    actions.grant_role(alice, "officer")
    alice.is_active = False
    alice.save()
    assert not access.may(alice, "import", "student_grants")
    with pytest.raises(UnknownUser, match="alice"):
        queries.user_named("alice")


def test_a_refusal_says_who_may_not_do_what(alice):
    with pytest.raises(NotPermitted, match=r"alice may not: import \(student_grants\)"):
        access.require(alice, "import", "student_grants")
    with pytest.raises(NotPermitted, match="whole office"):
        access.require(alice, "import")


def test_a_misspelt_action_or_role_is_an_error(alice):
    with pytest.raises(ValueError, match="imprt"):
        access.may(alice, "imprt", "student_grants")
    with pytest.raises(ValueError, match="offcer"):
        actions.grant_role(alice, "offcer")
    with pytest.raises(IntegrityError), transaction.atomic():
        Role.objects.create(user=alice, role="offcer")


def test_a_role_that_a_task_names_allows_to_finish_tasks_there_and_nothing_else(alice):
    actions.grant_role(alice, "triage_nurse", "community_clinics", kind=Role.TASK)
    for programme, allowed in (
        ("community_clinics", {"finish tasks"}),
        ("student_grants", set()),
        ("", set()),
    ):
        may = {action for action in access.ACTIONS if access.may(alice, action, programme)}
        assert may == allowed, programme
    assert access.roles_in(alice, "community_clinics") == {"triage_nurse"}
    assert access.roles_in(alice, "student_grants") == frozenset()


def test_a_role_behind_the_wall_allows_to_see_figures_there_and_nothing_else(alice):
    actions.grant_role(alice, "donor", "community_clinics", kind=Role.WALL)
    for programme, allowed in (
        ("community_clinics", {"see figures"}),
        ("student_grants", set()),
        ("", set()),
    ):
        may = {action for action in access.ACTIONS if access.may(alice, action, programme)}
        assert may == allowed, programme


def test_the_wall_stands_whatever_else_a_row_says(alice):
    """Rows that no action would have written: the donor still may nothing but see figures."""
    Role.objects.create(user=alice, role="donor", programme="community_clinics", kind=Role.WALL)
    for role in Role.NAMES:
        Role.objects.create(user=alice, role=role)
    may = {action for action in access.ACTIONS if access.may(alice, action, "community_clinics")}
    assert may == {"see figures"}
    assert not any(access.may(alice, action) for action in access.ACTIONS)
    assert access.may(alice, "import", "student_grants")


@pytest.mark.parametrize(
    "other", [("officer", ""), ("officer", "clinics"), ("nurse", "clinics"), ("agent", "clinics")]
)
def test_whoever_stands_behind_a_wall_holds_nothing_else_that_reaches_there(alice, bob, other):
    role, programme = other
    kind = {"officer": Role.OFFICE, "nurse": Role.TASK, "agent": Role.WALL}[role]
    actions.grant_role(alice, "donor", "clinics", kind=Role.WALL)
    with pytest.raises(NotAllowed, match="alice holds donor:clinics"):
        actions.grant_role(alice, role, programme, kind=kind)
    actions.grant_role(bob, role, programme, kind=kind)
    with pytest.raises(NotAllowed, match=f"bob holds {role}"):
        actions.grant_role(bob, "donor", "clinics", kind=Role.WALL)
    actions.grant_role(alice, "donor", "clinics", kind=Role.WALL)  # what is held already


def test_a_donor_of_one_programme_may_be_an_officer_of_another(alice):
    actions.grant_role(alice, "donor", "clinics", kind=Role.WALL)
    actions.grant_role(alice, "officer", "student_grants")
    actions.grant_role(alice, "donor", "grants", kind=Role.WALL)
    assert access.may(alice, "import", "student_grants")


def test_a_role_that_a_file_names_counts_in_one_programme_and_is_none_of_the_office(alice):
    with pytest.raises(ValueError, match="none is named"):
        actions.grant_role(alice, "triage_nurse", kind=Role.TASK)
    with pytest.raises(ValueError, match="is no role"):
        actions.grant_role(alice, "officer", "community_clinics", kind=Role.TASK)
    with pytest.raises(ValueError, match="is no role"):
        actions.grant_role(alice, "triage_nurse", "community_clinics")


@pytest.mark.parametrize(
    "row",
    [
        {"role": "triage_nurse", "kind": "task"},
        {"role": "", "kind": "task", "programme": "community_clinics"},
        {"role": "officer", "kind": "wall", "programme": "community_clinics"},
        {"role": "triage_nurse", "kind": "office", "programme": "community_clinics"},
        {"role": "triage_nurse", "kind": "king", "programme": "community_clinics"},
    ],
)
def test_the_database_itself_refuses_a_role_that_cannot_be(alice, row):
    with pytest.raises(IntegrityError), transaction.atomic():
        Role.objects.create(user=alice, **row)


def test_a_user_is_found_by_name(alice):
    assert queries.user_named("alice") == alice
    assert str(alice) == "Alice"
    assert not alice.has_usable_password()


def test_parties_have_keys_of_their_own_and_names_under_them(stamp):
    parties = actions.register_parties([wei(), NewParty("household"), wei(number="2026002")], stamp=stamp)
    assert len({keys.opened(party.data_key) for party in parties}) == 3
    assert queries.identity_of(parties[0])["name"] == "王小明"
    assert queries.identity_of(parties[1]) == {}


def test_no_name_or_number_lies_in_the_clear_in_the_database(stamp):
    actions.register_party(wei(), stamp=stamp)
    with connection.cursor() as cursor:
        for table in ("people_party", "people_identity", "people_identifier", "vault_data_key"):
            cursor.execute(f"SELECT * FROM {table}")
            stored = repr([[bytes(v) if isinstance(v, memoryview) else v for v in row] for row in cursor])
            for secret in ("王", "小明", "13800138000", "2026001", repr("王小明".encode())):
                assert secret not in stored


def test_a_party_is_found_by_identifier_phone_and_name(stamp):
    party = actions.register_party(wei(), stamp=stamp)
    assert queries.parties_by(Kind.IDENTIFIER, " 2026001 ", scheme="student number") == [party]
    assert queries.parties_by(Kind.PHONE, "13800138000") == [party]
    assert queries.parties_by(Kind.NAME, "王小明") == [party]
    assert queries.parties_by(Kind.IDENTIFIER, "2026001", scheme="farm number") == []
    assert queries.parties_by(Kind.ACCOUNT, "2026001") == []


def test_a_phone_of_two_parties_finds_both_and_never_just_the_first(stamp):
    one, two = actions.register_parties([wei(), wei(number="2026002")], stamp=stamp)
    assert queries.parties_by(Kind.PHONE, "138-0013-8000") == [one, two]


def test_an_identifier_belongs_to_one_party(stamp):
    actions.register_party(wei(), stamp=stamp)
    with pytest.raises(IntegrityError), transaction.atomic():
        actions.register_party(wei(), stamp=stamp)
    assert actions.register_party(wei(scheme="farm number"), stamp=stamp)


def test_many_parties_are_found_at_once(stamp):
    one, two = actions.register_parties([wei(), wei(number="2026002")], stamp=stamp)
    found = queries.parties_by_identifiers("student number", ["2026002", "2026001", "2026 001", "9"])
    assert found == {"2026001": one, "2026 001": one, "2026002": two}
    assert queries.parties_by_identifiers("student number", []) == {}


def test_a_correction_is_a_new_fact(stamp):
    party = actions.register_party(wei(), stamp=stamp)
    actions.correct_identity(party, {"name": "王晓明"}, stamp=stamp)
    assert queries.identity_of(party) == {"name": "王晓明"}
    assert Identity.objects.filter(party=party).count() == 2


def test_a_fact_is_not_saved_again_or_deleted(stamp):
    party = actions.register_party(wei(), stamp=stamp)
    party.kind = "household"
    with pytest.raises(NotAllowed, match="not saved again"):
        party.save()
    with pytest.raises(NotAllowed, match="never deleted"):
        party.delete()


def test_the_last_word_on_a_consent_holds(stamp, alice):
    party = actions.register_party(wei(), stamp=stamp)
    text = "We may keep your marks."
    say = {"text": text, "stamp": stamp}
    actions.record_consent(party, "student_grants", "data", given=True, **say)
    actions.record_consent(party, "student_grants", "story", given=False, **say)
    assert queries.consents_of(party, "student_grants") == {"data": True, "story": False}
    earlier = Stamp(who=alice, happened_on=date(2026, 9, 1))
    actions.record_consent(party, "student_grants", "data", text=text, given=False, stamp=earlier)
    assert queries.consents_of(party, "student_grants")["data"] is True
    actions.record_consent(party, "student_grants", "data", given=False, **say)
    assert queries.consents_of(party, "student_grants")["data"] is False
    assert queries.consents_of(party, "agricultural_park") == {}
    assert len(set(ConsentGiven.objects.values_list("text_digest", flat=True))) == 1


def test_erasure_makes_a_party_unreadable_and_unfindable_and_leaves_the_rest(stamp):
    party, other = actions.register_parties([wei(), wei(number="2026002")], stamp=stamp)
    with transaction.atomic():
        actions.erase_party(party, stamp=stamp, why="asked by the person")
    with pytest.raises(keys.Erased):
        queries.identity_of(party)
    assert queries.parties_by(Kind.PHONE, "13800138000") == [other]
    assert queries.identity_of(other)["name"] == "王小明"
    assert set(Identifier.objects.filter(party=party).values_list("index", flat=True)) == {""}
    assert audit.verify() == []
    assert actions.register_party(wei(), stamp=stamp), "the number is free again"


def test_an_index_is_emptied_but_never_made_another(stamp):
    party = actions.register_party(wei(), stamp=stamp)
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        Identifier.objects.filter(party=party).update(index="f" * 64)
