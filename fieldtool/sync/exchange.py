"""The exchange between two stores: what each has, what each lacks, take, send, and ask what is there afterwards.

It may be done again at any time, and stopped anywhere: whatever was passed on by then is passed on for good, and
the next one goes on from there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from itertools import chain
from typing import NamedTuple

from fieldtool.domain.log.events import ChainId, Event, EventId
from fieldtool.store.chain.receiving import Received
from fieldtool.sync.differences import (
    Difference,
    ask,
    beside,
    counted,
    differing,
    end_of,
    forked,
    lacking,
    number_of,
    ranges_of,
    told,
)
from fieldtool.sync.event_store import Aside, Branching, Holdings, Store, SyncError
from fieldtool.sync.folder.folder_store import FolderStore
from fieldtool.sync.laptop_store import LaptopStore

ROUNDS = 5
"""How often at most it is looked again whether more can be taken: what came may say who else may send."""


class Step(NamedTuple):
    """How far an exchange has got."""

    sending: bool
    """Whether events are being sent now; else they are being taken."""
    done: int
    total: int
    """How many events there are to be sent or taken, as far as that is known."""


Progress = Callable[[Step], None]
"""Is told how far it has got; may raise to stop it."""


class Exchanged(NamedTuple):
    """What came of an exchange."""

    place: str
    went: Received
    came: Received
    confirmed: bool
    """Whether the place was asked, after the sending, what it has now."""
    lacking: tuple[Difference, ...] = ()
    """What is here and not there, by what the place said last."""
    forks: tuple[Difference, ...] = ()
    """Chains that have gone two ways, as when an old file was put back and worked in."""
    branching: bool = False
    """Whether the place keeps every branch of these."""
    waiting: tuple[Difference, ...] = ()
    """Missing events, without which some that are there cannot be taken yet."""
    aside: tuple[Aside, ...] = ()
    """Files that were not used, and events that came and do not fit; and why."""
    failures: tuple[str, ...] = ()
    """What could not be done, a sentence each."""

    @property
    def complete(self) -> bool:
        """Whether the place has said that it has everything that was here."""
        return self.confirmed and not self.lacking and (self.branching or not self.forks)


def exchange(here: Store, there: Store, progress: Progress | None = None) -> Exchanged:
    """Bring two stores to the same events: take what is new there, send what is new here.

    Where only one of the two is possible, as with a stick that cannot be written, it is done all the same.

    Args:
        here: the laptop; or any store, to pass on what it has.

    Raises:
        SyncError: the place cannot be reached, or neither was possible.
        StoreError: the laptop's own file is damaged, or its disk is full.
    """
    for store in (here, there):
        store.misfits.clear()
    said, failures, confirmed = ask(there), list[str](), False
    before = _without_effect(here).keys()
    came, went = _Pass(here, progress, sending=False), _Pass(there, progress, sending=True)
    try:
        _take(here, there, said.ends, came)
    except SyncError as error:
        failures.append(str(error))
    if isinstance(here, LaptopStore):
        here.give_receipt()
    ours, theirs, others = here.holdings(), said.ends, list[list[Event]]()
    try:
        if came.received.new:
            # What came may say whose files there count no more: what only those hold is sent once more.
            said = ask(there)
        theirs, others = counted(here, there, ours, said), beside(here, there, said)
        # What has gone two ways fits only where every branch is kept: else it stays here until people have looked.
        kept = {device: ours[device] for device in differing(here, ours, theirs)}
        total = number_of(lacking(ours, {**theirs, **kept})) + sum(map(len, others))
        went.hand_over(chain(here.take({**theirs, **kept}), others), total)
        said = ask(there)
        theirs, others = counted(here, there, ours, said), beside(here, there, said)
        confirmed = True
    except SyncError as error:
        failures.append(str(error))
        if len(failures) > 1:
            raise
    two_ways = differing(here, ours, said.ends)
    failures += _misfits(here, there, two_ways)
    return Exchanged(
        there.name,
        went.received,
        came.received,
        confirmed,
        (*told(here, lacking(ours, theirs), there.name), *told(here, ranges_of(others), there.name)),
        tuple(told(here, forked(here, ours, theirs, two_ways), "")),
        isinstance(there, Branching),
        tuple(_waiting(here, there)),
        tuple(_aside(here, there, before)),
        tuple(dict.fromkeys(failures)),
    )


class _Pass:
    """Events on their way into a store, counted."""

    def __init__(self, store: Store, progress: Progress | None, *, sending: bool) -> None:
        self._store = store
        self._progress = progress
        self._sending = sending
        self._failed: SyncError | None = None
        self._done = 0
        self.received = Received()

    def hand_over(self, batches: Iterable[Sequence[Event]], total: int) -> int:
        """Have the store keep batches.

        Returns:
            How many events were new.

        Raises:
            SyncError: it could not keep them all, or they could not all be read; what was counted is kept.
        """
        self._done, self._failed = 0, None
        received = Received()
        try:
            received = self._store.send(self._counted(batches, total))
        except SyncError:
            received = Received(self._done, 0)
            raise
        finally:
            self.received = self.received.with_more(received)
        if self._failed is not None:
            raise self._failed
        return received.new

    def _counted(self, batches: Iterable[Sequence[Event]], total: int) -> Iterator[Sequence[Event]]:
        self._tell(total)
        try:
            for batch in batches:
                yield batch
                self._done += len(batch)
                self._tell(total)
        except SyncError as error:
            # Of where they come from: the store that takes them ends in good order first.
            self._failed = error

    def _tell(self, total: int) -> None:
        if self._progress is not None:
            self._progress(Step(self._sending, self._done, max(self._done, total)))


def _take(here: Store, there: Store, theirs: Holdings, came: _Pass) -> None:
    """Take what is new there; what has gone two ways is taken from its beginning, to be kept beside the log."""
    for _ in range(ROUNDS):
        ours = here.holdings()
        if not came.hand_over(there.take(ours), number_of(lacking(theirs, ours))):
            break
    if not isinstance(here, LaptopStore):
        return
    again = {
        device
        for device in differing(here, here.holdings(), theirs)
        if not here.has(*end_of(device, theirs[device]))
    }
    again |= here.misfits.keys() & theirs.keys()
    if again:
        here.misfits.clear()
        known = {device: held for device, held in theirs.items() if device not in again}
        came.hand_over(there.take(known), sum(theirs[device].seq for device in again))


def _misfits(here: Store, there: Store, named: frozenset[ChainId]) -> Iterator[str]:
    """Say which chains could not be passed on, but for those that are named as having gone two ways."""
    for device, id in here.misfits.items():
        if device not in named:
            yield (
                f"Event {id} from {there.name} does not follow what is here, and was not taken: whoever wrote it "
                "should run `fieldtool verify`."
            )
    for device, id in there.misfits.items():
        if device not in named:
            yield f"Event {id} did not go to {there.name}: it does not follow what is there. Run `fieldtool verify`."


def _aside(here: Store, there: Store, before: Set[EventId]) -> Iterator[Aside]:
    """Files that were not used, and events that came and have no effect, because they do not fit."""
    if isinstance(there, FolderStore):
        yield from there.aside
    for id, why in _without_effect(here).items():
        if id not in before:
            yield Aside(f"Event {id}", f"is kept without effect: {why}", new=True)


def _without_effect(here: Store) -> Mapping[EventId, str]:
    return here.without_effect() if isinstance(here, LaptopStore) else {}


def _waiting(here: Store, there: Store) -> Iterator[Difference]:
    parked = there.parked if isinstance(there, FolderStore) else ()
    for missing in dict.fromkeys(parked):
        yield from told(here, {missing.device: (missing.first, missing.last)}, there.name)
