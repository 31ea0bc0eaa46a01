"""Counts: whole per cents with halves up, the bucket of a case, and the ends of what can still happen."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.cases import TINY, branch, inspections
from builders.recount import tally
from fieldtool.domain.method.case import Aspect, Case, Slot
from fieldtool.domain.method.framework import Framework
from fieldtool.domain.method.tally import Bucket, Count, bucket_of, buckets, item_slot, whole_percent


@pytest.mark.parametrize(
    ("yes", "judged", "percent"),
    [
        (21, 24, 88),  # 87.5: to the even number would be 88 too
        (1, 8, 13),  # 12.5: to the even number would be 12
        (5, 8, 63),  # 62.5: to the even number would be 62
        (31, 81, 38),
        (32, 81, 40),
        (34, 81, 42),
        (0, 5, 0),
        (5, 5, 100),
        (1, 200, 1),
        (1, 201, 0),
        (199, 200, 100),
        (0, 0, None),
    ],
)
def test_whole_percent(yes: int, judged: int, percent: int | None) -> None:
    assert whole_percent(yes, judged) == percent
    assert Count(yes=yes, no=judged - yes).percent == percent


def test_39_per_cent_cannot_come_from_81_cases() -> None:
    assert 39 not in {whole_percent(yes, 81) for yes in range(82)}


def test_whole_percent_is_half_up_for_every_share_of_up_to_250_cases() -> None:
    for judged in range(1, 251):
        for yes in range(judged + 1):
            by_fraction = (Fraction(100 * yes, judged) + Fraction(1, 2)).__floor__()
            assert whole_percent(yes, judged) == by_fraction


@given(st.integers(1, 10**9).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_whole_percent_is_half_up_for_large_numbers(share: tuple[int, int]) -> None:
    yes, judged = share
    by_decimal = Decimal(100 * yes) / Decimal(judged)
    assert whole_percent(yes, judged) == int(by_decimal.quantize(Decimal(1), ROUND_HALF_UP))


def test_what_a_count_says() -> None:
    count = Count(yes=2, no=1, not_relevant=4, open=5, out=6)
    assert count.judged == 3
    assert count.percent == 67
    assert count.exact == Fraction(200, 3)
    assert count.lowest == Count(2, 6, 4, 0, 6)
    assert count.highest == Count(7, 1, 4, 0, 6)
    assert Count(not_relevant=3, open=1, out=2).exact is None


@pytest.mark.parametrize("bucket", Bucket)
def test_a_move_touches_one_bucket(bucket: Bucket) -> None:
    count = Count(3, 3, 3, 3, 3)
    moved = count.moved(bucket, -2)
    assert moved._asdict() == {**count._asdict(), bucket.value: 1}
    assert moved.moved(bucket, +2) == count


@pytest.mark.parametrize(
    ("item", "facts", "value", "bucket"),
    [
        ("Qax", {}, "yes", Bucket.YES),
        ("Qax", {}, "no", Bucket.NO),
        ("Qax", {}, "not_relevant", Bucket.NOT_RELEVANT),
        ("Qax", {}, None, Bucket.OPEN),
        ("Qay", {}, "yes", Bucket.OPEN),  # answered, and whether it applies is not known
        ("Qay", {}, None, Bucket.OPEN),
        ("Qay", {"stock": "books"}, "yes", Bucket.OUT),
        ("Qay", {"stock": "books"}, None, Bucket.OUT),
        ("Qay", {"stock": "records"}, "yes", Bucket.YES),
        ("Lax", {"stock": "books"}, "no", Bucket.OUT),  # its key question does not apply
        ("Lay", {"stock": "records"}, "no", Bucket.OUT),
        ("Lay", {"stock": "tools"}, "no", Bucket.NO),
    ],
)
def test_bucket(item: str, facts: dict[str, str], value: str | None, bucket: Bucket) -> None:
    assert bucket_of(TINY, item, facts, value) is bucket
    case = branch(facts, {} if value is None else {item: value})
    assert buckets(TINY, case)[item] is bucket


def test_every_item_of_a_sample_has_a_bucket_and_no_other() -> None:
    assert list(buckets(TINY, branch())) == ["Qax", "Qay", "Qa", "Qb", "Lax", "Lay", "La"]


def test_an_answer_under_the_number_of_a_key_question_does_not_count() -> None:
    case = Case(ref="A", sample="branch", values={Slot(Aspect.ANSWER, "Qb"): "yes"})
    assert buckets(TINY, case)["Qb"] is Bucket.OPEN
    assert item_slot(TINY, "Qb") == Slot(Aspect.JUDGEMENT, "Qb")
    assert item_slot(TINY, "Qax") == Slot(Aspect.ANSWER, "Qax")


def test_tally_names_items_without_cases() -> None:
    counts = tally(TINY, [])
    assert set(counts) == {"Qax", "Qay", "Qa", "Qb", "Lax", "Lay", "La"}
    assert set(counts.values()) == {Count()}


def test_tally_of_three() -> None:
    cases = [
        branch({"stock": "books"}, {"Qa": "yes", "La": "yes"}),
        branch({"stock": "tools"}, {"Qa": "no", "La": "yes"}),
        branch({}, {"La": "no"}),
    ]
    counts = tally(TINY, cases)
    assert counts["Qa"] == Count(yes=1, no=1, open=1)
    assert counts["La"] == Count(yes=1, open=1, out=1)
    assert counts["Qay"] == Count(open=1, out=2)


@given(inspections())
def test_every_case_is_in_one_bucket_of_each_item_of_its_sample(
    inspection: tuple[Framework, list[Case]],
) -> None:
    framework, cases = inspection
    for item, count in tally(framework, cases).items():
        assert sum(count) == sum(framework.standard_of[item].sample == case.sample for case in cases)
