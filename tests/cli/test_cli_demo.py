"""`almoner demo`: the main job on real rows, whole, from an empty folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ALMONER = Path(sys.executable).with_name("almoner")


def almoner(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ALMONER_")}
    return subprocess.run(
        [str(ALMONER), *words],
        cwd=folder,
        env={**kept, "COLUMNS": "120", "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder in which the demonstration ran, and what it said."""
    folder = tmp_path_factory.mktemp("demo")
    done = almoner(folder, "demo", "--no-serve")
    assert done.returncode == 0, done.stdout + done.stderr
    return folder, done.stdout


def test_the_demonstration_ends_in_statements_that_verify(played: tuple[Path, str]) -> None:
    folder, said = played
    assert "0 differences" in said
    assert "0 findings" in said
    for statement in folder.glob("office/demo/published/*/statement.json"):
        content = json.loads(statement.read_text(encoding="utf-8"))
        assert content["first_line"] == "demonstration: no company's results"
        checked = almoner(folder, "verify", str(statement.with_name("verification.zip")), "--json")
        assert json.loads(checked.stdout)["agrees"], checked.stdout


def test_real_students_come_to_what_a_recount_without_almoner_finds(played: tuple[Path, str]) -> None:
    folder, _said = played
    path = folder / "office/demo/published/high_school_and_beyond_1980/statement.json"
    (part,) = json.loads(path.read_text(encoding="utf-8"))["programmes"]
    funnel = part["funnel"]
    # 572, 1,185 and 2,982 are counted by tests/cli/test_data_sets.py with rules of its own, straight from the file.
    assert [funnel[name] for name in ("asked", "eligible", "not_eligible", "needs_information")] == [
        4739,
        572,
        1185,
        2982,
    ]


def test_the_invented_offices_account_holds_no_public_data(played: tuple[Path, str]) -> None:
    folder, _said = played
    content = json.loads((folder / "office/demo/published/office/statement.json").read_text(encoding="utf-8"))
    assert content["office"] == "Cedar Life Sciences (invented)"
    assert all("Cedar" in part["title"] for part in content["programmes"])


def test_a_second_demonstration_starts_anew_and_leaves_other_folders_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("keep me", encoding="utf-8")
    refused = almoner(tmp_path, "demo", "--no-serve", "--folder", "mine")
    assert refused.returncode == 2
    assert (tmp_path / "mine" / "letter.txt").read_text(encoding="utf-8") == "keep me"


def test_every_set_is_listed_with_its_source_and_licence(tmp_path: Path) -> None:
    listed = almoner(tmp_path, "demo", "--sources").stdout
    assert listed.count("licence") == listed.count("source:") >= 2
    assert "Cedar Life Sciences (invented)" in listed
    assert not list(tmp_path.iterdir())
