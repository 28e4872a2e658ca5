"""Benefits, records, follow-ups, standing, exit, indicators, valuation, publish: what each says is checked."""

# ruff: noqa: E501 -- a message stands whole beside what brings it about

from __future__ import annotations

from pathlib import Path

import pytest
from definition_texts import accepted, checked, problems_of, text_of

from almoner.definitions.programme import Due, Duration
from almoner.definitions.tree import Type

RECORDS = """\
records:
  report: {about: award, every: quarter, due: 30 days, by: party, verified_by: officer, form: {jobs: {type: integer}, ok: {type: boolean}, seen_on: {type: date}}}
"""
GRANT = "benefits:\n  grant: {kind: cash, amount: 500}\n"


def one(section: str, line: str) -> dict[str, str]:
    return {section: f"{section}:\n  x: {line}\n"}


BENEFITS = [
    ("{kind: gift, amount: 5}", "'kind' of 'x' is 'gift', which is none of: cash, in_kind, service, purchase, space, event."),
    ("{kind: cash}", "'x' does not say how much. Add 'amount'."),
    ("{kind: in_kind}", "'x' does not say how much. Add 'quantity'."),
    ("{kind: cash, quantity: 1, amount: 5}", "'x' is cash; it has 'amount', not 'quantity'."),
    ("{kind: in_kind, amount: 5, quantity: 1}", "'x' is in_kind; it has 'quantity', not 'amount'."),
    ("{kind: cash, amount: age}", "'x' is a whole number: age; here money must stand."),
    ("{kind: in_kind, quantity: income}", "'x' is money: income; here a number must stand."),
    ("{kind: cash, amount: 5, when: age}", "'x' is a whole number: age; here true or false must stand."),
    ("{kind: in_kind, quantity: 1, unit_value: -2}", "'x' has a unit_value below 0."),
    ("{kind: cash, amount: 5, instalments: {a: {share: 0.5, due: on award}, b: {share: 0.4, due: 1 day after award}}}",
     "The shares of 'x' sum to 0.9, not to 1."),
    ("{kind: cash, amount: 5, instalments: {a: {share: 0.333333, due: on award}, b: {share: 0.666666, due: on award}}}",
     "The shares of 'x' sum to 0.999999, not to 1."),
    ("{kind: cash, amount: 5, instalments: {a: {share: 0.5, due: on award}, b: {amount: 4, due: on award}}}",
     "'x' mixes shares and amounts; its instalments are all the one or all the other."),
    ("{kind: cash, amount: 5, instalments: {a: {due: on award}}}", "'a' must have a share or an amount, and not both."),
    ("{kind: cash, amount: 5, instalments: {a: {share: 1}}}", "'a' has no 'due'."),
    ("{kind: cash, amount: 5, instalments: {a: {share: 1, due: later}}}", "'due' of 'a': 'later' says no day."),
    ("{kind: cash, amount: 5, instalments: {a: {share: 1, due: 5 days after delivery}}}", "must say which delivery: first, last or each."),
    ("{kind: cash, amount: 5, instalments: {a: {share: 1, due: 5 days after awrd}}}",
     "'5 days after awrd' counts from 'awrd', which is none of: award, first delivery, last delivery, each delivery, end, session. Did you mean 'award'?"),
    ("{kind: cash, amount: 5, instalments: {a: {share: 1, due: after award}}}", "'after award' does not say how long after. Write '30 days after award'."),
    ("{kind: cash, amount: 5, caps: {packs: many}}", "'x' uses 'many', which no section defines."),
    ("{kind: cash, amount: 5, caps: {packs: -3}}", "The cap 'packs' of 'x' is no figure. Write 24, '3 per 84 days' or a date."),
    ("{kind: in_kind, unit: pack, quantity: 5, caps: {packs: 3}}", "The cap 'packs' of 'x' is none of: pack, amount, people, date, stock, days, weeks, months, years. Did you mean 'pack'?"),
    ("{kind: in_kind, unit: pack, quantity: 5, caps: {people: 5 per month}}", "The cap 'people' of 'x' is no figure."),
    ("{kind: in_kind, unit: pack, quantity: 5, caps: {pack: [3 per 84 days, 4 per 84 days]}, call_off: true, each_delivery: {form: {n: {type: integer, ask: N}}, quantity: n}}", "'caps' of 'x' has two caps alike."),
    ("{kind: in_kind, unit: pack, call_off: true, caps: {stock: true}, each_delivery: {form: {n: {type: integer, ask: N}}, quantity: n}}", "'x' is capped by its stock, so each delivery must ask for one lot"),
    ("{kind: in_kind, unit: pack, call_off: true, each_delivery: {form: {n: {type: integer, ask: N}}}}", "'x' does not say how much is handed over. Add 'quantity' to its each_delivery."),
    ("{kind: in_kind, unit: pack, call_off: true, each_delivery: {form: {n: {type: integer, ask: N}}, quantity: n, pay: every friday}}", "'x' is in_kind: nothing is paid for a delivery. Leave out 'pay'."),
    ("{kind: in_kind, unit: pack, cycle: {bought: 1, paid: 5, aided: 5, every: 0 days}}", "'every' of the cycle of 'x' must be in days, weeks, months or years, and not 0."),
    ("{kind: in_kind, unit: pack, cycle: {bought: 1, paid: 5, aided: 5, every: 28 days}}", "'x' has a cycle, so it must say what each hand-over asks. Add 'each_delivery'."),
    ("{kind: in_kind, unit: pack, call_off: true, each_delivery: {form: {n: {type: integer, ask: N}}, quantity: n, needs: {chek: present}}}", "'needs' of 'x' names 'chek', which is neither in its form nor a record."),
    ("{kind: in_kind, unit: pack, call_off: true, each_delivery: {form: {n: {type: integer, ask: N}}, quantity: n, needs: {n: unique across programmes}}}", "'n' must be unique, so it must be a record that asks for a number (type: code)."),
    ("{kind: service, call_off: true, quantity: 5, each_delivery: {form: {m: {type: integer}}, amount: 5}}", "'x' is service, paid for by the delivery; it has 'amount', not 'quantity'."),
    ("{kind: service, call_off: true, quantity: 5, each_delivery: {form: {m: {type: integer}}}}", "'x' does not say how much is handed over. Add 'quantity' to its each_delivery."),
    ("{kind: service, call_off: true, quantity: 5, caps: {amount: 9 per month}, each_delivery: {form: {m: {type: integer}}, quantity: m}}", "'x' is capped by 'amount', and nothing is paid for a delivery. Cap its quantity."),
    ("{kind: service, call_off: true, amount: 5, each_delivery: {form: {m: {type: integer, max: 90}, t: {type: text}, who: {type: code}}, amount: m * 2, begins: t}}", "'x' says when a delivery begins or how long it lasts; it must say both."),
    ("{kind: service, call_off: true, amount: 5, each_delivery: {form: {m: {type: integer, max: 90}, t: {type: text}, who: {type: code}}, amount: m * 2, begins: tt, lasts: m}}", "'begins' of 'x' names 'tt', which is no text of its form."),
    ("{kind: service, call_off: true, amount: 5, each_delivery: {form: {m: {type: integer, max: 90}, t: {type: text}, who: {type: code}}, amount: m * 2, begins: t, lasts: who}}", "'lasts' of 'x' names 'who', which is no whole number of its form."),
    ("{kind: service, call_off: true, amount: 5, each_delivery: {form: {m: {type: integer, max: 9000}, t: {type: text}, who: {type: code}}, amount: m * 2, begins: t, lasts: m}}", "'m' of 'x' is in minutes and needs a 'max' of at most 1440, a day."),
    ("{kind: service, call_off: true, amount: 5, each_delivery: {form: {m: {type: integer, max: 90}, t: {type: text}, who: {type: code}}, amount: m * 2, refuse_when: {twice: overlaps(who)}}}", "'twice' calls overlaps with who; it stands in each_delivery with 'begins' and 'lasts'"),
    ("{kind: service, call_off: true, amount: 5, each_delivery: {form: {m: {type: integer, max: 90}, t: {type: text}, who: {type: code}}, amount: m * 2, begins: t, lasts: m, refuse_when: {twice: overlaps(m)}}}", "'twice' calls overlaps with m;"),
    ("{kind: cash, amount: 5, caps: {amount: [5 per month, 9 per moon]}}", "The cap 'amount' of 'x' is no figure."),
    ("{kind: cash, amount: 5, repaid_from: y}", "'repaid_from' of 'x' names 'y', which is no benefit."),
    ("{kind: in_kind, cycle: {bought: 1, paid: 5, aided: 5}}", "'cycle' has no 'every'."),
    ("{kind: cash, each_delivery: {form: {kg: {type: number}}, amount: kg}}", "'x' is a number: kg; here money must stand."),
    ("{kind: cash, each_delivery: {form: {kg: {type: number}}, derive: {v: kgg * 2}}}", "'v' uses 'kgg', which no section defines. Did you mean 'kg'?"),
    ("{kind: cash, each_delivery: {form: {kg: {type: number}}, deduct: {y: 5}}}", "'deduct' of 'x' names 'y', which is no benefit."),
    ("{kind: cash, each_delivery: {form: {kg: {type: number}}, while_unknown: {p: 5}}}", "'while_unknown' names 'p', which 'derive' of 'x' does not."),
    ("{kind: cash, each_delivery: {form: {kg: {type: number}}, needs: {check: fresh}}}", "'needs' of 'x' asks of 'check' what is not known."),
    ("{kind: cash, each_delivery: {form: {kg: {type: number}}, refuse_when: {heavy: kg}}}", "'heavy' is a number: kg; here true or false must stand."),
]  # fmt: skip


@pytest.mark.parametrize(("line", "expected"), BENEFITS)
def test_what_a_benefit_says_is_checked(tmp_path: Path, line: str, expected: str):
    problems = problems_of(tmp_path, text_of(**one("benefits", line)))
    assert any(expected in problem for problem in problems), problems


def test_shares_that_sum_to_one_are_micros_and_conditions_read_records(tmp_path: Path):
    text = text_of(
        records=RECORDS,
        benefits="""\
benefits:
  grant:
    kind: cash
    amount: smaller_of(income, 500)
    instalments:
      first: {share: 0.3, due: on award}
      second: {share: 0.7, due: 150 days after award, when: "last(report, ok)"}
""",
    )
    benefit = accepted(tmp_path, text).benefits["grant"]
    assert [(part.share, part.due) for part in benefit.instalments.values()] == [
        (300_000, Due(0, "days", after=True, anchor="award")),
        (700_000, Due(150, "days", after=True, anchor="award")),
    ]
    second = benefit.instalments["second"].when
    assert second is not None
    assert second.place == "benefits.grant.instalments.second.when"
    assert benefit.amount is not None
    assert benefit.amount.place == "benefits.grant.amount"


def test_what_each_delivery_asks_and_brings_is_read(tmp_path: Path):
    text = text_of(
        benefits="""\
benefits:
  seed: {kind: in_kind, quantity: 1, unit_value: 5, unit: bag, repaid_from: maize}
  maize:
    kind: purchase
    call_off: true
    each_delivery:
      form: {kg: {type: number}, grade: {type: choice, of: [A, B]}, check: {type: date}}
      derive: {price: income / 100, value: kg * price}
      amount: value
      deduct: {seed: "smaller_of(0.3 * value, advance_left)"}
      while_unknown: {price: "2.40"}
      needs: {check: not older than 30 days}
      signed_by: [clerk]
"""
    )
    assert accepted(tmp_path, text).benefits["maize"].kind == "purchase"


RECORD_LINES = [
    ("{about: award, form: {a: {type: date}}, evry: month}", "'evry' is not a key of 'x'. Did you mean 'every'?"),
    ("{about: awards, form: {a: {type: date}}}", "'x' is about 'awards', which is none of: award, application,"),
    ("{about: award, every: fortnight, form: {a: {type: date}}}",
     "'x' comes every 'fortnight', which is neither a calendar nor a duration. Calendars: month, quarter, year."),
    ("{about: award, every: month, when: it happens, form: {a: {type: date}}}", "'x' has both 'every' and 'when'"),
    ("{about: award, due: 1 month, form: {a: {type: date}}}", "'due' of 'x' must be written in days: 30 days."),
    ("{about: award}", "'x' has no 'form'."),
    ("{about: award, form: {a: {type: date}}, doubt: {b: moves more than 5 %}}", "'doubt' of 'x' names 'b', which its form does not ask."),
    ("{about: award, form: {a: {type: date}}, doubt: {a: moves more than 5 %}}", "'doubt' of 'x' names 'a', which is no number"),
    ("{about: award, form: {a: {type: number}}, doubt: {a: is strange}}", "'doubt' of 'a' must say: moves more than 50 %."),
    ("{about: award, form: {a: {type: number}}, derive: {a: age + 1}}", "'a' of 'x' is both a field and a derived name; rename one."),
    ("{about: award, form: {a: {type: number}}, raises: {t: {when: a, to: doctor, within: 1 hour}}}", "'t' is a number: a; here true or false must stand."),
    ("{about: award, form: {a: {type: number}}, raises: {t: {to: doctor}}}", "'t' has no 'within'."),
    ("{about: award, form: {a: {type: number}}, raises: {t: {to: doctor, within: soon}}}", "'within' of 't': 'soon' is no duration."),
    ("{about: award, form: {a: {type: number}}, raises: {t: {to: The doctor, within: 1 hour}}}",
     "'to' of 't' is 'The doctor', which is no role: write a name, such as safety_desk."),
    ("{about: award, form: {a: {type: number}}, raises: {t: {to: doctor, within: 1 hour, closed_by: whoever is there}}}",
     "'closed_by' of 't' is 'whoever is there', which is no role"),
    ("{about: award, form: {a: {type: choice, of: [big, small]}}, raises: {t: {to: doctor, within: {bigg: 1 day}}}}",
     "'within' of 't' names 'bigg', which is the value of no choice in the form. Did you mean 'big'?"),
    ("{about: award, form: {a: {type: choice, of: [big, small]}}, raises: {t: {to: doctor, within: {big: 1 day}}}}",
     "'within' of 't' must have a time for every value of one choice, and of no other."),
    ("{about: award, form: {a: {type: choice, of: [big, small]}, b: {type: choice, of: [small, big]}}, raises: {t: {to: doctor, within: {big: 1 day, small: 2 days}}}}",
     "'within' of 't' must have a time for every value of one choice, and of no other."),
    ("{about: award, form: {a: {type: number}}, raises: {t: {to: doctor, within: 1 hour, escalation: the boss}}}",
     "'escalation' of 't' is 'the boss', which is no role"),
]  # fmt: skip


MEDICINE = "benefits:\n  m: {kind: in_kind, quantity: 1, each_delivery: {form: {lot: {type: lot}, dose: {type: integer}}}}\n"
BOTH = MEDICINE + "  y: {kind: in_kind, quantity: 1, each_delivery: {form: {dose: {type: integer}}}}\n"
CONSENT = "consent:\n  story: {required: false, text: We may tell your story.}\n"
SENT = "{{about: {about}, form: {{{form}}}, raises: {{t: {{to: doctor, within: 1 hour, sends: [{sent}]}}}}}}"


SENDS = [
    ("award", "who: {type: party}", "who", "'t' sends 'who', which is a party; what leaves the office never carries a name."),
    ("award", "who: {type: code}", "who", "'t' sends 'who', which is a code: a telephone"),
    ("award", "who: {type: file}", "who", "'t' sends 'who', which is a file"),
    ("award", "who: {type: rows, of: {a: {type: date}}}", "who", "'t' sends 'who', which is rows"),
    ("award", "phone: {type: text}", "phone", "'t' sends 'phone', which is by its name a name or a contact"),
    ("award", "what: {type: text}, birth_date: {type: date}", "birth_date", "'birth_date', which is by its name a name or a contact"),
    ("award", "what: {type: text}", "story", "'t' sends 'story', which is a consent"),
    ("award", "what: {type: text}", "lott", "'t' sends 'lott', which neither its form nor a delivery asks. Did you mean 'lot'?"),
    ("award", "what: {type: text}", "dose", "'t' sends 'dose', which is asked at deliveries of m, y; it must be one thing."),
    ("party", "what: {type: text}", "lot", "'t' sends 'lot' of a delivery, and 'x' is about no award."),
]  # fmt: skip


@pytest.mark.parametrize(("about", "form", "sent", "expected"), SENDS)
def test_what_leaves_the_office_carries_no_name_and_is_known_where_it_comes_from(
    tmp_path: Path, about: str, form: str, sent: str, expected: str
):
    record = SENT.format(about=about, form=form, sent=sent)
    text = text_of(**one("records", record), benefits=BOTH, consent=CONSENT)
    problems = problems_of(tmp_path, text)
    assert any(expected in problem for problem in problems), problems


def test_a_lot_is_sent_from_the_form_of_a_delivery(tmp_path: Path):
    record = SENT.format(
        about="award", form="what: {type: text}, began: {type: date}", sent="what, began, lot"
    )
    programme = accepted(tmp_path, text_of(**one("records", record), benefits=MEDICINE))
    assert programme.records["x"].raises["t"].sends == ("what", "began", "lot")
    assert not [notice for notice in programme.notices if "sends" in notice]


@pytest.mark.parametrize(("line", "expected"), RECORD_LINES)
def test_what_a_record_says_is_checked(tmp_path: Path, line: str, expected: str):
    problems = problems_of(tmp_path, text_of(**one("records", line)))
    assert any(expected in problem for problem in problems), problems


def test_a_spread_stands_beside_a_median_alone(tmp_path: Path):
    line = "{level: output, sum: jobs, from: report, spread: quartiles}"
    problems = problems_of(tmp_path, text_of(**one("indicators", line), records=RECORDS))
    assert any("'x' has a spread, and is no median." in problem for problem in problems), problems


def test_a_record_is_read_whole(tmp_path: Path):
    text = text_of(records=RECORDS.replace("{jobs:", "{jobs2: {type: integer}, jobs:"))
    record = accepted(tmp_path, text).records["report"]
    assert (record.every, record.due_days, record.by, record.verified_by) == (
        "quarter",
        30,
        "party",
        "officer",
    )
    assert record.named
    assert list(record.form) == ["jobs2", "jobs", "ok", "seen_on"]


def test_a_task_knows_the_forms_own_fields(tmp_path: Path):
    line = "{about: award, when: it happens, names: none, form: {bad: {type: boolean}}, raises: {t: {when: bad AND age > 3, to: doctor, within: 12 hours}}}"
    record = accepted(tmp_path, text_of(**one("records", line))).records["x"]
    assert not record.named
    assert record.raises["t"].within == Duration(12, "hours")
    assert record.raises["t"].when is not None
    assert record.raises["t"].when.place == "records.x.raises.t.when"


def test_a_follow_up_may_count_from_a_date_in_a_record(tmp_path: Path):
    text = text_of(
        records=RECORDS,
        follow_ups="follow_ups:\n  x: {due: 6 months after seen_on, attempts: 3, form: {ok: {type: boolean}}}\n",
    )
    found = accepted(tmp_path, text).follow_ups["x"]
    assert (found.due, found.attempts, found.about) == (
        (Due(6, "months", after=True, anchor="seen_on"),),
        3,
        "award",
    )


FOLLOW_UPS = [
    ("{due: on award}", "'x' asks nothing. Add a 'form', or name an 'instrument'."),
    ("{form: {ok: {type: boolean}}}", "'x' has no 'due'."),
    ("{due: [], form: {ok: {type: boolean}}}", "'due' of 'x' is an empty list."),
    ("{due: 5 days after seen, form: {ok: {type: boolean}}}", "counts from 'seen', which is none of:"),
    ("{due: on award, attempts: 0, form: {ok: {type: boolean}}}", "'attempts' of 'x' must be a whole number of at least 1, not '0'."),
]  # fmt: skip


@pytest.mark.parametrize(("line", "expected"), FOLLOW_UPS)
def test_what_a_follow_up_says_is_checked(tmp_path: Path, line: str, expected: str):
    problems = problems_of(tmp_path, text_of(**one("follow_ups", line)))
    assert any(expected in problem for problem in problems), problems


AFTER = [
    ({"standing": "standing:\n  x: {when: age}\n"}, "'x' is a whole number: age; here true or false must stand."),
    ({"standing": "standing:\n  x: {appeal: 30 days}\n"}, "'x' has no 'when'."),
    ({"comparison": "comparison:\n  x: {who: others, asked: [survey]}\n"}, "'x' is asked 'survey', which is no follow-up."),
    ({"participants": "participants:\n  x: {is: person, joins: status}\n"}, "'x' joins by 'status', which is no record."),
    ({"sessions": "sessions:\n  x: {at: moon}\n"}, "'at' of 'x' is 'moon', which is none of: site."),
    ({"review": "review: {reviewers: 3, rubric: {idea: {ask: Is it new, max: 5}}, conflicts: [school]}\n"},
     "'conflicts' of 'review' names 'school', which is no field of the form."),
    ({"review": "review: {reviewers: 3, rubric: {idea: {ask: Is it new, max: 5}}, conflicts: [age]}\n"},
     "'conflicts' of 'review' names 'age', which is a whole number: nobody has one of their own."),
    ({"review": "review: {by: expert, reviewers: 3}\n"}, "'by' of 'review' is 'expert', which is none of: reviewer."),
    ({"review": "review: {rubric: {idea: {ask: Is it new, max: 5}}}\n"}, "'review' has no 'reviewers'."),
    ({"review": "review: {reviewers: 3}\n"}, "'review' has no 'rubric'."),
    ({"review": "review: {reviewers: 3, rubric: {}}\n"}, "'rubric' of 'review' is empty"),
    ({"review": "review: {reviewers: 3, rubric: {idea: {ask: Is it new, max: 0}}}\n"}, "'max'"),
    ({"decision": "decision: {by: officer, cut: {rank: review}}\n"},
     "'cut' ranks by the reviews, and there is no 'review'."),
    ({"decision": "decision: {by: lottery, cut: {rank: lottery, threshold: 5}}\n"}, "A ballot has no 'threshold' and no 'ties'"),
    ({"decision": "decision: {by: lottery, cut: {rank: lottery, ties: [age]}}\n"}, "A ballot has no 'threshold' and no 'ties'"),
    ({"decision": "decision: {by: lottery, cut: {rank: points}}\n"}, "'by: lottery' is a ballot, and 'cut' ranks by points."),
    ({"decision": "decision: {by: lottery, together: tema}\n"}, "'together' names 'tema', which is no field of the form."),
    ({"decision": "decision: {by: lottery, together: age}\n"}, "which is a whole number: it names no group."),
    ({"decision": "decision: {by: officer, together: age}\n"}, "'together' stands in a ballot alone"),
    ({"contributions": "contributions:\n  x: {input: cash, motive: gift, from: deliveries of moon}\n"},
     "'x' comes from 'deliveries of moon'. Write 'deliveries of' one of none, or 'ledger of …'."),
    ({"benefits": GRANT, "contributions": "contributions:\n  x: {input: in_kind, motive: gift, from: deliveries of grant}\n"},
     "'x' counts 'grant' as in_kind; what is given by cash is cash."),
    ({"benefits": GRANT.replace("kind: cash", "kind: in_kind").replace("amount:", "quantity:"),
      "contributions": "contributions:\n  x: {input: cash, motive: gift, from: deliveries of grant}\n"},
     "'x' counts 'grant' as cash; what is given by in_kind is in_kind, time."),
    ({"benefits": GRANT, "contributions": "contributions:\n  x: {input: cash, motive: gift, from: deliveries of grant}\n  y: {input: cash, motive: investment, from: deliveries of grant}\n"},
     "'y' comes from 'deliveries of grant', and so does 'x': it would be counted twice. Keep one."),
    ({"contributions": "contributions:\n  x: {input: time, motive: gift, from: ledger of hours}\n  y: {input: management, motive: gift, from: ledger of hours}\n"},
     "'y' comes from 'ledger of hours', and so does 'x': it would be counted twice. Keep one."),
    ({"contributions": "contributions:\n  x: {input: money, motive: gift, from: ledger of costs}\n"}, "'input' of 'x' is 'money', which is none of:"),
    ({"indicators": "indicators:\n  x: {level: output, from: awards}\n"}, "'x' must have exactly one of count, sum, median, share, change, cascade, survival, headcount,"),
    ({"indicators": "indicators:\n  x: {level: output, count: party, sum: age, from: awards}\n"}, "'x' must have exactly one of"),
    ({"indicators": "indicators:\n  x: {level: output, count: party, from: award}\n"}, "'x' is from 'award'. Write applications, awards, a record, a follow-up or deliveries of …. Did you mean 'awards'?"),
    ({"indicators": "indicators:\n  x: {level: output, share: age, from: awards}\n"}, "'x' is a whole number: age; here true or false must stand."),
    ({"indicators": "indicators:\n  x: {level: output, sum: agee, from: awards}\n"}, "'x' uses 'agee', which no section defines. Did you mean 'age'?"),
    ({"indicators": "indicators:\n  x: {level: result, sum: age, from: awards}\n"}, "'level' of 'x' is 'result', which is none of: process, output, outcome, impact."),
    ({"indicators": "indicators:\n  x: {level: output, count: persons, from: awards}\n"}, "'x' counts 'persons'. Write count: party, or the name of its source."),
    ({"indicators": "indicators:\n  x: {level: output, count: party, from: awards, codes: [ESRS S3 2023]}\n"}, "'x' answers 'ESRS S3 2023', which is of no standard known here: GRI, HKEX, IRIS, SDG."),
    ({"indicators": "indicators:\n  x: {level: output, count: party, from: awards, codes: [GRI 203-1]}\n"}, "'x' answers 'GRI 203-1'. Write the number and the edition: GRI 203-1 2016."),
    ({"indicators": "indicators:\n  x: {level: output, count: party, from: awards, codes: [SDG 3.8 2020]}\n"}, "Write the number and the edition: SDG 3.8 2015."),
    ({"contributions": "contributions:\n  x: {input: management, motive: gift, from: ledger of costs, codes: [HKEX B8]}\n"}, "Write the number and the edition: HKEX B8.2 2025."),
    ({"publish": "publish: {indicators: [x], protects: person, smallest_group: 10}\n"}, "'publish' names 'x', which is no indicator."),
    ({"valuation": "valuation:\n  x: {proxy: {value: 1, price_year: 2025, source: y}}\n"}, "'valuation' values 'x', which is no indicator."),
    ({"valuation": "valuation:\n  none: nothing\n  for_the_group: {why: x}\n"}, "'why' is not a key of 'for_the_group'."),
]  # fmt: skip


@pytest.mark.parametrize(("sections", "expected"), AFTER)
def test_what_the_later_sections_say_is_checked(tmp_path: Path, sections: dict[str, str], expected: str):
    problems = problems_of(tmp_path, text_of(**sections))
    assert any(expected in problem for problem in problems), problems


def test_an_indicator_knows_what_its_source_has(tmp_path: Path):
    text = text_of(
        records=RECORDS,
        benefits=GRANT,
        indicators="""\
indicators:
  supported: {level: output, count: party, from: awards}
  reports: {level: output, count: report}
  paid: {level: output, sum: amount, from: deliveries of grant, target: 5000}
  kept: {level: outcome, share: ok, from: report}
  old: {level: output, share: age > 60, from: awards}
""",
        publish="publish: {indicators: [supported, kept], protects: person, smallest_group: 10}\n",
    )
    programme = accepted(tmp_path, text)
    found = programme.indicators
    assert [(one.kind, one.source, one.counts) for one in found.values()] == [
        ("count", "awards", "party"),
        ("count", "report", "report"),
        ("sum", "deliveries of grant", ""),
        ("share", "report", ""),
        ("share", "awards", ""),
    ]
    assert found["paid"].expression is not None
    assert found["paid"].expression.type is Type.MONEY
    assert found["paid"].target == 5_000_000_000
    assert programme.publish is not None
    assert programme.publish.smallest_group == 10


def test_an_indicator_does_not_know_what_its_source_has_not(tmp_path: Path):
    text = text_of(
        records=RECORDS, indicators="indicators:\n  x: {level: output, share: age > 60, from: report}\n"
    )
    assert any(
        "'x' uses 'age', which no section defines." in problem for problem in problems_of(tmp_path, text)
    )


def test_a_group_too_small_to_hide_anybody_is_a_problem(tmp_path: Path):
    text = text_of(
        benefits=GRANT,
        indicators="indicators:\n  x: {level: output, count: party, from: awards}\n",
        publish="publish: {indicators: [x], protects: person, smallest_group: 1}\n",
    )
    assert any("'smallest_group' must be at least 3" in problem for problem in problems_of(tmp_path, text))


NOT_YET = [
    {"benefits": "benefits:\n  x: {kind: service, quantity: 1}\n"},
    {"records": "records:\n  x: {about: party, form: {kwh: {type: number}}}\n"},
    {"records": "records:\n  x: {about: application, every: 28 days, form: {kwh: {type: number}}}\n"},
    {
        "records": "records:\n  x: {about: party, form: {kwh: {type: number}}, doubt: {kwh: moves more than 5 %}}\n"
    },
    {"follow_ups": "follow_ups:\n  x: {due: 3 days after session, form: {ok: {type: boolean}}}\n"},
    {"participants": "participants:\n  x: {is: person, from: staff}\n"},
    {"sessions": "sessions:\n  x: {at: site, places: 20}\n"},
    {"benefits": "benefits:\n  x: {kind: cash, amount: 5, caps: {amount: 5 per month}}\n"},
    {"benefits": "benefits:\n  x: {kind: cash, amount: 5, instalments: {every: year}}\n"},
]


@pytest.mark.parametrize("sections", NOT_YET)
def test_what_nothing_carries_out_yet_is_a_notice(tmp_path: Path, sections: dict[str, str]):
    programme, problems = checked(tmp_path, text_of(**sections))
    assert programme is not None, problems
    assert any(problem.notice and "nothing carries it out yet" in problem.message for problem in problems)
