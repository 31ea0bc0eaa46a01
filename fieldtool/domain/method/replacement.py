"""A case that drops out, and which reserve case comes for it: the next of its stratum whose officer has room."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from fieldtool.domain.method.drawing import CaseOnList
from fieldtool.domain.method.sampling import MOST_FOR_AN_OFFICER


class Eliminated(NamedTuple):
    """A case that dropped out of the sample."""

    ref: str
    sample: str
    criterion: str
    """One of `sampled.CRITERIA`."""
    why: str
    replaced_by: str
    """The reserve case that came for it; empty if none did."""
    who: str
    wall: str
    """When, by the clock on the wall, ISO 8601 with its offset."""
    holder: str = ""
    """Who held it; empty if nobody did."""
    facts: Mapping[str, str] = {}
    """What is recorded of it, by fact id."""


class Skipped(NamedTuple):
    """A reserve case whose turn it was and that could not come, and why."""

    ref: str
    why: str


class NextReserve(NamedTuple):
    """Which reserve case comes for one that drops out."""

    case: CaseOnList | None
    """None if none is left."""
    skipped: tuple[Skipped, ...]
    """Those before it, in their order."""
    left: int
    """How many could still come after it."""
    of_officer: int
    """How many cases of its officer are in the sample once it is there; 0 if nobody knows the officer."""


def next_reserve(
    reserve: Iterable[CaseOnList], stratum: str, gone: Mapping[str, str], officers: Mapping[str, int]
) -> NextReserve:
    """Find the reserve case that comes for one of a stratum.

    Args:
        reserve: the reserve cases, in the order in which they come.
        gone: why some of them cannot come any more, by their references: one is in the sample already.
        officers: how many cases of each responsible officer are in the sample, without the one that drops out.
    """
    comes: CaseOnList | None = None
    skipped: list[Skipped] = []
    left, numbers = 0, dict(officers)
    for case in reserve:
        if case.stratum != stratum:
            continue
        why_not = gone.get(case.ref) or _full(case.officer, numbers)
        if comes is not None:
            left += not why_not
        elif why_not:
            skipped.append(Skipped(case.ref, why_not))
        else:
            comes = case
            numbers[case.officer] = numbers.get(case.officer, 0) + 1
    of_officer = numbers[comes.officer] if comes is not None and comes.officer else 0
    return NextReserve(comes, tuple(skipped), left, of_officer)


def _full(officer: str, officers: Mapping[str, int]) -> str:
    # Without a name nobody knows whose they are, as in drawing.
    if officer and officers.get(officer, 0) >= MOST_FOR_AN_OFFICER:
        return f"{officer} gives {officers[officer]} cases already"
    return ""
