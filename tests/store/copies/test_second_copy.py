"""The second copy: small files that together hold everything, whatever happens to the folder or the program."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Self

import pytest

from builders.laptops import NO, START, YES, Laptop, Watch, assert_sound, forged
from fieldtool.domain.kinds.assessment import NoteWritten
from fieldtool.domain.log.events import Event
from fieldtool.domain.method.case import Slot
from fieldtool.store.chain import drafts
from fieldtool.store.chain.log import Log, new_device
from fieldtool.store.chain.reading import ChainId, device_of
from fieldtool.store.copies import copy_files, second_copy
from fieldtool.store.copies.copy_files import CopyFailed, names_in, read_increment
from fieldtool.store.copies.restore import copy_at, is_sealed, restore
from fieldtool.store.copies.second_copy import Copied, Copies
from fieldtool.store.file.database import Database, StoreError
from fieldtool.store.file.local import local, set_local
from fieldtool.store.keys import key_file

CHEAP = key_file.Cost(operations=1, memory=8192)
NOTE = Slot.parse("note:")


class Desk(Laptop):
    """A laptop with a folder for copies, and a state folder."""

    def __init__(self, folder: Path, name: str = "a", key: bytes | None = None) -> None:
        self.folder = folder
        self.key = key
        self.stick = folder / "stick"
        self.stick.mkdir(exist_ok=True)
        path = folder / "work.db"
        self.database = Database.open(path, key) if path.exists() else Database.create(path, key)
        if device_of(self.database) is None:
            new_device(self.database, name)
        self.name = name
        self.clock = Watch()
        self.copies = Copies(self.database, key)

    @property
    def own(self) -> Path:
        own = self.copies.own_folder
        assert own is not None
        return own

    def files(self) -> list[str]:
        return sorted(names_in(self.own), key=lambda name: names_in(self.own)[name])

    def __enter__(self) -> Self:
        return self

    def held(self) -> set[Event]:
        """Every event in the folder."""
        return {event for name in self.files() for event in read_increment(self.own / name, self.key).events}

    def restored(self, name: str = "back.db") -> list[Event]:
        """What a restore on another laptop would bring back."""
        target = self.folder / f"other-{name}"
        back = restore(copy_at(self.stick), target, self.folder / "other-state", self.key)
        assert (back.unreadable, back.missing) == ((), ())
        with Laptop.__new__(Laptop) as other:
            other.database = Database.open(target, self.key)
            assert_sound(other.database)
            return other.events


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Desk(tmp_path) as desk:
        desk.set_up("A", "B")
        yield desk


@pytest.fixture
def small_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Merge often, so that it is seen to."""
    monkeypatch.setattr(second_copy, "MANY", 4)
    monkeypatch.setattr(second_copy, "LARGE", 7)


def test_what_is_new_goes_into_one_small_file_more(desk: Desk) -> None:
    assert desk.copies.begin(desk.stick) == Copied(3, 1)
    assert desk.copies.copy() == Copied(0, 0)
    desk.log.record("A", YES)
    desk.log.record("A", NO)
    assert desk.copies.copy() == Copied(2, 1)
    assert desk.files() == ["a.1.1.ftcopy", "a.1.2.ftcopy"]
    assert (desk.own / "a.1.2.ftcopy").stat().st_size < 2_000
    assert desk.restored() == desk.events


def test_it_says_how_much_would_be_lost_now(desk: Desk) -> None:
    assert desk.copies.behind() == 3
    desk.copies.begin(desk.stick)
    assert desk.copies.behind() == 0
    desk.log.record("A", YES)
    desk.log.record("A", NO)  # the same answer, changed: one is lost
    desk.log.record("B", YES)
    assert desk.copies.behind() == 2
    drafts.keep(desk.database, desk.log, "B", NOTE, "half a thou")
    assert desk.copies.behind() == 3
    drafts.settle(desk.database, desk.log, "B", NOTE, "half a thought")
    assert desk.copies.behind() == 3
    desk.copies.copy()
    assert desk.copies.behind() == Copies(desk.database).behind() == 0


def test_what_colleagues_have_and_what_a_laptop_says_of_itself_is_not_lost(desk: Desk) -> None:
    desk.copies.begin(desk.stick)
    with Laptop(None, "b") as colleague:
        colleague.log.receive(desk.events)
        colleague.log.record("A", YES)
        desk.log.receive(colleague.events)
    assert desk.copies.behind() == 0
    assert desk.copies.copy().events == 1
    assert len(desk.restored()) == 4


def test_asking_is_cheap_however_long_the_log_is(desk: Desk) -> None:
    desk.copies.begin(desk.stick)
    asked: list[str] = []
    desk.copies.behind()
    desk.log.record("A", YES)
    desk.database.connection.set_trace_callback(asked.append)
    assert desk.copies.behind() == 1
    desk.database.connection.set_trace_callback(None)
    plans = [
        row[3] for sql in asked for row in desk.database.rows(f"EXPLAIN QUERY PLAN {sql}")
        if "draft" not in sql
    ]  # fmt: skip
    assert not [plan for plan in plans if plan.startswith("SCAN event")]


def test_texts_being_typed_are_in_the_copy_as_they_stand(desk: Desk) -> None:
    drafts.keep(desk.database, desk.log, "A", NOTE, "half a thou")
    desk.copies.begin(desk.stick)
    drafts.keep(desk.database, desk.log, "A", NOTE, "half a thought")
    assert desk.copies.copy() == Copied(0, 1)
    assert desk.copies.copy() == Copied(0, 0)
    back = restore(copy_at(desk.stick), desk.folder / "back.db", desk.folder / "state")
    with Database.open(desk.folder / "back.db") as database:
        assert [draft.text for draft in drafts.left_over(database, "person_a")] == ["half a thought"]
    assert back.drafts == 1


@pytest.mark.usefixtures("small_files")
def test_many_small_files_become_one(desk: Desk) -> None:
    desk.copies.begin(desk.stick)
    for number in range(30):
        desk.log.record("A", NoteWritten(item="", text=str(number)))
        desk.copies.copy()
        assert len(desk.files()) <= 4 + desk.log.ends()[ChainId("a", 1)].seq / 7
    assert desk.copies.damaged() == ()
    assert desk.restored() == desk.events


@pytest.mark.usefixtures("small_files")
def test_each_file_names_the_one_before_it(desk: Desk) -> None:
    desk.copies.begin(desk.stick)
    for number in range(30):
        desk.log.record("A", NoteWritten(item="", text=str(number)))
        desk.copies.copy()
    known = {""}
    for name in desk.files():
        header = read_increment(desk.own / name, None).header
        assert header.previous in known
        known |= {copy_files.digest((desk.own / name).read_bytes()), header.replaces}


class Killed(Exception):  # noqa: N818  # a death, not an error
    pass


@pytest.mark.usefixtures("small_files")
@pytest.mark.parametrize("deed", ["put", "replace", "unlink", "noted"])
def test_whenever_it_is_killed_nothing_that_was_copied_is_lost(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, deed: str
) -> None:
    desk.copies.begin(desk.stick)
    left = 0

    def dying(original: Callable[..., object]) -> Callable[..., object]:
        def run(*args: object, **options: object) -> object:
            nonlocal left
            left -= 1
            if left == 0:
                raise Killed
            return original(*args, **options)

        return run

    where, name = {
        "put": (copy_files, "put"),
        "replace": (Path, "replace"),
        "unlink": (Path, "unlink"),
        "noted": (Copies, "_keep"),
    }[deed]
    monkeypatch.setattr(where, name, dying(getattr(where, name)))
    copied = desk.events
    for number in range(40):
        desk.log.record("A", NoteWritten(item="", text=str(number)))
        left = 1 + number % 5
        try:
            desk.copies.copy()
            copied = desk.events
        except Killed:
            desk.copies = Copies(desk.database)
        left = 0
        assert set(copied) <= desk.held()
    assert desk.copies.copy() is not None
    assert desk.restored() == desk.events


def test_a_half_written_file_is_ignored_and_cleared_away(desk: Desk) -> None:
    desk.copies.begin(desk.stick)
    half = desk.own / "a.1.2.ftcopy.part"
    half.write_bytes((desk.own / "a.1.1.ftcopy").read_bytes()[:50])
    assert desk.restored() == desk.events
    desk.log.record("A", YES)
    desk.copies.copy()
    assert not half.exists()


def test_a_pulled_stick_is_said_in_one_sentence_and_caught_up(desk: Desk) -> None:
    desk.copies.begin(desk.stick)
    desk.stick.rename(desk.folder / "pulled")
    desk.log.record("A", YES)
    with pytest.raises(CopyFailed, match=r"stick, is not there: bring it back"):
        desk.copies.copy()
    assert desk.copies.behind() == 1
    assert not desk.stick.exists()
    (desk.folder / "pulled").rename(desk.stick)
    assert desk.copies.copy() == Copied(1, 1)
    assert desk.restored() == desk.events


def test_another_folder_of_that_name_is_filled_anew_and_the_first_one_again(desk: Desk) -> None:
    desk.copies.begin(desk.stick)
    desk.stick.rename(desk.folder / "first")
    desk.stick.mkdir()
    assert desk.copies.copy() == Copied(3, 1)
    desk.log.record("A", YES)
    desk.copies.copy()
    assert desk.restored("second.db") == desk.events
    desk.stick.rename(desk.folder / "second")
    (desk.folder / "first").rename(desk.stick)
    desk.copies.copy()
    assert desk.restored("first.db") == desk.events


def test_a_file_that_went_missing_is_made_up_for(desk: Desk) -> None:
    desk.copies.begin(desk.stick)
    desk.log.record("A", YES)
    desk.copies.copy()
    (desk.own / "a.1.1.ftcopy").unlink()
    assert desk.copies.copy() == Copied(4, 1)
    assert desk.restored() == desk.events


def test_what_is_damaged_is_found_by_reading_back(desk: Desk) -> None:
    desk.copies.begin(desk.stick)
    desk.log.record("A", YES)
    desk.copies.copy()
    (desk.own / "a.1.1.ftcopy").write_bytes(b"dust")
    assert [line.partition(":")[0] for line in desk.copies.damaged()] == ["a.1.1.ftcopy"]
    assert desk.copies.copy(anew=True) == Copied(4, 1)
    assert desk.copies.damaged() == ()


def test_a_folder_that_cannot_be_used_changes_nothing(desk: Desk) -> None:
    with pytest.raises(CopyFailed, match="no folder"):
        desk.copies.begin(desk.folder / "nowhere")
    desk.copies.begin(desk.stick)
    (desk.folder / "file").write_text("no folder")
    with pytest.raises(CopyFailed, match="no folder"):
        desk.copies.begin(desk.folder / "file")
    assert desk.copies.folder == desk.stick
    assert desk.copies.behind() == 0


def test_a_full_folder_is_said_and_caught_up_once_there_is_room(
    desk: Desk, small_disk: Callable[[int], Path]
) -> None:
    disk = small_disk(1)
    desk.copies.begin(disk)
    (disk / "filling").write_bytes(bytes(shutil.disk_usage(disk).free))
    desk.log.record("A", YES)
    with pytest.raises(CopyFailed, match="is full"):
        desk.copies.copy()
    assert len(os.listdir(desk.own)) == 1  # noqa: PTH208
    (disk / "filling").unlink()
    assert desk.copies.copy() == Copied(1, 1)


def test_a_read_only_folder_is_said(
    desk: Desk, small_disk: Callable[[int], Path], remount: Callable[[Path, str], None]
) -> None:
    disk = small_disk(1)
    desk.copies.begin(disk)
    remount(disk, "ro")
    desk.log.record("A", YES)
    with pytest.raises(CopyFailed, match="cannot be written"):
        desk.copies.copy()
    remount(disk, "rw")
    assert desk.copies.copy() == Copied(1, 1)


def test_a_folder_that_vanishes_in_the_middle_is_said(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.copies.begin(desk.stick)
    desk.log.record("A", YES)

    def pulled(*_: object) -> None:
        shutil.rmtree(desk.stick)
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", pulled)
    with pytest.raises(CopyFailed, match="is not there"):
        desk.copies.copy()


def test_stopping_forgets_the_folder_and_leaves_what_is_in_it(desk: Desk) -> None:
    desk.copies.begin(desk.stick)
    desk.copies.stop()
    assert desk.copies.folder is None
    assert desk.restored() == desk.events
    with pytest.raises(CopyFailed, match="No folder"):
        desk.copies.copy()


def test_a_thread_copies_through_a_connection_of_its_own(desk: Desk) -> None:
    desk.copies.begin(desk.stick)
    desk.log.record("A", YES)
    with Database.open(desk.folder / "work.db") as other:
        Copies(other).copy()
    assert desk.copies.behind() == 0
    desk.log.record("A", NO)
    assert desk.copies.behind() == 1


def test_forked_events_are_copied_too(desk: Desk) -> None:
    desk.copies.begin(desk.stick)
    last = desk.events[1]
    other = forged('{"prompt":"Qax","answer":"no"}', "answer.given", "answer:Qax", device="a", after=last)
    desk.log.receive([other])
    assert desk.database.row("SELECT count(*) FROM fork") == (1,)
    desk.copies.copy()
    restore(copy_at(desk.stick), desk.folder / "back.db", desk.folder / "state")
    with Database.open(desk.folder / "back.db") as back:
        assert back.rows("SELECT * FROM fork") == desk.database.rows("SELECT * FROM fork")


# ---------------------------------------------------------------------- sealed


@pytest.fixture
def sealed(tmp_path: Path) -> Iterator[Desk]:
    key, _ = key_file.create_key(tmp_path / "work.db", "correct horse", cost=CHEAP)
    with Desk(tmp_path, key=key) as desk:
        desk.set_up("A")
        desk.log.record("A", NoteWritten(item="", text="PLANTEDWORD of a real person"))
        drafts.keep(desk.database, desk.log, "A", NOTE, "PLANTEDWORD half typed")
        yield desk


def test_the_copy_of_an_encrypted_inspection_says_nothing_to_whoever_finds_it(sealed: Desk) -> None:
    sealed.copies.begin(sealed.stick)
    for file in sealed.stick.rglob("*"):
        if file.is_file():
            data = file.read_bytes()
            assert b"PLANTED" not in data
            assert b"Rosemoor" not in data
    assert is_sealed(sealed.own)
    with pytest.raises(StoreError, match="there is no key"):
        restore(sealed.own, sealed.folder / "back.db", sealed.folder / "state")
    with pytest.raises(StoreError, match="another key"):
        restore(sealed.own, sealed.folder / "back.db", sealed.folder / "state", bytes(32))
    assert not (sealed.folder / "back.db").exists()


def test_its_passphrase_opens_the_copy_and_what_is_restored_from_it(sealed: Desk) -> None:
    sealed.copies.begin(sealed.stick)
    key = key_file.unlock(sealed.own / copy_files.KEY_FILE_OF, "correct horse")
    assert key == sealed.key
    assert sealed.restored() == sealed.events
    assert key_file.unlock(sealed.folder / "other-back.db", "correct horse") == key


def test_a_changed_passphrase_reaches_the_copy(sealed: Desk) -> None:
    sealed.copies.begin(sealed.stick)
    assert sealed.key is not None
    key_file.change_passphrase(sealed.folder / "work.db", sealed.key, "another passphrase", cost=CHEAP)
    sealed.copies.copy()
    assert key_file.unlock(sealed.own / copy_files.KEY_FILE_OF, "another passphrase") == sealed.key


# ---------------------------------------------------------------------- restoring


def test_a_restored_inspection_goes_on_as_another_incarnation_for_the_same_person(desk: Desk) -> None:
    set_local(desk.database, "person", "INS-01")
    desk.copies.begin(desk.stick)
    back = restore(desk.stick / desk.own.name, desk.folder / "back.db", desk.folder / "state")
    assert (back.events, back.cases, back.until[:10]) == (3, 2, START.isoformat()[:10])
    with Database.open(desk.folder / "back.db") as database:
        device = device_of(database)
        assert device is not None
        assert (device.id, device.incarnation > 1) == ("a", True)
        assert local(database, "person") == "INS-01"
        assert Copies(database).folder == desk.stick
        Log(database, device, "anna", Watch()).record("A", YES)
        Copies(database).copy()
    desk.log.record("A", NO)
    desk.copies.copy()
    assert len(desk.restored()) == 5


def test_two_laptops_that_restore_the_same_copy_never_write_the_same_chain(desk: Desk) -> None:
    desk.copies.begin(desk.stick)
    devices = set()
    for name in ("one", "two"):
        restore(desk.own, desk.folder / name, desk.folder / f"state-{name}")
        with Database.open(desk.folder / name) as database:
            devices.add(device_of(database))
    assert len(devices) == 2


@pytest.mark.usefixtures("small_files")
@pytest.mark.parametrize("damage", [b"", b"dust", None])
def test_a_damaged_file_is_named_and_everything_else_comes_back(desk: Desk, damage: bytes | None) -> None:
    desk.copies.begin(desk.stick)
    for number in range(12):
        desk.log.record("A", NoteWritten(item="", text=str(number)))
        desk.copies.copy()
    name = desk.files()[1]
    lost = {event.id for event in read_increment(desk.own / name, None).events}
    file = desk.own / name
    file.write_bytes(file.read_bytes()[:-3] if damage is None else damage)
    back = restore(desk.own, desk.folder / "back.db", desk.folder / "state")
    assert [line.partition(":")[0] for line in back.unreadable] == [name]
    assert back.missing[0].first == min(lost).seq
    with Laptop(desk.folder / "back.db", "b") as other:
        assert [event for event in desk.events if event.id not in lost] == other.events
        # What is missing comes back from whoever has it.
        assert other.log.receive(desk.events).new == len(lost)
        assert other.events == desk.events
        assert_sound(other.database)


def test_nothing_is_written_over_and_nothing_half_made_is_left(desk: Desk) -> None:
    desk.copies.begin(desk.stick)
    with pytest.raises(StoreError, match=r"work\.db exists already"):
        restore(desk.own, desk.folder / "work.db", desk.folder / "state")
    for name in desk.files():
        (desk.own / name).write_bytes(b"dust")
    with pytest.raises(StoreError, match=r"Nothing in .* can be read"):
        restore(desk.own, desk.folder / "back.db", desk.folder / "state")
    assert [path.name for path in desk.folder.iterdir() if "back" in path.name] == []


def test_the_place_of_a_copy_may_be_named_in_two_ways(desk: Desk) -> None:
    with pytest.raises(StoreError, match="no copy of an inspection"):
        copy_at(desk.stick)
    with pytest.raises(StoreError, match="cannot be read"):
        copy_at(desk.folder / "nowhere")
    desk.copies.begin(desk.stick)
    assert copy_at(desk.stick) == copy_at(desk.own) == desk.own
    shutil.copytree(desk.own, desk.stick / "fieldtool-copy-other")
    with pytest.raises(StoreError, match=r"several copies.*fieldtool-copy-other"):
        copy_at(desk.stick)


def test_a_draft_that_was_settled_since_does_not_come_back_over_what_was_made_of_it(desk: Desk) -> None:
    drafts.keep(desk.database, desk.log, "A", NOTE, "first")
    desk.copies.begin(desk.stick)
    first = restore(desk.own, desk.folder / "one.db", desk.folder / "one")
    assert first.drafts == 1
    with Database.open(first.path) as database:
        device = device_of(database)
        assert device is not None
        log = Log(database, device, "person_a", desk.clock)
        drafts.settle(database, log, "A", NOTE, "first and last")
        Copies(database).copy()
    second = restore(desk.own, desk.folder / "two.db", desk.folder / "two")
    assert second.drafts == 0
