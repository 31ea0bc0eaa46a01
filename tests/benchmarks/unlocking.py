"""From the passphrase to the first list of an encrypted inspection, against the bare Argon2id."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator

from nacl.pwhash import argon2id

from benchmarks.figures import Figure, paired
from benchmarks.ground import SAMPLE_SIZE, Ground
from fieldtool.domain.method.case_line import CaseFilter
from fieldtool.store.file.database import key_file_of
from fieldtool.store.keys import key_file
from fieldtool.work.inspection_file import InspectionFile

AIM = 1.1
PASSPHRASE = "tall grey heron wades"  # noqa: S105  # of this benchmark alone


def measure(ground: Ground, rounds: int) -> Iterator[Figure]:
    """Take turns; ours is the key file read, the key unwrapped, the file opened and its cases listed."""
    aside = ground.folder / "key"
    key_file_of(aside).unlink(missing_ok=True)
    key, _ = key_file.create_key(aside, PASSPHRASE)
    path = ground.encrypted(SAMPLE_SIZE, key)
    key_file_of(aside).replace(key_file_of(path))

    def unlock() -> None:
        with InspectionFile.open(path, to_write=True, key=key_file.unlock(path, PASSPHRASE)) as file:
            assert len(file.all_lines(CaseFilter())) == SAMPLE_SIZE

    def stretch() -> None:
        argon2id.kdf(32, PASSPHRASE.encode(), os.urandom(16), key_file.COST.operations, key_file.COST.memory)

    ours, floor = [], []
    for turn in range(rounds + 1):
        mine, theirs = milliseconds(unlock), milliseconds(stretch)
        if turn:
            ours.append(mine)
            floor.append(theirs)
    yield paired("unlocked, to the list of its cases", ours, floor, "ms", AIM)


def milliseconds(work: Callable[[], None]) -> float:
    """How long something takes."""
    begun = time.perf_counter_ns()
    work()
    return (time.perf_counter_ns() - begun) / 1e6
