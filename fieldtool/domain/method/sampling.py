"""How large a sample must be, and how it is shared out in proportion.

The rules are those of the methodology annexe: a size by the formula for a share with a finite population, and strata in
proportion. How cases are drawn then is in `drawing`.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from decimal import ROUND_CEILING, Decimal, localcontext
from statistics import NormalDist
from typing import NamedTuple, TypeVar

from fieldtool.domain.errors import Mistyped

MOST_FOR_AN_OFFICER = 6
"""Cases of one responsible officer in the whole sample, at most."""

LEAST, MOST = Decimal("0.01"), Decimal("99.99")
"""Confidence and margin lie between these, in per cent: beyond them, no size means anything."""

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


def shares(
    populations: Mapping[Key, int], size: int, least: Mapping[Key, int] | None = None
) -> dict[Key, int]:
    """Share a size out in proportion: each to the nearest whole case, then the total put right.

    Where too few came together, one more from the smallest first; where too many, one fewer from the largest
    first; never more than there are. Whoever wants more than there is gets all there is.

    Args:
        least: what each has in any case, as the main cases of a sample are what it has with its reserve at least.
    """
    total = sum(populations.values())
    size = min(size, total)
    if not total:
        return dict.fromkeys(populations, 0)
    floors = dict.fromkeys(populations, 0) | dict(least or {})
    shared = {
        key: max(floors[key], min(rounded(size * number, total), number))
        for key, number in populations.items()
    }
    places = {key: place for place, key in enumerate(populations)}
    smallest_first = sorted(populations, key=lambda key: (populations[key], places[key]))
    while (left := size - sum(shared.values())) != 0:
        step = 1 if left > 0 else -1
        for key in smallest_first if step > 0 else reversed(smallest_first):
            if left and floors[key] <= shared[key] + step <= populations[key]:
                shared[key] += step
                left -= step
    return shared


def rounded(numerator: int, denominator: int) -> int:
    """A fraction to the nearest whole number, halves up, in integers alone."""
    return (2 * numerator + denominator) // (2 * denominator)


def _z(confidence: Decimal) -> Decimal:
    """How many standard deviations to either side hold so many per cent, to four places."""
    return Decimal(repr(NormalDist().inv_cdf(0.5 + float(confidence) / 200))).quantize(Decimal("0.0001"))
