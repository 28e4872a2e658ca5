"""What `almoner import` takes over, counts, refuses and names."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from almoner.cli import importing
from cli.typed import APPLICATIONS, HEADER, RESULTS, almoner, opened, row, said, take_over, write


@pytest.mark.parametrize("who", ["mia", "abe", "ada", "rolf"])
@pytest.mark.parametrize("more", [(), ("--dry-run",)])
def test_an_import_refuses_whoever_may_not(office: Path, who: str, more: tuple[str, ...]) -> None:
    from almoner.flow.applications.models import Application

    refused = take_over(office, opened(office), *more, who=who)
    assert (refused.exit_code, f"{who} may not" in refused.stderr) == (3, True)
    assert not Application.objects.exists()


OLD_HEADER = ["Nr", "Decided", "Minute", "Granted", "Paid"]
OLD_BOARD = [
    ["71", "02/03/2026", "Minute 4", "5.000,00", "2.500,00"],
    ["72", "02/03/2026", "Minute 4", "4.000,00", "0"],
]


def old_board(office: Path, rows: list[list[str]] = OLD_BOARD, name: str = "old.csv") -> str:
    return write(office / name, rows, OLD_HEADER)


def test_what_an_old_board_decided_is_taken_over_approved_and_only_the_rest_is_paid(office: Path) -> None:
    opened(office)
    file, where = old_board(office), ("--round", "Autumn 2026", "--on", "2026-09-20")
    quiet = dict.fromkeys(("updated", "unchanged", "identified", "ambiguous", "refused"), 0)
    told = {"created": 2, **quiet, "cost_minor": 650_000}
    dry = said(take_over(office, file, *where, "--dry-run", kind="awards"))
    assert dry == {**told, "free_minor": 5_000_000}
    assert said(take_over(office, file, *where, kind="awards")) == told
    assert said(take_over(office, file, *where, kind="awards")) == told, "the same request, once"
    named_anew = old_board(office, [*OLD_BOARD, ["73", "02/03/2026", "Minute 4", "100", "100"]], "more.csv")
    more = said(take_over(office, named_anew, *where, kind="awards"))
    assert (more["created"], more["unchanged"], more["cost_minor"]) == (1, 2, 0)
    assert almoner("decide", "student_grants", "--approve", "--as", "olga").exit_code == 3
    seen = almoner("awards", "student_grants", "--state", "proposed", "--as", "abe")
    assert "(71) proposed: grant 5000.00; given before: grant 2500.00" in seen.stdout
    assert "decided by The old board on 2026-03-02, Minute 4" in seen.stdout
    listed = said(almoner("awards", "student_grants", "--as", "ada", "--json"))
    for who in ("mia", "rolf"):
        assert almoner("awards", "student_grants", "--as", who).exit_code == 3
    misspelt = almoner("awards", "student_grants", "--state", "propsed", "--as", "abe")
    assert (misspelt.exit_code, "'propsed' is no state of an award" in misspelt.stderr) == (2, True)
    for both in (("--approve", "--start"), ("--approve", "--decline", "x"), ("--because", "x")):
        assert almoner("decide", "student_grants", *both, "--as", "abe").exit_code == 2
    unwanted = [one["reference"] for one in listed if one["row"] == "73"]
    declining = ("decide", "student_grants", "--decline", *unwanted, "--because", "counted twice")
    assert almoner(*declining, "--as", "olga").exit_code == 3
    assert almoner("decide", "student_grants", "--decline", *unwanted, "--as", "abe").exit_code == 3
    assert said(almoner(*declining, "--as", "abe", "--json")) == {"declined": 1}
    approved = said(
        almoner("decide", "student_grants", "--approve", "--as", "abe", "--on", "2026-09-21", "--json")
    )
    assert approved == {"approved": 2, "decided_elsewhere": 2, "committed_minor": 650_000}
    said(almoner("decide", "student_grants", "--start", "--as", "olga", "--on", "2026-09-22", "--json"))
    paid = said(
        almoner(
            "deliver", "student_grants", "--evidence", "run 1", "--as", "olga", "--on", "2026-09-22", "--json"
        )
    )
    assert (paid["delivered"], paid["held"], paid["cost_minor"]) == (1, 2, 200_000)
    told = almoner("replay", "--as", "ada")
    assert "3 awards were decided elsewhere and are left out" in told.stdout
    assert said(almoner("audit", "verify", "--as", "ada", "--json"))["findings"] == []


def test_the_same_award_under_another_paper_is_refused(office: Path) -> None:
    opened(office)
    where = ("--round", "Autumn 2026", "--on", "2026-09-20")
    said(take_over(office, old_board(office), *where, kind="awards"))
    changed = old_board(office, [["71", "02/03/2026", "Minute 5", "5.000,00", "2.500,00"]], "changed.csv")
    dry = take_over(office, changed, *where, "--dry-run", kind="awards")
    counts = json.loads(dry.stdout)
    assert (dry.exit_code, counts["created"], counts["refused"]) == (1, 0, 1)
    refused = take_over(office, changed, *where, kind="awards")
    assert (refused.exit_code, "under another paper, the first is '71'" in refused.stderr) == (3, True)


def test_a_balance_that_cannot_be_is_refused_with_the_reason_of_each_cell(office: Path) -> None:
    from almoner.flow.applications.models import Application

    opened(office)
    rows = [
        ["71", "02/03/2026", "Minute 4", "5000", ""],
        ["72", "02/03/2026", "Minute 4", "5000", "5000,01"],
        ["73", "02/03/2026", "Minute 4", "", "10"],
        ["74", "02/10/2026", "Minute 4", "5000", "0"],
        ["75", "02/03/2026", "", "5000", "0"],
        ["76", "02/03/2026", "Minute 4", "0,005", "0"],
        ["77", "02/03/2026", "Minute 4", "0", "0"],
        ["78", "02/03/2026", "Minute 4", "5000", "0"],
    ]
    file = old_board(office, rows)
    refused = take_over(office, file, "--round", "Autumn 2026", "--on", "2026-09-20", kind="awards")
    assert refused.exit_code == 1
    with (office / "old.refused.csv").open(encoding="utf-8-sig", newline="") as source:
        told = [(one["row"], one["column"], one["reason"]) for one in csv.DictReader(source)]
    assert [(row, column) for row, column, _reason in told] == [
        ("1", "Paid"),
        ("2", "Paid"),
        ("3", "Paid"),
        ("4", "Decided"),
        ("5", "Minute"),
        ("6", "Granted"),
        ("7", ""),
    ]
    assert all(reason for _row, _column, reason in told)
    assert not Application.objects.exists()


@pytest.mark.parametrize("who", ["mia", "abe", "ada", "rolf"])
@pytest.mark.parametrize("more", [(), ("--dry-run",)])
def test_an_import_of_awards_refuses_whoever_may_not(office: Path, who: str, more: tuple[str, ...]) -> None:
    from almoner.flow.applications.models import Application

    opened(office)
    refused = take_over(office, old_board(office), "--round", "Autumn 2026", *more, who=who, kind="awards")
    assert (refused.exit_code, f"{who} may not" in refused.stderr) == (3, True)
    assert not Application.objects.exists()


def test_a_file_with_bad_cells_is_refused_whole_and_says_why_of_each(office: Path) -> None:
    from almoner.flow.applications.models import Application

    opened(office)
    bad = [
        row("1"),
        row("2", Born="31/02/2006"),
        row("3", Average="12e3"),
        row("4", Home="X"),
        row("5", Tuition="1,2,3"),
    ]
    refused = take_over(office, write(office / "bad.csv", bad))
    assert refused.exit_code == 1
    with (office / "bad.refused.csv").open(encoding="utf-8-sig", newline="") as file:
        told = list(csv.DictReader(file))
    assert [(one["row"], one["column"]) for one in told] == [
        ("2", "Born"),
        ("3", "Average"),
        ("4", "Home"),
        ("5", "Tuition"),
    ]
    assert all(one["reason"] for one in told)
    assert not Application.objects.exists()


def with_cards(office: Path, name: str, rows: list[tuple[str, str]]) -> str:
    """A file of students with a national id; its mapping goes by both."""
    text = APPLICATIONS.replace("{reference: Nr}", "{reference: Nr, identifiers: {national_id: Card}}")
    (office / "applications.yaml").write_text(text, encoding="utf-8")
    return write(office / name, [[*row(number), card] for number, card in rows], [*HEADER, "Card"])


def test_a_dry_run_counts_and_names_what_is_ambiguous_and_the_import_picks_nobody(office: Path) -> None:
    from almoner.flow.applications.models import Application

    opened(office)
    first = with_cards(office, "first.csv", [("1", "370102200602111234"), ("2", "370102200501015678")])
    assert said(take_over(office, first))["created"] == 2
    mixed = with_cards(
        office, "mixed.csv", [("1", "370102200501015678"), ("2", "370102200501015678"), ("3", "")]
    )
    dry = take_over(office, mixed, "--dry-run")
    told = json.loads(dry.stdout)
    assert (dry.exit_code, told["created"], told["ambiguous"]) == (1, 1, 2)
    assert [(one["row"], one["name"]) for one in told["ambiguous_rows"]] == [(1, "1"), (2, "2")]
    refused = take_over(office, mixed)
    assert refused.exit_code == 1
    with (office / "mixed.refused.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [(one["row"], one["reason"]) for one in csv.DictReader(file)] == [
            ("1", "row 2 has the same national_id"),
            ("2", "row 1 has the same national_id"),
        ]
    for answer in (dry, refused):
        assert "370102200501015678" not in answer.output
    assert Application.objects.count() == 2


def test_a_dry_run_counts_the_rows_whose_cells_are_refused_beside_the_others(office: Path) -> None:
    from almoner.flow.applications.models import Application

    opened(office)
    bad = write(office / "bad.csv", [row("1"), row("2", Born="31/02/2006", Home="X"), row("3")])
    dry = take_over(office, bad, "--dry-run")
    told = json.loads(dry.stdout)
    assert (dry.exit_code, told["created"], told["refused"]) == (1, 2, 1)
    assert len((office / "bad.refused.csv").read_text(encoding="utf-8-sig").splitlines()) == 3
    assert not Application.objects.exists()


def test_what_comes_after_an_award_is_counted_first_and_matched_by_identifiers(office: Path) -> None:
    from almoner.flow.records.models import Record

    opened(office)
    said(take_over(office, with_cards(office, "first.csv", [("1", "370102200602111234")])))
    said(almoner("decide", "student_grants", "--as", "olga", "--on", "2026-10-25", "--json"))
    said(almoner("decide", "student_grants", "--approve", "--as", "abe", "--on", "2026-10-26", "--json"))
    said(almoner("decide", "student_grants", "--start", "--as", "olga", "--on", "2026-10-27", "--json"))
    text = RESULTS.replace("{reference: nr}", "{identifiers: {national_id: nr}}")
    (office / "records.yaml").write_text(text, encoding="utf-8")
    header = ["nr", "term", "day", "enrolled", "credits", "gpa"]
    told = ["370102 20060211 1234", "2026-autumn", "2027-01-20", "yes", "15", "3.1"]
    results = write(office / "results.csv", [told], header, ",")
    where = ("--round", "Autumn 2026", "--on", "2027-02-01")
    assert said(take_over(office, results, *where, "--dry-run", kind="records"))["created"] == 1
    assert not Record.objects.exists()
    assert said(take_over(office, results, *where, kind="records"))["created"] == 1
    again = said(take_over(office, results, *where, "--dry-run", kind="records"))
    assert (again["created"], again["unchanged"]) == (0, 1)
    stranger = write(office / "other.csv", [["9", *told[1:]]], header, ",")
    refused = take_over(office, stranger, *where, kind="records")
    assert (refused.exit_code, "about nobody's award, the first is 'row 1'" in refused.stderr) == (3, True)
    for who in ("abe", "ada", "rolf"):
        denied = take_over(office, results, *where, "--dry-run", who=who, kind="records")
        assert (denied.exit_code, f"{who} may not" in denied.stderr) == (3, True)


class Watched(io.StringIO):
    """A terminal's stream, whose words are kept."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("terminal", "more", "shown"),
    [(True, (), True), (True, ("--dry-run",), True), (True, ("--json",), False), (False, (), False)],
)
def test_a_bar_shows_how_far_an_import_has_come_to_whoever_looks(
    office: Path,
    monkeypatch: pytest.MonkeyPatch,
    terminal: bool,  # noqa: FBT001 -- a case of the table above
    more: tuple[str, ...],
    shown: bool,  # noqa: FBT001 -- as above
) -> None:
    stream = Watched() if terminal else io.StringIO()
    monkeypatch.setattr(importing, "err", Console(file=stream, width=100))
    file, mapping = opened(office), str(office / "applications.yaml")
    words = ("import", "student_grants", file, "--kind", "applications", "--mapping", mapping, "--as", "olga")
    done = almoner(*words, *more)
    assert done.exit_code == 0, done.output
    stages = ["reading"] if "--dry-run" in more else ["reading", "checking", "writing"]
    assert [stage in stream.getvalue() for stage in stages] == [shown] * len(stages)
    assert shown or not stream.getvalue()


def test_a_column_that_nobody_mapped_is_a_problem_and_not_dropped(office: Path) -> None:
    opened(office)
    file = write(office / "more.csv", [[*row("1"), "x"]], [*HEADER, "Iban"])
    refused = take_over(office, file)
    assert (refused.exit_code, "Iban" in refused.stderr) == (1, True)
