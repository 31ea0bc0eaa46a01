"""Files put back, sticks pulled, laptops restored and merged, in any order: nothing that was safe is lost.

Each history is made by a seed. `FIELDTOOL_LARGE=1` makes many more of them, and longer, never the same twice;
`FIELDTOOL_SEED=N` does one again.
"""

from __future__ import annotations

import os
import random
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from builders.cases import TINY
from builders.laptops import Watch, assert_sound, views
from fieldtool.domain.kinds.assessment import AnswerGiven, JudgementMade, NoteWritten
from fieldtool.domain.kinds.inspection import FrameworkChosen
from fieldtool.domain.kinds.kind import Body
from fieldtool.domain.kinds.sample import CaseAdded
from fieldtool.domain.log.events import ChainId, Event
from fieldtool.domain.method.case import Answer, Judgement, Slot
from fieldtool.store.chain import drafts
from fieldtool.store.chain.forks import read_forks
from fieldtool.store.chain.log import Log
from fieldtool.store.chain.reading import device_of, read_events
from fieldtool.store.copies import second_copy
from fieldtool.store.copies.copy_files import CopyFailed
from fieldtool.store.copies.incarnation import settle_incarnation
from fieldtool.store.copies.restore import copy_at, restore
from fieldtool.store.copies.rollback_guard import RollbackGuard
from fieldtool.store.copies.second_copy import Copies
from fieldtool.store.file.database import Database

LARGE = os.environ.get("FIELDTOOL_LARGE") == "1"
STEPS = 120 if LARGE else 40


def seeds() -> list[int]:
    if "FIELDTOOL_SEED" in os.environ:
        return [int(os.environ["FIELDTOOL_SEED"])]
    if not LARGE:
        return list(range(6))
    # Two processes that share the work must have the same seeds.
    dice = random.Random(os.environ.get("PYTEST_XDIST_TESTRUNUID") or secrets.token_hex(8))
    return [dice.randrange(2**32) for _ in range(500)]


class Home:
    """A laptop: one file, and what it remembers."""

    def __init__(self, folder: Path, stick: Path, dice: random.Random) -> None:
        self.folder, self.stick, self.dice = folder, stick, dice
        self.file, self.state = folder / "work.db", folder / "state"
        self.clock = Watch()
        self.images: list[Path] = []
        self.killed = False
        folder.mkdir(exist_ok=True)

    @contextmanager
    def at_work(self, *, killed: bool = False) -> Iterator[tuple[Database, Log]]:
        """The file opened as the app does, and closed, or not if the program is killed."""
        with Database.open(self.file) as database:
            settle_incarnation(database, self.state)
            device = device_of(database)
            assert device is not None
            yield database, Log(database, device, "anna", self.clock)
            if not killed:
                RollbackGuard(self.state).see(database)
        self.killed = killed

    def image(self, *, whole: bool) -> None:
        """Keep what a backup program would: the file, or all of the laptop.

        What a killed program wrote is remembered once the file is opened again; that an image is made before
        that, and an older and then this one are put back, is left to be told as a fork (`whole`).
        """
        if self.killed and not whole:
            with self.at_work():
                pass
        image = self.folder.with_name(f"{self.folder.name}-{len(self.images)}")
        image.mkdir()
        shutil.copy(self.file, image)
        if whole and self.state.exists():
            shutil.copytree(self.state, image / "state")
        self.images.append(image)

    def put_back(self) -> None:
        if not self.images:
            return
        image = self.dice.choice(self.images)
        shutil.copy(image / self.file.name, self.file)
        self.killed = False
        if (image / "state").exists():
            shutil.rmtree(self.state, ignore_errors=True)
            shutil.copytree(image / "state", self.state)


class World:
    """Two homes, a stick and a colleague; and all events that were safe once."""

    def __init__(self, folder: Path, seed: int, *, whole: bool) -> None:
        self.dice = random.Random(seed)  # a history to be had again
        self.folder, self.whole = folder, whole
        self.stick = folder / "stick"
        self.stick.mkdir()
        self.homes = [Home(folder / "home", self.stick, self.dice)]
        self.colleague = Database.create(folder / "colleague.db")
        self.theirs = Log(self.colleague, ChainId("colleague", 1), "ben", Watch())
        self.safe: set[Event] = set()
        with Database.create(self.homes[0].file) as database:
            settle_incarnation(database, self.homes[0].state)
            log = Log(database, device_of(database) or ChainId("", 0), "anna", self.homes[0].clock)
            log.record("", FrameworkChosen(framework=TINY))
            log.record("A", CaseAdded(sample="branch"))
            Copies(database).begin(self.stick)
            self.safe |= everything(database)
            RollbackGuard(self.homes[0].state).see(database)

    @property
    def home(self) -> Home:
        return self.dice.choice(self.homes)

    def step(self) -> None:
        deeds: list[Callable[[], None]] = [
            self.work, self.work, self.work, self.copy, self.copy, self.image, self.put_back,
            self.pull_or_plug, self.exchange, self.restore,
        ]  # fmt: skip
        self.dice.choice(deeds)()

    def body(self) -> Body:
        bodies: list[Body] = [
            AnswerGiven(prompt=self.dice.choice(["Qax", "Qay", "Lax"]), answer=self.dice.choice([*Answer])),
            JudgementMade(key_question="Qa", judgement=self.dice.choice([*Judgement])),
            NoteWritten(item="", text=f"note {self.dice.random()}"),
        ]
        return self.dice.choice(bodies)

    def work(self) -> None:
        with self.home.at_work(killed=self.dice.random() < 0.3) as (database, log):
            for _ in range(self.dice.randint(1, 4)):
                log.record("A", self.body())
            if self.dice.random() < 0.3:
                drafts.keep(database, log, "A", Slot.parse("note:Qax"), f"typed {self.dice.random()}")
            for draft in drafts.left_over(database, "anna") if self.dice.random() < 0.2 else ():
                drafts.settle(database, log, draft.subject, draft.slot, draft.text)

    def copy(self) -> None:
        with self.home.at_work(killed=self.dice.random() < 0.3) as (database, _):
            try:
                Copies(database).copy()
            except CopyFailed:
                assert not self.stick.exists() or Copies(database).folder is None
            else:
                self.safe |= everything(database)
                assert Copies(database).behind() == 0

    def image(self) -> None:
        self.home.image(whole=self.whole and self.dice.random() < 0.5)

    def put_back(self) -> None:
        self.home.put_back()

    def pull_or_plug(self) -> None:
        away = self.stick.with_name("away")
        if self.stick.exists():
            self.stick.rename(away)
        else:
            away.rename(self.stick)

    def exchange(self) -> None:
        """Give the colleague everything, and take everything."""
        with self.home.at_work() as (database, log):
            self.theirs.record("A", self.body())
            self.theirs.receive(in_order(database))
            log.receive(in_order(self.colleague))
        self.safe |= everything(self.colleague)

    def restore(self) -> None:
        """Make another laptop of the stick; the third one dies for it."""
        if not self.stick.exists():
            return
        if len(self.homes) > 2:
            self.homes.pop(self.dice.randrange(3))
        number = sum(1 for _ in self.folder.glob("other*"))
        home = Home(self.folder / f"other{number}", self.stick, self.dice)
        back = restore(copy_at(self.stick), home.file, home.state)
        assert (back.unreadable, back.missing) == ((), ())
        self.homes.append(home)

    def end(self) -> None:
        """Put the stick back, restore it once more, and merge with everybody who is alive."""
        if not self.stick.exists():
            self.pull_or_plug()
        last = self.folder / "last.db"
        restore(copy_at(self.stick), last, self.folder / "last-state")
        with Database.open(last) as database:
            log = Log(database, ChainId("lead", 1), "lea", Watch())
            log.receive(in_order(self.colleague))
            for home in self.homes:
                with home.at_work() as (living, _):
                    log.receive(in_order(living))
                    self.safe |= everything(living)
            assert {event.hash for event in self.safe} <= {event.hash for event in everything(database)}
            if self.whole:
                assert views(database) == rebuilt(database)
            else:
                # No number was ever given twice.
                assert len({event.id for event in self.safe}) == len(self.safe)
                assert list(read_forks(database)) == []
                assert_sound(database)
        self.colleague.close()


def in_order(database: Database) -> list[Event]:
    return [*read_events(database), *read_forks(database)]


def everything(database: Database) -> set[Event]:
    return set(in_order(database))


def rebuilt(database: Database) -> dict[str, set[tuple[object, ...]]]:
    from fieldtool.store.audit.file_check import rebuild

    rebuild(database)
    return views(database)


@pytest.mark.parametrize("whole", [False, True], ids=["files", "laptops"])
@pytest.mark.parametrize("seed", seeds())
def test_nothing_that_was_safe_is_lost_and_no_number_is_given_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int, whole: bool
) -> None:
    monkeypatch.setattr(second_copy, "MANY", 4)
    monkeypatch.setattr(second_copy, "LARGE", 15)
    # What is taken by chance is the same again with the same seed.
    chance = random.Random(seed)
    monkeypatch.setattr(secrets, "token_hex", lambda size: chance.randbytes(size).hex())
    monkeypatch.setattr(secrets, "randbelow", chance.randrange)
    world = World(tmp_path, seed, whole=whole)
    for _ in range(STEPS):
        world.step()
    world.end()
