"""Power cuts: a day of work is recorded, and every disk that it could have left behind is opened."""

from __future__ import annotations

import shutil
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import NamedTuple

from builders.inspections import ME
from faults.day import KEY, NAME, Clock, Day, beginning, make, scratch
from faults.disk import Disk
from faults.figures import Figures
from faults.layer import Layer, Operation
from fieldtool.domain.method.case import Answer, Case
from fieldtool.store.audit import file_check
from fieldtool.store.file.database import Database, StoreError
from fieldtool.work.inspection import Inspection
from fieldtool.work.inspection_file import InspectionFile

STEPS = 60
"""What is done on a day of the campaign."""


class Save(NamedTuple):
    """Something was acknowledged: how much had been asked of the disk by then, and what the file says."""

    position: int
    state: int | None
    """None before the file is made: then there is nothing to lose."""


@dataclass
class Recording:
    """What was asked of the disk, and what was acknowledged meanwhile."""

    base: Mapping[str, bytes] = field(default_factory=dict)
    operations: list[Operation] = field(default_factory=list)
    saves: list[Save] = field(default_factory=lambda: [Save(0, None)])

    def save(self, state: int) -> None:
        """Note that something was acknowledged now."""
        self.saves.append(Save(len(self.operations), state))

    def possible(self, position: int) -> tuple[int | None, ...]:
        """What the file may say after a cut: what was acknowledged, or the save that was being made as well."""
        after = bisect_right(self.saves, position, key=lambda save: save.position)
        return tuple(save.state for save in self.saves[after - 1 : after + 1])


class Point(NamedTuple):
    """One power cut; the same numbers make the same one again."""

    seed: int
    day: int
    position: int
    variant: int = 0

    def __str__(self) -> str:
        return ":".join(map(str, self))

    @property
    def random(self) -> Random:
        return Random(str(self))

    @property
    def key(self) -> bytes | None:
        """Every second day is worked in an encrypted file."""
        return KEY if self.day % 2 else None

    @property
    def large(self) -> bool:
        """Every fifth day is worked with the shipped instrument, the others with a small one."""
        return self.day % 5 == 4


@dataclass
class PowerFigures(Figures):
    """What came of some power cuts."""

    days: int = 0
    positions: int = 0
    points: int = 0
    disks: int = 0
    """Different ones, within a day."""
    whole: int = 0
    """Points after which the auditor's check was run and work went on."""
    twice: int = 0
    """Points at which the power went again while work went on."""


def state(database: Database) -> int:
    """Everything that a file says, in one number, which means something in this process alone."""
    tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    said = ((table, database.rows(f'SELECT * FROM "{table}"')) for (table,) in database.rows(tables))  # noqa: S608
    return hash(tuple((table, *rows) for table, rows in said))


def record(folder: Path, day: Point, steps: int) -> Recording:
    """Work a day, from the making of the file on."""
    recording = Recording()
    path, key = folder / NAME, day.key

    def saved(inspection: Inspection) -> None:
        recording.save(state(inspection.file.database))

    beginning(large=day.large)  # which is made in a file of its own, and that is no part of the day
    with Layer(recording.operations.append):
        make(path, lambda database: recording.save(state(database)), key, large=day.large)
        with Day(path, f"{day.seed}:{day.day}", saved, key) as worked:
            worked.work(steps)
    return recording


def try_day(day: Point, steps: int = STEPS, variants: int = 1, every: int = 10) -> PowerFigures:
    """Cut the power of one day at every point.

    Args:
        day: its seed and its number; the position does not matter.
        variants: how many disks are tried for each point of the recording.
        every: after how many points the whole of the check is run.
    """
    figures = PowerFigures(days=1)
    seen = set()
    with scratch() as folder:
        recording = record(folder, day, steps)
        for position, disk in _replayed(recording):
            figures.positions += 1
            for variant in range(variants):
                point = day._replace(position=position, variant=variant)
                files = disk.after_cut(point.random)
                seen.add(hash(tuple(sorted(files.items()))))
                figures.points += 1
                _try(folder, recording, point, files, figures, whole=figures.points % every == 0)
    figures.disks = len(seen)
    return figures


def try_point(point: Point, steps: int = STEPS) -> PowerFigures:
    """Cut the power once more at a point that a campaign has named."""
    figures = PowerFigures(days=1, positions=1, points=1, disks=1)
    with scratch() as folder:
        recording = record(folder, point, steps)
        disk = next(disk for position, disk in _replayed(recording) if position == point.position)
        _try(folder, recording, point, disk.after_cut(point.random), figures, whole=True)
    return figures


def _replayed(recording: Recording) -> Iterator[tuple[int, Disk]]:
    disk = Disk(recording.base)
    yield 0, disk
    for position, operation in enumerate(recording.operations, 1):
        disk.do(operation)
        yield position, disk


def _try(
    folder: Path,
    recording: Recording,
    point: Point,
    files: Mapping[str, bytes],
    figures: PowerFigures,
    *,
    whole: bool,
) -> None:
    path = put(folder, files, point.random)
    possible = recording.possible(point.position)
    try:
        found, complaint = examine(path, point.key, possible)
        if whole and not complaint and None not in possible:
            figures.whole += 1
            complaint = go_on(path, point.key) or _cut_again(folder, files, point, found, figures)
    except Exception as error:  # whatever it is, it belongs to this point
        complaint = f"{type(error).__name__}: {error}"
    if complaint:
        figures.losses.append(f"{point}  {complaint}")


def _cut_again(
    folder: Path, files: Mapping[str, bytes], point: Point, found: int, figures: PowerFigures
) -> str:
    """Work on after the cut, and let the power go once more, at some moments of the recovery."""
    path = put(folder, files, point.random)
    recording = Recording(files, saves=[Save(0, found)])

    def saved(inspection: Inspection) -> None:
        recording.save(state(inspection.file.database))

    with Layer(recording.operations.append), Day(path, str(point), saved, point.key, Clock()) as worked:
        worked.work(2)
    random = Random(f"{point} again")
    chosen = {random.randrange(len(recording.operations) + 1) for _ in range(3)}
    for position, disk in _replayed(recording):
        if position in chosen:
            figures.twice += 1
            path = put(folder, disk.after_cut(random), random)
            _, complaint = examine(path, point.key, recording.possible(position))
            if complaint:
                return f"after a second cut at {position}: {complaint}"
    return ""


def put(folder: Path, files: Mapping[str, bytes], random: Random) -> Path:
    """Make the folder what the disk was after the cut."""
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name not in files:
            path.unlink()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    if random.random() < 0.1:
        # SQLite's index of the log is never flushed: it may be there, with anything in it.
        (folder / f"{NAME}-shm").write_bytes(random.randbytes(32768))
    return folder / NAME


def examine(path: Path, key: bytes | None, possible: tuple[int | None, ...]) -> tuple[int, str]:
    """Open what a cut has left: what it says, and what is wrong with it, if anything is.

    Args:
        possible: what it may say.
    """
    try:
        database = Database.open(path, key)
    except StoreError as error:
        return 0, "" if None in possible else f"it does not open: {error}"
    with database:
        found = state(database)
        damage = database.rows("PRAGMA integrity_check")
    if damage != [("ok",)]:
        return found, f"it is damaged: {damage}"
    if None not in possible and found not in possible:
        return found, "what was acknowledged is not there, or more than one save is"
    return found, ""


def go_on(path: Path, key: bytes | None) -> str:
    """Run the auditor's check, and save one more answer; what is wrong, or nothing."""
    with InspectionFile.open(path, to_write=True, key=key) as file:
        found = list(file_check.findings(file.database))
        if found:
            return " ".join(found)
        inspection = Inspection(file, ME, Clock())
        case = next(case for case in inspection.cases() if case.holder == ME)
        if case.complete:
            case = inspection.reopen(case, "to see whether it can be")
        prompt, answer = _another(inspection, case)
        inspection.answer(case, prompt, answer)
    with InspectionFile.open(path, to_write=True, key=key) as file:
        if Inspection(file).case(case.ref).answer(prompt) is not answer:
            return "an answer that was given after the cut is not there"
        found = list(file_check.findings(file.database))
    return " ".join(found)


def _another(inspection: Inspection, case: Case) -> tuple[str, Answer]:
    prompts = inspection.framework.prompts_by_id
    prompt = next(item for item in inspection.framework.items_for(case.sample) if item in prompts)
    return prompt, Answer.NO if case.answer(prompt) is Answer.YES else Answer.YES
