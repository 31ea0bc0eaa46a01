"""A disk that refuses: full, read-only or failing, at any one operation of a short session or from then on."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple, TypeVar

from builders.inspections import ME
from faults.day import NAME, Clock, make, scratch
from faults.figures import Figures
from faults.layer import CHANGES, Code, Kind, Layer, Operation, Refusal
from faults.power import state
from fieldtool.domain.kinds.inspection import StandardLeftUnrated
from fieldtool.domain.log.events import Event
from fieldtool.domain.method.case import Answer, Aspect, Judgement, Slot
from fieldtool.domain.method.case_line import CaseFilter
from fieldtool.store.audit import file_check
from fieldtool.store.chain.reading import read_events
from fieldtool.store.file.database import Database, StoreError
from fieldtool.work.inspection import Inspection
from fieldtool.work.inspection_file import InspectionFile

T = TypeVar("T")

SENTENCE = re.compile(r"[^\n]+: [^\n]+\.")
"""What is wrong, and behind a colon what to do."""

NOTE = Slot(Aspect.NOTE, "Qax")


class Fault(NamedTuple):
    """What is refused, and how."""

    refusals: Mapping[Kind, Refusal]
    lasting: bool = False
    """Whether all that follows is refused as well, until somebody mends it."""


_FULL = Refusal(Code.FULL)
_READONLY = Refusal(Code.READONLY)
_FAILING = {
    Kind.CREATE: Refusal(Code.CANTOPEN),
    Kind.WRITE: Refusal(Code.IOERR_WRITE),
    Kind.TRUNCATE: Refusal(Code.IOERR_TRUNCATE),
    Kind.SYNC: Refusal(Code.IOERR_FSYNC),
    Kind.SYNC_FOLDER: Refusal(Code.CANTOPEN),
    Kind.DELETE: Refusal(Code.IOERR_DELETE),
}
FAULTS = {
    "full": Fault({Kind.WRITE: _FULL, Kind.CREATE: Refusal(Code.CANTOPEN)}, lasting=True),
    "full for a moment": Fault({Kind.WRITE: _FULL}),
    "full in the midst of a write": Fault({Kind.WRITE: Refusal(Code.FULL, written=700)}, lasting=True),
    "failing": Fault(_FAILING, lasting=True),
    "failing for a moment": Fault(_FAILING),
    "half of a write": Fault({Kind.WRITE: Refusal(Code.IOERR_WRITE, written=2048)}),
    "read-only": Fault(dict.fromkeys(CHANGES, _READONLY), lasting=True),
}
UNREADABLE = {
    "unreadable": Fault({Kind.READ: Refusal(Code.IOERR_READ)}, lasting=True),
    "unreadable for a moment": Fault({Kind.READ: Refusal(Code.IOERR_READ)}),
}


class Refuser:
    """Refuses one operation of those that a fault is about, or it and all that follow."""

    def __init__(self, fault: Fault, at: int) -> None:
        self._fault = fault
        self._at = at
        self.asked = 0
        self.mended = False

    def __call__(self, operation: Operation) -> Refusal | None:
        refusal = self._fault.refusals.get(operation.kind)
        if refusal is None or self.mended:
            return None
        self.asked += 1
        if self.asked == self._at or (self._fault.lasting and self.asked > self._at > 0):
            return refusal
        return None

    def again(self, at: int) -> None:
        """Refuse another one, counted from now."""
        self._at, self.asked, self.mended = at, 0, False

    @contextmanager
    def calm(self) -> Iterator[None]:
        """Refuse nothing in the block: what a test looks at is no part of the session."""
        mended, self.mended = self.mended, True
        yield
        self.mended = mended


# What is done in the session. Each is one save, or one look at what was saved.

SAVES: tuple[Callable[[Inspection], object], ...] = (
    lambda i: i.answer(i.case("B-1"), "Qax", Answer.YES),
    lambda i: i.judge(i.case("B-1"), "Qa", Judgement.NO),
    lambda i: i.set_fact(i.case("B-1"), "stock", "records"),
    lambda i: i.keep_text(i.case("B-1"), NOTE, "Seen. " * 2000),
    lambda i: i.write_text(i.case("B-1"), NOTE, "Seen. " * 2000),
    lambda i: i.file.database.rows("PRAGMA wal_checkpoint(RESTART)"),
    lambda i: i.undo(i.case("B-1")),
    lambda i: i.answer(i.case("B-1"), "Qax", Answer.NO),
    lambda i: i.reopen(i.case("B-2"), "looked at again"),
    lambda i: i.complete(i.case("B-2")),
    lambda i: i.record(StandardLeftUnrated(standard="Q", why="nobody was there")),
    lambda i: setattr(i.file, "me", ME),
)
LOOKS: tuple[Callable[[Inspection], object], ...] = (
    lambda i: i.file.heading,
    lambda i: i.file.people,
    lambda i: i.file.refs(CaseFilter()),
    lambda i: i.file.all_lines(CaseFilter(text="b-")),
    lambda i: i.framework,
    lambda i: i.fieldwork,
    lambda i: i.case("B-3"),
    lambda i: list(i.cases()),
    lambda i: i.standing(),
    lambda i: i.history(i.case("B-1"), NOTE),
    lambda i: i.being_written(i.case("B-1")),
    lambda i: i.contested(i.case("B-1")),
    lambda i: i.texts_used("borough"),
    lambda i: list(i.findings()),
)


@cache
def beginning(key: bytes | None) -> bytes:
    """The file with which each session begins."""
    with scratch() as folder:
        make(folder / NAME, lambda _: None, key)
        return (folder / NAME).read_bytes()


class Session:
    """A short session on a disk of which one operation is refused, and what is wrong with how that goes."""

    def __init__(self, folder: Path, fault: Fault, at: int, key: bytes | None) -> None:
        self._folder = folder
        self._path = folder / NAME
        self._key = key
        self._refuser = Refuser(fault, at)
        self._reads = Kind.READ in fault.refusals
        self.asked = 0
        """How much was asked of the disk that could have been refused."""
        self.sentences: list[str] = []
        """What the person was told."""

    def run(self) -> None:
        """Do everything; what fails is done again when the disk is mended.

        Raises:
            AssertionError: something was lost, half done or not said in a sentence.
        """
        self._path.write_bytes(beginning(self._key))
        with Layer(self._refuser, reads=self._reads):
            inspection = self._told(self._begin)
            with inspection.file:
                for save in SAVES:
                    self._save(inspection, save)
                for look in LOOKS:
                    self._told(partial(look, inspection))
                with self._refuser.calm():
                    last = state(inspection.file.database)
        self.asked = self._refuser.asked
        with Database.open(self._path, self._key) as database:
            assert state(database) == last, "what was saved is not there when the file is opened again"
            assert list(file_check.findings(database)) == []

    def _begin(self) -> Inspection:
        file = InspectionFile.open(self._path, to_write=True, key=self._key)
        try:
            # A small cache, so that more is read from the disk.
            file.database.rows(f"PRAGMA cache_size = {2 if self._reads else 2000}")
            return Inspection(file, ME, Clock())
        except BaseException:
            file.close()
            raise

    def _save(self, inspection: Inspection, save: Callable[[Inspection], object]) -> None:
        with self._refuser.calm():
            before = state(inspection.file.database)
            events = set(read_events(inspection.file.database))
        try:
            save(inspection)
        except StoreError as error:
            self._said(error)
            self._refuser.mended = True
            self._examine_what_a_kill_would_leave(before, events)
            assert state(inspection.file.database) == before, "something was half done"
            save(inspection)

    def _examine_what_a_kill_would_leave(self, before: int, events: set[Event]) -> None:
        """If the program ended now, the save that failed would be there as a whole, or not at all."""
        copy = self._folder / "copy"
        copy.mkdir(exist_ok=True)
        for path in (self._path, Path(f"{self._path}-wal")):
            (copy / path.name).unlink(missing_ok=True)
            if path.exists():
                shutil.copy(path, copy)
        with Database.open(copy / NAME, self._key) as database:
            if state(database) != before:
                found = set(read_events(database))
                assert found >= events
                assert len(found) <= len(events) + 1
            assert list(file_check.findings(database)) == []

    def _told(self, do: Callable[[], T]) -> T:
        """Do something that only reads, again if it was refused."""
        try:
            return do()
        except StoreError as error:
            self._said(error)
            self._refuser.mended = True
            return do()

    def _said(self, error: StoreError) -> None:
        words = str(error)
        assert SENTENCE.fullmatch(words), f"not a sentence: {words}"
        self.sentences.append(words)


@dataclass
class RefusalFigures(Figures):
    """What came of refusing one operation after another."""

    sessions: int = 0
    refused: int = 0
    """Times that something failed and was said."""


def refuse_each(name: str, key: bytes | None, *, first: int = 1, step: int = 1) -> RefusalFigures:
    """Have sessions with one fault, at one operation after another.

    Args:
        first, step: at which operations; every one, unless told otherwise.
    """
    fault = (FAULTS | UNREADABLE)[name]
    figures = RefusalFigures()
    with scratch() as folder:
        calm = Session(folder, fault, 0, key)
        calm.run()
        for at in range(first, calm.asked + 1, step):
            session = Session(folder, fault, at, key)
            figures.sessions += 1
            try:
                session.run()
            except Exception as error:  # whatever it is, it belongs to this operation
                figures.losses.append(f"{name}, operation {at}: {type(error).__name__}: {error}")
            figures.refused += len(session.sentences)
    return figures
