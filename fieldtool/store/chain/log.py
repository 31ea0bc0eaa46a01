"""The log of events: append-only, chained, and the truth; each append is one transaction with its views."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from datetime import datetime
from typing import NamedTuple

from fieldtool.domain.kinds.assessment import (
    Undone,
)
from fieldtool.domain.kinds.kind import Body, body_text
from fieldtool.domain.log.door import LATEST, understood
from fieldtool.domain.log.events import ChainId, Event, EventId
from fieldtool.domain.method.case import Slot
from fieldtool.store.chain.clock import DAY, WallClock, latest_believed, next_tick, system_clock, told
from fieldtool.store.chain.reading import INSERT, NO_END, SELECT, End, event_of, find_event, read_ends, row_of
from fieldtool.store.chain.receiving import Received, Receiving
from fieldtool.store.file.database import Database, StoreError
from fieldtool.store.file.local import set_locals
from fieldtool.store.views.projection import Projection

Due = Callable[[datetime], Sequence[Body]]
"""Says what has to be recorded before the next event, given the wall clock; called within the transaction."""


class TakenBack(NamedTuple):
    """What undo took back: the event, and the value that its slot has now."""

    event: Event
    now: str | None


class Log:
    """Appends to the log and reads from it.

    Args:
        device: whose chain the recorded events continue.
        actor: the id of the person who works here.
        due: says what else has to be recorded before the next event, as when the clock has jumped.
    """

    def __init__(
        self,
        database: Database,
        device: ChainId,
        actor: str,
        clock: WallClock = system_clock,
        due: Due | None = None,
    ) -> None:
        self.device = device
        self.actor = actor
        self._database = database
        self._clock = clock
        self._due = due
        self._projection = Projection(database)
        self._end: End | None = None
        self._named_early = False
        """Whether others have replaced own events that are not here, so that new ones get their numbers."""
        self._version = (0, 0, 0)

    def record(self, subject: str, *bodies: Body) -> tuple[Event, ...]:
        """Write what has just happened about one case, or with an empty subject about the inspection.

        When this returns, the events and all views of them are on the disk.

        Raises:
            StoreError: nothing was saved, and why.
        """
        with self._database.transaction():
            return self.record_within(subject, *bodies)

    def record_within(self, subject: str, *bodies: Body) -> tuple[Event, ...]:
        """Do as `record` does inside a transaction of the caller: durable only when that is committed."""
        events = tuple(self._append(subject, body) for body in bodies)
        self._projection.flush()
        return events

    def receive(self, events: Iterable[Event], *, over_gaps: bool = False) -> Received:
        """Take in events of other devices, in one transaction; those already known change nothing.

        The events of one device must come in the order of their numbers. What fills a gap that is known is
        taken in too; what belongs to a fork is kept beside the log.

        Args:
            over_gaps: where events are missing, as from a damaged copy, note that and take in the later ones.

        Raises:
            Unchained: an event does not continue the chain of its device.
            StoreError: nothing could be saved.
        """
        with self._database.transaction(), ExitStack() as stack:
            self._renew()
            receiving = Receiving(self._database, self._projection)
            if receiving.first:
                stack.enter_context(self._projection.counting_later())
            received = receiving.take_all(events, over_gaps=over_gaps)
            self._end = None
            self._version = (*self._version[:2], self._database.appended)
        return received

    def now(self) -> str:
        """What the clock on the wall says, as events tell it."""
        return told(self._clock())

    def undoable(self, subject: str) -> Event | None:
        """The latest change to a case on this device that undo can take back and has not yet."""
        undone: set[str] = set()
        with self._database.worded():
            for row in self._database.connection.execute(_BACKWARDS, (*self.device, subject)):
                event = event_of(row)
                body, _ = understood(event)
                if body is None:  # written by a later version, and without effect here
                    continue
                if isinstance(body, Undone):
                    undone.add(body.undoes)
                elif body.says.undoable and str(event.id) not in undone and self._holds_alone(event):
                    return event
        return None

    def _holds_alone(self, event: Event) -> bool:
        """Whether nobody else has changed the slot since: what they wrote is not ours to take back."""
        heads = self._projection.heads(event.subject, event.slot)
        return all(head.id.chain == self.device for head in heads)

    def undo(self, subject: str) -> TakenBack | None:
        """Take back the latest change to a case on this device, by an event that sets what stood before.

        Returns:
            The event that was taken back, and what stands now; None if there is nothing left to take back.
        """
        event = self.undoable(subject)
        if event is None:
            return None
        before = max(
            filter(None, (find_event(self._database, parent) for parent in event.parents)),
            key=lambda parent: (parent.at, parent.id),
            default=None,
        )
        value = None if before is None else before.body.value
        change = type(event.body).setting(Slot.parse(event.slot), value)
        self.record(subject, Undone(undoes=str(event.id), change=change))
        return TakenBack(event, change.value)

    def _append(self, subject: str, body: Body) -> Event:
        wall = self._clock()
        if self._due is not None:
            for first in self._due(wall):
                self._write("", first, wall)
        return self._write(subject, body, wall)

    def _write(self, subject: str, body: Body, wall: datetime) -> Event:
        end = self._own_end(wall)
        if self.device.id in self._projection.limits:
            raise StoreError(
                "This laptop was removed from the inspection, and nothing more can be recorded on it: ask the lead "
                "inspector for an invitation, and join with it in a new file."
            )
        slot = body.slot
        address = str(slot)
        heads = self._projection.heads(subject, address)
        at = tick = next_tick(end.at, wall)
        if heads and heads[0].at >= at:
            # Nothing has an effect that is later: then both stand, until the lead inspector removes the laptop.
            at = min(heads[0].at + 1, LATEST - 1)
            if (
                at - tick < DAY
            ):  # else what is replaced came from a clock far ahead: this event alone follows it
                tick = at
        unchained = Event(
            EventId(*self.device, end.seq + 1),
            at,
            told(wall),
            self.actor,
            body.kind,
            subject,
            address,
            body_text(body),
            tuple([head.id for head in heads]),
            hash=b"",
        )
        event = unchained._replace(hash=unchained.chained(end.hash))
        self._database.connection.execute(INSERT, row_of(event))
        self._database.appended += 1
        if self._named_early:
            self._projection.is_here(event.id)
        self._projection.record(event, body.value, heads)
        self._end = End(event.id.seq, event.hash, tick)
        self._version = (*self._version[:2], self._database.appended)
        return event

    def _own_end(self, wall: datetime) -> End:
        """Where this device's chain ends, with the latest time of any device that can be believed.

        It is remembered for as long as nothing else has written and nothing was taken back.
        """
        self._renew()
        if self._end is None:
            ends = read_ends(self._database)
            own = ends.get(self.device, NO_END)
            self._named_early = self._database.row(_NAMED_EARLY, self.device) is not None
            self._end = own._replace(at=latest_believed([end.at for end in ends.values()], wall))
        return self._end

    def _renew(self) -> None:
        """Forget what is remembered if somebody else has written or a transaction was taken back."""
        database = self._database
        version = (database.data_version, database.rollbacks, database.appended)
        if version != self._version:
            self._projection.forget()
            self._end, self._version = None, version


def new_device(database: Database, id: str | None = None) -> ChainId:
    """Give this file a device of its own, as after it was copied from another's: chains never fork."""
    device = ChainId(id or secrets.token_hex(4), 1)
    set_locals(database, {"device": device.id, "incarnation": str(device.incarnation)})
    return device


_BACKWARDS = SELECT + "WHERE device = ? AND incarnation = ? AND subject = ? ORDER BY seq DESC"
_NAMED_EARLY = "SELECT 1 FROM replaced_early WHERE device = ? AND incarnation = ? LIMIT 1"
