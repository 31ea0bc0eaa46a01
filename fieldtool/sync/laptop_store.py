"""A laptop's own log as a store: what it has, what it gives, and how it takes in what others send."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from fieldtool.domain.kinds.kind import kinds
from fieldtool.domain.kinds.laptops import ReceiptGiven
from fieldtool.domain.log.door import of_a_later_version, unreadable
from fieldtool.domain.log.events import ChainId, Event, EventId
from fieldtool.store.chain.forks import forked_ranges, holds, read_forks
from fieldtool.store.chain.log import Log
from fieldtool.store.chain.missing_events import read_gaps
from fieldtool.store.chain.reading import events_after, events_in, find_event, read_ends
from fieldtool.store.chain.receiving import Received, Unchained
from fieldtool.store.file.database import Database
from fieldtool.store.keys.membership import must_belong
from fieldtool.store.views.laptops import Receipt, read_receipts
from fieldtool.sync.event_store import Held, Holdings

BATCH = 2_000
"""Events of one chain that are read, sent and taken in together."""

LARGE = 4 * 1024 * 1024
"""Characters of text from which a batch is complete, however few events it has."""


class LaptopStore:
    """The log of an open inspection.

    Args:
        log: appends to that database.
        receipts: whether it puts on record what it has taken in, for all to see.
        before_sending: done once everything was taken and that is on record, before anything is sent.

    Attributes:
        misfits: the chains of which something came that does not fit, and the first event that does not.
    """

    name = "this laptop"

    def __init__(
        self,
        database: Database,
        log: Log,
        *,
        receipts: bool = False,
        before_sending: Callable[[], None] | None = None,
    ) -> None:
        self._database = database
        self._log = log
        self._receipts = receipts
        self._before_sending = before_sending
        self._learned = False
        self.misfits: dict[ChainId, EventId] = {}

    def holdings(self) -> Holdings:
        """Where each chain ends, or where it has its first gap.

        Raises:
            StoreError: the file is damaged.
        """
        holdings = {device: Held(end.seq, end.hash) for device, end in read_ends(self._database).items()}
        for device, (first, _) in self.gaps().items():
            before = find_event(self._database, EventId(*device, first - 1))
            if before is None:
                holdings.pop(device, None)
            else:
                holdings[device] = Held(before.id.seq, before.hash)
        return holdings

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
        received = Received()
        for batch in batches:
            wanted = [event for event in batch if event.id.chain not in self.misfits]
            try:
                came = self._log.receive(wanted)
            except Unchained:
                came = self._one_by_one(wanted)
            received = received.with_more(came)
            if came.new:
                self._learned |= any(event.kind not in _QUIET for event in wanted)
        return received

    def give_receipt(self) -> None:
        """Put on record what was taken in, the first time, and if anything was but what laptops say of themselves.

        Raises:
            Removed: this laptop was removed from the inspection, and nothing more counts of it.
            StoreError: it could not be saved.
        """
        if self._receipts:
            must_belong(self._database)
        given = any(receipt.device == self._log.device for receipt in read_receipts(self._database))
        if self._receipts and (self._learned or not given):
            ends = {str(chain): held.seq for chain, held in self.holdings().items()}
            device, incarnation = self._log.device
            self._log.record("", ReceiptGiven(device=device, incarnation=incarnation, ends=ends))
        self._learned = False
        if self._before_sending is not None:
            self._before_sending()

    def has(self, id: EventId, digest: bytes) -> bool:
        """Whether the event of this hash is here, in the log or in a fork beside it; not if it is after a gap."""
        gap = self.gaps().get(id.chain)
        return (gap is None or id.seq < gap[0]) and holds(self._database, id, digest)

    def hash_of(self, id: EventId) -> bytes | None:
        """The hash of an event of the log, if it is there."""
        event = find_event(self._database, id)
        return None if event is None else event.hash

    def near(self, id: EventId) -> Event | None:
        """An event of the log, or the last one of its chain before it."""
        event = find_event(self._database, id)
        end = read_ends(self._database).get(id.chain)
        if event is None and end is not None and end.seq < id.seq:
            event = find_event(self._database, id._replace(seq=end.seq))
        return event

    def gaps(self) -> Mapping[ChainId, tuple[int, int]]:
        """The first gap of each chain that has one."""
        gaps = sorted(read_gaps(self._database), reverse=True)
        return {ChainId(*gap[:2]): (gap.first, gap.last) for gap in gaps}

    def forks(self) -> Mapping[ChainId, tuple[int, int]]:
        """The first and the last event of each chain that are kept beside the log, as a fork."""
        return forked_ranges(self._database)

    def beside(self) -> Iterator[Event]:
        """The events that are kept beside the log, as forks: chain by chain, in the order of their numbers.

        Raises:
            StoreError: the file is damaged.
        """
        return read_forks(self._database)

    def without_effect(self) -> Mapping[EventId, str]:
        """Why events are without effect that do not fit; what only a later version can read is not among them."""
        aside = events_in(self._database, "set_aside")
        return {event.id: unreadable(event) for event in aside if not of_a_later_version(event)}

    def receipts(self) -> Sequence[Receipt]:
        """What each other laptop has said last of what it had."""
        own = self._log.device.id
        return [receipt for receipt in read_receipts(self._database) if receipt.device.id != own]

    def first_said(self, device: ChainId, first: int, last: int) -> int | None:
        """The first of some events that others must know of, or that is not here; None if there is none."""
        expected = first
        for event in events_after(self._database, device, first - 1, last):
            if event.id.seq != expected or event.kind not in _QUIET:
                break
            expected += 1
        return expected if expected <= last else None

    def _one_by_one(self, batch: Sequence[Event]) -> Received:
        """Take in each chain of a batch by itself, as far as it fits."""
        received = Received()
        for chain, group in groupby(batch, key=lambda event: event.id.chain):
            events = list(group)
            try:
                came = self._log.receive(events)
            except Unchained as error:
                self.misfits[chain] = error.id
                came = self._log.receive(event for event in events if event.id < error.id)
            received = received.with_more(came)
        return received


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


_QUIET = kinds(lambda says: says.by_laptop)
"""The kinds of events in which laptops speak of themselves: if nothing else has come, nobody says that it has."""
