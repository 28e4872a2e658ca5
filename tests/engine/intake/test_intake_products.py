"""A field whose answer is the product of columns: exact, rounded once, and never a number where a factor is a gap."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from almoner.definitions.mapping import BESIDES, Column, FileHints, ImportMapping, Style, Unit
from almoner.definitions.programme import Field
from almoner.definitions.tree import Type
from almoner.engine.intake.table import Table
from almoner.engine.intake.take_in import Intake, take_in

SALES = Field("sales", Type.MONEY, 1, minimum=0)


def sold(*rows, header=("Output kg", "Price"), style=Style(), asked=SALES) -> Intake:  # noqa: B008 -- frozen
    column = Column(
        "sales", 1, headers=header[:2] if len(header) < 3 else header, style=style, multiplied=True
    )
    mapping = ImportMapping(
        "m.yaml", "M", "p", "follow-ups", "", FileHints(), {"sales": column}, ignore=(), party=None
    )
    table = Table("farms.csv", header, rows)
    return take_in(table, {"sales": asked}, BESIDES["follow-ups"], mapping)


def answers(intake: Intake) -> list[Decimal | None]:
    assert intake.problems == ()
    return [one.answers["sales"] for one in intake.sheets]


def test_two_columns_are_multiplied():
    assert answers(sold(("980", "75.5"), (Decimal(980), 75.5))) == [Decimal(73990), Decimal(73990)]


def test_the_cells_are_written_as_the_column_says():
    style = Style(
        decimal=",", thousands=".", unanswered=frozenset({"NA"}), unit=Unit(factor=Decimal("0.001"))
    )
    assert answers(sold(("1.000", "2,5"), ("NA", "2,5"), style=style)) == [Decimal("2.5"), None]


@pytest.mark.parametrize("row", [("", "75"), ("980", ""), ("", ""), ("0", None), (None, "0")])
def test_an_empty_factor_is_unanswered_and_never_nought(row):
    assert answers(sold(row)) == [None]


def test_every_factor_that_cannot_be_read_is_a_problem_of_its_own_cell():
    intake = sold(("98o", "7,5"), ("", "x"), ("1", "2"))
    assert [(one.row, one.column) for one in intake.problems] == [
        (1, "Output kg"),
        (1, "Price"),
        (2, "Price"),
    ]
    assert [one.answers["sales"] for one in intake.sheets] == [Decimal(2)]


def test_a_product_beyond_what_is_kept_is_a_problem_that_names_both():
    (problem,) = sold(("1000000000", "1001")).problems
    assert (problem.column, problem.raw) == ("Output kg × Price", "1000000000 × 1001")
    assert "beyond" in problem.reason


def test_a_bound_and_a_whole_number_are_looked_at_in_the_product():
    asked = Field("sales", Type.INTEGER, 1, maximum=10_000_000)
    assert answers(sold(("2.5", "4"), asked=asked)) == [Decimal(10)]
    assert [one.column for one in sold(("2.5", "3"), ("5", "4"), asked=asked).problems] == [
        "Output kg × Price",
        "Output kg × Price",
    ]


NUMBERS = st.decimals(Decimal(-9999), Decimal(9999), places=6)


@given(st.lists(NUMBERS, min_size=2, max_size=3))
def test_a_product_is_exact_and_rounded_half_even_once(factors):
    header = ("a", "b", "c")[: len(factors)]
    asked = Field("sales", Type.NUMBER, 1)
    with localcontext(prec=60):
        whole = Decimal(1)
        for factor in factors:
            whole *= factor
        expected = whole.quantize(Decimal("0.000001"), ROUND_HALF_EVEN)
    assert answers(sold(tuple(f"{one:f}" for one in factors), header=header, asked=asked)) == [expected]
