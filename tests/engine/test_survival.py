"""Survival by Kaplan and Meier: published figures, plain shares, and real loans, beside a computation by hand."""

import csv
import os
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from almoner.definitions.load import find, load
from almoner.engine.connection import connect
from almoner.engine.facts import Pseudonyms, tables
from almoner.engine.figure_notes import beside
from almoner.engine.figures import Period
from almoner.engine.indicators import compute
from almoner.engine.survival import Watched, kaplan_meier, watch
from almoner.values.language import use_language

NAMED = Pseudonyms(bytes(range(32)))


def firms(failed="", censored=""):
    return [Watched(int(one), failed=True) for one in failed.split()] + [
        Watched(int(one), failed=False) for one in censored.split()
    ]


def test_the_remissions_of_freireich_as_they_are_printed():
    """Freireich and others, Blood 21 (1963): weeks in remission under 6-MP, as in Kleinbaum and Klein, chapter 2."""
    patients = firms("6 6 6 7 10 13 16 22 23", "6 9 10 11 17 19 20 25 32 32 34 35")
    lines = kaplan_meier(patients, [6, 7, 10, 13, 16, 22, 23])
    assert [f"{float(one.share):.4f}" for one in lines] == [
        "0.8571", "0.8067", "0.7529", "0.6902", "0.6275", "0.5378", "0.4482",
    ]  # fmt: skip
    assert [one.at_risk for one in lines] == [21, 17, 15, 12, 11, 7, 6]


def test_who_goes_out_of_sight_when_another_fails_was_at_risk():
    (line,) = kaplan_meier(firms("12", "12"), [12])
    assert (line.share, line.at_risk, line.failed, line.censored) == (Fraction(1, 2), 2, 1, 1)


def test_beyond_the_last_time_nothing_is_known_unless_nobody_is_left():
    assert [one.share for one in kaplan_meier(firms("5", "12"), [12, 13])] == [Fraction(1, 2), None]
    assert [one.share for one in kaplan_meier(firms("5 12"), [12, 36])] == [0, 0]
    assert kaplan_meier([], [12])[0].share is None


watched = st.lists(
    st.builds(Watched, st.integers(0, 90), st.booleans()),
    min_size=1,
    max_size=30,
)


@given(watched)
def test_survival_never_rises_and_stays_between_0_and_1(seen):
    shares = [one.share for one in kaplan_meier(seen, range(92)) if one.share is not None]
    assert all(0 <= share <= 1 for share in shares)
    assert shares == sorted(shares, reverse=True)


@given(st.lists(st.integers(0, 90), min_size=1, max_size=30), st.integers(0, 91))
def test_where_nobody_is_censored_it_is_the_plain_share(times, at):
    (line,) = kaplan_meier([Watched(one, failed=True) for one in times], [at])
    assert line.share == Fraction(sum(one > at for one in times), len(times))


@given(watched, st.integers(0, 90))
def test_at_risk_failed_and_out_of_sight_are_everybody(seen, at):
    (line,) = kaplan_meier(seen, [at])
    (after,) = kaplan_meier(seen, [at + 1])
    assert line.failed + line.censored + after.at_risk == len(seen)


def test_who_answers_no_more_is_lost_and_has_not_failed():
    assert watch(100, None, 106, 112) == Watched(6, failed=False, lost=True)
    assert watch(100, None, 106, 103) == Watched(6, failed=False)
    assert watch(100, 109, 106, 112) == Watched(9, failed=True)
    assert watch(100, None, None, 112) is None
    # A firm that had failed before it left is a failure from the first month on.
    assert watch(100, 96, 90, None) == Watched(0, failed=True)


def returned(firm, months, *, trading, state="verified", ended=None, jobs=5):  # noqa: PLR0913 -- a row has these cells
    """A return of a firm whose tenancy began in January 2020."""
    at = date(2020 + months // 12, months % 12 + 1, 1)
    known = state in {"reported", "verified"}
    row = {column.name: None for column in tables(park())["record_quarterly_return"].columns}
    return row | {
        "record": NAMED("record", f"{firm}:{months}"),
        "award": NAMED("award", firm),
        "party": NAMED("party", firm),
        "due": at,
        "state": state,
        "happened": at if known else None,
        "decided_elsewhere": False,
        "began": date(2020, 1, 1),
        "ended": ended,
        "answer.trading": trading if known else None,
        "answer.jobs": Decimal(jobs) if known else None,
        "derived.promised": Decimal(20) if known else None,
    }


def park():
    return load(find("biotech_park"))


STORY = [
    *(returned("a", month, trading=True) for month in (0, 12, 36, 60)),
    *(returned("b", month, trading=month < 24) for month in (0, 12, 24)),
    returned("c", 0, trading=True),
    returned("c", 12, trading=True, jobs=7, state="reported"),
    returned("d", 0, trading=True),
    returned("d", 12, trading=None, state="due"),
    returned("e", 6, trading=None, state="due"),
]


def figures(rows, period):
    with TemporaryDirectory() as folder:
        path = Path(folder)
        tables(park())["record_quarterly_return"].write(rows, path)
        with connect(allowed_paths=[path / "record_quarterly_return.parquet"]) as connection:
            return {one.name: one for one in compute(park(), path, period, connection)}


def test_the_statement_tells_survival_with_who_was_at_risk():
    one = figures(STORY, Period(date(2020, 1, 1), date(2025, 12, 31)))["survival"]
    # a goes on, b failed in month 24; c (not verified) and d are known in month 0 alone; of e nobody knew anything.
    assert (one.value, one.n, one.N, one.unknown) == ("1", 4, 5, 1)
    assert one.survival is not None
    assert (one.survival["failed"], one.survival["lost"]) == (1, 2)
    assert [
        (row["share"], row["at_risk"], row["failed"], row["censored"]) for row in one.survival["times"]
    ] == [
        ("1", 2, 0, 2),
        ("0.5", 1, 1, 2),
        ("0.5", 1, 1, 3),
    ]
    with use_language("en"):
        said = beside(one.as_json())
    assert "after 3 years: 50.0%, 1 at risk, 1 failed and 2 out of sight until then" in said
    assert "2 answered no more and count up to their last answer" in said


def test_a_year_earlier_nobody_knows_of_what_came_later():
    one = figures(STORY, Period(date(2020, 1, 1), date(2021, 12, 31)))["survival"]
    assert one.survival is not None
    assert one.survival["failed"] == 0
    assert [row["share"] for row in one.survival["times"]] == ["1", None, None]


def test_after_the_exit_only_those_count_who_left():
    left = date(2021, 7, 1)
    rows = [
        *(returned("a", month, trading=True, ended=left) for month in (12, 23, 35, 47)),
        *(returned("b", month, trading=month < 35, ended=left) for month in (12, 23, 35)),
        *(returned("c", month, trading=True) for month in (12, 23, 35)),
    ]
    one = figures(rows, Period(date(2023, 1, 1), date(2023, 12, 31)))["survival_after_exit"]
    assert (one.n, one.N) == (2, 2)
    assert one.survival is not None
    assert [(row["share"], row["at_risk"]) for row in one.survival["times"]] == [
        ("1", 2),
        (None, 0),
        (None, 0),
    ]
    later = figures(rows, Period(date(2025, 1, 1), date(2025, 12, 31)))["survival_after_exit"]
    assert later.survival is not None
    assert [row["share"] for row in later.survival["times"]] == ["1", None, None]


def test_reported_and_verified_stand_side_by_side():
    one = figures(STORY, Period(date(2021, 1, 1), date(2021, 12, 31)))["jobs_told"]
    # In 2021 the last of a and of b is verified, that of c is reported, d owes it.
    assert (one.value, one.n, one.N, one.unknown) == ("10", 2, 4, 2)
    assert one.reported == {"value": "17", "n": 3, "N": 4, "verified": "0.666667"}
    with use_language("en"):
        assert any("reported 17" in line for line in beside(one.as_json()))


def test_jobs_are_told_once_a_firm_and_beside_what_was_promised():
    rows = [returned("a", month, trading=True, jobs=jobs) for month, jobs in ((12, 5), (15, 6), (18, 8))]
    found = figures(rows, Period(date(2021, 1, 1), date(2021, 12, 31)))
    assert found["jobs_told"].value == "8"
    assert found["jobs_promised_by_them"].value == "20"


def loans():
    root = os.environ.get("ALMONER_DATA", "")
    path = Path(root) / "sba_small_business" / "SBAcase.11.13.17.csv"
    if not root or not path.exists():
        pytest.skip("ALMONER_DATA does not hold the SBA case file")
    with path.open(encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def test_real_loans_are_as_by_hand():
    """Li, Mickel and Taylor (2018), Californian loans: months from disbursement until charged off, or the term."""
    epoch = date(1960, 1, 1)  # the file counts days as SAS does
    seen = []
    for row in loans():
        begins = int(row["DisbursementDate"]) if row["DisbursementDate"].strip() else None
        if begins is None:
            continue
        day = epoch + timedelta(begins)
        failed = row["Default"] == "1" and row["ChgOffDate"].strip()
        end = epoch + timedelta(int(row["ChgOffDate"])) if failed else None
        months = int(row["Term"])
        if end is not None:
            months = max((end.year - day.year) * 12 + end.month - day.month, 0)
        seen.append(Watched(months, failed=bool(failed)))
    assert len(seen) > 2000
    at = [12, 36, 60]
    found = kaplan_meier(seen, at)
    for line in found:
        share = 1.0
        for month in range(line.months + 1):
            exposed = sum(one.months >= month for one in seen)
            share *= 1 - sum(one.failed and one.months == month for one in seen) / exposed
        assert line.share is not None
        assert float(line.share) == pytest.approx(share)
        plain = sum(one.failed and one.months <= line.months for one in seen) / len(seen)
        # Who is out of sight makes the plain share of failures too small, never too large.
        assert 1 - float(line.share) >= plain
    assert found[0].share > found[1].share > found[2].share
