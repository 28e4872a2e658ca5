"""What the secretariat of a fund and its reviewers type: the guide's commands, from the ties to the cut."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from almoner.cli.data_sets import MAPPINGS
from cli.typed import almoner, said

MAPPING = str(MAPPINGS / "cedar_talents_2025.yaml")
JURY = {"rita": "North Bay University", "ron": "", "ruth": "South Ridge Institute", "ravi": ""}


def by(who: str, on: str, *words: str) -> Any:
    return said(almoner(*words, "--as", who, "--on", on, "--json"))


def nominations(office: Path) -> str:
    rows = [
        {
            "candidate": candidate, "as_of": "2025-05-10", "kind": "award", "birth_date": "1990-01-01", "children": 0,
            "doctor": True, "institution": institution, "field": "clinical", "nominator": "Lin Qiao (invented)",
            "self_nominated": False, "agreed_on": "2025-05-01", "five_outputs": "outputs.pdf", "retracted": False,
            "asked": None,
        }
        for candidate, institution in (("c-1", "North Bay University"), ("c-2", "East Plain College"))
    ]  # fmt: skip
    path = office / "candidates.json"
    path.write_text(json.dumps(rows), encoding="utf-8")
    return str(path)


@pytest.fixture
def cases(office: Path) -> list[str]:
    """Two eligible candidates, and four reviewers who have declared their ties. The references in their order."""
    opening = ("open-round", "science_talents", "--mapping", MAPPING, "--budget", "100000")
    assert almoner(*opening, "--as", "mia", "--on", "2025-05-01").exit_code == 0
    file = nominations(office)
    taken = by(
        "olga",
        "2025-05-10",
        "import",
        "science_talents",
        file,
        "--kind",
        "applications",
        "--mapping",
        MAPPING,
    )
    assert taken["outcomes"]["eligible"] == 2
    for name, institution in JURY.items():
        assert almoner("user", name, "--role", "reviewer:science_talents", "--as", "mia").exit_code == 0
        by(name, "2025-05-11", "review", "ties", "science_talents", "--own", f"institution={institution}")
    named = [word for name in JURY for word in ("--reviewer", name)]
    told = by("olga", "2025-05-12", "review", "assign", "science_talents", *named, "--seed", "5")
    assert (told["cases"], told["assigned"]) == (2, 6)
    found = said(almoner("review", "list", "science_talents", "--as", "olga", "--json"))
    return sorted(row["application"] for row in found["cases"])


def own(who: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = said(almoner("review", "list", "science_talents", "--as", who, "--json"))
    return rows


def points(total: int) -> list[str]:
    """Points for every criterion, which make so many in all."""
    words: list[str] = []
    for name, most in (("originality", 40), ("evidence", 30), ("use", 20), ("people", 10)):
        given = min(total, most)
        total -= given
        words += ["--points", f"{name}={given}"]
    return words


def test_from_the_ties_to_the_cut(cases: list[str]) -> None:
    assert cases[0] not in {row["application"] for row in own("rita")}, "she works where the candidate does"
    sheet = said(almoner("review", "read", cases[0], "--as", "ron"))
    assert sheet["rubric"]["originality"]["most"] == 40
    assert "North Bay University" in sheet["answers"].values()
    for who in JURY:
        for row in own(who):
            total = 90 if row["application"] == cases[0] else 65
            total -= 6 if who == "ron" else 0
            told = by(
                who,
                "2025-05-20",
                "review",
                "give",
                row["application"],
                *points(total),
                "--to-panel",
                f"by {who}",
            )
            assert told["total"] == total
    overview = almoner("review", "list", "science_talents", "--as", "olga").stdout
    first, *_more = overview.splitlines()
    assert first.startswith(f"{cases[0]}: 88 of 100 (3 of 3 reviews, spread 6, without severity ")
    assert "to the panel: by ruth" in overview
    assert "ron -4.5" in overview
    cut = by("olga", "2025-06-20", "decide", "science_talents", "--seed", "1")
    assert (cut["awarded"], cut["waiting_list"]) == (1, 1)


def test_a_reviewer_withdraws_and_types_no_nonsense(cases: list[str]) -> None:
    case = own("ravi")[0]["application"]
    told = by("ravi", "2025-05-20", "review", "withdraw", case, "--why", "a former student of mine")
    assert (told["reviews"], told["of"]) == (0, 3)
    assert case not in {row["application"] for row in own("ravi")}
    given = ("review", "give", own("ron")[0]["application"], "--as", "ron")
    for words, expected in (
        (("--points", "originality"), "is not written as originality=30"),
        (("--points", "originality=3.5"), "gives no whole points once"),
        (("--points", "originality=3", "--points", "originality=4"), "gives no whole points once"),
        (("--points", "originality=3"), "Give points for each of these"),
        ([*points(40)[:6], "--points", "people=11"], "takes whole points from 0 to 10, not 11"),
    ):
        refused = almoner(*given, *words)
        assert refused.exit_code in {2, 3}
        assert expected in refused.stderr


@pytest.mark.parametrize("who", ["abe", "mia", "olga"])
def test_only_reviewers_review_and_only_the_officer_shares_out(cases: list[str], who: str) -> None:
    for words in (
        ("review", "read", cases[0]),
        ("review", "give", cases[0], *points(50)),
        ("review", "withdraw", cases[0], "--why", "tired"),
        ("review", "ties", "science_talents", "--own", "institution="),
    ):
        refused = almoner(*words, "--as", who)
        assert refused.exit_code == 3, words
        assert f"{who} may not" in refused.stderr
    shared = almoner("review", "assign", "science_talents", "--reviewer", "ron", "--seed", "1", "--as", who)
    assert (shared.exit_code == 3) == (who != "olga") or "Fewer than 3" in shared.stderr
