"""A statement as one plain page: no script, nothing loaded; readable on paper, on a phone, in the dark.

Every text that comes from a definition or from the statement is escaped here, in `_text`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from html import escape
from typing import Any

from babel.dates import format_date, format_datetime

from almoner.engine import figure_notes, value_words
from almoner.engine import statement_words as words
from almoner.engine.page_style import STYLE
from almoner.values.canonical import digest
from almoner.values.language import LANGUAGES, _, language

PAGES: Mapping[str, str] = {"en": "statement.html", "zh-hans": "statement.zh-hans.html"}
"""The file of the page in each language."""

FILES = ("statement.json", "verification.zip")
"""What is published beside the pages."""

_LANGUAGES = {"en": ("en", "English"), "zh-hans": ("zh-Hans", "简体中文")}
"""What a page says of its language, and what the language calls itself."""


def render(content: Mapping[str, Any], *, root: str = "", published: bool = False) -> str:
    """The page of a statement's content, in the language in use.

    Args:
        content: `Statement.content`, or the same read from `statement.json`.
        root: the root of its verification file, in hex; it is printed so that anybody can compare it.
        published: whether `PAGES` and `FILES` lie beside it, so that it leads to them.
    """
    title = " · ".join(part for part in (_title(content), content["office"]) if part)
    body = [
        _header(content, published=published),
        "<main>",
        _contents(content),
        _together(content),
        *(_programme(part, place) for place, part in enumerate(content["programmes"], start=1)),
        _method(content),
        "</main>",
        _checking(content, root, published=published),
    ]
    return "\n".join(
        [
            "<!doctype html>",
            f'<html lang="{_LANGUAGES[language()][0]}">',
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


def _header(content: Mapping[str, Any], *, published: bool) -> str:
    first = f'<p class="first">{_text(_(content["first_line"]))}</p>' if content["first_line"] else ""
    starts, ends = _days(content)
    locale = _locale()
    period = _("{starts} to {ends}").format(
        starts=format_date(starts, "long", locale), ends=format_date(ends, "long", locale)
    )
    marking = _("Internal") if content["marking"] == "internal" else content["marking"]
    why = _("Small groups are not hidden yet: this page does not leave the office.")
    return (
        f"<header>{first}{_languages() if published else ''}<p>{_text(_(content['office']))}</p>"
        f"<h1>{_text(_title(content))}</h1>"
        f"<p>{_text(period)}</p>"
        f'<p><span class="marking">{_text(marking)}</span> <small>{_text(why)}</small></p></header>'
    )


def _languages() -> str:
    """Links to the same page in the other languages, each in its own words."""
    links = "".join(
        f'<li><a href="{PAGES[name]}" lang="{code}" hreflang="{code}">{own}</a></li>'
        for name, (code, own) in _LANGUAGES.items()
        if name != language()
    )
    label = _("Languages")
    return f'<nav class="languages" aria-label="{_text(label)}"><ul>{links}</ul></nav>'


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
    several = [theme for theme in together["themes"] if len(theme["programmes"]) > 1 and theme["contributed"]]
    by_theme = ""
    for theme in several if len(several) < len(together["themes"]) else ():
        name = theme["theme"]
        by_theme += _contributed(theme["contributed"], _(name))
    whole = _contributed(together["contributed"], _("By kind and purpose"))
    return f"<h2>{_text(heading)}</h2>{whole}{by_theme}"


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
            _values(part),
            _contributions(part, place),
            _stock(part),
            _standards(part, place),
            _lines("h3", _("What is not claimed"), part["not_claimed"]),
            _rules(part, place),
            "</section>",
        ]
    )


def _funnel(part: Mapping[str, Any]) -> str:
    """How many came how far; left out where nobody can apply and nothing of it is there."""
    told = words.funnel_rows(part)
    if part["serves"] == "public" and all(row.text == words.NOTHING for row in told):
        return ""
    rows = [(_text(row.label), "", _text(row.text)) for row in told]
    return _table(_("From asking to follow-up"), _("Stage"), _("How many"), rows)


def _figures(part: Mapping[str, Any], place: int) -> str:
    if not part["figures"]:
        return ""
    rows = [_figure(figure, _Rows(part, place)) for figure in part["figures"]]
    names = [f"figure-{place}-{figure['name']}" for figure in part["figures"]]
    return _table(_("Figures"), _("Figure"), _("Value"), rows, names)


@dataclass(frozen=True, slots=True)
class _Rows:
    """The files of rows behind a programme's figures; `place` is its place on the page."""

    part: Mapping[str, Any]
    place: int

    def anchor(self, table: str) -> str:
        return f"rows-{self.place}-{table}"

    def link(self, source: str, words_for_it: str) -> str:
        """Words that lead to the file in which the rows of a source stand; the words alone where there is none."""
        tables = {fact["table"] for fact in self.part["facts"]}
        kinds = {"deliveries of ": "deliveries", "ledger of ": "contributions"}
        wanted = [table for begins, table in kinds.items() if source.startswith(begins)]
        wanted += [source, f"record_{source}", f"follow_up_{source}"]
        if self.part["serves"] == "public":
            wanted.append("sessions")
        found = next((table for table in wanted if table in tables), "")
        said = _text(words_for_it)
        return f'<a href="#{_text(self.anchor(found))}">{said}</a>' if said and found else said


def _figure(figure: Mapping[str, Any], rows: _Rows) -> tuple[str, str, str]:
    defined = words.definition_text(figure)
    code = f" <code>{_text(defined.expression)}</code>" if defined.expression else ""
    sentence = _text(defined.before) + rows.link(figure["source"], defined.source) + _text(defined.after)
    level = words.level_text(figure["level"])
    about = _text(_("{level}. {sentence}")).format(level=_text(level), sentence=sentence) + code
    other = figure["against"]
    if other is not None and other["who"]:
        name, who = words.title_of(other["name"]), other["who"]
        about += " " + _text(_("{name}: {who}.").format(name=name, who=_(who)))
    value = f"<strong>{_text(words.shown(figure, figure['value']))}</strong>"
    value += "".join(f"<small>{_text(line)}</small>" for line in figure_notes.beside(figure))
    if figure["target"] is not None:
        reached = {True: _("reached"), False: _("not reached"), None: _("cannot be told")}
        target = _("target {target}: {reached}").format(
            target=words.value_text(figure, figure["target"]), reached=reached[figure["target_met"]]
        )
        value += f"<small>{_text(target)}</small>"
    return _text(words.title_of(figure["name"])), about, value


def _values(part: Mapping[str, Any]) -> str:
    """The value of outcomes, and below it what each rests on."""
    if not part["values"]:
        return ""
    rows = [_value(value_words.value_line(value)) for value in part["values"]]
    tables = [_table(_("Social value"), _("Outcome"), _("Value"), rows)]
    for value in part["values"]:
        if value["central"] is not None:
            caption = _("What the value of {outcome} rests on").format(outcome=words.title_of(value["name"]))
            lines = [_value(line) for line in value_words.assumption_lines(value)]
            tables.append(_table(caption, _("Assumption"), _("How much"), lines))
    return "\n".join(tables)


def _value(line: value_words.ValueLine) -> tuple[str, str, str]:
    value = f"<strong>{_text(line.value)}</strong>"
    value += "".join(f"<small>{_text(beside)}</small>" for beside in line.beside)
    return _text(line.title), _text(line.about), value


def _contributions(part: Mapping[str, Any], place: int) -> str:
    if not part["contributions"]:
        return ""
    rows = []
    for entry in part["contributions"]:
        how_and_why = f"{words.input_text(entry['input'])} · {words.motive_text(entry['motive'])}"
        link = _Rows(part, place).link(entry["source"], words.source_text(entry["source"]))
        rows.append((_text(words.title_of(entry["name"])), f"{_text(how_and_why)} · {link}", _amount(entry)))
    return _table(_("What was put in"), _("What"), _("Amount"), rows)


def _standards(part: Mapping[str, Any], place: int) -> str:
    """Which figure answers which requirement of a standard."""
    rows = [
        (_text(code), "", ", ".join(_linked(name, place if is_figure else 0) for name, is_figure in answers))
        for code, answers in words.by_standard(part).items()
    ]
    return _table(_("By standard"), _("Requirement"), _("Answered by"), rows) if rows else ""


def _linked(name: str, place: int) -> str:
    said = _text(words.title_of(name))
    return f'<a href="#figure-{place}-{_text(name)}">{said}</a>' if place else said


def _stock(part: Mapping[str, Any]) -> str:
    """What is left of each lot, and how it came to be so."""
    rows = []
    for lot in part["stock"]:
        about = _("lot {number}").format(number=lot["name"])
        if lot["recalled"]:
            about += f" · {_('recalled')}"
        counted = {
            _("at first"): lot["at_first"],
            _("received"): lot["received"],
            _("issued"): lot["issued"],
            _("written off"): lot["written_off"],
        }
        moved = " · ".join(f"{name} {words.number(Decimal(quantity))}" for name, quantity in counted.items())
        unit = lot["unit"]
        left = _("{left} {unit} left").format(left=words.number(Decimal(lot["left"])), unit=_(unit))
        value = f"<strong>{_text(left)}</strong><small>{_text(moved)}</small>"
        rows.append((_text(words.title_of(lot["benefit"])), _text(about), value))
    return _table(_("Stock by lot, all calls together"), _("What"), _("How much"), rows) if rows else ""


def _contributed(entries: Sequence[Mapping[str, Any]], caption: str) -> str:
    rows = [
        (_text(words.input_text(entry["input"])), _text(words.motive_text(entry["motive"])), _amount(entry))
        for entry in entries
    ]
    return _table(caption, _("What"), _("Amount"), rows)


def _amount(entry: Mapping[str, Any]) -> str:
    """What was put in, and how much of it has no known amount."""
    value = f"<strong>{_text(_money(entry))}</strong>"
    if entry["unknown"]:
        unknown = _("{rows} without a known amount").format(rows=words.counted(entry["unknown"]))
        value += f"<small>{_text(unknown)}</small>"
    return value


def _rules(part: Mapping[str, Any], place: int) -> str:
    rows = _Rows(part, place)
    facts = "".join(
        f'<li id="{_text(rows.anchor(fact["table"]))}">{_text(_labelled(_fact(fact)))} '
        f'<span class="digest">facts/{_text(part["name"])}/{_text(fact["table"])}.parquet '
        f"{_text(fact['sha256'])}</span></li>"
        for fact in part["facts"]
    )
    heading, rules = _("Rules in force and rows behind the figures"), _labelled((_("Rules"), ""))
    return (
        f"<h3>{_text(heading)}</h3>"
        f'<p class="quiet">{_text(rules)} <span class="digest">{_text(part["edition"])}</span></p>'
        f'<ul class="quiet rows">{facts}</ul>'
    )


def _fact(fact: Mapping[str, Any]) -> tuple[str, str]:
    return words.table_text(fact["table"]), words.counted(fact["rows"])


def _labelled(said: tuple[str, str]) -> str:
    """A label and what it is about, with the colon of the reader's language."""
    return _("{label}: {value}").format(label=said[0], value=said[1]).rstrip()


def _method(content: Mapping[str, Any]) -> str:
    return _lines("h2", _("How the figures were made"), content["method"])


def _checking(content: Mapping[str, Any], root: str, *, published: bool) -> str:
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
        f'<p>{_text(_labelled((label, "")))}<br><span class="digest">{_text(value)}</span></p>'
        for label, value in rows
    )
    heading = _("Check it yourself")
    how = _("Whoever has the verification file can compute every figure again, without this office:")
    command = f"almoner verify FILE --root {root}" if root else "almoner verify FILE"
    return (
        f"<footer><h2>{_text(heading)}</h2><p>{_text(how)}</p>"
        f"<p><code>{_text(command)}</code></p>{_files() if published else ''}{lines}"
        f"<p>{_text(when)}</p></footer>"
    )


def _files() -> str:
    """Links to what was published beside the page."""
    names = {"statement.json": _("All figures as data"), "verification.zip": _("Verification file")}
    links = "".join(f'<li><a href="{file}">{_text(names[file])}</a> ({file})</li>' for file in FILES)
    beside = _("Beside this page lie")
    return f"<p>{_text(_labelled((beside, '')))}</p><ul>{links}</ul>"


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
