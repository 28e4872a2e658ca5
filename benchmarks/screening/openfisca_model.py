"""Winter relief in openfisca-core: load, build, calculate and write, from a Parquet file into another.

This file alone runs in an environment of its own, because openfisca-core is under the AGPL. It is written to be fast: a
household is an application, its members are the persons, every formula works on whole arrays, a parameter is indexed by
an array. openfisca-core calculates for one day, so the applications are split by which figures are in force.

It knows no unknown: an answer that is absent is its variable's default, a household larger than the guideline goes by
its last line, and before the ceiling for cars was fixed there is none. It says neither what is missing nor what cannot
be computed. Amounts are binary fractions of 32 bits.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from openfisca_core.entities import build_entity
from openfisca_core.indexed_enums import Enum, EnumArray
from openfisca_core.parameters import ParameterNode
from openfisca_core.periods import DateUnit
from openfisca_core.simulation_builder import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

Array = Any
"""One value a household, or one a person."""

FIGURES = {
    "shortest_stay": {"2024-01-01": 12, "2025-01-01": 6},
    "poverty_share": {"2024-01-01": 1.25, "2025-07-01": 1.5},
    "ceiling_a_head": {"2024-01-01": 1900, "2025-07-01": 2150},
    "highest_single_income": {"2024-01-01": 3300},
    "savings_ceiling": {"2024-01-01": 30000, "2025-01-01": 36000},
    "car_ceiling": {"2024-01-01": 10**9, "2024-02-10": 60000},
    "heavy_share": {"2024-01-01": 0.18, "2026-01-01": 0.15},
    "norm_city": {"2024-01-01": 540, "2025-10-01": 560},
    "norm_town": {"2024-01-01": 480},
    "norm_rural": {"2024-01-01": 420},
    "guideline": {
        "size_1": {"2024-01-01": 1650, "2025-04-01": 1740},
        "size_2": {"2024-01-01": 2710.50, "2025-04-01": 2860},
        "size_3": {"2024-01-01": 3690, "2025-04-01": 3890.50},
        "size_4": {"2024-01-01": 4580, "2025-04-01": 4830},
        "size_5": {"2024-01-01": 5425, "2025-04-01": 5720},
        "size_6": {"2024-01-01": 6230.20, "2025-04-01": 6570},
        "size_7": {"2024-01-01": 7010, "2025-04-01": 7390},
        "size_8": {"2024-01-01": 7780, "2025-04-01": 8200.80},
    },
}
CHANGES = ("2024-01-01", "2024-02-10", "2025-01-01", "2025-04-01", "2025-07-01", "2025-10-01", "2026-01-01")
"""The days on which a figure changes."""

PERSON = build_entity(key="person", plural="persons", label="Member of a household", is_person=True)
HOUSEHOLD = build_entity(
    key="household", plural="households", label="Household", roles=[{"key": "member", "plural": "members"}]
)


class District(Enum):  # type: ignore[misc]  # -- openfisca-core is not in this environment
    """Where the home is, in the order of the heating norms."""

    city = "city"
    town = "town"
    rural = "rural"


def months_between(since: Array, until: Array) -> Array:
    """Whole months from one day to a later one; the day is clamped to the month's end."""
    first, second = since.astype("datetime64[M]"), until.astype("datetime64[M]")
    later_in_month = (since - first) > (until - second)
    at_the_end = until == (second + 1).astype("datetime64[D]") - 1
    return (second - first).astype(int) - (later_in_month & ~at_the_end)


def summed(household: Any, array: Array | None) -> Array:
    """The sum over each household's members; `household.sum` forgets the last households if they are empty."""
    return np.bincount(household.members_entity_id, weights=array, minlength=household.count)


def _size(household: Any, _period: Any) -> Array:
    return summed(household, None)


def _income(household: Any, period: Any) -> Array:
    return summed(household, household.members("income", period))


def _heating(household: Any, period: Any, parameters: Any) -> Array:
    given = parameters(period)
    norms = np.array([given.norm_city, given.norm_town, given.norm_rural], np.float32)
    return np.minimum(
        household("heating_cost", period), norms[household("district", period).view(np.ndarray)]
    )


def _is_of_age(household: Any, period: Any) -> Array:
    return months_between(household("birth_date", period), household("as_of", period)) // 12 >= 18


def _lives_here(household: Any, period: Any, parameters: Any) -> Array:
    months = months_between(household("resident_since", period), household("as_of", period))
    return household("resident", period) & (months >= parameters(period).shortest_stay)


def _is_poor(household: Any, period: Any, parameters: Any) -> Array:
    given = parameters(period)
    names = np.array([f"size_{size}" for size in range(1, 9)])
    size = np.clip(household("household_size", period), 1, 8)
    return household("household_income", period) <= given.poverty_share * given.guideline[names[size - 1]]


def _earns_little_a_head(household: Any, period: Any, parameters: Any) -> Array:
    size = np.maximum(household("household_size", period), 1)
    return household("household_income", period) / size <= parameters(period).ceiling_a_head


def _has_no_high_earner(household: Any, period: Any, parameters: Any) -> Array:
    high = household.members("income", period) > parameters(period).highest_single_income
    return summed(household, high) == 0


def _has_few_savings(household: Any, period: Any, parameters: Any) -> Array:
    return household("savings", period) <= parameters(period).savings_ceiling


def _has_no_costly_car(household: Any, period: Any, parameters: Any) -> Array:
    value = household("car_value", period) * household("owns_car", period)
    return value <= parameters(period).car_ceiling


def _is_vulnerable(household: Any, period: Any) -> Array:
    age = household.members("age", period)
    return (summed(household, (age < 18) | (age >= 65)) > 0) | household("in_arrears", period)


def _bears_a_heavy_cost(household: Any, period: Any, parameters: Any) -> Array:
    cost = household("rent", period) + household("recognised_heating", period)
    return cost >= parameters(period).heavy_share * household("household_income", period)


def _is_not_helped_enough(household: Any, period: Any) -> Array:
    amount = household("other_amount", period) * household("other_aid", period)
    return amount < 0.5 * household("recognised_heating", period)


RULES: dict[str, Callable[..., Array]] = {
    "is_of_age": _is_of_age,
    "lives_here": _lives_here,
    "is_poor": _is_poor,
    "earns_little_a_head": _earns_little_a_head,
    "has_no_high_earner": _has_no_high_earner,
    "has_few_savings": _has_few_savings,
    "has_no_costly_car": _has_no_costly_car,
    "is_vulnerable": _is_vulnerable,
    "bears_a_heavy_cost": _bears_a_heavy_cost,
    "is_not_helped_enough": _is_not_helped_enough,
}


def _eligible(household: Any, period: Any) -> Array:
    passed = household("heating_bill", period)
    for rule in RULES:
        passed = passed & household(rule, period)
    return passed


FOLLOWING = {
    "household_size": (int, _size),
    "household_income": (float, _income),
    "recognised_heating": (float, _heating),
    **{name: (bool, formula) for name, formula in RULES.items()},
    "eligible": (bool, _eligible),
}
AMOUNTS = ("rent", "heating_cost", "savings", "car_value", "other_amount")
DATES = ("as_of", "birth_date", "resident_since")
BOOLEANS = ("resident", "in_arrears", "owns_car", "other_aid")


def the_system() -> TaxBenefitSystem:
    """The rules, their figures and what they ask."""
    system = TaxBenefitSystem([PERSON, HOUSEHOLD])
    system.parameters = ParameterNode("", data=FIGURES)
    kinds: dict[str, dict[str, Any]] = {
        **{name: {"value_type": float} for name in AMOUNTS},
        **{name: {"value_type": date} for name in DATES},
        **{name: {"value_type": bool} for name in (*BOOLEANS, "heating_bill")},
        "district": {"value_type": Enum, "possible_values": District, "default_value": District.city},
        "age": {"value_type": int, "entity": PERSON},
        "income": {"value_type": float, "entity": PERSON},
        **{name: {"value_type": kind, "formula": formula} for name, (kind, formula) in FOLLOWING.items()},
    }
    for name, kind in kinds.items():
        about = {"entity": HOUSEHOLD, "definition_period": DateUnit.DAY, "label": name, **kind}
        system.add_variable(type(name, (Variable,), about))
    return system


def loaded(source: str) -> tuple[pa.Table, dict[str, Array], dict[str, Array], Array]:
    """The table, an array for each question of a household and of a member, and whose member each one is."""
    table = pq.read_table(source).combine_chunks()
    answers = {name: _array(table[name], np.float32, 0.0) for name in AMOUNTS}
    answers |= {name: _array(table[name], "datetime64[D]", date(1970, 1, 1)) for name in DATES}
    answers |= {name: _array(table[name], bool, fill=False) for name in BOOLEANS}
    answers["heating_bill"] = np.asarray(table["heating_bill"].is_valid())
    places = table["district"].dictionary_encode().combine_chunks()
    index = {name: at for at, name in enumerate(District.__members__)}
    codes = np.array([index[name] for name in places.dictionary.to_pylist()], np.int16)
    answers["district"] = codes[places.indices.fill_null(0).to_numpy(zero_copy_only=False)]
    lists = table["members"].combine_chunks()
    lists = lists.chunk(0) if isinstance(lists, pa.ChunkedArray) else lists
    members = lists.flatten()
    household: Array = np.repeat(
        np.arange(len(lists)), lists.value_lengths().fill_null(0).to_numpy(zero_copy_only=False)
    )
    persons = {
        "age": _array(members.field("age"), np.int32, 0),
        "income": _array(members.field("income"), np.float32, 0.0),
    }
    return table, answers, persons, household


def _array(column: Any, kind: Any, fill: Any) -> Array:
    if kind is np.float32:
        column = column.cast(pa.float64())
    return np.asarray(column.fill_null(fill)).astype(kind)


def calculated(
    system: TaxBenefitSystem, day: str, answers: dict[str, Array], persons: dict[str, Array], whose: Array
) -> dict[str, Array]:
    """Every rule and the outcome for the households that are judged by the figures of one day."""
    builder = SimulationBuilder()
    builder.create_entities(system)
    builder.declare_person_entity("person", np.arange(len(whose)))
    households = builder.declare_entity("household", np.arange(len(answers["as_of"])))
    # Not join_with_persons, which sorts, and takes no household without members.
    households.members_entity_id = whose
    simulation = builder.build(system)
    for name, array in (answers | persons).items():
        simulation.set_input(name, day, EnumArray(array, District) if name == "district" else array)
    return {name: simulation.calculate(name, day) for name in ("eligible", *RULES)}


def screened(source: str, target: str) -> None:
    """Load, build, calculate, write."""
    system = the_system()
    table, answers, persons, whose = loaded(source)
    found = {name: np.zeros(len(table), bool) for name in ("eligible", *RULES)}
    interval: Array = np.searchsorted(np.array(CHANGES, "datetime64[D]"), answers["as_of"], side="right") - 1
    for number, day in enumerate(CHANGES):
        chosen = np.flatnonzero(interval == number)
        if not len(chosen):
            continue
        mine = interval[whose] == number
        place = np.zeros(len(table), np.intp)
        place[chosen] = np.arange(len(chosen))
        part = calculated(
            system,
            day,
            {name: array[chosen] for name, array in answers.items()},
            {name: array[mine] for name, array in persons.items()},
            place[whose[mine]],
        )
        for name, array in part.items():
            found[name][chosen] = array
    outcome = np.where(found.pop("eligible"), "eligible", "not eligible")
    columns = {"application": table["application"], "outcome": outcome}
    columns |= {f"rule.{name}": array for name, array in found.items()}
    pq.write_table(pa.table(columns), target)


if __name__ == "__main__":
    start = time.perf_counter()
    screened(sys.argv[1], sys.argv[2])
    print(json.dumps({"seconds": time.perf_counter() - start}))
