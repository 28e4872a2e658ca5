"""The invented office's students: an office that does not exist, the same from the same seed.

Two rounds are made: one of 2024, whose term results and follow-ups fall in 2025, and one of 2025. Nothing here
knows who is awarded: what happens to a student later depends on the seed and on the student's own number, so that it
is the same whoever else is awarded. No person has a name; schools are called invented.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from almoner.values.chance import Chance

OFFICE = "Cedar Life Sciences (invented)"
ROUNDS = {
    2024: "Cedar Life Sciences (invented), students 2024",
    2025: "Cedar Life Sciences (invented), students 2025",
}
"""The rounds of students by their year, written out so that a catalogue can hold them."""
SEED = 20250108

SCHOOLS = (
    "Cedar Valley University (invented)",
    "Lower River Normal College (invented)",
    "Stone Bridge Polytechnic (invented)",
    "East Plain Agricultural University (invented)",
    "White Heron Medical College (invented)",
)

ANSWERS_LATE = 0.6
"""The share of those asked for more who answer in time; the others lapse."""

ANSWERED, REFUSED, LOST = 0.41, 0.04, 0.20
"""The shares of a year's follow-ups that are answered, refused, and lost after three attempts; the rest waits."""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class StudentRound:
    """A round's applications as they first came, with their gaps; `whole` holds each student's without a gap."""

    name: str
    year: int
    opens: date
    late_on: date
    applications: tuple[Row, ...]
    whole: Mapping[str, Row]

    def late_papers(self, asked: Collection[str], *, seed: int = SEED) -> list[Row]:
        """Whole applications of those asked for more who answered by `late_on`: six in ten."""
        return [
            row
            for student, row in self.whole.items()
            if student in asked and often(chance_of(seed, f"{student}/late"), ANSWERS_LATE)
        ]


def student_rounds(seed: int = SEED) -> tuple[StudentRound, StudentRound]:
    """The rounds of 2024 (160 applicants) and of 2025 (300)."""
    return (
        _round(seed, 2024, date(2024, 8, 26), 160),
        _round(seed, 2025, date(2025, 2, 17), 300),
    )


def _round(seed: int, year: int, opens: date, applicants: int) -> StudentRound:
    asked: list[Row] = []
    wholes: dict[str, Row] = {}
    for number in range(1, applicants + 1):
        student = f"CLS-{year}-{number:03d}"
        chance = chance_of(seed, student)
        whole = _application(chance, student, opens)
        asked.append(_with_gaps(chance, whole))
        wholes[student] = whole
    return StudentRound(ROUNDS[year], year, opens, opens + timedelta(days=24), tuple(asked), wholes)


def often(chance: Chance, share: float) -> bool:
    """Whether it happens, which it does in this share of cases."""
    return chance.fraction() < share


def chance_of(seed: int, what: str) -> Chance:
    """A stream of its own for each student and occasion: nothing shifts when somebody is added."""
    return Chance(int.from_bytes(hashlib.sha256(f"{seed}/{what}".encode()).digest()[:8], "big"))


def _application(chance: Chance, student: str, opens: date) -> Row:
    first_year = often(chance, 0.35)
    age = 17 + chance.below(6) if often(chance, 0.97) else 31 + chance.below(4)
    other_grant = often(chance, 0.15)
    return {
        "student": student,
        "as_of": (opens + timedelta(days=chance.below(12))).isoformat(),
        "birth_date": date(opens.year - age, 1 + chance.below(12), 1 + chance.below(28)).isoformat(),
        "full_time": often(chance, 0.97),
        "accredited": True,
        "school": SCHOOLS[chance.below(len(SCHOOLS))],
        "enrolment_letter": f"{student}-letter.pdf",
        "first_year": first_year,
        "average": None if first_year else 52 + chance.below(44),
        "tuition": 1800 + 100 * chance.below(42),
        "members": _household(chance, age),
        "other_grant": other_grant,
        "other_amount": 500 + 250 * chance.below(10) if other_grant else None,
        "first_generation": often(chance, 0.7),
        "home_district": weighted(chance, (("rural", 0.58), ("town", 0.27), ("city", 0.15))),
    }


def _household(chance: Chance, age: int) -> list[Row]:
    """A student with one or two parents, siblings, and sometimes a grandparent."""
    members: list[Row] = [{"relation": "self", "age": age, "income": 100 * chance.below(4)}]
    for _parent in range(2 if often(chance, 0.82) else 1):
        earns = often(chance, 0.75)
        income = 400 + 50 * chance.below(40) if earns else 0
        members.append({"relation": "parent", "age": age + 22 + chance.below(14), "income": income})
    members.extend(
        {"relation": "sibling", "age": 3 + chance.below(15), "income": 0}
        for _sibling in range(chance.below(3))
    )
    if often(chance, 0.35):
        members.append(
            {"relation": "grandparent", "age": 66 + chance.below(20), "income": 20 * chance.below(16)}
        )
    return members


def _with_gaps(chance: Chance, whole: Row) -> Row:
    """The application as it first came: some answers and papers are missing."""
    partial = {**whole, "members": [dict(member) for member in whole["members"]]}
    if often(chance, 0.09):
        partial["enrolment_letter"] = None
    if often(chance, 0.08):
        parents = [member for member in partial["members"] if member["relation"] == "parent"]
        parents[chance.below(len(parents))]["income"] = None
    for name, share in (
        ("home_district", 0.03),
        ("accredited", 0.02),
        ("other_grant", 0.03),
        ("tuition", 0.02),
    ):
        if often(chance, share):
            partial[name] = None
    return partial


def weighted(chance: Chance, shares: Sequence[tuple[str, float]]) -> str:
    """One of some words, each with its share."""
    left = chance.fraction()
    for name, share in shares:
        left -= share
        if left < 0:
            return name
    return shares[-1][0]


def term_results(term: str, reported_on: date, awarded: Iterable[str], *, seed: int = SEED) -> list[Row]:
    """What the schools report about awarded students for a term; five in a hundred are not reported.

    Some struggle in every term.
    """
    rows: list[Row] = []
    for student in sorted(awarded):
        chance = chance_of(seed, f"{student}/{term}")
        struggles = often(chance_of(seed, f"{student}/nature"), 0.08)
        if often(chance, 0.05):
            continue
        enrolled = not often(chance, 0.025)
        weak = often(chance, 0.55 if struggles else 0.05)
        full = often(chance, 0.97)
        rows.append(
            {
                "student": student,
                "term": term,
                "day": reported_on.strftime("%d/%m/%Y"),
                "enrolled": "yes" if enrolled else "no",
                "credits": (12 + chance.below(9)) if enrolled and full else chance.below(12),
                "gpa": _comma(1.0 + chance.below(10) / 10 if weak else 2.0 + chance.below(20) / 10),
            }
        )
    return rows


def a_year_later(asked_on: date, awarded: Iterable[str], *, seed: int = SEED) -> list[Row]:
    """The follow-ups of awarded students: 41 in a hundred answered; who was not reached has no row."""
    students = sorted(awarded)
    order = sorted(students, key=lambda student: chance_of(seed, f"{student}/a year later").raw())
    answered = round(ANSWERED * len(order))
    refused = round(REFUSED * len(order))
    lost = round(LOST * len(order))
    results = ["answered"] * answered + ["refused"] * refused + ["lost"] * lost
    rows: list[Row] = []
    for student, result in zip(order, results, strict=False):
        chance = chance_of(seed, f"{student}/moved up")
        moved_up = ("yes" if often(chance, 0.83) else "no") if result == "answered" else ""
        day = asked_on + timedelta(days=chance.below(45))
        rows.append(
            {"student": student, "day": day.strftime("%d/%m/%Y"), "result": result, "moved_up": moved_up}
        )
    return sorted(rows, key=lambda row: str(row["student"]))


def _comma(number: float) -> str:
    return f"{number:.1f}".replace(".", ",")


def write_json(path: Path, rows: Iterable[Row]) -> Path:
    """Rows as the JSON file that an application form hands over."""
    path.write_text(json.dumps(list(rows), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path


def write_sheet(path: Path, rows: Sequence[Row]) -> Path:
    """Rows as the CSV file of a school's office: a byte order mark, `;`, decimal commas, days first.

    Raises:
        ValueError: there are no rows; a file without any would be refused.
    """
    if not rows:
        raise ValueError(path.name)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=";")
        writer.writeheader()
        writer.writerows(rows)
    return path
