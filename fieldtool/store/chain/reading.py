"""What is in the log: events from their rows, one by one, chain by chain, or all that was said in one place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from fieldtool.domain.log.events import GENESIS, ChainId, Event, EventId
from fieldtool.domain.method.case import Aspect, Case, Slot
from fieldtool.store.file.database import Database, Row


class End(NamedTuple):
    """The last event of a chain: its number, its hash and its time."""

    seq: int
    hash: bytes
    at: int


def event_of(row: Row) -> Event:
    """An event from its row in the log."""
    device, incarnation, seq, at, wall, actor, kind, subject, slot, text, parents, digest = row
    try:
        replaced = tuple([EventId.parse(parent) for parent in parents.split()])
    except ValueError:  # nobody writes such parents: somebody altered them, and the hash tells
        replaced = (EventId(parents, 0, 0),)
    id = EventId(device, incarnation, seq)
    return Event(id, at, wall, actor, kind, subject, slot, text, replaced, digest)


def read_events(database: Database) -> Iterator[Event]:
    """Read every event, device by device, in the order of their numbers.

    Raises:
        StoreError: the file is damaged.
    """
    with database.worded():
        for row in database.connection.execute(SELECT + "ORDER BY device, incarnation, seq"):
            yield event_of(row)


def events_after(database: Database, device: ChainId, seq: int, last: int) -> Iterator[Event]:
    """Read a part of one chain: the events after a number, as far as another.

    Raises:
        StoreError: the file is damaged.
    """
    with database.worded():
        for row in database.connection.execute(_PART, (*device, seq, last)):
            yield event_of(row)


def read_ends(database: Database) -> dict[ChainId, End]:
    """Find where the chain of each device ends."""
    ends = {}
    row = database.row(_NEXT_DEVICE, ("", 0))
    while row is not None:
        ends[ChainId(row[0], row[1])] = End(row[2], row[3], row[4])
        row = database.row(_NEXT_DEVICE, (row[0], row[1]))
    return ends


def events_in(database: Database, view: str) -> list[Event]:
    """Read the events that a view names: those that were set aside, or came too late from a removed laptop."""
    columns = "event.device, event.incarnation, event.seq, at, wall, actor, kind, subject, slot, body, parents, hash"
    rows = database.rows(
        f"SELECT {columns} FROM event JOIN {view} USING (device, incarnation, seq) "
        "ORDER BY device, incarnation, seq"
    )
    return [event_of(row) for row in rows]


OTHERWISE = """NOT head.shown AND head.value IS NOT (
    SELECT said.value FROM head said WHERE said.subject = head.subject AND said.slot = head.slot AND said.shown)"""
"""In SQL, of a head: whether it says something else than what is shown, so that its slot is contested."""


def find_event(database: Database, id: EventId) -> Event | None:
    """Read one event by its id, if it is here."""
    try:
        row = database.row(SELECT + "WHERE device = ? AND incarnation = ? AND seq = ?", id)
    except OverflowError:  # an altered event names a number that no event can have
        return None
    return None if row is None else event_of(row)


def history(database: Database, subject: str, slot: Slot) -> tuple[Event, ...]:
    """Read what was ever recorded in a slot, the latest first: its heads and all that they replace."""
    events: dict[EventId, Event] = {}
    wanted = [EventId(*row) for row in database.rows(_HEAD_IDS, (subject, str(slot)))]
    while wanted:
        id = wanted.pop()
        event = None if id in events else find_event(database, id)
        if event is not None:
            events[id] = event
            wanted.extend(event.parents)
    return tuple(sorted(events.values(), key=lambda event: (event.at, event.id), reverse=True))


def shown_value(database: Database, subject: str, slot: Slot) -> str | None:
    """The value that is shown of a slot."""
    row = database.row(
        "SELECT value FROM head WHERE subject = ? AND slot = ? AND shown", (subject, str(slot))
    )
    return None if row is None else row[0]


def shown_values(database: Database, aspect: Aspect) -> dict[str, str]:
    """The values that are shown of an aspect of the inspection itself, by their items."""
    rows = database.rows(_SHOWN_OF, (f"{aspect}:", f"{aspect};"))
    return {Slot.parse(slot).item: value for slot, value in rows}


def opening_of(database: Database) -> Event | None:
    """The event that opened the inspection; None if it was not set up."""
    opened = history(database, "", Slot(Aspect.INSPECTION))
    return opened[-1] if opened else None


def inspection_id(database: Database) -> str:
    """The hash of the event that opened the inspection: what tells it from any other; empty if there is none."""
    opened = opening_of(database)
    return "" if opened is None else opened.hash.hex()


def events_about(database: Database, subject: str) -> tuple[Event, ...]:
    """Read every event of a case, also those without effect here, chain by chain."""
    return tuple(event_of(row) for row in database.rows(SELECT + "WHERE subject = ?", (subject,)))


def row_of(event: Event) -> Row:
    """An event as a row of the log."""
    parents = " ".join([str(parent) for parent in event.parents])
    return (*event.id, *event[1:8], parents, event.hash)


def case_of(ref: str, rows: Iterable[tuple[str, str]]) -> Case:
    """Put a case together from its slots and the values shown in them."""
    values = {Slot.parse(slot): value for slot, value in rows}
    sample = values.pop(Slot(Aspect.SAMPLE), "")
    return Case.model_construct(ref=ref, sample=sample, values=values)


def device_of(database: Database) -> ChainId | None:
    """The device that writes in this file, if it has been given one."""
    values: dict[str, str] = dict(
        database.rows("SELECT name, value FROM local WHERE name IN ('device', 'incarnation')")
    )
    return ChainId(values["device"], int(values["incarnation"])) if len(values) == 2 else None


SELECT = (
    "SELECT device, incarnation, seq, at, wall, actor, kind, subject, slot, body, parents, hash FROM event "
)
_PART = SELECT + "WHERE device = ? AND incarnation = ? AND seq > ? AND seq <= ? ORDER BY seq"
INSERT = "INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
# From one device to the next by the whole primary key: a part of it would be compared event by event.
_NEXT_DEVICE = """
    SELECT device, incarnation, seq, hash, at FROM event WHERE (device, incarnation, seq) = (
        SELECT device, incarnation, max(seq) FROM event WHERE (device, incarnation) = (
            SELECT device, incarnation FROM event WHERE (device, incarnation, seq) > (?, ?, 9223372036854775807)
            ORDER BY device, incarnation LIMIT 1))
"""
_SHOWN_OF = """
    SELECT slot, value FROM head
    WHERE subject = '' AND slot >= ? AND slot < ? AND shown AND value IS NOT NULL ORDER BY slot
"""
_HEAD_IDS = "SELECT device, incarnation, seq FROM head WHERE subject = ? AND slot = ?"
NO_END = End(0, GENESIS, 0)
