"""One answer made durable, plain and encrypted, against 4 KiB overwritten in a file and flushed."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path
from statistics import median

from benchmarks.figures import Figure, paired
from benchmarks.ground import KEY, PERSON, SAMPLE, SAMPLE_SIZE, Ground, ref_of
from fieldtool.domain.kinds.assessment import AnswerGiven
from fieldtool.domain.method.case import Answer
from fieldtool.store.chain.log import Log
from fieldtool.store.chain.reading import device_of
from fieldtool.store.file.database import Database

AIM, AIM_ENCRYPTED, AIM_OF_ENCRYPTION = 2.0, 1.6, 1.3
BLOCK = 200
PAGE = os.urandom(4096)


def measure(ground: Ground, rounds: int) -> Iterator[Figure]:
    """Take turns in blocks of 200; ours is `Log.record`, from the model of the answer to the return."""
    took: dict[str, list[float]] = {"floor": [], "plain": [], "encrypted": []}
    flush, close = flusher(ground.folder / "page")
    with (
        Database.open(ground.inspection(SAMPLE_SIZE)) as plain,
        Database.open(ground.encrypted(SAMPLE_SIZE), KEY) as encrypted,
    ):
        work = {
            "floor": flush,
            "plain": saver(ground, plain),
            "encrypted": saver(ground, encrypted),
        }
        for turn in range(rounds + 1):
            for what, each in work.items():
                time_taken = block(each)
                if turn:
                    took[what].append(time_taken)
        close()
    floor, ours, secret = took.values()
    yield paired("one answer durable (median of a block)", ours, floor, "µs", AIM)
    yield paired("one answer durable, encrypted", secret, floor, "µs", AIM_ENCRYPTED)
    yield paired("one answer durable, encrypted : plain", secret, ours, "µs", AIM_OF_ENCRYPTION)


def saver(ground: Ground, database: Database) -> Callable[[], None]:
    """Something that records the next answer."""
    device = device_of(database)
    assert device is not None
    log, answers = Log(database, device, PERSON), cycle(answers_of(ground))

    def save() -> None:
        ref, body = next(answers)
        log.record(ref, body)

    return save


def answers_of(ground: Ground, cases: int = SAMPLE_SIZE) -> list[tuple[str, AnswerGiven]]:
    """An answer to each prompt of many cases that are not complete, case by case, then other answers to them."""
    prompts = [prompt for prompt in ground.framework.items_for(SAMPLE) if prompt.count(".") == 3]
    return [
        (ref_of(number), AnswerGiven(prompt=prompt, answer=answer))
        for answer in (Answer.NOT_RELEVANT, Answer.NO, Answer.YES)
        for number in range(0, cases, max(1, cases // SAMPLE_SIZE))
        if cases > SAMPLE_SIZE or number % 3  # of a sample, every third case is complete
        for prompt in prompts
    ]


def flusher(path: Path) -> tuple[Callable[[], None], Callable[[], None]]:
    """Something that overwrites one page of a file and flushes it, and something that closes the file."""
    file = os.open(path, os.O_RDWR | os.O_CREAT)
    os.pwrite(file, PAGE, 0)
    os.fsync(file)

    def flush() -> None:
        os.pwrite(file, PAGE, 0)
        os.fdatasync(file)

    return flush, lambda: os.close(file)


def block(work: Callable[[], object], number: int = BLOCK) -> float:
    """The median of so many times that something takes, in microseconds."""
    times = []
    for _ in range(number):
        begun = time.perf_counter_ns()
        work()
        times.append(time.perf_counter_ns() - begun)
    return median(times) / 1000
