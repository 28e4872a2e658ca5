"""A table becomes answer sheets: everything is read, ignored by name, or a problem."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from openpyxl import Workbook

from almoner.definitions.mapping import BESIDES, Column, FileHints, ImportMapping, Party, Round, Style, Unit
from almoner.definitions.programme import Field
from almoner.definitions.tree import Type
from almoner.engine.intake.reading import read_table
from almoner.engine.intake.table import Table
from almoner.engine.intake.take_in import take_in

FORM = {
    "born": Field("born", Type.DATE, 1),
    "income": Field("income", Type.MONEY, 1, minimum=0),
    "poor": Field("poor", Type.BOOLEAN, 1),
    "members": Field(
        "members",
        Type.ROWS,
        1,
        of={"age": Field("age", Type.INTEGER, 1, maximum=120_000_000), "pay": Field("pay", Type.MONEY, 1)},
    ),
}
BESIDE = BESIDES["applications"]


def table(header, *rows):
    return Table("people.csv", tuple(header), tuple(rows))


def mapped(columns, **more):
    made = {name: Column(name, 1, **column) for name, column in columns.items()}
    given = {"ignore": (), "party": None, **more}
    return ImportMapping("m.yaml", "M", "p", "applications", "", FileHints(), made, **given)


def test_columns_are_field_names_and_missing_ones_are_unanswered_and_told():
    intake = take_in(table(["born", "as_of"], ("2006-02-11", "2026-09-10"), ("", "")), FORM, BESIDE)
    first, second = intake.sheets
    assert (first.row, first.answers, first.besides) == (
        1,
        {"born": date(2006, 2, 11)},
        {"as_of": date(2026, 9, 10)},
    )
    assert (second.row, second.answers, second.besides) == (2, {"born": None}, {"as_of": None})
    assert intake.unanswered == ("income", "poor", "members")
    assert intake.problems == ()


def test_an_unknown_column_is_a_problem_with_a_suggestion():
    intake = take_in(table(["born", "incme"], ("2006-02-11", "5")), FORM, BESIDE)
    assert intake.sheets == ()
    assert str(intake.problems[0]).startswith("column 'incme': 'incme' is not asked for")
    assert "Did you mean 'income'?" in intake.problems[0].reason


def test_every_bad_cell_is_told_at_once_and_good_rows_are_kept_apart():
    rows = [("2026-02-30", "3e10"), ("2006-02-11", "5"), ("x", "")]
    intake = take_in(table(["born", "income"], *rows), FORM, BESIDE)
    assert [(problem.row, problem.column) for problem in intake.problems] == [
        (1, "born"),
        (1, "income"),
        (3, "born"),
    ]
    assert [sheet.row for sheet in intake.sheets] == [2]


def members_book(tmp_path, rows, header=("row", "age", "pay")):
    book = Workbook()
    main = book.active
    main.title = "people"
    main.append(["born"])
    main.append(["2006-02-11"])
    main.append(["2007-02-11"])
    sheet = book.create_sheet("members")
    sheet.append(list(header))
    for row in rows:
        sheet.append(row)
    path = tmp_path / "people.xlsx"
    book.save(path)
    return read_table(path)


def test_rows_stand_in_a_sheet_named_after_the_field(tmp_path):
    intake = take_in(members_book(tmp_path, [[1, 20, 5.5], [1, 45, None]]), FORM, BESIDE)
    assert intake.problems == ()
    assert intake.sheets[0].answers["members"] == [
        {"age": Decimal(20), "pay": Decimal("5.5")},
        {"age": Decimal(45), "pay": None},
    ]
    # Nobody said who lives with the second person: unknown, and not a household of none.
    assert intake.sheets[1].answers["members"] is None
    assert intake.unanswered == ("income", "poor")


@pytest.mark.parametrize("pointer", [0, 3, 1.5, None, "x"])
def test_a_row_that_points_nowhere_is_a_problem(tmp_path, pointer):
    intake = take_in(members_book(tmp_path, [[pointer, 20, 5], [1, 369, 5]]), FORM, BESIDE)
    assert [(problem.sheet, problem.row) for problem in intake.problems] == [("members", 1), ("members", 2)]
    assert intake.sheets == ()


def test_a_sheet_without_its_pointer_or_with_another_name_is_a_problem(tmp_path):
    bare = take_in(members_book(tmp_path, [[20, 5]], header=("age", "pay")), FORM, BESIDE)
    assert "which row of the main sheet" in bare.problems[0].reason
    other = {name: asked for name, asked in FORM.items() if name != "members"}
    assert (
        "named after a field with rows (none)"
        in take_in(members_book(tmp_path, [[1, 20, 5]]), other, BESIDE).problems[0].reason
    )


def test_a_mapping_reads_styles_units_and_joined_columns():
    columns = {
        "born": {"headers": ("Geburtsdatum",), "style": Style(date="DD.MM.YYYY")},
        "income": {
            "headers": ("Einkommen",),
            "style": Style(decimal=",", thousands=".", unit=Unit(Decimal(1000))),
        },
        "poor": {"headers": ("a", "b"), "style": Style(values={"no | no": "true", "yes | no": "false"})},
    }
    rows = [("11.02.2006", "1.234,5", "no", "no"), ("01.03.2007", "", "", ""), ("01.03.2007", "1", "no", "")]
    intake = take_in(table(["Geburtsdatum", "Einkommen", "a", "b"], *rows), FORM, BESIDE, mapped(columns))
    assert intake.sheets[0].answers == {"born": date(2006, 2, 11), "income": Decimal(1234500), "poor": True}
    assert intake.sheets[1].answers == {"born": date(2007, 3, 1), "income": None, "poor": None}
    assert [str(problem) for problem in intake.problems] == [
        "row 3, column 'a | b': The mapping translates no | no, yes | no, and not this. Did you mean 'no | no'?"
    ]


def test_a_unit_stands_in_another_column_and_an_unknown_one_is_a_problem():
    unit = Unit(column="unit", factors={"mu": Decimal("0.066667"), "ha": Decimal(1)})
    mapping = mapped({"income": {"headers": ("land",), "style": Style(unit=unit)}})
    rows = [
        ("15", "mu"),
        ("2", "ha"),
        ("", ""),
        ("3", ""),
        ("3", "muu"),
        ("-1", "ha"),
        ("999999999999", "ha"),
    ]
    intake = take_in(table(["land", "unit"], *rows), FORM, BESIDE, mapping)
    assert [sheet.answers["income"] for sheet in intake.sheets] == [
        Decimal("1.000005"),
        2,
        None,
        999999999999,
    ]
    said = [problem.reason for problem in intake.problems]
    assert said[0] == "A quantity without its unit: 'unit' is empty."
    assert said[1] == "The mapping has no factor for the unit 'muu'. Did you mean 'mu'?"
    assert said[2].startswith("Below 0")


def test_a_factor_cannot_carry_a_number_beyond_what_can_be_held():
    mapping = mapped({"income": {"headers": ("t",), "style": Style(unit=Unit(Decimal(1000)))}})
    assert "beyond" in take_in(table(["t"], ("999999999999",)), FORM, BESIDE, mapping).problems[0].reason


def test_rows_are_put_together_from_the_columns_of_a_wide_sheet():
    member = [
        {"age": Column("age", 1, headers=(f"age{n}",)), "pay": Column("pay", 1, headers=(f"pay{n}",))}
        for n in (1, 2)
    ]
    mapping = mapped({"members": {"rows": tuple(member)}})
    rows = [("20", "0", "45", "1200"), ("20", "", "", ""), ("", "", "", "")]
    intake = take_in(table(["age1", "pay1", "age2", "pay2"], *rows), FORM, BESIDE, mapping)
    assert [sheet.answers["members"] for sheet in intake.sheets] == [
        [{"age": 20, "pay": 0}, {"age": 45, "pay": 1200}],
        [{"age": 20, "pay": None}],
        None,
    ]


def test_every_column_is_mapped_or_ignored_and_every_mapped_one_is_there():
    mapping = mapped({"born": {"headers": ("birth",)}}, ignore=("gender", "race"))
    intake = take_in(table(["born", "gender", "extra"], ("2006-02-11", "f", "x")), FORM, BESIDE, mapping)
    assert [(problem.column, problem.reason[:43]) for problem in intake.problems] == [
        ("birth", "The mapping reads this column, and the file"),
        ("born", "The mapping neither reads this column nor i"),
        ("extra", "The mapping neither reads this column nor i"),
    ]
    assert intake.notices == ("The mapping ignores 'race', which the file does not have.",)


def test_a_constant_is_an_assumption_with_its_reason():
    mapping = mapped({"poor": {"constant": "true", "because": "the frame is poor households"}}, ignore=("x",))
    intake = take_in(table(["x"], ("1",)), FORM, BESIDE, mapping)
    assert intake.sheets[0].answers == {"poor": True}
    assert intake.assumed == {"poor": "the frame is poor households"}


def test_the_round_gives_the_day_and_the_party_its_name():
    spring = Round("Spring", 1980, "USD", date(1980, 4, 1), {})
    mapping = mapped({"born": {"headers": ("born",)}}, party=Party(headers=("school", "no")), round=spring)
    rows = [("2006-02-11", "Ａ", "1"), ("2006-02-11", "B", "")]
    intake = take_in(table(["born", "school", "no"], *rows), FORM, BESIDE, mapping)
    assert intake.sheets[0].party == "Ａ | 1"
    assert intake.sheets[0].besides["as_of"] == date(1980, 4, 1)
    assert intake.problems[0].reason == "Who this row is about is not said."


def test_rows_may_be_named_by_their_number():
    mapping = mapped({"born": {"headers": ("born",)}}, party=Party(row_prefix="UCI 697"))
    assert take_in(table(["born"], ("2006-02-11",)), FORM, BESIDE, mapping).sheets[0].party == "UCI 697 1"


def test_a_name_longer_than_is_kept_is_a_problem_of_its_cell():
    mapping = mapped({"born": {"headers": ("born",)}}, party=Party(("who",)))
    intake = take_in(
        table(["born", "who"], ("2006-02-11", "x" * 200), ("2006-02-11", "x" * 201)), FORM, BESIDE, mapping
    )
    assert [(one.row, one.column) for one in intake.problems] == [(2, "who")]


def test_a_rounds_day_of_submission_is_no_answer_of_what_has_a_day_of_its_own():
    round_ = Round("R", 2026, "CNY", date(2026, 9, 10), {})
    mapping = mapped({"born": {"headers": ("born",)}}, round=round_)
    day = take_in(table(["born"], ("2006-02-11",)), FORM, BESIDE, mapping).sheets[0]
    assert day.besides == {"as_of": date(2026, 9, 10)}
    other = take_in(table(["born"], ("2006-02-11",)), FORM, BESIDES["awards"], mapping).sheets[0]
    assert (other.besides, set(other.answers)) == ({}, {"born"})


def test_identifiers_are_read_beside_the_answers_and_an_empty_cell_says_none():
    by = {name: Column(name, 1, headers=(header,)) for name, header in (("card", "ID"), ("number", "No"))}
    mapping = mapped({"born": {"headers": ("born",)}}, party=Party(("who",), identifiers=by))
    intake = take_in(
        table(["born", "who", "ID", "No"], ("2006-02-11", "a", " 3701 ", ""), ("2006-02-11", "b", "", "7")),
        FORM,
        BESIDE,
        mapping,
    )
    assert [(one.party, one.identifiers) for one in intake.sheets] == [
        ("a", {"card": "3701"}),
        ("b", {"number": "7"}),
    ]
    assert all(set(one.answers) == {"born"} for one in intake.sheets)


def test_a_row_without_reference_or_identifier_is_about_nobody_and_signs_are_no_identifier():
    by = {"card": Column("card", 1, headers=("ID",))}
    mapping = mapped({"born": {"headers": ("born",)}}, party=Party(identifiers=by))
    rows = [("2006-02-11", "3701"), ("2006-02-11", ""), ("2006-02-11", "--"), ("2006-02-11", 3701)]
    intake = take_in(table(["born", "ID"], *rows), FORM, BESIDE, mapping)
    assert [one.row for one in intake.sheets] == [1]
    assert {(one.row, one.column) for one in intake.problems} == {(2, "ID"), (3, "ID"), (4, "ID")}
