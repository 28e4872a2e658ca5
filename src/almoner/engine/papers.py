"""Papers that count once: the number on an invoice is known wherever it comes again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from almoner.definitions.programme import Programme
from almoner.definitions.sections.deliveries import UNIQUE
from almoner.definitions.tree import Type
from almoner.values.printed import printed_number


def count_once(programme: Programme) -> frozenset[str]:
    """The records whose number on paper must be unique, because a hand-over says so in its `needs`."""
    return frozenset(
        name
        for benefit in programme.benefits.values()
        if benefit.each_delivery is not None
        for name, text in benefit.each_delivery.needs.items()
        if text == UNIQUE and name in programme.records
    )


def number_on(programme: Programme, record: str, answers: Mapping[str, Any]) -> str:
    """The number on the paper that a record is made from: its codes together; '' where one is unanswered."""
    codes = [name for name, asked in programme.records[record].form.items() if asked.type is Type.CODE]
    numbers = [printed_number(str(answers.get(name) or "")) for name in codes]
    return "|".join(numbers) if all(numbers) else ""
