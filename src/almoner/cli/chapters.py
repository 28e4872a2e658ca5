"""Every chapter of the command, in the order of the flow: importing one registers its commands."""

from almoner.cli import (
    awards,
    deciding,
    definitions,
    demo,
    figures,
    importing,
    office,
    publishing,
    reviewing,
    rounds,
    samples,
    screening,
    serving,
    sessions,
    stock,
    tasks,
)

__all__ = [
    "awards",
    "deciding",
    "definitions",
    "demo",
    "figures",
    "importing",
    "office",
    "publishing",
    "reviewing",
    "rounds",
    "samples",
    "screening",
    "serving",
    "sessions",
    "stock",
    "tasks",
]
