"""What a lead says of the inspection itself: its name, its dates, and the figures that it is compared with."""

from __future__ import annotations

from collections.abc import Mapping

from fieldtool.domain.kinds.comparison_figures import FiguresImported
from fieldtool.domain.kinds.inspection import InspectionOpened
from fieldtool.domain.method.figures import Figure, Whose
from fieldtool.store.views import figures, queries
from fieldtool.work.inspection import Inspection, InspectionError
from fieldtool.work.lead.lead import Lead
from fieldtool.work.new_inspection import in_order


def opening_of(inspection: Inspection) -> InspectionOpened:
    """The name and dates of the inspection."""
    opening = queries.opening(inspection.file.database)
    return InspectionOpened(provider="", title="") if opening is None else opening


def change_opening(lead: Lead, opening: InspectionOpened) -> bool:
    """Give the inspection another name or other dates; whether that changed anything.

    Raises:
        InspectionError: who works here is no lead inspector, there is no title or provider, or fieldwork ends
            before it begins.
        StoreError: it could not be saved.
    """
    lead.must_lead()
    if not opening.title or not opening.provider:
        raise InspectionError("An inspection has a title and a provider: say both.")
    first, last = opening.fieldwork_from, opening.fieldwork_to
    try:
        in_order(first, last)
    except ValueError as error:
        raise InspectionError(str(error)) from None
    if opening == opening_of(lead.inspection):
        return False
    lead.inspection.record(opening)
    return True


def figures_of(inspection: Inspection) -> Mapping[Whose, FiguresImported]:
    """The figures of each set that there is, the previous inspection's first."""
    return figures.figures(inspection.file.database)


def take_figures(lead: Lead, whose: Whose, values: Mapping[str, Figure], title: str = "") -> None:
    """Keep figures to compare with; they take the place of those that were there.

    Args:
        title: what they are of, as "Inspection of January 2019".

    Raises:
        InspectionError: who works here is no lead inspector.
        StoreError: it could not be saved.
    """
    lead.must_lead()
    lead.inspection.record(FiguresImported(whose=whose, title=" ".join(title.split()), figures=dict(values)))
