"""The benchmark of screening runs, and its contenders write the same rows: it cannot rot unseen."""

import json
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq

ROOT = Path(__file__).resolve().parents[1]
BENCHMARK = ROOT / "benchmarks/screening"


def ran(script, *arguments):
    return subprocess.run(
        [sys.executable, BENCHMARK / script, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )


def test_almoner_and_the_hand_written_query_write_the_same_rows_at_every_size(tmp_path):
    table = tmp_path / "table.md"
    asked = ["--persons", 200, 1000, 2000, "--runs", 1, "--stored", "--openfisca-up-to", 0]
    found = ran("run.py", *asked, "--table", table)
    assert found.returncode == 0, found.stdout + found.stderr
    lines = table.read_text(encoding="utf-8").splitlines()
    for size in ("200", "1,000", "2,000"):
        (line,) = [line for line in lines if line.startswith(f"- {size}: ")]
        assert f"0 of {size} rows differ" in line
    # All three outcomes, something missing and something not computable occur.
    assert all(f"{outcome} " in line for outcome in ("eligible", "not eligible", "needs information"))
    assert "missing in 0" not in line
    assert "computable in 0" not in line


def test_a_row_that_differs_is_counted(tmp_path):
    source, mine, theirs = (str(tmp_path / f"{name}.parquet") for name in ("source", "mine", "theirs"))
    assert ran("generate.py", source, 500, 1).returncode == 0
    assert ran("product.py", source, mine).returncode == 0
    table = pq.read_table(mine)
    outcomes = table["outcome"].to_pylist()
    outcomes[7] = "eligible" if outcomes[7] != "eligible" else "not eligible"
    at = table.schema.get_field_index("outcome")
    pq.write_table(table.set_column(at, "outcome", [outcomes]), theirs)
    assert json.loads(ran("compare.py", mine, theirs).stdout)["unlike"] == 1


def test_the_same_seed_gives_the_same_answers(tmp_path):
    first, second, other = (tmp_path / f"{name}.parquet" for name in ("first", "second", "other"))
    for path, seed in ((first, 5), (second, 5), (other, 6)):
        assert ran("generate.py", path, 300, seed).returncode == 0
    key = "application"
    assert pq.read_table(first).sort_by(key).equals(pq.read_table(second).sort_by(key))
    assert not pq.read_table(first).sort_by(key).equals(pq.read_table(other).sort_by(key))


def test_the_programme_that_is_measured_holds_its_examples():
    found = subprocess.run(
        [Path(sys.executable).with_name("almoner"), "check", BENCHMARK / "winter_relief.yaml"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stdout
