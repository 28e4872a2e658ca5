"""Shows Django the tables of the stages; nobody imports it."""

from almoner.flow.applications.models import Application, Edition, Revision, Round, StoredScreening, WindDown
from almoner.flow.comparisons.models import Compared, ComparedAttempt
from almoner.flow.decisions.models import Award, AwardBenefit, BaselineWaived, Decision, Ending, RoundCut
from almoner.flow.deliveries.models import CalledOff, Deduction, Delivery, Instalment, Reckoning
from almoner.flow.imports.models import ImportRun
from almoner.flow.ledger.models import Budget, Entry, Posting, Rate
from almoner.flow.records.models import Attempt, FollowUp, Record, Sample, Task
from almoner.flow.registers.models import RegisterEntry
from almoner.flow.reports.models import Period, PublishedStatement
from almoner.flow.reviews.models import Assignment, Review, ReviewerTies
from almoner.flow.sessions.models import Session, SessionPapers
from almoner.flow.stock.models import Consignment, Lot, WriteOff

__all__ = [
    "Application",
    "Assignment",
    "Attempt",
    "Award",
    "AwardBenefit",
    "BaselineWaived",
    "Budget",
    "CalledOff",
    "Compared",
    "ComparedAttempt",
    "Consignment",
    "Decision",
    "Deduction",
    "Delivery",
    "Edition",
    "Ending",
    "Entry",
    "FollowUp",
    "ImportRun",
    "Instalment",
    "Lot",
    "Period",
    "Posting",
    "PublishedStatement",
    "Rate",
    "Reckoning",
    "Record",
    "RegisterEntry",
    "Review",
    "ReviewerTies",
    "Revision",
    "Round",
    "RoundCut",
    "Sample",
    "Session",
    "SessionPapers",
    "StoredScreening",
    "Task",
    "WindDown",
    "WriteOff",
]
