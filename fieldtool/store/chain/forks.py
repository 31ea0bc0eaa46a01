"""Forked chains: two events of one number, as when a copied file is worked in on two laptops.

The event that came first keeps its place; the other, and all that follow it, are kept whole beside the log,
without effect, until people have looked at them.
"""

from __future__ import annotations

from collections.abc import Iterator

from fieldtool.domain.log.events import GENESIS, Event, EventId
from fieldtool.store.file.database import Database, Row


class Forks:
    """Tells events that are known from those of a forked chain; used inside a transaction of its owner."""

    def __init__(self, database: Database) -> None:
        self._run = database.connection.execute
        self._any = self._run("SELECT 1 FROM fork LIMIT 1").fetchone() is not None

    def __bool__(self) -> bool:
        return self._any

    def known(self, event: Event) -> bool:
        """Whether an event whose number is taken is the one that is here."""
        return event.hash in self._hashes("event", event.id)

    def lead_to(self, event: Event) -> bool:
        """Whether an event follows on one of a forked chain."""
        before = event.id._replace(seq=event.id.seq - 1)
        return self._any and any(event.hash == event.chained(end) for end in self._hashes("fork", before))

    def keep(self, event: Event, *, unchained: bool = False) -> int | None:
        """Keep an event of a forked chain.

        Args:
            unchained: whatever it follows on, as where a damaged copy left something out.

        Returns:
            How many are new: 0 or 1; None if it is none, for it is not chained to anything here.
        """
        before = event.id._replace(seq=event.id.seq - 1)
        tables = ("event", "fork") if self._any else ("event",)
        ends = [end for table in tables for end in self._hashes(table, before)]
        if event.id.seq == 1:
            ends = [GENESIS]
        if not unchained and all(event.hash != event.chained(end) for end in ends):
            return None
        self._any = True
        parents = " ".join([str(parent) for parent in event.parents])
        return int(self._run(_INSERT, (*event.id, *event[1:8], parents, event.hash)).rowcount)

    def _hashes(self, table: str, id: EventId) -> list[bytes]:
        rows = self._run(
            f"SELECT hash FROM {table} WHERE device = ? AND incarnation = ? AND seq = ?", id
        ).fetchall()
        return [row[0] for row in rows]


def holds(database: Database, id: EventId, digest: bytes) -> bool:
    """Whether a file has this very event, in the log or in a fork beside it."""
    return database.row(_HOLDS, (*id, digest) * 2) is not None


def forked_ranges(database: Database) -> dict[tuple[str, int], tuple[int, int]]:
    """The numbers of the first and the last event of each forked chain."""
    rows = database.rows(
        "SELECT device, incarnation, min(seq), max(seq) FROM fork GROUP BY device, incarnation"
    )
    return {(row[0], row[1]): (row[2], row[3]) for row in rows}


def forked_rows(database: Database) -> Iterator[Row]:
    """Read every event of a forked chain, in the order of their numbers, as rows of the log."""
    yield from database.rows("SELECT * FROM fork ORDER BY device, incarnation, seq, hash")


_INSERT = "INSERT OR IGNORE INTO fork VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_HOLDS = " UNION ALL ".join(
    f"SELECT 1 FROM {table} WHERE device = ? AND incarnation = ? AND seq = ? AND hash = ?"
    for table in ("event", "fork")
)
