"""What every store of an inspection's events can do, be it a laptop, a folder or a server."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

from fieldtool.domain.events import Event
from fieldtool.store.log import Device, Received


class SyncError(Exception):
    """An exchange that could not be made or finished, in one sentence fit for an inspector."""


class Held(NamedTuple):
    """Up to which event a store has the chain of a device, and that event's hash."""

    seq: int
    hash: bytes


Holdings = Mapping[Device, Held]
"""What a store has: the end of each chain; chains have no gaps."""


class Store(Protocol):
    """A place that keeps the events of one inspection."""

    @property
    def name(self) -> str:
        """What a person calls the place, as "the central store" or the path of a folder."""

    def holdings(self) -> Holdings:
        """What the place has now, as it says itself.

        Raises:
            SyncError: the place cannot be reached, or is not what it should be.
        """

    def take(self, known: Holdings) -> Iterator[Sequence[Event]]:
        """The events that are not known yet, chain by chain in the order of their numbers, in batches.

        Raises:
            SyncError: the place cannot be read any further; the batches given so far are good.
        """

    def send(self, batches: Iterable[Sequence[Event]]) -> Received:
        """Keep events, each batch whole or not at all; those that are known already change nothing.

        Raises:
            SyncError: the place cannot be written any further; the batches taken so far are kept.
        """
