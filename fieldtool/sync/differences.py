"""What one side has and another lacks, or has otherwise: between this laptop, a place, and the other laptops."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from fieldtool.domain.log.events import GENESIS, ChainId, Event, EventId
from fieldtool.sync.event_store import NOTHING, Branch, Branching, Held, Holdings, Store
from fieldtool.sync.laptop_store import LaptopStore

Ranges = Mapping[ChainId, tuple[int, int]]
"""The first and the last event of some chains."""


class Difference(NamedTuple):
    """Some events of one chain that one side has and another has not, or has otherwise."""

    device: ChainId
    first: int
    last: int
    where: str
    """Who lacks them; empty where there are two different events of the first number: a fork."""
    who: str
    """The id of the person who wrote them, where that is known."""
    since: str
    """When the first of them was written, by the clock on the wall of whoever did; empty if not known."""

    @property
    def number(self) -> int:
        """How many events it is about."""
        return self.last - self.first + 1


class Said(NamedTuple):
    """What a place has, as it says itself."""

    ends: Holdings
    branches: Sequence[Branch] = ()
    """Those of forked chains, where it keeps them all, beside the ones in `ends`."""


def ask(there: Store) -> Said:
    """Ask a place what it has.

    Raises:
        SyncError: it cannot be reached.
    """
    return Said(there.holdings(), there.branches() if isinstance(there, Branching) else ())


def lacking(ours: Holdings, theirs: Holdings) -> Ranges:
    """The events that the first has and the second lacks."""
    ranges = {}
    for device, held in sorted(ours.items()):
        seq = theirs[device].seq if device in theirs else 0
        if seq < held.seq:
            ranges[device] = (seq + 1, held.seq)
    return ranges


def differing(here: Store, ours: Holdings, theirs: Holdings) -> frozenset[ChainId]:
    """The chains that have gone two ways: the other side has another event of a number than the laptop here."""
    if not isinstance(here, LaptopStore):
        return frozenset()
    devices = set()
    for device in ours.keys() & theirs.keys():
        their = theirs[device]
        within = their.seq <= ours[device].seq
        if (within and here.hash_of(EventId(*device, their.seq)) != their.hash) or (
            not within and here.has(*end_of(device, their))  # it is in a fork beside the log
        ):
            devices.add(device)
    return frozenset(devices)


def counted(here: Store, there: Store, ours: Holdings, said: Said) -> Holdings:
    """How far a place has the branches that count on the laptop here, if it keeps all; else what it has.

    Raises:
        SyncError: it cannot be reached.
    """
    if not (isinstance(here, LaptopStore) and isinstance(there, Branching)):
        return said.ends
    holdings, ends = dict(said.ends), _ends(said)
    for device in ours.keys() & ends.keys():
        mine = ours[device]
        on_ours = [
            end
            for end in ends[device]
            if end.seq <= mine.seq and here.hash_of(EventId(*device, end.seq)) == end.hash
        ]
        held = max(on_ours, default=NOTHING)
        if held.seq < mine.seq and len(on_ours) < len(ends[device]):
            held = _shared(here, there, device, mine)
        if held.seq:
            holdings[device] = held
        else:
            holdings.pop(device, None)
    return holdings


def beside(here: Store, there: Store, said: Said) -> list[list[Event]]:
    """The events beside the log here that a place lacks which keeps all branches, chain by chain.

    Raises:
        SyncError: it cannot be reached.
    """
    if not (isinstance(here, LaptopStore) and isinstance(there, Branching)):
        return []
    ends, chains = _ends(said), []
    for _, chain in groupby(here.beside(), key=lambda event: event.id[:2]):
        events = _leading_elsewhere(list(chain), ends)
        there_too = there.has([(event.id, event.hash) for event in events])
        events = [event for event in events if event.hash not in there_too]
        if events:
            chains.append(events)
    return chains


def reconcile(here: LaptopStore, there: Store) -> tuple[Difference, ...]:
    """Compare what this laptop, a place and the other laptops have, and change nothing.

    What the other laptops have is what they said themselves, when they last took something in.

    Returns:
        What they do not agree in; nothing if they do.

    Raises:
        SyncError: the place cannot be reached.
        StoreError: the laptop's own file is damaged.
    """
    ours, said = here.holdings(), ask(there)
    theirs = counted(here, there, ours, said)
    two_ways = forked(here, ours, theirs, differing(here, ours, said.ends) | here.forks().keys())
    for branch in said.branches:
        two_ways.setdefault(branch.device, (branch.first, branch.end.seq))
    return (
        *told(here, lacking(ours, theirs), there.name),
        *told(here, ranges_of(beside(here, there, said)), there.name),
        *_lacking_here(here, there, ours, said),
        *told(here, here.gaps(), here.name),
        *told(here, two_ways, ""),
        *_colleagues(here, _before(said, two_ways)),
    )


def forked(
    here: Store, ours: Holdings, theirs: Holdings, devices: Collection[ChainId]
) -> dict[ChainId, tuple[int, int]]:
    """Where chains have gone two ways: from the first event of which there are two, as far as that is known.

    Args:
        theirs: what the place has, of the branches that count here if it keeps all.
    """
    known, ranges = here.forks() if isinstance(here, LaptopStore) else {}, dict[ChainId, tuple[int, int]]()
    for device in sorted(ours.keys() & devices):
        last, shared = ours[device].seq, theirs.get(device, NOTHING)
        is_ours = isinstance(here, LaptopStore) and here.hash_of(EventId(*device, shared.seq)) == shared.hash
        first = min(shared.seq + 1, last) if is_ours or not shared.seq else last
        ranges[device] = known.get(device, (first, last))
    return ranges


def told(here: Store, ranges: Ranges, where: str) -> Iterator[Difference]:
    """Say who wrote events and when, as far as the laptop here knows."""
    for device, (first, last) in ranges.items():
        event = here.near(EventId(*device, first)) if isinstance(here, LaptopStore) else None
        exact = event is not None and event.id.seq == first
        yield Difference(
            device,
            first,
            last,
            where,
            event.actor if event else "",
            event.wall if event and exact else "",
        )


def end_of(device: ChainId, held: Held) -> tuple[EventId, bytes]:
    """The event with which a chain ends, and its hash."""
    return EventId(*device, held.seq), held.hash


def number_of(ranges: Ranges) -> int:
    """How many events there are in all."""
    return sum(last - first + 1 for first, last in ranges.values())


def ranges_of(chains: Sequence[Sequence[Event]]) -> Ranges:
    """The first and the last event of each of some chains."""
    return {events[0].id.chain: (events[0].id.seq, events[-1].id.seq) for events in chains}


def _ends(said: Said) -> Mapping[ChainId, set[Held]]:
    """The ends of all branches of each chain."""
    ends = defaultdict(set)
    for device, end in (*said.ends.items(), *((each.device, each.end) for each in said.branches)):
        ends[device].add(end)
    return ends


def _shared(here: LaptopStore, there: Branching, device: ChainId, mine: Held) -> Held:
    """The last event of our branch that a place has: all before it, and none after."""

    def is_missing(seq: int) -> bool:
        id = EventId(*device, seq)
        return not there.has([(id, here.hash_of(id) or b"")])

    if not is_missing(mine.seq):
        return mine
    seq = bisect_left(range(1, mine.seq), True, key=is_missing)
    return Held(seq, here.hash_of(EventId(*device, seq)) or GENESIS)


def _leading_elsewhere(chain: list[Event], ends: Mapping[ChainId, set[Held]]) -> list[Event]:
    """Those of the events of a forked chain that lead to none of these ends."""
    there = set(ends.get(chain[0].id.chain, ()))
    by_number = defaultdict(list)
    for event in chain:
        by_number[event.id.seq].append(event)
    for event in reversed(chain):
        if Held(event.id.seq, event.hash) in there:
            before = by_number[event.id.seq - 1]
            there |= {
                Held(each.id.seq, each.hash) for each in before if event.hash == event.chained(each.hash)
            }
    return [event for event in chain if Held(event.id.seq, event.hash) not in there]


def _lacking_here(here: LaptopStore, there: Store, ours: Holdings, said: Said) -> Iterator[Difference]:
    if isinstance(there, Branching):
        for part in there.news(ours):
            yield from told(here, {part.device: (part.first, part.last)}, here.name)
    else:
        yield from told(here, lacking(said.ends, ours), here.name)


def _before(said: Said, two_ways: Ranges) -> Holdings:
    """How far a place has chains before they go two ways: beyond that, a number alone does not say what one has."""
    return {
        device: Held(min(end.seq, two_ways[device][0] - 1), b"") if device in two_ways else end
        for device, end in said.ends.items()
    }


def _colleagues(here: LaptopStore, there: Holdings) -> Iterator[Difference]:
    """What is at the place, and the other laptops have not said yet that they have."""
    for receipt in here.receipts():
        said = {device: Held(seq, b"") for device, seq in receipt.ends.items()}
        lacks = {
            device: (said_first, last)
            for device, (first, last) in lacking(there, said).items()
            if device.id != receipt.device.id
            and (said_first := here.first_said(device, first, last)) is not None
        }
        yield from told(here, lacks, f"{receipt.person} ({receipt.device.id})")
