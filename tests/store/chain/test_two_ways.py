"""A number that names two events, where a chain has gone two ways: what is later was never replaced."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta

import pytest

from builders.laptops import NO, START, YES, Laptop, Watch, assert_sound
from fieldtool.domain.kinds.assessment import AnswerGiven, NoteWritten
from fieldtool.domain.kinds.kind import Body
from fieldtool.domain.method.case import Answer

LATER = AnswerGiven(prompt="Qax", answer=Answer.NOT_RELEVANT)
Three = tuple[Laptop, Laptop, Laptop]


@pytest.fixture
def three() -> Iterator[Three]:
    """A laptop that answered, whose answer Anna replaced; and one that goes on from a copy of its file, without it."""
    with ExitStack() as stack:
        lea, copy, anna = (stack.enter_context(Laptop(None, name)) for name in ("lea", "lea", "anna"))
        lea.set_up("A")
        for laptop in (copy, anna):
            laptop.log.receive(lea.events)
        lea.log.record("A", YES)
        anna.log.receive(lea.events)
        anna.log.record("A", NO)
        assert isinstance(copy.clock, Watch)
        copy.clock.at = START + timedelta(hours=1)
        yield lea, copy, anna


def of_anna(anna: Laptop, laptop: Laptop) -> None:
    laptop.log.receive(event for event in anna.events if event.id.device == "anna")


def values(laptop: Laptop) -> list[str]:
    rows = laptop.database.rows("SELECT value FROM head WHERE slot = 'answer:Qax' ORDER BY shown DESC")
    return [value for (value,) in rows]


def test_what_came_later_is_not_replaced_by_what_replaced_the_other(three: Three) -> None:
    _, copy, anna = three
    copy.log.record("A", LATER)
    of_anna(anna, copy)
    assert values(copy) == ["not_relevant", "no"]
    assert_sound(copy.database)


@pytest.mark.parametrize("body", [LATER, NoteWritten(item="", text="another")])
def test_what_gets_a_number_that_others_have_replaced_stands(three: Three, body: Body) -> None:
    _, copy, anna = three
    of_anna(anna, copy)
    copy.log.record("A", body)
    assert values(copy) == ["not_relevant" if body is LATER else "no"]
    assert_sound(copy.database)


def test_it_stands_where_it_comes_last(three: Three) -> None:
    _, copy, anna = three
    copy.log.record("A", LATER)
    with Laptop(None, "ben") as ben:
        ben.log.receive(event for event in copy.events if event.id.seq < 3)
        of_anna(anna, ben)
        ben.log.receive(copy.events)
        assert values(ben) == ["not_relevant", "no"]
        assert_sound(ben.database)
