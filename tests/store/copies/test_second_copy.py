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
from fieldtool.domain.log.events import ChainId, Event
from fieldtool.domain.method.case import Slot
from fieldtool.store.chain import drafts
from fieldtool.store.chain.log import Log, new_device
from fieldtool.store.chain.reading import device_of, read_ends
from fieldtool.store.copies import copy_files, second_copy
from fieldtool.store.copies.copy_files import CopyFailed, names_in, read_increment
from fieldtool.store.copies.restore import copy_at, is_sealed, restore
from fieldtool.store.copies.second_copy import Copied, Copies
from fieldtool.store.file.database import Database, StoreError
from fieldtool.store.file.local import local, set_local
from fieldtool.store.keys import key_file
from fieldtool.store.keys.sealing import Cost

CHEAP = Cost(operations=1, memory=8192)
NOTE = Slot.parse("note:")


class Workplace(Laptop):
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
def workplace(tmp_path: Path) -> Iterator[Workplace]:
    with Workplace(tmp_path) as workplace:
        workplace.set_up("A", "B")
        yield workplace


@pytest.fixture
def small_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Merge often, so that it is seen to."""
    monkeypatch.setattr(second_copy, "MANY", 4)
    monkeypatch.setattr(second_copy, "LARGE", 7)


def test_what_is_new_goes_into_one_small_file_more(workplace: Workplace) -> None:
    assert workplace.copies.begin(workplace.stick) == Copied(3, 1)
    assert workplace.copies.copy() == Copied(0, 0)
    workplace.log.record("A", YES)
    workplace.log.record("A", NO)
    assert workplace.copies.copy() == Copied(2, 1)
    assert workplace.files() == ["a.1.1.ftcopy", "a.1.2.ftcopy"]
    assert (workplace.own / "a.1.2.ftcopy").stat().st_size < 2_000
    assert workplace.restored() == workplace.events


def test_it_says_how_much_would_be_lost_now(workplace: Workplace) -> None:
    assert workplace.copies.behind() == 3
    workplace.copies.begin(workplace.stick)
    assert workplace.copies.behind() == 0
    workplace.log.record("A", YES)
    workplace.log.record("A", NO)  # the same answer, changed: one is lost
    workplace.log.record("B", YES)
    assert workplace.copies.behind() == 2
    drafts.keep(workplace.database, workplace.log, "B", NOTE, "half a thou")
    assert workplace.copies.behind() == 3
    drafts.settle(workplace.database, workplace.log, "B", NOTE, "half a thought")
    assert workplace.copies.behind() == 3
    workplace.copies.copy()
    assert workplace.copies.behind() == Copies(workplace.database).behind() == 0


def test_what_colleagues_have_and_what_a_laptop_says_of_itself_is_not_lost(workplace: Workplace) -> None:
    workplace.copies.begin(workplace.stick)
    with Laptop(None, "b") as colleague:
        colleague.log.receive(workplace.events)
        colleague.log.record("A", YES)
        workplace.log.receive(colleague.events)
    assert workplace.copies.behind() == 0
    assert workplace.copies.copy().events == 1
    assert len(workplace.restored()) == 4


def test_asking_is_cheap_however_long_the_log_is(workplace: Workplace) -> None:
    workplace.copies.begin(workplace.stick)
    asked: list[str] = []
    workplace.copies.behind()
    workplace.log.record("A", YES)
    workplace.database.connection.set_trace_callback(asked.append)
    assert workplace.copies.behind() == 1
    workplace.database.connection.set_trace_callback(None)
    plans = [
        row[3] for sql in asked for row in workplace.database.rows(f"EXPLAIN QUERY PLAN {sql}")
        if "draft" not in sql
    ]  # fmt: skip
    assert not [plan for plan in plans if plan.startswith("SCAN event")]


def test_texts_being_typed_are_in_the_copy_as_they_stand(workplace: Workplace) -> None:
    drafts.keep(workplace.database, workplace.log, "A", NOTE, "half a thou")
    workplace.copies.begin(workplace.stick)
    drafts.keep(workplace.database, workplace.log, "A", NOTE, "half a thought")
    assert workplace.copies.copy() == Copied(0, 1)
    assert workplace.copies.copy() == Copied(0, 0)
    back = restore(copy_at(workplace.stick), workplace.folder / "back.db", workplace.folder / "state")
    with Database.open(workplace.folder / "back.db") as database:
        assert [draft.text for draft in drafts.left_over(database, "person_a")] == ["half a thought"]
    assert back.drafts == 1


@pytest.mark.usefixtures("small_files")
def test_many_small_files_become_one(workplace: Workplace) -> None:
    workplace.copies.begin(workplace.stick)
    for number in range(30):
        workplace.log.record("A", NoteWritten(item="", text=str(number)))
        workplace.copies.copy()
        assert len(workplace.files()) <= 4 + read_ends(workplace.database)[ChainId("a", 1)].seq / 7
    assert workplace.copies.damaged() == ()
    assert workplace.restored() == workplace.events


@pytest.mark.usefixtures("small_files")
def test_each_file_names_the_one_before_it(workplace: Workplace) -> None:
    workplace.copies.begin(workplace.stick)
    for number in range(30):
        workplace.log.record("A", NoteWritten(item="", text=str(number)))
        workplace.copies.copy()
    known = {""}
    for name in workplace.files():
        header = read_increment(workplace.own / name, None).header
        assert header.previous in known
        known |= {copy_files.digest((workplace.own / name).read_bytes()), header.replaces}


class Killed(Exception):  # noqa: N818  # a death, not an error
    pass


@pytest.mark.usefixtures("small_files")
@pytest.mark.parametrize("deed", ["put", "replace", "unlink", "noted"])
def test_whenever_it_is_killed_nothing_that_was_copied_is_lost(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch, deed: str
) -> None:
    workplace.copies.begin(workplace.stick)
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
    copied = workplace.events
    for number in range(40):
        workplace.log.record("A", NoteWritten(item="", text=str(number)))
        left = 1 + number % 5
        try:
            workplace.copies.copy()
            copied = workplace.events
        except Killed:
            workplace.copies = Copies(workplace.database)
        left = 0
        assert set(copied) <= workplace.held()
    assert workplace.copies.copy() is not None
    assert workplace.restored() == workplace.events


def test_a_half_written_file_is_ignored_and_cleared_away(workplace: Workplace) -> None:
    workplace.copies.begin(workplace.stick)
    half = workplace.own / "a.1.2.ftcopy.part"
    half.write_bytes((workplace.own / "a.1.1.ftcopy").read_bytes()[:50])
    assert workplace.restored() == workplace.events
    workplace.log.record("A", YES)
    workplace.copies.copy()
    assert not half.exists()


def test_a_pulled_stick_is_said_in_one_sentence_and_caught_up(workplace: Workplace) -> None:
    workplace.copies.begin(workplace.stick)
    workplace.stick.rename(workplace.folder / "pulled")
    workplace.log.record("A", YES)
    with pytest.raises(CopyFailed, match=r"stick, is not there: bring it back"):
        workplace.copies.copy()
    assert workplace.copies.behind() == 1
    assert not workplace.stick.exists()
    (workplace.folder / "pulled").rename(workplace.stick)
    assert workplace.copies.copy() == Copied(1, 1)
    assert workplace.restored() == workplace.events


def test_another_folder_of_that_name_is_filled_anew_and_the_first_one_again(workplace: Workplace) -> None:
    workplace.copies.begin(workplace.stick)
    workplace.stick.rename(workplace.folder / "first")
    workplace.stick.mkdir()
    assert workplace.copies.copy() == Copied(3, 1)
    workplace.log.record("A", YES)
    workplace.copies.copy()
    assert workplace.restored("second.db") == workplace.events
    workplace.stick.rename(workplace.folder / "second")
    (workplace.folder / "first").rename(workplace.stick)
    workplace.copies.copy()
    assert workplace.restored("first.db") == workplace.events


def test_a_file_that_went_missing_is_made_up_for(workplace: Workplace) -> None:
    workplace.copies.begin(workplace.stick)
    workplace.log.record("A", YES)
    workplace.copies.copy()
    (workplace.own / "a.1.1.ftcopy").unlink()
    assert workplace.copies.copy() == Copied(4, 1)
    assert workplace.restored() == workplace.events


def test_what_is_damaged_is_found_by_reading_back(workplace: Workplace) -> None:
    workplace.copies.begin(workplace.stick)
    workplace.log.record("A", YES)
    workplace.copies.copy()
    (workplace.own / "a.1.1.ftcopy").write_bytes(b"dust")
    assert [line.partition(":")[0] for line in workplace.copies.damaged()] == ["a.1.1.ftcopy"]
    assert workplace.copies.copy(anew=True) == Copied(4, 1)
    assert workplace.copies.damaged() == ()


def test_a_folder_that_cannot_be_used_changes_nothing(workplace: Workplace) -> None:
    with pytest.raises(CopyFailed, match="no folder"):
        workplace.copies.begin(workplace.folder / "nowhere")
    workplace.copies.begin(workplace.stick)
    (workplace.folder / "file").write_text("no folder")
    with pytest.raises(CopyFailed, match="no folder"):
        workplace.copies.begin(workplace.folder / "file")
    assert workplace.copies.folder == workplace.stick
    assert workplace.copies.behind() == 0


def test_a_full_folder_is_said_and_caught_up_once_there_is_room(
    workplace: Workplace, small_disk: Callable[[int], Path]
) -> None:
    disk = small_disk(1)
    workplace.copies.begin(disk)
    (disk / "filling").write_bytes(bytes(shutil.disk_usage(disk).free))
    workplace.log.record("A", YES)
    with pytest.raises(CopyFailed, match="is full"):
        workplace.copies.copy()
    assert len(os.listdir(workplace.own)) == 1  # noqa: PTH208
    (disk / "filling").unlink()
    assert workplace.copies.copy() == Copied(1, 1)


def test_a_read_only_folder_is_said(
    workplace: Workplace, small_disk: Callable[[int], Path], remount: Callable[[Path, str], None]
) -> None:
    disk = small_disk(1)
    workplace.copies.begin(disk)
    remount(disk, "ro")
    workplace.log.record("A", YES)
    with pytest.raises(CopyFailed, match="cannot be written"):
        workplace.copies.copy()
    remount(disk, "rw")
    assert workplace.copies.copy() == Copied(1, 1)


def test_a_folder_that_vanishes_in_the_middle_is_said(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    workplace.copies.begin(workplace.stick)
    workplace.log.record("A", YES)

    def pulled(*_: object) -> None:
        shutil.rmtree(workplace.stick)
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", pulled)
    with pytest.raises(CopyFailed, match="is not there"):
        workplace.copies.copy()


def test_stopping_forgets_the_folder_and_leaves_what_is_in_it(workplace: Workplace) -> None:
    workplace.copies.begin(workplace.stick)
    workplace.copies.stop()
    assert workplace.copies.folder is None
    assert workplace.restored() == workplace.events
    with pytest.raises(CopyFailed, match="No folder"):
        workplace.copies.copy()


def test_a_thread_copies_through_a_connection_of_its_own(workplace: Workplace) -> None:
    workplace.copies.begin(workplace.stick)
    workplace.log.record("A", YES)
    with Database.open(workplace.folder / "work.db") as other:
        Copies(other).copy()
    assert workplace.copies.behind() == 0
    workplace.log.record("A", NO)
    assert workplace.copies.behind() == 1


def test_forked_events_are_copied_too(workplace: Workplace) -> None:
    workplace.copies.begin(workplace.stick)
    last = workplace.events[1]
    other = forged('{"prompt":"Qax","answer":"no"}', "answer.given", "answer:Qax", device="a", after=last)
    workplace.log.receive([other])
    assert workplace.database.row("SELECT count(*) FROM fork") == (1,)
    workplace.copies.copy()
    restore(copy_at(workplace.stick), workplace.folder / "back.db", workplace.folder / "state")
    with Database.open(workplace.folder / "back.db") as back:
        assert back.rows("SELECT * FROM fork") == workplace.database.rows("SELECT * FROM fork")


# ---------------------------------------------------------------------- sealed


@pytest.fixture
def sealed(tmp_path: Path) -> Iterator[Workplace]:
    key, _ = key_file.create_key(tmp_path / "work.db", "correct horse", cost=CHEAP)
    with Workplace(tmp_path, key=key) as workplace:
        workplace.set_up("A")
        workplace.log.record("A", NoteWritten(item="", text="PLANTEDWORD of a real person"))
        drafts.keep(workplace.database, workplace.log, "A", NOTE, "PLANTEDWORD half typed")
        yield workplace


def test_the_copy_of_an_encrypted_inspection_says_nothing_to_whoever_finds_it(sealed: Workplace) -> None:
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


def test_its_passphrase_opens_the_copy_and_what_is_restored_from_it(sealed: Workplace) -> None:
    sealed.copies.begin(sealed.stick)
    key = key_file.unlock(sealed.own / copy_files.KEY_FILE_OF, "correct horse")
    assert key == sealed.key
    assert sealed.restored() == sealed.events
    assert key_file.unlock(sealed.folder / "other-back.db", "correct horse") == key


def test_a_changed_passphrase_reaches_the_copy(sealed: Workplace) -> None:
    sealed.copies.begin(sealed.stick)
    assert sealed.key is not None
    key_file.change_passphrase(sealed.folder / "work.db", sealed.key, "another passphrase", cost=CHEAP)
    sealed.copies.copy()
    assert key_file.unlock(sealed.own / copy_files.KEY_FILE_OF, "another passphrase") == sealed.key


# ---------------------------------------------------------------------- restoring


def test_a_restored_inspection_goes_on_as_another_incarnation_for_the_same_person(
    workplace: Workplace,
) -> None:
    set_local(workplace.database, "person", "INS-01")
    workplace.copies.begin(workplace.stick)
    back = restore(
        workplace.stick / workplace.own.name, workplace.folder / "back.db", workplace.folder / "state"
    )
    assert (back.events, back.cases, back.until[:10]) == (3, 2, START.isoformat()[:10])
    with Database.open(workplace.folder / "back.db") as database:
        device = device_of(database)
        assert device is not None
        assert (device.id, device.incarnation > 1) == ("a", True)
        assert local(database, "person") == "INS-01"
        assert Copies(database).folder == workplace.stick
        Log(database, device, "anna", Watch()).record("A", YES)
        Copies(database).copy()
    workplace.log.record("A", NO)
    workplace.copies.copy()
    assert len(workplace.restored()) == 5


def test_two_laptops_that_restore_the_same_copy_never_write_the_same_chain(workplace: Workplace) -> None:
    workplace.copies.begin(workplace.stick)
    devices = set()
    for name in ("one", "two"):
        restore(workplace.own, workplace.folder / name, workplace.folder / f"state-{name}")
        with Database.open(workplace.folder / name) as database:
            devices.add(device_of(database))
    assert len(devices) == 2


@pytest.mark.usefixtures("small_files")
@pytest.mark.parametrize("damage", [b"", b"dust", None])
def test_a_damaged_file_is_named_and_everything_else_comes_back(
    workplace: Workplace, damage: bytes | None
) -> None:
    workplace.copies.begin(workplace.stick)
    for number in range(12):
        workplace.log.record("A", NoteWritten(item="", text=str(number)))
        workplace.copies.copy()
    name = workplace.files()[1]
    lost = {event.id for event in read_increment(workplace.own / name, None).events}
    file = workplace.own / name
    file.write_bytes(file.read_bytes()[:-3] if damage is None else damage)
    back = restore(workplace.own, workplace.folder / "back.db", workplace.folder / "state")
    assert [line.partition(":")[0] for line in back.unreadable] == [name]
    assert back.missing[0].first == min(lost).seq
    with Laptop(workplace.folder / "back.db", "b") as other:
        assert [event for event in workplace.events if event.id not in lost] == other.events
        # What is missing comes back from whoever has it.
        assert other.log.receive(workplace.events).new == len(lost)
        assert other.events == workplace.events
        assert_sound(other.database)


def test_nothing_is_written_over_and_nothing_half_made_is_left(workplace: Workplace) -> None:
    workplace.copies.begin(workplace.stick)
    with pytest.raises(StoreError, match=r"work\.db exists already"):
        restore(workplace.own, workplace.folder / "work.db", workplace.folder / "state")
    for name in workplace.files():
        (workplace.own / name).write_bytes(b"dust")
    with pytest.raises(StoreError, match=r"Nothing in .* can be read"):
        restore(workplace.own, workplace.folder / "back.db", workplace.folder / "state")
    assert [path.name for path in workplace.folder.iterdir() if "back" in path.name] == []


def test_the_place_of_a_copy_may_be_named_in_two_ways(workplace: Workplace) -> None:
    with pytest.raises(StoreError, match="no copy of an inspection"):
        copy_at(workplace.stick)
    with pytest.raises(StoreError, match="cannot be read"):
        copy_at(workplace.folder / "nowhere")
    workplace.copies.begin(workplace.stick)
    assert copy_at(workplace.stick) == copy_at(workplace.own) == workplace.own
    shutil.copytree(workplace.own, workplace.stick / "fieldtool-copy-other")
    with pytest.raises(StoreError, match=r"several copies.*fieldtool-copy-other"):
        copy_at(workplace.stick)


def test_a_draft_that_was_settled_since_does_not_come_back_over_what_was_made_of_it(
    workplace: Workplace,
) -> None:
    drafts.keep(workplace.database, workplace.log, "A", NOTE, "first")
    workplace.copies.begin(workplace.stick)
    first = restore(workplace.own, workplace.folder / "one.db", workplace.folder / "one")
    assert first.drafts == 1
    with Database.open(first.path) as database:
        device = device_of(database)
        assert device is not None
        log = Log(database, device, "person_a", workplace.clock)
        drafts.settle(database, log, "A", NOTE, "first and last")
        Copies(database).copy()
    second = restore(workplace.own, workplace.folder / "two.db", workplace.folder / "two")
    assert second.drafts == 0
