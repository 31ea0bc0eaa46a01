"""What is compared after each step of the simulated world: laptops with the model, and with one another."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random
from typing import Any
from unittest import mock

from builders.laptops import assert_counted, views
from fieldtool.domain.kinds import laptops
from fieldtool.domain.kinds.kind import parse_body
from fieldtool.store.chain import conflicts
from fieldtool.store.chain.reading import read_events
from fieldtool.store.views.projection import Projection
from sync.field import Folder, Image, Laptop, Plug, ServerLike
from sync.model import Id, Model, Place, Written

OF_LAPTOPS = ("receipt", "laptop", "joined", "device", "session", "clock", "signature", "fork")
"""What laptops put on record of themselves; all else people say, and where they collide, people settle it."""


class Comparing:
    """Laptops, the places where they meet, and what the model knows of them.

    Args:
        dice: decides what there is at the beginning.
        server: how a server of PostgreSQL is reached, if there is one.
        home: where folders and what laptops remember are kept.
    """

    def __init__(self, dice: int, server: ServerLike | None, home: Path) -> None:
        self.random = Random(dice)
        self._secrets = Random(dice + 1)
        self.model = Model()
        self.must = 0
        """The events that somebody was told are saved and that no lost disk has taken along."""
        self.undone: dict[int, int] = {}
        """What was taken back, by the events that did it: whoever has lost those has it still."""
        self.counts: Counter[str] = Counter()
        self.laptops: list[Laptop] = []
        self.images: list[Image] = []
        self.later: list[tuple[Any, ...]] = []
        self.whole_disks = False
        """Whether a disk was put back with all that it remembers, so that a chain may have forked."""
        self.server = server
        self.inspection = ""
        self.home = home
        self.folders = [Folder(home / name) for name in ("stick", "drive")]
        self._times = 0

    def look(self, laptop: Laptop, *, acknowledged: bool = False, receipts: bool = False) -> None:
        """See what a laptop has now; what it has written itself since then becomes known to the model."""
        rows = laptop.rows()
        before = laptop.known
        digests = {row[:3]: row[11] for row in rows}
        assert len(digests) == len(rows)
        new = [row for row in rows if row[11] not in self.model.by_digest]
        taken = self.model.set_of(row[11] for row in rows if row[11] in self.model.by_digest)
        for row in new:
            assert row[:2] == laptop.chain, f"{row[:3]} came from nowhere"
            body = parse_body(row[6], row[9])
            # A receipt is written behind what it acknowledges; all else before anything is taken.
            knew = taken if isinstance(body, laptops.ReceiptGiven) or receipts else before
            knew |= self._own(laptop, taken)
            previous = digests.get((*row[:2], row[2] - 1), bytes(32))
            event = self.model.write(row, previous, body.value, knew)
            taken |= event.bit
            if acknowledged:
                self.must |= event.bit
        assert not before & ~taken, f"gone: {self.model.told(before & ~taken)}"
        laptop.known = taken
        if self.model.forked or self.whole_disks:
            laptop.aside = self.model.set_of(row[0] for row in laptop.database.rows("SELECT hash FROM fork"))
        else:
            assert not laptop.database.rows("SELECT 1 FROM fork")

    def check(self, *touched: Laptop, thoroughly: bool) -> None:
        """Compare what laptops show with what the model says, and see that nothing is lost."""
        for laptop in touched:
            self.look(laptop)
            self._compare_chains(laptop)
            self._compare_heads(laptop)
            self._compare_named(laptop)
            assert_counted(laptop.database)
            if thoroughly:
                self._compare_with_rebuild(laptop)
        lost = self.must & ~self._anywhere()
        assert not lost, f"lost: {self.model.told(lost)}"

    def _compare_chains(self, laptop: Laptop) -> None:
        rows = laptop.database.rows(
            "SELECT device, incarnation, max(seq), count(*) FROM event GROUP BY device, incarnation"
        )
        for device, incarnation, last, number in rows:
            assert last == number, f"{device}.{incarnation} has gaps"

    def _compare_heads(self, laptop: Laptop) -> None:
        rows = laptop.database.rows("SELECT * FROM head ORDER BY subject, slot")
        found: dict[Place, dict[Id, tuple[bool, str | None]]] = {}
        for subject, slot, *id, _, shown, value in rows:
            found.setdefault((subject, slot), {})[tuple(id)] = (bool(shown), value)
        for place in self.model.by_place:
            self._compare_place(laptop, place, found.get(place, {}))
        assert found.keys() <= self.model.by_place.keys(), found
        contested = {
            place
            for place, heads in found.items()
            if len({value for _, value in heads.values()}) > 1 and _is_said_by_people(place)
        }
        told = {(conflict.ref, str(conflict.slot)) for conflict in conflicts.conflicts(laptop.database)}
        assert told == contested
        assert conflicts.count_conflicts(laptop.database) == len(contested)
        self.counts["conflicts seen"] += len(contested)

    def _compare_place(
        self, laptop: Laptop, place: Place, found: Mapping[Id, tuple[bool, str | None]]
    ) -> None:
        heads = self.model.heads(place, laptop.known)
        expected = {event.id: (event is heads[0], event.value) for event in heads}
        if any(event.id[:2] in self.model.forked for event in self.model.by_place[place]):
            # Here a number names two events, and which of them an event replaces cannot always be told.
            if expected:
                shown = next(iter(expected.items()))
                assert shown in found.items(), f"{laptop.name}, {place}: {found} without {shown}"
        elif self.model.is_closed(place, laptop.known):
            assert found == expected, f"{laptop.name}, {place}: {found} instead of {expected}"
        else:
            # A link may be missing between an event and the one that replaces what it replaced.
            assert expected.items() <= found.items(), f"{laptop.name}, {place}: {found}, not {expected}"
            counted = self.model.known(place, laptop.known & ~self.model.void(laptop.known))
            assert found.keys() <= {event.id for event in counted}

    def _compare_named(self, laptop: Laptop) -> None:
        """What is beyond a removal is named, and of forked chains what people said and nobody has decided about."""
        beyond = laptop.known & self.model.void(laptop.known) & self.model.readable
        rows = laptop.database.rows(
            "SELECT hash FROM beyond_removal JOIN event USING (device, incarnation, seq)"
        )
        assert self.model.set_of(row[0] for row in rows) == beyond, f"{laptop.name} names others"
        self.counts["beyond a removal"] += len(rows)
        forked = {bytes.fromhex(each.digest) for each in conflicts.forked_events(laptop.database)}
        assert forked == {event.digest for event in self.undecided(laptop)}, f"{laptop.name} names others"

    def undecided(self, laptop: Laptop) -> list[Written]:
        """What people said in events beside the log of a laptop, and nobody that it knows of has decided about."""
        return [
            event
            for event in self.model.of(laptop.aside & self.model.readable)
            if _is_said_by_people(event.place) and not self.model.heads(_decision(event), laptop.known)
        ]

    def knows_forks(self, laptop: Laptop) -> bool:
        """Whether there is an event on a laptop of a chain that has gone two ways."""
        return any(event.id[:2] in self.model.forked for event in self.model.of(laptop.known))

    def is_removed(self, laptop: Laptop) -> bool:
        """Whether a laptop knows that it was removed."""
        return laptop.chain[0] in self.model.limits(laptop.known)

    @property
    def staying(self) -> list[Laptop]:
        """The laptops of which nobody anywhere knows that they were removed, or that who invited them was."""
        gone = self.model.limits(self.known_to_any).keys() | self.model.uninvited(self.known_to_any)
        return [laptop for laptop in self.laptops if laptop.chain[0] not in gone]

    @property
    def known_to_any(self) -> int:
        """What is in any log."""
        found = 0
        for laptop in self.laptops:
            found |= laptop.known
        return found

    def _compare_with_rebuild(self, laptop: Laptop) -> None:
        """In a transaction that is taken back, so that whatever is wrong with the views stays so."""
        before = views(laptop.database)
        with suppress(Plug), laptop.database.transaction():
            Projection(laptop.database).rebuild(lambda: read_events(laptop.database))
            after = views(laptop.database)
            raise Plug
        assert before == after, f"the views of {laptop.name} are not a rebuild's"

    # ------------------------------------------------------------------ what is where

    def _anywhere(self) -> int:
        found = 0
        for laptop in self.laptops:
            found |= laptop.known | laptop.aside
        for folder in self.folders:
            found |= folder.held
        if self.must & ~found and self.server is not None:
            found |= self._on_server()
        return found

    def _on_server(self) -> int:
        assert self.server is not None
        return self.model.set_of(self.server.digests(self.inspection))

    def _lose(self) -> None:
        """Accept that what was on a lost disk, or in a lost file, and nowhere else, is gone."""
        lost = self.must & ~self._anywhere()
        self.counts["lost with a disk"] += lost.bit_count()
        self.must &= ~lost

    def _accept_waiting(self, known: int) -> None:
        """Accept that what follows on lost events waits for them in its folder."""
        for event in self.model.of(self.must & ~known):
            lost = [
                other
                for other in self.model.events
                if other.id[:2] == event.id[:2] and other.id[2] < event.id[2] and not known & other.bit
            ]
            if any(not self._anywhere() & other.bit for other in lost):
                self.counts["waiting for lost ones"] += 1
                self.must &= ~event.bit

    def _own(self, laptop: Laptop, events: int) -> int:
        found = 0
        for event in self.model.of(events & ~laptop.known):
            found |= event.bit if event.id[:2] == laptop.chain else 0
        return found

    # ------------------------------------------------------------------ what others use

    def _laptop(self) -> Laptop:
        return self.random.choice(self.laptops)

    def _folder(self) -> Folder:
        return self.random.choice(self.folders)

    def _state(self) -> Path:
        self._times += 1
        state = self.home / f"state{self._times}"
        state.mkdir()
        return state

    @contextmanager
    def _seeded(self) -> Iterator[None]:
        """Let all secrets follow from the number of the history, so that it can be told again."""
        dice = self._secrets
        with (
            mock.patch.object(secrets, "token_hex", lambda n=32: dice.randbytes(n).hex()),
            mock.patch.object(secrets, "token_bytes", lambda n=32: dice.randbytes(n)),
            mock.patch.object(secrets, "randbelow", dice.randrange),
        ):
            yield


def _is_said_by_people(place: Place) -> bool:
    return not place[1].startswith(OF_LAPTOPS)


def _decision(event: Written) -> Place:
    """Where it is said what was decided about an event of a forked chain."""
    return "", f"fork:{'.'.join(map(str, event.id))}:{event.digest.hex()}"
