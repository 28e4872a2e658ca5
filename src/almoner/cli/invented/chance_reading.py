"""Reads the language of chances: every problem with its line, every name and type checked as in a programme."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from decimal import Decimal

from almoner.cli.invented.chances import (
    Between,
    Cases,
    Chance,
    Drawn,
    Entry,
    Often,
    OneOf,
    Reckoned,
    RowsOf,
    Unanswered,
    Written,
)
from almoner.definitions.expressions import OTHERWISE, Place, parse, parse_value
from almoner.definitions.mapping_places import PlacedReader
from almoner.definitions.nodes import Mapping, Node, Scalar, Sequence
from almoner.definitions.problems import did_you_mean, one_of
from almoner.definitions.reading import NAME_LENGTH, is_name
from almoner.definitions.scope import Known, Scope
from almoner.definitions.tree import NUMERIC, Expression, Literal, Origin, Type
from almoner.definitions.typed import CONDITION
from almoner.values.language import _

FORMS = ("value", "often", "one_of", "between", "cases", "text", "rows")
"""What a chance can be; exactly one of them."""

_BESIDE = {"value": ("decimals",), "between": ("step",)}
_ALWAYS = ("unknown", "gap")
_PIECE = re.compile(r"\{([a-z][a-z0-9_]*)(?::([0-9]))?\}")
_STEPPED = NUMERIC | {Type.DATE}
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)

Read = tuple[Chance, Known | None]


def given(kind: Type, choices: Iterable[str] = ()) -> Known:
    """A name that an expression may use."""
    return Known(kind, Origin.GIVEN, tuple(choices))


class ChanceReader(PlacedReader):
    """Reads chances in their places."""

    def draws(self, node: Node | None, scope: Scope) -> tuple[dict[str, Drawn], Scope]:
        """Names with their chances, and the scope in which what follows may use them."""
        made: dict[str, Drawn] = {}
        for key, value in self.pairs(node):
            drawn = self.drawn(key.text, value, scope)
            made[key.text] = drawn
            if drawn.known is not None and is_name(key.text, NAME_LENGTH):
                scope = scope.plus({key.text: drawn.known})
        return made, scope

    def drawn(self, name: str, node: Node, scope: Scope) -> Drawn:
        """A chance with the shares in which it is not said."""
        chance, known = self.chance(name, node, scope)
        unknown, gap = Decimal(0), Decimal(0)
        if isinstance(node, Mapping):
            unknown, gap = self.share(node.get("unknown")), self.share(node.get("gap"))
        return Drawn(chance, known, unknown, gap)

    def chance(self, name: str, node: Node, scope: Scope) -> Read:
        """One of the forms; a piece of text alone is a value."""
        if isinstance(node, Scalar):
            return (Unanswered(), None) if node.null else self.value(name, node, scope, None)
        if not isinstance(node, Mapping):
            self.problem(
                node, _("Here stands an expression, or a mapping with {known}."), known=one_of(FORMS)
            )
            return Unanswered(), None
        found = [form for form in FORMS if node.get(form) is not None]
        if len(found) != 1:
            self.keys(node, (*FORMS, *_ALWAYS))
            self.problem(node, _("'{name}' is one of {known}."), name=name, known=one_of(FORMS))
            return Unanswered(), None
        form = found[0]
        self.keys(node, (form, *_BESIDE.get(form, ()), *_ALWAYS))
        return self.formed(form, name, node, scope)

    def formed(self, form: str, name: str, node: Mapping, scope: Scope) -> Read:
        """The chance of a form that is there."""
        inner = node.get(form) or node
        readers: dict[str, Callable[[], Read]] = {
            "value": lambda: self.value(name, inner, scope, node.get("decimals")),
            "often": lambda: (Often(self.share(inner)), given(Type.BOOLEAN)),
            "one_of": lambda: self.one_of(inner),
            "between": lambda: self.between(name, inner, node.get("step"), scope),
            "cases": lambda: self.cases(name, inner, scope),
            "text": lambda: (self.written(inner, scope), given(Type.TEXT)),
            "rows": lambda: (self.rows(inner, scope), None),
        }
        return readers[form]()

    def value(self, name: str, node: Node, scope: Scope, decimals: Node | None) -> Read:
        """What an expression comes to. A text in quotes is a choice of one."""
        places = self.choice(decimals, tuple("0123456"))
        if not isinstance(node, Scalar):
            self.text(node)
            return Unanswered(), None
        value = parse_value(node, scope=scope, place=Place(name, name), want=None, report=self.report)
        if value is None:
            return Unanswered(), None
        if places and value.type not in NUMERIC:
            self.problem(node, _("'{name}' is no number, and has no decimals."), name=name)
        known = given(Type.INTEGER if places == "0" else value.type, value.choices)
        if isinstance(value.node, Literal) and value.type is Type.TEXT:
            known = given(Type.CHOICE, [str(value.node.value)])
        expression = Expression(name, node.line, node.text, value.node)
        return Reckoned(expression, int(places) if places else None), known

    def one_of(self, node: Node) -> Read:
        """Words with their weights, or words that are equally likely."""
        if isinstance(node, Mapping):
            weights = tuple((key.text, self.number(value) or Decimal(1)) for key, value in self.pairs(node))
        else:
            weights = tuple((word, Decimal(1)) for word in self.texts(node))
        return OneOf(weights), given(Type.CHOICE, [word for word, _weight in weights])

    def between(self, name: str, node: Node, step: Node | None, scope: Scope) -> Read:
        """Two ends of one sort: numbers or dates."""
        ends = node.items if isinstance(node, Sequence) else ()
        found = [self.end(name, end, scope) for end in ends]
        every = self.number(step) or Decimal(1)
        known = [end for end in found if end is not None]
        of_dates = [end.type is Type.DATE for end in known]
        stepped = all(end.type in _STEPPED for end in known)
        if len(ends) != len(("low", "high")) or len(set(of_dates)) > 1 or not stepped:
            self.problem(node, _("'between' has two ends of one sort: '[2, 14]'."))
            return Unanswered(), None
        if len(known) < len(ends):
            return Unanswered(), None
        low, high = known
        if any(of_dates):
            return Between(low, high, every), given(Type.DATE)
        whole = every == every.to_integral_value() and low.type is high.type is Type.INTEGER
        return Between(low, high, every), given(Type.INTEGER if whole else Type.NUMBER)

    def end(self, name: str, node: Node, scope: Scope) -> Expression | None:
        """A number, a date as 2025-09-01, or what an expression comes to."""
        if isinstance(node, Scalar) and _DAY.fullmatch(node.text):
            day = self.day(node)
            return Expression(name, node.line, node.text, Literal(Type.DATE, day)) if day else None
        return parse(node, scope=scope, place=Place(name, name), want=None, report=self.report)

    def cases(self, name: str, node: Node, scope: Scope) -> Read:
        """Conditions with their chances; `otherwise` is the last."""
        pairs = self.pairs(node)
        if not pairs or pairs[-1][0].text != OTHERWISE:
            self.problem(node, _("The last of the cases is 'otherwise'."))
            return Unanswered(), None
        found = [self.chance(name, value, scope) for _key, value in pairs]
        for _key, value in pairs:
            if isinstance(value, Mapping) and (extra := set(_ALWAYS) & set(value.names())):
                self.problem(value, _("'{name}' stands beside 'cases', not in one."), name=min(extra))
        conditions = [
            parse(key, scope=scope, place=Place(name, name), want=CONDITION, report=self.report)
            for key, _value in pairs[:-1]
        ]
        known = self.together(name, node, found)
        if any(condition is None for condition in conditions):
            return Unanswered(), known
        cases = zip(conditions, (chance for chance, _known in found[:-1]), strict=True)
        return Cases(tuple((one, chance) for one, chance in cases if one), found[-1][0]), known

    def together(self, name: str, node: Node, found: list[Read]) -> Known | None:
        """What the chances of all cases have in common."""
        known = [one for chance, one in found if one is not None]
        kinds = {Type.NUMBER if one.type in NUMERIC else one.type for one in known}
        if kinds == {Type.TEXT, Type.CHOICE}:
            return given(Type.TEXT)
        if len(kinds) > 1:
            self.problem(node, _("The cases of '{name}' are of different sorts."), name=name)
        if not known or len(kinds) > 1:
            return None
        kind = known[0].type if len({one.type for one in known}) == 1 else kinds.pop()
        return given(kind, dict.fromkeys(choice for one in known for choice in one.choices))

    def written(self, node: Node, scope: Scope) -> Written:
        """A text with names in braces."""
        text = self.text(node)
        pieces: list[str | tuple[str, int]] = []
        end = 0
        for match in _PIECE.finditer(text):
            name = match[1]
            if name not in scope.names:
                message = _("'{name}' is no name here; there is {known}.")
                known = one_of(scope.names)
                self.report.problem(
                    node.line, message.format(name=name, known=known) + did_you_mean(name, scope.names)
                )
            pieces += [text[end : match.start()], (name, int(match[2] or 0))]
            end = match.end()
        rest = text[end:]
        left = "".join(piece for piece in (*pieces, rest) if isinstance(piece, str))
        if "{" in left or "}" in left:
            self.problem(node, _("In braces stands a name, and after ':' how many digits its number has."))
        return Written(tuple(piece for piece in (*pieces, rest) if piece))

    def rows(self, node: Node, scope: Scope) -> RowsOf:
        """A list of sorts of rows: `{times: …, columns: …}`."""
        entries: list[Entry] = []
        if not isinstance(node, Sequence) or not node.items:
            self.problem(node, _("Here stands a list of rows: '- {{times: …, columns: …}}'."))
            return RowsOf(())
        for item in node.items:
            self.keys(item, ("times", "draw", "columns"), needs=("columns",))
            if isinstance(item, Mapping):
                times = self.count(item.get("times"), scope, "times")
                draw, inner = self.draws(item.get("draw"), scope.plus({"row": given(Type.INTEGER)}))
                entries.append(Entry(times, draw, self.draws(item.get("columns"), inner)[0]))
        return RowsOf(tuple(entries))

    def count(self, node: Node | None, scope: Scope, name: str) -> Drawn | None:
        """A whole number; None where nothing is said."""
        return self.of_type(node, scope, name, Type.INTEGER, _("'{name}' is a whole number."))

    def condition(self, node: Node | None, scope: Scope, name: str) -> Drawn | None:
        """What is true or false; None where nothing is said."""
        return self.of_type(node, scope, name, Type.BOOLEAN, _("'{name}' is true or false."))

    def of_type(self, node: Node | None, scope: Scope, name: str, kind: Type, otherwise: str) -> Drawn | None:
        """A chance whose values are of one type."""
        if node is None:
            return None
        drawn = self.drawn(name, node, scope)
        if drawn.known is not None and drawn.known.type is not kind:
            self.problem(node, otherwise, name=name)
        return drawn

    def share(self, node: Node | None) -> Decimal:
        """A share from 0 to 1; 0 where nothing is said."""
        if node is None:
            return Decimal(0)
        found = self.number(node)
        if found is not None and found > 1:
            self.problem(node, _("A share lies between 0 and 1."))
        return found or Decimal(0)

    def problem(self, node: Node, message: str, **named: str) -> None:
        """Report what is wrong with a node."""
        self.report.problem(node.line, message.format(**named))
