"""Names by place: what an expression may name at each stage of the flow, and who has given which name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from almoner.definitions.problems import Report
from almoner.definitions.programme import LookupTable, Parameter
from almoner.definitions.scope import Known, Scope, Table
from almoner.definitions.tree import Origin, Type
from almoner.values.language import _

GIVEN: Mapping[str, Type] = {"as_of": Type.DATE}
"""What every occasion brings."""

GIVEN_LATER: Mapping[str, Type] = {
    "today": Type.DATE,
    "delivered_on": Type.DATE,
    "cycle_no": Type.INTEGER,
    "issue_no": Type.INTEGER,
    "last_instalment": Type.MONEY,
    "advance_left": Type.MONEY,
}
"""What schedules, deliveries, standing, renewal and exit know beside it."""

MAY_BE_GIVEN = ("last_instalment", "advance_left")
"""What an example's `given` may set beside answers."""


@dataclass(slots=True)
class Names:
    """Who has given which name. A name stands for one thing in a whole file."""

    report: Report
    _given: dict[str, tuple[str, int]] = field(default_factory=dict)

    def claim(self, name: str, section: str, line: int) -> None:
        """Take a name for an entry of a section; a name that is taken is a problem."""
        if name in GIVEN or name in GIVEN_LATER:
            message = _(
                "'{name}' of '{section}' is a name that every programme knows already; choose another."
            )
            self.report.problem(line, message.format(name=name, section=section))
        elif name in self._given:
            other, where = self._given[name]
            message = _(
                "'{name}' of '{section}' is already a name in '{other}' (line {line}); choose another."
            )
            self.report.problem(line, message.format(name=name, section=section, other=other, line=where))
        else:
            self._given[name] = (section, line)


def first_scope(
    parameters: Mapping[str, Parameter | None], tables: Mapping[str, LookupTable | None]
) -> Scope:
    """The names that stand everywhere: parameters, lookups and `as_of`."""
    figures = {
        name: Known(parameter.type, Origin.PARAMETER, line=parameter.line)
        for name, parameter in parameters.items()
        if parameter is not None
    }
    given = {name: Known(kind, Origin.GIVEN) for name, kind in GIVEN.items()}
    broken = {name for name, thing in (*parameters.items(), *tables.items()) if thing is None}
    return Scope(
        names={**figures, **given},
        tables={name: Table(table.keys, table.values) for name, table in tables.items() if table is not None},
        broken=frozenset(broken),
        elsewhere=not_yet(GIVEN_LATER),
    )


def not_yet(names: Iterable[str]) -> dict[str, str]:
    """Why what only a later place knows may not be used here."""
    message = _("uses '{name}', which only schedules, deliveries, standing, renewal and exit know")
    return {name: message.format(name=name) for name in names}
