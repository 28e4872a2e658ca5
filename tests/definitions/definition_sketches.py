"""What the design's sketches say of ten activities, each as a whole definition."""

# ruff: noqa: E501 -- a programme's line is as long as its owner wrote it

from __future__ import annotations

from definition_texts import text_of

TABLES = {
    "share": "agreed_year,share\n1,5000\n",
    "term": "name,starts,ends\n2026-a,2026-09-01,2027-01-20\n",
    "stay": "branch,months\nbio,12\n",
    "market": "from,crop,day,price\n2026-01-01,maize,2026-09-01,2.10\n",
    "grade": "grade,factor\nA,1.1\nB,1\n",
    "cpi": "from,level\n2026-01-01,100\n2026-02-01,100.3\n",
    "season": "name,starts,ends\n2026,2026-09-01,2026-10-20\n",
    "terms": "drug,cycle,paid,aided,issues\nX,1,5,5,2\n",
    "places": "county,places\nx,3\n",
}

SKETCHES: dict[str, str] = {}

SKETCHES["joint_school"] = text_of(
    lookups="lookups:\n  agreed_share: {file: share.csv, source: Agreement, keys: {agreed_year: integer}, values: {share: money}}\n  term: {file: term.csv, calendar: true}",
    participants="""participants:
  student: {is: person, consent: [contact, share_results], joins: student_status}
  mentor:  {is: person, from: staff}""",
    benefits="""benefits:
  yearly_share:
    kind: cash
    amount: lookup(agreed_share, age)
    instalments: {every: year, when: "last(annual_report, accepted)"}
  equipment:
    kind: in_kind
    item: asset
    quantity: 1
    each_delivery:
      form: {serial_number: {type: code}, title: {type: choice, of: [lent, given]}, installed_on: {type: date}, photo: {type: file}}
      signed_by: [officer, university]
""",
    records="""records:
  council_meeting: {about: award, at_least: 2 per year, by: officer, form: {held_on: {type: date}, minutes: {type: file, required: true}}}
  annual_report:   {about: award, every: year, due: 60 days, by: party, verified_by: officer, form: {spent: {type: rows, of: {what: {type: text}, cost: {type: money}}}, accepted: {type: boolean, by: officer}}}
  student_status:
    about: student
    every: term                            # a dated calendar in lookups
    by: party
    form: {enrolled: {type: boolean}, credits: {type: integer}, hours_by_company: {type: integer}, graduated_on: {type: date, when: NOT enrolled}}
  placement:
    about: student
    when: it starts, and again when it ends
    by: partner
    form: {firm: {type: party}, starts: {type: date}, ends: {type: date}, hours_a_day: {type: number}, night_shift: {type: boolean}, monthly_pay: {type: money}, insured: {type: boolean}}
    raises: {cheap_labour: {when: hours_a_day > 8 OR night_shift OR NOT insured, to: programme_manager, within: 2 working days}}
""",
    follow_ups="""follow_ups:
  first_job: {about: student, due: [6 months after graduated_on, 12 months after graduated_on], form: {works: {type: boolean}, in_field: {type: boolean}, with_partner: {type: boolean}}}
""",
)
SKETCHES["biotech_park"] = text_of(
    lookups="lookups:\n  longest_stay: {file: stay.csv, source: x, keys: {branch: text}, values: {months: integer}}",
    form="""form:
  age: {type: integer}
  income: {type: money}
  area_asked: {type: number}
  branch: {type: choice, of: [bio, med]}
  high_tech_certificate: {type: boolean}
  acquired_or_listed: {type: boolean}
""",
    benefits="""benefits:
  laboratory: {kind: space, square_metres: area_asked, months: "lookup(longest_stay, branch)", rent: 45, subsidy: 0.50}
  platform:
    kind: service
    call_off: true
    caps: {hours: 40 per month}
    each_delivery: {form: {instrument: {type: choice, of: [sequencer, cryostat]}, hours: {type: number}}, quantity: hours, signed_by: [tenant]}
""",
    records="""records:
  quarterly_return:
    about: award
    first: before first delivery
    every: quarter
    until: 5 years after exit
    rhythm_after_exit: year
    due: 30 days
    by: party
    starts_from: last return
    doubt: {jobs: moves more than 50 %, revenue: moves more than 100 %}
    verified_by: officer
    form: {trading: {type: boolean}, jobs: {type: integer}, payroll: {type: money}, revenue: {type: money}, raised: {type: money}, ip_filed: {type: integer}}
""",
    exit="""exit:
  graduated: {when: "high_tech_certificate OR sum_of(quarterly_return, raised) >= 5000000 OR acquired_or_listed"}
  reasons: [graduated, moved out, merged, closed, rent unpaid, stay ended]
""",
    indicators="""indicators:
  jobs_now:  {level: outcome, sum: "last(quarterly_return, jobs)", reported_and_verified: true}
  survival:  {level: outcome, survival: trading, from: quarterly_return, at: [1 year, 3 years, 5 years], censored: lost}
""",
)
SKETCHES["agricultural_park"] = text_of(
    serves="serves: household",
    called="called: {applicant: Farmer, award: Contract, delivery: Weighing}",
    parameters="parameters:\n  floor_price: {type: money, source: x, from: {2026-01-01: 2.40}}",
    lookups="lookups:\n  market_price: {file: market.csv, source: x, keys: {crop: text, day: date}, values: {price: money}}\n  grade_factor: {file: grade.csv, source: x, keys: {grade: text}, values: {factor: number}}\n  season: {file: season.csv, calendar: true}\n  rural_cpi: {file: cpi.csv, source: x, values: {level: number}}",
    form="""form:
  age: {type: integer}
  income: {type: money}
  area_mu: {type: number}
  contracted_kg: {type: number}
""",
    benefits="""benefits:
  seed_advance: {kind: in_kind, item: Seed, quantity: 25 * area_mu, repaid_from: maize}
  maize:
    kind: purchase
    call_off: true
    up_to: 1.10 * contracted_kg
    each_delivery:
      form:
        gross_kg: {type: number, min: 0, max: 60000}
        tare_kg:  {type: number, min: 0}
        moisture: {type: number, min: 0, max: 1}
        grade:    {type: choice, of: [A, B, C]}
      derive:
        paid_kg: (gross_kg - tare_kg) * (1 - larger_of(moisture - 0.14, 0))
        price:   larger_of(floor_price, lookup(market_price, 'maize', delivered_on)) * lookup(grade_factor, grade)
        value:   paid_kg * price
      amount: value
      deduct: {seed_advance: "smaller_of(0.30 * value, advance_left)"}
      signed_by: [clerk, farmer]
      while_unknown: {price: "floor_price * lookup(grade_factor, grade)"}
      pay: every friday
""",
    records="""records:
  wage_days: {about: award, every: month, by: partner, form: {days: {type: integer}, wage: {type: money}}}
  training:  {about: session, names: party, form: {came: {type: boolean}}}
""",
    follow_ups="""follow_ups:
  season_survey: {about: [award, neighbours], due: [before first delivery, 30 days after season], form: {sales: {type: money}, rent: {type: money}, wages: {type: money}, costs: {type: money}}}
""",
    comparison="""comparison:
  neighbours: {who: households of the same villages without a contract, at_least: 150, asked: [season_survey]}
""",
    indicators="""indicators:
  net_income: {level: outcome, change: sales + rent + wages - costs, from: season_survey, against: neighbours, deflate: rural_cpi}
""",
    examples="""examples:
  typical:
    given: {as_of: 2026-09-10, age: 20, contracted_kg: 6000, advance_left: 1000}
    expect: {outcome: eligible}
  wet_maize_on_a_low_market:
    given: {like: typical, contracted_kg: 6000, advance_left: 1000}
    then:
      - {on: 2026-09-01, step: award}
      - on: 2026-09-12
        maize: {delivered_on: 2026-09-12, gross_kg: 1240, tare_kg: 40, moisture: 0.16, grade: B}
        expect: {paid_kg: 1176, price: 2.40, value: 2822.40, seed_advance: 846.72, paid: 1975.68}
""",
)
SKETCHES["charity_clinics"] = text_of(
    serves="serves: public",
    form=None,
    eligibility=None,
    decision=None,
    parameters="parameters:\n  refer_systolic: {type: integer, source: x, from: {2025-01-01: 140}}\n  today_systolic: {type: integer, source: x, from: {2025-01-01: 180}}",
    sessions="""sessions:
  clinic_day:
    at: site
    before: {filing: {type: file, due: 15 days before}, team: {type: rows, of: {person: {type: party}, licence: {type: code, required: true}}}}
    close: the same day
    ends: [held, cancelled]
""",
    records="""records:
  attendee:
    about: session
    names: none
    people: attendances
    form:
      age_band:   {type: choice, of: [under 18, 18 to 44, 45 to 64, 65 and over]}
      sex:        {type: choice, of: [female, male, not said]}
      systolic_1: {type: integer, min: 50, max: 300, sensitive: health}
      systolic_2: {type: integer, min: 50, max: 300, sensitive: health}
      may_we_call: {type: boolean}
    derive:
      systolic: (systolic_1 + systolic_2) / 2
      abnormal: systolic >= refer_systolic
    raises:
      refer_before_leaving: {when: abnormal, to: triage_nurse, within: same session, done_by: referral}
      hospital_today:       {when: systolic >= today_systolic, to: doctor, within: 30 minutes}
  referral:
    about: attendee
    opens: party when may_we_call
    form: {to: {type: party}, appointment: {type: date, required: true}}
""",
    follow_ups="""follow_ups:
  call: {about: referral, due: [14 days after appointment, 90 days after appointment], attempts: 3, form: {seen: {type: boolean}, diagnosed: {type: boolean}, treated: {type: boolean}, controlled: {type: boolean}}}
""",
    indicators="""indicators:
  attendances: {level: output, count: attendee}
  cascade:     {level: outcome, cascade: [attendee, abnormal, referral, seen, diagnosed, treated, controlled]}
""",
    examples="""examples:
  a_day:
    then:
      - {on: 2026-01-01, attendee: {systolic_1: 150, systolic_2: 150}, expect: {task: refer_before_leaving}}
""",
)
SKETCHES["patient_assistance"] = text_of(
    operated_by="operated_by: charity",
    wall="wall: [donor, commercial]",
    lookups="lookups:\n  terms: {file: terms.csv, source: x, keys: {drug: text, cycle: integer}, values: {paid: integer, aided: integer, issues: integer}}",
    form="""form:
  age: {type: integer}
  income: {type: money}
  drug: {type: choice, of: [X, Y]}
  household_income: {type: money}
  insured: {type: boolean}
""",
    benefits="""benefits:
  medicine:
    kind: in_kind
    item: medicine X 100 mg, 30 tablets
    caps: {packs: [24, 3 per 84 days], months: 24, people: 500, date: 2027-12-31, stock: true}
    cycle:
      bought: sum_of(invoice, packs)
      paid: lookup(terms.paid, drug, cycle_no)
      aided: lookup(terms.aided, drug, cycle_no)
      issues: lookup(terms.issues, drug, cycle_no)
      every: 28 days
      window: 7 days
    each_delivery:
      needs: {medical_check: not older than 30 days, invoice: unique across programmes}
      form:
        prescription: {type: file, sensitive: health}
        lot:          {type: lot}
        packs:        {type: integer, min: 1}
        collected_by: {type: choice, of: [patient, family, courier]}
        empties:      {type: integer, min: 0}
      quantity: packs
      signed_by: [pharmacist, patient]
""",
    records="""records:
  invoice: {about: award, when: it happens, form: {number: {type: code}, packs: {type: integer}}, verified_by: officer}
  medical_check: {about: award, every: 28 days, by: partner, form: {progression: {type: boolean, sensitive: health}, dose: {type: integer}}}
  adverse_event:
    about: award
    when: it happens
    by: anyone
    form: {what: {type: text, sensitive: health}, began: {type: date}, serious: {type: boolean}}
    raises:
      tell_the_office: {to: medical_reviewer, within: 12 hours}
      tell_the_maker:  {when: serious, to: safety_desk, within: 24 hours, sends: [what, began, lot]}
""",
    renewal="""renewal:
  every: 12 months
  opens: 60 days before
  asks: [household_income, insured]
  again: [is_grown_up]
  no_answer: {remind: [30 days, 7 days], then: suspend, end: after 90 days}
""",
    exit="""exit:
  reasons: [recovered, progression, adverse event, died, insured now, moved, not reached, stock ended, programme closed]
  wind_down: {new: stop, present: until exit}
""",
    valuation="""valuation:
  none: Health gain is owed to the medicine and the doctors; we publish access and adherence.
  for_the_group: {none: "No sales figure may stand beside a gift of medicine: SAMR guidelines 2025; OIG 2005, 2014."}
""",
)
SKETCHES["rehabilitation"] = text_of(
    benefits="""benefits:
  therapy:
    kind: service
    payee: provider
    call_off: true
    caps: {amount: [1800 per month, 18000 per year]}
    each_delivery:
      form: {minutes: {type: integer, min: 20, max: 120}, kind_of_therapy: {type: choice, of: [PT, OT, ST]}, price: {type: money}, began: {type: text}, therapist: {type: code}, provider: {type: code}}
      amount: price
      begins: began
      lasts: minutes
      signed_by: [therapist, family]
      refuse_when: {two_places_at_once: overlaps(therapist)}
""",
    records="""records:
  plan: {about: award, when: after each assessment, by: officer, form: {goals: {type: rows, of: {goal: {type: text}}}, sessions_a_week: {type: integer}}, amends: therapy}
""",
    follow_ups="""follow_ups:
  assessment: {due: [before first delivery, 4 weeks after first delivery, 12 weeks after first delivery, 26 weeks after first delivery], by: partner, not_by: payee, instrument: Barthel}
""",
    indicators="""indicators:
  function: {level: outcome, change: assessment, at: 26 weeks, share_with: minimal_important_change}
""",
)
SKETCHES["public_culture_and_sport"] = text_of(
    sessions="""sessions:
  race:
    at: site
    places: 1200
    overbook: 1.30
    before: {police_permit: {type: file, when: places >= 1000, due: 20 days before}, medical_cover: {type: file}}
    ends: [held, cancelled]
""",
    form="""form:
  age: {type: integer}
  income: {type: money}
  group_code: {type: code}
""",
    decision="decision: {by: lottery, seed: recorded, together: group_code, waiting_list: moves up until 48 hours before}",
    records="""records:
  check_in:  {about: application, by: helper, form: {came: {type: boolean}}}
  headcount: {about: session, names: none, form: {people: {type: integer}, method: {type: choice, of: [tickets, gate, clicker, density]}}}
  incident:  {about: session, when: it happens, form: {serious: {type: boolean}}, raises: {safety: {when: serious, to: safety_officer, within: 1 hour}}}
""",
    follow_ups="""follow_ups:
  survey: {about: check_in, sample: 400 at random, due: 3 days after session, form: {active_before: {type: boolean}, active_now: {type: boolean}}}
""",
)
SKETCHES["poverty_relief"] = text_of(
    form="""form:
  age: {type: integer}
  income: {type: money}
  county: {type: code}
  school: {type: party}
  disaster: {type: boolean}
  life_at_risk: {type: boolean}
""",
    lookups="lookups:\n  places: {file: places.csv, source: x, keys: {county: text}, values: {places: integer}}",
    decision="""decision:
    by: committee
    within: 20 working days
    quota: {by: county, table: places}
    information: {remind: [7 days, 21 days], lapse: 45 days}
    notice: {days: 7, shows: [name_masked, school, amount], objections: grievance}
    urgent: {when: disaster OR life_at_risk, by: officer, up_to: 2000, within: 1 day, papers: 30 days}
""",
    records="""records:
    home_visit: {about: application, by: officer, signed_by: [visitor, witness], form: {roof: {type: choice, of: [sound, leaks, none]}, photo_of_goods: {type: file}}}
""",
    follow_ups="""follow_ups:
    did_it_arrive: {about: delivery, sample: 10 %, due: 14 days after each delivery, form: {got_it: {type: choice, of: [all, part, nothing]}, had_to_pay_someone: {type: boolean}}, raises: {complaint: {when: had_to_pay_someone OR got_it <> 'all', to: independent_handler, within: 5 working days}}}
""",
)
SKETCHES["suppliers_and_dialogue"] = text_of(
    serves="serves: public",
    form=None,
    eligibility=None,
    decision=None,
    participants="participants: {supplier: {is: organisation, from: registry where role = 'supplier'}}",
    sessions="sessions: {hearing: {at: site}}",
    records="""records:
    electricity: {about: site, every: month, due: 10 days, form: {kwh: {type: number, min: 0}, bill: {type: file}}, doubt: {kwh: moves more than 50 %}, missing_is: unknown}
    questionnaire: {about: supplier, every: 12 months, by: supplier, starts_from: last answers, accepts: [PSCI, EcoVadis, SA8000], form: {signed: {type: boolean}}}
    finding: {about: supplier, when: it happens, form: {severity: {type: choice, of: [critical, major, minor]}}, raises: {corrective_action: {to: supplier, within: {critical: 7 days, major: 30 days, minor: 180 days}, closed_by: officer with evidence}}}
    comment: {about: session, names: optional, form: {said: {type: text}, group: {type: choice, of: [farmers, patients, staff, neighbours]}, topic: {type: choice, of: [price, access, safety]}}, raises: {answer: {to: owner_of_topic, within: 60 days}}}
""",
    examples="""examples:
  a_day:
    then:
      - {on: 2026-01-01, comment: {said: too far}, expect: {task: answer}}
""",
)
