"""A plain recount, with which the live tallies are compared."""

from __future__ import annotations

from collections.abc import Iterable

from fieldtool.domain.method.case import Case
from fieldtool.domain.method.framework import Framework
from fieldtool.domain.method.tally import Count, buckets


def tally(framework: Framework, cases: Iterable[Case]) -> dict[str, Count]:
    """Count every item over the cases from scratch; items that no case has are there with zeros."""
    counts = {item: Count() for sample in framework.samples for item in framework.items_for(sample.id)}
    for case in cases:
        for item, bucket in buckets(framework, case).items():
            counts[item] = counts[item].moved(bucket, 1)
    return counts
