"""Checks `sends`: what leaves the office with a task. It never carries a name, and is known where it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from almoner.definitions.parts.given import AWARD, delivery_of
from almoner.definitions.problems import Report, did_you_mean
from almoner.definitions.programme import Benefit, Consent, Field, FollowUp, Raise, Record
from almoner.definitions.tree import Type
from almoner.values.language import _

_WHO = frozenset(
    (
        *("name", "surname", "signature", "photo", "birth", "born"),
        *("identity", "identifier", "id", "passport", "card", "account", "iban"),
        *("contact", "phone", "telephone", "mobile", "email", "mail", "wechat", "address"),
    )
)
"""Words in a question's name that say: the answer tells who somebody is, or how they are reached."""

Sheet = Record | FollowUp


@dataclass(frozen=True, slots=True)
class Sends:
    """Where what is sent may come from, beside the sheet itself, and where problems go."""

    benefits: Mapping[str, Benefit]
    consent: Mapping[str, Consent]
    report: Report

    def check(self, sheets: Mapping[str, Sheet]) -> None:
        """Every name in `sends` is a question of the sheet's own form, or of the form of one benefit's deliveries."""
        for sheet in sheets.values():
            for raised in sheet.raises.values():
                for name in raised.sends:
                    self._check_one(name, raised, sheet)

    def _check_one(self, name: str, raised: Raise, sheet: Sheet) -> None:
        own = sheet.form.get(name)
        given = delivery_of(name, self.benefits) if own is None else {}
        field = own or next(iter(given.values()), None)
        if field is None:
            self.report.problem(raised.line, self._stranger(name, raised, sheet))
        elif len(given) > 1:
            message = _(
                "'{task}' sends '{name}', which is asked at deliveries of {benefits}; it must be one thing."
            )
            text = message.format(task=raised.name, name=name, benefits=", ".join(given))
            self.report.problem(raised.line, text)
        elif given and sheet.about != AWARD:
            message = _("'{task}' sends '{name}' of a delivery, and '{sheet}' is about no award.")
            self.report.problem(raised.line, message.format(task=raised.name, name=name, sheet=sheet.name))
        else:
            self._check_nameless(field, raised)
            if field.when is not None and (given or sheet.about != AWARD):
                what = _("'{name}' in 'sends' of '{task}', which is asked only sometimes,")
                self.report.not_carried_out(raised.line, what.format(name=name, task=raised.name))

    def _stranger(self, name: str, raised: Raise, sheet: Sheet) -> str:
        if name in self.consent:
            message = _(
                "'{task}' sends '{name}', which is a consent; what leaves the office never says who agreed."
            )
            return message.format(task=raised.name, name=name)
        asked = [one.each_delivery.form for one in self.benefits.values() if one.each_delivery]
        known = [*sheet.form, *(field for form in asked for field in form)]
        message = _("'{task}' sends '{name}', which neither its form nor a delivery asks.")
        return message.format(task=raised.name, name=name) + did_you_mean(name, known)

    def _check_nameless(self, field: Field, raised: Raise) -> None:
        what = _never(field)
        if what:
            message = _(
                "'{task}' sends '{name}', which is {what}; what leaves the office never carries a name."
            )
            text = message.format(task=raised.name, name=field.name, what=what)
            self.report.problem(raised.line, text)


def _never(field: Field) -> str:
    """Why an answer may tell who somebody is; '' where it may leave."""
    match field.type:
        case Type.PARTY:
            return _("a party")
        case Type.CODE:
            return _("a code: a telephone, a card or an account may stand there (the type of a lot is 'lot')")
        case Type.FILE:
            return _("a file, in which anything may stand")
        case Type.ROWS:
            return _("rows, which are told one by one")
    if _WHO & set(field.name.split("_")):
        return _("by its name a name or a contact (call it otherwise where it is none)")
    return ""
