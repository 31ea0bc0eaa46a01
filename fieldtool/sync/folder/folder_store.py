"""A folder as a store: a stick, a shared drive or a synced folder, to which every laptop only adds bundles.

Nothing in it is ever changed, so that any number of laptops can use it at once; and nothing in it is believed
before it was opened and its signature was found right. What cannot be used is named, and blocks nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path

from fieldtool.domain.log.events import GENESIS, ChainId, Event, EventId
from fieldtool.store.chain.receiving import Received
from fieldtool.store.copies.known_bundles import BundleFile, BundleMemory
from fieldtool.store.keys.membership import Membership
from fieldtool.sync.event_store import NOTHING, Aside, Has, Held, Holdings, Missing, SyncError
from fieldtool.sync.folder import bundles
from fieldtool.sync.folder.admission import Admission
from fieldtool.sync.folder.bundle_files import BundleFolder
from fieldtool.sync.folder.bundles import BadBundle

MANY = 1_000
"""Small bundles are taken together until there are so many events."""


class FolderStore:
    """The bundles of one inspection in a folder, for one exchange.

    Args:
        admission: tells who may send now.
        memory: what is remembered of the files.
        has: what the laptop that takes from the folder has.

    Attributes:
        parked: what waited for events that are missing, when it was last taken from the folder.
        misfits: the first event of each chain that was handed in to be sent and is not as it was written.
    """

    def __init__(
        self,
        folder: Path,
        membership: Membership,
        *,
        admission: Callable[[], Admission],
        memory: BundleMemory,
        has: Has | None = None,
    ) -> None:
        self._folder = BundleFolder(folder, membership)
        self._membership = membership
        self._admission = admission
        self._memory = memory
        self._has = has
        self._before = self._memory.read()
        self._folder.files.update(self._before)
        self._aside: dict[str, Aside] = {}
        self.parked: list[Missing] = []
        self.misfits: dict[ChainId, EventId] = {}

    @property
    def name(self) -> str:
        """The path of the folder."""
        return str(self._folder.path)

    @property
    def aside(self) -> tuple[Aside, ...]:
        """What was not used when the folder was last looked at, or taken from."""
        return tuple(self._aside.values())

    def holdings(self) -> Holdings:
        """How far each chain goes in the bundles that can be used.

        Raises:
            SyncError: the folder is not there, or cannot be read.
        """
        holdings = {}
        for device, files in self._chains().items():
            seq, end = self._reached(files)
            if seq:
                holdings[device] = Held(seq, bytes.fromhex(end))
        return holdings

    def take(self, known: Holdings) -> Iterator[Sequence[Event]]:
        """The events that are not known yet, some bundles at a time, chain by chain.

        Where it is known what the laptop has, this gives the other branches of forked chains too.

        Raises:
            SyncError: the folder is not there, or cannot be read.
        """
        self.parked.clear()
        chains, admission = self._chains(), self._admission()
        for device in sorted(chains, key=lambda device: (not admission.goes_first(device.id), device)):
            # What was taken just now may say who may send.
            admission = self._admission()
            files = [file for file in chains[device] if not self._refused(file, admission)]
            yield from _together(self._take_chain(device, files, known.get(device, NOTHING)))
        self._memory.keep(self._folder.files.values())

    def send(self, batches: Iterable[Sequence[Event]]) -> Received:
        """Write events as bundles, each of which is there whole and read back, or not at all.

        A chain in which an event is not as it was written goes no further, and is named in `misfits`.

        Raises:
            SyncError: the folder is not there, full, or cannot be written; what was written before is whole.
        """
        self.misfits.clear()
        ends = dict(self.holdings())
        ids = {file.end: file.id for file in self._folder.files.values()}
        new = known = 0
        self._folder.clear_halves()
        for batch in batches:
            for device, group in groupby(batch, key=lambda event: event.id.chain):
                held, events = ends.get(device, NOTHING), list(group)
                fresh = [event for event in events if event.id.seq > held.seq]
                known += len(events) - len(fresh)
                for part in _parts(self._undamaged(device, fresh, held)):
                    header, data = bundles.make(
                        part, held.hash, self._membership, ids.get(held.hash.hex(), "")
                    )
                    written = self._folder.put(header, data)
                    held = ends[device] = Held(header.last, header.end)
                    ids[written.end] = written.id
                    new += len(part)
        self._memory.keep(self._folder.files.values())
        return Received(new, known)

    def check(self) -> tuple[Aside, ...]:
        """Open every bundle again, whatever is remembered of it, and say which cannot be used.

        Raises:
            SyncError: the folder is not there, or cannot be read.
        """
        self._folder.look({})
        self._usable()
        return self.aside

    # ------------------------------------------------------------------ looking

    def _chains(self) -> dict[ChainId, list[BundleFile]]:
        """The bundles that can be used, chain by chain, in the order of their first events."""
        self._folder.look(self._folder.files)
        chains = defaultdict(list)
        for file in self._usable():
            chains[ChainId(file.device, file.incarnation)].append(file)
        for files in chains.values():
            files.sort(key=lambda file: (file.first, -file.last, file.name))
        self._memory.keep(self._folder.files.values())
        return dict(sorted(chains.items()))

    def _usable(self) -> list[BundleFile]:
        """The bundles that can be used; all others are in `aside` afterwards."""
        admission = self._admission()
        self._aside.clear()
        return [file for file in list(self._folder.files.values()) if not self._refused(file, admission)]

    def _refused(self, file: BundleFile, admission: Admission) -> bool:
        why = file.why or admission.why_not(file)
        if why:
            self._set_aside(file, why)
        return bool(why)

    def _set_aside(self, file: BundleFile, why: str) -> None:
        before = self._before.get(file.name)
        self._aside[file.name] = Aside(file.name, why, new=before is None or before.told != why)
        self._folder.files[file.name] = file._replace(told=why)

    def _events(self, file: BundleFile) -> list[Event] | None:
        """The events of a bundle; None, and it is set aside, if it has become unusable."""
        try:
            return self._folder.open(file).events()
        except BadBundle as error:
            self._set_aside(file._replace(why=str(error)), str(error))
            return None

    # ------------------------------------------------------------------ how bundles follow each other

    def _reached(self, files: Sequence[BundleFile]) -> tuple[int, str]:
        """The end of the longest row of bundles, each of which begins where another has got to."""
        nodes, longest, row = {_START}, _START, list[BundleFile]()
        for file in files:
            start, end = (file.first - 1, file.before), (file.last, file.end)
            if start in nodes or (
                file.last > longest[0] and any(self._contains(other, *start) for other in row)
            ):
                nodes.add(end)
                row.append(file)
                longest = max(longest, end)
        return longest

    def _contains(self, file: BundleFile, seq: int, digest: str) -> bool:
        """Whether an event of this number and hash is within a bundle."""
        if not file.first <= seq < file.last:
            return False
        events = self._events(file)
        return events is not None and events[seq - file.first].hash.hex() == digest

    def _take_chain(
        self, device: ChainId, files: Sequence[BundleFile], held: Held
    ) -> Iterator[Sequence[Event]]:
        """What is new of a chain, bundle by bundle; a batch of nothing where those before must be taken first."""
        nodes, reached = {_START, (held.seq, held.hash.hex())}, held.seq
        for file in files:
            start, end = (file.first - 1, file.before), (file.last, file.end)
            if end in nodes or self._is_known(device, *end, reached):
                nodes.add(end)
                continue
            events = self._events(file)
            if events is None:
                continue
            place = held.seq - file.first
            if 0 <= place < len(events) and events[place].hash == held.hash:
                events = events[place + 1 :]
            elif start not in nodes:
                yield ()
                if not self._is_known(device, *start, reached):
                    self.parked.append(Missing(device, min(reached + 1, file.first - 1), file.first - 1))
                    continue
            yield events
            nodes.add(end)
            reached = max(reached, file.last)

    def _is_known(self, device: ChainId, seq: int, digest: str, reached: int) -> bool:
        """Whether whoever takes from here has an event, as far as that is known."""
        if self._has is None:
            return seq <= reached
        return seq > 0 and self._has(EventId(*device, seq), bytes.fromhex(digest))

    # ------------------------------------------------------------------ writing

    def _undamaged(self, device: ChainId, events: list[Event], held: Held) -> list[Event]:
        """The events as far as each is chained to the one before it."""
        if device in self.misfits or not events:
            return []
        gap = events[0].id.seq != held.seq + 1
        misfit = events[0].id if gap else bundles.follows(events, held.hash)
        if misfit is None:
            return events
        self.misfits[device] = misfit
        return [event for event in events if event.id < misfit]


def _together(small: Iterator[Sequence[Event]]) -> Iterator[Sequence[Event]]:
    """Small batches as larger ones; if they can be read no further, those before are given first."""
    batch: list[Event] = []
    try:
        for events in small:
            batch += events
            if batch and (not events or len(batch) >= MANY):
                yield batch
                batch = []
    except SyncError:
        if batch:
            yield batch
        raise
    if batch:
        yield batch


def _parts(events: Sequence[Event]) -> Iterator[Sequence[Event]]:
    for first in range(0, len(events), bundles.MOST_EVENTS):
        yield events[first : first + bundles.MOST_EVENTS]


_START = (0, GENESIS.hex())
