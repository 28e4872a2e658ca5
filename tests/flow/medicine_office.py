"""Free medicine in a folder of its own: a wall, lots, adverse events with their clocks, and patients under an award."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from almoner.values.money import Money
from flow.clinic_office import programme_in
from flow.conftest import Office

if TYPE_CHECKING:
    from almoner.definitions.programme import Programme
    from almoner.flow.applications.models import Round
    from almoner.flow.records.models import Task
    from almoner.people.models import User

APPLIED, STARTED, HANDED, FELL_ILL = (
    date(2026, 3, 2),
    date(2026, 3, 10),
    date(2026, 3, 12),
    date(2026, 3, 20),
)

MEDICINE = """\
almoner: 1
programme: Free medicine
theme: primary health
purpose: Gives a medicine to those who cannot pay for it.
serves: person
called: {applicant: Patient, award: Enrolment}
operated_by: charity
wall: [donor, commercial]
currency: CNY
time_zone: Asia/Shanghai

parameters:
  price: {type: money, source: invented for a test, from: {2025-01-01: 20}}

form:
  ill: {type: boolean, required: true, sensitive: health}
  card: {type: code}

eligibility:
  is_ill: {rule: ill, refusal: The medicine is for those who are ill., basis: article 1}

decision:
  by: officer

benefits:
  medicine:
    kind: purchase
    item: Medicine
    amount: 24 * price
    unit: pack
    call_off: true
    up_to: "24"
    each_delivery:
      form:
        packs: {type: integer, min: 1, max: 3}
        lot: {type: lot}
      quantity: packs
      amount: packs * price
  travel: {kind: cash, amount: 50}

records:
  adverse_event:
    about: award
    when: it happens
    by: anyone
    form:
      what: {type: text, sensitive: health}
      began: {type: date}
      serious: {type: boolean}
    raises:
      tell_the_office: {to: medical_reviewer, within: 12 hours, deputy: doctor_on_call, closed_by: officer}
      tell_the_maker: {when: serious, to: safety_desk, within: 24 hours, sends: [what, began, lot]}

contributions:
  medicine: {input: cash, motive: gift, from: deliveries of medicine}

indicators:
  patients: {level: output, count: party, from: awards}

publish: {indicators: [patients], protects: person, smallest_group: 10}

examples:
  ill:
    given: {as_of: 2026-03-02, ill: true}
    expect: {outcome: eligible}
"""


@dataclass(frozen=True)
class Dispensary:
    """A charity at work: its office, its file, its round."""

    office: Office
    programme: Programme
    round: Round

    def user(self, name: str, *roles: str) -> User:
        """Somebody new with roles, in this programme where they are not office-wide (`officer:`)."""
        from almoner.flow.steps.staffing import add_user

        key = self.programme.key
        pairs = [(role.removesuffix(":"), "" if role.endswith(":") else key) for role in roles]
        made = add_user(name, pairs, by=self.office.users["carol"])
        self.office.users[name] = made
        return made

    def award(self, row_key: str) -> Any:
        """The award of a patient."""
        from almoner.flow.decisions.models import Award

        return Award.objects.get(application__row_key=row_key)

    def task(self, name: str) -> Task:
        """The only task of a name, as it stands."""
        from almoner.flow.records.models import Task

        return Task.objects.get(name=name)

    def at(self, instant: datetime) -> None:
        """The clock goes on."""
        self.office.clock.move_to(instant)


def opened(office: Office, folder: Path, *, budget: str = "100000", text: str = MEDICINE) -> Dispensary:
    """A round of free medicine without a patient."""
    from almoner.flow.steps.rounds import open_round

    programme = programme_in(folder, text, "free_medicine")
    round_ = open_round(
        programme,
        name="Medicine 2026",
        year=2026,
        budget=Money.of(Decimal(budget), "CNY"),
        fund="general",
        real=False,
        request=office.request("carol", date(2026, 1, 5)),
    )
    return Dispensary(office, programme, round_)


def enrol(desk: Dispensary, *patients: str, on: date = APPLIED) -> None:
    """Patients apply, are enrolled, and their travel is paid: all on one day."""
    from almoner.flow.applications.actions import Sheet
    from almoner.flow.steps import awarding, deciding, delivering

    office, round_ = desk.office, desk.round
    sheets = [Sheet(one, on, {"ill": True, "card": f"card of {one}"}) for one in patients]
    office.receive(round_, sheets, on)
    deciding.decide_each(round_, request=office.request("alice", on))
    awarding.approve_awards(round_, request=office.request("bob", on))
    awarding.start_awards(round_, request=office.request("alice", on))
    delivering.deliver_due(round_, evidence="bus", request=office.request("alice", on))


def hand_over(desk: Dispensary, *rows: tuple[str, int, str], on: date = HANDED) -> dict[str, Any]:
    """Packs of a lot are handed over: patient, packs, lot."""
    from almoner.flow.imports.actions import Source
    from almoner.flow.steps.collecting import BroughtRow, receive_deliveries

    request = desk.office.request("alice", on)
    sheets = [
        BroughtRow(patient, on, f"slip {patient} {on}", {"packs": Decimal(packs), "lot": lot})
        for patient, packs, lot in rows
    ]
    source = Source("deliveries", "packs.csv", request.key, "")
    return receive_deliveries(desk.round, "medicine", sheets, source=source, request=request)


def falls_ill(
    desk: Dispensary, patient: str, *, what: str | None = "a rash on both arms", serious: bool | None = True
) -> None:
    """Something happened to a patient on the 19th; the office hears of it on the 20th at noon in Shanghai."""
    from almoner.flow.imports.actions import Source
    from almoner.flow.steps import following
    from almoner.flow.steps.following import Arrived

    answers = {"what": what, "began": date(2026, 3, 19), "serious": serious}
    request = desk.office.request("alice", FELL_ILL)
    following.receive_records(
        desk.round,
        [Arrived(patient, "adverse_event", "", FELL_ILL, answers)],
        source=Source("records", "events.csv", request.key, ""),
        request=request,
    )


HEARD = datetime(2026, 3, 20, 4, 0, tzinfo=UTC)
"""When the office heard: noon in Shanghai."""
