"""Who is paid for a session: the answer of its own sheet, where the benefit's `payee` names a question."""

from __future__ import annotations

from almoner.engine.call_offs import TOP_UP
from almoner.engine.casefile import CaseFile, Instalment, instalment_name


def payee_of(case: CaseFile, instalment: Instalment) -> str:
    """Whom an instalment is paid to, as its delivery's sheet says; '' where that is the party, or not said."""
    benefit = case.programme.benefits[instalment.benefit]
    each = benefit.each_delivery
    if each is None or benefit.payee not in each.form:
        return ""
    for delivery in case.delivered:
        names = {instalment_name(delivery.number), instalment_name(delivery.number, TOP_UP)}
        if delivery.benefit == instalment.benefit and instalment.name in names:
            return str(delivery.answers.get(benefit.payee) or "")
    return ""
