"""The chains of the log, looked at by an auditor: unaltered, without a gap, and signed by their devices."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator
from itertools import groupby

from fieldtool.domain.kinds.devices import ChainSigned, DeviceJoined, OfDevice
from fieldtool.domain.kinds.kind import KINDS
from fieldtool.domain.log.door import understood
from fieldtool.domain.log.events import GENESIS, ChainId, Event, EventId
from fieldtool.domain.log.findings import NAMED, Finding, Touched, finding, remark
from fieldtool.store.chain import signatures
from fieldtool.store.chain.clock import DAY


class Chains:
    """Goes once over all events, device by device, and says what is wrong with their chains.

    Args:
        inspections: the hashes of the events that opened the inspection.
        now: this moment on the logical clock; what is dated long after it is remarked on.
    """

    def __init__(self, inspections: Collection[str], now: int) -> None:
        self.inspections = inspections
        self.latest = now + DAY
        """What is dated later is dated after today."""
        self.number = 0
        """How many events there were."""
        self.unsigned: dict[ChainId, int] = {}
        """How many events at the end of each chain no signature covers."""
        self.signed: set[ChainId] = set()
        """The chains with a signature, right or wrong."""

    def look(self, events: Iterator[Event]) -> Iterator[Finding]:
        """Say what is wrong, chain by chain; the events come in the order of their numbers."""
        for device, chain in groupby(events, key=lambda event: event.id.chain):
            yield from _Chain(self, device).look(chain)


class _Chain:
    """One chain, event by event."""

    def __init__(self, whole: Chains, device: ChainId) -> None:
        self._whole = whole
        self._device = device
        self._misfits: list[Event] = []
        self._latest: deque[tuple[int, str]] = deque(maxlen=64)
        self._key: str | None = None
        self._since = 0
        self._unsigned: list[Touched] = []
        self._late: list[Touched] = []
        self._last: Event | None = None

    def look(self, events: Iterator[Event]) -> Iterator[Finding]:
        for event in events:
            yield from self._place(event)
            if event.kind in _OF_DEVICES:
                yield from self._own_word(event)
            self._since += 1
            if len(self._unsigned) < NAMED:
                self._unsigned.append(Touched.of(event))
            if event.at > self._whole.latest:
                self._late.append(Touched.of(event))
            self._latest.append((event.id.seq, event.hash.hex()))
            self._last = event
            self._whole.number += 1
        yield from self._altered()
        yield from self._dates()
        self._whole.unsigned[self._device] = self._since

    def _place(self, event: Event) -> Iterator[Finding]:
        """Whether an event is where it was written."""
        seq, previous = (self._last.id.seq, self._last.hash) if self._last else (0, GENESIS)
        if event.id.seq != seq + 1:
            yield from self._altered()
            yield self._gap(seq + 1, event)
        elif event.hash != event.chained(previous):
            self._misfits.append(event)
        else:
            yield from self._altered()

    def _gap(self, first: int, event: Event) -> Finding:
        missing = event.id.seq - first
        device, incarnation, last = event.id
        ids = f"{EventId(device, incarnation, first)}"
        which = (
            f"Event {ids} is"
            if missing == 1
            else f"Events {ids} to {EventId(device, incarnation, last - 1)} are"
        )
        around = [Touched.of(each) for each in (self._last, event) if each]
        return finding(
            "gap",
            f"{which} missing: removed, or never arrived here.",
            "Take in what the laptop that wrote them has sent, or its copy; until then, what they said does "
            "not count here. The events named are those around the gap.",
            around,
        )

    def _altered(self) -> Iterator[Finding]:
        """Say which events in a row are not as they were written."""
        misfits, self._misfits = self._misfits, []
        if not misfits:
            return
        one, first = len(misfits) == 1, misfits[0].id
        before = "" if first.seq == 1 else f", or the one before {'it' if one else 'them'} is not"
        which = f"Event {first} is" if one else f"Events {first} to {misfits[-1].id} are"
        yield finding(
            "chain",
            f"{which} not as {'it was' if one else 'they were'} written{before}.",
            "Keep this file as it is, and compare these events with what the laptop that wrote them has, or "
            "with a copy: what they say here cannot be trusted.",
            map(Touched.of, misfits),
        )

    def _own_word(self, event: Event) -> Iterator[Finding]:
        """What a device says of itself: its key, and its signatures."""
        body, _ = understood(event)
        if not isinstance(body, OfDevice):  # one that cannot be read is named among those
            return
        if (body.device, body.incarnation) != event.id[:2]:
            yield finding(
                "signature",
                f"Event {event.id} speaks for the device {body.device}.{body.incarnation}, which did not write it.",
                "Ask who wrote it; nothing that it says of that device is believed here.",
                [Touched.of(event)],
            )
        elif isinstance(body, DeviceJoined):
            yield from self._joined(event, body)
        elif isinstance(body, ChainSigned):
            yield from self._signature(event, body)

    def _joined(self, event: Event, body: DeviceJoined) -> Iterator[Finding]:
        if self._key not in {None, body.public_key}:
            yield remark(
                "signature",
                f"Device {self._device} has announced another key than before, with event {event.id}.",
                f"Ask {event.actor} whether the program was set up anew on that laptop then.",
                [Touched.of(event)],
            )
        self._key = body.public_key

    def _signature(self, event: Event, body: ChainSigned) -> Iterator[Finding]:
        covered = [touched for touched in self._unsigned if EventId.parse(touched.id).seq <= body.seq]
        number = self._since - (event.id.seq - 1 - body.seq)
        why = self._why_wrong(body)
        if why:
            first = covered[0].id if covered else "the beginning"
            last = EventId(*self._device, body.seq)
            yield finding(
                "signature",
                f"The signature {event.id} of {event.actor} does not fit what it covers, {first} to {last}: {why}.",
                "Keep this file as it is, and compare these events with what the laptop that wrote them has, "
                "or with a copy: one or more of them were written by somebody else.",
                covered,
                number,
            )
        self._whole.signed.add(self._device)
        # What a wrong signature covers has been named, and is not named again as unsigned.
        self._since -= max(number, 0)
        self._unsigned = [touched for touched in self._unsigned if EventId.parse(touched.id).seq > body.seq]

    def _why_wrong(self, body: ChainSigned) -> str:
        """Why a signature does not hold; empty if it does."""
        if self._key is None:
            return "this device has put no key on record to check it with"
        if not signatures.is_right(body, self._key):
            return "it was not made with the key of this device"
        # A signer may not have known which inspection it was.
        if body.inspection and body.inspection not in self._whole.inspections:
            return "it was made in another inspection"
        if all(seq != body.seq for seq, _ in self._latest):
            return f"event {EventId(*self._device, body.seq)}, with which it ends, is not here"
        if (body.seq, body.hash) not in self._latest:
            return (
                "the chain that was signed is another one, so events were altered and their hashes made anew"
            )
        return ""

    def _dates(self) -> Iterator[Finding]:
        if self._late:
            yield remark(
                "clock",
                f"Device {self._device} has dated events after today: its clock was far ahead.",
                "Set the clock of that laptop. What it says counts; only where two people answered at the "
                "same time is its answer shown first, until somebody settles that.",
                self._late,
            )


_OF_DEVICES = frozenset(kind for kind, model in KINDS.items() if issubclass(model, OfDevice))
