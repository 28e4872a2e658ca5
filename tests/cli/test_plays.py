"""Plays: every one loads and is the same from the same seed; what it cannot mean is told with its line."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest
from casts import after, cast_of, everything, later

from almoner.cli.invented.cast import Cast
from almoner.cli.invented.play_load import INVENTED, all_plays, check_play, load_play
from almoner.definitions.load import PROGRAMMES, all_programmes, load
from almoner.definitions.problems import DefinitionError

SOURCE = PROGRAMMES.parent
PLAYS = [path.stem for path in all_plays()]


@pytest.fixture
def written(tmp_path):
    """A function that writes a play with one text in place of another, and returns its problems."""

    def problems(name: str, old: str = "", new: str = "") -> list[str]:
        text = (INVENTED / f"{name}.yaml").read_text(encoding="utf-8")
        assert old in text
        folder = tmp_path / "invented"
        folder.mkdir(exist_ok=True)
        path = folder / f"{name}.yaml"
        path.write_text(text.replace(old, new, 1) if old else text, encoding="utf-8")
        return [str(problem) for problem in check_play(path)[1]]

    return problems


def line_of(name: str, text: str) -> int:
    lines = (INVENTED / f"{name}.yaml").read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, start=1) if text in line)


def test_no_python_names_a_programme():
    names = [name for path in all_programmes() for name in (path.stem, load(path).title.lower())]
    assert names
    for file in SOURCE.rglob("*.py"):
        text = file.read_text(encoding="utf-8").lower()
        assert [name for name in names if name in text] == [], file


def test_every_programme_that_is_played_is_there_and_no_name_of_a_round_stands_twice():
    plays = [load_play(path) for path in all_plays()]
    assert plays
    assert {play.programme.key for play in plays} <= {path.stem for path in all_programmes()}
    assert max(Counter(play.round.name for play in plays).values()) == 1


@pytest.mark.parametrize("name", PLAYS)
def test_the_same_seed_makes_the_same_year_and_another_seed_another(name):
    made = everything(cast_of(name))
    assert any(made)
    assert everything(cast_of(name)) == made
    assert everything(cast_of(name, seed=1)) != made


@pytest.mark.parametrize("name", PLAYS)
def test_every_play_is_read_without_a_problem(written, name):
    assert written(name) == []


def test_what_happens_to_somebody_does_not_depend_on_who_else_is_there():
    cast = cast_of("students_2025")
    sheet = cast.play.files["term_results"]
    (when,) = cast.occasions(sheet)
    among = later(cast, "term_results")[0]
    for person, names in list(cast.applicants().items())[:20]:
        alone = cast.rows(sheet, type(when)({person: names}, when.today, when.last_time, when.occasion))
        assert alone == [row for row in among if row["student"] == person]


def test_a_name_that_is_added_shifts_no_other(tmp_path):
    text = (INVENTED / "maize_2025.yaml").read_text(encoding="utf-8")
    (tmp_path / "invented").mkdir()
    changed = tmp_path / "invented" / "maize_2025.yaml"
    changed.write_text(
        text.replace("    small: {often", "    lucky: {often: 0.5}\n    small: {often", 1).replace(
            "count: 40", "count: 41"
        )
    )
    before, now = cast_of("maize_2025").papers(), Cast(load_play(changed)).papers()
    assert now[:40] == before
    assert len(now) == 41


def test_a_gap_is_filled_by_late_papers_and_nothing_else_changes():
    cast = cast_of("students_2025")
    first = {row["student"]: row for row in cast.papers()}
    gaps = 0
    for row in cast.papers(whole=True):
        assert row["enrolment_letter"]
        for name, value in row.items():
            if name != "members" and first[row["student"]][name] != value:
                assert first[row["student"]][name] is None
                gaps += 1
    assert gaps > 20


def test_who_comes_to_a_session_is_asked_after_it_and_nobody_else():
    cast = cast_of("clinic_days_2025")
    people = [{row["wristband"] for rows in after(cast, name, "CD-2025-2") for row in rows}
              for name in ("attendees", "referrals", "calls")]  # fmt: skip
    assert people[2] < people[1] < people[0]


WRONG = [
    (
        "students_2025",
        "struggles: {often",
        "strugles: {often",
        "uses 'struggles', which no section defines. Did you mean 'strugles'?",
    ),
    ("students_2025", "{often: 0.95}", "{often: 1.95}", "A share lies between 0 and 1."),
    ("students_2025", "      credits: {", "      credit: {", "reads no column 'credit'"),
    ("students_2025", "      day: today\n", "", "reads the column 'day', which is not here"),
    ("students_2025", "rural: 0.58", "remote: 0.58", "'remote' is no answer to 'home_district'"),
    ("students_2025", "[sibling]", "[brother]", "'brother' is no answer to 'relation'"),
    (
        "students_2025",
        "cedar_term_results",
        "cedar_term_result",
        "There is no mapping 'cedar_term_result'. Did you mean 'cedar_term_results'?",
    ),
    ("students_2025", "who: awarded", "who: rewarded", "'rewarded' is nobody here"),
    (
        "students_2025",
        "programme: student_grants",
        "programme: student_grant",
        "Did you mean 'student_grants'?",
    ),
    ("students_2025", "year: 2025,", "year: 2024,", "maps the round"),
    (
        "students_2025",
        "deliveries: [2025-04-20]",
        "deliveries: [2024-04-20]",
        "2024-04-20 lies before the round opens",
    ),
    ("students_2025", "received: 2025-03-01", "received: 2025-05-01", "then it is decided"),
    ("students_2025", "lost: 0.20", "lost: 0.90", "together 1 at most"),
    ("students_2025", "CLS-2025-{number:3}", "CLS-2025", "A name holds the person's number"),
    ("students_2025", "{person}-letter", "{persons}-letter", "'persons' is no name here"),
    (
        "students_2025",
        "otherwise: {between: [31, 34]}",
        "FALSE: {between: [31, 34]}",
        "The last of the cases is 'otherwise'",
    ),
    (
        "students_2025",
        "otherwise: {between: [31, 34]}",
        "otherwise: {often: 0.5}",
        "are of different sorts",
    ),
    ("students_2025", "{between: [17, 22]}", "{between: [17]}", "two ends of one sort"),
    ("maize_2025", "happens: day", "happens: slip", "'happens' names a date that is drawn"),
    ("maize_2025", "decimals: 3", "digits: 3", "'digits' is no key here"),
    ("patients_2024", "received: medicine", "received: medicines", "Did you mean 'medicine'?"),
    ("patients_2024", "renewal: insured now", "renewal: insured", "Did you mean 'insured now'?"),
    (
        "maize_2025",
        "on: [2025-03-20, 2025-12-19]",
        "on: [2025-03-13]",
        "'survey' comes on 2025-03-13, before",
    ),
    (
        "clinic_days_2025",
        "attendee: attendees",
        "attendee: {often: 0.5}",
        "'counted' is a whole number",
    ),
    (
        "patients_2024",
        "on: [2025-10-06, 2025-11-25]",
        "on: [2025-11-25, 2025-10-06]",
        "Days stand in their order",
    ),
    ("clinic_days_2025", "kind: clinic_day", "kind: clinic", "Did you mean 'clinic_day'?"),
    (
        "clinic_days_2025",
        "counted: {attendee: attendees}",
        "counted: {attendee: attendances}",
        "Did you mean 'attendees'?",
    ),
    ("clinic_days_2025", "    filing: {text", "    letter: {text", "'letter' is none of"),
    ("hearings_2025", "closed: 90", "closed: 900", "lies before the round opens or after the statement"),
    ("hearings_2025", "closed: 90", "closed: 1.5", "'1.5' is a whole number."),
    ("clinic_days_2025", "after: [34, 110]", "after: [soon]", "Days are whole numbers"),
    ("talents_2025", "reviews:\n", "review:\n", "the play has 'reviews'"),
    ("talents_2025", "    use: {value", "    usefulness: {value", "'usefulness' is none of"),
    ("talents_2025", "    use: {value", "    usefulness: {value", "'use' is missing"),
    ("talents_2025", "{institution: []}, severity: 11", "{town: []}, severity: 11", "'town' is none of"),
    ("talents_2025", "severity: 11", "severity: {often: 0.5}", "'severity' is a number"),
    ("talents_2025", 'seen * 0.3, 0), 30)", decimals: 0}', 'seen * 0.3, 0), 30)"}', "are whole and always"),
    ("talents_2025", "done: {often: 0.4}", "done: 4", "'done' is true or false"),
    ("talents_2025", "on: 2025-02-13, often", "on: 2025-02-09, often", "All papers come, cases"),
    ("talents_2025", "2025-03-11]", "2025-03-28]", "and a later day decides"),
    ("talents_2025", "late: {on: 2025-02-08", "late: {on: 2025-02-11", "All papers come, cases"),
    ("relief_2025", "  did_it_arrive: {on: [", "  a_year_later: {on: [", "'a_year_later' is none of"),
    ("relief_2025", "2025-06-30], seed", "2027-06-30], seed", "or after the statement is closed"),
    ("relief_2025", "seed: 20250428}", "seed: 0.5}", "'0.5' is a whole number."),
    ("students_2025", "files:\n", "reviews: {seed: 4}\nfiles:\n", "and nowhere else"),
]
"""A play, what stands in it, what is written in its place, and what is said about that."""


@pytest.mark.parametrize(("name", "old", "new", "said"), WRONG)
def test_what_a_play_cannot_mean_is_told(written, name, old, new, said):
    problems = written(name, old, new)
    assert any(said in problem for problem in problems), problems


def test_as_many_review_as_must_judge_each_case(written):
    others = "\n".join(
        line for line in (INVENTED / "talents_2025.yaml").read_text().splitlines() if "severity: " in line
    )
    first = others.splitlines()[0]
    problems = written("talents_2025", others, first)
    assert any("3 review each case, and there are 1 reviewers." in problem for problem in problems)


def test_a_problem_names_its_file_and_line_and_the_others_are_told_too(written):
    problems = written(
        "students_2025", "who: awarded\n    on: [2025-07-16]", "who: rewarded\n    on: [16/07/2025]"
    )
    line = line_of("students_2025", "who: awarded")
    assert any(problem.startswith(f"students_2025.yaml:{line}: ") for problem in problems)
    assert any(problem.startswith(f"students_2025.yaml:{line + 1}: ") for problem in problems)


def test_a_play_with_a_problem_is_not_played(tmp_path):
    path = tmp_path / "empty.yaml"
    path.write_text("almoner: 1\nplay: Nothing\nprogramme: nothing\n", encoding="utf-8")
    with pytest.raises(DefinitionError, match="There is no programme 'nothing'"):
        load_play(path)
    shutil.copy(INVENTED / "maize_2025.yaml", Path(tmp_path) / "copy.yaml")
    assert load_play(tmp_path / "copy.yaml").round.year == 2025


def test_sessions_of_several_kinds_stand_in_a_list_and_a_code_stands_once(tmp_path):
    text = (INVENTED / "clinic_days_2025.yaml").read_text(encoding="utf-8")
    begin = text.index("sessions:")
    inner = "".join(f"  {line}\n" for line in text[begin:].splitlines()[1:] if line.strip())
    one, other = f"  -\n{inner}", f"  -\n{inner.replace('CD-2025-', 'EV-2025-')}"
    path = tmp_path / "kinds.yaml"

    path.write_text(f"{text[:begin]}sessions:\n{one}{other}", encoding="utf-8")
    assert [kind.days[0].code for kind in load_play(path).sessions] == ["CD-2025-1", "EV-2025-1"]

    path.write_text(f"{text[:begin]}sessions:\n{one}{one}", encoding="utf-8")
    _play, problems = check_play(path)
    assert any("There is a session 'CD-2025-1' already." in str(problem) for problem in problems)
