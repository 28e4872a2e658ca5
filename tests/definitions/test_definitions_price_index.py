"""A price index: a table without keys, by months, above nothing, and only for what is money."""

# ruff: noqa: E501 -- a message stands whole beside what brings it about

from __future__ import annotations

from pathlib import Path

import pytest
from definition_texts import accepted, checked, problems_of, text_of

FOLLOW_UPS = """\
follow_ups:
  survey: {about: award, due: [30 days after award, 60 days after award], form: {sales: {type: money}, goats: {type: integer}}}
"""
LOOKUPS = "lookups:\n  prices: {file: prices.csv, source: A bureau, values: {level: number}}\n"
GOOD = "from,level\n2026-01-01,100\n2026-02-01,\n2026-03-01,100.4\n"


def text(indicator: str = "change: sales, from: survey, deflate: prices", lookups: str = LOOKUPS) -> str:
    indicators = f"indicators:\n  gained: {{level: outcome, {indicator}}}\n"
    return text_of(lookups=lookups, follow_ups=FOLLOW_UPS, indicators=indicators)


def test_an_index_is_read_with_the_change_that_it_deflates(tmp_path: Path):
    programme, problems = checked(tmp_path, text(), prices=GOOD)
    assert problems == []
    assert programme is not None
    assert programme.indicators["gained"].deflate == "prices"
    assert programme.lookups["prices"].keys == {}
    assert len(programme.lookups["prices"].rows) == 3


WRONG = [
    (text("change: sales, from: survey, deflate: price"), GOOD, "'gained' deflates by 'price', which is no table in 'lookups'. Did you mean 'prices'?"),
    (text("change: goats, from: survey, deflate: prices"), GOOD, "'gained' deflates what is no amount of money; only money has prices. Remove 'deflate'."),
    (text(lookups=LOOKUPS.replace("values:", "keys: {county: text}, values:")), "from,county,level\n2026-01-01,x,100\n", "'prices' has keys. A price index has none: only 'from' and one value."),
    (text(lookups=LOOKUPS.replace("level: number", "level: text")), GOOD, "'prices' must have one value, a number: how high prices stand."),
    (text(lookups=LOOKUPS.replace("level: number", "level: number, other: number")), "from,level,other\n2026-01-01,1,1\n", "'prices' must have one value, a number"),
    (text(), "from,level\n2026-01-15,100\n", "'prices' has an index from 2026-01-15. Rows know only their month: write its first day."),
    (text(), "from,level\n2026-01-01,0\n", "'prices' has the index 0 from 2026-01-01; prices are above 0. Leave unknown ones empty."),
    (text(), "from,level\n2026-01-01,-4.5\n", "'prices' has the index -4.5 from 2026-01-01"),
    (text(), "level\n100\n", "'prices' has neither 'keys' nor a column 'from', so nothing tells its rows apart."),
    (text(), "from,level\n2026-01-01,100\n2026-01-01,101\n", "prices.csv:3: has the same from and keys as line 2. Keep one."),
    (text(lookups=LOOKUPS.replace("values:", "keys: {}, values:")), GOOD, "'keys'"),
    (text("change: sales + lookup(prices), from: survey"), GOOD, "looks up 'prices', which has no keys: it is an index, which 'deflate' reads"),
]  # fmt: skip


@pytest.mark.parametrize(("definition", "table", "said"), WRONG)
def test_what_is_no_index_is_a_problem(tmp_path: Path, definition: str, table: str, said: str):
    assert said in "\n".join(problems_of(tmp_path, definition, prices=table))


def test_a_table_with_a_problem_of_its_own_is_told_once(tmp_path: Path):
    assert len(problems_of(tmp_path, text(), prices="from,level\n2026-01-01,much\n")) == 1


def test_to_deflate_something_else_than_a_change_is_not_carried_out_and_said_so(tmp_path: Path):
    programme, problems = checked(tmp_path, text("sum: sales, from: survey, deflate: prices"), prices=GOOD)
    assert [problem.notice for problem in problems] == [True]
    assert "'deflate' of 'gained'" in str(problems[0])
    assert programme is not None
    assert programme.indicators["gained"].other == {"deflate": "deflate"}


def test_an_index_by_itself_is_a_table_like_any_other(tmp_path: Path):
    programme = accepted(tmp_path, text_of(lookups=LOOKUPS), prices=GOOD)
    assert programme.lookups["prices"].rows[1].values == (None,)
