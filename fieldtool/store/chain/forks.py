"""Forked chains: two events of one number, as when a copied file is worked in on two laptops.

The event that came first keeps its place; the other, and all that follow it, are kept whole beside the log,
without effect, until people have looked at them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from fieldtool.domain.log.events import GENESIS, Event, EventId
from fieldtool.store.chain.reading import unreadable
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
        ends = [found for table in tables for found in self._hashes(table, before)]
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


class Replaced:
    """What events name as replaced: each in its own slot alone.

    Of a forked chain, the event that was meant may be beside the log, and the one of that number about something
    else.
    """

    def __init__(self) -> None:
        self._slots: dict[EventId, tuple[int, int]] = {}
        """The slot in which one is replaced, and when it was last."""
        self._more: dict[tuple[EventId, int], int] = {}

    @classmethod
    def by(
        cls, events: Iterable[Event], without_effect: Callable[[Event], bool] = lambda _: False
    ) -> Replaced:
        """What some events replace.

        Args:
            without_effect: whether an event is none that counts. What it replaces stands, unless an event that
                counts replaces it in turn: whoever wrote that one knew of all of them.
        """
        found = cls()
        void: dict[EventId, Event] = {}
        for event in events:
            if unreadable(event):
                continue
            if without_effect(event):
                void[event.id] = event
            else:
                found._note(event)
        passed = [id for id, event in void.items() if found._names(event)]
        while passed:
            through = void.pop(passed.pop(), None)
            if through is not None:
                found._note(through)
                passed += [id for id in through.parents if id in void and found._names(void[id])]
        return found

    def holds(self, event: Event) -> bool:
        """Whether another event replaces this one; asked once for each."""
        found = self._names(event)
        self._slots.pop(event.id, None)
        return found

    @property
    def elsewhere(self) -> set[EventId]:
        """What was never asked for."""
        return set(self._slots)

    def _note(self, event: Event) -> None:
        slot = hash((event.subject, event.slot))
        for parent in event.parents:
            there, at = self._slots.setdefault(parent, (slot, event.at))
            if there == slot:
                self._slots[parent] = (slot, max(at, event.at))
            else:
                self._more[parent, slot] = max(self._more.get((parent, slot), 0), event.at)

    def _names(self, event: Event) -> bool:
        """Whether a later event replaces this one: an earlier one has replaced the other event of its number."""
        slot = hash((event.subject, event.slot))
        there, at = self._slots.get(event.id, (0, 0))
        return (there == slot and at > event.at) or self._more.get((event.id, slot), 0) > event.at


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
