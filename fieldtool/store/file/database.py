"""The file of an inspection: created, opened and closed here alone, and its errors put into words."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

from fieldtool import files
from fieldtool.domain.errors import FieldtoolError
from fieldtool.store.file.driver import dbapi2, discard
from fieldtool.store.file.sqlite_errors import CANNOT_OPEN, NOT_WRITABLE, sentence, spoils

APPLICATION_ID = 0x66_74_30_31
"""In the header of every inspection, "ft01": tells our files from other SQLite files."""

SCHEMA_VERSION = 3
"""The number of migrations that this version knows; in the header as `user_version`."""

Value = str | int | float | bytes | None
Row = tuple[Any, ...]


class StoreError(FieldtoolError):
    """Something is wrong with the file of an inspection, in one sentence fit for an inspector."""


class Locked(StoreError):  # noqa: N818  # a state of the file, which a passphrase ends
    """The inspection is encrypted, and no key was given."""


def key_file_of(path: Path) -> Path:
    """Where the key file of an inspection is; an inspection is encrypted if there is one."""
    return path.with_name(f"{path.name}.key")


def must_have_folder(path: Path) -> None:
    """See to it that there is a folder for a file that is to be made.

    Raises:
        StoreError: there is none.
    """
    if not path.parent.is_dir():
        raise StoreError(f"There is no folder {path.parent}: make it first.")


class Closing:
    """What is closed at the end of a `with` block."""

    def close(self) -> None:
        """Close it; a second time does nothing."""

    @contextmanager
    def closed_if_it_fails(self) -> Iterator[Self]:
        """Close it if the block fails; else it stays open."""
        try:
            yield self
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Database(Closing):
    """An open inspection file, used by one thread."""

    def __init__(
        self, connection: Any, path: Path | None, writable: bool, *, encrypted: bool = False
    ) -> None:
        self.connection = connection
        self.path = path
        self.writable = writable
        self.encrypted = encrypted
        self.rollbacks = 0
        """How many transactions were taken back: what was remembered of them no longer holds."""
        self.appended = 0
        """How many events this connection has appended: whoever remembers fewer looks again."""
        self._connect_again: Callable[[], Any] | None = None
        self._spoilt: Any = None
        connection.create_function("casefold", 1, str.casefold, deterministic=True)

    @classmethod
    def create(cls, path: Path, key: bytes | None = None) -> Self:
        """Make the file of a new inspection.

        Args:
            key: 32 random bytes, to encrypt it with.

        Raises:
            StoreError: there is a file already, or the folder cannot be written.
        """
        must_have_folder(path)
        _make_file(path)
        try:
            with cls._connect(path, "rw", key).closed_if_it_fails() as database:
                with database.worded():
                    database.connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                database._prepare_for_writing()
                database._upgrade()
                # Whatever comes into a new file passes the door.
                database.connection.execute("INSERT INTO local VALUES (?, '1')", (CHECKED,))
        except BaseException:
            # A half-made file would be in the way of the next try.
            discard(path)
            raise
        return database

    @classmethod
    def in_memory(cls) -> Self:
        """Make a database that is gone when it is closed."""
        database = cls(dbapi2.connect(":memory:", isolation_level=None), None, writable=True)
        database._upgrade()
        return database

    @classmethod
    def open(cls, path: Path, key: bytes | None = None) -> Self:
        """Open an inspection to work in it, and bring an older file up to date.

        Raises:
            Locked: it is encrypted, and no key was given.
            StoreError: no such file, another kind of file, damaged, of a newer program, or not writable.
        """
        _check_file(path, key)
        if not os.access(path, os.W_OK) or not os.access(path.parent, os.W_OK):
            raise StoreError(NOT_WRITABLE.format(path=path))
        with cls._connect(path, "rw", key).closed_if_it_fails() as database:
            version = database._check_kind()
            database._prepare_for_writing()
            if version < SCHEMA_VERSION:
                database._upgrade_file(path, key)
        return database

    @classmethod
    def open_read_only(cls, path: Path, key: bytes | None = None) -> Self:
        """Open an inspection to look at it; nothing is written, and a read-only folder will do.

        Raises:
            Locked: it is encrypted, and no key was given.
            StoreError: no such file, another kind of file, damaged, or of another version.
        """
        _check_file(path, key)
        # In WAL mode, files are made beside a database even for reading, unless told that nobody writes.
        alone = not Path(f"{path}-wal").exists() and not os.access(path.parent, os.W_OK)
        with cls._connect(path, "ro", key, immutable=alone).closed_if_it_fails() as database:
            if database._check_kind() < SCHEMA_VERSION:
                raise StoreError(f"{path} is of an older fieldtool: open it once with `fieldtool {path}`.")
        return database

    def close(self) -> None:
        """Close the file; what was recorded is already safe in it."""
        self._connect_again = None
        if self._spoilt is not None:
            self._spoilt.close()
        self.connection.close()

    def rows(self, sql: str, values: Sequence[Value] = ()) -> list[Row]:
        """Run a query and return its rows."""
        with self.worded():
            return self.connection.execute(sql, values).fetchall()  # type: ignore[no-any-return]  # untyped driver

    def row(self, sql: str, values: Sequence[Value] = ()) -> Row | None:
        """Run a query and return its first row, if it has one."""
        with self.worded():
            return self.connection.execute(sql, values).fetchone()  # type: ignore[no-any-return]  # untyped driver

    @property
    def data_version(self) -> int:
        """Another one once anybody else has written into the file."""
        return int(self.connection.execute("PRAGMA data_version").fetchone()[0])

    def transaction(self) -> Transaction:
        """All or nothing: durable when the block is left, gone if it raises.

        Raises:
            StoreError: the disk is full, the file is locked by another program, or it is damaged.
        """
        return Transaction(self)

    def worded_error(self, error: Exception) -> StoreError:
        """An error of the driver in a sentence."""
        if self._connect_again is not None and spoils(str(error)):
            self._spoilt = self._spoilt or self.connection
            self.mend()
        return StoreError(sentence(str(error), self.path, self.encrypted))

    def mend(self) -> None:
        """Connect again if a failing disk has spoilt the connection; while it still fails, the next use tries.

        After a read that failed, SQLCipher has zeros for what it could not read, or calls all malformed.
        """
        spoilt = self._spoilt
        if spoilt is None or self._connect_again is None or spoilt.in_transaction:
            return
        self.rollbacks += 1
        self.connection = dbapi2.connect(":memory:")
        self.connection.close()
        with suppress(dbapi2.Error, StoreError):
            # While the spoilt one is still open, or what it could not save would be found to be saved.
            self.connection = self._connect_again()
            self._spoilt = None
            spoilt.close()

    @contextmanager
    def worded(self) -> Iterator[None]:
        """Turn the driver's errors into sentences."""
        self.mend()
        try:
            yield
        except dbapi2.Error as error:
            raise self.worded_error(error) from error

    @classmethod
    def _connect(cls, path: Path, mode: str, key: bytes | None, immutable: bool = False) -> Self:
        uri = f"file:{quote(str(path.absolute()))}?mode={mode}{'&immutable=1' if immutable else ''}"

        def connect() -> Any:
            connection = dbapi2.connect(uri, uri=True, isolation_level=None, timeout=5)
            try:
                if key is not None:
                    _encrypt(connection, key)
            except BaseException:
                connection.close()
                raise
            return connection

        def connect_again() -> Any:
            again = cls(connect(), path, database.writable)
            if again.writable:
                again._prepare_for_writing()
            return again.connection

        try:
            database = cls(connect(), path, writable=mode != "ro", encrypted=key is not None)
        except dbapi2.Error as error:
            raise StoreError(sentence(str(error), path, key is not None)) from error
        if key is not None:
            database._connect_again = connect_again
        return database

    def _check_kind(self) -> int:
        version = self.row("PRAGMA user_version")
        application = self.row("PRAGMA application_id")
        if application is None or application[0] != APPLICATION_ID:
            raise StoreError(f"{self.path} is a database, but not an inspection of fieldtool.")
        number = int(version[0]) if version else 0
        if number > SCHEMA_VERSION:
            raise StoreError(f"{self.path} was written by a newer fieldtool: update this one to open it.")
        return number

    def _prepare_for_writing(self) -> None:
        with self.worded():
            for pragma in _WRITING:
                self.connection.execute(f"PRAGMA {pragma}")

    def _upgrade(self) -> None:
        # Late, because it brings in sqlite-utils, which an up-to-date file does not need.
        from fieldtool.store.file.migrations import upgrade

        with self.worded():
            upgrade(self.connection)

    def _upgrade_file(self, path: Path, key: bytes | None) -> None:
        from fieldtool.store.file.migrations import NotUpgraded, upgrade_file

        def connect(other: Path, mode: str) -> Any:
            return self._connect(other, mode, key).connection

        try:
            with self.worded():
                upgrade_file(self.connection, path, connect)
        except NotUpgraded as error:
            raise StoreError(str(error)) from error
        except OSError as error:
            raise StoreError(
                f"{path} is of an older fieldtool, and no copy could be made beside it before it is brought up to "
                f"date: {files.why(error)}."
            ) from error


class Transaction:
    """What `Database.transaction` gives; a class, because a generator would cost each answer some microseconds."""

    __slots__ = ("_database",)

    def __init__(self, database: Database) -> None:
        self._database = database

    def __enter__(self) -> None:
        self._database.mend()
        within, connection = False, self._database.connection
        try:
            within = connection.in_transaction
            connection.execute("BEGIN IMMEDIATE")
        except BaseException as error:
            # It may have begun all the same: left open, it would be in the way of all that follow.
            if not within:
                self._take_back(error)
            elif isinstance(error, dbapi2.Error):
                raise self._database.worded_error(error) from error
            raise

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if error is not None:
            self._take_back(error)
            return
        try:
            self._database.connection.execute("COMMIT")
        except BaseException as failed:
            self._take_back(failed)
            raise

    def _take_back(self, error: BaseException) -> None:
        database = self._database
        database.rollbacks += 1
        try:
            if database.connection.in_transaction:
                database.connection.execute("ROLLBACK")
        except dbapi2.Error as worse:
            raise database.worded_error(worse) from error
        database.mend()
        if isinstance(error, dbapi2.Error):
            raise database.worded_error(error) from error


_WRITING = (
    "journal_mode = WAL",
    "synchronous = FULL",
    # Without these two, macOS acknowledges a flush before the data is on the disk; elsewhere they do nothing.
    "fullfsync = ON",
    "checkpoint_fullfsync = ON",
    "foreign_keys = ON",
)


def _encrypt(connection: Any, key: bytes) -> None:
    """Have all that a connection reads and writes go through the key; the first read checks it."""
    if len(key) != 32:
        raise ValueError("the key of a database is 32 bytes")  # SQLCipher would take it for a passphrase
    # First of all, or a wrong key is reported on the standard error, in the midst of the screen.
    connection.execute("PRAGMA cipher_log_level = NONE")
    # The key itself and not a passphrase: SQLCipher would stretch that anew at every opening.
    connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    # What was once decrypted is kept, and nothing that it sorts goes to the disk.
    connection.execute("PRAGMA cache_size = -65536")
    connection.execute("PRAGMA temp_store = MEMORY")


_PLAIN = b"SQLite format 3\0"
"""How a database that is not encrypted begins; one that is begins with random bytes."""

_PAGE = 4096

CHECKED = "door"
"""What `local` notes of a file in which nothing has an effect that does not fit: see `domain/log/door.py`."""


def _make_file(path: Path) -> None:
    """Make an empty file that is its owner's alone, as are those that SQLite will put beside it."""
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        raise StoreError(f"{path} exists already: choose another name, or open it.") from None
    except OSError as error:
        reason = files.why(error)
        raise StoreError(CANNOT_OPEN.format(path=path, error=reason)) from error


def _check_file(path: Path, key: bytes | None) -> None:
    start = _first_page(path)
    plain, key_file = start.startswith(_PLAIN), key_file_of(path)
    locked = key is not None or key_file.exists()
    if plain and locked:
        raise StoreError(
            f"{path} is not encrypted, though it has a key file: move {key_file} away to open it."
        )
    if not plain and not locked:
        _refuse_unreadable(path, start)
    if locked and len(start) < _PAGE:
        raise StoreError(f"{path} is damaged (it is cut short): keep it, and go on from your copy.")
    if key is None and locked:
        raise Locked(f"{path} is encrypted: it needs its passphrase.")


def _first_page(path: Path) -> bytes:
    if path.is_dir():
        raise StoreError(f"{path} is a folder: name the inspection file in it.")
    try:
        with path.open("rb") as file:
            return file.read(_PAGE)
    except FileNotFoundError:
        raise StoreError(f"There is no file {path}: check the name, or see `fieldtool demo`.") from None
    except OSError as error:
        raise StoreError(f"{path} cannot be read: {files.why(error)}.") from error


def _refuse_unreadable(path: Path, start: bytes) -> None:
    """Say that a file is not an inspection, or that its key is missing.

    Raises:
        StoreError: always.
    """
    # Of 4,096 random bytes hardly any value is missing; of nearly all other files, many are.
    if len(set(start)) > 250:
        raise StoreError(
            f"{path} is encrypted, or another kind of file: put its key file {key_file_of(path)} back beside it."
        )
    raise StoreError(f"{path} is not an inspection of fieldtool: it is another kind of file.")
