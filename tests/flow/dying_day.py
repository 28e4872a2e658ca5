"""A process of its own that does one step of a session and is killed at its Nth statement (0: never).

Run as `python dying_day.py STEP N`; the database and the office come from the environment.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime
from typing import Any

import django


def do(step: str) -> Any:
    from almoner.flow.applications.models import Round
    from almoner.flow.imports.actions import Source
    from almoner.flow.sessions.models import Session
    from almoner.flow.steps import holding
    from almoner.flow.steps.attending import receive_session_records
    from almoner.flow.steps.recipe import Request
    from almoner.people.models import User
    from flow.clinic_office import DAY, sendings, visitors

    request = Request(by=User.objects.get(username="alice"), happened_on=DAY, key=f"the {step}")
    if step == "open":
        return holding.open_session(Session.objects.get(), request=request)
    if step == "close":
        return holding.close_session(Session.objects.get(), counted={"visitor": 5}, request=request)
    rows = visitors(5, unclear=1) if step == "visitors" else sendings(1, 2)
    source = Source("records", f"{step}.csv", step, "")
    return receive_session_records(Round.objects.get(), rows, source=source, request=request)


def main(step: str, statement: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "almoner.site.settings")
    django.setup()
    from django.db import connection

    from almoner.values.clock import FixedClock, use
    from flow.dying import DeathAt

    death = DeathAt(statement)
    with use(FixedClock(datetime(2026, 5, 16, tzinfo=UTC))), connection.execute_wrapper(death):
        result = do(step)
    connection.close()
    sys.stdout.write(json.dumps({"statements": death.count, "result": result}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
