"""Bringing in a case list: kept for the sample to be drawn from, or each of its cases made at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from fieldtool.domain.kinds.assessment import FactSet
from fieldtool.domain.kinds.sample import CaseAdded, ListImported
from fieldtool.domain.method.case import Aspect, Slot
from fieldtool.domain.method.case_list import ListedCase, ListReading, criterion_title
from fieldtool.domain.words.numbers import counted
from fieldtool.store.views import assignments, case_lists, queries
from fieldtool.work.lead.lead import Lead
from fieldtool.work.lead.plans import Deed, Plan, proposal


@dataclass(frozen=True, kw_only=True)
class Import(Plan):
    """What bringing a list in would do."""

    replaces: int | None
    """How many cases the list has whose place it takes; None if it takes none."""
    there: frozenset[str] = frozenset()
    """Which of the cases that it makes are in the inspection already, or dropped out."""
    elsewhere: int = 0
    """How many of its people are in another sample too, where their cases have these references."""
    ending: str = ""
    """What their references end in here."""

    @property
    def told(self) -> str:
        """That people are in another sample too, in a sentence; empty if none is."""
        if not self.elsewhere:
            return ""
        people = f"{counted(self.elsewhere, 'person', 'people')} {'is' if self.elsewhere == 1 else 'are'}"
        return f"{people} in another sample too: here their references end in {self.ending}."

    @property
    def instead(self) -> str:
        """That it takes the place of another list, as the end of a sentence; empty if it does not."""
        if self.replaces is None:
            return ""
        return f" It takes the place of the list of {counted(self.replaces, 'case')}"


@proposal
def propose(
    lead: Lead,
    sample: str,
    cases: Sequence[ListedCase],
    *,
    all_at_once: bool = False,
    reading: ListReading | None = None,
) -> Import:
    """Keep a case list, for a sample to be drawn from; it takes the place of an earlier one.

    One person may be in two samples, with a case in each: where another sample has the reference already, the
    case gets one of its own here.

    Args:
        all_at_once: make a case of each instead, as for a small sample that need not be drawn.
        reading: what was said of the list, for the next one.
    """
    lead.must_lead()
    elsewhere = refs_elsewhere(lead, sample)
    ending = _ending(lead, sample)
    own = [case._replace(ref=f"{case.ref}{ending}") if case.ref in elsewhere else case for case in cases]
    both = sum(case.ref in elsewhere for case in cases)
    if all_at_once:
        there = why_not(lead, sample, all_at_once=True).keys() & {case.ref for case in own}
        deeds = tuple(added(lead, sample, own))
        return Import(deeds=deeds, replaces=None, there=frozenset(there), elsewhere=both, ending=ending)
    before = case_lists.lists_seen(lead.database).get(sample)
    kept = ListImported.of(sample, tuple(own), reading)
    replaces = None if before is None else before.cases
    return Import(deeds=(("", [kept]),), replaces=replaces, elsewhere=both, ending=ending)


def reading_before(lead: Lead, sample: str) -> ListReading:
    """What was said of the list before, of this sample type or else of another: services write all of them alike."""
    others = [each.id for each in lead.inspection.framework.samples if each.id != sample]
    kept = (case_lists.case_list(lead.database, each) for each in (sample, *others))
    return next((listed.reading for _, listed in filter(None, kept)), ListReading())


def refs_elsewhere(lead: Lead, sample: str) -> frozenset[str]:
    """The references that cases of other samples have, in the inspection or on their lists."""
    here = {ref for ref, its in case_lists.samples_of_cases(lead.database).items() if its != sample}
    for other in lead.inspection.framework.samples:
        kept = case_lists.case_list(lead.database, other.id) if other.id != sample else None
        if kept is not None:
            here |= {row[0] for row in kept[1].rows}
    return frozenset(here)


def _ending(lead: Lead, sample: str) -> str:
    """What references end in where another sample has them too: the initials of the sample type."""
    samples = [each.id for each in lead.inspection.framework.samples]
    initials = {each: "".join(word[0] for word in each.split("_")).upper() for each in samples}
    unique = [*initials.values()].count(initials[sample]) == 1
    return f"-{initials[sample] if unique else sample.upper()}"


def why_not(lead: Lead, sample: str, *, all_at_once: bool) -> dict[str, str]:
    """Why cases cannot come in by the case list of a sample type, by their references.

    Args:
        all_at_once: whether all of the list become cases, and not only what is drawn from it.
    """
    gone = assignments.eliminated(lead.database)
    why = {each.ref: f"dropped out: {criterion_title(each.criterion).lower()}" for each in gone}
    ending = _ending(lead, sample)
    for ref, its in case_lists.samples_of_cases(lead.database).items():
        if its == sample and all_at_once:
            why[ref] = why[ref.removesuffix(ending)] = "already in the inspection"
    return why


def not_drawable(lead: Lead, sample: str) -> dict[str, str]:
    """Why cases of a list that was kept cannot be drawn: they dropped out, or are cases of another sample."""
    why = why_not(lead, sample, all_at_once=False)
    for ref, its in case_lists.samples_of_cases(lead.database).items():
        if its != sample:
            why[ref] = f"already in the inspection, as {lead.inspection.framework.sample_title(its)}"
    return why


def added(lead: Lead, sample: str, cases: Iterable[ListedCase]) -> Iterator[Deed]:
    """What is to be recorded where cases of a list come into the sample."""
    known = case_lists.known_refs(lead.database)
    for case in cases:
        facts = [
            FactSet(fact=fact, to=value)
            for fact, value in case.facts.items()
            # What was recorded of a case that returns is newer than the list.
            if case.ref not in known
            or not queries.head_values(lead.database, case.ref, Slot(Aspect.FACT, fact))
        ]
        yield case.ref, (CaseAdded(sample=sample), *facts)
