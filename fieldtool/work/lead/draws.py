"""Drawing a sample: the list that it is drawn from, the draw itself, and what was drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from fieldtool.domain.kinds.sample import CaseRemoved, SampleDrawn
from fieldtool.domain.log.events import EventId
from fieldtool.domain.method.case_line import CaseLine, CaseState
from fieldtool.domain.method.case_list import ListSeen
from fieldtool.domain.method.drawing import Draw
from fieldtool.store.views import case_lists
from fieldtool.work.inspection import Inspection, InspectionError
from fieldtool.work.lead.lead import Lead
from fieldtool.work.lead.list_import import added, not_drawable
from fieldtool.work.lead.plans import Deed, Plan, proposal
from fieldtool.work.lead.population import Population


class Recorded(NamedTuple):
    """A draw that was recorded, with the list that it was drawn from."""

    event: SampleDrawn
    population: Population
    wall: str
    actor: str


@dataclass(frozen=True, kw_only=True)
class Drawing(Plan):
    """What drawing would do."""

    drawn: Draw
    population: Population = field(compare=False)


def lists_seen(lead: Lead) -> Mapping[str, ListSeen]:
    """Which case lists there are, by their sample types."""
    return case_lists.lists_seen(lead.database)


def cases_here(lead: Lead) -> Mapping[str, int]:
    """How many cases are in the inspection, by their sample types."""
    return case_lists.cases_of(lead.database)


def population(lead: Lead, sample: str) -> Population | None:
    """The case list of a sample type, without the cases that cannot be drawn; None if there is none yet."""
    kept = case_lists.case_list(lead.database, sample)
    if kept is None:
        return None
    return Population(lead.inspection.framework, kept[1], not_drawable(lead, sample))


def recorded(inspection: Inspection, sample: str) -> Recorded | None:
    """The draw of a sample type; None if it was not drawn yet, or the list is not there."""
    database = inspection.file.database
    drawn = case_lists.drawn(database, sample)
    if drawn is None:
        return None
    event, wall, actor = drawn
    listed = case_lists.list_of(database, EventId.parse(event.population))
    if listed is None:
        return None
    return Recorded(event, Population(inspection.framework, listed, event.left_out), wall, actor)


@proposal
def propose(
    lead: Lead, sample: str, size: int, *, buffer: int = 0, seed: int = 0, again: str | None = None
) -> Drawing:
    """Draw a sample from its case list: the cases drawn come into the inspection, reserve cases stand by.

    Args:
        again: why it is drawn again, where it was: the cases that are not drawn this time leave the sample.

    Raises:
        InspectionError: there is no list, a case fits no stratum, or there are cases already and `again` was not
            said, or somebody has begun one of them.
    """
    lead.must_lead()
    kept = case_lists.case_list(lead.database, sample)
    if kept is None:
        title = lead.inspection.framework.sample_title(sample)
        raise InspectionError(
            f"There is no case list of {title} yet: bring it in with `fieldtool cases import`."
        )
    id, listed = kept
    there = Population(lead.inspection.framework, listed, not_drawable(lead, sample))
    before = [line for line in lead.lines if line.sample == sample]
    _may_draw(lead, sample, before, again)
    drawn = there.drawn(size, buffer, seed)
    event = there.event(drawn, str(id), again or "")
    here = {line.ref for line in before}
    gone: list[Deed] = [(ref, [CaseRemoved(why=event.why)]) for ref in sorted(here - {*event.cases})]
    came = added(lead, sample, there.listed(ref for ref in event.cases if ref not in here))
    return Drawing(deeds=(("", [event]), *gone, *came), drawn=drawn, population=there)


def _may_draw(lead: Lead, sample: str, before: Sequence[CaseLine], again: str | None) -> None:
    begun = [line.ref for line in before if line.state is not CaseState.UNTOUCHED]
    title = lead.inspection.framework.sample_title(sample)
    if begun:
        raise InspectionError(
            f"{begun[0]} is begun, and {len(begun) - 1} more of {title}: a sample is not drawn again once cases "
            "are assessed; replace single cases instead."
        )
    if before and again is None:
        raise InspectionError(
            f"{title} has its {len(before)} cases already: with --again WHY, those that are not drawn this time "
            "leave the sample, with who holds them; let everybody send what they have first."
        )
    if again is not None and not again.strip():
        raise InspectionError("Say why the sample is drawn again.")


def why_final(lead: Lead, sample: str) -> str:
    """Why the sample of a sample type cannot be drawn any more; empty if it can."""
    begun = case_lists.begun(lead.database, sample)
    return f"final: {begun:,} of its cases {'is' if begun == 1 else 'are'} begun" if begun else ""
