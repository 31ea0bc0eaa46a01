"""How far an inspection is: the one line on top, and whether a stratum is still fair."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from fieldtool.domain.method.pace import Fieldwork, pace
from fieldtool.domain.method.progress import StratumProgress, headline, with_shares

MONDAY, WEDNESDAY, LAST = date(2020, 3, 2), date(2020, 3, 4), date(2020, 3, 13)


def strata(*figures: tuple[int, int, int | None]) -> tuple[StratumProgress, ...]:
    """Strata by how many were drawn, are done, and should be."""
    titles = ("Women", "Men", "Others", "More")
    return with_shares(
        [
            StratumProgress("s", title.lower(), title, *each)
            for title, each in zip(titles, figures, strict=False)
        ]
    )


def test_a_share_is_the_part_of_what_is_done() -> None:
    women, men = strata((20, 4, 20), (80, 46, 80))
    assert (women.share, men.share) == (10, 40)
    assert (women.under, women.fair, men.under, men.fair) == (6, False, 0, True)


def test_one_case_is_chance_while_some_are_open_but_not_at_the_end() -> None:
    women, _ = strata((20, 9, 20), (80, 41, 80))
    assert women.fair
    women, _ = strata((20, 8, 20), (80, 42, 80))
    assert women.under == 2
    women, _ = strata((19, 19, 20), (80, 80, 80))
    assert women.under == 1


def test_what_has_left_and_was_not_replaced_is_lacking_from_the_start() -> None:
    women, _ = strata((17, 0, 20), (80, 0, 80))
    assert (women.share, women.under) == (0, 3)


def test_without_a_draw_the_sample_itself_is_the_measure() -> None:
    women, men = strata((20, 2, None), (30, 23, None))
    assert (women.share, women.under, men.fair) == (10, 8, True)
    assert strata((0, 0, None))[0].fair


@pytest.mark.parametrize(
    ("completed", "today", "told"),
    [
        ({}, MONDAY - timedelta(days=3), "0 of 100 done; fieldwork begins Monday; 10 a day are needed."),
        ({MONDAY: 3}, MONDAY, "3 of 100 done; 10 a day are needed."),
        ({MONDAY: 30, MONDAY + timedelta(days=1): 31}, WEDNESDAY, "61 of 100 done; at this pace finished tomorrow."),
        ({MONDAY: 10}, WEDNESDAY,
         "10 of 100 done; not finished at this pace: 50 still open after Friday 13 March; 11.3 a day are needed."),
        ({}, WEDNESDAY,
         "0 of 100 done; not finished at this pace: 100 still open after Friday 13 March; 12.5 a day are needed."),
        ({MONDAY: 99}, date(2021, 1, 4), "99 of 100 done; fieldwork ended Friday 13 March 2020 with 1 open."),
        ({MONDAY: 99, LAST: 1}, date(2021, 1, 4), "100 of 100 done; finished Friday 13 March 2020."),
    ],
)  # fmt: skip
def test_the_line_on_top(completed: dict[date, int], today: date, told: str) -> None:
    when = Fieldwork(MONDAY, LAST)
    assert headline(pace(sum(completed.values()), 100, completed, when, today), when, today) == told


def test_the_line_on_top_without_dates_or_cases() -> None:
    nothing = Fieldwork()
    assert headline(pace(0, 0, {}, nothing, MONDAY), nothing, MONDAY) == "There are no cases yet."
    assert headline(pace(0, 5, {}, nothing, MONDAY), nothing, MONDAY) == "0 of 5 done."


def test_the_line_on_top_names_the_worst_strata() -> None:
    when = Fieldwork(MONDAY, LAST)
    line = headline(
        pace(61, 100, {MONDAY: 61}, when, WEDNESDAY), when, WEDNESDAY, strata((20, 9, 20), (80, 52, 80))
    )
    assert line == "61 of 100 done; at this pace finished tomorrow; women under target by 3."
    many = strata((20, 0, None), (10, 4, 12), (10, 5, 13), (80, 80, 80))
    line = headline(pace(61, 100, {MONDAY: 61}, when, WEDNESDAY), when, WEDNESDAY, many)
    assert line.endswith(
        "; women under their share by 14; men under target by 5; 1 more stratum under target."
    )
