"""Sharing cases out among people: evenly, and by place where that is wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

May = Callable[[str, str], bool]
"""Whether a person may assess a case, by their id and its reference."""


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
