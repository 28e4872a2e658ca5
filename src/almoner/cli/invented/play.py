"""A play: a round that did not happen, as its file says it, read and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

from almoner.cli.invented.chances import Drawn, Written
from almoner.definitions.mapping import ImportMapping
from almoner.definitions.programme import Programme

AWARDED, LIVING, DUE, APPLICANTS = "awarded", "living", "due", "applicants"
"""Who may be in a file: those with an award, with one that runs, whose turn it is, and everybody who applied."""


@dataclass(frozen=True, slots=True)
class Group:
    """People who do not exist: how many, what they are called, and what is drawn for each once and for all."""

    name: str
    count: int
    called: Written
    draw: Mapping[str, Drawn]


@dataclass(frozen=True, slots=True)
class Applications:
    """The round's applications. Those who are asked for more send whole papers on `late_on` in this share."""

    mapping: ImportMapping
    path: Path
    group: Group
    columns: Mapping[str, Drawn]
    late_on: date | None = None
    late_share: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file that comes, once or again and again, under a mapping.

    `who` names those in it, `group` is given where they are in no other file. `on` are the days it comes, in a
    session's file `after` the days after the session. `in_it` says whether somebody is in it, `times` how often;
    `happens` names a date: what happened since the file came last is in it. `results` are exact shares of those asked.
    """

    name: str
    mapping: ImportMapping
    path: Path
    who: str
    columns: Mapping[str, Drawn]
    draw: Mapping[str, Drawn]
    group: Group | None = None
    on: tuple[date, ...] = ()
    after: tuple[int, ...] = ()
    in_it: Drawn | None = None
    times: Drawn | None = None
    happens: str = ""
    results: tuple[tuple[str, Decimal], ...] = ()


@dataclass(frozen=True, slots=True)
class Day:
    """A session as it is planned; `cancelled` is the reason for which it is not held."""

    code: str
    site: str
    on: date
    cancelled: str = ""


@dataclass(frozen=True, slots=True)
class Sessions:
    """The sessions of one kind: which, what is filed how many days before, what is written at them, what they cost.

    `closed` is how many days after the day of one its sheet is closed. `counted` says for a record what is counted
    then; a file's name is how many lines it has.
    """

    kind: str
    days: tuple[Day, ...]
    papers: Mapping[str, Drawn] = field(default_factory=dict)
    filed: int = 0
    closed: int = 0
    files: Mapping[str, Sheet] = field(default_factory=dict)
    counted: Mapping[str, Drawn] = field(default_factory=dict)
    costs: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reviewer:
    """Somebody who reviews: what they declare of their ties, and how severe they are."""

    name: str
    ties: Mapping[str, tuple[str, ...]]
    severity: Drawn


@dataclass(frozen=True, slots=True)
class Reviews:
    """How the round's cases are reviewed before it is decided.

    On `assigned` ties are declared and the cases are shared out by lot from `seed`. On `withdrawn_on` the share
    `withdrawn` of those who hold a case withdraw from it because of `why`, and others take their places. On each day of
    `given` who is `done` gives a review, on the last one everybody does. `points` has every criterion of the rubric.
    """

    reviewers: tuple[Reviewer, ...]
    assigned: date
    seed: int
    given: tuple[date, ...]
    points: Mapping[str, Drawn]
    draw: Mapping[str, Drawn] = field(default_factory=dict)
    done: Drawn | None = None
    withdrawn_on: date | None = None
    withdrawn: Decimal = Decimal(0)
    why: str = ""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A lot that arrives."""

    benefit: str
    lot: str
    on: date
    quantity: Decimal
    expires: date


@dataclass(frozen=True, slots=True)
class Recall:
    """A lot that is called back, and why."""

    benefit: str
    lot: str
    on: date
    why: str


@dataclass(frozen=True, slots=True)
class Run:
    """The daily run on a day.

    `ends` gives the reason with which a person ends what is proposed, by what proposes it; `resumes` is why those who
    are proposed to run again do, '' where nobody acts on it.
    """

    on: date
    ends: Mapping[str, str] = field(default_factory=dict)
    resumes: str = ""


@dataclass(frozen=True, slots=True)
class Register:
    """A group of `people` that comes on a register of the programme on a day; `struck` says what leaves it, when, why.

    `title` stands before the code in the name of each; '' where they have none.
    """

    group: str
    kind: str
    on: date
    title: str = ""
    struck: Mapping[str, tuple[date, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Draws:
    """The days on which it is drawn by lot who is asked a follow-up; the seed of each is this one and its place."""

    follow_up: str
    on: tuple[date, ...]
    seed: int


@dataclass(frozen=True, slots=True)
class Cost:
    """What the office spends on a day, from an account of the ledger."""

    account: str
    amount: Decimal
    on: date


@dataclass(frozen=True, slots=True)
class Round:
    """The round that is opened."""

    name: str
    year: int
    budget: Decimal
    fund: str


@dataclass(frozen=True, slots=True)
class Play:
    """A whole file. `decided` is None where nobody applies; `account` is the year of the statement."""

    path: Path
    programme: Programme
    round: Round
    seed: int
    opens: date
    received: date
    decided: date | None
    set_aside: str
    account: int
    closed: date
    deliveries: tuple[date, ...] = ()
    people: Mapping[str, Group] = field(default_factory=dict)
    applications: Applications | None = None
    reviews: Reviews | None = None
    files: Mapping[str, Sheet] = field(default_factory=dict)
    sessions: tuple[Sessions, ...] = ()
    stock: tuple[Arrival | Recall, ...] = ()
    runs: tuple[Run, ...] = ()
    samples: tuple[Draws, ...] = ()
    registers: tuple[Register, ...] = ()
    costs: tuple[Cost, ...] = ()
