"""What every store of an inspection's events can do, be it a laptop, a folder or a server."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol, runtime_checkable

from fieldtool.domain.errors import FieldtoolError
from fieldtool.domain.log.events import GENESIS, ChainId, Event, EventId
from fieldtool.store.chain.receiving import Received


class SyncError(FieldtoolError):
    """An exchange that could not be made or finished, in one sentence fit for an inspector."""


class Held(NamedTuple):
    """Up to which event a store has the chain of a device, and that event's hash."""

    seq: int
    hash: bytes


Holdings = Mapping[ChainId, Held]
"""What a store has: the end of each chain; chains have no gaps."""

Has = Callable[[EventId, bytes], bool]
"""Whether a laptop has the event of this id and hash."""


AskPassword = Callable[[str], str | None]
"""Asks a person for the password of a login at a server; None if there is nobody to ask."""

NOTHING = Held(0, GENESIS)
"""What a store has of a chain of which it has nothing."""


class Branch(NamedTuple):
    """What a place keeps of a forked chain beside the branch that is in its `Holdings`."""

    device: ChainId
    name: bytes
    """The hash of its first event, with which it left another branch."""
    first: int
    end: Held


class Part(NamedTuple):
    """Some events of one branch of a chain, from the first to the last of them."""

    device: ChainId
    branch: bytes
    """The name of the branch; empty for the one in `Holdings`."""
    first: int
    last: int


class Aside(NamedTuple):
    """What came, or is there, and is not used: a file, or an event."""

    name: str
    why: str
    """The end of the sentence that begins with its name."""
    new: bool
    """Whether nobody was told so in an earlier exchange."""

    def __str__(self) -> str:
        return f"{self.name} {self.why}."


class Missing(NamedTuple):
    """Events without which those after them cannot be used yet."""

    device: ChainId
    first: int
    last: int


class Store(Protocol):
    """A place that keeps the events of one inspection."""

    misfits: dict[ChainId, EventId]
    """The chains of which something was handed in that does not fit, and the first event that does not."""

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


@runtime_checkable
class Branching(Store, Protocol):
    """A place that keeps every branch of a forked chain, and takes and gives all of them."""

    def branches(self) -> Sequence[Branch]:
        """The branches that are not in `holdings`, each after the one that it has left.

        Raises:
            SyncError: the place cannot be read.
        """

    def news(self, known: Holdings) -> Iterator[Part]:
        """What `take` gives, before it is taken.

        Raises:
            SyncError: the place cannot be read.
        """

    def has(self, wanted: Sequence[tuple[EventId, bytes]]) -> frozenset[bytes]:
        """Which of these events it has, in whatever branch: their hashes.

        Raises:
            SyncError: the place cannot be read.
        """
