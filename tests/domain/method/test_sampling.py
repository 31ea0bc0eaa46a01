"""The sample: known sizes and shares, and what holds for any list of cases."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldtool.domain.method.sampling import (
    LEAST,
    MOST,
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


def test_a_buffer_never_takes_from_the_main_cases() -> None:
    there = {"women": 98, "low": 159, "other": 241, "custody_low": 465, "custody": 406}
    main = shares(there, 52)
    for buffer in range(60):
        whole = shares(there, with_buffer(52, buffer), least=main)
        assert sum(whole.values()) == with_buffer(52, buffer)
        assert all(whole[stratum] >= main[stratum] for stratum in there)
