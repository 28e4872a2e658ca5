"""Each figure, its denominator and what stands beside it, from a story small enough to count by hand."""

from datetime import date
from decimal import Decimal

import pytest
from statement_cases import (
    STORY,
    YEAR,
    award,
    delivery,
    figures_of,
    later,
    ledger,
    part_of,
    stated,
    term,
    write,
)

from almoner.engine.figure_notes import beside
from almoner.engine.figures import Period, PeriodProblem, met
from almoner.engine.statement import Account, StatementProblem
from almoner.values.language import use_language


@pytest.fixture(scope="module")
def statement(tmp_path_factory):
    return stated([write(tmp_path_factory.mktemp("facts"))])


@pytest.fixture(scope="module")
def figures(statement):
    return figures_of(statement)


def groups(figure):
    names = ("yes", "no", "unknown", "refused", "died", "lost", "not_tried")
    return {name: figure[name] for name in names if figure[name]}


def test_the_funnel_counts_the_period_and_adds_up(statement):
    funnel = part_of(statement)["funnel"]
    assert funnel == {
        "asked": 7,
        "asked_by": 7,
        "eligible": 4,
        "needs_information": 1,
        "not_eligible": 1,
        "not_checked": 1,
        "lapsed": 0,
        "awarded": 4,
        "awarded_to": 4,
        "decided_elsewhere": 1,
        "delivered": 3,
        "deliveries": 4,
        "delivered_to": 3,
        "followed_up": 1,
        "due_for_follow_up": 5,
    }


def test_people_are_counted_once(figures):
    assert (figures["supported"]["value"], figures["supported"]["unit"]) == ("4", "people")
    assert figures["supported"]["decided_elsewhere"] == 1


def test_money_is_summed_exactly_and_only_for_its_benefit_and_period(figures):
    assert (figures["disbursed"]["value"], figures["disbursed"]["unit"]) == ("2400.05", "CNY")
    assert (figures["disbursed"]["n"], figures["disbursed"]["N"]) == (2, 2)
    assert (figures["laptops_given"]["value"], figures["laptops_given"]["unit"]) == ("2", "piece")


def test_an_unknown_answer_is_neither_yes_nor_no(figures):
    rural = figures["rural"]
    # Rural and 19; city; home unknown and 19; rural and 15.
    assert groups(rural) == {"yes": 1, "no": 2, "unknown": 1}
    assert (rural["numerator"], rural["denominator"], rural["value"]) == ("1", "3", "0.333333")
    assert (rural["n"], rural["N"]) == (3, 4)


def test_a_share_over_a_sealed_value_comes_from_its_own_column(figures):
    assert groups(figures["very_poor"]) == {"yes": 1, "no": 2, "unknown": 1}


def test_a_median_is_exact_and_of_what_is_known(figures):
    middle = figures["middle_tuition"]
    assert (middle["value"], middle["n"], middle["N"], middle["unknown"]) == ("1000.01", 3, 4, 1)
    assert middle["unit"] == "yuan a year"


def test_a_median_of_an_even_number_is_between_the_two_middle_ones(tmp_path):
    tuitions = ["0.01", "0.02", "10", "0.03"]
    rows = [award(number, **{"answer.tuition": Decimal(sum_)}) for number, sum_ in enumerate(tuitions)]
    found = figures_of(stated([write(tmp_path, {"awards": rows})]))
    assert found["middle_tuition"]["value"] == "0.025"


def test_the_quartiles_beside_a_median_show_how_far_apart_they_are(tmp_path):
    tuitions = ["1", "1", "2", "4", "5", "5", "5", None]
    rows = [award(n, **{"answer.tuition": sum_ and Decimal(sum_)}) for n, sum_ in enumerate(tuitions)]
    found = figures_of(stated([write(tmp_path, {"awards": rows})]))["middle_tuition"]
    assert (found["value"], found["quartiles"], found["unknown"]) == ("4.00", ["1.00", "5.00"], 1)
    with use_language("en"):
        assert "the middle half between 1.00 yuan a year and 5.00 yuan a year" in beside(found)


def test_a_figure_that_nothing_computes_yet_is_listed_without_a_value(figures, statement):
    assert (figures["reached_early"]["carried_out"], figures["reached_early"]["value"]) == (False, None)
    assert any("not computed yet" in said for said in part_of(statement)["not_claimed"])


def test_a_median_of_cut_values_says_so(figures):
    assert figures["middle_income"]["banded"] is True
    assert figures["middle_tuition"]["banded"] is False


def test_only_a_verified_record_counts(figures):
    retention = figures["retention"]
    # Verified yes, verified no; reported, due and verified without an answer are unknown.
    assert groups(retention) == {"yes": 1, "no": 1, "unknown": 3}
    assert (retention["value"], retention["n"], retention["N"]) == ("0.5", 2, 5)
    assert retention["target_met"] is False


def test_who_was_lost_or_not_tried_is_in_no_denominator_but_in_n_of_big_n(figures):
    progression = figures["progression"]
    assert groups(progression) == {"yes": 1, "refused": 1, "died": 1, "lost": 1, "not_tried": 1}
    assert (progression["numerator"], progression["denominator"], progression["value"]) == ("1", "1", "1")
    assert (progression["n"], progression["N"]) == (1, 5)


def test_what_falls_due_after_the_period_is_not_of_it(figures, tmp_path):
    assert figures["progression"]["N"] == 5
    january = Period(date(2026, 1, 1), date(2026, 1, 31))
    found = figures_of(stated([write(tmp_path)], period=january))
    assert (found["progression"]["n"], found["progression"]["N"]) == (1, 1)


def test_where_nothing_ever_was_nothing_applies(tmp_path):
    found = stated([write(tmp_path, {"applications": [], "awards": []})])
    assert all(figure["value"] is None for figure in figures_of(found).values())
    assert all(figure["n"] is None and figure["target_met"] is None for figure in figures_of(found).values())
    assert all(count is None for count in part_of(found)["funnel"].values())
    assert [entry["amount"] for entry in part_of(found)["contributions"]] == [None, None, None]


def test_where_something_was_but_not_in_the_period_a_count_is_0_and_a_share_does_not_apply(tmp_path):
    story = {
        "awards": [award(0, awarded=date(2024, 1, 1))],
        "deliveries": [delivery(0, happened=date(2024, 1, 1))],
    }
    found = figures_of(stated([write(tmp_path, story)]))
    assert (found["supported"]["value"], found["disbursed"]["value"]) == ("0", "0.00")
    assert (found["rural"]["value"], found["rural"]["N"]) == (None, 0)


def test_a_sum_of_nothing_known_is_not_0(tmp_path):
    found = stated([write(tmp_path, {"deliveries": [delivery(0, amount=None)]})])
    assert figures_of(found)["disbursed"]["value"] is None
    assert (figures_of(found)["disbursed"]["n"], figures_of(found)["disbursed"]["N"]) == (0, 1)
    assert part_of(found)["contributions"][0] | {"rows": 0} == {
        "name": "grants",
        "input": "cash",
        "motive": "investment",
        "source": "deliveries of grant",
        "currency": "CNY",
        "amount": None,
        "rows": 0,
        "unknown": 1,
        "codes": [],
    }


def test_an_empty_group_is_never_a_whole_share(tmp_path):
    found = figures_of(stated([write(tmp_path, {"follow_up_later": [later(0, "lost")]})]))
    assert (found["progression"]["value"], found["progression"]["target_met"]) == (None, None)


def test_somebody_with_two_awards_is_one_person(tmp_path):
    rows = [award(0), award(1, party=award(0)["party"]), award(2, party=None)]
    found = figures_of(stated([write(tmp_path, {"awards": rows})]))
    supported = found["supported"]
    assert (supported["value"], supported["rows"], supported["unnamed"]) == ("1", 3, 1)


def test_what_was_put_in_is_kept_apart_by_kind_and_purpose(statement):
    contributed = part_of(statement)["contributed"]
    said = [(entry["input"], entry["motive"], entry["amount"], entry["unknown"]) for entry in contributed]
    assert said == [
        ("cash", "investment", "2400.05", 0),
        ("in_kind", "gift", "320.00", 1),
        ("management", "investment", "1100.00", 0),
    ]


def test_sums_beyond_64_bits_are_exact(tmp_path):
    rows = [delivery(number, amount=Decimal("999999999999.99")) for number in range(12)]
    found = figures_of(stated([write(tmp_path, {"deliveries": rows})]))
    assert found["disbursed"]["value"] == str(12 * Decimal("999999999999.99"))


def test_a_target_is_compared_exactly():
    assert met(2, 3, 666_666) is True
    assert met(2, 3, 666_667) is False
    assert met(1, 1, None) is None


def test_programmes_together_add_up_what_was_put_in_and_nothing_else(tmp_path):
    account = write(tmp_path)
    other = Account(account.programme, account.facts, key="second-round", title="Second round")
    together = stated([account, other]).content["together"]
    assert together["contributed"][0]["amount"] == "4800.10"
    assert [theme["programmes"] for theme in together["themes"]] == [["bursaries", "second-round"]]
    assert set(together) == {"themes", "contributed"}
    assert stated([account, other], together=False).content["together"] is None


def test_the_statement_says_what_it_does_not_claim(statement):
    said = " ".join(part_of(statement)["not_claimed"])
    for words in ("difference, never an effect", "not reached", "decided elsewhere", "value in money"):
        assert words in said
    assert statement.content["marking"] == "internal"


def test_the_same_facts_are_the_same_statement(tmp_path, statement):
    assert stated([write(tmp_path)]).as_bytes == statement.as_bytes
    assert stated([write(tmp_path / "b", STORY | {"contributions": [ledger("2025-01", "1")]})]) != statement


def test_a_period_is_whole_months():
    assert YEAR.months == ("2025-01", "2025-12")
    for starts, ends in [(date(2025, 1, 2), date(2025, 1, 31)), (date(2025, 1, 1), date(2025, 1, 30))]:
        with pytest.raises(PeriodProblem):
            Period(starts, ends)
    with pytest.raises(PeriodProblem):
        Period(date(2025, 2, 1), date(2025, 1, 31))


def test_a_name_that_could_leave_the_folder_is_refused(tmp_path):
    account = write(tmp_path)
    for name in ("../up", "a/b", ".hidden", "UPPER"):
        with pytest.raises(StatementProblem):
            stated([Account(account.programme, account.facts, key=name)])
    with pytest.raises(StatementProblem):
        stated([account, account])
    with pytest.raises(StatementProblem):
        stated([])


def test_an_answer_that_came_after_the_period_counts_for_what_was_due_in_it(tmp_path):
    rows = [term(0, "verified", enrolled=True, happened=date(2026, 1, 9))]
    found = figures_of(stated([write(tmp_path, {"record_term_result": rows})]))
    assert (found["retention"]["n"], found["retention"]["N"]) == (1, 1)
