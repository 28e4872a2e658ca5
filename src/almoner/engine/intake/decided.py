"""Rows of a file become awards that were decided elsewhere: who decided, on which paper, what was granted and given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from almoner.definitions.mapping import GIVEN_END, ImportMapping, balances_of
from almoner.definitions.programme import Benefit, Programme
from almoner.engine.intake.table import CellProblem
from almoner.engine.intake.take_in import JOINED, AnswerSheet, Intake
from almoner.values.language import _
from almoner.values.money import Money, MoneyProblem

_THOUSANDTHS = 1000


@dataclass(frozen=True, slots=True)
class DecidedAward:
    """An award as its paper says it. `granted` and `given` are each benefit's figures; nothing granted is left out.

    `name` is whom it is about, in the giver's own words, '' where identifiers alone say it; `answers` are those of the
    application's form.
    """

    row: int
    name: str
    by: str
    on: date
    paper: str
    granted: Mapping[str, Decimal]
    given: Mapping[str, Decimal]
    answers: Mapping[str, Any]
    identifiers: Mapping[str, str] = field(default_factory=dict)


def decided_awards(
    intake: Intake, programme: Programme, mapping: ImportMapping, today: date
) -> tuple[list[DecidedAward], list[CellProblem]]:
    """The awards of a file, and every cell that cannot be so: what was given is known, and never more than granted.

    Args:
        intake: the file as it was read.
        programme: the programme that the file is about.
        mapping: which column is which field.
        today: the day on which the awards are taken over.
    """
    desk = _Desk(programme, mapping, today, [])
    made = [desk.award(sheet) for sheet in intake.sheets]
    refused = {problem.row for problem in desk.problems}
    return [one for one in made if one.row not in refused], desk.problems


@dataclass(slots=True)
class _Desk:
    programme: Programme
    mapping: ImportMapping
    today: date
    problems: list[CellProblem]

    def award(self, sheet: AnswerSheet) -> DecidedAward:
        """One row; what is wrong with it is noted."""
        granted: dict[str, Decimal] = {}
        given: dict[str, Decimal] = {}
        so_far = len(self.problems)
        for name, benefit in self.programme.benefits.items():
            balance = self.balance(sheet, benefit)
            if balance is not None:
                granted[name], given[name] = balance
        if not granted and len(self.problems) == so_far:
            self.tell(sheet, "", "", _("The award grants nothing."))
        on: date = sheet.besides["decided_on"]
        if on > self.today:
            self.tell(sheet, "decided_on", on, _("It is taken over before the day on which it was decided."))
        balances = balances_of(self.programme)
        name = sheet.party or sheet.besides.get("reference") or ""
        if not name and not sheet.identifiers:
            self.tell(sheet, "reference", "", _("Who this row is about is not said."))
        return DecidedAward(
            row=sheet.row,
            name=name,
            by=sheet.besides["decided_by"],
            on=on,
            paper=sheet.besides["paper"],
            granted=granted,
            given=given,
            answers={key: value for key, value in sheet.answers.items() if key not in balances},
            identifiers=sheet.identifiers,
        )

    def balance(self, sheet: AnswerSheet, benefit: Benefit) -> tuple[Decimal, Decimal] | None:
        """What was granted of a benefit and what was given of it; None where it was not granted.

        What is called off may be granted with nothing set aside for it, which is written 0.
        """
        before_name = benefit.name + GIVEN_END
        granted, before = sheet.answers.get(benefit.name), sheet.answers.get(before_name)
        for name, figure in ((benefit.name, granted), (before_name, before)):
            if figure is not None and not self.fits(benefit, figure):
                self.tell(sheet, name, figure, _("It has more decimals than are kept."))
                return None
        if granted is None or (not granted and not benefit.call_off):
            if before:
                reason = _("Something was given of what was not granted.")
                self.tell(sheet, before_name, before, reason)
            return None
        if before is None:
            reason = _("What was given of it before is not said; nothing is written 0.")
            self.tell(sheet, before_name, "", reason)
            return granted, Decimal(0)
        if before > granted:
            reason = _("More was given than the {granted} that were granted.").format(granted=granted)
            self.tell(sheet, before_name, before, reason)
        return granted, before

    def fits(self, benefit: Benefit, figure: Decimal) -> bool:
        """Whether a figure is kept as it is written: in minor units, or in thousandths of a unit."""
        if not benefit.in_money:
            return figure * _THOUSANDTHS == (figure * _THOUSANDTHS).to_integral_value()
        try:
            Money.of(figure, self.programme.currency)
        except MoneyProblem:
            return False
        return True

    def tell(self, sheet: AnswerSheet, name: str, raw: Any, reason: str) -> None:
        """Note what is wrong, under the header of the column that is read, else under the field's name."""
        elsewhere = self.mapping.decided_elsewhere
        columns = {one.field: one for one in (elsewhere.columns() if elsewhere else ())}
        column = {**columns, **self.mapping.columns}.get(name)
        label = JOINED.join(column.headers) if column is not None and column.headers else name
        self.problems.append(CellProblem(sheet.row, label, str(raw), reason))
