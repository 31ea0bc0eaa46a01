"""Replacing a case that drops out by the next reserve case, in one step that is looked at before it is done."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from fieldtool.domain.kinds.kind import Body
from fieldtool.domain.kinds.sample import CaseAdded, CaseAssigned, CaseEliminated, CasePlanned, CaseRemoved
from fieldtool.domain.log.events import EventId
from fieldtool.domain.method.case import Aspect, Case, Slot
from fieldtool.domain.method.case_line import CaseLine, CaseState
from fieldtool.domain.method.case_list import CRITERIA, ListedCase, criterion_title
from fieldtool.domain.method.replacement import Eliminated, NextReserve, next_reserve
from fieldtool.domain.method.sampling import MOST_FOR_AN_OFFICER
from fieldtool.domain.words.days import day_and_time
from fieldtool.domain.words.numbers import counted
from fieldtool.store.views import assignments, case_lists, queries
from fieldtool.work.inspection import InspectionError
from fieldtool.work.lead.lead import Lead


class Replacement(NamedTuple):
    """What replacing a case would do."""

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
                f"It is {state}, {line.done} of {line.due} done: all of it is kept and counts no more."
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


def propose(lead: Lead, ref: str, criterion: str, why: str) -> Replacement:
    """Say what replacing a case would do: which reserve case comes for it, and why that one.

    Args:
        criterion: one of `CRITERIA`.
        why: in one's own words.

    Raises:
        InspectionError: there is no such case or criterion, or nothing was said in one's own words.
    """
    if criterion not in CRITERIA:
        raise InspectionError(f'There is no criterion "{criterion}": there are {", ".join(CRITERIA)}.')
    (line,) = lead.lines_of([ref])
    if not why.strip():
        raise InspectionError(f"Say in words why {ref} drops out.")
    framework, case = lead.inspection.framework, lead.inspection.case(ref)
    listed, reserve = _drawn_from(lead, line.sample)
    own = listed[ref].facts if listed and ref in listed else case.facts
    stratum = framework.stratum_of(line.sample, own)
    waiting = lead.on_list(line.sample, [listed[each] for each in reserve if each in listed], ())
    reserve_case = next_reserve(
        waiting, stratum or "", _gone(lead, line.sample, reserve), _officers(lead, case)
    )
    comes = listed[reserve_case.case.ref] if reserve_case.case is not None else None
    holder = _keeps(lead, line.holder, comes)
    day = assignments.days_of(lead.inspection.file.database, [ref]).get(ref) if holder else None
    return Replacement(
        line,
        framework.sample_title(line.sample),
        next((known.title for known in framework.strata if known.id == stratum), ""),
        criterion,
        why.strip(),
        bool(listed),
        reserve_case,
        comes,
        holder,
        day,
    )  # fmt: skip


def carry_out(lead: Lead, seen: Replacement, *, without_reserve: bool = False) -> None:
    """Do what was proposed, all of it or nothing; what was recorded of the case that drops out is kept.

    Args:
        without_reserve: whether the case drops out though none comes for it.

    Raises:
        InspectionError: no reserve case is left, or something came in since it was proposed.
    """
    lead.must_lead()
    if propose(lead, seen.line.ref, seen.criterion, seen.why) != seen:
        raise InspectionError("Something came in meanwhile that changes this: look at it again.")
    if seen.listed is None and not without_reserve:
        raise InspectionError(
            f"{seen.short} {seen.line.ref} stays unless you say that none need come for it."
        )
    lead.inspection.record_all(_deeds(lead, seen))


def _deeds(lead: Lead, seen: Replacement) -> Iterator[tuple[str, Sequence[Body]]]:
    line, comes = seen.line, seen.listed
    yield line.ref, [CaseRemoved(why=f"{criterion_title(seen.criterion)}: {seen.why}")]
    yield (
        "",
        [
            CaseEliminated(
                case=line.ref,
                sample=line.sample,
                criterion=seen.criterion,
                why=seen.why,
                replaced_by=comes.ref if comes else None,
            )
        ],
    )
    if comes is None:
        return
    yield from lead.added(line.sample, [comes])
    before = queries.head_values(lead.inspection.file.database, comes.ref, Slot(Aspect.HOLDER))
    given: list[Body] = []
    if seen.holder or any(before):
        given.append(CaseAssigned(person=seen.holder or None))
    if seen.day:
        given.append(CasePlanned(day=seen.day))
    yield comes.ref, given


def bring_back(lead: Lead, ref: str) -> None:
    """Take a case into its sample again that dropped out by mistake; what came for it stays.

    Raises:
        InspectionError: it did not drop out.
    """
    lead.must_lead()
    out = next((each for each in eliminated(lead) if each.ref == ref), None)
    if out is None:
        raise InspectionError(f"{ref} is not among the cases that dropped out.")
    lead.inspection.record_all([(ref, [CaseAdded(sample=out.sample)])])


def eliminated(lead: Lead) -> Sequence[Eliminated]:
    """The cases that dropped out and are not back, in the order in which that was recorded."""
    return assignments.eliminated(lead.inspection.file.database)


def came_twice(out: Iterable[Eliminated]) -> Mapping[str, Sequence[str]]:
    """Which reserve cases came for several cases, as two laptops took them without knowing of each other."""
    came_for: dict[str, list[str]] = defaultdict(list)
    for each in out:
        if each.replaced_by:
            came_for[each.replaced_by].append(each.ref)
    return {ref: refs for ref, refs in came_for.items() if len(refs) > 1}


def _drawn_from(lead: Lead, sample: str) -> tuple[Mapping[str, ListedCase], Sequence[str]]:
    """The cases of the list that a sample was drawn from, and its reserve cases in their order."""
    drawn = lead.drawn(sample)
    if drawn is None:
        return {}, ()
    listed = case_lists.list_of(lead.inspection.file.database, EventId.parse(drawn.population))
    return ({case.ref: case for case in listed.cases} if listed else {}), drawn.reserve


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
    facts = lead.inspection.framework.draw_facts
    if len(facts) < 3:
        return {}
    numbers = assignments.numbers_of(lead.inspection.file.database, case.sample, facts[2])
    own = case.facts.get(facts[2])
    if own in numbers:
        numbers[own] -= 1
    return numbers


def _keeps(lead: Lead, holder: str, comes: ListedCase | None) -> str:
    """Who holds the case that comes: whoever held the one that drops out, if they may."""
    if comes is None or holder not in lead.team or lead.is_own(holder, comes.facts):
        return ""
    return holder
