"""Compares outputs: Almoner's and the hand-written query's row by row; openfisca-core's where every rule is known."""

from __future__ import annotations

import json
import sys
from typing import Any

import duckdb


def compare(product: str, by_hand: str, openfisca: str = "") -> dict[str, Any]:
    """What the outputs hold and where they differ.

    Returns:
        `rows`, `outcomes` with their counts, `unlike` rows of the first two files, `missing` and `blocked` the number
        of rows in which something is; with a third file `known`, the rows in which every rule is known, and
        `openfisca_unlike`, those of them in which openfisca-core says otherwise.
    """
    with duckdb.connect(":memory:", config={"threads": 2, "memory_limit": "2GB"}) as connection:

        def asked(query: str) -> list[tuple[Any, ...]]:
            return connection.execute(query).fetchall()

        columns, others = (
            [row[:2] for row in asked(f"DESCRIBE FROM '{each}'")] for each in (product, by_hand)
        )
        if columns != others:
            raise SystemExit(f"The columns differ: {columns} and {others}.")
        both = f"'{product}' AS x FULL JOIN '{by_hand}' AS y USING (application)"
        rows, unlike, missing, blocked = asked(
            "SELECT count(*), count(*) FILTER (WHERE x IS DISTINCT FROM y), "
            "count(*) FILTER (WHERE len(x.missing) > 0), count(*) FILTER (WHERE len(x.blocked) > 0) "
            f"FROM {both}"
        )[0]
        outcomes = dict(asked(f"SELECT outcome, count(*) FROM '{product}' GROUP BY ALL ORDER BY ALL"))
        found = {"rows": rows, "unlike": unlike, "missing": missing, "blocked": blocked, "outcomes": outcomes}
        if openfisca:
            rules = [f'"{name}"' for name, _kind in columns if name.startswith("rule.")]
            known = " AND ".join(f"x.{rule} IS NOT NULL" for rule in rules)
            differs = " OR ".join(f"x.{rule} IS DISTINCT FROM y.{rule}" for rule in rules)
            found["known"], found["openfisca_unlike"] = asked(
                f"SELECT count(*), count(*) FILTER (WHERE {differs}) "
                f"FROM '{product}' AS x JOIN '{openfisca}' AS y USING (application) WHERE {known}"
            )[0]
        return found


if __name__ == "__main__":
    print(json.dumps(compare(*sys.argv[1:])))
