"""A comma inside `{ }` or `[ ]` ends an entry, also in the middle of an expression.

`{when: last(report, accepted)}` is read by YAML as two keys. That is found here, told once with what to write
instead, and mended, so that the rest of the file can be checked in the same run.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from almoner.definitions.problems import Report
from almoner.values.language import _

if TYPE_CHECKING:
    from almoner.definitions.nodes import Node


@dataclass(frozen=True, slots=True)
class Open:
    """A node as it came: written `plain` (without quotes), or `blank` (nothing was written)."""

    node: Node
    plain: bool
    blank: bool

    @property
    def text(self) -> str:
        """A scalar's text, else nothing."""
        return str(getattr(self.node, "text", ""))

    @property
    def unfinished(self) -> bool:
        """Whether this is plain text with a bracket that it does not close."""
        return self.plain and self.text.count("(") > self.text.count(")")


def mended_mapping(pairs: list[tuple[Open, Open]], report: Report) -> list[tuple[Open, Open]]:
    """The pairs, with an expression that was cut by its commas put together again."""
    mended: list[tuple[Open, Open]] = []
    cut: dict[int, bool] = {}  # where something was put together, and whether that was a key
    for key, value in pairs:
        before_key, before = mended[-1] if mended else (key, value)
        if mended and before.unfinished and key.plain and value.blank:
            mended[-1] = (before_key, _joined(before, key))
            cut[len(mended) - 1] = False
        elif mended and before.blank and before_key.unfinished and key.plain:
            # Bands: the key was cut, and its first part was left without a value.
            mended[-1] = (_joined(before_key, key), value)
            cut[len(mended) - 1] = True
        else:
            mended.append((key, value))
    for place, is_key in cut.items():
        key, value = mended[place]
        example = f'"{key.text}": {value.text}' if is_key else f'{key.text}: "{value.text}"'
        _report_cut(report, key.node.line, key.text if is_key else value.text, example)
    return mended


def mended_sequence(items: list[Open], report: Report) -> list[Open]:
    """The items, with an expression that was cut by its commas put together again."""
    mended: list[Open] = []
    cut: set[int] = set()
    for item in items:
        if mended and mended[-1].unfinished and item.plain:
            mended[-1] = _joined(mended[-1], item)
            cut.add(len(mended) - 1)
        else:
            mended.append(item)
    for place in sorted(cut):
        item = mended[place]
        _report_cut(report, item.node.line, item.text, f'"{item.text}"')
    return mended


def _report_cut(report: Report, line: int, expression: str, example: str) -> None:
    message = _("The comma cuts '{expression}' in two. Quote it: {example}")
    report.problem(line, message.format(expression=expression, example=example))


def _joined(left: Open, right: Open) -> Open:
    node: Any = left.node  # only a scalar is unfinished
    return Open(replace(node, text=f"{left.text}, {right.text}"), plain=True, blank=False)
