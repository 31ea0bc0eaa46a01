"""Drawing looked at before it is done and after: the lists there are, the draw that was recorded, the size."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from fieldtool.domain.kinds.sample import SampleDrawn
from fieldtool.domain.method.case_list import ListSeen
from fieldtool.domain.method.sampling import margin_of, sample_size
from fieldtool.domain.words.samples import margin_formula, margin_in_words, size_in_words
from fieldtool.store.views import case_lists
from fieldtool.work.inspection import InspectionError
from fieldtool.work.lead.lead import Lead
from fieldtool.work.lead.population import Population, drawn_from


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
    return case_lists.lists_seen(lead.inspection.file.database)


def cases_here(lead: Lead) -> Mapping[str, int]:
    """How many cases are in the inspection, by their sample types."""
    return case_lists.cases_of(lead.inspection.file.database)


def population(lead: Lead, sample: str) -> Population | None:
    """The case list of a sample type, without the cases that are in another sample; None if there is none yet."""
    listed = case_lists.case_list(lead.inspection.file.database, sample)
    if listed is None:
        return None
    return Population(lead.inspection.framework, listed[1], lead.why_not(sample, all_at_once=False))


def recorded(lead: Lead, sample: str) -> Recorded | None:
    """The draw of a sample type; None if it was not drawn yet, or the list is not there."""
    database = lead.inspection.file.database
    drawn = drawn_from(database, lead.inspection.framework, sample)
    return None if drawn is None else Recorded(*drawn, *case_lists.when_drawn(database, sample))


def why_final(lead: Lead, sample: str) -> str:
    """Why the sample of a sample type cannot be drawn any more; empty if it can."""
    begun = case_lists.begun(lead.inspection.file.database, sample)
    return f"final: {begun:,} of its cases {'is' if begun == 1 else 'are'} begun" if begun else ""


def sizing(number: int, confidence: Decimal, margin: Decimal, size: int | None) -> Sizing:
    """Work out the size that a population needs; or, where a size is wanted, the margin that it has.

    Raises:
        InspectionError: the numbers make no sense, and why.
    """
    try:
        due = sample_size(number, confidence, margin)
        of_size = margin_of(number, min(size or due.size, number), confidence)
    except ValueError as error:
        raise InspectionError(str(error)) from error
    if size is None:
        return Sizing(due.size, of_size, size_in_words(due), due.formula)
    wanted = min(size, number)
    return Sizing(
        size,
        of_size,
        margin_in_words(number, wanted, confidence, of_size),
        margin_formula(number, wanted, due.z, of_size),
    )
