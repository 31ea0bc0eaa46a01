"""The sample: known sizes and shares, and what holds for any list of cases."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldtool.domain.method.sampling import (
    LEAST,
    MOST,
    MOST_FOR_AN_OFFICER,
    CaseOnList,
    draw,
    margin_of,
    sample_size,
    shares,
    with_buffer,
)

STRATA = {
    "women": 454,
    "men_community_low": 138,
    "men_community": 327,
    "men_custody_low": 129,
    "men_custody": 169,
}


@pytest.mark.parametrize(
    ("population", "confidence", "margin", "size"),
    [
        (1, 80, 5, 1),
        (100, 80, 5, 63),
        (1217, 80, 5, 145),
        (1_000_000, 80, 5, 165),
        (1_000_000, 95, 5, 385),
        (500, 95, 5, 218),
        (10_000, 95, 3, 965),
    ],
)
def test_sizes_as_worked_out_by_hand(population: int, confidence: int, margin: int, size: int) -> None:
    found = sample_size(population, Decimal(confidence), Decimal(margin))
    assert found.size == size
    assert str(size) in found.formula


@given(st.integers(1, 10**6), st.integers(50, 99), st.integers(1, 20))
def test_a_size_holds_its_margin_and_one_less_does_not(population: int, confidence: int, margin: int) -> None:
    size = sample_size(population, Decimal(confidence), Decimal(margin)).size
    assert margin_of(population, size, Decimal(confidence)) <= margin
    if size > 1 and population > size:
        assert margin_of(population, size - 1, Decimal(confidence)) >= margin


@pytest.mark.parametrize("numbers", [(0, 80, 5), (10, 0, 5), (10, 100, 5), (10, 80, 0), (10, 80, 100)])
def test_what_is_no_population_or_share_is_refused(numbers: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match=r"must"):
        sample_size(numbers[0], Decimal(numbers[1]), Decimal(numbers[2]))


@pytest.mark.parametrize(
    ("confidence", "margin"), [("1e-20", "5"), ("99.9999999999999999999", "5"), ("80", "1e-14")]
)
@pytest.mark.parametrize("population", [1, 100])
def test_numbers_beyond_all_sense_are_refused_in_words(population: int, confidence: str, margin: str) -> None:
    with pytest.raises(ValueError, match=r"must lie between 0\.01 and 99\.99 per cent\."):
        sample_size(population, Decimal(confidence), Decimal(margin))


@given(st.integers(1, 10**9), st.decimals(LEAST, MOST), st.decimals(LEAST, MOST))
def test_all_others_give_a_size(population: int, confidence: Decimal, margin: Decimal) -> None:
    found = sample_size(population, confidence, margin)
    assert 1 <= found.size <= population
    margin_of(population, found.size, confidence)


def test_the_shares_that_are_known() -> None:
    assert list(shares(STRATA, 148).values()) == [54, 17, 40, 16, 21]
    assert with_buffer(148, 20) == 178
    assert list(shares(STRATA, 178).values()) == [66, 20, 48, 19, 25]


def test_too_few_are_made_up_from_the_smallest() -> None:
    assert shares({"a": 100, "b": 7, "c": 7, "d": 7}, 17) == {"a": 14, "b": 1, "c": 1, "d": 1}
    assert shares({"a": 10, "b": 3, "c": 3}, 2) == {"a": 1, "b": 1, "c": 0}


populations = st.dictionaries(st.integers(0, 20), st.integers(0, 500), max_size=12)


@given(populations, st.integers(0, 3000))
def test_shares_make_the_size_and_never_more_than_there_is(found: dict[int, int], size: int) -> None:
    given_out = shares(found, size)
    assert sum(given_out.values()) == min(size, sum(found.values()))
    assert all(0 <= given_out[key] <= found[key] for key in found)


@given(populations, st.integers(0, 3000))
def test_no_share_is_further_than_the_correction_from_its_proportion(
    found: dict[int, int], size: int
) -> None:
    total = sum(found.values())
    size = min(size, total)
    for key, number in shares(found, size).items():
        assert abs(number * total - size * found[key]) <= total * len(found)


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


@given(cases, st.integers(0, 250), st.integers(0, 50), st.integers())
def test_any_draw_keeps_the_rules(listed: list[CaseOnList], size: int, buffer: int, seed: int) -> None:
    found = draw(listed, list(STRATA), size, buffer=buffer, seed=seed)
    refs = [drawn.case.ref for drawn in found.cases]
    assert len(set(refs)) == len(refs)
    assert {drawn.case for drawn in found.cases} <= set(listed)
    assert len(refs) + found.shortfall == with_buffer(size, buffer)
    assert sum(s.size_with_buffer for s in found.strata) == min(with_buffer(size, buffer), len(listed))
    officers = Counter(drawn.case.officer for drawn in found.cases)
    assert officers == {officer: number for officer, number in found.officers.items() if number}
    assert not officers or max(officers.values()) <= MOST_FOR_AN_OFFICER
    for stratum in found.strata:
        of_it = [drawn for drawn in found.cases if drawn.case.stratum == stratum.id]
        assert len(of_it) == stratum.drawn <= stratum.population
        assert sum(not drawn.reserve for drawn in of_it) == min(stratum.size, stratum.drawn)


@given(cases, st.integers(0, 250), st.integers(), st.randoms(use_true_random=False))
def test_the_same_seed_gives_the_same_cases_however_the_list_is_sorted(
    listed: list[CaseOnList], size: int, seed: int, dice: Random
) -> None:
    again = listed.copy()
    dice.shuffle(again)
    assert draw(listed, list(STRATA), size, buffer=20, seed=seed) == draw(
        again, list(STRATA), size, buffer=20, seed=seed
    )


def test_other_seeds_give_other_cases() -> None:
    listed = [CaseOnList(f"X{n:03}", "women", "c", "l", f"o{n % 40}") for n in range(400)]
    picks = {
        tuple(drawn.case.ref for drawn in draw(listed, ["women"], 50, seed=seed).cases) for seed in range(9)
    }
    assert len(picks) == 9


def test_a_surplus_goes_to_officers_of_the_same_unit_who_have_fewest() -> None:
    busy = [CaseOnList(f"B{n:03}", "women", "c", "north", "busy") for n in range(80)]
    calm = [CaseOnList(f"C{n:03}", "women", "c", "north", f"calm {n % 4}") for n in range(8)]
    found = draw([*busy, *calm], ["women"], 12, seed=1)
    assert found.officers["busy"] == 6
    assert sorted(found.officers[f"calm {n}"] for n in range(4)) == [1, 1, 2, 2]
    assert found.shortfall == 0
    short = draw([*busy, *calm], ["women"], 20, seed=1)
    assert short.officers == {"busy": 6, "calm 0": 2, "calm 1": 2, "calm 2": 2, "calm 3": 2}
    assert short.shortfall == 6
    assert [(unit.ldu, unit.unplaced) for unit in short.units] == [("north", 6)]


def test_where_officers_have_the_same_right_the_lot_decides() -> None:
    listed = [CaseOnList(f"X{n:03}", "women", "c", "north", f"o{n:02}") for n in range(40)]
    firsts = {tuple(sorted(draw(listed, ["women"], 5, seed=seed).officers)) for seed in range(9)}
    assert len(firsts) == 9


def test_cases_of_an_unknown_officer_are_not_counted_together() -> None:
    listed = [CaseOnList(f"X{n:03}", "women", "c", "north", "") for n in range(40)]
    found = draw(listed, ["women"], 20, seed=1)
    assert (len(found.cases), found.shortfall, found.officers) == (20, 0, {})
