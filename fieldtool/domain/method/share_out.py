"""Sharing cases out among people and days: evenly, and by place where that is wanted."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import NamedTuple

May = Callable[[str, str], bool]
"""Whether a person may assess a case, by their id and its reference."""


class Held(NamedTuple):
    """How many cases somebody has of a place, or on a day."""

    holder: str
    """Empty for the cases that nobody has."""
    where: str
    """The place, or the day as 2020-03-09; empty where none is known."""
    cases: int
    complete: int


class Shared(NamedTuple):
    """Who gets which cases."""

    holders: Mapping[str, str]
    """The person of each case, by its reference."""
    left: tuple[str, ...]
    """Cases that nobody may assess."""


def evenly(refs: Iterable[str], held: Mapping[str, int], may: May) -> Shared:
    """Give each case to whoever has the fewest so far.

    Args:
        held: how many cases each person has already; where two have as few, the first of them gets the next.
    """
    numbers, holders, left = dict(held), {}, []
    for ref in refs:
        person = min((p for p in numbers if may(p, ref)), key=lambda p: numbers[p], default=None)
        if person is None:
            left.append(ref)
        else:
            holders[ref] = person
            numbers[person] += 1
    return Shared(holders, tuple(left))


def by_place(places: Mapping[str, Sequence[str]], held: Mapping[str, int], may: May) -> Shared:
    """Share out as evenly, with the cases of a place in as few hands as that allows.

    Args:
        places: the references of the cases of each place.
    """
    refs = [ref for found in places.values() for ref in found]
    quota = dict.fromkeys(held, 0)
    for _ in refs:
        quota[min(held, key=lambda person: held[person] + quota[person])] += 1
    holders: dict[str, str] = {}
    over: list[str] = []
    for ref in refs:
        # In their order, so that each place is gone through by one person until that one has enough.
        person = next((p for p in quota if quota[p] and may(p, ref)), None)
        if person is None:
            over.append(ref)
        else:
            holders[ref] = person
            quota[person] -= 1
    numbers = {person: held[person] + sum(p == person for p in holders.values()) for person in held}
    rest = evenly(over, numbers, may)
    return Shared({**holders, **rest.holders}, rest.left)


def by_day(
    places: Mapping[str, Sequence[str]],
    holders: Mapping[str, str],
    days: Sequence[date],
    planned: Iterable[tuple[str, date]] = (),
) -> dict[str, date]:
    """Give each case a day, so that each person has as many on each and those of one place fall together.

    Args:
        places: the references of the cases of each place.
        holders: the person of each case that is to have a day.
        days: at least one, the earliest first.
        planned: person and day of each case that has a day already.
    """
    cases: dict[str, list[str]] = defaultdict(list)
    for refs in places.values():
        for ref in refs:
            if ref in holders:
                cases[holders[ref]].append(ref)
    of_all, of_person = Counter[date](), defaultdict[str, Counter[date]](Counter)
    for person, day in planned:
        of_all[day] += 1
        of_person[person][day] += 1
    given: dict[str, date] = {}
    for person in sorted(cases):
        turn = iter(cases[person])
        for day, number in _spread(len(cases[person]), days, of_person[person], of_all).items():
            given.update(dict.fromkeys(islice(turn, number), day))
    return given


def _spread(number: int, days: Sequence[date], mine: Counter[date], of_all: Counter[date]) -> dict[date, int]:
    """How many cases of a person come on each day: where they have the fewest, then where all have."""
    numbers = dict.fromkeys(days, 0)
    for _ in range(number):
        day = min(days, key=lambda day: (mine[day] + numbers[day], of_all[day], day))
        numbers[day] += 1
        of_all[day] += 1
    return numbers
