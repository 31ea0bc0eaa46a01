"""What an inspection should show, worked out from nothing but who knew what when they wrote.

Independent of the code under test: there are no parents, no tables and no arrival here. The model notes of every
event the set of events that its laptop knew at that moment, as the bits of one number. From these sets follow
which events stand, where two people collided, which value is shown, what has no effect since its laptop was
removed, and what must not be lost.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

Id = tuple[str, int, int]
Chain = tuple[str, int]
Place = tuple[str, str]
"""A subject and a slot."""
Limits = Mapping[str, Mapping[Chain, int]]
"""Of each device that was removed, the last event of its chains that counts; 0 for any other chain."""


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
    overrules: int
    """Of these, those of its place that it replaces: all that counted then, and what each of them replaces."""
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
        self._by_device: dict[str, list[Written]] = defaultdict(list)
        self.readable = 0
        """The events that this version can read."""
        self._said = 0
        """What is said of laptops, which always counts."""
        self._limits: dict[int, Limits] = {}
        self._beyond = (0, 0, 0)

    def write(
        self, row: tuple[Any, ...], previous: bytes, value: str | None, knew: int, *, readable: bool = True
    ) -> Written:
        """Note an event that has just been written, from its row in the log of its laptop."""
        device, incarnation, seq, at, wall, actor, kind, subject, slot, text, parents, digest = row
        fields = [device, incarnation, seq, at, wall, actor, kind, subject, slot, text, parents.split()]
        told = json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()
        assert digest == hashlib.sha256(previous + told).digest(), f"{row[:3]} is not chained"
        assert digest not in self.by_digest
        place, counted = (subject, slot), knew & ~self.void(knew)
        before = [other for other in self.by_place[place] if counted & other.bit]
        overrules = 0
        for other in before:
            overrules |= other.bit | other.overrules
        event = Written(
            len(self.events), (device, incarnation, seq), digest, place, value, at, knew, overrules, kind
        )
        if self._ids.setdefault(event.id, event) is not event:
            self.forked.add(event.id[:2])
        self.events.append(event)
        self.by_digest[digest] = event
        self._by_device[device].append(event)
        if readable:
            self.by_place[place].append(event)
            self.readable |= event.bit
            if not subject and slot.startswith(("laptop:", "joined:")):
                self._said |= event.bit
            latest = max((other.at for other in before), default=-1)
            assert event.at > latest, f"{event.id} is not after what it replaces"
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
        """The events of a place that count and that nobody overruled who knew them; the one that is shown first."""
        here = self.known(place, known & ~self.void(known))
        standing = [event for event in here if not any(other.overrules & event.bit for other in here)]
        return sorted(standing, key=lambda event: event.order, reverse=True)

    def limits(self, known: int) -> Limits:
        """From where on what removed laptops wrote has no effect, by what is said of laptops in a set."""
        said = known & self._said
        if said not in self._limits:
            self._limits[said] = self._read_limits(said)
        return self._limits[said]

    def _read_limits(self, said: int) -> Limits:
        ends: dict[str, dict[Chain, int]] = {}
        keys: dict[str, str] = {}
        places = {event.place for event in self.of(said)}
        for place in places:
            # What is said of laptops counts whoever says it, so no limits are asked for here.
            here = self.known(place, said)
            standing = [event for event in here if not any(other.overrules & event.bit for other in here)]
            what, _, item = place[1].partition(":")
            for event in sorted(standing, key=lambda event: event.order):
                if what == "joined":
                    keys[item] = event.value or ""
                elif "ends" in (value := json.loads(event.value or "{}")):
                    told = {_chain(chain): seq for chain, seq in value["ends"].items()}
                    before = ends.get(item)
                    # Where two have removed it, what both of them knew counts.
                    ends[item] = {
                        chain: seq if before is None else min(seq, before.get(chain, 0))
                        for chain, seq in told.items()
                    }
        return {device: ends[key] for device, key in keys.items() if key in ends}

    def beyond(self, known: int) -> int:
        """Which of all events removed laptops wrote too late, by what is said of laptops in a set."""
        number, said, found = self._beyond
        if (number, said) != (len(self.events), known & self._said):
            found = 0
            for device, ends in self.limits(known).items():
                for event in self._by_device[device]:
                    found |= event.bit if event.id[2] > ends.get(event.id[:2], 0) else 0
            self._beyond = (len(self.events), known & self._said, found)
        return found

    def uninvited(self, known: int) -> set[str]:
        """The devices that were invited by a laptop that had been removed by then."""
        beyond, found = self.beyond(known), set()
        for event in self.of(self._said):
            if event.kind == "laptop.joined":
                invitations = [
                    each
                    for each in self.by_place["", f"laptop:{event.value}"]
                    if each.kind == "laptop.invited"
                ]
                if all(each.bit & beyond for each in invitations):
                    found.add(event.place[1].partition(":")[2])
        return found

    def void(self, known: int) -> int:
        """Those of them that have no effect: all but what is said of laptops."""
        return self.beyond(known) & ~self._said

    def shown(self, place: Place, known: int) -> str | None:
        """The value of a place."""
        heads = self.heads(place, known)
        return heads[0].value if heads else None

    def is_closed(self, place: Place, known: int) -> bool:
        """Whether with each event of a place all of that place is known that its laptop knew."""
        missing = 0
        for event in self.by_place[place]:
            missing |= 0 if known & event.bit else event.bit
        return not any(event.knew & missing for event in self.known(place, known))

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


def _chain(told: str) -> Chain:
    device, _, incarnation = told.rpartition(".")
    return device, int(incarnation)
