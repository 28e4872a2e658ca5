"""What a person types, from an empty office to a verified statement, and what each refused word says."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.typed import almoner, opened, said, take_over, write


def test_a_year_is_typed_from_an_empty_office_to_a_verified_statement(office: Path) -> None:
    file = opened(office)
    dry = said(take_over(office, file, "--dry-run"))
    assert (dry["created"], dry["updated"], dry["unchanged"]) == (3, 0, 0)
    taken = said(take_over(office, file, "--on", "2026-09-10"))
    assert taken["outcomes"] == {"eligible": 1, "needs information": 1, "not eligible": 1}
    assert said(take_over(office, file, "--dry-run"))["unchanged"] == 3
    early = almoner("decide", "programmes/student_grants.yaml", "--as", "olga", "--on", "2026-09-20")
    assert early.exit_code == 3
    assert "Somebody may still answer" in early.stderr
    cut = said(
        almoner(
            "decide",
            "student_grants",
            "--lapse",
            "--as",
            "olga",
            "--on",
            "2026-10-25",
            "--seed",
            "7",
            "--json",
        )
    )
    assert (cut["lapsed"], cut["awarded"], cut["refused"], cut["left_out"]) == (1, 1, 1, 1)
    own = almoner("decide", "student_grants", "--approve", "--as", "olga", "--on", "2026-10-26")
    assert own.exit_code == 3
    assert said(
        almoner("decide", "student_grants", "--approve", "--as", "abe", "--on", "2026-10-26", "--json")
    )
    started = said(
        almoner("decide", "student_grants", "--start", "--as", "olga", "--on", "2026-10-27", "--json")
    )
    assert started["instalments"] == 2
    paid = said(
        almoner(
            "deliver", "student_grants", "--evidence", "run 1", "--as", "olga", "--on", "2026-10-27", "--json"
        )
    )
    assert paid["delivered"] == 1
    results = write(
        office / "results.csv",
        [["1", "2026-autumn", "2027-01-20", "yes", "15", "3.1"]],
        ["nr", "term", "day", "enrolled", "credits", "gpa"],
        ",",
    )
    reported = said(
        take_over(office, results, "--round", "Autumn 2026", "--on", "2027-02-01", kind="records")
    )
    assert reported["created"] == 1
    verified = almoner(
        "verify-records", "student_grants", "term_result", "--as", "abe", "--on", "2027-02-02", "--json"
    )
    assert said(verified) == {"verified": 1}
    (waiting,) = said(almoner("due", "student_grants", "--as", "olga", "--on", "2027-04-01", "--json"))["due"]
    assert (waiting["what"], waiting["held"]) == ("second", False)
    second = said(
        almoner(
            "deliver", "student_grants", "--evidence", "run 2", "--as", "olga", "--on", "2027-04-01", "--json"
        )
    )
    assert second["delivered"] == 1
    published = said(
        almoner(
            "statement",
            "--year",
            "2026",
            "--to",
            str(office / "out"),
            "--as",
            "mia",
            "--office",
            "Us",
            "--json",
        )
    )
    agreed = almoner("verify", published["bundle"], "--root", published["root"])
    assert (agreed.exit_code, "the root is the published one" in agreed.stdout) == (0, True)
    elsewhere = almoner("verify", published["bundle"])
    assert "origin not checked" in elsewhere.stdout
    assert almoner("verify", published["bundle"], "--root", "0" * 64).exit_code == 1
    assert said(almoner("replay", "--as", "ada", "--json")) == {
        "replayed": 3,
        "decided_elsewhere": 0,
        "differences": [],
    }
    assert said(almoner("replay", "./student_grants.yaml", "--as", "ada", "--json"))["replayed"] == 3
    assert almoner("replay", "student_grant", "--as", "ada").exit_code == 3
    assert said(almoner("audit", "verify", "--as", "ada", "--json"))["findings"] == []


@pytest.mark.parametrize(
    ("words", "who"),
    [
        (("decide", "student_grants"), "abe"),
        (("decide", "student_grants", "--approve"), "mia"),
        (("decide", "student_grants", "--start"), "abe"),
        (("deliver", "student_grants", "--evidence", "x"), "abe"),
        (("due", "student_grants"), "mia"),
        (("verify-records", "student_grants", "term_result"), "olga"),
        (("statement", "--year", "2026", "--to", "out"), "olga"),
        (("replay",), "olga"),
        (("audit", "verify"), "olga"),
        (("user", "new", "--role", "officer"), "olga"),
    ],
)
def test_a_command_refuses_whoever_may_not(office: Path, words: tuple[str, ...], who: str) -> None:
    opened(office)
    for name in (who, "rolf"):
        refused = almoner(*words, "--as", name)
        assert refused.exit_code == 3, refused.output
        assert f"{name} may not" in refused.stderr
    nobody = almoner(*words, "--as", "stranger")
    assert (nobody.exit_code, "There is no active user 'stranger'" in nobody.stderr) == (3, True)


@pytest.mark.parametrize("who", ["olga", "abe", "ada", "rolf"])
def test_a_round_is_opened_by_a_manager_alone(office: Path, who: str) -> None:
    from almoner.flow.applications.models import Round

    mapping = str(office / "applications.yaml")
    refused = almoner("open-round", "student_grants", "--mapping", mapping, "--budget", "5", "--as", who)
    assert (refused.exit_code, f"{who} may not" in refused.stderr) == (3, True)
    assert not Round.objects.exists()


def test_the_second_user_is_made_by_a_manager(office: Path) -> None:
    assert almoner("user", "zoe", "--role", "officer").exit_code == 3
    assert almoner("user", "zoe", "--role", "king", "--as", "mia").exit_code == 3
    assert almoner("user", "olga", "--role", "officer", "--as", "mia").exit_code == 3
