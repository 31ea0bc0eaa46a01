"""The tables of an inspection file, and each step from one version of them to the next."""

from __future__ import annotations

from typing import Any

import fieldtool.store.driver  # isort: skip  # noqa: F401  # before sqlite-utils, see there
from sqlite_utils import Database, Migrations

migrations = Migrations("fieldtool")


def upgrade(connection: Any) -> None:
    """Run every step that a file does not have yet; each is one transaction with the record of it."""
    migrations.apply(Database(connection))


@migrations()
def m001_log_and_views(db: Database) -> None:
    """The log, which is the truth; what only this installation knows; and the views of the log."""
    for statement in _M001:
        db.conn.execute(statement)


_M001 = (
    """
    CREATE TABLE event (
        device TEXT NOT NULL, incarnation INTEGER NOT NULL, seq INTEGER NOT NULL,
        at INTEGER NOT NULL, wall TEXT NOT NULL, actor TEXT NOT NULL, kind TEXT NOT NULL,
        subject TEXT NOT NULL, slot TEXT NOT NULL, body TEXT NOT NULL, parents TEXT NOT NULL,
        hash BLOB NOT NULL,
        PRIMARY KEY (device, incarnation, seq)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TRIGGER event_is_never_changed BEFORE UPDATE ON event
    BEGIN SELECT RAISE(ABORT, 'events are never changed'); END
    """,
    """
    CREATE TRIGGER event_is_never_deleted BEFORE DELETE ON event
    BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END
    """,
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
    """
    CREATE TABLE head (
        subject TEXT NOT NULL, slot TEXT NOT NULL,
        device TEXT NOT NULL, incarnation INTEGER NOT NULL, seq INTEGER NOT NULL,
        at INTEGER NOT NULL, shown INTEGER NOT NULL, value TEXT,
        PRIMARY KEY (subject, slot, device, incarnation, seq)
    ) STRICT, WITHOUT ROWID
    """,
    # Events named as replaced that have not arrived yet.
    """
    CREATE TABLE replaced_early (
        device TEXT NOT NULL, incarnation INTEGER NOT NULL, seq INTEGER NOT NULL,
        PRIMARY KEY (device, incarnation, seq)
    ) STRICT, WITHOUT ROWID
    """,
    # Events that could not be read: kept in the log, named here, counted nowhere.
    """
    CREATE TABLE set_aside (
        device TEXT NOT NULL, incarnation INTEGER NOT NULL, seq INTEGER NOT NULL, why TEXT NOT NULL,
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
