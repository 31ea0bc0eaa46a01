"""Replacing a case that drops out by the next reserve case, in one step that is looked at before it is done."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from fieldtool.domain.kinds.kind import Body
from fieldtool.domain.kinds.sample import CaseAdded, CaseAssigned, CaseEliminated, CasePlanned, CaseRemoved
from fieldtool.domain.method.case import Aspect, Case, Slot
from fieldtool.domain.method.case_line import CaseLine, CaseState
from fieldtool.domain.method.case_list import CRITERIA, ListedCase, criterion_title
from fieldtool.domain.method.replacement import Eliminated, NextReserve, next_reserve
from fieldtool.domain.method.sampling import MOST_FOR_AN_OFFICER
from fieldtool.domain.words.days import day_and_time
from fieldtool.domain.words.numbers import counted
from fieldtool.store.views import assignments, queries
from fieldtool.work.inspection import InspectionError
from fieldtool.work.lead.draws import Recorded, recorded
from fieldtool.work.lead.lead import Lead
from fieldtool.work.lead.list_import import added
from fieldtool.work.lead.offices import is_own
from fieldtool.work.lead.plans import Deed, Plan, proposal


@dataclass(frozen=True, kw_only=True)
class Replacement(Plan):
    """What replacing a case would do; what was recorded of the case that drops out is kept."""

    line: CaseLine
    """The case that drops out, as it stands."""
    title: str
    """Of its sample type."""
    stratum: str
    """The title of its stratum; empty if its sample type has none."""
    criterion: str
    why: str
    drawn: bool
    """Whether its sample was drawn, so that there may be reserve cases at all."""
    next: NextReserve
    listed: ListedCase | None
    """The reserve case that comes, with what its case list has of it."""
    holder: str
    """Who holds it then; empty for nobody."""
    day: date | None
    """On which day it is to be assessed then."""

    @property
    def short(self) -> str:
        """Why no reserve case comes, in a sentence; empty if one does."""
        if self.listed is not None:
            return ""
        if not self.drawn:
            return f"{self.title} was not drawn from its case list, so it has no reserve cases."
        of = f" of {self.stratum}" if self.stratum else f" of {self.title}"
        return f"No reserve case{of} is left{_passed(self.next, ' (', ')')}."

    @property
    def told(self) -> tuple[str, ...]:
        """What would happen, a sentence each."""
        line = self.line
        said = [
            f"{line.ref} drops out of {self.title}. {criterion_title(self.criterion)}: {_ended(self.why)}"
        ]
        if line.state is not CaseState.UNTOUCHED:
            state = line.state.value.replace("_", " ")
            said.append(
                f"It is {state}, {line.done} of {line.due} done: all of it is kept, but no longer counts."
            )
        if self.listed is None:
            return (*said, f"{self.short} The sample is one case short then.")
        of = f" of {self.stratum}" if self.stratum else ""
        said.append(
            f"{self.listed.ref} comes for it, the next reserve case{of}; left after it: {self.next.left}."
        )
        officer = self.next.case.officer if self.next.case else ""
        if officer:
            said.append(
                f"{officer} gives {counted(self.next.of_officer, 'case')} then, of at most {MOST_FOR_AN_OFFICER}."
            )
        said.append(self._held)
        passed = _passed(self.next, "Passed over: ", ".")
        return (*said, passed) if passed else tuple(said)

    @property
    def _held(self) -> str:
        if self.holder:
            on = f", on {day_and_time(self.day)}" if self.day else ""
            return f"{self.holder} holds it{on}, as {self.line.ref} before."
        if self.line.holder:
            return f"Nobody holds it yet: {self.line.holder} may not, as it is of their own office or they have left."
        return f"Nobody holds it yet, as nobody held {self.line.ref}."


def _ended(words: str) -> str:
    return words if words.endswith((".", "!", "?")) else f"{words}."


def _passed(reserve_case: NextReserve, start: str, end: str) -> str:
    said = "; ".join(f"{ref}, {why}" for ref, why in reserve_case.skipped)
    return f"{start}{said}{end}" if said else ""


@proposal
def propose(lead: Lead, ref: str, criterion: str, why: str, *, without_reserve: bool = False) -> Replacement:
    """Let a case drop out, and the next reserve case come for it.

    Args:
        criterion: one of `CRITERIA`.
        why: in one's own words.
        without_reserve: whether it drops out though none comes for it.

    Raises:
        InspectionError: there is no such case or criterion, or nothing was said in one's own words.
    """
    lead.must_lead()
    if criterion not in CRITERIA:
        raise InspectionError(f'There is no criterion "{criterion}": there are {", ".join(CRITERIA)}.')
    (line,) = lead.lines_of([ref])
    if not why.strip():
        raise InspectionError(f"Say in words why {ref} drops out.")
    framework, case = lead.inspection.framework, lead.inspection.case(ref)
    drawn = recorded(lead.inspection, line.sample)
    own = drawn.population.listed([ref]) if drawn else []
    stratum = framework.stratum_of(line.sample, own[0].facts if own else case.facts)
    reserve_case, comes = _next(lead, drawn, stratum or "", case)
    holder = _keeps(lead, line.holder, comes)
    plan = Replacement(
        deeds=(),
        line=line,
        title=framework.sample_title(line.sample),
        stratum=next((known.title for known in framework.strata if known.id == stratum), ""),
        criterion=criterion,
        why=why.strip(),
        drawn=drawn is not None,
        next=reserve_case,
        listed=comes,
        holder=holder,
        day=assignments.days_of(lead.database, [ref]).get(ref) if holder else None,
    )
    stays = f"{plan.short} {ref} stays unless you say that none need come for it."
    return replace(
        plan,
        deeds=tuple(_deeds(lead, plan)),
        blocked=stays if plan.short and not without_reserve else "",
    )


def _next(
    lead: Lead, drawn: Recorded | None, stratum: str, case: Case
) -> tuple[NextReserve, ListedCase | None]:
    """The reserve case whose turn it is, and what its case list has of it."""
    if drawn is None:
        return next_reserve((), stratum, {}, {}), None
    reserve = drawn.event.reserve
    waiting = drawn.population.only(reserve)
    reserve_case = next_reserve(
        waiting.cases, stratum, _gone(lead, case.sample, reserve), _officers(lead, case)
    )
    comes = waiting.listed([reserve_case.case.ref]) if reserve_case.case else []
    return reserve_case, comes[0] if comes else None


def _deeds(lead: Lead, plan: Replacement) -> Iterator[Deed]:
    line, comes = plan.line, plan.listed
    yield line.ref, [CaseRemoved(why=f"{criterion_title(plan.criterion)}: {plan.why}")]
    dropped_out = CaseEliminated(
        case=line.ref,
        sample=line.sample,
        criterion=plan.criterion,
        why=plan.why,
        replaced_by=comes.ref if comes else None,
    )
    yield "", [dropped_out]
    if comes is None:
        return
    yield from added(lead, line.sample, [comes])
    before = queries.head_values(lead.database, comes.ref, Slot(Aspect.HOLDER))
    given: list[Body] = []
    if plan.holder or any(before):
        given.append(CaseAssigned(person=plan.holder or None))
    if plan.day:
        given.append(CasePlanned(day=plan.day))
    yield comes.ref, given


@proposal
def propose_back(lead: Lead, ref: str) -> Plan:
    """Take a case into its sample again that dropped out by mistake; what came for it stays.

    Raises:
        InspectionError: it did not drop out.
    """
    lead.must_lead()
    out = next((each for each in eliminated(lead) if each.ref == ref), None)
    if out is None:
        raise InspectionError(f"{ref} is not among the cases that dropped out.")
    return Plan(deeds=((ref, [CaseAdded(sample=out.sample)]),))


def eliminated(lead: Lead) -> Sequence[Eliminated]:
    """The cases that dropped out and are not back, in the order in which that was recorded."""
    return assignments.eliminated(lead.database)


def came_twice(out: Iterable[Eliminated]) -> Mapping[str, Sequence[str]]:
    """Which reserve cases came for several cases, as two laptops took them without knowing of each other."""
    came_for: dict[str, list[str]] = defaultdict(list)
    for each in out:
        if each.replaced_by:
            came_for[each.replaced_by].append(each.ref)
    return {ref: refs for ref, refs in came_for.items() if len(refs) > 1}


def _gone(lead: Lead, sample: str, reserve: Sequence[str]) -> dict[str, str]:
    """Why some reserve cases cannot come any more."""
    framework = lead.inspection.framework
    places = {
        each.ref: f"dropped out itself ({criterion_title(each.criterion).lower()})"
        for each in eliminated(lead)
    }
    for line in lead.inspection.file.lines(reserve):
        places[line.ref] = (
            "in the sample already"
            if line.sample == sample
            else f"in {framework.sample_title(line.sample)} already"
        )
    return places


def _officers(lead: Lead, case: Case) -> dict[str, int]:
    """How many cases each responsible officer gives to a sample, without one case."""
    fact = lead.inspection.framework.draw_facts.officer
    if fact is None:
        return {}
    numbers = assignments.numbers_of(lead.database, case.sample, fact)
    own = case.facts.get(fact)
    if own in numbers:
        numbers[own] -= 1
    return numbers


def _keeps(lead: Lead, holder: str, comes: ListedCase | None) -> str:
    """Who holds the case that comes: whoever held the one that drops out, if they may."""
    if comes is None or holder not in lead.team or is_own(lead, lead.team[holder], comes.facts):
        return ""
    return holder
