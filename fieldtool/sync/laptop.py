"""A laptop's own log as a store: what it has, what it gives, and how it takes in what others send."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from fieldtool.domain.events import GENESIS, Event, EventId
from fieldtool.store.database import Database
from fieldtool.store.forks import holds
from fieldtool.store.gaps import read_gaps
from fieldtool.store.log import Device, Log, Received, Unchained, events_after, find_event, read_ends
from fieldtool.sync.stores import Held, Holdings

BATCH = 2_000
"""Events of one chain that are read, sent and taken in together."""

LARGE = 4 * 1024 * 1024
"""Signs of text from which a batch is complete, however few events it has."""


class LaptopStore:
    """The log of an open inspection.

    Args:
        log: appends to that database.

    Attributes:
        misfits: the chains of which something came that does not fit, and the first event that does not.
    """

    name = "this laptop"

    def __init__(self, database: Database, log: Log) -> None:
        self._database = database
        self._log = log
        self.misfits: dict[Device, EventId] = {}

    def holdings(self) -> Holdings:
        """Where each chain ends, or where it has its first gap.

        Raises:
            StoreError: the file is damaged.
        """
        found = {device: Held(end.seq, end.hash) for device, end in read_ends(self._database).items()}
        for gap in sorted(read_gaps(self._database), reverse=True):
            device = Device(gap.device, gap.incarnation)
            before = find_event(self._database, EventId(*device, gap.first - 1))
            if before is None:
                found.pop(device, None)
            else:
                found[device] = Held(before.id.seq, before.hash)
        return found

    def take(self, known: Holdings) -> Iterator[Sequence[Event]]:
        """The events that are not known yet, chain by chain, in batches of one chain each.

        Raises:
            StoreError: the file is damaged.
        """
        for device, held in self.holdings().items():
            seq = known[device].seq if device in known else 0
            while seq < held.seq:
                for batch in _batches(
                    events_after(self._database, device, seq, min(held.seq, seq + BATCH)), LARGE
                ):
                    seq = batch[-1].id.seq
                    yield batch

    def send(self, batches: Iterable[Sequence[Event]]) -> Received:
        """Take events in, each batch in one transaction.

        A chain in which something does not fit goes no further, and is named in `misfits`; all others go on.
        Events whose number another event of the same chain has are kept beside the log, as a fork.

        Raises:
            StoreError: the disk is full, or the file is damaged; the batches before are safe.
        """
        new = known = 0
        for batch in batches:
            wanted = [event for event in batch if _chain(event) not in self.misfits]
            try:
                received = self._log.receive(wanted)
            except Unchained:
                received = self._one_by_one(wanted)
            new, known = new + received.new, known + received.known
        return Received(new, known)

    def has(self, id: EventId, digest: bytes) -> bool:
        """Whether the event of this hash is here, in the log or in a fork beside it."""
        return holds(self._database, id, digest)

    def event(self, id: EventId) -> Event | None:
        """Read an event of the log."""
        return find_event(self._database, id)

    def _one_by_one(self, batch: Sequence[Event]) -> Received:
        """Take in each chain of a batch by itself, as far as it fits."""
        new = known = 0
        for chain, group in groupby(batch, key=_chain):
            events = list(group)
            try:
                received = self._log.receive(events)
            except Unchained as error:
                self.misfits[chain] = error.id
                received = self._log.receive(event for event in events if event.id < error.id)
            new, known = new + received.new, known + received.known
        return Received(new, known)


def lacking(ours: Holdings, theirs: Holdings) -> Mapping[Device, tuple[int, int]]:
    """The events that the first has and the second lacks, chain by chain: the first and the last of them."""
    found = {}
    for device, held in ours.items():
        seq = theirs.get(device, Held(0, GENESIS)).seq
        if seq < held.seq:
            found[device] = (seq + 1, held.seq)
    return found


def _batches(events: Iterable[Event], large: int) -> Iterator[list[Event]]:
    batch: list[Event] = []
    size = 0
    for event in events:
        batch.append(event)
        size += len(event.text)
        if size >= large:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _chain(event: Event) -> Device:
    return Device(event.id.device, event.id.incarnation)
