"""Closes a period: facts, figures, a frozen statement and its verification file, and the head of the audit chain."""

from __future__ import annotations

import secrets
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from almoner.definitions.programme import Programme
from almoner.engine.bundle import Bundle, write_bundle
from almoner.engine.facts import Pseudonyms
from almoner.engine.figures import Period as Months
from almoner.engine.statement import Account, Statement, build_statement
from almoner.engine.statement_page import PAGES, render
from almoner.flow.applications import actions as applications
from almoner.flow.applications import queries
from almoner.flow.applications.models import Round
from almoner.flow.reports import actions as reports
from almoner.flow.reports.facts import FactWriter
from almoner.flow.steps.collecting import edition_in_use
from almoner.flow.steps.recipe import Request, Result, StepRefusedError, carry_out
from almoner.values.clock import current
from almoner.values.language import _, use_language
from almoner.vault import audit
from almoner.vault.models import Stamp

KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Published:
    """Where a statement was written: its page, its JSON and its verification file, and the root to compare with."""

    page: Path
    statement: Path
    bundle: Path
    root: str


def close_period(  # noqa: PLR0913 -- a statement has these sides
    rounds: Sequence[Round],
    *,
    office: str,
    period: Months,
    folder: Path,
    first_line: str,
    request: Request,
    continuing: Mapping[int, Programme] | None = None,
) -> Published:
    """Freeze the account of some rounds over a period, and write it to a folder of its own.

    `continuing` has, by a round's key, an edition that only adds rows to the tables of the round's own. It is used
    where a figure is told in the prices of a month: what prices did since the round was opened stands in such rows.

    The files are written after the commit. This can still fail: the statement then stands frozen in the records without
    its files, and closing again makes a restatement, which stands beside it.

    Raises:
        StepRefusedError: no round is named, or an edition changes more than that.
    """
    if not rounds:
        raise StepRefusedError(_("A statement needs at least one round."))
    programmes = [_programme(round_, (continuing or {}).get(round_.pk)) for round_ in rounds]
    made: list[tuple[Statement, Bundle]] = []
    with tempfile.TemporaryDirectory(prefix="almoner-statement-") as temporary:
        work = Path(temporary)

        def do(stamp: Stamp) -> Result:
            key = secrets.token_bytes(KEY_BYTES)
            for round_, programme in zip(rounds, programmes, strict=True):
                if programme.digest != round_.edition.digest:
                    applications.store_edition(programme, stamp=stamp)
            stocked = {round_.programme: round_.pk for round_ in reversed(rounds)}
            accounts = [
                _account(
                    _Closing(round_, programme, period, key),
                    work / "facts",
                    with_stock=stocked[round_.programme] == round_.pk,
                )
                for round_, programme in zip(rounds, programmes, strict=True)
            ]
            statement = build_statement(
                accounts,
                period=period,
                made_at=current().now(),
                office=office,
                first_line=first_line,
                audit_head=audit.head().hash,
                together=len({round_.currency for round_ in rounds}) == 1,
            )
            bundle = write_bundle(work / "verification.zip", accounts, statement, key=key)
            reports.publish(office, period, statement, root=bundle.root, stamp=stamp)
            made.append((statement, bundle))
            return {"digest": statement.digest, "root": bundle.root, "rounds": [one.name for one in rounds]}

        arguments = {"office": office, "starts": period.starts.isoformat(), "ends": period.ends.isoformat()}
        carry_out("close", request, may="close periods", programme="", arguments=arguments, do=do)
        return _put(made[0], folder)


def _programme(round_: Round, continuing: Programme | None) -> Programme:
    own = queries.programme_of(round_.edition)
    deflates = any(indicator.deflate for indicator in own.indicators.values())
    return edition_in_use(round_, continuing) if deflates else own


@dataclass(frozen=True, slots=True)
class _Closing:
    """A round whose period is closed: by which edition, until when, under which key."""

    round: Round
    programme: Programme
    period: Months
    key: bytes


def _account(one: _Closing, folder: Path, *, with_stock: bool) -> Account:
    name = f"{one.round.programme}-{one.round.pk}"
    FactWriter(one.programme, one.round, Pseudonyms(one.key)).write(
        folder / name, until=one.period.ends, with_stock=with_stock
    )
    return Account(one.programme, folder / name, key=name, title=one.round.name)


def _put(made: tuple[Statement, Bundle], folder: Path) -> Published:
    statement, bundle = made
    folder.mkdir(parents=True, exist_ok=True)
    published = Published(
        folder / PAGES["en"], folder / "statement.json", folder / "verification.zip", bundle.root
    )
    published.statement.write_bytes(statement.as_bytes)
    for language, page in PAGES.items():
        with use_language(language):
            text = render(statement.content, root=bundle.root, published=True)
            (folder / page).write_text(text, encoding="utf-8")
    shutil.copyfile(bundle.path, published.bundle)
    return published
