"""Runs a programme's own examples without a database: first what the screening says, then what follows.

A step of `then` has a day and does one thing: `award` (every step from decision to active), a record,
follow-up or renewal with its answers, the hand-over of a benefit's earliest instalment that is due, what a person
does (`suspend`, `resume`, `end`), or nothing but letting time pass. Nothing is paid unless a step pays it; silence
suspends when its day has come, as the office's daily run would. Steps happen as the day begins, in the programme's
time zone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, time
from zoneinfo import ZoneInfo

from almoner.definitions.problems import Problem
from almoner.definitions.programme import Example, Programme, Record, Step
from almoner.definitions.sections.examples import LISTING
from almoner.definitions.sections.leaving import RENEWAL
from almoner.definitions.sections.registers import registers
from almoner.engine.call_off_cases import topped_up
from almoner.engine.call_offs import REFUSED
from almoner.engine.casefile import AWARD, Attempt, CaseFile, FollowUp, Sheet, Task, listed
from almoner.engine.doubts import doubts_about
from almoner.engine.ends import ends_on
from almoner.engine.expectations import differences
from almoner.engine.follow_ups import CLOSED, follow_ups_on
from almoner.engine.independence import NOT_BY, why_not_asked_by
from almoner.engine.not_yet import NotYetCarriedOut
from almoner.engine.observations import Moment, moment_observations, screening_observations
from almoner.engine.papers import count_once, number_on
from almoner.engine.rehearsed_calls import called_off
from almoner.engine.rehearsed_leaving import LEAVING, LeavingProblem, answered, left
from almoner.engine.renewals import suspends
from almoner.engine.results import Case, Screening
from almoner.engine.schedule import EACH, delivery_label, due_on, follow_ups_from, plan_award
from almoner.engine.screening import screen
from almoner.engine.session_rehearsal import SessionProblem, SessionStory
from almoner.engine.sheets import happened_on, not_reported, owed_by, period_of
from almoner.engine.standing import standing_on
from almoner.engine.tasks import tasks_from
from almoner.values.language import _

REGISTER, STRIKE_OFF = LISTING


@dataclass(frozen=True, slots=True)
class ExampleResult:
    """What came of one example. `problems` say what was expected and what came, each with file and line.

    Where the example reaches what nothing carries out yet, a notice says so and the rest was not tried.
    """

    example: str
    problems: tuple[Problem, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether all of it was tried and came as expected."""
        return not self.problems

    @property
    def not_yet(self) -> bool:
        """Whether what was tried held, and the rest is not yet carried out."""
        return bool(self.problems) and all(problem.notice for problem in self.problems)

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


class StepProblem(ValueError):
    """A step that cannot be taken: nothing is awarded yet, nothing is due, a period nobody owes."""


def rehearse(programme: Programme) -> list[ExampleResult]:
    """Every example of a programme, in the order of the file."""
    examples = list(programme.examples.values())
    dated = [one for one in examples if one.as_of is not None]
    cases = [Case(one.as_of, one.answers) for one in dated if one.as_of is not None]
    screenings = dict(zip((one.name for one in dated), screen(programme, cases), strict=True))
    return [
        ExampleResult(one.name, tuple(_rehearsed(programme, one, screenings.get(one.name))))
        for one in examples
    ]


def _rehearsed(programme: Programme, example: Example, screening: Screening | None) -> Iterator[Problem]:
    def told(line: int, message: str, *, notice: bool = False) -> Problem:
        return Problem(programme.file, line, f"'{example.name}': {message}", notice)

    if programme.sessions and example.as_of is None:
        yield from _held(SessionStory(programme, example), example, told)
        return
    if screening is not None:
        for sentence in differences(example.expect, screening_observations(programme, screening)):
            yield told(example.line, sentence)
    elif not registers(programme):
        yield told(example.line, _("as_of is not given, so nothing can be checked."))
        return
    story = _Story(programme, example, screening)
    for step in example.then:
        try:
            moment = story.take(step)
            sentences = list(differences(step.expect, moment_observations(moment)))
        except NotYetCarriedOut as reason:
            yield told(step.line, str(reason), notice=True)
            return
        except StepProblem as reason:
            yield told(step.line, str(reason))
            return
        for sentence in sentences:
            yield told(step.line, f"{step.on}: {sentence}")


def _held(story: SessionStory, example: Example, told: Callable[..., Problem]) -> Iterator[Problem]:
    """An example that gives no day by which a case is judged: the steps of a session."""
    for step in example.then:
        try:
            sentences = list(differences(step.expect, story.observe(step)))
        except NotYetCarriedOut as reason:
            yield told(step.line, str(reason), notice=True)
            return
        except SessionProblem as reason:
            yield told(step.line, str(reason))
            return
        for sentence in sentences:
            yield told(step.line, f"{step.on}: {sentence}")


class _Story:
    """The case as the steps of one example make it."""

    def __init__(self, programme: Programme, example: Example, screening: Screening | None) -> None:
        self.programme = programme
        self.example = example
        self.screening = screening
        self.case: CaseFile | None = None
        self.last_day = example.as_of

    def take(self, step: Step) -> Moment:
        """Take one step and say what can be seen after it.

        Raises:
            StepProblem: it cannot be taken.
            NotYetCarriedOut: it would have to act on what nothing carries out yet.
        """
        if self.last_day is not None and step.on < self.last_day:
            raise StepProblem(_("{day} is before the step above it.").format(day=step.on))
        self.last_day = step.on
        before = self.case
        if before is not None:
            self.case = topped_up(before, step.on)
            if suspends(self.case, step.on):
                self.case = replace(self.case, state="suspended")
        moment = self._taken(step)
        return replace(moment, before=before or moment.case)

    def _taken(self, step: Step) -> Moment:
        if step.step == "award":
            moment = self._award(step)
        elif step.step == REGISTER:
            moment = self._register(step)
        elif self.case is None:
            raise StepProblem(
                _("There is nothing yet that it could be about; 'award' or 'register' comes first.")
            )
        elif step.step == STRIKE_OFF:
            self.case = replace(self.case, state="ended", ended_on=step.on)
            moment = Moment(self.case, step.on, state=self.case.state)
        elif not step.step:
            moment = Moment(self.case, step.on, state=self.case.state)
        elif step.step in self.programme.records:
            moment = self._report(self.case, step)
        elif step.step in self.programme.follow_ups:
            moment = self._follow_up(self.case, step)
        elif step.step in self.programme.benefits:
            moment = self._deliver(self.case, step)
        elif step.step == RENEWAL or step.step in LEAVING:
            moment = self._go_on_or_leave(self.case, step)
        else:
            raise StepProblem(_("'{step}' is no step.").format(step=step.step))
        return self._with_standing(moment)

    def _award(self, step: Step) -> Moment:
        if self.case is not None:
            raise StepProblem(_("It is awarded already."))
        as_of = self.example.as_of
        if self.screening is None or self.screening.outcome != "eligible" or as_of is None:
            raise StepProblem(
                _("It cannot be awarded: the screening says {outcome}.").format(
                    outcome=self.screening.outcome if self.screening else _("nothing")
                )
            )
        judged = {**self.example.answers, **self.screening.derived, "as_of": as_of}
        plan = plan_award(self.programme, self.screening, step.on, judged=judged)
        self.case = CaseFile(
            programme=self.programme,
            as_of=as_of,
            answers=self.example.answers,
            screening=self.screening,
            awarded_on=step.on,
            benefits=plan.benefits,
            instalments=plan.instalments,
            follow_ups=plan.follow_ups,
            last_instalment=self.example.given.get("last_instalment"),
            advance_left=self.example.given.get("advance_left"),
        )
        return Moment(self.case, step.on, state=self.case.state)

    def _register(self, step: Step) -> Moment:
        """Something comes on the programme's register; `for:` says on which, where it keeps several."""
        kept = registers(self.programme)
        kind = step.period or (kept[0] if len(kept) == 1 else "")
        if self.case is not None or kind not in kept:
            raise StepProblem(
                _("Say once what is registered, with `for:` one of {known}.").format(known=", ".join(kept))
            )
        self.case = listed(self.programme, kind, step.on)
        return Moment(self.case, step.on, state=self.case.state)

    def _report(self, case: CaseFile, step: Step) -> Moment:
        """A record is reported; where a step that verifies has no answers, the one reported is verified."""
        record = self.programme.records[step.step]
        for key in record.other:
            raise NotYetCarriedOut(self.programme, f"records.{record.name}.{key}")
        if (record.about or AWARD) != case.about:
            raise StepProblem(
                _("'{step}' is about {about}, and this is about {other}.").format(
                    step=record.name, about=record.about, other=case.about
                )
            )
        earlier = [one for one in case.sheets if one.record == record.name and one.period == step.period]
        if earlier and step.period and not step.answers and step.verified:
            verified = replace(earlier[-1], state="verified", verified_on=step.on)
            sheets = tuple(verified if one is earlier[-1] else one for one in case.sheets)
            self.case = replace(case, sheets=sheets)
            return Moment(self.case, step.on, state="verified")
        period = self._period(case, step)
        seen = self._is_seen(case, step)
        sheet = Sheet(
            key=str(len(case.sheets)),
            record=record.name,
            happened_on=happened_on(self.programme, record.name, period, step.on),
            reported_on=step.on,
            answers=step.answers,
            period=period,
            state="queried" if seen else "verified" if step.verified else "reported",
            verified_on=step.on if step.verified and not seen else None,
            corrects=earlier[-1].key if earlier and step.period else "",
        )
        self.case = replace(case, sheets=(*case.sheets, sheet))
        tasks = (
            *tasks_from(self.case, record.name, step.answers, self._instant(step)),
            *doubts_about(self.case, record, sheet),
        )
        return self._with_tasks(Moment(self.case, step.on, state=sheet.state, sheet=sheet), tasks, step)

    def _is_seen(self, case: CaseFile, step: Step) -> bool:
        """Whether the paper's number came before; in an example only this case is looked at."""
        if step.step not in count_once(self.programme):
            return False
        number = number_on(self.programme, step.step, step.answers)
        before = (one for one in case.sheets if one.record in count_once(self.programme))
        return bool(number) and number in {
            number_on(self.programme, one.record, one.answers) for one in before
        }

    def _period(self, case: CaseFile, step: Step) -> str:
        record = self.programme.records[step.step]
        if record.rhythm is not None:
            return self._stretch(case, record, step)
        if not record.every:
            return ""
        owed = not_reported(case, record.name, step.on)
        if step.period:
            return self._named_period(step)
        if not owed:
            raise StepProblem(
                _("No period of {record} is due and unreported on {day}; `for:` names one.").format(
                    record=record.name, day=step.on
                )
            )
        return owed[0].period

    def _stretch(self, case: CaseFile, record: Record, step: Step) -> str:
        """The stretch of the rhythm that the day lies in, unless it has its sheet already, or the one that is named."""
        names = {one.period for one in owed_by(case, step.on) if one.record == record.name}
        current = period_of(record, case.awarded_on, step.on)
        if step.period and step.period not in names | {current}:
            raise StepProblem(
                _("{record} has no stretch that ends on {period}.").format(
                    record=record.name, period=step.period
                )
            )
        reported = {one.period for one in case.sheets if one.record == record.name}
        return step.period or ("" if current in reported else current)

    def _named_period(self, step: Step) -> str:
        try:
            happened_on(self.programme, step.step, step.period, step.on)
        except (KeyError, ValueError):
            raise StepProblem(
                _("{calendar} has no period {period}.").format(
                    calendar=self.programme.records[step.step].every, period=step.period
                )
            ) from None
        return step.period

    def _follow_up(self, case: CaseFile, step: Step) -> Moment:
        """The earliest one that is open, or was lost, is answered; without answers it was tried in vain."""
        due = [
            one.follow_up
            for one in follow_ups_on(case, step.on)
            if one.follow_up.name == step.step and (one.state == "due" or one.state in CLOSED - {"answered"})
        ]
        if not due:
            raise StepProblem(_("{name} is not due on {day}.").format(name=step.step, day=step.on))
        if step.answers and why_not_asked_by(case, step.step, step.answers):
            return Moment(case, step.on, state=REFUSED, refused=(NOT_BY,))
        tried = _tried(due[0], step)
        self.case = replace(
            case, follow_ups=tuple(tried if one is due[0] else one for one in case.follow_ups)
        )
        after = {id(one.follow_up): one.state for one in follow_ups_on(self.case, step.on)}
        moment = Moment(self.case, step.on, state=after[id(tried)])
        if not step.answers:
            return moment
        return self._with_tasks(
            moment, tasks_from(self.case, step.step, step.answers, self._instant(step)), step
        )

    def _deliver(self, case: CaseFile, step: Step) -> Moment:
        """The earliest instalment of a benefit that is due is handed over; one that is held is refused."""
        benefit = self.programme.benefits[step.step]
        for key in benefit.other:
            raise NotYetCarriedOut(self.programme, f"benefits.{benefit.name}.{key}")
        if benefit.call_off and step.answers:
            moment = called_off(case, step)
            self.case = moment.case
            return moment
        if step.answers.keys() - {"delivered_on"}:
            raise NotYetCarriedOut(self.programme, f"benefits.{benefit.name}.each_delivery")
        day = step.answers.get("delivered_on") or step.on
        come = [one for one in due_on(case, step.on) if one.instalment.benefit == benefit.name]
        due = [one.instalment for one in come if one.is_due]
        if not due:
            held = tuple(one.instalment.name for one in come)
            if "refused" not in step.expect:
                raise StepProblem(
                    _("Nothing of {benefit} is due on {day}; held: {held}.").format(
                        benefit=benefit.name, day=step.on, held=", ".join(held) or _("nothing")
                    )
                )
            return Moment(case, step.on, state=case.state, refused=held or ("not due",))
        first = not case.has_delivered(step.on)
        paid = case.paying(benefit.name, due[0].name, day)
        label = delivery_label(benefit.name, due[0].name)
        brought = follow_ups_from(self.programme, EACH, day, first=first, delivery=label)
        self.case = replace(paid, follow_ups=(*paid.follow_ups, *brought))
        figure = due[0].money.amount if due[0].money else due[0].quantity
        return Moment(self.case, step.on, state="paid", amount=figure)

    def _go_on_or_leave(self, case: CaseFile, step: Step) -> Moment:
        """A renewal is answered, or a person suspends, resumes or ends the award."""
        try:
            self.case = answered(case, step) if step.step == RENEWAL else left(case, step)
        except LeavingProblem as reason:
            raise StepProblem(str(reason)) from None
        return Moment(self.case, step.on, state=self.case.state)

    def _with_tasks(self, moment: Moment, tasks: tuple[Task, ...], step: Step) -> Moment:
        self.case = replace(moment.case, tasks=(*moment.case.tasks, *tasks))
        return replace(moment, case=self.case, tasks=tasks, at=self._instant(step))

    def _with_standing(self, moment: Moment) -> Moment:
        """What standing and what ends are proposed, and the tasks they bring that were not there before."""
        standings, ends = standing_on(moment.case, moment.day), ends_on(moment.case, moment.day)
        new = tuple(one for one in (*standings.tasks, *ends.tasks) if one not in moment.case.tasks)
        self.case = replace(moment.case, tasks=(*moment.case.tasks, *new))
        return replace(moment, case=self.case, standings=standings, ends=ends, tasks=(*moment.tasks, *new))

    def _instant(self, step: Step) -> datetime:
        return datetime.combine(step.on, time(), tzinfo=ZoneInfo(self.programme.time_zone))


def _tried(follow_up: FollowUp, step: Step) -> FollowUp:
    result = "answered" if step.answers else "no answer"
    return replace(
        follow_up,
        attempts=(*follow_up.attempts, Attempt(step.on, result)),
        answers=step.answers or follow_up.answers,
    )
