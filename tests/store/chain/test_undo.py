"""Undo and history: the latest change of this laptop is taken back by an event, and nothing is forgotten."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.laptops import NO, START, YES, Laptop, Watch, assert_sound, bodies, forged, value_of
from fieldtool.domain.kinds.assessment import (
    AnswerGiven,
    CaseCompleted,
    CaseReopened,
    FactSet,
    JudgementMade,
    NoteWritten,
    ReasonWritten,
    Undone,
)
from fieldtool.domain.kinds.kind import Body
from fieldtool.domain.kinds.sample import CaseAssigned
from fieldtool.domain.method.case import Answer, Aspect, Judgement, Slot
from fieldtool.domain.method.tally import Count
from fieldtool.store.chain.reading import history
from fieldtool.store.views import queries

QAX = Slot(Aspect.ANSWER, "Qax")


@pytest.fixture
def laptop() -> Iterator[Laptop]:
    with Laptop(None, "a") as laptop:
        yield laptop.set_up("A", "B")


def test_each_undo_takes_back_one_change_more_until_none_is_left(laptop: Laptop) -> None:
    laptop.log.record("A", YES)
    laptop.log.record("A", NO)
    laptop.log.record("A", JudgementMade(key_question="Qa", judgement=Judgement.NO))
    laptop.log.record("A", ReasonWritten(key_question="Qa", text="old"))
    laptop.log.record("A", ReasonWritten(key_question="Qa", text="new"))
    seen = []
    while (taken := laptop.log.undo("A")) is not None:
        event = taken.event
        seen.append((event.body.value, laptop.values("A")))
        assert_sound(laptop.database)
    assert seen == [
        ("new", {"answer:Qax": "no", "judgement:Qa": "no", "reason:Qa": "old"}),
        ("old", {"answer:Qax": "no", "judgement:Qa": "no"}),
        ("no", {"answer:Qax": "no"}),
        ("no", {"answer:Qax": "yes"}),
        ("yes", {}),
    ]
    assert laptop.log.undo("A") is None
    assert laptop.log.undoable("A") is None


def test_undo_is_an_event_that_names_what_it_takes_back(laptop: Laptop) -> None:
    (first,) = laptop.log.record("A", YES)
    assert laptop.log.undoable("A") == first
    taken = laptop.log.undo("A")
    assert taken is not None
    assert taken.event == first
    last = laptop.events[-1]
    assert last.body == Undone(undoes=str(first.id), change=AnswerGiven(prompt="Qax", answer=None))
    assert last.parents == (first.id,)
    assert queries.counts(laptop.database)["Qax"] == Count(open=2)


def test_after_an_undo_new_changes_are_undone_first(laptop: Laptop) -> None:
    laptop.log.record("A", YES, NO)
    laptop.log.undo("A")
    laptop.log.record("A", AnswerGiven(prompt="Qax", answer=Answer.NOT_RELEVANT))
    laptop.log.undo("A")
    assert value_of(laptop, "answer:Qax") == "yes"
    laptop.log.undo("A")
    assert value_of(laptop, "answer:Qax") is None
    assert laptop.log.undo("A") is None


def test_undo_stays_in_its_case(laptop: Laptop) -> None:
    laptop.log.record("A", YES)
    laptop.log.record("B", NO)
    laptop.log.undo("A")
    assert value_of(laptop, "answer:Qax", "B") == "no"
    assert value_of(laptop, "answer:Qax", "A") is None


def test_undo_takes_back_a_fact_that_reopened_items(laptop: Laptop) -> None:
    laptop.log.record("A", FactSet(fact="stock", to="books"))
    laptop.log.record("A", FactSet(fact="stock", to="tools"))
    laptop.log.record("A", JudgementMade(key_question="La", judgement=Judgement.YES))
    laptop.log.record("A", FactSet(fact="stock", to="books"))
    assert queries.counts(laptop.database)["La"] == Count(open=1, out=1)
    laptop.log.undo("A")
    assert queries.counts(laptop.database)["La"] == Count(yes=1, open=1)
    laptop.log.undo("A")
    laptop.log.undo("A")
    assert value_of(laptop, "fact:stock") == "books"
    laptop.log.undo("A")
    assert value_of(laptop, "fact:stock") is None
    assert_sound(laptop.database)


def test_undo_gives_back_a_note_as_it_was(laptop: Laptop) -> None:
    laptop.log.record("A", NoteWritten(item="Qax", text="one\ntwo"), NoteWritten(item="Qax", text=""))
    laptop.log.undo("A")
    assert value_of(laptop, "note:Qax") == "one\ntwo"
    laptop.log.undo("A")
    assert value_of(laptop, "note:Qax") is None


def test_holder_and_completion_are_not_undone(laptop: Laptop) -> None:
    laptop.log.record("A", YES)
    laptop.log.record("A", CaseAssigned(person="anna"), CaseCompleted(), CaseReopened(why="x"))
    laptop.log.undo("A")
    assert laptop.values("A") == {"holder:": "anna", "completion:": "in_progress"}
    assert not CaseAssigned.says.undoable
    assert not CaseCompleted.says.undoable


# ---------------------------------------------------------------------- with others


@pytest.fixture
def pair(laptop: Laptop) -> Iterator[tuple[Laptop, Laptop]]:
    with Laptop(None, "b") as other:
        other.log.receive(laptop.events)
        yield laptop, other


def test_undo_gives_back_what_another_device_had_answered(pair: tuple[Laptop, Laptop]) -> None:
    mine, other = pair
    other.log.record("A", NO)
    mine.log.receive(other.events)
    mine.log.record("A", YES)
    mine.log.undo("A")
    assert value_of(mine, "answer:Qax") == "no"
    assert mine.log.undo("A") is None  # what the other wrote is not ours to take back


def test_undo_leaves_alone_what_another_device_has_changed_since(pair: tuple[Laptop, Laptop]) -> None:
    mine, other = pair
    mine.log.record("A", NoteWritten(item="", text="mine"))
    mine.log.record("A", YES)
    other.log.receive(mine.events)
    other.log.record("A", NO)
    mine.log.receive(other.events)
    undone = mine.log.undo("A")
    assert undone is not None
    assert undone.event.slot == "note:"  # the latest change that still holds
    assert mine.values("A") == {"answer:Qax": "no"}
    assert mine.log.undo("A") is None


def test_undo_settles_no_conflict(pair: tuple[Laptop, Laptop]) -> None:
    mine, other = pair
    mine.log.record("A", YES)
    other.log.record("A", NO)
    mine.log.receive(other.events)
    assert queries.contested(mine.database, "A") == {QAX}
    assert mine.log.undo("A") is None
    assert set(queries.head_values(mine.database, "A", QAX)) == {"yes", "no"}


def test_undo_of_a_settlement_gives_back_the_newest_of_what_it_settled(laptop: Laptop) -> None:
    for device, answer, hour in (("c", "no", 11), ("b", "not_relevant", 12), ("d", "yes", 10)):
        with Laptop(None, device, Watch(START.replace(hour=hour))) as other:
            other.log.record("A", AnswerGiven(prompt="Qax", answer=Answer(answer)))
            laptop.log.receive(other.events)
    (mine,) = laptop.log.record("A", YES)
    assert len(mine.parents) == 3
    laptop.log.undo("A")
    assert value_of(laptop, "answer:Qax") == "not_relevant"


def test_undo_reads_past_what_it_cannot_read(laptop: Laptop) -> None:
    laptop.log.record("A", YES)
    text = '{"prompt":"Qax","answer":"perhaps"}'
    bad = forged(text, "answer.given", "answer:Qax", "a", after=laptop.events[-1])
    laptop.log.receive([bad])
    laptop.log.undo("A")
    assert value_of(laptop, "answer:Qax") is None
    assert_sound(laptop.database)


@given(st.lists(bodies(), max_size=12))
def test_undoing_everything_leaves_what_cannot_be_undone(deeds: list[Body]) -> None:
    with Laptop(None, "a") as laptop:
        laptop.set_up("A")
        stays: dict[str, str] = {}
        for body in deeds:
            (event,) = laptop.log.record("A", body)
            if not body.says.undoable and event.slot != "sample:":
                stays = laptop.values("A")
        stays = {k: v for k, v in stays.items() if k in ("holder:", "completion:")}
        while laptop.log.undo("A"):
            pass
        assert laptop.values("A") == stays
        assert_sound(laptop.database)


# ---------------------------------------------------------------------- history


def test_history_is_all_that_was_recorded_in_a_slot_the_latest_first(laptop: Laptop) -> None:
    laptop.log.record("A", YES, NoteWritten(item="Qax", text="x"), NO)
    laptop.log.record("B", YES)
    laptop.log.undo("A")
    found = history(laptop.database, "A", QAX)
    assert [(event.kind, event.body.value) for event in found] == [
        ("change.undone", "yes"),
        ("answer.given", "no"),
        ("answer.given", "yes"),
    ]
    assert history(laptop.database, "A", Slot(Aspect.ANSWER, "Qay")) == ()


def test_history_shows_both_sides_of_a_conflict(pair: tuple[Laptop, Laptop]) -> None:
    mine, other = pair
    mine.log.record("A", YES)
    other.log.record("A", NO)
    mine.log.receive(other.events)
    assert {event.id.device for event in history(mine.database, "A", QAX)} == {"a", "b"}
