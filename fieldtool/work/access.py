"""The one way into an inspection file: to look, or to work in it, held and unlocked until the program leaves."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cached_property, partial
from pathlib import Path

from fieldtool.store.copies.incarnation import settle_incarnation
from fieldtool.store.copies.rollback_guard import RollbackGuard
from fieldtool.store.file.database import Closing, Database, StoreError, key_file_of
from fieldtool.store.file.file_lock import FileLock
from fieldtool.store.keys.passphrase_throttle import PassphraseThrottle
from fieldtool.work.inspection_file import InspectionFile

OPEN_ELSEWHERE = "open in another window: you can read it"


class Access(Closing):
    """The way into one inspection file: opened, locked and opened again, held until the program leaves.

    Args:
        state: the folder in which wrong passphrases are remembered, and how far the file was.
        clock: the seconds on the wall.
        key: of an encrypted one that was just made, so that nobody need be asked.
    """

    def __init__(
        self, path: Path, state: Path, clock: Callable[[], float] = time.time, key: bytes | None = None
    ) -> None:
        self.path = path
        self.encrypted = key_file_of(path).exists()
        """Whether there is a passphrase to lock it with."""
        self._state, self._clock = state, clock
        self._key = key
        self._lock = FileLock.take(path)

    @staticmethod
    def look(path: Path, key: bytes | None = None) -> InspectionFile:
        """Open a file only to look, whoever works in it: nothing is locked, written or remembered.

        Args:
            key: of an encrypted one.

        Raises:
            Locked: it is encrypted, and no key was given.
            StoreError: it cannot be opened, in one sentence that says why.
        """
        return InspectionFile.open(path, to_write=False, key=key)

    @property
    def guard(self) -> RollbackGuard:
        """Who remembers how far the file was."""
        return RollbackGuard(self._state)

    @cached_property
    def throttle(self) -> PassphraseThrottle:
        """What makes whoever guesses wait; it reads what is remembered of wrong passphrases when it is first asked."""
        return PassphraseThrottle(self.path, self._state, self._clock)

    def unlock(self, passphrase: str) -> None:
        """Take the key out of its file; slow on purpose, and fit to be run in a thread.

        Raises:
            StoreError: the passphrase is wrong, or the key file is missing or damaged.
        """
        # Late, because what it needs takes as long to load as half of a first screen.
        from fieldtool.store.keys import key_file

        try:
            self._key = key_file.unlock(self.path, passphrase)
        except key_file.WrongPassphrase:
            self.throttle.failed()
            raise
        self.throttle.succeeded()

    def must_write(self) -> None:
        """See to it that nobody else works in the file.

        Raises:
            StoreError: another program has it open to write.
        """
        if self._lock is None:
            raise StoreError(
                f"{self.path} is open in another window: close that one first, then do it again."
            )

    def open(self, key: bytes | None = None) -> InspectionFile:
        """Open the file: to work in it, or only to look where another program works in it.

        Args:
            key: of an encrypted one, where it was taken out of its key file already; it is kept from then on.

        Raises:
            Locked: it is encrypted, and not unlocked.
            StoreError: it cannot be opened, in one sentence that says why.
        """
        self._key = key or self._key
        if self._lock is None:
            file = self.look(self.path, self._key)
            file.why_read_only = OPEN_ELSEWHERE
            return file
        opened = InspectionFile.open(self.path, to_write=True, key=self._key)
        with opened.closed_if_it_fails() as file:
            file.notice = settle_incarnation(file.database, self._state, self._key) or ""
        file.guard = self.guard
        return file

    def copier(self) -> Callable[[], None]:
        """What brings the second copy up to date, in a thread of its own and through a connection of its own.

        It keeps the key until it is done, even if it is dropped here. It raises StoreError if the folder of the
        copy is away, or anything else is wrong.
        """
        return partial(_copy, self.connection(), self._key)

    def connection(self) -> Callable[[], AbstractContextManager[Database]]:
        """What opens the file once more, for a thread of its own; it keeps the key, even if it is dropped here.

        What it gives raises StoreError if the file cannot be opened.
        """
        return partial(_another, self.path, self._key, self.guard)

    def lock(self) -> None:
        """Drop the key; the file stays held. Whoever has it open closes it."""
        self._key = None

    def close(self) -> None:
        """Drop the key and let other programs work in the file."""
        self.lock()
        if self._lock is not None:
            self._lock.release()


def _copy(connection: Callable[[], AbstractContextManager[Database]], key: bytes | None) -> None:
    from fieldtool.store.copies.second_copy import Copies

    with connection() as database:
        Copies(database, key).copy()


@contextmanager
def _another(path: Path, key: bytes | None, guard: RollbackGuard) -> Iterator[Database]:
    with Database.open(path, key) as database:
        # Before anything is sent from it: what others have seen must never be numbered anew here.
        guard.see(database)
        try:
            yield database
        finally:
            guard.see(database)
