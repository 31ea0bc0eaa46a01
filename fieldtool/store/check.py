"""The auditor's questions: is the chain whole, are the views what the log says, and make the views anew."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from fieldtool.domain.events import GENESIS, Event, EventId
from fieldtool.store import listing
from fieldtool.store.database import Database, StoreError
from fieldtool.store.log import Device, event_of, read_events
from fieldtool.store.projection import VIEWS, Projection, unreadable


def findings(database: Database) -> Iterator[str]:
    """Say everything that is wrong with an inspection file, a sentence each; nothing if all is well.

    Raises:
        StoreError: the file cannot be read at all.
    """
    damage = [row[0] for row in database.rows("PRAGMA integrity_check")]
    whole = damage == ["ok"]
    if not whole:
        yield from (f"The file is damaged: {' '.join(line.split())}." for line in damage)
    try:
        yield from _log_findings(database)
        yield from _view_findings(database)
    except StoreError:
        # Of a damaged file, everything that can still be read has been looked at.
        if whole:
            raise


def rebuild(database: Database) -> int:
    """Make all views anew from the log, in one transaction.

    Returns:
        The number of events that they were made from.
    """
    with database.transaction():
        return Projection(database).rebuild(lambda: read_events(database))


def catch_up(database: Database) -> bool:
    """Make the views anew if this version would make others of the log than are there.

    They are behind after an upgrade of the tables, and when events that were set aside, as of a kind that
    only later versions knew, can be read now.

    Returns:
        Whether they were.
    """
    aside = database.rows("SELECT event.* FROM event JOIN set_aside USING (device, incarnation, seq)")
    if not listing.views_behind(database) and all(unreadable(event_of(row)) for row in aside):
        return False
    with database.transaction():
        Projection(database).rebuild(lambda: read_events(database))
        database.connection.execute("DELETE FROM local WHERE name = 'views'")
    return True


def _log_findings(database: Database) -> Iterator[str]:
    for device, events in groupby(read_events(database), key=lambda e: Device(e.id.device, e.id.incarnation)):
        yield from _chain_findings(device, events)
    for row in database.rows("SELECT device, incarnation, seq, why FROM set_aside"):
        yield f"Event {EventId(*row[:3])} is kept but has no effect: {row[3]}."


def _chain_findings(device: Device, events: Iterator[Event]) -> Iterator[str]:
    previous, seq = GENESIS, 0
    for event in events:
        if event.id.seq != seq + 1:
            yield (
                f"Device {device.id}, incarnation {device.incarnation}: "
                f"events {seq + 1} to {event.id.seq - 1} are missing."
            )
        elif event.hash != event.chained(previous):
            yield f"Event {event.id} ({event.wall}, {event.actor}) is not as it was written."
        previous, seq = event.hash, event.id.seq


def _view_findings(database: Database) -> Iterator[str]:
    with Database.in_memory() as fresh:
        fresh.connection.execute("BEGIN")
        insert = f"INSERT INTO event VALUES ({','.join('?' * 12)})"
        fresh.connection.executemany(insert, database.rows("SELECT * FROM event"))
        Projection(fresh).rebuild(lambda: read_events(fresh))
        for view in VIEWS:
            ours = {tuple(row) for row in database.rows(f"SELECT * FROM {view}")}
            theirs = {tuple(row) for row in fresh.rows(f"SELECT * FROM {view}")}
            if view == "tally":
                ours, theirs = ({row for row in rows if any(row[2:])} for rows in (ours, theirs))
            if ours != theirs:
                rows = sorted(map(str, ours ^ theirs))
                yield (
                    f"The view {view} differs from the log in {len(rows)} rows, "
                    f"the first being {rows[0][:100]} …: run `fieldtool rebuild`."
                )
        fresh.connection.execute("ROLLBACK")
