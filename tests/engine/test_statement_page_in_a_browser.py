"""A published statement as people meet it: in a browser, on a phone and a desk, in English and in Chinese."""

from __future__ import annotations

import re
import threading
from datetime import UTC, datetime

import pytest
from change_cases import RISING, deflating, written
from change_cases import STORY as CONTRACTS
from statement_cases import KEY, stated, write
from valued_cases import programme as valued_programme
from valued_cases import written as visits

from almoner.cli.serving import server
from almoner.engine.bundle import write_bundle
from almoner.engine.statement import Account
from almoner.engine.statement_page import PAGES, render
from almoner.engine.verify import verify
from almoner.values.language import use_language
from browsers import pushed_out, violations

pytestmark = pytest.mark.browser

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
WIDTHS = pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
PATHS = {"en": "/", "zh-hans": "/statement.zh-hans.html"}
LANGUAGES = pytest.mark.parametrize("language", PATHS)
FIRST_LINE = {"en": "demonstration: no company's results", "zh-hans": "演示：并非任何公司的成果"}


@pytest.fixture(scope="module")
def accounts(tmp_path_factory):
    """Every kind of figure, a comparison, prices, a value, and a title longer than a phone is wide."""
    first = write(tmp_path_factory.mktemp("bursaries"))
    folder = tmp_path_factory.mktemp("contracts")
    second = written(folder / "facts", CONTRACTS, deflating(folder, RISING))
    long = Account(first.programme, first.facts, key="long", title="Donaudampfschifffahrtsgesellschaft" * 3)
    third = visits(folder / "visits", valued_programme(folder))
    return [first, second, third, long]


@pytest.fixture(scope="module")
def statement(accounts):
    return stated(accounts, first_line=FIRST_LINE["en"])


@pytest.fixture(scope="module")
def address(accounts, statement, tmp_path_factory):
    """Where the statement is served, as `almoner show` and `almoner demo` serve one."""
    folder = tmp_path_factory.mktemp("published")
    bundle = write_bundle(folder / "verification.zip", accounts, statement, key=KEY)
    (folder / "statement.json").write_bytes(statement.as_bytes)
    for language, name in PAGES.items():
        with use_language(language):
            page = render(statement.content, root=bundle.root, published=True)
        (folder / name).write_text(page, encoding="utf-8")
    with server(folder, 0) as serving:
        thread = threading.Thread(target=serving.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{serving.server_address[1]}"
        serving.shutdown()
        thread.join()


@pytest.fixture
def opened(browser, address):
    """Opens a page at a width; whatever it asked for and complained of is kept with it."""
    contexts = []

    def open_page(language="en", size=PHONE, **options):
        context = browser.new_context(viewport=size, **options)
        contexts.append(context)
        page = context.new_page()
        page.asked, page.complaints = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("console", lambda said: page.complaints.append(said.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.goto(address + PATHS[language])
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.mark.parametrize(
    ("language", "size", "colours"),
    [
        ("en", PHONE, "light"),
        ("en", DESK, "dark"),
        ("zh-hans", PHONE, "dark"),
        ("zh-hans", DESK, "light"),
    ],
    ids=lambda value: "" if isinstance(value, dict) else value,
)
def test_nobody_is_shut_out(opened, language, size, colours):
    assert violations(opened(language, size, color_scheme=colours)) == []


def test_a_page_that_shuts_people_out_is_found(browser):
    page = browser.new_page(viewport=PHONE)
    page.set_content("<body style='width:500px'><img src='data:,'><p style='color:#ccc'>Pale</p></body>")
    assert {"html-has-lang", "image-alt", "color-contrast"} <= {name for name, _place in violations(page)}
    assert pushed_out(page)
    page.close()


@LANGUAGES
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nothing_has_to_be_pushed_sideways(opened, language, width):
    assert pushed_out(opened(language, {"width": width, "height": 800})) == []


@LANGUAGES
@WIDTHS
def test_whoever_opens_it_reads_first_that_it_is_a_demonstration(opened, language, size):
    page = opened(language, size)
    first = page.evaluate("document.body.innerText.trim().split('\\n')[0]")
    assert first == FIRST_LINE[language]
    box = page.get_by_text(first).bounding_box()
    assert box["y"] >= 0
    assert box["y"] + box["height"] < 150


@LANGUAGES
def test_it_says_which_language_it_speaks(opened, language):
    page = opened(language)
    assert page.locator("html").get_attribute("lang") == {"en": "en", "zh-hans": "zh-Hans"}[language]
    chinese = re.findall(r"[\u4e00-\u9fff]", page.locator("main").inner_text())
    assert bool(chinese) == (language == "zh-hans")


@LANGUAGES
def test_no_request_leaves_the_page(opened, address, language):
    page = opened(language)
    page.mouse.wheel(0, 20_000)
    assert page.asked == [address + PATHS[language]]
    assert page.complaints == []


@LANGUAGES
@WIDTHS
def test_every_figure_shows_of_how_many_it_is_known(opened, statement, language, size):
    page = opened(language, size)
    of = {"en": "known for {n} of {N}", "zh-hans": "已知 {n}（共 {N}）"}[language]
    looked = 0
    for place, part in enumerate(statement.content["programmes"], start=1):
        for figure in part["figures"]:
            if figure["N"] is None or figure["kind"] == "count":
                continue
            row = page.locator(f"#figure-{place}-{figure['name']}")
            assert row.get_by_text(of.format(**figure), exact=True).is_visible(), figure["name"]
            looked += 1
    assert looked >= 10


def test_every_link_leads_to_its_place(opened):
    page = opened()
    links = page.locator("a[href^='#']")
    assert links.count() >= 3
    for place in range(links.count()):
        links.nth(place).click()
        target = page.locator(":target")
        assert target.count() == 1
        assert -1 < target.bounding_box()["y"] < PHONE["height"]


def test_a_figure_leads_to_its_rows(opened, statement):
    page = opened()
    page.locator("#figure-2-net_income").get_by_role("link", name="Survey").click()
    rows = page.locator(":target")
    (fact,) = [
        one for one in statement.content["programmes"][1]["facts"] if one["table"] == "follow_up_survey"
    ]
    assert "facts/contracts/follow_up_survey.parquet" in rows.inner_text()
    assert fact["sha256"] in rows.inner_text()
    # Every figure and every contribution of the first programme has rows to lead to.
    for name in ("figure-1-supported", "figure-1-disbursed", "figure-1-retention", "figure-1-progression"):
        assert page.locator(f"#{name} a").get_attribute("href").startswith("#rows-1-")


def test_it_is_read_in_the_other_language_and_back(opened):
    page = opened()
    page.get_by_role("link", name="简体中文").click()
    assert page.locator("html").get_attribute("lang") == "zh-Hans"
    page.get_by_role("link", name="English").click()
    assert page.locator("html").get_attribute("lang") == "en"


def test_whoever_reads_it_can_take_the_verification_file_along_and_check_it(opened, tmp_path):
    page = opened()
    with page.expect_download() as taken:
        page.get_by_role("link", name="Verification file").click()
    taken.value.save_as(tmp_path / "verification.zip")
    root = re.search(r"--root\s+([0-9a-f]{64})", page.locator("footer").inner_text())
    report = verify(tmp_path / "verification.zip", root[1])
    assert report.problems == ()
    assert report.agrees


def test_it_can_be_walked_with_the_keyboard(opened):
    page = opened()
    page.keyboard.press("Tab")
    focused = page.locator(":focus")
    assert focused.get_attribute("href") == PAGES["zh-hans"]
    assert focused.evaluate("each => getComputedStyle(each).outlineStyle") == "solid"


@LANGUAGES
def test_it_prints(opened, language):
    page = opened(language, DESK, color_scheme="dark")
    printed = page.pdf(format="A4")
    assert printed.startswith(b"%PDF")
    assert len(re.findall(rb"/Type /Page\b", printed)) >= 3
    page.emulate_media(media="print")
    assert page.get_by_text(FIRST_LINE[language]).is_visible()
    assert [each for each in page.locator("nav").all() if each.is_visible()] == []
    paper = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(paper) == "rgb(255, 255, 255)", "a page read in the dark is printed on white"
    page.set_viewport_size({"width": 640, "height": 900})  # what A4 leaves between its margins
    assert pushed_out(page) == []


def test_the_day_it_was_made_is_read_as_people_write_it(opened):
    assert (
        datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC).strftime("%b %-d, %Y")
        in opened().locator("footer").inner_text()
    )
