"""What this installation keeps for itself in the file of an inspection: it is no part of the log, and never sent."""

from __future__ import annotations

from collections.abc import Mapping

from fieldtool.store.file.database import Database


def local(database: Database, name: str) -> str | None:
    """Read what this installation keeps under a name."""
    row = database.row("SELECT value FROM local WHERE name = ?", (name,))
    return None if row is None else str(row[0])


def set_local(database: Database, name: str, value: str) -> None:
    """Keep something of this installation alone.

    Raises:
        StoreError: it could not be saved, and why.
    """
    set_locals(database, {name: value})


def set_locals(database: Database, values: Mapping[str, str | None]) -> None:
    """Keep some values, and forget those that are None, in one transaction.

    Raises:
        StoreError: it could not be saved, and why.
    """
    with database.transaction():
        set_locals_within(database, values)


def set_locals_within(database: Database, values: Mapping[str, str | None]) -> None:
    """Do as `set_locals` does inside a transaction of the caller."""
    for name, value in values.items():
        if value is None:
            database.connection.execute("DELETE FROM local WHERE name = ?", (name,))
        else:
            database.connection.execute("INSERT OR REPLACE INTO local VALUES (?, ?)", (name, value))
