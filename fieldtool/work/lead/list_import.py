"""Bringing in a case list: kept for the sample to be drawn from, or each of its cases made at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from fieldtool.domain.kinds.assessment import FactSet
from fieldtool.domain.kinds.sample import CaseAdded, ListImported
from fieldtool.domain.method.case import Aspect, Slot
from fieldtool.domain.method.case_list import ListedCase, criterion_title
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

    @property
    def instead(self) -> str:
        """That it takes the place of another list, as the end of a sentence; empty if it does not."""
        if self.replaces is None:
            return ""
        return f" It takes the place of the list of {counted(self.replaces, 'case')}"


@proposal
def propose(lead: Lead, sample: str, cases: Sequence[ListedCase], *, all_at_once: bool = False) -> Import:
    """Keep a case list, for a sample to be drawn from; it takes the place of an earlier one.

    Args:
        all_at_once: make a case of each instead, as for a small sample that need not be drawn.
    """
    lead.must_lead()
    if all_at_once:
        there = why_not(lead, sample, all_at_once=True).keys() & {case.ref for case in cases}
        return Import(deeds=tuple(added(lead, sample, cases)), replaces=None, there=frozenset(there))
    before = case_lists.lists_seen(lead.database).get(sample)
    kept = ListImported.of(sample, tuple(cases))
    return Import(deeds=(("", [kept]),), replaces=None if before is None else before.cases)


def why_not(lead: Lead, sample: str, *, all_at_once: bool) -> dict[str, str]:
    """Why cases cannot come in by the case list of a sample type, by their references.

    Args:
        all_at_once: whether all of the list become cases, and not only what is drawn from it.
    """
    gone = assignments.eliminated(lead.database)
    why = {each.ref: f"dropped out: {criterion_title(each.criterion).lower()}" for each in gone}
    for ref, its in case_lists.samples_of_cases(lead.database).items():
        if its != sample:
            why[ref] = f"already in the inspection, as {lead.inspection.framework.sample_title(its)}"
        elif all_at_once:
            why[ref] = "already in the inspection"
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
