"""Writes invented applications for winter relief into a Parquet file: seeded, and without holding them in memory."""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

HERE = Path(__file__).parent

MACROS = """
CREATE MACRO dice(number, name, sides) AS (hash(number, name, {seed}) % sides)::INTEGER;
CREATE MACRO cents(amount) AS CAST(CAST(amount AS DECIMAL(12, 0)) * 0.01::DECIMAL(3, 2) AS DECIMAL(12, 2));
CREATE MACRO answer(number, name, value) AS
    CASE WHEN dice(number, 'unknown ' || name, 1000) >= {unknown} THEN value END;
-- Of 1000 households one has no members, three have nine, for which there is no guideline.
CREATE MACRO household_size(draw) AS
    CASE WHEN draw < 1 THEN 0 WHEN draw < 201 THEN 1 WHEN draw < 471 THEN 2 WHEN draw < 701 THEN 3
         WHEN draw < 861 THEN 4 WHEN draw < 941 THEN 5 WHEN draw < 976 THEN 6 WHEN draw < 991 THEN 7
         WHEN draw < 997 THEN 8 ELSE 9 END;
"""


def generate(target: Path, *, persons: int, seed: int, unknown: int = 15) -> None:
    """Write the applications of so many persons.

    Args:
        target: the Parquet file.
        persons: how many.
        seed: the same seed gives the same answers, under the same version of DuckDB.
        unknown: of a thousand answers so many are unknown.
    """
    query = (HERE / "applications.sql").read_text(encoding="utf-8").replace("$persons", str(persons))
    with duckdb.connect(":memory:", config={"threads": 2, "memory_limit": "700MB"}) as connection:
        connection.execute(MACROS.format(seed=seed, unknown=unknown))
        connection.execute(f"COPY ({query}) TO '{target}' (FORMAT parquet)")


if __name__ == "__main__":
    generate(Path(sys.argv[1]), persons=int(sys.argv[2]), seed=int(sys.argv[3]))
