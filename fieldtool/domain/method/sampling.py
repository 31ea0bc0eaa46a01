"""The sample: how large it must be, how it is shared out fairly, and which cases are picked; each number explained.

The rules are those of the methodology annexe: a size by the formula for a share with a finite population, strata in
proportion, then clusters, local delivery units and responsible officers, and a random pick among the rest.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from decimal import ROUND_CEILING, Decimal, localcontext
from statistics import NormalDist
from typing import NamedTuple, TypeVar

from fieldtool.domain.errors import Mistyped

MOST_FOR_AN_OFFICER = 6
"""Cases of one responsible officer in the whole sample, at most."""

LEAST, MOST = Decimal("0.01"), Decimal("99.99")
"""Confidence and margin lie between these, in per cent: beyond them, no size means anything."""

_ANY_NUMBER = 1_000_000_000

Key = TypeVar("Key", bound=Hashable)


class SampleSize(NamedTuple):
    """How many cases a population needs, and what the formula made of it on the way."""

    population: int
    confidence: Decimal
    """In per cent."""
    margin: Decimal
    """In points of per cent, to either side."""
    z: Decimal
    """How many standard deviations hold that confidence, to four places."""
    unlimited: Decimal
    """n0, the size for a population without end, to two places."""
    size: int

    @property
    def formula(self) -> str:
        """The calculation as it can be done again by hand."""
        return (
            f"n0 = {self.z}² × 0.5 × 0.5 / {self.margin / 100}² = {self.unlimited}; "
            f"n = n0 / (1 + (n0 - 1) / {self.population}) = {self.size}, rounded up"
        )


class CaseOnList(NamedTuple):
    """A case of the provider's list, as far as drawing must know it."""

    ref: str
    stratum: str
    cluster: str
    ldu: str
    """Local delivery unit."""
    officer: str
    """The responsible officer; empty if nobody knows."""


class StratumShare(NamedTuple):
    """What one stratum gives to the sample."""

    id: str
    population: int
    size: int
    """Cases wanted without reserve cases."""
    size_with_buffer: int
    drawn: int

    @property
    def shortfall(self) -> int:
        """How many of the cases wanted, reserve cases among them, could not be drawn."""
        return self.size_with_buffer - self.drawn


class DrawnCase(NamedTuple):
    """A case that was picked."""

    case: CaseOnList
    reserve: bool
    """Whether it only stands by, for one of the same stratum that drops out."""


class OfficerShare(NamedTuple):
    """What one responsible officer gives to the sample in one stratum and unit."""

    officer: str
    population: int
    share: int
    """In proportion among the officers of the unit, whatever they may still give."""
    room: int
    """How many cases the officer could still give when it was their turn."""
    drawn: int

    @property
    def beyond(self) -> int:
        """How many of the share are beyond what the officer may give, and go to the others of the unit."""
        return max(self.share - self.room, 0)


class UnitShare(NamedTuple):
    """What one local delivery unit gives to one stratum of the sample."""

    stratum: str
    cluster: str
    ldu: str
    population: int
    size: int
    officers: tuple[OfficerShare, ...] = ()

    @property
    def unplaced(self) -> int:
        """How many could not be drawn, because no officer has cases left and may give them."""
        return self.size - sum(each.drawn for each in self.officers)


class Draw(NamedTuple):
    """A sample as it was drawn, with the way to it; `fieldtool.domain.words.samples` tells it in words."""

    seed: int
    size: int
    buffer: int
    """In per cent of the size."""
    strata: tuple[StratumShare, ...]
    cases: tuple[DrawnCase, ...]
    """In the order of strata and picks: a case that drops out is replaced by the next reserve case."""
    officers: Mapping[str, int]
    """Cases drawn of each responsible officer, reserve cases among them."""
    units: tuple[UnitShare, ...]
    """How strata were shared out among clusters, units and officers; in the order of the draw."""

    @property
    def shortfall(self) -> int:
        """How many of the cases wanted, reserve cases among them, could not be drawn."""
        return with_buffer(self.size, self.buffer) - len(self.cases)


def sample_size(
    population: int, confidence: Decimal = Decimal(80), margin: Decimal = Decimal(5)
) -> SampleSize:
    """The cases that show a share of a population within a margin, with some confidence, whatever the share is.

    n0 = z²·p(1 - p)/e² with p = 0.5, then n = n0 / (1 + (n0 - 1)/N), rounded up.

    Args:
        confidence, margin: in per cent.

    Raises:
        Mistyped: nobody is in the population, or confidence or margin are not between `LEAST` and `MOST`.
    """
    if population < 1:
        raise Mistyped("The population must be at least 1.")
    if not LEAST <= confidence <= MOST or not LEAST <= margin <= MOST:
        raise Mistyped(f"Confidence and margin must lie between {LEAST} and {MOST} per cent.")
    z = _z(confidence)
    with localcontext(prec=28):
        unlimited = z * z / 4 / (margin / 100) ** 2
        size = unlimited / (1 + (unlimited - 1) / population)
        rounded = int(size.to_integral_value(rounding=ROUND_CEILING))
    return SampleSize(
        population,
        confidence,
        margin,
        z,
        unlimited.quantize(Decimal("0.01")),
        max(1, min(rounded, population)),
    )


def margin_of(population: int, size: int, confidence: Decimal = Decimal(80)) -> Decimal:
    """The margin that so many cases of a population have, in points of per cent, rounded up to two places.

    Raises:
        Mistyped: the size is not between 1 and the population.
    """
    if not 1 <= size <= population:
        raise Mistyped(f"The size must lie between 1 and the population, {population}.")
    if size == population:
        return Decimal("0.00")
    with localcontext(prec=28):
        variance = Decimal(population - size) / (4 * size * (population - 1))
        return (100 * _z(confidence) * variance.sqrt()).quantize(Decimal("0.01"), rounding=ROUND_CEILING)


def with_buffer(size: int, buffer: int) -> int:
    """A size with so many per cent of reserve cases on top, to the nearest whole case, halves up."""
    return rounded(size * (100 + buffer), 100)


def shares(populations: Mapping[Key, int], size: int) -> dict[Key, int]:
    """Share a size out in proportion: each to the nearest whole case, then the total put right.

    Where too few came together, one more from the smallest first; where too many, one fewer from the largest
    first; never more than there are. Whoever wants more than there is gets all there is.
    """
    total = sum(populations.values())
    size = min(size, total)
    if not total:
        return dict.fromkeys(populations, 0)
    shared = {key: min(rounded(size * number, total), number) for key, number in populations.items()}
    places = {key: place for place, key in enumerate(populations)}
    smallest_first = sorted(populations, key=lambda key: (populations[key], places[key]))
    while (left := size - sum(shared.values())) != 0:
        step = 1 if left > 0 else -1
        for key in smallest_first if step > 0 else reversed(smallest_first):
            if left and 0 <= shared[key] + step <= populations[key]:
                shared[key] += step
                left -= step
    return shared


def draw(
    cases: Iterable[CaseOnList], strata: Sequence[str], size: int, *, buffer: int = 0, seed: int
) -> Draw:
    """Draw a sample from the list of cases; the same list, size, buffer and seed give the same cases.

    Args:
        strata: their ids, in the order in which they are told.
        size: cases wanted; where there are fewer, all that the rule of the officers allows.
        buffer: reserve cases on top, in per cent.
    """
    listed = sorted(cases)
    by_stratum: dict[str, list[CaseOnList]] = {stratum: [] for stratum in strata}
    for case in listed:
        by_stratum[case.stratum].append(case)
    populations = {stratum: len(cases) for stratum, cases in by_stratum.items()}
    wanted = shares(populations, size)
    buffered = shares(populations, with_buffer(size, buffer))
    drawing = _Drawing(random.Random(seed))  # noqa: S311  # a lot that anybody can draw again
    picked: list[DrawnCase] = []
    of_strata: list[StratumShare] = []
    for stratum in strata:
        drawn = drawing.pick(stratum, by_stratum[stratum], buffered[stratum])
        picked += [DrawnCase(case, reserve=place >= wanted[stratum]) for place, case in enumerate(drawn)]
        share = StratumShare(stratum, populations[stratum], wanted[stratum], buffered[stratum], len(drawn))
        of_strata.append(share)
    return Draw(
        seed, size, buffer, tuple(of_strata), tuple(picked),
        {officer: number for officer, number in sorted(drawing.of_officer.items()) if officer and number},
        tuple(drawing.units),
    )  # fmt: skip


class _Drawing:
    """One draw as it goes on: the cases of each officer so far, over all strata, and what each unit gave."""

    def __init__(self, dice: random.Random) -> None:
        self._dice = dice
        self.of_officer: Counter[str] = Counter()
        self.units: list[UnitShare] = []

    def pick(self, stratum: str, cases: Sequence[CaseOnList], size: int) -> list[CaseOnList]:
        """Pick so many cases of a stratum, in an order that is random too."""
        picked: list[CaseOnList] = []
        clusters = _grouped(cases, lambda case: case.cluster)
        for cluster, wanted in shares(_sizes(clusters), size).items():
            ldus = _grouped(clusters[cluster], lambda case: case.ldu)
            for ldu, share in shares(_sizes(ldus), wanted).items():
                officers: tuple[OfficerShare, ...] = ()
                if share:
                    officers = self._share_of_officers(ldus[ldu], share)
                    picked += self._pick_of(ldus[ldu], officers)
                self.units.append(UnitShare(stratum, cluster, ldu, len(ldus[ldu]), share, officers))
        self._dice.shuffle(picked)
        return picked

    def _share_of_officers(self, cases: Sequence[CaseOnList], size: int) -> tuple[OfficerShare, ...]:
        """What each officer of a unit gives, in an order that is random; the surplus goes where fewest are."""
        there = _sizes(_grouped(cases, lambda case: case.officer))
        names = list(there)
        # Where all have the same right to one more, the lot decides and not the alphabet.
        self._dice.shuffle(names)
        there = {officer: there[officer] for officer in names}
        wanted = shares(there, size)
        room = {officer: self._room(officer) for officer in names}
        taken = {officer: min(wanted[officer], room[officer]) for officer in names}
        self.of_officer.update(taken)
        for _ in range(size - sum(taken.values())):
            free = [
                officer
                for officer, number in there.items()
                if taken[officer] < number and self._room(officer)
            ]
            if not free:
                break
            fewest = min(free, key=lambda officer: self.of_officer[officer])
            taken[fewest] += 1
            self.of_officer[fewest] += 1
        return tuple(
            OfficerShare(officer, there[officer], wanted[officer], room[officer], taken[officer])
            for officer in names
        )

    def _pick_of(self, cases: Sequence[CaseOnList], officers: Sequence[OfficerShare]) -> list[CaseOnList]:
        """Let the lot decide among the cases of each officer of a unit."""
        of_officer = _grouped(cases, lambda case: case.officer)
        return [case for each in officers for case in self._dice.sample(of_officer[each.officer], each.drawn)]

    def _room(self, officer: str) -> int:
        """How many more cases an officer may give; without a name, nobody knows whose they are."""
        return MOST_FOR_AN_OFFICER - self.of_officer[officer] if officer else _ANY_NUMBER


def _grouped(cases: Iterable[CaseOnList], name: Callable[[CaseOnList], str]) -> dict[str, list[CaseOnList]]:
    groups: dict[str, list[CaseOnList]] = defaultdict(list)
    for case in cases:
        groups[name(case)].append(case)
    return dict(sorted(groups.items()))


def _sizes(groups: Mapping[str, Sequence[CaseOnList]]) -> dict[str, int]:
    return {name: len(cases) for name, cases in groups.items()}


def rounded(numerator: int, denominator: int) -> int:
    """A fraction to the nearest whole number, halves up, in integers alone."""
    return (2 * numerator + denominator) // (2 * denominator)


def _z(confidence: Decimal) -> Decimal:
    """How many standard deviations to either side hold so many per cent, to four places."""
    return Decimal(repr(NormalDist().inv_cdf(0.5 + float(confidence) / 200))).quantize(Decimal("0.0001"))
