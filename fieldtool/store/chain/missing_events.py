"""What the log knows to be missing in the middle of chains, as after a restore from a copy that was damaged.

What came after a gap is kept and counts. What is missing is taken in whenever somebody sends it.
"""

from __future__ import annotations

import json
from typing import NamedTuple

from fieldtool.domain.log.events import GENESIS, Event, EventId
from fieldtool.store.file.database import Database
from fieldtool.store.file.local import local, set_locals_within


class Gap(NamedTuple):
    """Events of one chain that are missing, from the first to the last of them."""

    device: str
    incarnation: int
    first: int
    last: int

    def __str__(self) -> str:
        return f"{self.device}.{self.incarnation}.{self.first} to {self.last}"


def fits(event: Event, before: Event | None, after: Event | None) -> bool:
    """Whether a missing event is chained to those around it, as far as they are here."""
    previous = GENESIS if event.id.seq == 1 else before and before.hash
    return (previous is None or event.hash == event.chained(previous)) and (
        after is None or after.hash == after.chained(event.hash)
    )


class MissingEvents:
    """All that is known to be missing; used inside a transaction of its owner, who calls `keep` before the commit."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._before = read_gaps(database)
        self._now = list(self._before)

    def __bool__(self) -> bool:
        return bool(self._now)

    def __contains__(self, id: EventId) -> bool:
        return any(_covers(gap, id) for gap in self._now)

    def open(self, device: str, incarnation: int, first: int, last: int) -> None:
        """Note that these events are missing."""
        self._now.append(Gap(device, incarnation, first, last))

    def fill(self, id: EventId) -> None:
        """Note that this event is missing no more."""
        gap = next(gap for gap in self._now if _covers(gap, id))
        self._now.remove(gap)
        if gap.first < id.seq:
            self._now.append(gap._replace(last=id.seq - 1))
        if id.seq < gap.last:
            self._now.append(gap._replace(first=id.seq + 1))

    def keep(self) -> None:
        """Write down what has changed."""
        now = tuple(sorted(self._now))
        if now != self._before:
            set_locals_within(self._database, {_NAME: json.dumps(now)})


def read_gaps(database: Database) -> tuple[Gap, ...]:
    """Find what is known to be missing, chain by chain."""
    return tuple(Gap(*gap) for gap in json.loads(local(database, _NAME) or "[]"))


def _covers(gap: Gap, id: EventId) -> bool:
    return gap[:2] == id[:2] and gap.first <= id.seq <= gap.last


_NAME = "gaps"
