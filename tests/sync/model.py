"""What an inspection should show, worked out from nothing but who knew what when they wrote.

Independent of the code under test: there are no parents, no tables and no arrival here. The model notes of every
event the set of events that its laptop knew at that moment, as the bits of one number. From these sets follow
which events stand, where two people collided, which value is shown, and what must not be lost.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

Id = tuple[str, int, int]
Chain = tuple[str, int]
Place = tuple[str, str]
"""A subject and a slot."""


class Written(NamedTuple):
    """An event as the model knows it."""

    number: int
    id: Id
    digest: bytes
    place: Place
    value: str | None
    at: int
    knew: int
    """The events that its laptop had then, a bit each."""
    kind: str

    @property
    def bit(self) -> int:
        """This event alone, as a set."""
        return 1 << self.number

    @property
    def order(self) -> tuple[int, Id]:
        """By what the shown one of several is chosen."""
        return (self.at, self.id)


class Model:
    """Every event that was ever written anywhere."""

    def __init__(self) -> None:
        self.events: list[Written] = []
        self.by_digest: dict[bytes, Written] = {}
        self.by_place: dict[Place, list[Written]] = defaultdict(list)
        self.forked: set[Chain] = set()
        """The chains with two events of one number."""
        self._ids: dict[Id, Written] = {}

    def write(
        self, row: tuple[Any, ...], previous: bytes, value: str | None, knew: int, *, readable: bool = True
    ) -> Written:
        """Note an event that has just been written, from its row in the log of its laptop."""
        device, incarnation, seq, at, wall, actor, kind, subject, slot, text, parents, digest = row
        fields = [device, incarnation, seq, at, wall, actor, kind, subject, slot, text, parents.split()]
        told = json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()
        assert digest == hashlib.sha256(previous + told).digest(), f"{row[:3]} is not chained"
        assert digest not in self.by_digest
        event = Written(
            len(self.events), (device, incarnation, seq), digest, (subject, slot), value, at, knew, kind
        )
        if self._ids.setdefault(event.id, event) is not event:
            self.forked.add(event.id[:2])
        self.events.append(event)
        self.by_digest[digest] = event
        if readable:
            self.by_place[event.place].append(event)
            before = [other.at for other in self.known(event.place, knew)]
            assert event.at > max(before, default=-1), f"{event.id} is not after what it replaces"
        return event

    def set_of(self, digests: Iterator[bytes]) -> int:
        """Events as a set; fails if one of them was written by nobody."""
        found = 0
        for digest in digests:
            assert digest in self.by_digest, "an event that nobody has written"
            found |= self.by_digest[digest].bit
        return found

    def known(self, place: Place, known: int) -> list[Written]:
        """The events of a place that are in a set."""
        return [event for event in self.by_place[place] if known & event.bit]

    def heads(self, place: Place, known: int) -> list[Written]:
        """The events of a place that nobody overruled who knew them; the one that is shown first."""
        here = self.known(place, known)
        standing = [event for event in here if not any(other.knew & event.bit for other in here)]
        return sorted(standing, key=lambda event: event.order, reverse=True)

    def shown(self, place: Place, known: int) -> str | None:
        """The value of a place."""
        heads = self.heads(place, known)
        return heads[0].value if heads else None

    def is_closed(self, known: int) -> bool:
        """Whether with each event everything is known that its laptop knew."""
        return all(not event.knew & ~known for event in self.of(known))

    def of(self, known: int) -> Iterator[Written]:
        """The events of a set."""
        while known:
            lowest = known & -known
            yield self.events[lowest.bit_length() - 1]
            known ^= lowest

    def told(self, known: int) -> str:
        """A set of events as text, for a test that fails."""
        return ", ".join(".".join(map(str, event.id)) for event in self.of(known))

    def undoable(self, chain: Chain, subject: str, known: int, undone: int) -> Written | None:
        """The latest change to a case in a chain that can be taken back: nobody else has changed its slot since."""
        for event in sorted(self.events, key=lambda event: event.id, reverse=True):
            if event.id[:2] != chain or event.place[0] != subject or not known & event.bit:
                continue
            if event.bit & undone or event.kind not in UNDOABLE:
                continue
            if all(head.id[:2] == chain for head in self.heads(event.place, known)):
                return event
        return None


UNDOABLE = frozenset(("answer.given", "judgement.made", "fact.set", "note.written", "reason.written"))
