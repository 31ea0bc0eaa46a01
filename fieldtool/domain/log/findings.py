"""What an auditor is told of a file: what is wrong or to be known, which events it touches, what to do."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple, Self

from fieldtool.domain.log.door import printable
from fieldtool.domain.log.events import Event, EventId

About = Literal[
    "file",
    "layout",
    "chain",
    "gap",
    "signature",
    "fork",
    "unreadable",
    "view",
    "unknown kind",
    "removed",
    "clock",
    "not signed",
    "not here",
    "draft",
]
"""What a finding or a remark is about."""

NAMED = 20
"""So many events are named one by one; of more, the first so many, and how many they are."""


class Touched(NamedTuple):
    """An event that a finding touches: which one, when, by whom, what it did and where."""

    id: str
    wall: str
    actor: str
    kind: str
    subject: str
    slot: str

    @classmethod
    def of(cls, event: Event) -> Self:
        """An event, as findings name it."""
        said = (event.wall, event.actor, event.kind, event.subject, event.slot)
        return cls(str(event.id), *map(printable, said))

    @classmethod
    def missing(cls, id: EventId) -> Self:
        """An event of which nothing but its id is known."""
        return cls(str(id), "", "", "", "", "")


class Finding(NamedTuple):
    """Something that an auditor should know."""

    about: About
    what: str
    """One sentence or two."""
    advice: str
    """What to do about it; empty where there is nothing to do."""
    events: tuple[Touched, ...] = ()
    """Those that it touches, at most `NAMED` of them."""
    number: int = 0
    """How many it touches."""
    grave: bool = True
    """Whether something is wrong; else it is a remark."""

    def __str__(self) -> str:
        return self.what


def finding(
    about: About, what: str, advice: str = "", events: Iterable[Touched] = (), number: int = 0
) -> Finding:
    """Something that is wrong.

    Args:
        number: how many events it touches, if more than are given.
    """
    named = tuple(events)
    return Finding(about, what, advice, named[:NAMED], max(number, len(named)))


def remark(
    about: About, what: str, advice: str = "", events: Iterable[Touched] = (), number: int = 0
) -> Finding:
    """Something that is not wrong, but to be known; arguments as for `finding`."""
    return finding(about, what, advice, events, number)._replace(grave=False)


class Jump(NamedTuple):
    """A clock on a wall that did not show what it should have."""

    event: Touched
    device: str
    """Which installation, and its incarnation."""
    expected: str
    """What it should have shown, or at the least, ISO 8601 with its offset."""
    found: str
    seconds: float
    """By how much it was ahead; negative if it was behind."""
    noticed: str
    """Within a session, or between two of them."""
