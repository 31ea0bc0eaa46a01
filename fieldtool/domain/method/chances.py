"""The chance that each case has to be drawn: the same in a stratum, but for what the limit of an officer forces.

All is worked out in whole parts of `ONE`, so that any laptop comes to the same.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import NamedTuple

ONE = 1 << 40
"""The parts of one case, or of certainty."""

_ROUNDS = 400
"""After so many, what little is left is put right by moving single parts."""

Pair = tuple[str, str]
"""A stratum and an officer."""


class Chances(NamedTuple):
    """What is expected of each stratum and officer."""

    sizes: Mapping[str, int]
    """Cases of each stratum that can be drawn; fewer than wanted where the officers have no more to give."""
    expected: Mapping[Pair, int]
    """Of the cases of an officer in a stratum, how many come on average, in parts of `ONE`."""


def fair_chances(numbers: Mapping[Pair, int], sizes: Mapping[str, int], room: Mapping[str, int]) -> Chances:
    """Work out the chances of the cases of some strata.

    Every case of a stratum has the same chance, unless its officer would give more than may be: then all cases of
    that officer have less, in proportion, and the others of the stratum have more, all by the same factor.

    Args:
        numbers: how many cases there are of each officer in each stratum.
        sizes: how many are wanted of each stratum.
        room: how many cases each officer may give at most; who is not named may give all.
    """
    reachable = _Flow(numbers, room, 1).filled(sizes)
    flow = _Flow(numbers, room, ONE)
    flow.given.update(_raked(numbers, reachable, room))
    flow.filled({stratum: size * ONE for stratum, size in reachable.items()})
    return Chances(reachable, flow.given)


def _raked(
    numbers: Mapping[Pair, int], sizes: Mapping[str, int], room: Mapping[str, int]
) -> Mapping[Pair, int]:
    """Let strata have what they want, then officers what they may give, in turns until both hold nearly."""
    factors = dict.fromkeys((officer for _, officer in numbers), ONE)
    of_strata: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for (stratum, officer), number in numbers.items():
        of_strata[stratum].append((officer, number))
    given: dict[Pair, int] = {}
    for _ in range(_ROUNDS):
        load: dict[str, int] = defaultdict(int)
        for stratum, officers in of_strata.items():
            for officer, amount in _in_proportion(officers, factors, sizes[stratum] * ONE):
                given[stratum, officer] = amount
                load[officer] += amount
        before = dict(factors)
        for officer, most in room.items():
            if load[officer]:
                factors[officer] = min(ONE, factors[officer] * most * ONE // load[officer])
        if all(abs(factors[each] - before[each]) <= before[each] >> 30 for each in factors):
            break
    # What is still too much is taken off in proportion; the gaps that it leaves are filled afterwards.
    for (stratum, officer), amount in given.items():
        most = room.get(officer, load[officer]) * ONE
        if load[officer] > most:
            given[stratum, officer] = amount * most // load[officer]
    return given


def _in_proportion(
    officers: list[tuple[str, int]], factors: Mapping[str, int], size: int
) -> Iterator[tuple[str, int]]:
    """Share out the size of a stratum among officers by their cases and factors; nobody gives more than they have."""
    left = size
    weight = sum(number * factors[officer] for officer, number in officers)
    for officer, number in sorted(officers, key=lambda each: (-factors[each[0]], each[0])):
        own = number * factors[officer]
        amount = min(number * ONE, left * own // weight) if weight else 0
        yield officer, amount
        if amount == number * ONE:  # all of them come: the others share the rest
            left, weight = left - amount, weight - own


class _Flow:
    """What strata get of officers, neither more than these have nor than they may give; more of it by detours."""

    def __init__(self, numbers: Mapping[Pair, int], room: Mapping[str, int], unit: int) -> None:
        self.given: dict[Pair, int] = dict.fromkeys(numbers, 0)
        self._most = {pair: number * unit for pair, number in numbers.items()}
        self._room = {officer: most * unit for officer, most in room.items()}
        self._unit = unit
        self._officers: dict[str, list[str]] = defaultdict(list)
        self._strata: dict[str, list[str]] = defaultdict(list)
        for stratum, officer in numbers:
            self._officers[stratum].append(officer)
            self._strata[officer].append(stratum)

    def filled(self, sizes: Mapping[str, int]) -> dict[str, int]:
        """Give each stratum its size, as far as it goes, the one that has least of it first; what each has then."""
        got = dict.fromkeys(sizes, 0)
        load: dict[str, int] = defaultdict(int)
        for (stratum, officer), amount in self.given.items():
            got[stratum] += amount
            load[officer] += amount
        left = {officer: most - load[officer] for officer, most in self._room.items()}
        open_ = {stratum for stratum in sizes if got[stratum] < sizes[stratum]}
        while open_:
            stratum = min(open_, key=lambda each: (Fraction(got[each], sizes[each]), each))
            more = self._more(stratum, min(sizes[stratum] - got[stratum], self._unit), left)
            got[stratum] += more
            if not more or got[stratum] == sizes[stratum]:
                open_.discard(stratum)
        return got

    def _more(self, stratum: str, wanted: int, left: dict[str, int]) -> int:
        """Give a stratum something more by the shortest detour; how much it was, 0 where there is none."""
        came: dict[str, Pair] = {}
        """By which pair an officer was reached; and the stratum of the pair, by which officer before."""
        by: dict[str, str | None] = {stratum: None}
        waiting = deque([stratum])
        while waiting:
            here = waiting.popleft()
            for officer in self._officers[here]:
                pair = (here, officer)
                if officer in came or self.given[pair] >= self._most[pair]:
                    continue
                came[officer] = pair
                if left.get(officer, wanted) > 0:
                    return self._moved(officer, came, by, wanted, left)
                for other in self._strata[officer]:
                    if other not in by and self.given[other, officer] > 0:
                        by[other] = officer
                        waiting.append(other)
        return 0

    def _moved(
        self, officer: str, came: Mapping[str, Pair], by: Mapping[str, str | None], wanted: int, left: dict[str, int]
    ) -> int:  # fmt: skip
        """Move as much as goes along a detour that ends at an officer with room."""
        more: list[Pair] = []
        less: list[Pair] = []
        at: str | None = officer
        while at is not None:
            stratum = came[at][0]
            more.append((stratum, at))
            at = by[stratum]
            if at is not None:
                less.append((stratum, at))
        amount = min(
            wanted,
            left.get(officer, wanted),
            *(self._most[pair] - self.given[pair] for pair in more),
            *(self.given[pair] for pair in less),
        )
        for pair in more:
            self.given[pair] += amount
        for pair in less:
            self.given[pair] -= amount
        if officer in left:
            left[officer] -= amount
        return amount
