"""Which answers moved so far from the sheet before that somebody asks whether they are right. It refuses nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from almoner.engine.casefile import Answers, CaseFile, Sheet, Task

OFFICER = "officer"
DOUBTFUL = "is_it_right: "
"""How the task is named, before the answer that is asked about again."""
_HUNDRED = 100


def doubtful(doubt: Mapping[str, int], before: Answers, now: Answers) -> tuple[str, ...]:
    """The answers that moved by more than their share, in per cent of the one before.

    From nothing to something is further than any share. What is unknown, now or before, has not moved.
    """
    return tuple(name for name, share in doubt.items() if _moved(before.get(name), now.get(name), share))


def _moved(before: Decimal | None, now: Decimal | None, share: int) -> bool:
    if before is None or now is None:
        return False
    return _HUNDRED * abs(now - before) > share * abs(before)


def doubts_about(case: CaseFile, record: str, happened_on: date, answers: Answers) -> tuple[Task, ...]:
    """What the officer is asked about a sheet, beside the one before it: a task for each answer that is doubtful.

    Args:
        case: the case as it stood before the sheet came.
        record: the record's name.
        happened_on: the day of which the sheet tells.
        answers: what it says.
    """
    doubt = case.programme.records[record].doubt if record in case.programme.records else {}
    before = last_before(case, record, happened_on) if doubt else None
    if before is None:
        return ()
    return tuple(
        Task(name=f"{DOUBTFUL}{name}", raised_by=record, to=OFFICER, deadline=None)
        for name in doubtful(doubt, before.answers, answers)
    )


def last_before(case: CaseFile, record: str, day: date) -> Sheet | None:
    """The sheet of a record that tells of the last day before one, a correction in place of what it corrects."""
    corrected = {one.corrects for one in case.sheets if one.corrects}
    earlier = [
        one
        for one in case.sheets
        if one.record == record and one.happened_on < day and one.key not in corrected
    ]
    return max(earlier, key=lambda one: (one.happened_on, one.reported_on), default=None)
