"""Dice that fall the same way on every machine and in every version of Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """Seeded chance from random() and randrange() alone; shuffle() has changed between versions."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)

    def between(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return self._random.randrange(low, high + 1)

    def chance(self, per_cent: int) -> bool:
        """True that often in a hundred."""
        return self._random.randrange(100) < per_cent

    def pick(self, choices: Sequence[T]) -> T:
        """One of the choices."""
        return choices[self._random.randrange(len(choices))]

    def bell(self) -> float:
        """A number around nought, rarely beyond one either way."""
        return self._random.random() + self._random.random() + self._random.random() - 1.5

    def shuffled(self, things: Sequence[T]) -> list[T]:
        """The same things in another order."""
        left, found = list(things), []
        while left:
            found.append(left.pop(self._random.randrange(len(left))))
        return found

    def allotted(
        self, shares: Mapping[str, int], weights: Mapping[str, float], spread: float = 1.0
    ) -> dict[str, str]:
        """Give each reference a value, so many of each; the weightier one is, the earlier its value."""
        drawn = {ref: weight + spread * self.bell() for ref, weight in weights.items()}
        order = sorted(weights, key=lambda ref: -drawn[ref])
        values = [value for value, share in shares.items() for _ in range(share)]
        return dict(zip(order, values, strict=True))
