"""Reads which requirements of a standard a figure answers, each with the edition of the standard."""

from __future__ import annotations

import re
from collections.abc import Sequence

from almoner.definitions.reading import Context
from almoner.values.language import _

FORMS = {
    "GRI": (re.compile(r"GRI \d{1,3}-\d{1,2} \d{4}"), "GRI 203-1 2016"),
    "HKEX": (re.compile(r"HKEX [A-D]\d{1,2}(\.\d{1,2})? \d{4}"), "HKEX B8.2 2025"),
    "IRIS": (re.compile(r"IRIS [A-Z]{2}\d{4} \d\.\d"), "IRIS PI4060 5.3"),
    "SDG": (re.compile(r"SDG \d{1,2}\.(\d{1,2}|[a-d]) 2015"), "SDG 3.8 2015"),
}
"""The standards whose requirements may be named: how one is written, its edition last, with an example of each.

GRI by the year of the topic standard, HKEX by that of the ESG Reporting Code, IRIS+ by its version, a target of the
Sustainable Development Goals by the year of the resolution that holds it (A/RES/70/1).
"""


def read_codes(codes: Sequence[str], name: str, line: int, context: Context) -> tuple[str, ...]:
    """The requirements that something answers, each once and in the form of its standard."""
    for code in dict.fromkeys(codes):
        standard = code.partition(" ")[0]
        if standard not in FORMS:
            message = _("'{name}' answers '{code}', which is of no standard known here: {known}.")
            context.report.problem(line, message.format(name=name, code=code, known=", ".join(FORMS)))
        elif FORMS[standard][0].fullmatch(code) is None:
            message = _("'{name}' answers '{code}'. Write the number and the edition: {example}.")
            context.report.problem(line, message.format(name=name, code=code, example=FORMS[standard][1]))
        elif codes.count(code) > 1:
            message = _("'{name}' answers '{code}' twice; keep one.")
            context.report.problem(line, message.format(name=name, code=code))
    return tuple(codes)
