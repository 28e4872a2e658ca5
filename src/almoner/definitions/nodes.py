"""A file's text as nodes with line numbers. Every scalar is text until its place gives it a type.

YAML is composed and never constructed: `no`, `0.10`, `12:30` and `0123` stay as they were written, no tag makes an
object, and no alias repeats one. What YAML allows and a definition must not hold is a problem here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from almoner.definitions.flow_commas import Open, mended_mapping, mended_sequence
from almoner.definitions.problems import Report
from almoner.values.language import _

SIZE_LIMIT = 1_000_000
"""Bytes in a definition's file."""

DEPTH_LIMIT = 20
"""How deep mappings and lists may stand in one another."""


@dataclass(frozen=True, slots=True)
class Scalar:
    """A piece of text. `null` where the file says plain `null`: unanswered."""

    line: int
    text: str
    null: bool = False


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    line: int
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys and their values in the order of the file. No key stands twice."""

    line: int
    pairs: tuple[tuple[Scalar, Node], ...]

    def get(self, key: str) -> Node | None:
        """The value of a key, or None."""
        return next((value for name, value in self.pairs if name.text == key), None)

    def key(self, name: str) -> Scalar | None:
        """The key itself, for its line."""
        return next((key for key, _value in self.pairs if key.text == name), None)

    def __iter__(self) -> Iterator[tuple[Scalar, Node]]:
        return iter(self.pairs)

    def names(self) -> list[str]:
        """The names of the keys, in order."""
        return [key.text for key, _value in self.pairs]


Node = Scalar | Sequence | Mapping


@dataclass(slots=True)
class _Frame:
    """A mapping or list that is still open while the events come in."""

    line: int
    mapping: bool
    flow: bool
    items: list[Open] = field(default_factory=list)


def compose(data: bytes, report: Report) -> Mapping | None:
    """The file's one mapping, or None where it cannot be read at all. Problems go to the report."""
    text = _decoded(data, report)
    if text is None:
        return None
    composer = _Composer(report)
    try:
        for event in yaml.parse(text, Loader=yaml.BaseLoader):
            composer.take(event)
            if composer.stopped:
                return None
    except yaml.YAMLError as error:
        _syntax_problem(error, composer, report)
        return None
    root = composer.root
    if root is None:
        report.problem(1, _("The file is empty. A definition begins with 'almoner: 1'."))
        return None
    if not isinstance(root, Mapping):
        report.problem(root.line, _("A definition is a mapping of sections; it begins with 'almoner: 1'."))
        return None
    return root


def _decoded(data: bytes, report: Report) -> str | None:
    if len(data) > SIZE_LIMIT:
        report.problem(1, _("The file is larger than {limit} bytes.").format(limit=SIZE_LIMIT))
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        report.problem(line, _("This is not UTF-8. Save the file as UTF-8."))
        return None
    text = text.replace("\r\n", "\n")
    for number, content in enumerate(text.split("\n"), start=1):
        strange = next((sign for sign in content if _is_control(sign)), None)
        if strange is not None:
            message = _("The invisible character U+{code} stands in this line. Remove it.")
            report.problem(number, message.format(code=f"{ord(strange):04X}"))
            return None
    return text


def _is_control(sign: str) -> bool:
    # A tab is left to the YAML scanner, which allows it in text and refuses it as indentation. The others would
    # be read as line breaks or as nothing, so that line numbers and text would not be those a person sees.
    invisible = "\x7f\x85\u2028\u2029\ufeff\ufffe\uffff"
    return (sign < " " and sign != "\t") or sign in invisible or "\x80" <= sign <= "\x9f"


def _syntax_problem(error: yaml.YAMLError, composer: _Composer, report: Report) -> None:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line = mark.line + 1 if mark is not None else 1
    what = str(getattr(error, "problem", "") or error)
    if "\\t" in what or "tab" in what.lower():
        report.problem(line, _("A tab stands where spaces must. Indent with spaces."))
        return
    message = _("This is not YAML: {what}.").format(what=what.rstrip("."))
    if composer.in_flow:
        message += (
            " "
            + _(
                "Inside {{ }} and [ ] put quotes around an expression or a text with a comma, a colon, a quote or '?'."
            ).format()
        )
    elif "mapping values" in what:
        message += " " + _("Put quotes around a text that holds ': '.")
    report.problem(line, message)


class _Composer:
    """Builds nodes from YAML's events without recursion, so that no nesting can exhaust the stack."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.root: Node | None = None
        self.stopped = False
        self._stack: list[_Frame] = []
        self._documents = 0

    @property
    def in_flow(self) -> bool:
        """Whether the innermost open mapping or list is written with `{ }` or `[ ]`."""
        return bool(self._stack) and self._stack[-1].flow

    def take(self, event: Any) -> None:
        """Take the next event."""
        line = event.start_mark.line + 1
        if isinstance(event, yaml.DocumentStartEvent):
            self._document(event, line)
        elif isinstance(event, yaml.AliasEvent):
            message = _("An alias ('*{name}') repeats what stands elsewhere; write it out.")
            self.report.problem(line, message.format(name=event.anchor))
            self._put(Open(Scalar(line, ""), plain=False, blank=False))
        elif isinstance(event, yaml.ScalarEvent):
            self._refuse_properties(event, line)
            plain = event.style in (None, "")
            null = plain and event.value == "null"
            scalar = Scalar(line, event.value, null=null)
            self._put(Open(scalar, plain=plain, blank=plain and not event.value))
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            self._refuse_properties(event, line)
            mapping = isinstance(event, yaml.MappingStartEvent)
            self._stack.append(_Frame(line, mapping=mapping, flow=bool(event.flow_style)))
            if len(self._stack) > DEPTH_LIMIT:
                self.report.problem(
                    line,
                    _("Too deep: nothing in a definition stands {limit} levels down.").format(
                        limit=DEPTH_LIMIT
                    ),
                )
                self.stopped = True
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            frame = self._stack.pop()
            node = self._mapping(frame) if frame.mapping else self._sequence(frame)
            self._put(Open(node, plain=False, blank=False))

    def _document(self, event: Any, line: int) -> None:
        self._documents += 1
        if event.version or event.tags:
            self.report.problem(line, _("A YAML directive ('%…') has no place in a definition; remove it."))
        if self._documents > 1:
            self.report.problem(
                line, _("A second document begins here ('---'). One file holds one programme.")
            )
            self.stopped = True

    def _refuse_properties(self, event: Any, line: int) -> None:
        if event.tag is not None and event.tag != "!":
            message = _("A tag ('{tag}') has no place in a definition; its place says what a value is.")
            self.report.problem(line, message.format(tag=event.tag))
        if event.anchor is not None:
            message = _("An anchor ('&{name}') has no place in a definition; write out what repeats.")
            self.report.problem(line, message.format(name=event.anchor))

    def _put(self, item: Open) -> None:
        if self._stack:
            self._stack[-1].items.append(item)
        elif not (item.blank and isinstance(item.node, Scalar)):
            self.root = item.node

    def _sequence(self, frame: _Frame) -> Sequence:
        items = mended_sequence(frame.items, self.report) if frame.flow else frame.items
        for item in items:
            if item.blank:
                self.report.problem(item.node.line, _("An entry of this list is empty."))
        return Sequence(frame.line, tuple(item.node for item in items if not item.blank))

    def _mapping(self, frame: _Frame) -> Mapping:
        pairs = list(zip(frame.items[::2], frame.items[1::2], strict=True))
        if frame.flow:
            pairs = mended_mapping(pairs, self.report)
        kept: dict[str, tuple[Scalar, Node]] = {}
        for key, value in pairs:
            name = self._key(key, kept)
            if name is None:
                continue
            if value.blank:
                message = _("'{key}' has no value. Give it one, or remove it.")
                self.report.problem(name.line, message.format(key=name.text))
                continue
            kept[name.text] = (name, value.node)
        return Mapping(frame.line, tuple(kept.values()))

    def _key(self, key: Open, kept: dict[str, tuple[Scalar, Node]]) -> Scalar | None:
        name = key.node
        if not isinstance(name, Scalar):
            self.report.problem(name.line, _("A key is text; here a mapping or a list stands as one."))
            return None
        if name.text == "<<" and key.plain:
            self.report.problem(
                name.line, _("A merge key ('<<') repeats what stands elsewhere; write it out.")
            )
            return None
        if not name.text:
            self.report.problem(name.line, _("A key is missing before ':'."))
            return None
        if name.text in kept:
            message = _("'{key}' stands twice in one mapping, first in line {line}. Keep one.")
            self.report.problem(name.line, message.format(key=name.text, line=kept[name.text][0].line))
            return None
        return name
