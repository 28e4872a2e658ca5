"""Every kind of file arrives as the same table, or says all that is wrong with its shape."""

from __future__ import annotations

import json
import zipfile
from datetime import date, datetime
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl import Workbook

from almoner.definitions.mapping import FileHints
from almoner.engine.intake.reading import read_table
from almoner.engine.intake.table import IntakeError


def written(tmp_path, content, name="people.csv"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def refused(path, hints=None):
    with pytest.raises(IntakeError) as caught:
        read_table(path, hints)
    return str(caught.value)


@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("between", [",", ";", "\t"])
def test_the_delimiter_and_the_byte_order_mark_make_no_difference(tmp_path, start, between):
    lines = [between.join(cells) for cells in (["name", "age"], ["王小明", "20"], ["", "7"])]
    table = read_table(written(tmp_path, start + "\r\n".join(lines).encode()))
    assert table.header == ("name", "age")
    assert table.rows == (("王小明", "20"), ("", "7"))


def test_a_quoted_header_with_a_trailing_tab_is_trimmed_and_told(tmp_path):
    table = read_table(written(tmp_path, 'a;"Daytime/evening attendance\t";b\n1;2;3\n'))
    assert table.header == ("a", "Daytime/evening attendance", "b")
    assert table.notices == (
        "The name of column 'Daytime/evening attendance' was read without the blanks around it.",
    )


def test_empty_rows_at_the_end_are_left_out_and_told(tmp_path):
    table = read_table(written(tmp_path, "a,b\n1,2\n,\n\n,\n\n"))
    assert table.rows == (("1", "2"),)
    assert table.notices == ("2 empty rows at the end were left out.",)


def test_quotes_hold_delimiters_and_line_breaks(tmp_path):
    table = read_table(written(tmp_path, 'a,b\n"1,5","two\nlines"\n'))
    assert table.rows == (("1,5", "two\nlines"),)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The file is empty."),
        (b"\xef\xbb\xbf", "The file is empty"),
        (b"\n1,2\n", "The file is empty, or its first line is"),
        (b"a,b\n", "a header and no row"),
        (b"a,b\n,\n\n", "a header and no row"),
        (b"a,b\n1,2\n\n3,4\n", "row 2: The row is empty"),
        (b"a,a\n1,2\n", "this name twice, as columns 1 and 2"),
        (b"a, a\n1,2\n", "this name twice"),
        (b"a,\n1,2\n", "Column 2 has no name"),
        (b"a,b\n1\n1,2,3\n", "row 1: 1 cells, but the header has 2"),
        (b"a;b,c\n1;2,5\n", "not plain"),
        (b'a,b\n"1,2\n', "quotes do not match"),
        (b'a,b\n"1"x,2\n', "quotes do not match"),
        ("name\nJosé\n".encode("iso-8859-1"), "Line 2 holds the byte 0xE9, which is not UTF-8"),
        ("name\nJosé\n".encode("utf-16"), "UTF-16"),
        ("na\u202eme\nx\n".encode(), "invisible character U+202E"),
        (b"na\x00me\nx\n", "invisible character U+0000"),
    ],
)
def test_a_csv_file_that_is_no_table_says_why(tmp_path, content, said):
    assert said in refused(written(tmp_path, content))


def test_all_problems_of_the_shape_come_at_once(tmp_path):
    said = refused(written(tmp_path, "a,a,\n1,2\n,,\n1,2,3\n"))
    assert said.count("people.csv: ") == 4


def test_a_stated_encoding_and_delimiter_are_taken(tmp_path):
    path = written(tmp_path, "姓名|年龄,岁\n王|20\n".encode("gb18030"))
    table = read_table(path, FileHints(encoding="gb18030", delimiter="|"))
    assert table.header == ("姓名", "年龄,岁")


def test_another_kind_of_file_is_refused(tmp_path):
    assert "save it as CSV, XLSX, JSON or Parquet" in refused(written(tmp_path, "x", "people.doc"))
    assert "This is not an XLSX file" in refused(written(tmp_path, "a,b\n1,2\n", "people.xlsx"))
    assert "This is not a Parquet file" in refused(written(tmp_path, "a,b\n1,2\n", "people.parquet"))


# --- JSON


def test_json_keeps_the_digits_of_a_number(tmp_path):
    table = read_table(written(tmp_path, '[{"a": 0.1, "b": 12345678901234567890}, {"a": null}]', "p.json"))
    assert table.header == ("a", "b")
    assert table.rows == (("0.1", "12345678901234567890"), (None, None))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[]", "no list of objects"),
        ("{}", "no list of objects"),
        ("[1]", "row 1: This entry of the list is no object"),
        ("[{}]", "Every object of the list is empty"),
        ('[{"a": 1, "a": 2}]', "'a' stands twice"),
        ('[{"a": [{"b": 1, "b": 1}]}]', "'b' stands twice"),
        ('[{"a": NaN}]', "NaN is not a number"),
        ('[{"a": -Infinity}]', "-Infinity is not a number"),
        ('[{"a": 1}', "Not JSON"),
        ("[" * 100_000, "nested too deep"),
    ],
)
def test_json_that_is_no_list_of_people_says_why(tmp_path, content, said):
    assert said in refused(written(tmp_path, content, "p.json"))


# --- XLSX


def workbook(tmp_path, sheets):
    book = Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    path = tmp_path / "people.xlsx"
    book.save(path)
    return path


def test_xlsx_cells_keep_their_type_and_further_sheets_stand_beside(tmp_path):
    people = [
        ["born", "poor", "income", "name"],
        [date(2006, 2, 11), True, 600.05, "王"],
        [None, None, 3, None],
    ]
    path = workbook(tmp_path, {"People": people, "members": [["row", "age"], [1, 20]], "Empty": []})
    table = read_table(path)
    assert table.rows == ((datetime(2006, 2, 11), True, 600.05, "王"), (None, None, 3, None))
    assert table.sheets["members"].rows == ((1, 20),)
    assert list(table.sheets) == ["members"]


def test_formulas_and_errors_are_refused_with_their_place(tmp_path):
    said = refused(workbook(tmp_path, {"S": [["a", "b"], [1, "=A2*2"], ["#N/A", 2]]}))
    assert "row 1, column 'b': The cell holds a formula" in said


def test_text_that_only_looks_like_a_formula_in_csv_is_text(tmp_path):
    assert read_table(written(tmp_path, "a\n=1+1\n")).rows == (("=1+1",),)


def test_an_empty_row_between_others_is_a_problem_in_every_sheet(tmp_path):
    said = refused(workbook(tmp_path, {"S": [["a"], [1], [], [2]], "T": [["row", "row"], [1, 2]]}))
    assert "sheet 'S', row 2: The row is empty" in said
    assert "sheet 'T'" in said


def test_a_sheet_is_named_or_the_first(tmp_path):
    path = workbook(tmp_path, {"Notes": [["x"], [1]], "People": [["a"], [2]]})
    assert read_table(path, FileHints(sheet="People")).rows == ((2,),)
    assert "Did you mean 'People'?" in refused(path, FileHints(sheet="Peple"))


def test_a_zip_bomb_is_not_opened(tmp_path):
    path = tmp_path / "people.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        zeros = bytes(64 * 1024 * 1024)
        for number in range(5):
            packed.writestr(f"xl/worksheets/sheet{number}.xml", zeros)
    assert "Unpacked the file is larger than 256 MB" in refused(path)


def test_entities_are_not_opened(tmp_path):
    path = tmp_path / "people.xlsx"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("xl/workbook.xml", '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>')
    assert "declares entities" in refused(path)


# --- Parquet


def test_parquet_brings_declared_types_and_a_list_of_structs_is_rows(tmp_path):
    path = tmp_path / "people.parquet"
    members = [[{"age": 20, "income": Decimal("0.10")}], None]
    pq.write_table(
        pa.table({"born": pa.array([date(2006, 2, 11), None]), "members": members, "x": [0.1, None]}), path
    )
    table = read_table(path)
    assert table.rows == ((date(2006, 2, 11), members[0], 0.1), (None, None, None))


def test_parquet_types_that_no_field_takes_are_refused(tmp_path):
    path = tmp_path / "people.parquet"
    pq.write_table(pa.table({"a": pa.array([1.1], pa.float32()), "b": pa.array([b"x"])}), path)
    said = refused(path)
    assert "column 'a': Values of type float are not read" in said
    assert "column 'b': Values of type binary are not read" in said


def test_the_same_people_come_from_every_kind_of_file(tmp_path):
    rows = [{"name": "A", "age": "20"}, {"name": "B", "age": "7"}]
    csv = read_table(written(tmp_path, "name,age\nA,20\nB,7\n"))
    jsn = read_table(written(tmp_path, json.dumps(rows), "p.json"))
    xlsx = read_table(workbook(tmp_path, {"P": [["name", "age"], ["A", "20"], ["B", "7"]]}))
    path = tmp_path / "p.parquet"
    pq.write_table(pa.Table.from_pylist(rows), path)
    parquet = read_table(path)
    assert csv.header == jsn.header == xlsx.header == parquet.header
    assert csv.rows == jsn.rows == xlsx.rows == parquet.rows
