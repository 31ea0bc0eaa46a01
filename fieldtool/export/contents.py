"""What an export is made of: the instrument, the cases covered, and where the ratings stand over them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from fieldtool.domain.kinds.comparison_figures import FiguresImported
from fieldtool.domain.log.agenda import AgendaItem, Answers, Note
from fieldtool.domain.method.case import Case
from fieldtool.domain.method.figures import TITLES, Whose
from fieldtool.domain.method.framework import Framework
from fieldtool.domain.method.rating import OverallStanding, StandardStanding
from fieldtool.domain.method.replacement import Eliminated
from fieldtool.domain.method.tally import Bucket, Count, buckets


@dataclass(frozen=True)
class Contents:
    """Everything that the tables are made of."""

    title: str
    provider: str
    framework: Framework
    cases: tuple[Case, ...]
    """The cases that are counted, in the order of their references."""
    counts: Mapping[str, Count]
    standards: tuple[StandardStanding, ...]
    overall: OverallStanding
    unrated: Mapping[str, str]
    """Why standards were left unrated, by number."""
    complete_only: bool
    with_notes: bool
    """Whether the texts that inspectors wrote are among the tables: they are about real people."""
    figures: Mapping[Whose, FiguresImported]
    """What the inspection is compared with."""
    eliminated: tuple[Eliminated, ...] = ()
    """The cases that dropped out of the sample: they count nowhere."""
    agenda: tuple[AgendaItem, ...] = ()
    evidence: tuple[Note, ...] = ()
    """What was noted at the items of the agenda."""
    interviews: Answers = field(default_factory=dict)
    """The answers to the interview forms."""

    @property
    def note(self) -> str:
        """What stands under every table."""
        which = "the complete cases alone" if self.complete_only else "all cases, complete or not"
        return (
            f"{self.title}, {self.provider}. Over {which}: {len(self.cases)}. Ratings are provisional. "
            f"Wording: {self.framework.licence}"
        )

    @property
    def note_on_comparison(self) -> str:
        """What stands under a table in which figures are compared."""
        named = [f"{TITLES[whose]}: {each.name}." for whose, each in self.figures.items() if each.title]
        said = "Significant: by a two-proportion Z test at 0.1, where n and N of both are known."
        return " ".join([self.note, *named, *([said] if self.figures else [])])

    @cached_property
    def buckets(self) -> Mapping[str, Mapping[str, Bucket]]:
        """Where each case stands in the count of every item, by reference and number."""
        return {case.ref: buckets(self.framework, case) for case in self.cases}
