"""Each tutorial is followed literally: its files are written, its commands run, its output compared."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TUTORIALS = [
    *sorted(page for page in (ROOT / "docs/tutorials").glob("*.md") if page.name != "README.md"),
    ROOT / "docs/how_to/write_a_programme.md",
]
STEP = re.compile(
    r"^Save this as `(?P<file>[^`]+)`[^\n]*:\n\n```\w+\n(?P<text>.*?)^```$"
    r"|^(?P<edit>In `(?P<edited>[^`]+)`[^\n]*:\n\n```diff\n(?P<diff>.*?)^```$)"
    r"|^```console\n(?P<console>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


def run(command: str, folder: Path) -> str:
    """What a command prints, both streams as they come, without the blanks at the ends of lines."""
    words = shlex.split(command)
    words[0] = str(Path(sys.executable).with_name(words[0]))
    ran = subprocess.run(
        words,
        cwd=folder,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "LANG": "en_US.UTF-8",
            "COLUMNS": "100",
            "ALMONER_HOME": str(folder / "office"),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return "\n".join(line.rstrip() for line in ran.stdout.splitlines()).strip()


def edit(path: Path, diff: str) -> None:
    """Replace the lines with a minus by those with a plus; they must stand in the file, once."""
    old = "".join(line[1:] + "\n" for line in diff.splitlines() if line[:1] in "- ")
    new = "".join(line[1:] + "\n" for line in diff.splitlines() if line[:1] in "+ ")
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{path.name} does not hold, once:\n{old}"
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize("page", TUTORIALS, ids=lambda page: page.stem)
def test_a_tutorial_can_be_followed_literally(page, tmp_path):
    commands = 0
    for step in STEP.finditer(page.read_text(encoding="utf-8")):
        if step["file"]:
            (tmp_path / step["file"]).write_text(step["text"], encoding="utf-8")
        elif step["edited"]:
            edit(tmp_path / step["edited"], step["diff"])
        else:
            for part in re.split(r"^\$ ", step["console"], flags=re.MULTILINE)[1:]:
                command, _, told = part.partition("\n")
                assert run(command, tmp_path) == told.strip(), command
                commands += 1
    assert commands > 0


def test_every_block_of_a_tutorial_is_a_step():
    for page in TUTORIALS:
        text = page.read_text(encoding="utf-8")
        blocks = len(re.findall(r"^```\w", text, re.MULTILINE)) - len(
            re.findall(r"^```(?:sh|text)$", text, re.MULTILINE)
        )
        assert len(list(STEP.finditer(text))) == blocks, page.name
