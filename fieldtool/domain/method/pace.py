"""The pace of fieldwork: what was done by which day, what is needed a day from now on, and when it will be finished.

Days of fieldwork are Mondays to Fridays from its first to its last day. Figures are those of this morning, so that they
do not fall and rise with the hour: the pace is what was completed on the days of fieldwork before today, and what is
needed a day is what was open this morning, over the days that are left with today among them. Once today has brought
more than that, what is open now counts, over the days after today. What is completed at a weekend is done, and takes
no day.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from fractions import Fraction
from math import ceil
from typing import NamedTuple

from fieldtool.domain.words.days import WORKING, count_working_days, working_day, working_days

FAR = 5 * 260
"""Whoever would need more days of fieldwork than this, five years of them, is not told a day."""


class Fieldwork(NamedTuple):
    """When fieldwork takes place, as far as that is known."""

    first: date | None = None
    last: date | None = None

    def begun(self, completed: Mapping[date, int]) -> Fieldwork:
        """The same with a first day: where none is known, the first on which anything was completed.

        A last day before the first is a slip, and counts as not known.
        """
        first = self.first or min(completed, default=None)
        last = None if first is None or (self.last is not None and self.last < first) else self.last
        return Fieldwork(first, last)


class Pace(NamedTuple):
    """How fast some cases get done, against how fast they must."""

    done: int
    due: int
    so_far: Fraction | None = None
    """Cases completed on a day of fieldwork before today; None until one of those is over."""
    needed: Fraction | None = None
    """Cases a day from today on, to be finished on the last day; None where that is past or not known."""
    days_left: int | None = None
    """Days of fieldwork with today among them; None where the last is not known."""
    finish: date | None = None
    """When the last case was completed; or on which day that will be at this pace, None if on none."""
    short: int = 0
    """At this pace, how many cases will be open after the last day."""

    @property
    def open(self) -> int:
        """The cases that are still to be done."""
        return self.due - self.done

    @property
    def behind(self) -> bool:
        """Whether it is too slow for all to be done on the last day."""
        return self.short > 0


class Point(NamedTuple):
    """One day of the burn-up."""

    day: date
    completed: int
    """On that day."""
    done: int | None
    """By its end; None of a day that is still to come."""
    needed: int | None
    """By its end, for all to be done on the last day; None where the last day is not known."""


def pace(done: int, due: int, completed: Mapping[date, int], fieldwork: Fieldwork, today: date) -> Pace:
    """Say how fast cases get done.

    Args:
        done: how many are complete, also those of which nobody knows the day.
        completed: how many were on each day; what a clock put later than today counts as today's.
        fieldwork: as `Fieldwork.begun` makes it.
    """
    completed = _until(completed, today)
    first, last = fieldwork
    if done >= due:
        return Pace(done, due, _so_far(completed, fieldwork, today), finish=max(completed, default=None))
    so_far = Pace(done, due, _so_far(completed, fieldwork, today))
    if first is None:
        return so_far
    at_work = today >= first and today.weekday() < WORKING
    this_morning = so_far.open + (completed.get(today, 0) if at_work else 0)
    left = None if last is None else count_working_days(max(today, first), last)
    if left == 0:
        return so_far._replace(days_left=0, short=so_far.open)
    if left is not None:
        later = [Fraction(so_far.open, left - 1)] if at_work and left > 1 else []
        so_far = so_far._replace(days_left=left, needed=min([Fraction(this_morning, left), *later]))
    return _foreseen(so_far, today, this_morning, at_work=at_work)


def _foreseen(pace: Pace, today: date, this_morning: int, *, at_work: bool) -> Pace:
    """The pace with what comes of it: how many cases are short at the end, and on which day all are done."""
    if pace.so_far is None:
        return pace
    # Today brings what any other day does, if it has not brought more already.
    rest = min(Fraction(pace.open), max(Fraction(0), this_morning - pace.so_far * at_work))
    if pace.days_left is not None:
        pace = pace._replace(short=max(0, ceil(rest - (pace.so_far or 0) * (pace.days_left - at_work))))
    days = ceil(rest / pace.so_far) if pace.so_far else FAR + 1
    if days > FAR:
        return pace
    return pace._replace(finish=working_day(today + timedelta(days=at_work), days) if days else today)


def burn_up(due: int, completed: Mapping[date, int], fieldwork: Fieldwork, today: date) -> tuple[Point, ...]:
    """Say day by day what was done and what is needed: the days of fieldwork, and others on which cases were completed.

    Args:
        completed: how many were completed on each day; what a clock put later than today counts as today's, and
            what it put before the first day of fieldwork as done before it.
        fieldwork: as `Fieldwork.begun` makes it.
    """
    completed = _until(completed, today)
    first, last = fieldwork
    if first is None:
        return ()
    end = last or max(completed, default=first)
    total = 0 if last is None else count_working_days(first, last)
    days = {*working_days(first, end), *(day for day in completed if day >= first)}
    done = sum(number for day, number in completed.items() if day < first)
    points = []
    for day in sorted(days):
        done += completed.get(day, 0)
        behind = count_working_days(first, min(day, end))
        points.append(
            Point(
                day,
                completed.get(day, 0),
                done if day <= today else None,
                -(-due * behind // total) if total else None,
            )
        )
    return tuple(points)


def rate(per_day: Fraction | None, *, up: bool = False) -> str:
    """Cases a day to one place behind the point, halves up; a dash where nothing is known.

    Args:
        up: round up instead, as what is needed must not be told too low.
    """
    if per_day is None:
        return "–"
    tenths = -(-per_day * 10 // 1) if up else (per_day * 20 + 1) // 2
    whole, tenth = divmod(int(tenths), 10)
    return f"{whole}.{tenth}" if tenth else str(whole)


def _so_far(completed: Mapping[date, int], fieldwork: Fieldwork, today: date) -> Fraction | None:
    first, last = fieldwork
    if first is None:
        return None
    yesterday = today - timedelta(days=1)
    end = yesterday if last is None else min(yesterday, last)
    gone = count_working_days(first, end)
    before = sum(number for day, number in completed.items() if first <= day <= end)
    return Fraction(before, gone) if gone else None


def _until(completed: Mapping[date, int], today: date) -> dict[date, int]:
    by_day: dict[date, int] = {}
    for day, number in completed.items():
        by_day[min(day, today)] = by_day.get(min(day, today), 0) + number
    return by_day
