"""Laptops that were removed: what they recorded too late has no effect, in whatever order everything arrives."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

import pytest

from builders.laptops import NO, YES, Laptop, assert_counted, assert_sound, value_of, views
from fieldtool.domain.kinds.assessment import NoteWritten
from fieldtool.domain.kinds.laptops import LaptopInvited, LaptopJoined, LaptopRemoved
from fieldtool.domain.log.events import Event
from fieldtool.store.audit import file_check
from fieldtool.store.file.database import StoreError

LOST = "ab" * 32


@pytest.fixture
def team() -> Iterator[tuple[Laptop, Laptop, Laptop]]:
    """The lead, a laptop that gets lost, and a colleague; all know of each other."""
    with (
        Laptop(None, "lea").set_up("A", "B") as lea,
        Laptop(None, "lost") as lost,
        Laptop(None, "col") as col,
    ):
        lost.log.receive(lea.events)
        lost.log.record("", LaptopJoined(device="lost", key=LOST))
        lea.log.record("", LaptopInvited(key=LOST, person="ben"))
        lost.log.record("A", YES)
        lea.log.receive(lost.events)
        lost.log.receive(lea.events)
        col.log.receive(lea.events)
        yield lea, lost, col


def remove(lea: Laptop) -> Event:
    """The lead removes the laptop, with what is known of it there."""
    last = max(event.id.seq for event in lea.events if event.id.device == "lost")
    (event,) = lea.log.record(
        "", LaptopRemoved(key=LOST, person="ben", ends={"lost.1": last}, why="left on a train")
    )
    return event


def test_what_came_before_counts_and_what_came_after_does_not(team: tuple[Laptop, Laptop, Laptop]) -> None:
    lea, lost, col = team
    lost.log.record("A", NO)
    lost.log.record("B", YES)
    col.log.receive(lost.events)
    assert value_of(col, "answer:Qax") == "no"
    remove(lea)
    col.log.receive(lea.events)
    assert value_of(col, "answer:Qax") == value_of(lea, "answer:Qax") == "yes"
    assert value_of(col, "answer:Qax", "B") is None
    assert views(col.database)["beyond_removal"] == {("lost", 1, 3), ("lost", 1, 4)}
    assert_sound(col.database)
    assert [found.what for found in file_check.examine(col.database) if found.about == "removed"] == [
        "2 events of a laptop that was removed came too late, and count nowhere."
    ]


def test_who_built_on_what_no_longer_counts_has_settled_it(team: tuple[Laptop, Laptop, Laptop]) -> None:
    lea, lost, col = team
    lost.log.record("A", NO)
    lost.log.record("A", YES)
    col.log.receive(lost.events)
    col.log.record("A", NO)
    remove(lea)
    lea.log.receive(event for event in col.events if event.id.device == "col")
    col.log.receive(lea.events)
    # Who has never seen what came between must take it that there is more than one opinion.
    assert value_of(col, "answer:Qax") == "no"
    assert len([row for row in views(col.database)["head"] if row[:2] == ("A", "answer:Qax")]) == 1
    lea.log.receive(lost.events)
    assert views(lea.database)["head"] == views(col.database)["head"]
    for laptop in (lea, col):
        assert_sound(laptop.database)


@pytest.mark.parametrize("seed", range(12))
def test_any_order_gives_the_same(team: tuple[Laptop, Laptop, Laptop], seed: int) -> None:
    lea, lost, col = team
    dice = Random(seed)  # noqa: S311  # nothing secret
    for number in range(6):
        writer = dice.choice((lea, lost, col))
        writer.log.record(
            dice.choice("AB"), dice.choice((YES, NO, NoteWritten(item="Qax", text=str(number))))
        )
        dice.choice((lea, col)).log.receive(dice.choice((lea, lost, col)).events)
    remove(lea)
    everything = {event.id: event for laptop in team for event in laptop.events}
    found = []
    for _ in range(3):
        with Laptop(None, f"new-{seed}") as new:
            new.log.receive(_shuffled([*everything.values()], dice)[: dice.randrange(len(everything))])
            new.log.receive(_shuffled([*everything.values()], dice))
            assert_counted(new.database)
            found.append(views(new.database))
            file_check.rebuild(new.database)
            assert views(new.database) == found[-1]
    assert found[0] == found[1] == found[2]


def _shuffled(events: Sequence[Event], dice: Random) -> list[Event]:
    """The events in an order that keeps that of each chain."""
    chains: dict[str, list[Event]] = {}
    for event in sorted(events):
        chains.setdefault(event.id.device, []).append(event)
    order = [event.id.device for event in events]
    dice.shuffle(order)
    return [chains[device].pop(0) for device in order]


def test_a_removed_laptop_records_no_more(team: tuple[Laptop, Laptop, Laptop]) -> None:
    lea, lost, _ = team
    lost.log.record("A", NO)
    remove(lea)
    lost.log.receive(lea.events)
    before = lost.events
    with pytest.raises(StoreError, match="was removed from the inspection"):
        lost.log.record("A", YES)
    assert lost.events == before
    assert value_of(lost, "answer:Qax") == "yes"


def test_two_removals_leave_what_both_knew(team: tuple[Laptop, Laptop, Laptop]) -> None:
    lea, lost, col = team
    lost.log.record("A", NO)
    col.log.receive(lost.events)
    remove(col)
    remove(lea)
    for one, other in ((lea, col), (col, lea)):
        one.log.receive(other.events)
    assert value_of(lea, "answer:Qax") == value_of(col, "answer:Qax") == "yes"
    assert views(lea.database)["head"] == views(col.database)["head"]
