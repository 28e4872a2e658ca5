"""Both evaluators on the same definition and cases: every difference, told so that a person can judge it."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from almoner.definitions.load import load
from almoner.engine import screening
from oracle import fixed_point, reducing
from oracle.definition import read_definition
from oracle.evaluator import Case
from oracle.generators import Generated
from oracle.outcome import row_of

FILE = "generated.yaml"


@dataclass(frozen=True)
class Difference:
    generated: Generated
    case: int
    oracle: dict[str, Any]
    engine: dict[str, Any]

    def __str__(self) -> str:
        """The definition, the case and both answers, the parts that differ first."""
        answers, as_of = self.generated.cases[self.case]
        differing = [key for key in self.oracle if self.oracle[key] != self.engine[key]]
        told = [f"{key}:\n    oracle {self.oracle[key]}\n    engine {self.engine[key]}" for key in differing]
        files = [f"# {name}\n{text}" for name, text in self.generated.files.items()]
        case = ["", self.generated.text, *files, f"as_of: {as_of}", shown(answers)]
        return "\n".join(["The two evaluators differ.", *told, *case])


def shown(answers: dict[str, Any]) -> str:
    return json.dumps(answers, default=str, ensure_ascii=False, indent=1)


def oracle_row(case: Case) -> dict[str, Any]:
    """The oracle's answer in the form in which both are compared."""
    row = row_of(case)
    return {
        "outcome": row["outcome"],
        "rules": row["rules"],
        "refused_by": row["refused_by"],
        "missing": sorted(row["missing"]),
        "asked": {name: [answers_by(case, name), sorted(places)] for name, places in case.waiting.items()},
        "blocked": sorted([entry["place"], entry["cause"]] for entry in row["blocked"]),
        "criteria": figures(row["criteria"]),
        "points": figure(row["points"]),
        "amounts": figures(row["amounts"]),
        "derived": {name: comparable(case.value(node)) for name, node in case.definition.derive.items()},
    }


def engine_row(screened: screening.Screening) -> dict[str, Any]:
    return {
        "outcome": screened.outcome,
        "rules": dict(screened.rules),
        "refused_by": list(screened.refused_by),
        "missing": sorted(missing.name for missing in screened.missing),
        "asked": {missing.name: [missing.by, sorted(missing.waits_for)] for missing in screened.missing},
        "blocked": sorted([blocked.place, blocked.cause] for blocked in screened.blocked),
        "criteria": figures(screened.criteria),
        "points": figure(screened.points),
        "amounts": figures(screened.benefits),
        "derived": {name: derived(value) for name, value in screened.derived.items()},
    }


def answers_by(case: Case, missing: str) -> str:
    """Who answers `members[2].income`: as the field says."""
    outer, _, inner = missing.partition("].")
    field = case.definition.form[outer.partition("[")[0]]
    return field.of[inner].by if inner else field.by


def comparable(value: Any) -> Any:
    """A number of the oracle is a count of millionths: as text, so that it meets the engine's Decimal."""
    return figure(fixed_point.plain(value)) if type(value) is int else value


def derived(value: Any) -> Any:
    return figure(value) if isinstance(value, Decimal) else value


def figure(value: Decimal | str | None) -> str | None:
    """Numbers by value, whatever zeros they trail."""
    return None if value is None else f"{Decimal(value).normalize() + 0:f}"


def figures(values: Any) -> dict[str, Any]:
    return {name: figure(value) for name, value in values.items()}


def both_rows(
    generated: Generated, folder: Path, notes: Counter[str]
) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Each case as the oracle and as the engine answer it. `notes` counts where a corner was met."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / FILE).write_text(generated.text, "utf-8")
    for name, text in generated.files.items():
        (folder / name).write_text(text, "utf-8")
    programme = load(folder / FILE)
    definition = read_definition(generated.text, generated.files)
    cases = [screening.Case(as_of=as_of, answers=answers) for answers, as_of in generated.cases]
    # One case alone and many at once must be the same.
    screenings = [*screening.screen(programme, cases[:1]), *screening.screen(programme, cases[1:])]
    rows = []
    for (answers, as_of), screened in zip(generated.cases, screenings, strict=True):
        case = Case(definition, answers, as_of)
        rows.append((oracle_row(case), engine_row(screened)))
        notes.update({*case.notes, rows[-1][0]["outcome"], "cases"})
    return rows


def differences(generated: Generated, folder: Path, notes: Counter[str]) -> list[Difference]:
    """Screen every case with both."""
    return [
        Difference(generated, place, ours, theirs)
        for place, (ours, theirs) in enumerate(both_rows(generated, folder, notes))
        if ours != theirs
    ]


def smallest(difference: Difference, folder: Path) -> Difference:
    """The same difference on the smallest definition and case that still show it."""

    def found(generated: Generated) -> list[Difference]:
        try:
            return differences(generated, folder, Counter())
        except Exception:  # noqa: BLE001 -- a part was left out that another part needs: not a candidate
            return []

    reduced = reducing.smallest(difference.generated, difference.case, lambda smaller: bool(found(smaller)))
    return next(iter(found(reduced)), difference)
