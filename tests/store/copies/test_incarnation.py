"""An old file that was put back, or one from another laptop, never gives an event a number that another has."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from builders.cases import TINY
from builders.laptops import NO, YES, Watch, assert_sound
from fieldtool.domain.kinds.assessment import NoteWritten
from fieldtool.domain.kinds.inspection import FrameworkChosen
from fieldtool.domain.kinds.kind import Body
from fieldtool.domain.kinds.sample import CaseAdded
from fieldtool.domain.log.events import ChainId, Event
from fieldtool.domain.method.case import Slot
from fieldtool.store.chain import drafts
from fieldtool.store.chain.log import Log
from fieldtool.store.chain.reading import device_of, read_events
from fieldtool.store.copies import copy_files, second_copy
from fieldtool.store.copies.incarnation import settle_incarnation
from fieldtool.store.copies.rollback_guard import RollbackGuard
from fieldtool.store.copies.second_copy import Copies
from fieldtool.store.file.database import Database
from fieldtool.store.file.local import local
from fieldtool.work.access import Access
from fieldtool.work.demo import copy_sample

NOTE = Slot.parse("note:")


class Place:
    """A laptop: its file, what it remembers, a stick."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "work.db"
        self.state = folder / "state"
        self.stick = folder / "stick"
        for made in (folder, self.state, self.stick):
            made.mkdir(exist_ok=True)
        self.said: str | None = None
        self.clock = Watch()

    def work(self, *bodies: Body, copied: bool = False, file: Path | None = None) -> None:
        """Open the file, record something, close it."""
        with Database.open(file or self.file) as database:
            self.said = settle_incarnation(database, self.state)
            log = Log(database, self.device(database), "anna", self.clock)
            for body in bodies:
                log.record("A", body)
            if copied:
                Copies(database).copy()
            RollbackGuard(self.state).see(database)

    def told(self) -> str:
        """What the person was told when the file was last opened."""
        return self.said or ""

    def set_up(self) -> None:
        with Database.create(self.file) as database:
            self.said = settle_incarnation(database, self.state)
            log = Log(database, self.device(database), "anna", self.clock)
            log.record("", FrameworkChosen(framework=TINY))
            log.record("A", CaseAdded(sample="branch"))
            RollbackGuard(self.state).see(database)

    def begin_to_copy(self) -> None:
        with Database.open(self.file) as database:
            Copies(database).begin(self.stick)

    def device(self, database: Database | None = None) -> ChainId:
        if database is None:
            with Database.open(self.file) as opened:
                return self.device(opened)
        found = device_of(database)
        assert found is not None
        return found

    @property
    def events(self) -> list[Event]:
        with Database.open(self.file) as database:
            assert_sound(database)
            return list(read_events(database))

    def image(self) -> Path:
        """What a backup program would keep of the file."""
        return Path(shutil.copy(self.file, self.file.with_name("yesterday")))

    def put_back(self, image: Path) -> None:
        shutil.copy(image, self.file)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    place = Place(tmp_path / "here")
    place.set_up()
    place.work(YES)
    return place


def assert_apart(*events: list[Event]) -> None:
    """No two events have one number and different content."""
    known: dict[object, Event] = {}
    for event in (event for some in events for event in some):
        assert known.setdefault(event.id, event) == event


def test_a_file_that_goes_on_where_it_stood_is_nothing_to_speak_of(place: Place) -> None:
    assert place.told() == ""
    device = place.device()
    place.work(NO)
    assert place.told() == ""
    assert (place.device(), device.incarnation) == (device, 1)


def test_a_file_that_was_not_closed_is_ahead_of_what_is_remembered_and_that_is_well(place: Place) -> None:
    with Database.open(place.file) as database:
        Log(database, place.device(database), "anna", place.clock).record("A", NO)
    place.work()
    assert place.told() == ""


def test_an_old_file_that_was_put_back_goes_on_as_another_incarnation(place: Place) -> None:
    image = place.image()
    place.work(NO)
    lost = place.events
    place.put_back(image)
    place.work(YES)
    assert "older than the work" in place.told()
    assert place.device().incarnation == 2
    assert_apart(lost, place.events)
    place.work(NO)
    assert place.told() == ""


def test_yesterdays_file_put_back_again_and_again_never_repeats_an_incarnation(place: Place) -> None:
    image = place.image()
    histories = []
    for _ in range(4):
        place.work(NO)
        histories.append(place.events)
        place.put_back(image)
    place.work()
    assert place.device().incarnation == 5
    assert_apart(*histories)


def test_what_the_second_copy_holds_beyond_the_file_comes_back_at_once(place: Place) -> None:
    place.begin_to_copy()
    image = place.image()
    place.work(NO, NoteWritten(item="", text="of today"), copied=True)
    whole = place.events
    place.put_back(image)
    place.work()
    assert place.told().endswith("2 entries that it lacked came back from the second copy.")
    assert place.events == whole
    place.work(YES, copied=True)
    assert place.told() == ""
    assert place.events[-1].id[1:] == (2, 1)


def test_without_the_stick_it_says_so_and_the_rest_comes_once_the_stick_does(place: Place) -> None:
    place.begin_to_copy()
    image = place.image()
    place.work(NO, copied=True)
    place.put_back(image)
    place.stick.rename(place.stick.with_name("away"))
    place.work(YES)
    assert f"bring back the folder of its second copy, {place.stick}" in place.told()
    place.stick.with_name("away").rename(place.stick)
    place.work()
    assert place.told() == "The second copy held 1 entry that this file lacked, now taken in."
    assert {event.id[1:] for event in place.events} == {(1, 1), (1, 2), (1, 3), (1, 4), (2, 1)}


def test_a_folder_that_was_named_after_the_file_was_put_aside_is_remembered(place: Place) -> None:
    image = place.image()
    place.begin_to_copy()
    place.work(NO, copied=True)
    whole = place.events
    place.put_back(image)
    place.work(copied=True)
    assert place.events == whole


def test_when_the_whole_laptop_is_put_back_the_second_copy_tells(place: Place) -> None:
    place.begin_to_copy()
    place.work()
    image, memory = place.image(), Path(shutil.copytree(place.state, place.state.with_name("memory")))
    place.work(NO, copied=True)
    whole = place.events
    place.put_back(image)
    shutil.rmtree(place.state)
    memory.rename(place.state)
    place.work(YES)
    assert "1 entry that it lacked came back" in place.told()
    assert place.device().incarnation == 2
    assert set(whole) < set(place.events)


def test_what_was_written_twice_under_one_number_is_kept_twice(place: Place) -> None:
    place.begin_to_copy()
    place.work()
    image, memory = place.image(), Path(shutil.copytree(place.state, place.state.with_name("memory")))
    place.work(NO, NoteWritten(item="", text="before"), copied=True)
    whole = place.events
    place.put_back(image)
    shutil.rmtree(place.state)
    memory.rename(place.state)
    place.stick.rename(place.stick.with_name("away"))
    place.work(YES)  # nothing is left on this laptop that could tell
    place.stick.with_name("away").rename(place.stick)
    with (
        Database.open(place.file) as database,
        pytest.raises(copy_files.CopyFailed, match="not in this file"),
    ):
        Copies(database).copy()
    place.work(copied=True)
    assert "2 entries that do not go together with what was done since are kept aside" in place.told()
    assert place.device().incarnation == 2
    with Database.open(place.file) as database:
        kept = {
            *(row[-1] for row in database.rows("SELECT * FROM fork")),
            *(e.hash for e in read_events(database)),
        }
    assert {event.hash for event in whole} < kept


def test_a_file_from_another_laptop_is_kept_apart_from_what_is_done_there(
    place: Place, tmp_path: Path
) -> None:
    others = [Place(tmp_path / name) for name in ("there", "elsewhere")]
    for other in others:
        other.put_back(place.file)
        other.work(NO)
        assert "from another laptop" in other.told()
        other.work(NO)
        assert other.told() == ""
    place.work(NO)
    assert_apart(place.events, *(other.events for other in others))


def test_a_file_that_nobody_has_worked_in_may_be_handed_out(tmp_path: Path) -> None:
    places = [Place(tmp_path / name) for name in ("one", "two", "three")]
    copy_sample(tmp_path / "handed.db", "INS-04")
    for place in places:
        place.put_back(tmp_path / "handed.db")
        place.work(YES)
        assert place.told() == ""
        assert place.device().incarnation == 1
    assert len({place.device() for place in places}) == 3


def test_two_copies_on_one_laptop_are_worked_in_by_turns_and_each_said_once(place: Place) -> None:
    other = place.image()
    place.work(NO)
    place.work(NO, file=other)
    for _ in range(3):
        place.work(YES, file=other)
        assert place.told() == ""
        place.work(YES)
        assert place.told() == ""
    with Database.open(other) as database:
        assert_apart(place.events, list(read_events(database)))


def test_a_kill_behind_a_copy_is_no_old_file(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.begin_to_copy()

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, Database.open(place.file) as database:
        Log(database, place.device(database), "anna", place.clock).record("A", NO)
        patch.setattr(second_copy.Copies, "_keep", killed)
        with pytest.raises(KeyboardInterrupt):
            Copies(database).copy()
    place.work(YES, copied=True)
    assert (place.told(), place.device().incarnation) == ("", 1)


def test_a_text_being_typed_yesterday_does_not_come_back_over_that_of_today(place: Place) -> None:
    place.begin_to_copy()
    with Database.open(place.file) as database:
        log = Log(database, place.device(database), "anna", place.clock)
        drafts.keep(database, log, "A", NOTE, "of yester")
    image = place.image()
    with Database.open(place.file) as database:
        log = Log(database, place.device(database), "anna", place.clock)
        drafts.settle(database, log, "A", NOTE, "of yesterday and today")
        drafts.keep(database, log, "A", Slot.parse("note:Qax"), "still being ty")
        Copies(database).copy()
        RollbackGuard(place.state).see(database)
    place.put_back(image)
    place.work()
    with Database.open(place.file) as database:
        assert [draft.text for draft in drafts.left_over(database)] == ["still being ty"]


def test_a_text_being_typed_that_was_never_settled_stays(place: Place) -> None:
    place.begin_to_copy()
    with Database.open(place.file) as database:
        log = Log(database, place.device(database), "anna", place.clock)
        drafts.keep(database, log, "A", NOTE, "of yester")
    image = place.image()
    place.work(NO, copied=True)
    place.put_back(image)
    place.work()
    with Database.open(place.file) as database:
        assert [draft.text for draft in drafts.left_over(database)] == ["of yester"]


@pytest.mark.parametrize("memory", [b"", b"{", b"[]", b'{"incarnations": {"1": 3}}'])
def test_a_damaged_memory_does_no_harm(place: Place, memory: bytes) -> None:
    (file,) = (place.state / "witness").iterdir()
    file.write_bytes(memory)
    place.work(NO)
    assert place.device().incarnation > 1
    place.work(NO)
    assert place.told() == ""


def test_a_memory_that_cannot_be_kept_stops_nobody(place: Place) -> None:
    shutil.rmtree(place.state)
    place.state.write_text("no folder")
    place.work(NO)
    assert place.events[-1].body == NO


def test_no_word_of_a_case_is_in_the_memory(place: Place) -> None:
    place.work(NoteWritten(item="", text="PLANTEDWORD"))
    (file,) = (place.state / "witness").iterdir()
    assert b"PLANTEDWORD" not in file.read_bytes()
    assert b"anna" not in file.read_bytes()


def test_whoever_opens_the_door_is_told_and_the_door_remembers_when_it_closes(place: Place) -> None:
    image = place.image()
    with Access(place.file, place.state) as access, access.open() as inspection_file:
        assert inspection_file.notice == ""
        Log(inspection_file.database, place.device(inspection_file.database), "anna", place.clock).record(
            "A", NO
        )
    place.put_back(image)
    with Access(place.file, place.state) as access, access.open() as inspection_file:
        assert "older than the work" in inspection_file.notice
        assert local(inspection_file.database, "incarnation") == "2"


def test_what_is_about_to_be_sent_is_remembered_before_it_leaves(place: Place) -> None:
    with Access(place.file, place.state) as access, access.open() as inspection_file:
        Log(inspection_file.database, place.device(inspection_file.database), "anna", place.clock).record(
            "A", NO
        )
        with access.connection()() as database:
            # As of now the laptop may die at any moment, and yesterday's file be put back.
            device = place.device(inspection_file.database)
            seen = RollbackGuard(place.state).recall(device.id).incarnations[device.incarnation]
            assert seen.seq == max(event.id.seq for event in read_events(database))
