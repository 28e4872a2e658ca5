"""Recognised questionnaires: a file each, written out into the form and the derived names of a follow-up.

An instrument is content and no code. Its answers become ordinary questions, its scores ordinary derived names, and its
text is frozen into the edition as a lookup table's is: what was asked years ago is scored as it was then.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from almoner.definitions import nodes
from almoner.definitions.nodes import Scalar
from almoner.definitions.problems import Report, did_you_mean, one_of
from almoner.definitions.programme import Instrument
from almoner.definitions.reading import Context
from almoner.values.language import _
from almoner.values.numbers import to_micros

FOLDER = Path(__file__).parent.parent / "programmes" / "instruments"
"""The folder of the instruments that come with Almoner."""

PREFIX = "instrument:"
"""Before the name under which an edition keeps an instrument's text, where a table has its file's name."""

_NO_KEY = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class WrittenOut:
    """An instrument in the words of a follow-up: its questions, and what follows from them."""

    instrument: Instrument
    form: nodes.Mapping
    derive: nodes.Mapping
    safety: tuple[str, ...]


def known() -> list[str]:
    """The names of the instruments that come with Almoner."""
    return sorted(_named(file.read_text(encoding="utf-8")) for file in FOLDER.glob("*.yaml"))


def every_instrument() -> Iterator[Instrument]:
    """The instruments that come with Almoner, by name."""
    for name in known():
        found = nodes.compose(text_of(file_of(name)).encode(), Report(name))
        if found is not None:
            yield _written_out(found, 0).instrument


def file_of(name: str) -> str:
    """Under which name an edition keeps the text of an instrument."""
    return PREFIX + _NO_KEY.sub("_", name.lower()).strip("_")


def text_of(file: str) -> str:
    """The text of an instrument that comes with Almoner.

    Raises:
        OSError: there is none.
    """
    return (FOLDER / f"{file.removeprefix(PREFIX)}.yaml").read_text(encoding="utf-8")


def read_instrument(
    node: nodes.Node, read_table: Callable[[str], str], texts: dict[str, str], context: Context
) -> WrittenOut | None:
    """The instrument that a follow-up names; None where there is none of that name, which is then reported."""
    name = node.text if isinstance(node, Scalar) else ""
    file = file_of(name)
    try:
        text = texts.get(file) or read_table(file)
    except OSError:
        text = ""
    if not text or _named(text) != name:
        names = known()
        message = _("'{name}' is no instrument that is known. The instruments: {known}.")
        told = message.format(name=name, known=one_of(names)) + did_you_mean(name, names)
        context.report.problem(node.line, told)
        return None
    texts[file] = text
    found = nodes.compose(text.encode(), Report(file))
    return None if found is None else _written_out(found, node.line)


def _named(text: str) -> str:
    return text.partition("\n")[0].removeprefix("instrument:").strip()


def _written_out(found: nodes.Mapping, line: int) -> WrittenOut:
    items = _mapping(found.get("items"))
    shared = found.get("answers")
    points = {key.text: _points(_mapping(item).get("answers") or shared) for key, item in items}
    asked = [(key.text, _question(_mapping(item), points[key.text], found, line)) for key, item in items]
    derived = [(f"{name}_points", _points_of(name, points[name], line)) for name in points]
    scores = list(_mapping(found.get("scores")))
    for key, score in scores:
        derived += _score(key.text, _mapping(score), list(points), line)
    safety = list(_mapping(found.get("safety")))
    derived += [(key.text, _alarm(_mapping(one), points, line)) for key, one in safety]
    return WrittenOut(
        _instrument(found, scores),
        _made(asked, line),
        _made(derived, line),
        tuple(key.text for key, _one in safety),
    )


def _instrument(found: nodes.Mapping, scores: list[tuple[Scalar, nodes.Node]]) -> Instrument:
    change = _mapping(found.get("minimal_important_change"))
    better = _text(_mapping(scores[0][1]).get("better")) if scores else ""
    return Instrument(
        name=_text(found.get("instrument")),
        title=_text(found.get("title")),
        licence=_text(found.get("licence")),
        source=_text(found.get("source")),
        score=scores[0][0].text if scores else "",
        falls=better == "lower",
        points=_micros(change.get("points")),
        of_baseline=_micros(change.get("of_baseline")),
        change_source=_text(change.get("source")),
    )


def _question(
    item: nodes.Mapping, points: Mapping[str, str], found: nodes.Mapping, line: int
) -> nodes.Mapping:
    """A question whose answers are their points; what each stands for is its help."""
    meanings = "; ".join(f"{value} = {meaning}" for value, meaning in points.items())
    choices = nodes.Sequence(line, tuple(Scalar(line, value) for value in points))
    period = _text(found.get("period"))
    parts: list[tuple[str, nodes.Node]] = [
        ("type", Scalar(line, "choice")),
        ("ask", Scalar(line, _text(item.get("ask")))),
        ("help", Scalar(line, f"{period}. {meanings}" if period else meanings)),
        ("of", choices),
        ("sensitive", Scalar(line, _text(found.get("sensitive")))),
    ]
    return _made(parts, line)


def _points_of(name: str, points: Mapping[str, str], line: int) -> nodes.Node:
    """What an answer is worth; unknown where it is."""
    *bands, last = list(points)
    parts: list[tuple[str, nodes.Node]] = [(f"{name} = '{value}'", Scalar(line, value)) for value in bands]
    return _made([*parts, ("otherwise", Scalar(line, last))], line)


def _score(name: str, score: nodes.Mapping, items: list[str], line: int) -> Iterator[tuple[str, nodes.Node]]:
    """The sum of the points of all items, and its band. One that is missing makes both unknown."""
    total = " + ".join(f"{item}_points" for item in items)
    times = score.get("times")
    yield name, Scalar(line, f"({total}) * {_text(times)}" if times is not None else total)
    bands = list(_mapping(score.get("bands")))
    if bands:
        upper: list[tuple[str, nodes.Node]] = [
            (f"{name} >= {_text(least)}", Scalar(line, f"'{key.text}'")) for key, least in reversed(bands[1:])
        ]
        yield f"{name}_band", _made([*upper, ("otherwise", Scalar(line, f"'{bands[0][0].text}'"))], line)


def _alarm(one: nodes.Mapping, points: Mapping[str, Mapping[str, str]], line: int) -> nodes.Node:
    """Whether an item was answered above a number of points."""
    item, above = _text(one.get("item")), int(_text(one.get("above")))
    over = [f"'{value}'" for value in points[item] if int(value) > above]
    return Scalar(line, f"{item} IN ({', '.join(over)})")


def _points(answers: nodes.Node | None) -> dict[str, str]:
    """The points of the answers, from the fewest, with what each stands for."""
    pairs = {key.text: _text(value) for key, value in _mapping(answers)}
    return dict(sorted(pairs.items(), key=lambda pair: int(pair[0])))


def _made(pairs: Sequence[tuple[str, nodes.Node]], line: int) -> nodes.Mapping:
    return nodes.Mapping(line, tuple((Scalar(line, key), value) for key, value in pairs))


def _mapping(node: nodes.Node | None) -> nodes.Mapping:
    return node if isinstance(node, nodes.Mapping) else nodes.Mapping(0, ())


def _text(node: nodes.Node | None) -> str:
    return node.text if isinstance(node, Scalar) else ""


def _micros(node: nodes.Node | None) -> int | None:
    return None if node is None else to_micros(Decimal(_text(node)))
