"""A made-up day of an inspector at work, the same for the same seed, by the program's own service."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from types import TracebackType

from builders import inspections
from builders.inspections import ME, Planned
from fieldtool.domain.kinds.inspection import StandardLeftUnrated
from fieldtool.domain.kinds.sample import CaseAssigned
from fieldtool.domain.log.events import ChainId, Event
from fieldtool.domain.method import walk
from fieldtool.domain.method.case import Answer, Aspect, Case, Judgement, Slot
from fieldtool.store.chain.log import Log, new_device
from fieldtool.store.chain.reading import read_events
from fieldtool.store.file.database import Database
from fieldtool.work.inspection import Inspection
from fieldtool.work.inspection_file import InspectionFile

Saved = Callable[[Inspection], None]
"""Told that something was saved, as soon as the program may say so."""

DEVICE = ChainId("laptop", 1)
KEY = bytes(range(32))
NAME = "day.db"
MEMORY = Path("/dev/shm")  # noqa: S108  # only a folder in memory; everything in it is made by `tempfile`
WORDS = (
    "seen",
    "plan",
    "signed",
    "risk",
    "office",
    "visit",
    "late",
    "agreed",
    "“quoted”",
    "ünder",
    "中",
    "then",
)


class Clock:
    """A clock on the wall that goes on a second at each look."""

    def __init__(self) -> None:
        self.now = datetime(2020, 3, 16, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder in memory, where there is such a thing: nothing that is tried needs to outlive the machine."""
    with TemporaryDirectory(dir=MEMORY if os.access(MEMORY, os.W_OK) else None) as folder:
        yield Path(folder)


@cache
def beginning(*, large: bool) -> tuple[Event, ...]:
    """What has happened in the inspection before the first day."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "beginning.db"
        if large:
            inspections.crc(path)
        else:
            inspections.tiny(path, Planned("B-5", "branch"), Planned("B-6", "branch", state="begun"))
        with Database.open_read_only(path) as database:
            return tuple(read_events(database))


def make(
    path: Path, made: Callable[[Database], object], key: bytes | None = None, *, large: bool = False
) -> None:
    """Make the inspection in which the days are worked.

    Args:
        made: told when all of it is there.
    """
    with Database.create(path, key) as database:
        Log(database, new_device(database, DEVICE.id), ME).receive(beginning(large=large))
        InspectionFile(database).me = ME
        made(database)


class Day(AbstractContextManager["Day"]):
    """The program at work on one file, closed and opened again as the day goes.

    Args:
        path: a file that `make` has made.
        seed: decides what is done.
        saved: called after every save; nothing else has been written by then.
        key: of an encrypted file.
    """

    def __init__(
        self, path: Path, seed: int | str, saved: Saved, key: bytes | None = None, clock: Clock | None = None
    ) -> None:
        self._path = path
        self._key = key
        self._random = Random(seed)
        self._saved = saved
        self._clock = clock or Clock()
        self._inspection: Inspection | None = None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def inspection(self) -> Inspection:
        """The service, as the program has it open."""
        if self._inspection is None:
            file = InspectionFile.open(self._path, to_write=True, key=self._key)
            # A small log beside the file is carried into it often: so are more of its moments seen.
            often = self._random.choice((8, 30, 1000))
            file.database.rows(f"PRAGMA wal_autocheckpoint = {often}")
            self._inspection = Inspection(file, ME, self._clock)
            self._saved(self._inspection)
        return self._inspection

    def close(self) -> None:
        """Leave the program."""
        if self._inspection is not None:
            self._inspection.file.close()
            self._inspection = None

    def work(self, steps: int) -> None:
        """Do so many things."""
        names, weights = zip(*_WEIGHTS.items(), strict=True)
        for _ in range(steps):
            step = self._random.choices(names, weights)[0]
            if not self._open_cases(self.inspection):
                step = "reopen"
            for _ in getattr(self, f"_{step}")(self.inspection):
                self._saved(self.inspection)

    # ------------------------------------------------------------------ what an inspector does

    def _open_cases(self, inspection: Inspection) -> list[Case]:
        return [case for case in inspection.cases() if not inspection.why_read_only(case)]

    def _case(self, inspection: Inspection) -> Case:
        return self._random.choice(self._open_cases(inspection))

    def _answer(self, inspection: Inspection) -> Iterator[Case]:
        case = self._case(inspection)
        items = inspection.framework.items_for(case.sample)
        prompts = [item for item in items if item in inspection.framework.prompts_by_id]
        for prompt in self._random.sample(prompts, min(len(prompts), self._random.randint(1, 6))):
            case = inspection.answer(case, prompt, self._random.choice([*Answer, *Answer, None]))
            yield case

    def _judge(self, inspection: Inspection) -> Iterator[Case]:
        case = self._case(inspection)
        judgement = self._random.choice([*Judgement, *Judgement, None])
        yield inspection.judge(case, self._question(inspection, case), judgement)

    def _question(self, inspection: Inspection, case: Case) -> str:
        items = inspection.framework.items_for(case.sample)
        return self._random.choice([i for i in items if i in inspection.framework.key_questions_by_id])

    def _fact(self, inspection: Inspection) -> Iterator[Case]:
        case = self._case(inspection)
        fact = self._random.choice(inspection.framework.facts_for(case.sample))
        values = [choice.id for choice in fact.choices] or ["North", "South"]
        yield inspection.set_fact(case, fact.id, self._random.choice([*values, None]))

    def _write(self, inspection: Inspection) -> Iterator[Case]:
        """Type a text, kept as it grows; it becomes part of the log, or the program is left before that."""
        case = self._case(inspection)
        slot = self._random.choice([Slot(Aspect.NOTE), Slot(Aspect.REASON, self._question(inspection, case))])
        text = ""
        for _ in range(self._random.randint(1, 5)):
            text += " ".join(self._random.choices(WORDS, k=self._random.choice((2, 10, 400)))) + " "
            inspection.keep_text(case, slot, text)
            yield case
        if self._random.random() < 0.2:
            self.close()
        else:
            yield inspection.write_text(case, slot, text)

    def _undo(self, inspection: Inspection) -> Iterator[Case]:
        case = self._case(inspection)
        for _ in range(self._random.randint(1, 3)):
            inspection.undo(case)
            yield case

    def _finish(self, inspection: Inspection) -> Iterator[Case]:
        """Fill in what a case still needs, and complete it."""
        case = self._case(inspection)
        while left := walk.missing(inspection.framework, case):
            case = self._fill(inspection, case, left[0].slot)
            yield case
        yield inspection.complete(case)

    def _fill(self, inspection: Inspection, case: Case, slot: Slot) -> Case:
        if slot.aspect is Aspect.FACT:
            choices = [choice.id for choice in inspection.framework.facts_by_id[slot.item].choices]
            return inspection.set_fact(case, slot.item, self._random.choice(choices or ["East"]))
        if slot.aspect is Aspect.ANSWER:
            return inspection.answer(case, slot.item, self._random.choice([Answer.YES, Answer.NO]))
        if slot.aspect is Aspect.JUDGEMENT:
            return inspection.judge(case, slot.item, self._random.choice([*Judgement]))
        return inspection.write_text(case, slot, "as the file says")

    def _reopen(self, inspection: Inspection) -> Iterator[Case]:
        for case in inspection.cases():
            if case.complete and case.holder == ME:
                yield inspection.reopen(case, "looked at again")
                return

    def _lead(self, inspection: Inspection) -> Iterator[None]:
        """What concerns the inspection, or hands a case over."""
        standard = self._random.choice([s.id for s in inspection.framework.standards])
        inspection.record(StandardLeftUnrated(standard=standard, why=self._random.choice(WORDS)))
        yield None
        ref = self._random.choice([case.ref for case in inspection.cases()])
        Log(inspection.file.database, DEVICE, ME, self._clock).record(ref, CaseAssigned(person=ME))
        yield None

    def _tidy(self, inspection: Inspection) -> Iterator[None]:
        """Carry the log beside the file into it, as SQLite does now and then by itself."""
        inspection.file.database.rows(f"PRAGMA wal_checkpoint({self._random.choice(_CHECKPOINTS)})")
        yield None

    def _leave(self, _: Inspection) -> Iterator[None]:
        self.close()
        return iter(())


_WEIGHTS = {
    "answer": 30,
    "judge": 12,
    "fact": 8,
    "write": 10,
    "undo": 8,
    "finish": 3,
    "reopen": 3,
    "lead": 2,
    "tidy": 4,
    "leave": 5,
}
_CHECKPOINTS = ("PASSIVE", "FULL", "RESTART", "TRUNCATE")
