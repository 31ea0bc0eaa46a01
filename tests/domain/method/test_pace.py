"""The pace of fieldwork: what is needed a day, when it will be finished, and the burn-up day by day."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldtool.domain.method.pace import Fieldwork, Pace, burn_up, pace, rate

MONDAY = date(2020, 3, 2)
TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = (MONDAY + timedelta(days=n) for n in range(1, 7))
NEXT_MONDAY, LAST = date(2020, 3, 9), date(2020, 3, 13)
TWO_WEEKS = Fieldwork(MONDAY, LAST)

days = st.dates(date(2020, 1, 1), date(2020, 6, 30))


def of(completed: dict[date, int], today: date, due: int = 100, when: Fieldwork = TWO_WEEKS) -> Pace:
    return pace(sum(completed.values()), due, completed, when.begun(completed), today)


def test_before_fieldwork_only_what_is_needed_is_known() -> None:
    found = of({}, MONDAY - timedelta(days=10))
    assert [found.days_left, found.needed, found.so_far, found.finish] == [10, 10, None, None]


def test_the_first_day_has_no_pace_yet() -> None:
    found = of({MONDAY: 7}, MONDAY)
    assert [found.open, found.needed, found.so_far, found.finish] == [93, 10, None, None]


def test_the_day_that_is_running_changes_nothing_until_it_brings_more_than_others() -> None:
    morning = of({MONDAY: 12, TUESDAY: 8}, WEDNESDAY)
    assert [morning.so_far, morning.needed, morning.days_left] == [10, 10, 8]
    assert (morning.finish, morning.short) == (LAST, 0)
    noon = of({MONDAY: 12, TUESDAY: 8, WEDNESDAY: 4}, WEDNESDAY)
    assert noon == morning._replace(done=24)
    evening = of({MONDAY: 12, TUESDAY: 8, WEDNESDAY: 31}, WEDNESDAY)
    assert [evening.so_far, evening.needed, evening.finish] == [10, 7, date(2020, 3, 11)]


@pytest.mark.parametrize(
    ("done", "today", "finish", "short"),
    [
        ({MONDAY: 20}, TUESDAY, FRIDAY, 0),
        ({MONDAY: 20, TUESDAY: 10, WEDNESDAY: 12}, THURSDAY, date(2020, 3, 11), 0),
        ({MONDAY: 9}, TUESDAY, date(2020, 3, 17), 10),
        ({MONDAY: 9}, SATURDAY, date(2020, 5, 18), 82),
        ({}, TUESDAY, None, 100),
    ],
)
def test_finish_and_what_is_left_over(
    done: dict[date, int], today: date, finish: date | None, short: int
) -> None:
    found = of(done, today)
    assert found.short == short
    assert found.behind == bool(short)
    assert found.finish == finish


@given(
    done=st.lists(st.integers(0, 12), min_size=1, max_size=9),
    due=st.integers(1, 150),
)
def test_the_finish_is_the_day_on_which_that_many_a_day_would_get_there(done: list[int], due: int) -> None:
    fieldwork_days = [
        day for day in (MONDAY + timedelta(days=n) for n in range(400)) if day.isoweekday() <= 5
    ]
    completed = dict(zip(fieldwork_days, done, strict=False))
    today = fieldwork_days[len(done)]
    found = of(completed, today, due, Fieldwork(MONDAY, fieldwork_days[10]))
    if sum(done) >= due:
        assert found.finish is not None
        assert not found.behind
        return
    assert found.so_far == Fraction(sum(done), len(done))
    left = Fraction(due - sum(done))
    by_the_last = left - found.so_far * (11 - len(done))
    assert found.short == max(0, -(-by_the_last // 1))
    assert found.needed == left / (11 - len(done))
    if found.finish is not None:
        ahead = fieldwork_days.index(found.finish) - len(done) + 1 if found.finish in fieldwork_days else 9999
        assert ahead == 9999 or found.so_far * (ahead - 1) < left <= found.so_far * ahead
        assert found.behind == (found.finish > fieldwork_days[10])


def test_a_weekend_counts_as_done_and_takes_no_day() -> None:
    found = of({MONDAY: 10, SATURDAY: 5}, SATURDAY)
    assert [found.done, found.so_far, found.days_left, found.needed] == [15, 2, 5, 17]
    after = of({MONDAY: 10, SATURDAY: 5}, NEXT_MONDAY)
    assert [after.so_far, after.days_left, after.needed] == [3, 5, 17]


def test_a_finished_inspection_says_when_it_was_finished() -> None:
    found = of({MONDAY: 60, LAST: 40}, date(2026, 1, 5))
    assert [found.open, found.finish, found.so_far, found.needed, found.short] == [0, LAST, 10, None, 0]


def test_fieldwork_that_is_over_has_no_day_left() -> None:
    found = of({MONDAY: 60}, date(2026, 1, 5))
    assert (found.days_left, found.needed, found.finish, found.short) == (0, None, None, 40)


def test_without_dates_the_first_case_completed_begins_it() -> None:
    found = of({TUESDAY: 10, WEDNESDAY: 10}, THURSDAY, when=Fieldwork())
    assert [found.so_far, found.needed, found.days_left] == [10, None, None]
    assert found.finish == date(2020, 3, 16)
    assert of({}, THURSDAY, when=Fieldwork()) == Pace(0, 100)


def test_dates_the_wrong_way_round_are_as_if_the_last_were_not_known() -> None:
    assert Fieldwork(LAST, MONDAY).begun({}) == Fieldwork(LAST, None)


def test_a_clock_that_is_ahead_counts_as_today_and_one_behind_as_before() -> None:
    completed = {date(1970, 1, 1): 2, MONDAY: 3, date(2035, 1, 1): 4}
    assert of(completed, TUESDAY).so_far == 3
    points = burn_up(100, completed, TWO_WEEKS, TUESDAY)
    assert [point.done for point in points] == [5, 9, *[None] * 8]


def test_a_pace_that_takes_years_has_no_finish() -> None:
    found = pace(1, 10_000, {MONDAY: 1}, Fieldwork(MONDAY), date(2021, 3, 2))
    assert found.finish is None
    assert not found.behind


def test_the_burn_up_goes_from_the_first_to_the_last_day() -> None:
    points = burn_up(99, {MONDAY: 6, SATURDAY: 4, NEXT_MONDAY: 1}, TWO_WEEKS, NEXT_MONDAY)
    assert [point.day for point in points][4:7] == [FRIDAY, SATURDAY, NEXT_MONDAY]
    assert [point.done for point in points] == [6, 6, 6, 6, 6, 10, 11, None, None, None, None]
    assert [point.needed for point in points] == [10, 20, 30, 40, 50, 50, 60, 70, 80, 90, 99]
    assert [point.completed for point in points][:6] == [6, 0, 0, 0, 0, 4]


def test_a_burn_up_without_a_last_day_needs_nothing() -> None:
    points = burn_up(9, {MONDAY: 1, WEDNESDAY: 1}, Fieldwork(MONDAY), LAST)
    assert [(point.day, point.done, point.needed) for point in points] == [
        (MONDAY, 1, None),
        (TUESDAY, 1, None),
        (WEDNESDAY, 2, None),
    ]
    assert burn_up(9, {}, Fieldwork(), LAST) == ()


def test_rates() -> None:
    assert [rate(Fraction(n, 20)) for n in (0, 1, 3, 20, 41)] == ["0", "0.1", "0.2", "1", "2.1"]
    assert [rate(Fraction(n, 3), up=True) for n in (1, 3, 62)] == ["0.4", "1", "20.7"]
    assert rate(None) == "–"
