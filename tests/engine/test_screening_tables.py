"""A table of cases, Parquet to Parquet, is screened as the same cases one by one."""

from datetime import date
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from screening_by_hand import AS_OF, programme

from almoner.definitions.load import load
from almoner.engine.connection import DatabaseError
from almoner.engine.screening import AnswersProblem, Case, screen
from almoner.engine.screening_tables import screen_table
from almoner.values.numbers import from_micros
from oracle.generators import from_seed

FORM = {
    "x": {"type": "number"},
    "n": {"type": "integer"},
    "born": {"type": "date"},
    "name": {"type": "text", "required": True},
    "members": {"type": "rows", "of": {"age": {"type": "integer"}, "income": {"type": "money"}}},
}
OF = programme(
    FORM,
    derive={"total": "sum_of(members, income)"},
    rules={"poor": "total / n <= 100", "old": "years_between(born, as_of) >= 18"},
    scoring={"need": {"total < 10": 3, "otherwise": "x"}},
    benefits={"grant": {"amount": "x / 3", "when": "n > 1"}},
    lookups={"unused": ({"k": "integer"}, {"v": "number"}, [(None, (1,), (1,))])},
)
MEMBERS = pa.list_(pa.struct([("income", pa.decimal128(12, 2)), ("age", pa.int32())]))
SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("x", pa.decimal128(18, 6)),
        ("n", pa.int64()),
        ("born", pa.date32()),
        ("name", pa.string()),
        ("members", MEMBERS),
    ]
)
ROWS = [
    {
        "id": f"case {i}",
        "x": None if i % 9 == 0 else Decimal(i) / 4,
        "n": None if i % 13 == 0 else i % 4,
        "born": date(1990 + i % 30, 1, 1),
        "name": None if i % 10 == 0 else "A",
        "members": None
        if i % 17 == 0
        else [{"age": 5, "income": None if (i + j) % 8 == 0 else Decimal(j * 10)} for j in range(i % 5)],
    }
    for i in range(500)
]


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "cases.parquet"
    pq.write_table(pa.Table.from_pylist(ROWS, schema=SCHEMA), path)
    return path


def test_the_table_says_what_the_cases_say(source, tmp_path):
    target = tmp_path / "out.parquet"
    assert screen_table(OF, source, target, as_of=AS_OF, key="id") == len(ROWS)
    found = {row["id"]: row for row in pq.read_table(target).to_pylist()}
    cases = [Case(AS_OF, {name: row[name] for name in FORM}) for row in ROWS]
    for row, screening in zip(ROWS, screen(OF, cases), strict=True):
        line = found[row["id"]]
        assert line["outcome"] == screening.outcome
        assert {name: line[f"rule.{name}"] for name in OF.eligibility} == screening.rules
        assert line["missing"] == [one.name for one in screening.missing]
        assert line["blocked"] == [f"{one.place}: {one.cause}" for one in screening.blocked]
        assert line["points"] == screening.points
        assert line["amount.grant"] == screening.benefits.get("grant")
    assert {line["outcome"] for line in found.values()} == {"eligible", "not eligible", "needs information"}
    assert any(line["blocked"] for line in found.values())
    assert any("members[" in name for line in found.values() for name in line["missing"])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cases.parquet", "out.parquet"]


@pytest.mark.parametrize("seed", range(12))
def test_a_table_of_any_definition_says_what_the_cases_say(tmp_path, seed):
    generated = from_seed(seed, 60)
    for name, text in {"generated.yaml": generated.text, **generated.files}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    of = load(tmp_path / "generated.yaml")
    cases = [Case(as_of, answers) for answers, as_of in generated.cases if fits(answers)]
    assert len(cases) > 20
    schema = pa.schema([("as_of", pa.date32()), *((name, column(field)) for name, field in of.form.items())])
    rows = [{"as_of": case.as_of, **{name: case.answers.get(name) for name in of.form}} for case in cases]
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), tmp_path / "cases.parquet")
    screen_table(of, tmp_path / "cases.parquet", tmp_path / "out.parquet")
    found = pq.read_table(tmp_path / "out.parquet").sort_by("row").to_pylist()
    for line, screening in zip(found, screen(of, cases), strict=True):
        assert line["outcome"] == screening.outcome
        assert {name: line[f"rule.{name}"] for name in of.eligibility} == screening.rules
        assert line["missing"] == [one.name for one in screening.missing]
        assert line["blocked"] == [f"{one.place}: {one.cause}" for one in screening.blocked]


QUANTITIES = {
    "share": "x * share",
    "odd_share": "odd_share * x",
    "ratio": "x / y",
    "product": "x * y",
    "of_whole": "x / n",
    "third": "0.333333 * x",
}
AMOUNTS = st.one_of(
    st.integers(-(10**18) + 1, 10**18 - 1),
    st.integers(-(10**9), 10**9),
    # Where a product with a million, with 18 and with 333,331 no longer fits into 64 bits.
    *(st.integers(edge - 2, edge + 2) for edge in (2**61 // 10**6, 2**61 // 18, 2**61 // 333_331)),
).map(from_micros)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None
)
@given(st.lists(st.tuples(AMOUNTS, AMOUNTS, st.integers(-(10**11), 10**11)), min_size=30, max_size=60))
def test_large_amounts_beside_small_ones_are_computed_as_in_single_cases(tmp_path, rows):
    shares = {
        "share": ("number", {date(2020, 1, 1): 150_000, AS_OF: 180_000}),
        "odd_share": ("number", {date(2020, 1, 1): 100_000, AS_OF: 333_331}),
    }
    form = {"x": {"type": "number"}, "y": {"type": "number"}, "n": {"type": "integer"}}
    benefits = {
        name: {"kind": "in_kind", "quantity": text, "when": f"{text} <> 0"}
        for name, text in QUANTITIES.items()
    }
    of = programme(form, benefits=benefits, parameters=shares)
    number = pa.decimal128(18, 6)
    columns = {name: [row[at] for row in rows] for at, name in enumerate(form)}
    kinds = {"x": number, "y": number, "n": pa.int64()}
    table = pa.table({name: pa.array(cells, kinds[name]) for name, cells in columns.items()})
    pq.write_table(table, tmp_path / "cases.parquet")
    screen_table(of, tmp_path / "cases.parquet", tmp_path / "out.parquet", as_of=AS_OF)
    found = pq.read_table(tmp_path / "out.parquet").sort_by("row").to_pylist()
    cases = [Case(AS_OF, dict(zip(form, row, strict=True))) for row in rows]
    for line, screening in zip(found, screen(of, cases), strict=True):
        assert line["blocked"] == [f"{one.place}: {one.cause}" for one in screening.blocked]
        assert {name: line[f"amount.{name}"] for name in QUANTITIES} == screening.benefits


@pytest.mark.parametrize(
    ("digits", "scale"), [(18, 6), (18, 5), (18, 2), (18, 3), (14, 4), (13, 0), (18, 0), (7, 6)]
)
def test_the_largest_number_of_every_decimal_is_read_exactly(tmp_path, digits, scale):
    largest = min(Decimal(10) ** (digits - scale) - Decimal(1).scaleb(-scale), Decimal(10**12))
    of = programme({"x": {"type": "number"}}, benefits={"same": {"kind": "in_kind", "quantity": "x"}})
    cells = pa.array([largest, -largest, Decimal(0)], pa.decimal128(digits, scale))
    pq.write_table(pa.table({"x": cells}), tmp_path / "cases.parquet")
    screen_table(of, tmp_path / "cases.parquet", tmp_path / "out.parquet", as_of=AS_OF)
    found = pq.read_table(tmp_path / "out.parquet").sort_by("row")["amount.same"].to_pylist()
    assert found == [largest, -largest, 0]


def fits(answer):
    """Whether all numbers have the twelve digits before the point that a decimal of 18 with six after it has."""
    match answer:
        case dict():
            return all(fits(value) for value in answer.values())
        case list():
            return all(fits(value) for value in answer)
        case Decimal() | int():
            return abs(answer) < 10**12
    return True


def column(field):
    """The Parquet type of a field: a number as a decimal of six places."""
    if field.type == "rows":
        return pa.list_(pa.struct([(name, column(member)) for name, member in field.of.items()]))
    kinds = {"boolean": pa.bool_(), "date": pa.date32()}
    numbers = {"integer", "number", "money"}
    return pa.decimal128(18, 6) if field.type in numbers else kinds.get(field.type, pa.string())


def test_rows_are_numbered_where_no_key_is_named(tmp_path):
    source = tmp_path / "cases.parquet"
    pq.write_table(pa.table({"as_of": [AS_OF], "n": pa.array([1], pa.int8())}), source)
    screen_table(OF, source, tmp_path / "out.parquet")
    (line,) = pq.read_table(tmp_path / "out.parquet").to_pylist()
    assert (line["row"], line["outcome"]) == (1, "needs information")
    assert line["missing"] == ["born", "name", "members"]


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ({"incom": pa.array([1])}, "incom"),
        ({"x": pa.array([1.5])}, "'x' is DOUBLE"),
        ({"x": pa.array([Decimal(1)], pa.decimal128(30, 6))}, "18 digits"),
        ({"name": pa.array([1])}, "'name' is BIGINT"),
        ({"members": pa.array(["[]"])}, "list of structures"),
        ({"members": pa.array([[{"agee": 1}]])}, "agee"),
    ],
)
def test_a_column_that_does_not_fit_is_told_before_anything_runs(tmp_path, columns, told):
    source = tmp_path / "cases.parquet"
    pq.write_table(pa.table(columns), source)
    with pytest.raises(AnswersProblem, match=told):
        screen_table(OF, source, tmp_path / "out.parquet", as_of=AS_OF)
    assert [path.name for path in tmp_path.iterdir()] == ["cases.parquet"]


def test_without_a_day_nothing_is_judged(tmp_path):
    source = tmp_path / "cases.parquet"
    pq.write_table(pa.table({"n": [1]}), source)
    with pytest.raises(AnswersProblem, match="as_of"):
        screen_table(OF, source, tmp_path / "out.parquet")


@pytest.mark.parametrize(
    "column",
    [
        {"n": pa.array([10**12 + 1])},
        {"n": pa.array([Decimal("1.5")], pa.decimal128(5, 1))},
        {"x": pa.array([2**62])},
    ],
)
def test_a_number_beyond_the_limits_stops_the_run_by_name(tmp_path, column):
    source = tmp_path / "cases.parquet"
    pq.write_table(pa.table(column), source)
    with pytest.raises(DatabaseError, match=f"'{next(iter(column))}'"):
        screen_table(OF, source, tmp_path / "out.parquet", as_of=AS_OF)
    assert [path.name for path in tmp_path.iterdir()] == ["cases.parquet"]
