"""Checks `wall`: its roles are names and none of the office, and no task goes to one."""

from __future__ import annotations

from collections.abc import Mapping

from almoner.definitions import nodes
from almoner.definitions.problems import Report
from almoner.definitions.programme import FollowUp, Record
from almoner.definitions.reading import NAME_LENGTH, is_name
from almoner.definitions.roles import OFFICE_ROLES, closer_of
from almoner.values.language import _


def check_wall(
    node: nodes.Node | None, wall: tuple[str, ...], sheets: Mapping[str, Record | FollowUp], report: Report
) -> None:
    """Every role of the wall can be held by somebody, and by nobody who must act on a case."""
    if node is None:
        return
    for role in wall:
        if role in OFFICE_ROLES:
            message = _("'{role}' is a role of the office and cannot stand behind the wall.")
            report.problem(node.line, message.format(role=role))
        elif not is_name(role, NAME_LENGTH):
            message = _("'{role}' of 'wall' is no role: write a name, such as donor.")
            report.problem(node.line, message.format(role=role))
    for sheet in sheets.values():
        for raised in sheet.raises.values():
            for role in {raised.to, raised.deputy, closer_of(raised), raised.escalation} & set(wall):
                message = _(
                    "'{task}' goes to '{role}', which stands behind the wall and may see only aggregates."
                )
                report.problem(raised.line, message.format(task=raised.name, role=role))
