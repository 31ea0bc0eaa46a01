"""Many events at once end as they would one by one, in whatever order and portions they come."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from hypothesis import given
from hypothesis import strategies as st

from builders.cases import TINY
from builders.laptops import REFS, START, Laptop, Watch, assert_sound, views
from fieldtool.domain.kinds.assessment import AnswerGiven, JudgementMade
from fieldtool.domain.kinds.inspection import FrameworkChosen
from fieldtool.domain.kinds.sample import CaseAdded
from fieldtool.domain.method.case import Answer, Judgement
from fieldtool.store.chain import receiving
from fieldtool.store.views import projection
from store.views.test_projection import run, shuffled


@contextmanager
def few(number: int, most: int = projection.MOST) -> Iterator[None]:
    """Read all heads of a case where there are so many events to it: 0 for always, 1,000 for never."""
    with mock.patch.object(projection, "FEW", number), mock.patch.object(receiving, "MOST", most):
        yield


@given(st.data())
def test_any_history_at_once_or_one_by_one_gives_the_same_views(data: st.DataObject) -> None:
    laptops = [Laptop(None, name, Watch(START, 0)) for name in data.draw(st.permutations("abc"))]
    try:
        laptops[0].set_up("A")
        with few(data.draw(st.sampled_from((0, 1000)))):
            run(data, laptops, most=25)
        events = list({event.id: event for laptop in laptops for event in laptop.events}.values())
        order = shuffled(data, events)
        cuts = sorted(data.draw(st.lists(st.integers(0, len(order)), max_size=3)))
        outcomes = []
        for number, most in ((0, 2_000), (0, 3), (1000, 2_000)):
            with few(number, most), Laptop(None, "x") as fresh:
                for start, end in zip([0, *cuts], [*cuts, len(order)], strict=True):
                    fresh.log.receive(order[start:end])
                assert_sound(fresh.database)
                outcomes.append(views(fresh.database))
        assert outcomes[0] == outcomes[1] == outcomes[2]
    finally:
        for laptop in laptops:
            laptop.database.close()


def test_what_is_recorded_after_a_merge_counts() -> None:
    with Laptop(None, "a") as a, Laptop(None, "b") as b:
        a.set_up(*REFS)
        b.log.receive(a.events)
        b.log.record("A", AnswerGiven(prompt="Qax", answer=Answer.NO))
        a.log.record("A", AnswerGiven(prompt="Qay", answer=Answer.YES))
        with few(0):
            b.log.receive(a.events)
        b.log.record("A", AnswerGiven(prompt="Qax", answer=Answer.YES))
        b.log.undo("A")
        assert_sound(b.database)


def test_the_instrument_may_come_in_the_midst() -> None:
    with Laptop(None, "a") as a, Laptop(None, "b") as b, few(0):
        b.log.record("B", AnswerGiven(prompt="Qax", answer=Answer.NO))
        a.set_up(*REFS)
        a.log.record("", FrameworkChosen(framework=TINY))
        a.log.record("A", AnswerGiven(prompt="Qax", answer=Answer.NO))
        b.log.receive(a.events)
        assert_sound(b.database)


def test_a_case_that_left_the_sample_meanwhile_does_not_count_when_one_works_on_in_it() -> None:
    with Laptop(None, "a") as a, Laptop(None, "b") as b:
        a.set_up("A")
        b.log.receive(a.events)
        b.log.record("A", JudgementMade(key_question="Qa", judgement=Judgement.YES))
        a.log.record("A", AnswerGiven(prompt="Qay", answer=Answer.YES))
        a.log.record("A", CaseAdded(sample="mobile"))
        with few(1000):
            b.log.receive(a.events)
        b.log.undo("A")
        assert_sound(b.database)
