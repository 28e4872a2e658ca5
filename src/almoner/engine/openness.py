"""What of a programme may stand in rows that leave the office, and what is sealed.

Sealed are fields marked sensitive and every field of text, code, file, party or lot, which may name somebody;
rows within rows too. A derived value is sealed when its expression reaches a sealed one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass

from almoner.definitions.parts.shown import MEASURES
from almoner.definitions.programme import Derived, Field, Indicator, Programme
from almoner.definitions.sections.registers import registers
from almoner.definitions.tree import Expression, Name, Type
from almoner.engine.row_sql import is_plain

OPEN = frozenset({Type.BOOLEAN, Type.INTEGER, Type.NUMBER, Type.MONEY, Type.CHOICE, Type.DATE})
"""The types that may be columns; a date as its month."""

NUMBERS = ("sum", "median", "change")
"""The kinds of indicator whose expression is a number."""

KINDS = ("count", "share", "survival", "cascade", *NUMBERS, *MEASURES)
"""The kinds of indicator that are computed."""

DELIVERED: Mapping[str, str] = {"amount": "money", "quantity": "number", "cost": "money"}
"""What a delivery has for an indicator, and its type."""

_DELIVERIES = "deliveries of "


@dataclass(frozen=True, slots=True)
class Source:
    """Where an indicator's rows stand: the table, the benefit or session in it ('' : all), the record or follow-up.

    `last`: only the last row of each award in the period. `reported`: what nobody verified yet counts too.
    """

    table: str
    benefit: str = ""
    sheet: str = ""
    last: bool = False
    reported: bool = False


def indicator_source(programme: Programme, indicator: Indicator) -> Source | None:
    """The rows an indicator is about; nothing where it is not one of the sources that are written yet."""
    name = indicator.source or indicator.counts
    if name in ("applications", "awards", "deliveries"):
        return Source(name)
    if name.startswith(_DELIVERIES):
        benefit = name.removeprefix(_DELIVERIES).strip()
        return Source("deliveries", benefit) if benefit in programme.benefits else None
    if name in programme.sessions:
        return Source("sessions", benefit=name)
    if name in registers(programme):
        return Source("register", benefit=name)
    if name in programme.records:
        return Source(f"record_{name}", sheet=name, last=indicator.last_rows)
    if name in programme.follow_ups:
        return Source(f"follow_up_{name}", sheet=name)
    return None


def is_carried_out(programme: Programme, indicator: Indicator) -> bool:
    """Whether the indicator is computed; what its definition says beside that may change what it means."""
    known = indicator.kind in KINDS and not indicator.other
    return known and indicator_source(programme, indicator) is not None


def names_in(node: object) -> Iterator[Name]:
    """Every name in an expression's tree."""
    return (part for part in _parts(node) if isinstance(part, Name))


def _parts(node: object) -> Iterator[object]:
    if isinstance(node, Expression):
        yield from _parts(node.node)
    elif isinstance(node, tuple):
        for part in node:
            yield from _parts(part)
    elif is_dataclass(node) and not isinstance(node, type):
        yield node
        for field in fields(node):
            yield from _parts(getattr(node, field.name))


class Openness:
    """Which names of a programme are sealed, and which may be columns."""

    def __init__(self, programme: Programme) -> None:
        self._programme = programme
        self._sealed_derived: set[str] = set()
        self._sealed_of_record: dict[str, set[str]] = {}
        self._sealed_of_delivery: dict[str, set[str]] = {}
        for derived in programme.derive.values():
            if self._reaches_sealed(derived.expression, programme.form, self._sealed_derived):
                self._sealed_derived.add(derived.name)
        for record in programme.sheets:
            sealed: set[str] = set()
            self._sealed_of_record[record.name] = sealed
            for derived in record.derive.values():
                if self._reaches_sealed(derived.expression, record.form, sealed):
                    sealed.add(derived.name)

        for benefit in programme.benefits.values():
            if benefit.each_delivery is None:
                continue
            own = self._sealed_of_delivery.setdefault(benefit.name, set())
            for derived in benefit.each_delivery.derive.values():
                if self._reaches_sealed(derived.expression, benefit.each_delivery.form, own):
                    own.add(derived.name)

    def form(self) -> dict[str, str]:
        """The open fields of the application's form, with their types."""
        return _open_fields(self._programme.form)

    def derived(self) -> dict[str, str]:
        """The open derived values of an application, with their types."""
        return _open_derived(self._programme.derive, self._sealed_derived)

    def record(self, name: str) -> dict[str, str]:
        """The open fields of a record or a follow-up, with their types."""
        return _open_fields(self._sheet(name))

    def record_derived(self, name: str) -> dict[str, str]:
        """The open derived values of a record or a follow-up, with their types."""
        return _open_derived(self._programme.sheet(name).derive, self._sealed_of_record[name])

    def columns(self, source: Source) -> dict[str, str]:
        """The names an expression over a source finds as columns, with their types; no days."""
        if source.table == "awards":
            known = self.form() | self.derived()
        elif source.table == "deliveries":
            known = dict(DELIVERED)
        elif source.table in ("applications", "sessions", "register"):
            known = {}
        else:
            known = self.record(source.sheet) | self.record_derived(source.sheet)
        return {name: kind for name, kind in known.items() if kind != Type.DATE}

    def sealed(self, indicator: Indicator, source: Source) -> bool:
        """Whether the indicator's expression reaches something sealed."""
        return indicator.expression is not None and self.reaches(indicator.expression, source)

    def reaches(self, expression: Expression, source: Source) -> bool:
        """Whether an expression over a source's rows reaches something sealed."""
        form: Mapping[str, Field] = {}
        derived = self._sealed_derived
        if source.table in ("awards", "applications"):
            form = self._programme.form
        elif source.sheet:
            form = self._sheet(source.sheet)
            derived = self._sealed_of_record.get(source.sheet, set())
        elif (
            source.table == "deliveries"
            and source.benefit
            and (each := self._programme.benefits[source.benefit].each_delivery) is not None
        ):
            form = each.form
            derived = self._sealed_of_delivery[source.benefit]
        return self._reaches_sealed(expression, form, derived)

    def _sheet(self, name: str) -> Mapping[str, Field]:
        return self._programme.sheet(name).form

    def _reaches_sealed(self, expression: Expression, form: Mapping[str, Field], derived: set[str]) -> bool:
        """Whether a name in it is sealed. A name that is found nowhere is sealed: nothing is assumed."""
        return any(self._is_sealed(name, form, derived) for name in names_in(expression))

    def _is_sealed(self, name: Name, form: Mapping[str, Field], derived: set[str]) -> bool:
        if name.origin in ("parameter", "given"):
            return False
        places = [form, self._programme.form]
        if name.rows:
            rows = [place[name.rows].of for place in places if name.rows in place]
            sheets = (self._programme.records, self._programme.follow_ups)
            rows += [sheet[name.rows].form for sheet in sheets if name.rows in sheet]
            places = [*rows, *places]
        for place in places:
            if name.name in place:
                return not _is_open(place[name.name])
        of_rows = self._sealed_of_record.get(name.rows, set())
        if name.name in derived | of_rows | self._sealed_derived:
            return True
        known: set[str] = set(self._programme.derive) | set(DELIVERED)
        for record in self._programme.sheets:
            known |= set(record.derive) - self._sealed_of_record.get(record.name, set())
        for benefit in self._programme.benefits.values():
            if benefit.each_delivery is not None:
                known |= set(benefit.each_delivery.derive) - self._sealed_of_delivery.get(benefit.name, set())
        return name.name not in known


def needs_a_column(openness: Openness, indicator: Indicator, source: Source) -> bool:
    """Whether the columns of the source are not enough for the indicator's expression."""
    if indicator.expression is None or indicator.kind not in KINDS:
        return False
    if indicator.kind in MEASURES:
        return True
    known = openness.columns(source)
    return not all(
        is_plain(part) and (not isinstance(part, Name) or part.name in known)
        for part in _parts(indicator.expression)
    )


def _is_open(field: Field) -> bool:
    return not field.sensitive and field.type in OPEN


def _open_fields(form: Mapping[str, Field]) -> dict[str, str]:
    # A field that is not always asked is worth something else where it is not: what an indicator needs of it is
    # computed by the engine, and the stored answer, which may be superseded, is no column.
    return {name: field.type.value for name, field in form.items() if _is_open(field) and field.when is None}


def _open_derived(derive: Mapping[str, Derived], sealed: set[str]) -> dict[str, str]:
    return {
        name: derived.type.value
        for name, derived in derive.items()
        if name not in sealed and derived.type in OPEN
    }
