"""Days and moments: how they are said, how they are read, and which of them are working days.

Names of days and months are English whatever the laptop speaks. A moment is said by the clock of whoever recorded it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fieldtool.domain.errors import Mistyped

WEEK, WORKING = 7, 5
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
          "November", "December")  # fmt: skip


def short_day(day: date) -> str:
    """A day of this year, as "16 Mar"."""
    return f"{day.day} {MONTHS[day.month - 1][:3]}"


def weekday(day: date) -> str:
    """The name of a day of the week, as "Mon"."""
    return WEEKDAYS[day.weekday()][:3]


def day_and_time(day: date, at: clock_time | None = None) -> str:
    """A day in words, with a time if there is one: "Mon 16 Mar 2020, 10:00"."""
    words = f"{weekday(day)} {short_day(day)} {day.year}"
    return words if at is None else f"{words}, {at:%H:%M}"


def day_as_typed(day: date | None) -> str:
    """A day as `typed_day` reads it, "16/03/2020"; empty for none."""
    return f"{day:%d/%m/%Y}" if day else ""


def day_from_today(day: date, today: date) -> str:
    """A day as one says it: today, tomorrow, a day of the coming week by its name, all others with their date."""
    ahead = (day - today).days
    if 0 <= ahead < WEEK:
        return ("today", "tomorrow")[ahead] if ahead < 2 else WEEKDAYS[day.weekday()]
    year = f" {day.year}" if day.year != today.year else ""
    return f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}{year}"


def moment(wall: str, today: date | None = None, *, year: bool = False, seconds: bool = False) -> str:
    """When something happened, as "16 Mar 14:05"; what is no moment, as where a file was altered, as it stands.

    Args:
        today: says its day as "today", and of another year the day without the time.
        year: say it always.
        seconds: say them too.
    """
    try:
        when = datetime.fromisoformat(wall)
    except ValueError:
        return wall[:16]
    day, at = short_day(when), f"{when:%H:%M:%S}" if seconds else f"{when:%H:%M}"
    if when.date() == today:
        return f"today {at}"
    if today is not None and when.year != today.year:
        return f"{day} {when.year}"
    return f"{day} {when.year} {at}" if year else f"{day} {at}"


def in_the_past(wall: str) -> str:
    """When something happened, inside a sentence: "on 2 Mar 2020 at 14:05"."""
    day, _, at = moment(wall, year=True).rpartition(" ")
    return f"on {day} at {at}" if day else "once"


def moment_in_full(wall: str) -> str:
    """When something happened: to the second, with its offset from UTC, as "2020-03-16 14:05:02 +00:00"."""
    day, _, at = wall.partition("T")
    return f"{day} {at[:8]} {at[-6:]}" if len(at) >= 14 else wall


# ---------------------------------------------------------------------- reading

_FORMS = ("%d/%m/%Y", "%d/%m/%y", "%Y/%m/%d", "%d/%b/%Y", "%d/%B/%Y", "%d/%b/%y")
_FIRST, _LAST = date(1900, 1, 1), date(2200, 1, 1)


_IN_A_ZONE = re.compile(r"(?i)\d{4}-\d\d-\d\d[t ]\d\d:\d\d(:\d\d(\.\d+)?)?(z|[+-]\d\d:?\d\d)")


def _day_here(moment: str) -> date | None:
    """The day on which a moment with a zone was by the clocks of the United Kingdom."""
    try:
        return datetime.fromisoformat(moment.upper()).astimezone(ZoneInfo("Europe/London")).date()
    except (ValueError, OverflowError, ZoneInfoNotFoundError):
        return None


@lru_cache(maxsize=1 << 15)  # a list says the same few thousand days again and again
def read_day(text: str) -> date | None:
    """Read a day as people and spreadsheets write it, the day before the month; None if it is none."""
    text = text.strip()
    if _IN_A_ZONE.fullmatch(text):
        return _day_here(text)
    if re.fullmatch(r"(19|20)\d{6}", text):
        text = f"{text[:4]}/{text[4:6]}/{text[6:]}"
    text = re.sub(r"(?i)[ t]\d{1,2}:\d\d(:\d\d(\.\d+)?)?( ?[ap]m)?$", "", text)
    text = re.sub(r"(?i)^(mon|tue|wed|thu|fri|sat|sun)[a-z]*,? +", "", text)
    text = re.sub(r"(?i)(?<=\d)(st|nd|rd|th)\b", "", text)
    text = re.sub(r"(?i)\bsept\b", "Sep", re.sub(r"[ .,\-/]+", " ", text)).replace(" ", "/")
    text = re.sub(r"(?i)^([a-z]{3,9})/(\d{1,2})/(\d{4})$", r"\2/\1/\3", text)
    for form in _FORMS:
        with suppress(ValueError):
            day = datetime.strptime(text, form).date()  # noqa: DTZ007  # a day has no zone
            return day if _FIRST <= day <= _LAST else None
    return None


def typed_day(text: str) -> date:
    """Read a day that somebody typed.

    Raises:
        Mistyped: it is none; what to type instead.
    """
    day = read_day(text)
    if day is None:
        raise Mistyped(f'"{text}" is not a valid date: write it as 23/03/2026.')
    return day


# ---------------------------------------------------------------------- working days


def working_days(first: date, last: date) -> Iterator[date]:
    """The Mondays to Fridays from one day to another, both included."""
    for ahead in range((last - first).days + 1):
        day = first + timedelta(days=ahead)
        if day.weekday() < WORKING:
            yield day


def count_working_days(first: date, last: date) -> int:
    """Count the Mondays to Fridays from one day to another, both included; 0 if there are none."""
    days = (last - first).days + 1
    if days <= 0:
        return 0
    weeks, rest = divmod(days, WEEK)
    return weeks * WORKING + sum((first.weekday() + day) % WEEK < WORKING for day in range(rest))


def working_day(first: date, number: int) -> date:
    """The Monday to Friday of this number, counted from a day on; 1 is that day itself or the next Monday."""
    day = first + timedelta(days=max(0, WEEK - first.weekday()) if first.weekday() >= WORKING else 0)
    weeks, rest = divmod(day.weekday() + number - 1, WORKING)
    return day + timedelta(days=weeks * WEEK + rest - day.weekday())
