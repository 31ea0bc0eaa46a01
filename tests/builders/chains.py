"""Chains of events made by hand, and stores of events in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from fieldtool.domain.log.events import GENESIS, ChainId, Event, EventId
from fieldtool.sync.event_store import Held, Holdings

Batches = Iterable[Sequence[Event]]


def after(
    previous: Event | None,
    device: ChainId | None = None,
    *,
    at: int = 0,
    wall: str = "2020-03-02T09:00:00.000+00:00",
    actor: str = "INS-01",
    kind: str = "answer.given",
    subject: str = "CS-1",
    slot: str = "answer:Qax",
    text: str = '{"prompt":"Qax","answer":"yes"}',
    parents: tuple[EventId, ...] = (),
) -> Event:
    """The event that continues a chain, or the first of a device."""
    chain = device or (ChainId(*previous.id[:2]) if previous else ChainId("laptop-a", 1))
    seq = previous.id.seq + 1 if previous else 1
    event = Event(EventId(*chain, seq), at or seq << 16, wall, actor, kind, subject, slot, text, parents, b"")
    return event._replace(hash=event.chained(previous.hash if previous else GENESIS))


def chain(device: str = "laptop-a", number: int = 5, incarnation: int = 1, text: str = "") -> list[Event]:
    """So many events of one laptop, each answer replacing the one before it."""
    events: list[Event] = []
    for _ in range(number):
        before = events[-1] if events else None
        events.append(
            after(
                before,
                ChainId(device, incarnation),
                text=text or '{"prompt":"Qax","answer":"yes"}',
                parents=(before.id,) if before else (),
            )
        )
    return events


def holdings_of(events: Iterable[Event]) -> Holdings:
    """What a store has that has these events, each chain in order."""
    return {ChainId(*event.id[:2]): Held(event.id.seq, event.hash) for event in events}


def in_batches(events: Sequence[Event], size: int) -> Iterator[Sequence[Event]]:
    for start in range(0, len(events), size):
        yield events[start : start + size]


def all_of(batches: Batches) -> list[Event]:
    return [event for batch in batches for event in batch]
