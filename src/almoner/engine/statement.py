"""The frozen account of a period: figures, what was put in, what is not claimed, digests of the facts.

A statement is JSON values only, so that the same facts give the same bytes. Its sentences stand in it in
English; a page looks them up in the reader's language.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from almoner.definitions.programme import Programme
from almoner.engine.connection import Connection, connect
from almoner.engine.contributions import add_up, sum_contributions
from almoner.engine.facts import tables
from almoner.engine.figures import Period
from almoner.engine.funnel import count_funnel
from almoner.engine.indicators import compute
from almoner.engine.statement_texts import (
    BANDED,
    DEFLATED,
    ELSEWHERE,
    MEASURED,
    METHOD,
    NO_VALUE,
    NOT_CLAIMED,
    NOT_COMPUTED,
    NOT_FOLLOWED,
    SAMPLED,
    VALUE_CLAIMS,
    VALUED,
)
from almoner.engine.stock_figures import stock_by_lot
from almoner.engine.valued import value_outcomes
from almoner.values.canonical import canonical, digest, plain

FORMAT = 1
"""The version of the statement's form."""

MARKING = "internal"
"""Until small groups can be hidden, no statement leaves the office."""

_KEY = re.compile(r"[a-z0-9][a-z0-9_.-]{0,79}")


class StatementProblem(ValueError):
    """A statement that cannot be made from what was given."""


@dataclass(frozen=True, slots=True)
class Account:
    """One programme's part in a statement.

    `facts` is the folder with its Parquet files. `key` names it in files (absent: the programme's own) and
    `title` on pages (absent: the programme's own): a round under its own name has both.
    """

    programme: Programme
    facts: Path
    key: str = ""
    title: str = ""

    @property
    def name(self) -> str:
        """Its key in the statement and its files."""
        return self.key or self.programme.key


@dataclass(frozen=True, slots=True)
class Statement:
    """A frozen statement: `content` is JSON values."""

    content: Mapping[str, Any]

    @property
    def as_bytes(self) -> bytes:
        """Its canonical JSON."""
        return canonical(self.content)

    @property
    def digest(self) -> str:
        """SHA-256 of its canonical JSON, in hex."""
        return digest(self.as_bytes)


def build_statement(  # noqa: PLR0913 -- each is printed in the statement
    accounts: Sequence[Account],
    *,
    period: Period,
    made_at: datetime,
    office: str = "",
    first_line: str = "",
    audit_head: str = "",
    together: bool = True,
) -> Statement:
    """Compute everything from the facts and freeze it.

    Args:
        accounts: the programmes, each with the folder of its facts.
        period: whole months.
        made_at: when, an aware instant.
        office: whose account it is.
        first_line: what must be read first, as in `demonstration: no company's results`.
        audit_head: the hash at the head of the audit chain.
        together: whether contributions are added up over the programmes; never for different owners.

    Raises:
        StatementProblem: no account, two of one name, or a name that is no file's name.
    """
    names = [account.name for account in accounts]
    if not names or len(set(names)) != len(names) or not all(_KEY.fullmatch(name) for name in names):
        raise StatementProblem(f"A statement needs programmes, each with a name of its own: {names}.")
    paths = [path for account in accounts for path in fact_files(account).values()]
    with connect(allowed_paths=paths) as connection:
        parts = [_part(account, period, connection) for account in accounts]
    content = {
        "statement": FORMAT,
        "marking": MARKING,
        "office": office,
        "first_line": first_line,
        "period": {"starts": period.starts, "ends": period.ends},
        "made_at": made_at,
        "programmes": parts,
        "together": _together(parts) if together else None,
        "method": [
            *METHOD,
            *([BANDED] if _any(parts, "banded") else []),
            *([DEFLATED] if _any(parts, "deflated") else []),
            *([SAMPLED] if _any(parts, "sampled") else []),
            *([MEASURED] if _any(parts, "measured") else []),
            *([VALUED] if any(_is_valued(part["values"]) for part in parts) else []),
        ],
        "audit_head": audit_head,
    }
    return Statement(_as_read(content))


def fact_files(account: Account) -> dict[str, Path]:
    """The files of facts that are there, by table."""
    folder = account.facts.absolute()
    found = {name: folder / table.file for name, table in tables(account.programme).items()}
    return {name: path for name, path in found.items() if path.exists()}


def _part(account: Account, period: Period, connection: Connection) -> dict[str, Any]:
    programme, facts = account.programme, account.facts.absolute()
    figures = [figure.as_json() for figure in compute(programme, facts, period, connection)]
    funnel = count_funnel(programme, facts, period, connection).as_json()
    values = value_outcomes(programme, figures, period)
    contributions = [entry.as_json() for entry in sum_contributions(programme, facts, period, connection)]
    return {
        "name": account.name,
        "title": account.title or programme.title,
        "programme": programme.title,
        "theme": programme.theme,
        "purpose": programme.purpose,
        "serves": programme.serves,
        "currency": programme.currency,
        "called": dict(programme.called),
        "edition": programme.digest,
        "funnel": funnel,
        "contributions": contributions,
        "contributed": add_up(contributions),
        "stock": [lot.as_json() for lot in stock_by_lot(facts, period, connection)],
        "figures": figures,
        "values": values,
        "not_valued": {
            "outcomes": programme.not_valued,
            "for_the_group": programme.not_valued_for_the_group,
        },
        "not_claimed": [
            *(said for said in (programme.not_valued, programme.not_valued_for_the_group) if said),
            *_not_claimed(figures, funnel, values),
        ],
        "facts": [
            {"table": name, "rows": pq.read_metadata(path).num_rows, "sha256": file_digest(path)}
            for name, path in fact_files(account).items()
        ],
    }


def _not_claimed(
    figures: Sequence[Mapping[str, Any]], funnel: Mapping[str, Any], values: Sequence[Mapping[str, Any]]
) -> list[str]:
    said = [*NOT_CLAIMED, *(VALUE_CLAIMS if _is_valued(values) else [NO_VALUE])]
    outcomes = [figure for figure in figures if figure["level"] in ("outcome", "impact")]
    followed = [(figure["n"], figure["N"]) for figure in outcomes if figure["N"]]
    followed.append((funnel["followed_up"], funnel["due_for_follow_up"]))
    if any(due and answered < due for answered, due in followed):
        said.append(NOT_FOLLOWED)
    if funnel["decided_elsewhere"] or any(figure["decided_elsewhere"] for figure in figures):
        said.append(ELSEWHERE)
    if not all(figure["carried_out"] for figure in figures):
        said.append(NOT_COMPUTED)
    return said


def _is_valued(values: Sequence[Mapping[str, Any]]) -> bool:
    return any(value["central"] is not None for value in values)


def _together(parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What was put in, by theme and in all. People and outcomes of different programmes are not added up."""
    themes = dict.fromkeys(part["theme"] for part in parts)
    return {
        "themes": [
            {
                "theme": theme,
                "programmes": [part["name"] for part in parts if part["theme"] == theme],
                "contributed": add_up(_entries(part for part in parts if part["theme"] == theme)),
            }
            for theme in themes
        ],
        "contributed": add_up(_entries(parts)),
    }


def _entries(parts: Any) -> list[Mapping[str, Any]]:
    return [entry for part in parts for entry in part["contributions"]]


def _any(parts: Sequence[Mapping[str, Any]], mark: str) -> bool:
    return any(figure[mark] for part in parts for figure in part["figures"])


def file_digest(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _as_read(content: Mapping[str, Any]) -> Mapping[str, Any]:
    """The content as somebody who reads its JSON finds it: dates are text, tuples are lists."""
    read: Mapping[str, Any] = plain(content)
    return read
