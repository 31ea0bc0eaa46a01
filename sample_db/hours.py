"""When an inspector sits over cases: the days of the fieldwork, and how work is poured into their hours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sample_db.dice import Dice

FIELDWORK_FROM = date(2020, 3, 2)
FIELDWORK_TO = date(2020, 3, 13)
PLANNED_TO = date(2020, 3, 20)
"""The last day before the third week was cancelled; cases were to be read in the first two."""

BRIEFING_DAY = 0

FIELDWORK_DAYS = tuple(FIELDWORK_FROM + timedelta(days=day) for day in (0, 1, 2, 3, 4, 7, 8, 9, 10, 11))

WORTH_STARTING = timedelta(minutes=40)
"""With less left of a day than this, no case is begun that cannot be finished."""


@dataclass(frozen=True)
class Sitting:
    """A stretch of a day without a break."""

    start: datetime
    end: datetime


def at(day: date, hour: int, minute: int = 0, second: int = 0) -> datetime:
    """A moment of the fieldwork; in March 2020 the clocks in England showed UTC."""
    return datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=UTC)


def sittings(dice: Dice, pattern: str) -> list[Sitting]:
    """The stretches that an inspector spends on cases.

    Args:
        pattern: one letter for each day of the fieldwork: F a full day, M the morning, A the afternoon,
            - meetings, interviews and travel only.
    """
    found = []
    for number, (day, kind) in enumerate(zip(FIELDWORK_DAYS, pattern, strict=True)):
        if kind in "FM":
            hour, minute = (11, 10) if number == BRIEFING_DAY else (9, 3)
            start = at(day, hour, minute) + timedelta(seconds=dice.between(0, 900))
            found.append(Sitting(start, at(day, 12, 20) + timedelta(seconds=dice.between(0, 1200))))
        if kind in "FA":
            start = at(day, 13, 10) + timedelta(seconds=dice.between(0, 1200))
            found.append(Sitting(start, at(day, 16, 50) + timedelta(seconds=dice.between(0, 2100))))
    return found


class Hours:
    """The hours of one inspector, used up case by case."""

    def __init__(self, sittings: Sequence[Sitting]) -> None:
        self._sittings = list(sittings)
        self._now = sittings[0].start

    def left_today(self) -> timedelta:
        """How much of the present day is left for cases."""
        return sum(
            (
                sitting.end - max(self._now, sitting.start)
                for sitting in self._sittings
                if sitting.start.date() == self._now.date() and sitting.end > self._now
            ),
            timedelta(),
        )

    def next_day(self) -> None:
        """Call it a day."""
        self._now = next(s.start for s in self._sittings if s.start.date() > self._now.date())

    def spend(self, seconds: Sequence[int]) -> Iterator[datetime]:
        """The moments at which steps that take so long each are done; breaks are left out."""
        for second in seconds:
            yield self._spend(timedelta(seconds=second))

    def _spend(self, time: timedelta) -> datetime:
        for sitting in self._sittings:
            if sitting.end <= self._now:
                continue
            begin = max(self._now, sitting.start)
            if begin + time <= sitting.end:
                self._now = begin + time
                return self._now
            time -= sitting.end - begin
        raise ValueError(f"no hours are left after {self._now}")
