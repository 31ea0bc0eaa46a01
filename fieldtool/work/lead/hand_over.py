"""Cases change hands: given to somebody, handed on or given back by their holder, taken over by the lead."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from fieldtool.domain.kinds.kind import Body
from fieldtool.domain.kinds.sample import CaseAssigned, CaseTakenOver
from fieldtool.domain.method.case_line import CaseLine, Person
from fieldtool.work.inspection import InspectionError
from fieldtool.work.lead.lead import Lead
from fieldtool.work.lead.offices import must_have_office, own_cases
from fieldtool.work.lead.plans import Plan, proposal


@proposal
def propose(lead: Lead, person: str | None, refs: Collection[str], why: str = "") -> Plan:
    """Give cases to somebody; those that they hold already are left as they are.

    Args:
        person: None lets nobody hold them, so that they can be shared out anew.
        why: the reason, without which the lead inspector takes no case from its holder.

    Raises:
        InspectionError: there is no such person or case, it is of their own office, or it is for others to hand on.
    """
    who = None if person is None else lead.must_be_on_team(person)
    lines = [line for line in lead.lines_of(refs) if line.holder != (person or "")]
    if who is not None:
        _may_assess(lead, who, lines)
    return Plan(deeds=tuple((line.ref, [_handed(lead, line, person, why)]) for line in lines))


def _handed(lead: Lead, line: CaseLine, person: str | None, why: str) -> Body:
    leads = lead.leads
    if line.holder == lead.inspection.person or (not line.holder and leads):
        return CaseAssigned(person=person)
    if not leads:
        whose = f"held by {line.holder}" if line.holder else "held by nobody"
        raise InspectionError(f"{line.ref} is {whose}: its holder or the lead inspector hands it on.")
    if not why.strip():
        raise InspectionError(
            f"{line.ref} is held by {line.holder}: say why it is taken over, with --because WORDS."
        )
    return CaseTakenOver(person=person, why=why.strip())


def _may_assess(lead: Lead, person: Person, lines: Sequence[CaseLine]) -> None:
    must_have_office(lead, person)
    own = own_cases(lead, person)
    first = next((line.ref for line in lines if line.ref in own), None)
    if first is not None:
        raise InspectionError(
            f"{first} is a case of {lead.offices[person.id]}, where {person.id} works: a local assessor never assesses "
            "their own office's cases."
        )
