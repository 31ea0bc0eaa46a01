"""Cases are shared out evenly, places stay together, and nobody gets what they may not have."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldtool.domain.method.share_out import Shared, by_day, by_place, evenly


def anybody(person: str, ref: str) -> bool:
    return bool(person and ref)


held = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 20), min_size=1)
places = st.dictionaries(st.sampled_from("vwxyz"), st.integers(0, 30)).map(
    lambda sizes: {place: [f"{place}{number}" for number in range(size)] for place, size in sizes.items()}
)


@pytest.mark.parametrize("share", [evenly, by_place])
@given(places, held)
def test_all_have_as_many_in_the_end(
    share: object, where: dict[str, list[str]], before: dict[str, int]
) -> None:
    refs = [ref for found in where.values() for ref in found]
    shared = evenly(refs, before, anybody) if share is evenly else by_place(where, before, anybody)
    assert set(shared.holders) == set(refs)
    assert not shared.left
    got = Counter(shared.holders.values())
    after = {person: number + got[person] for person, number in before.items()}
    # Whoever got a case has not more than one more than anybody else.
    assert all(after[person] <= min(after.values()) + 1 for person in got)


@given(places, held, st.sets(st.tuples(st.sampled_from("abcdef"), st.sampled_from("vwxyz"))))
def test_nobody_gets_what_they_may_not_have(
    where: dict[str, list[str]], before: dict[str, int], own: set[tuple[str, str]]
) -> None:
    def may(person: str, ref: str) -> bool:
        return (person, ref[0]) not in own

    refs = [ref for found in where.values() for ref in found]
    for shared in (evenly(refs, before, may), by_place(where, before, may)):
        assert all(may(person, ref) for ref, person in shared.holders.items())
        assert sorted([*shared.holders, *shared.left]) == sorted(refs)
        assert not any(may(person, ref) for ref in shared.left for person in before)


def test_the_cases_of_a_place_are_in_few_hands() -> None:
    where = {place: [f"{place}{number}" for number in range(6)] for place in "xyz"}
    shared = by_place(where, {"a": 0, "b": 0, "c": 0}, anybody)
    assert [{shared.holders[ref] for ref in refs} for refs in where.values()] == [{"a"}, {"b"}, {"c"}]
    order = [shared.holders[ref] for refs in where.values() for ref in refs]
    assert sum(one != other for one, other in pairwise(order)) == 2


def test_nothing_to_share() -> None:
    assert evenly([], {"a": 0}, anybody) == by_place({}, {"a": 0}, anybody) == Shared({}, ())


MONDAY = date(2020, 3, 2)
days = st.integers(1, 12).map(lambda number: [MONDAY + timedelta(day) for day in range(number)])


def spread(numbers: list[int]) -> int:
    return max(numbers) - min(numbers)


@given(places, held, days)
def test_every_case_gets_one_day_and_days_are_even(
    where: dict[str, list[str]], before: dict[str, int], on: list[date]
) -> None:
    holders = by_place(where, before, anybody).holders
    found = by_day(where, holders, on)
    assert set(found) == set(holders)
    assert set(found.values()) <= set(on)
    numbers: dict[str, Counter[date]] = defaultdict(Counter)
    for ref, day in found.items():
        numbers[holders[ref]][day] += 1
    assert all(spread([mine[day] for day in on]) <= 1 for mine in numbers.values())
    of_all = Counter(found.values())
    assert spread([of_all[day] for day in on]) <= 1
    # One person's cases of one place are on days beside each other.
    for person in numbers:
        order = [ref[0] for day in on for ref in found if found[ref] == day and holders[ref] == person]
        assert sum(one != other for one, other in pairwise(order)) == max(len(set(order)) - 1, 0)


@given(places, days, st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 11))))
def test_what_is_planned_already_is_counted(
    where: dict[str, list[str]], on: list[date], already: list[tuple[str, int]]
) -> None:
    holders = by_place(where, {"a": 0, "b": 0}, anybody).holders
    busy = [(person, MONDAY + timedelta(day)) for person, day in already if day < len(on)]
    found = by_day(where, holders, on, busy)
    for person in "ab":
        before = Counter(day for who, day in busy if who == person)
        new = Counter(day for ref, day in found.items() if holders[ref] == person)
        fewest = min(before[day] + new[day] for day in on)
        # Whoever got a case on a day has not more than one more there than on any other.
        assert all(before[day] + new[day] <= fewest + 1 for day in new)


def test_cases_of_one_place_fall_together() -> None:
    where = {"x": ["x1", "x2", "x3"], "y": ["y1", "y2", "y3"]}
    on = [MONDAY, MONDAY + timedelta(1), MONDAY + timedelta(2)]
    found = by_day(where, dict.fromkeys([*where["x"], *where["y"]], "a"), on)
    assert [[ref for ref in found if found[ref] == day] for day in on] == [
        ["x1", "x2"],
        ["x3", "y1"],
        ["y2", "y3"],
    ]
    assert by_day(where, {}, on) == {}
