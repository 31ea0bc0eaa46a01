"""Days and moments in words, as people type them, and which of them are working days."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldtool.domain.words.days import (
    count_working_days,
    day_and_time,
    day_as_typed,
    day_from_today,
    in_the_past,
    moment,
    moment_in_full,
    short_day,
    typed_day,
    working_day,
    working_days,
)

MONDAY = date(2020, 3, 2)
WALL = "2020-03-02T14:05:07.250+00:00"

days = st.dates(date(2020, 1, 1), date(2020, 6, 30))


@given(first=days, last=days)
def test_working_days_are_mondays_to_fridays(first: date, last: date) -> None:
    every = (first + timedelta(days=ahead) for ahead in range(max((last - first).days + 1, 0)))
    assert count_working_days(first, last) == sum(day.isoweekday() <= 5 for day in every)


@given(first=days, number=st.integers(1, 60))
def test_a_working_day_by_its_number(first: date, number: int) -> None:
    assert working_day(first, number) == [*working_days(first, first + timedelta(days=100))][number - 1]


def test_working_days_leave_weekends_out() -> None:
    assert [day.day for day in working_days(date(2020, 3, 5), date(2020, 3, 10))] == [5, 6, 9, 10]
    assert [*working_days(date(2020, 3, 7), date(2020, 3, 8))] == []
    assert [*working_days(date(2020, 3, 10), date(2020, 3, 9))] == []


def test_days_in_words() -> None:
    told = [day_from_today(MONDAY + timedelta(days=n), MONDAY) for n in (0, 1, 3, 6, 7, -1, 400)]
    assert told == [
        "today", "tomorrow", "Thursday", "Sunday", "Monday 9 March", "Sunday 1 March", "Tuesday 6 April 2021",
    ]  # fmt: skip


def test_days() -> None:
    assert short_day(MONDAY) == "2 Mar"
    assert day_and_time(MONDAY) == "Mon 2 Mar 2020"
    assert day_and_time(MONDAY, time(9, 5)) == "Mon 2 Mar 2020, 09:05"
    assert (day_as_typed(MONDAY), day_as_typed(None)) == ("02/03/2020", "")


def test_moments_are_said_by_the_clock_of_whoever_recorded_them() -> None:
    assert moment(WALL) == moment(WALL.replace("+00:00", "+11:00")) == "2 Mar 14:05"
    assert moment(WALL, year=True, seconds=True) == "2 Mar 2020 14:05:07"
    assert moment_in_full(WALL) == "2020-03-02 14:05:07 +00:00"
    assert in_the_past(WALL) == "on 2 Mar 2020 at 14:05"


def test_moments_as_seen_from_a_day() -> None:
    assert moment(WALL, MONDAY) == "today 14:05"
    assert moment(WALL, date(2020, 12, 31)) == "2 Mar 14:05"
    assert moment(WALL, date(2021, 1, 1)) == "2 Mar 2020"


def test_what_is_no_moment_is_said_as_it_stands() -> None:
    assert (moment(""), moment("some day"), moment_in_full("some day")) == ("", "some day", "some day")
    assert in_the_past("never") == "once"


@pytest.mark.parametrize("text", ["16/3/2020", " 2020-03-16 ", "16.3.2020", "16/3/20", "16 March 2020"])
def test_days_as_people_type_them(text: str) -> None:
    assert typed_day(text) == date(2020, 3, 16)


@pytest.mark.parametrize("text", ["", "31/2/2020", "monday", "2020-13-01", "43891"])
def test_what_is_no_day(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a valid date: write it as 23/03/2026\.$"):
        typed_day(text)
