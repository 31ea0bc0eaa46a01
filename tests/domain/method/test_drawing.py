"""The draw: every case of a stratum has the same chance, nobody gives too many, and all sums hold."""

from __future__ import annotations

import csv
import os
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldtool.domain.method.chances import ONE, fair_chances
from fieldtool.domain.method.drawing import CaseOnList, Draw, draw, drawn_before, planned
from fieldtool.domain.method.lot import rounded_by_lot
from fieldtool.domain.method.sampling import MOST_FOR_AN_OFFICER, shares, with_buffer

STRATA = {
    "women": 454,
    "men_community_low": 138,
    "men_community": 327,
    "men_custody_low": 129,
    "men_custody": 169,
}
HANDED = Path(__file__).parents[2] / "cases" / "draw"
DRAWS = 2000 if os.environ.get("FIELDTOOL_LARGE") else 160
"""The statistics of these tests hold for either; FIELDTOOL_LARGE=1 draws as often as the issue that asked for them."""


def handed(name: str) -> list[CaseOnList]:
    """A case list that was drawn from unfairly."""
    with (HANDED / name).open(encoding="utf-8", newline="") as file:
        rows = [{key.casefold(): value for key, value in row.items()} for row in csv.DictReader(file)]
    return [
        CaseOnList(
            row["crn"], stratum(row), row["cluster"], row["ldu"], row["responsible officer"].strip(" -")
        )
        for row in rows
    ]


def stratum(row: Mapping[str, str]) -> str:
    if row["gender"] == "F":
        return "women"
    low = "_low" if (row.get("rosh") or row["rosh classification"]) in {"Low", "RLRH"} else ""
    return f"men_{'custody' if 'icence' in row['sentence type'] else 'community'}{low}"


def unlimited() -> list[CaseOnList]:
    """The known strata in three clusters of unlike size, with few cases of an officer."""
    dice = Random(1)  # noqa: S311  # made-up cases
    listed = []
    for name, number in STRATA.items():
        for place in range(number):
            ldu = dice.choice("AAAABBBCCDEFGHIJ")
            cluster = "East" if ldu < "C" else "West" if ldu < "H" else "North"
            listed.append(CaseOnList(f"{name}-{place:03}", name, cluster, ldu, f"{ldu}{dice.randrange(90)}"))
    return listed


def frequencies(
    listed: Sequence[CaseOnList], size: int, buffer: int = 0
) -> tuple[Counter[str], Counter[str]]:
    """How often each case was among the main cases, and among the reserve cases."""
    main: Counter[str] = Counter()
    reserve: Counter[str] = Counter()
    for seed in range(DRAWS):
        drawn = draw(listed, list(STRATA), size, buffer=buffer, seed=seed)
        assert max(drawn.officers.values(), default=0) <= MOST_FOR_AN_OFFICER
        main.update(each.case.ref for each in drawn.cases if not each.reserve)
        reserve.update(each.case.ref for each in drawn.cases if each.reserve)
    return main, reserve


def chi_square(counts: Sequence[int], chance: float) -> float:
    """How far frequencies are from equal chances: about the number of cases, less one, where they are equal."""
    mean = DRAWS * chance
    return sum((count - mean) ** 2 for count in counts) / (mean * (1 - chance)) * (1 - 1 / len(counts))


@pytest.mark.slow
def test_all_cases_of_a_stratum_have_the_same_chance_where_no_limit_binds() -> None:
    listed = unlimited()
    assert not planned(listed, list(STRATA), 148, buffer=20).limited
    main, reserve = frequencies(listed, 148, 20)
    wanted = shares(STRATA, 148)
    whole = shares(STRATA, with_buffer(148, 20), least=wanted)
    for name, number in STRATA.items():
        for counts, size in ((main, wanted[name]), (reserve, whole[name] - wanted[name])):
            of_cases = [counts[case.ref] for case in listed if case.stratum == name]
            assert sum(of_cases) == DRAWS * size
            # The chi-square of so many degrees of freedom lies within five of its standard deviations.
            assert abs(chi_square(of_cases, size / number) - (number - 1)) < 5 * (2 * (number - 1)) ** 0.5
        together = [main[case.ref] + reserve[case.ref] for case in listed if case.stratum == name]
        assert min(together) > 0
        if DRAWS == 2000:
            mean = sum(together) / number
            assert all(abs(count - mean) <= 0.4 * mean for count in together)
            far = sum(abs(count - mean) > 0.2 * mean for count in together)
            assert far <= number // 50


@pytest.mark.slow
@pytest.mark.parametrize(("name", "size"), [("clean_400.csv", 140), ("officers_three_ways.csv", 116)])
def test_where_the_limit_binds_cases_of_officers_alike_have_the_same_chance(name: str, size: int) -> None:
    listed = handed(name)
    plan = planned(listed, list(STRATA), size)
    assert plan.limited
    limited = {officer.officer for officer in plan.limited}
    main, _ = frequencies(listed, size)
    assert all(main[case.ref] for case in listed)
    shown = {way: ways[0] for ways in plan.same_officer for way in ways}
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    for case in listed:
        officer = shown.get(case.officer, case.officer)
        groups[case.stratum, officer if officer in limited else ""].append(main[case.ref])
    for (name, officer), counts in groups.items():
        if not officer:  # all that are not limited have the chance that the plan names
            chance = plan.chances[name] / ONE
            assert abs(sum(counts) / len(counts) / DRAWS - chance) < 0.05
            assert abs(chi_square(counts, chance) - len(counts)) < 6 * (2 * len(counts)) ** 0.5


def test_another_seed_gives_other_cases_and_every_case_can_come() -> None:
    listed = handed("bias_70.csv")
    picks = [
        frozenset(each.case.ref for each in draw(listed, list(STRATA), 10, seed=n).cases) for n in range(200)
    ]
    assert len(set(picks)) > 190
    assert frozenset().union(*picks) == {case.ref for case in listed}


def test_the_main_cases_come_before_the_reserve_of_any_stratum() -> None:
    for seed in range(5):
        drawn = draw(handed("clean_400.csv"), list(STRATA), 140, buffer=20, seed=seed)
        assert sum(not each.reserve for each in drawn.cases) == 140
        assert 15 <= sum(each.reserve for each in drawn.cases) <= 28
        assert drawn.shortfall == 168 - len(drawn.cases)


def test_reserve_cases_come_on_top_of_each_share() -> None:
    drawn = draw(handed("buffer_negative_1369.csv"), list(STRATA), 52, buffer=15, seed=1)
    assert sum(not each.reserve for each in drawn.cases) == 52
    assert all(share.size_with_buffer >= share.size for share in drawn.strata)
    assert sum(each.reserve for each in drawn.cases) == with_buffer(52, 15) - 52


@pytest.mark.parametrize(
    ("name", "size", "officers"),
    [("officers_three_ways.csv", 116, 29), ("officers_four_spellings.csv", 20, 1)],
)
def test_ways_to_write_an_officer_are_told_and_counted_as_one(name: str, size: int, officers: int) -> None:
    drawn = draw(handed(name), list(STRATA), size, seed=1)
    assert len(drawn.plan.same_officer) == officers
    assert max(drawn.officers.values()) <= MOST_FOR_AN_OFFICER
    assert len(drawn.cases) == size


cases = st.lists(
    st.builds(
        lambda number, stratum, place, officer: CaseOnList(
            f"X{number:05}", stratum, f"cluster {place // 3}", f"ldu {place}", f"officer {place}-{officer}"
        ),
        st.integers(0, 99_999),
        st.sampled_from(list(STRATA)),
        st.integers(0, 5),
        st.integers(0, 4),
    ),
    max_size=200,
    unique_by=lambda case: case.ref,
)


def both_ways(expected: int, came: int) -> bool:
    """Whether a number is what is expected, rounded up or down."""
    return expected // ONE <= came <= -(-expected // ONE)


@given(cases, st.integers(0, 250), st.integers(0, 50), st.integers())
def test_any_draw_keeps_the_rules(listed: list[CaseOnList], size: int, buffer: int, seed: int) -> None:
    found = draw(listed, list(STRATA), size, buffer=buffer, seed=seed)
    refs = [drawn.case.ref for drawn in found.cases]
    assert len(set(refs)) == len(refs)
    assert {drawn.case for drawn in found.cases} <= set(listed)
    assert len(refs) + found.shortfall == with_buffer(size, buffer)
    assert sum(s.size_with_buffer for s in found.strata) == min(with_buffer(size, buffer), len(listed))
    officers = Counter(drawn.case.officer for drawn in found.cases)
    assert officers == found.officers
    assert not officers or max(officers.values()) <= MOST_FOR_AN_OFFICER
    for share, planned_share in zip(found.strata, found.plan.strata, strict=True):
        of_it = [drawn for drawn in found.cases if drawn.case.stratum == share.id]
        assert len(of_it) == share.drawn <= share.population
        assert sum(not drawn.reserve for drawn in of_it) == planned_share.drawn <= share.size
    units = Counter(each.case[1:4] for each in found.cases if not each.reserve)
    for unit in found.plan.units:
        assert both_ways(unit.expected, units[unit.stratum, unit.cluster, unit.ldu])
    assert drawn_before(found.plan, seed, found.cases) == found
    assert planned(listed, list(STRATA), size, buffer=buffer) == found.plan


@given(cases, st.integers(0, 250), st.integers(), st.randoms(use_true_random=False))
def test_the_same_seed_gives_the_same_cases_however_the_list_is_sorted(
    listed: list[CaseOnList], size: int, seed: int, dice: Random
) -> None:
    again = listed.copy()
    dice.shuffle(again)
    assert draw(listed, list(STRATA), size, buffer=20, seed=seed) == draw(
        again, list(STRATA), size, buffer=20, seed=seed
    )


def test_a_surplus_of_an_officer_goes_to_others_of_the_stratum() -> None:
    busy = [CaseOnList(f"B{n:03}", "women", "c", "north", "busy") for n in range(80)]
    calm = [CaseOnList(f"C{n:03}", "women", "c", "north", f"calm {n % 4}") for n in range(8)]
    found = draw([*busy, *calm], ["women"], 12, seed=1)
    assert found.officers["busy"] == 6
    assert sum(found.officers[f"calm {n}"] for n in range(4)) == 6
    assert found.shortfall == 0
    (limited,) = found.plan.limited
    assert (limited.officer, limited.cases, limited.expected) == ("busy", {"women": 80}, {"women": 6 * ONE})
    assert abs(found.plan.chances["women"] * 8 - 6 * ONE) < ONE // 10**6
    short = draw([*busy, *calm], ["women"], 20, seed=1)
    assert short.officers == {"busy": 6, "calm 0": 2, "calm 1": 2, "calm 2": 2, "calm 3": 2}
    assert short.shortfall == 6


def test_cases_of_an_unknown_officer_are_not_counted_together() -> None:
    listed = [CaseOnList(f"X{n:03}", "women", "c", "north", "") for n in range(40)]
    found = draw(listed, ["women"], 20, seed=1)
    assert (len(found.cases), found.shortfall, found.officers) == (20, 0, {})


def test_texts_written_in_several_ways_are_one_place() -> None:
    listed = [
        CaseOnList(
            f"X{n:03}", "women", ("East", "EAST", " EAST")[n % 3], ("Unit-1", "unit 1")[n % 2], f"o{n}"
        )
        for n in range(30)
    ]
    assert [(unit.cluster, unit.ldu, unit.population) for unit in planned(listed, ["women"], 5).units] == [
        ("EAST", "Unit-1", 30)
    ]


def all_drawn(numbers: Mapping[tuple[str, str], int], room: Mapping[str, int]) -> int:
    """How many cases can come at the most, by an independent count."""
    left = dict(room)
    total = 0
    for (_, officer), number in numbers.items():
        came = min(number, left.get(officer, number))
        if officer in left:
            left[officer] -= came
        total += came
    return total


numbers = st.dictionaries(
    st.tuples(st.sampled_from("abc"), st.sampled_from(["", *(f"o{n}" for n in range(9))])),
    st.integers(1, 20),
    max_size=20,
)


@given(numbers, st.integers(0, 12))
def test_chances_make_the_sizes_and_keep_the_limits(there: dict[tuple[str, str], int], tenths: int) -> None:
    populations: Counter[str] = Counter()
    for (name, _), number in there.items():
        populations[name] += number
    sizes = shares(populations, sum(populations.values()) * tenths // 10)
    room = {officer: 6 for _, officer in there if officer}
    chances = fair_chances(there, sizes, room)
    assert all(0 <= amount <= there[pair] * ONE for pair, amount in chances.expected.items())
    for name, size in chances.sizes.items():
        assert size <= sizes[name]
        assert sum(amount for pair, amount in chances.expected.items() if pair[0] == name) == size * ONE
    for officer in room:
        assert sum(amount for pair, amount in chances.expected.items() if pair[1] == officer) <= 6 * ONE
    if tenths >= 10:
        assert sum(chances.sizes.values()) == all_drawn(there, room)


@given(numbers, st.integers(1, 9), st.randoms(use_true_random=False))
def test_the_lot_rounds_every_number_and_every_sum_up_or_down(
    there: dict[tuple[str, str], int], tenths: int, dice: Random
) -> None:
    populations: Counter[str] = Counter()
    for (name, _), number in there.items():
        populations[name] += number
    sizes = shares(populations, sum(populations.values()) * tenths // 10)
    expected = fair_chances(there, sizes, {officer: 6 for _, officer in there if officer}).expected
    came = rounded_by_lot(
        expected, {pair: (pair[0],) for pair in there}, {pair: pair[1] for pair in there if pair[1]}, dice
    )
    assert all(both_ways(expected[pair], came[pair]) for pair in there)
    for place, names in ((0, "abc"), (1, [f"o{n}" for n in range(9)])):
        for name in names:
            those = [pair for pair in there if pair[place] == name]
            assert both_ways(sum(expected[pair] for pair in those), sum(came[pair] for pair in those))


def test_a_draw_is_told_by_main_and_reserve_in_their_order() -> None:
    drawn: Draw = draw(unlimited(), list(STRATA), 148, buffer=20, seed=3)
    order = [(list(STRATA).index(each.case.stratum), each.reserve) for each in drawn.cases]
    assert order == sorted(order)
