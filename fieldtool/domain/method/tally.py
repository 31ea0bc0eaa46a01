"""Counts over cases: exact percentages, and what the cases still open could do to them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from fieldtool.domain.method.case import Aspect, Case, Slot
from fieldtool.domain.method.framework import Applies, Framework


class Bucket(StrEnum):
    """Where one case stands in the count of one prompt or key question."""

    YES = "yes"
    NO = "no"
    NOT_RELEVANT = "not_relevant"
    OPEN = "open"
    """Not answered yet, or answered while a fact that decides whether it applies is missing."""
    OUT = "out"
    """The item does not apply to the case; an answer that it may have is kept but not counted."""


class Count(NamedTuple):
    """How many cases are in each bucket of one prompt or key question."""

    yes: int = 0
    no: int = 0
    not_relevant: int = 0
    open: int = 0
    out: int = 0

    @property
    def judged(self) -> int:
        """N of the percentage: the cases that count, yes and no together."""
        return self.yes + self.no

    @property
    def percent(self) -> int | None:
        """Yes of N as a whole per cent, halves up; None while nothing counts."""
        return whole_percent(self.yes, self.judged)

    @property
    def exact(self) -> Fraction | None:
        """Yes of N in per cent, unrounded; None while nothing counts."""
        return Fraction(100 * self.yes, self.judged) if self.judged else None

    @property
    def lowest(self) -> Count:
        """The count if every open case were judged no."""
        return self._replace(no=self.no + self.open, open=0)

    @property
    def highest(self) -> Count:
        """The count if every open case were judged yes."""
        return self._replace(yes=self.yes + self.open, open=0)

    @property
    def applicable(self) -> int:
        """The cases that the item applies to, or may."""
        return self.judged + self.not_relevant + self.open

    def among(self, every: Count) -> Count:
        """The count of some cases, with all others of a larger count still open."""
        return self._replace(open=self.open + every.applicable - self.applicable)

    def moved(self, bucket: Bucket, cases: int) -> Count:
        """The count with that many cases more (or, below zero, fewer) in one bucket."""
        return self._replace(**{bucket.value: getattr(self, bucket.value) + cases})


def whole_percent(yes: int, judged: int) -> int | None:
    """A share as a whole per cent with halves up, in integers alone: 21 of 24 is 88."""
    if judged == 0:
        return None
    return (200 * yes + judged) // (2 * judged)


def bucket_of(framework: Framework, item: str, facts: Mapping[str, str], value: str | None) -> Bucket:
    """Where a case with these facts and this answer or judgement stands in the count of an item."""
    applies = framework.applies(item, facts)
    if applies is Applies.NO:
        return Bucket.OUT
    if applies is Applies.UNDECIDED or value is None:
        return Bucket.OPEN
    return Bucket(value)


def buckets(framework: Framework, case: Case) -> dict[str, Bucket]:
    """Where a case stands in the count of every item of its sample type."""
    return {
        item: bucket_of(framework, item, case.facts, case.values.get(item_slot(framework, item)))
        for item in framework.items_for(case.sample)
    }


def item_slot(framework: Framework, item: str) -> Slot:
    """Where the answer to a prompt, or the judgement of a key question, is kept."""
    aspect = Aspect.ANSWER if item in framework.prompts_by_id else Aspect.JUDGEMENT
    return Slot(aspect, item)
