"""Twice is once."""

import pytest
from django.db import transaction

from almoner.vault.idempotency import KeyReused, once
from almoner.vault.models import NotAllowed, StepResult
from databases import together


def step(done, key="k", arguments=None):
    def do():
        done.append(key)
        return {"number": len(done)}

    with transaction.atomic():
        return once("award", key, arguments or {"case": 1}, do)


def test_the_second_call_returns_the_first_result(database):
    done = []
    assert step(done) == step(done) == {"number": 1}
    assert done == ["k"]


def test_another_key_or_step_is_another_call(database):
    done = []
    assert step(done, "a") == {"number": 1}
    assert step(done, "b") == {"number": 2}
    with transaction.atomic():
        assert once("deliver", "a", {"case": 1}, lambda: 9) == 9


def test_a_key_with_other_arguments_is_refused(database):
    done = []
    step(done)
    with pytest.raises(KeyReused, match="other arguments"):
        step(done, arguments={"case": 2})
    assert done == ["k"]


def test_a_step_that_failed_can_be_done_again(database):
    def fail():
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"), transaction.atomic():
        once("award", "k", {"case": 1}, fail)
    assert not StepResult.objects.exists()
    assert step([]) == {"number": 1}


def test_a_step_needs_a_key_and_a_transaction(database):
    with pytest.raises(NotAllowed, match="key"), transaction.atomic():
        once("award", "", {}, dict)
    with pytest.raises(NotAllowed, match="transaction"):
        once("award", "k", {}, dict)


def test_a_payment_that_timed_out_is_not_sent_again(database):
    """PEERS 2, item 13: an exception after the bank accepted was taken for a lock failure and sent again."""
    sent = []

    def send():
        with transaction.atomic():
            return once("pay", "instalment 1", {"amount": "5000.00"}, lambda: sent.append(1) or "accepted")

    assert send() == "accepted"
    assert [send() for _ in range(5)] == ["accepted"] * 5
    assert sent == [1]


def test_calls_at_the_same_time_do_it_once(database):
    done = []
    outcomes = together(*[lambda: step(done)] * 4)
    assert outcomes == [{"number": 1}] * 4
    assert done == ["k"]
