"""Causes as SQL: what may make something unknown, each as a sign and the condition under which it does.

Every cause is one number, a *sign*; `Signs` says what each means. Conditions are short and cost little; lists are
written only where they are told: of signs for single cases, of names for tables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from almoner.engine.sql_text import Sql, level_of, rendered
from almoner.engine.steps import PLACE, ROW, Steps

NOT_COMPUTABLE = 1 << 60
"""Signs from here on are causes of kind *not computable*."""

_FIELD = 1 << 40
"""Above these bits stands the field's position in the form."""

_ROW = 1 << 10
"""Above these bits the row's number, and below them the position in the row."""

_MEMBERS = _ROW - 2


@dataclass(slots=True)
class Signs:
    """The number of each cause, in the order of the form and of the definition.

    An unanswered field is its position in the form, then the number of the row, then the position in the row.
    """

    fields: dict[str, int] = field(default_factory=dict)
    members: dict[tuple[str, str], int] = field(default_factory=dict)
    blocked: dict[tuple[str, str], int] = field(default_factory=dict)

    def of_field(self, name: str) -> int:
        """The sign of an unanswered field."""
        return self.fields.setdefault(name, len(self.fields)) * _FIELD

    def of_member(self, rows: str, name: str) -> int:
        """The sign of an unanswered field in a row, to which the row's number is added, times `_ROW`."""
        inside = [key for key in self.members if key[0] == rows]
        at = self.members.setdefault((rows, name), len(inside) + 1)
        if at > _MEMBERS:
            raise ValueError(f"{rows} has more than {_MEMBERS} fields.")
        return self.of_field(rows) + at

    def of_blocked(self, place: str, cause: str) -> int:
        """The sign of what cannot be computed."""
        return NOT_COMPUTABLE + self.blocked.setdefault((place, cause), len(self.blocked))

    def named(self, sign: int) -> tuple[str, int, str]:
        """The field, the row's number (0: no row) and the row's field of an unanswered one's sign."""
        name = list(self.fields)[sign // _FIELD]
        rest = sign % _FIELD
        if not rest:
            return name, 0, ""
        member = next(key[1] for key, at in self.members.items() if key[0] == name and at == rest % _ROW)
        return name, rest // _ROW, member

    def cause(self, sign: int) -> tuple[str, str]:
        """The place and cause of a sign of kind *not computable*."""
        return list(self.blocked)[sign - NOT_COMPUTABLE]


NONE = "[]::VARCHAR[]"
"""No names."""

ALWAYS = Sql("TRUE", simple=True)
"""The condition that always holds."""


@dataclass(frozen=True, slots=True)
class Cause:
    """A sign and the condition under which it is a cause; a condition that is unknown does not hold.

    Where `rows` is named, the sign is that of a field in each of these rows for which `inside` holds too. While the
    expression at hand stands inside rows, `inside` is None and `test` is a condition over the row.
    """

    sign: int
    test: Sql = ALWAYS
    rows: str = ""
    inside: Sql | None = None

    @property
    def level(self) -> int:
        """The first step whose columns are all that the conditions need."""
        return max(self.test.level, self.inside.level if self.inside else 0)


Causes = tuple[Cause, ...]
"""Whatever can make something unknown; none where nothing can."""


def joined(causes: Iterable[Causes]) -> Causes:
    """The causes of several, each once."""
    return tuple(dict.fromkeys(cause for several in causes for cause in several))


def when(condition: Sql, causes: Causes) -> Causes:
    """The causes, but only where the condition holds."""
    return tuple(replace(cause, test=both(condition, cause.test)) for cause in causes)


def unknown(value: Sql) -> Sql:
    """Whether a value is unknown."""
    return Sql(f"({value.text} IS NULL)", value.level)


def both(left: Sql, right: Sql) -> Sql:
    """Whether two conditions hold."""
    if "TRUE" in (left.text, right.text):
        return right if left.text == "TRUE" else left
    return left if left.text == right.text else Sql(f"({left.text} AND {right.text})", level_of(left, right))


def either(conditions: Iterable[Sql]) -> Sql:
    """Whether one of several conditions holds."""
    each = {condition.text: condition for condition in conditions}
    if len(each) == 1 or "TRUE" in each:
        return each.get("TRUE") or next(iter(each.values()))
    return Sql("(" + " OR ".join(each) + ")", level_of(*each.values()))


def out_of_rows(steps: Steps, rows: str, causes: Causes) -> Causes:
    """The causes of an expression inside rows as causes of the case."""
    return tuple(_out_of_row(steps, rows, cause) for cause in causes)


def _out_of_row(steps: Steps, rows: str, cause: Cause) -> Cause:
    if cause.rows and cause.inside is None:
        return Cause(cause.sign, rows=cause.rows, inside=cause.test)
    base = steps.rows_base(rows)
    level = max(cause.test.level, base.level)
    if ROW in cause.test.text or PLACE in cause.test.text:
        listed = f"list_transform({steps.rows_at(rows, level)}, lambda {ROW}, {PLACE}: {cause.test.text})"
        return replace(cause, test=Sql(f"list_contains({listed}, TRUE)", level))
    return replace(cause, test=both(Sql(f"(len({base.text}) > 0)", base.level), cause.test))


def merged(causes: Causes) -> Causes:
    """The causes, those of the same sign as one."""
    tests: dict[tuple[int, str, Sql | None], list[Sql]] = {}
    for cause in causes:
        tests.setdefault((cause.sign, cause.rows, cause.inside), []).append(cause.test)
    return tuple(Cause(sign, either(each), rows, inside) for (sign, rows, inside), each in tests.items())


# Lists -----------------------------------------------------------------------------------------------------------


def listed_signs(steps: Steps, causes: Causes) -> Sql:
    """A list of the signs of the causes that hold; empty or NULL where none does."""
    items = _items(steps, causes, lambda sign: f"{sign}::BIGINT", _sign_of_row)
    texts = [item.text for item in items]
    return Sql(texts[0] if len(texts) == 1 else f"list_concat({', '.join(texts)})", level_of(*items))


def _sign_of_row(sign: int) -> str:
    return f"{sign}::BIGINT + {PLACE} * {_ROW}"


def missing_names(steps: Steps, signs: Signs, causes: Causes) -> Sql:
    """A list of the names of what is unanswered, in the order of the form; a row's field as `members[2].income`."""

    def of_row(sign: int) -> str:
        rows, _number, member = signs.named(sign)
        return f"{rendered(f'{rows}[')} || {PLACE} || {rendered(f'].{member}')}"

    unanswered = tuple(cause for cause in causes if cause.sign < NOT_COMPUTABLE)
    return _names(_items(steps, unanswered, lambda sign: rendered(signs.named(sign)[0]), of_row))


def blocked_names(steps: Steps, signs: Signs, causes: Causes) -> Sql:
    """A list of the places and causes of what cannot be computed, in the order of the definition."""
    blocked = tuple(cause for cause in causes if cause.sign >= NOT_COMPUTABLE)
    return _names(_items(steps, blocked, lambda sign: rendered(": ".join(signs.cause(sign))), str))


def _names(items: list[Sql]) -> Sql:
    texts = [*(item.text for item in items), NONE]
    return Sql(f"list_concat({', '.join(texts)})", level_of(*items))


def _items(
    steps: Steps, causes: Causes, of_case: Callable[[int], str], of_row: Callable[[int], str]
) -> list[Sql]:
    """A list for each sign, in the order of the signs: of one item or, where the causes do not hold, NULL."""
    tests: dict[int, list[Sql]] = {}
    at_rows: dict[str, list[Cause]] = {}
    for cause in causes:
        if cause.rows:
            at_rows.setdefault(cause.rows, []).append(cause)
        else:
            tests.setdefault(cause.sign, []).append(cause.test)
    parts: list[tuple[int, Sql]] = []
    for sign, conditions in tests.items():
        test = either(conditions)
        parts.append((sign, Sql(f"CASE WHEN {test.text} THEN [{of_case(sign)}] END", test.level)))
    for each in at_rows.values():
        each.sort(key=lambda cause: cause.sign)
        parts.append((each[0].sign, _listed_rows(steps, each, of_row)))
    return [item for _sign, item in sorted(parts, key=lambda part: part[0])]


def _listed_rows(steps: Steps, causes: list[Cause], of_row: Callable[[int], str]) -> Sql:
    rows = causes[0].rows
    guard = either([cause.test for cause in causes])
    signs: dict[int, list[Sql]] = {}
    for cause in merged(tuple(causes)):
        # A condition over the case that all have is asked once, outside; another is a column, for inside the rows
        # every column that is read is written out once a row.
        outside = ALWAYS if cause.test.text == guard.text else steps.hoist(cause.test)
        signs.setdefault(cause.sign, []).append(both(outside, cause.inside or ALWAYS))
    tests = {sign: either(each) for sign, each in signs.items()}
    level = level_of(steps.rows_base(rows), guard, *tests.values())
    each = [f"CASE WHEN {test.text} THEN [{of_row(sign)}] END" for sign, test in tests.items()]
    one = each[0] if len(each) == 1 else f"list_concat({', '.join(each)})"
    text = f"flatten(list_transform({steps.rows_at(rows, level)}, lambda {ROW}, {PLACE}: {one}))"
    return Sql(text if guard.text == "TRUE" else f"CASE WHEN {guard.text} THEN {text} END", level)
