"""An office that runs a park: a panel admits firms, who move in once their figures are there, and report on."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from flow.conftest import Office

ASKED, JUDGED, CUT, BEGUN = date(2026, 1, 12), date(2026, 1, 20), date(2026, 1, 30), date(2026, 2, 2)
POINTS = {"science": 30, "owned": 15, "team": 20, "market": 10}
_FILES = count(1)


def source(kind: str = "records") -> Any:
    from almoner.flow.imports.actions import Source

    key = f"park-{next(_FILES)}"
    return Source(kind, f"{key}.csv", key, "")


def admitted(office: Office, firms: list[str], *, weak: tuple[str, ...] = ()) -> Any:
    """Firms that a panel of three judged; the weak ones get few points. Whoever is in the park begins on one day."""
    from almoner.flow.applications.actions import Sheet
    from almoner.flow.applications.models import Application
    from almoner.flow.reviews.queries import assignment_of
    from almoner.flow.steps import awarding, deciding, reviewing
    from almoner.people.actions import create_user, grant_role

    round_ = office.open_round("Intake 2026", "4000000")
    typical = dict(office.programme.examples["typical"].answers)
    office.receive(round_, [Sheet(firm, ASKED, typical) for firm in firms], ASKED)
    panel = []
    for name in ("rita", "ron", "ruth"):
        office.users[name] = create_user(name, name.title())
        grant_role(office.users[name], "reviewer", office.programme.key)
        panel.append(office.users[name])
    reviewing.assign_reviews(round_, panel, seed=7, request=office.request("alice", ASKED))
    for firm in firms:
        reference = Application.objects.get(row_key=firm).reference
        scores = {name: 1 if firm in weak else points for name, points in POINTS.items()}
        for user in panel:
            mine = assignment_of(reference, user)
            assert mine is not None
            reviewing.give_review(mine, scores, request=office.request(user.username, JUDGED))
    deciding.cut_round(round_, seed=1, request=office.request("alice", CUT))
    awarding.approve_awards(round_, request=office.request("bob", BEGUN))
    awarding.start_awards(round_, request=office.request("alice", BEGUN))
    return round_


def ends(period: str) -> date:
    """The last day of a period: `2026-Q1`, `2026`; the baseline tells of the day on which the tenancy began."""
    year, _, quarter = period.partition("-Q")
    if period == "baseline":
        return BEGUN
    return date(int(year), min(3 * int(quarter or 4), 12), {"2": 30, "3": 30}.get(quarter, 31))


def returned(firm: str, period: str, *, trading: bool = True, **changed: Any) -> Any:
    """A return of a firm for a period, of whose last day it tells."""
    from almoner.flow.steps.following import Arrived

    answers = {
        "trading": trading,
        "jobs": Decimal(6),
        "payroll": Decimal(300_000),
        "revenue": Decimal(100_000),
        "raised": Decimal(0),
        "ip_filed": Decimal(0),
    }
    return Arrived(firm, "quarterly_return", period, ends(period), {**answers, **changed})


def report(office: Office, round_: Any, rows: list[Any], on: date, *, seen: bool = True) -> dict[str, Any]:
    """Returns come in, and unless not `seen` Bob compares them with the papers and verifies them."""
    from almoner.flow.steps.following import receive_records, verify_records

    told = receive_records(round_, rows, source=source(), request=office.request("alice", on))
    if seen:
        verify_records(round_, "quarterly_return", request=office.request("bob", on))
    return told
