"""Drawing looked at before it is done and after: the population, a draw on trial, and the draw that was recorded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from fieldtool.domain.events import EventId
from fieldtool.domain.explaining import (
    Section,
    explained,
    margin_formula,
    margin_in_words,
    size_in_words,
    titles_of,
)
from fieldtool.domain.listing import CaseFilter, CaseState
from fieldtool.domain.sampled import ListImported, ListSeen, SampleDrawn
from fieldtool.domain.sampling import CaseOnList, Draw, draw, margin_of, sample_size
from fieldtool.inspection import InspectionError
from fieldtool.lead.desk import Lead
from fieldtool.store import caselists


class Population:
    """The case list that a sample is drawn from; once it is made, any thread may use it, for it asks no file."""

    def __init__(self, lead: Lead, sample: str, listed: ListImported, left_out: frozenset[str]) -> None:
        self.sample = sample
        self.left_out = left_out
        self._lead = lead
        self._listed = listed
        self._framework = lead.inspection.framework

    @cached_property
    def strata(self) -> Mapping[str, int]:
        """How many cases each stratum has, in their order; those that fit none are not among them."""
        framework, facts = self._framework, self._listed.facts
        # Lists say the same few things of their cases: each of them is looked at once.
        deciding = {fact for stratum in framework.strata for fact in stratum.when}
        places = [(fact, place) for place, fact in enumerate(facts, 1) if fact in deciding]
        numbers = Counter(
            tuple(row[place] for _, place in places)
            for row in self._listed.rows
            if row[0] not in self.left_out
        )
        found = dict.fromkeys(framework.strata_for(self.sample), 0)
        for values, number in numbers.items():
            known = {fact: value for (fact, _), value in zip(places, values, strict=True) if value}
            stratum = framework.stratum_of(self.sample, known)
            if stratum is not None:
                found[stratum] += number
        return found

    @property
    def total(self) -> int:
        """How many cases can be drawn."""
        return sum(self.strata.values())

    @cached_property
    def cases(self) -> Sequence[CaseOnList]:
        """Every case that can be drawn.

        Raises:
            InspectionError: one fits no stratum.
        """
        return self._lead.on_list(self.sample, self._listed.cases, self.left_out)

    def drawn(self, size: int, buffer: int, seed: int) -> Draw:
        """Draw on trial: nothing is recorded.

        Raises:
            InspectionError: a case fits no stratum.
        """
        strata = self._framework.strata_for(self.sample)
        return draw(self.cases, strata, size, buffer=buffer, seed=seed)

    def explained(self, drawn: Draw) -> tuple[Section, ...]:
        """How each number of a draw came about."""
        return explained(drawn, titles_of(self._framework), len(self.left_out))


class Recorded(NamedTuple):
    """A draw that was recorded, with the list that it was drawn from."""

    event: SampleDrawn
    population: Population
    wall: str
    actor: str


class Sizing(NamedTuple):
    """A size as it was worked out, or the margin of one that somebody wants."""

    size: int
    margin: Decimal
    in_words: str
    formula: str


def lists_seen(lead: Lead) -> Mapping[str, ListSeen]:
    """Which case lists there are, by their sample types."""
    return caselists.lists_seen(lead.inspection.roll.database)


def cases_here(lead: Lead) -> Mapping[str, int]:
    """How many cases are in the inspection, by their sample types."""
    return caselists.cases_of(lead.inspection.roll.database)


def population(lead: Lead, sample: str) -> Population | None:
    """The case list of a sample type, without the cases that are in another sample; None if there is none yet."""
    found = caselists.case_list(lead.inspection.roll.database, sample)
    if found is None:
        return None
    return Population(lead, sample, found[1], frozenset(lead.why_not(sample, all_at_once=False)))


def recorded(lead: Lead, sample: str) -> Recorded | None:
    """The draw of a sample type; None if it was not drawn yet, or the list is not there."""
    database, event = lead.inspection.roll.database, lead.drawn(sample)
    found = None if event is None else caselists.list_of(database, EventId.parse(event.population))
    if event is None or found is None:
        return None
    those = Population(lead, sample, found, frozenset(event.left_out))
    return Recorded(event, those, *caselists.when_drawn(database, sample))


def why_final(lead: Lead, sample: str) -> str:
    """Why the sample of a sample type cannot be drawn any more; empty if it can."""
    lines = lead.inspection.roll.all_lines(CaseFilter(sample=sample))
    begun = sum(line.state is not CaseState.UNTOUCHED for line in lines)
    return f"final: {begun:,} of its cases {'is' if begun == 1 else 'are'} begun" if begun else ""


def sizing(number: int, confidence: Decimal, margin: Decimal, size: int | None) -> Sizing:
    """Work out the size that a population needs; or, where a size is wanted, the margin that it has.

    Raises:
        InspectionError: the numbers make no sense, and why.
    """
    try:
        found = sample_size(number, confidence, margin)
        of_size = margin_of(number, min(size or found.size, number), confidence)
    except ValueError as error:
        raise InspectionError(str(error)) from error
    if size is None:
        return Sizing(found.size, of_size, size_in_words(found), found.formula)
    wanted = min(size, number)
    return Sizing(
        size,
        of_size,
        margin_in_words(number, wanted, confidence, of_size),
        margin_formula(number, wanted, found.z, of_size),
    )
