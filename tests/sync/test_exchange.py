"""The exchange: everybody ends with the same, whatever the order, whatever stops it, and nothing is claimed in vain."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import Mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.chains import holdings_of
from builders.laptops import REFS, assert_sound, bodies
from builders.teams import Laptop, any_folder, files, invited, lead
from fieldtool import files as on_disk
from fieldtool.domain.kinds.kind import UnknownHappened
from fieldtool.domain.log.events import ChainId, Event, EventId
from fieldtool.domain.method.case import Answer
from fieldtool.store.chain.log import Log, new_device
from fieldtool.store.chain.reading import device_of
from fieldtool.store.chain.receiving import Received
from fieldtool.store.file.database import StoreError
from fieldtool.store.keys.membership import NotInvited, membership_of, take_part
from fieldtool.store.views.laptops import roster
from fieldtool.sync import places
from fieldtool.sync.central.schema import Administration
from fieldtool.sync.differences import reconcile
from fieldtool.sync.event_store import Held, Holdings, Store, SyncError
from fieldtool.sync.exchange import Step, exchange
from fieldtool.sync.folder import bundle_files
from fieldtool.sync.laptop_store import LaptopStore
from sync.centre import Centre

Team = tuple[Laptop, Laptop, Laptop]


@dataclass
class Shelf:
    """A store in memory, as plain as can be; it may lie about what it keeps, or break."""

    name: str = "the shelf"
    events: dict[EventId, Event] = field(default_factory=dict)
    keeps: bool = True
    breaks_after: int | None = None
    misfits: dict[ChainId, EventId] = field(default_factory=dict)

    def holdings(self) -> Holdings:
        return holdings_of(sorted(self.events.values(), key=lambda event: event.id))

    def take(self, known: Holdings) -> Iterator[Sequence[Event]]:
        for number, event in enumerate(sorted(self.events.values(), key=lambda event: event.id)):
            if number == self.breaks_after:
                raise SyncError("The shelf broke.")
            held = known.get(ChainId(*event.id[:2]))
            if held is None or event.id.seq > held.seq:
                yield [event]

    def send(self, batches: Iterable[Sequence[Event]]) -> Received:
        number = 0
        for batch in batches:
            number += len(batch)
            if self.breaks_after is not None and number > self.breaks_after:
                raise SyncError("The shelf broke.")
            if self.keeps:
                self.events.update({event.id: event for event in batch})
        return Received(number, 0)


@pytest.fixture
def team() -> Iterator[Team]:
    with ExitStack() as stack:
        lea = stack.enter_context(lead())
        anna, ben = (stack.enter_context(invited(lea, name)) for name in ("anna", "ben"))
        yield lea, anna, ben


def assert_equal(*laptops: Laptop) -> None:
    first, *others = laptops
    for laptop in others:
        assert laptop.events == first.events
        assert laptop.views == first.views
    for laptop in laptops:
        assert_sound(laptop.database)


# ---------------------------------------------------------------------- everybody ends with the same


def test_two_inspectors_and_a_lead_over_a_stick(team: Team, stick: Path) -> None:
    lea, anna, ben = team
    anna.answer("A", Answer.YES)
    ben.answer("A", Answer.NO)
    ben.note("from ben", "B")
    for laptop in (anna, ben, lea, anna, ben):
        exchanged = laptop.exchange(stick)
        assert exchanged.complete
        assert (exchanged.failures, exchanged.aside, exchanged.waiting) == ((), (), ())
    assert_equal(lea, anna, ben)
    assert len(lea.database.rows("SELECT * FROM head WHERE subject = 'A' AND slot = 'answer:Qax'")) == 2
    for laptop in team:
        again = laptop.exchange(stick)
        assert (again.came.new, again.went.new) == (0, 0)


@given(st.data())
def test_any_history_over_any_places_ends_the_same(data: st.DataObject) -> None:
    with ExitStack() as stack:
        lea = stack.enter_context(lead())
        laptops = [lea, *(stack.enter_context(invited(lea, name)) for name in ("anna", "ben"))]
        folders = [Path(stack.enter_context(TemporaryDirectory())) for _ in range(2)]
        shelf = Shelf()
        steps = st.tuples(st.sampled_from(laptops), st.sampled_from(["record"] * 3 + ["stick", "shelf"]))
        for laptop, step in data.draw(st.lists(steps, max_size=12)):
            match step:
                case "record":
                    laptop.record(data.draw(bodies()), data.draw(st.sampled_from(REFS)))
                case "stick":
                    laptop.exchange(data.draw(st.sampled_from(folders)))
                case _:
                    exchange(laptop.store(), shelf)
        recorded = {event.id for laptop in laptops for event in laptop.own}
        for laptop in laptops * 2:
            assert laptop.exchange(folders[0]).complete
        exchange(lea.store(), shelf)
        assert {event.id for event in lea.events} == recorded
        assert sorted(shelf.events) == [event.id for event in lea.events]
        assert_equal(*laptops)


def test_over_the_central_store(team: Team, centre: Centre) -> None:
    lea, anna, ben = team
    anna.answer("A")
    ben.note("from ben")
    for laptop, login in ((anna, "anna"), (ben, "ben"), (lea, "anna"), (anna, "anna"), (ben, "ben")):
        assert exchange(laptop.store(), centre.store(login)).complete
    assert_equal(lea, anna, ben)
    assert centre.events() == lea.events


def test_from_a_folder_into_the_central_store_and_back(team: Team, centre: Centre, stick: Path) -> None:
    lea, anna, ben = team
    anna.answer()
    anna.exchange(stick)
    assert exchange(any_folder(stick, anna.membership), centre.store()).went.new == len(anna.events)
    assert centre.events() == anna.events
    ben.note("by the server")
    exchange(ben.store(), centre.store("ben"))
    assert exchange(any_folder(stick, anna.membership), centre.store()).came.new > len(ben.own)
    lea.exchange(stick)
    assert lea.store().holdings()[ben.device].seq == len(ben.own)


def test_unknown_kinds_are_passed_on(team: Team, stick: Path) -> None:
    lea, anna, ben = team
    anna.record(UnknownHappened(kind="later.thing", text='{"x": "é"}'))
    anna.exchange(stick)
    lea.exchange(stick)
    exchange(lea.store(), shelf := Shelf())
    exchange(ben.store(), shelf)
    assert {event.id: event for event in ben.events}[anna.own[-1].id] == anna.own[-1]


def test_a_laptop_that_lost_some_gets_them_back(team: Team, stick: Path) -> None:
    lea, _, _ = team
    for number in range(6):
        lea.note(str(number))
    lea.exchange(stick)
    events = lea.events
    with Laptop("cleo") as cleo:
        cleo.log.receive(events[:2] + events[4:], over_gaps=True)
        store = cleo.store()
        assert store.holdings()[lea.device] == Held(2, events[1].hash)
        exchange(store, any_folder(stick, lea.membership, has=store.has))
        assert [event for event in cleo.events if event.id[:2] == lea.device] == lea.own
        assert store.gaps() == {}


# ---------------------------------------------------------------------- what it claims


def test_sent_means_that_the_place_said_so(team: Team) -> None:
    lea, _, _ = team
    shelf = Shelf(keeps=False)
    exchanged = exchange(lea.store(), shelf)
    assert exchanged.went.new == len(lea.events)
    assert exchanged.confirmed
    assert not exchanged.complete
    (lacking,) = exchanged.lacking
    assert (lacking.first, lacking.last, lacking.where) == (1, len(lea.own), "the shelf")
    assert (lacking.who, lacking.since) == ("lea", lea.own[0].wall)
    shelf.keeps = True
    assert exchange(lea.store(), shelf).complete


def test_what_was_counted_before_it_broke_is_told(team: Team) -> None:
    lea, anna, _ = team
    shelf = Shelf()
    for number in range(6):
        anna.note(str(number))
    exchange(anna.store(), shelf)
    lea.note("mine")
    shelf.breaks_after = len(shelf.events) - 2
    exchanged = exchange(lea.store(), shelf)
    assert exchanged.failures == ("The shelf broke.",)
    assert exchanged.came.new > 0
    assert exchanged.complete  # all of ours is there, whatever of theirs could not be read
    shelf.breaks_after = None
    assert exchange(lea.store(), shelf).failures == ()
    assert lea.store().holdings()[anna.device].seq == len(anna.own)


def test_neither_way_is_an_error(team: Team) -> None:
    lea, anna, _ = team
    shelf = Shelf()
    exchange(anna.store(), shelf)
    anna.note("more")
    shelf.breaks_after = 0
    lea.note("mine")
    with pytest.raises(SyncError, match="The shelf broke"):
        exchange(lea.store(), shelf)


def test_a_stick_that_cannot_be_written_is_read_all_the_same(
    team: Team, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lea, anna, _ = team
    lea.answer()
    lea.exchange(stick)
    anna.note("mine")

    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(bundle_files, "files", Mock(wraps=on_disk, write_new=refuse))
    exchanged = anna.exchange(stick)
    assert anna.store().holdings()[lea.device].seq == len(lea.own)
    assert exchanged.came.new > 0
    assert not exchanged.complete
    assert "cannot be used (read-only file system)" in exchanged.failures[0]
    assert [(each.device, each.where) for each in exchanged.lacking] == [(anna.device, str(stick))]


@pytest.mark.parametrize("stop", range(12))
def test_stopped_anywhere_it_goes_on(team: Team, stick: Path, stop: int) -> None:
    lea, anna, _ = team
    for number in range(4):
        lea.note(str(number))
        lea.exchange(stick)
        anna.note(str(number))
    steps: list[Step] = []

    def progress(step: Step) -> None:
        steps.append(step)
        if len(steps) == stop + 1:
            raise KeyboardInterrupt

    try:
        exchange(anna.store(), anna.folder(stick), progress)
    except KeyboardInterrupt:
        assert_sound(anna.database)
    assert anna.exchange(stick).complete
    lea.exchange(stick)
    assert_equal(lea, anna)


def test_progress_goes_from_nothing_to_all(team: Team, stick: Path) -> None:
    lea, anna, _ = team
    lea.note("one")
    lea.exchange(stick)
    anna.note("two")
    steps: list[Step] = []
    exchange(anna.store(), anna.folder(stick), steps.append)
    for sending in (False, True):
        done = [step for step in steps if step.sending is sending]
        assert done[0].done == 0
        assert max(step.done for step in done) == max(step.total for step in done) > 0


# ---------------------------------------------------------------------- chains that went two ways


def twin_of(laptop: Laptop) -> Laptop:
    """The same installation, as when its file was copied and is worked in on both sides."""
    twin = Laptop(laptop.name)
    twin.log.receive(laptop.events)
    for row in laptop.database.rows("SELECT name, value FROM local"):
        twin.database.connection.execute("INSERT OR REPLACE INTO local VALUES (?, ?)", row)
    device = device_of(twin.database)
    assert device == laptop.device
    twin.log = Log(twin.database, device, laptop.name, laptop.log._clock)
    return twin


def by_stick(laptop: Laptop, stick: Path, shelf: Shelf) -> Store:
    del shelf
    return laptop.folder(stick)


def by_shelf(laptop: Laptop, stick: Path, shelf: Shelf) -> Store:
    del laptop, stick
    return shelf


@pytest.mark.parametrize("place", [by_stick, by_shelf])
@pytest.mark.parametrize("more", [(1, 1), (1, 3), (3, 1)], ids=str)
def test_a_fork_is_named_and_nothing_is_lost(
    team: Team, stick: Path, place: Callable[[Laptop, Path, Shelf], Store], more: tuple[int, int]
) -> None:
    lea, anna, ben = team
    shelf = Shelf()
    with twin_of(anna) as twin:
        start = len(anna.own)
        for laptop, number in zip((anna, twin), more, strict=True):
            for count in range(number):
                laptop.note(f"{count} of {id(laptop)}")
        ben.answer()
        assert exchange(anna.store(), place(anna, stick, shelf)).complete
        exchange(ben.store(), place(ben, stick, shelf))
        exchanged = exchange(twin.store(), place(twin, stick, shelf))
        assert not exchanged.complete
        assert [(fork.device, fork.first, fork.who) for fork in exchanged.forks] == [
            (anna.device, start + 1, "anna")
        ]
        assert exchanged.failures == ()
        # The other branch is kept whole, beside the log; all other chains went on.
        for event in anna.own:
            assert twin.store().has(event.id, event.hash)
        assert twin.store().holdings()[ben.device].seq == len(ben.own)
        again = exchange(twin.store(), place(twin, stick, shelf))
        assert (again.came.new, again.went.new) == (0, 0)
        # Whoever has the first branch is not troubled by it.
        assert exchange(lea.store(), place(lea, stick, shelf)).complete
        assert_sound(anna.database)


def test_work_goes_on_in_another_incarnation(team: Team, stick: Path) -> None:
    lea, anna, ben = team
    with twin_of(anna) as twin:
        anna.note("before the laptop broke")
        anna.exchange(stick)
        twin.log = Log(twin.database, ChainId(anna.device.id, 2), "anna", twin.log._clock)
        twin.note("after it was restored")
        assert twin.exchange(stick).complete
        for laptop in (lea, ben, lea, twin):
            assert laptop.exchange(stick).complete
        assert_equal(lea, ben, twin)


def test_an_old_image_that_was_not_worked_in_gets_its_own_events_back(team: Team, stick: Path) -> None:
    _, anna, _ = team
    with twin_of(anna) as twin:
        anna.note("after the image")
        anna.exchange(stick)
        assert twin.exchange(stick).complete
        assert twin.events == anna.events


def test_a_chain_that_was_altered_at_the_place_is_named_and_holds_up_no_other(team: Team) -> None:
    lea, anna, ben = team
    shelf = Shelf()
    anna.note("one")
    anna.note("two")
    ben.note("three")
    for laptop in (anna, ben):
        exchange(laptop.store(), shelf)
    bad = anna.own[-1]
    shelf.events[bad.id] = bad._replace(actor="mallory")
    exchanged = exchange(lea.store(), shelf)
    assert [str(bad.id) in failure for failure in exchanged.failures] == [True]
    assert "fieldtool verify" in exchanged.failures[0]
    assert exchanged.complete
    assert lea.store().holdings()[ben.device].seq == len(ben.own)
    assert lea.store().holdings()[anna.device].seq == len(anna.own) - 1


# ---------------------------------------------------------------------- who takes part


def test_the_first_laptop_makes_the_keys_and_the_others_need_an_invitation() -> None:
    with lead() as lea, Laptop("cleo") as cleo:
        assert list(roster(lea.database)) == [lea.membership.key]
        assert take_part(lea.database, lea.log) == lea.membership
        cleo.log.receive(lea.events)
        with pytest.raises(NotInvited, match="ask the lead inspector for an invitation"):
            take_part(cleo.database, cleo.log)
        assert membership_of(cleo.database) is None


def test_what_was_not_set_up_is_not_shared() -> None:
    with Laptop("cleo") as cleo, pytest.raises(StoreError, match="not set up yet"):
        take_part(cleo.database, cleo.log)


def test_a_file_that_goes_on_as_another_device_says_so(team: Team, stick: Path) -> None:
    lea, anna, _ = team
    anna.log = Log(anna.database, new_device(anna.database), "anna")
    take_part(anna.database, anna.log)
    number = len(anna.events)
    take_part(anna.database, anna.log)
    assert len(anna.events) == number
    anna.exchange(stick)
    assert lea.exchange(stick).aside == ()
    assert lea.store().holdings()[anna.device].seq == 1


# ---------------------------------------------------------------------- places, receipts, reconciling


def synchronised(laptop: Laptop, place: Path) -> object:
    return places.synchronise(laptop.database, laptop.log, str(place))


def test_a_place_is_remembered_with_the_last_time_all_was_there(
    team: Team, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lea, _, _ = team
    assert places.usual_place(lea.database) is None
    assert places.last_sync(lea.database) is None
    synchronised(lea, stick)
    assert places.usual_place(lea.database) == str(stick)
    first = places.last_sync(lea.database)
    assert first is not None
    assert first.place == str(stick)
    lea.note("more")

    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(bundle_files, "files", Mock(wraps=on_disk, write_new=refuse))
    synchronised(lea, stick)
    assert places.last_sync(lea.database) == first


def test_a_central_store_is_a_place_by_its_address(team: Team, centre: Centre) -> None:
    lea, anna, _ = team
    Administration(centre.address()).add(lea.membership.inspection, "anna", writes=True)
    address = centre.address("anna")
    anna.note("by the server")
    for laptop in (anna, lea, anna, lea):
        assert places.synchronise(laptop.database, laptop.log, address).complete
    assert_equal(lea, anna)
    assert places.usual_place(lea.database) == address
    assert places.compare(anna.database, anna.log, address) == ((), ())


def test_receipts_come_to_an_end(team: Team, stick: Path) -> None:
    lea, anna, ben = team
    anna.note("one")
    for _ in range(4):
        for laptop in (lea, anna, ben):
            synchronised(laptop, stick)
    number = len(lea.events)
    for laptop in (lea, anna, ben):
        synchronised(laptop, stick)
    assert len(lea.events) == number
    assert_equal(lea, anna, ben)


def test_all_agree_or_the_difference_is_named(team: Team, stick: Path) -> None:
    lea, anna, ben = team
    for laptop in (lea, anna, ben, lea, anna, ben, lea):
        synchronised(laptop, stick)
    assert places.compare(lea.database, lea.log, str(stick)) == ((), ())
    note = anna.note("one")
    (difference,) = places.compare(anna.database, anna.log, str(stick))[0]
    assert (difference.device, difference.first, difference.number) == (anna.device, note.id.seq, 1)
    assert (difference.where, difference.who, difference.since) == (str(stick), "anna", note.wall)
    synchronised(anna, stick)
    (here, *_) = places.compare(lea.database, lea.log, str(stick))[0]
    assert (here.device, here.where, here.who) == (anna.device, "this laptop", "anna")
    synchronised(lea, stick)
    (behind,) = places.compare(lea.database, lea.log, str(stick))[0]
    assert behind.where == f"ben ({ben.device.id})"
    assert (behind.device, behind.first) == (anna.device, note.id.seq)
    synchronised(ben, stick)
    synchronised(lea, stick)
    assert places.compare(lea.database, lea.log, str(stick)) == ((), ())


def test_reconciling_opens_every_file_anew(team: Team, stick: Path) -> None:
    lea, _, _ = team
    synchronised(lea, stick)
    (path,) = files(stick)
    before = path.stat()
    data = bytearray(path.read_bytes())
    data[-40] ^= 1
    path.write_bytes(data)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    differences, unusable = places.compare(lea.database, lea.log, str(stick))
    assert [difference.where for difference in differences] == [str(stick)]
    assert [sentence.startswith(path.name) for sentence in unusable] == [True]


def test_reconciling_changes_nothing(team: Team, stick: Path) -> None:
    lea, anna, _ = team
    anna.exchange(stick)
    before, there = lea.events, files(stick)
    assert reconcile(lea.store(), lea.folder(stick))
    assert lea.events == before
    assert files(stick) == there


def test_no_secret_is_ever_in_the_log_or_the_folder(team: Team, stick: Path) -> None:
    lea, anna, _ = team
    synchronised(anna, stick)
    secrets = [anna.membership.identity, anna.membership.secret.hex(), lea.membership.secret.hex()]
    told = json.dumps([event.text for event in anna.events])
    kept = b"".join(path.read_bytes() for path in files(stick))
    for secret in secrets:
        assert secret not in told
        assert secret.encode() not in kept


def test_a_folder_that_is_none_is_refused_before_anything_is_written(team: Team, stick: Path) -> None:
    lea, _, _ = team
    with pytest.raises(SyncError, match="is not there"):
        places.synchronise(lea.database, lea.log, str(stick / "nowhere"))
    assert places.usual_place(lea.database) is None


def test_large_batches_are_cut(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    lea, _, _ = team
    for _ in range(5):
        lea.note("x" * 100)
    monkeypatch.setattr("fieldtool.sync.laptop_store.LARGE", 150)
    batches = list(LaptopStore(lea.database, lea.log).take({}))
    assert [event for batch in batches for event in batch] == lea.events
    assert len(batches) > 3
