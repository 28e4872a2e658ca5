"""A statement as one plain page: no script, nothing loaded; readable on paper, on a phone, in the dark.

Every text that comes from a definition or from the statement is escaped here, in `_text`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from html import escape
from typing import Any

from babel.dates import format_date, format_datetime

from almoner.engine import statement_words as words
from almoner.engine.page_style import STYLE
from almoner.values.canonical import digest
from almoner.values.language import LANGUAGES, _, language


def render(content: Mapping[str, Any], *, root: str = "") -> str:
    """The page of a statement's content, in the language in use.

    Args:
        content: `Statement.content`, or the same read from `statement.json`.
        root: the root of its verification file, in hex; it is printed so that anybody can compare it.
    """
    title = " · ".join(part for part in (_title(content), content["office"]) if part)
    body = [
        _header(content),
        "<main>",
        _contents(content),
        _together(content),
        *(_programme(part, place) for place, part in enumerate(content["programmes"], start=1)),
        _method(content),
        "</main>",
        _checking(content, root),
    ]
    return "\n".join(
        [
            "<!doctype html>",
            f'<html lang="{"zh-Hans" if language() == "zh-hans" else "en"}">',
            '<head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{_text(title)}</title>",
            f"<style>{STYLE}</style></head>",
            "<body>",
            *body,
            "</body></html>",
            "",
        ]
    )


def _header(content: Mapping[str, Any]) -> str:
    first = f'<p class="first">{_text(_(content["first_line"]))}</p>' if content["first_line"] else ""
    starts, ends = _days(content)
    locale = _locale()
    period = _("{starts} to {ends}").format(
        starts=format_date(starts, "long", locale), ends=format_date(ends, "long", locale)
    )
    marking = _("Internal") if content["marking"] == "internal" else content["marking"]
    why = _("Small groups are not hidden yet: this page does not leave the office.")
    return (
        f"<header>{first}<p>{_text(_(content['office']))}</p><h1>{_text(_title(content))}</h1>"
        f"<p>{_text(period)}</p>"
        f'<p><span class="marking">{_text(marking)}</span> <small>{_text(why)}</small></p></header>'
    )


def _contents(content: Mapping[str, Any]) -> str:
    """Links to the programmes, where there are several."""
    parts = content["programmes"]
    if len(parts) == 1:
        return ""
    links = "".join(
        f'<li><a href="#programme-{place}">{_text(_(part["title"]))}</a></li>'
        for place, part in enumerate(parts, start=1)
    )
    label = _("Programmes")
    return f'<nav aria-label="{_text(label)}"><ul>{links}</ul></nav>'


def _together(content: Mapping[str, Any]) -> str:
    together = content["together"]
    if not together or len(content["programmes"]) == 1 or not together["contributed"]:
        return ""
    heading = _("What was put in, all programmes")
    return f"<h2>{_text(heading)}</h2>" + _contributed(together["contributed"], _("By kind and purpose"))


def _programme(part: Mapping[str, Any], place: int) -> str:
    purpose = f"<p>{_text(_(part['purpose']))}</p>"
    theme = f'<p class="quiet">{_text(_(part["theme"]))}</p>'
    under = ""
    if part["title"] != part["programme"]:
        under = f'<p class="quiet">{_text(_(part["programme"]))}</p>'
    return "\n".join(
        [
            f'<section aria-labelledby="programme-{place}">',
            f'<h2 id="programme-{place}">{_text(_(part["title"]))}</h2>{under}{theme}{purpose}',
            _funnel(part),
            _figures(part, place),
            _contributions(part),
            _lines("h3", _("What is not claimed"), part["not_claimed"]),
            _rules(part),
            "</section>",
        ]
    )


def _funnel(part: Mapping[str, Any]) -> str:
    rows = [(_text(row.label), "", _text(row.text)) for row in words.funnel_rows(part)]
    return _table(_("From asking to follow-up"), _("Stage"), _("How many"), rows)


def _figures(part: Mapping[str, Any], place: int) -> str:
    if not part["figures"]:
        return ""
    rows = [_figure(figure) for figure in part["figures"]]
    names = [f"figure-{place}-{figure['name']}" for figure in part["figures"]]
    return _table(_("Figures"), _("Figure"), _("Value"), rows, names)


def _figure(figure: Mapping[str, Any]) -> tuple[str, str, str]:
    sentence, expression = words.definition_text(figure)
    code = f" <code>{_text(expression)}</code>" if expression else ""
    about = f"{_text(words.level_text(figure['level']))}. {_text(sentence)}{code}"
    approximate = "≈ " if figure["banded"] and figure["value"] is not None else ""
    value = f"<strong>{_text(approximate + words.value_text(figure, figure['value']))}</strong>"
    value += "".join(f"<small>{_text(line)}</small>" for line in words.beside(figure))
    if figure["target"] is not None:
        target = _("target {target}").format(target=words.value_text(figure, figure["target"]))
        reached = {True: _("reached"), False: _("not reached"), None: _("cannot be told")}
        value += f"<small>{_text(target)}: {_text(reached[figure['target_met']])}</small>"
    return _text(words.title_of(figure["name"])), about, value


def _contributions(part: Mapping[str, Any]) -> str:
    if not part["contributions"]:
        return ""
    rows = []
    for entry in part["contributions"]:
        about = f"{words.input_text(entry['input'])} · {words.motive_text(entry['motive'])}"
        about += f" · {words.source_text(entry['source'])}"
        value = f"<strong>{_text(_money(entry))}</strong>"
        if entry["unknown"]:
            unknown = _("{rows} without a known amount").format(rows=words.counted(entry["unknown"]))
            value += f"<small>{_text(unknown)}</small>"
        rows.append((_text(words.title_of(entry["name"])), _text(about), value))
    return _table(_("What was put in"), _("What"), _("Amount"), rows)


def _contributed(entries: Sequence[Mapping[str, Any]], caption: str) -> str:
    rows = [
        (
            _text(words.input_text(entry["input"])),
            _text(words.motive_text(entry["motive"])),
            _text(_money(entry)),
        )
        for entry in entries
    ]
    return _table(caption, _("What"), _("Amount"), rows)


def _rules(part: Mapping[str, Any]) -> str:
    facts = "".join(
        f"<li>{_text(words.table_text(fact['table']))}: {_text(words.counted(fact['rows']))} "
        f'<span class="digest">{_text(fact["sha256"])}</span></li>'
        for fact in part["facts"]
    )
    heading, rules = _("Rules in force and rows behind the figures"), _("Rules")
    return (
        f"<h3>{_text(heading)}</h3>"
        f'<p class="quiet">{_text(rules)}: <span class="digest">{_text(part["edition"])}</span></p>'
        f'<ul class="quiet">{facts}</ul>'
    )


def _method(content: Mapping[str, Any]) -> str:
    return _lines("h2", _("How the figures were made"), content["method"])


def _checking(content: Mapping[str, Any], root: str) -> str:
    made = datetime.fromisoformat(content["made_at"])
    when = _("Made on {instant} (UTC).").format(
        instant=format_datetime(made, "medium", locale=_locale(), tzinfo=None)
    )
    rows = [(_("This account"), digest(content))]
    if root:
        rows.append((_("Root of the verification file"), root))
    if content["audit_head"]:
        rows.append((_("Head of the audit trail"), content["audit_head"]))
    lines = "".join(
        f'<p>{_text(label)}:<br><span class="digest">{_text(value)}</span></p>' for label, value in rows
    )
    heading = _("Check it yourself")
    how = _("Whoever has the verification file can compute every figure again, without this office:")
    command = f"almoner verify FILE --root {root}" if root else "almoner verify FILE"
    return (
        f"<footer><h2>{_text(heading)}</h2><p>{_text(how)}</p>"
        f"<p><code>{_text(command)}</code></p>{lines}<p>{_text(when)}</p></footer>"
    )


def _table(
    caption: str, first: str, last: str, rows: Sequence[tuple[str, str, str]], anchors: Sequence[str] = ()
) -> str:
    """A table of names and values, each name with a quiet line below it. The cells are HTML already.

    `anchors` names the rows, so that a link can lead to each.
    """
    marks = [f' id="{_text(anchor)}"' for anchor in anchors] or [""] * len(rows)
    lines = "".join(
        f'<tr{mark}><th scope="row">{name}{f"<small>{about}</small>" if about else ""}</th>'
        f'<td class="number">{value}</td></tr>'
        for mark, (name, about, value) in zip(marks, rows, strict=True)
    )
    return (
        f'<h3>{_text(caption)}</h3><table><thead><tr><th scope="col">{_text(first)}</th>'
        f'<th scope="col" class="number">{_text(last)}</th></tr></thead><tbody>{lines}</tbody></table>'
    )


def _lines(tag: str, heading: str, lines: Iterable[str]) -> str:
    """A heading and its sentences, each in the reader's language."""
    items = "".join(f"<li>{_text(_(line))}</li>" for line in lines)
    return f"<{tag}>{_text(heading)}</{tag}><ul>{items}</ul>"


def _money(entry: Mapping[str, Any]) -> str:
    if entry["amount"] is None:
        return words.NOTHING
    return f"{words.number(Decimal(entry['amount']))} {entry['currency']}"


def _title(content: Mapping[str, Any]) -> str:
    starts, ends = _days(content)
    if (starts.month, starts.day, ends.month, ends.day) == (1, 1, 12, 31) and starts.year == ends.year:
        return _("Yearly account {year}").format(year=starts.year)
    return _("Account of a period")


def _days(content: Mapping[str, Any]) -> tuple[date, date]:
    period = content["period"]
    return date.fromisoformat(period["starts"]), date.fromisoformat(period["ends"])


def _locale() -> str:
    return LANGUAGES[language()] or "en"


def _text(value: object) -> str:
    """Text that is safe between tags and in attributes."""
    return escape(str(value), quote=True)
