"""How events from elsewhere come into the log: the next of a chain, known ones, what fills a gap, and forks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from fieldtool.domain.log.door import refused
from fieldtool.domain.log.events import ChainId, Event, EventId
from fieldtool.store.chain.forks import Forks
from fieldtool.store.chain.missing_events import MissingEvents, fits
from fieldtool.store.chain.reading import INSERT, NO_END, End, find_event, read_ends, row_of
from fieldtool.store.file.database import Database, StoreError
from fieldtool.store.views.projection import MOST, Projection


class Unchained(StoreError):  # noqa: N818  # what is wrong says more than "error"
    """An event does not continue the chain of its device, and nothing was taken in."""

    def __init__(self, id: EventId) -> None:
        super().__init__(f"Event {id} does not continue what is here: nothing was taken in.")
        self.id = id


class Refused(Unchained):
    """An event cannot be a row of the log."""


class Received(NamedTuple):
    """What came of events that were handed in."""

    new: int = 0
    known: int = 0

    def with_more(self, more: Received) -> Received:
        """What came of these and of more of them."""
        return Received(self.new + more.new, self.known + more.known)


class Receiving:
    """Takes events into the log and its views, within a transaction of the caller."""

    def __init__(self, database: Database, projection: Projection) -> None:
        self._database = database
        self._projection = projection
        self._ends = read_ends(database)
        self._gaps = MissingEvents(database)
        self._forks = Forks(database)
        self._reached: dict[tuple[str, int], int] = {}
        self._next: list[Event] = []
        self.first = not self._ends
        """Whether nothing was here yet."""

    def take_all(self, events: Iterable[Event], *, over_gaps: bool = False) -> Received:
        """Take events in, and bring the views up to date.

        Args:
            over_gaps: where events are missing, note that and take in the later ones.

        Raises:
            Unchained: one does not continue the chain of its device.
        """
        new = known = 0
        for event in events:
            if self._take(event, over_gaps):
                new += 1
            else:
                known += 1
        self._flush()
        self._projection.flush()
        self._gaps.keep()
        return Received(new, known)

    def _take(self, event: Event, over_gaps: bool) -> bool:
        """Take an event in, and say whether it is new."""
        if refused(event):
            raise Refused(event.id)
        device = event.id.chain
        end = self._ends.get(device, NO_END)
        usual = event.id.seq == end.seq + 1 and not self._gaps and not self._forks
        if usual and event.hash == event.chained(end.hash):
            if not self._next:
                self._reached = {chain: here.seq for chain, here in self._ends.items()}
            self._next.append(event)
            self._ends[device] = End(event.id.seq, event.hash, event.at)
            if len(self._next) >= MOST:
                self._flush()
            return True
        self._flush()
        return self._take_unusual(event, device, end, over_gaps)

    def _flush(self) -> None:
        """Write the events that each follow on the end of their chain, as nearly all do: they wait to come together."""
        if not self._next:
            return
        events, self._next = self._next, []
        self._database.appended += len(events)
        self._database.connection.executemany(INSERT, map(row_of, events))
        self._projection.take(events, lambda id: id.seq > self._reached.get(id[:2], 0))

    def _take_unusual(self, event: Event, device: ChainId, end: End, over_gaps: bool) -> bool:
        """Take in an event that may be known, fill or leave a gap, or belong to a fork."""
        gaps, forks = self._gaps, self._forks
        taken = event.id.seq <= end.seq and event.id not in gaps
        if taken and forks.known(event):
            return False
        if event.id.seq == end.seq + 1:
            chained_here = event.hash == event.chained(end.hash)
        else:
            chained_here = self._fills(event) if event.id in gaps else over_gaps
        if taken or not chained_here or forks.lead_to(event):
            kept = forks.keep(event, unchained=over_gaps)
            if kept is None:
                raise Unchained(event.id)
            return bool(kept)
        self._database.connection.execute(INSERT, row_of(event))
        self._database.appended += 1
        self._projection.take([event], lambda id: find_event(self._database, id) is None)
        if event.id.seq <= end.seq:
            gaps.fill(event.id)
        else:
            if event.id.seq > end.seq + 1:
                gaps.open(*device, end.seq + 1, event.id.seq - 1)
            self._ends[device] = End(event.id.seq, event.hash, event.at)
        return True

    def _fills(self, event: Event) -> bool:
        near = (event.id._replace(seq=event.id.seq + step) for step in (-1, 1))
        return fits(event, *(find_event(self._database, id) for id in near))
