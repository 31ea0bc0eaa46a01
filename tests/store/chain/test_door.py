"""What comes from elsewhere and does not fit: kept without effect, or refused alone, and named; it stops nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.chains import after
from builders.laptops import NO, Laptop, assert_sound, value_of
from builders.made_up import BODIES, chained, made_up
from fieldtool.domain.log.door import LATEST, MOST_PARENTS, refused, unreadable
from fieldtool.domain.log.events import ChainId, Event, EventId
from fieldtool.store.audit.file_check import catch_up, examine
from fieldtool.store.chain.receiving import Unchained
from fieldtool.store.views import projection
from fieldtool.store.views.laptops import limits
from fieldtool.sync.laptop_store import LaptopStore

DEVICE = ChainId("elsewhere", 1)
TIME = 1_583_140_000_000 << 16

UNFIT: dict[str, tuple[dict[str, Any], str]] = {
    "no time": ({"wall": "some day"}, "time by the clock on the wall"),
    "no offset": ({"wall": "2020-03-02T09:00:00"}, "time by the clock on the wall"),
    "the first year": ({"wall": "0001-01-01T00:00:00+00:00"}, "time by the clock on the wall"),
    "the last year": ({"wall": "9999-12-31T23:59:59+00:00"}, "time by the clock on the wall"),
    "the last moment": ({"at": 2**63 - 1}, "time on the common clock"),
    "the year 3000": ({"at": LATEST}, "time on the common clock"),
    "actor": ({"actor": "I\x1b[2J"}, "actor holds control codes"),
    "long actor": ({"actor": "I" * 501}, "actor is too long"),
    "kind": ({"kind": "answer\0given"}, "kind holds control codes"),
    "subject": ({"subject": "A\0"}, "subject holds control codes"),
    "long subject": ({"subject": "A" * 501}, "subject is too long"),
    "slot": ({"slot": "note:"}, "its envelope about note:"),
    "no aspect": ({"slot": "\0"}, "its envelope about ?"),
    "other body": ({"text": '{"prompt":1}'}, "validation errors"),
    "half a character": ({"text": '{"prompt":"\\ud800","answer":"yes"}'}, "validation error"),
    **{f"body {number}": ({"text": text}, "") for number, text in enumerate(BODIES)},
}
REFUSED: dict[str, dict[str, Any]] = {
    "no device": {"id": EventId("", 1, 1)},
    "a space in the device": {"id": EventId("a b", 1, 1)},
    "half a character in the device": {"id": EventId("\ud800", 1, 1)},
    "long device": {"id": EventId("a" * 501, 1, 1)},
    "negative incarnation": {"id": EventId("elsewhere", -1, 1)},
    "large incarnation": {"id": EventId("elsewhere", 2**63, 1)},
    "no number": {"id": EventId("elsewhere", 1, 0)},
    "negative number": {"id": EventId("elsewhere", 1, -5)},
    "large number": {"id": EventId("elsewhere", 1, 2**70)},
    "negative time": {"at": -1},
    "large time": {"at": 2**63},
    "half a character in the text": {"text": "\ud800"},
    "half a character in the actor": {"actor": "\ud800"},
    "short hash": {"hash": b"x"},
    "parent without number": {"parents": (EventId("a", 1, 0),)},
    "negative parent": {"parents": (EventId("a", 1, -1),)},
    "large parent": {"parents": (EventId("a", 2**64, 1),)},
    "a space in a parent": {"parents": (EventId("a b", 1, 1),)},
    "many parents": {"parents": (EventId("a", 1, 1),) * (MOST_PARENTS + 1)},
}


@pytest.fixture
def laptop() -> Iterator[Laptop]:
    with Laptop(None, "here") as laptop:
        yield laptop.set_up("A")


def beside(laptop: Laptop) -> list[str]:
    """Why events were set aside."""
    return [why for (why,) in laptop.database.rows("SELECT why FROM set_aside")]


@pytest.mark.parametrize("name", UNFIT)
def test_what_does_not_fit_is_kept_without_effect_and_named(laptop: Laptop, name: str) -> None:
    fields, why = UNFIT[name]
    values: dict[str, Any] = {"at": TIME, "subject": "A"} | fields
    first = after(None, DEVICE, **values)
    second = after(first, at=TIME + 1, subject="A")
    assert laptop.log.receive([first, second]) == (2, 0)
    assert [each for each in laptop.events if each.id[:2] == DEVICE] == [first, second]
    assert [why in each for each in beside(laptop)] == [True]
    assert value_of(laptop, "answer:Qax") == "yes"
    named = [each for each in examine(laptop.database) if "kept" in each.what]
    assert [[touched.id for touched in each.events] for each in named] == [["elsewhere.1.1"]]
    assert named[0].grave
    assert all(each.what.isprintable() for each in named)
    assert_sound(laptop.database)


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_kept_is_refused_alone(laptop: Laptop, name: str) -> None:
    good = after(None, ChainId("good", 1), at=TIME, subject="A")
    bad = after(None, DEVICE, at=TIME, subject="A")._replace(**REFUSED[name])
    with pytest.raises(Unchained):
        laptop.log.receive([bad])
    here = LaptopStore(laptop.database, laptop.log)
    assert here.send([[bad], [good]]) == (1, 0)
    assert list(here.misfits.values()) == [bad.id]
    assert value_of(laptop, "answer:Qax") == "yes"
    assert_sound(laptop.database)


@pytest.mark.parametrize("at", [2**63 - 1, LATEST, LATEST - 1, LATEST - 2])
def test_a_time_far_ahead_leaves_everybody_able_to_answer(laptop: Laptop, at: int) -> None:
    far = after(None, DEVICE, at=at, subject="A")
    laptop.log.receive([far, *chained([far], "second"), *chained([far], "third")])
    (event,) = laptop.log.record("A", NO)
    assert unreadable(event) == ""
    assert event.at < LATEST
    heads = [value for (value,) in laptop.database.rows("SELECT value FROM head WHERE slot = 'answer:Qax'")]
    assert "no" in heads
    (again,) = laptop.log.record("A", NO)
    assert again.at < LATEST
    assert_sound(laptop.database)


def test_what_one_who_knows_the_last_moment_wrote_stands_beside_an_answer(laptop: Laptop) -> None:
    laptop.log.receive([after(None, DEVICE, at=LATEST - 1, subject="A")])
    laptop.log.record("A", NO)
    rows = laptop.database.rows("SELECT value FROM head WHERE slot = 'answer:Qax' ORDER BY value")
    assert list(rows) == [("no",), ("yes",)]


@given(st.data())
def test_whatever_comes_leaves_log_and_views_whole(data: st.DataObject) -> None:
    with Laptop(None, "here") as laptop:
        true = laptop.set_up("A").events + list(laptop.log.record("A", NO))
        events = chained(data.draw(st.lists(made_up(true), min_size=1, max_size=8)))
        assert not any(map(refused, events))
        assert laptop.log.receive(events) == (len(events), 0)
        aside = {
            EventId(*id) for id in laptop.database.rows("SELECT device, incarnation, seq FROM set_aside")
        }
        assert aside == {event.id for event in events if unreadable(event)}
        assert laptop.log.receive(events) == (0, len(events))
        assert_kept(laptop, events)
        if laptop.log.device.id not in limits(laptop.database):  # else it was removed: no more counts
            laptop.log.record("A", NO)
            assert_kept(laptop, events)


def assert_kept(laptop: Laptop, events: list[Event]) -> None:
    assert [each for each in laptop.events if each.id.device == "stranger"] == events
    said = [each.what for each in examine(laptop.database) if each.grave and each.about != "unreadable"]
    assert said == []


def test_a_file_from_before_there_was_a_door_is_put_right_when_it_is_opened(
    laptop: Laptop, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        before.setattr(projection, "misshapen", lambda _: "")
        laptop.log.receive([after(None, DEVICE, wall="some day", at=TIME, subject="A")])
        assert value_of(laptop, "answer:Qax") == "yes"
    assert catch_up(laptop.database)
    assert value_of(laptop, "answer:Qax") is None
    assert not catch_up(laptop.database)
    assert_sound(laptop.database)
