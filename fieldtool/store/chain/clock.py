"""The clocks: wall time that may be wrong, steady time that only goes forward, and the hybrid clock of the log."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta, timezone
from functools import lru_cache

WallClock = Callable[[], datetime]
"""Tells the time of day, with its offset from UTC."""

SteadyClock = Callable[[], float]
"""Tells seconds that only go forward, whoever sets the wall clock, and also while the machine sleeps."""

COUNTER = 1 << 16
"""Steps of the logical clock in one millisecond."""

DAY = 24 * 60 * 60 * 1000 * COUNTER
"""A day of the logical clock."""


_ahead = 0.0
"""By how many seconds the time of day that is told differs from this machine's."""


def live_at(moment: datetime) -> None:
    """Let the time of day be this from now on, and go on from there: a sample inspection lives in its own time."""
    global _ahead  # noqa: PLW0603  # there is one time of day in a program
    _ahead = moment.timestamp() - time.time()


def system_clock() -> datetime:
    """The time of day by this machine, or in which the program lives, with its offset."""
    # What `datetime.now().astimezone()` says, at a third of its price.
    now = time.time() + _ahead
    return datetime.fromtimestamp(now, _zone(time.localtime(now).tm_gmtoff))


@lru_cache(maxsize=8)
def _zone(offset: int) -> timezone:
    return timezone(timedelta(seconds=offset))


if sys.platform == "linux":
    # `time.monotonic` stands still while a Linux or macOS machine sleeps; these clocks go on.
    def steady_clock() -> float:
        """Seconds since this machine was started."""
        return time.clock_gettime(time.CLOCK_BOOTTIME)

elif sys.platform == "darwin":

    def steady_clock() -> float:
        """Seconds since this machine was started."""
        return time.clock_gettime(time.CLOCK_MONOTONIC)

else:
    steady_clock = time.monotonic


def told(wall: datetime) -> str:
    """A moment as events tell it."""
    return wall.isoformat(timespec="milliseconds")


def tick_of(wall: datetime) -> int:
    """A moment on the logical clock: milliseconds since 1970 UTC times 65,536."""
    return int(wall.timestamp() * 1000) * COUNTER


def next_tick(latest: int, wall: datetime) -> int:
    """The time of a new event: the wall clock's, or a step after the latest event if that is later.

    Returns:
        Milliseconds since 1970 UTC times 65,536, plus a counter.
    """
    return max(latest + 1, tick_of(wall))


def latest_believed(ends: Iterable[int], wall: datetime) -> int:
    """The latest time that this laptop's clock goes on from, given those with which the chains end.

    A laptop that is years ahead must not drag everybody with it, or no clock would break a tie correctly
    again. So a time is left aside if it is more than a day ahead both of our wall clock and of the median of
    all chains: the wall clock alone may be the one that is wrong, as with a flat battery. An event always
    comes after those that it replaces, whatever their times; `Log` sees to that, slot by slot.

    Returns:
        A time of the logical clock; 0 if there are no chains.
    """
    from fieldtool.domain.log.door import LATEST  # late: the first screen is there without the models

    # Far enough before the last that has an effect for as many events as anybody records.
    times = sorted(time for time in ends if time < LATEST - 100 * 365 * DAY)
    if not times:
        return 0
    bound = max(tick_of(wall), times[(len(times) - 1) // 2]) + DAY
    return max(time for time in times if time <= bound)
