"""What an answer and the running counts cost with few and with many cases: it should be the same."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from itertools import cycle

from benchmarks.figures import Figure, paired
from benchmarks.ground import PERSON, SAMPLE_SIZE, Ground
from benchmarks.saving import answers_of, block
from fieldtool.store.chain.log import Log
from fieldtool.store.chain.reading import device_of
from fieldtool.work.inspection import Inspection
from fieldtool.work.inspection_file import InspectionFile

AIM = 1.2
SIZES = (SAMPLE_SIZE, 10_000, 100_000)


class Subject:
    """An inspection of one size, and the three things that are done with it."""

    def __init__(self, file: InspectionFile, ground: Ground, cases: int) -> None:
        device = device_of(file.database)
        assert device is not None
        self._database = file.database
        self._log = Log(file.database, device, PERSON)
        self._answers = cycle(answers_of(ground, cases))
        self._inspection = Inspection(file, PERSON)
        self.done: dict[str, list[float]] = {}

    def turn(self) -> None:
        """Do each thing for a block."""
        self._note("answer durable", block(self._record))
        with self._database.transaction():
            self._note("answer and its views, no commit", block(self._within))
        self._note("counts of all items", block(self._inspection.counts))

    def _record(self) -> None:
        ref, body = next(self._answers)
        self._log.record(ref, body)

    def _within(self) -> None:
        ref, body = next(self._answers)
        self._log.record_within(ref, body)

    def _note(self, what: str, took: float) -> None:
        self.done.setdefault(what, []).append(took)


def measure(ground: Ground, rounds: int) -> Iterator[Figure]:
    """Let the sizes take turns; the floor of each is the smallest."""
    with ExitStack() as stack:
        opened = [
            stack.enter_context(InspectionFile.open(ground.inspection(cases), to_write=True))
            for cases in SIZES
        ]
        subjects = [Subject(file, ground, cases) for file, cases in zip(opened, SIZES, strict=True)]
        for turn in range(rounds + 1):
            for subject in subjects:
                subject.turn()
                if not turn:
                    subject.done.clear()
    fewest = subjects[0].done
    for cases, subject in zip(SIZES[1:], subjects[1:], strict=True):
        for what, took in subject.done.items():
            yield paired(f"{what}, {cases:,} cases : {SAMPLE_SIZE}", took, fewest[what], "µs", AIM)
