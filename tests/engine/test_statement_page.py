"""The page of a statement: its denominators, its words, its dashes, and nothing that runs or is fetched."""

import re
from decimal import Decimal
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from change_cases import STORY as CONTRACTS
from change_cases import written
from statement_cases import STORY, delivery, later, part_of, stated, term, write

from almoner.engine.statement import Account
from almoner.engine.statement_page import render
from almoner.engine.statement_words import counted, funnel_rows, number, percent, shown
from almoner.values.language import use_language

FORBIDDEN = ("party", "edition", "screening", "instalment", "posting", "bundle", "replay")
ROOT = "cd" * 32


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.text, self.tags, self.open = [], [], []

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.text.append(data)


def read(page):
    reader = _Reader()
    reader.feed(page)
    assert reader.open == []
    return " ".join(" ".join(reader.text).split()), reader.tags


@pytest.fixture(scope="module")
def statement(tmp_path_factory):
    account = write(tmp_path_factory.mktemp("facts"))
    return stated([account], first_line="demonstration: no company's results")


@pytest.fixture(scope="module")
def page(statement):
    with use_language("en"):
        return render(statement.content, root=ROOT)


def test_its_first_line_is_read_first(page):
    text, _ = read(page.partition("<body>")[2].partition("</body>")[0])
    assert text.startswith("demonstration: no company's results")


def test_a_share_stands_beside_its_denominators(page):
    text, _ = read(page)
    assert "33.3% 1 yes, 2 no known for 3 of 4 unknown 1" in text
    assert (
        "100.0% 1 yes, 0 no known for 1 of 5 refused to answer 1 died 1 lost 1 not tried 1 "
        "5 entries; people: 4 target 50.0%: reached" in text
    )
    assert "Followed up 1 of 5" in text


def test_figures_are_grouped_and_carry_their_unit(page):
    text, _ = read(page)
    assert "2,400.05 CNY" in text
    assert "1,100.00 CNY" in text
    assert "4 people" in text


def test_a_figure_of_cut_values_is_marked(page):
    text, _ = read(page)
    assert re.search(r"Middle income .*? ≈ 1,000", text)
    assert "cut to two significant digits" in text


def test_it_is_marked_internal_and_can_be_checked(page, statement):
    text, _ = read(page)
    assert "Internal" in text
    for value in (ROOT, statement.digest, "ab" * 32, part_of(statement)["edition"]):
        assert value in text


def test_what_comes_from_a_definition_is_escaped(page):
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_nothing_runs_and_nothing_is_fetched(page):
    _, tags = read(page)
    names = {tag for tag, _ in tags}
    assert names.isdisjoint({"script", "link", "img", "iframe", "object", "form", "svg"})
    for _, attributes in tags:
        assert attributes.keys().isdisjoint({"src", "srcset", "style", "onclick", "onload"})
        assert attributes.get("href", "#").startswith("#")
    assert "url(" not in page
    assert "@import" not in page


def test_it_can_be_read_by_ear(page):
    _, tags = read(page)
    levels = [int(tag[1]) for tag, _ in tags if re.fullmatch("h[1-6]", tag)]
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert all("scope" in attributes for tag, attributes in tags if tag == "th")
    assert ("html", {"lang": "en"}) in tags
    assert any(tag == "main" for tag, _ in tags)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_no_word_of_the_files_stands_on_it(statement, language):
    with use_language(language):
        text, _ = read(render(statement.content, root=ROOT))
    found = [word for word in FORBIDDEN if re.search(rf"\b{word}", text, re.IGNORECASE)]
    assert found == []


def test_in_chinese_it_speaks_chinese(statement):
    with use_language("zh-hans"):
        page = render(statement.content, root=ROOT)
    text, tags = read(page)
    assert ("html", {"lang": "zh-Hans"}) in tags
    for words in ("2025 年度价值报告", "核验包", "回访", "内部"):
        assert words in text
    # What stays is the definition's own, names of the office, units, and what is typed.
    for words in ("claimed", "figures", "Rules", "yourself", "Figure", "What ", "How ", "known", "Made"):
        assert words not in text


def test_what_does_not_apply_is_a_dash_and_never_0(tmp_path):
    statement = stated([write(tmp_path, {"applications": []})])
    with use_language("en"):
        text, _ = read(render(statement.content))
    assert "Asked –" in text
    assert "Followed up –" in text
    assert not re.search(r"(Asked|Eligible|Awarded|Followed up|Supported) 0", text)


def test_where_nobody_can_apply_there_is_no_table_of_dashes(tmp_path):
    content = stated([write(tmp_path, {"applications": []})]).content
    (part,) = content["programmes"]
    public = {**content, "programmes": [{**part, "serves": "public"}]}
    with use_language("en"):
        text, _ = read(render(public))
    assert "From asking to follow-up" not in text
    assert "Figures" in text


def test_what_answers_a_standard_is_listed_by_its_requirement_with_its_edition(tmp_path):
    content = stated([write(tmp_path, STORY)]).content
    (part,) = content["programmes"]
    first, *others = part["figures"]
    figures = [{**first, "codes": ["GRI 203-1 2016", "SDG 3.8 2015"]}, *others]
    with use_language("en"):
        page = render({**content, "programmes": [{**part, "figures": figures}]})
        text, tags = read(page)
    assert "By standard" in text
    assert text.index("GRI 203-1 (2016)") < text.index("SDG 3.8 (2015)")
    links = [attributes["href"] for _tag, attributes in tags if "href" in attributes]
    assert links.count(f"#figure-1-{first['name']}") == 2


def test_the_rows_of_the_funnel_are_data_for_a_terminal(statement):
    with use_language("en"):
        rows = funnel_rows(part_of(statement))
        texts = {row.key: row.text for row in rows}
    assert [row.key for row in rows] == [
        "asked",
        "eligible",
        "needs_information",
        "not_eligible",
        "not_checked",
        "awarded",
        "decided_elsewhere",
        "delivered",
        "deliveries",
        "followed_up",
    ]
    assert (texts["asked"], texts["followed_up"]) == ("7", "1 of 5")


def test_numbers_are_written_as_people_read_them():
    with use_language("en"):
        assert counted(None) == "–"
        assert counted(0, 12_345) == "0 of 12,345"
        assert percent(Decimal("0.666667")) == "66.7%"
        assert number(Decimal("-1234.50")) == "-1,234.50"


def test_several_programmes_are_listed_and_only_what_was_put_in_is_added_up(tmp_path):
    first = write(tmp_path / "first")
    second = write(tmp_path / "second", {**STORY, "follow_up_later": [later(0, "lost")]})
    second = Account(second.programme, second.facts, key="second", title="A second round")
    with use_language("en"):
        text, tags = read(render(stated([first, second]).content))
    assert ("a", {"href": "#programme-2"}) in tags
    assert "What was put in, all programmes" in text
    assert "4,800.10 CNY" in text


def test_what_was_put_in_is_told_by_theme_where_a_theme_has_several_programmes(tmp_path):
    first = write(tmp_path / "first")
    second = Account(first.programme, first.facts, key="second", title="A second round")
    other = written(tmp_path / "contracts", CONTRACTS)
    with use_language("en"):
        together = render(stated([first, second, other]).content).partition("<section")[0]
        alone = render(stated([first, other]).content).partition("<section")[0]
    assert "<h3>education</h3>" in together
    assert "<h3>education</h3>" not in alone, "its programme says the same"
    # Each round gave a laptop of which nobody knows the cost: the sums say so.
    assert "2 without a known amount" in read(together.partition("<main>")[2])[0]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("1226.666667", "1,226.67 CNY"),
        ("-0.004123", "-0.00412 CNY"),
        ("1.005", "1.00 CNY"),
        ("0.000", "0.00 CNY"),
        ("12.5", "12.5 CNY"),
        (None, "–"),
    ],
)
def test_a_quotient_is_shown_with_two_places_or_three_digits(value, text):
    with use_language("en"):
        figure = {"kind": "change", "unit": "CNY", "banded": False, "deflated": None, "measured": None}
        assert shown(figure, value, quotient=True) == text
        marked = "≈ " if value is not None else ""
        assert shown(figure | {"banded": True}, value, quotient=True) == marked + text


def test_an_exact_value_keeps_its_places():
    with use_language("en"):
        figure = {"kind": "median", "unit": "", "banded": False, "deflated": None, "measured": None}
        assert shown(figure, "0.125") == "0.125"


def test_a_statement_that_is_sent_alone_leads_to_no_file(statement):
    with use_language("en"):
        alone, beside = (render(statement.content, published=published) for published in (False, True))
    files = ("statement.json", "verification.zip", "statement.zh-hans.html")
    assert [name for name in files if f'href="{name}"' in alone] == []
    assert [name for name in files if f'href="{name}"' in beside] == list(files)


def test_people_and_attendances_stand_apart(tmp_path):
    story = {
        **STORY,
        "record_term_result": [term(number, "verified", enrolled=True, to=number % 2) for number in range(6)],
        "deliveries": [*(delivery(number, 0) for number in range(3)), delivery(3, 1)],
    }
    statement = stated([write(tmp_path, story)])
    with use_language("en"):
        text, _ = read(render(statement.content))
        rows = {row.key: row.text for row in funnel_rows(part_of(statement))}
    assert "100.0% 6 yes, 0 no known for 6 of 6 6 entries; people: 2" in text
    assert "known for 4 of 4 4 entries; people: 2" in text
    assert (rows["delivered"], rows["deliveries"]) == ("2", "4 (2 people)")
    assert rows["awarded"] == "4", "as many people as awards"


def test_entries_without_a_name_are_told_beside_the_people(tmp_path):
    story = {**STORY, "deliveries": [delivery(0), delivery(1), delivery(2, 0, party=None)]}
    with use_language("en"):
        text, _ = read(render(stated([write(tmp_path, story)]).content))
    assert "3 entries; people: 1; without a name: 1" in text
