"""What may be written about people, and that the same rows are the same bytes."""

from datetime import date
from decimal import Decimal

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statement_cases import STORY, award, bursaries, delivery, ledger, shuffled, write

from almoner.engine.facts import FactProblem, Pseudonyms, band, computed, tables
from almoner.values.numbers import MICRO


def test_no_sensitive_field_no_free_text_and_nothing_made_from_them_is_a_column():
    columns = set(tables(bursaries())["awards"].schema.names)
    assert {"answer.home", "answer.age", "answer.tuition", "derived.cost"} <= columns
    assert columns.isdisjoint({"answer.income", "answer.note", "derived.double_income"})


def test_an_answer_that_may_be_superseded_is_no_column():
    assert "answer.wage" not in tables(bursaries())["awards"].schema.names


def test_what_needs_a_sealed_value_is_computed_beforehand_and_a_number_is_cut():
    found = {entry.indicator: (entry.table, entry.column, entry.banded) for entry in computed(bursaries())}
    assert found == {
        "middle_income": ("awards", "indicator.middle_income", True),
        "very_poor": ("awards", "indicator.very_poor", False),
        "earning": ("awards", "indicator.earning", False),
    }


def test_the_cell_of_a_sealed_number_holds_two_significant_digits():
    cut = next(entry for entry in computed(bursaries()) if entry.banded)
    assert cut.cell(Decimal("1234.56")) == Decimal(1200)
    assert cut.cell(None) is None
    plain = next(entry for entry in computed(bursaries()) if not entry.banded)
    truth = True
    assert plain.cell(truth) is True


@pytest.mark.parametrize(
    ("number", "cut"),
    [
        ("0", "0"),
        ("7", "7"),
        ("99", "99"),
        ("125", "120"),
        ("135", "140"),
        ("-1250", "-1200"),
        ("0.123", "0.12"),
    ],
)
def test_a_band_keeps_two_digits_half_even(number, cut):
    assert Decimal(band(int(Decimal(number) * MICRO))) / MICRO == Decimal(cut)


@given(st.integers(-(10**18), 10**18))
def test_a_band_is_never_further_away_than_half_its_last_digit(micros):
    cut = band(micros)
    assert 20 * abs(cut - micros) <= max(abs(micros), 0)
    assert len(str(abs(cut)).rstrip("0")) <= 2


def test_a_day_is_written_as_its_month(tmp_path):
    write(tmp_path, {"awards": [award(0, awarded=date(2025, 4, 30))]})
    row = pq.read_table(tmp_path / "awards.parquet").to_pylist()[0]
    assert (row["awarded"], row["answer.birth_date"]) == ("2025-04", "2006-02")


def test_the_order_of_rows_leaves_no_trace(tmp_path):
    for seed in range(3):
        write(tmp_path / str(seed), shuffled(STORY, seed))
    for name in STORY:
        assert len({(tmp_path / str(seed) / f"{name}.parquet").read_bytes() for seed in range(3)}) == 1


def test_a_file_has_the_declared_schema_and_money_is_decimal(tmp_path):
    write(tmp_path)
    for name, table in tables(bursaries()).items():
        assert pq.read_schema(tmp_path / f"{name}.parquet").equals(table.schema)
    assert str(tables(bursaries())["deliveries"].schema.field("amount").type) == "decimal128(18, 2)"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"amount": 2400.0}, "not a money"),
        ({"amount": True}, "not a money"),
        ({"amount": Decimal("0.001")}, "amount"),
        ({"benefit": "pony"}, "none of grant, laptop"),
        ({"happened": "2025-13"}, "no month"),
        ({"happened": None}, "no month"),
        ({"delivery": None}, "not a text"),
        ({"decided_elsewhere": 1}, "not a boolean"),
        ({"amount": Decimal("NaN")}, "amount"),
    ],
)
def test_a_value_that_does_not_fit_is_refused(tmp_path, changed, said):
    with pytest.raises(FactProblem, match=said):
        write(tmp_path, {"deliveries": [delivery(0, **changed)]})


def test_a_column_too_many_or_too_few_is_refused(tmp_path):
    for row in (award(0) | {"answer.income": Decimal(1)}, {"award": "x"}):
        with pytest.raises(FactProblem, match="missing or unknown columns"):
            write(tmp_path, {"awards": [row]})


def test_a_pseudonym_is_one_thing_under_one_key():
    first, second = Pseudonyms(b"a" * 32), Pseudonyms(b"b" * 32)
    assert first("party", 1) == first("party", 1)
    assert len({first("party", 1), first("party", 2), first("award", 1), second("party", 1)}) == 4
    with pytest.raises(ValueError, match="32 bytes"):
        Pseudonyms(b"short")


def test_what_is_booked_in_one_month_is_one_row(tmp_path):
    booked = [ledger("2025-02", "1.10"), ledger(date(2025, 1, 31), "0.05"), ledger(date(2025, 1, 1), "0.05")]
    write(tmp_path, {"contributions": booked})
    rows = pq.read_table(tmp_path / "contributions.parquet").to_pylist()
    assert [(row["month"], row["amount"]) for row in rows] == [
        ("2025-01", Decimal("0.10")),
        ("2025-02", Decimal("1.10")),
    ]
    assert str(pq.read_schema(tmp_path / "contributions.parquet").field("amount").type) == "decimal128(18, 2)"
