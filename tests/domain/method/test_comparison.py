"""Comparison: the difference in points, and when it may be called significant."""

from __future__ import annotations

from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from fieldtool.domain.kinds.comparison_figures import FiguresImported
from fieldtool.domain.method.comparison import difference, significant
from fieldtool.domain.method.figures import Figure
from fieldtool.domain.method.tally import Count


@pytest.mark.parametrize(
    ("one", "other", "passes"),
    [
        ((140, 200), (255, 340), False),  # z = -1.266, a textbook's
        ((48, 100), (79, 100), True),  # z = -4.56
        ((50, 100), (50, 100), False),
        ((0, 30), (0, 50), False),
        ((30, 30), (50, 50), False),
        ((0, 3), (3, 3), True),  # z = -2.449
        ((1, 1), (0, 1), False),  # z = 1.414
        ((500, 1000), (5274, 10000), True),  # z = -1.6543
        ((500, 1000), (5272, 10000), False),  # z = -1.6422
        ((55, 100), (43, 100), True),  # z = 1.6974
        ((55, 100), (44, 100), False),  # z = 1.5557
        ((10**9 + 1, 2 * 10**9), (10**9, 2 * 10**9), False),
    ],
)
def test_known_answers(one: tuple[int, int], other: tuple[int, int], passes: bool) -> None:
    assert significant(one, other) is passes
    assert significant(other, one) is passes


@st.composite
def shares(draw: st.DrawFn) -> tuple[int, int]:
    of = draw(st.integers(1, 2000))
    return draw(st.integers(0, of)), of


@given(shares(), shares())
def test_it_agrees_with_the_formula_in_floats(one: tuple[int, int], other: tuple[int, int]) -> None:
    (n1, of1), (n2, of2) = one, other
    p = (n1 + n2) / (of1 + of2)
    deviation = sqrt(p * (1 - p) * (1 / of1 + 1 / of2))
    z = 0 if deviation == 0 else abs(n1 / of1 - n2 / of2) / deviation
    if abs(z - 1.6449) > 1e-6:
        assert significant(one, other) is (z > 1.6449)
    complement = significant((of1 - n1, of1), (of2 - n2, of2))
    assert complement is significant(one, other)


def test_a_difference_is_of_whole_per_cents() -> None:
    found = difference(Count(yes=21, no=3), Figure(n=62, of=100))
    assert found == (26, True)  # 87.5 counts as 88
    assert difference(Count(yes=60, no=40), Figure(n=62, of=100)) == (-2, False)


def test_without_numbers_nothing_is_tested() -> None:
    assert difference(Count(yes=1, no=99), Figure(stated=90)) == (-89, None)
    assert difference(Count(open=5), Figure(stated=90)) is None


def test_figures() -> None:
    assert Figure(stated=0).percent == 0
    assert Figure(stated=62).percent == 62
    assert Figure(n=0, of=7).percent == 0
    assert Figure(n=21, of=24).percent == 88
    assert FiguresImported(whose="previous", figures={}).name == "Previous inspection"
    assert FiguresImported(whose="comparison", title="All CRCs", figures={}).name == "All CRCs"


@pytest.mark.parametrize(
    "said",
    [{}, {"stated": 101}, {"stated": -1}, {"n": 3}, {"of": 3}, {"n": 4, "of": 3}, {"n": 0, "of": 0},
     {"stated": 50, "n": 1, "of": 2}],
)  # fmt: skip
def test_what_is_no_figure(said: dict[str, int]) -> None:
    with pytest.raises(ValidationError):
        Figure.model_validate(said)
