"""Each place where SQL loses an unknown, closed."""

from datetime import date
from decimal import Decimal

import pytest
from screening_by_hand import programme, screened, value_of

from almoner.definitions.tree import Literal, Type
from almoner.engine.sql_text import comment, literal, quoted, rendered

NUMBER = {"x": {"type": "number"}, "y": {"type": "number"}}


def test_case_of_an_unknown_is_unknown_not_the_else():
    bands = {"x <= 3": 1, "otherwise": 0}
    assert value_of(bands, NUMBER) is None
    assert value_of(bands, NUMBER, x=3) == 1
    assert value_of(bands, NUMBER, x=4) == 0


def test_the_first_band_that_is_not_false_decides():
    bands = {"x <= 3": 1, "y <= 3": 2, "otherwise": 3}
    assert value_of(bands, NUMBER, x=9) is None
    assert value_of(bands, NUMBER, x=1) == 1
    assert value_of(bands, NUMBER, x=9, y=1) == 2
    assert value_of(bands, NUMBER, y=1) is None


def test_a_band_that_is_not_taken_may_be_unknown():
    assert value_of({"x <= 3": 1, "otherwise": "y"}, NUMBER, x=1) == 1
    assert value_of({"x <= 3": "y", "otherwise": 5}, NUMBER, x=1) is None


@pytest.mark.parametrize(("word", "known"), [("smaller_of", 1), ("larger_of", 5)])
def test_the_smaller_of_something_and_an_unknown_is_unknown(word, known):
    assert value_of(f"{word}(x, y)", NUMBER, x=5) is None
    assert value_of(f"{word}(y, x)", NUMBER, x=5) is None
    assert value_of(f"{word}(x, y)", NUMBER, x=5, y=1) == known


def test_a_sum_does_not_skip_an_unknown():
    form = {"rows": {"type": "rows", "of": {"v": {"type": "number"}}}}
    assert value_of("sum_of(rows, v)", form, rows=[{"v": 1}, {}]) is None
    assert value_of("all_of(rows, v > 0)", form, rows=[{"v": 1}, {}]) is None
    assert value_of("largest_of(rows, v)", form, rows=[{"v": 1}, {}]) is None


def test_a_division_by_zero_is_not_computable():
    of = programme(NUMBER, derive={"found": "x / y"}, rules={"some": "found > 1"})
    screening = screened(of, x=1, y=0)
    assert screening.derived["found"] is None
    assert [(one.place, one.cause) for one in screening.blocked] == [("derive.found", "division by zero")]
    assert screening.outcome == "needs information"


def test_a_division_has_no_binary_fraction():
    assert value_of("x / y", NUMBER, x=1, y=3) == Decimal("0.333333")
    assert value_of("x * 0.1 * 3 = 0.3", NUMBER, x=1) is True


def test_eighteen_digits_multiply_without_an_abort():
    large = Decimal("999999999999.999999")
    assert value_of("x * y", NUMBER, x=large, y=large) is None
    assert value_of("x * y", NUMBER, x=large, y=1) == large


def test_years_are_whole_years_not_boundaries():
    form = {"born": {"type": "date"}}
    assert value_of("years_between(born, as_of)", form, date(2026, 1, 1), born=date(2000, 12, 31)) == 25


@pytest.mark.parametrize(
    ("text", "x", "y", "found"),
    [
        ("x > 0 AND y > 0", -1, None, False),
        ("x > 0 AND y > 0", 1, None, None),
        ("x > 0 OR y > 0", 1, None, True),
        ("x > 0 OR y > 0", -1, None, None),
        ("NOT y > 0", 1, None, None),
        ("y = y", 1, None, None),
        ("y <> y", 1, None, None),
        ("y IN (1, 2)", 1, None, None),
        ("y NOT IN (1, 2)", 1, None, None),
        ("y BETWEEN 1 AND 2", 1, None, None),
        ("x BETWEEN y AND 2", 3, None, False),
    ],
)
def test_three_values_by_kleene(text, x, y, found):
    assert value_of(text, NUMBER, x=x, y=y) is found


def test_a_quotation_mark_ends_no_text():
    form = {"name": {"type": "text"}}
    hostile = "x') OR 1=1 --"
    text = "name = 'x'') OR 1=1 --'"
    assert value_of(text, form, name=hostile) is True
    assert value_of(text, form, name="x") is False


@pytest.mark.parametrize("text", ["it's", '"', "\\", "{}", "%s", "$1", "\x01", "𝄞", "x\ny"])
def test_any_text_is_a_literal_of_itself(text):
    form = {"name": {"type": "text"}}
    of = programme(form, rules={"same": "name = 'here'"})
    node = of.eligibility["same"].rule.node
    assert rendered(text) == literal(text).text
    assert Literal(Type.TEXT, text) != node
    assert screened(of, name="here").outcome == "eligible"


def test_what_cannot_be_written_is_refused():
    with pytest.raises(ValueError, match="NUL"):
        rendered("a\x00b")
    with pytest.raises(ValueError, match="control"):
        quoted("a\nb")
    assert comment("a\n; DROP TABLE x") == "-- a ; DROP TABLE x"
