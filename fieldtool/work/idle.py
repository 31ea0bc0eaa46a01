"""Whether anybody is there: how long nothing was done, and whether the laptop slept."""

from __future__ import annotations

import time
from collections.abc import Callable


class Idle:
    """Whether nobody has done anything for so long that an inspection should be locked.

    A laptop that sleeps stops some of its clocks: that the one on the wall went on by more than the others
    tells that it slept, and whoever wakes it may be another.

    Args:
        minutes: how long; 0 for never.
        elapsed: seconds that no setting of the clock changes.
        wall: seconds by the clock on the wall.
    """

    SLEPT = 30.0
    """By so many seconds the clock on the wall goes ahead of the others only when the laptop slept, or was set."""

    def __init__(
        self,
        minutes: int,
        elapsed: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._limit = minutes * 60
        self._elapsed, self._wall = elapsed, wall
        self._active = self._looked = elapsed()
        self._looked_wall = wall()
        self._slept = False

    def touched(self) -> None:
        """Somebody has just done something."""
        self._look()
        self._active, self._slept = self._looked, False

    @property
    def quiet(self) -> float:
        """How many seconds ago somebody has last done something."""
        return self._elapsed() - self._active

    @property
    def over(self) -> bool:
        """Whether it should be locked now."""
        self._look()
        return self._limit > 0 and (self._slept or self._looked - self._active >= self._limit)

    def _look(self) -> None:
        elapsed, wall = self._elapsed(), self._wall()
        if (wall - self._looked_wall) - (elapsed - self._looked) > self.SLEPT:
            self._slept = True
        self._looked, self._looked_wall = elapsed, wall
