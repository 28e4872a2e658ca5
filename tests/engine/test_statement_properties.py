"""Generated rows: what DuckDB computes is what plain Python counts, row by row."""

from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st
from statement_cases import (
    NAMED,
    award,
    delivery,
    figures_of,
    laptop,
    later,
    part_of,
    stated,
    term,
    write,
)

DAYS = st.dates(date(2024, 10, 1), date(2026, 3, 31))
AMOUNTS = st.none() | st.decimals(0, 10**9, places=2)
NUMBERS = st.none() | st.decimals(-(10**9), 10**9, places=6)
TRUTHS = st.sampled_from([True, False, None])
STATES = st.sampled_from(
    ["due", "reported", "queried", "verified", "answered", "refused", "died", "lost", "not tried"]
)


@st.composite
def stories(draw):
    awards = [
        award(
            number,
            party=draw(st.none() | st.integers(0, 3).map(lambda who: NAMED("party", who))),
            awarded=draw(DAYS),
            decided_elsewhere=draw(st.booleans()),
            **{
                "answer.home": draw(st.sampled_from(["city", "rural", None])),
                "answer.age": draw(st.none() | st.integers(0, 30)),
                "answer.tuition": draw(NUMBERS),
            },
        )
        for number in range(draw(st.integers(0, 8)))
    ]
    to = range(max(len(awards), 1))
    deliveries = [
        draw(st.sampled_from([delivery, laptop]))(
            number, draw(st.sampled_from(to)), happened=draw(DAYS), amount=draw(AMOUNTS), cost=draw(AMOUNTS)
        )
        for number in range(draw(st.integers(0, 8)))
    ]
    sheets = {}
    for name, make in (("record_term_result", term), ("follow_up_later", later)):
        sheets[name] = [
            make(number, draw(STATES), draw(TRUTHS), draw(st.sampled_from(to)), due=draw(DAYS))
            for number in range(draw(st.integers(0, 8)))
        ]
    return {"awards": awards, "deliveries": deliveries, **sheets}


def in_2025(rows, when):
    return [row for row in rows if row[when].year == 2025]


def ever(rows, when):
    return [row for row in rows if row[when].year <= 2025]


def counted(rows, became):
    """Plain counting: one group a row, nothing where no row ever was."""
    here = [became(row) for row in in_2025(rows, "due" if rows and "due" in rows[0] else "awarded")]
    return {
        group: here.count(group) for group in ("yes", "no", "unknown", "refused", "died", "lost", "not_tried")
    }


def said(figure):
    return {
        group: figure[group] for group in ("yes", "no", "unknown", "refused", "died", "lost", "not_tried")
    }


def truth(value):
    return "unknown" if value is None else "yes" if value else "no"


def of_record(row):
    if row["state"] in ("refused", "died", "lost"):
        return row["state"]
    if row["state"] == "not tried":
        return "not_tried"
    return truth(row["answer.enrolled"]) if row["state"] == "verified" else "unknown"


def of_follow_up(row):
    if row["state"] in ("refused", "died", "lost"):
        return row["state"]
    if row["state"] == "not tried":
        return "not_tried"
    answered = row["state"] in ("answered", "reported", "verified")
    return truth(row["answer.moved_up"]) if answered else "unknown"


def rural_and_16(row):
    home = None if row["answer.home"] is None else row["answer.home"] == "rural"
    old = None if row["answer.age"] is None else row["answer.age"] >= 16
    if home is False or old is False:
        return "no"
    return "unknown" if home is None or old is None else "yes"


@settings(deadline=None, max_examples=40)
@given(stories())
def test_every_figure_is_what_plain_python_counts(story):
    with TemporaryDirectory() as folder:
        statement = stated([write(Path(folder), story)])
    figures = figures_of(statement)
    check_shares(figures, story)
    check_people(figures, story["awards"])
    check_median(figures["middle_tuition"], story["awards"])
    check_money(figures["disbursed"], part_of(statement), story["deliveries"])


def check_shares(figures, story):
    for name, table, became in (
        ("retention", "record_term_result", of_record),
        ("progression", "follow_up_later", of_follow_up),
        ("rural", "awards", rural_and_16),
    ):
        figure, rows = figures[name], story[table]
        if not ever(rows, "due" if table != "awards" else "awarded"):
            assert set(said(figure).values()) == {None}
            assert figure["N"] is None
            continue
        wanted = counted(rows, became)
        assert said(figure) == wanted
        assert figure["N"] == sum(wanted.values())
        assert figure["n"] == wanted["yes"] + wanted["no"]
        if figure["n"]:
            exact = Decimal(wanted["yes"]) / Decimal(figure["n"])
            assert Decimal(figure["value"]) == exact.quantize(Decimal("0.000001"), ROUND_HALF_EVEN)
        else:
            assert figure["value"] is None


def check_people(figures, awards):
    if not ever(awards, "awarded"):
        assert figures["supported"]["value"] is None
        return
    here = in_2025(awards, "awarded")
    assert figures["supported"]["value"] == str(len({row["party"] for row in here} - {None}))
    assert figures["supported"]["rows"] == len(here)
    assert figures["supported"]["unnamed"] == sum(row["party"] is None for row in here)
    assert figures["supported"]["decided_elsewhere"] == sum(row["decided_elsewhere"] for row in here)


def check_median(figure, awards):
    known = sorted(
        row["answer.tuition"] for row in in_2025(awards, "awarded") if row["answer.tuition"] is not None
    )
    if not known:
        assert (figure["value"], figure["quartiles"]) == (None, None)
        return
    assert Decimal(figure["value"]) == quantile(known, 2)
    lower, upper = map(Decimal, figure["quartiles"])
    assert (lower, -upper) == (quantile(known, 1), quantile([-one for one in reversed(known)], 1))
    assert lower <= Decimal(figure["value"]) <= upper


def quantile(known, quarters):
    """A quartile by its definition: the value at the share, or halfway to the next where it falls between two."""
    place, between = divmod(len(known) * quarters, 4)
    both = known[place] * 2 if between else known[place - 1] + known[place]
    return (both / 2).quantize(Decimal("0.000001"), ROUND_HALF_EVEN)


def check_money(figure, part, deliveries):
    def total(benefit, column):
        mine = [row for row in deliveries if row["benefit"] == benefit]
        if not ever(mine, "happened"):
            return None
        here = [row[column] for row in in_2025(mine, "happened")]
        if here and all(amount is None for amount in here):
            return None
        return str(sum((amount for amount in here if amount is not None), Decimal("0.00")))

    assert figure["value"] == total("grant", "amount")
    contributed = {entry["name"]: entry["amount"] for entry in part["contributions"]}
    assert contributed == {
        "grants": total("grant", "amount"),
        "laptops": total("laptop", "cost"),
        "office": None,
    }
