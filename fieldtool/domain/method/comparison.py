"""How a percentage compares with another: the difference in points, and whether it is significant."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from fieldtool.domain.method.figures import Figure
from fieldtool.domain.method.tally import Count
from fieldtool.domain.words.numbers import counted

CRITICAL = Fraction(16449, 10000)
"""z beyond which a difference is significant at 0.1, two-sided: the 95th percentile of the standard normal
distribution (1.644853…), as tables print it."""


class Difference(NamedTuple):
    """By how much a percentage differs from another figure."""

    points: int
    """Whole per cent less whole per cent; below zero, it is lower than the figure."""
    significant: bool | None
    """None where the figure is a per cent alone, so that nothing can be tested."""


def difference(count: Count, figure: Figure) -> Difference | None:
    """How a count compares with a figure; None while nothing counts."""
    if count.percent is None:
        return None
    tested = None if figure.n is None or figure.of is None else (figure.n, figure.of)
    return Difference(
        count.percent - figure.percent,
        None if tested is None else significant((count.yes, count.judged), tested),
    )


def in_words(found: Difference) -> str:
    """A difference in words, as "31 points lower, significant"."""
    size = abs(found.points)
    if not size:
        return "no difference"
    points = f"{counted(size, 'point')} {'higher' if found.points > 0 else 'lower'}"
    return f"{points}, significant" if found.significant else points


def significant(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether two shares, each n of N with N above 0, differ significantly at 0.1.

    It is the two-proportion Z test with a pooled proportion, two-sided (NIST/SEMATECH e-Handbook of Statistical
    Methods, 7.3.3). With p = (n1 + n2) / (N1 + N2), z = (n1/N1 - n2/N2) / sqrt(p (1 - p) (1/N1 + 1/N2)). Squares
    of fractions are compared, so that nothing is rounded.
    """
    (n1, of1), (n2, of2) = one, other
    pooled = Fraction(n1 + n2, of1 + of2)
    variance = pooled * (1 - pooled) * (Fraction(1, of1) + Fraction(1, of2))
    # Where all say the same, there is no variance, and no difference either.
    return variance > 0 and (Fraction(n1, of1) - Fraction(n2, of2)) ** 2 > CRITICAL**2 * variance
