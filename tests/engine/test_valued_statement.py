"""The value of outcomes in a statement: what it rests on, why there is none, its page, and a value that was changed."""

import json
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from statement_cases import KEY, bursaries, part_of, stated
from statement_cases import write as write_bursaries
from valued_cases import STORY, VALUATION, programme, visited, written

from almoner.engine.bundle import write_bundle
from almoner.engine.statement_page import render
from almoner.engine.value_words import grid_text
from almoner.engine.verify import verify
from almoner.values.canonical import canonical
from almoner.values.language import use_language


def valued(folder, rows=tuple(STORY), **said):
    """The one value in the statement of these rows."""
    made = programme(folder, **said)
    (value,) = part_of(stated([written(folder / "facts", made, rows)]))["values"]
    return value


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("valued")
    account = written(folder / "facts", programme(folder))
    return account, stated([account])


def test_the_worth_of_visits_is_told_with_its_range_and_all_it_rests_on(made):
    (value,) = part_of(made[1])["values"]
    assert (value["yes"], value["n"], value["N"]) == (40, 60, 75)
    # Of 40: 13,000 less 35 and 20 per cent, over three years that halve and are discounted at 1.5 per cent.
    assert value["central"] == "462284.44"
    assert value["adverse"] < value["low"] < value["central"] < value["high"]
    assert value["favourable"] == "1037328.21"
    assert (value["price_year"], value["currency"], value["draws"]) == (2019, "GBP", 10_000)
    assert [swing["name"] for swing in value["swings"]] == ["proxy", "deadweight", "drop_off", "attribution"]
    sources = {one["name"]: one["source"] for one in value["assumptions"]}
    assert sources["proxy"].startswith("HM Treasury")
    assert sources["discount_rate"] == "HM Treasury, Green Book: health and life"
    assert sources["attribution"] == ""


def test_what_a_value_does_not_say_is_said(made):
    said = " ".join(part_of(made[1])["not_claimed"])
    assert "Those who were not followed up are not valued" in said
    assert "Nobody received that money" in said
    assert "No value is divided by what was put in" in said
    assert "No economic value is claimed, for others or for the group." in said
    assert "No outcome is given a value" not in said
    assert any("95th percentile" in line for line in made[1].content["method"])


def test_whoever_was_not_followed_up_is_not_valued(tmp_path, made):
    reached = [row for row in STORY if row["state"] == "answered"]
    fewer = valued(tmp_path, reached)
    assert fewer["N"] == 60
    assert fewer["central"] == part_of(made[1])["values"][0]["central"]


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([], "Nobody was due to be followed up."),
        (
            [visited(1, "answered", point_more=True, due=date(2026, 1, 1))],
            "Nobody was due to be followed up.",
        ),
        (
            [visited(1, "lost"), visited(2, "due")],
            "Of nobody is it known whether the outcome came about.",
        ),
        ([visited(1, "answered")], "Of nobody is it known whether the outcome came about."),
        (
            [visited(1, "answered", point_more=True), visited(2, "answered", point_more=True, party=1)],
            "The same ones may stand in the figure more than once, and would be valued more than once.",
        ),
        (
            [{**visited(1, "answered", point_more=True), "party": None}],
            "The same ones may stand in the figure more than once, and would be valued more than once.",
        ),
    ],
)
def test_what_cannot_be_valued_has_a_reason_and_no_zero(tmp_path, rows, reason):
    value = valued(tmp_path, rows)
    assert value["not_valued"] == reason
    assert {value[name] for name in ("central", "low", "high", "adverse", "favourable", "seed")} == {None}
    assert grid_text(value).startswith(f"\N{EN DASH}; not valued: {reason}")


def test_nobody_who_answered_said_yes_is_a_value_of_nothing(tmp_path):
    value = valued(tmp_path, [visited(1, "answered", point_more=False), visited(2, "lost")])
    assert value["not_valued"] == ""
    assert {value[name] for name in ("central", "low", "high", "adverse", "favourable")} == {"0.00"}


def test_a_round_in_another_currency_does_not_read_a_worth_in_pounds_as_its_own(tmp_path):
    value = valued(tmp_path, round_={"currency": "CNY"})
    assert value["not_valued"] == "The worth of one is known in another currency than this account's."
    assert value["currency"] == "GBP"


def test_a_reason_not_to_value_is_told_and_kept_apart_from_the_groups(tmp_path):
    none = "valuation:\n  none: It is the neighbours' work.\n  for_the_group: {none: Visits sell nothing.}\n"
    part = part_of(stated([written(tmp_path / "facts", programme(tmp_path, none))]))
    assert part["not_valued"] == {
        "outcomes": "It is the neighbours' work.",
        "for_the_group": "Visits sell nothing.",
    }
    assert part["values"] == []
    assert part["not_claimed"][:2] == ["It is the neighbours' work.", "Visits sell nothing."]
    assert "No outcome is given a value in money." in part["not_claimed"]


def test_a_statement_without_a_value_says_nothing_of_how_one_is_made(tmp_path):
    statement = stated([write_bursaries(tmp_path)])
    assert bursaries().values == {}
    assert not any("percentile" in line for line in statement.content["method"])
    with use_language("en"):
        assert "Social value" not in render(statement.content)


ROWS = st.lists(st.tuples(st.sampled_from(["answered", "lost", "due"]), st.sampled_from([True, False, None])))


@given(ROWS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_value_is_that_of_those_who_said_yes_and_of_nobody_else(tmp_path_factory, rows):
    told = [visited(number, state, answer) for number, (state, answer) in enumerate(rows)]
    yes = sum(state == "answered" and answer is True for state, answer in rows)
    known = sum(state == "answered" and answer is not None for state, answer in rows)
    fixed = VALUATION[: VALUATION.index("    deadweight")] + (
        "    deadweight: 0\n    attribution: 0\n    displacement: 0\n    drop_off: 0\n"
        "    duration: 1 year\n    discount_rate: 0\n"
    )
    value = valued(tmp_path_factory.mktemp("rows"), told, valuation=fixed)
    assert value["central"] == (f"{yes * 13000}.00" if known else None)


def test_anybody_finds_the_same_value_from_the_file(made, tmp_path):
    account, statement = made
    bundle = write_bundle(tmp_path / "file", [account], statement, key=KEY)
    assert verify(bundle.path, bundle.root).agrees


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("central", "562284.44"),
        ("high", "900000.00"),
        ("low", "442331.79"),
        ("favourable", "9999999.00"),
        ("seed", "7"),
        ("draws", 100_000),
        ("yes", 41),
        ("price_year", 2025),
        ("assumptions", []),
        ("swings", []),
        ("not_valued", "Nobody was due to be followed up."),
    ],
)
def test_a_value_that_was_changed_is_refused(made, tmp_path, key, said):
    account, statement = made
    content = json.loads(statement.as_bytes)
    assert content["programmes"][0]["values"][0][key] != said
    content["programmes"][0]["values"][0][key] = said
    # Sealed anew, as whoever changed it would do: every digest agrees, only the rows do not.
    bundle = write_bundle(tmp_path / "file", [account], type(statement)(content), key=KEY)
    assert canonical(content) == (bundle.path / "statement.json").read_bytes()
    report = verify(bundle.path, bundle.root)
    assert not report.agrees
    assert any(problem.startswith("programmes, good_company, values, happier") for problem in report.problems)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "en",
            [
                "Social value",
                "462,284 GBP",
                "in nine of ten of 10,000 draws",
                "40 yes, known for 60 of 75; the others are not valued",
                "for 3 years, in the prices of 2019",
                "HM Treasury, Green Book: health and life",
                "No source is named.",
                "What the value of Happier rests on",
                "alone it moves the value from",
                "1.5%",
            ],
        ),
        ("zh-hans", ["社会价值", "462,284 GBP", "10,000", "3 年", "2019", "未注明来源"]),
    ],
)
def test_the_page_tells_the_value_its_range_its_prices_and_its_sources(made, language, said):
    with use_language(language):
        page = render(made[1].content)
    assert [words for words in said if words not in page] == []


def test_a_value_without_a_range_says_that_it_is_less_certain_than_it_looks(tmp_path):
    certain = VALUATION.replace("      low: 10000\n", "").replace("      high: 16000\n", "")
    certain = certain.replace("central: 13000", "value: 13000")
    certain = "\n".join(
        f"    {line.split(':')[0].strip()}: 0.5"
        if line.strip().startswith(("deadweight", "attribution", "drop"))
        else line
        for line in certain.splitlines()
    )
    value = valued(tmp_path, valuation=f"{certain}\n")
    assert (value["draws"], value["seed"]) == (0, None)
    assert "less certain than it looks" in grid_text(value)


def test_likeliest_figures_at_one_end_are_told(tmp_path):
    crooked = VALUATION.replace("{low: 0.20, central: 0.35", "{low: 0.35, central: 0.35")
    crooked = crooked.replace("{low: 0.10, central: 0.20", "{low: 0.20, central: 0.20")
    crooked = crooked.replace("low: 10000", "low: 1000").replace("high: 16000", "high: 13000")
    crooked = crooked.replace("{low: 0.25, central: 0.50", "{low: 0.50, central: 0.50")
    value = valued(tmp_path, valuation=crooked)
    assert float(value["central"]) > float(value["high"])
    assert "outside nine of ten draws" in grid_text(value)
