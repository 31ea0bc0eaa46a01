"""What installations put on record of themselves: that they joined, worked, met a wrong clock, signed.

Kinds of events like those of `events`, but about a device and not about a case; each device writes its own.
"""

from __future__ import annotations

from typing import Literal

from fieldtool.domain.base import Model
from fieldtool.domain.method.case import Aspect, Slot


class OfDevice(Model):
    """What an installation puts on record of itself: which one, and which time it was restored or re-installed."""

    device: str
    incarnation: int

    @property
    def value(self) -> str:
        return self.model_dump_json(exclude_defaults=True)

    def _slot(self, aspect: Aspect) -> Slot:
        return Slot(aspect, f"{self.device}.{self.incarnation}")


class DeviceJoined(OfDevice):
    """An installation records for the first time: the key that its signatures are to be checked with."""

    kind: Literal["device.joined"] = "device.joined"
    public_key: str
    """Ed25519, 32 bytes in hexadecimal."""
    person: str
    version: str
    """Of the program."""

    @property
    def slot(self) -> Slot:
        return self._slot(Aspect.DEVICE)


class SessionBegan(OfDevice):
    """Somebody begins to record: `steady` is what a clock that only goes forward shows, in seconds."""

    kind: Literal["session.began"] = "session.began"
    steady: float
    version: str

    @property
    def slot(self) -> Slot:
        return self._slot(Aspect.SESSION)


class SessionEnded(OfDevice):
    """The program is closed or locked; `steady` goes on from where the session began."""

    kind: Literal["session.ended"] = "session.ended"
    steady: float

    @property
    def slot(self) -> Slot:
        return self._slot(Aspect.SESSION)


class ClockJumped(OfDevice):
    """The clock on the wall of an installation did not show what it should have."""

    kind: Literal["clock.jumped"] = "clock.jumped"
    expected: str
    """What it should have shown, or at the least, ISO 8601 with its offset."""
    found: str
    """What it showed."""
    noticed: Literal["within a session", "between sessions"]
    steady: float

    @property
    def slot(self) -> Slot:
        return self._slot(Aspect.CLOCK)


class ChainSigned(OfDevice):
    """The installation signs its chain as far as the event `seq`, whose hash stands for all before it."""

    kind: Literal["chain.signed"] = "chain.signed"
    seq: int
    hash: str
    inspection: str
    """The hash of the event that opened the inspection; empty where that was not known."""
    signature: str
    """Ed25519 over what `fieldtool.store.chain.signatures.message` makes of the other fields, in hexadecimal."""

    @property
    def slot(self) -> Slot:
        return self._slot(Aspect.SIGNATURE)


class ForkSettled(Model):
    """Somebody has decided about an event of a forked chain, as when a restored laptop had gone on."""

    kind: Literal["fork.settled"] = "fork.settled"
    event: str
    """Its id, which another event has as well."""
    digest: str
    """Its hash in hexadecimal, which tells the two apart."""
    taken: bool
    """Whether what it says was recorded anew; else it was left without effect."""

    @property
    def slot(self) -> Slot:
        return Slot(Aspect.FORK, f"{self.event}:{self.digest}")

    @property
    def value(self) -> str:
        return TAKEN if self.taken else LEFT


TAKEN, LEFT = "taken", "left"
"""What can be decided about an event of a forked chain."""
