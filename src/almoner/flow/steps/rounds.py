"""Opens a round: its edition is frozen, its budget granted."""

from __future__ import annotations

from almoner.definitions.programme import Programme
from almoner.flow.applications import actions as applications
from almoner.flow.applications import queries
from almoner.flow.applications.models import Round
from almoner.flow.ledger import actions as ledger
from almoner.flow.ledger.actions import BudgetExceededError
from almoner.flow.steps.recipe import Request, Result, StepRefusedError, carry_out
from almoner.flow.steps.staffing import refuse_held_before_the_wall
from almoner.people.access import require
from almoner.values.language import _
from almoner.values.money import Money
from almoner.vault.models import Stamp

OPEN = "open rounds"
LEDGER = "ledger of "
"""How a contribution names an account of the ledger."""

__all__ = ["BudgetExceededError", "open_round", "record_cost"]


def open_round(  # noqa: PLR0913 -- a round has these sides
    programme: Programme, *, name: str, year: int, budget: Money, fund: str, real: bool, request: Request
) -> Round:
    """A round of a programme under the edition it has today; asked again, the round that is open.

    Raises:
        NotPermitted: the person may not open rounds there.
        StepRefusedError: the round is open under another edition or in another currency, or the edition puts behind
            the wall who acts on cases.
    """
    require(request.by, OPEN, programme.key)

    def do(stamp: Stamp) -> Result:
        refuse_held_before_the_wall(programme)
        edition = applications.store_edition(programme, stamp=stamp)
        round_ = applications.open_round(
            edition, name=name, year=year, currency=programme.currency, real=real, stamp=stamp
        )
        ledger.grant_budget(round_, budget, fund=fund, stamp=stamp)
        return {"round": str(round_.uid), "edition": programme.digest, "budget": str(budget)}

    found = queries.find_round(programme.key, name)
    if found is None:
        arguments = {
            "programme": programme.key,
            "name": name,
            "year": year,
            "budget": str(budget),
            "fund": fund,
        }
        carry_out("open_round", request, may=OPEN, programme=programme.key, arguments=arguments, do=do)
        found = queries.find_round(programme.key, name)
    if found is None or found.edition.digest != programme.digest:
        raise StepRefusedError(
            _(
                "The round '{name}' is open under another edition of its rules. Give the new round a new name."
            ).format(name=name)
        )
    return found


def record_cost(round_: Round, amount: Money, account: str, *, fund: str, request: Request) -> None:
    """What running the programme costs the office beside what it gives.

    Raises:
        StepRefusedError: no contribution of the programme is read from such an account.
    """
    programme = queries.programme_of(round_.edition)
    if LEDGER + account not in {one.source for one in programme.contributions.values()}:
        raise StepRefusedError(
            _("{file} reads no contribution from the ledger of {account}.").format(
                file=programme.file, account=account
            )
        )

    def do(stamp: Stamp) -> Result:
        ledger.record_cost(round_, amount, account, key=request.key, fund=fund, stamp=stamp)
        return {"round": round_.name, "amount": str(amount)}

    arguments = {"round": str(round_.uid), "account": account, "amount": str(amount)}
    carry_out("record_cost", request, may="budget", programme=round_.programme, arguments=arguments, do=do)
