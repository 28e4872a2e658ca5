"""A step of the stock that is killed leaves the lot, the books and the tasks as they were, and is done once later."""

from __future__ import annotations

import pytest

from flow.conftest import Office
from flow.test_flow_crash import dies_and_recovers, statements_of
from flow.test_flow_stock import findings, issue, listed, receive, references
from flow.test_flow_together import begun


@pytest.mark.parametrize(
    ("step", "stands"),
    [("receive_lot", ("10", "8", "usable")), ("recall_lot", ("5", "3", "recalled"))],
)
def test_a_killed_step_of_the_stock_leaves_nothing_behind(
    office: Office, step: str, stands: tuple[str, str, str]
) -> None:
    from almoner.flow.records.models import Task

    first, second = references(begun(office))
    receive(office)
    issue(office, first, 1, "i1")
    issue(office, second, 1, "i2")
    most = statements_of(office, step)
    dies_and_recovers(office, step, [most // 2, most - 1])
    (row,) = listed(office)
    assert (row["received"], row["free"], row["state"]) == stands
    assert Task.objects.count() == (2 if step == "recall_lot" else 0)
    assert findings(office) == ()
