"""The heads rule: what stands is what no later event replaces knowingly, in whatever order events come."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldtool.domain.kinds.assessment import AnswerGiven
from fieldtool.domain.kinds.kind import body_text
from fieldtool.domain.log.events import Event, EventId
from fieldtool.domain.log.heads import Head, Replaced, after, shown, standing
from fieldtool.domain.method.case import Answer

PLACE = ("A", "answer:Qax")


def event(name: str, at: int, *parents: str, answer: Answer = Answer.YES) -> Event:
    """An event of the one slot; `b2` is the second of laptop b."""
    text = body_text(AnswerGiven(prompt="Qax", answer=answer))
    ids = tuple(map(id_of, parents))
    return Event(id_of(name), at, "2020-03-02T09:00:00+00:00", "x", "answer.given", *PLACE, text, ids, b"")


def id_of(name: str) -> EventId:
    return EventId(name[0], 1, int(name[1:]))


def names(heads: list[Head]) -> list[str]:
    return [f"{head.id.device}{head.id.seq}" for head in heads]


def one_by_one(events: list[Event]) -> list[str]:
    """The heads as they come, each told whether one that replaces it has come before."""
    heads: list[Head] = []
    for place, each in enumerate(events):
        heads = after(heads, each, each.body.value, replaced=Replaced.by(events[:place]).holds(each))
    return names(heads)


def plain(events: list[Event]) -> list[str]:
    """The rule said once more, slowly: latest first, those that no later event names."""
    left = [
        each
        for each in events
        if not any(each.id in other.parents and each.at < other.at for other in events)
    ]
    return [
        f"{each.id.device}{each.id.seq}" for each in sorted(left, key=lambda e: (e.at, e.id), reverse=True)
    ]


@pytest.mark.parametrize(
    ("events", "stands"),
    [
        ([event("a1", 1)], ["a1"]),
        ([event("a1", 1), event("b1", 2, "a1")], ["b1"]),
        ([event("a1", 1), event("b1", 2)], ["b1", "a1"]),
        ([event("a1", 1), event("b1", 2), event("c1", 3, "a1")], ["c1", "b1"]),
        ([event("a1", 1), event("b1", 2), event("c1", 3, "a1", "b1")], ["c1"]),
        # Named by an earlier one: that meant the other event of its number.
        ([event("a1", 5), event("b1", 2, "a1")], ["a1", "b1"]),
        ([event("a1", 2), event("b1", 2, "a1")], ["b1", "a1"]),
        # One that came late, and was replaced before: what it replaced is gone all the same.
        ([event("a1", 1), event("b1", 2, "a1"), event("c1", 3, "b1")], ["c1"]),
    ],
)
def test_what_stands(events: list[Event], stands: list[str]) -> None:
    for order in itertools.permutations(events):
        assert one_by_one(list(order)) == stands
        assert names(standing(order)[PLACE]) == stands
    assert plain(events) == stands


@given(st.data())
def test_any_order_gives_what_all_at_once_gives(data: st.DataObject) -> None:
    ids = [f"{device}{seq}" for device in "abc" for seq in (1, 2, 3)]
    events = [
        event(name, data.draw(st.integers(1, 4)), *data.draw(st.lists(st.sampled_from(ids), max_size=3)))
        for name in data.draw(st.lists(st.sampled_from(ids), unique=True))
    ]
    for _ in range(3):
        order = data.draw(st.permutations(events))
        assert one_by_one(order) == names(standing(order).get(PLACE, [])) == plain(events)


def test_what_a_removed_laptop_replaced_stands_again_unless_somebody_went_on_from_it() -> None:
    first, late = event("a1", 1), event("x1", 2, "a1")
    assert names(standing([first, late], lambda each: each.id.device == "x")[PLACE]) == ["a1"]
    on = event("b1", 3, "x1")
    assert names(standing([first, late, on], lambda each: each.id.device == "x")[PLACE]) == ["b1"]


def test_the_latest_is_shown_and_nothing_of_nothing() -> None:
    no = event("b1", 2, answer=Answer.NO)
    assert shown(standing([event("a1", 1), no])[PLACE]) == "no"
    assert shown([]) is None
