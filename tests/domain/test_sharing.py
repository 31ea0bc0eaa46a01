"""Cases are shared out evenly, places stay together, and nobody gets what they may not have."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldtool.domain.sharing import Shared, by_place, evenly


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
