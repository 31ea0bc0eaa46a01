"""What installations put on record of themselves: that they joined, worked, met a wrong clock, signed."""

from __future__ import annotations

from typing import Literal

from fieldtool.domain.kinds.kind import WHOLE, Body, Says, Value
from fieldtool.domain.method.case import Aspect


def _of(aspect: Aspect) -> Says:
    return Says(aspect, WHOLE, ("device", "incarnation"), ".", by_laptop=True, contested=False)


class OfDevice(Body):
    """What an installation puts on record of itself: which one, and which time it was restored or re-installed."""

    device: str
    incarnation: int


class DeviceJoined(OfDevice):
    """An installation records for the first time: the key that its signatures are to be checked with."""

    says = _of(Aspect.DEVICE)
    kind: Literal["device.joined"] = "device.joined"
    public_key: str
    """Ed25519, 32 bytes in hexadecimal."""
    person: str
    version: str
    """Of the program."""


class SessionBegan(OfDevice):
    """Somebody begins to record: `steady` is what a clock that only goes forward shows, in seconds."""

    says = _of(Aspect.SESSION)
    kind: Literal["session.began"] = "session.began"
    steady: float
    version: str


class SessionEnded(OfDevice):
    """The program is closed or locked; `steady` goes on from where the session began."""

    says = _of(Aspect.SESSION)
    kind: Literal["session.ended"] = "session.ended"
    steady: float


class ClockJumped(OfDevice):
    """The clock on the wall of an installation did not show what it should have."""

    says = _of(Aspect.CLOCK)
    kind: Literal["clock.jumped"] = "clock.jumped"
    expected: str
    """What it should have shown, or at the least, ISO 8601 with its offset."""
    found: str
    """What it showed."""
    noticed: Literal["within a session", "between sessions"]
    steady: float


class ChainSigned(OfDevice):
    """The installation signs its chain as far as the event `seq`, whose hash stands for all before it."""

    says = _of(Aspect.SIGNATURE)
    kind: Literal["chain.signed"] = "chain.signed"
    seq: int
    hash: str
    inspection: str
    """The hash of the event that opened the inspection; empty where that was not known."""
    signature: str
    """Ed25519 over what `fieldtool.store.chain.signatures.message` makes of the other fields, in hexadecimal."""


TAKEN, LEFT = "taken", "left"
"""What can be decided about an event of a forked chain."""


class ForkSettled(Body):
    """Somebody has decided about an event of a forked chain, as when a restored laptop had gone on."""

    says = Says(
        Aspect.FORK,
        Value(lambda body: TAKEN if body.taken else LEFT),
        ("event", "digest"),
        ":",
        contested=False,
    )
    kind: Literal["fork.settled"] = "fork.settled"
    event: str
    """Its id, which another event has as well."""
    digest: str
    """Its hash in hexadecimal, which tells the two apart."""
    taken: bool
    """Whether what it says was recorded anew; else it was left without effect."""
