"""The case list that a sample is drawn from, ready to be drawn from as often as one likes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from operator import itemgetter

from fieldtool.domain.kinds.sample import ListImported, SampleDrawn
from fieldtool.domain.method.case_list import ListedCase
from fieldtool.domain.method.drawing import (
    CaseOnList,
    Draw,
    DrawnCase,
    SamplePlan,
    draw,
    drawn_before,
    planned,
)
from fieldtool.domain.method.framework import Framework
from fieldtool.domain.words.samples import Section, explained, titles_of
from fieldtool.work.inspection import InspectionError

NOT_RECORDED = "not recorded"


class Population:
    """A case list without the cases that are left out; it asks no file, so that any thread may use it."""

    def __init__(self, framework: Framework, listed: ListImported, left_out: Iterable[str]) -> None:
        self.sample = listed.sample
        out = frozenset(left_out)
        self.left_out = frozenset(row[0] for row in listed.rows if row[0] in out) if out else out
        self._framework = framework
        self._listed = listed
        deciding = framework.deciding_facts(self.sample)
        self._deciding = [fact for fact in listed.facts if fact in deciding]
        self._known: dict[tuple[str, ...], str | None] = {}

    def listed(self, refs: Iterable[str]) -> list[ListedCase]:
        """Cases with what the list has of them, in the order asked for, as far as they are on it."""
        return [self._by_ref[ref] for ref in refs if ref in self._by_ref]

    @cached_property
    def _by_ref(self) -> Mapping[str, ListedCase]:
        return {case.ref: case for case in self._listed.cases}

    def only(self, refs: Iterable[str]) -> Population:
        """The same list with these cases alone, in this order."""
        return Population(self._framework, ListImported.of(self.sample, tuple(self.listed(refs))), ())

    @cached_property
    def strata(self) -> Mapping[str, int]:
        """How many cases each stratum has, in their order; those that fit none are not among them."""
        numbers = Counter(map(self._values, self._rows))
        sizes = dict.fromkeys(self._framework.strata_for(self.sample), 0)
        for values, number in numbers.items():
            stratum = self._stratum_of(values)
            if stratum is not None:
                sizes[stratum] += number
        return sizes

    @property
    def total(self) -> int:
        """How many cases can be drawn."""
        return sum(self.strata.values())

    @cached_property
    def cases(self) -> Sequence[CaseOnList]:
        """Every case, as drawing must know it.

        Raises:
            InspectionError: one fits no stratum.
        """
        facts = self._framework.draw_facts
        places = self._places(fact or "" for fact in (facts.cluster, facts.unit, facts.officer))
        fit, unfit = [], []
        for row, values in zip(self._rows, map(self._values, self._rows), strict=True):
            stratum = self._stratum_of(values)
            if stratum is None:
                unfit.append(row[0])
                continue
            cluster, ldu, officer = (row[place] if place else "" for place in places)
            fit.append(CaseOnList(row[0], stratum, cluster or NOT_RECORDED, ldu or NOT_RECORDED, officer))
        if unfit:
            raise InspectionError(
                f"{unfit[0]} fits no stratum of the framework, and {len(unfit) - 1} more: bring the list in again "
                "with what its strata need."
            )
        return fit

    def planned(self, size: int, buffer: int) -> SamplePlan:
        """Say how a sample will be drawn: sizes, shares and chances, the same whatever the seed.

        Raises:
            InspectionError: a case fits no stratum.
        """
        return planned(self.cases, self._strata_ids, size, buffer=buffer)

    def drawn(self, size: int, buffer: int, seed: int) -> Draw:
        """Draw, without recording it.

        Raises:
            InspectionError: a case fits no stratum.
        """
        return draw(self.cases, self._strata_ids, size, buffer=buffer, seed=seed)

    def as_recorded(self, event: SampleDrawn) -> Draw:
        """A draw from this list as it was recorded, whatever version of the program drew it.

        Raises:
            InspectionError: a case fits no stratum.
        """
        known = {case.ref: case for case in self.cases}
        refs = (*((ref, False) for ref in event.cases), *((ref, True) for ref in event.reserve))
        cases = [DrawnCase(known[ref], reserve) for ref, reserve in refs if ref in known]
        return drawn_before(self.planned(event.size, event.buffer), event.seed, cases)

    @property
    def _strata_ids(self) -> Sequence[str]:
        return self._framework.strata_for(self.sample)

    def event(self, drawn: Draw, id: str, why: str) -> SampleDrawn:
        """What is recorded of a draw.

        Args:
            id: of the event by which the list came in.
            why: it is drawn again, where it is.
        """
        return SampleDrawn(
            sample=self.sample,
            population=id,
            size=drawn.plan.size,
            buffer=drawn.plan.buffer,
            seed=drawn.seed,
            cases=tuple(each.case.ref for each in drawn.cases if not each.reserve),
            reserve=tuple(each.case.ref for each in drawn.cases if each.reserve),
            left_out=tuple(row[0] for row in self._listed.rows if row[0] in self.left_out),
            why=why,
        )

    def explained(self, plan: SamplePlan, drawn: Draw | None = None) -> tuple[Section, ...]:
        """How each number of a plan came about, and of what was drawn by it."""
        return explained(plan, titles_of(self._framework), len(self.left_out), drawn)

    @property
    def _rows(self) -> Sequence[tuple[str, ...]]:
        rows, out = self._listed.rows, self.left_out
        return [row for row in rows if row[0] not in out] if out else rows

    @cached_property
    def _values(self) -> Callable[[tuple[str, ...]], tuple[str, ...]]:
        """Takes the values that decide the stratum out of a row; as fast as it can be, for there may be 20,000."""
        places = self._places(self._deciding)
        if len(places) > 1:
            return itemgetter(*places)
        return lambda row: tuple(row[place] for place in places)

    def _places(self, facts: Iterable[str]) -> list[int]:
        """Where facts stand in the rows of the list; 0 for those that it does not have."""
        there = {fact: place for place, fact in enumerate(self._listed.facts, 1)}
        return [there.get(fact, 0) for fact in facts]

    def _stratum_of(self, values: tuple[str, ...]) -> str | None:
        """The stratum that cases with these values belong to; lists say the same few things of their cases."""
        if values not in self._known:
            facts = {fact: value for fact, value in zip(self._deciding, values, strict=True) if value}
            self._known[values] = self._framework.stratum_of(self.sample, facts)
        return self._known[values]
