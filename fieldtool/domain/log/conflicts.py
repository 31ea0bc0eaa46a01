"""What people said without knowing of each other, side by side, until one of them settles it; and forked chains."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from fieldtool.domain.kinds.kind import aspects
from fieldtool.domain.log.events import EventId
from fieldtool.domain.method.case import Slot

SETTLED_BY_PEOPLE = aspects(lambda says: says.contested)
"""What people say; all else laptops put on record of themselves, and read by rules of its own."""

TEXTS = aspects(lambda says: says.value.text)
"""What is written freely, so that two of them can be made one."""


class Side(NamedTuple):
    """What one person said."""

    event: EventId
    value: str | None
    """None if they took back what was there."""
    who: str
    wall: str
    """When, by the clock on their wall, ISO 8601 with its offset."""
    shown: bool
    """Whether it is what is shown until somebody settles it."""
    why: str = ""
    """The reason or the note that the same person gave with it."""


class Conflict(NamedTuple):
    """Something that people said without knowing of each other, not all of them the same: that settles itself."""

    ref: str
    """The case; empty for the inspection itself."""
    slot: Slot
    sides: Sequence[Side]
    """What each said, the one that is shown first."""


class ForkedEvent(NamedTuple):
    """An event of a chain that has gone two ways: kept beside the log, without effect."""

    ref: str
    slot: Slot
    side: Side
    digest: str
    """The event's hash in hexadecimal; its id alone would be that of another event too."""
    now: str | None
    """What is shown in its slot now."""


def joined(conflict: Conflict) -> str:
    """All texts of a conflict one after the other, the oldest first and none twice."""
    texts = [side.value.strip() for side in reversed(conflict.sides) if side.value]
    return "\n\n".join(dict.fromkeys(texts))
