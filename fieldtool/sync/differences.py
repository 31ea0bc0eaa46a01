"""What one side has and another lacks, or has otherwise: between this laptop, a place, and the other laptops."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from fieldtool.domain.events import EventId
from fieldtool.store.log import Device
from fieldtool.sync.laptop import LaptopStore
from fieldtool.sync.stores import Held, Holdings, Store

Ranges = Mapping[Device, tuple[int, int]]
"""The first and the last event of some chains."""


class Difference(NamedTuple):
    """Some events of one chain that one side has and another has not, or has otherwise."""

    device: Device
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


def lacking(ours: Holdings, theirs: Holdings) -> Ranges:
    """The events that the first has and the second lacks."""
    found = {}
    for device, held in sorted(ours.items()):
        seq = theirs[device].seq if device in theirs else 0
        if seq < held.seq:
            found[device] = (seq + 1, held.seq)
    return found


def differing(here: Store, ours: Holdings, theirs: Holdings) -> frozenset[Device]:
    """The chains that have gone two ways: the other side has another event of a number than the laptop here."""
    if not isinstance(here, LaptopStore):
        return frozenset()
    found = set()
    for device in ours.keys() & theirs.keys():
        their = theirs[device]
        within = their.seq <= ours[device].seq
        if (within and here.hash_of(EventId(*device, their.seq)) != their.hash) or (
            not within and here.has(*end_of(device, their))  # it is in a fork beside the log
        ):
            found.add(device)
    return frozenset(found)


def reconcile(here: LaptopStore, there: Store) -> tuple[Difference, ...]:
    """Compare what this laptop, a place and the other laptops have, and change nothing.

    What the other laptops have is what they said themselves, when they last took something in.

    Returns:
        What they do not agree in; nothing if they do.

    Raises:
        SyncError: the place cannot be reached.
        StoreError: the laptop's own file is damaged.
    """
    ours, theirs = here.holdings(), there.holdings()
    return (
        *told(here, lacking(ours, theirs), there.name),
        *told(here, lacking(theirs, ours), here.name),
        *told(here, here.gaps(), here.name),
        *told(here, forked(here, ours, differing(here, ours, theirs) | here.forks().keys()), ""),
        *_colleagues(here, theirs),
    )


def forked(here: Store, ours: Holdings, devices: Collection[Device]) -> Ranges:
    """Where chains have gone two ways: from the first event of which there are two."""
    known = here.forks() if isinstance(here, LaptopStore) else {}
    return {
        device: known.get(device, (ours[device].seq,) * 2) for device in sorted(devices) if device in ours
    }


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


def end_of(device: Device, held: Held) -> tuple[EventId, bytes]:
    """The event with which a chain ends, and its hash."""
    return EventId(*device, held.seq), held.hash


def number_of(ranges: Ranges) -> int:
    """How many events there are in all."""
    return sum(last - first + 1 for first, last in ranges.values())


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
