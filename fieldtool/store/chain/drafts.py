"""Text as it is being typed: on the disk within a moment, and one event of the log when the writer leaves it.

An event for every half second of typing would fill the log, and what colleagues are sent, with
fragments. A draft is as durable as an event; it is found again after a kill or a power cut.
"""

from __future__ import annotations

from typing import NamedTuple

from fieldtool.domain.kinds.kind import setting
from fieldtool.domain.method.case import Slot
from fieldtool.store.chain.log import Log
from fieldtool.store.chain.reading import shown_value
from fieldtool.store.file.database import Database


class Draft(NamedTuple):
    """What somebody had typed, and where."""

    subject: str
    slot: Slot
    text: str


def keep(database: Database, log: Log, subject: str, slot: Slot, text: str) -> None:
    """Make the text durable as it stands now.

    Raises:
        StoreError: it could not be saved, and why.
    """
    with database.transaction():
        database.connection.execute(
            "INSERT OR REPLACE INTO draft VALUES (?, ?, ?, ?, ?)",
            (subject, str(slot), text, log.now(), log.actor),
        )


def settle(database: Database, log: Log, subject: str, slot: Slot, text: str) -> None:
    """Turn a draft into an event, in one transaction; where it says nothing new, only drop it.

    Raises:
        StoreError: it could not be saved, and why.
    """
    with database.transaction():
        before = shown_value(database, subject, slot) or ""
        body = setting(slot, text.strip())
        if body is not None and text.strip() != before.strip():
            log.record_within(subject, body)
        drop(database, subject, slot)


def drop(database: Database, subject: str, slot: Slot) -> None:
    """Drop a draft, inside a transaction of the caller, who records what it has become."""
    database.connection.execute("DELETE FROM draft WHERE subject = ? AND slot = ?", (subject, str(slot)))


def left_over(database: Database, actor: str | None = None) -> tuple[Draft, ...]:
    """Find the drafts of one person or of all: still being typed, or left by a kill."""
    rows = database.rows(
        "SELECT subject, slot, text FROM draft WHERE ?1 IS NULL OR actor = ?1 ORDER BY subject, slot",
        (actor,),
    )
    return tuple(Draft(subject, Slot.parse(slot), text) for subject, slot, text in rows)
