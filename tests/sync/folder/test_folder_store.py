"""The folder store: bundles in any order and number, files in any state, laptops at the same time, disks that fail."""

from __future__ import annotations

import errno
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.teams import Laptop, any_folder, files, invited, lead
from fieldtool.domain.log.events import GENESIS, Event
from fieldtool.store.chain.log import Log
from fieldtool.store.chain.reading import device_of
from fieldtool.store.copies.known_bundles import BundleFile
from fieldtool.store.file.database import Database
from fieldtool.store.keys.membership import keep, new_identity
from fieldtool.sync.event_store import Held, Store, SyncError
from fieldtool.sync.folder import bundle_files, bundles, folder_store
from fieldtool.work.lead import removals


@pytest.fixture
def ben(lea: Laptop) -> Iterator[Laptop]:
    with invited(lea, "ben") as laptop:
        yield laptop


def put(laptop: Laptop, stick: Path, first: int, last: int, name: str = "") -> Path:
    """A bundle of a range of a laptop's own chain, written by hand."""
    events = laptop.own
    before = GENESIS if first == 1 else events[first - 2].hash
    header, data = bundles.make(events[first - 1 : last], before, laptop.membership)
    path = stick / (name or bundles.name_of(header, data))
    path.write_bytes(data)
    return path


def whys(laptop: Laptop, stick: Path) -> dict[str, str]:
    store = laptop.folder(stick)
    store.holdings()
    return {aside.name: aside.why for aside in store.aside}


def test_it_is_a_store(lea: Laptop, stick: Path) -> None:
    store: Store = lea.folder(stick)
    assert store.name == str(stick)
    assert store.holdings() == {}
    assert list(store.take({})) == []
    assert store.send([]) == (0, 0)
    assert list(stick.iterdir()) == []


def test_what_is_sent_is_held_and_taken(lea: Laptop, stick: Path) -> None:
    store = lea.folder(stick)
    assert store.send([lea.own]) == (len(lea.own), 0)
    assert store.send([lea.own]) == (0, len(lea.own))
    assert store.holdings() == {lea.device: Held(len(lea.own), lea.own[-1].hash)}
    assert len(files(stick)) == 1
    other = any_folder(stick, lea.membership)
    assert [event for batch in other.take({}) for event in batch] == lea.own
    held = Held(3, lea.own[2].hash)
    assert [event for batch in other.take({lea.device: held}) for event in batch] == lea.own[3:]


def test_a_bundle_names_the_one_before_it(lea: Laptop, stick: Path) -> None:
    store = lea.folder(stick)
    store.send([lea.own])
    lea.answer()
    store.send([lea.own])
    first, second = (bundles.read(path.read_bytes(), lea.membership) for path in files(stick))
    assert first.header.previous == ""
    assert second.header.previous == first.id
    assert second.header.before == first.header.end


def test_many_events_are_many_bundles(lea: Laptop, stick: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundles, "MOST_EVENTS", 3)
    lea.exchange(stick)
    number = len(lea.own)
    assert len(files(stick)) == -(-number // 3)
    assert sum(len(batch) for batch in any_folder(stick, lea.membership).take({})) == number


# ---------------------------------------------------------------------- ranges in any order


@st.composite
def ranges(draw: st.DrawFn, length: int = 12) -> list[tuple[int, int]]:
    starts = draw(st.lists(st.integers(1, length), min_size=1, max_size=8))
    return [(first, draw(st.integers(first, length))) for first in starts]


def reached(given: list[tuple[int, int]], from_: int = 0) -> int:
    """How far one gets: plain sets of numbers."""
    numbers = {seq for first, last in given for seq in range(first, last + 1)}
    while from_ + 1 in numbers:
        from_ += 1
    return from_


@given(st.data())
def test_any_ranges_in_any_order_give_what_is_whole(data: st.DataObject) -> None:
    with lead() as lea, invited(lea, "anna") as anna, TemporaryDirectory() as name:
        stick, start = Path(name), len(lea.own)
        known = len([event for event in anna.events if event.id[:2] == lea.device])
        for number in range(12):
            lea.note(str(number))
        given = data.draw(ranges())
        shift = start
        for number, (first, last) in enumerate(given):
            put(lea, stick, first + shift, last + shift)
            if data.draw(st.booleans()):
                anna.exchange(stick)
                end = known + reached(
                    [(a + shift - known, b + shift - known) for a, b in given[: number + 1]]
                )
                assert anna.store().holdings()[lea.device].seq == max(known, end)
        put(lea, stick, 1, shift)
        expected = max(shift, shift + reached(given))
        found = any_folder(stick, lea.membership).holdings()[lea.device]
        assert found == Held(expected, lea.own[expected - 1].hash)
        exchanged = anna.exchange(stick)
        assert anna.store().holdings()[lea.device] == found
        beyond = [first + shift for first, _ in given if first + shift > expected + 1]
        assert [(each.first, each.last) for each in exchanged.waiting][:1] == (
            [(expected + 1, min(beyond) - 1)] if beyond else []
        )


def test_a_gap_holds_up_no_other_chain(lea: Laptop, anna: Laptop, ben: Laptop, stick: Path) -> None:
    for laptop in (lea, anna):
        laptop.exchange(stick)
        laptop.answer()
        laptop.exchange(stick)
        laptop.note("more")
        laptop.exchange(stick)
    hidden = sorted(path for path in files(stick) if "d-anna" in path.name)[1]
    hidden.rename(hidden.with_suffix(".away"))
    exchanged = ben.exchange(stick)
    assert ben.store().holdings()[lea.device].seq == len(lea.own)
    assert [(each.device, each.number) for each in exchanged.waiting] == [(anna.device, 1)]
    assert exchanged.complete
    hidden.with_suffix(".away").rename(hidden)
    assert ben.exchange(stick).waiting == ()
    assert ben.store().holdings()[anna.device].seq == len(anna.own)


# ---------------------------------------------------------------------- files in any state


def halve(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-40] ^= 1
    path.write_bytes(data)


def empty(path: Path) -> None:
    path.write_bytes(b"")


def wifi(path: Path) -> None:
    path.write_bytes(b"<!DOCTYPE html><html>Please log in</html>")


@pytest.mark.parametrize("damage", [halve, flip, empty, wifi], ids=lambda damage: damage.__name__)
def test_a_damaged_file_is_named_once_and_blocks_nothing(
    lea: Laptop, anna: Laptop, ben: Laptop, stick: Path, damage: Callable[[Path], None]
) -> None:
    lea.exchange(stick)
    anna.answer()
    anna.exchange(stick)
    (bad,) = [path for path in files(stick) if "d-anna" in path.name]
    damage(bad)
    lea.answer("B")
    lea.exchange(stick)
    exchanged = ben.exchange(stick)
    assert [(aside.name, aside.new) for aside in exchanged.aside] == [(bad.name, True)]
    assert "is not as it was written" in str(exchanged.aside[0])
    assert exchanged.complete
    assert ben.store().holdings()[lea.device].seq == len(lea.own)
    assert [(aside.name, aside.new) for aside in ben.exchange(stick).aside] == [(bad.name, False)]
    # Whoever has what it held writes it again.
    assert anna.exchange(stick).went.new == len(anna.own)
    assert ben.exchange(stick).came.new > 0
    lea.exchange(stick)
    ben.exchange(stick)
    assert ben.views == lea.views


def test_a_file_that_arrives_slowly_is_used_when_it_is_whole(lea: Laptop, anna: Laptop, stick: Path) -> None:
    lea.answer()
    lea.exchange(stick)
    (path,) = files(stick)
    whole = path.read_bytes()
    for share in (0, 100, len(whole) - 1):
        path.write_bytes(whole[:share])
        os.utime(path, ns=(share, share))
        assert [aside.name for aside in anna.exchange(stick).aside] == [path.name]
        for written in files(stick):
            if written != path:
                written.unlink()
    path.write_bytes(whole)
    exchanged = anna.exchange(stick)
    assert exchanged.aside == ()
    assert exchanged.came.new == 1


def test_renamed_and_doubled_files_are_used_by_what_is_in_them(
    lea: Laptop, anna: Laptop, stick: Path
) -> None:
    lea.answer()
    lea.exchange(stick)
    (path,) = files(stick)
    shutil.copy(path, stick / "Copy of a bundle (1).age")
    path.rename(stick / "holiday.age")
    exchanged = anna.exchange(stick)
    assert (exchanged.came.new, exchanged.aside) == (1, ())
    assert lea.exchange(stick).went.new == 0


def test_whatever_else_is_in_the_folder_is_left_alone(lea: Laptop, anna: Laptop, stick: Path) -> None:
    lea.exchange(stick)
    (stick / "report.docx").write_bytes(b"PK")
    (stick / ".hidden.age").write_bytes(b"x")
    (stick / "0123abcd.d.1.000001-000002.0123456789abcdef.age").write_bytes(b"another inspection's")
    (stick / "folder.age").mkdir()
    before = sorted(stick.iterdir())
    exchanged = anna.exchange(stick)
    assert exchanged.aside == ()
    assert [path for path in sorted(stick.iterdir()) if path in before] == before


def test_a_file_that_looks_like_one_and_is_none_is_named(lea: Laptop, stick: Path) -> None:
    (stick / "photo.age").write_bytes(b"JFIF")
    assert whys(lea, stick) == {"photo.age": "is not a bundle: it is another kind of file"}


def test_one_of_another_inspection_is_named(lea: Laptop, stick: Path) -> None:
    path = put(lea, stick, 1, 3, name="theirs.age")
    header = bundles.read(path.read_bytes(), lea.membership).header
    other = lea.membership._replace(identity=new_identity())
    path.write_bytes(bundles.make(lea.own[:3], header.before, other)[1])
    assert whys(lea, stick) == {"theirs.age": "was not sealed for this inspection, or is damaged"}


def test_a_newer_format_waits(lea: Laptop, stick: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as later:
        later.setattr(bundles, "VERSION", 2)
        path = put(lea, stick, 1, 3)
    assert "made by a newer fieldtool (format 2): update this one" in whys(lea, stick)[path.name]


def test_a_stranger_who_has_the_key_of_the_inspection_is_named(
    lea: Laptop, anna: Laptop, stick: Path
) -> None:
    with lead() as stranger:
        stranger.answer()
        theirs = stranger.membership._replace(
            inspection=lea.membership.inspection, identity=lea.membership.identity
        )
        header, data = bundles.make(stranger.own, GENESIS, theirs)
        (stick / bundles.name_of(header, data)).write_bytes(data)
    exchanged = anna.exchange(stick)
    assert "not on the roster" in exchanged.aside[0].why
    assert exchanged.came == (0, 0)
    assert exchanged.forks == ()


def test_who_is_invited_later_is_heard_as_soon_as_that_is_known(
    lea: Laptop, anna: Laptop, stick: Path
) -> None:
    with invited(lea, "ben") as ben:
        with ben.database.transaction():
            keep(ben.database, ben.membership._replace(host="", voucher=""))
        ben.answer("B")
        ben.exchange(stick)
        for path in files(stick):
            if "d-lea" in path.name:
                path.unlink()
        assert {aside.why for aside in anna.exchange(stick).aside} == {
            "was made by a laptop that is not on the roster of this inspection"
        }
        lea.exchange(stick)
        exchanged = anna.exchange(stick)  # the roster and what it lets in, in one go
        assert exchanged.aside == ()
        assert anna.store().holdings()[ben.device].seq == len(ben.own)


def test_who_is_vouched_for_is_heard_before_that_is_known(lea: Laptop, anna: Laptop, stick: Path) -> None:
    with invited(lea, "ben") as ben:
        ben.answer("B")
        ben.exchange(stick)
        assert anna.exchange(stick).aside == ()
        assert anna.store().holdings()[ben.device].seq == len(ben.own)


@pytest.mark.parametrize("forged", ["by their own key", "in another's name"])
def test_nobody_vouches_for_themselves(lea: Laptop, anna: Laptop, stick: Path, forged: str) -> None:
    with invited(lea, "ben") as ben:
        own = ben.membership._replace(host="", voucher="")
        by_itself = own.of_another()
        stolen = own._replace(host=lea.membership.key, voucher=by_itself.voucher)
        with ben.database.transaction():
            keep(ben.database, by_itself if forged == "by their own key" else stolen)
        ben.answer("B")
        ben.exchange(stick)
        (why,) = {aside.why for aside in anna.exchange(stick).aside}
        assert why == "was made by a laptop that is not on the roster of this inspection"
        assert ben.device not in anna.store().holdings()


def test_who_was_removed_is_heard_as_far_as_was_known_then(lea: Laptop, anna: Laptop, stick: Path) -> None:
    with invited(lea, "ben") as ben:
        for laptop in (lea, anna):
            laptop.exchange(stick)
        ben.answer("B")
        ben.exchange(stick)
        lea.exchange(stick)
        known = len(ben.own)
        removals.propose_laptop(lea.lead, ben.membership.key, "stolen").carry_out()
        lea.exchange(stick)
        ben.note("after", "B")
        ben.exchange(stick)
        exchanged = anna.exchange(stick)
        assert anna.store().holdings()[ben.device].seq == known
        (aside,) = exchanged.aside
        assert aside.why == "was made by a laptop of ben that was removed from the roster (stolen)"


def test_a_replayed_old_file_changes_nothing(lea: Laptop, anna: Laptop, stick: Path) -> None:
    lea.exchange(stick)
    (old,) = files(stick)
    data = old.read_bytes()
    lea.answer()
    lea.exchange(stick)
    anna.exchange(stick)
    (stick / "replayed.age").write_bytes(data)
    exchanged = anna.exchange(stick)
    assert exchanged.came == (0, 0)
    assert exchanged.complete


def test_a_file_altered_behind_our_back_is_set_aside_when_it_is_used(
    lea: Laptop, anna: Laptop, stick: Path
) -> None:
    lea.answer()
    lea.exchange(stick)
    (path,) = files(stick)
    anna.folder(stick).holdings()
    stat = path.stat()
    flip(path)
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    exchanged = anna.exchange(stick)
    assert [aside.name for aside in exchanged.aside] == [path.name]
    assert exchanged.came.new == 0


def test_what_was_looked_at_once_is_not_opened_again(
    lea: Laptop, anna: Laptop, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(30):
        lea.note(str(number))
        lea.exchange(stick)
    (stick / "photo.age").write_bytes(b"JFIF")
    anna.exchange(stick)
    opened: list[str] = []
    look = bundles.read

    def counted(*args: object) -> object:
        opened.append("")
        return look(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(bundles, "read", counted)
    anna.exchange(stick)
    assert opened == []
    assert len(anna.folder(stick).check()) == 1
    assert len(opened) == len(files(stick))


def test_a_bundle_too_large_is_not_read(lea: Laptop, stick: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundles, "LARGEST_FILE", 100)
    path = stick / "large.age"
    with path.open("wb") as file:
        file.truncate(1 << 40)
    assert whys(lea, stick) == {"large.age": "is larger than any bundle"}


# ---------------------------------------------------------------------- disks that fail


def failing(monkeypatch: pytest.MonkeyPatch, step: str, error: BaseException) -> None:
    """Let one step of writing a bundle fail."""

    def fail(*_: object, **__: object) -> None:
        raise error

    if step in {"open", "fsync"}:
        monkeypatch.setattr(os, step, fail)
    else:
        monkeypatch.setattr(Path, step, fail)


@pytest.mark.parametrize("step", ["open", "fsync", "replace"])
@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "is full: free some space"),
        (OSError(errno.EROFS, "Read-only file system"), "cannot be used (read-only file system)"),
        (OSError(errno.EIO, "Input/output error"), "failed (input/output error)"),
    ],
    ids=["full", "read-only", "broken"],
)
def test_a_disk_that_fails_is_one_sentence_and_leaves_nothing_behind(
    lea: Laptop, stick: Path, monkeypatch: pytest.MonkeyPatch, step: str, error: OSError, words: str
) -> None:
    lea.exchange(stick)
    lea.answer()
    before = sorted(stick.iterdir())
    with monkeypatch.context() as broken:
        failing(broken, step, error)
        exchanged = lea.exchange(stick)
    (failure,) = exchanged.failures
    assert words in failure
    assert str(stick) in failure
    assert not exchanged.complete
    assert [(each.first, each.number) for each in exchanged.lacking] == [(len(lea.own), 1)]
    assert sorted(stick.iterdir()) == before
    assert lea.exchange(stick).complete


@pytest.mark.parametrize("step", ["open", "fsync", "replace", "read_bytes"])
def test_whatever_stops_it_the_next_one_goes_on(
    lea: Laptop, anna: Laptop, stick: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    lea.answer()
    with monkeypatch.context() as broken:
        failing(broken, step, KeyboardInterrupt())
        with pytest.raises(KeyboardInterrupt):
            lea.exchange(stick)
    assert all(bundles.read(path.read_bytes(), lea.membership) for path in files(stick))
    assert lea.exchange(stick).complete
    assert anna.exchange(stick).came.new == 1
    assert [path for path in stick.iterdir() if path.name.startswith(".")] == []


def test_what_was_left_half_written_is_taken_away_by_whoever_left_it(
    lea: Laptop, anna: Laptop, stick: Path
) -> None:
    halves = [stick / f".{laptop.membership.key[:16]}.00.part" for laptop in (lea, anna)]
    for half in halves:
        half.write_bytes(b"half")
    lea.exchange(stick)
    assert [half.exists() for half in halves] == [False, True]


def test_a_stick_that_does_not_keep_what_is_written_is_found_out(
    lea: Laptop, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "read_bytes", lambda _: b"something else")
    with pytest.raises(SyncError, match="does not keep what is written"):
        lea.folder(stick).send([lea.own])


def test_a_folder_that_is_not_there_is_one_sentence(lea: Laptop, stick: Path) -> None:
    with pytest.raises(SyncError, match="is not there: plug in the stick"):
        lea.exchange(stick / "nowhere")
    (stick / "file").write_bytes(b"")
    with pytest.raises(SyncError, match="is not there"):
        lea.exchange(stick / "file")


@pytest.mark.parametrize("many", [1, 2, 1000])
def test_pulled_in_the_middle_of_taking(
    lea: Laptop, anna: Laptop, stick: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, many: int
) -> None:
    monkeypatch.setattr(folder_store, "MANY", many)
    for number in range(5):
        lea.note(str(number))
        lea.exchange(stick)
    taken: list[Event] = []
    away, opened = tmp_path / "away", bundle_files.BundleFolder.open

    def pulled(self: bundle_files.BundleFolder, file: BundleFile) -> bundles.Bundle:
        if file.last == len(lea.own) - 1 and stick.exists():
            stick.rename(away)
        return opened(self, file)

    store, known = anna.folder(stick), anna.store().holdings()
    store.holdings()
    with monkeypatch.context() as pulling:
        pulling.setattr(bundle_files.BundleFolder, "open", pulled)
        with pytest.raises(SyncError, match="is not there"):
            taken.extend(event for batch in store.take(known) for event in batch)
    assert [event.id.seq for event in taken] == list(range(known[lea.device].seq + 1, len(lea.own) - 1))
    away.rename(stick)
    assert anna.exchange(stick).complete
    assert anna.store().holdings()[lea.device].seq == len(lea.own)


def test_pulled_between_writing_and_asking(
    lea: Laptop, stick: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = bundle_files.BundleFolder.put

    def pulled(self: bundle_files.BundleFolder, header: bundles.Header, data: bytes) -> object:
        done = written(self, header, data)
        stick.rename(tmp_path / "away")
        return done

    monkeypatch.setattr(bundle_files.BundleFolder, "put", pulled)
    exchanged = lea.exchange(stick)
    assert not exchanged.confirmed
    assert not exchanged.complete
    assert "is not there" in exchanged.failures[0]


def test_an_own_event_that_was_altered_is_not_sent(lea: Laptop, stick: Path) -> None:
    events = lea.own
    events[3] = events[3]._replace(actor="mallory")
    store = lea.folder(stick)
    assert store.send([events]) == (3, 0)
    assert store.misfits == {lea.device: events[3].id}
    assert store.holdings() == {lea.device: Held(3, events[2].hash)}


# ---------------------------------------------------------------------- many at once


def test_laptops_that_write_at_the_same_time(tmp_path: Path, stick: Path) -> None:
    with lead(tmp_path / "lea.db") as lea:
        names = ("anna", "ben", "cleo")
        for name in names:
            invited(lea, name, tmp_path / f"{name}.db").database.close()
        lea.exchange(stick)
    failed: list[BaseException] = []

    def work(name: str) -> None:
        try:
            with reopened(name, tmp_path / f"{name}.db") as laptop:
                for number in range(8):
                    laptop.note(f"{name} {number}", "A")
                    laptop.answer("B")
                    laptop.exchange(stick)
        except BaseException as error:  # shown below
            failed.append(error)

    workers = [threading.Thread(target=work, args=(name,)) for name in ("lea", *names)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert failed == []
    laptops = [reopened(name, tmp_path / f"{name}.db") for name in ("lea", *names)]
    for laptop in laptops:
        assert laptop.exchange(stick).aside == ()
    first, *others = laptops
    for laptop in others:
        assert laptop.events == first.events
        assert laptop.views == first.views
    for laptop in laptops:
        laptop.database.close()


def reopened(name: str, path: Path) -> Laptop:
    laptop = Laptop.__new__(Laptop)
    laptop.name, laptop.database = name, Database.open(path)
    device = device_of(laptop.database)
    assert device is not None
    laptop.log = Log(laptop.database, device, name)
    return laptop


def test_chains_that_overlap_differently_join(lea: Laptop, stick: Path) -> None:
    for number in range(6):
        lea.note(str(number))
    put(lea, stick, 1, 8)
    put(lea, stick, 5, 10)
    put(lea, stick, 9, len(lea.own))
    assert any_folder(stick, lea.membership).holdings() == {lea.device: Held(len(lea.own), lea.own[-1].hash)}


def test_two_branches_in_one_folder_give_the_longer_one(lea: Laptop, stick: Path) -> None:
    with invited(lea, "anna") as anna:
        put(lea, stick, 1, len(lea.own))
        twin = next_of(lea)
        lea.note("one")
        lea.note("two")
        put(lea, stick, len(lea.own) - 1, len(lea.own))
        header, data = bundles.make([twin], lea.own[-3].hash, lea.membership)
        (stick / bundles.name_of(header, data)).write_bytes(data)
        exchanged = anna.exchange(stick)
        assert anna.store().holdings()[lea.device].hash == lea.own[-1].hash
        assert anna.store().has(twin.id, twin.hash)
        assert exchanged.complete


def next_of(laptop: Laptop) -> Event:
    """What the laptop's next event would be if somebody worked in a copy of its file."""
    last = laptop.own[-1]
    event = last._replace(id=last.id._replace(seq=last.id.seq + 1), at=last.at + 1, parents=())
    return event._replace(hash=event.chained(last.hash))
