"""Who and what there is in the simulated world: laptops with their clocks and files, folders, and a server."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from builders.laptops import FACTS
from fieldtool.domain.kinds.assessment import (
    AnswerGiven,
    CaseCompleted,
    CaseReopened,
    FactSet,
    JudgementMade,
    NoteWritten,
    ReasonWritten,
)
from fieldtool.domain.kinds.kind import Body
from fieldtool.domain.kinds.sample import CaseAdded, CaseAssigned
from fieldtool.domain.method.case import Answer, Judgement
from fieldtool.store.chain.log import Log
from fieldtool.store.chain.reading import device_of
from fieldtool.store.chain.session import Session
from fieldtool.store.copies.incarnation import settle_incarnation
from fieldtool.store.copies.rollback_guard import RollbackGuard
from fieldtool.store.file.database import Database
from fieldtool.store.file.driver import dbapi2
from fieldtool.sync.laptop_store import LaptopStore
from sync.model import Chain

START = datetime(2020, 3, 2, 9, 0, tzinfo=UTC)
PEOPLE = ("lea", "anna", "ben", "cleo", "dan", "eve")
MOST_LAPTOPS = 6


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
        RollbackGuard(self.state).see(self.database)

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
    by: str = ""
    """The device that wrote it."""


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


class ServerLike:
    """What the world asks of a PostgreSQL."""

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


def made_up(random: Random) -> Body:
    """Something that somebody may say of a case, from a small world so that it collides with others."""
    pick = random.choice
    text = pick(("", "one", "two", "three"))
    match pick(
        ("answer",) * 6 + ("judge", "judge", "fact", "fact", "note", "reason", "hold", "state", "sample")
    ):
        case "answer":
            return AnswerGiven(prompt=pick(("Qax", "Qay", "Lax", "Lay")), answer=pick((*Answer, None)))
        case "judge":
            return JudgementMade(key_question=pick(("Qa", "Qb", "La")), judgement=pick((*Judgement, None)))
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


def setting(slot: str, value: str | None) -> Body:
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


def copied(connection: Any) -> Any:
    copy = dbapi2.connect(":memory:", isolation_level=None)
    connection.backup(copy)
    return copy


def opened(connection: Any) -> Database:
    return Database(copied(connection), None, writable=True)


def device_in(connection: Any) -> str:
    return str(connection.execute("SELECT value FROM local WHERE name = 'device'").fetchone()[0])


BUNDLE = re.compile(r"[0-9a-f]{8}\.([0-9a-z]+)\.(\d+)\.(\d+)-(\d+)\.[0-9a-f]{16}\.age")
