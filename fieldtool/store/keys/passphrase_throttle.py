"""How often a passphrase was wrong, and how long to wait for that: kept in a small file outside the inspection."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable
from pathlib import Path


class PassphraseThrottle:
    """How often the passphrase of an inspection was wrong, and how long to wait for that before the next try.

    It is remembered in a small file, so that starting the program again does not help. Where that cannot be
    read or written, nothing is remembered and nobody is kept out. Nothing here waits: the caller does.

    Args:
        path: the file of the inspection.
        folder: where this person's programs keep their state.
        clock: the seconds on the wall.
    """

    LONGEST = 60.0

    def __init__(self, path: Path, folder: Path, clock: Callable[[], float] = time.time) -> None:
        name = hashlib.sha256(os.fsencode(path.resolve())).hexdigest()[:32]
        self._file = folder / f"attempts-{name}.json"
        self._clock = clock
        self._wrong, self._at = self._remembered()

    @property
    def wait(self) -> float:
        """How many seconds are left until the passphrase may be tried; 0 if it may be now."""
        due = 0.0 if self._wrong < 3 else min(2.0 ** (min(self._wrong, 32) - 3), self.LONGEST)
        # A clock set back must not lock anybody out for longer than is due.
        return max(0.0, min(due, self._at + due - self._clock()))

    def failed(self) -> None:
        """Remember a wrong passphrase."""
        self._wrong, self._at = self._wrong + 1, self._clock()
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._file.write_text(json.dumps({"wrong": self._wrong, "at": self._at}), encoding="utf-8")
        except OSError:
            return

    def succeeded(self) -> None:
        """Forget them all: the passphrase was right."""
        self._wrong = 0
        try:
            self._file.unlink(missing_ok=True)
        except OSError:
            return

    def _remembered(self) -> tuple[int, float]:
        try:
            noted = json.loads(self._file.read_bytes()[:1000])
            return max(0, int(noted["wrong"])), float(noted["at"])
        except (OSError, ValueError, TypeError, KeyError, OverflowError, RecursionError):
            return 0, 0.0
