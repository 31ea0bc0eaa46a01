"""A simulated world: laptops, a stick, a shared drive, perhaps a server, and all that happens to them in the field.

A history is a list of steps, each a kind and a number from which its details follow, so that any part of a
history is a history too. After every step the world is compared with the model, which knows nothing of the code.
"""

from __future__ import annotations

import copy
import os
import re
import secrets
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, NamedTuple
from unittest import mock

from domain.cases import TINY
from fieldtool.domain import roster
from fieldtool.domain.case import Answer, Judgement
from fieldtool.domain.events import (
    AnswerGiven,
    Body,
    CaseAdded,
    CaseAssigned,
    CaseCompleted,
    CaseReopened,
    Event,
    EventId,
    FactSet,
    FrameworkChosen,
    InspectionOpened,
    JudgementMade,
    NoteWritten,
    PersonJoined,
    ReasonWritten,
    parse_body,
)
from fieldtool.store import check, listing
from fieldtool.store.database import Database, StoreError
from fieldtool.store.driver import dbapi2
from fieldtool.store.incarnation import settle_incarnation
from fieldtool.store.log import Device, Log, device_of, event_of
from fieldtool.store.session import Session
from fieldtool.store.sharing import membership_of, new_identity, take_part
from fieldtool.store.witness import Witness
from fieldtool.sync import bundle_folder, bundles, joining
from fieldtool.sync.exchange import Exchanged, Step, exchange
from fieldtool.sync.laptop import LaptopStore
from fieldtool.sync.places import synchronise
from fieldtool.sync.stores import SyncError
from store.histories import FACTS, assert_counted, forged, views
from sync.model import Chain, Id, Model

START = datetime(2020, 3, 2, 9, 0, tzinfo=UTC)
PEOPLE = ("lea", "anna", "ben", "cleo", "dan", "eve")
MOST_LAPTOPS = 6
BEGINNINGS = 24
"""How many worlds there are to begin with."""
UNREADABLE = (
    ("rating.moderated", "{}", "moderation:Q"),
    ("answer.given", '{"prompt":"Qax","answer":"perhaps"}', "answer:Qax"),
    ("answer.given", '{"prompt":"Qax","answer":"no"}', "answer:Qay"),
)
LATER = "zed"
"""The device of a later version, whose events nobody here can read."""


class Plug(BaseException):
    """Somebody has pulled the plug."""


class Deed(NamedTuple):
    """One step of a history."""

    kind: str
    dice: int


class Clock:
    """What a laptop's clocks say; only the one on the wall can jump."""

    def __init__(self) -> None:
        self.wall = START
        self.steady = 0.0

    def __call__(self) -> datetime:
        self.wall += timedelta(seconds=1)
        self.steady += 1
        return self.wall

    def jump(self, days: float) -> None:
        there = self.wall + timedelta(days=days)
        self.wall = min(max(there, datetime(2001, 1, 1, tzinfo=UTC)), datetime(2060, 1, 1, tzinfo=UTC))


class Image(NamedTuple):
    """The file of a laptop as it was at some time, and the memory beside it."""

    connection: Any
    state: Path
    known: int
    aside: int
    person: str


class Laptop:
    """An installation with its file in memory, its clocks, and whoever works there."""

    def __init__(self, name: str, person: str, database: Database, state: Path) -> None:
        self.name, self.person = name, person
        self.database, self.state = database, state
        self.clock = Clock()
        self.known = 0
        """The events in its log, as the model names them."""
        self.aside = 0
        """Those in forks beside it."""
        self.log: Log

    def start(self) -> None:
        """Start the program anew."""
        settle_incarnation(self.database, self.state)
        device = device_of(self.database)
        assert device is not None
        session = Session(self.database, device, self.person, lambda: self.clock.steady)
        self.log = Log(self.database, device, self.person, self.clock, session.due)
        self.session = session

    def stop(self) -> None:
        """Leave the program in good order."""
        self.session.sign_off(self.log)
        self.remember()

    def remember(self) -> None:
        """Note on this laptop how far it is, as before anything is sent."""
        Witness(self.state).see(self.database)

    @property
    def chain(self) -> Chain:
        return self.log.device

    def store(self, *, receipts: bool = True) -> LaptopStore:
        return LaptopStore(self.database, self.log, receipts=receipts)

    def rows(self) -> list[tuple[Any, ...]]:
        return self.database.rows("SELECT * FROM event ORDER BY device, incarnation, seq")


class File(NamedTuple):
    """What the world knows of a bundle in a folder."""

    events: int
    good: bool = True


class Folder:
    """A stick or a shared drive, and what may happen to its files."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.files: dict[str, File] = {}
        self.taken_away: list[tuple[str, bytes, File]] = []
        path.mkdir()

    @property
    def held(self) -> int:
        """The events in files that are as they were written."""
        found = 0
        for file in self.files.values():
            found |= file.events if file.good else 0
        return found


class World(AbstractContextManager["World"]):
    """Laptops and the places where they meet.

    Args:
        dice: decides what there is at the beginning.
        server: how a server of PostgreSQL is reached, if there is one.
        anew: whether the beginning is made anew, and not as it was kept.
    """

    def __init__(self, dice: int, server: ServerLike | None = None, *, anew: bool = False) -> None:
        self._stack = ExitStack()
        self.random = Random(dice)
        self._secrets = Random(dice + 1)
        self.model = Model()
        self.must = 0
        """The events that somebody was told are saved and that no lost disk has taken along."""
        self.undone = 0
        self.counts: Counter[str] = Counter()
        self.laptops: list[Laptop] = []
        self.images: list[Image] = []
        self.later: list[tuple[Any, ...]] = []
        self.whole_disks = False
        """Whether a disk was put back with all that it remembers, so that a chain may have forked."""
        self.rounds = 0
        self.server = server
        self._times = 0
        shared = Path("/dev/shm")  # noqa: S108  # where flushing costs nothing
        self.home = Path(tempfile.mkdtemp(prefix="fieldtool-", dir=shared if shared.is_dir() else None))
        self._stack.callback(shutil.rmtree, self.home, ignore_errors=True)
        self.folders = [Folder(self.home / name) for name in ("stick", "drive")]
        if anew or server is not None:
            self._begin()
        else:
            self._begin_as_before(dice % BEGINNINGS)

    def __exit__(self, *_: object) -> None:
        for laptop in self.laptops:
            laptop.database.close()
        for image in self.images:
            image.connection.close()
        self._stack.close()

    # ------------------------------------------------------------------ steps

    def step(self, deed: Deed) -> None:
        """Let one thing happen, and compare."""
        self.random = Random(deed.dice)
        self._secrets = Random(deed.dice + 1)
        with self._seeded():
            touched = self.deeds()[deed.kind]()
        self.check(*touched, thoroughly=self.random.random() < 0.1)

    def deeds(self) -> dict[str, Callable[[], list[Laptop]]]:
        """Everything that can happen."""
        return {
            "record": self.record,
            "undo": self.undo,
            "settle": self.settle,
            "later": self.later_version,
            "folder": self.meet,
            "server": self.meet_server,
            "direct": self.meet_directly,
            "pulled": self.pulled,
            "cut short": self.cut_short,
            "handed over": self.handed_over,
            "files": self.files,
            "image": self.image,
            "put back": self.put_back,
            "another laptop": self.another_laptop,
            "whole disk": self.whole_disk,
            "invite": self.invite,
            "clock": self.clock,
            "restart": self.restart,
            "rebuild": self.rebuild,
        }

    def record(self) -> list[Laptop]:
        laptop = self._laptop()
        bodies = [self._body() for _ in range(self.random.choice((1, 1, 1, 1, 3)))]
        self._record(laptop, self._ref(laptop), *bodies)
        return [laptop]

    def undo(self) -> list[Laptop]:
        laptop = self._laptop()
        ref = self._ref(laptop)
        self.look(laptop)
        chain = laptop.chain
        expected = self.model.undoable(chain, ref, laptop.known, self.undone)
        taken = laptop.log.take_back(ref)
        found = None if taken is None else tuple(taken.event.id)
        assert found == (expected and expected.id), f"{found} was taken back instead of {expected}"
        if expected is not None and taken is not None:
            self.undone |= expected.bit
            before = self.model.shown(expected.place, expected.knew)
            assert taken.now == before, f"{expected.id}: {taken.now} instead of {before}"
        self.look(laptop, acknowledged=True)
        return [laptop]

    def settle(self) -> list[Laptop]:
        """Somebody decides a conflict: for one of the values, or for a third."""
        laptop = self._laptop()
        rows = laptop.database.rows(
            "SELECT subject, slot FROM head WHERE subject <> '' GROUP BY subject, slot HAVING count(*) > 1"
        )
        if not rows:
            return self.record()
        subject, slot = self.random.choice(rows)
        values = laptop.database.rows(
            "SELECT value FROM head WHERE subject = ? AND slot = ?", (subject, slot)
        )
        (value,) = self.random.choice(values)
        self._record(laptop, subject, _setting(slot, value))
        heads = laptop.database.rows("SELECT value FROM head WHERE subject = ? AND slot = ?", (subject, slot))
        assert heads == [(value,)], f"{slot} of {subject} is not settled: {heads}"
        self.counts["settled"] += 1
        return [laptop]

    def later_version(self) -> list[Laptop]:
        """A laptop with a later version hands somebody what only that version can read."""
        laptop = self._laptop()
        kind, text, slot = self.random.choice(UNREADABLE)
        heads = laptop.database.rows(
            "SELECT device, incarnation, seq FROM head WHERE subject = 'A' AND slot = ?", (slot,)
        )
        parents = tuple(EventId(*row) for row in heads) if self.random.random() < 0.5 else ()
        last = event_of(self.later[-1]) if self.later else None
        event = forged(text, kind, slot, LATER, last, parents)
        row = (*event.id, *event[1:8], " ".join(map(str, parents)), event.hash)
        self.model.write(row, last.hash if last else bytes(32), None, laptop.known, readable=False)
        self.later.append(row)
        laptop.log.receive(map(event_of, self.later))
        self.look(laptop)
        self.must |= self.model.by_digest[event.hash].bit
        return [laptop]

    def meet(self) -> list[Laptop]:
        laptop = self._laptop()
        self._synchronise(laptop, self._folder())
        return [laptop]

    def meet_server(self) -> list[Laptop]:
        if self.server is None:
            return self.meet()
        laptop = self._laptop()
        self._synchronise(laptop, None)
        return [laptop]

    def meet_directly(self) -> list[Laptop]:
        here, there = self._laptop(), self._laptop()
        if here is there:
            return [here]
        before = here.known, there.known
        there.remember()
        exchanged = exchange(here.store(), there.store(), lambda _: here.remember())
        self.look(here, receipts=True)
        self.look(there)
        if exchanged.complete:
            assert not here.known & ~there.known, "said to be complete, and is not"
        else:
            assert self.whole_disks, exchanged
        if not self.whole_disks:
            assert not (before[0] | before[1]) & ~here.known, "something was not taken"
        return [here, there]

    def pulled(self) -> list[Laptop]:
        """The plug is pulled, or the stick, somewhere in an exchange."""
        laptop, left = self._laptop(), self.random.randrange(1, 12)

        def progress(step: Step) -> None:
            nonlocal left
            del step
            left -= 1
            if left <= 0:
                raise Plug

        writes = self.random.randrange(0, 3)

        def write(path: Path, data: bytes) -> None:
            nonlocal writes
            writes -= 1
            if writes < 0:
                whole = self.random.random() < 0.5
                # What a pulled plug leaves behind is not tidied up by anybody.
                half = path.with_name(f"{path.name}.half.part")
                half.write_bytes(data[: self.random.randrange(len(data))])
                raise Plug if whole else OSError(5, "Input/output error")
            path.write_bytes(data)

        place = None if self.server and self.random.random() < 0.3 else self._folder()
        with suppress(Plug), ExitStack() as stack:
            if self.random.random() < 0.5:
                stack.enter_context(mock.patch.object(bundle_folder, "_write", write))
            self._synchronise(laptop, place, progress, whole=False)
        self._after_a_stop(laptop)
        return [laptop]

    def cut_short(self) -> list[Laptop]:
        """The disk gives up somewhere in an exchange, or in the recording of an answer."""
        laptop, left = self._laptop(), self.random.randrange(1, 400)
        self.look(laptop)

        def handler() -> int:
            nonlocal left
            left -= 1
            return int(left <= 0)

        laptop.database.connection.set_progress_handler(handler, 25)
        try:
            if self.random.random() < 0.5:
                ref = self.random.choice("AB")
                laptop.log.record(ref, self._body())
                laptop.database.connection.set_progress_handler(None, 25)
                self.look(laptop, acknowledged=True)
            else:
                self._synchronise(laptop, self._folder(), whole=False)
        except (StoreError, dbapi2.Error):
            self.counts["disk gave up"] += 1
        finally:
            laptop.database.connection.set_progress_handler(None, 25)
        self._after_a_stop(laptop)
        return [laptop]

    def handed_over(self) -> list[Laptop]:
        """Events come in any order that keeps each chain's, some twice, some not at all."""
        here, there = self._laptop(), self._laptop()
        there.remember()
        chains: dict[Chain, list[Event]] = {}
        for row in there.rows():
            chains.setdefault(row[:2], []).append(event_of(row))
        left = [chain[: self.random.randrange(len(chain) + 1)] for chain in chains.values()]
        order: list[Event] = []
        while left := [chain for chain in left if chain]:
            chain = self.random.choice(left)
            number = self.random.randrange(1, 8)
            order += chain[:number]
            del chain[:number]
            if self.random.random() < 0.2:
                order.append(self.random.choice(order))
        middle = self.random.randrange(len(order) + 1)
        with suppress(StoreError if self.whole_disks else ZeroDivisionError):
            here.log.receive(order[:middle])
            here.log.receive(order[middle:])
        self.look(here)
        return [here]

    def files(self) -> list[Laptop]:
        """Something happens to the files of a folder."""
        folder = self._folder()
        kinds = (self._drop, self._double, self._rename, self._cut, self._alter, self._return, self._stranger)
        self.random.choice(kinds)(folder)
        self._times += 1
        for path in folder.path.iterdir():
            if path.name not in folder.files or not folder.files[path.name].good:
                # So that a change is seen as one, however fast this world goes.
                os.utime(path, ns=(self._times, self._times))
        self._lose()
        return []

    def image(self) -> list[Laptop]:
        """A backup program keeps the file of a laptop as it is now, and perhaps its whole disk."""
        laptop = self._laptop()
        if len(self.images) >= 4:
            self.images.pop(self.random.randrange(4)).connection.close()
        state = self.home / f"image{self._times}"
        self._times += 1
        shutil.copytree(laptop.state, state)
        laptop.remember()
        self.images.append(
            Image(_copy(laptop.database.connection), state, laptop.known, laptop.aside, laptop.person)
        )
        return []

    def put_back(self) -> list[Laptop]:
        """An old file is put back on its laptop."""
        found = self._image()
        if found is None:
            return self.image()
        image, laptop = found
        if self.random.random() < 0.5:
            laptop.remember()
        self._put_back(image, laptop)
        return [laptop]

    def whole_disk(self) -> list[Laptop]:
        """A whole old disk is put back on its laptop: nothing there can tell that it is old."""
        found = self._image()
        if found is None:
            return self.image()
        image, laptop = found
        shutil.rmtree(laptop.state)
        shutil.copytree(image.state, laptop.state)
        self.whole_disks = True
        self._put_back(image, laptop)
        return [laptop]

    def another_laptop(self) -> list[Laptop]:
        """A copy of a file is opened on another laptop."""
        if not self.images or len(self.laptops) >= MOST_LAPTOPS:
            return self.image()
        image = self.random.choice(self.images)
        state = self._state()
        laptop = Laptop(state.name, image.person, _opened(image.connection), state)
        laptop.known, laptop.aside = image.known, image.aside
        laptop.start()
        self.laptops.append(laptop)
        return [laptop]

    def invite(self) -> list[Laptop]:
        if len(self.laptops) >= MOST_LAPTOPS:
            return self.meet()
        host = self._laptop()
        return [host, self._join(host, self.random.choice(PEOPLE))]

    def clock(self) -> list[Laptop]:
        days = self.random.choice((0.01, 0.1, 1, 30, 365, 3650))
        self._laptop().clock.jump(self.random.choice((-1, 1)) * days * self.random.random())
        return []

    def restart(self) -> list[Laptop]:
        laptop = self._laptop()
        if self.random.random() < 0.6:
            laptop.stop()
        laptop.start()
        self.look(laptop, acknowledged=True)
        return [laptop]

    def rebuild(self) -> list[Laptop]:
        laptop = self._laptop()
        check.rebuild(laptop.database)
        return [laptop]

    # ------------------------------------------------------------------ the end

    def finish(self) -> None:
        """Let all meet once more, and compare everything with everything."""
        with self._seeded():
            self._last_rounds()
        self.check(*self.laptops, thoroughly=True)
        first = self.laptops[0]
        said = list(check.findings(first.database))
        expected = ("kept but has no effect", "has written two different events")
        assert all(any(phrase in line for phrase in expected) for line in said), said
        if self.model.forked:
            self._compare_forks()
            return
        self._accept_waiting()
        assert not self.must & ~first.known, f"lost: {self.model.told(self.must & ~first.known)}"
        shown = views(first.database)
        for laptop in self.laptops:
            assert laptop.known == first.known
            assert views(laptop.database) == shown
        if self.server is not None:
            assert self._on_server() == first.known

    def _last_rounds(self) -> None:
        place = None if self.server is not None and self.random.random() < 0.5 else self._folder()
        for other in self.folders:
            self._synchronise(self.laptops[0], other, whole=False)
        # But for the first time without receipts, each of which would be news to all others.
        results = [
            self._synchronise(laptop, place, receipts=number == 0)
            for number in range(3)
            for laptop in self.laptops
        ]
        if not self._all_equal():
            # Whoever is not on anybody's roster any more, as its host's disk was lost, is heard directly.
            self.counts["not by the folder alone"] += 1
            for laptop in self.laptops[1:] * 2:
                exchange(self.laptops[0].store(receipts=False), laptop.store(receipts=False))
            for laptop in self.laptops:
                self.look(laptop)
            results.clear()
        if self.server is not None:
            self._synchronise(self.laptops[0], None, receipts=False)
        if not self.model.forked:
            last = results[-len(self.laptops) :]
            assert all(result is None or result.complete for result in last), last

    def _all_equal(self) -> bool:
        return len({laptop.known for laptop in self.laptops}) == 1

    def _compare_forks(self) -> None:
        """Chains that have gone two ways: all the others are everywhere, and no branch is gone."""
        self.counts["forked"] += 1
        everywhere = self.laptops[0].known
        for laptop in self.laptops:
            everywhere &= laptop.known
        for event in self.model.of(self._anywhere() & ~everywhere):
            assert event.id[:2] in self.model.forked, f"{event.id} is not everywhere"

    # ------------------------------------------------------------------ comparing

    def look(self, laptop: Laptop, *, acknowledged: bool = False, receipts: bool = False) -> None:
        """See what a laptop has now; what it has written itself since then becomes known to the model."""
        rows = laptop.rows()
        before = laptop.known
        digests = {row[:3]: row[11] for row in rows}
        assert len(digests) == len(rows)
        new = [row for row in rows if row[11] not in self.model.by_digest]
        taken = self.model.set_of(row[11] for row in rows if row[11] in self.model.by_digest)
        for row in new:
            assert row[:2] == laptop.chain, f"{row[:3]} came from nowhere"
            body = parse_body(row[6], row[9])
            # A receipt is written behind what it acknowledges; all else before anything is taken.
            knew = taken if isinstance(body, roster.ReceiptGiven) or receipts else before
            knew |= self._own(laptop, taken)
            previous = digests.get((*row[:2], row[2] - 1), bytes(32))
            event = self.model.write(row, previous, body.value, knew)
            taken |= event.bit
            if acknowledged:
                self.must |= event.bit
        assert not before & ~taken, f"gone: {self.model.told(before & ~taken)}"
        laptop.known = taken
        if self.model.forked or self.whole_disks:
            laptop.aside = self.model.set_of(row[0] for row in laptop.database.rows("SELECT hash FROM fork"))
        else:
            assert not laptop.database.rows("SELECT 1 FROM fork")

    def check(self, *touched: Laptop, thoroughly: bool) -> None:
        """Compare what laptops show with what the model says, and see that nothing is lost."""
        for laptop in touched:
            self.look(laptop)
            self._compare_chains(laptop)
            self._compare_heads(laptop)
            assert_counted(laptop.database)
            if thoroughly:
                self._compare_with_rebuild(laptop)
        lost = self.must & ~self._anywhere()
        assert not lost, f"lost: {self.model.told(lost)}"

    def _compare_chains(self, laptop: Laptop) -> None:
        rows = laptop.database.rows(
            "SELECT device, incarnation, max(seq), count(*) FROM event GROUP BY device, incarnation"
        )
        for device, incarnation, last, number in rows:
            assert last == number, f"{device}.{incarnation} has gaps"

    def _compare_heads(self, laptop: Laptop) -> None:
        rows = laptop.database.rows("SELECT * FROM head ORDER BY subject, slot")
        found: dict[tuple[str, str], dict[Id, tuple[bool, str | None]]] = {}
        for subject, slot, *id, _, shown, value in rows:
            found.setdefault((subject, slot), {})[tuple(id)] = (bool(shown), value)
        if any(event.id[:2] in self.model.forked for event in self.model.of(laptop.known)):
            return
        closed = self.model.is_closed(laptop.known)
        for place in self.model.by_place:
            heads = self.model.heads(place, laptop.known)
            self.counts["conflicts seen"] += len(heads) > 1
            here = found.pop(place, {})
            expected = {event.id: (event is heads[0], event.value) for event in heads}
            if closed:
                assert here == expected, f"{laptop.name}, {place}: {here} instead of {expected}"
            else:
                # A link may be missing between an event and the one that replaces what it replaced.
                assert expected.items() <= here.items(), f"{laptop.name}, {place}: {here}, not {expected}"
        assert not found, found

    def _compare_with_rebuild(self, laptop: Laptop) -> None:
        """In a transaction that is taken back, so that whatever is wrong with the views stays so."""
        before = views(laptop.database)
        with suppress(Plug), laptop.database.transaction():
            from fieldtool.store.log import read_events
            from fieldtool.store.projection import Projection

            Projection(laptop.database).rebuild(lambda: read_events(laptop.database))
            after = views(laptop.database)
            raise Plug
        assert before == after, f"the views of {laptop.name} are not a rebuild's"

    # ------------------------------------------------------------------ what is where

    def _anywhere(self) -> int:
        found = 0
        for laptop in self.laptops:
            found |= laptop.known | laptop.aside
        for folder in self.folders:
            found |= folder.held
        if self.must & ~found and self.server is not None:
            found |= self._on_server()
        return found

    def _accept_waiting(self) -> None:
        """Accept that what follows on lost events waits for them in its folder."""
        known = self.laptops[0].known
        for event in self.model.of(self.must & ~known):
            lost = [
                other
                for other in self.model.events
                if other.id[:2] == event.id[:2] and other.id[2] < event.id[2] and not known & other.bit
            ]
            if any(not self._anywhere() & other.bit for other in lost):
                self.counts["waiting for lost ones"] += 1
                self.must &= ~event.bit

    def _on_server(self) -> int:
        assert self.server is not None
        return self.model.set_of(self.server.digests(self.inspection))

    def _lose(self) -> None:
        """Accept that what was on a lost disk, or in a lost file, and nowhere else, is gone."""
        lost = self.must & ~self._anywhere()
        self.counts["lost with a disk"] += lost.bit_count()
        self.must &= ~lost

    def _own(self, laptop: Laptop, events: int) -> int:
        found = 0
        for event in self.model.of(events & ~laptop.known):
            found |= event.bit if event.id[:2] == laptop.chain else 0
        return found

    # ------------------------------------------------------------------ within

    def _begin_as_before(self, number: int) -> None:
        """Begin as an earlier world of the same number did: making it anew takes as long as all the rest."""
        if number not in _beginnings:
            with World(number, anew=True) as other:
                _beginnings[number] = Beginning.of(other)
        kept = _beginnings[number]
        self._times = 1000
        for name, data in kept.bundles.items():
            (self.folders[0].path / name).write_bytes(data)
        self.folders[0].files.update(kept.files)
        self.model = copy.deepcopy(kept.model)
        self.must, self.inspection = kept.must, kept.inspection
        for name, connection, witness, known, wall, steady in kept.laptops:
            state = self._state()
            (state / "witness").mkdir()
            for file, data in witness.items():
                (state / "witness" / file).write_bytes(data)
            laptop = Laptop(name, name, _opened(connection), state)
            laptop.known, laptop.clock.wall, laptop.clock.steady = known, wall, steady
            self.laptops.append(laptop)
        with self._seeded():
            for laptop in self.laptops:
                laptop.start()

    def _begin(self) -> None:
        with self._seeded():
            self._set_up()
        self.check(*self.laptops, thoroughly=True)

    def _set_up(self) -> None:
        state = self._state()
        laptop = Laptop("lea", "lea", Database.in_memory(), state)
        laptop.start()
        self.laptops.append(laptop)
        title = self.server.title() if self.server is not None else "Trial"
        # All may invite others.
        team = [PersonJoined(person=name, name=name.title(), role="lead_inspector") for name in PEOPLE[1:]]
        self._record(
            laptop,
            "",
            InspectionOpened(provider="Provider", title=title),
            FrameworkChosen(framework=TINY),
            PersonJoined(person="lea", name="Lea", role="lead_inspector"),
            *team,
        )
        for ref in ("A", "B"):
            self._record(laptop, ref, CaseAdded(sample="branch"))
        membership = take_part(laptop.database, laptop.log)
        self.look(laptop, acknowledged=True)
        self.inspection = membership.inspection
        if self.server is not None:
            self.server.admit(self.inspection)
        for name in PEOPLE[1 : self.random.randrange(2, 5)]:
            self._join(laptop, name)
        for _ in range(2):
            for each in self.laptops:
                self._synchronise(each, self.folders[0])

    def _join(self, host: Laptop, person: str) -> Laptop:
        """A laptop joins by an invitation; its code is cheap to check in this world."""
        cheap = mock.patch.multiple(joining, OPERATIONS=1, MEMORY=8192)
        laptop = Laptop(person, person, Database.in_memory(), self._state())

        def log(database: Database, device: Device, actor: str) -> Log:
            return Log(database, device, actor, laptop.clock)

        with cheap, mock.patch.object(joining, "Log", log):
            code, data = joining.invite(host.database, host.log, person)
            self.look(host, acknowledged=True)
            host.remember()
            laptop.log = joining.join(laptop.database, joining.open_invitation(data, code))
        laptop.known = host.known
        self.look(laptop, acknowledged=True)
        laptop.remember()
        laptop.start()
        self.laptops.append(laptop)
        return laptop

    def _record(self, laptop: Laptop, subject: str, *bodies: Body) -> None:
        self.look(laptop)
        wrote = [*laptop.log.record(subject, *bodies)]
        self.look(laptop, acknowledged=True)
        assert len(wrote) == len(bodies)
        for event, body in zip(wrote, bodies, strict=True):
            known = self.model.by_digest[event.hash]
            assert (known.place, known.value) == ((subject, str(body.slot)), body.value)

    def _synchronise(
        self,
        laptop: Laptop,
        place: Folder | None,
        progress: Callable[[Step], None] | None = None,
        *,
        whole: bool = True,
        receipts: bool = True,
    ) -> Exchanged | None:
        self.look(laptop)
        address = str(place.path) if place is not None else self.server.address if self.server else ""
        exchanged = None

        def remembering(step: Step) -> None:
            if step.sending and not step.done:
                laptop.remember()
            if progress is not None:
                progress(step)

        with ExitStack() as stack:
            if not receipts:
                stack.enter_context(mock.patch.object(LaptopStore, "give_receipt", _nothing))
            try:
                exchanged = synchronise(laptop.database, laptop.log, address, remembering, clock=laptop.clock)
            except SyncError:
                assert not whole
            finally:
                laptop.database.connection.set_progress_handler(None, 25)
                self.look(laptop, acknowledged=exchanged is not None)
                if place is not None:
                    self._note_new_files(place, laptop)
        if exchanged is None:
            return None
        self.counts["exchanges"] += 1
        there = place.held if place is not None else self._on_server()
        if exchanged.complete:
            assert not laptop.known & ~there, f"said to be there: {self.model.told(laptop.known & ~there)}"
        elif whole:
            assert self.whole_disks, exchanged
        return exchanged

    def _note_new_files(self, folder: Folder, laptop: Laptop) -> None:
        """What a laptop has written into a folder, as the names say."""
        ids = {row[:3]: row[11] for row in laptop.rows()}
        for path in folder.path.iterdir():
            found = _NAME.fullmatch(path.name)
            if path.name in folder.files or found is None:
                continue
            device, incarnation, first, last = found[1], *map(int, found.groups()[1:])
            digests = (ids[device, incarnation, seq] for seq in range(first, last + 1))
            folder.files[path.name] = File(self.model.set_of(digests))

    def _after_a_stop(self, laptop: Laptop) -> None:
        if laptop.database.connection.in_transaction:
            # What stopped it has stopped the taking back as well; closing the file does that.
            laptop.database.connection.execute("ROLLBACK")
            laptop.start()
        self.look(laptop)
        if self.random.random() < 0.5:
            laptop.start()

    def _put_back(self, image: Image, laptop: Laptop) -> None:
        laptop.database.close()
        laptop.database = _opened(image.connection)
        laptop.known, laptop.aside = image.known, image.aside
        self._lose()
        laptop.start()
        self.counts["put back"] += 1

    def _image(self) -> tuple[Image, Laptop] | None:
        choices = [
            (image, laptop)
            for image in self.images
            for laptop in self.laptops
            if listing.local(laptop.database, "device") == _device_in(image.connection)
            and (image.state / "witness").exists()
        ]
        return self.random.choice(choices) if choices else None

    def _laptop(self) -> Laptop:
        return self.random.choice(self.laptops)

    def _folder(self) -> Folder:
        return self.random.choice(self.folders)

    def _state(self) -> Path:
        self._times += 1
        state = self.home / f"state{self._times}"
        state.mkdir()
        return state

    def _ref(self, laptop: Laptop) -> str:
        if self.random.random() < 0.03:
            ref = self.random.choice("CD")
            self._record(laptop, ref, CaseAdded(sample="branch"))
            return ref
        return self.random.choice("AB")

    def _body(self) -> Body:
        pick = self.random.choice
        text = pick(("", "one", "two", "three"))
        match pick(
            ("answer",) * 6 + ("judge", "judge", "fact", "fact", "note", "reason", "hold", "state", "sample")
        ):
            case "answer":
                return AnswerGiven(prompt=pick(("Qax", "Qay", "Lax", "Lay")), answer=pick((*Answer, None)))
            case "judge":
                return JudgementMade(
                    key_question=pick(("Qa", "Qb", "La")), judgement=pick((*Judgement, None))
                )
            case "fact":
                fact = pick(sorted(FACTS))
                return FactSet(fact=fact, to=pick(FACTS[fact]))
            case "note":
                return NoteWritten(item=pick(("", "Qax")), text=text)
            case "reason":
                return ReasonWritten(key_question=pick(("Qa", "La")), text=text)
            case "hold":
                return CaseAssigned(person=pick((*PEOPLE, None)))
            case "state":
                return pick((CaseCompleted(), CaseReopened(why="a mistake")))
            case _:
                return CaseAdded(sample=pick(("branch", "branch", "mobile")))

    # ------------------------------------------------------------------ what happens to files

    def _one(self, folder: Folder, *, good: bool = True) -> Path | None:
        names = sorted(name for name, file in folder.files.items() if file.good or not good)
        return folder.path / self.random.choice(names) if names else None

    def _drop(self, folder: Folder) -> None:
        path = self._one(folder, good=False)
        if path is not None:
            folder.taken_away.append((path.name, path.read_bytes(), folder.files.pop(path.name)))
            path.unlink()

    def _return(self, folder: Folder) -> None:
        """What was taken away, or is damaged here, comes back whole: perhaps in the other folder."""
        if folder.taken_away:
            name, data, file = folder.taken_away.pop(self.random.randrange(len(folder.taken_away)))
            other = self._folder()
            (other.path / name).write_bytes(data)
            other.files[name] = file

    def _double(self, folder: Folder) -> None:
        path, other = self._one(folder), self._folder()
        if path is not None:
            name = self.random.choice((f"Copy of {path.name}", f"{path.stem} (1).age", path.name))
            shutil.copyfile(path, other.path / name) if other.path / name != path else None
            other.files[name] = folder.files[path.name]

    def _rename(self, folder: Folder) -> None:
        path = self._one(folder, good=False)
        if path is not None:
            self._times += 1
            name = f"{self.random.choice(('a', 'Z', 'ü'))} {self._times}.age"
            path.rename(folder.path / name)
            folder.files[name] = folder.files.pop(path.name)

    def _cut(self, folder: Folder) -> None:
        path = self._one(folder)
        if path is not None:
            data = path.read_bytes()
            folder.taken_away.append((path.name, data, folder.files[path.name]))
            path.write_bytes(data[: self.random.randrange(len(data))])
            folder.files[path.name] = folder.files[path.name]._replace(good=False)

    def _alter(self, folder: Folder) -> None:
        path = self._one(folder)
        if path is not None:
            data = bytearray(path.read_bytes())
            folder.taken_away.append((path.name, bytes(data), folder.files[path.name]))
            data[self.random.randrange(len(data))] ^= 1 << self.random.randrange(8)
            path.write_bytes(data)
            folder.files[path.name] = folder.files[path.name]._replace(good=False)

    def _stranger(self, folder: Folder) -> None:
        """A bundle that somebody else has made: who opens this inspection, or who was never invited."""
        laptop = self._laptop()
        membership = membership_of(laptop.database)
        assert membership is not None
        if self.random.random() < 0.5:
            membership = membership._replace(identity=new_identity())
        stranger = membership._replace(secret=secrets.token_bytes(32))
        event = forged('{"prompt":"Qax","answer":"no"}', "answer.given", "answer:Qax", "mallory")
        header, data = bundles.make([event], bytes(32), stranger)
        name = bundles.name_of(header, data)
        (folder.path / name).write_bytes(data)
        folder.files[name] = File(0, good=False)
        self.counts["strangers"] += 1

    @contextmanager
    def _seeded(self) -> Iterator[None]:
        """Let all secrets follow from the number of the history, so that it can be told again."""
        dice = self._secrets
        with (
            mock.patch.object(secrets, "token_hex", lambda n=32: dice.randbytes(n).hex()),
            mock.patch.object(secrets, "token_bytes", lambda n=32: dice.randbytes(n)),
            mock.patch.object(secrets, "randbelow", dice.randrange),
        ):
            yield


class Beginning(NamedTuple):
    """What a world has begun with, kept for others."""

    bundles: dict[str, bytes]
    files: dict[str, File]
    model: Model
    must: int
    inspection: str
    laptops: list[tuple[str, Any, dict[str, bytes], int, datetime, float]]

    @classmethod
    def of(cls, world: World) -> Beginning:
        """Keep what a world has begun with."""
        return cls(
            {path.name: path.read_bytes() for path in world.folders[0].path.iterdir()},
            dict(world.folders[0].files),
            copy.deepcopy(world.model),
            world.must,
            world.inspection,
            [
                (
                    laptop.name,
                    _copy(laptop.database.connection),
                    {path.name: path.read_bytes() for path in (laptop.state / "witness").iterdir()},
                    laptop.known,
                    laptop.clock.wall,
                    laptop.clock.steady,
                )
                for laptop in world.laptops
            ],
        )


_beginnings: dict[int, Beginning] = {}


class ServerLike:
    """What the world asks of a PostgreSQL: see `sync.world_server`."""

    address = ""

    def title(self) -> str:
        """A title that no inspection there has yet."""
        raise NotImplementedError

    def admit(self, inspection: str) -> None:
        """Let the laptops use it for an inspection."""
        raise NotImplementedError

    def digests(self, inspection: str) -> Iterator[bytes]:
        """The hashes of all events that it has of an inspection."""
        raise NotImplementedError


def _setting(slot: str, value: str | None) -> Body:
    """The body that sets a slot of a case to a value."""
    aspect, _, item = slot.partition(":")
    match aspect:
        case "answer":
            return AnswerGiven.model_validate({"prompt": item, "answer": value})
        case "judgement":
            return JudgementMade.model_validate({"key_question": item, "judgement": value})
        case "fact":
            return FactSet(fact=item, to=value)
        case "note":
            return NoteWritten(item=item, text=value or "")
        case "reason":
            return ReasonWritten(key_question=item, text=value or "")
        case "holder":
            return CaseAssigned(person=value)
        case "completion":
            return CaseCompleted() if value == "complete" else CaseReopened(why="settled")
        case "sample":
            return CaseAdded(sample=value or "branch")
        case _:
            raise AssertionError(f"no case has {slot}")


def _copy(connection: Any) -> Any:
    copy = dbapi2.connect(":memory:", isolation_level=None)
    connection.backup(copy)
    return copy


def _opened(connection: Any) -> Database:
    return Database(_copy(connection), None, writable=True)


def _device_in(connection: Any) -> str:
    return str(connection.execute("SELECT value FROM local WHERE name = 'device'").fetchone()[0])


def _nothing(*_: object) -> None:
    """Give no receipt."""


_NAME = re.compile(r"[0-9a-f]{8}\.([0-9a-z]+)\.(\d+)\.(\d+)-(\d+)\.[0-9a-f]{16}\.age")
