"""The tables of an inspection file, and each step from one version of them to the next."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from fieldtool.store.file.driver import discard  # isort: skip  # before sqlite-utils, see there
from sqlite_utils import Database, Migrations

from fieldtool import files

migrations = Migrations("fieldtool")

Connect = Callable[[Path, str], Any]
"""Opens a file with the key of the one that is brought up to date, as "ro" or "rwc"."""


class NotUpgraded(Exception):  # noqa: N818  # what has become of the file
    """An older file could not be brought up to date and is as it was, in one sentence."""


def upgrade(connection: Any) -> None:
    """Run every step that a database does not have yet: all of them in one transaction, or none."""
    with _transaction(connection):
        _run_steps(connection)


def upgrade_file(connection: Any, path: Path, connect: Connect) -> None:
    """Bring an older file up to date, with a copy of it made beside it before: `NAME.before-2` for version 2.

    All steps are one transaction, which ends only when everything of which there is no second record (events,
    drafts, what this installation knows of itself) was found in it byte for byte. Views are derived from
    those: they are marked as behind, to be made anew before anybody reads them. The copy stays until the
    next upgrade has made its own.

    Raises:
        NotUpgraded: it would not have been whole afterwards; nothing was changed.
    """
    with _transaction(connection):
        database = Database(connection)
        pending = len(migrations.pending(database))
        if not pending:  # another program was faster
            return
        columns = _columns(connection)
        before = _digest(connection, columns)
        copy = path.with_name(f"{path.name}{_BEFORE}{len(migrations.applied(database)) + pending}")
        if columns:
            _copy(path, copy, connect, lambda made: _digest(made, columns) == before)
        _run_steps(connection)
        if _digest(connection, columns) != before or not _sound(connection):
            raise NotUpgraded(
                f"{path} could not be brought up to date and is as it was: keep it, and go on from your copy."
            )
        if columns:
            connection.execute("INSERT OR REPLACE INTO local VALUES (?, ?)", BEHIND)
    with suppress(OSError):  # one copy too many is no reason to say that something failed
        for older in path.parent.iterdir():
            if older.name.startswith(f"{path.name}{_BEFORE}") and older != copy:
                older.unlink()


def _run_steps(connection: Any) -> None:
    database = Database(connection)
    migrations.apply(database)
    connection.execute(f"PRAGMA user_version = {len(migrations.applied(database))}")


@contextmanager
def _transaction(connection: Any) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _copy(path: Path, copy: Path, connect: Connect, whole: Callable[[Any], bool]) -> None:
    """Copy a file that nobody may write now, with what is still in its WAL; there is a whole copy or none."""
    part = copy.with_name(f"{copy.name}.part")
    discard(part)
    try:
        # By a connection of its own: one that is about to write cannot be copied from.
        source, made = connect(path, "ro"), connect(part, "rwc")
        try:
            source.backup(made)
            if not whole(made):
                raise NotUpgraded(
                    f"{path} could not be copied before it is brought up to date: check its disk."
                )
        finally:
            source.close()
            made.close()
        files.flush(part)
        part.replace(copy)
        files.flush_folder(copy.parent)
    except BaseException:
        discard(part)
        raise


def _columns(connection: Any) -> Mapping[str, Sequence[str]]:
    """The columns, as they are now, of the tables that cannot be made anew; none of a file without tables."""
    tables = {table: connection.execute(f"PRAGMA table_info({table})").fetchall() for table in _KEPT}
    return {table: [column[1] for column in columns] for table, columns in tables.items() if columns}


def _digest(connection: Any, columns: Mapping[str, Sequence[str]]) -> bytes:
    """A hash over all that is in some columns, byte for byte."""
    digest = hashlib.sha256()
    usual = connection.text_factory
    connection.text_factory = bytes
    try:
        for table, names in columns.items():
            for row in connection.execute(f"SELECT {', '.join(names)} FROM {table}"):
                digest.update(repr(row).encode())
    finally:
        connection.text_factory = usual
    return digest.digest()


def _sound(connection: Any) -> bool:
    return bool(connection.execute("PRAGMA integrity_check(1)").fetchone()[0] == "ok")


_BEFORE = ".before-"
_KEPT = ("event", "draft", "local")
BEHIND = ("views", "behind")
"""What `local` says while the views have not been made anew since an upgrade."""


@migrations()
def m001_log_and_views(db: Database) -> None:
    """The log, which is the truth; what only this installation knows; and the views of the log."""
    for statement in _M001:
        db.conn.execute(statement)


@migrations()
def m002_forks(db: Database) -> None:
    """Events whose number another event of the same device has: kept whole, and without effect."""
    for statement in _M002:
        db.conn.execute(statement)


@migrations()
def m003_removal(db: Database) -> None:
    """What was replaced early is known with its slot; and what removed laptops recorded too late is named."""
    for statement in _M003:
        db.conn.execute(statement)


_ID = "device TEXT NOT NULL, incarnation INTEGER NOT NULL, seq INTEGER NOT NULL"


# SQLite keeps the text of each statement: blanks here stand in every file, and are never changed.
_EVENTS = """
    CREATE TABLE {name} (
        {id},
        at INTEGER NOT NULL, wall TEXT NOT NULL, actor TEXT NOT NULL, kind TEXT NOT NULL,
        subject TEXT NOT NULL, slot TEXT NOT NULL, body TEXT NOT NULL, parents TEXT NOT NULL,
        hash BLOB NOT NULL,
        PRIMARY KEY ({key})
    ) STRICT, WITHOUT ROWID
    """
_GUARD = """
    CREATE TRIGGER {name}_is_never_{done} BEFORE {deed} ON {name}
    BEGIN SELECT RAISE(ABORT, 'events are never {done}'); END
    """


def _table_of_events(name: str, key: str) -> tuple[str, ...]:
    """A table of events to which is only ever added, and its guards."""
    guards = (("UPDATE", "changed"), ("DELETE", "deleted"))
    return (
        _EVENTS.format(name=name, id=_ID, key=key),
        *(_GUARD.format(name=name, deed=deed, done=done) for deed, done in guards),
    )


_M001 = (
    *_table_of_events("event", "device, incarnation, seq"),
    # Of this installation alone: its device, its incarnation, who works here. Not part of the log.
    "CREATE TABLE local (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID",
    # Text as it is being typed: durable at once, and one event when the writer leaves it.
    """
    CREATE TABLE draft (
        subject TEXT NOT NULL, slot TEXT NOT NULL, text TEXT NOT NULL,
        wall TEXT NOT NULL, actor TEXT NOT NULL,
        PRIMARY KEY (subject, slot)
    ) STRICT, WITHOUT ROWID
    """,
    # The events that no other event replaces; `shown` marks the one whose value counts.
    f"""
    CREATE TABLE head (
        subject TEXT NOT NULL, slot TEXT NOT NULL,
        {_ID},
        at INTEGER NOT NULL, shown INTEGER NOT NULL, value TEXT,
        PRIMARY KEY (subject, slot, device, incarnation, seq)
    ) STRICT, WITHOUT ROWID
    """,
    # Events named as replaced that have not arrived yet.
    f"""
    CREATE TABLE replaced_early (
        {_ID},
        PRIMARY KEY (device, incarnation, seq)
    ) STRICT, WITHOUT ROWID
    """,
    # Events that could not be read: kept in the log, named here, counted nowhere.
    f"""
    CREATE TABLE set_aside (
        {_ID}, why TEXT NOT NULL,
        PRIMARY KEY (device, incarnation, seq)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE case_line (
        ref TEXT PRIMARY KEY, sample TEXT NOT NULL, place TEXT NOT NULL, holder TEXT NOT NULL,
        worked INTEGER NOT NULL, complete INTEGER NOT NULL, done INTEGER NOT NULL, due INTEGER NOT NULL,
        touched_at INTEGER NOT NULL, touched TEXT NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE tally (
        item TEXT NOT NULL, scope TEXT NOT NULL,
        yes INTEGER NOT NULL, no INTEGER NOT NULL, not_relevant INTEGER NOT NULL,
        open INTEGER NOT NULL, out INTEGER NOT NULL,
        PRIMARY KEY (item, scope)
    ) STRICT, WITHOUT ROWID
    """,
    # The same values by their kind, for those who read the file with SQL.
    *(
        f"CREATE VIEW {aspect} AS SELECT subject AS ref, substr(slot, {len(aspect) + 2}) AS item, value "
        f"FROM head WHERE shown AND value IS NOT NULL AND slot >= '{aspect}:' AND slot < '{aspect};'"
        for aspect in ("answer", "judgement", "fact", "note", "reason")
    ),
    "PRAGMA user_version = 1",
)

_M002 = _table_of_events("fork", "device, incarnation, seq, hash")

_M003 = (
    "DROP TABLE replaced_early",
    # Of a forked chain, what was replaced may be the event of that number that is not here: the slot tells.
    f"""
    CREATE TABLE replaced_early (
        {_ID},
        subject TEXT NOT NULL, slot TEXT NOT NULL, at INTEGER NOT NULL,
        PRIMARY KEY (device, incarnation, seq, subject, slot)
    ) STRICT, WITHOUT ROWID
    """,
    # Events of a removed laptop after the last of them that still counts: in the log, and without effect.
    f"""
    CREATE TABLE beyond_removal (
        {_ID},
        PRIMARY KEY (device, incarnation, seq)
    ) STRICT, WITHOUT ROWID
    """,
)
