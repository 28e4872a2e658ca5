"""The rows behind a statement: which files a programme's facts are written to, and what may stand in them.

One Parquet file per source of a programme, each with a declared schema. Rows are pseudonymous from the first
one on: who and what are HMACs under a key of that statement, days are months, and nothing sealed is ever a
column. Sealed are sensitive fields, free text, identifiers and files, and every derived value made from one.

Where an indicator needs what no column holds (a sealed value, an exact day, a parameter, rows within rows),
the one who writes the facts computes its expression for each row and writes a column named after the
indicator: a truth for a share or a count, and for a sum or a median the value cut to two significant digits
(`band`) if it is sealed.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from almoner.definitions.parts.shown import MEASURES
from almoner.definitions.programme import Programme
from almoner.definitions.sections.registers import of_registers, registers
from almoner.definitions.sections.sessions import of_sessions
from almoner.definitions.tree import Expression, Type
from almoner.engine.cascade import columns_in, table_of
from almoner.engine.changes import GROUP, OCCASION
from almoner.engine.fact_table import Column, FactProblem, FactTable, Kind, month
from almoner.engine.follow_ups import occasion
from almoner.engine.measures import row_expression
from almoner.engine.openness import Openness, indicator_source, is_carried_out, needs_a_column
from almoner.engine.samples import SAMPLES
from almoner.engine.stock_figures import MOVEMENTS
from almoner.engine.survival import BEGAN, ENDED
from almoner.values.numbers import MICRO, half_even_div

__all__ = [
    "OUTCOMES",
    "STATES",
    "Column",
    "Computed",
    "FactProblem",
    "FactTable",
    "Pseudonyms",
    "band",
    "computed",
    "month",
    "tables",
]

OUTCOMES = ("eligible", "needs information", "not eligible")
"""What the check of an application can end in; unknown where it was not checked."""

STATES = ("due", "reported", "queried", "verified", "answered", "refused", "died", "lost", "not tried")
"""How far a record or a follow-up has come. A record that is due and not reported is `due`."""

REGISTER = "register"
"""The table of what stands on a programme's registers."""

SESSION_STATES = ("planned", "open", "held", "closed", "cancelled")
"""How far a session has come."""


class Pseudonyms:
    """Names that cannot be traced back without the key: HMAC-SHA-256 under a key of one statement."""

    def __init__(self, key: bytes) -> None:
        if len(key) < hashlib.sha256().digest_size:
            raise ValueError("A key for pseudonyms has at least 32 bytes.")
        self._key = key

    def __call__(self, kind: str, identity: object) -> str:
        """The pseudonym of one thing of a kind: 32 hex digits, the same in every file of the statement."""
        said = f"{kind}\0{identity}".encode()
        return hmac.new(self._key, said, hashlib.sha256).hexdigest()[:32]


def band(micros: int) -> int:
    """A number cut to two significant digits, half-even: 1234.5 becomes 1200. Both are micros."""
    size: int = 10 ** max(len(str(abs(micros))) - 2, 0)
    return half_even_div(micros, size) * size


@dataclass(frozen=True, slots=True)
class Computed:
    """A column that whoever writes the facts computes from an indicator's expression, row by row.

    `by_its_day`: parameters are those of the day of which the row tells, not those by which the case was judged.
    """

    indicator: str
    table: str
    column: str
    banded: bool
    expression: Expression
    by_its_day: bool = False

    def cell(self, value: Any) -> Any:
        """What is written for a value of the expression (None stays unknown)."""
        if not self.banded or value is None:
            return value
        micros = band(int(Decimal(value) * MICRO))
        return Decimal(micros) / MICRO


@dataclass(frozen=True, slots=True)
class _Frozen:
    """A programme that is known again by its digest."""

    programme: Programme

    def __hash__(self) -> int:
        return hash(self.programme.digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Frozen) and other.programme.digest == self.programme.digest


def computed(programme: Programme) -> tuple[Computed, ...]:
    """The columns to be computed for the indicators of a programme, in the file's order."""
    return _computed(_Frozen(programme))


@lru_cache(maxsize=64)
def _computed(frozen: _Frozen) -> tuple[Computed, ...]:
    programme = frozen.programme
    openness = Openness(programme)
    found = []
    for indicator in programme.indicators.values():
        source = indicator_source(programme, indicator)
        if source is None or not is_carried_out(programme, indicator):
            continue
        if not needs_a_column(openness, indicator, source):
            continue
        expression = row_expression(indicator)
        parts = [("", expression), (".weight", indicator.weight)]
        for ending, part in parts:
            if part is None:
                continue
            banded = part.type is not Type.BOOLEAN and openness.reaches(part, source)
            column = f"indicator.{indicator.name}{ending}"
            by_its_day = indicator.kind in MEASURES
            found.append(Computed(indicator.name, source.table, column, banded, part, by_its_day))
    return tuple(found)


def tables(programme: Programme) -> dict[str, FactTable]:
    """Every file of facts of a programme, by its name without `.parquet`."""
    openness = Openness(programme)
    extra: dict[str, list[Column]] = {}
    for entry in computed(programme):
        kind: Kind = "boolean" if entry.expression.type is Type.BOOLEAN else "number"
        about = "Computed from the indicator's definition" + (", cut to two digits." if entry.banded else ".")
        extra.setdefault(entry.table, []).append(Column(entry.column, kind, about))
    for sheet in (*programme.records, *programme.follow_ups):
        table = table_of(programme, sheet)
        for column, step in columns_in(programme, table):
            about = f"Whether '{step.name}' holds, for the cascade."
            extra.setdefault(table, []).append(Column(column, "boolean", about))
    made = [_applications(programme), _awards(programme, openness), _deliveries(programme)]
    if programme.sessions:
        made.append(_sessions(programme))
    if registers(programme):
        made.append(_register(programme))
    made += [_record(programme, openness, name, "record") for name in programme.records]
    made += [_record(programme, openness, name, "follow_up") for name in programme.follow_ups]
    made += [_contributions(programme), _stock()]
    if any(follow_up.sample for follow_up in programme.follow_ups.values()):
        made.append(_samples(programme))
    return {
        name: FactTable(
            name,
            source,
            programme.currency,
            (*columns, *extra.get(name, [])),
            when,
            key,
            added=_ADDED.get(name, ""),
        )
        for name, source, columns, when, key in made
    }


_Made = tuple[str, str, tuple[Column, ...], tuple[str, ...], tuple[str, ...]]

_ADDED = {"contributions": "amount", "stock": "quantity"}
"""The tables whose rows of one key are added up, and the column."""

_PARTY = Column("party", "text", "Pseudonym of the person, household or organisation.")
_AWARD = Column("award", "text", "Pseudonym of the award.")
_ENTRY = Column("entry", "text", "Pseudonym of the site, the entity or the participant.")
_SESSION = Column("session", "text", "Pseudonym of the session.")
_ELSEWHERE = Column("decided_elsewhere", "boolean", "Whether the award was decided elsewhere.")


def _applications(programme: Programme) -> _Made:
    del programme
    columns = (
        Column("application", "text", "Pseudonym of the application."),
        _PARTY,
        Column("submitted", "month", "The month of the first submission."),
        Column("state", "text", "How far the application has come."),
        Column("outcome", "text", "What the check ended in.", among=OUTCOMES),
    )
    return ("applications", "applications", columns, ("submitted",), ("application",))


def _awards(programme: Programme, openness: Openness) -> _Made:
    columns = (
        _AWARD,
        Column("application", "text", "Pseudonym of the application; unknown where others decided."),
        _PARTY,
        Column("awarded", "month", "The month of the approval."),
        Column("state", "text", "How far the award has come; one that was declined is not here."),
        _ELSEWHERE,
        *_named("answer", openness.form()),
        *_named("derived", openness.derived()),
    )
    del programme
    return ("awards", "awards", columns, ("awarded",), ("award",))


def _deliveries(programme: Programme) -> _Made:
    columns = (
        Column("delivery", "text", "Pseudonym of the delivery."),
        _AWARD,
        _PARTY,
        Column("benefit", "text", "Which benefit.", among=tuple(programme.benefits)),
        Column("happened", "month", "The month of the hand-over."),
        Column("amount", "money", f"Money paid, {programme.currency}.", given="amount"),
        Column("quantity", "quantity", "How much was given, in the benefit's unit.", given="quantity"),
        Column("cost", "money", f"What it cost the giver, {programme.currency}.", given="cost"),
        _ELSEWHERE,
    )
    return ("deliveries", "deliveries", columns, ("happened",), ("delivery",))


def _record(programme: Programme, openness: Openness, name: str, what: str) -> _Made:
    record = programme.records[name] if what == "record" else None
    subject = (record or programme.follow_ups[name]).about
    if subject in of_sessions(programme) or (record and name in of_sessions(programme)):
        return _of_a_session(programme, openness, name, what)
    if record and name in of_registers(programme):
        return _of_a_register(openness, name)
    columns = (
        Column(what, "text", f"Pseudonym of the {what.replace('_', '-')}."),
        _AWARD,
        _PARTY,
        Column("period", "text", "The named period it is about."),
        Column("due", "month", "The month in which it falls due; unknown for what happens when it happens."),
        Column("state", "text", "How far it has come.", among=STATES),
        Column("happened", "month", "The month of which it tells."),
        _ELSEWHERE,
        *_group(programme, name if record is None else ""),
        *_occasion(programme, name if record is None else ""),
        *_watch(programme, name),
        *_named("answer", openness.record(name)),
        *_named("derived", openness.record_derived(name)),
    )
    return (f"{what}_{name}", name, columns, ("due", "happened"), (what,))


def _group(programme: Programme, follow_up: str) -> tuple[Column, ...]:
    """The column that names a comparison, where one is asked the follow-up."""
    compared = programme.follow_ups[follow_up].compared if follow_up else ()
    if not compared:
        return ()
    return (Column(GROUP, "text", "The comparison; unknown where the party is helped.", among=compared),)


def _watch(programme: Programme, sheet: str) -> tuple[Column, ...]:
    """In which months the award began and ended, where an indicator of survival is from this record."""
    if not any(one.kind == "survival" and one.source == sheet for one in programme.indicators.values()):
        return ()
    return (
        Column(BEGAN, "month", "The month in which the award began."),
        Column(ENDED, "month", "The month in which the award ended; unknown while it goes on."),
    )


def told_apart(programme: Programme, follow_up: str) -> bool:
    """Whether an indicator asks of one occasion of a follow-up: then its rows say which they are."""
    return any(one.at is not None and one.source == follow_up for one in programme.indicators.values())


def _occasion(programme: Programme, follow_up: str) -> tuple[Column, ...]:
    """The column that names the occasion, where an indicator asks of one."""
    if not follow_up or not told_apart(programme, follow_up):
        return ()
    named = tuple(occasion(one) for one in programme.follow_ups[follow_up].due if one.after)
    about = "Which of the times that the definition names; unknown before help began."
    return (Column(OCCASION, "text", about, among=named),)


def _sessions(programme: Programme) -> _Made:
    columns = (
        _SESSION,
        Column("kind", "text", "Which session.", among=tuple(programme.sessions)),
        Column("party", "text", "Nobody: a session belongs to no person."),
        Column("state", "text", "How far it has come.", among=SESSION_STATES),
        Column("happened", "month", "The month of its day."),
    )
    return ("sessions", "sessions", columns, ("happened",), ("session",))


def _register(programme: Programme) -> _Made:
    columns = (
        _ENTRY,
        Column("kind", "text", "What it is.", among=registers(programme)),
        Column("party", "text", "Nobody: it stands there without a person's file."),
        Column("since", "month", "The month in which it came on the register."),
        Column("last", "month", "The last month, up to the end of the facts, in which it stood there."),
    )
    return (REGISTER, REGISTER, columns, ("last",), ("entry",))


def _of_a_register(openness: Openness, name: str) -> _Made:
    """A record about something on a register. It belongs to the period of which it tells."""
    columns = (
        Column("record", "text", "Pseudonym of the record."),
        _ENTRY,
        Column("party", "text", "Nobody: it is about no person's file."),
        Column("period", "text", "The named period it is about."),
        Column("state", "text", "How far it has come.", among=STATES),
        Column("happened", "month", "The month of which it tells."),
        *_named("answer", openness.record(name)),
        *_named("derived", openness.record_derived(name)),
    )
    return (f"record_{name}", name, columns, ("happened",), ("record",))


def _of_a_session(programme: Programme, openness: Openness, name: str, what: str) -> _Made:
    """A record about a session, a record about a record of one, or a follow-up about such a record."""
    record = programme.records[name] if what == "record" else None
    of_record = (record or programme.follow_ups[name]).about in programme.records
    about = Column("about", "text", "Pseudonym of the record that it is about.")
    due = Column("due", "month", "The month in which it falls due.")
    columns = (
        Column(what, "text", f"Pseudonym of the {what.replace('_', '-')}."),
        about if of_record else _SESSION,
        Column("party", "text", "Pseudonym of the person; unknown where there is no name."),
        *(() if record else (due,)),
        Column("state", "text", "How far it has come.", among=STATES),
        Column("happened", "month", "The month of which it tells."),
        *(() if of_record else (Column("closed", "boolean", "Whether the session's sheet is closed."),)),
        *_named("answer", openness.record(name)),
        *_named("derived", openness.record_derived(name)),
    )
    return (f"{what}_{name}", name, columns, ("happened",) if record else ("due",), (what,))


def _contributions(programme: Programme) -> _Made:
    columns = (
        Column("contribution", "text", "Which contribution.", among=tuple(programme.contributions)),
        Column("month", "month", "The month it is booked in."),
        Column("amount", "money", f"The sum of that month, {programme.currency}."),
    )
    return ("contributions", "contributions", columns, ("month",), ("contribution", "month"))


def _stock() -> _Made:
    """What befell the programme's lots. Nobody's pseudonym stands in it."""
    columns = (
        Column("benefit", "text", "What is given in kind."),
        Column("lot", "text", "The number printed on the pack."),
        Column("unit", "text", "What is counted."),
        Column("movement", "text", "What befell it.", among=MOVEMENTS),
        Column("month", "month", "The month in which it did."),
        Column("quantity", "quantity", "How much, in that month; 0 for a recall."),
    )
    return ("stock", "stock", columns, ("month",), ("benefit", "lot", "unit", "movement", "month"))


def _samples(programme: Programme) -> _Made:
    """From how many a sample was drawn, by the month in which they fall due. Nobody's pseudonym stands in it."""
    names = tuple(name for name, one in programme.follow_ups.items() if one.sample)
    columns = (
        Column("sample", "text", "Pseudonym of the draw."),
        Column("follow_up", "text", "What the drawn are asked.", among=names),
        Column("due", "month", "The month in which they fall due."),
        Column("drawn", "number", "How many were drawn."),
        Column("of", "number", "Among how many."),
    )
    return (SAMPLES, SAMPLES, columns, ("due",), ("sample", "due"))


def _named(prefix: str, names: Mapping[str, str]) -> tuple[Column, ...]:
    """Columns for names; the prefix and its dot keep them apart from the table's own."""
    kinds: dict[str, Kind] = {"boolean": "boolean", "choice": "text", "date": "month"}
    return tuple(
        Column(f"{prefix}.{name}", kinds.get(kind, "number"), f"'{name}' of the definition.", given=name)
        for name, kind in names.items()
    )
