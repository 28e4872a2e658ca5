"""`almoner check` and `almoner screen` need no office; what they refuse, they refuse in words."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

STUDENT: dict[str, Any] = {
    "as_of": "2026-09-10",
    "birth_date": "2006-02-11",
    "full_time": True,
    "accredited": True,
    "enrolment_letter": "letter.pdf",
    "first_year": False,
    "average": 78,
    "tuition": 2400,
    "members": [
        {"relation": "self", "age": 20, "income": 0},
        {"relation": "parent", "age": 48, "income": 1200},
    ],
    "other_grant": False,
    "first_generation": True,
    "home_district": "rural",
}


def almoner(home: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, far from any office."""
    return subprocess.run(
        [str(Path(sys.executable).with_name("almoner")), *words],
        cwd=home,
        env={**os.environ, "ALMONER_HOME": str(home / "none"), "COLUMNS": "200", **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def as_csv(path: Path) -> None:
    cells = {name: json.dumps(value) if name == "members" else str(value) for name, value in STUDENT.items()}
    quoted = [f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in cells.values()]
    path.write_text(f"{','.join(cells)}\n{','.join(quoted)}\n", encoding="utf-8")


def as_json(path: Path) -> None:
    path.write_text(json.dumps([STUDENT]), encoding="utf-8")


def as_xlsx(path: Path) -> None:
    book = openpyxl.Workbook()
    main = book.active
    assert main is not None
    flat = {name: value for name, value in STUDENT.items() if name != "members"}
    main.append(list(flat))
    main.append(list(flat.values()))
    sheet = book.create_sheet("members")
    sheet.append(["row", "relation", "age", "income"])
    for member in STUDENT["members"]:
        sheet.append([1, *member.values()])
    book.save(path)


def as_parquet(path: Path) -> None:
    pq.write_table(pa.Table.from_pylist([STUDENT]), path)


@pytest.mark.parametrize("write", [as_csv, as_json, as_xlsx, as_parquet])
def test_the_same_student_comes_to_the_same_from_every_kind_of_file(tmp_path: Path, write: Any) -> None:
    file = tmp_path / f"students.{write.__name__.removeprefix('as_')}"
    write(file)
    done = almoner(tmp_path, "screen", "student_grants", str(file), "--json")
    assert done.returncode == 0, done.stderr
    (row,) = json.loads(done.stdout)["rows"]
    assert (row["row"], row["as_of"], row["outcome"], row["points"]) == (1, "2026-09-10", "eligible", "60")
    assert row["amounts"] == {"grant": "5000.00", "laptop": "0"}
    assert not (tmp_path / "none").exists(), "a screening needs no office"


def test_a_case_is_explained_in_two_languages(tmp_path: Path) -> None:
    file = tmp_path / "students.json"
    file.write_text(json.dumps([{**STUDENT, "home_district": None}]), encoding="utf-8")
    told = {
        language: almoner(
            tmp_path, "screen", "student_grants", str(file), "--explain", "1", "--language", language
        ).stdout
        for language in ("en", "zh-hans")
    }
    assert "District of the family home" in told["en"]
    assert "您" in told["zh-hans"]
    for word in ("screening", "edition", "instalment", "party"):
        assert word not in told["en"].lower()
    assert "筛查" not in told["zh-hans"]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("screen", "student_grants", "nowhere.csv"), 1, "nowhere.csv"),
        (("screen", "student_grant", "empty.csv"), 2, "student_grants"),
        (("screen", "student_grants", "empty.csv"), 1, "empty"),
        (("screen", "student_grants", "one.json", "--as-of", "2026-02-30"), 2, "2026-02-30"),
        (("screen", "student_grants", "one.json", "--explain", "2"), 2, "There is no row 2"),
        (("screen", "student_grants", "one.json", "--explain", "1", "--language", "fr"), 2, "fr"),
        (("check", "nowhere.yaml"), 1, "nowhere.yaml"),
        (("verify", "nowhere.zip"), 2, "nowhere.zip"),
        (("verify", "one.json"), 1, "verification file"),
        (("replay", "--as", "olga"), 3, "almoner init"),
        (("decide", "student_grants", "--as", "olga"), 3, "almoner init"),
        (("show", "."), 2, "no statement"),
    ],
)
def test_a_bad_word_is_answered_in_words(
    tmp_path: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    (tmp_path / "empty.csv").touch()
    as_json(tmp_path / "one.json")
    done = almoner(tmp_path, *words)
    told = done.stdout + done.stderr
    assert (done.returncode, said in told, "Traceback" in told) == (code, True, False), told


def test_every_problem_of_a_definition_is_told_at_once_with_its_line(tmp_path: Path) -> None:
    shipped = Path(__file__).parents[2] / "src" / "almoner" / "programmes"
    text = (shipped / "student_grants.yaml").read_text(encoding="utf-8")
    broken = text.replace("rule: income_per_head <=", "rule: income_per_hed <=").replace(
        "valuation:", "valuaton:"
    )
    (tmp_path / "student_grants.yaml").write_text(broken, encoding="utf-8")
    (tmp_path / "term.csv").write_bytes((shipped / "term.csv").read_bytes())
    done = almoner(tmp_path, "check", "student_grants.yaml")
    line = text.splitlines().index("    rule: income_per_head <= income_ceiling") + 1
    assert done.returncode == 1
    assert (
        f"student_grants.yaml:{line}: 'is_poor' uses 'income_per_hed', which no section defines. "
        "Did you mean 'income_per_head'?" in done.stdout
    )
    assert "'valuaton' is not a section. Did you mean 'valuation'?" in done.stdout


def test_every_shipped_programme_and_its_examples_hold(tmp_path: Path) -> None:
    done = almoner(tmp_path, "check", "--json")
    results = json.loads(done.stdout)
    assert done.returncode == 0, done.stdout
    assert results
    assert all(one["examples"] >= 8 and not one["problems"] and not one["failures"] for one in results)
