"""A programme that was loaded before is not checked again, unless its file or one of its tables says something else."""

from pathlib import Path

import pytest
from definition_texts import text_of

from almoner.definitions.load import load
from almoner.definitions.problems import DefinitionError

TABLE = "lookups:\n  line: {file: line.csv, source: x, keys: {size: integer}, values: {a_year: money}}\n"


def written(folder: Path, *, line: str = "1,700", **sections: str) -> Path:
    (folder / "line.csv").write_text(f"size,a_year\n{line}\n", "utf-8")
    path = folder / "small.yaml"
    path.write_text(text_of(lookups=TABLE, **sections), "utf-8")
    return path


def test_the_same_file_gives_the_same_programme(tmp_path: Path):
    path = written(tmp_path)
    assert load(path) is load(path)


def test_another_table_gives_another_programme(tmp_path: Path):
    first = load(written(tmp_path))
    assert load(written(tmp_path, line="1,800")).digest != first.digest


def test_another_restatement_gives_another_programme(tmp_path: Path):
    path = written(tmp_path)
    assert load(path, round_={"currency": "USD"}).currency != load(path).currency


def test_a_table_that_is_gone_is_a_problem_however_often_it_was_there(tmp_path: Path):
    path = written(tmp_path)
    load(path)
    (tmp_path / "line.csv").unlink()
    with pytest.raises(DefinitionError, match=r"line\.csv"):
        load(path)
