"""`almoner review`: cases are shared out to reviewers, who judge them against the rubric of the programme's file."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from almoner.cli.deciding import InRound, Named, round_of, tell
from almoner.cli.main import Exit, app, out, refuse
from almoner.cli.office import As, AsJson, On, enter, request_of, stay_behind_the_wall, user_named
from almoner.values.language import _

if TYPE_CHECKING:
    from almoner.flow.reviews.models import Assignment

review = typer.Typer(help="Reviews of applications against a rubric.", no_args_is_help=True)
app.add_typer(review, name="review")

Reference = Annotated[str, typer.Argument(help="The application's reference.")]
NOTHING = "–"


@review.command("ties")
def ties_command(  # noqa: PLR0913 -- a command has its options
    programme: Named,
    *,
    own: Annotated[
        list[str],
        typer.Option(
            help="What you share with applicants: institution='North University'; institution= where nothing."
        ),
    ],
    as_user: As,
    round_name: InRound = "",
    on: On = "",
    as_json: AsJson = False,
) -> None:
    """Declare what you share with applicants, such as an institution, before you are given any case."""
    enter()
    from almoner.flow.applications.queries import programme_of
    from almoner.flow.steps.reviewing import declare_ties

    round_ = round_of(programme, round_name, as_user)
    said: dict[str, list[str]] = {}
    for name, value in _pairs(own, "institution='North University'"):
        said.setdefault(name, []).append(value)
    tell(
        lambda: declare_ties(programme_of(round_.edition), said, request=request_of(as_user, on)),
        as_json=as_json,
    )


@review.command("assign")
def assign_command(  # noqa: PLR0913 -- a command has its options
    programme: Named,
    *,
    reviewer: Annotated[list[str], typer.Option(help="A user who reviews; once for each.")],
    seed: Annotated[int, typer.Option(help="The seed of the lot; it is kept.", min=0)],
    as_user: As,
    round_name: InRound = "",
    on: On = "",
    as_json: AsJson = False,
) -> None:
    """Give every eligible case that lacks reviewers as many as the file demands, evenly and by lot.

    Nobody is given a case whose institution, say, is their own, nor one from which they withdrew.
    """
    enter()
    from almoner.flow.steps.reviewing import assign_reviews

    round_ = round_of(programme, round_name, as_user)
    users = [user_named(name) for name in dict.fromkeys(reviewer)]
    tell(lambda: assign_reviews(round_, users, seed=seed, request=request_of(as_user, on)), as_json=as_json)


@review.command("list")
def list_command(programme: Named, *, as_user: As, round_name: InRound = "", as_json: AsJson = False) -> None:
    """List a round's reviews: all cases with what they come to, or, for a reviewer, their own."""
    enter()
    from almoner.flow.steps import judging
    from almoner.flow.steps.recipe import StepRefusedError
    from almoner.people.access import NotPermitted

    round_ = round_of(programme, round_name, as_user)
    user = user_named(as_user)
    try:
        if judging.may_see(user, round_.programme):
            found: Any = judging.overview(round_, by=user)
            lines = _overview_lines(found)
        else:
            found = judging.own_cases(round_, by=user)
            lines = [_own_line(row) for row in found] or [_("There is nothing to review.")]
    except (NotPermitted, StepRefusedError) as error:
        raise refuse(str(error)) from None
    if as_json:
        out.print_json(json.dumps(found, ensure_ascii=False))
        return
    for line in lines:
        out.print(line, markup=False, highlight=False, soft_wrap=True)


def _overview_lines(found: Mapping[str, Any]) -> list[str]:
    line = _(
        "{application}: {mean} of {most} ({reviews} of {of} reviews, spread {spread}, without severity {fair})"
    )
    lines = []
    for row in found["cases"]:
        known = {name: NOTHING if value is None else value for name, value in row.items()}
        lines.append(line.format(**known, most=found["most"]))
        lines.extend("    " + _("to the panel: {text}").format(text=text) for text in row["to_panel"])
    if found["severity"] is None:
        lines.append(_("Severity cannot be told: the reviewers share too few cases."))
    else:
        told = ", ".join(f"{name} {points}" for name, points in found["severity"].items())
        lines.append(
            _("Points that each gives more than the others for the same cases: {told}").format(told=told)
        )
    return lines


def _own_line(row: Mapping[str, Any]) -> str:
    states = {
        "assigned": _("to review"),
        "reviewed": _("reviewed"),
        "answers changed": _("answers changed: review again"),
    }
    state = states[row["state"]]
    if row["total"] is not None:
        return _("{application}: {state}, {total} points").format(
            application=row["application"], state=state, total=row["total"]
        )
    return _("{application}: {state}, due {due_on}").format(
        application=row["application"], state=state, due_on=row["due_on"] or NOTHING
    )


@review.command("read")
def read_command(reference: Reference, *, as_user: As) -> None:
    """Read a case that is yours to review: its answers, but nothing sensitive and nobody's name, and the rubric."""
    enter()
    from almoner.flow.steps.judging import sheet_to_judge
    from almoner.flow.steps.recipe import StepRefusedError
    from almoner.people.access import NotPermitted

    try:
        found = sheet_to_judge(_mine(reference, as_user), by=user_named(as_user))
    except (NotPermitted, StepRefusedError) as error:
        raise refuse(str(error)) from None
    out.print_json(json.dumps(found, ensure_ascii=False))


@review.command("give")
def give_command(  # noqa: PLR0913 -- a command has its options
    reference: Reference,
    *,
    points: Annotated[
        list[str], typer.Option(help="Whole points for a criterion: originality=30; once for each.")
    ],
    to_applicant: Annotated[str, typer.Option(help="A word that the applicant may read.")] = "",
    to_panel: Annotated[str, typer.Option(help="A word for the panel alone.")] = "",
    as_user: As,
    on: On = "",
    as_json: AsJson = False,
) -> None:
    """Review a case: points for every criterion of the rubric. Given again it takes the place of the first."""
    enter()
    from almoner.flow.steps.reviewing import give_review

    assignment = _mine(reference, as_user)
    scores: dict[str, int] = {}
    for name, value in _pairs(points, "originality=30"):
        if name in scores or not value.isdigit():
            raise refuse(_("'{text}' gives no whole points once.").format(text=f"{name}={value}"), Exit.USAGE)
        scores[name] = int(value)
    tell(
        lambda: give_review(
            assignment, scores, to_applicant=to_applicant, to_panel=to_panel, request=request_of(as_user, on)
        ),
        as_json=as_json,
    )


@review.command("withdraw")
def withdraw_command(
    reference: Reference,
    *,
    why: Annotated[str, typer.Option(help="The conflict, in words.")],
    as_user: As,
    on: On = "",
    as_json: AsJson = False,
) -> None:
    """Withdraw from a case because of a conflict; what you gave counts no more."""
    enter()
    from almoner.flow.steps.reviewing import recuse

    assignment = _mine(reference, as_user)
    tell(lambda: recuse(assignment, why=why, request=request_of(as_user, on)), as_json=as_json)


def _mine(reference: str, as_user: str) -> Assignment:
    """The assignment of a case to a user.

    Raises:
        typer.Exit: they do not review it; nothing else is told, not even whether it is there.
    """
    from almoner.flow.reviews.queries import assignment_of

    found = assignment_of(reference, user_named(as_user))
    if found is None:
        raise refuse(
            _("{user} may not review {case}: it was not given to them.").format(user=as_user, case=reference)
        )
    stay_behind_the_wall(as_user, found.application.round.programme)
    return found


def _pairs(texts: Sequence[str], example: str) -> list[tuple[str, str]]:
    found = []
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign:
            raise refuse(
                _("'{text}' is not written as {example}.").format(text=text, example=example), Exit.USAGE
            )
        found.append((name.strip(), value.strip()))
    return found
