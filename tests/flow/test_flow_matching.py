"""Whose row it is: by reference, by identifiers, or by both, which must agree; nobody is ever picked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection, transaction

from databases import together
from flow.conftest import SUBMITTED, Office, sheet
from flow.test_flow_decided_elsewhere import award, take_over

if TYPE_CHECKING:
    from almoner.flow.applications.actions import Sheet
    from almoner.flow.applications.models import Round

WEI, LI, LATER = "370102200602111234", "370102200501015678", date(2026, 9, 12)


def asked(row: int, reference: str = "", *, card: str = "", number: str = "", **changed: Any) -> Sheet:
    """A student's row, who says a national id (`card`), a student number, both or none."""
    said = {"national_id": card, "student_number": number}
    named = {scheme: value for scheme, value in said.items() if value}
    return replace(sheet(reference, **changed), row=row, identifiers=named)


def sorted_out(office: Office, round_: Round | None, *rows: Sheet) -> dict[str, int]:
    from almoner.flow.steps.receiving import sort_out

    return {name: count for name, count in sort_out(round_, office.programme, rows).counts().items() if count}


def why_unclear(office: Office, round_: Round, *rows: Sheet) -> dict[int, str]:
    from almoner.flow.applications.models import Application
    from almoner.flow.steps.matching import AmbiguousError
    from almoner.flow.steps.receiving import sort_out

    before = Application.objects.count()
    found = {one.row: one.reason for one in sort_out(round_, office.programme, rows).ambiguous}
    with pytest.raises(AmbiguousError) as refused:
        office.receive(round_, list(rows), LATER)
    assert {one.row for one in refused.value.unclear} == set(found)
    assert not any(number in str(refused.value) for number in (WEI, LI)), "no identifier stands in a message"
    assert Application.objects.count() == before
    return found


def parties() -> int:
    from almoner.people.models import Party

    return Party.objects.count()


def test_a_row_is_matched_to_the_party_that_its_identifier_belongs_to(office: Office) -> None:
    from almoner.flow.applications.models import Application

    first, second = office.open_round(), office.open_round("Autumn 2027")
    office.receive(first, [asked(1, "s-1", card=WEI), asked(2, "s-2")])
    assert sorted_out(office, second, asked(1, "n-7", card=WEI)) == {"created": 1}
    office.receive(second, [asked(1, "n-7", card=" 370102 20060211 1234 ")])
    one, other = Application.objects.get(row_key="s-1"), Application.objects.get(row_key="n-7")
    assert one.party_id == other.party_id
    assert parties() == 2


def test_a_file_without_references_is_matched_by_identifiers_alone(office: Office) -> None:
    from almoner.flow.applications.models import Application

    round_ = office.open_round()
    rows = [asked(1, card=WEI), asked(2, card=LI, home_district=None)]
    assert sorted_out(office, None, *rows) == {"created": 2}
    office.receive(round_, rows)
    assert sorted_out(office, round_, *rows) == {"unchanged": 2}
    turned = [asked(1, card=LI), asked(2, card=WEI)]
    assert sorted_out(office, round_, *turned) == {"updated": 1, "unchanged": 1}
    told = office.receive(round_, turned, LATER)
    assert (told["created"], told["updated"], told["unchanged"]) == (0, 1, 1)
    assert (Application.objects.count(), parties()) == (2, 2)
    assert all(one.row_key.startswith("party ") for one in Application.objects.all())


def test_a_reference_that_is_there_learns_an_identifier_once(office: Office) -> None:
    from almoner.people.models import Party
    from almoner.people.queries import identity_of

    round_ = office.open_round()
    office.receive(round_, [asked(1, "s-1", card=WEI)])
    more = [asked(1, "s-1", card=WEI, number="2026-001")]
    assert sorted_out(office, round_, *more) == {"unchanged": 1, "identified": 1}
    told = office.receive(round_, more, LATER)
    assert (told["unchanged"], told["identified"]) == (1, 1)
    assert identity_of(Party.objects.get())["identifiers"] == {
        "national_id": WEI,
        "student_number": "2026-001",
    }
    assert sorted_out(office, round_, *more) == {"unchanged": 1}
    assert sorted_out(office, round_, asked(1, number="2026 001")) == {"unchanged": 1}


def test_an_identifier_that_leads_elsewhere_than_the_reference_is_ambiguous(office: Office) -> None:
    round_ = office.open_round()
    office.receive(round_, [asked(1, "s-1", card=WEI), asked(2, "s-2", card=LI), asked(3, "s-3")])
    told = why_unclear(office, round_, asked(1, "s-1", card=LI), asked(2, "s-4"), asked(3, "s-9", card=WEI))
    assert told == {
        1: "its reference and its identifier belong to different parties",
        3: "its party is in this round already, under another reference (s-1)",
    }


def test_identifiers_of_two_parties_in_one_row_are_ambiguous(office: Office) -> None:
    round_ = office.open_round()
    office.receive(round_, [asked(1, "s-1", card=WEI), asked(2, "s-2", number="2026-002")])
    told = why_unclear(office, round_, asked(5, card=WEI, number="2026-002"))
    assert told == {5: "its identifiers belong to different parties"}


def test_a_party_that_is_known_by_another_identifier_is_ambiguous(office: Office) -> None:
    round_ = office.open_round()
    office.receive(round_, [asked(1, "s-1", card=WEI)])
    told = why_unclear(office, round_, asked(1, "s-1", card=WEI[:-1] + "5"))
    assert told == {1: "its party is known by another national_id"}


def test_rows_of_one_file_that_could_be_one_another_are_ambiguous(office: Office) -> None:
    round_ = office.open_round()
    told = why_unclear(
        office,
        round_,
        asked(1, "s-1", card=WEI),
        asked(2, "s-2", card=f"{WEI[:6]} {WEI[6:]}"),
        asked(3, "s-3"),
        asked(4, "s-3", card=LI),
        asked(5, "s-5"),
    )
    assert told == {
        1: "row 2 has the same national_id",
        2: "row 1 has the same national_id",
        3: "row 4 has the same reference",
        4: "row 3 has the same reference",
    }


def test_an_organisations_number_is_no_students(office: Office) -> None:
    from almoner.people.actions import NewParty, register_party
    from almoner.vault.blind import Kind
    from almoner.vault.models import Stamp

    stamp = Stamp(who=office.users["alice"], happened_on=SUBMITTED)
    register_party(NewParty("organisation", {}, [(Kind.IDENTIFIER, "national_id", WEI)]), stamp=stamp)
    told = why_unclear(office, office.open_round(), asked(1, "s-1", card=WEI))
    assert told == {1: "its identifier belongs to a party of another kind (organisation)"}


def test_an_identifier_is_nowhere_in_the_clear(office: Office) -> None:
    round_ = office.open_round()
    office.receive(round_, [asked(1, card=WEI), asked(2, "s-2", card=LI)])
    office.receive(round_, [asked(1, "s-2", card=LI, number="2026-QX9Z")], LATER)
    take_over(office, round_, [award("", identifiers={"national_id": "AWARD-QX9Z"})])
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            stored = repr([[bytes(v) if isinstance(v, memoryview) else v for v in row] for row in cursor])
            for secret in (WEI, LI, "QX9Z", "qx9z"):
                assert secret not in stored, table


def test_whoever_was_erased_is_not_made_findable_again(office: Office) -> None:
    from almoner.people.actions import erase_party
    from almoner.people.models import Identifier, Party
    from almoner.vault.models import Stamp

    round_ = office.open_round()
    office.receive(round_, [asked(1, "s-1", card=WEI)])
    with transaction.atomic():
        stamp = Stamp(who=office.users["carol"], happened_on=LATER)
        erase_party(Party.objects.get(), stamp=stamp, why="asked to")
    assert sorted_out(office, round_, asked(1, "s-1", card=WEI)) == {"unchanged": 1}
    office.receive(round_, [asked(1, "s-1", card=WEI)], LATER)
    assert [one.index for one in Identifier.objects.all()] == [""]


def test_awards_decided_elsewhere_are_matched_by_identifiers(office: Office) -> None:
    from almoner.flow.decisions.models import Award
    from almoner.flow.steps.matching import AmbiguousError

    earlier, round_ = office.open_round(), office.open_round("Autumn 2027")
    office.receive(earlier, [asked(1, "s-1", card=WEI)])
    rows = [award("", identifiers={"national_id": WEI}), award("", row=2, identifiers={"national_id": LI})]
    assert take_over(office, round_, rows)["created"] == 2
    assert parties() == 2
    assert take_over(office, round_, rows)["unchanged"] == 2
    with pytest.raises(AmbiguousError, match="under another reference"):
        take_over(office, round_, [award("b-7", identifiers={"national_id": WEI})])
    assert Award.objects.count() == 2


def test_what_comes_after_an_award_is_matched_by_identifiers_too(office: Office) -> None:
    from almoner.flow.steps.matching import AmbiguousError, Named, references_of
    from almoner.flow.steps.recipe import StepRefusedError

    round_ = office.open_round()
    office.receive(round_, [asked(1, "s-1", card=WEI), asked(2, "s-2", card=LI)])

    def references(*rows: tuple[str, str]) -> list[str]:
        named = [
            Named(place, reference, {"national_id": card} if card else {})
            for place, (reference, card) in enumerate(rows, start=1)
        ]
        return references_of(round_, "person", named)

    assert references(("", LI), ("s-1", WEI), ("s-2", ""), ("", LI)) == ["s-2", "s-1", "s-2", "s-2"]
    with pytest.raises(AmbiguousError, match="different parties"):
        references(("s-1", LI))
    with pytest.raises(StepRefusedError, match="nobody's award, the first is 'row 2'"):
        references(("", WEI), ("", "370102200001010000"))


def test_two_imports_at_once_make_one_party_of_one_identifier(office: Office) -> None:
    from almoner.flow.steps.recipe import StepRefusedError

    rounds = [office.open_round(), office.open_round("Autumn 2027")]
    outcomes = together(
        *(
            lambda round_=round_, place=place: office.receive(round_, [asked(1, f"s-{place}", card=WEI)])
            for place, round_ in enumerate(rounds)
        )
    )
    refused = [one for one in outcomes if isinstance(one, Exception)]
    assert all(isinstance(one, StepRefusedError) for one in refused), outcomes
    assert len(refused) < len(rounds)
    assert parties() == 1
    connection.close()
    for place, round_ in enumerate(rounds):
        office.receive(round_, [asked(1, f"s-{place}", card=WEI)], LATER)
    assert parties() == 1


def test_a_file_of_many_pieces_is_sorted_as_if_it_were_one(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    from almoner.flow.applications.models import Application
    from almoner.flow.steps import receiving

    monkeypatch.setattr(receiving, "PIECE", 2)
    round_ = office.open_round()
    rows = [asked(place, f"s-{place}", card=f"37010220060211{place:04}") for place in range(1, 6)]
    assert office.receive(round_, rows)["created"] == 5
    # The third piece names what the first one does, by identifier and by reference.
    told = why_unclear(office, round_, *rows, asked(6, "s-6", card=rows[0].identifiers["national_id"]))
    assert told == {1: "row 6 has the same national_id", 6: "row 1 has the same national_id"}
    told = why_unclear(office, round_, *rows, asked(6, "s-1", number="7"))
    assert told == {1: "row 6 has the same reference", 6: "row 1 has the same reference"}
    # New, changed and unchanged rows stand mixed, and one becomes known by another identifier.
    known = replace(rows[4], identifiers={**rows[4].identifiers, "student_number": "2026-005"})
    changed = replace(asked(2, "s-2", home_district=None), identifiers=rows[1].identifiers)
    mixed = [asked(1, "s-6"), changed, rows[2], asked(4, "s-7"), known]
    counts = {"created": 2, "updated": 1, "unchanged": 2, "identified": 1}
    assert sorted_out(office, round_, *mixed) == counts
    told = office.receive(round_, mixed, LATER)
    assert {name: told[name] for name in counts} == counts
    references = Application.objects.order_by("pk").values_list("reference", "row_key")
    assert len({reference for reference, _row in references}) == 7
    assert [row for _reference, row in references] == [f"s-{place}" for place in range(1, 8)]
    assert sorted_out(office, round_, *mixed) == {"unchanged": 5}


def test_a_file_is_matched_by_what_it_names_and_never_by_walking_through_the_round(office: Office) -> None:
    from django.test.utils import CaptureQueriesContext

    from almoner.flow.applications.queries import by_row_keys, of_parties

    round_ = office.open_round()
    office.receive(round_, [asked(1, "s-1", card=WEI), asked(2, "s-2", card=LI)])
    with CaptureQueriesContext(connection) as asking:
        there = by_row_keys(round_, ["s-1", "s-2"])
        of_parties(round_, [one.party_id for one in there.values()])
    for query in asking.captured_queries:
        assert "ORDER BY" not in query["sql"]
    if office.database.kind == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {asking.captured_queries[0]['sql']}")
            plan = [row[3] for row in cursor.fetchall()]
        assert "(round_id=? AND row_key=?)" in plan[0], plan
