"""Who may write in an inspection file now: one program at a time, held by a lock of the system itself.

SQLite keeps the file whole whoever writes in it; but two windows on one case would each go on from what they
have shown, so the second one only looks. The system gives the lock back when a program ends, however it does.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Self


def lock_file_of(path: Path) -> Path:
    """The file whose lock says that somebody writes in the inspection; one that is left over does no harm."""
    return path.with_name(f"{path.name}.lock")


class FileLock:
    """One program's right to write in an inspection file, until it lets go or ends."""

    def __init__(self, file: Path, opened: int | None) -> None:
        self._file = file
        self._opened = opened

    @classmethod
    def take(cls, path: Path) -> Self | None:
        """Take the right to write; None if another program has it.

        Where no such lock can be had, as in a folder that cannot be written or on a disk that knows none, nobody
        is kept out: whatever opens the file to write finds out for itself whether it can.
        """
        file = lock_file_of(path)
        while True:
            try:
                opened = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
            except OSError:
                return cls(file, None)
            try:
                _lock(opened)
            except OSError as error:
                os.close(opened)
                return None if isinstance(error, BlockingIOError | PermissionError) else cls(file, None)
            if _is_still(file, opened):
                return cls(file, opened)
            # Whoever held it has let go, and taken the file away, between our two steps.
            os.close(opened)

    def release(self) -> None:
        """Let go; a second time does nothing."""
        opened, self._opened = self._opened, None
        if opened is None:
            return
        if sys.platform != "win32":
            # Before the lock is given back, so that nobody loses a file that they have just taken.
            with suppress(OSError):
                self._file.unlink()
        os.close(opened)
        if sys.platform == "win32":
            # There, a file that somebody has open cannot be taken away, before or after.
            with suppress(OSError):
                self._file.unlink()


def _is_still(file: Path, opened: int) -> bool:
    try:
        return os.path.samestat(file.stat(), os.fstat(opened))
    except OSError:
        return False


if sys.platform == "win32":
    import msvcrt

    def _lock(opened: int) -> None:
        msvcrt.locking(opened, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(opened: int) -> None:
        # Not lockf: that one is lost as soon as anything in this program closes the file.
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
