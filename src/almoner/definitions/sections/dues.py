"""Says which due days are counted from something that nothing carries out yet."""

from __future__ import annotations

from collections.abc import Collection

from almoner.definitions import nodes
from almoner.definitions.grammar import carried_out
from almoner.definitions.programme import Due
from almoner.definitions.reading import Context
from almoner.values.language import _


def note_anchor(due: Due, key: nodes.Scalar, context: Context, dates: Collection[str] = ()) -> None:
    """Give a notice where a due day is counted from what nothing carries out yet. `dates` are carried out too."""
    if due.anchor not in carried_out.ANCHORS and due.anchor not in dates:
        what = _("a day counted from '{anchor}' in '{name}'").format(anchor=due.anchor, name=key.text)
        context.report.not_carried_out(key.line, what)
