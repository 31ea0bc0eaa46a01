"""Forked chains: two events of one number, as when a copied file is worked in on two laptops.

The event that came first keeps its place; the other, and all that follow it, are kept whole beside the log,
without effect, until people have looked at them.
"""

from __future__ import annotations

from collections.abc import Iterator

from fieldtool.domain.log.events import GENESIS, ChainId, Event, EventId
from fieldtool.store.chain.reading import event_of, row_of
from fieldtool.store.file.database import Database


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
        return int(self._run(_INSERT, row_of(event)).rowcount)

    def _hashes(self, table: str, id: EventId) -> list[bytes]:
        rows = self._run(
            f"SELECT hash FROM {table} WHERE device = ? AND incarnation = ? AND seq = ?", id
        ).fetchall()
        return [row[0] for row in rows]


def holds(database: Database, id: EventId, digest: bytes) -> bool:
    """Whether a file has this very event, in the log or in a fork beside it."""
    return database.row(_HOLDS, (*id, digest) * 2) is not None


def forked_ranges(database: Database) -> dict[ChainId, tuple[int, int]]:
    """The numbers of the first and the last event of each forked chain."""
    rows = database.rows(
        "SELECT device, incarnation, min(seq), max(seq) FROM fork GROUP BY device, incarnation"
    )
    return {ChainId(*row[:2]): (row[2], row[3]) for row in rows}


def read_forks(database: Database) -> Iterator[Event]:
    """Read every event of a forked chain, in the order of their numbers."""
    return map(event_of, database.rows("SELECT * FROM fork ORDER BY device, incarnation, seq, hash"))


_INSERT = "INSERT OR IGNORE INTO fork VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_HOLDS = " UNION ALL ".join(
    f"SELECT 1 FROM {table} WHERE device = ? AND incarnation = ? AND seq = ? AND hash = ?"
    for table in ("event", "fork")
)
