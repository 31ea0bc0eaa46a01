"""Text as it is being typed: durable at once, one event when it is left, found again after a kill."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from builders.laptops import Laptop, assert_sound, value_of
from fieldtool.domain.kinds.assessment import NoteWritten
from fieldtool.domain.method.case import Aspect, Slot
from fieldtool.store.chain import drafts
from fieldtool.store.chain.drafts import Draft
from fieldtool.store.file.database import Database

NOTE, REASON = Slot(Aspect.NOTE, "Qax"), Slot(Aspect.REASON, "Qa")


@pytest.fixture
def laptop(tmp_path: Path) -> Iterator[Laptop]:
    with Laptop(tmp_path / "a.db", "a") as laptop:
        yield laptop.set_up("A", "B")


def keep(laptop: Laptop, slot: Slot, text: str, ref: str = "A") -> None:
    drafts.keep(laptop.database, laptop.log, ref, slot, text)


def settle(laptop: Laptop, slot: Slot, text: str, ref: str = "A") -> None:
    drafts.settle(laptop.database, laptop.log, ref, slot, text)


def test_a_draft_is_in_the_file_while_it_is_typed_and_not_in_the_log(laptop: Laptop, tmp_path: Path) -> None:
    before = laptop.events
    for text in ("T", "Th", "The doors"):
        keep(laptop, NOTE, text)
    with Database.open_read_only(tmp_path / "a.db") as other:
        assert drafts.left_over(other) == (Draft("A", NOTE, "The doors"),)
    assert laptop.events == before
    assert value_of(laptop, "note:Qax") is None


@pytest.mark.parametrize(("slot", "address"), [(NOTE, "note:Qax"), (REASON, "reason:Qa")])
def test_settling_makes_one_event_and_drops_the_draft(laptop: Laptop, slot: Slot, address: str) -> None:
    keep(laptop, slot, "The doo")
    number = len(laptop.events)
    settle(laptop, slot, "  The doors\nbang. \n")
    assert len(laptop.events) == number + 1
    assert value_of(laptop, address) == "The doors\nbang."
    assert drafts.left_over(laptop.database) == ()
    assert_sound(laptop.database)


def test_nothing_new_makes_no_event(laptop: Laptop) -> None:
    settle(laptop, NOTE, "The doors")
    number = len(laptop.events)
    keep(laptop, NOTE, "The doors, I")
    settle(laptop, NOTE, "The doors ")
    keep(laptop, REASON, "x")
    settle(laptop, REASON, " ")
    assert len(laptop.events) == number
    assert drafts.left_over(laptop.database) == ()


def test_an_emptied_text_is_taken_back(laptop: Laptop) -> None:
    settle(laptop, NOTE, "The doors")
    settle(laptop, NOTE, "")
    assert value_of(laptop, "note:Qax") is None
    assert laptop.log.undo("A") is not None
    assert value_of(laptop, "note:Qax") == "The doors"


def test_a_text_that_begins_with_blanks_is_not_written_again_by_looking_at_it(laptop: Laptop) -> None:
    laptop.log.record("A", NoteWritten(item="Qax", text="  indented"))
    number = len(laptop.events)
    settle(laptop, NOTE, "  indented")
    assert len(laptop.events) == number


def test_each_place_and_case_has_its_own_draft(laptop: Laptop) -> None:
    keep(laptop, NOTE, "one")
    keep(laptop, REASON, "two")
    keep(laptop, NOTE, "three", "B")
    settle(laptop, NOTE, "one")
    assert drafts.left_over(laptop.database) == (Draft("A", REASON, "two"), Draft("B", NOTE, "three"))


def test_a_draft_is_there_after_a_kill_and_belongs_to_who_wrote_it(laptop: Laptop, tmp_path: Path) -> None:
    keep(laptop, NOTE, "half a sen")
    laptop.log.actor = "somebody else"
    keep(laptop, REASON, "theirs")
    with Laptop(tmp_path / "a.db", "a") as again:  # the first connection never settled anything
        assert drafts.left_over(again.database, "person_a") == (Draft("A", NOTE, "half a sen"),)
        assert drafts.left_over(again.database, "nobody") == ()
        assert len(drafts.left_over(again.database)) == 2
