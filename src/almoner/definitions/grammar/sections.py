"""The sections of a definition in their order, which is the order of the flow."""

from __future__ import annotations

from dataclasses import dataclass

from almoner.definitions.grammar import asked, given, shown
from almoner.definitions.grammar.kinds import FORM, NAMES, RAW, TEXT, Each, Kind, one_of


@dataclass(frozen=True, slots=True)
class Section:
    """A section: what it holds, whether a file must have it, and whether anything carries it out yet.

    `obligatory` is 'always', 'unless public' (unless the programme serves the public), or ''.
    """

    name: str
    kind: Kind
    meaning: str
    obligatory: str = ""
    later: bool = False


SERVES = ("person", "household", "organisation", "public")

CALLED = (
    "applicant",
    "application",
    "award",
    "delivery",
    "participant",
    "record",
    "session",
    "site",
    "follow_up",
)
"""The words of the files that a page may call otherwise."""

SECTIONS: tuple[Section, ...] = (
    Section("almoner", one_of("1"), "The version of the grammar; the first line.", "always"),
    Section("programme", TEXT, "The programme's title.", "always"),
    Section("theme", TEXT, "The theme it belongs to.", "always"),
    Section("purpose", TEXT, "What it is for, in one sentence.", "always"),
    Section("serves", one_of(*SERVES), "Whom it serves; public: nobody applies.", "always"),
    Section("called", Each(of=TEXT), "The reader's words for: " + ", ".join(CALLED) + "."),
    Section("operated_by", TEXT, "The legal person that operates it, where it is not the donor."),
    Section("wall", NAMES, "Roles that may see only aggregates here; none that a task names."),
    Section("currency", TEXT, "The currency of all amounts, as ISO 4217.", "always"),
    Section("time_zone", TEXT, "The time zone of its days, as in the IANA list; UTC where it is not said."),
    Section("codes", Each(of=TEXT), "Codes for open data: 360Giving purpose and reason, SDG target."),
    Section("parameters", Each(of=asked.PARAMETER), "Typed and dated figures, each with its source."),
    Section("lookups", Each(of=asked.LOOKUP), "Dated tables and calendars in CSV beside the file."),
    Section("consent", Each(of=asked.CONSENT), "What a person is asked to allow."),
    Section("participants", Each(of=asked.PARTICIPANT), "Who takes part and does not apply."),
    Section("sessions", Each(of=asked.SESSION), "Dated occasions at a site for many people."),
    Section("form", FORM, "The questions.", "unless public"),
    Section("derive", Each(of=asked.DERIVED), "Named values that follow from answers, earlier ones first."),
    Section("eligibility", Each(of=asked.RULE), "The rules; each must be TRUE.", "unless public"),
    Section("scoring", Each(of=asked.CRITERION), "The criteria and their points."),
    Section("review", asked.REVIEW, "How people score against a rubric."),
    Section(
        "decision", asked.DECISION, "Who decides, within how long, and how a round is cut.", "unless public"
    ),
    Section("benefits", Each(of=given.BENEFIT), "What is given."),
    Section("records", Each(of=given.RECORD), "Dated answer sheets, reported and then verified."),
    Section("follow_ups", Each(of=given.FOLLOW_UP), "Records that fall due after a benefit."),
    Section("standing", Each(of=given.STANDING), "What follows from records: probation, ended, recover."),
    Section("renewal", given.RENEWAL, "What is asked again, on which rhythm."),
    Section("exit", RAW, "`reasons`, `wind_down`, and rules by name."),
    Section("comparison", Each(of=given.COMPARISON), "Who is asked the same and helped with nothing."),
    Section("contributions", Each(of=shown.CONTRIBUTION), "What the company puts in, and why (B4SI)."),
    Section("indicators", Each(of=shown.INDICATOR), "The figures."),
    Section(
        "valuation",
        RAW,
        "`none` with the reason, and `for_the_group: {none: …}`, which a statement says; or outcome values by "
        "indicator: of a share of level outcome; of others *not yet*.",
    ),
    Section("publish", shown.PUBLISH, "What may be published, and the smallest group shown."),
    Section(
        "examples",
        Each(of=shown.EXAMPLE),
        "Cases and what must come of them: the programme's tests.",
        "always",
    ),
)

BY_NAME = {section.name: section for section in SECTIONS}
