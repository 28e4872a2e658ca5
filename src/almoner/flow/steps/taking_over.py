"""Takes over awards that another body decided: by whom, when, on which paper, and what was given of them before.

Nothing is invented about them: no screening, no outcome, no points. They are proposed here like any other award, so
that somebody else approves them before anything is handed over.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from almoner.definitions.programme import Programme
from almoner.engine.brought_over import plan_rest
from almoner.engine.costs import CostUnknown, cost_of_benefit
from almoner.engine.intake.decided import DecidedAward
from almoner.flow.applications import actions as applications
from almoner.flow.applications import queries
from almoner.flow.applications.actions import Sheet
from almoner.flow.applications.models import Application, Round
from almoner.flow.decisions import actions as decisions
from almoner.flow.decisions.actions import Verdict
from almoner.flow.decisions.models import Award
from almoner.flow.decisions.queries import awards_of
from almoner.flow.deliveries.queries import brought_by, figures_of
from almoner.flow.imports import actions as imports
from almoner.flow.imports.actions import Source
from almoner.flow.steps.deciding import check_covers
from almoner.flow.steps.matching import AmbiguousError, Found, Named, Unclear, learn, match_once, open_files
from almoner.flow.steps.receiving import PIECE
from almoner.flow.steps.recipe import Request, Result, StepRefusedError, carry_out
from almoner.flow.steps.winding_down import refuse_new
from almoner.values.language import _
from almoner.values.money import MoneyProblem
from almoner.values.progress import WRITING, pieces
from almoner.vault.models import Stamp

MAY = "propose awards"
"""What taking over awards asks of whoever does it: each is a proposal."""


@dataclass(frozen=True, slots=True)
class Sorted:
    """What a file of awards comes to before anything is written.

    `other_paper`, `otherwise` and `asked_here` are rows whose award or application is there and says something else.
    `identified` are parties that are there and become known by another identifier.
    """

    created: Sequence[tuple[DecidedAward, Found]]
    unchanged: int
    other_paper: Sequence[str]
    otherwise: Sequence[str]
    asked_here: Sequence[str]
    ambiguous: Sequence[Unclear]
    identified: Sequence[Found]

    def counts(self) -> dict[str, int]:
        """How many rows are of each kind."""
        refused = (*self.other_paper, *self.otherwise, *self.asked_here)
        return {
            "created": len(self.created),
            "updated": 0,
            "unchanged": self.unchanged,
            "identified": len(self.identified),
            "ambiguous": len(self.ambiguous),
            "refused": len(refused),
        }

    def refuse_unclear(self) -> None:
        """Go on only if every row is a new award, or says what is there.

        Raises:
            AmbiguousError: nobody can say whom a row is about.
            StepRefusedError: an award or an application is there and says otherwise.
        """
        if self.ambiguous:
            raise AmbiguousError(self.ambiguous)
        said = _("{count} rows {why}, the first is '{row}'.")
        for why, rows in (
            (_("are awards that were taken over under another paper"), self.other_paper),
            (_("say otherwise than the award that was taken over"), self.otherwise),
            (_("belong to applications of this round, which are decided here"), self.asked_here),
        ):
            if rows:
                raise StepRefusedError(said.format(count=len(rows), why=why, row=rows[0]))


def sort_out_awards(round_: Round, rows: Sequence[DecidedAward]) -> Sorted:
    """What a file of awards would change."""
    programme = queries.programme_of(round_.edition)
    _check_known(programme, rows)
    named = [Named(row.row, row.name, row.identifiers) for row in rows]
    matched = match_once(round_, programme.serves, named)
    asking = [one.application for one in matched if isinstance(one, Found) and one.application]
    there = awards_of(asking)
    macs = queries.latest_macs(asking)
    created: list[tuple[DecidedAward, Found]] = []
    unclear: dict[str, list[str]] = defaultdict(list)
    ambiguous: list[Unclear] = []
    identified: list[Found] = []
    unchanged = 0
    for name, row, found in zip(named, rows, matched, strict=True):
        if isinstance(found, Unclear):
            ambiguous.append(found)
            continue
        if found.party is not None and found.new_identifiers:
            identified.append(found)
        if found.application is None:
            created.append((row, found))
            continue
        award = there.get(found.application.pk)
        if award is None or award.decision.elsewhere is None:
            unclear["asked_here"].append(name.shown)
        elif award.decision.elsewhere != _paper_of(row):
            unclear["other_paper"].append(name.shown)
        elif _says(award, macs) != (row.granted, row.given, applications.sheet_mac(programme, _sheet(row))):
            unclear["otherwise"].append(name.shown)
        else:
            unchanged += 1
    return Sorted(
        created,
        unchanged,
        other_paper=unclear["other_paper"],
        otherwise=unclear["otherwise"],
        asked_here=unclear["asked_here"],
        ambiguous=ambiguous,
        identified=identified,
    )


def _says(award: Award, macs: Mapping[int, str]) -> tuple[Any, Any, str]:
    return figures_of(award), brought_by(award), macs[award.application_id]


def _sheet(row: DecidedAward) -> Sheet:
    return Sheet(row.name, row.on, dict(row.answers), row.row, row.identifiers)


def _paper_of(row: DecidedAward) -> dict[str, str]:
    return {"by": row.by, "on": row.on.isoformat(), "paper": row.paper}


def _check_known(programme: Programme, rows: Sequence[DecidedAward]) -> None:
    """The round's own edition knows every benefit and every question of the file.

    Raises:
        StepRefusedError: it does not.
    """
    named = {name for row in rows for name in (*row.granted, *row.answers)}
    strange = sorted(named - programme.benefits.keys() - programme.form.keys())
    if strange:
        raise StepRefusedError(
            _("The edition that this round was opened under knows no '{name}'.").format(name=strange[0])
        )


def take_over_awards(
    round_: Round, rows: Sequence[DecidedAward], *, source: Source, request: Request
) -> Result:
    """Take over a file of awards that were decided elsewhere, whole: proposed, and what was given before kept beside.

    The round's budget sets aside what is still to be given, and nothing of what was given before.

    Raises:
        StepRefusedError: a row says otherwise than what is there, or is new where the programme winds down; or what is
            free does not cover the rest of all.
        NotYetCarriedOut: the programme's file asks for more of a benefit than a dated schedule.
    """
    programme = queries.programme_of(round_.edition)

    def do(stamp: Stamp) -> Result:
        locked = queries.lock_round(round_)
        found = sort_out_awards(locked, rows)
        found.refuse_unclear()
        if found.created:
            refuse_new(round_.programme, request.happened_on)
        cost = cost_of_rests(programme, [row for row, _party in found.created], request)
        check_covers(locked, cost)
        run = imports.start(
            programme=programme.key,
            round_name=round_.name,
            source=source,
            counts=found.counts(),
            stamp=stamp,
        )
        learn(found.identified, stamp=stamp)
        for piece in pieces(WRITING, found.created, PIECE):
            files = [(party, row.identifiers) for row, party in piece]
            parties = open_files(programme.serves, files, stamp=stamp)
            sheets = [_sheet(row) for row, _party in piece]
            drafts = applications.draft(locked, list(zip(sheets, parties, strict=True)), run=run, stamp=stamp)
            applications.revise(programme, list(zip(drafts, sheets, strict=True)), stamp=stamp)
            made = [row for row, _party in piece]
            _propose(programme, list(zip(drafts, made, strict=True)), stamp)
        return {**found.counts(), "cost_minor": cost}

    arguments = {"round": str(round_.uid), "file": source.file_digest, "mapping": source.mapping_digest}
    return carry_out("take_over", request, may=MAY, programme=round_.programme, arguments=arguments, do=do)


def cost_of_rests(programme: Programme, rows: Sequence[DecidedAward], request: Request) -> int:
    """What the awards of a file still take of a budget, in minor units; each can be carried out.

    Raises:
        StepRefusedError: what one costs cannot be told.
        NotYetCarriedOut: the programme's file asks for more of a benefit than a dated schedule.
    """
    total = 0
    for row in rows:
        try:
            plan_rest(programme, row.granted, row.given, decided_on=row.on, begun_on=request.happened_on)
            total += sum(
                cost_of_benefit(programme, programme.benefits[name], figure - row.given[name]).minor
                for name, figure in row.granted.items()
            )
        except (CostUnknown, MoneyProblem) as problem:
            raise StepRefusedError(_("row {row}: {problem}").format(row=row.row, problem=problem)) from None
    return total


def _propose(
    programme: Programme, pairs: Sequence[tuple[Application, DecidedAward]], stamp: Stamp
) -> list[Award]:
    verdicts = [
        Verdict(application, None, "award", texts={}, elsewhere=_paper_of(row)) for application, row in pairs
    ]
    decided = decisions.decide(verdicts, stamp=stamp)
    return decisions.propose_awards(
        programme,
        [(decision, row.granted) for decision, (_application, row) in zip(decided, pairs, strict=True)],
        stamp=stamp,
        brought={application.pk: row.given for application, row in pairs},
    )
