"""Kills: a program without a screen works at full speed, tells what it has saved, and is killed in the midst."""

from __future__ import annotations

import hashlib
import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import NamedTuple

from faults.day import DEVICE, KEY, NAME, Day, make, scratch
from faults.figures import Figures
from fieldtool.store.audit import file_check
from fieldtool.store.file.database import Database
from fieldtool.work.inspection import Inspection

ON_ONE_FILE = 20
"""Kills before another file is begun: each has to do with what the ones before have left."""

LONGEST = 0.12
"""Seconds of work, at most, before a kill."""

AT_THE_START = 0.1
"""The share of kills that may come before anything was saved."""

_ROOT = Path(__file__).resolve().parents[2]


class Told(NamedTuple):
    """What a program says that it has saved, in one line."""

    events: int
    hash: str
    """Of its latest event, and so of all before it."""
    drafts: dict[str, tuple[int, str]]
    """Of each text that is being written, by its place: how long it is, and its hash."""


@dataclass
class KillFigures(Figures):
    """What came of some kills."""

    kills: int = 0
    saves: int = 0
    """How many were acknowledged before the kills."""
    begun: int = 0
    """Kills that came when something had been saved."""


# ---------------------------------------------------------------------- in the program that is killed


def work(path: str, seed: str, encrypted: str) -> None:
    """Work until killed, with a line on the standard output for everything that was saved."""

    def saved(inspection: Inspection) -> None:
        os.write(1, json.dumps(_told(inspection.file.database)).encode() + b"\n")

    with Day(Path(path), seed, saved, KEY if encrypted else None) as day:
        day.work(sys.maxsize)


def _told(database: Database) -> Told:
    latest = "SELECT seq, hash FROM event WHERE device = ? AND incarnation = ? ORDER BY seq DESC LIMIT 1"
    row = database.row(latest, DEVICE)
    seq, digest = row or (0, b"")
    return Told(seq, digest.hex(), {place: _measured(text.strip()) for place, text in _drafts(database)})


def _drafts(database: Database) -> Iterator[tuple[str, str]]:
    yield from database.rows("SELECT subject || ' ' || slot, text FROM draft")


def _measured(text: str) -> tuple[int, str]:
    return len(text), hashlib.sha256(text.encode()).hexdigest()


# ---------------------------------------------------------------------- in the program that kills


def kill_often(kills: int, seed: int) -> KillFigures:
    """Kill programs on one file after another; the same seed does the same things, but for the moments."""
    figures = KillFigures()
    with scratch() as folder:
        for number in range(kills):
            path = folder / f"{number // ON_ONE_FILE}-{NAME}"
            key = KEY if (seed + number // ON_ONE_FILE) % 2 else None
            if number % ON_ONE_FILE == 0:
                make(path, lambda _: None, key)
            figures.add(_kill(path, f"{seed}:{number}", key))
    return figures


def _kill(path: Path, seed: str, key: bytes | None) -> KillFigures:
    figures = KillFigures(kills=1)
    try:
        lines = killed(path, seed, encrypted=key is not None)
        figures.saves, figures.begun = len(lines), bool(lines)
        complaint = examine(path, key, Told(*json.loads(lines[-1])) if lines else None)
    except Exception as error:  # whatever it is, it belongs to this kill
        complaint = f"{type(error).__name__}: {error}"
    if complaint:
        figures.losses.append(f"{seed}  {complaint}")
    return figures


def killed(path: Path, seed: str, *, encrypted: bool, patch: str = "") -> list[bytes]:
    """Start a program and kill it; the whole lines that it has written.

    Args:
        patch: lines of Python that change the program first.
    """
    random = Random(f"{seed} moment")
    call = f"{patch}\nimport sys; from faults.kills import work; work(*sys.argv[1:])"
    command = [sys.executable, "-c", call, str(path), seed, "encrypted" if encrypted else ""]
    found = os.pathsep.join([str(_ROOT), str(_ROOT / "tests")])
    at_the_start = random.random() < AT_THE_START
    environment = {**os.environ, "PYTHONPATH": found}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as process:
        assert process.stdout is not None
        pipe = process.stdout.fileno()
        said = b"" if at_the_start else os.read(pipe, 65536)
        end = time.monotonic() + random.random() * (5 if at_the_start else 1) * LONGEST
        while (rest := end - time.monotonic()) > 0:
            if select.select([pipe], [], [], rest)[0]:
                more = os.read(pipe, 65536)
                if not more:
                    break
                said += more
        # Still at work: one that has ended by itself has failed, and is not a kill.
        alive = process.poll() is None
        process.kill()
        while more := os.read(pipe, 65536):
            said += more
    if not alive:
        raise AssertionError(f"{seed}: the program ended by itself")
    return said.split(b"\n")[:-1]


def examine(path: Path, key: bytes | None, told: Told | None) -> str:
    """Open what a kill has left; what is wrong with it, or nothing."""
    with Database.open(path, key) as database:
        found = list(file_check.findings(database))
        if found or told is None:
            return " ".join(found)
        row = database.row(
            "SELECT hash FROM event WHERE device = ? AND incarnation = ? AND seq = ?", (*DEVICE, told.events)
        )
        if told.events and (row is None or row[0].hex() != told.hash):
            return f"event {told.events} was acknowledged and is not there, or not as it was"
        texts = {place: text.strip() for place, text in _drafts(database)}
        for place, (length, digest) in told.drafts.items():
            if place not in texts:
                # It has become part of the log in the moment of the kill.
                slot = place.split(" ", 1)
                shown = database.row("SELECT value FROM head WHERE subject = ? AND slot = ? AND shown", slot)
                texts[place] = (shown[0] if shown else None) or ""
            if _measured(texts[place][:length]) != (length, digest):
                return f"the text of {place} was kept and is not there"
    return ""
