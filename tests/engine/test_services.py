"""Services that are called off: what a session pays, what caps on money leave, and who is in two places at once."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from awarded_cases import small, small_case
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from service_cases import BOOKED, SESSIONS, after, session, sessions

from almoner.engine.call_off_cases import settling, taking
from almoner.engine.call_offs import Brought, reckon, reckon_many, top_up
from almoner.engine.caps import Around
from almoner.engine.overlaps import Held
from almoner.values.money import Money

MARCH_2, MARCH_3 = date(2026, 3, 2), date(2026, 3, 3)
IN_ONE_FOLDER = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def yuan(text) -> Money:
    return Money.of(Decimal(text), "CNY")


def test_a_session_is_priced_and_paid_for(tmp_path):
    _answers, reckoned = session(sessions(tmp_path), MARCH_2)
    assert (reckoned.outcome, reckoned.paid, reckoned.quantity) == ("taken", yuan(600), 60)


def test_what_goes_over_the_month_is_cancelled_in_money_and_the_minutes_stay(tmp_path):
    case = after(after(sessions(tmp_path), MARCH_2, minutes=100), MARCH_3, minutes=60)
    answers, reckoned = session(case, date(2026, 3, 4), minutes=45)
    assert reckoned.paid == yuan(200)
    assert reckoned.cancelled == {"amount_per_month": 250}
    assert reckoned.quantity == 45
    made = taking(case, "therapy", 3, answers, reckoned).instalments[-2:]
    assert [(one.name, one.money, one.state) for one in made] == [
        ("delivery_3", yuan(200), "scheduled"),
        ("delivery_3_amount_per_month", yuan(250), "cancelled"),
    ]


def test_a_month_that_is_used_up_refuses_and_the_next_one_begins_anew(tmp_path):
    case = after(sessions(tmp_path), MARCH_2, minutes=180)
    _answers, reckoned = session(case, date(2026, 3, 31))
    assert (reckoned.outcome, reckoned.refused_by) == ("refused", ("amount_per_month",))
    assert session(case, date(2026, 4, 1))[1].paid == yuan(600)


def test_a_top_up_counts_on_the_day_of_its_session_and_never_goes_over_the_cap(tmp_path):
    (tmp_path / "price.csv").write_text("from,kind,a_minute\n2026-03-05,any,20\n", encoding="utf-8")
    text = SESSIONS.replace(
        "      amount: rate * minutes\n",
        "      derive: {price: \"lookup(price, 'any')\"}\n      while_unknown: {price: 10}\n"
        "      amount: price * minutes\n",
    )
    lookups = "lookups:\n  price: {file: price.csv, source: Bulletin, keys: {kind: text}, values: {a_minute: money}}"
    case = after(small_case(small(tmp_path, text, lookups=lookups)), MARCH_2, minutes=100)
    (waiting,) = case.delivered
    assert (waiting.amount, waiting.stand_ins) == (yuan(1000), ("price",))
    assert top_up(case, waiting, MARCH_3) is None
    extra = top_up(case, waiting, date(2026, 4, 2))
    assert extra is not None
    assert (extra.paid, extra.cancelled) == (yuan(800), {"amount_per_month": 200})
    settled = settling(case, waiting, extra)
    assert settled.delivered[0].amount == yuan(1800)
    assert session(settled, date(2026, 3, 31))[1].refused_by == ("amount_per_month",)
    assert session(settled, date(2026, 4, 3))[1].is_taken


def test_a_session_for_nothing_is_taken_though_the_money_is_used_up(tmp_path):
    case = after(sessions(tmp_path), MARCH_2, minutes=180)
    _answers, reckoned = session(case, MARCH_3, rate=Decimal(0))
    assert (reckoned.outcome, reckoned.paid) == ("taken", yuan(0))


def test_the_year_ends_with_the_calendars_year(tmp_path):
    case = sessions(tmp_path)
    for month in range(2, 12):
        case = after(case, date(2026, month, 5), minutes=180)
    _answers, reckoned = session(case, date(2026, 12, 5))
    assert reckoned.refused_by == ("amount_per_year",)
    assert session(case, date(2027, 1, 5))[1].paid == yuan(600)


def test_a_cap_of_units_and_one_of_money_bite_one_after_the_other(tmp_path):
    text = SESSIONS.replace("minutes: 2000 per month", "minutes: 100 per month")
    case = small_case(small(tmp_path, text))
    _answers, reckoned = session(case, MARCH_2, minutes=120, rate=Decimal(20))
    assert reckoned.cancelled == {"minutes_per_month": 20, "amount_per_month": 200}
    assert (reckoned.quantity, reckoned.paid) == (100, yuan(1800))


@pytest.mark.parametrize("unknown", ["rate", "minutes", "began", "therapist"])
def test_what_is_not_said_is_held_and_named(tmp_path, unknown):
    _answers, reckoned = session(sessions(tmp_path), MARCH_2, **{unknown: None})
    assert reckoned.outcome == "held"
    assert unknown in reckoned.missing


@pytest.mark.parametrize("said", ["25:00", "9.30", "9", "noon"])
def test_a_time_that_is_none_is_refused(tmp_path, said):
    _answers, reckoned = session(sessions(tmp_path), MARCH_2, began=said)
    assert (reckoned.outcome, reckoned.refused_by) == ("refused", ("began",))


@pytest.mark.parametrize(
    ("on", "began", "therapist", "outcome"),
    [
        (MARCH_2, "09:59", "T-1", "refused"),
        (MARCH_2, "10:00", "T-1", "taken"),
        (MARCH_2, "08:00", "T-1", "taken"),
        (MARCH_2, "08:01", "T-1", "refused"),
        (MARCH_2, "09:30", "T-2", "taken"),
        (MARCH_2, "9:30", " t-1", "refused"),
        (MARCH_3, "09:30", "T-1", "taken"),
    ],
)
def test_nobody_is_in_two_places_at_once(tmp_path, on, began, therapist, outcome):
    case = after(sessions(tmp_path), MARCH_2)
    _answers, reckoned = session(case, on, began=began, therapist=therapist)
    assert reckoned.outcome == outcome
    assert ("two_places_at_once" in reckoned.refused_by) == (outcome == "refused")


def test_a_session_that_goes_past_midnight_is_there_the_next_day(tmp_path):
    case = after(sessions(tmp_path), MARCH_2, began="23:30")
    assert session(case, MARCH_3, began="00:29")[1].refused_by == ("two_places_at_once",)
    assert session(case, MARCH_3, began="00:30")[1].is_taken


def test_two_patients_cannot_have_the_same_therapist_at_once(tmp_path):
    case = sessions(tmp_path)
    answers, _first = session(case, MARCH_2)
    brought = [
        Brought(case, answers, MARCH_2),
        Brought(case, {**answers, "began": "09:20"}, MARCH_2),
    ]
    first, second = reckon_many(case.programme, "therapy", brought)
    assert (first.outcome, second.refused_by) == ("taken", ("two_places_at_once",))


def test_a_session_that_was_refused_takes_nobodys_time(tmp_path):
    case = sessions(tmp_path)
    used_up = after(case, MARCH_3, minutes=180, began="12:00")
    answers, _first = session(case, MARCH_2)
    first, second = reckon_many(
        case.programme, "therapy", [Brought(used_up, answers, MARCH_2), Brought(case, answers, MARCH_2)]
    )
    assert first.refused_by == ("amount_per_month",)
    assert second.is_taken


def test_whose_other_session_is_not_dated_holds(tmp_path):
    case = sessions(tmp_path)
    answers, _first = session(case, MARCH_2)
    around = Around()
    around.busy.add(Held("therapy", MARCH_2, {**answers, "began": None}))
    (reckoned,) = reckon_many(case.programme, "therapy", [Brought(case, answers, MARCH_2)], around)
    assert (reckoned.outcome, reckoned.missing) == ("held", ("overlaps(therapist)",))


def test_a_sequencer_is_booked_by_the_hour_with_the_same_words(tmp_path):
    case = small_case(small(tmp_path, BOOKED))
    answers = {
        "instrument": "sequencer",
        "hours": Decimal("38.5"),
        "began": "08:00",
        "minutes": Decimal(600),
    }
    booked = {**answers, "hours": Decimal(24)}
    first = reckon(case, "platform", booked, MARCH_2)
    assert (first.outcome, first.quantity, first.amount, first.paid) == ("taken", 24, yuan(1920), None)
    case = taking(case, "platform", 1, booked, first)
    assert case.instalments[-1].state == "paid"
    again = {**booked, "began": "17:59", "hours": Decimal(20)}
    assert reckon(case, "platform", again, MARCH_2).refused_by == ("booked_already",)
    over = reckon(case, "platform", again | {"instrument": "cryostat"}, MARCH_2)
    assert (over.quantity, over.cancelled) == (16, {"hours_per_month": 4})


# In plain Python --------------------------------------------------------------------------------------------------

DAYS = st.dates(date(2026, 11, 1), date(2027, 2, 28))


@IN_ONE_FOLDER
@given(
    st.lists(
        st.tuples(DAYS, st.integers(min_value=1, max_value=240), st.integers(min_value=0, max_value=40)),
        min_size=1,
        max_size=8,
    )
)
def test_caps_on_money_come_to_what_plain_python_computes(tmp_path, brought):
    case = sessions(tmp_path)
    paid: list[tuple[date, Decimal]] = []
    minutes: list[tuple[date, int]] = []
    for number, (day, lasted, rate) in enumerate(brought, start=1):
        answers, reckoned = session(case, day, minutes=lasted, rate=Decimal(rate), therapist=f"T-{number}")
        in_month = sum(part for on, part in paid if (on.year, on.month) == (day.year, day.month))
        in_year = sum(part for on, part in paid if on.year == day.year)
        room = min(1800 - in_month, 18000 - in_year)
        counted = min(
            lasted, 2000 - sum(part for on, part in minutes if (on.year, on.month) == (day.year, day.month))
        )
        worth = Decimal(counted * rate)
        if counted == 0 or (lasted * rate and not room):
            assert reckoned.outcome == "refused"
            continue
        assert reckoned.paid == yuan(min(worth, room))
        assert sum(reckoned.cancelled.values()) == (lasted - counted) + max(worth - room, Decimal(0))
        paid.append((day, min(worth, Decimal(room))))
        minutes.append((day, counted))
        case = taking(case, "therapy", number, answers, reckoned)


SLOTS = st.tuples(
    st.integers(min_value=0, max_value=2),
    st.integers(min_value=0, max_value=1439),
    st.integers(min_value=1, max_value=240),
    st.sampled_from(["T-1", "T-2"]),
)


@IN_ONE_FOLDER
@given(st.lists(SLOTS, min_size=2, max_size=7))
def test_a_therapist_never_has_the_same_minute_twice(tmp_path, slots):
    case = sessions(tmp_path)
    brought, spans = [], []
    for day, begins, lasts, who in slots:
        on = MARCH_2 + timedelta(days=day)
        began = f"{begins // 60:02}:{begins % 60:02}"
        answers, _one = session(case, on, began=began, minutes=lasts, therapist=who, rate=Decimal(1))
        brought.append(Brought(case, answers, on))
        spans.append((who, set(range(day * 1440 + begins, day * 1440 + begins + lasts))))
    taken: list[tuple[str, set[int]]] = []
    for (who, span), reckoned in zip(spans, reckon_many(case.programme, "therapy", brought), strict=True):
        free = not any(other == who and span & there for other, there in taken)
        assert reckoned.is_taken == free
        if free:
            taken.append((who, span))
