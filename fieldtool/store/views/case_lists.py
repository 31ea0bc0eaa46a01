"""What is kept of samples: their case lists, how they were drawn, and in which office people work."""

from __future__ import annotations

import json

from fieldtool.domain.kinds.sample import ListImported, SampleDrawn
from fieldtool.domain.log.events import Event, EventId
from fieldtool.domain.method.case import Aspect, Slot
from fieldtool.domain.method.case_list import ListSeen
from fieldtool.store.chain.reading import find_event, shown_values
from fieldtool.store.file.database import Database


def case_list(database: Database, sample: str) -> tuple[EventId, ListImported] | None:
    """Read the case list of a sample type, and which event it came in by; None if there is none yet."""
    event = _shown(database, Slot(Aspect.LIST, sample))
    body = None if event is None else event.body
    return (event.id, body) if event and isinstance(body, ListImported) else None


def list_of(database: Database, id: EventId) -> ListImported | None:
    """Read the case list that came in by an event, though another may have taken its place."""
    event = find_event(database, id)
    body = None if event is None else event.body
    return body if isinstance(body, ListImported) else None


def drawn(database: Database, sample: str) -> tuple[SampleDrawn, str, str] | None:
    """Read how the sample of a sample type was drawn, when by the clock on the wall, and by whom; None if not."""
    event = _shown(database, Slot(Aspect.DRAW, sample))
    if event is None or not isinstance(event.body, SampleDrawn):
        return None
    return event.body, event.wall, event.actor


def lists_seen(database: Database) -> dict[str, ListSeen]:
    """Read which case lists there are, by their sample types, without reading the lists themselves."""
    rows = database.rows(
        "SELECT head.slot, head.value, event.device, event.incarnation, event.seq, event.wall, event.actor"
        " FROM head JOIN event USING (device, incarnation, seq)"
        " WHERE head.subject = '' AND head.slot >= ? AND head.slot < ? AND head.shown AND head.value IS NOT NULL"
        " ORDER BY head.slot",
        (f"{Aspect.LIST}:", f"{Aspect.LIST};"),
    )
    return {
        Slot.parse(slot).item: ListSeen(str(EventId(*id)), json.loads(value)["cases"], wall, actor)
        for slot, value, *id, wall, actor in rows
    }


def cases_of(database: Database) -> dict[str, int]:
    """Count the cases of the inspection, by their sample types."""
    return dict(database.rows("SELECT sample, count(*) FROM case_line GROUP BY sample"))


def samples_of_cases(database: Database) -> dict[str, str]:
    """Read of which sample type each case of the inspection is."""
    return dict(database.rows("SELECT ref, sample FROM case_line"))


def begun(database: Database, sample: str) -> int:
    """Count the cases of a sample type that somebody has begun to assess."""
    row = database.row(
        "SELECT count(*) FROM case_line WHERE sample = ? AND (worked > 0 OR complete)", (sample,)
    )
    return 0 if row is None else int(row[0])


def offices(database: Database) -> dict[str, str]:
    """Read the office of the inspected service in which people work, by their ids."""
    return shown_values(database, Aspect.OFFICE)


def known_refs(database: Database) -> frozenset[str]:
    """Find the references of which anything was ever recorded."""
    return frozenset(ref for (ref,) in database.rows("SELECT DISTINCT subject FROM head"))


def _shown(database: Database, slot: Slot) -> Event | None:
    """The event whose value is shown of a slot of the inspection itself."""
    row = database.row(
        "SELECT device, incarnation, seq FROM head WHERE subject = '' AND slot = ? AND shown", (str(slot),)
    )
    return None if row is None else find_event(database, EventId(*row))
