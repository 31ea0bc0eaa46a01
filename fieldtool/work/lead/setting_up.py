"""What a lead says of the inspection itself: its name, its dates, its team, the figures that it is compared with."""

from __future__ import annotations

from collections.abc import Mapping

from fieldtool.domain.kinds.comparison_figures import FiguresImported
from fieldtool.domain.kinds.inspection import InspectionOpened, PersonBased, PersonJoined
from fieldtool.domain.kinds.kind import Body
from fieldtool.domain.method.figures import Figure, Whose
from fieldtool.store.keys.team import LEADS
from fieldtool.store.views import queries
from fieldtool.work.inspection import Inspection, InspectionError
from fieldtool.work.lead.lead import Lead
from fieldtool.work.lead.plans import Plan, proposal
from fieldtool.work.new_inspection import Role, in_order


def opening_of(inspection: Inspection) -> InspectionOpened:
    """The name and dates of the inspection."""
    opening = queries.opening(inspection.file.database)
    return InspectionOpened(provider="", title="") if opening is None else opening


@proposal
def propose_opening(lead: Lead, opening: InspectionOpened) -> Plan:
    """Give the inspection another name or other dates.

    Raises:
        InspectionError: who works here is no lead inspector, or there is no title or provider.
        Mistyped: fieldwork ends before it begins.
    """
    lead.must_lead()
    if not opening.title or not opening.provider:
        raise InspectionError("An inspection has a title and a provider: say both.")
    in_order(opening.fieldwork_from, opening.fieldwork_to)
    return Plan(deeds=() if opening == opening_of(lead.inspection) else (("", [opening]),))


@proposal
def propose_person(lead: Lead, person: str, name: str, role: Role, office: str | None = None) -> Plan:
    """Take somebody into the team, or change their name, role or office.

    Raises:
        InspectionError: who works here is no lead inspector, or nobody would be left to lead.
    """
    lead.must_lead()
    leads = [known.id for known in lead.team.values() if known.role == LEADS]
    if leads == [person] and role != LEADS:
        raise InspectionError(f"{person} is the only lead inspector: make somebody else one first.")
    bodies: list[Body] = [PersonJoined(person=person, name=name, role=role)]
    if office is not None and office != lead.offices.get(person, ""):
        bodies.append(PersonBased(person=person, office=office or None))
    return Plan(deeds=(("", bodies),))


def figures_of(inspection: Inspection) -> Mapping[Whose, FiguresImported]:
    """The figures of each set that there is, the previous inspection's first."""
    return queries.figures(inspection.file.database)


@proposal
def propose_figures(lead: Lead, whose: Whose, values: Mapping[str, Figure], title: str = "") -> Plan:
    """Keep figures to compare with; they take the place of those that were there.

    Args:
        title: what they are of, as "Inspection of January 2019".
    """
    lead.must_lead()
    kept = FiguresImported(whose=whose, title=" ".join(title.split()), figures=dict(values))
    return Plan(deeds=(("", [kept]),))
