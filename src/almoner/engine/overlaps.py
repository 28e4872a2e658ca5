"""Whether a delivery overlaps in time with another that names the same one: nobody is in two places at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from almoner.definitions.programme import EachDelivery, Programme
from almoner.definitions.tree import Call, Name, Origin, Type
from almoner.definitions.walk import every_node
from almoner.definitions.words import OVERLAPS
from almoner.values.printed import printed_number

_NAMED = "#overlaps "
_TIME = re.compile(r"([01]?[0-9]|2[0-3])[:：]([0-5][0-9])")
_HOUR, _DAY = 60, 24 * 60


@dataclass(frozen=True, slots=True)
class Held:
    """A delivery that takes somebody's time: of which benefit, on which day, and what was filled in."""

    benefit: str
    day: date
    answers: Mapping[str, Any]


@dataclass(slots=True)
class Busy:
    """Deliveries that take somebody's time, by their day. One lasts a day at most, so only its neighbours count."""

    by_day: dict[date, list[Held]] = field(default_factory=dict)

    def add(self, held: Held) -> None:
        """One more."""
        self.by_day.setdefault(held.day, []).append(held)

    def near(self, day: date) -> Iterator[Held]:
        """Those of a day, the day before and the day after."""
        for step in (-1, 0, 1):
            yield from self.by_day.get(day + timedelta(days=step), ())

    def may_meet(self, mine: Held, names: Iterable[str]) -> bool:
        """Whether a delivery may overlap with one of them: the same one is named, or somebody is not."""
        who = [(name, _who(mine, name)) for name in names]
        return any(
            one is None or (other := _who(held, name)) is None or one == other
            for held in self.near(mine.day)
            for name, one in who
        )


def given_name(who: str) -> Name:
    """The name under which an expression is told whether whoever a question names is elsewhere at that time."""
    return Name(Type.BOOLEAN, _NAMED + who, Origin.GIVEN)


def who_of(name: str) -> str:
    """The question behind such a name; '' where it is another name."""
    return name.removeprefix(_NAMED) if name.startswith(_NAMED) else ""


def who_must_be_free(each: EachDelivery) -> tuple[str, ...]:
    """The questions that `overlaps` names at a delivery, in the order of the file."""
    expressions = [
        *(one.expression for one in each.derive.values()),
        *each.refuse_when.values(),
        *each.deduct.values(),
        *each.while_unknown.values(),
        *((each.amount,) if each.amount else ()),
    ]
    calls = [
        node
        for one in expressions
        for node in every_node(one.node)
        if isinstance(node, Call) and node.word == OVERLAPS
    ]
    return tuple(dict.fromkeys(one.name for call in calls for one in call.arguments if isinstance(one, Name)))


def is_no_time(each: EachDelivery, answers: Mapping[str, Any]) -> bool:
    """Whether what stands for the time of day is none."""
    said = answers.get(each.begins) if each.begins else None
    return said is not None and _TIME.fullmatch(str(said).strip()) is None


def what_is_unsaid(each: EachDelivery, who: str, answers: Mapping[str, Any]) -> tuple[str, ...]:
    """The questions that are open, and without which nobody can say whether a delivery overlaps."""
    return tuple(name for name in (who, each.begins, each.lasts) if answers.get(name) is None)


def overlaps(programme: Programme, mine: Held, who: str, others: Iterable[Held]) -> bool | None:
    """Whether a delivery overlaps with one of others that names the same in `who`; None where nobody can say.

    A delivery takes the minutes from when it began up to, and without, when it ended: two may follow one another at
    once. Deliveries of every benefit count that asks the same question and says when it began.
    """
    each = programme.benefits[mine.benefit].each_delivery
    if each is None:
        return None
    me, my_time = _who(mine, who), _minutes(each, mine)
    found: bool | None = False if me is not None and my_time is not None else None
    for other in others:
        theirs = programme.benefits[other.benefit].each_delivery
        if theirs is None or not theirs.begins or who not in theirs.form:
            continue
        same = None if me is None or _who(other, who) is None else me == _who(other, who)
        together = _cross(mine.day, my_time, other.day, _minutes(theirs, other))
        if same and together:
            return True
        if same is not False and together is not False:
            found = None
    return found


def _who(held: Held, who: str) -> str | None:
    """Who is named, as numbers on paper are compared."""
    said = held.answers.get(who)
    return None if said is None else printed_number(str(said))


def _minutes(each: EachDelivery, held: Held) -> tuple[int, int] | None:
    """From which minute to which, counted on one line through all days; None where it is not said."""
    begins, lasts = held.answers.get(each.begins), held.answers.get(each.lasts)
    match = None if begins is None else _TIME.fullmatch(str(begins).strip())
    if match is None or lasts is None:
        return None
    starts = held.day.toordinal() * _DAY + int(match[1]) * _HOUR + int(match[2])
    return starts, starts + int(lasts)


def _cross(
    day: date, mine: tuple[int, int] | None, other_day: date, other: tuple[int, int] | None
) -> bool | None:
    """Whether two stretches have a minute in common. A delivery lasts a day at most, so far days cannot."""
    if abs((day - other_day).days) > 1:
        return False
    if mine is None or other is None:
        return None
    return max(mine[0], other[0]) < min(mine[1], other[1])
