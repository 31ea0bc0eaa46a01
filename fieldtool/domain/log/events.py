"""The envelope of an event: chained, ordered, and what it says within.

An event writes one slot of one subject. The subject is the reference of a case, or empty for the
inspection itself. What an event does to its slot is its `value`; None clears the slot.
"""

from __future__ import annotations

import hashlib
from typing import NamedTuple

from pydantic_core import to_json

from fieldtool.domain.kinds.kind import Body, parse_body


class ChainId(NamedTuple):
    """An installation: its id, and how often it was restored or re-installed. Its events are one chain."""

    id: str
    incarnation: int

    def __str__(self) -> str:
        return f"{self.id}.{self.incarnation}"

    @classmethod
    def parse(cls, text: str) -> ChainId:
        """Read what `str` wrote.

        Raises:
            ValueError: the text is not the id of a chain.
        """
        id, _, incarnation = text.rpartition(".")
        return cls(id, int(incarnation))


class EventId(NamedTuple):
    """Which event: the device, its incarnation, and a number without a gap (1, 2, 3 …)."""

    device: str
    incarnation: int
    seq: int

    def __str__(self) -> str:
        return f"{self.device}.{self.incarnation}.{self.seq}"

    @property
    def chain(self) -> ChainId:
        """The chain that it stands in."""
        return ChainId(self.device, self.incarnation)

    @classmethod
    def parse(cls, text: str) -> EventId:
        """Read what `str` wrote.

        Raises:
            ValueError: the text is not an event id.
        """
        device, incarnation, seq = text.rsplit(".", 2)
        return cls(device, int(incarnation), int(seq))


class Event(NamedTuple):
    """One thing that happened, in its place in the log."""

    id: EventId
    at: int
    """Hybrid logical clock: milliseconds since 1970 UTC times 65,536, plus a counter."""
    wall: str
    """What the clock on the wall said, ISO 8601 with its offset."""
    actor: str
    """The id of the person who did it."""
    kind: str
    subject: str
    """The reference of a case; empty for the inspection itself."""
    slot: str
    """The address that the event writes, as `str(Slot)`."""
    text: str
    """The body as JSON, byte for byte as it was hashed."""
    parents: tuple[EventId, ...]
    """The heads of the slot on this device when the event was written: what it knowingly replaces."""
    hash: bytes
    """SHA-256 over this event and the hash of the one before it on the same device: see `chained`."""

    @property
    def body(self) -> Body:
        """What happened, read from its text.

        Raises:
            ValueError: the text does not fit its kind.
        """
        return parse_body(self.kind, self.text)

    def chained(self, previous: bytes) -> bytes:
        """The hash that this event must have behind one whose hash is `previous`.

        SHA-256 (32 bytes) over the previous hash, then the fields as a JSON array without spaces, in UTF-8:
        device, incarnation, seq, at, wall, actor, kind, subject, slot, text, and a list of the parents' ids.
        """
        fields = (*self.id, *self[1:8], [str(parent) for parent in self.parents])
        return hashlib.sha256(previous + to_json(fields)).digest()


GENESIS = bytes(32)
"""The hash before the first event of a device's incarnation."""
